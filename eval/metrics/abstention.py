"""Does the assistant know when not to answer? Small talk counts neither as answer nor refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusals:
    """Counts over questions, and their ratios; a ratio over nothing is ``None``.

    ``false_answers`` counts unanswerable questions that were answered, ``needless`` answerable
    ones that were refused.
    """

    right: int
    needless: int
    false_answers: int

    @property
    def precision(self) -> float | None:
        """Share of the refusals that were right."""
        refused = self.right + self.needless
        return self.right / refused if refused else None

    @property
    def recall(self) -> float | None:
        """Share of the unanswerable questions that were refused."""
        must = self.right + self.false_answers
        return self.right / must if must else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of the two; 0 when nothing was refused rightly but something should."""
        if self.recall is None:
            return None
        total = 2 * self.right + self.needless + self.false_answers
        return 2 * self.right / total


def count_refusals(pairs: Sequence[tuple[bool, bool]]) -> Refusals:
    """From (must refuse, has refused) for each question."""
    return Refusals(
        right=sum(1 for must, did in pairs if must and did),
        needless=sum(1 for must, did in pairs if did and not must),
        false_answers=sum(1 for must, did in pairs if must and not did),
    )
