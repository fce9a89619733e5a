"""What stands below a date is told with it, and menus without spaces answer nothing."""

from __future__ import annotations

import pytest
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.answering.dated_headings import date_above, holds_date, is_date_alone

CHANGES = """# Release notes of the lock keeper

## 12 March 2024

- Added a button that opens both gates.

## 3 February 2024

- Added the list of boats that wait.
- Fixed the clock of the lower gate.

## 8 January 2024

- Removed the paper forms.
"""
NEWS = """The lock of Sund

May 30th, 2023

The lower gate is now open for boats of up to thirty metres. The lock house was built of red stone.
"""
MENU = """# Gates

Opening the gatesClosing the gatesRepairing the upper gateAsking the keeper about the upper gate

The upper gate is repaired by the smith of Sund.
"""
assistant = indexed_for_module({"changes.md": CHANGES, "news.md": NEWS, "menu.md": MENU})


@pytest.mark.parametrize(
    ("question", "date", "told"),
    [
        ("When was the list of boats that wait added?", "3 February 2024", "list of boats"),
        ("When was the clock of the lower gate fixed?", "3 February 2024", "clock"),
        ("When was the button that opens both gates added?", "12 March 2024", "button"),
        ("When did the lower gate open for boats of thirty metres?", "May 30th, 2023", "now open"),
    ],
)
def test_a_date_above_is_told(assistant: Assistant, question: str, date: str, told: str) -> None:
    answer = assistant.ask(question)
    assert answer.certainty != "none"
    assert answer.text.removeprefix("- ").startswith(date), answer.text
    assert told in answer.text
    [about] = [each.about for each in answer.sentences if each.about is not None]
    document = assistant.document_text(answer.citations[0].document)
    assert document[about.start : about.end] == about.text


def test_the_day_of_an_article_is_not_that_of_all_it_tells(assistant: Assistant) -> None:
    answer = assistant.ask("When was the lock house built?")
    assert "2023" not in answer.text
    assert answer.certainty in ("unsure", "none")


def test_entries_of_a_menu_without_spaces_answer_nothing(assistant: Assistant) -> None:
    answer = assistant.ask("Who repairs the upper gate?")
    assert "gatesClosing" not in answer.text
    assert "smith of Sund" in answer.text


@pytest.mark.parametrize(
    ("line", "holds", "alone"),
    [
        ("## 2024-03-12", True, True),
        ("June 20th, 2024", True, True),
        ("12. März 2024", True, True),
        ("## [2.1.0] - 2024-03-12", True, False),
        ("Chapter 12", False, False),
        ("It opened in 1998.", False, False),
    ],
)
def test_dates_are_known(line: str, holds: bool, alone: bool) -> None:
    assert holds_date(line) is holds
    assert is_date_alone(line) is alone


@pytest.mark.parametrize(
    ("before", "sentence", "date"),
    [
        ("# Notes\n\n## [2.1.0] - 2024-03-12\n\n- ", "Added a clock.", "[2.1.0] - 2024-03-12"),
        ("Last updated 12 March 2024\n\n", "Added a clock.", None),
        ("12 March 2024\n\n", "The clock was made of brass.", None),
        ("12 March 2024\n\n", "The clock is now green.", "12 March 2024"),
        ("On 12 March 2024 the clock stood still.\n\n", "It is now green.", None),
        ("| 12 March 2024 | open |\n\n", "It is now green.", None),
        ("", "It is now green.", None),
    ],
)
def test_the_heading_above(before: str, sentence: str, date: str | None) -> None:
    found = date_above(sentence, before, 100 + len(before))
    assert (found.text if found else None) == date
    if found:
        assert before[found.start - 100 : found.end - 100] == date
