"""What a question asks for: terms, names, values, kinds, and what it leans on."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import QuestionError
from assistant.retrieval.follow_up import needs_history
from assistant.retrieval.question import (
    Question,
    analyse,
    check_question,
    corrected,
    coverage,
)
from assistant.text.analysed import AnalysedText, analysed
from assistant.text.terms import stem


def ask(text: str) -> Question:
    return analyse(analysed(text), (), lambda term: 1.0)


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "?", "?! …", "😀", "---", "\u200b", "“”"])
def test_question_without_a_word_is_called_empty(text: str) -> None:
    with pytest.raises(QuestionError, match="empty"):
        check_question(text, 100)


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x08"])
def test_control_character_is_named_with_its_place(character: str) -> None:
    with pytest.raises(QuestionError, match=rf"U\+{ord(character):04X} at position 4"):
        check_question(f"What{character} is it?", 100)


def test_oversized_question_names_the_setting_and_the_numbers() -> None:
    with pytest.raises(QuestionError, match=r"100,000 .*max_question_characters is 4,000"):
        check_question("a" * 100_000, 4000)
    assert check_question("a" * 4000, 4000) == "a" * 4000


def test_question_keeps_its_words_and_loses_the_space_around_it() -> None:
    assert check_question("  Who\nasks\twhat? \r\n", 100) == "Who\nasks\twhat?"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("When was it founded?", "date"),
        ("In which year did it start?", "date"),
        ("Who wrote the paper?", "person"),
        ("Whose idea was it?", "person"),
        ("Where did they meet?", "place"),
        ("In which city was the meeting?", "place"),
        ("How many papers were sent?", "number"),
        ("What percentage was accepted?", "number"),
        ("List all the cities.", "list"),
        ("Who are the authors?", "list"),
        ("How do I write a review?", "howto"),
        ("Is the network deep?", "yesno"),
        ("Which method won?", "which"),
        ("double descent", "any"),
    ],
)
def test_kind_of_answer(text: str, kind: str) -> None:
    assert kind in ask(text).kinds


def test_names_values_and_quotes_are_found() -> None:
    question = analyse(
        analysed("Did Yann LeCun say “learn it” about 1,234 GPUs at ICLR 2013?"),
        (),
        lambda term: 2.0,
    )
    assert set(stem(["yann", "lecun", "iclr"])) <= question.names
    assert "1234" in question.values
    assert "2013" in question.values
    assert question.quoted == ("learn it",)
    assert all(weight == 2.0 for weight in question.weights.values())


def test_asking_words_carry_no_weight_unless_they_are_all_there_is() -> None:
    assert set(ask("What does the kernel mean, please?").weights) == {"kernel"}
    assert ask("What is a question?").weights
    assert ask("who is it").weights


@pytest.mark.parametrize("text", ["And in 2020?", "Where was he born?", "Why?", "what about it"])
def test_follow_up_borrows_from_the_turn_before_at_half_weight(text: str) -> None:
    assert needs_history(AnalysedText(text))
    history = (("Who is Emma Strubell?", "Emma Strubell wrote about energy use. [1]"),)
    question = analyse(analysed(text), history, lambda term: 2.0)
    assert question.weights["strubel"] == 1.0 or question.weights["strubell"] == 1.0
    assert question.borrowed
    assert question.text == text
    assert "Strubell" in question.standalone


def test_question_that_stands_alone_borrows_nothing() -> None:
    history = (("Who is Emma Strubell?", "She wrote about energy use."),)
    question = analyse(analysed("Which city hosted ICLR in Rwanda?"), history, lambda term: 1.0)
    assert not question.borrowed
    assert question.standalone == "Which city hosted ICLR in Rwanda?"
    assert not analyse(analysed("And he?"), (), lambda term: 1.0).borrowed


def test_correction_replaces_a_slip_everywhere() -> None:
    question = analyse(analysed("Where is Adis Abeba?"), (), lambda term: 3.0)
    better = corrected(question, {"adi": "addi", "adis": "addis", "abeba": "ababa"})
    assert "ababa" in better.weights
    assert "abeba" not in better.weights
    assert "ababa" in better.names
    assert better.text == question.text
    assert corrected(question, {}) is question


def test_coverage_is_the_share_of_weight() -> None:
    assert coverage({"a": 3.0, "b": 1.0}, ["a", "x"]) == 0.75
    assert coverage({}, []) == 1.0
    assert coverage({"a": 0.0}, []) == 1.0


@given(st.text(max_size=120), st.text(max_size=60))
def test_any_text_can_be_taken_apart(text: str, before: str) -> None:
    question = analyse(analysed(text), ((before, before),), lambda term: 1.0)
    assert question.kinds
    assert question.names <= set(question.weights)
    assert all(weight > 0 for weight in question.weights.values())


def test_long_question_takes_linear_time() -> None:
    began = time.perf_counter()
    analyse(
        analysed("who which what how " * 5000 + "A" * 20_000 + '"' * 5000), (), lambda term: 1.0
    )
    assert time.perf_counter() - began < 3.0


def test_an_identifier_that_the_index_holds_outweighs_its_pieces() -> None:
    shares = ask("What does part QX-0131 cost?").weights
    assert shares["qx0131"] == 1.0
    assert shares["qx"] == shares["0131"] < 0.5


def test_a_question_without_telling_words_has_the_language_of_the_one_before() -> None:
    assert analysed("Bergen 2019?", ("fr", "de"), "Wer wohnte in der alten Mühle?").code == "de"
    assert analysed("Bergen 2019?", ("fr", "de")).code == "fr"
