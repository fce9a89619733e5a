"""What is so and what is not; lists below a heading that asks for them; days are no rows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support_picks import asked, passage_of, pick_in
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.answering import candidates
from assistant.answering.confidence import _is_whole_list
from assistant.answering.exclusions import asks_for_the_other, denied_places, turns_round
from assistant.answering.picks import Extraction
from assistant.answering.sentence_scores import take_apart
from assistant.text.sentences import sentences

INSURANCE = """HOUSEHOLD INSURANCE, BRANTWOOD MUTUAL

WHAT IS COVERED

We pay for loss of or damage to your belongings caused by:
- fire and smoke
- storm and flood
- theft, if the lock was forced

Food in a freezer is covered up to 150 pounds if the power fails.

WHAT IS NOT COVERED

- damage by pets
- rust and mould
- bags left in an unlocked car

HOW TO CLAIM

1. Tell the police of a theft within a day.
2. Call our line on 0555 010 020.
3. Send us photographs within a month.

If you have made a claim, there is no refund of the premium.
"""
DRYER = """# Air dryer Luma 2

## Modes

| Mode | What it does | Noise |
|---|---|---|
| Auto | holds the humidity | 41 dB |
| Laundry | runs at full power | 48 dB |
| Night | runs with the lights off | 36 dB |

## Care

Wash the filter every month.
"""
SOUP = """# Bean soup

Serves 4.

## Ingredients

- 300 g white beans
- 2 onions
- 1 sprig of thyme

## Method

1. Soak the beans overnight.
2. Fry the onions.
"""
LIBRARY = """# Library of Otterham

| Day | Hours |
|---|---|
| Monday | closed |
| Tuesday to Friday | 9:30 to 18:30 |
| Saturday | 10:00 to 16:00 |
"""
INN = """# The Old Ferry Inn

Dogs sleep in the yard because the rooms are small.

## What is included

- Breakfast
- Bicycles

Not included in the price:

- Laundry
- Parking
"""
LEAVE = """# Leave

Everybody has 26 days of annual leave and the public holidays.
"""

MARKET = """# Market of Tarn

