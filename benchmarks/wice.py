"""WiCE: claims from Wikipedia with stretches of the article they cite, judged by people.

``pairs.oracle.jsonl`` has about three rows a claim, each with a stretch of evidence; the protocol
takes the best score of a claim's rows. Supported against partially and not supported.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant.checking.coverage import FEATURE_NAMES
from assistant.checking.verifier import Verifier, Weights

Floats = NDArray[np.float64]

PUBLISHED = (
    ("T5-3B trained on ANLI", 0.618, 0.740),
    ("T5-3B trained on ANLI and WiCE", 0.778, 0.880),
    ("GPT-3.5", 0.393, 0.320),
    ("GPT-4", 0.610, 0.770),
)
"""F1 and accuracy at claim level on oracle evidence, a sample of 100 test claims (WiCE, table)."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim's id and words, one stretch of evidence, and the judgement of the claim."""

    claim_id: str
    claim: str
    evidence: str
    label: str


def load_pairs(folder: Path) -> list[Pair]:
    """The rows in order; the sentences of the evidence one a line."""
    lines = (folder / "pairs.oracle.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [Pair(r["id"], r["claim"], "\n".join(r["evidence"]), r["label"]) for r in rows]


@dataclass(frozen=True, slots=True)
class Table:
    """Features of all rows, shape (rows, features), and what is known of the claims.

    ``claim`` is the row's claim number, ``supported`` and ``refuted`` (not supported at all) are by
    claim; ``doubted`` says whether a row has any problem, which alone keeps it from "supported".
    """

    features: Floats
    doubted: NDArray[np.bool_]
    claim: NDArray[np.intp]
    supported: NDArray[np.bool_]
    refuted: NDArray[np.bool_]

    def by_claim(self, scores: Floats) -> Floats:
        """The best score of each claim's rows."""
        best = np.full(len(self.supported), -np.inf)
        np.maximum.at(best, self.claim, scores)
        return best


def tabulate(pairs: Sequence[Pair], verifier: Verifier) -> Table:
    """Work out the features of every row."""
    ids = list(dict.fromkeys(pair.claim_id for pair in pairs))
    number = {claim_id: at for at, claim_id in enumerate(ids)}
    label = {pair.claim_id: pair.label for pair in pairs}
    rows, doubted = [], []
    for pair in pairs:
        features, problems, _, _ = verifier.examine(pair.claim, [pair.evidence])
        rows.append([float(getattr(features, name)) for name in FEATURE_NAMES])
        doubted.append(bool(problems))
    return Table(
        np.array(rows),
        np.array(doubted),
        np.array([number[pair.claim_id] for pair in pairs]),
        np.array([label[claim_id] == "supported" for claim_id in ids]),
        np.array([label[claim_id] == "not_supported" for claim_id in ids]),
    )


def fit(table: Table, claims: NDArray[np.bool_], ridge: float) -> tuple[Floats, float]:
    """Weights and bias of a logistic model on the rows of some claims; ridge on scaled features."""
    rows = claims[table.claim]
    x, y = table.features[rows], table.supported[table.claim[rows]].astype(float)
    middle, spread = x.mean(axis=0), x.std(axis=0)
    spread[spread == 0] = 1.0
    scaled = np.hstack([(x - middle) / spread, np.ones((len(x), 1))])

    def loss(w: Floats) -> tuple[float, Floats]:
        z = scaled @ w
        p = 1 / (1 + np.exp(-np.clip(z, -30, 30)))
        penalty = np.append(np.full(len(w) - 1, ridge), 0.0)
        value = float(np.sum(np.logaddexp(0, z) - y * z) + 0.5 * penalty @ w**2)
        return value, scaled.T @ (p - y) + penalty * w

    found = minimize(loss, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B").x
    weights = found[:-1] / spread
    return weights, float(found[-1] - weights @ middle)


def folds(truth: NDArray[np.bool_], seed: int, count: int = 10) -> NDArray[np.intp]:
    """A fold number for every claim, supported ones and others dealt out evenly."""
    chance = np.random.default_rng(seed)
    fold = np.zeros(len(truth), dtype=np.intp)
    for value in (True, False):
        places = np.flatnonzero(truth == value)
        chance.shuffle(places)
        fold[places] = np.arange(len(places)) % count
    return fold


def scores_of(table: Table, weights: Floats, bias: float) -> Floats:
    """The probability of every row."""
    logits = np.clip(table.features @ weights + bias, -30, 30)
    scores: Floats = 1 / (1 + np.exp(-logits))
    return scores


def f1(truth: NDArray[np.bool_], told: NDArray[np.bool_]) -> float:
    """F1 of the supported."""
    hits = float(np.sum(truth & told))
    return 2 * hits / max(1.0, float(truth.sum() + told.sum()))


def best_threshold(truth: NDArray[np.bool_], scores: Floats) -> float:
    """The middle of the thresholds whose F1 is within a point of the best."""
    options = np.unique(scores)
    values = np.array([f1(truth, scores >= option) for option in options])
    return float(np.median(options[values >= values.max() - 0.01]))


def as_weights(weights: Floats, bias: float, supported: float, weak: float) -> Weights:
    """The fitted numbers as the product reads them."""
    named = {n: round(float(w), 4) for n, w in zip(FEATURE_NAMES, weights, strict=True)}
    return Weights(round(bias, 4), named, round(supported, 3), round(weak, 3))
