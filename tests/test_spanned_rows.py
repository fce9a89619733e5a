"""Rows whose label is a span of numbers, and the number that is asked about."""

from __future__ import annotations

import pytest
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.tables.ranges import NumberSpan, number_of, span_of

LEAVE = """# Leave and sickness of the ferry

| Length of service | Full pay | Half pay |
|---|---|---|
| up to 2 years | 3 weeks | 4 weeks |
| 2 to 5 years | 8 weeks | 6 weeks |
| over 5 years | 12 weeks | 14 weeks |
"""
FREIGHT = """# Freight on the ferry

| Value of the parcel | Charge |
|---|---|
| below £100 | £12 |
| £100–£250 | £7 |
| above £250 | free |

## Fares by age

| Age | Fare |
|---|---|
| under 6 | nothing |
| 6–15 | 4 crowns |
| 16 and over | 9 crowns |
"""

POST = """# Post of the island

| Weight of the parcel | Postage |
|---|---|
| up to 0.5 kg | 3 crowns |
| 0.5 to 1.5 kg | 20 crowns |
| over 1.5 kg | 90 crowns |

## Tax on income

| Income | Rate of tax |
|---|---|
| up to £12,570 | nothing |
| £12,571 to £50,270 | 20 in a hundred |
| over £50,270 | 40 in a hundred |

## Sleep

| Age | Hours of sleep |
|---|---|
| 0 to 3 months | 15 hours |
| 4 to 11 months | 14 hours |
| 1 to 5 years | 11 hours |
| 6 to 13 years | 10 hours |

## What the store may hold

| Temperature in °C | What may be stored |
|---|---|
| below 0 | ice cream |
| 0 to 5 | milk |
| 5 to 15 | wine |

| Pages | Chapter |
|---|---|
| 1-14 | Milk |
| 15-40 | Wine |
"""

ferry = indexed_for_module({"leave.md": LEAVE, "freight.md": FREIGHT})
island = indexed_for_module({"post.md": POST})


@pytest.mark.parametrize(
    ("question", "held", "other"),
    [
        ("How many weeks of full pay do I get after three years of service?", "8 weeks", "12"),
        ("How long do I get full pay if I have been here 7 years?", "12 weeks", "8 weeks"),
        ("I've worked here for one year. How long is half pay?", "4 weeks", "14 weeks"),
        ("What is the charge for a parcel with a value of £180?", "£7", "£12"),
        ("What is the charge for a parcel worth £90?", "£12", "£7"),
        ("What is the fare at the age of 12?", "4 crowns", "9 crowns"),
        ("What is the fare at the age of 40?", "9 crowns", "4 crowns"),
    ],
)
def test_the_row_whose_span_holds_the_number_answers_alone(
    ferry: Assistant, question: str, held: str, other: str
) -> None:
    answer = ferry.ask(question)
    assert held in answer.text
    assert other not in answer.text


def test_a_row_that_holds_the_number_says_it(ferry: Assistant) -> None:
    answer = ferry.ask("What is the charge for a parcel with a value of £180?")
    assert answer.certainty in ("sure", "likely")


def test_a_number_outside_all_spans_is_not_told(island: Assistant) -> None:
    answer = island.ask("What may be stored at a temperature of 40 °C?")
    assert answer.certainty in ("unsure", "none")
    assert "ice cream" not in answer.text


@pytest.mark.parametrize(
    ("question", "held", "other"),
    [
        ("What is the postage for a parcel with a weight of 0.375 kg?", "3 crowns", "90 crowns"),
        ("What is the postage for a parcel with a weight of 1.250 kg?", "20 crowns", "90 crowns"),
        ("What is the rate of tax on an income of £60k?", "40 in a hundred", "nothing"),
        ("What is the rate of tax on an income of £2 million?", "40 in a hundred", "nothing"),
        ("What is the rate of tax on an income of £30 000?", "20 in a hundred", "nothing"),
        ("How many hours of sleep does a child of 10 years need?", "10 hours", "14 hours"),
        ("What may be stored at a temperature of minus 10 °C?", "ice cream", "wine"),
    ],
)
def test_numbers_and_units_are_read_as_written(
    island: Assistant, question: str, held: str, other: str
) -> None:
    answer = island.ask(question)
    assert held in answer.text
    assert other not in answer.text


def test_a_number_of_another_column_picks_no_span(ferry: Assistant, island: Assistant) -> None:
    assert "16 and over" in ferry.ask("At what age is the fare 9 crowns?").text
    answer = island.ask("How many pages are in chapter 2?")
    assert answer.certainty in ("unsure", "none")


@pytest.mark.parametrize(
    ("label", "span"),
    [
        ("2 to 5 years", NumberSpan(2, 5, "years")),
        ("£1,000–£2,500", NumberSpan(1000, 2500, "£")),
        ("under 50 kg", NumberSpan(None, 50, "kg", with_high=False)),
        ("more than ten", NumberSpan(10, None, "", with_low=False)),
        ("65+", NumberSpan(65, None, "")),
        ("0.125 to 0.250 kg", NumberSpan(0.125, 0.25, "kg")),
        ("1.250–2.500", NumberSpan(1.25, 2.5, "")),
        ("0 to 5 °C", NumberSpan(0, 5, "°C")),
        ("below -5", NumberSpan(None, -5, "", with_high=False)),
        ("-10 to -5", NumberSpan(-10, -5, "")),
        ("6 months to 12 years", None),
        ("£50k to £100k", None),
        ("less than one year", NumberSpan(None, 1, "year", with_high=False)),
        ("16 and over", NumberSpan(16, None, "")),
        ("Model 3", None),
        ("2019", None),
        ("2024-05-04", None),
        ("12:00-13:00", None),
        ("5 to 2", None),
        ("White wheel, 3 to 8 weeks", None),
        ("", None),
    ],
)
def test_labels_are_spans_only_as_a_whole(label: str, span: NumberSpan | None) -> None:
    assert span_of(label) == span


def test_numbers_are_read_as_their_language_writes_them() -> None:
    assert span_of("ab 1.000 Stück", "de") == NumberSpan(1000, None, "Stück")
    assert span_of("bis 3,5 t", "de") == NumberSpan(None, 3.5, "t")
    assert span_of("bis 1.250,5 t", "de") == NumberSpan(None, 1250.5, "t")
    assert number_of("12,570") == 12570
    assert number_of("30 000") == 30000
    assert number_of("1,234.5") == 1234.5
    assert number_of("0,375") == 0.375
    assert number_of("2,5", "de") == 2.5


def test_ends_count_as_they_are_written() -> None:
    below, up_to, over = (span_of(each) for each in ("below 5", "up to 5", "over 5"))
    assert below is not None
    assert not below.holds(5)
    assert below.holds(4.9)
    assert up_to is not None
    assert up_to.holds(5)
    assert not up_to.holds(5.1)
    assert over is not None
    assert not over.holds(5)
    assert over.holds(6)
