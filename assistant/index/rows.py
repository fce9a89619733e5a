"""Rows of the store: a document, a chunk, and a file that is not indexed. Frozen."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from assistant.types import DocumentField, DocumentInfo


def place_of(root: str, relative: str) -> str:
    """A file's full path as text, which compares and sorts files.

    A ``Path`` takes 8 µs to make and to hash, which was 3 of the 6 seconds of an edit among
    13,690 files.
    """
    between = "" if root.endswith(os.sep) else os.sep
    return f"{root}{between}{relative if os.sep == '/' else relative.replace('/', os.sep)}"


@dataclass(frozen=True, slots=True)
class FileState:
    """What the file system says of a file; equal states (and none too fresh) mean no change.

    ``checked_ns`` is the clock when the file was read: a file changed in the same instant can
    keep its times, so a state is trusted only when its times are older than that.
    """

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    checked_ns: int = 0


def state_of(status: os.stat_result, checked_ns: int = 0) -> FileState:
    """A file's state from what the system says of it."""
    return FileState(
        status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, checked_ns
    )


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document's row without its text. ``collection`` is set where several are asked; ``name``
    begins with it then."""

    id: str
    name: str
    root: str
    relative: str
    state: FileState
    sha256: str
    reading: str
    title: str
    kind: str
    is_markdown: bool = False
    date: str = ""
    language: str = ""
    author: str = ""
    notes: tuple[str, ...] = ()
    noise: tuple[tuple[int, int], ...] = ()
    fields: tuple[DocumentField, ...] = ()
    collection: str = ""

    @property
    def path_inside(self) -> str:
        """The name without that of its collection."""
        return self.name.removeprefix(f"{self.collection}:") if self.collection else self.name

    @property
    def place(self) -> str:
        """Where the file is, or was."""
        return place_of(self.root, self.relative)

    @property
    def day(self) -> str:
        """The day the file itself names, else the day it was last changed (ISO, UTC)."""
        if self.date:
            return self.date
        return datetime.fromtimestamp(self.state.mtime_ns / 1e9, UTC).date().isoformat()

    def info(self) -> DocumentInfo:
        """What a person may know and filter by."""
        return DocumentInfo(
            name=self.name,
            title=self.title,
            kind=self.kind,
            date=self.day,
            language=self.language,
            author=self.author,
            notes=self.notes,
            tags=PurePosixPath(self.path_inside).parts[:-1],
            fields=self.fields,
            size_bytes=self.state.size,
            collection=self.collection,
        )


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk's row; ``document_id`` points to its document."""

    id: str
    document_id: str
    ordinal: int
    start: int
    end: int
    page: int | None
    heading_path: tuple[str, ...]
    text: str
    context: str = ""
    placing: str = ""


@dataclass(frozen=True, slots=True)
class NotIndexed:
    """A file that is known but not in the index, and why; ``refusing`` names the settings and the
    readers under which that was so."""

    name: str
    root: str
    relative: str
    state: FileState
    refusing: str
    outcome: str
    reason: str

    @property
    def place(self) -> str:
        """Where the file is, or was."""
        return place_of(self.root, self.relative)
