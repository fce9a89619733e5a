"""Signatures of functions, commands and options above the text that says what they do."""

from __future__ import annotations

from pathlib import Path

import pytest
from support_picks import asked, passage_of
from support_texts import indexed, indexed_for_module

from assistant import Assistant
from assistant.answering.sentence_scores import take_apart
from assistant.answering.signatures import is_signature_alone, signature_name, told_below
from assistant.text.sentences import sentences

REFERENCE = """Methods of strings
==================

str.zfill(width)

   Return a copy of the string with zeros in front of it. The sign stays first.

str.rsplit(sep=None)

   Return the words of the string, cut from its right end.

list.pop([i])

   Take the last item away and give it back.

Commands
========

s(tep)

   Run the line and stop at the first chance.

--quiet, -q

   Print the errors only.
"""
texts = indexed_for_module({"reference.txt": REFERENCE})


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("str.zfill(width)", "str.zfill"),
        ("class int(number=0, /)", "int"),
        ("s(tep)", "step"),
        ("pop(key)", "pop"),
        ("b(reak) [line | function]", "break"),
        ("--quiet, -q", "quiet"),
        ("-o FILE", "o"),
        ("The width (in cells).", ""),
        ("Width (cells) of a row", ""),
        ("Call run(x) before it:", ""),
        ("- a point", ""),
    ],
)
def test_names_of_signatures(line: str, name: str) -> None:
    assert signature_name(line) == name


@pytest.mark.parametrize(
    ("question", "told", "label"),
    [
        ("What does str.zfill do?", "Return a copy of the string with zeros in front", "str.zfill"),
        ("What does rsplit do to a string?", "Return the words of the string", "str.rsplit"),
        ("What does the step command do?", "Run the line and stop", "s(tep)"),
        ("What does --quiet do?", "Print the errors only", "--quiet"),
        ("What does list.pop do?", "Take the last item away", "list.pop"),
    ],
)
def test_what_a_signature_names_is_told_below_it(
    texts: Assistant, question: str, told: str, label: str
) -> None:
    first = texts.ask(question).sentences[0]
    assert first.text.startswith(told)
    assert first.about is not None
    assert first.about.text.startswith(label)


def test_that_of_another_owner_is_not(texts: Assistant) -> None:
    for question in ("What does dict.pop do?", "Which last item does dict.pop take and give back?"):
        answer = texts.ask(question)
        assert answer.certainty in ("none", "unsure")
        assert all(each.about is None for each in answer.sentences)


@pytest.mark.parametrize(
    ("question", "is_told"),
    [
        ("Which pop star sings in the opera of Tarn?", False),
        ("What does pop give back of a list?", True),
        ("What does list.pop do in Tarn?", True),
    ],
)
def test_a_part_of_a_name_counts_where_the_rest_is_told_too(question: str, is_told: bool) -> None:
    text = "list.pop([i])\n\n   Take the last item of the list away and give it back.\n"
    passage, wanted = passage_of(text), asked(question)
    parts = {passage.chunk_id: take_apart(passage, sentences(text), wanted)}
    assert bool(told_below(wanted, [passage], parts)) is is_told


def test_what_does_not_stand_further_in_is_not_told_below(tmp_path: Path) -> None:
    text = "# Strings\n\nstr.zfill(width)\n\nThe string str.zfill has zeros in front.\n"
    with indexed(tmp_path, {"flat.txt": text}) as assistant:
        [only] = assistant.ask("What does str.zfill do?").sentences
    assert only.about is None


def test_a_signature_may_answer_where_its_form_is_asked() -> None:
    line = "str.rsplit(sep=None)"
    [found] = take_apart(passage_of(line), sentences(line), asked("What is it?"))
    assert is_signature_alone(asked("What does str.rsplit do?"), found)
    assert not is_signature_alone(asked("Which arguments does str.rsplit have?"), found)


def test_a_signature_alone_is_no_answer(texts: Assistant) -> None:
    for question in ("What does str.zfill give?", "What is rsplit?"):
        told = [each.text for each in texts.ask(question).sentences]
        assert not {"str.zfill(width)", "str.rsplit(sep=None)"}.intersection(told)
