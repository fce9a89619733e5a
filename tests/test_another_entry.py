"""Entries about somebody else, two things told apart, second parts, and units that do not fit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support_picks import asked, passage_of, pick_in
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.answering.english_deeds import tells_another_deed
from assistant.answering.following_sentences import following
from assistant.answering.other_entries import is_another_entry
from assistant.answering.picks import Pick
from assistant.answering.sentence_scores import SentenceFeatures
from assistant.answering.sides import sides_of
from assistant.answering.table_rows import TableRow
from assistant.answering.two_questions import two_questions
from assistant.retrieval.question import analyse
from assistant.text.analysed import analysed
from assistant.types import Passage

CREDITS = """# Credits of the game Marrow

## Translations

The game was put into other languages by these friends:

- Otto Brand (Swedish translation)
- Ruiz Calder (Spanish translation)
- Ines Moor (Danish translation)
- Tilda Grey (level design)

It was first shown in 2011. It raised the number of players by 40 per cent.
"""
RECALLS = """# Taking cheese back

A *withdrawal* takes cheese back from the shops. A *recall* goes further and tells the public too.
We recall if the cheese may have reached kitchens and could make people ill.

Everybody who begins here gets a "vat mate", someone from another room whom you can ask anything.

Many people are confused about the difference between grading and sorting. Grading is the work of
giving each wheel a mark. Sorting is the work of putting wheels of one mark on one shelf.

| Room | What lies in it | Wheels |
|---|---|---|
| 1 | White wheels, 3 to 8 weeks | 5200 |
| 2 | Blue wheels, 5 to 9 weeks | 2400 |
"""
NOTES = """# How notes got their lengths

Frank of Colm is credited with the first careful explanation of how long a sung note lasts, so the
signs of that age are called Frankish. His teaching made use of three values, the long, the breve
and the half breve. Then, in the next century, Vitus and Johan added several lengths, the small, the
smaller and the smallest, and told how all of them are related.
"""

BOATS = """# Boats in the shed

A dinghy has a mast of pine wood. A yawl belongs to Bo Lund of Tarn.
"""
EARTHS = """# The earths of the island

Red earth is dug in the north. It has two forms, grit and clay. Red earth stains the hands.

