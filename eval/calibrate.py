"""A run's confidences → the two numbers that fit them to one's own questions (Platt 1999), and what
becomes of its refusals when a settings file holds them.

The label is whether the documents hold the answer (``expect: answer``), which is what the
confidence is about. With few questions two numbers are all that can be fitted; they keep the order
of the answers, so no AUROC changes.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.answering.confidence import is_enough
from assistant.errors import UsageError
from assistant.extras import needs
from eval.results import Result
from eval.statistics import STATISTICS

LEAST = 15
"""Questions of each kind, answerable and not, without which nothing is fitted."""

_FOLDS = 5
_RIDGE = 0.05
_CLIP = 1e-4

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FittedCalibration:
    """Slope and shift of the log-odds, and Brier scores before and after.

    ``after`` is cross-validated: each question is judged by numbers fitted without it.
    """

    slope: float
    shift: float
    questions: int
    answerable: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class InForce:
    """The numbers of a settings file that decide on a confidence and on an abstention."""

    slope: float = 1.0
    shift: float = 0.0
    least: float = 0.25

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> InForce:
        """From the section ``answer`` of a run's settings; what it does not name is as first."""
        names = ("confidence_slope", "confidence_shift", "min_confidence")
        own = ("slope", "shift", "least")
        return cls(**{o: answer[n] for o, n in zip(own, names, strict=True) if n in answer})


@dataclass(frozen=True, slots=True)
class RefusalChange:
    """Answers given and refused before and after; ``changed`` are the ids that change sides.

    ``due`` questions have no answer in the documents, ``answerable`` ones have.
    """

    due: int
    refused: tuple[int, int]
    answerable: int
    missed: tuple[int, int]
    changed: tuple[str, ...]

    def lines(self) -> tuple[str, ...]:
        """What changes, for people."""
        false = tuple(self.due - refused for refused in self.refused)
        return (
            f"refused where due: {self.refused[0]} → {self.refused[1]} of {self.due}",
            f"false answers: {false[0]} → {false[1]} of {self.due}",
            f"refused though answerable: {self.missed[0]} → {self.missed[1]} of {self.answerable}",
        )


def refusals(results: Sequence[Result], before: InForce, after: InForce) -> RefusalChange:
    """What would be refused of a run, made with ``before``, when ``after`` is in force."""
    changed = []
    counts = {(expect, when): 0 for expect in ("answer", "refuse") for when in (0, 1)}
    kept = _kept(results)
    for each in kept:
        p = float(_raw([each.confidence], before)[0])
        is_refused = each.outcome == "refused"
        is_turned = is_enough(p, before.least) != is_enough(p, after.least)
        if is_turned:
            changed.append(each.id)
        counts[each.expect, 0] += is_refused
        counts[each.expect, 1] += is_refused != is_turned
    due = sum(each.expect == "refuse" for each in kept)
    return RefusalChange(
        due=due,
        refused=(counts["refuse", 0], counts["refuse", 1]),
        answerable=len(kept) - due,
        missed=(counts["answer", 0], counts["answer", 1]),
        changed=tuple(dict.fromkeys(changed)),
    )


def calibrate(results: Sequence[Result], in_force: InForce | None = None) -> FittedCalibration:
    """Fit on a run that was made with the numbers ``in_force``. Raises ``UsageError`` on too few
    questions."""
    in_force = in_force or InForce()
    kept = _kept(results)
    y = np.array([each.expect == "answer" for each in kept], dtype=np.float64)
    if min(y.sum(), len(y) - y.sum()) < LEAST:
        raise UsageError(
            f"{int(y.sum())} answerable and {int(len(y) - y.sum())} unanswerable questions are too "
            "few to calibrate on",
            hint=f"write at least {LEAST} of each",
        )
    told = np.clip([each.confidence for each in kept], _CLIP, 1 - _CLIP)
    raw = _odds(_raw(told, in_force))
    fold = np.arange(len(y)) % _FOLDS
    after = np.zeros(len(y))
    for held_back in range(_FOLDS):
        a, b = _fit(raw[fold != held_back], y[fold != held_back])
        after[fold == held_back] = _sigmoid(a * raw[fold == held_back] + b)
    a, b = _fit(raw, y)
    return FittedCalibration(
        slope=round(a, 3),
        shift=round(b, 3),
        questions=len(y),
        answerable=int(y.sum()),
        before=float(np.mean((told - y) ** 2)),
        after=float(np.mean((after - y) ** 2)),
    )


def write(found: FittedCalibration, path: Path) -> None:
    """Put the numbers into a settings file, whole. Raises ``UsageError`` without their lines."""
    text = path.read_text(encoding="utf-8")
    for key, value in (("confidence_slope", found.slope), ("confidence_shift", found.shift)):
        text, count = re.subn(rf"(?m)^(\s*{key}:\s*)\S+", rf"\g<1>{value}", text)
        if count != 1:
            raise UsageError(
                f"{path} has {count} lines `{key}:`", hint=f"write answer.{key}: {value} yourself"
            )
    partial = path.with_name(f".{path.name}.part")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)


def _kept(results: Sequence[Result]) -> list[Result]:
    return [each for each in results if each.type != "chitchat" and each.outcome != "error"]


def _raw(told: Sequence[float] | Floats, in_force: InForce) -> Floats:
    """The probabilities of the fitted model, as they were before calibration."""
    clipped = np.clip(told, _CLIP, 1 - _CLIP)
    return _sigmoid((_odds(clipped) - in_force.shift) / in_force.slope)


def _odds(p: Floats) -> Floats:
    result: Floats = np.log(p / (1.0 - p))
    return result


def _fit(x: Floats, y: Floats) -> tuple[float, float]:
    with needs(*STATISTICS):
        from scipy.optimize import minimize

    def loss(parameters: Floats) -> float:
        z = math.exp(parameters[0]) * x + parameters[1]
        likelihood = np.logaddexp(0.0, z) - y * z
        return float(likelihood.mean() + _RIDGE * (parameters[0] ** 2) / 2)

    found = minimize(loss, np.zeros(2), method="Nelder-Mead")
    return math.exp(float(found.x[0])), float(found.x[1])


def _sigmoid(z: Floats) -> Floats:
    result: Floats = 1.0 / (1.0 + np.exp(-z))
    return result
