"""A rounded second copy of the vectors in the store; questions are compared with this copy.

Up to a size all of them are (``assistant.index.exact``), beyond it those that were found by words.
Chroma takes 2 ms to give the vectors of 45 chunks, the store a quarter of it, and a server is not
asked at all. Half precision rounds a cosine by 2^-11 at the worst, and by less than 1e-4 where it
was measured.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import numpy as np

from assistant.embedding import Vectors

_AT_ONCE, _READ_AT_ONCE = 500, 4000
_TABLES = """
CREATE TABLE IF NOT EXISTS vectors (id TEXT PRIMARY KEY, numbers BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS vectors_of (embedder TEXT NOT NULL);
"""


class KeptVectors:
    """Vectors of one embedder by chunk id. An index of an earlier version has none, or those of
    later files only."""

    def __init__(self, connection: sqlite3.Connection, *, writable: bool) -> None:
        self._connection = connection
        if writable:
            connection.executescript(_TABLES)
        there = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'vectors_of'")
        self._is_there = bool(there.fetchone()[0])

    def only_of(self, embedder: str) -> None:
        """Ignore vectors of another embedder: an earlier version changes an index without updating
        them. ``embedder`` is a fingerprint."""
        if self._is_there:
            self._is_there = self._embedder() == embedder

    def begin(self, embedder: str, *, anew: bool) -> None:
        """Make ready to keep an embedder's vectors; ``anew`` forgets those that there are."""
        if anew or self._embedder() != embedder:
            self._connection.execute("DELETE FROM vectors")
            self._connection.execute("DELETE FROM vectors_of")
            self._connection.execute("INSERT INTO vectors_of VALUES (?)", [embedder])

    def _embedder(self) -> str:
        row = self._connection.execute("SELECT embedder FROM vectors_of").fetchone()
        return str(row[0]) if row else ""

    def __len__(self) -> int:
        if not self._is_there:
            return 0
        return int(self._connection.execute("SELECT count(*) FROM vectors").fetchone()[0])

    def _dimensions(self) -> int:
        query = "SELECT length(numbers) / 2 FROM vectors LIMIT 1"
        row = self._connection.execute(query).fetchone() if self._is_there else None
        return int(row[0]) if row else 0

    def all_of(self, chunk_ids: Sequence[str]) -> Vectors | None:
        """The vectors of all chunks, a row for each in the order given; None when one is missing,
        or another one is kept."""
        count, dimensions = len(self), self._dimensions()
        if count != len(chunk_ids) or not count:
            return None
        places = {chunk_id: place for place, chunk_id in enumerate(chunk_ids)}
        vectors = np.empty((count, dimensions), np.float32)
        cursor = self._connection.execute("SELECT id, numbers FROM vectors")
        while rows := cursor.fetchmany(_READ_AT_ONCE):
            found = [places.get(row[0], -1) for row in rows]
            numbers = np.frombuffer(b"".join(row[1] for row in rows), np.float16)
            if min(found) < 0 or len(numbers) != len(rows) * dimensions:
                return None
            vectors[found] = numbers.reshape(len(rows), dimensions)
        return vectors

    def get(self, chunk_ids: Sequence[str]) -> dict[str, Vectors]:
        """The vectors that are kept of some chunks."""
        rows: list[tuple[str, bytes]] = []
        for start in range(0, len(chunk_ids) if self._is_there else 0, _AT_ONCE):
            part = chunk_ids[start : start + _AT_ONCE]
            marks = ",".join("?" * len(part))
            rows += self._connection.execute(
                f"SELECT id, numbers FROM vectors WHERE id IN ({marks})", part
            )
        if not rows:
            return {}
        numbers = np.frombuffer(b"".join(row[1] for row in rows), np.float16)
        vectors = numbers.reshape(len(rows), -1).astype(np.float32)
        return dict(zip((row[0] for row in rows), vectors, strict=True))

    def put(self, chunk_ids: Sequence[str], vectors: Vectors) -> None:
        """Keep vectors by chunk id."""
        rounded = np.asarray(vectors, np.float16)
        self._connection.executemany(
            "INSERT OR REPLACE INTO vectors VALUES (?,?)",
            [(i, row.tobytes()) for i, row in zip(chunk_ids, rounded, strict=True)],
        )

    def delete(self, chunk_ids: Sequence[str]) -> None:
        """Forget vectors by chunk id."""
        self._connection.executemany(
            "DELETE FROM vectors WHERE id = ?", [(each,) for each in chunk_ids]
        )
