"""A question for a numbered item gets that item, in the list that it speaks of, and no other."""

from __future__ import annotations

import pytest
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.answering.numbered_items import is_item, number_asked_for

STOVE = """# Fitting the stove

Read all before you begin.

1. Sweep the flue.
2. Lay the plate level.
3. Seal the collar with rope.
4. Light a small fire and watch for smoke.

# Closing the hut

1. Shut the gas.
2. Drain the tank.
3. Lock both doors.
"""
SAW = """# Inbetriebnahme der Säge

1. Das Blatt einspannen.
2. Den Schutz schließen.
3. Den Hebel nach links drehen.
"""


lists = indexed_for_module({"hut.md": STOVE, "saw.md": SAW})


@pytest.mark.parametrize(
    ("question", "item"),
    [
        ("What is step 3 when fitting the stove?", "Seal the collar with rope."),
        ("What is the third step of closing the hut?", "Lock both doors."),
        ("Was ist Schritt 3 der Inbetriebnahme der Säge?", "Den Hebel nach links drehen."),
        ("What does step two of fitting the stove say?", "Lay the plate level."),
    ],
)
def test_the_item_asked_for_is_the_whole_answer(lists: Assistant, question: str, item: str) -> None:
    answer = lists.ask(question)
    assert not answer.abstained
    assert [sentence.text for sentence in answer.sentences] == [item]


def test_a_number_that_no_list_has_is_not_answered(lists: Assistant) -> None:
    assert lists.ask("What is step 9 of closing the hut?").abstained


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("What is step 4?", 4), ("the 2nd point of the agenda", 2), ("rule no. 7", 7),
        ("Wie lautet der dritte Punkt?", 3), ("étape 2", 2), ("What are the steps?", None),
        ("Who scored 4 points?", None), ("the first day", None),
    ],
)  # fmt: skip
def test_numbers_asked_for(question: str, number: int | None) -> None:
    asked = number_asked_for(question)
    assert (asked[0] if asked else None) == number


def test_an_items_number_stands_before_it_on_its_line() -> None:
    text = "1. Open.\n12) Close.\n(3) Wait for 3. Then go."
    assert is_item(1, text, text.index("Open"))
    assert is_item(12, text, text.index("Close"))
    assert is_item(3, text, text.index("Wait"))
    assert not is_item(2, text, text.index("Close"))
    assert not is_item(3, text, text.index("Then"))
