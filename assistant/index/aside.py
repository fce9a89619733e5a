"""Copies of an index's parts for readers that may not, or cannot, write where they are.

Chroma and tantivy both write when they open, even to read: the one a journal, the other a lock. On
a full disk or in a read-only folder that fails, and the index would not answer though it is whole.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from assistant.errors import StorageError

_IN_MEMORY = Path("/dev/shm")
_SPARE_BYTES = 1_000_000


def readable(path: Path, exits: ExitStack) -> Path:
    """The folder itself, or a copy of it where it is read-only."""
    return path if os.access(path, os.W_OK) else copy_aside(path, exits, "it is read-only")


def own_copy(path: Path, exits: ExitStack) -> Path:
    """A copy, so that the reader's writes are its own; the folder itself where nothing has room.

    Chroma writes its HNSW files anew when it opens: the generation's must stay as they were.
    """
    try:
        return copy_aside(path, exits, "there is no room for a copy")
    except StorageError:
        return readable(path, exits)


def copy_aside(path: Path, exits: ExitStack, cause: object) -> Path:
    """A copy in a temporary folder, else in memory; ``exits`` removes it.

    Raises ``StorageError`` with the ``cause`` when there is no room anywhere.
    """
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    for place in (Path(tempfile.gettempdir()), _IN_MEMORY):
        if place.is_dir() and shutil.disk_usage(place).free > 2 * size + _SPARE_BYTES:
            folder = tempfile.TemporaryDirectory(
                prefix="assistant-", dir=place, ignore_cleanup_errors=True
            )
            return Path(shutil.copytree(path, Path(exits.enter_context(folder)) / path.name))
    raise StorageError(
        f"{path} cannot be opened, because nothing can be written: {cause}",
        hint="free some disk space, or make the folder writable; nothing is lost",
    )
