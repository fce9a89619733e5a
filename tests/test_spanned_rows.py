"""Rows whose label is a span of numbers, and the number that is asked about."""

from __future__ import annotations

import pytest
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.tables.ranges import NumberSpan, span_of

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

ferry = indexed_for_module({"leave.md": LEAVE, "freight.md": FREIGHT})


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


@pytest.mark.parametrize(
    ("label", "span"),
    [
        ("2 to 5 years", NumberSpan(2, 5, "years")),
        ("£1,000–£2,500", NumberSpan(1000, 2500, "£")),
        ("under 50 kg", NumberSpan(None, 50, "kg", with_high=False)),
        ("more than ten", NumberSpan(10, None, "", with_low=False)),
        ("65+", NumberSpan(65, None, "")),
        ("ab 1.000 Stück", NumberSpan(1000, None, "Stück")),
        ("bis 3,5 t", NumberSpan(None, 3.5, "t")),
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
