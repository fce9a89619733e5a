"""The seconds that the stages of an answer take."""

from __future__ import annotations

import time


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
