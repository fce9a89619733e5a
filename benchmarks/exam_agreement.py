"""Does an exam made by rules order configurations as our own questions do?

    python -m benchmarks.exam_agreement            about 15 minutes on two cores

Asks the questions of ``eval/questions.yaml`` and an exam from ``documents/`` under thirteen
configurations that were chosen before the first look at a result: each part of the ranking off,
fewer passages, fewer sentences, another threshold, no reader. Prints each configuration's shares,
the exam's share of questions that split them, and Spearman's correlation of the two orders; and,
because no exam can agree better than our own questions agree with each other, the mean correlation
of halves of these.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant import Assistant, load_settings
from eval.exam import files
from eval.exam.build import build_exam
from eval.exam.irt import splits
from eval.questions import EvalQuestion, load_questions
from eval.runner import open_bench
from eval.scoring import score

REPOSITORY = Path(__file__).resolve().parent.parent
CONFIGURATIONS: tuple[Mapping[str, Any], ...] = (
    {},
    {"retrieval.weight_words": 0},
    {"retrieval.weight_vector": 0},
    {"retrieval.weight_sentence": 0},
    {"retrieval.weight_likeness": 0},
    {"retrieval.weight_words": 0, "retrieval.weight_sentence": 0, "retrieval.weight_likeness": 0},
    {"retrieval.passages": 2, "answer.read_passages": 2},
    {"answer.max_sentences": 1},
    {"answer.read_passages": 1},
    {"answer.min_confidence": 0.5},
    {"answer.min_confidence": 0.0},
    {"answer.reader": "none"},
    {"retrieval.passages": 1},
)
HALVES = 200


def main() -> None:
    """Ask, and print."""
    from scipy.stats import spearmanr

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="questions of the exam, at most")
    parser.add_argument("--seed", type=int, default=0, help="seed of the exam")
    given = parser.parse_args()
    own = list(load_questions(REPOSITORY / "eval" / "questions.yaml").questions)
    with tempfile.TemporaryDirectory() as folder:
        base = {
            "documents.paths": [str(REPOSITORY / "documents")],
            "index.path": str(Path(folder) / "index"),
        }
        with open_bench(load_settings(REPOSITORY / "config.yaml", base)) as bench:
            texts = bench.texts
        path = Path(folder) / "exam.yaml"
        files.write(build_exam(texts, given.count, given.seed), path, [REPOSITORY / "documents"])
        exam = list(load_questions(path).questions)
        rights = []
        for changes in CONFIGURATIONS:
            rights.append(_rights([*own, *exam], {**base, **changes}, texts))
            ours, theirs = rights[-1][: len(own)], rights[-1][len(own) :]
            name = " ".join(f"{key}={value}" for key, value in changes.items()) or "as it is"
            print(f"own {_mean(ours):6.1%}  exam {_mean(theirs):6.1%}  {name}", flush=True)
    ours = [row[: len(own)] for row in rights]
    theirs = [row[len(own) :] for row in rights]
    split = sum(splits(theirs))
    print(f"{split} of {len(exam)} exam questions split the configurations")
    agreement = spearmanr([_mean(row) for row in ours], [_mean(row) for row in theirs])[0]
    print(
        f"Spearman of the orders by {len(own)} own and {len(exam)} exam questions: {agreement:.3f}"
    )
    print(f"of two halves of the own questions: {_halves(ours):.3f}")


def _rights(
    questions: Sequence[EvalQuestion], overrides: Mapping[str, Any], texts: Mapping[str, str]
) -> list[bool]:
    with Assistant(load_settings(REPOSITORY / "config.yaml", dict(overrides))) as assistant:
        return [
            bool(
                score(
                    each,
                    assistant.ask(each.question, [(t.question, t.answer) for t in each.history]),
                    texts,
                ).correct
            )
            for each in questions
        ]


def _halves(rights: Sequence[Sequence[bool]]) -> float:
    from scipy.stats import spearmanr

    chance = random.Random(1)
    order = list(range(len(rights[0])))
    found = []
    for _ in range(HALVES):
        chance.shuffle(order)
        half = len(order) // 2
        left, right = (
            [_mean([row[n] for n in part]) for row in rights]
            for part in (order[:half], order[half:])
        )
        found.append(spearmanr(left, right)[0])
    return sum(found) / len(found)


def _mean(values: Sequence[bool]) -> float:
    return sum(values) / len(values)


if __name__ == "__main__":
    main()
