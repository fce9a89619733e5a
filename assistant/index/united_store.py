"""The stores and word indexes of several collections as one, for reading.

Documents are called ``NAME:path``; ids of documents and chunks begin with their collection.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import merge

from assistant.index.rows import NotIndexed, StoredChunk, StoredDocument
from assistant.index.store import Store
from assistant.index.words import AS_THEY_ARE, WordIndex
from assistant.settings.collections import parted, qualified
from assistant.types import ParsedDocument, RecognisedWord


def whole_id(collection: str, identity: str) -> str:
    """An id of one index, among those of all."""
    return f"{collection}:{identity}"


def by_collection(ids: Iterable[str]) -> dict[str, list[str]]:
    """Ids of each collection, as its own index has them."""
    found: dict[str, list[str]] = {}
    for each in ids:
        collection, _, identity = each.partition(":")
        found.setdefault(collection, []).append(identity)
    return found


class UnitedStore(Store):
    """The stores of several indexes, for reading."""

    def __init__(self, stores: Mapping[str, Store], known: Collection[str]) -> None:
        self._parts = dict(stores)
        self._known = frozenset(known)

    def _document(self, collection: str, document: StoredDocument) -> StoredDocument:
        return replace(
            document,
            id=whole_id(collection, document.id),
            name=qualified(collection, document.name, self._known),
            collection=collection,
        )

    def _of(self, ids: Iterable[str]) -> Iterator[tuple[str, Store, list[str]]]:
        for collection, own in by_collection(ids).items():
            store = self._parts.get(collection)
            if store is not None:
                yield collection, store, own

    def _one(self, identity: str) -> tuple[str, Store, str]:
        collection, _, own = identity.partition(":")
        return collection, self._parts[collection], own

    def _named(self, name: str) -> tuple[str, Store | None, str]:
        collection, path = parted(name, self._known)
        return collection, self._parts.get(collection), path

    def close(self) -> None:
        """Nothing: the stores belong to their own snapshots."""

    def documents(self) -> Iterator[StoredDocument]:
        """All documents without their texts, in the order of their names."""
        each = [self._all_of(collection) for collection in self._parts]
        return merge(*each, key=lambda document: document.name)

    def _all_of(self, collection: str) -> Iterator[StoredDocument]:
        for document in self._parts[collection].documents():
            yield self._document(collection, document)

    def documents_with(self, field: str) -> Iterator[StoredDocument]:
        """The documents with a field of this name, by collection."""
        for collection, store in self._parts.items():
            for document in store.documents_with(field):
                yield self._document(collection, document)

    def names(self) -> list[tuple[str, str, str]]:
        """The id, the path inside its collection and the language of each document: a question
        names a file as its own folder does."""
        return [
            (whole_id(collection, identity), name, language)
            for collection, store in self._parts.items()
            for identity, name, language in store.names()
        ]

    def document_ids(self) -> set[str]:
        """The ids of all documents."""
        return {identity for identity, _, _ in self.names()}

    def document(self, name: str) -> StoredDocument | None:
        """The document of this name, if there is one."""
        collection, store, path = self._named(name)
        found = store.document(path) if store is not None else None
        if found is None or qualified(collection, path, self._known) != name:
            return None
        return self._document(collection, found)

    def parsed(self, document_id: str) -> ParsedDocument:
        """A document with its text and structure. Raises KeyError for an unknown id."""
        _, store, own = self._one(document_id)
        return store.parsed(own)

    def read_text(self, name: str, start: int, end: int) -> str:
        """A stretch of a document's text by its name, shorter where the document ends."""
        _, store, path = self._named(name)
        return store.read_text(path, start, end) if store is not None else ""

    def recognised(self, document_id: str, page: int) -> tuple[RecognisedWord, ...]:
        """The words of a page that were read from its picture; none for a page with text."""
        _, store, own = self._one(document_id)
        return store.recognised(own, page)

    def by_ids(self, document_ids: Iterable[str]) -> dict[str, StoredDocument]:
        """Documents by id, for those that exist."""
        return {
            whole_id(collection, identity): self._document(collection, document)
            for collection, store, own in self._of(document_ids)
            for identity, document in store.by_ids(own).items()
        }

    def chunks(self, chunk_ids: Sequence[str]) -> dict[str, StoredChunk]:
        """Chunks by id, for those that exist."""
        return {
            whole_id(collection, identity): _chunk(collection, chunk)
            for collection, store, own in self._of(chunk_ids)
            for identity, chunk in store.chunks(own).items()
        }

    def chunks_of(self, document_id: str) -> list[StoredChunk]:
        """A document's chunks in reading order."""
        collection, store, own = self._one(document_id)
        return [_chunk(collection, chunk) for chunk in store.chunks_of(own)]

    def chunk_ids(self) -> list[str]:
        """The ids of all chunks, sorted."""
        return sorted(
            whole_id(collection, each)
            for collection, store in self._parts.items()
            for each in store.chunk_ids()
        )

    def order(self) -> list[str]:
        """The ids of all chunks, by collection, then by their documents' names and places."""
        return [chunk_id for _, chunk_id in self.named_order()]

    def named_order(self) -> Iterator[tuple[str, str]]:
        """(document name, chunk id) in the order of ``order``."""
        for collection, store in self._parts.items():
            for name, chunk_id in store.named_order():
                whole = whole_id(collection, chunk_id)
                yield qualified(collection, name, self._known), whole

    def in_order(self, chunk_ids: Iterable[str]) -> list[str]:
        """Those of some chunk ids that are here, in the order of ``order``."""
        own = by_collection(chunk_ids)
        return [
            whole_id(collection, each)
            for collection, store in self._parts.items()
            if collection in own
            for each in store.in_order(own[collection])
        ]

    def existing(self, chunk_ids: Sequence[str]) -> set[str]:
        """Those of some chunk ids that are here."""
        return {
            whole_id(collection, each)
            for collection, store, own in self._of(chunk_ids)
            for each in store.existing(own)
        }

    def chunk_ids_of(self, document_id: str) -> list[str]:
        """The ids of one document's chunks."""
        collection, store, own = self._one(document_id)
        return [whole_id(collection, each) for each in store.chunk_ids_of(own)]

    def chunk_ids_within(self, document_ids: Iterable[str]) -> list[str]:
        """The ids of all chunks of some documents, sorted."""
        return sorted(
            whole_id(collection, each)
            for collection, store, own in self._of(document_ids)
            for each in store.chunk_ids_within(own)
        )

    def languages(self) -> list[str]:
        """The languages of the documents, those of larger collections first."""
        by_size = sorted(self._parts.values(), key=lambda store: -store.counts()[0])
        return list(dict.fromkeys(each for store in by_size for each in store.languages()))

    def counts(self) -> tuple[int, int]:
        """How many documents and chunks there are."""
        each = [store.counts() for store in self._parts.values()]
        return sum(documents for documents, _ in each), sum(chunks for _, chunks in each)

    def check(self) -> str:
        """SQLite's own check of the files; an empty text when they are sound."""
        told = ((name, store.check()) for name, store in self._parts.items())
        return "; ".join(f"{name}: {problem}" for name, problem in told if problem)

    def not_indexed(self) -> list[NotIndexed]:
        """Files that are known but have no current version in an index."""
        return [
            replace(each, name=qualified(collection, each.name, self._known))
            for collection, store in self._parts.items()
            for each in store.not_indexed()
        ]

    def roots(self) -> dict[str, str]:
        """Folders of the indexes and where each came from."""
        return {
            path: origin for store in self._parts.values() for path, origin in store.roots().items()
        }


