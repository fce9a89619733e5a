"""A question → the events of its answer: of the documents' own sentences, or written by a model.

small talk? ─ search ─▶ Retrieved
      ├─ no model:  extractive draft ─▶ Delta ─▶ Finished
      └─ a model:   condense (before the search) ─ write ─▶ Delta … Delta ─ verify ─▶ Finished
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, suppress
from dataclasses import replace
from queue import SimpleQueue

from assistant.answering.answer import Basis, Draft, build_answer
from assistant.answering.document_fields import field_draft
from assistant.answering.extractive import Chosen, chosen_from, extractive_draft
from assistant.answering.folder_answers import folder_draft
from assistant.answering.listed_work_answers import listed_work_draft
from assistant.answering.several_steps import stepwise
from assistant.answering.small_talk import reply_to
from assistant.errors import ModelError
from assistant.index.snapshot import Snapshot
from assistant.model.usage import add_usage
from assistant.resources import Resources
from assistant.retrieval.question import Asked
from assistant.retrieval.search import Found, search
from assistant.types import NO_FILTERS, NO_USAGE, Delta, Event, Filters, Finished, Retrieved, Usage


class Clock:
    """Seconds by stage; each stage begins where the one before ended."""

    def __init__(self) -> None:
        self._began = self._last = time.perf_counter()
        self.timings: dict[str, float] = {}

    def stage(self, name: str) -> None:
        """The stage of this name ends now."""
        now = time.perf_counter()
        self.timings[name] = now - self._last
        self._last = now

    def total(self) -> dict[str, float]:
        """All stages, and ``total``."""
        return {**self.timings, "total": time.perf_counter() - self._began}


def extractive_events(
    resources: Resources, asked: Asked, filters: Filters = NO_FILTERS
) -> Iterator[Event]:
    """An answer of the documents' own sentences. Raises ``AssistantError``."""
    yield from _small_talk(resources, asked) or _extracted(resources, asked, filters)


async def written_events(
    resources: Resources, asked: Asked, filters: Filters = NO_FILTERS
) -> AsyncIterator[Event]:
    """An answer written by the model, every sentence checked. Raises ``AssistantError``.

    With ``llm.fallback: extractive`` a model that cannot begin is replaced by the documents' own
    sentences, and the answer says so.
    """
    talk = _small_talk(resources, asked)
    for event in talk:
        yield event
    if talk:
        return
    sent = False
    events = _written(resources, asked, filters)
    try:
        async for event in events:
            sent = sent or isinstance(event, Delta)
            yield event
    except ModelError as exc:
        if sent or resources.settings.llm.fallback != "extractive":
            raise
        notice = f"Written without the model: {exc.what}"
        async for event in in_thread(_extracted(resources, asked, filters, notice)):
            yield event
    finally:
        await events.aclose()  # type: ignore[attr-defined]  # a stopped reader stops the server


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


def _small_talk(resources: Resources, asked: Asked) -> list[Event]:
    """The events of a greeting; empty for a question to the documents."""
    reply = reply_to(asked.text)
    if not reply:
        return []
    draft = Draft(text=reply, reason="smalltalk")
    answer = build_answer(asked.text, draft, resources.fingerprint())
    return [Retrieved(asked.text, ()), Delta(reply), Finished(answer)]


def _about_folder(
    resources: Resources, asked: Asked, snapshot: Snapshot, filters: Filters
) -> list[Event]:
    """The events of a question about the folder or a document of it; empty for any other."""
    clock = Clock()
    draft = folder_draft(asked.text, asked.history, snapshot, filters)
    if draft is None:
        return []
    clock.stage("catalogue")
    basis = Basis(snapshot, None, filters)
    answer = build_answer(asked.text, draft, resources.fingerprint(), basis, clock.total())
    return [Retrieved(asked.text, ()), Delta(draft.text), Finished(answer)]


def _extracted(
    resources: Resources,
    asked: Asked,
    filters: Filters,
    notice: str = "",
    spent: Usage = NO_USAGE,
) -> Iterator[Event]:
    """The events of an answer of the documents' own sentences.

    ``notice`` says why the model of the settings is left out; ``spent`` is what it cost before.
    """
    settings, clock = resources.settings, Clock()
    with resources.snapshots().current() as snapshot:
        tools = resources.search_tools(without_model=bool(notice))
        clock.stage("open")
        found = search(asked, snapshot, tools, filters)
        clock.stage("retrieve")
        draft = field_draft(found, snapshot)
        told = _about_folder(resources, asked, snapshot, filters) if draft is None else []
        if told:
            yield from told
            return
        yield Retrieved(found.question.standalone, found.passages)
        draft = draft or listed_work_draft(found, snapshot)
        reader, sentences = resources.reader(), resources.sentences()

        def ask(part: str) -> tuple[Found, Chosen]:
            result = search(Asked(part), snapshot, tools, filters)
            return result, chosen_from(result, snapshot, sentences, reader, settings.answer)

        steps = stepwise(found, ask) if draft is None else None
        if steps is not None:
            draft, found = steps
        if draft is None:
            draft = extractive_draft(found, snapshot, sentences, reader, settings.answer)
        yield Delta(draft.text)
        draft = replace(draft, notice=notice, usage=add_usage(spent, found.usage))
        basis = Basis(snapshot, found, filters)
        clock.stage("answer")
        yield Finished(
            build_answer(asked.text, draft, resources.fingerprint(), basis, clock.total())
        )


async def _written(resources: Resources, asked: Asked, filters: Filters) -> AsyncIterator[Event]:
    """The events of an answer that a model writes."""
    from assistant.answering.written import Written, condense, judged, write, written_draft

    settings, clock = resources.settings, Clock()
    with resources.snapshots().current() as snapshot:
        told = await asyncio.to_thread(_about_folder, resources, asked, snapshot, filters)
        for event in told:
            yield event
        if told:
            return
    model = await asyncio.to_thread(resources.model)
    standalone, spent = await condense(asked.text, asked.history, model, settings.llm)
    if asked.history:
        clock.stage("condense")
    with resources.snapshots().current() as snapshot:
        tools = await asyncio.to_thread(resources.search_tools)
        clock.stage("open")
        found = await asyncio.to_thread(search, Asked(standalone), snapshot, tools, filters)
        clock.stage("retrieve")
        spent = add_usage(spent, found.usage)
        yield Retrieved(standalone, found.passages)
        if not found.passages:
            async for event in in_thread(_extracted(resources, asked, filters, spent=spent)):
                if not isinstance(event, Retrieved):
                    yield event
            return
        verifier = await asyncio.to_thread(resources.verifier)
        written: Written | None = None
        strict = settings.answer.strict
        pieces = write(standalone, found.passages, model, settings.llm, verifier, strict=strict)
        async with aclosing(pieces) as stream:  # type: ignore[type-var]
            async for piece in stream:
                if isinstance(piece, str):
                    if "first_word" not in clock.timings:
                        clock.stage("first_word")
                    yield Delta(piece)
                else:
                    written = piece
        if written is None:
            raise AssertionError("a stream ends with Written")
        clock.stage("write")
        if settings.answer.judge and written.sentences:
            written = await judged(written, model, settings.llm)
            clock.stage("judge")
        draft = await asyncio.to_thread(
            written_draft, written, found, snapshot, resources.sentences(), settings
        )
        draft = replace(draft, usage=add_usage(spent, draft.usage))
        if draft.abstained:
            yield Delta(draft.text)
        basis = Basis(snapshot, found, filters)
        yield Finished(
            build_answer(asked.text, draft, resources.fingerprint(), basis, clock.total())
        )
