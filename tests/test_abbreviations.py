"""Abbreviations that documents explain: what they stand for, and each form finds the other."""

from __future__ import annotations

import time

import pytest
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.text.abbreviations import initials, pairs_of

TEXTS = {
    "pump.md": "# Pump\n\nThe mean time between failures (MTBF) is noted. It weighs 61 kg.",
    "lift.md": "# Lift\n\nThe MTBF of the lift is 4,300 hours. The lift is red.",
    "crane.md": "# Crane\n\nThe mean time between failures of the crane is 900 hours.",
    "models.md": "# Models\n\nExplainable artificial intelligence (XAI) grew in 2019. RPO stands "
    "for recovery point objective. Its value is 4 hours.",
    "vertrag.md": "# Vertrag\n\nDas Bundesamt für Umwelt (BAFU) prüft die Anlage jedes Jahr.",
    "bank.md": "# Bank\n\nThe central bank digital currency was tried in 2022 in two towns.",
}


assistant = indexed_for_module(TEXTS)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What does XAI stand for?",
         "Explainable artificial intelligence (XAI) grew in 2019. [1]"),
        ("What does MTBF mean?", "The mean time between failures (MTBF) is noted. [1]"),
        ("Wofür steht BAFU?",
         "Das Bundesamt für Umwelt (BAFU) prüft die Anlage jedes Jahr. [1]"),
        ("What is the abbreviation for recovery point objective?",
         "RPO stands for recovery point objective. [1]"),
    ],
)  # fmt: skip
def test_what_an_abbreviation_stands_for(assistant: Assistant, question: str, text: str) -> None:
    assert assistant.ask(question).text == text


def test_one_that_nothing_explains_is_refused(assistant: Assistant) -> None:
    assert assistant.ask("What does QRS stand for?").abstained


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("What is the MTBF of the crane?", "900 hours"),
        ("What is the mean time between failures of the lift?", "4,300 hours"),
        ("When was the CBDC tried?", "2022"),
    ],
)
def test_a_short_form_finds_its_long_form_and_the_reverse(
    assistant: Assistant, question: str, value: str
) -> None:
    assert value in assistant.ask(question).text


def found(text: str) -> list[tuple[str, str]]:
    return [(pair.short, pair.long) for pair in pairs_of(text)]


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("a mean time between failures (MTBF) of", ("MTBF", "mean time between failures")),
        ("The GPU (graphics processing unit) is hot.", ("GPU", "graphics processing unit")),
        ("convolutional neural networks (CNNs, see 3)", ("CNN", "convolutional neural networks")),
        ("CRM stands for customer relationship management in firms.",
         ("CRM", "customer relationship management")),
        ("La Organización Mundial de la Salud (OMS) dice",
         ("OMS", "Organización Mundial de la Salud")),
        ("ein Wasserkraftwerk (WKW)", ("WKW", "Wasserkraftwerk")),
        ("an extensible markup language (XML)", ("XML", "extensible markup language")),
    ],
)  # fmt: skip
def test_pairs_are_found(text: str, pair: tuple[str, str]) -> None:
    assert found(text) == [pair]


@pytest.mark.parametrize(
    "text", ["It rose (USA).", "He went to Paris (FR).", "see Table 3 (OK)", "Tension test (TT)",
             "in millimetres (mm)", "The end. More texts here begin (TEMTHB)"],
)  # fmt: skip
def test_other_brackets_are_no_pairs(text: str) -> None:
    assert found(text) == []


def test_the_place_is_that_of_the_explanation() -> None:
    text = "So the mean time between failures (MTBF) rose."
    (pair,) = pairs_of(text)
    assert text[pair.start : pair.end] == "mean time between failures (MTBF)"


def test_initials_skip_small_words() -> None:
    assert initials("doj").search("the Department of Justice said")
    assert not initials("doj").search("the Department was just")


def test_hostile_texts_are_read_in_time() -> None:
    began = time.perf_counter()
    for piece in ("a (AB) ", "AB (", "A", "(AB) stands for ", "AB stands for a b "):
        pairs_of(piece * 30_000)
    assert time.perf_counter() - began < 10.0
