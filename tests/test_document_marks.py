"""Where searched words stand in a document, and that no document makes its page slow to draw."""

from __future__ import annotations

import time

import pytest

from assistant.chat.document_blocks import draw_blocks
from assistant.chat.document_marks import Marks, searched_marks
from assistant.types import Source


def source(text: str) -> Source:
    return Source("x.md", "x", "markdown", "0" * 64, "/x.md", text)


@pytest.mark.parametrize(
    ("text", "find", "places"),
    [
        ("The Old mill. the old\n   MILL stands.", "old mill", ["Old mill", "old\n   MILL"]),
        ("a  b\t\tc a b c", "b c", ["b\t\tc", "b c"]),
        ("\n\n  first   line  second", "line second", ["line  second"]),
        ("İzmir  and   Oslo", "and oslo", ["and   Oslo"]),
        ("aaa", "aa", ["aa"]),
        ("nothing", "old mill", []),
        ("mill", "   ", []),
        ("a.c abc", "a.c", ["a.c"]),
    ],
)
def test_places_of_searched_words(text: str, find: str, places: list[str]) -> None:
    marks = searched_marks(text, find)
    assert [text[start:end] for start, end in marks.spans] == places


def test_search_opens_at_the_next_place_and_says_when_there_are_more() -> None:
    marks = searched_marks("mill " * 3_000, "MILL", start=12)
    assert marks.is_cut
    assert len(marks.spans) == 2_000
    assert marks.place == (15, 19)


def test_search_of_many_short_words_is_quick() -> None:
    begun = time.process_time()
    assert not searched_marks("a " * 2_000_000, "a " * 99 + "b").spans
    assert time.process_time() - begun < 1.5  # a pattern took 2.5 s on the same machine


@pytest.mark.parametrize("piece", ["**a** ", "`a` ", "**", "**`a` b** "])
def test_drawing_takes_no_longer_than_the_paragraph_is_long(piece: str) -> None:
    def seconds(count: int) -> float:
        text = piece * count
        took = []
        for _ in range(3):
            begun = time.perf_counter()
            draw_blocks(source(text), 0, len(text), Marks())
            took.append(time.perf_counter() - begun)
        return min(took)

    assert (
        seconds(4_000) < 9 * seconds(1_000) + 0.01
    )  # four times, where pairs are compared sixteen


def test_styles_and_marks_cover_what_they_should() -> None:
    text = "one **two `three` four** five"
    at = text.index("four")
    marks = Marks(((4, text.index("` four")), (at, at + 4)), 1)
    drawn = draw_blocks(source(text), 0, len(text), marks)
    assert "<strong>two </strong>" in drawn
    assert "three" in drawn
    assert '<mark id="cited"><strong>four</strong></mark>' in drawn
    assert "**" not in drawn
