"""Item response theory with two parameters: how able a configuration is, how hard a question.

A configuration of ability ``theta`` is right on a question with probability
``1 / (1 + exp(-a (theta - b)))``: ``b`` is how hard it is, ``a`` how sharply it splits (Birnbaum
1968). Parameters are estimated by marginal likelihood with priors (Mislevy 1986), abilities by
their posterior mean. The prior of abilities, mean 0 and deviation 1, is the anchor of the scale,
and there is no third parameter for guessing: nobody guesses a free answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.extras import needs
from eval.statistics import STATISTICS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NODES = 41
WIDEST = 4.5
"""Abilities are summed over ``NODES`` points between minus and plus ``WIDEST``."""
SPREAD_OF_SHARPNESS = 0.5
"""Deviation of the prior of ``log a``, around 0."""
SPREAD_OF_HARDNESS = 1.5
"""Deviation of the prior of ``b``, around 0: what all get right is not infinitely easy."""
FEWEST_CONFIGURATIONS = 3


@dataclass(frozen=True, slots=True)
class Fit:
    """Per question sharpness ``a`` and hardness ``b``; per configuration ability and its standard
    error. Questions and configurations are in the order of the answers."""

    sharpness: tuple[float, ...]
    hardness: tuple[float, ...]
    ability: tuple[float, ...]
    error: tuple[float, ...]

    def information(self, question: int, theta: float) -> float:
        """Fisher's information of one question about an ability: ``a² p (1 - p)``."""
        import math

        a, b = self.sharpness[question], self.hardness[question]
        p = 1 / (1 + math.exp(-a * (theta - b)))
        return a * a * p * (1 - p)

    def worth(self, question: int) -> float:
        """The mean information of a question over the configurations that were measured."""
        return sum(self.information(question, t) for t in self.ability) / len(self.ability)


def fit(answers: Sequence[Sequence[bool | None]]) -> Fit:
    """Estimate from answers[configuration][question]; ``None`` is a question that was not asked.

    Raises ``ValueError`` for fewer than three configurations, no questions, or rows of different
    lengths: abilities are placed against each other, so two say nothing about a question.
    """
    import numpy as np

    with needs(*STATISTICS):
        from scipy.optimize import minimize

    if len(answers) < FEWEST_CONFIGURATIONS:
        raise ValueError(f"{len(answers)} configurations: at least {FEWEST_CONFIGURATIONS} needed")
    width = len(answers[0])
    if not width or any(len(row) != width for row in answers):
        raise ValueError("every configuration needs an answer or None for each question")
    right = np.array([[0.0 if each is None else float(each) for each in row] for row in answers])
    asked = np.array([[0.0 if each is None else 1.0 for each in row] for row in answers])
    nodes = np.linspace(-WIDEST, WIDEST, NODES)
    prior = -0.5 * nodes**2
    prior -= np.log(np.exp(prior).sum())

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        log_a, b = flat[:width], flat[width:]
        a = np.exp(log_a)
        p, joint = _joint(a, b, right, asked, nodes, prior)
        top = joint.max(axis=1, keepdims=True)
        weight = np.exp(joint - top)
        total = weight.sum(axis=1, keepdims=True)
        weight /= total
        value = -float((top + np.log(total)).sum())
        # Expected residuals of each question at each node.
        residual = weight.T @ right - (weight.T @ asked) * p
        away = nodes[:, None] - b[None, :]
        slope_a = -(residual * away).sum(axis=0) * a
        slope_b = residual.sum(axis=0) * a
        value += float((log_a**2).sum()) / (2 * SPREAD_OF_SHARPNESS**2)
        value += float((b**2).sum()) / (2 * SPREAD_OF_HARDNESS**2)
        slope_a += log_a / SPREAD_OF_SHARPNESS**2
        slope_b += b / SPREAD_OF_HARDNESS**2
        return value, np.concatenate([slope_a, slope_b])

    found = minimize(loss, np.zeros(2 * width), jac=True, method="L-BFGS-B",
                     options={"maxiter": 2_000, "maxfun": 5_000})  # fmt: skip
    a, b = np.exp(found.x[:width]), found.x[width:]
    _, joint = _joint(a, b, right, asked, nodes, prior)
    weight = np.exp(joint - joint.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    mean = weight @ nodes
    variance = weight @ nodes**2 - mean**2
    return Fit(
        tuple(map(float, a)),
        tuple(map(float, b)),
        tuple(map(float, mean)),
        tuple(map(float, np.sqrt(np.maximum(variance, 0.0)))),
    )


def _joint(
    a: NDArray[np.float64], b: NDArray[np.float64], right: NDArray[np.float64],
    asked: NDArray[np.float64], nodes: NDArray[np.float64], prior: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:  # fmt: skip
    """(probabilities by node and question, log of likelihood and prior by configuration, node)."""
    import numpy as np

    logit = a[None, :] * (nodes[:, None] - b[None, :])
    log_p, log_q = -np.logaddexp(0.0, -logit), -np.logaddexp(0.0, logit)
    joint = right @ log_p.T + (asked - right) @ log_q.T + prior[None, :]
    return np.exp(log_p), joint


def splits(answers: Sequence[Sequence[bool | None]]) -> list[bool]:
    """For each question whether configurations differ on it: the others tell none apart."""
    return [
        len({row[number] for row in answers if row[number] is not None}) > 1
        for number in range(len(answers[0]))
    ]


def prune(fitted: Fit, percent: float) -> list[int]:
    """The numbers of the questions to keep when ``percent`` (0 to 100) of them, those of the least
    information, go. The order of the questions stays."""
    if not 0 <= percent < 100:
        raise ValueError(f"{percent:g} percent cannot be pruned")
    count = len(fitted.sharpness)
    goes = int(count * percent / 100)
    ranked = sorted(range(count), key=lambda number: (fitted.worth(number), number))
    return sorted(ranked[goes:])
