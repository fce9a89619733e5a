"""Limits of a run: the time and the money that asking may take."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from eval.errors import InvalidComparisonError


class StoppedRunError(InvalidComparisonError):
    """A run that reached a limit: it has no figures, and can go on."""


@dataclass(frozen=True, slots=True)
class RunLimits:
    """The most seconds and the most money that the questions of one run may take; ``None`` is no
    limit. Money counts what is recorded of the run, earlier sittings too; seconds this one."""

    seconds: float | None = None
    cost: float | None = None

    def guard(
        self, spent: float = 0.0, clock: Callable[[], float] = time.monotonic
    ) -> Callable[[float | None, int, int], None]:
        """A function to call after each answer with its cost, how many are done, and of how many.
        It raises ``StoppedRunError`` when a limit is reached and questions are left."""
        begun, total = clock(), spent

        def check(cost: float | None, done: int, wanted: int) -> None:
            nonlocal total
            total += cost or 0.0
            took = clock() - begun
            if done >= wanted:
                return
            if self.seconds is not None and took >= self.seconds:
                reason = f"{took:.0f} s, --most-seconds is {self.seconds:g}"
            elif self.cost is not None and total >= self.cost:
                reason = f"a cost of {total:.4g}, --most-cost is {self.cost:g}"
            else:
                return
            raise StoppedRunError(
                f"The run stopped after {done} of {wanted} answers: {reason}",
                hint="`python -m eval run --resume` with a higher limit goes on from here",
            )

        return check


NO_LIMITS = RunLimits()
