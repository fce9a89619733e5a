"""Temporary copies of an index's parts, for processes that cannot write to the index folder.

Chroma and tantivy write when they open, even for reading: Chroma a journal, tantivy a lock. On a
full disk or in a read-only folder that fails, although the index itself is whole.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.errors import StorageError

_IN_MEMORY = Path("/dev/shm")
_SPARE_BYTES = 1_000_000
_PREFIX, _LOCK = "assistant-copy-", "in-use.lock"
_NEW_SECONDS, _ABANDONED_SECONDS = 60, 3600


def readable(path: Path, exits: ExitStack) -> Path:
    """The folder itself, or a copy of it where it is read-only."""
    return path if os.access(path, os.W_OK) else copy_aside(path, exits, "it is read-only")


def own_copy(path: Path, exits: ExitStack) -> Path:
    """A copy that absorbs the reader's writes; the folder itself where no place has room.

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
    places = [each for each in (Path(tempfile.gettempdir()), _IN_MEMORY) if each.is_dir()]
    for place in places:
        _sweep(place)
    for place in places:
        if shutil.disk_usage(place).free > 2 * size + _SPARE_BYTES:
            temporary = tempfile.TemporaryDirectory(
                prefix=_PREFIX, dir=place, ignore_cleanup_errors=True
            )
            folder = Path(exits.enter_context(temporary))
            # Another thread may end it. Some network file systems have no locks: then it is not
            # swept, because nobody else gets one either.
            with contextlib.suppress(OSError):
                exits.enter_context(FileLock(folder / _LOCK, thread_local=False))
            return Path(shutil.copytree(path, folder / path.name))
    raise StorageError(
        f"{path} cannot be opened, because nothing can be written: {cause}",
        hint="free some disk space, or make the folder writable; nothing is lost",
    )


def _sweep(place: Path) -> None:
    """Remove our copies of processes that were killed: nobody holds their locks.

    A copy without a lock is just being made or removed, unless it is an hour old.
    """
    own = os.getuid() if hasattr(os, "getuid") else 0
    for folder in place.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError, Timeout):
            state = folder.lstat()
            age = time.time() - state.st_mtime
            if not stat.S_ISDIR(state.st_mode) or state.st_uid != own or age < _NEW_SECONDS:
                continue
            if (folder / _LOCK).is_file():
                with FileLock(folder / _LOCK, timeout=0):
                    pass
            elif age < _ABANDONED_SECONDS:
                continue
            shutil.rmtree(folder, ignore_errors=True)
