"""Does confidence mean anything? Risk against coverage, Brier skill, calibration error.

Ties are met by expectation: within equal confidences every order is equally likely, so the
figures do not depend on the order of the questions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer that was given: its confidence between 0 and 1, and whether it was right."""

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Point:
    """With the ``coverage`` most trusted of all questions answered, ``risk`` are wrong."""

    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Bin:
    """A stretch of confidences: their mean, the share that was right, how many."""

    confidence: float
    right: float
    n: int


def risk_coverage(answered: Sequence[Judged], questions: int) -> tuple[Point, ...]:
    """The curve over given answers, most confident first; ``questions`` is the number of all
    questions, answered or refused (El-Yaniv & Wiener 2010)."""
    if questions < len(answered):
        raise ValueError(f"{len(answered)} answers to {questions} questions")
    points: list[Point] = []
    done, wrong = 0, 0.0
    for group in _ties(answered):
        errors = sum(1 for each in group if not each.right)
        for place in range(1, len(group) + 1):
            expected = wrong + errors * place / len(group)
            points.append(Point((done + place) / questions, expected / (done + place)))
        done += len(group)
        wrong += errors
    return tuple(points)


def aurc(curve: Sequence[Point]) -> float | None:
    """Area under the risk-coverage curve: the mean risk over its points (Geifman 2019)."""
    return sum(point.risk for point in curve) / len(curve) if curve else None


def coverage_at_risk(curve: Sequence[Point], risk: float = 0.05) -> float | None:
    """The largest coverage at which at most this share of the answers is wrong."""
    if not curve:
        return None
    return max((point.coverage for point in curve if point.risk <= risk + 1e-12), default=0.0)


def brier(judged: Sequence[Judged]) -> float | None:
    """Mean squared distance between confidence and outcome (Brier 1950)."""
    _check(judged)
    if not judged:
        return None
    return sum((each.confidence - each.right) ** 2 for each in judged) / len(judged)


def brier_skill(judged: Sequence[Judged]) -> float | None:
    """1 - Brier / Brier of always saying the base rate: 0 is as good as a constant, below is
    worse. ``None`` when all outcomes are equal, because then the constant cannot be beaten."""
    score = brier(judged)
    if score is None:
        return None
    rate = sum(each.right for each in judged) / len(judged)
    constant = rate * (1 - rate)
    return 1 - score / constant if constant > 0 else None


def reliability(judged: Sequence[Judged], bins: int = 10) -> tuple[Bin, ...]:
    """Bins of equal mass (sizes differ by at most one), least confident first. Equal widths
    would leave most bins empty and the error at the mercy of a few answers."""
    _check(judged)
    ordered = sorted(judged, key=lambda each: (each.confidence, each.right))
    count = min(bins, len(ordered))
    made = []
    for number in range(count):
        part = ordered[number * len(ordered) // count : (number + 1) * len(ordered) // count]
        mean = sum(each.confidence for each in part) / len(part)
        made.append(Bin(mean, sum(each.right for each in part) / len(part), len(part)))
    return tuple(made)


def expected_calibration_error(judged: Sequence[Judged], bins: int = 10) -> float | None:
    """Mean distance between confidence and truth over bins of equal mass, weighted by size."""
    made = reliability(judged, bins)
    if not made:
        return None
    return sum(abs(each.confidence - each.right) * each.n for each in made) / len(judged)


def _ties(judged: Sequence[Judged]) -> list[list[Judged]]:
    _check(judged)
    ordered = sorted(judged, key=lambda each: -each.confidence)
    return [list(group) for _, group in groupby(ordered, key=lambda each: each.confidence)]


def _check(judged: Sequence[Judged]) -> None:
    for each in judged:
        if not (math.isfinite(each.confidence) and 0 <= each.confidence <= 1):
            raise ValueError(f"confidence {each.confidence} is not between 0 and 1")
