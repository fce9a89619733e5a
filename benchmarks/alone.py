"""Is what is right among other documents right when its file is alone?

    python -m benchmarks.alone [--misses]

Each question of ``eval/questions.yaml`` whose evidence stands in one file is asked twice: among all
documents, and with an index of that file alone. A folder of one file has hardly any statistics of
its own words, so this shows what the assistant makes of a small folder.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from assistant import Assistant, load_settings
from eval.questions import EvalQuestion, load_questions
from eval.scoring import score

QUESTIONS = Path("eval/questions.yaml")
DOCUMENTS = Path("documents")


def one_file_questions(questions: Sequence[EvalQuestion]) -> dict[str, list[EvalQuestion]]:
    """The questions that one file answers, by its name."""
    found: dict[str, list[EvalQuestion]] = {}
    for question in questions:
        names = {each.document for each in question.evidence}
        if question.expect == "answer" and len(names) == 1:
            found.setdefault(names.pop(), []).append(question)
    return found


def outcomes(paths: Sequence[Path], questions: Sequence[EvalQuestion]) -> Mapping[str, str]:
    """For each question by id: ``right``, ``refused`` or ``wrong``, with these files indexed."""
    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(
            None,
            {"documents.paths": [str(each) for each in paths], "index.path": f"{folder}/index"},
        )
        with Assistant(settings) as assistant:
            assistant.sync()
            texts = {name: assistant.document_text(name) for name in assistant.documents()}
            for question in questions:
                history = [(turn.question, turn.answer) for turn in question.history]
                answer = assistant.ask(question.question, history)
                if answer.abstained:
                    found[question.id] = "refused"
                else:
                    is_right = score(question, answer, texts).correct
                    found[question.id] = "right" if is_right else "wrong"
    return found


def main() -> int:
    """Print how the questions go alone that are right among others."""
    parser = argparse.ArgumentParser(description="Ask questions with their file alone.")
    parser.add_argument("--misses", action="store_true", help="print what is lost")
    chosen = parser.parse_args()
    by_file = one_file_questions(load_questions(QUESTIONS).questions)
    every = [question for questions in by_file.values() for question in questions]
    among = outcomes([DOCUMENTS], every)
    right = refused = wrong = 0
    for name, questions in sorted(by_file.items()):
        asked = [each for each in questions if among[each.id] == "right"]
        alone = outcomes([DOCUMENTS / name], asked)
        lost = {id_: how for id_, how in alone.items() if how != "right"}
        right += len(asked)
        refused += sum(how == "refused" for how in lost.values())
        wrong += sum(how == "wrong" for how in lost.values())
        print(f"{name:42} {len(asked):4} right among others, alone {len(lost):3} not")
        if chosen.misses:
            for each in asked:
                if each.id in lost:
                    print(f"    {lost[each.id]} · {each.id} · {each.question}")
    print(f"{right} right among others; alone {refused} refused, {wrong} wrong")
    return 0


if __name__ == "__main__":
    sys.exit(main())
