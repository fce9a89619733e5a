"""A question and a sentence that share all but the word that counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_texts import indexed

from assistant import Assistant
from assistant.answering import confidence
from assistant.checking.contraries import has_denial
from assistant.checking.contrasts import has_other_member
from assistant.checking.polarity import clause_of
from assistant.text.word_vectors import Likeness


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Who won the first race?", "Ida Holm won the second race."),
        ("Who chaired the 3rd meeting?", "Ida Holm chaired the fourth meeting."),
        ("How many boats sank in 1985?", "In 1986 nine boats sank."),
        ("Which firm has eight offices?", "The firm has 12 offices."),
        ("What do helper B cells assist?", "Helper T cells assist the others."),
        ("What did Phase III become?", "Phase II became a standard."),
        ("Who translated the tale?", "The tale was written by Ida Holm."),
        ("What lies on the northern shore?", "The harbour lies on the southern shore."),
        ("What is the latest record of the mill?", "The earliest record of the mill is a bill."),
        ("Which colour had the red team's oars?", "The blue team had white oars."),
        ("When did the tunnel open?", "The tunnel was planned in 1931 and surveyed in 1934."),
        ("Who accepted the arguments?", "The court rejected the arguments."),
        ("Where is the primary school?", "The secondary school is in Holm Road."),
        ("How long is maternity leave?", "Paternity leave is four weeks."),
        ("What does an undergraduate pay?", "Postgraduates pay 40 euros."),
        ("What must the landlord repair?", "The tenant repairs the blinds."),
        ("What does the lender sign?", "The borrower signs the note."),
        ("How deep is the indoor pool?", "The outdoor pool is 2 m deep."),
        ("When does it open at the weekend?", "On weekdays it opens at eight."),
        ("When is lunch?", "Breakfast is at eight."),
    ],
)
def test_another_member_of_a_class_is_told(asked: str, said: str) -> None:
    assert has_other_member(asked, said)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("When did the tunnel open?", "The tunnel was planned in 1931 and opened in 1938."),
        ("Who won the first race?", "Ida Holm won the first race and lost the second."),
        ("Who won the race?", "Ida Holm won the second race in 1985."),
        ("What are two reasons for the fire?", "The three lamps were old, and it was dry."),
        ("Which three boats sank?", "In all 12 boats were out; Elin, Maja and Tove sank."),
        ("Who was the final chair?", "The last chair was Ida Holm."),
        ("Which is the biggest harbour?", "The largest harbour is Lom."),
        ("What did phase 2 become?", "Phase II became a standard."),
        ("What has 4 offices?", "The firm has four offices."),
        ("Which firm has 1,449 boats?", "In 1986 the firm had 1,449 boats."),
        ("Was it the first or the second race?", "It was the second race."),
        ("Who has three papers at the fair?", "The 41st fair was held from 21 to 27 July."),
        ("What do B cells do?", "Vitamin D helps all cells."),
        ("", ""),
    ],
)
def test_the_same_member_or_none_is_no_contrast(asked: str, said: str) -> None:
    assert not has_other_member(asked, said)


@given(st.text(max_size=80))
def test_a_text_never_contrasts_with_itself(text: str) -> None:
    assert not has_other_member(text, text)


@pytest.mark.parametrize(
    ("asked", "said", "denies"),
    [
        ("Who supported the plan?", "Ida Holm did not support the plan.", True),
        ("Which response is not specific?", "The response is specific.", True),
        ("Who supported the plan?", "Ida Holm supported the plan.", False),
        ("Who did not support the plan?", "Ida Holm did not support the plan.", False),
        ("What does the lamp not need?", "The lamp needs no oil.", False),
        ("When did the craft develop?", "The craft did not develop until 1830.", False),
    ],
)
def test_a_denial_of_what_is_asked(asked: str, said: str, denies: bool) -> None:
    assert has_denial(clause_of(asked), clause_of(said)) is denies


def test_distance_is_that_of_the_nearest_word() -> None:
    likeness = Likeness(
        ("boat", "fire"), {"ship": 0, "lamp": 1}, np.array([[0.8, 0.1], [-0.2, 0.4]])
    )
    assert likeness.distance({"boat"}, {"ship", "lamp"}) == pytest.approx(0.2)
    assert likeness.distance({"boat", "fire"}, {"ship", "lamp"}) == pytest.approx(0.4)
    assert likeness.distance({"fire"}, {"ship"}) == 1.0
    assert likeness.distance(set(), {"ship"}) == 0.0
    assert likeness.distance({"boat"}, {"unknown"}) == 1.0
    assert Likeness().distance({"boat"}, {"ship"}) == 1.0


@pytest.mark.parametrize(
    ("right", "wrong", "signal"),
    [
        ("Which is the oldest tree of Holm?", "Which is the youngest tree of Holm?", "contrast"),
        ("Which visitors are not allowed?", "Which visitors are allowed?", "denial"),
    ],
)
def test_a_near_miss_is_less_sure(
    notes: Assistant, monkeypatch: pytest.MonkeyPatch, right: str, wrong: str, signal: str
) -> None:
    assert notes.ask(wrong).confidence < notes.ask(right).confidence
    doubted = notes.ask(wrong).confidence
    weights = confidence.confidence_model
    monkeypatch.setattr(
        confidence, "confidence_model", lambda *, is_read: {**weights(is_read=is_read), signal: 0.0}
    )
    assert doubted < notes.ask(wrong).confidence


@pytest.mark.parametrize(
    "question", ["Are dogs allowed at Holm?", "Why is the gate of Holm not open to dogs?"]
)
def test_a_denial_answers_a_question_of_yes_or_no_and_why_not(
    notes: Assistant, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    told = notes.ask(question).confidence
    weights = confidence.confidence_model
    monkeypatch.setattr(
        confidence, "confidence_model", lambda *, is_read: {**weights(is_read=is_read), "denial": 9}
    )
    assert notes.ask(question).confidence == told


def test_what_was_planned_and_never_opened_has_no_day_of_opening(tmp_path: Path) -> None:
    text = (
        "# Rona tunnel\n\nThe Rona tunnel was planned in 1921 and surveyed in 1924. Blasting began "
        "in 1928. Money ran out, and the plan was given up.\n"
    )
    with indexed(tmp_path, {"tunnel.md": text}) as assistant:
        assert assistant.ask("When did the Rona tunnel open?").abstained
        assert "1924" in assistant.ask("When was the Rona tunnel surveyed?").text
