"""The vector index of one finished generation: a Chroma collection, opened for queries."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from assistant.embedding import Vectors
from assistant.errors import IndexUnavailableError, StorageError
from assistant.index.aside import copy_aside

COLLECTION = "chunks"
EF_SEARCH = 1600
"""How many neighbours HNSW keeps in sight. Of the exact ten nearest among 62,941 chunks with static
vectors, which crowd together, Chroma's default of 100 finds 78 %, 400 finds 87 %, 800 finds 90 %,
1,600 finds 99 %: in 1.1, 1.5, 2.1 and 3.3 ms (``benchmarks.neighbours``)."""
HNSW: dict[str, dict[str, Any]] = {"hnsw": {"space": "cosine", "ef_search": EF_SEARCH}}
"""A collection's configuration."""

_COMPARED_ONE_BY_ONE = 2000
"""Chunks of a filter up to which their vectors are compared one by one. Beyond,
HNSW among given ids takes 6 ms and finds what it finds without them."""

_CANNOT_WRITE = ("disk is full", "readonly database", "unable to open database file")
"""What SQLite says in Chroma's errors when it may not or cannot write (codes 13, 8, 14)."""


def open_client(path: Path) -> Any:
    """Chroma on a folder, with telemetry off. The caller closes it."""
    import chromadb
    from chromadb.config import Settings

    try:
        return chromadb.PersistentClient(
            path=str(path), settings=Settings(anonymized_telemetry=False, allow_reset=False)
        )
    except Exception:
        _forget_half_open(str(path))
        raise


def _forget_half_open(path: str) -> None:
    """Chroma 1.5.9 keeps a client that failed to open in a table by path and hands it out the next
    time, so a path that failed once would fail again after its cause is gone."""
    from chromadb.api.shared_system_client import SharedSystemClient

    with contextlib.suppress(AttributeError):  # the table is private and may go
        if path not in SharedSystemClient._identifier_to_refcount:
            SharedSystemClient._identifier_to_system.pop(path, None)


def _open_for_reading(path: Path, exits: ExitStack) -> Any:
    """Chroma on a folder, or on a copy when the disk is full."""
    try:
        client = open_client(path)
    except Exception as exc:  # Chroma raises types of its Rust core as they come
        if not any(sign in str(exc).lower() for sign in _CANNOT_WRITE):
            raise
        client = open_client(copy_aside(path, exits, exc))
    exits.callback(client.close)
    return client


class VectorIndex:
    """Nearest chunks by cosine similarity."""

    def __init__(self, path: Path) -> None:
        self._exits = ExitStack()
        with self._exits:
            try:
                self._client = _open_for_reading(path, self._exits)
                self._collection = self._client.get_collection(COLLECTION, embedding_function=None)
            except StorageError:
                raise
            except Exception as exc:  # Chroma raises types of its Rust core as they come
                raise IndexUnavailableError(
                    f"The vectors in {path} cannot be opened: {exc}",
                    hint="`assistant rollback` returns to the generation before; "
                    "`assistant ingest` rebuilds",
                ) from exc
            self._exits = self._exits.pop_all()

    def close(self) -> None:
        """Close Chroma's files."""
        self._exits.close()

    def __len__(self) -> int:
        return int(self._collection.count())

    def search(
        self, vector: Vectors, limit: int, within: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Chunk ids with their cosine similarity to one unit vector, best first.

        ``within`` names the only chunks that count.
        """
        if limit < 1 or (within is not None and not within):
            return []
        only = {} if within is None else {"ids": list(within)}
        reply = self._collection.query(
            query_embeddings=[vector], n_results=limit, include=["distances"], **only
        )
        ids, distances = reply["ids"][0], reply["distances"][0]
        return [(i, 1.0 - float(d)) for i, d in zip(ids, distances, strict=True)]

    def vectors(self, chunk_ids: Sequence[str]) -> dict[str, Vectors]:
        """The stored vectors of some chunks, for those that exist."""
        if not chunk_ids:
            return {}
        reply = self._collection.get(ids=list(chunk_ids), include=["embeddings"])
        rows = np.asarray(reply["embeddings"], dtype=np.float32)
        return dict(zip(reply["ids"], rows, strict=True))


def exact_neighbours(
    stored: Callable[[Sequence[str]], dict[str, Vectors]],
    vector: Vectors,
    limit: int,
    within: Sequence[str] | None,
) -> list[tuple[str, float]] | None:
    """The neighbours among few chunks, compared one by one; None where HNSW has to look."""
    if within is None or len(within) > _COMPARED_ONE_BY_ONE or limit < 1:
        return None
    ranked = sorted(
        ((chunk_id, float(row @ vector)) for chunk_id, row in stored(within).items()),
        key=lambda hit: (-hit[1], hit[0]),
    )
    return ranked[:limit]
