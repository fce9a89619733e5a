"""Questions about the folder are answered from the catalogue, exactly; others never are."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from support_texts import indexed

from assistant import Answer, Assistant, load_settings
from assistant.answering.folder_answers import CATALOGUE
from assistant.answering.folder_questions import readings
from assistant.types import Delta, Filters, Finished, Retrieved
from benchmarks import folder_questions as trial


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Assistant]]:
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(indexed(tmp_path_factory.mktemp(name), files))
            for name, files in trial.FOLDERS.items()
        }


@pytest.mark.parametrize("asked", trial.QUESTIONS, ids=lambda asked: asked.question)
def test_a_question_about_the_folder_is_answered_exactly(
    folders: dict[str, Assistant], asked: trial.Asked
) -> None:
    answer = folders[asked.folder].ask(asked.question, asked.history, filters=asked.filters)
    assert trial.faults(asked, answer) == []
    assert answer.timings["total"] < 1.0


@pytest.mark.parametrize(("folder", "question"), trial.TRAPS)
def test_a_question_that_only_looks_like_it_is_searched(
    folders: dict[str, Assistant], folder: str, question: str
) -> None:
    assert folders[folder].ask(question).reason != CATALOGUE


def test_a_count_says_that_it_comes_from_the_catalogue(folders: dict[str, Assistant]) -> None:
    answer = folders["island"].ask("How many documents are there?")
    assert {sentence.verdict for sentence in answer.sentences} == {"catalogue"}
    assert answer.citations == ()
    assert answer.retrieved == ()


def test_filters_restrict_what_is_counted_and_the_answer_says_so(
    folders: dict[str, Assistant],
) -> None:
    answer = folders["island"].ask(
        "How many documents mention the ferry?", filters=Filters(paths=("ferry/*2025*",))
    )
    assert "1 of the 1 document mentions" in answer.text
    assert answer.notice.startswith("Asked of 1 of 6 documents")


def test_quotes_are_exact_and_opening_lines_are_labelled(folders: dict[str, Assistant]) -> None:
    assistant = folders["island"]
    answer = assistant.ask("Summarise the paper on birds")
    assert "not a summary" in answer.text
    assert answer.citations
    for citation in answer.citations:
        text = assistant.document_text(citation.document)
        assert text[citation.start : citation.end] == citation.quote


def test_it_is_the_document_of_the_turn_before(folders: dict[str, Assistant]) -> None:
    assistant = folders["island"]
    first = assistant.ask("What is smokehouse.md about?")
    then = assistant.ask("When is it from?", [(first.question, first.text)])
    assert "smokehouse.md" in then.text
    unrelated = assistant.ask("When is it from?", [("How high is the lighthouse?", "31 metres.")])
    assert unrelated.reason != CATALOGUE


def test_a_stream_gives_the_same_answer(folders: dict[str, Assistant]) -> None:
    async def events() -> list[object]:
        return [each async for each in folders["office"].stream("List all documents")]

    found = asyncio.run(events())
    assert [type(each) for each in found] == [Retrieved, Delta, Finished]
    assert isinstance(found[2], Finished)
    answer: Answer = found[2].answer
    assert answer.text == folders["office"].ask("List all documents").text


def test_a_file_that_went_is_counted_no_more(tmp_path: Path) -> None:
    texts = {"a.txt": "One line here.", "b.txt": "Another line here."}
    with indexed(tmp_path, texts) as assistant:
        assert "2 documents" in assistant.ask("How many documents are there?").text
        (tmp_path / "documents" / "b.txt").unlink()
        assistant.sync()
        assert "1 document " in assistant.ask("How many documents are there?").text


def test_long_and_hostile_questions_take_no_time() -> None:
    began = time.perf_counter()
    for piece in ("how many documents ", "summarise the ", "which files mention ", "[(a|b)] "):
        for length in (5, 10, 240):
            list(readings((piece * 60)[:length], ("en", "de")))
        list(readings(piece * 20_000, ("en", "de")))
    assert time.perf_counter() - began < 2.0


def test_no_model_is_asked_what_the_catalogue_knows(folders: dict[str, Assistant]) -> None:
    index = folders["island"].settings.index.path
    settings = load_settings(
        None,
        {
            "index.path": str(index),
            "llm.model": "nobody",
            "llm.base_url": "http://127.0.0.1:9/v1",  # nothing listens there
            "llm.fallback": "error",
        },
    )
    with Assistant(settings) as assistant:
        answer = assistant.ask("How many documents are there?")
    assert "6 documents" in answer.text
    assert answer.usage.calls == 0
