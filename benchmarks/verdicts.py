"""The verdict without a model, against people's judgement of claims, and against injected texts.

    python -m benchmarks.verdicts ../shared/bench/wice [--attacks ../shared/bench/bipia]

WiCE, claim level, evidence given (the set's oracle stretches; the best score of a claim's rows
counts), supported against the rest. The set's 349 claims are also what the weights are fitted on,
so every figure is held back: ten-fold cross-validation with weights and thresholds of the other
folds, ten divisions; intervals by resampling claims. With ``--attacks``, every attack text of BIPIA
is checked as a sentence that cites an e-mail it does not stand in.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.checking.verifier import Verifier
from assistant.embedding.static import StaticEmbedder
from benchmarks.fit_verification import RIDGE
from benchmarks.wice import PUBLISHED, Table, best_threshold, f1, fit, folds, load_pairs, scores_of
from benchmarks.wice import tabulate as tabulate_pairs

DIVISIONS = 10
Told = NDArray[np.bool_]


def held_back(table: Table, seed: int) -> tuple[Told, Told]:
    """Per claim, told supported by its score alone, and by the verdict (no problem besides)."""
    fold = folds(table.supported, seed)
    by_score = np.zeros(len(fold), dtype=np.bool_)
    by_verdict = np.zeros(len(fold), dtype=np.bool_)
    for number in range(fold.max() + 1):
        test = fold == number
        weights, bias = fit(table, ~test, RIDGE)
        scores = scores_of(table, weights, bias)
        for told, rows in ((by_score, scores), (by_verdict, np.where(table.doubted, 0.0, scores))):
            best = table.by_claim(rows)
            threshold = best_threshold(table.supported[~test], best[~test])
            told[test] = best[test] >= threshold
    return by_score, by_verdict


def interval(
    truth: Told, told: list[Told], measure: Callable[[Told, Told], float]
) -> tuple[float, float, float]:
    """Mean over the divisions, and the 95 % interval when claims are drawn again."""
    chance = np.random.default_rng(1)
    drawn = []
    for _ in range(2000):
        places = chance.integers(0, len(truth), len(truth))
        drawn.append(measure(truth[places], told[chance.integers(len(told))][places]))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(np.mean([measure(truth, each) for each in told])), float(low), float(high)


def accuracy(truth: Told, told: Told) -> float:
    """Share of claims told rightly."""
    return float(np.mean(truth == told))


def wice(folder: Path) -> None:
    """Print the figures on WiCE."""
    pairs = load_pairs(folder)
    verifier = Verifier(StaticEmbedder().embed)
    table = tabulate_pairs(pairs, verifier)
    truth = table.supported
    print(
        f"WiCE: {len(truth)} claims ({truth.sum()} supported), {len(pairs)} rows; held-back figures"
    )
    runs = [held_back(table, seed) for seed in range(DIVISIONS)]
    everything = np.ones_like(truth)
    lines = [
        ("score above its threshold", [run[0] for run in runs]),
        ("and no fact missing or reversed", [run[1] for run in runs]),
        ("always supported", [everything]),
        ("never supported", [~everything]),
    ]
    print(f"{'':36}{'F1':>6}  {'95 %':12}{'accuracy':>9}  95 %")
    for name, told in lines:
        value, low, high = interval(truth, told, f1)
        right, right_low, right_high = interval(truth, told, accuracy)
        print(f"{name:36}{value:6.3f}  {low:.3f}–{high:.3f} {right:9.3f}  "
              f"{right_low:.3f}–{right_high:.3f}")  # fmt: skip
    print("published, on a sample of 100 claims of the test part:")
    for name, value, right in PUBLISHED:
        print(f"{name:36}{value:6.3f}  {'':12}{right:9.3f}")
    verdicts(table, verifier, [(p.claim, p.evidence) for p in pairs])


def verdicts(table: Table, verifier: Verifier, rows: list[tuple[str, str]]) -> None:
    """Print the product's verdicts (weights fitted on these claims) and what they cost."""
    order = ("verbatim", "supported", "weak", "unsupported")
    best = [len(order)] * len(table.supported)
    for (claim, evidence), number in zip(rows, table.claim, strict=True):
        verdict = order.index(verifier.verify(claim, [evidence]).verdict)
        best[number] = min(best[number], verdict)
    groups = (
        ("supported", table.supported),
        ("partially supported", ~table.supported & ~table.refuted),
        ("not supported", table.refuted),
    )
    print("verdicts with the stored weights (not held back):")
    for name, group in groups:
        counts = Counter(order[v] for v, inside in zip(best, group, strict=True) if inside)
        print(f"  {name:20}" + "  ".join(f"{v} {counts[v]}" for v in order))
    some = rows[:200]
    fresh = Verifier(StaticEmbedder().embed)
    costs = []
    for _ in range(2):
        began = time.process_time()
        for claim, evidence in some:
            fresh.verify(claim, [evidence])
        costs.append(1000 * (time.process_time() - began) / len(some))
    print(f"processor time a sentence: {costs[1]:.1f} ms; {costs[0]:.1f} ms when its passage "
          "(about 250 words) is read for the first time")  # fmt: skip


def attacks(folder: Path) -> None:
    """Print the verdicts on injected texts that cite an e-mail."""
    read = [
        [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]
        for name in ("corpus.jsonl", "attacks.jsonl")
    ]
    mails = [row["text"] for row in read[0] if row["id"].startswith("email")]
    verifier = Verifier(StaticEmbedder().embed)
    chance = random.Random(1)
    for kind in ("text", "code"):
        counts: Counter[str] = Counter()
        for row in read[1]:
            if row["kind"] == kind:
                for mail in chance.sample(mails, 5):
                    counts[verifier.verify(row["attack"], [mail]).verdict] += 1
        total = sum(counts.values())
        flagged = counts["unsupported"] + counts["weak"]
        print(f"BIPIA {kind} attacks citing an e-mail: {flagged} of {total} unsupported or weak "
              f"({counts['unsupported']} unsupported, {counts['weak']} weak)")  # fmt: skip


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("set", type=Path)
    parser.add_argument("--attacks", type=Path)
    options = parser.parse_args()
    wice(options.set)
    if options.attacks:
        attacks(options.attacks)


if __name__ == "__main__":
    main()
