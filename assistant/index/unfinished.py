"""The work of an unfinished ingest: texts that were read and chunked, vectors that were made.

    index/unfinished/*.texts     one record a file, written as soon as the file is cut
    index/unfinished/*.vectors   one record a batch, of embedders that have no cache of their own

The next ingest reuses what still matches, by the content's hash, and deletes all of it once its own
index is published. Each process writes its own files under unique names, so a leftover process of a
killed ingest does no harm. A file's first record says what its records depend on: records of other
readers, chunk settings or embedders are removed unread.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from assistant.errors import DocumentError
from assistant.index.journal import Journal, Record, records
from assistant.index.loaded import Loaded, packed, packed_state, unpacked
from assistant.index.rows import FileState
from assistant.index.scan import FoundFile
from assistant.reading.added import brought_identity

TEXTS, VECTORS = ".texts", ".vectors"
_KEPT_OUTCOMES = frozenset({"empty", "needs_ocr", "password", "unsupported", "too_large"})
"""Refusals that a file's content brings about; another failure may be over at the next try."""


@dataclass(frozen=True, slots=True)
class KeepAside:
    """Where work is kept: a folder, what the work depends on, and the bytes of all its files."""

    folder: str
    depends_on: str
    most_bytes: int


class KeptTexts:
    """Files that an unfinished ingest had read and cut, and those that this one reads.

    Safe to use from several threads. Without a place nothing is found and nothing is kept.
    """

    def __init__(self, place: KeepAside | None) -> None:
        self._found: dict[bytes, Record] = {}
        self._journal: Journal | None = None
        if place is not None:
            for path in files_of(Path(place.folder), TEXTS):
                self._found.update((each.head, each) for each in records_of(path, place.depends_on))
            self._journal = begin_file(place, TEXTS)

    def take_up(
        self, file: FoundFile, sha256: str, state: FileState
    ) -> Loaded | DocumentError | None:
        """What became of a file with this very content under this name, if it is known."""
        record = self._found.get(_head(file, sha256)) if self._found else None
        body = record.body() if record else None
        if body is None:
            return None
        try:
            message: dict[str, Any] = json.loads(body)
            if "rest" in message:
                message["rest"] = [sha256, packed_state(state), message["rest"][2], True]
            return unpacked(message)
        except (ValueError, TypeError, LookupError, RecursionError):
            return None  # no accident writes such a record; reading the file again is always right

    def keep(self, file: FoundFile, sha256: str, result: Loaded | DocumentError) -> bytes:
        """Keep what became of a file, unless another try could end otherwise; what is kept."""
        if self._journal is None or (
            isinstance(result, DocumentError) and result.outcome not in _KEPT_OUTCOMES
        ):
            return b""
        line = json.dumps(packed(result)).encode()
        if not self._journal.append(_head(file, sha256), line):
            self._journal = None
        return line

    def close(self) -> None:
        """Keep nothing more."""
        if self._journal is not None:
            self._journal.close()


class Unfinished:
    """The folder of what is kept, for the one process that writes the index."""

    def __init__(self, index: Path, *, texts: str, vectors: str, most_megabytes: float) -> None:
        """``texts`` names readers, limits and cut, ``vectors`` the embedder."""
        self._folder = index / "unfinished"
        half = int(min(most_megabytes * 500_000, 2.0**62))
        self.texts = KeepAside(str(self._folder), texts, half)
        self.vectors = KeepAside(str(self._folder), vectors, half)

    def begin(self) -> None:
        """Make the folder, and remove what is of no use to this ingest."""
        if not self.texts.most_bytes:
            self.clear()
            return
        wanted = {TEXTS: self.texts.depends_on, VECTORS: self.vectors.depends_on}
        with contextlib.suppress(OSError):  # nothing is kept then, and the ingest says why it fails
            self._folder.mkdir(mode=0o700, exist_ok=True)
            for path in self._folder.iterdir():
                if _header(path) != wanted.get(path.suffix):
                    path.unlink()

    def counts(self) -> tuple[int, int]:
        """How many files and vectors the next ingest will find."""
        files = {
            record.head
            for path in files_of(self._folder, TEXTS)
            for record in records_of(path, self.texts.depends_on)
        }
        vectors = 0
        for path in files_of(self._folder, VECTORS):
            for record in records_of(path, self.vectors.depends_on):
                with contextlib.suppress(ValueError, TypeError, LookupError):
                    vectors += json.loads(record.head)[0]
        return len(files), vectors

    def clear(self) -> None:
        """Remove everything: it is in the index now, or its disk is full."""
        shutil.rmtree(self._folder, ignore_errors=True)


def begin_file(place: KeepAside, suffix: str) -> Journal | None:
    """A new file of a process's own, within what its kind may take in all."""
    folder = Path(place.folder)
    taken = 0
    for path in files_of(folder, suffix):
        with contextlib.suppress(OSError):
            taken += path.stat().st_size
    journal = Journal(folder / f"{uuid.uuid4().hex}{suffix}", place.most_bytes - taken)
    return journal if journal.append(place.depends_on.encode()) else None


def files_of(folder: Path, suffix: str) -> list[Path]:
    """The files of a kind that are there."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == suffix)
    except OSError:
        return []


def _header(path: Path) -> str | None:
    first = next(records(path), None)
    return first.head.decode("utf-8", "replace") if first and first.body() == b"" else None


def records_of(path: Path, depends_on: str) -> Iterator[Record]:
    """The records of a file behind its first, if that says what is asked for."""
    if _header(path) == depends_on:
        yield from islice(records(path), 1, None)


def _head(file: FoundFile, sha256: str) -> bytes:
    """What names a file's record: readers look at its name too, and a package may bring another."""
    named = [file.name, file.relative, sha256, *filter(None, [brought_identity(file.relative)])]
    return json.dumps(named).encode()
