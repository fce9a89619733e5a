"""The file in which a server keeps what belongs to its visitors: one SQLite database, private to
its user, safe to use from several threads."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from assistant.errors import StorageError
from assistant.private_files import make_file, make_private

_BUSY_SECONDS = 10.0


class KeptFile:
    """A database with these tables; ``path`` None keeps it in memory.

    Raises ``StorageError`` when the file cannot be used.
    """

    def __init__(self, path: Path | None, schema: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        try:
            if path is not None:
                make_private(path.parent, (path.name,))
                make_file(path)  # SQLite would make it readable for all
            self._database = sqlite3.connect(
                path or ":memory:", timeout=_BUSY_SECONDS, check_same_thread=False
            )
            self._database.executescript(f"PRAGMA foreign_keys = ON;{schema}")
            if path is not None:
                self._database.execute("PRAGMA journal_mode = WAL")
        except (OSError, sqlite3.Error) as exc:
            raise StorageError(
                f"Conversations cannot be kept in {path}: {exc}",
                hint="set chat.keep_conversations to false, or index.path to a folder of yours",
            ) from exc

    def close(self, *last: str) -> None:
        """Run the last statements, and close the file."""
        with self._lock:
            with suppress(sqlite3.Error), self._database:
                for statement in last:
                    self._database.execute(statement)
            self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Changes that come all or not at all."""
        with self._lock:
            try:
                with self._database:
                    yield self._database
            except sqlite3.Error as exc:
                raise StorageError(
                    f"The conversation cannot be kept: {exc}",
                    hint=f"check the disk of {self._path}",
                ) from exc

    def rows(self, query: str, *values: object) -> Sequence[Any]:
        """The rows of a query."""
        with self._lock:
            try:
                return self._database.execute(query, values).fetchall()
            except sqlite3.Error as exc:
                raise StorageError(f"Conversations cannot be read: {exc}") from exc


def hashed(owner: str) -> str:
    """What is stored of an owner; of none, what no row has."""
    return sha256(owner.encode("utf-8", "replace")).hexdigest() if owner else ""
