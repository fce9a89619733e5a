"""Questions in another language than the documents, without a model.

    python -m benchmarks.questions_across [--misses]

Twelve small English texts of our own with the same question in six languages, and two questions of
each language that no text answers; then the German texts of ``benchmarks/languages``
with questions in English. Printed by language: answered with the gold words, refused, and how many
of the unanswerable ones are called sure or likely. Of the words that cross languages the
first 330 rows were written before these texts (.79 of the answerable then), the others after.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant import Assistant, load_settings
from assistant.text.folding import fold
from benchmarks.answers_by_language import read_items
from eval.statistics import wilson

DATA = Path(__file__).parent / "languages_across.txt"
ENGLISH_QUESTIONS = {
    "de": (
        "How deep is the well in the castle courtyard?",
        "What does a card of the library cost for adults?",
        "Why is the suspension bridge closed?",
        "Who leads the Imkerverein Oberlauf?",
        "What is a Darre?",
        "How do you clean the filter of the pump?",
        "When did the ship Möwe sink?",
        "Where is the kiln of the pottery Hansen?",
        "How many concerts did the orchestra play last year?",
        "Which foundation paid for the gymnasium?",
        "How long is the way to the summit of the Schneekoppe?",
        "Are bicycles allowed in the cemetery?",
        "Which novel made Anna Rehbein known?",
        "Who founded the nursery?",
        "For how many days does the tank of the generator last?",
    ),
}
"""Of the texts of a language, in their order."""


@dataclass(frozen=True, slots=True)
class AcrossItem:
    """A question; ``gold`` is empty where no text answers it."""

    language: str
    question: str
    gold: tuple[str, ...]


def read_across() -> tuple[list[str], list[AcrossItem]]:
    """The English texts, and the questions about them."""
    texts, items = [], []
    for block in DATA.read_text(encoding="utf-8").split("\n\n"):
        lines = block.strip().split("\n")
        gold = tuple(each[2:].strip() for each in lines if each.startswith("= "))
        texts += [each for each in lines if each[:2] not in ("= ", "? ", "! ")]
        items += [
            AcrossItem(each[2:4], each[5:], gold if each[0] == "?" else ())
            for each in lines
            if each[:2] in ("? ", "! ")
        ]
    return texts, items


def asked_across(
    texts: Sequence[str], items: Sequence[AcrossItem], work: Path
) -> Iterator[tuple[AcrossItem, str, str]]:
    """Each question with the certainty and the text of its answer."""
    folder = work / "texts"
    folder.mkdir(parents=True)
    for at, text in enumerate(texts, start=1):
        (folder / f"{at:02}.txt").write_text(text + "\n", encoding="utf-8")
    settings = load_settings(
        overrides={"documents.paths": [str(folder)], "index.path": str(work / "index")}
    )
    with Assistant(settings) as assistant:
        assistant.sync()
        for item in items:
            answer = assistant.ask(item.question)
            yield item, answer.certainty, answer.text


def _line(name: str, rows: Sequence[tuple[AcrossItem, str, str]]) -> str:
    due = [row for row in rows if row[0].gold]
    right = sum(
        certainty != "none" and any(fold(gold) in fold(text) for gold in item.gold)
        for item, certainty, text in due
    )
    refused = sum(certainty == "none" for _, certainty, _ in due)
    false = sum(row[1] in ("sure", "likely") for row in rows if not row[0].gold)
    interval = wilson(right, len(due))
    return (
        f"{name:<22}{len(due):>4}  {right / len(due):.2f} [{interval.low:.2f}, {interval.high:.2f}]"
        f"  {refused / len(due):>7.2f}  {false} of {len(rows) - len(due)}"
    )


def main() -> None:
    """Print a line for each language, and one for all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--misses", action="store_true", help="print what is not right")
    arguments = parser.parse_args()
    texts, items = read_across()
    with tempfile.TemporaryDirectory() as work:
        rows = list(asked_across(texts, items, Path(work) / "english"))
        back: list[tuple[AcrossItem, str, str]] = []
        for code, questions in ENGLISH_QUESTIONS.items():
            there = read_items([code])
            asked = [
                AcrossItem(code, question, each.gold)
                for question, each in zip(questions, there, strict=True)
            ]
            back += asked_across([each.text for each in there], asked, Path(work) / code)
    print(f"{'question':<22}{'n':>4}  gold said           refused  false answers")
    for code in dict.fromkeys(item.language for item, _, _ in rows):
        print(_line(f"{code}, English texts", [row for row in rows if row[0].language == code]))
    print(_line("all, English texts", rows))
    for code in ENGLISH_QUESTIONS:
        print(_line(f"en, {code} texts", [row for row in back if row[0].language == code]))
    for item, certainty, text in [*rows, *back] if arguments.misses else ():
        if not item.gold or not any(fold(gold) in fold(text) for gold in item.gold):
            print(f"{certainty:<7} {item.question} → {' '.join(text.split())[:150]}")


if __name__ == "__main__":
    main()
