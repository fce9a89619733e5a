"""What a first page says of its document is kept with its place, and answers questions about it."""

from __future__ import annotations

import time

import pytest
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.answering.field_questions import fields_asked
from assistant.text.first_page import first_page, is_tool, with_fields
from assistant.types import ParsedDocument

PAPER = """Sparse Gates for Tide Models
Marta Lind¹, Kay Vik² and Jonas de Wit¹
¹ University of Skarv, Department of Oceans
² Halden Labs Inc
12 March 2023

Abstract
We present a way to model tides with sparse gates that is faster than others on five sets of data.

1 Introduction
Tides are hard.
"""
REPORT = """# Annual report 2024

Prepared by: Ida Holm
Date: 5 May 2025
Version 2.1
Publisher: Halden Press

This version supersedes version 1.4 of March 2024. The mill was built in 1811.
"""
GERMAN = """Bericht über die Brücke

Verfasser: Jörg Böhm
Stand: 05.05.2021
Fassung 3

Diese Fassung ersetzt die Fassung vom 1. März 2020. Die Brücke ist lang.
"""
MAIL = """From: {} <x@example.org>
To: {} <y@example.org>
Subject: {}
Date: Tue, 10 Mar 2026 09:12:00 +0100

Hello,

here is what you asked for about {}.

On Monday somebody wrote:
> From: Old Sender
> when does it come?
"""


assistant = indexed_for_module(
    {
        "gates.txt": PAPER,
        "report.md": REPORT,
        "bruecke.md": GERMAN,
        "a.eml": MAIL.format("Ida Holm", "Ivo Berg", "Keys of the boathouse", "the keys"),
        "b.eml": MAIL.format("Zoe Lind", "Ida Holm", "Invoice for paint", "the paint"),
        "mill.md": "# The mill\n\nThe mill was built in 1811 by the brothers Aune.\n",
    }
)


@pytest.mark.parametrize(
    ("question", "value", "document"),
    [
        ("Who wrote the paper on sparse gates for tide models?", "Marta Lind", "gates.txt"),
        ("Where do the authors of Sparse Gates for Tide Models work?", "Skarv", "gates.txt"),
        ("What is the abstract of the paper on sparse gates?", "We present a way", "gates.txt"),
        ("When was Sparse Gates for Tide Models published?", "12 March 2023", "gates.txt"),
        ("Who wrote the annual report 2024?", "Ida Holm", "report.md"),
        ("Which version is the annual report?", "Version 2.1", "report.md"),
        ("Who published the annual report?", "Halden Press", "report.md"),
        ("When was the annual report 2024 published?", "5 May 2025", "report.md"),
        ("Wer hat den Bericht über die Brücke verfasst?", "Jörg Böhm", "bruecke.md"),
        ("Von wann ist der Bericht über die Brücke?", "05.05.2021", "bruecke.md"),
        ("Who sent the mail about the keys of the boathouse?", "Ida Holm", "a.eml"),
        ("To whom is the mail about the keys of the boathouse addressed?", "Ivo Berg", "a.eml"),
        ("Who wrote the mail about the invoice for paint?", "Zoe Lind", "b.eml"),
        ("What is the subject of the mail from Zoe Lind?", "Invoice for paint", "b.eml"),
    ],
)
def test_a_question_about_a_document_gets_the_line_that_says_it(
    assistant: Assistant, question: str, value: str, document: str
) -> None:
    answer = assistant.ask(question)
    assert value in answer.text
    assert {each.document for each in answer.citations} == {document}
    assert all(value in each.quote for each in answer.citations if len(answer.citations) == 1)
    for citation in answer.citations:
        text = assistant.document_text(document)
        assert text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize("question", ["Who wrote Hamlet?", "Who wrote the mail about the moon?"])
def test_a_document_that_is_not_there_has_no_author(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question).abstained


def test_a_question_about_a_thing_is_none_about_a_document(assistant: Assistant) -> None:
    assert "1811" in assistant.ask("When was the mill built?").text
    assert fields_asked("When was the mill built?") == ()


