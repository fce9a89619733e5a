"""Files that a question names, or whose names hold what it asks about, are asked alone."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from support_texts import indexed, indexed_for_module

from assistant import Answer, Assistant, Filters
from assistant.errors import FilterError
from assistant.reading.plain import first_line_title
from assistant.text.names import bare_name, name_words, split_name

FILES = {
    "hr/handbook-oslo.md": "# Handbook\n\nLunch is at 11. Parking costs 40 crowns a day.",
    "hr/handbook-turin.md": "# Handbook\n\nLunch is at 13. Parking costs 9 euros a day.",
    "minutes/minutes-march.md": "# Minutes\n\nThe board chose the blue roof.",
    "minutes/minutes-april.md": "# Minutes\n\nThe board chose the red door. In March nothing was "
    "decided about it.",
    "BoatPriceList2025.txt": "A kayak costs 300 crowns.\nA skiff costs 900 crowns.",
    "BoatPriceList2026.txt": "A kayak costs 330 crowns.\nA skiff costs 950 crowns.",
    "manual.md": "# Manual\n\nSet retries in server.yaml to the number of tries you want.",
    "server.yaml": "port: 20\n",
    "Miete/Vertrag_Müller.txt": "Kündigungsfrist: 3 Monate\nMiete: 800 Euro",
    "Miete/Vertrag_Schulz.txt": "Kündigungsfrist: 6 Monate\nMiete: 910 Euro",
    "Vik/prices.md": "The fee for the sauna is 60 crowns.",
    "Lom/prices.md": "The fee for the sauna is 90 crowns.",
    "staff/Ida Holm.md": "Phone: 0311 220\nOffice: 4",
    "staff/Ivo Berg.md": "Phone: 0311 410\nOffice: 7",
    unicodedata.normalize("NFD", "staff/Zoë Bühler.md"): "Phone: 0311 909\nOffice: 8",
}


assistant = indexed_for_module(FILES)


def cited(answer: Answer) -> set[str]:
    return {unicodedata.normalize("NFC", each.document) for each in answer.citations}


@pytest.mark.parametrize(
    ("question", "value", "document"),
    [
        ("According to BoatPriceList2025.txt, what does a skiff cost?", "900",
         "BoatPriceList2025.txt"),
        ("What does handbook-turin.md say about parking?", "9 euros", "hr/handbook-turin.md"),
        ("What does the handbook for Oslo say about parking?", "40 crowns", "hr/handbook-oslo.md"),
        ("What did the board choose in the March minutes?", "blue roof",
         "minutes/minutes-march.md"),
        ("What does a kayak cost in the 2026 price list?", "330", "BoatPriceList2026.txt"),
        ("Laut Vertrag_Schulz, wie hoch ist die Miete?", "910", "Miete/Vertrag_Schulz.txt"),
        ("Wie lange ist die Kündigungsfrist im Vertrag Müller?", "3 Monate",
         "Miete/Vertrag_Müller.txt"),
        ("What is the fee for the sauna in Lom?", "90 crowns", "Lom/prices.md"),
        ("What is the phone number of Ivo Berg?", "0311 410", "staff/Ivo Berg.md"),
        ("What is the phone number of Zoë Bühler?", "0311 909", "staff/Zoë Bühler.md"),
    ],
)  # fmt: skip
def test_the_file_that_is_named_is_asked_alone(
    assistant: Assistant, question: str, value: str, document: str
) -> None:
    for asked in (question, unicodedata.normalize("NFD", question)):
        answer = assistant.ask(asked)
        assert not answer.abstained
        assert value in answer.text
        assert cited(answer) == {document}
        assert "alone, because" in answer.notice
        assert document in unicodedata.normalize("NFC", answer.notice)


def test_a_question_that_names_no_file_is_asked_of_all(assistant: Assistant) -> None:
    answer = assistant.ask("What does parking cost?")
    assert cited(answer) == {"hr/handbook-oslo.md", "hr/handbook-turin.md"}
    assert not answer.notice


def test_a_file_that_is_mentioned_and_says_nothing_of_it_leaves_the_others(
    assistant: Assistant,
) -> None:
    answer = assistant.ask("How do I set the number of retries in server.yaml?")
    assert cited(answer) == {"manual.md"}


def test_two_places_are_both_asked(assistant: Assistant) -> None:
    answer = assistant.ask("Where is the sauna cheaper, in Lom or in Vik?")
    assert "Lom/prices.md" in answer.notice
    assert "Vik/prices.md" in answer.notice


def test_a_follow_up_stays_with_the_file(assistant: Assistant) -> None:
    asked = "What does handbook-oslo.md say about lunch?"
    first = assistant.ask(asked)
    answer = assistant.ask("And about parking?", history=[(asked, first.text)])
    assert cited(answer) == {"hr/handbook-oslo.md"}


def test_filters_come_first(assistant: Assistant) -> None:
    answer = assistant.ask(
        "According to BoatPriceList2025.txt, what does a skiff cost?",
        filters=Filters(paths=("*2026*",)),
    )
    assert cited(answer) <= {"BoatPriceList2026.txt"}


@pytest.mark.parametrize(
    ("path", "says_case"),
    [("hr/*oslo*", False), ("HR/**", True), ("*OSLO.MD", True)],
)
def test_a_path_that_fits_but_for_its_case_is_used_and_said(
    assistant: Assistant, path: str, says_case: bool
) -> None:
    answer = assistant.ask("What does parking cost?", filters=Filters(paths=(path,)))
    assert cited(answer) <= {"hr/handbook-oslo.md", "hr/handbook-turin.md"}
    assert "40 crowns" in answer.text
    assert ("upper and lower case differ" in answer.notice) is says_case


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_composed_and_decomposed_letters_of_a_path_are_one(assistant: Assistant, form: str) -> None:
    for name in ("Zoë*", "**/*Müller.txt"):
        path = unicodedata.normalize(form, name)
        found = assistant.retrieve("phone Miete", filters=Filters(paths=(path,)))
        assert len({each.document for each in found}) == 1


def test_a_path_that_no_case_makes_fit_is_an_error(assistant: Assistant) -> None:
    with pytest.raises(FilterError):
        assistant.ask("What does parking cost?", filters=Filters(paths=("HR/none*",)))


def test_a_renamed_file_answers_under_its_new_name_at_once(tmp_path: Path) -> None:
    fees = {"Dal": 10, "Vang": 20, "Moen": 30}
    texts = {f"{at}/fees.md": f"The fee for the ferry is {fee} crowns." for at, fee in fees.items()}
    with indexed(tmp_path, texts) as opened:
        assert "20 crowns" in opened.ask("What is the fee for the ferry in Vang?").text
        (tmp_path / "documents/Vang").rename(tmp_path / "documents/Sunde")
        opened.sync()
        answer = opened.ask("What is the fee for the ferry in Sunde?")
        assert "20 crowns" in answer.text
        assert "10 crowns" not in answer.text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("rules/RulesBasel-2026_v2.md", "rules Rules Basel 2026 v 2"),
        ("HTTPServer notes.tar.gz", "HTTP Server notes tar"),
        ("notes 1.2", "notes 1 2"),
        ("ЦеныЛето.md", "Цены Лето"),
    ],
)
def test_names_are_split_at_case_digits_and_signs(name: str, words: str) -> None:
    assert split_name(name) == words
    assert set(words.split()) <= set(name_words(name).split())


def test_only_a_suffix_is_taken_off() -> None:
    assert bare_name("a/plan.v2.md") == "a/plan.v2"
    assert bare_name("release 2.10") == "release 2.10"


@pytest.mark.parametrize(
    "first",
    ["Phone: 0311 220", "To: Ida Holm\nFrom: Ivo Berg", "By Ida Holm and Ivo Berg", "4 May 2021",
     "Tuesday, 4 May 2021", "**Author:** Ida\n**Date:** x"],
)  # fmt: skip
def test_a_label_a_by_line_or_a_date_is_no_title(first: str) -> None:
    assert first_line_title(f"{first}\n\nSome text.", "notes/the_old-mill.md") == "the old mill"


@pytest.mark.parametrize("first", ["Chapter 1: The mill", "by the sea", "Annual report 2024"])
def test_a_title_with_a_colon_or_a_year_stays_one(first: str) -> None:
    assert first_line_title(f"{first}\n\nSome text.", "a.md") == first
