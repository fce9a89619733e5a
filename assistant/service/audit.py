"""The audit log: who did what kind of thing, when, with which collections, and how it ended.

One line of JSON for each act, in ``audit`` in the folder of the index, for this user alone. Never a
word of a question, an answer or a document, and no name of one. The log is rotated by size, and the
oldest part goes. A log that cannot be written is told in the server's log and stops nobody.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from assistant.private_files import FILE_MODE, make_private

AUDIT_FOLDER, AUDIT_FILE = "audit", "audit.jsonl"
_PARTS = 5
"""Files that the log is kept in: this one, and four before it."""
_log = logging.getLogger("assistant.server")


class AuditLog:
    """A log of at most so many megabytes in a folder. For any number of threads."""

    def __init__(self, folder: Path, megabytes: float) -> None:
        self._folder = folder
        self._most = max(1, int(megabytes * 1e6 / _PARTS))
        self._lock = threading.Lock()

    def record(
        self, who: str, act: str, door: str, collections: Sequence[str], outcome: str
    ) -> None:
        """Write an act down. ``outcome`` is ``ok``, ``abstained``, ``stopped`` or the name of an
        error."""
        entry = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "who": who, "act": act, "door": door,
            "collections": list(collections), "outcome": outcome,
        }  # fmt: skip
        line = json.dumps(entry).encode() + b"\n"
        with self._lock:
            try:
                make_private(self._folder)
                self._append(line)
            except OSError as exc:
                _log.error("the audit log cannot be written: %s", exc.strerror)

    def _append(self, line: bytes) -> None:
        path = self._folder / AUDIT_FILE
        try:
            if path.stat().st_size + len(line) > self._most:
                self._rotate(path)
        except FileNotFoundError:
            pass
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        handle = os.open(path, flags, FILE_MODE)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)

    def _rotate(self, path: Path) -> None:
        parts = [path, *(path.with_name(f"audit.{number}.jsonl") for number in range(1, _PARTS))]
        for older, newer in zip(parts[:0:-1], parts[-2::-1], strict=True):
            if newer.exists():
                os.replace(newer, older)
