"""Dates and numbers are values: a question finds them however the text writes them."""

from __future__ import annotations

import pytest
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.text.dates import dates_of
from assistant.text.value_spellings import _numbers

TEXTS = {
    "log.md": "# Log\n\n2021-05-05: the gate was painted.\n\n2021-06-05: the gate was sold.",
    "bruecke.md": "# Brücke\n\nAm 07.03.2019 wurde die Brücke geprüft.\n\n"
    "Am 8. April 2019 wurde sie gesperrt.",
    "rechnung.md": "# Rechnungen\n\nDie Rechnung über 2.871,40 EUR ging an Halden.\n\n"
    "Die Rechnung über 3.100,00 EUR ging an Skarv.",
    "dach.md": "# Dach\n\nDas Dach für CHF 1’245’300 baute Aune.\n\n"
    "Das Tor für CHF 87’000 baute Lund.",
    "rates.md": "# Rates\n\nThe rate 0.0825 applies to boats.\n\nThe rate 0.0725 applies to huts.",
    "carts.md": "# Carts\n\nA cart with ten wheels is called a dekka.\n\n"
    "A cart with 12 wheels is called a dodo.",
}


assistant = indexed_for_module(TEXTS)


@pytest.mark.parametrize(
    ("question", "value", "document"),
    [
        ("What happened to the gate on 5 May 2021?", "painted", "log.md"),
        ("What happened on June 5, 2021?", "sold", "log.md"),
        ("Was geschah mit der Brücke am 7. März 2019?", "geprüft", "bruecke.md"),
        ("Was wurde am 08.04.2019 gesperrt?", "8. April 2019", "bruecke.md"),
        ("An wen ging die Rechnung über 2,871.40 EUR?", "Halden", "rechnung.md"),
        ("An wen ging die Rechnung über 3100 EUR?", "Skarv", "rechnung.md"),
        ("Wer baute das Dach für 1.245.300 Franken?", "Aune", "dach.md"),
        ("To what does the rate of 8.25 % apply?", "boats", "rates.md"),
        ("What is a cart with 10 wheels called?", "dekka", "carts.md"),
        ("What is a cart with twelve wheels called?", "dodo", "carts.md"),
    ],
)
def test_a_value_is_found_in_another_spelling(
    assistant: Assistant, question: str, value: str, document: str
) -> None:
    answer = assistant.ask(question)
    assert value in answer.sentences[0].text
    assert answer.citations[0].document == document


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5 May 2021", "2021-05-05"),
        ("May 5, 2021", "05.05.2021"),
        ("5. Mai 2021", "5 de mayo de 2021"),
        ("5 mai 2021", "2021年5月5日"),
        ("3/4/2021", "4 March 2021"),
        ("3/4/2021", "3 April 2021"),
    ],
)
def test_one_day_in_two_spellings(one: str, other: str) -> None:
    (first,), (second,) = dates_of(one), dates_of(other)
    assert set(first.spellings) & set(second.spellings)


@pytest.mark.parametrize(
    ("one", "other"), [("5 May 2021", "2021-05-06"), ("5 May 2021", "5 May 2020")]
)
def test_two_days_are_two(one: str, other: str) -> None:
    (first,), (second,) = dates_of(one), dates_of(other)
    assert not set(first.spellings) & set(second.spellings)


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("2.871,40", "2871.40"),
        ("2’871.40", "2.871,40"),
        ("2 871,40", "2,871.40"),
        ("1.234.567,8", "1,234,567.8"),
        ("1,234", "1234"),
        ("1,234", "1.234"),
        ("8.25 %", "0.0825"),
        ("0,0825", "8.25"),
        ("10", "zehn"),
    ],
)
def test_the_forms_of_a_number(written: str, other: str) -> None:
    ((_, forms),) = _numbers(written)
    assert other in forms


def test_a_version_or_an_address_is_no_number() -> None:
    assert list(_numbers("version 1.2.3 at 10.0.0.1 on 2021-05")) == []
