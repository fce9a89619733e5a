"""Answers to long, written questions about long documents: do they stand where the answer stands?

    python -m benchmarks.span_answers ../shared/bench/chroma-chunking [--limit 472]

The set has 472 questions, written by a language model, with the stretches of text that answer each
(chat logs, annual reports in lower case, papers with references, a speech, articles). An answer
touches the evidence when a sentence cites one of these stretches, or the same words elsewhere. It
need not be right then, and what is answered by a copy in other words counts as missed. Every
question has an answer, so each refusal is one too many.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from scipy.stats import binomtest

from assistant import Answer
from benchmarks.sets import indexed


@dataclass(frozen=True, slots=True)
class _Asked:
    """One answer: which of its sentences touch the evidence."""

    answer: Answer
    touching: tuple[bool, ...]
    corpus: str
    gold: tuple[str, ...]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def _touches(quote: str, gold: Sequence[str]) -> bool:
    """Whether a cited sentence holds a stretch of evidence, or stands in it."""
    own = _letters(quote)
    return any(own and (own in each or each in own) for each in map(_letters, gold))


def _told(name: str, asked: Sequence[_Asked]) -> str:
    answered = [each for each in asked if each.touching]
    touching = sum(any(each.touching) for each in answered)
    if not answered:
        return f"{name:24} {len(asked):4}  none answered"
    low, high = binomtest(touching, len(answered)).proportion_ci(method="wilson")
    precise = fmean(fmean(each.touching) for each in answered)
    first = fmean(each.touching[0] for each in answered)
    return (
        f"{name:24} {len(asked):4}  answered {len(answered):4}  on the evidence {touching:4} "
        f"({low:.0%} to {high:.0%})  first sentence {first:.3f}  sentences {precise:.3f}"
    )


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("set", type=Path)
    parser.add_argument("--limit", type=int, default=472)
    parser.add_argument(
        "--off", default="", metavar="CERTAINTY",
        help="print the answers of this certainty that touch no evidence, to be judged by hand",
    )  # fmt: skip
    options = parser.parse_args()
    lines = (options.set / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    queries = [json.loads(line) for line in lines]
    random.Random(5).shuffle(queries)
    asked = []
    with indexed([options.set]) as (assistant, _):
        for query in queries[: options.limit]:
            answer = assistant.ask(query["text"])
            gold = [each["content"] for each in query["meta"]["references"]]
            quotes = {citation.marker: citation.quote for citation in answer.citations}
            touching = tuple(
                any(_touches(quotes[marker], gold) for marker in sentence.citations)
                for sentence in answer.sentences
            )
            asked.append(_Asked(answer, touching, query["meta"]["corpus_id"], tuple(gold)))
    print(_told("all", asked))
    for certainty in ("sure", "likely", "unsure"):
        print(_told(certainty, [a for a in asked if a.answer.certainty == certainty]))
    for each in asked:
        if each.answer.certainty == options.off and not any(each.touching):
            print(f"\n? {each.answer.question}\n  answer: {each.answer.text}")
            print("\n".join(f"  evidence: {text}" for text in each.gold))
    for corpus in sorted({each.corpus for each in asked}):
        print(_told(corpus, [each for each in asked if each.corpus == corpus]))


if __name__ == "__main__":
    main()
