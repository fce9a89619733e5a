"""Admission control: N answers run, M questions wait, more fail with ``BusyError``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from assistant.errors import BusyError


class AdmissionControl:
    """Lets ``running`` in at a time and ``waiting`` wait, first come, first served.

    For one event loop. A cancelled task leaves the queue and frees its place.
    """

    def __init__(self, running: int, waiting: int) -> None:
        self._places = asyncio.Semaphore(running)
        self._running, self._waiting = running, waiting
        self.inside = 0
        """How many run."""
        self.in_line = 0
        """How many wait."""

    def check(self) -> None:
        """Raises ``BusyError`` when all places are taken and the queue is full."""
        if self._places.locked() and self.in_line >= self._waiting:
            raise BusyError(
                f"{self._running} answers are being made and {self.in_line} questions wait",
                hint="ask again in a moment",
            )

    @asynccontextmanager
    async def enter(self) -> AsyncIterator[None]:
        """A place while the block runs. Raises ``BusyError`` at once when the queue is full."""
        self.check()
        self.in_line += 1
        try:
            await self._places.acquire()
        finally:
            self.in_line -= 1
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1
            self._places.release()
