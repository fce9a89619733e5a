"""Conversations in SQLite, kept across restarts, each visible to its owner only.

An owner is the secret in one browser's cookie, stored as a hash. Every read and write checks it, so
a guessed id gives no access. Without an owner nothing is kept and nothing is found. An answer is
stored whole: its citations stay exact after the documents change, and the page can show that they
changed.
"""

from __future__ import annotations

import re
import secrets
import sqlite3
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.chat.kept_file import KeptFile, hashed
from assistant.errors import UsageError
from assistant.text.shortened import shortened
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
_FORGET = "DELETE FROM conversations WHERE deleted > 0"
_TITLE_CHARACTERS = 60
_LONGEST_SEARCH = 200
_KEPT_DELETED_SECONDS = 600.0


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
        self.file = KeptFile(path, _SCHEMA)
        self._add_deleted()

    def _add_deleted(self) -> None:
        """A column for the moment of deletion, which files of earlier versions lack."""
        columns = self.file.rows("PRAGMA table_info(conversations)")
        with self.file.transaction() as database:
            if not any(column[1] == "deleted" for column in columns):
                database.execute(
                    "ALTER TABLE conversations ADD COLUMN deleted REAL NOT NULL DEFAULT 0"
                )
            database.execute(_FORGET)

    def close(self) -> None:
        """Close the file. What was deleted is gone then."""
        self.file.close(_FORGET)

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
        title = shortened(question, _TITLE_CHARACTERS)
        now = _now()
        with self.file.transaction() as database:
            _purge(database)
            database.execute(
                "INSERT INTO conversations (id, owner, title, created, updated) "
                "VALUES (?, ?, ?, ?, ?)",
                (identity, hashed(owner), title, now, now),
            )
        return identity

    def owned(self, owner: str, conversation: str) -> bool:
        """Whether there is such a conversation of this owner."""
        rows = self.file.rows(
            "SELECT 1 FROM conversations WHERE id = ? AND owner = ? AND deleted = 0",
            conversation, hashed(owner),
        )  # fmt: skip
        return bool(rows)

    def listing(self, owner: str, limit: int = 50, search: str = "") -> list[ConversationTitle]:
        """An owner's conversations, the last used first: all, or those in whose title or questions
        the words of ``search`` stand as they are."""
        wanted = re.sub(r"([%_\\])", r"\\\1", search.strip()[:_LONGEST_SEARCH])
        rows = self.file.rows(
            "SELECT id, title, updated FROM conversations c WHERE owner = ? AND deleted = 0 "
            "AND (title LIKE ? ESCAPE '\\' OR EXISTS (SELECT 1 FROM turns "
            "WHERE conversation = c.id AND question LIKE ? ESCAPE '\\')) "
            "ORDER BY updated DESC, c.rowid DESC LIMIT ?",
            hashed(owner), f"%{wanted}%", f"%{wanted}%", limit,
        )  # fmt: skip
        return [ConversationTitle(*row) for row in rows]

    def turns(self, owner: str, conversation: str) -> list[StoredTurn]:
        """The turns of a conversation in order; none for one of somebody else."""
        rows = self.file.rows(
            "SELECT t.position, t.question, t.answer, t.rating FROM turns t "
            "JOIN conversations c ON c.id = t.conversation "
            "WHERE c.id = ? AND c.owner = ? AND c.deleted = 0 ORDER BY t.position",
            conversation, hashed(owner),
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
        with self.file.transaction() as database:
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
        with self.file.transaction() as database:
            database.execute(
                "UPDATE turns SET rating = ? WHERE conversation = ? AND position = ?",
                (rating, conversation, position),
            )

    def rename(self, owner: str, conversation: str, title: str) -> None:
        """Give a conversation another title; an empty one changes nothing."""
        if not title.strip():
            return
        with self.file.transaction() as database:
            database.execute(
                "UPDATE conversations SET title = ? WHERE id = ? AND owner = ?",
                (shortened(title, _TITLE_CHARACTERS), conversation, hashed(owner)),
            )

    def delete(self, owner: str, conversation: str) -> None:
        """Delete a conversation: nobody sees it any more. For ten minutes ``restore`` brings it
        back; then, or when the server ends, it is gone."""
        with self.file.transaction() as database:
            _purge(database)
            database.execute(
                "UPDATE conversations SET deleted = ? WHERE id = ? AND owner = ?",
                (time.time(), conversation, hashed(owner)),
            )

    def restore(self, owner: str, conversation: str) -> bool:
        """Bring back a conversation that was deleted; whether it is there again."""
        with self.file.transaction() as database:
            found = database.execute(
                "UPDATE conversations SET deleted = 0 WHERE id = ? AND owner = ? AND deleted >= ?",
                (conversation, hashed(owner), time.time() - _KEPT_DELETED_SECONDS),
            )
            return found.rowcount > 0


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


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
