"""Notes: answers and quotes that a visitor pinned, kept like conversations and seen by their owner
alone.

A note is a copy: it stays as it was when its conversation is deleted or its document changes. What
is removed can be brought back for ten minutes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from assistant.chat.conversations import Conversations
from assistant.chat.kept_file import hashed
from assistant.errors import UsageError
from assistant.types import Answer, Citation

_SCHEMA = """
CREATE TABLE IF NOT EXISTS notes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL, pinned TEXT NOT NULL,
    note TEXT NOT NULL, deleted REAL NOT NULL DEFAULT 0
)"""
_INDEX = "CREATE INDEX IF NOT EXISTS notes_of_owner ON notes (owner, number)"
_OLD = "DELETE FROM notes WHERE deleted > 0 AND deleted < ?"
_KEPT_DELETED_SECONDS = 600.0
MOST_NOTES = 500
"""Of one owner."""


@dataclass(frozen=True, slots=True)
class NotedQuote:
    """A cited place; ``date`` is the day of its document where it is known."""

    citation: Citation
    date: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What was pinned: a question, the text of its answer (empty for a quote alone), the quotes.

    ``number`` names it, ``pinned`` is the moment in ISO form.
    """

    question: str
    text: str
    quotes: tuple[NotedQuote, ...]
    number: int = 0
    pinned: str = ""


class PinnedNotes:
    """All notes of one server, in the file of its conversations."""

    def __init__(self, conversations: Conversations, date_of: Callable[[str], str]) -> None:
        self._conversations = conversations
        self._file = conversations.file
        self._date_of = date_of
        with self._file.transaction() as database:
            database.execute(_SCHEMA)
            database.execute(_INDEX)
            database.execute("DELETE FROM notes WHERE deleted > 0")

    def pin(self, owner: str, conversation: str, turn: int, marker: int | None = None) -> None:
        """Pin an answer of a conversation, or the quote behind one of its markers.

        Raises ``UsageError`` when there is no such answer or quote, and at the most notes.
        """
        turns = self._conversations.turns(owner, conversation)
        answer = next((each.answer for each in turns if each.position == turn), None)
        note = None if answer is None else self._note(answer, marker)
        if note is None:
            raise UsageError("There is nothing to pin here", hint="load the page again")
        key = _notes().dump_json(note).decode()
        known = self._file.rows("SELECT number, note, deleted FROM notes WHERE owner = ?",
                                hashed(owner))  # fmt: skip
        if any(text == key and not deleted for _, text, deleted in known):
            return
        if sum(not deleted for *_, deleted in known) >= MOST_NOTES:
            raise UsageError(
                f"There are {MOST_NOTES} notes", hint="export them, and remove some of them"
            )
        with self._file.transaction() as database:
            database.execute(_OLD, (time.time() - _KEPT_DELETED_SECONDS,))
            database.execute(
                "INSERT INTO notes (owner, pinned, note) VALUES (?, ?, ?)",
                (hashed(owner), datetime.now(UTC).isoformat(timespec="seconds"), key),
            )

    def _note(self, answer: Answer, marker: int | None) -> Note | None:
        chosen = [each for each in answer.citations if marker in (None, each.marker)]
        if marker is not None and not chosen:
            return None
        quotes = tuple(NotedQuote(each, self._date_of(each.document)) for each in chosen)
        return Note(answer.question, "" if marker is not None else answer.text, quotes)

    def listing(self, owner: str) -> list[Note]:
        """An owner's notes in the order in which they were pinned."""
        rows = self._file.rows(
            "SELECT number, pinned, note FROM notes WHERE owner = ? AND deleted = 0 "
            "ORDER BY number LIMIT ?",
            hashed(owner), MOST_NOTES,
        )  # fmt: skip
        return [_read(*row) for row in rows]

    def remove(self, owner: str, number: int) -> bool:
        """Remove a note; whether there was one of this owner."""
        return self._set_deleted(owner, number, time.time(), "deleted = 0")

    def restore(self, owner: str, number: int) -> bool:
        """Bring back a note that was removed a while ago; whether it is there again."""
        since = time.time() - _KEPT_DELETED_SECONDS
        return self._set_deleted(owner, number, 0.0, f"deleted >= {since}")

    def _set_deleted(self, owner: str, number: int, moment: float, known: str) -> bool:
        with self._file.transaction() as database:
            found = database.execute(
                f"UPDATE notes SET deleted = ? WHERE number = ? AND owner = ? AND {known}",
                (moment, number, hashed(owner)),
            )
            return found.rowcount > 0


@lru_cache(maxsize=1)
def _notes() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(Note)


def _read(number: int, pinned: str, text: str) -> Note:
    note: Note = _notes().validate_json(text)
    return Note(note.question, note.text, note.quotes, number, pinned)