| Day | Stalls |
|---|---|
| Tuesday | bread and cheese |
| Friday | fish |
| Sunday | books |
"""

texts = indexed_for_module(
    {
        "insurance.txt": INSURANCE,
        "dryer.md": DRYER,
        "soup.md": SOUP,
        "library.md": LIBRARY,
        "inn.md": INN,
        "leave.md": LEAVE,
        "market.md": MARKET,
    }
)


def said(assistant: Assistant, question: str) -> list[str]:
    return [each.text for each in assistant.ask(question).sentences]


@pytest.mark.parametrize(
    "question", ["What is not covered?", "What is not covered by the household insurance?"]
)
def test_what_is_not_so_is_told_below_the_heading_that_denies(
    texts: Assistant, question: str
) -> None:
    assert said(texts, question) == [
        "damage by pets", "rust and mould", "bags left in an unlocked car",
    ]  # fmt: skip


def test_a_line_above_a_list_tells_what_is_not_so(texts: Assistant) -> None:
    answer = texts.ask("What is not included?")
    assert [each.text for each in answer.sentences] == [
        "Not included in the price:", "Laundry", "Parking",
    ]  # fmt: skip
    assert answer.certainty in ("sure", "likely")


def test_what_is_so_is_not_told_by_the_exclusions(texts: Assistant) -> None:
    told = said(texts, "What is covered?")
    assert told[1:4] == ["fire and smoke", "storm and flood", "theft, if the lock was forced"]
    assert "damage by pets" not in told


def test_a_heading_asks_the_same_without_its_light_verb(texts: Assistant) -> None:
    told = said(texts, "How do I make a claim?")
    assert told[0] == "Tell the police of a theft within a day."
    assert len(told) == 3


@pytest.mark.parametrize(
    ("question", "first", "count"),
    [
        ("Which modes are there?", "Auto | holds the humidity | 41 dB", 3),
        ("Which modes does the dryer have?", "Auto | holds the humidity | 41 dB", 3),
        ("What ingredients do I need?", "300 g white beans", 3),
    ],
)
def test_a_whole_list_below_its_name_answers(
    texts: Assistant, question: str, first: str, count: int
) -> None:
    answer = texts.ask(question)
    assert not answer.abstained
    assert [answer.sentences[0].text, len(answer.sentences)] == [first, count]
    assert answer.certainty in ("sure", "likely")


LISTED = passage_of("Not included:\n\n- Laundry\n- Parking\n")
LEAD, *ITEMS = (
    replace(pick_in(LISTED, text), kind=kind)
    for text, kind in [("Not included:", "prose"), ("Laundry", "item"), ("Parking", "item")]
)


def is_whole(question: str, *picks: int, best: int = 0, is_asked_above: bool = False) -> bool:
    lines = [replace(each, is_asked_above=is_asked_above) for each in (LEAD, *ITEMS)]
    chosen = tuple(lines[at] for at in picks)
    return _is_whole_list(Extraction(asked(question), chosen, (lines[best],)))


def test_a_list_is_whole_below_a_line_that_holds_the_question() -> None:
    assert is_whole("What is not included?", 0, 1, 2)
    assert not is_whole("What is not included in the tax?", 0, 1, 2), "the line lacks a word"
    assert not is_whole("What is not included?", 0, 1), "one item is no list"
    assert not is_whole("What is included?", 0, 1, 2), "the line says what is not"


def test_a_list_is_whole_below_a_heading_that_asks_for_several_things() -> None:
    assert is_whole("Which extras are there?", 1, 2, best=1, is_asked_above=True)
    assert not is_whole("Which extras are there?", 1, 2, best=1), "nothing above asks for them"
    assert not is_whole("How is the laundry?", 1, 2, best=1, is_asked_above=True), (
        "one is asked for"
    )


@pytest.mark.parametrize("question", ["What is included?", "Which things are included?"])
def test_what_is_so_is_not_told_below_a_line_that_denies(texts: Assistant, question: str) -> None:
    assert said(texts, question) == ["Breakfast", "Bicycles"]


@pytest.mark.parametrize("question", ["What is included in the price?", "What does it include?"])
def test_a_line_that_denies_is_no_answer_to_what_is_so(texts: Assistant, question: str) -> None:
    told = said(texts, question)
    assert not {"Not included in the price:", "Laundry", "Parking"}.intersection(told)


def test_a_denied_item_still_tells_whether_it_is_so(texts: Assistant) -> None:
    [only] = texts.ask("Is parking included?").sentences
    assert only.text == "Parking"
    assert only.about is not None
    assert only.about.text == "Not included in the price"


def denied(text: str) -> list[str]:
    parts = take_apart(passage_of(text), sentences(text), asked("What is included?"))
    return [parts[at].text for at in sorted(denied_places(parts))]


@pytest.mark.parametrize(
    "lead", ["Not included:", "What we can't take:", "Guests who pay may not bring:", "Exclusions:"]
)
def test_lines_that_deny_what_stands_below(lead: str) -> None:
    text = f"- Towels\n\n{lead}\n\n- Laundry\n- Parking\n\nThe inn is old.\n\n- Bread\n- Jam\n"
    assert denied(text) == [lead, "Laundry", "Parking"]


def test_a_line_that_affirms_ends_what_is_denied() -> None:
    text = "- Not included:\n- Laundry\n- Included:\n- Bread\n"
    assert denied(text) == ["Not included:", "Laundry"]


@pytest.mark.parametrize(
    "lead",
    [
        "Included:", "If the pump does not start:", "Send no later than the fifth:",
        "Things you need that we do not sell:", "Do not forget:", "Lamp no. 5 has:",
        "It is not included.",
    ],
)  # fmt: skip
def test_lines_in_the_negative_that_deny_nothing(lead: str) -> None:
    assert denied(f"{lead}\n\n- Laundry\n- Parking\n") == []


def test_a_reason_need_not_deny(texts: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "_AFFIRMS", 50.0)
    told = said(texts, "Why do dogs not sleep in the rooms of the inn?")
    assert told == ["Dogs sleep in the yard because the rooms are small."]


def test_another_list_is_not_the_one_asked_for(texts: Assistant) -> None:
    assert texts.ask("Which colours are there?").abstained


def test_days_are_no_rows_of_a_table_of_days(texts: Assistant) -> None:
    assert said(texts, "How many days off do I get?")[0].startswith("Everybody has 26 days")
    for question in ("How many days is the library of Otterham open?", "How many days are there?"):
        assert "rows of" not in texts.ask(question).text
    assert "3 rows of Day" in texts.ask("How many days does the market of Tarn have?").text
    assert "3 rows of Mode" in texts.ask("How many modes are there?").text


def test_lines_that_turn_round_what_stands_below() -> None:
    for line in ("We do not pay for", "Exclusions", "It isn't covered", "Nicht versichert", "Sauf"):
        assert turns_round(line)
    for line in ("We pay for", "Notes", "Cannon"):
        assert not turns_round(line)


def test_a_question_asks_for_the_one_or_the_other() -> None:
    assert asks_for_the_other(asked("What is not covered?"), "What is covered")
    assert asks_for_the_other(asked("What is covered?"), "What is not covered")
    assert not asks_for_the_other(asked("What is not covered?"), "Exclusions")
    assert not asks_for_the_other(asked("What do I owe if I do not pay?"), "Late payment")
