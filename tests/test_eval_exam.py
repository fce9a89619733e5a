"""An exam from documents: which questions are made of what, which are refused, and the commands."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from assistant import Assistant
from assistant.studying.fairness import MOST_OVERLAP, Folder, is_fair
from assistant.studying.items import Item, Quote
from assistant.studying.prose import items_of, said_in
from assistant.studying.quoted import quoted_items
from assistant.studying.structured import list_items, table_items
from assistant.studying.words import is_self_contained, names_in, overlap
from eval.cli import main
from eval.exam.build import EASY_SHARE, build_exam
from eval.exam.combined import pairs, unsaid
from eval.exam.files import row_of
from eval.lint import untrue
from eval.questions import parse_questions

HARBOUR = """# The harbour of Varnholm

The Varnholm Lighthouse Trust (VLT) looks after 14 lighthouses along the northern coast.
Ingrid Solberg designed the Varnholm breakwater for the northern fishing fleet after a storm.
The Varnholm breakwater was opened in 1931 after four winters of quarrying and heavy blasting.
It replaced a wooden pier. The Karsund ferry carries 220 passengers across the windy strait.

The crews of Varnholm keep these boats:

- Albatross, the oldest
- Petrel, a pilot boat
- Kittiwake, a tender

| Dock | Depth in metres | Cranes |
|---|---|---|
| Dock A7 | 11.5 | two gantry cranes |
| Dock B2 | 8.25 | no |
"""
CHRONICLE = """# A chronicle

The Varnholm breakwater was opened in 1934 after four winters of quarrying and heavy blasting.
The Ostrava tramway got 31 carriages from a works in the southern valley.
"""
TEXTS = {"harbour.md": HARBOUR, "chronicle.md": CHRONICLE}


def made(text: str = HARBOUR) -> list[Item]:
    return [item for said in said_in("harbour.md", text) for item in items_of(said)]


def of_kind(kind: str, items: list[Item]) -> list[Item]:
    return [item for item in items if item.kind == kind]


def test_numbers_dates_names_and_definitions_are_found_in_sentences() -> None:
    items = made()
    numbers = {item.answers[0][0]: item.typed for item in of_kind("number", items)}
    assert numbers["14"].endswith("how many lighthouses?")
    assert numbers["220"].endswith("how many passengers?")
    assert "Karsund" in numbers["220"]
    (year,) = of_kind("date", items)
    assert year.answers == (("1931",),)
    assert "1931" not in year.typed
    (name,) = of_kind("name", items)
    assert name.typed.startswith("Who designed the Varnholm breakwater")
    assert name.answers == (("Ingrid Solberg", "Solberg"),)
    (short,) = of_kind("definition", items)
    assert (short.typed, short.answers) == (
        "What does VLT stand for?",
        (("Varnholm Lighthouse Trust",),),
    )


def test_table_cells_and_lists_are_asked_for() -> None:
    cells = list(table_items("harbour.md", HARBOUR))
    asked = {item.answers[0][0]: item.typed for item in cells}
    assert asked["11.5"] == "Dock A7: what is given as Depth in metres?"
    assert "no" not in asked  # it stands in any text
    (several,) = list_items("harbour.md", HARBOUR)
    assert several.answers == (("Albatross",), ("Petrel",), ("Kittiwake",))
    assert several.typed.startswith("The crews of Varnholm keep")


def test_two_documents_that_disagree_give_one_question_with_both_answers() -> None:
    exam = build_exam(TEXTS, 50)
    (conflict,) = of_kind("conflict", list(exam.items))
    assert sorted(wordings[0] for wordings in conflict.answers) == ["1931", "1934"]
    assert {quote.document for quote in conflict.quotes} == set(TEXTS)
    assert not of_kind("date", list(exam.items))  # no question that has two answers


def test_a_near_miss_asks_about_what_no_document_tells() -> None:
    exam = build_exam(TEXTS | {"b.md": CHRONICLE.replace("Ostrava", "New Ostrava")}, 50)
    missing = of_kind("near_miss", list(exam.items))
    assert missing
    for item in missing:
        row = row_of(item)
        assert (row["type"], row["expect"]) == ("unanswerable", "refuse")
        assert "facts" not in row


@pytest.mark.parametrize(
    ("sentence", "holds"),
    [
        ("The Karsund ferry carries 220 passengers.", True),
        ("It carries 220 passengers.", False),
        ("Karsund says that this ferry carries 220 passengers.", False),
        ("Karsund Lines says that their ferry carries 220 passengers.", True),
        ("In 1930 we carried 220 passengers to Karsund.", False),
        ("The third of them carries 220 passengers.", False),
    ],
)
def test_a_sentence_must_say_by_itself_what_it_is_about(sentence: str, holds: bool) -> None:
    assert is_self_contained(sentence) is holds


def test_names_are_runs_of_words_written_as_names() -> None:
    said = "The ICLR 2019 chairs met Ada Lund's team of GIANT-XRT in May in Ulm."
    assert names_in(said) == ["ICLR 2019", "Ada Lund", "GIANT-XRT", "Ulm"]


def item(**changes: object) -> Item:
    plain: dict[str, object] = {
        "kind": "number", "topic": "Karsund ferry", "asks": "number of passengers",
        "typed": "Karsund ferry: how many passengers?", "answers": (("220",),),
        "quotes": (Quote("harbour.md", "The Karsund ferry carries 220 passengers across the windy "
                         "strait.", (0, 64)),), "names": ("Karsund",),
    }  # fmt: skip
    return Item(**(plain | changes))  # type: ignore[arg-type]


def test_filters_refuse_what_is_given_away_or_has_two_answers() -> None:
    assert is_fair(item(), Folder(TEXTS))
    assert not is_fair(item(typed="Do 220 passengers fit?"), Folder(TEXTS))
    whole = "The Karsund ferry carries passengers across the windy strait"
    assert not is_fair(item(topic=whole, typed=f"{whole}: how many?"), Folder(TEXTS))
    rival = TEXTS | {"c.md": "On Sundays the Karsund ferry takes 90 passengers at the most."}
    assert not is_fair(item(), Folder(rival))
    agreeing = TEXTS | {"c.md": "On Sundays the Karsund ferry takes 220 passengers too."}
    assert is_fair(item(), Folder(agreeing))


def test_the_exam_of_the_sample_documents_is_true_varied_and_the_same_twice(
    sample: Assistant,
) -> None:
    texts = {name: sample.document_text(name) for name in sample.documents()}
    exam = build_exam(texts, 100)
    assert len(exam.items) >= 70
    assert {"number", "date", "name", "definition", "table_cell", "conflict", "near_miss"} <= set(
        exam.kinds
    )
    rows = [row_of(each) for each in exam.items]
    questions = parse_questions({"version": 1, "questions": rows}, Path("exam.yaml")).questions
    assert not untrue(questions, texts)  # every quote stands, every reference states its facts
    assert len({each.question for each in questions}) == len(questions)
    for each in exam.items:
        if each.kind in ("number", "date", "name"):
            assert overlap(each.question, each.quotes[0].text) <= MOST_OVERLAP
    assert sum(each.is_easy for each in exam.items) <= (EASY_SHARE + 0.1) * len(exam.items)
    assert build_exam(texts, 100) == exam
    assert build_exam(texts, 20, seed=3).items != build_exam(texts, 20, seed=4).items
    assert len(build_exam(texts, 20).items) == 20


def test_three_commands_make_a_gated_set(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    runner = CliRunner()
    done = runner.invoke(main, ["init", str(folder)])
    assert done.exit_code == 0, done.output
    target = tmp_path / "mine-questions" / "questions.yaml"
    assert str(target) in done.output
    data = yaml.safe_load(target.read_text(encoding="utf-8"))
    assert data["documents"] == ["../mine"]
    given = ["--questions", str(target)]
    assert runner.invoke(main, [*given, "run"]).exit_code == 0
    assert runner.invoke(main, [*given, "bless", "--last"]).exit_code == 0
    passed = runner.invoke(main, given)
    assert passed.exit_code == 0, passed.output
    assert "Pass:" in passed.output
    again = runner.invoke(main, ["init", str(folder)])
    assert again.exit_code == 2
    assert "--force" in again.output
    assert runner.invoke(main, [*given, "ability"]).exit_code == 4  # two runs are too few


def test_a_folder_without_anything_to_ask_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "a.txt").write_text("we did it then.", encoding="utf-8")
    done = CliRunner().invoke(main, ["init", str(tmp_path / "empty")])
    assert done.exit_code == 2
    assert "can be asked about" in done.output
    assert not (tmp_path / "empty-questions" / "questions.yaml").exists()


INTERVIEW = """# Talks