Brown earth comes in two forms, lumps and dust. White earth comes from the Broad Quarry. Grey earth
comes from Holm Beach. Its name comes from the
word Grau. Blue earth comes from Tarn Hill, and its other name comes from Lower Tarn.
"""

texts = indexed_for_module(
    {
        "credits.md": CREDITS,
        "recalls.md": RECALLS,
        "notes.md": NOTES,
        "earths.md": EARTHS,
        "boats.md": BOATS,
    }
)


def test_an_item_about_another_language_is_not_called_likely(texts: Assistant) -> None:
    assert texts.ask("Who translated Marrow into Polish?").certainty in ("unsure", "none")
    answer = texts.ask("Who translated Marrow into Danish?")
    assert "Ines Moor" in answer.text
    assert answer.certainty in ("sure", "likely")


def test_a_row_whose_label_the_question_holds_is_the_one_asked_about() -> None:
    text = "Long weekend (Fri–Sun) | 26 | 17"
    best = replace(pick_in(passage_of(text, "tickets.md", "Tickets"), text), kind="table")

    def is_another(label: str) -> bool:
        row = TableRow(("a", "", ("Ticket",)), ("Ticket",), (label, "26"), "", *[frozenset()] * 3)
        question = asked("What does the long weekend of the Ludlow Folk Festival cost?")
        return is_another_entry(question, replace(best, row=row))

    assert not is_another("Long weekend (Fri–Sun)")
    assert is_another("Long Monday (Fri–Sun)")
    assert is_another("Weekend Saturday")
    assert is_another("Weekend"), "one word may stand there by chance"


def test_two_neighbouring_sentences_tell_two_things_apart(texts: Assistant) -> None:
    answer = texts.ask("What's the difference between withdrawing and recalling cheese?")
    assert "takes cheese back from the shops" in answer.text
    assert "tells the public too" in answer.text
    assert "We recall if" not in answer.text


def test_a_sentence_that_names_a_difference_does_not_tell_it(texts: Assistant) -> None:
    answer = texts.ask("What is the difference between grading and sorting?")
    assert "giving each wheel a mark" in answer.text
    assert "on one shelf" in answer.text
    assert "confused" not in answer.text


def test_what_stands_behind_a_quoted_name_defines_it(texts: Assistant) -> None:
    answer = texts.ask("What is a vat mate?")
    assert "someone from another room" in answer.text
    assert answer.certainty in ("sure", "likely")


def test_deeds_of_other_things_are_not_collected(texts: Assistant) -> None:
    answer = texts.ask("What forms does red earth come in?")
    assert "grit and clay" in answer.text
    assert "Holm Beach" not in answer.text


def test_deeds_are_collected_of_the_thing_asked_about_alone(texts: Assistant) -> None:
    answer = texts.ask("What forms does brown earth come in?")
    assert "lumps and dust" in answer.text
    assert "Holm Beach" not in answer.text


def test_what_follows_the_first_answer_gains_the_more_the_nearer() -> None:
    def pick(start: int, document: str = "a.md") -> Pick:
        passage = Passage("c", document, "A", "x" * 2000, 0, 2000, None, (), 1.0)
        features = SentenceFeatures(**dict.fromkeys(SentenceFeatures.__dataclass_fields__, 0.0))
        return Pick(passage, "Something else.", start, start + 15, 5.0, features, "prose")

    question = analyse(analysed("And how did she gather her figures?"), (), lambda term: 1.0)
    first = pick(100)
    assert following(question, pick(116), first) > following(question, pick(300), first) > 0.0
    assert following(question, pick(900), first) == 0.0
    assert following(question, pick(20), first) == 0.0
    assert following(question, pick(116, "b.md"), first) == 0.0
    assert following(question, pick(100), first) < 0.0


def test_both_sides_share_what_stands_behind_the_second() -> None:
    for text in (
        "What's the difference between Basic and Premier for baggage?",
        "What is the difference between Basic and Premier for baggage?",
    ):
        sides = sides_of(text)
        assert sides is not None
        assert sides.names == ("Basic for baggage", "Premier for baggage")


def test_neighbours_that_compare_nothing_are_not_likely(texts: Assistant) -> None:
    answer = texts.ask("What is the difference between a dinghy and a yawl?")
    assert answer.certainty in ("unsure", "none")


def test_hours_are_not_told_by_weeks(texts: Assistant) -> None:
    answer = texts.ask("For how many hours do white wheels lie in room 1?")
    assert answer.certainty in ("unsure", "none")
    assert texts.ask("For how many weeks do white wheels lie in room 1?").certainty != "none"


def test_a_measure_without_is_asks_for_a_number() -> None:
    for text in ("What delay does the bell use?", "Which temperature should the room have?"):
        assert analyse(analysed(text), (), lambda term: 1.0).kinds[0] == "number"
    plain = analyse(analysed("Which depth charges were used?"), (), lambda term: 1.0)
    assert plain.kinds[0] != "number"


def test_the_second_part_is_told_by_what_follows_the_first(texts: Assistant) -> None:
    answer = texts.ask(
        "Who first explained with care how long a sung note lasts, and which three lengths did he "
        "use?"
    )
    assert "Frank of Colm" in answer.text
    assert "the long, the breve and the half breve" in answer.text
    assert "Vitus" not in answer.text


@pytest.mark.parametrize(
    ("question", "text", "is_another"),
    [
        ("Who captained the boat in 1931?", "Ada Moor built it in 1931.", True),
        ("Who captained the boat in 1931?", "Under Ada Moor it was led to the north.", False),
        (
            "Which architect drew the plans of the hall that opened in 1968?",
            "The hall was opened in 1968 by the bishop.",
            True,
        ),
        (
            "Which architect drew the plans of the hall?",
            "The hall was designed by Ada Moor.",
            False,
        ),
        ("Who translated the Gospel?", "Brother Odo put the Gospel into Norse.", False),
        ("Who composed the hymn?", "The hymn is by Sister Karin.", False),
        ("By whom was the bridge repaired?", "The bridge was built by Ada Moor.", True),
        ("Who proposed the new rule?", "The new rule was Ada Moor's idea.", False),
        ("Which of the boats did Ada Moor paint?", "She rowed the red one.", False),
    ],
)
def test_who_did_it_is_not_told_by_another_deed(question: str, text: str, is_another: bool) -> None:
    assert tells_another_deed(question, text, "") is is_another


def test_a_second_question_of_yes_or_no_is_a_part() -> None:
    assert two_questions("Where is the water hard, and do people there live longer?") == (
        "Where is the water hard?",
        "do people there live longer?",
    )
    assert two_questions("Who may use the lift and do the washing?") is None
