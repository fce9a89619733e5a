"""Conversations in SQLite, kept across restarts, each visible to its owner only.

An owner is the secret in one browser's cookie, stored as a hash. Every read and write checks it, so
a guessed id gives no access. Without an owner nothing is kept and nothing is found. An answer is
stored whole: its citations stay exact after the documents change, and the page can show that they
changed.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.errors import StorageError, UsageError
from assistant.private_files import make_file, make_private
from assistant.types import Answer

_SCHEMA = """
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL,
    created TEXT NOT NULL, updated TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS of_owner ON conversations (owner, updated);
CREATE TABLE IF NOT EXISTS turns (
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    position INTEGER NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL,
    asked TEXT NOT NULL, rating TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (conversation, position)
);
"""
_TITLE_CHARACTERS = 60
_LONGEST_SEARCH = 200
_KEPT_DELETED_SECONDS = 600.0
_BUSY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A question and its answer; ``rating`` is the user's rating, or empty.

    ``answer`` is None for a question whose answer failed or was stopped before its first word.
    """

    position: int
    question: str
    answer: Answer | None
    rating: str = ""


@dataclass(frozen=True, slots=True)
class ConversationTitle:
    """A conversation in a list: its id, its first question shortened, when it was last used."""

    id: str
    title: str
    updated: str


