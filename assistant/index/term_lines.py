"""The index terms of every chunk, kept so that each generation's word index is made of live chunks.

tantivy counts a removed chunk until it merges the segment that held it, and its Python binding
cannot merge: inverse document frequencies and the lengths in BM25 were those of texts that were
gone. So no chunk is ever removed from a word index; each generation's index is rebuilt from the
lines kept here (.6 s for 62,941 chunks, where making the terms from the texts would take 1.8 s
more).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

_TABLES = """
CREATE TABLE IF NOT EXISTS lines (id TEXT PRIMARY KEY, line TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS made_by (terms TEXT NOT NULL);
"""
_AT_ONCE = 500


class TermLines:
    """Lines of terms by chunk id, in a file that is disposable until it is published."""

    def __init__(self, path: Path, made_by: str) -> None:
        """``made_by`` is the fingerprint of what makes the terms; lines of another are forgotten.

        Raises ``sqlite3.DatabaseError``, as all methods do.
        """
        self._connection = sqlite3.connect(path, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute("PRAGMA page_size = 16384")
        self._connection.executescript(_TABLES)
        if _maker(self._connection) != made_by:
            self._connection.execute("DELETE FROM lines")
            self._connection.execute("DELETE FROM made_by")
            self._connection.execute("INSERT INTO made_by VALUES (?)", [made_by])

    def put(self, chunk_id: str, line: str) -> None:
        """Keep a chunk's line."""
        self._connection.execute("INSERT OR REPLACE INTO lines VALUES (?,?)", [chunk_id, line])

    def delete(self, chunk_ids: Sequence[str]) -> None:
        """Forget chunks; unknown ids are no error."""
        self._connection.executemany("DELETE FROM lines WHERE id = ?", [(i,) for i in chunk_ids])

    def of(self, chunk_ids: Sequence[str]) -> Iterator[tuple[str, str]]:
        """(id, line) of chunks, in the order given. Raises ``KeyError`` for one that has none."""
        for start in range(0, len(chunk_ids), _AT_ONCE):
            part = chunk_ids[start : start + _AT_ONCE]
            marks = ",".join("?" * len(part))
            rows = self._connection.execute(f"SELECT * FROM lines WHERE id IN ({marks})", part)
            found = dict(rows.fetchall())
            yield from ((chunk_id, found[chunk_id]) for chunk_id in part)

    def commit(self) -> None:
        """Write all that was put and deleted."""
        self._connection.commit()

    def close(self) -> None:
        """Close the file; what was not committed is lost. Closing twice is harmless."""
        self._connection.close()


def lines_in(path: Path, made_by: str | None = None) -> int:
    """Of how many chunks a published file holds the lines; 0 when they are another maker's, or
    when there is no such file, as in an index of an earlier version.

    Raises ``sqlite3.DatabaseError``.
    """
    if not path.is_file():
        return 0
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        if made_by is not None and _maker(connection) != made_by:
            return 0
        return int(connection.execute("SELECT count(*) FROM lines").fetchone()[0])
    finally:
        connection.close()


def _maker(connection: sqlite3.Connection) -> str:
    row = connection.execute("SELECT terms FROM made_by").fetchone()
    return str(row[0]) if row else ""