def _chunk(collection: str, chunk: StoredChunk) -> StoredChunk:
    whole = whole_id(collection, chunk.id)
    return replace(chunk, id=whole, document_id=whole_id(collection, chunk.document_id))


class UnitedWords(WordIndex):
    """The word indexes of several indexes, scored as one."""

    def __init__(self, words: Mapping[str, WordIndex]) -> None:
        self._parts = dict(words)

    def __len__(self) -> int:
        return sum(map(len, self._parts.values()))

    def counts(self) -> list[int]:
        """How many chunks each index has."""
        return [len(each) for each in self._parts.values()]

    def document_frequency(self, term: str) -> int:
        """In how many chunks a term occurs, here and there."""
        return sum(each.document_frequency(term) for each in self._parts.values())

    def search(
        self,
        terms: Iterable[str],
        limit: int,
        *,
        fuzzy: Iterable[str] = (),
        within: Collection[str] | None = None,
        boosts: Mapping[str, float] = AS_THEY_ARE,
    ) -> list[tuple[str, float]]:
        """Chunk ids with their BM25 scores, best first; see ``WordIndex``. A term counts in each
        index with the idf over all of them."""
        wanted, inexact = list(dict.fromkeys(terms)), set(fuzzy)
        chosen = None if within is None else by_collection(within)
        found: list[tuple[str, float]] = []
        for collection, words in self._parts.items():
            if chosen is not None and collection not in chosen:
                continue
            own = dict(boosts)
            for term in wanted:
                rarity = words.inverse_frequency(term)
                if term not in inexact and rarity > 0:
                    own[term] = boosts.get(term, 1.0) * self.inverse_frequency(term) / rarity
            hits = words.search(
                wanted,
                limit,
                fuzzy=inexact,
                within=None if chosen is None else chosen[collection],
                boosts=own,
            )
            found.extend((whole_id(collection, each), score) for each, score in hits)
        found.sort(key=lambda hit: -hit[1])  # equals stay in the order of their collections
        return found[: max(0, limit)]

    def holding_all(self, terms: Iterable[str], limit: int) -> list[str]:
        """Ids of chunks that hold every one of the terms, at most ``limit`` of each index."""
        wanted = list(terms)
        return [
            whole_id(collection, each)
            for collection, words in self._parts.items()
            for each in words.holding_all(wanted, limit)
        ]
