"""Questions are read in the spelling of the passages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.answering.respelling import respelt
from assistant.types import Passage


@pytest.fixture
def passage(passages: list[Passage]) -> Passage:
    return passages[0]


@pytest.fixture
def passages(sample: object) -> list[Passage]:
    return list(sample.retrieve("When was ICLR founded?", 1))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("What does Jürgen Moeller sell?", "What does Jürgen Möller sell?"),
        ("Who keeps the obsrvatory?", "Who keeps the observatory?"),
        ("Who keeps the observatory?", "Who keeps the observatory?"),
        ("Who kept the barn?", "Who kept the barn?"),
        ("Where is Constantinople?", "Where is Constantinople?"),
        ("", ""),
    ],
)
def test_words_that_no_passage_has_are_spelt_as_theirs(
    passage: Passage, text: str, spelt: str
) -> None:
    told = replace(
        passage, title="Trades", text="Jürgen Möller keeps the observatory. The bard sings."
    )
    assert respelt(text, [told]) == spelt


def test_without_passages_nothing_changes() -> None:
    assert respelt("Who keeps the obsrvatory?", []) == "Who keeps the obsrvatory?"
