"""Where the rules for bold words, replies, labels, rows and comparisons must not apply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.answering.definition_scores import definition_score
from assistant.answering.in_context import with_context
from assistant.answering.item_marks import item_marks
from assistant.answering.picks import Pick
from assistant.answering.sentence_scores import FEATURE_NAMES, SentenceFeatures
from assistant.answering.untold_kinds import share_of_noun
from assistant.retrieval.question import Question, analyse
from assistant.text.analysed import analysed
from assistant.text.languages.detection import detect_question
from assistant.types import Passage

HEATER = """# Heater and pump

**The fan does not turn.** Take the guard off and look for a loose screw.

**The pump does not start.** Press the starter for five seconds.

1. **The lamp blinks.** Fill the tank with soft water.
2. Order a new filter every May.

**Hold the blue button for ten seconds to reset the timer.** The lamp then shines green.
"""
COATS = """# Coats

The Polar coat is warmer than the Fjord coat. The Polar coat was tested at a temperature of 4
degrees, and the Fjord coat at a temperature of 9 degrees.
"""
TRAM = """# Tram in Ostrow

| Ticket | Fare |
|---|---|
| Single ticket | 2.10 |
| Day ticket | 6.40 |
"""
BUS = """# Bus in Vardo

| Ticket | Fare |
|---|---|
| Single ticket | 3.30 |
| Day ticket | 8.20 |
"""
BOILER = """# Boiler Tarn 9

| Part | Of |
|---|---|
| Boiler | enamelled steel |
| Warranty | 5 years from delivery |
"""
MARCH = """# Garden club, minutes

Date: 11 March 2025
Next meeting: 8 April 2025

Action: Berit to order sixty pots from
Abel before 1 April.
Action: Olaf repairs the gate.
"""
APRIL = """# Garden club, minutes

Date: 8 April 2025

Action: Olaf to paint the shed.
"""
PLAN = """# Choir, board

Action: the treasurer checks the lamp.

## To-dos of the board

