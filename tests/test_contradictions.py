"""Sources that state another number or date for the same thing are shown side by side."""

from __future__ import annotations

import pytest

from assistant import Assistant
from assistant.answering.conflicts import stated_value
from assistant.retrieval.question import analyse


def test_two_dates_for_one_thing_are_shown_side_by_side(notes: Assistant) -> None:
    answer = notes.ask("When was the garden of Holm laid out?")
    assert len(answer.conflicts) == 1
    conflict = answer.conflicts[0]
    assert {(claim.document, claim.value) for claim in conflict.claims} == {
        ("garden/plants.md", "1872"),
        ("garden/letters.txt", "1875"),
    }
    by_marker = {citation.marker: citation for citation in answer.citations}
    for claim in conflict.claims:
        assert by_marker[claim.marker].document == claim.document
        assert claim.value in by_marker[claim.marker].quote
    assert "1872" in answer.text
    assert "1875" in answer.text


def test_disagreement_of_the_sample_folder_is_found(sample: Assistant) -> None:
    answer = sample.ask("When was ICLR founded?")
    values = {claim.value for conflict in answer.conflicts for claim in conflict.claims}
    assert len(values) >= 2
    assert len({c.document for c in answer.citations}) >= 2


@pytest.mark.parametrize(
    "question", ["Who laid out the garden of Holm?", "How many sheets does the herbarium have?"]
)
def test_where_sources_agree_there_is_no_conflict(notes: Assistant, question: str) -> None:
    assert notes.ask(question).conflicts == ()


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("When did it open?", "It opened in 1999.", "1999"),
        ("When did the 1998 school open?", "The school of 1998 opened in 2001.", "2001"),
        ("How many people came?", "In 2001, 1,250 people came.", "1,250"),
        ("How many people came?", "In 2001 the town had 1,250 people.", "1,250"),
        ("How many people came?", "About 40 percent came.", ""),
        ("What percentage was accepted?", "They accepted 26% of 900 papers.", "26%"),
        ("When did it open?", "It opened late.", ""),
    ],
)
def test_value_that_a_sentence_states(question: str, text: str, value: str) -> None:
    assert stated_value(analyse(question, (), lambda term: 1.0), text) == value
