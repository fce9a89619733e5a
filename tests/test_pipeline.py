"""The whole way from a question to a checked answer, on the sample folder and a small one."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import json
import os
import re
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant import Answer, Assistant, ask, load_settings
from assistant.errors import IndexUnavailableError, QuestionError, UsageError
from assistant.tables.model import cells_of
from assistant.types import Delta, Event, Finished, Retrieved

Asked = tuple[dict[str, Any], Answer]


@pytest.fixture(scope="session")
def asked(sample: Assistant, repository: Path) -> list[Asked]:
    """Every question of ``eval/questions.yaml`` with its answer; where ``CI_BRIEF`` is set every
    third one, as the evaluation asks them all in the test of the README."""
    path = repository / "eval" / "questions.yaml"
    questions = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["questions"]
    assert len(questions) >= 50
    questions = questions[:: 3 if os.environ.get("CI_BRIEF") else 1]
    return [
        (q, sample.ask(q["question"], [_turn(t) for t in q.get("history", ())])) for q in questions
    ]


def _turn(turn: Any) -> tuple[str, str]:
    return (turn["question"], turn["answer"]) if isinstance(turn, dict) else (turn[0], turn[1])


def test_every_quote_is_the_stored_text_to_the_character(
    sample: Assistant, asked: list[Asked]
) -> None:
    texts = {document: sample.document_text(document) for document in sample.documents()}
    checked = 0
    for _, answer in asked:
        for citation in answer.citations:
            assert texts[citation.document][citation.start : citation.end] == citation.quote
            assert citation.quote.strip()
            checked += 1
    assert checked >= 100


def test_markers_are_1_to_n_in_order_of_first_appearance(asked: list[Asked]) -> None:
    for _, answer in asked:
        found = [int(marker) for marker in re.findall(r"\[(\d+)\](?!\()", answer.text)]
        markers = [citation.marker for citation in answer.citations]
        assert markers == list(range(1, len(markers) + 1))
        assert [m for m in dict.fromkeys(found) if m in markers] == markers, answer.text


def test_every_sentence_cites_and_is_verbatim(asked: list[Asked]) -> None:
    for _, answer in asked:
        if answer.reason == "smalltalk":
            continue
        figures = [each for each in answer.sentences if each.verdict == "computed"]
        if figures:  # beside one stand the cells that it was made of
            assert all(each.citations and each.evidence for each in figures)
            continue
        quotes = {c.marker: " ".join(c.quote.split()) for c in answer.citations}
        for sentence in answer.sentences:
            if sentence.verdict == "catalogue":  # a count of documents, which none of them says
                assert not sentence.citations
                continue
            assert sentence.citations
            assert sentence.verdict == "verbatim"
            for marker in sentence.citations:
                if "|" in quotes[marker]:  # a row: each value with its column's name
                    cells = [cell.text for cell in cells_of(quotes[marker]) if cell.text]
                    assert all(cell in sentence.text for cell in cells)
                    assert all(cell in answer.text for cell in cells)
                else:
                    assert sentence.text == quotes[marker]
                    assert sentence.text in " ".join(answer.text.split())


def test_abstentions_cite_nothing_and_answers_cite_something(asked: list[Asked]) -> None:
    abstained = 0
    for question, answer in asked:
        if answer.abstained:
            abstained += 1
            assert not answer.citations
            assert not answer.sentences
            assert not answer.conflicts
            assert answer.reason == answer.text
        elif question["type"] == "chitchat":
            assert answer.reason == "smalltalk"
        else:
            assert answer.citations
    assert 0 < abstained < len(asked)


def test_citations_lie_in_retrieved_passages_and_name_file_page_and_hash(
    sample: Assistant, asked: list[Asked], repository: Path
) -> None:
    folder = repository / "documents"
    hashes = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}
    for _, answer in asked:
        assert len(answer.retrieved) <= sample.settings.retrieval.passages
        spans = [(p.document, p.start, p.end) for p in answer.retrieved]
        for citation in answer.citations:
            assert citation.sha256 == hashes[citation.document]
            assert (citation.page is not None) is citation.document.endswith(".pdf")
            # A list may run on past the passage it begins in.
            if any(each.verdict == "catalogue" for each in answer.sentences):
                continue  # the whole index was looked through
            near = [s for s in spans if s[0] == citation.document and s[1] <= citation.end]
            assert near, (citation, spans)


def test_numbers_of_an_answer_are_sane(asked: list[Asked]) -> None:
    for question, answer in asked:
        assert 0 <= answer.confidence <= 1
        assert answer.question == question["question"].strip()
        assert all(seconds >= 0 for seconds in answer.timings.values())
        assert answer.usage.tokens_in == answer.usage.tokens_out == 0
        assert answer.receipt.model == "extractive"
        json.dumps(answer.to_dict(), allow_nan=False)


def _collect(assistant: Assistant, question: str, history: Any = ()) -> list[Event]:
    async def run() -> list[Event]:
        return [event async for event in assistant.stream(question, history)]

    return asyncio.run(run())


def _timeless(answer: Answer) -> Answer:
    return dataclasses.replace(answer, timings={})


@pytest.mark.parametrize(
    "question",
    [
        "Who introduced the neural tangent kernel?",
        "Who composed Tosca?",
        "hello",
        "When was ICLR founded?",
    ],
)
def test_stream_tells_the_same_as_ask(sample: Assistant, question: str) -> None:
    events = _collect(sample, question)
    assert isinstance(events[0], Retrieved)
    assert isinstance(events[-1], Finished)
    assert all(isinstance(event, Delta) for event in events[1:-1])
    answer = sample.ask(question)
    finished = events[-1].answer
    assert _timeless(finished) == _timeless(answer)
    assert "".join(e.text for e in events if isinstance(e, Delta)) == finished.text
    assert events[0].passages == finished.retrieved
    assert events[0].standalone_question == finished.standalone_question


def test_stream_refuses_like_ask(sample: Assistant) -> None:
    with pytest.raises(QuestionError):
        _collect(sample, "  ")


def test_stream_that_is_left_early_leaves_the_index_usable(sample: Assistant) -> None:
    async def first() -> Event:
        stream = sample.stream("Who founded ICLR?")
        event = await anext(stream)
        await stream.aclose()
        return event

    assert isinstance(asyncio.run(first()), Retrieved)
    assert sample.ask("Who introduced the neural tangent kernel?").citations


def test_loop_stays_free_while_an_answer_is_made(sample: Assistant) -> None:
    async def run() -> int:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.001)

        ticker = asyncio.create_task(tick())
        async for _ in sample.stream("Who introduced the neural tangent kernel?"):
            pass
        ticker.cancel()
        return ticks

    assert asyncio.run(run()) >= 3


def test_follow_up_is_understood_from_its_history(sample: Assistant) -> None:
    first = sample.ask("Where did the first ICLR take place?")
    history = [(first.question, first.text)]
    alone = sample.ask("And who took the initiative for it?")
    after = sample.ask("And who took the initiative for it?", history)
    assert "LeCun" in after.text
    assert after.question == "And who took the initiative for it?"
    assert "ICLR" in after.standalone_question
    assert alone.standalone_question == alone.question


def test_questions_from_several_threads_get_their_own_answers(sample: Assistant) -> None:
    questions = [
        "Who introduced the neural tangent kernel?",
        "Where did the first ICLR take place?",
        "Who coined the name double descent?",
        "What is bin packing?",
    ] * 3
    alone = {question: _timeless(sample.ask(question)) for question in set(questions)}
    with ThreadPoolExecutor(4) as pool:
        for question, answer in zip(questions, pool.map(sample.ask, questions), strict=True):
            assert _timeless(answer) == alone[question]


@pytest.mark.parametrize("question", ["", " \n", "a" * 100_000, "what\x00 is it", "\x1b[31mwhat"])
def test_question_that_is_none_is_refused_and_the_next_is_answered(
    sample: Assistant, question: str
) -> None:
    with pytest.raises(QuestionError):
        sample.ask(question)
    assert sample.ask("Who introduced the neural tangent kernel?").citations


@pytest.mark.parametrize(
    "question",
    ["' OR 1=1 --", "\"(*) AND NOT [a TO b]\"", "title:x^2 ~3 && || !", "{{7*7}} ${x}",
     "a\u202eb c",
     "ZERO\u200bwidth?", "who " * 900, "🙂 who 🙂", "ﷺ what", "<script>alert(1)</script> who"],
)  # fmt: skip
def test_odd_question_is_only_text(sample: Assistant, question: str) -> None:
    answer = sample.ask(question)
    assert answer.question == question.strip()


def test_same_file_name_in_two_folders_stays_two_documents(notes: Assistant) -> None:
    assert {"garden/plants.md", "archive/plants.md"} <= set(notes.documents())
    assert "herbarium" in notes.document_text("archive/plants.md")
    assert "copper beech" in notes.document_text("garden/plants.md")


def test_unknown_document_is_a_usage_error(sample: Assistant) -> None:
    with pytest.raises(UsageError, match="assistant status"):
        sample.document_text("../../etc/passwd")


def test_status_counts_what_is_there_and_names_what_is_not(
    sample: Assistant, notes: Assistant, repository: Path
) -> None:
    status = sample.status()
    assert status.documents == len(list((repository / "documents").glob("[!.]*")))
    assert status.chunks > status.documents
    assert status.not_indexed == ()
    assert status.size_bytes > 10_000
    assert status.embedder.startswith("static:")
    missing = notes.status().not_indexed
    assert [(file.document, file.outcome) for file in missing] == [("broken.pdf", "failed")]
    json.dumps(status.to_dict())


def test_without_an_index_every_door_says_so(tmp_path: Path) -> None:
    settings = load_settings(overrides={"index.path": str(tmp_path / "none")})
    with Assistant(settings) as assistant:
        for call in (
            lambda: assistant.ask("What is it?"),
            lambda: assistant.status(),
            lambda: assistant.retrieve("What is it?"),
            lambda: assistant.documents(),
            lambda: assistant.document_text("a.md"),
        ):
            with pytest.raises(IndexUnavailableError, match="assistant ingest"):
                call()
    assert not (tmp_path / "none").exists()


def test_missing_folder_is_named(tmp_path: Path) -> None:
    settings = load_settings(overrides={"index.path": str(tmp_path / "index")})
    with Assistant(settings) as assistant, pytest.raises(UsageError, match="nowhere"):
        assistant.sync(tmp_path / "nowhere")


def test_assistant_can_be_closed_twice_and_used_again(sample_settings: Any, sample: Any) -> None:
    assistant = Assistant(sample_settings)
    assert assistant.ask("Who introduced the neural tangent kernel?").citations
    assistant.close()
    assistant.close()
    assert assistant.ask("Who introduced the neural tangent kernel?").citations
    assistant.close()


def test_ask_indexes_on_first_use_and_finds_the_nearest_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repository: Path
) -> None:
    (tmp_path / "documents").mkdir()
    shutil.copy(repository / "documents" / "iclr-history.md", tmp_path / "documents")
    text = "retrieval: {passages: 3}\nanswer: {min_confidence: 0.0}\n"
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    answer = ask("Where did the first ICLR take place?")
    assert "Scottsdale" in answer.text
    assert len(answer.retrieved) <= 3
    assert (tmp_path / ".assistant" / "CURRENT").exists()
    again = ask("Where did the first ICLR take place?")
    assert again.receipt == answer.receipt


def test_progress_and_dry_run_of_a_sync(tmp_path: Path, notes_folder: Path) -> None:
    settings = load_settings(overrides={"index.path": str(tmp_path / "index")})
    steps = []
    with Assistant(settings) as assistant:
        plan = assistant.sync(notes_folder, dry_run=True, progress=steps.append)
        assert plan.dry_run
        assert {file.outcome for file in plan.files} == {"planned"}
        assert {file.action for file in plan.files} == {"add"}
        with pytest.raises(IndexUnavailableError):
            assistant.status()
    assert steps[0].stage == "scanning"


def test_no_thread_is_left_behind_by_a_question(sample_settings: Any, sample: Any) -> None:
    before = {thread.name for thread in threading.enumerate()}
    with Assistant(sample_settings) as assistant:
        assistant.ask("Who introduced the neural tangent kernel?")
    after = {thread.name for thread in threading.enumerate() if not thread.daemon}
    assert after <= before | {"MainThread"}
