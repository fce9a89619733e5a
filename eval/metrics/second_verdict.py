"""A second verdict on an answer, by the assistant's own claim checker, and how far it agrees with
the first. Shown, never gated: the checker is a part of what is measured.

The reference is the claim, the answer its source: an answer that is right supports what the
reference says, in whatever words. What agrees by chance is taken off by Cohen's kappa.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.types import Answer
from eval.questions import EvalQuestion
from eval.text import without_markers

if TYPE_CHECKING:
    from assistant.checking.verifier import Verifier

_MOST_CHARACTERS = 20_000
"""So much of an answer is read; one that pastes a whole passage is shorter."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two verdicts on the same ``n`` answers: how many agree, and Cohen's kappa, which is
    ``None`` where either verdict never varies."""

    n: int
    agreed: int
    kappa: float | None


def supports_reference(question: EvalQuestion, answer: Answer) -> float | None:
    """1 where the checker finds the reference in the answer, 0 where it calls it unsupported.

    ``None`` without a reference, or for an answer that refuses, or where refusing is right: there
    is nothing to check. A reference that is partly supported counts as found: of the stored
    paraphrases it calls 71 % so, of the stored wrong answers 5 %.
    """
    if answer.abstained or question.expect == "refuse" or not question.reference:
        return None
    said = without_markers(answer.text)[:_MOST_CHARACTERS]
    return float(is_supported(question.reference, said, question.question))


def is_supported(reference: str, said: str, asked: str) -> bool:
    """Whether the checker finds at least a part of ``reference`` in ``said``; the names and numbers
    of what was ``asked`` count as known."""
    if not said.strip():
        return False
    return _checker().verify(reference, [said], asked).verdict != "unsupported"


def agreement(verdicts: Sequence[tuple[bool, bool]]) -> Agreement | None:
    """How far pairs of verdicts agree (Cohen 1960); ``None`` of none."""
    n = len(verdicts)
    if not n:
        return None
    agreed = sum(one == other for one, other in verdicts)
    first, second = (sum(each) / n for each in zip(*verdicts, strict=True))
    by_chance = first * second + (1 - first) * (1 - second)
    if first in (0, 1) or second in (0, 1):
        return Agreement(n, agreed, None)
    return Agreement(n, agreed, (agreed / n - by_chance) / (1 - by_chance))


@lru_cache(maxsize=1)
def _checker() -> Verifier:
    from assistant.checking.verifier import Verifier

    return Verifier()
