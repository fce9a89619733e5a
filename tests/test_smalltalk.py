"""Greetings are answered without the documents; questions never are."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant
from assistant.answering.small_talk import reply_to


@pytest.mark.parametrize(
    "text",
    ["hi", "Hello there!", "GOOD MORNING", "thanks a lot", "Thank you for the answer!", "ok", "bye",
     "who are you?", "Hey, what can you do?", "help", "How are you?", "Are you a robot?", "great"],
)  # fmt: skip
def test_small_talk_gets_a_reply(text: str) -> None:
    assert reply_to(text)


@pytest.mark.parametrize(
    "text",
    ["Hi, what is ICLR?", "What is this paper about?", "help me find the paper by Vidal",
     "Who is Hello Kitty?", "Hello World program", "thanks to whom was it founded?",
     "What does thank you mean in the letters?", "Good Friday dates", "okay computer album",
     "bye laws of the club", "how are you going to prune a rose", "Great Britain", "High court"],
)  # fmt: skip
def test_questions_are_never_small_talk(text: str) -> None:
    assert reply_to(text) == ""


@given(st.text(min_size=81))
def test_long_text_is_never_small_talk(text: str) -> None:
    if len(" ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())) > 80:
        assert reply_to(text) == ""


def test_hostile_text_takes_no_time() -> None:
    began = time.perf_counter()
    for piece in ("ok ", "thanks ", "very, ", "good " * 3 + "!", "hi there ", "that is all "):
        reply_to(piece * 20_000)
        reply_to((piece * 40)[:79] + "x")
    assert time.perf_counter() - began < 2.0


def test_small_talk_cites_nothing_and_reads_no_index(sample: Assistant) -> None:
    answer = sample.ask("Hello!")
    assert not answer.abstained
    assert answer.reason == "smalltalk"
    assert answer.citations == ()
    assert answer.retrieved == ()
    assert answer.receipt.config == sample.settings.fingerprint()
