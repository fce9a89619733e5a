"""A published generation, opened for questions; each question follows ``CURRENT``."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from math import inf

from assistant.embedding import Vectors
from assistant.errors import IndexUnavailableError
from assistant.index.aside import own_copy, readable
from assistant.index.exact import MOST_NUMBERS, ExactVectors, cosines_of
from assistant.index.generations import (
    MANIFEST,
    STORE,
    VECTORS,
    WORDS,
    Generation,
    Generations,
    Manifest,
    check_files,
    hold_open,
)
from assistant.index.store import Store, damaged
from assistant.index.vector_server import Server, ServerVectors, no_server
from assistant.index.vectors import VectorIndex
from assistant.index.words import WordIndex
from assistant.text.terms import terms
from assistant.types import DocumentInfo

_COMPARED_ONE_BY_ONE = 2000
"""Chunks of a filter up to which their vectors are looked up and compared, in an index that is too
large to compare them all. Beyond, HNSW among given ids takes 6 ms and finds what it finds without
them."""


class Snapshot:
    """Store, words and vectors of one generation. Vectors are opened when first searched."""

    left_out: tuple[str, ...] = ()
    """Collections that should have been asked too, and why they were not."""

    def __init__(
        self, generation: Generation, check_megabytes: float = inf, server: Server | None = None
    ) -> None:
        self.manifest: Manifest = generation.manifest
        self._generation = generation
        self._server = server
        self._path = generation.path
        self._exits = ExitStack()
        with self._exits:
            self._hold = self._exits.enter_context(hold_open(generation))
            check_files(generation, check_megabytes)
            self.store = Store(generation.path / STORE)
            self._exits.callback(self.store.close)
            self.store.vectors.only_of(self.manifest.embedder)
            self.words = WordIndex(readable(generation.path / WORDS, self._exits))
            self._exits = self._exits.pop_all()
        self._vectors: VectorIndex | ServerVectors | None = None
        self._exact: ExactVectors | None = None
        numbers = self.manifest.chunks * self.manifest.dimensions
        self._is_compared = 0 < numbers <= MOST_NUMBERS
        self._lock = threading.Lock()
        self._infos: tuple[tuple[str, DocumentInfo], ...] | None = None
        self._users = 0
        self._retired = False

    @property
    def vectors(self) -> VectorIndex | ServerVectors:
        """The vector index of this generation, in its folder or on a server."""
        with self._lock:
            if self._vectors is None:
                self._vectors = self._open_vectors()
            return self._vectors

    def _open_vectors(self) -> VectorIndex | ServerVectors:
        collection = self.manifest.collection
        if not collection:
            return VectorIndex(own_copy(self._path / VECTORS, self._exits))
        if self._server is None:
            raise no_server(self._generation)
        return ServerVectors(self._server, collection, self.manifest.chunks, self.store.existing)

    def nearest(
        self, vector: Vectors, limit: int, within: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Chunk ids with their cosine similarity to one unit vector, best first.

        ``within`` names the only chunks that count. Up to a size every chunk is compared, so that
        none is missed and equals are in the order of their documents' names. Of a larger index only
        those within are, if they are few; else Chroma finds the neighbours.
        """
        exact = self._compared()
        if exact is not None:
            return exact.nearest(vector, limit, within)
        if within is None or len(within) > _COMPARED_ONE_BY_ONE:
            return self.vectors.search(vector, limit, within)
        cosines = cosines_of(self.vectors_of(self.store.in_order(within)), vector)
        return sorted(cosines.items(), key=lambda hit: -hit[1])[: max(0, limit)]

    def cosines(self, vector: Vectors, chunk_ids: Sequence[str]) -> dict[str, float]:
        """The cosine similarity of some chunks to one unit vector, for those that exist."""
        exact = self._compared()
        if exact is not None:
            return exact.cosines(vector, chunk_ids)
        return cosines_of(self.vectors_of(chunk_ids), vector)

    def _compared(self) -> ExactVectors | None:
        """All vectors, where they are few enough to be compared with every question; read once."""
        if not self._is_compared:
            return None
        with self._lock:
            if self._exact is None:
                order = self.store.order()
                rows = self.store.vectors.all_of(order)
                if rows is None:  # an index of an earlier version, until its next ingest
                    self._is_compared = False
                    return None
                self._exact = ExactVectors(order, rows)
            return self._exact

    def vectors_of(self, chunk_ids: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of some chunks, for those that exist: as the store keeps them; Chroma's of
        files that were indexed before it kept them."""
        found = self.store.vectors.get(chunk_ids)
        rest = [each for each in chunk_ids if each not in found]
        return {**found, **self.vectors.vectors(rest)} if rest else found

    def collection_of(self, name: str) -> str:
        """The collection of a document; an empty text where there is one index only."""
        return ""

    def infos(self) -> tuple[tuple[str, DocumentInfo], ...]:
        """What is known of every document, each with its id; looked up once."""
        if self._infos is None:
            self._infos = tuple((each.id, each.info()) for each in self.store.documents())
        return self._infos

    def holding(self, sentence: str, language: str = "", limit: int = 40) -> list[tuple[str, str]]:
        """(document, text) of chunks that hold all words of a sentence in a language, wherever
        they stand."""
        found = self.words.holding_all(terms(sentence, language), limit)
        chunks = self.store.chunks(found).values()
        documents = self.store.by_ids({chunk.document_id for chunk in chunks})
        return [(documents[chunk.document_id].name, chunk.text) for chunk in chunks]

    @contextlib.contextmanager
    def used(self) -> Iterator[Snapshot]:
        """Keep the files open for the length of one question."""
        with self._lock:
            self._users += 1
        try:
            yield self
        finally:
            with self._lock:
                self._users -= 1
                last = self._retired and self._users == 0
            if last:
                self._close()

    @property
    def by_words_only(self) -> tuple[str, ...]:
        """Collections that were searched without their vectors last, with the reason."""
        return ()

    def is_on_disk(self) -> bool:
        """Whether the open files are still those at their path: an index that was removed and
        built anew begins again with the first name."""
        try:
            there = os.stat(self._path / MANIFEST)
        except OSError:
            return False
        return os.path.samestat(there, os.fstat(self._hold.fileno()))

    def retire(self) -> None:
        """Close once the last question that uses it is done."""
        with self._lock:
            self._retired = True
            idle = self._users == 0
        if idle:
            self._close()

    def _close(self) -> None:
        if self._vectors is not None:
            self._vectors.close()
        self._exits.close()


class SnapshotReader:
    """Gives the current snapshot, opening the new one when ``CURRENT`` has moved."""

    def __init__(
        self,
        generations: Generations,
        check_megabytes: float = inf,
        server: Server | None = None,
    ) -> None:
        self._check_megabytes = check_megabytes
        self._server = server
        self._generations = generations
        self._snapshot: Snapshot | None = None
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def current(self) -> Iterator[Snapshot]:
        """The current snapshot for one question. Raises ``IndexUnavailableError``."""
        with self.leased() as snapshot:
            try:
                yield snapshot
            except sqlite3.DatabaseError as exc:  # of a large index only sizes are compared
                raise damaged(snapshot._path / STORE, exc) from exc

    @contextlib.contextmanager
    def leased(self) -> Iterator[Snapshot]:
        """The same; errors of SQLite while it is read are the caller's."""
        with self._lock:
            snapshot = self._follow()
            lease = snapshot.used()
            lease.__enter__()
        try:
            yield snapshot
        finally:
            lease.__exit__(None, None, None)

    def close(self) -> None:
        """Close what is open."""
        with self._lock:
            if self._snapshot is not None:
                self._snapshot.retire()
                self._snapshot = None

    def _follow(self) -> Snapshot:
        for attempt in range(3):
            name = self._generations.current_name()
            if not name:
                raise IndexUnavailableError(
                    f"There is no index in {self._generations.root}",
                    hint="run `assistant ingest PATH` first",
                )
            snapshot = self._snapshot
            if snapshot and snapshot.manifest.name == name and snapshot.is_on_disk():
                return snapshot
            self._generations.close_to_others()
            try:
                opened = Snapshot(self._generations.load(name), self._check_megabytes, self._server)
            except IndexUnavailableError:
                # A writer may have published and collected between the two steps: look again.
                if attempt == 2 or self._generations.current_name() == name:
                    raise
                continue
            if self._snapshot is not None:
                self._snapshot.retire()
            self._snapshot = opened
            return opened
        raise AssertionError("unreachable")
