"""So many at once, so many waiting, and the next one is told at once that it is too many."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from assistant.errors import BusyError


class AdmissionControl:
    """Lets ``running`` in at a time and ``waiting`` stand in line, first come, first served.

    For one event loop. Leaving the line (a cancelled task) costs nobody else a place.
    """

    def __init__(self, running: int, waiting: int) -> None:
        self._free = running
        self._running = running
        self._waiting = waiting
        self._line: list[asyncio.Future[None]] = []

    @property
    def inside(self) -> int:
        """How many are in."""
        return self._running - self._free

    @property
    def in_line(self) -> int:
        """How many wait."""
        return len(self._line)

    def check(self) -> None:
        """Raises ``BusyError`` when there is neither a place nor room in the line."""
        if (not self._free or self._line) and len(self._line) >= self._waiting:
            raise BusyError(
                f"{self._running} answers are being made and {len(self._line)} questions wait",
                hint="ask again in a moment",
            )

    @asynccontextmanager
    async def enter(self) -> AsyncIterator[None]:
        """A place while the block runs. Raises ``BusyError`` at once when the line is full."""
        await self._take()
        try:
            yield
        finally:
            self._leave()

    async def _take(self) -> None:
        if self._free and not self._line:
            self._free -= 1
            return
        self.check()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        try:
            await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                self._leave()  # the place came in the same moment and must go on
            elif turn in self._line:
                self._line.remove(turn)
            raise

    def _leave(self) -> None:
        while self._line:
            turn = self._line.pop(0)
            if not turn.done():
                turn.set_result(None)  # the place is handed over, never free in between
                return
        self._free += 1
