"""A value alone below a heading that names it: who, where, when and how much on a club's page."""

from __future__ import annotations

import pytest
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.answering.bare_values import values_below
from assistant.answering.sentence_scores import take_apart
from assistant.retrieval.question import Question, analyse
from assistant.text.analysed import analysed
from assistant.text.sentences import sentences
from assistant.types import Passage

PAGE = """# College rowers in summer

The club of Ashdale has an evening group for college rowers who want to stay fit over the summer.
Bring a bottle of water to every session.

## Fees

Membership: 230 dollars for the season

## Coach

Burt Halden

## Meeting point

Mill Pond, lower gate
"""
OTHERS = """# Other groups of the club

Experienced rowers, such as Ada Lund and Tom Berger, may join the morning group in Ashdale.
"""
COACH = "Who is the coach of the summer group for college rowers?"

texts = indexed_for_module({"college.md": PAGE, "others.md": OTHERS})


def test_the_value_answers_under_its_heading(texts: Assistant) -> None:
    answer = texts.ask(COACH)
    assert answer.text == "Coach: Burt Halden [1]"
    [place] = answer.citations
    assert place.quote == "Burt Halden"


def named(question: str, text: str = PAGE, language: str = "en") -> list[tuple[str, str]]:
    """(heading, line) of each value that is found."""
    asked: Question = analyse(analysed(question), (), lambda term: 3.0)
    passage = Passage(
        text, "a.md", "College rowers", text, 0, len(text), None, (), 1.0, language=language
    )
    found = take_apart(passage, sentences(text), asked)
    values = values_below(asked, [passage], {passage.chunk_id: found})
    lines = values.get(passage.chunk_id, {})
    for name in lines.values():
        assert text[name.start : name.end] == name.text
    return [(name.text, found[at].text) for at, name in lines.items()]


def test_what_is_named_and_of_the_kind_asked_for() -> None:
    assert named(COACH) == [("Coach", "Burt Halden")]
    assert named("Where is the meeting point of the college rowers?") == [
        ("Meeting point", "Mill Pond, lower gate")
    ]


@pytest.mark.parametrize(
    "question",
    [
        "Who is the treasurer of the summer group for college rowers?",
        "When does the coach of the college rowers come?",
        "Is there a coach of the college rowers?",
        "Who is the coach of the swimming school in Tarn?",
    ],
    ids=["not named", "not of the kind", "no value is asked for", "another subject"],
)
def test_what_is_not_asked_for_stays(question: str) -> None:
    assert named(question) == []


@pytest.mark.parametrize(
    "text",
    [
        PAGE.replace("Burt Halden", "Burt Halden\n\nHe rows himself every morning."),
        PAGE.replace("Burt Halden", "Burt Halden came to the club from Tarn in his ninth year."),
        PAGE.replace("## Coach", "## Coach of the junior rowers and their younger friends"),
    ],
    ids=["not alone", "a sentence", "a heading that says more"],
)
def test_a_text_below_a_heading_is_no_bare_value(text: str) -> None:
    assert named(COACH, text) == []


def test_english_alone() -> None:
    assert named(COACH, language="de") == []


TEAMS = """# Rowers of Ashdale

## Juniors

### Coach

Sue Yen

## Seniors

### Coach

Mick Rudd

## Former officers

### President

Lew Stark
"""


def test_of_several_sections_the_one_asked_about_tells() -> None:
    assert named("Who is the coach of the seniors?", TEAMS) == [("Coach", "Mick Rudd")]
    assert named("Who is the coach of the juniors of Ashdale?", TEAMS) == [("Coach", "Sue Yen")]
    assert named("Who is the coach of the eights?", TEAMS) == []


def test_what_was_is_not_what_is() -> None:
    assert named("Who is the president of the rowers?", TEAMS) == []
    assert named("Who is the former president of the rowers?", TEAMS) == [
        ("President", "Lew Stark")
    ]


@pytest.mark.parametrize("line", ["Coach Burt Halden", "Burt Halden rows.", "Ask Burt Halden:"])
def test_a_line_that_repeats_its_heading_or_is_a_sentence_is_no_value(line: str) -> None:
    assert named(COACH, PAGE.replace("Burt Halden", line)) == []


club = indexed_for_module({"club.md": TEAMS})


def test_the_coach_of_two_teams_is_two_people(club: Assistant) -> None:
    answer = club.ask("Who is the coach of the rowers of Ashdale?")
    assert "Sue Yen" in answer.text
    assert "Mick Rudd" in answer.text
    senior = club.ask("Who is the coach of the seniors?")
    assert senior.text.startswith("Coach: Mick Rudd")
    assert "Sue Yen" not in senior.text


def test_a_question_of_two_parts_takes_more_than_the_value(club: Assistant) -> None:
    [only] = club.ask("Who is the coach of the seniors?").sentences
    assert only.text == "Mick Rudd"
    both = club.ask("Who are the coaches of the juniors and the seniors?").text
    assert "Sue Yen" in both
    assert "Mick Rudd" in both
