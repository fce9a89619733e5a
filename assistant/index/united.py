"""Several indexes as one, for a question that is asked of several collections.

A united snapshot has what an ordinary one has, so that everything after it works as on one index:
documents are called ``NAME:path``, ids begin with the collection. Cosines of one embedder compare
as they are. BM25 scores do not, because each index has its own rarities: every index counts a term
with the idf over all of them, so scores are those of one index but for the mean length of a chunk.

A collection that cannot be opened is left out, and the answer says so. One whose server of vectors
stops answering is searched by words alone until it answers again, and the answer says that, too.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.embedding import Vectors
from assistant.errors import IndexDamagedError, IndexUnavailableError
from assistant.index.generations import FORMAT, Manifest
from assistant.index.snapshot import Snapshot, SnapshotReader
from assistant.index.united_store import UnitedStore, UnitedWords, by_collection, whole_id
from assistant.settings.collections import parted
from assistant.types import DocumentInfo

Members = Mapping[str, Snapshot]
"""The opened snapshots by the names of their collections."""
_MOST_KEPT = 16


class UnitedSnapshot(Snapshot):
    """Snapshots of several collections as one, for reading. ``left_out`` says in words which
    others should have been asked, and why they were not; ``by_words_only`` which of its own had no
    vectors at their last search, and why."""

    def __init__(
        self, parts: Members, known: Collection[str], left_out: Sequence[str] = ()
    ) -> None:
        self.parts = dict(parts)
        self.left_out = tuple(left_out)
        self._known = frozenset(known)
        self.manifest = _manifest(self.parts)
        self.store = UnitedStore({name: part.store for name, part in self.parts.items()}, known)
        self.words = UnitedWords({name: part.words for name, part in self.parts.items()})
        self._without_vectors: dict[str, str] = {}
        self._infos: tuple[tuple[str, DocumentInfo], ...] | None = None

    def collection_of(self, name: str) -> str:
        """The collection that a document of this name is in."""
        return parted(name, self._known)[0]

    def nearest(
        self, vector: Vectors, limit: int, within: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Chunk ids with their cosine similarity to one unit vector, best first."""
        chosen = None if within is None else by_collection(within)
        found: list[tuple[str, float]] = []
        failed: list[tuple[str, IndexUnavailableError]] = []
        asked = [name for name in self.parts if chosen is None or name in chosen]
        for collection in asked:
            part = self.parts[collection]
            own = None if chosen is None else chosen[collection]
            there = min(limit, part.manifest.chunks if own is None else len(own))
            try:
                with _told_of(collection):
                    hits = part.nearest(vector, there, own) if there > 0 else []
            except IndexUnavailableError as exc:
                failed.append((collection, exc))
                continue
            self._without_vectors.pop(collection, None)
            found.extend((whole_id(collection, each), cosine) for each, cosine in hits)
        if failed and len(failed) == len(asked):
            raise failed[0][1]
        self._without_vectors.update((name, exc.what) for name, exc in failed)
        found.sort(key=lambda hit: -hit[1])
        return found[: max(0, limit)]

    def cosines(self, vector: Vectors, chunk_ids: Sequence[str]) -> dict[str, float]:
        """The cosine similarity of some chunks to one unit vector, for those that exist."""
        found: dict[str, float] = {}
        for collection, own in by_collection(chunk_ids).items():
            part = self.parts.get(collection)
            if part is not None and collection not in self._without_vectors:
                with _told_of(collection):
                    cosines = part.cosines(vector, own)
                found.update({whole_id(collection, key): value for key, value in cosines.items()})
        return found

    def vectors_of(self, chunk_ids: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of some chunks, for those that exist."""
        found: dict[str, Vectors] = {}
        for collection, own in by_collection(chunk_ids).items():
            part = self.parts.get(collection)
            if part is not None and collection not in self._without_vectors:
                with _told_of(collection):
                    vectors = part.vectors_of(own)
                found.update({whole_id(collection, key): value for key, value in vectors.items()})
        return found

    @property
    def by_words_only(self) -> tuple[str, ...]:
        """Which collections were searched without their vectors last, with the reason."""
        return tuple(self._without_vectors.values())

    def is_on_disk(self) -> bool:
        """Whether the open files of all are still those at their paths."""
        return all(part.is_on_disk() for part in self.parts.values())


@contextlib.contextmanager
def _told_of(collection: str) -> Iterator[None]:
    """An error of one index says which collection it is."""
    try:
        yield
    except IndexUnavailableError as exc:
        raise type(exc)(f"Collection {collection}: {exc.what}", hint=exc.hint) from exc


def _manifest(parts: Members) -> Manifest:
    each = [part.manifest for part in parts.values()]
    by_size = sorted(each, key=lambda manifest: -manifest.documents)
    languages = dict.fromkeys(code for manifest in by_size for code in manifest.languages)
    return Manifest(
        format=FORMAT,
        name="+".join(f"{name}:{part.manifest.name}" for name, part in parts.items()),
        parent="",
        created=max(manifest.created for manifest in each),
        embedder=each[0].embedder,
        dimensions=max(manifest.dimensions for manifest in each),
        reading=each[0].reading,
        documents=sum(manifest.documents for manifest in each),
        chunks=sum(manifest.chunks for manifest in each),
        removed=sum(manifest.removed for manifest in each),
        languages=list(languages),
    )


@dataclass(frozen=True, slots=True)
class _Kept:
    parts: tuple[Snapshot, ...]
    united: UnitedSnapshot


class UnitedReader:
    """Opens collections together. For any number of threads."""

    def __init__(self, readers: Mapping[str, SnapshotReader], embedder: Callable[[], str]) -> None:
        """``readers`` by the names of all collections; ``embedder`` gives the fingerprint of the
        one that questions are embedded with."""
        self._readers = dict(readers)
        self._embedder = embedder
        self._kept: dict[tuple[str, ...], _Kept] = {}
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def current(self, names: Sequence[str]) -> Iterator[UnitedSnapshot]:
        """The current snapshots of some collections, for one question.

        Raises ``IndexUnavailableError`` when none of them can be opened.
        """
        with contextlib.ExitStack() as leases:
            parts: dict[str, Snapshot] = {}
            problems: dict[str, IndexUnavailableError] = {}
            for name in names:
                try:
                    part = leases.enter_context(self._readers[name].leased())
                    _check_embedder(part, self._embedder())
                except IndexUnavailableError as exc:
                    problems[name] = exc
                else:
                    parts[name] = part
            if not parts:
                raise _none_open(problems)
            united = self._united(parts, problems)
            try:
                yield united
            except sqlite3.DatabaseError as exc:
                raise _damaged(parts, exc) from exc

    def _united(
        self, parts: dict[str, Snapshot], problems: Mapping[str, IndexUnavailableError]
    ) -> UnitedSnapshot:
        """The same object for the same snapshots: what is derived from one is kept with it."""
        left_out = [f"{name} ({exc.what})" for name, exc in problems.items()]
        key, opened = (*parts, "", *left_out), tuple(parts.values())
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or kept.parts != opened:
                self._kept.pop(key, None)
                while len(self._kept) >= _MOST_KEPT:
                    del self._kept[next(iter(self._kept))]
                known = list(self._readers)
                kept = self._kept[key] = _Kept(opened, UnitedSnapshot(parts, known, left_out))
            return kept.united

    def close(self) -> None:
        """Forget what was kept; the readers are closed by whoever opened them."""
        with self._lock:
            self._kept.clear()


def _check_embedder(part: Snapshot, embedder: str) -> None:
    if part.manifest.embedder != embedder:
        raise IndexUnavailableError(
            f"the index was built with the embedder {part.manifest.embedder}, the settings name "
            f"{embedder}",
            hint="run `assistant ingest --collection all`",
        )


def _none_open(problems: Mapping[str, IndexUnavailableError]) -> IndexUnavailableError:
    if len(problems) == 1:
        [(name, only)] = problems.items()
        hint = only.hint.replace("assistant ingest PATH", f"assistant ingest --collection {name}")
        return type(only)(f"Collection {name}: {only.what}", hint=hint)
    told = "; ".join(f"{name}: {exc.what}" for name, exc in problems.items())
    return IndexUnavailableError(
        f"No collection can be asked: {told}", hint="run `assistant doctor --collection all`"
    )


def _damaged(parts: Members, error: sqlite3.DatabaseError) -> IndexDamagedError:
    """The error of a store that broke while it was read, with the collection it is of."""
    broken = []
    for name, part in parts.items():
        try:
            if part.store.check():
                broken.append(name)
        except sqlite3.DatabaseError:
            broken.append(name)
    told = " or ".join(broken or parts)
    return IndexDamagedError(
        f"The index of the collection {told} cannot be read: {error}",
        hint=f"ask the others, or build it anew: `assistant ingest --collection {told}`",
    )
