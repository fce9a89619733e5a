"""Are a person's own right words judged right, and wrong ones wrong?

    python -m benchmarks.fact_wordings                    15 seconds

``fact_wordings.yaml`` holds, for 42 questions of ``eval/questions.yaml`` that were drawn by lot, a
right and a wrong answer in a person's own words. They were written before the forms of facts were
built. Three verdicts are compared: facts as written, facts in any order of their words (what the
evaluation uses), and the claim checker. Then each question's facts judge the baseline's answers to
all other questions, of which hardly any is right. ``--list`` prints what is judged wrongly.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import yaml

from assistant.studying.stated import normalise, states
from eval.metrics.answers import judge_text
from eval.metrics.second_verdict import agreement, is_supported
from eval.questions import EvalQuestion, load_questions
from eval.runs import load_run
from eval.text import without_markers

ANSWERS = Path(__file__).with_name("fact_wordings.yaml")
QUESTIONS = Path(__file__).resolve().parent.parent / "eval" / "questions.yaml"

SaysRight = Callable[[EvalQuestion, str], bool]


def as_written(question: EvalQuestion, text: str) -> bool:
    """The verdict by facts as they are written."""
    said = normalise(text)
    stated = all(any(states(said, w) for w in f.any) for f in question.facts if f.vital)
    return stated and not any(states(said, w) for each in question.must_not for w in each.any)


def in_any_order(question: EvalQuestion, text: str) -> bool:
    """The evaluation's verdict."""
    return judge_text(question, text).correct


def by_checker(question: EvalQuestion, text: str) -> bool:
    """The claim checker's verdict."""
    return is_supported(question.reference, text, question.question)


def answers_of_others(
    questions: Sequence[EvalQuestion], answers: Mapping[str, str]
) -> tuple[int, int, list[tuple[str, str]]]:
    """How many pairs of a question and the answer to another one there are, how many are judged
    right as written, and those (question, other) that are so in any order only."""
    asked = [each for each in questions if each.facts]
    pairs = [(each, name) for each in asked for name in answers if name != each.id]
    written = {(q.id, name) for q, name in pairs if as_written(q, answers[name])}
    free = {(q.id, name) for q, name in pairs if in_any_order(q, answers[name])}
    return len(pairs), len(written), sorted(free - written)


VERDICTS: Mapping[str, SaysRight] = {
    "facts as written": as_written,
    "facts in any order": in_any_order,
    "claim checker": by_checker,
}


def main() -> None:
    """Judge all answers in each way and print how many are judged rightly."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--list", action="store_true", help="print what is judged wrongly")
    shows_all = parser.parse_args().list
    questions = {each.id: each for each in load_questions(QUESTIONS).questions}
    rows = yaml.safe_load(ANSWERS.read_text(encoding="utf-8"))["answers"]
    print(f"{'verdict':20} {'right ones':>12} {'wrong ones':>12}   judged rightly")
    for name, says_right in VERDICTS.items():
        missed = [
            (kind, row["id"], row[kind])
            for row in rows
            for kind in ("right", "wrong")
            if says_right(questions[row["id"]], row[kind]) != (kind == "right")
        ]
        counts = [
            len(rows) - sum(each[0] == kind for each in missed) for kind in ("right", "wrong")
        ]
        print(f"{name:20} {counts[0]:5} of {len(rows):3} {counts[1]:5} of {len(rows):3}")
        for kind, question_id, text in missed if shows_all else ():
            print(f"    {kind} {question_id}: {text}")
    pairs = [
        (in_any_order(questions[row["id"]], row[kind]), by_checker(questions[row["id"]], row[kind]))
        for row in rows
        for kind in ("right", "wrong")
    ]
    found = agreement(pairs)
    if found is not None and found.kappa is not None:
        print(
            f"facts and claim checker agree on {found.agreed} of {found.n}, kappa {found.kappa:.2f}"
        )
    given = {
        each.id: without_markers(each.text)
        for each in load_run(QUESTIONS.parent / "baseline").results
        if each.outcome == "answered"
    }
    count, written, more = answers_of_others(list(questions.values()), given)
    print(
        f"answers to other questions: of {count} pairs {written} are judged right as written, "
        f"{len(more)} more in any order"
    )
    for name, other in more if shows_all else ():
        print(f"    {name}: by the answer to {other}")


if __name__ == "__main__":
    main()