class Conversations:
    """All conversations of one server. Safe to use from several threads.

    ``path`` None keeps them in memory. Raises ``StorageError`` when the file cannot be used.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        try:
            if path is not None:
                make_private(path.parent, (path.name,))
                make_file(path)  # SQLite would make it readable for all
            self._database = sqlite3.connect(
                path or ":memory:", timeout=_BUSY_SECONDS, check_same_thread=False
            )
            self._database.executescript(f"PRAGMA foreign_keys = ON;{_SCHEMA}")
            self._add_deleted()
            if path is not None:
                self._database.execute("PRAGMA journal_mode = WAL")
        except (OSError, sqlite3.Error) as exc:
            raise StorageError(
                f"Conversations cannot be kept in {path}: {exc}",
                hint="set chat.keep_conversations to false, or index.path to a folder of yours",
            ) from exc

    def _add_deleted(self) -> None:
        """A column for the moment of deletion, which files of earlier versions lack."""
        columns = self._database.execute("PRAGMA table_info(conversations)").fetchall()
        if not any(column[1] == "deleted" for column in columns):
            with self._database:
                self._database.execute(
                    "ALTER TABLE conversations ADD COLUMN deleted REAL NOT NULL DEFAULT 0"
                )
        with self._database:
            self._database.execute("DELETE FROM conversations WHERE deleted > 0")

    def close(self) -> None:
        """Close the file. What was deleted is gone then."""
        with self._lock:
            with suppress(sqlite3.Error), self._database:
                self._database.execute("DELETE FROM conversations WHERE deleted > 0")
            self._database.close()

    def begin(self, owner: str, question: str) -> str:
        """A new conversation's id; its title is the question, shortened.

        Raises ``UsageError`` without an owner.
        """
        if not owner:
            raise UsageError(
                "The browser sent no cookie, so nobody could find this conversation again",
                hint="let it keep this server's cookies, and load the page again",
            )
        identity = secrets.token_urlsafe(16)
        title = _shortened(question)
        now = _now()
        with self._transaction() as database:
            _purge(database)
            database.execute(
                "INSERT INTO conversations (id, owner, title, created, updated) "
                "VALUES (?, ?, ?, ?, ?)",
                (identity, _hashed(owner), title, now, now),
            )
        return identity

    def owned(self, owner: str, conversation: str) -> bool:
        """Whether there is such a conversation of this owner."""
        rows = self._rows(
            "SELECT 1 FROM conversations WHERE id = ? AND owner = ? AND deleted = 0",
            conversation, _hashed(owner),
        )  # fmt: skip
        return bool(rows)

    def listing(self, owner: str, limit: int = 50, search: str = "") -> list[ConversationTitle]:
        """An owner's conversations, the last used first: all, or those in whose title or questions
        the words of ``search`` stand as they are."""
        wanted = re.sub(r"([%_\\])", r"\\\1", search.strip()[:_LONGEST_SEARCH])
        rows = self._rows(
            "SELECT id, title, updated FROM conversations c WHERE owner = ? AND deleted = 0 "
            "AND (title LIKE ? ESCAPE '\\' OR EXISTS (SELECT 1 FROM turns "
            "WHERE conversation = c.id AND question LIKE ? ESCAPE '\\')) "
            "ORDER BY updated DESC, c.rowid DESC LIMIT ?",
            _hashed(owner), f"%{wanted}%", f"%{wanted}%", limit,
        )  # fmt: skip
        return [ConversationTitle(*row) for row in rows]

    def turns(self, owner: str, conversation: str) -> list[StoredTurn]:
        """The turns of a conversation in order; none for one of somebody else."""
        rows = self._rows(
            "SELECT t.position, t.question, t.answer, t.rating FROM turns t "
            "JOIN conversations c ON c.id = t.conversation "
            "WHERE c.id = ? AND c.owner = ? AND c.deleted = 0 ORDER BY t.position",
            conversation, _hashed(owner),
        )  # fmt: skip
        return [
            StoredTurn(at, question, _read(answer), rating) for at, question, answer, rating in rows
        ]

    def put(
        self, owner: str, conversation: str, position: int, question: str, answer: Answer | None
    ) -> None:
        """Set a turn; what came at or after its position before is gone."""
        if not self.owned(owner, conversation):
            return
        with self._transaction() as database:
            database.execute(
                "DELETE FROM turns WHERE conversation = ? AND position >= ?",
                (conversation, position),
            )
            database.execute(
                "INSERT INTO turns (conversation, position, question, answer, asked) "
                "VALUES (?, ?, ?, ?, ?)",
                (conversation, position, question, _written(answer), _now()),
            )
            database.execute(
                "UPDATE conversations SET updated = ? WHERE id = ?", (_now(), conversation)
            )

    def rate(self, owner: str, conversation: str, position: int, rating: str) -> None:
        """Store a user's rating of an answer; an empty rating removes it."""
        if not self.owned(owner, conversation):
            return
        with self._transaction() as database:
            database.execute(
                "UPDATE turns SET rating = ? WHERE conversation = ? AND position = ?",
                (rating, conversation, position),
            )

    def rename(self, owner: str, conversation: str, title: str) -> None:
        """Give a conversation another title; an empty one changes nothing."""
        if not title.strip():
            return
        with self._transaction() as database:
            database.execute(
                "UPDATE conversations SET title = ? WHERE id = ? AND owner = ?",
                (_shortened(title), conversation, _hashed(owner)),
            )

    def delete(self, owner: str, conversation: str) -> None:
        """Delete a conversation: nobody sees it any more. For ten minutes ``restore`` brings it
        back; then, or when the server ends, it is gone."""
        with self._transaction() as database:
            _purge(database)
            database.execute(
                "UPDATE conversations SET deleted = ? WHERE id = ? AND owner = ?",
                (time.time(), conversation, _hashed(owner)),
            )

    def restore(self, owner: str, conversation: str) -> bool:
        """Bring back a conversation that was deleted; whether it is there again."""
        with self._transaction() as database:
            found = database.execute(
                "UPDATE conversations SET deleted = 0 WHERE id = ? AND owner = ? AND deleted >= ?",
                (conversation, _hashed(owner), time.time() - _KEPT_DELETED_SECONDS),
            )
            return found.rowcount > 0

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                with self._database:
                    yield self._database
            except sqlite3.Error as exc:
                raise StorageError(
                    f"The conversation cannot be kept: {exc}",
                    hint=f"check the disk of {self._path}",
                ) from exc

    def _rows(self, query: str, *values: object) -> Sequence[Any]:
        with self._lock:
            try:
                return self._database.execute(query, values).fetchall()
            except sqlite3.Error as exc:
                raise StorageError(f"Conversations cannot be read: {exc}") from exc


def _purge(database: sqlite3.Connection) -> None:
    """Forget what was deleted a while ago."""
    before = time.time() - _KEPT_DELETED_SECONDS
    database.execute("DELETE FROM conversations WHERE deleted > 0 AND deleted < ?", (before,))


@lru_cache(maxsize=1)
def _answers() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(Answer)


def _written(answer: Answer | None) -> str:
    return "" if answer is None else _answers().dump_json(answer).decode()


def _read(text: str) -> Answer | None:
    if not text:
        return None
    answer: Answer = _answers().validate_json(text)
    return answer


def _shortened(text: str) -> str:
    title = " ".join(text.split())
    if len(title) > _TITLE_CHARACTERS:
        title = title[: _TITLE_CHARACTERS - 1].rstrip() + "…"
    return title


def _hashed(owner: str) -> str:
    """What is stored of an owner; of none, what no row has."""
    return hashlib.sha256(owner.encode("utf-8", "replace")).hexdigest() if owner else ""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
