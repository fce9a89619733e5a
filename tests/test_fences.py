"""Blocks of code, and headings that printed texts underline with tildes."""

from __future__ import annotations

from pathlib import Path

import pytest
from support_texts import indexed

from assistant.tables.model import find_tables
from assistant.text.fences import fences, is_underline
from assistant.text.sentences import sentences

PRINTED = """Patterns
~~~~~~~~

A pattern has several parts. They stand in order.

Guards
~~~~~~

A guard is read after the pattern.
"""


def kinds(text: str) -> list[tuple[str, str]]:
    return [(each.kind, text[each.start : each.end]) for each in sentences(text)]


def test_an_underline_of_tildes_opens_no_code() -> None:
    assert fences(PRINTED) == []
    assert kinds(PRINTED) == [
        ("label", "Patterns"),
        ("prose", "A pattern has several parts."),
        ("prose", "They stand in order."),
        ("label", "Guards"),
        ("prose", "A guard is read after the pattern."),
    ]


@pytest.mark.parametrize("fence", ["```", "~~~", "~~~~~~"])
def test_a_fence_keeps_its_code(fence: str) -> None:
    text = f"So it is done:\n\n{fence}\nrun x\nx = 16\n{fence}\n\nThen it ends.\n"
    assert len(fences(text)) == 2
    assert [kind for kind, _ in kinds(text)] == ["prose", "code", "prose"]


def test_a_line_as_long_as_the_closing_fence_is_code() -> None:
    text = "So:\n\n~~~~~\nx = 1\n~~~~~\n\nIt ends.\n"
    assert len(fences(text)) == 2
    assert kinds(text)[-1] == ("prose", "It ends.")


def test_underlines_are_as_long_as_their_line() -> None:
    assert is_underline("~~~~~~~~", "Patterns")
    assert is_underline("~~~~~~~~~~", "Patterns\n")
    for line, above in [("~~~~", "Patterns"), ("~~~", "abc"), ("~~~~~~~~", ""), ("~~~~ x", "abcd")]:
        assert not is_underline(line, above)


def test_a_table_below_an_underlined_heading_is_one() -> None:
    assert find_tables("Signs\n~~~~~\n\n| Sign | Sense |\n|---|---|\n| _ | any |\n")
    assert find_tables(f"{PRINTED}\n| Sign | Sense |\n|---|---|\n| _ | any |\n")


def test_a_section_under_tildes_answers(tmp_path: Path) -> None:
    with indexed(tmp_path, {"grammar.txt": PRINTED}) as assistant:
        answer = assistant.ask("When is a guard read?")
    assert [each.text for each in answer.sentences] == ["A guard is read after the pattern."]