Ingrid Solberg says the harbour is old. “Breakwaters without regular inspections collapse during
violent northern storms,” Solberg explains.

The paper called “Stones that move: a theory of breakwaters” shows violent northern storms lifting
heavy granite blocks.
"""


def test_titles_and_sayings_are_asked_for() -> None:
    found = {item.kind: item for item in quoted_items("talks.md", INTERVIEW)}
    assert found["title"].answers == (("Stones that move: a theory of breakwaters",),)
    assert found["title"].typed.startswith("What is the title of the paper:")
    assert "Stones" not in found["title"].typed
    assert found["saying"].answers[0][0] == "Solberg"
    assert overlap(found["saying"].typed, found["saying"].quotes[0].text) <= MOST_OVERLAP
    assert not list(quoted_items("a.md", "He said “yes, and no, and many other words” then.\n"))


def test_two_cells_of_a_column_are_one_question_with_both_as_facts() -> None:
    rows = "| Dock C3 | 7.75 | none |\n| Dock D4 | 6.25 | none |\n"
    text = HARBOUR.rstrip("\n") + "\n" + rows
    cells = [item for item in table_items("h.md", text) if item.asks == "Depth in metres"]
    (pair, *_) = pairs(cells, seed=0)
    assert pair.kind == "pair"
    assert len(pair.answers) == 2
    assert " and " in pair.topic
    assert row_of(pair)["type"] == "multi_hop"


def test_what_is_told_of_a_name_is_no_near_miss() -> None:
    folder = Folder(
        {
            "a.md": "The VLT has members. It costs 20 crowns.\n\nThe KLM2 flies.\n",
            "b.md": "Ada Lund wrote it. She was born in Oslo, and she is old.\n",
        }
    )
    names = {"VLT": {"a.md"}, "KLM2": {"a.md"}, "Ada Lund": {"b.md"}, "Puerto Rico": {"b.md"}}
    asked = [
        item.question for seed in range(12) for item in unsaid(names, {"Ada Lund"}, folder, seed)
    ]
    assert any("KLM2" in each for each in asked)
    assert not any("Puerto Rico" in each for each in asked)  # not known to be a person
    assert not any("born" in each or "How old" in each for each in asked)  # both are told
    assert not any("pays for VLT" in each for each in asked)
    assert all("cost" not in each for each in asked)
