"""Texts cut to one line."""

from __future__ import annotations

import pytest

from assistant.text.shortened import shortened


@pytest.mark.parametrize(
    ("text", "most", "line"),
    [
        ("a \n b\tc", 5, "a b c"),
        ("a b c d", 6, "a b c…"),
        ("見出しの長い文", 4, "見出し…"),
        ("", 3, ""),
        ("abc", 3, "abc"),
    ],
)
def test_one_line_of_at_most_so_many_characters(text: str, most: int, line: str) -> None:
    assert shortened(text, most) == line
    assert len(shortened(text, most)) <= most
