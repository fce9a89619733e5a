"""Works listed with their authors; roles told apart; titles that answer nothing; antecedents."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Assistant, load_settings
from assistant.text.abbreviations import initials
from assistant.text.listed_works import is_names, listed_works

PROGRAMME = """A short guide to the talks at the Lindvik meeting 2023

The meeting took place for the third time. Most talks were about ropes and water.

Knots

Slipping and holding: Friction in wet knots
Ragna Thune, Eivind Moe, Liv de Krog

Rope fibres in salt water
Eivind Moe, Anna B. Solheim

Tides

TIDECAST: Forecasts for narrow sounds
Torunn Eide, Ragna Thune

"Gauges that clean themselves" is by Odd Fjell and Torunn Eide.

References

Sunde, K. and Aas, P. (2014), Slack water in narrow sounds.
"""
MEETING = """# The board of the harbour

The treasurer lives at Vik. The deputy chair of the board is Petra Nes. The
harbour master is Jon Ulv.

The Lindvik Harbour Board is one of two in the county. According to the county's list of 2021, it is
the oldest of its kind.

The board belongs to the National Union of Small Harbours.
"""
LEASE = """Lease no. LV-7731

The boathouse is let to the rowing club.
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    place: Path = tmp_path_factory.mktemp("works")
    folder = place / "documents"
    folder.mkdir()
    (folder / "programme.txt").write_text(PROGRAMME, encoding="utf-8")
    (folder / "lease.txt").write_text(LEASE, encoding="utf-8")
    (folder / "board.md").write_text(MEETING, encoding="utf-8")
    settings = load_settings(
        None, {"documents.paths": [str(folder)], "index.path": str(place / "index")}
    )
    with Assistant(settings) as opened:
        opened.sync()
        yield opened


@pytest.mark.parametrize(
    ("question", "shown", "hidden"),
    [
        ("Who wrote the paper on rope fibres?", ["Anna B. Solheim"], ["Ragna Thune"]),
        ("Who are the authors of TIDECAST?", ["Torunn Eide, Ragna Thune"], ["Moe"]),
        ("Which papers did Ragna Thune write?", ["wet knots", "TIDECAST"], ["Rope fibres"]),
        ("Which talks are by Torunn Eide?", ["TIDECAST", "clean themselves"], ["wet knots"]),
        ("Which papers are listed under knots?", ["wet knots", "Rope fibres"], ["TIDECAST"]),
        ("What does TIDECAST deal with?", ["Forecasts for narrow sounds"], ["wet knots"]),
        ("Who wrote about slack water in narrow sounds?", ["Sunde"], ["Thune"]),
    ],
)
def test_works_are_found_by_author_title_and_topic(
    assistant: Assistant, question: str, shown: list[str], hidden: list[str]
) -> None:
    answer = assistant.ask(question)
    assert not answer.abstained
    assert all(each in answer.text for each in shown), answer.text
    assert not any(each in answer.text for each in hidden), answer.text
    for citation in answer.citations:
        text = assistant.document_text(citation.document)
        assert text[citation.start : citation.end] == citation.quote
    assert all(sentence.verdict == "verbatim" for sentence in answer.sentences)


def test_a_heading_stands_apart_from_the_works_around_it(assistant: Assistant) -> None:
    lines = assistant.ask("Which papers did Ragna Thune write?").text.split("\n")
    at = lines.index("Tides:")
    assert lines[at - 1] == lines[at + 1] == ""


def test_nothing_is_made_up_for_an_unknown_author(assistant: Assistant) -> None:
    answer = assistant.ask("Which papers did Jon Ulv write?")
    assert "TIDECAST" not in answer.text
    assert "wet knots" not in answer.text


def test_another_role_is_no_answer(assistant: Assistant) -> None:
    assert assistant.ask("Who is the honorary chair of the board?").abstained
    assert "Petra Nes" in assistant.ask("Who is the deputy chair of the board?").text


def test_a_title_answers_nothing(assistant: Assistant) -> None:
    answer = assistant.ask("In which month was the Lindvik meeting 2023?")
    assert "A short guide to the talks" not in answer.text


def test_a_title_tells_the_number_that_it_holds(assistant: Assistant) -> None:
    assert "LV-7731" in assistant.ask("What is the lease number?").text


def test_a_pronoun_behind_a_phrase_takes_its_sentence_along(assistant: Assistant) -> None:
    answer = assistant.ask("What is the oldest of its kind according to the county's list of 2021?")
    assert "The Lindvik Harbour Board" in answer.text


def test_initials_may_be_parted_by_commas() -> None:
    assert initials("UCX").search("the University of Carlow, Xanten")
    assert not initials("UCX").search("the University of Xanten")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Ragna Thune, Eivind Moe, Liv de Krog", True),
        ("Balakrishnan (Murali) Narayan, Anna B. Solheim and Jon Ulv", True),
        ("Ropes, knots, and water", False),
        ("Oslo, Bergen, Vik", False),
        ("The Harbour Board, which met in May, was large", False),
        ("Ragna Thune", False),
    ],
)
def test_lines_of_names(line: str, names: bool) -> None:
    assert is_names(line) is names


def test_what_a_work_stands_under() -> None:
    works = {work.title: work for work in listed_works(PROGRAMME)}
    assert works["Rope fibres in salt water"].heading == "Knots"
    assert works["TIDECAST: Forecasts for narrow sounds"].heading == "Tides"
    assert len(works) == 5
    for work in works.values():
        assert work.title in PROGRAMME[work.start : work.end]
        assert work.authors in PROGRAMME[work.start : work.end]


def test_hostile_lines_take_no_time() -> None:
    began = time.perf_counter()
    for piece in ("A B, ", "Aa (", "“Aa ” by ", "Aa and ", "x\n", "Aa Bb, Cc Dd\n"):
        listed_works(piece * 20_000)
    assert time.perf_counter() - began < 5.0
