"""Numbers and rows that tell something else than is asked: other things, prices, labels."""

from __future__ import annotations

import pytest
from support_picks import asked, passage_of, pick_in
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.answering import candidates
from assistant.answering.asked_headings import is_clause_of
from assistant.answering.counted_nouns import counts_asked_things
from assistant.answering.rows_of_values import holds_other_values
from assistant.answering.sentence_scores import take_apart
from assistant.answering.table_rows import TableRow
from assistant.answering.untold_kinds import share_of_noun
from assistant.text.sentences import sentences

CHARGES = """Item,Who pays,Amount (pounds),How often
Service charge,every flat,179,monthly
Garage,holders of a garage,62,monthly
Padding for a move,who moves,25,each move
"""
BOATS = """Boat,Seats,Oars
Swan,8,8
Teal,4,2
"""
RACES = """Winner,Race,Hulls
Ada,Spring,7
Ben,Summer,3
Ben,Autumn,9
"""
MOVING = """# Moving

Tell the office a week before a move. A van may stand in the bay for three hours.

## Before you leave

- read the meter
- hand in both fobs

Old chairs: do not leave them in the yard.

The guest room of Elm House has two beds, and a stay of up to six weeks is possible.
"""
texts = indexed_for_module(
    {
        "charges.csv": CHARGES,
        "moving.md": MOVING,
        "boats.csv": BOATS,
        "races.csv": RACES,
    }
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("There are 34 flats on five floors.", True),
        ("The house has five bright flats.", True),
        ("A stay of six weeks is possible, and two places are left.", False),
        ("It has three E.U. flats.", True),
        ("Of the 34, two are empty.", None),
        ("Six of them are empty.", None),
        ("It needs 800 g of flats.", True),
        ("Built in 1968 and mended in 2004.", None),
        ("Built in 1968 on five floors.", False),
        ("There is a lift.", None),
    ],
)
def test_a_count_is_told_before_its_noun(text: str, told: bool | None) -> None:
    assert counts_asked_things(asked("How many flats does Elm House have?"), text) is told


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("How many rooms of the house are there?", False),
        ("How many people does it hold?", None),
        ("How many kinds of lamp are there?", None),
        ("What does it hold?", None),
        ("How many days does it last?", None),
        ("How many euros does it cost?", None),
        ("Wie viele Zimmer hat das Haus?", None),
    ],
)
def test_words_for_any_things_are_not_held_against_a_number(
    question: str, told: bool | None
) -> None:
    assert counts_asked_things(asked(question), "It holds nine rowers.") is told


def test_numbers_of_other_things_are_doubted() -> None:
    question = asked("How many flats does Elm House have?")
    for text, share in (
        ("A stay of six weeks in a flat of Elm House is possible.", 0.6),
        ("Elm House has six flats.", 1.0),
        ("Of the flats of Elm House it has six.", 1.0),
    ):
        told = pick_in(passage_of(text), text)
        assert share_of_noun(question, told, [told]) == pytest.approx(share)


