"""How well the product's own confidence tells right answers from near misses and foreign questions.

    python -m benchmarks.near_misses ../shared/bench/squad2-dev-half \\
        --distractors ../shared/bench/distractors-2wiki [--limit 1500]     about 12 minutes

Three kinds are asked through the whole assistant with abstention switched off: answerable ones,
near misses (the set's ``answerable: false``), and answerable ones whose documents were left out of
the index, but for those that another document answers. Only articles that the reader was not
trained on are asked; the weights of the confidence were fitted on these (``fit_confidence`` judges
by folds). AUROC is of right answers against each of the others, with its 95 % interval (Hanley and
McNeil 1982).
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from math import sqrt
from pathlib import Path

from sklearn.metrics import roc_auc_score

from assistant import Assistant
from benchmarks.answers import holds
from benchmarks.reader_articles import articles_of
from benchmarks.sets import Query, indexed, load_set

ALWAYS = {"answer.min_confidence": 0.0}


def auroc(right: Sequence[float], wrong: Sequence[float]) -> tuple[float, float]:
    """The area under the curve, and the half-width of its 95 % interval."""
    area = float(roc_auc_score([1] * len(right) + [0] * len(wrong), [*right, *wrong]))
    one, two = area / (2 - area), 2 * area * area / (1 + area)
    m, n = len(right), len(wrong)
    spread = area * (1 - area) + (m - 1) * (one - area**2) + (n - 1) * (two - area**2)
    return area, 1.96 * sqrt(spread / (m * n))


def ask(assistant: Assistant, queries: Sequence[Query]) -> list[tuple[float, bool]]:
    """The confidence of each answer, and whether a gold text stands in it."""
    answers = [(assistant.ask(query.text), query) for query in queries]
    return [(answer.confidence, holds(answer.text, query)) for answer, query in answers]


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("set", type=Path)
    parser.add_argument("--distractors", type=Path, nargs="*", default=[])
    parser.add_argument("--limit", type=int, default=1500)
    options = parser.parse_args()
    chance = random.Random(3)
    found = load_set(options.set)
    held = articles_of(options.set).held_back
    queries = [q for q in found.queries if held is None or q.id in held]
    chance.shuffle(queries)
    answerable = [q for q in queries if q.is_answerable and q.answers]
    near = [q for q in queries if not q.is_answerable]
    with indexed([options.set, *options.distractors], ALWAYS) as (assistant, _):
        asked = ask(assistant, answerable[: options.limit])
        missed = ask(assistant, near[: options.limit])
    documents = sorted({d for q in answerable for d in found.relevant.get(q.id, {})})
    chance.shuffle(documents)
    gone = frozenset(documents[: len(documents) // 2])
    foreign = [q for q in answerable if set(found.relevant.get(q.id, {})) <= gone]
    folders = [options.set, *options.distractors]
    with indexed(folders, ALWAYS, leave_out=gone) as (assistant, _):
        left_out = [each for each in ask(assistant, foreign[: options.limit]) if not each[1]]
    right = [p for p, is_right in asked if is_right]
    wrong = [each for each in asked if not each[1]]
    print(f"answerable: {len(right)} of {len(asked)} right if all were answered")
    for name, others in (
        ("near misses", missed),
        ("near misses and wrong answers", missed + wrong),
        ("left out", left_out),
    ):
        area, half = auroc(right, [p for p, _ in others])
        print(f"{name}: AUROC {area:.3f} ± {half:.3f} ({len(right)} right, {len(others)} others)")


if __name__ == "__main__":
    main()
