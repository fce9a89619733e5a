"""Events from a blocking iterator for an event loop, and from an event loop for a caller without
one. Closing either iterator stops the other."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, suppress
from queue import SimpleQueue

from assistant.types import Event


async def in_thread(events: Iterator[Event]) -> AsyncIterator[Event]:
    """A blocking iterator's events, each made in a thread so that the loop stays free."""
    steps = _Steps(events)
    try:
        while True:
            event = await asyncio.to_thread(steps.take)
            if event is None:
                return
            yield event
    finally:
        steps.stop()


def in_own_thread(events: AsyncIterator[Event]) -> Iterator[Event]:
    """An asynchronous iterator's events, for a caller without a loop, or within one that is held
    up. Its loop runs in a thread of its own; leaving the iterator early stops it there."""
    made: SimpleQueue[Event | BaseException | None] = SimpleQueue()
    started: SimpleQueue[tuple[asyncio.AbstractEventLoop, asyncio.Task[None] | None]] = (
        SimpleQueue()
    )

    async def pump() -> None:
        started.put((asyncio.get_running_loop(), asyncio.current_task()))
        async with aclosing(events) as stream:  # type: ignore[type-var]
            async for event in stream:
                made.put(event)

    def run() -> None:
        try:
            asyncio.run(pump())
            made.put(None)
        except BaseException as exc:
            made.put(exc)

    thread = threading.Thread(target=run, name="assistant-stream", daemon=True)
    thread.start()
    loop, task = started.get()
    try:
        while (event := made.get()) is not None:
            if isinstance(event, BaseException):
                raise event
            yield event
    finally:
        with suppress(RuntimeError):  # its loop has ended
            loop.call_soon_threadsafe(task.cancel if task else loop.stop)
        thread.join()


class _Steps:
    """An iterator that is closed by whoever uses it last: a thread that is at work on a step cannot
    be stopped, and closing its iterator meanwhile is an error."""

    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events
        self._at_work = threading.Lock()
        self._is_stopped = False

    def take(self) -> Event | None:
        """The next event, or None after the last."""
        with self._at_work:
            event = None if self._is_stopped else next(self._events, None)
        if self._is_stopped:
            self._close()
        return event

    def stop(self) -> None:
        """Close it, now or when the step under way is done."""
        self._is_stopped = True
        self._close()

    def _close(self) -> None:
        if self._at_work.acquire(blocking=False):
            try:
                self._events.close()  # type: ignore[attr-defined]
            finally:
                self._at_work.release()
