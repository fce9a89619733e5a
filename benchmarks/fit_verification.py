"""Fits the weights of the verdict on WiCE and shows what they are worth on claims held back.

    python -m benchmarks.fit_verification ../shared/bench/wice [--write]

The weights are those of a logistic model on all claims; the figures come from ten-fold
cross-validation, where weights and thresholds of a fold are fitted without it. ``supported`` is
the threshold of the best F1 on out-of-fold scores, ``weak`` the score that 9 in 10 claims with no
support at all stay under.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from assistant.checking.verifier import Verifier
from assistant.embedding.static import StaticEmbedder
from benchmarks.wice import (
    Floats,
    Table,
    as_weights,
    best_threshold,
    f1,
    fit,
    folds,
    load_pairs,
    scores_of,
    tabulate,
)

WEIGHTS = Path(__file__).parent.parent / "assistant" / "checking" / "verification_weights.json"
RIDGE = 3.0


def out_of_fold(table: Table, seed: int) -> Floats:
    """Each claim's score by weights fitted without its fold."""
    fold = folds(table.supported, seed)
    scores = np.zeros(len(fold))
    for held_back in range(fold.max() + 1):
        weights, bias = fit(table, fold != held_back, RIDGE)
        best = table.by_claim(scores_of(table, weights, bias))
        scores[fold == held_back] = best[fold == held_back]
    return scores


def main() -> None:
    """Fit, print, and with ``--write`` store the weights."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("set", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    table = tabulate(load_pairs(options.set), Verifier(StaticEmbedder().embed))
    runs = [out_of_fold(table, seed) for seed in range(10)]
    supported = float(np.mean([best_threshold(table.supported, scores) for scores in runs]))
    weak = float(np.mean([np.quantile(scores[table.refuted], 0.9) for scores in runs]))
    values = [f1(table.supported, scores >= supported) for scores in runs]
    print(f"out-of-fold F1 at {supported:.3f}: {np.mean(values):.3f} (10 divisions)")
    weights, bias = fit(table, np.ones(len(table.supported), dtype=np.bool_), RIDGE)
    found = asdict(as_weights(weights, bias, supported, weak))
    print(json.dumps(found, indent=2))
    if options.write:
        WEIGHTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
        print(f"written to {WEIGHTS.name}")


if __name__ == "__main__":
    main()