- Sigrid writes to the bank.
- Arne orders sixty folders.
- Tuva books the hall.
"""

folder = indexed_for_module(
    {
        "heater.md": HEATER, "coats.md": COATS, "tram.md": TRAM, "bus.md": BUS,
        "boiler.md": BOILER, "minutes-march.md": MARCH, "minutes-april.md": APRIL, "plan.md": PLAN,
    }
)  # fmt: skip


# ---------------------------------------------------------------- bold words


def test_a_heading_that_denies_is_asked_by_what_denies(folder: Assistant) -> None:
    assert folder.ask("The fan does not turn").certainty in ("sure", "likely")
    for sentence in folder.ask("What should I do if the pump starts?").sentences:
        assert sentence.about is None


def test_the_next_item_stands_under_no_heading_of_the_one_before(folder: Assistant) -> None:
    text = folder.ask("What should I do when the lamp blinks?").text
    assert "soft water" in text
    assert "filter" not in text


def test_bold_words_that_answer_are_cited(folder: Assistant) -> None:
    answer = folder.ask("How do I reset the timer?")
    assert "blue button" in answer.citations[0].quote


# ---------------------------------------------------------------- comparisons and rows


def test_a_comparison_that_a_sentence_makes_is_told_by_it(folder: Assistant) -> None:
    answer = folder.ask("Which is warmer, the Polar coat or the Fjord coat?")
    assert answer.text.startswith("The Polar coat is warmer than the Fjord coat.")


def test_two_things_of_one_name_do_not_disagree(folder: Assistant) -> None:
    answer = folder.ask("What is the fare of a single ticket?")
    assert answer.sentences
    assert not answer.conflicts


def test_a_row_that_is_the_thing_itself_is_not_set_beside(folder: Assistant) -> None:
    text = folder.ask("What is the warranty on the boiler?").text
    assert "5 years" in text
    assert "enamelled" not in text


# ---------------------------------------------------------------- labels


def test_the_meeting_that_is_asked_about_alone(folder: Assistant) -> None:
    answer = folder.ask("List the action items of the April meeting.")
    assert [each.text for each in answer.sentences] == ["Action: Olaf to paint the shed."]


def test_a_wrapped_line_is_whole(folder: Assistant) -> None:
    answer = folder.ask("List the action items of the March meeting.")
    assert answer.sentences[0].text.endswith("from Abel before 1 April.")
    assert len(answer.sentences) == 2


def test_a_list_under_the_noun_says_it_better(folder: Assistant) -> None:
    text = folder.ask("List the to-dos of the choir board.").text
    assert "writes to the bank" in text
    assert "books the hall" in text


# ---------------------------------------------------------------- parts by themselves


def asked(text: str) -> Question:
    return analyse(analysed(text), (), lambda term: 1.0)


def picks_of(text: str, kind: str, *parts: str, own: float = 0.0) -> list[Pick]:
    features = SentenceFeatures(**{**dict.fromkeys(FEATURE_NAMES, 0.0), "own": own})
    passage = Passage("c", "d.md", "D", text, 0, len(text), None, (), 1.0)
    return [
        Pick(passage, part, text.index(part), text.index(part) + len(part), 5.0, features, kind)
        for part in parts
    ]


def reader_of(text: str) -> Callable[[str, int, int], str]:
    return lambda document, start, end: text[start:end]


@pytest.mark.parametrize(
    ("above", "best", "question", "own", "is_told"),
    [
        ("Does the crane run in frost?", "The frost stopped the wheels last year.", "", 0.2, True),
        ("Does the crane run in frost?", "The crane does run in frost.", "", 1.0, False),
        ("Does the crane run in frost?", "The crane does not run in frost.", "", 1.0, True),
        ("Is the yard lit?", "The frost stopped the wheels last year.", "", 0.2, False),
        ("", "The frost stopped the wheels last year.", "", 0.2, False),
        (
            "Does the crane run in frost?",
            "The frost stopped the wheels.",
            "When does it run?",
            0.2,
            False,
        ),
    ],
)
def test_which_no_is_told(above: str, best: str, question: str, own: float, is_told: bool) -> None:
    text = f"{above} No. {best}"
    picks = picks_of(text, "prose", best, own=own)
    found = with_context(asked(question or "Does the crane run in frost?"), picks, reader_of(text))
    assert ("No." in [pick.text for pick in found]) is is_told


def test_a_no_of_another_paragraph_is_not_told() -> None:
    text = "Does the crane run in frost?\n\nNo.\n\nThe frost stopped the wheels last year."
    picks = picks_of(text, "prose", "The frost stopped the wheels last year.")
    found = with_context(asked("Does the crane run in frost?"), picks, reader_of(text))
    assert "No." not in [pick.text for pick in found]


def test_one_number_among_plain_items_is_a_plain_mark() -> None:
    text = "4. Sweep the yard.\n\n- Lock the gate.\n"
    picks = picks_of(text, "item", "Sweep the yard.", "Lock the gate.")
    assert item_marks(picks, reader_of(text)) == ["- ", "- "]
    assert item_marks(picks[:1], reader_of(text)) == ["4. "]


def test_numbers_with_a_gap_are_plain_marks() -> None:
    text = "1. Sweep the yard.\n2. Rest.\n3. Lock the gate.\n"
    picks = picks_of(text, "item", "Sweep the yard.", "Lock the gate.")
    assert item_marks(picks, reader_of(text)) == ["- ", "- "]


def test_a_counted_noun_that_stands_nowhere_halves_the_probability() -> None:
    text = "The pie needs 800 g of plums."
    [best] = picks_of(text, "prose", text)
    assert share_of_noun(asked("How many calories has the pie?"), best, [best]) == 0.5
    assert share_of_noun(asked("How many plums has the pie?"), best, [best]) == 1.0
    assert share_of_noun(asked("How many pounds of plums?"), best, [best]) == 1.0


@pytest.mark.parametrize(
    "question",
    [
        "How much is a youth ticket for the fair?",
        "How much is it to enter the fair?",
        "How much does a youth ticket cost?",
    ],
)
def test_a_price_is_told_by_money(question: str) -> None:
    def share(text: str, title: str = "The fair") -> float:
        [best] = picks_of(text, "prose", text)
        best = replace(best, passage=replace(best.passage, title=title))
        return share_of_noun(asked(question), best, [best])

    assert share("Youth tickets are limited to two for each grown-up.") == 0.25
    assert share("Youth tickets are sold from 5 May.") == 0.5
    assert share("Youth tickets are free.") == 1.0
    for told in ("twelve pounds each", "three quid", "a fiver", "half a crown", "seventy a night"):
        assert share(f"Youth tickets are {told}.") == 1.0
    assert share("A youth ticket is on the house.") == 1.0
    assert share("A youth ticket: four for each grown-up.", "Prices") == 1.0
    assert share("A youth ticket is 12 euros.") == 1.0


@pytest.mark.parametrize(
    "question",
    ["How much is there to read in each class?", "How much is known of the first class?"],
)
def test_not_all_that_is_asked_with_how_much_is_money(question: str) -> None:
    text = "Youth tickets are limited to two for each grown-up."
    [best] = picks_of(text, "prose", text)
    assert share_of_noun(asked(question), best, [best]) == 1.0


def test_an_equals_sign_defines() -> None:
    assert definition_score(asked("What is a tombolo?"), "Tombolo = a bar of sand.") > 0.9


def test_letters_with_digits_are_no_words() -> None:
    assert detect_question("which centrifuge is louder, C4 or C6?") == "en"
