"""Two-sided questions show both sides, two-step questions each step, all of it cited."""

from __future__ import annotations

import time

import pytest
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.answering.several_steps import Hop, Sides, plan

FILES = {
    "skarv-mill.md": "# The Skarv mill\n\nThe Skarv mill was founded by Ragna Thune in 1871. It "
    "grinds oats.\n",
    "ragna-thune.md": "# Ragna Thune\n\nRagna Thune was born in Torvik, the daughter of a cooper. "
    "She kept bees.\n",
    "holm-forge.md": "# The Holm forge\n\nThe Holm forge was founded by Eivind Moe in 1902. It "
    "makes hinges.\n",
    "eivind-moe.md": "# Eivind Moe\n\nEivind Moe was born in Lusand and died in 1940.\n",
    "birthday.md": "# The school at Berg\n\nThe founder of the Berg school, Liv Krog, was born in "
    "Aursund.\n",
}


village = indexed_for_module(FILES)


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        ("Where was the founder of the Skarv mill born?", "Ragna Thune in 1871", "Torvik"),
        ("When did the founder of the Holm forge die?", "Eivind Moe in 1902", "1940"),
    ],
)
def test_a_name_that_one_document_gives_is_looked_up_in_another(
    village: Assistant, question: str, first: str, second: str
) -> None:
    answer = village.ask(question)
    steps = answer.text.split("\n\n")
    assert first in steps[0]
    assert second in steps[1]
    for citation in answer.citations:
        text = village.document_text(citation.document)
        assert text[citation.start : citation.end] == citation.quote
    assert all(sentence.verdict == "verbatim" for sentence in answer.sentences)


@pytest.mark.parametrize(
    "question",
    [
        "Which is older, the Skarv mill or the Holm forge?",
        "The Skarv mill and the Holm forge: who founded each?",
    ],
)
def test_both_sides_are_shown(village: Assistant, question: str) -> None:
    answer = village.ask(question)
    assert "Ragna Thune in 1871" in answer.text
    assert "Eivind Moe in 1902" in answer.text


def test_one_sentence_that_answers_both_steps_is_enough(village: Assistant) -> None:
    answer = village.ask("Where was the founder of the Berg school born?")
    assert "Aursund" in answer.text
    assert "Step" not in answer.text


def test_a_side_that_is_not_there_is_not_invented(village: Assistant) -> None:
    answer = village.ask("Which is older, the Skarv mill or the Oslo opera?")
    assert "Oslo opera:" not in answer.text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Where was the author of Glass Harbour born?",
         Hop("Who is the author of Glass Harbour?", "Where was {} born?")),
        ("When did Anna Lund's father die?",
         Hop("Who is the father of Anna Lund?", "When did {} die?")),
        ("Which is higher, the Berg tower or the Holm tower?",
         Sides(("the Berg tower", "the Holm tower"),
               ("How high is the Berg tower?", "How high is the Holm tower?"), compared="higher")),
        ("Who is the author of Glass Harbour?", None),
        ("How many papers or posters were shown?", None),
        ("What is the length of the bridge?", None),
    ],
)  # fmt: skip
def test_how_a_question_is_taken_apart(text: str, parts: Hop | Sides | None) -> None:
    assert plan(text) == parts


def test_hostile_questions_take_no_time() -> None:
    began = time.perf_counter()
    for piece in ("where was the author of ", "compare a and ", "which or ", "A's father, "):
        plan((piece * 400)[:4_000])
    assert time.perf_counter() - began < 2.0
