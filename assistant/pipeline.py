"""``class Assistant``: the page to read first. Folders go in, a question goes in, answers come out.

    sync:  folder ─ scan ─ plan ─▶ read, chunk, embed ─▶ next generation ─ verify ─▶ switch
    ask:   question ─▶ retrieve ─▶ extract, or a model's words checked ─▶ answer, or abstain

``ask`` folds the same stream that a screen draws (``answering/events.py``).
"""

from __future__ import annotations

import copy
import dataclasses
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from assistant.arguments import check_address, check_callable, check_limit, checked_paths
from assistant.errors import AssistantError, IndexUnavailableError, SettingsError, UsageError
from assistant.resources import Resources
from assistant.settings import LLMSettings, Settings, load_settings
from assistant.settings.collections import DEFAULT, chosen_collections, parted
from assistant.sources import DEFAULT_PAGES, SourceKind
from assistant.text.visible import shown_value, whole_characters
from assistant.types import (
    NO_FILTERS,
    Answer,
    DocumentInfo,
    Event,
    FileOutcome,
    Filters,
    Finished,
    Passage,
    Progress,
    RecognisedWord,
    Source,
    Status,
    SyncReceipt,
)

if TYPE_CHECKING:
    from assistant.embedding import Embedder
    from assistant.index.snapshot import Snapshot
    from assistant.llamaindex import HybridRetriever
    from assistant.model.given import ModelClient
    from assistant.reading.added import DocumentReader
    from assistant.retrieval.history import History
    from assistant.retrieval.question import Asked
    from assistant.retrieval.rerankers import Reranker

ProgressCallback = Callable[[Progress], None]


