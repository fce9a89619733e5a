"""Extractive answers on SQuAD 2.0 among other articles: is the right answer said, and how fast?

    python -m benchmarks.answers ../shared/bench/squad2-dev-half \\
        --distractors ../shared/bench/distractors-2wiki [--limit 600]

Each answerable question is asked through the whole assistant, with abstention switched off (what
the sentences hold) and at the default threshold (what a person sees). An answer is right when one
of the gold texts stands inside its sentences; a table of where the others are lost follows. Unlike
published readers this one is untrained and gives whole sentences. Times are those of whole
questions, retrieval and answer, warm.
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections import Counter
from pathlib import Path

from scipy.stats import binomtest

from assistant import Answer
from benchmarks.sets import Query, indexed, load_set


def holds(text: str, query: Query) -> bool:
    """Whether one of the gold answers stands in the text."""
    folded = " ".join(text.lower().split())
    return any(" ".join(answer.lower().split()) in folded for answer in query.answers)


def where_lost(answer: Answer, query: Query) -> str:
    """What happened to a gold answer."""
    if holds(" ".join(sentence.text for sentence in answer.sentences), query):
        return "said"
    if holds(answer.retrieved[0].text if answer.retrieved else "", query):
        return "in the first passage, another sentence was chosen"
    if any(holds(passage.text, query) for passage in answer.retrieved):
        return "in a later passage"
    return "not retrieved"


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("set", type=Path)
    parser.add_argument("--distractors", type=Path, nargs="*", default=[])
    parser.add_argument("--limit", type=int, default=600)
    options = parser.parse_args()
    found = load_set(options.set)
    queries = [q for q in found.queries if q.is_answerable and q.answers]
    random.Random(1).shuffle(queries)
    queries = queries[: options.limit]
    folders = [options.set, *options.distractors]
    with indexed(folders, {"answer.min_confidence": 0.0}) as (assistant, _):
        assistant.ask(queries[0].text)  # warm
        answers = [assistant.ask(query.text) for query in queries]
        chunks = assistant.status().chunks
    with indexed(folders) as (assistant, _):
        threshold = assistant.settings.answer.min_confidence
    lost = Counter(where_lost(a, q) for a, q in zip(answers, queries, strict=True))
    total = len(queries)
    right = lost["said"]
    low, high = binomtest(right, total).proportion_ci(method="wilson")
    kept = [
        holds(" ".join(s.text for s in a.sentences), q)
        for a, q in zip(answers, queries, strict=True)
        if a.confidence >= threshold
    ]
    milliseconds = sorted(1000 * answer.timings["total"] for answer in answers)
    sentences = statistics.fmean(len(answer.sentences) for answer in answers)
    print(f"{total} answerable questions, {chunks:,} chunks")
    print(f"gold answer inside the sentences: {right / total:.3f} [{low:.3f}, {high:.3f}], "
          f"{sentences:.2f} sentences on average")  # fmt: skip
    for name, count in lost.most_common():
        print(f"  {count / total:6.1%}  {name}")
    print(f"at the default threshold {threshold}: refused {1 - len(kept) / total:.3f}, "
          f"right of what is answered {sum(kept) / max(len(kept), 1):.3f}")  # fmt: skip
    print(f"whole question: p50 {milliseconds[total // 2]:.0f} ms, "
          f"p95 {milliseconds[int(0.95 * total)]:.0f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
