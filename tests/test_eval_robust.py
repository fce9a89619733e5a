"""Careless ways of asking: what each changes, and what a planted weakness shows."""

from __future__ import annotations

import random

import pytest
from eval_support import TEXTS, answer, question

from assistant.types import Answer
from eval.questions import EvalQuestion
from eval.robust import CHANGES, lines, measure

ASKED = "In 1907, what is the weight of the bronze Alder statue?"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("lower case", "in 1907, what is the weight of the bronze alder statue"),
        ("capitals", "IN 1907, WHAT IS THE WEIGHT OF THE BRONZE ALDER STATUE?"),
        ("key words", "1907, weight bronze Alder statue"),
        ("clause moved", "What is the weight of the bronze Alder statue, in 1907?"),
        ("no frame words", ASKED.rstrip("?")),
    ],
)
def test_each_way_keeps_what_is_meant(change: str, said: str) -> None:
    assert CHANGES[change](ASKED, random.Random(0)) == said


def test_frame_words_go_and_a_question_of_one_word_stays() -> None:
    bare = CHANGES["no frame words"]("What is the weight of Alder?", random.Random(0))
    assert bare == "the weight of Alder"
    assert CHANGES["key words"]("Why?", random.Random(0)) == "Why?"
    assert CHANGES["no frame words"]("Who is Ada?", random.Random(0)) == "Who is Ada?"


def test_a_typo_swaps_two_letters_of_one_plain_word() -> None:
    for seed in range(20):
        said = CHANGES["typo"](ASKED, random.Random(seed))
        assert sorted(said) == sorted(ASKED)
        changed = [(a, b) for a, b in zip(said.split(), ASKED.split(), strict=True) if a != b]
        assert len(changed) == 1
        assert changed[0][1] in ("weight", "bronze", "statue?")
    assert CHANGES["typo"]("Is Alder old?", random.Random(0)) == "Is Alder old?"


def asked_of(weakness: str) -> list[str]:
    """The lines for an assistant that fails on questions with (or without) something."""

    def ask(said: EvalQuestion, repeat: int) -> Answer:
        fails = said.question.isupper() if weakness == "capitals" else "?" not in said.question
        return answer("I do not know.", abstained=True) if fails else answer()

    asked = [
        question(id=f"q{n}", question=f"What is the present weight of Alder number {n}?")
        for n in range(12)
    ]
    found = measure(asked, ask, TEXTS)
    assert measure(asked, ask, TEXTS) == found  # the same twice
    return lines(found)


def test_a_planted_weakness_is_found() -> None:
    told = asked_of("capitals")
    assert told[1].split()[:2] == ["capitals", "0.0%"]
    assert "q0, q1, q2, q3 …" in told[1]
    assert all(" 100.0%" in line for line in told[2:-1])


def test_a_question_that_is_wrong_as_written_is_not_asked_again() -> None:
    def ask(said: EvalQuestion, repeat: int) -> Answer:
        return answer("I do not know.", abstained=True)

    assert measure([question()], ask, TEXTS) == []
    assert len(lines([])) == 1