class Assistant:
    """Answers questions from the documents of its settings; use it as a context manager.

    Safe to use from several threads. A question always sees one whole generation of the index,
    the one that is current when it is asked, whoever wrote it.

    ``embedder``, ``reranker`` and ``model`` stand in for those that the settings name; ``readers``
    read the files of their suffixes, in this process. The index is bound to the embedder's
    fingerprint, whichever it is. Raises ``SettingsError`` for settings that are none, and
    ``UsageError`` for a part that lacks a member.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        embedder: Embedder | None = None,
        reranker: Reranker | None = None,
        model: ModelClient | None = None,
        readers: Iterable[DocumentReader] = (),
    ) -> None:
        if not isinstance(settings, Settings | None):
            raise SettingsError(
                f"The settings {shown_value(settings)} are no Settings",
                hint='load_settings("config.yaml") and load_settings(overrides={…}) make them',
            )
        self.settings = settings or load_settings()
        readers = tuple(readers) if isinstance(readers, Iterator) else readers
        self._given: dict[str, Any] = {
            "embedder": embedder, "reranker": reranker, "model": model, "readers": readers,
        }  # fmt: skip
        self._collections: dict[str, Assistant] = {}
        self._lock = threading.Lock()
        self._resources = Resources(
            self.settings, embedder=embedder, reranker=reranker, model=model, readers=readers
        )

    @property
    def model_name(self) -> str:
        """The language model that writes the answers, by its name; empty where none does."""
        return self._resources.model_name

    def with_language_model(self, llm: LLMSettings) -> Assistant:
        """This assistant with another language model for its questions, or with none for an empty
        name. Both share the index and all else, so this one alone is to be closed; questions that
        are running keep their model.
        """
        other = copy.copy(self)
        other._resources = self._resources.with_language_model(llm)
        other.settings = other._resources.settings
        other._given = {**self._given, "model": None}
        return other

    def __enter__(self) -> Assistant:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the index. The assistant opens it again when it is used again."""
        self._resources.close()
        for each in self._collections.values():
            each.close()

    # ------------------------------------------------------------ the folder

    def sync(
        self,
        paths: Iterable[str | Path] | str | Path | None = None,
        dry_run: bool = False,
        progress: ProgressCallback | None = None,
        *,
        allow_empty: bool = False,
        forget: Iterable[str | Path] = (),
        ray_address: str = "",
    ) -> SyncReceipt:
        """Bring the index in line with the folders and say per file what happened.

        ``paths`` names folders or files; without it ``documents.paths`` and every folder named
        before. ``forget`` takes folders out of the index. ``ray_address`` has files parsed on
        that Ray cluster ("auto": the one that runs here) instead of on this machine. Raises
        ``AssistantError``; then the old index still answers.
        """
        from assistant.index.loading import Load
        from assistant.index.processes.reading_process import load_apart
        from assistant.index.sync import Synchroniser

        named = checked_paths("paths", paths) if paths is not None else None
        forgotten = checked_paths("forget", forget)
        check_address("ray_address", ray_address)
        if progress is not None:
            check_callable("progress", progress)
        load: Load = load_apart
        if ray_address and not dry_run:
            from assistant.index.on_ray import on_ray

            load = on_ray(ray_address)
        with ExitStack() as stack:
            placer = self._resources.placer()
            if placer is not None:
                stack.callback(placer.close)
            synchroniser = Synchroniser(
                self.settings,
                self._resources.generations,
                self._resources.embedder,
                load,
                fingerprint=self._resources.embedder_fingerprint(),
                readers=self._resources.readers,
                placer=placer,
            )
            return synchroniser.sync(
                named,
                dry_run=dry_run,
                allow_empty=allow_empty,
                forget=forgotten,
                progress=progress,
            )

    def add(
        self,
        source: str | Path,
        progress: ProgressCallback | None = None,
        *,
        kind: SourceKind = "auto",
        revision: str = "HEAD",
        most_pages: int = DEFAULT_PAGES,
    ) -> SyncReceipt:
        """Keep a copy of one public web page, or of the files of a zip or tar archive, in the
        index's folder, and index it.

        ``kind="sitemap"``: the pages that the sitemap at an address names, of its own host, at most
        ``most_pages``. ``kind="repository"``: the files of a git repository (its folder, or an
        https address) at ``revision``. Nothing but this call fetches anything. Raises
        ``UsageError`` for a private address and for what is nothing of this, and ``DocumentError``
        for what cannot be read.
        """
        from assistant.index.scan import access_of
        from assistant.sources.adding import NamedSource, add_source
        from assistant.sources.archives import UnpackingLimits
        from assistant.sources.keeping import KeptSources

        [named] = checked_paths("source", [source]) if isinstance(source, Path) else [source]
        if not isinstance(named, str | Path):
            raise UsageError(f"The source {shown_value(source)} is no address and no path")
        sources = KeptSources(self.settings.index.path)
        most_bytes = access_of(self.settings.documents).most_bytes
        limits = UnpackingLimits(most_bytes, self.settings.reading.max_expansion)
        asked = NamedSource(str(named), kind, revision, most_pages)
        added = add_source(asked, sources, limits)
        receipt = self.sync([sources.folder], progress=progress)
        left_out = tuple(
            FileOutcome(name, "skip", "unsupported", reason) for name, reason in added.left_out
        )
        return dataclasses.replace(receipt, files=(*receipt.files, *left_out))

    def watch(
        self,
        tell: Callable[[SyncReceipt | AssistantError], None],
        paths: Iterable[str | Path] | str | Path | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        """Sync now and after every change of the folders, until ``stop`` is set or Ctrl-C.

        ``tell`` is given the receipt of every sync that did something, and the error of one that
        could not be done; neither ends the watch.
        """
        from assistant.index.watching import Watcher

        named = checked_paths("paths", paths) if paths is not None else None
        check_callable("tell", tell)
        Watcher(
            sync=lambda: self.sync(named),
            folders=lambda: named if named is not None else self._folders(),
            index_path=self.settings.index.path,
            settings=self.settings.watch,
            tell=tell,
            stop=stop or threading.Event(),
        ).run()

    def _folders(self) -> list[Path]:
        """The folders of the settings and those that were named by hand before."""
        try:
            with self._resources.snapshots().current() as snapshot:
                before = [Path(path) for path in snapshot.store.roots()]
        except IndexUnavailableError:
            before = []
        return list(dict.fromkeys([*self.settings.documents.paths, *before]))

    def status(self) -> Status:
        """What the index holds. Raises ``IndexUnavailableError`` when there is none."""
        import sqlite3

        from assistant.index.generations import STORE
        from assistant.index.store import Store, damaged

        generation = self._resources.generations.current()
        if generation is None:
            raise _no_index(self._resources.generations.root)
        store = Store(generation.path / STORE)
        try:
            missing = store.not_indexed()
            partial = tuple(each.info() for each in store.documents() if each.notes)
        except sqlite3.DatabaseError as exc:
            raise damaged(generation.path / STORE, exc) from exc
        finally:
            store.close()
        manifest = generation.manifest
        return Status(
            index_path=str(self._resources.generations.root),
            generation=manifest.name,
            created=manifest.created,
            documents=manifest.documents,
            chunks=manifest.chunks,
            not_indexed=tuple(
                FileOutcome(n.name, "skip", n.outcome, n.reason)  # type: ignore[arg-type]
                for n in missing
            ),
            embedder=manifest.embedder,
            generations=self._resources.generations.names(),
            size_bytes=sum(p.stat().st_size for p in generation.path.rglob("*") if p.is_file()),
            partial=partial,
        )

    def rollback(self) -> Status:
        """Return to the generation before the current one."""
        with self._resources.generations.writer(self.settings.index.lock_timeout_seconds):
            self._resources.generations.rollback()
        return self.status()

    def move_index(
        self, to: Literal["server", "embedded"], progress: ProgressCallback | None = None
    ) -> Status:
        """Take the vectors to the Chroma server of ``index.chroma_url``, or back into the folder.

        Nothing is embedded. Raises ``UsageError`` when they are there already, and
        ``IndexUnavailableError`` when the server fails; the index then answers as before.
        """
        from assistant.index.moving import move
        from assistant.index.vector_server import server_of

        if to not in ("server", "embedded"):
            raise UsageError(
                f"An index is not moved to {shown_value(to)}", hint='"server" or "embedded"'
            )
        index = self.settings.index
        server = server_of(index)
        if to == "server" and server is None:
            raise UsageError(
                "index.chroma_url is empty",
                hint="set it to the server's address, for example http://localhost:8000",
            )
        move(
            self._resources.generations,
            server if to == "server" else None,
            server,
            lock_timeout_seconds=index.lock_timeout_seconds,
            keep_previous=index.keep_previous,
            progress=progress or (lambda _: None),
        )
        return self.status()

    def export_index(self, path: str | Path) -> Path:
        """Write the index as one file with checksums: texts, words and vectors, no documents.

        Raises ``UsageError`` where the file is there already.
        """
        from assistant.index.packing import export_index

        [target] = checked_paths("path", [path])
        export_index(self._resources.generations, target)
        return target

    def import_index(self, path: str | Path, *, replace: bool = False) -> Status:
        """Make an exported index the current generation; ``replace`` an index that is there.

        Raises ``IndexDamagedError`` for a file that is damaged, and ``IndexUnavailableError`` for
        one of a newer version; then nothing has changed.
        """
        from assistant.index.packing import import_index

        [source] = checked_paths("path", [path])
        import_index(
            self._resources.generations,
            source,
            replaces=replace,
            lock_timeout_seconds=self.settings.index.lock_timeout_seconds,
        )
        return self.status()

    def document_text(self, document: str) -> str:
        """The stored text of a document, in which all spans count."""
        return self.source(document).text

    def source(self, document: str) -> Source:
        """A document as the index holds it. Raises ``UsageError`` for one that it does not."""
        with self._containing(document) as snapshot:
            is_name = isinstance(document, str) and document == whole_characters(document)
            found = snapshot.store.document(document) if is_name else None
            if found is None:
                raise UsageError(
                    f"The index holds no document {shown_value(document)}",
                    hint="`assistant status` lists them",
                )
            parsed = snapshot.store.parsed(found.id)
            place = found.place if found.relative else found.root
            if self.settings.documents.follow_symlinks:  # whoever opens it follows none
                place = os.path.realpath(place)
            return Source(
                name=found.name,
                title=found.title,
                kind=found.kind,
                sha256=found.sha256,
                path=place,
                text=parsed.text,
                pages=parsed.pages,
                headings=parsed.headings,
            )

    def recognised_words(self, document: str, page: int) -> tuple[RecognisedWord, ...]:
        """The words of a document's page that were read from its picture, with their boxes; none
        for a page with text, and for a document or a page that is not there."""
        with self._containing(document) as snapshot:
            found = snapshot.store.document(document)
            return snapshot.store.recognised(found.id, page) if found else ()

    def documents(self, collections: Sequence[str] = ()) -> tuple[str, ...]:
        """The names of all documents in the index, or in these collections."""
        with self._resources.opened(collections) as snapshot:
            return tuple(document.name for document in snapshot.store.documents())

    def document_infos(self, collections: Sequence[str] = ()) -> tuple[DocumentInfo, ...]:
        """Title, kind, date, language, author and gaps of every document, by name."""
        with self._resources.opened(collections) as snapshot:
            return tuple(info for _, info in snapshot.infos())

    def collection_of(self, document: object) -> str:
        """The collection that a document of this name would be in; the name need not exist."""
        if not isinstance(document, str):
            return DEFAULT
        return parted(document, tuple(self.settings.index.collections))[0]

    def of_collection(self, name: str) -> Assistant:
        """An assistant for one collection alone, with the same embedder, models and readers: its
        ``sync``, ``status``, ``rollback`` and ``export_index``. Its names have no collection.

        Raises ``UsageError`` for one that is not there.
        """
        settings = self.settings.of_collection(name)
        if not self.settings.index.collections:
            return self
        with self._lock:
            if name not in self._collections:
                self._collections[name] = Assistant(settings, **self._given)
            return self._collections[name]

    def _containing(self, document: str) -> AbstractContextManager[Snapshot]:
        return self._resources.opened((self.collection_of(document),))

    # ------------------------------------------------------------ questions

    def ask(
        self,
        question: str,
        history: History = (),
        *,
        filters: Filters = NO_FILTERS,
        collections: Sequence[str] = (),
        deep: bool = False,
    ) -> Answer:
        """Answer a question, or abstain. With ``deep`` the language model writes a report in
        sections, by at most ``answer.deep_calls`` calls.

        ``history`` holds earlier turns: (question, answer) pairs, or messages such as
        ``{"role": "user", "content": "Who?"}``. ``filters`` say which documents are asked, and
        ``collections`` of which indexes (``["default", "handbook"]``, or ``["all"]``). Raises
        ``QuestionError`` for an empty or oversized question and for a history that is none,
        ``FilterError`` for a filter that is of no use or that no document fits, ``UsageError`` for
        a collection that is not there and for ``deep`` without a language model,
        ``IndexUnavailableError`` without an index, and ``ModelError`` when that model fails.
        """
        filters = self.within(collections, filters)
        return _whole(self.stream_sync(question, history, filters=filters, deep=deep))

    def within(self, collections: Sequence[str], filters: Filters = NO_FILTERS) -> Filters:
        """The filters, for these collections. Raises ``UsageError`` for one that is not there."""
        from assistant.retrieval.filters import given_filters

        filters = given_filters(filters)
        if not collections and collections != "":
            return filters
        chosen = chosen_collections(collections, self.settings.collection_names())
        return dataclasses.replace(filters, collections=chosen)

    def quote(self, question: str, *, filters: Filters = NO_FILTERS) -> Answer:
        """The answer without a language model, whichever is set; errors as in ``ask``."""
        from assistant.answering.events import quoted_events

        asked, filters = self._checked(question, (), filters)
        return _whole(quoted_events(self._resources, asked, filters))

    def stream_sync(
        self,
        question: str,
        history: History = (),
        *,
        filters: Filters = NO_FILTERS,
        deep: bool = False,
    ) -> Iterator[Event]:
        """The same answer as events: Retrieved, then Delta by Delta, then Finished. An answer that
        takes several calls of the model has Progress events too.

        Leaving the iterator early stops the model. ``stream`` is for a program with an event loop.
        """
        if not self._resources.writes:
            self._resources.load_reader_ahead()
        from assistant.answering.events import answer_events

        asked, filters = self._checked(question, history, filters, deep)
        yield from answer_events(self._resources, asked, filters, deep=deep)

    async def stream(
        self,
        question: str,
        history: History = (),
        *,
        filters: Filters = NO_FILTERS,
        deep: bool = False,
    ) -> AsyncIterator[Event]:
        """What ``stream_sync`` gives, for a program with an event loop.

        Work that takes long is done in a thread, so the loop stays free. Closing the iterator
        stops the model at once.
        """
        from assistant.answering.events import answer_events_async

        asked, filters = self._checked(question, history, filters, deep)
        events = answer_events_async(self._resources, asked, filters, deep=deep)
        try:
            async for event in events:
                yield event
        finally:
            await events.aclose()  # type: ignore[attr-defined]

    def retrieve(
        self, question: str, limit: int | None = None, *, filters: Filters = NO_FILTERS
    ) -> tuple[Passage, ...]:
        """The passages for a question, best first, without an answer; at most ``limit``."""
        from assistant.retrieval.search import search

        asked, filters = self._checked(question, (), filters)
        check_limit(limit)
        with self._resources.opened(filters.collections) as snapshot:
            tools = self._resources.search_tools()
            return search(asked, snapshot, tools, filters, limit).passages

    def as_retriever(
        self, limit: int | None = None, *, filters: Filters = NO_FILTERS
    ) -> HybridRetriever:
        """This assistant's retrieval as a LlamaIndex ``BaseRetriever``; errors as in
        ``retrieve``."""
        from assistant.llamaindex import HybridRetriever
        from assistant.retrieval.filters import given_filters

        check_limit(limit)
        return HybridRetriever(self, limit, given_filters(filters))

    def _checked(
        self, question: str, history: History, filters: Filters, deep: bool = False
    ) -> tuple[Asked, Filters]:
        """What comes in, checked. Raises ``FilterError``, ``QuestionError`` and ``UsageError``."""
        from assistant.retrieval.filters import given_filters
        from assistant.retrieval.question import checked_question

        if not isinstance(deep, bool):
            raise UsageError(f"deep is {shown_value(deep)}", hint="it is True or False")
        if deep and not self._resources.writes:
            raise UsageError(
                "A report is written by a language model, and none is set",
                hint="set llm.model, or give `assistant ask` --model",
            )

        filters = given_filters(filters)
        most = self.settings.answer.max_question_characters
        return checked_question(question, history, most), filters


def ask(question: str, settings: Settings | None = None) -> Answer:
    """Answer one question with the nearest ``config.yaml``; indexes the folder on first use."""
    with Assistant(settings) as assistant:
        try:
            assistant.status()
        except IndexUnavailableError:
            assistant.sync()
        return assistant.ask(question)


def _whole(events: Iterator[Event]) -> Answer:
    """The answer at the end of its events."""
    answer: Answer | None = None
    for event in events:
        if isinstance(event, Finished):
            answer = event.answer
    if answer is None:
        raise AssertionError("a stream ends with Finished")
    return answer


def _no_index(root: Path) -> IndexUnavailableError:
    return IndexUnavailableError(
        f"There is no index in {root}", hint="run `assistant ingest PATH` first"
    )
