"""``class Assistant``: the page to read first. A question goes in, events come out.

    question ─ check ─ analyse ─▶ retrieve ─▶ extract ─▶ confident? ─▶ answer, or abstain

``ask`` folds the same stream that a screen draws. Imports of heavy parts stand where they are
needed, because ``--help`` and an unchanged sync must not pay for them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from assistant.errors import IndexUnavailableError, UsageError
from assistant.settings import Settings, load_settings
from assistant.types import (
    Answer,
    Delta,
    Event,
    FileOutcome,
    Finished,
    Passage,
    Progress,
    Retrieved,
    Status,
    SyncReceipt,
)

if TYPE_CHECKING:
    from assistant.answering import Draft
    from assistant.embedding import Embedder
    from assistant.index.snapshot import Snapshot, SnapshotReader
    from assistant.questions import Question, Turn
    from assistant.retrieval import SentenceIndex

ProgressCallback = Callable[[Progress], None]


class Assistant:
    """Answers questions from the documents of its settings; use it as a context manager.

    Safe to use from several threads. A question always sees one whole generation of the index,
    the one that is current when it is asked, whoever wrote it.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        from assistant.index.generations import Generations

        self.settings = settings or load_settings()
        self._generations = Generations(self.settings.index.path)
        self._snapshots: SnapshotReader | None = None
        self._embedder: Embedder | None = None
        self._sentences: SentenceIndex | None = None
        self._lock = threading.RLock()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the index. The assistant opens it again when it is used again."""
        with self._lock:
            if self._snapshots is not None:
                self._snapshots.close()
                self._snapshots = None

    # ------------------------------------------------------------ the folder

    def sync(
        self,
        paths: Iterable[str | Path] | str | Path | None = None,
        dry_run: bool = False,
        progress: ProgressCallback | None = None,
        *,
        allow_empty: bool = False,
        forget: Iterable[str | Path] = (),
    ) -> SyncReceipt:
        """Bring the index in line with the folders and say per file what happened.

        ``paths`` names folders or files; without it ``documents.paths`` and every folder named
        before. ``forget`` takes folders out of the index. Raises ``AssistantError``; then
        the old index still answers.
        """
        from assistant.index.sync import Synchroniser

        if isinstance(paths, str | Path):
            paths = [paths]
        named = [Path(path).expanduser() for path in paths] if paths is not None else None
        synchroniser = Synchroniser(self.settings, self._generations, self._load_embedder)
        return synchroniser.sync(
            named,
            dry_run=dry_run,
            allow_empty=allow_empty,
            forget=[Path(path).expanduser() for path in forget],
            progress=progress,
        )

    def status(self) -> Status:
        """What the index holds. Raises ``IndexUnavailableError`` when there is none."""
        from assistant.index.generations import STORE
        from assistant.index.store import Store

        generation = self._generations.current()
        if generation is None:
            raise _no_index(self._generations.root)
        store = Store(generation.path / STORE)
        try:
            missing = store.not_indexed()
        finally:
            store.close()
        manifest = generation.manifest
        return Status(
            index_path=str(self._generations.root),
            generation=manifest.name,
            created=manifest.created,
            documents=manifest.documents,
            chunks=manifest.chunks,
            not_indexed=tuple(
                FileOutcome(n.name, "skip", n.outcome, n.reason)  # type: ignore[arg-type]
                for n in missing
            ),
            embedder=manifest.embedder,
            generations=self._generations.names(),
            size_bytes=sum(p.stat().st_size for p in generation.path.rglob("*") if p.is_file()),
        )

    def rollback(self) -> Status:
        """Return to the generation before the current one."""
        with self._generations.writer(self.settings.index.lock_timeout_seconds):
            self._generations.rollback()
        return self.status()

    def document_text(self, document: str) -> str:
        """The stored text of a document, in which all spans count."""
        with self._open().current() as snapshot:
            found = snapshot.store.document(document)
            if found is None:
                raise UsageError(
                    f"The index holds no document {document!r}",
                    hint="`assistant status` lists them",
                )
            return snapshot.store.parsed(found.id).text

    def documents(self) -> tuple[str, ...]:
        """The names of all documents in the index."""
        with self._open().current() as snapshot:
            return tuple(document.name for document in snapshot.store.documents())

    # ------------------------------------------------------------ questions

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question, or abstain. ``history`` holds earlier (question, answer) pairs.

        Raises ``QuestionError`` for an empty or oversized question and ``IndexUnavailableError``
        without an index.
        """
        for event in self._events(question, history):
            if isinstance(event, Finished):
                return event.answer
        raise AssertionError("a stream ends with Finished")

    async def stream(self, question: str, history: Sequence[Turn] = ()) -> AsyncIterator[Event]:
        """The same answer as events: Retrieved, then Delta by Delta, then Finished.

        The work is done in a thread, so the loop stays free.
        """
        import asyncio

        events = self._events(question, history)
        while True:
            event = await asyncio.to_thread(next, events, None)
            if event is None:
                return
            yield event

    def retrieve(self, question: str, limit: int | None = None) -> tuple[Passage, ...]:
        """The passages for a question, best first, without an answer."""
        with self._open().current() as snapshot:
            return tuple(self._retrieve(self._analyse(question, (), snapshot), snapshot, limit))

    def as_retriever(self, limit: int | None = None) -> Any:
        """This assistant's retrieval as a LlamaIndex ``BaseRetriever``."""
        from assistant.retriever import HybridRetriever

        return HybridRetriever(self, limit)

    def _events(self, text: str, history: Sequence[Turn]) -> Iterator[Event]:
        from assistant.answering import converse, draft, finish
        from assistant.questions import check_question

        began = time.perf_counter()
        text = check_question(text, self.settings.answer.max_question_characters)
        reply = converse(text, self.settings.fingerprint())
        if reply is not None:
            yield Retrieved(text, ())
            yield Delta(reply.text)
            yield Finished(reply)
            return
        timings: dict[str, float] = {}
        with self._open().current() as snapshot:
            question = self._analyse(text, history, snapshot)
            timings["open"] = time.perf_counter() - began
            passages = self._retrieve(question, snapshot, None)
            timings["retrieve"] = time.perf_counter() - began - sum(timings.values())
            yield Retrieved(question.standalone, tuple(passages))
            made: Draft = draft(
                question,
                passages,
                self._sentence_index(),
                self.settings.answer,
                snapshot.store.read_text,
            )
            if made.text:
                yield Delta(made.text)
            timings["answer"] = time.perf_counter() - began - sum(timings.values())
            timings["total"] = time.perf_counter() - began
            yield Finished(finish(made, passages, snapshot, self.settings.fingerprint(), timings))

    def _analyse(self, text: str, history: Sequence[Turn], snapshot: Snapshot) -> Question:
        from assistant.questions import analyse
        from assistant.retrieval import inverse_document_frequency

        return analyse(text, history, lambda term: inverse_document_frequency(snapshot, term))

    def _retrieve(self, question: Question, snapshot: Snapshot, limit: int | None) -> list[Passage]:
        from assistant.retrieval import retrieve

        self._check_embedder(snapshot)
        return retrieve(
            question,
            snapshot,
            self._load_embedder(),
            self._sentence_index(),
            self.settings.retrieval,
            limit,
        )

    # ------------------------------------------------------------ parts, opened when needed

    def _open(self) -> SnapshotReader:
        from assistant.index.snapshot import SnapshotReader

        with self._lock:
            if self._snapshots is None:
                self._snapshots = SnapshotReader(self._generations)
            return self._snapshots

    def _load_embedder(self) -> Embedder:
        from assistant.embedding import make_embedder

        with self._lock:
            if self._embedder is None:
                self._embedder = make_embedder(self.settings.embedding)
            return self._embedder

    def _sentence_index(self) -> SentenceIndex:
        from assistant.embedding.static import StaticEmbedder
        from assistant.retrieval import SentenceIndex

        with self._lock:
            if self._sentences is None:
                embedder = self._load_embedder()
                if not isinstance(embedder, StaticEmbedder):
                    embedder = StaticEmbedder()
                self._sentences = SentenceIndex(embedder)
            return self._sentences

    def _check_embedder(self, snapshot: Snapshot) -> None:
        from assistant.embedding import fingerprint_of

        wanted = fingerprint_of(self.settings.embedding)
        built_with = snapshot.manifest.embedder
        if wanted != built_with:
            raise IndexUnavailableError(
                f"The index was built with the embedder {built_with}, the settings name {wanted}",
                hint="run `assistant ingest` to embed the documents anew, or set "
                "embedding.provider back",
            )


def ask(question: str, settings: Settings | None = None) -> Answer:
    """Answer one question with the nearest ``config.yaml``; indexes the folder on first use."""
    with Assistant(settings) as assistant:
        try:
            assistant.status()
        except IndexUnavailableError:
            assistant.sync()
        return assistant.ask(question)


def _no_index(root: Path) -> IndexUnavailableError:
    return IndexUnavailableError(
        f"There is no index in {root}", hint="run `assistant ingest PATH` first"
    )
