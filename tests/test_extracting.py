"""The extractive answer: the documents' own sentences, few, whole, and in reading order."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support_texts import indexed

from assistant import Answer, Assistant
from assistant.answering.extractive import _shown


def quotes(answer: Answer) -> list[str]:
    return [" ".join(citation.quote.split()) for citation in answer.citations]


@pytest.mark.parametrize(
    ("question", "words", "document"),
    [
        ("Who laid out the garden of Holm?", "Berta Lindqvist", "garden/"),
        ("How many hectares does the garden of Holm cover?", "14 hectares", "garden/plants.md"),
        ("When does the gate open in winter?", "9:00", "garden/plants.md"),
        ("Are dogs allowed?", "Dogs are not allowed", "garden/plants.md"),
        ("Who is the curator of the herbarium?", "Ida Moe", "archive/plants.md"),
        ("How many sheets does the herbarium have?", "3,400", "archive/plants.md"),
        ("Wer ist der Obergärtner?", "Jürgen Weiß", "deutsch.md"),
        ("Seit wann pflegt er die Gewächshäuser?", "3. Mai 1998", "deutsch.md"),
        ("植物园建于哪一年？", "一八七二年", "chinese.md"),
        ("园长是谁？", "王小明", "chinese.md"),
        ("What is the oldest tree?", "copper beech", "garden/plants.md"),
        ("Who is the curater of the herbariun?", "Ida Moe", "archive/plants.md"),
    ],
)
def test_answer_holds_the_words_that_answer(
    notes: Assistant, question: str, words: str, document: str
) -> None:
    answer = notes.ask(question)
    assert not answer.abstained
    assert words in answer.text
    assert any(c.document.startswith(document) and words in c.quote for c in answer.citations)


@pytest.mark.parametrize(
    "question", ["Who laid out the garden?", "When does the gate open?", "Is there a copper beech?"]
)
def test_answer_is_short(notes: Assistant, question: str) -> None:
    answer = notes.ask(question)
    assert 1 <= len(answer.sentences) <= notes.settings.answer.max_sentences + 1
    assert len(answer.text) < 900


def test_list_is_given_whole(notes: Assistant) -> None:
    answer = notes.ask("Which kinds of roses grow along the south wall?")
    for kind in ("damask", "tea", "musk", "moss"):
        assert f"{kind} roses" in answer.text
    assert quotes(answer).index("damask roses") < quotes(answer).index("moss roses")


def test_steps_are_given_whole_and_in_order(notes: Assistant) -> None:
    answer = notes.ask("How do I prune a rose?")
    steps = ["Wait until", "Cut out", "Shorten", "Burn"]
    found = [next(n for n, q in enumerate(quotes(answer)) if q.startswith(step)) for step in steps]
    assert found == sorted(found)


def test_table_row_is_cited_alone_and_shown_under_the_names_of_its_columns(
    notes: Assistant,
) -> None:
    answer = notes.ask("What is the entrance fee for a student?")
    assert any("Student | 85" in quote for quote in quotes(answer))
    assert not any("Fee in kroner" in quote for quote in quotes(answer))
    lines = answer.text.splitlines()
    header = next(n for n, line in enumerate(lines) if "Fee in kroner" in line)
    row = next(n for n, line in enumerate(lines) if "Student" in line)
    assert header < row


def test_sentence_that_leans_on_the_one_before_brings_it(notes: Assistant) -> None:
    answer = notes.ask("What had she studied in Uppsala?")
    found = quotes(answer)
    assert any("studied botany in Uppsala" in quote for quote in found)
    assert any("Berta Lindqvist" in quote for quote in found)


def test_beside_another_sentence_a_leaning_one_brings_nothing(notes: Assistant) -> None:
    answer = notes.ask("How many hectares does it cover and when does the gate open in summer?")
    assert [quote.split()[0] for quote in quotes(answer)] == ["It", "The"]
    assert "It covers 14 hectares." in quotes(answer)


def test_who_asks_how_many_is_given_each_number_told(sample: Assistant) -> None:
    answer = sample.ask("How many papers were submitted to ICLR 2019?")
    assert [number for number in ("1,449", "1,591") if number in answer.text] == ["1,449", "1,591"]


def test_markers_in_a_document_are_its_own_words_and_never_citations(notes: Assistant) -> None:
    answer = notes.ask("What do the letters say about previous instructions and the closed garden?")
    quoted = next(c for c in answer.citations if "[7]" in c.quote)
    assert quoted.marker <= len(answer.citations)
    markers = {citation.marker for citation in answer.citations}
    assert markers == set(range(1, len(markers) + 1))
    assert 7 not in markers


def test_reading_order_inside_a_document(notes: Assistant) -> None:
    for question in ("Tell me about the garden of Holm", "How do I prune a rose?"):
        answer = notes.ask(question)
        by_document: dict[str, list[int]] = {}
        for citation in answer.citations:
            by_document.setdefault(citation.document, []).append(citation.start)
        assert all(starts == sorted(starts) for starts in by_document.values())


def test_same_question_gives_the_same_answer(notes: Assistant) -> None:
    one, two = (notes.ask("Who laid out the garden of Holm?") for _ in range(2))
    assert (one.text, one.citations, one.confidence) == (two.text, two.citations, two.confidence)


def test_code_is_given_as_it_is_written(tmp_path: Path) -> None:
    code = "```shell\n$ pump start --night\n$ pump status\n```"
    text = f"# Pump\n\nTo start the pump at night, run:\n\n{code}\n\nIt stops by itself at six.\n"
    with indexed(tmp_path, {"pump.md": text}) as assistant:
        answer = assistant.ask("How do I start the pump at night?")
        assert f"{code}\n[2]" in answer.text
        assert answer.sentences[1].text == code


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("$ pump start\n$ pump stop", "```\n$ pump start\n$ pump stop\n```"),
        ("```\n$ pump start", "```\n$ pump start\n```"),
        ("a ``` b", "````\na ``` b\n````"),
    ],
)
def test_a_part_of_code_gets_fences_of_its_own(text: str, shown: str) -> None:
    pick: Any = SimpleNamespace(kind="code", text=text)
    assert _shown(pick) == shown
