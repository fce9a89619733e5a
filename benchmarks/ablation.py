"""What each part of the ranking is worth: the whole pipeline with parts turned off.

    python -m benchmarks.ablation [../shared/bench] [--limit 250]      about 4 minutes on two cores

Each set is indexed once; then its first questions are asked with each row's weights. nDCG@10 by
document, and for chroma-chunking character recall@5, with the half-width of the 95 % interval. The
last column of a row is the mean of its differences from the default.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from eval.beir import evaluate
from eval.statistics import Interval

PARTS = ("words", "vector", "sentence", "likeness", "title")
ROWS: Mapping[str, Sequence[str]] = {
    "all five": (),
    **{f"without {part}": (part,) for part in PARTS},
    "words and vector": PARTS[2:],
    "words alone (BM25)": PARTS[1:],
    "vector alone": (PARTS[0], *PARTS[2:]),
}
"""Row → the parts whose weight is 0."""

SETS: Mapping[str, tuple[str, str | None, str]] = {
    "docs": ("claude-docs", None, "ndcg@10"),
    "claims": ("scifact", None, "ndcg@10"),
    "SQuAD": ("squad2-dev-half", "distractors-2wiki/corpus.jsonl", "ndcg@10"),
    "characters": ("chroma-chunking", None, "span recall@5"),
}
"""Column → folder of the set, distractors, measure."""


def figure(bench: Path, column: str, off: Sequence[str], limit: int, cache: Path) -> Interval:
    """A set's figure with some parts turned off."""
    folder, distractors, measure = SETS[column]
    overrides = {f"retrieval.weight_{part}": 0 for part in off}
    outcome = evaluate(
        bench / folder,
        None,
        {"index.path": str(cache / folder / "index"), **overrides},
        cache=cache,
        limit=limit,
        distractors=[bench / distractors] if distractors else [],
    )
    return outcome.figures()[measure]


def table(found: Mapping[str, Mapping[str, Interval]]) -> str:
    """The rows as a Markdown table."""
    lines = [f"| parts | {' | '.join(SETS)} | difference |", "|---|" + "---|" * (len(SETS) + 1)]
    whole = found["all five"]
    for name, row in found.items():
        cells = [f"{each.estimate:.3f} ± {(each.high - each.low) / 2:.3f}" for each in row.values()]
        apart = sum(row[column].estimate - whole[column].estimate for column in row) / len(row)
        lines.append(f"| {name} | {' | '.join(cells)} | {apart:+.3f} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("bench", type=Path, nargs="?", default=Path("../shared/bench"))
    parser.add_argument("--limit", type=int, default=250, help="questions of each set")
    options = parser.parse_args(arguments)
    if not options.bench.is_dir():
        parser.error(f"{options.bench} is not a folder")
    found: dict[str, dict[str, Interval]] = {name: {} for name in ROWS}
    with tempfile.TemporaryDirectory(prefix="ablation-") as scratch:
        for column in SETS:
            for name, off in ROWS.items():
                print(f"{column}: {name}", file=sys.stderr, flush=True)
                found[name][column] = figure(
                    options.bench, column, off, options.limit, Path(scratch)
                )
    print(table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
