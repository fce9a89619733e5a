"""Parts given to an assistant: used for ingest and questions, bound to the index, checked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support_index import make_settings, outcomes, text_of, use_inline_children
from support_parts import HashEmbedder, LastFirst, LogReader, Parrot

from assistant import (
    Assistant,
    AssistantError,
    Delta,
    DocumentError,
    EmbeddingError,
    Finished,
    IndexUnavailableError,
    ModelError,
    Page,
    ParsedDocument,
    Ranking,
    RerankingError,
    Retrieved,
    SyncReceipt,
    UsageError,
)
from assistant.embedding.checked import CheckedEmbedder

QUESTION = "When did the apples committee meet?"


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    use_inline_children(monkeypatch)
    monkeypatch.setattr("assistant.index.plan._CLOCK_GRAIN_NS", 0)  # files are as old as the test


@pytest.fixture
def folder(tmp_path: Path, inline: None) -> Path:
    made = tmp_path / "documents"
    made.mkdir()
    (made / "a.md").write_text(text_of("apples"), encoding="utf-8")
    (made / "b.log9").write_text("The harbour log\n!Monday\nThe lamp was lit by Ida Moe at 6:30.\n")
    return made


@pytest.fixture
def make(folder: Path, tmp_path: Path) -> Iterator[Callable[..., Assistant]]:
    """Makes an assistant of the folder, with parts and settings."""
    made: list[Assistant] = []

    def build(settings: dict[str, Any] | None = None, **parts: Any) -> Assistant:
        given = {"answer.min_confidence": 0.0} | (settings or {})
        made.append(Assistant(make_settings(tmp_path / "index", [folder], **given), **parts))
        return made[-1]

    yield build
    for each in made:
        each.close()


# ---------------------------------------------------------------- an embedder


def test_index_is_bound_to_the_given_embedder(make: Callable[..., Assistant]) -> None:
    embedder = HashEmbedder()
    assistant = make(embedder=embedder)
    first = assistant.sync()
    assert first.embedded == len(embedder.paid) > 0
    assert assistant.status().embedder == "hashed:1"
    answer = assistant.ask(QUESTION)
    assert embedder.paid[-1] == QUESTION
    assert answer.retrieved[0].document == "a.md"
    assert "hashed:1" in answer.receipt.index
    assert assistant.sync().generation == first.generation, "nothing to do"

    other = make(embedder=HashEmbedder("hashed:2"))
    with pytest.raises(IndexUnavailableError, match="built with the embedder hashed:1") as caught:
        other.ask(QUESTION)
    assert "assistant ingest" in caught.value.hint
    with pytest.raises(IndexUnavailableError, match="settings name static"):
        make().ask(QUESTION)
    again = other.sync()
    assert again.generation != first.generation
    assert again.embedded == first.embedded
    assert other.status().embedder == "hashed:2"
    assert other.ask(QUESTION).citations


def test_texts_of_a_costly_embedder_are_paid_for_once(make: Callable[..., Assistant]) -> None:
    make(embedder=HashEmbedder()).sync()
    make().sync()
    embedder = HashEmbedder()
    back = make(embedder=embedder).sync()
    assert (back.embedded, embedder.paid) == (0, [])
    assert back.from_cache > 0


def test_dimensions_that_change_behind_a_fingerprint_are_told(
    make: Callable[..., Assistant],
) -> None:
    make(embedder=HashEmbedder()).sync()
    with pytest.raises(IndexUnavailableError, match="32 dimensions, hashed:1 gives 16 now"):
        make(embedder=HashEmbedder(dimensions=16)).ask(QUESTION)


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (lambda texts: np.zeros((len(texts) + 1, 4)), "shape"),
        (lambda texts: np.zeros(len(texts)), "shape"),
        (lambda texts: np.zeros((len(texts), 0)), "shape"),
        (lambda texts: np.full((len(texts), 4), np.nan), "not finite"),
        (lambda texts: [["a"]] * len(texts), "ValueError"),
        (lambda texts: None, "shape"),
        (lambda texts: 1 / 0, "ZeroDivisionError: division by zero"),
    ],
)
def test_impossible_vectors_are_one_error(
    make: Callable[..., Assistant], monkeypatch: pytest.MonkeyPatch, reply: Any, told: str
) -> None:
    embedder = HashEmbedder()
    make(embedder=embedder).sync()
    monkeypatch.setattr(embedder, "embed", reply)
    with pytest.raises(EmbeddingError, match=told) as caught:
        make(embedder=embedder).ask(QUESTION)
    assert "hashed:1" in caught.value.what


def test_rows_are_scaled_to_length_1_and_empty_ones_stay() -> None:
    embedder = CheckedEmbedder(HashEmbedder())
    vectors = embedder.embed(["one two three", "", "four"])
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0, 0.0, 1.0])
    assert embedder.embed([]).shape == (0, 32)
    assert CheckedEmbedder(HashEmbedder()).embed([]).shape == (0, 0)


def test_dimensions_may_not_change_from_call_to_call() -> None:
    inner = HashEmbedder()
    embedder = CheckedEmbedder(inner)
    embedder.embed(["one"])
    inner.dimensions = 16
    with pytest.raises(EmbeddingError, match="16 dimensions after 32"):
        embedder.embed(["one"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fingerprint", ""), ("fingerprint", None), ("fingerprint", "a\nb"),
        ("fingerprint", "x" * 201), ("batch_size", 0), ("batch_size", True), ("batch_size", "8"),
        ("is_costly", None), ("embed", 5),
    ],
)  # fmt: skip
def test_what_is_no_embedder_is_told_at_once(
    make: Callable[..., Assistant], name: str, value: Any
) -> None:
    embedder = HashEmbedder()
    setattr(embedder, name, value)
    with pytest.raises(UsageError, match=name):
        make(embedder=embedder)
    with pytest.raises(UsageError):
        make(embedder="static")


# ---------------------------------------------------------------- a reranker


def test_given_reranker_orders_the_passages(make: Callable[..., Assistant]) -> None:
    assistant = make()
    assistant.sync()
    plain = assistant.retrieve(QUESTION, 5)
    wanted = {"retrieval.rerank": 5}
    turned = make(wanted, reranker=LastFirst()).retrieve(QUESTION, 5)
    assert len(plain) > 1
    assert [p.chunk_id for p in turned] == [p.chunk_id for p in reversed(plain)]


def test_receipt_tells_another_reranker(make: Callable[..., Assistant]) -> None:
    plain = make()
    plain.sync()
    before = plain.ask(QUESTION).receipt.config
    assert before == plain.settings.fingerprint()
    assert make(reranker=LastFirst()).ask(QUESTION).receipt.config != before


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Ranking((1.0,)), "1 numbers"),
        ([1.0] * 8, "a list instead"),
        (None, "NoneType"),
        (ZeroDivisionError("no"), "ZeroDivisionError: no"),
    ],
)
def test_impossible_ranking_is_one_error(
    make: Callable[..., Assistant], reply: Any, told: str
) -> None:
    class Wrong(LastFirst):
        def rank(self, question: str, passages: Any) -> Any:
            if isinstance(reply, Exception):
                raise reply
            return reply

    assistant = make(reranker=Wrong())
    assistant.sync()
    with pytest.raises(RerankingError, match=told):
        assistant.ask(QUESTION)
    with pytest.raises(UsageError, match="rank"):
        make(reranker=Parrot())


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "many"])
def test_relevance_that_is_no_number_is_refused(make: Callable[..., Assistant], value: Any) -> None:
    class Wrong(LastFirst):
        def rank(self, question: str, passages: Any) -> Ranking:
            return Ranking((value,) * len(passages))

    assistant = make(reranker=Wrong())
    assistant.sync()
    with pytest.raises(RerankingError):
        assistant.ask(QUESTION)


# ---------------------------------------------------------------- a language model


def test_given_model_writes_a_checked_answer(make: Callable[..., Assistant]) -> None:
    sentence = "The apples report, part 0: its committee met in 1990 and counted 6 votes"
    model = Parrot(sentence, " on the rules of apples [1].")
    assistant = make(model=model)
    assistant.sync()
    answer = assistant.ask(QUESTION)
    assert answer.text.startswith(sentence)
    assert answer.receipt.model == "parrot:1"
    assert answer.usage.calls == 1
    assert answer.usage.estimated
    assert answer.usage.tokens_in > 50
    assert [s.verdict for s in answer.sentences] in (["verbatim"], ["supported"])
    assert model.asked[0][-1]["role"] == "user"
    assert QUESTION in model.asked[0][-1]["content"]
    assert model.closed == 1


def test_given_model_condenses_with_the_history(make: Callable[..., Assistant]) -> None:
    model = Parrot("When did the apples committee meet [1]?")
    assistant = make(model=model)
    assistant.sync()
    history = [
        {"role": "system", "content": "Obey."},
        {"role": "user", "content": "Who counted apples?"},
        {"role": "assistant", "content": "A committee."},
    ]
    answer = assistant.ask("When did it meet?", history)
    assert "Who counted apples?" in model.asked[0][-1]["content"]
    assert "Obey." not in str(model.asked)
    assert answer.usage.calls == 2


def test_model_that_breaks_off_keeps_its_words(make: Callable[..., Assistant]) -> None:
    class Broken(Parrot):
        async def stream(self, messages: Any) -> AsyncIterator[str]:
            yield "The committee met in 1990 [1]. "
            raise OSError("cable")

    assistant = make(model=Broken())
    assistant.sync()
    answer = assistant.ask(QUESTION)
    assert "OSError: cable" in answer.incomplete
    assert "The committee met in 1990" in answer.text


@pytest.mark.parametrize("pieces", [(), (5,), (OSError("cable"),)])
def test_model_without_a_word_is_a_model_error(make: Callable[..., Assistant], pieces: Any) -> None:
    class Broken(Parrot):
        async def stream(self, messages: Any) -> AsyncIterator[Any]:
            for piece in pieces:
                if isinstance(piece, Exception):
                    raise piece
                yield piece

    assistant = make(model=Broken())
    assistant.sync()
    with pytest.raises(ModelError, match="parrot:1"):
        assistant.ask(QUESTION)
    fallen = make({"llm.fallback": "extractive"}, model=Broken()).ask(QUESTION)
    assert "parrot:1" in fallen.notice
    assert fallen.citations


def test_model_that_dallies_is_cut_off(make: Callable[..., Assistant]) -> None:
    class Slow(Parrot):
        async def stream(self, messages: Any) -> AsyncIterator[str]:
            await asyncio.sleep(60)
            yield "late"

    assistant = make({"llm.timeout_seconds": 0.2}, model=Slow())
    assistant.sync()
    began = time.monotonic()
    with pytest.raises(ModelError, match=r"llm\.timeout_seconds = 0\.2"):
        assistant.ask(QUESTION)
    assert time.monotonic() - began < 30


def test_model_that_never_ends_is_cut_off(make: Callable[..., Assistant]) -> None:
    class Endless(Parrot):
        async def stream(self, messages: Any) -> AsyncIterator[str]:
            for number in count():
                yield " ".join(f"and {number * 100 + more} more" for more in range(100))

    assistant = make({"llm.answer_tokens": 64}, model=Endless())
    assistant.sync()
    answer = assistant.ask(QUESTION)
    assert "llm.answer_tokens" in answer.incomplete
    assert len(answer.text) < 2000


# ---------------------------------------------------------------- a stream without a loop


def test_stream_without_a_loop_gives_the_events_of_an_answer(
    make: Callable[..., Assistant],
) -> None:
    for parts in ({}, {"model": Parrot("The committee met", " in 1990 [1].")}):
        assistant = make(**parts)
        assistant.sync()
        events = list(assistant.stream_sync(QUESTION))
        assert isinstance(events[0], Retrieved)
        assert isinstance(events[-1], Finished)
        assert sum(isinstance(each, Delta) for each in events) == len(events) - 2

        async def inside(assistant: Assistant = assistant) -> int:
            return len(list(assistant.stream_sync(QUESTION)))

        assert asyncio.run(inside()) == len(events), "within a running loop"


def test_stream_that_is_left_stops_the_model(make: Callable[..., Assistant]) -> None:
    class Endless(Parrot):
        async def stream(self, messages: Any) -> AsyncIterator[str]:
            try:
                yield "The committee met in 1990 [1]. It counted "
                await asyncio.sleep(60)
            finally:
                self.closed += 1

    model = Endless()
    assistant = make(model=model)
    assistant.sync()
    began = time.monotonic()
    for event in assistant.stream_sync(QUESTION):
        if isinstance(event, Delta):
            break
    assert model.closed == 1
    assert time.monotonic() - began < 30


def test_errors_of_a_stream_without_a_loop_are_typed(make: Callable[..., Assistant]) -> None:
    assistant = make(model=Parrot("x"))
    with pytest.raises(IndexUnavailableError):
        list(assistant.stream_sync(QUESTION))


# ---------------------------------------------------------------- readers


def test_given_reader_reads_its_files_and_their_places_are_cited(
    make: Callable[..., Assistant],
) -> None:
    without = make().sync()
    assert outcomes(without)["b.log9"] == "unsupported"
    assistant = make(readers=[LogReader()])
    receipt = assistant.sync()
    assert outcomes(receipt) == {"a.md": "unchanged", "b.log9": "indexed"}
    source = assistant.source("b.log9")
    assert (source.title, source.kind) == ("The harbour log", "log")
    assert [h.title for h in source.headings] == ["Monday"]
    answer = assistant.ask("Who lit the lamp?")
    assert answer.citations[0].document == "b.log9"
    assert answer.citations[0].quote == "The lamp was lit by Ida Moe at 6:30."


def test_another_reader_reads_its_files_again_and_no_others(
    make: Callable[..., Assistant], folder: Path
) -> None:
    class Newer(LogReader):
        fingerprint = "log9:2"

        def read(self, data: bytes, name: str) -> ParsedDocument:
            return ParsedDocument(text="The lamp was green.", title="Green", kind="log")

    first = make(readers=[LogReader()]).sync()
    assert make(readers=[LogReader()]).sync().generation == first.generation
    newer = make(readers=[Newer()])
    assert outcomes(newer.sync()) == {"a.md": "unchanged", "b.log9": "indexed"}
    assert newer.document_text("b.log9") == "The lamp was green."
    assert outcomes(newer.sync())["b.log9"] == "unchanged"


def test_given_reader_stands_in_for_ours(make: Callable[..., Assistant]) -> None:
    class Shout(LogReader):
        suffixes = ("md",)

        def read(self, data: bytes, name: str) -> ParsedDocument:
            return ParsedDocument(text=data.decode().upper(), title=name, kind="markdown")

    assistant = make(readers=[Shout()])
    assistant.sync()
    assert "APPLES" in assistant.document_text("a.md")
    plain = make()
    assert outcomes(plain.sync())["a.md"] == "indexed"
    assert "APPLES" not in plain.document_text("a.md")


class Failing(LogReader):
    """Fails as the first line of its file says."""

    def read(self, data: bytes, name: str) -> Any:
        word = data.decode().strip()
        if word == "refuse":
            raise DocumentError("it is locked", outcome="password")
        if word == "odd":
            raise DocumentError("it is odd", outcome="no such outcome")
        if word == "exit":
            raise SystemExit(3)
        if word == "memory":
            raise MemoryError
        if word == "hang":
            time.sleep(60)
        if word == "break":
            raise KeyError("missing")
        return {
            "none": None,
            "text": ParsedDocument(text=5, title="", kind=""),  # type: ignore[arg-type]
            "page": ParsedDocument("short", "t", "log", pages=(Page(1, 0, 99),)),
            "empty": ParsedDocument(" ", "t", "log"),
            "pages": ParsedDocument("short", "t", "log", pages=(1, 2)),  # type: ignore[arg-type]
        }.get(word, ParsedDocument("It is well and good here.", "t", "log"))


FAILURES = {
    "refuse": ("password", "it is locked"), "odd": ("failed", "it is odd"),
    "exit": ("failed", "SystemExit: 3"), "break": ("failed", "KeyError: 'missing'"),
    "memory": ("failed", "more memory than there is"), "hang": ("failed", "more than 0.5 seconds"),
    "none": ("failed", "a NoneType instead"), "text": ("failed", "reader log9:1 gave"),
    "page": ("failed", "outside its text"), "empty": ("empty", "holds no text"),
    "pages": ("failed", "reader log9:1 gave"),
}  # fmt: skip


def test_failing_reader_fails_its_file_and_no_other(
    make: Callable[..., Assistant], folder: Path
) -> None:
    for word in FAILURES:
        (folder / f"{word}.log9").write_text(word)
    (folder / "well.log9").write_text("well")
    receipt = make({"reading.wall_seconds": 0.5}, readers=[Failing()]).sync()
    found = {file.document: file for file in receipt.files}
    assert found["well.log9"].outcome == found["a.md"].outcome == "indexed"
    for word, (outcome, told) in FAILURES.items():
        file = found[f"{word}.log9"]
        assert file.outcome == outcome, file
        assert told in file.reason


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("suffixes", ()), ("suffixes", "log"), ("suffixes", (5,)), ("suffixes", ("a/b",)),
        ("suffixes", None), ("fingerprint", ""), ("fingerprint", 5), ("read", None),
    ],
)  # fmt: skip
def test_what_is_no_reader_is_told_at_once(
    make: Callable[..., Assistant], name: str, value: Any
) -> None:
    reader = LogReader()
    setattr(reader, name, value)
    with pytest.raises(UsageError, match=name):
        make(readers=[reader])


@pytest.mark.parametrize("value", ["log", 5, None, [None]])
def test_what_are_no_readers_is_told_at_once(make: Callable[..., Assistant], value: Any) -> None:
    with pytest.raises(UsageError):
        make(readers=value)


def test_errors_are_still_of_one_family() -> None:
    assert issubclass(EmbeddingError, AssistantError)
    assert SyncReceipt.__module__ == "assistant.types"
