"""Folders and files that only this user may read, on a machine that others use too.

What documents and conversations say stands in the index and in the uploads, whoever may read the
documents themselves. Modes are set where files are made; what an earlier version, or a library,
left open to others is closed when it is met.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path

FOLDER_MODE, FILE_MODE = 0o700, 0o600
_OTHERS = 0o077


def make_private(folder: Path, ours: Iterable[str] = ()) -> None:
    """Make a folder if there is none, and close it to other users with all that is in it.

    Of a folder that holds other names than those beginning like ``ours`` only these are closed: it
    may be a project's, named by a slip, and its owner wants it as it is. Without ``ours`` all is.
    Raises ``OSError`` when the folder cannot be made.
    """
    if not folder.is_dir():
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        return
    begins = tuple(ours)
    with contextlib.suppress(OSError):  # somebody else's folder, or a drive without modes
        if not os.stat(folder).st_mode & _OTHERS:
            return
        names = os.listdir(folder)
        known = [name for name in names if not begins or name.startswith(begins)]
        for name in known:
            close_to_others(folder / name)
        if len(known) == len(names):
            os.chmod(folder, FOLDER_MODE)


def close_to_others(path: Path) -> None:
    """Take other users' rights from a file, or from a folder and all that is in it.

    Links are left alone, and so is what belongs to somebody else.
    """
    _close(path)
    if path.is_symlink() or not path.is_dir():
        return
    for folder, folders, files in os.walk(path):
        for name in (*folders, *files):
            _close(Path(folder, name))


def make_file(path: Path) -> None:
    """An empty file for this user alone, where there is none. Raises ``OSError``.

    For SQLite, whose journals take over the mode of the database.
    """
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE))


def _close(path: Path) -> None:
    with contextlib.suppress(OSError):
        mode = os.lstat(path).st_mode
        if mode & _OTHERS and (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            os.chmod(path, stat.S_IMODE(mode) & ~_OTHERS)
