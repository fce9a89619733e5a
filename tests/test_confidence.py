"""Confidence: a probability, readable weights, and refusals that help."""

from __future__ import annotations

import json
import math
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant
from assistant.answering.confidence import (
    SIGNAL_NAMES,
    Signals,
    confidence_model,
    probability,
    recalibrated,
)

SHARE = st.floats(0, 1)
SIGNALS = st.builds(Signals, **dict.fromkeys(SIGNAL_NAMES, SHARE))


@given(SIGNALS, st.dictionaries(st.sampled_from(SIGNAL_NAMES), st.floats(-100, 100)))
def test_probability_is_one_whatever_the_weights(found: Signals, weights: dict[str, float]) -> None:
    model = {**dict.fromkeys(SIGNAL_NAMES, 0.0), "intercept": 0.0, **weights}
    assert 0.0 < probability(found, model) < 1.0


@given(SIGNALS, st.sampled_from(SIGNAL_NAMES))
def test_a_positive_weight_raises_the_probability(found: Signals, name: str) -> None:
    model = {**dict.fromkeys(SIGNAL_NAMES, 0.0), "intercept": 0.0, name: 2.0}
    assert probability(found, model) == pytest.approx(
        1 / (1 + math.exp(-2.0 * getattr(found, name)))
    )


def test_nothing_found_means_no_confidence() -> None:
    assert probability(None) == 0.0


def test_model_names_every_signal_and_where_its_weights_come_from(repository: Path) -> None:
    data = json.loads(
        (repository / "assistant" / "answering/confidence.json").read_text(encoding="utf-8")
    )
    assert data["provenance"]
    for is_read, name in ((False, "without_reader"), (True, "with_reader")):
        assert set(data[name]) == {"intercept", *SIGNAL_NAMES}
        assert confidence_model(is_read=is_read) == data[name]
        assert all(math.isfinite(weight) for weight in data[name].values())
    unread = [name for name in SIGNAL_NAMES if data["without_reader"][name] == 0.0]
    assert unread == [field.name for field in fields(Signals) if field.default == 0.0]


@pytest.mark.parametrize(
    "question",
    [
        "What is the boiling point of mercury?",
        "Who won the football world cup in 1954?",
        "How do I cook risotto with saffron?",
        "zzzz qqqq xxxx",
    ],
)
def test_question_about_something_else_is_refused_with_the_closest_passages(
    sample: Assistant, question: str
) -> None:
    answer = sample.ask(question)
    assert answer.abstained
    assert answer.citations == ()
    assert answer.sentences == ()
    assert answer.conflicts == ()
    assert answer.text == answer.reason
    assert answer.confidence < sample.settings.answer.min_confidence
    if answer.retrieved:
        assert str(len(answer.retrieved)) in answer.reason


def test_refusal_names_the_words_it_misses(sample: Assistant) -> None:
    answer = sample.ask("Who won the football world cup in 1954?")
    assert "football" in answer.reason


@pytest.mark.parametrize(
    ("question", "named", "unnamed"),
    [
        ("¿Quién pintó el zeppelin de Marte?", "zeppelin", "¿"),
        ("What is the zeppelin's colour?", "zeppelin", "'s"),
        ("Is the “zeppelin” (red) insured?", "zeppelin", "(red"),
    ],
)
def test_refusal_quotes_the_words_as_written_without_signs(
    sample: Assistant, question: str, named: str, unnamed: str
) -> None:
    answer = sample.ask(question)
    assert answer.abstained
    assert f"“{named}”" in answer.text
    assert unnamed not in answer.text


def test_confidence_separates_what_the_documents_answer_from_what_they_do_not(
    sample: Assistant,
) -> None:
    known = [
        "Who introduced the neural tangent kernel?",
        "Where did the first ICLR take place?",
        "Who coined the name double descent?",
    ]
    unknown = [
        "What is the boiling point of mercury?",
        "Who composed the opera Tosca?",
        "How tall is the Eiffel tower?",
    ]
    low = min(sample.ask(question).confidence for question in known)
    high = max(sample.ask(question).confidence for question in unknown)
    assert low > high


def test_calibration_moves_the_confidence_shown_and_no_refusal(sample: Assistant) -> None:
    questions = [
        "Who introduced the neural tangent kernel?",
        "Where did the first ICLR take place?",
        "Who won the football world cup in 1954?",
        "What is the boiling point of mercury?",
        "Who paid for the first ICLR?",
        "What colour is the neural tangent kernel?",
    ]
    plain = [sample.ask(question) for question in questions]
    assert {answer.abstained for answer in plain} == {True, False}
    settings = sample.settings
    for slope, shift in ((0.3, 4.0), (1.6, 3.0), (1.0, -8.0)):
        update = {"confidence_slope": slope, "confidence_shift": shift}
        moved = settings.model_copy(update={"answer": settings.answer.model_copy(update=update)})
        with Assistant(moved) as assistant:
            answers = [assistant.ask(question) for question in questions]
        for before, after in zip(plain, answers, strict=True):
            assert (after.abstained, after.text) == (before.abstained, before.text)
            if before.confidence:
                low, high = (
                    recalibrated(before.confidence + off, slope, shift) for off in (-6e-5, 6e-5)
                )  # both are shown with four digits
                assert low - 1e-4 <= after.confidence <= high + 1e-4
                assert after.confidence != before.confidence