def test_fields_are_kept_with_their_places(assistant: Assistant) -> None:
    infos = {info.name: info for info in assistant.document_infos()}
    for info in infos.values():
        text = assistant.document_text(info.name)
        assert all(text[each.start : each.end] == each.value for each in info.fields)
    assert infos["report.md"].author == "Ida Holm"
    assert infos["report.md"].date == "2025-05-05"
    assert infos["a.eml"].author.startswith("Ida Holm")
    status = {each.value for each in infos["report.md"].fields if each.name == "status"}
    assert status == {"This version supersedes version 1.4 of March 2024."}
    assert infos["mill.md"].fields == ()


def named(text: str) -> dict[str, str]:
    return {field.name: field.value for field in first_page(text)}


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Policy\nValid from 1 January 2026\n\nTrains first.",
         {"status": "Valid from 1 January 2026"}),
        ("Richtlinie\n\nDiese Richtlinie ersetzt die vom 1. März 2020. Mehr.",
         {"status": "Diese Richtlinie ersetzt die vom 1. März 2020."}),
        ("The mill\nBy Marta Lind\n\nOslo, 4 April 2022\n\nIt stands.",
         {"author": "Marta Lind", "date": "4 April 2022"}),
        ("---\nauthor: Kay Vik\ndate: 2024-03-01\n---\n# Notes\n",
         {"author": "Kay Vik", "date": "2024-03-01"}),
        ("Title\n\nIn 1850 it replaced the older windmill, which closed.", {}),
        ("Shopping\nTo: buy milk\nEggs and Ham\nKay Vik", {}),
        ("A list\nAnna Berg, Ole Lund\nmilk\neggs", {}),
    ],
)  # fmt: skip
def test_fields_are_found_by_shape(text: str, fields: dict[str, str]) -> None:
    assert named(text) == fields


@pytest.mark.parametrize(
    "tool",
    ["Microsoft Word", "LaTeX with hyperref", "python-docx", "Administrator", "openpyxl", ""],
)
def test_a_program_is_no_author(tool: str) -> None:
    assert is_tool(tool)


@pytest.mark.parametrize("person", ["Ida Holm", "Kay Vik; Zoe Lind", "OECD"])
def test_people_are_no_programs(person: str) -> None:
    assert not is_tool(person)


def test_a_hostile_first_page_is_read_in_time() -> None:
    began = time.perf_counter()
    for piece in ("A B, ", "By A ", "is valid from ", "a: ", "1. ", "¹*, ", "Version 1.", "May "):
        first_page(piece * 5000)
        first_page(f"{piece}\n" * 5000)
    assert time.perf_counter() - began < 5.0


BROKEN = """A Gate for Tides: Learning the Sound
of Narrow Waters

Marta Lind

1

( ), Kay Vik

2, Jonas de Wit3, and Uwe Nygard

1 University of Skarv marta lind@skarv.example 2 Halden Labs

Abstract. We model tides with gates and learn the sound of waters.
"""


def test_authors_over_several_lines_are_all_found_and_the_title_goes_on_above_them() -> None:
    found = [field.value for field in first_page(BROKEN) if field.name == "author"]
    assert found == ["Marta Lind", "Kay Vik", "Jonas de Wit3, and Uwe Nygard"]
    parsed = ParsedDocument(text=BROKEN, title="A Gate for Tides: Learning the Sound", kind="pdf")
    whole = with_fields(parsed, first_page(BROKEN))
    assert whole.title == "A Gate for Tides: Learning the Sound of Narrow Waters"
    assert whole.author.startswith("Marta Lind; Kay Vik")


def test_a_line_of_everyday_words_is_no_author() -> None:
    text = """A View on Tides and
Narrow Waters

Marta Lind,† and Kay Vik‡

†University of Skarv

Abstract
Tides in narrow waters are hard to foresee.
"""
    assert [f.value for f in first_page(text) if f.name == "author"] == [
        "Marta Lind,† and Kay Vik‡"
    ]
    guide = """Hive Care

Keeping Bees

The Society of Keepers Inc

Keeping bees needs care, and a hive needs a keeper.
"""
    assert not [f for f in first_page(guide) if f.name == "author"]
