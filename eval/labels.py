"""Which questions look mislabelled: leave-one-out in closed form for a logistic fit. Pure.

A logistic regression tells from an answer's confidence and its passages' scores whether the
documents answer. What it says of a question when fitted on all the others speaks for or against the
label. Fitting anew for each question is not needed: one Newton step from the whole fit, with the
question's leverage, gives the coefficients without it (Pregibon 1981; as in "dataset derivatives",
Achille et al. 2022).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.results import Result

Numbers = NDArray[np.float64]

RIDGE = 1.0
STEPS = 50
SUSPECT = 0.1
"""A label that the other questions hold for less probable than this is worth a look."""
FEWEST = 20
_CLIP = 1e-4


@dataclass(frozen=True, slots=True)
class LabelCheck:
    """A question's label seen from the others: ``probability`` of it by the fit without it, and its
    ``influence``: how far its removal moves the fit's log-odds of all questions, at the most."""

    id: str
    question: str
    label: str
    probability: float
    influence: float


def fit(features: Numbers, labels: Numbers, ridge: float = RIDGE) -> Numbers:
    """Coefficients of a logistic regression with a ridge on all but the first column."""
    beta = np.zeros(features.shape[1])
    for _ in range(STEPS):
        step = np.linalg.solve(*_newton(features, labels, beta, ridge))
        beta = beta + step
        if float(np.abs(step).max()) < 1e-10:
            break
    return beta


def without_each(
    features: Numbers, labels: Numbers, ridge: float = RIDGE
) -> tuple[Numbers, Numbers]:
    """(coefficients of all questions, coefficients without each one as rows), in closed form."""
    beta = fit(features, labels, ridge)
    hessian, _ = _newton(features, labels, beta, ridge)
    inverse = np.linalg.inv(hessian)
    odds = _sigmoid(features @ beta)
    pulled = features @ inverse
    leverage = odds * (1 - odds) * np.einsum("ij,ij->i", pulled, features)
    moved = pulled * ((labels - odds) / (1 - leverage))[:, None]
    return beta, beta - moved


def _newton(x: Numbers, y: Numbers, beta: Numbers, ridge: float) -> tuple[Numbers, Numbers]:
    odds = _sigmoid(x @ beta)
    penalty = np.full(len(beta), ridge)
    penalty[0] = 1e-9
    hessian = (x * (odds * (1 - odds))[:, None]).T @ x + np.diag(penalty)
    return hessian, x.T @ (y - odds) - penalty * beta


def _sigmoid(values: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -35, 35))), dtype=np.float64)


def check_labels(
    results: Sequence[Result], scores: Mapping[str, Sequence[float]]
) -> list[LabelCheck]:
    """All questions but small talk and errors, the least probable label first.

    ``scores`` holds the passages' scores of each question, best first. Raises ``ValueError`` for
    fewer than ``FEWEST`` questions, or with one kind of label only.
    """
    asked = [
        each
        for each in results
        if each.repeat == 0 and each.outcome != "error" and each.type != "chitchat"
    ]
    labels = np.array([float(each.expect == "answer") for each in asked])
    if len(asked) < FEWEST or not 0 < labels.sum() < len(labels):
        raise ValueError(
            f"labels need {FEWEST} questions, to answer and to refuse; {len(asked)} are"
        )
    features = _standardised(np.array([_signals(each, scores.get(each.id, ())) for each in asked]))
    beta, others = without_each(features, labels)
    odds = _sigmoid(np.einsum("ij,ij->i", features, others))
    likely = np.where(labels == 1, odds, 1 - odds)
    influence = np.abs(features @ (others - beta).T).max(axis=0)
    found = [
        LabelCheck(each.id, each.question, each.expect, float(likely[n]), float(influence[n]))
        for n, each in enumerate(asked)
    ]
    return sorted(found, key=lambda check: (check.probability, check.id))


def _signals(result: Result, scores: Sequence[float]) -> list[float]:
    p = min(1 - _CLIP, max(_CLIP, result.confidence))
    first = scores[0] if scores else 0.0
    second = scores[1] if len(scores) > 1 else 0.0
    return [float(np.log(p / (1 - p))), first, first - second]


def _standardised(signals: Numbers) -> Numbers:
    spread = signals.std(axis=0)
    scaled = (signals - signals.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return np.column_stack([np.ones(len(signals)), scaled])
