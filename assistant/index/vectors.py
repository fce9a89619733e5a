"""The vector index of one finished generation: a Chroma collection, opened for queries."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from assistant.embedding import Vectors
from assistant.errors import IndexUnavailableError, StorageError
from assistant.index.aside import copy_aside
from assistant.index.chroma import Collection, open_collection

_CANNOT_WRITE = ("disk is full", "readonly database", "unable to open database file")
"""What SQLite says in Chroma's errors when it may not or cannot write (codes 13, 8, 14)."""


def _open_for_reading(path: Path, exits: ExitStack) -> Collection:
    """The collection in a folder, or in a copy when the disk is full."""
    try:
        found = open_collection(path)
    except Exception as exc:  # Chroma raises types of its Rust core as they come
        if not any(sign in str(exc).lower() for sign in _CANNOT_WRITE):
            raise
        found = open_collection(copy_aside(path, exits, exc))
    exits.callback(found.close)
    return found


class VectorIndex:
    """Nearest chunks by cosine similarity."""

    def __init__(self, path: Path) -> None:
        self._exits = ExitStack()
        with self._exits:
            try:
                self._collection = _open_for_reading(path, self._exits)
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
        return len(self._collection)

    def search(
        self, vector: Vectors, limit: int, within: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Chunk ids with their cosine similarity to one unit vector, best first.

        ``within`` names the only chunks that count.
        """
        if limit < 1 or (within is not None and not within):
            return []
        [found] = self._collection.nearest(vector[np.newaxis], limit, within)
        return [(chunk_id, 1.0 - distance) for chunk_id, distance in found]

    def vectors(self, chunk_ids: Sequence[str]) -> dict[str, Vectors]:
        """The stored vectors of some chunks, for those that exist."""
        return self._collection.vectors(chunk_ids)
