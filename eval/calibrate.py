"""A run's confidences → the two numbers that fit them to one's own questions (Platt 1999).

The label is whether the documents hold the answer (``expect: answer``), which is what the
confidence is about. With few questions two numbers are all that can be fitted; they keep the order
of the answers, so no AUROC changes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant.errors import UsageError
from eval.results import Result

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


def calibrate(
    results: Sequence[Result], slope: float = 1.0, shift: float = 0.0
) -> FittedCalibration:
    """Fit on a run that was made with ``slope`` and ``shift``. Raises ``UsageError`` on too few
    questions."""
    kept = [each for each in results if each.type != "chitchat" and each.outcome != "error"]
    y = np.array([each.expect == "answer" for each in kept], dtype=np.float64)
    if min(y.sum(), len(y) - y.sum()) < LEAST:
        raise UsageError(
            f"{int(y.sum())} answerable and {int(len(y) - y.sum())} unanswerable questions are too "
            "few to calibrate on",
            hint=f"write at least {LEAST} of each",
        )
    told = np.clip([each.confidence for each in kept], _CLIP, 1 - _CLIP)
    raw = (np.log(told / (1 - told)) - shift) / slope
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
    """Put the numbers into a settings file, in place. Raises ``UsageError`` without their lines."""
    text = path.read_text(encoding="utf-8")
    for key, value in (("confidence_slope", found.slope), ("confidence_shift", found.shift)):
        text, count = re.subn(rf"(?m)^(\s*{key}:\s*)\S+", rf"\g<1>{value}", text)
        if count != 1:
            raise UsageError(
                f"{path} has {count} lines `{key}:`", hint=f"write answer.{key}: {value} yourself"
            )
    path.write_text(text, encoding="utf-8")


def _fit(x: Floats, y: Floats) -> tuple[float, float]:
    def loss(parameters: Floats) -> float:
        z = math.exp(parameters[0]) * x + parameters[1]
        likelihood = np.logaddexp(0.0, z) - y * z
        return float(likelihood.mean() + _RIDGE * (parameters[0] ** 2) / 2)

    found = minimize(loss, np.zeros(2), method="Nelder-Mead")
    return math.exp(float(found.x[0])), float(found.x[1])


def _sigmoid(z: Floats) -> Floats:
    result: Floats = 1.0 / (1.0 + np.exp(-z))
    return result
