"""The words of pages that were read from pictures, by the hash of the picture: no page is read
twice.

One SQLite file in the index's folder, which outlives generations; each page is its own transaction,
so a killed ingest keeps what it has read. It is a cache: when it cannot be opened or written, pages
are read again, and when it is damaged it is begun anew. The oldest pages go when it is full.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.private_files import FOLDER_MODE, make_file

if TYPE_CHECKING:
    from assistant.settings.sections import OcrSettings

NAME = "pages.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS pages (
    key TEXT PRIMARY KEY, used INTEGER NOT NULL, words TEXT NOT NULL
) WITHOUT ROWID
"""
_KEPT_SHARE = 0.75
"""Of what may be kept, after the oldest pages had to go."""


class PageCache:
    """Safe to use from several threads of the process that holds the index's lock."""

    def __init__(self, path: Path, most_bytes: float) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._connection = _open(path) if most_bytes > 0 else None
        self._size = 0
        if self._connection is not None:
            self._size = self._count(self._connection)

    def find(self, key: str) -> str:
        """The words of a page; an empty text when they are not kept."""
        with self._lock:
            if self._connection is None:
                return ""
            with contextlib.suppress(sqlite3.Error):
                row = self._connection.execute(
                    "SELECT words FROM pages WHERE key = ?", [key]
                ).fetchone()
                if row is None:
                    return ""
                self._connection.execute(
                    "UPDATE pages SET used = ? WHERE key = ?", [time.time_ns(), key]
                )
                return str(row[0])
            return ""

    def keep(self, key: str, words: str) -> None:
        """Keep the words of a page."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            if self._connection is None:
                return
            self._connection.execute(
                "INSERT OR REPLACE INTO pages VALUES (?,?,?)", [key, time.time_ns(), words]
            )
            self._size += len(words.encode()) + len(key)
            if self._size > self._most_bytes:
                self._drop_oldest(self._connection)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _drop_oldest(self, connection: sqlite3.Connection) -> None:
        kept = 0
        rows = connection.execute(
            "SELECT key, length(CAST(words AS BLOB)) + length(key) FROM pages ORDER BY used DESC"
        ).fetchall()
        gone = []
        for key, size in rows:
            kept += size
            if kept > _KEPT_SHARE * self._most_bytes:
                gone.append([key])
        connection.executemany("DELETE FROM pages WHERE key = ?", gone)
        connection.execute("VACUUM")
        self._size = self._count(connection)

    def _count(self, connection: sqlite3.Connection) -> int:
        query = "SELECT coalesce(sum(length(CAST(words AS BLOB)) + length(key)), 0) FROM pages"
        return int(connection.execute(query).fetchone()[0])


def kept_pages(index: Path, settings: OcrSettings) -> PageCache:
    """The cache of an index."""
    return PageCache(index / NAME, settings.cache_megabytes * 1e6)


def _open(path: Path) -> sqlite3.Connection | None:
    for _ in range(2):
        connection = None
        try:
            path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            make_file(path)
            connection = sqlite3.connect(
                path, timeout=30.0, check_same_thread=False, isolation_level=None
            )
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(_SCHEMA)
            if connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok":
                return connection
            raise sqlite3.DatabaseError("damaged")
        except (OSError, sqlite3.OperationalError):
            if connection is not None:
                connection.close()
            return None
        except sqlite3.DatabaseError:
            if connection is not None:
                connection.close()
            for suffix in ("", "-wal", "-shm"):
                with contextlib.suppress(OSError):
                    path.with_name(path.name + suffix).unlink(missing_ok=True)
    return None