def test_a_number_before_the_noun_counts_for_its_sentence(
    texts: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "How many hours may a van stand in the bay?"
    assert texts.ask(question).sentences[0].text == "A van may stand in the bay for three hours."
    monkeypatch.setattr(candidates, "_COUNTS", -50.0)
    assert "three hours" not in texts.ask(question).text


@pytest.mark.parametrize(
    ("question", "text", "share"),
    [
        ("How long is the guarantee of the roof?", "The work lasts about 4 days.", 0.7),
        ("How long is the guarantee of the roof?", "The guarantee lasts 4 years.", 1.0),
        ("How long is the old blue tent?", "It is 4 metres long.", 0.7),
        ("How long does the guarantee last?", "The work lasts about 4 days.", 1.0),
        ("How long was the best road that Ada built in Tarn?", "It was 4 km long.", 0.7),
        ("How long was the best new road Ada built?", "It was 4 km long.", 1.0),
    ],
)
def test_a_measure_of_another_thing_is_doubted(question: str, text: str, share: float) -> None:
    told = pick_in(passage_of(text), text)
    assert share_of_noun(asked(question), told, [told]) == pytest.approx(share)


@pytest.mark.parametrize(
    ("question", "told", "other"),
    [
        ("What is Ada Moor's phone number?", "Ada Moor: 0555 010 020.", "Ada Moor plays the horn."),
        ("What number do I ring at night?", "At night ring 0555-010-020.", "Ring the bell at 9."),
        ("What is the e-mail address of Ada?", "Ada: ada@moor.example", "Ada has an address."),
        ("What is the link to the shop?", "The shop: www.shop.example", "The shop is new."),
    ],
)
def test_a_way_to_reach_somebody_is_told_by_one(question: str, told: str, other: str) -> None:
    shares = []
    for text in (told, other):
        best = pick_in(passage_of(text), text)
        shares.append(share_of_noun(asked(question), best, [best]))
    assert shares == [1.0, pytest.approx(0.3)]


def test_a_heading_names_what_is_measured() -> None:
    text = "It is 4 metres long."
    told = pick_in(passage_of(text, title="The tent"), text)
    assert share_of_noun(asked("How long is the tent?"), told, [told]) == 1.0


def row_of(text: str, at: int) -> TableRow:
    question = asked("What is it?")
    row = take_apart(passage_of(text), sentences(text), question)[at].row
    assert row is not None
    return row


PRICES = "| Item | Who pays | Amount (pounds) | How often |\n|---|---|---|---|\n"
GARAGE = f"{PRICES}| Garage | holders | 62 | monthly |\n"


@pytest.mark.parametrize(
    ("question", "text", "is_other"),
    [
        ("How many garages are there?", GARAGE, True),
        ("What does a garage cost?", GARAGE, False),
        ("How many pounds does a garage cost?", GARAGE, False),
        ("How many euros is a garage?", GARAGE, False),
        ("What should I do with a garage?", GARAGE, True),
        ("How many garages are there?", "| Item | Number |\n|---|---|\n| Garage | 12 |\n", False),
        ("How many garages are there?", "| Item | Opens |\n|---|---|\n| Garage | 7.30 |\n", True),
        ("How many garages are there?", "| Item | Owner |\n|---|---|\n| Garage | Jo |\n", False),
        (
            "What should I do when E3 is shown?",
            "| Code | Times | Remedy |\n|---|---|---|\n| E3 | 2 | dry it |\n",
            False,
        ),
        (
            "What should I do when E3 is shown?",
            "| Code | Times | Note |\n|---|---|---|\n| E3 | 2 | dry the filter with care |\n",
            False,
        ),
        (
            "What should I do when E3 is shown?",
            "| Code | Sign | Note |\n|---|---|---|\n| E3 | drop | dry it |\n",
            False,
        ),
    ],
)
def test_a_row_of_prices_counts_and_advises_nothing(
    question: str, text: str, is_other: bool
) -> None:
    assert holds_other_values(asked(question), row_of(text, -1)) is is_other


@pytest.mark.parametrize(
    ("heading", "question", "is_one"),
    [
        ("Before you leave", "What do I have to do before I leave?", True),
        ("When the pump stops:", "Whom do I call when our pump stops?", True),
        ("Before you leave", "What do I do after I leave?", False),
        ("Before you leave", "What do I do before I arrive?", False),
        ("Before you leave", "Where do I leave the key before noon?", False),
        ("Leaving", "What do I have to do before I leave?", False),
        ("Before", "What do I have to do before I leave?", False),
    ],
)
def test_a_heading_is_a_clause_of_the_question(heading: str, question: str, is_one: bool) -> None:
    assert is_clause_of(heading, question) is is_one


def test_the_list_below_that_clause_answers(texts: Assistant) -> None:
    told = texts.ask("What do I have to do before I leave?").sentences
    assert [each.text for each in told] == ["read the meter", "hand in both fobs"]


@pytest.mark.parametrize(
    "question", ["How many garages are there?", "How many beds does the garage have?"]
)
def test_the_label_of_a_price_is_no_count(texts: Assistant, question: str) -> None:
    answer = texts.ask(question)
    assert answer.certainty in ("none", "unsure")
    assert "62" not in answer.text
    assert "1 row" not in answer.text


def test_a_price_is_no_advice(texts: Assistant) -> None:
    told = texts.ask("What should I do when I move?").text
    assert told.startswith("Tell the office a week before a move.")


def test_a_row_that_holds_the_number_counts(texts: Assistant) -> None:
    assert "8" in texts.ask("How many seats does the Swan have?").text
    assert "3 rows" in texts.ask("How many items are there?").text


def test_rows_that_one_label_chose_are_not_counted(texts: Assistant) -> None:
    answer = texts.ask("How many hulls did Ada have?")
    assert answer.sentences[0].text == "Ada | Spring | 7"
    assert "1 row" not in answer.text
    assert "2 rows" in texts.ask("How many races did Ben win?").text
