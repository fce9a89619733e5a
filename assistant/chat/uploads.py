"""Uploaded files → the folder of uploads, under safe names, none over another."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Sequence
from hashlib import file_digest
from pathlib import Path
from uuid import uuid4

from assistant.errors import DocumentError, StorageError, UsageError
from assistant.reading.opening import Access, copy_file

_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u202a-\u202e\u2066-\u2069]')
_LONGEST_NAME = 150
MOST_FILES = 100


def take_in(files: Sequence[str], folder: Path, max_megabytes: float) -> list[Path]:
    """Move files into the folder; gives where they lie now.

    A file whose bytes are there already under its name is not stored twice. Raises ``UsageError``
    for too many files or one that is too large, ``StorageError`` when the folder cannot be written.
    """
    if len(files) > MOST_FILES:
        raise UsageError(
            f"{len(files)} files at once; {MOST_FILES} is the most",
            hint="put them into the folder yourself, and sync",
        )
    # where their folders are now: a link that is put in the way later is none of theirs
    places = [Path(os.path.realpath(Path(file).parent), Path(file).name) for file in files]
    for file in places:
        size = _size(file)
        if size > max_megabytes * 1e6:
            raise UsageError(
                f"{file.name} has {size / 1e6:.1f} MB; documents.max_file_megabytes is "
                f"{max_megabytes:g}",
                hint="raise it, or leave the file out",
            )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        access = Access(int(min(max_megabytes * 1e6, 2.0**62)))
        return [_take(file, folder, access) for file in places]
    except DocumentError as exc:
        raise UsageError(exc.what, hint="it was changed while it was taken in") from exc
    except OSError as exc:
        raise StorageError(
            f"Files cannot be put into {folder}: {exc.strerror}",
            hint="set chat.uploads to a folder that can be written",
        ) from exc


def safe_name(name: str) -> str:
    """A file name without folders, control characters and leading dots."""
    plain = _UNSAFE.sub("_", Path(name.replace("\\", "/")).name).lstrip(". ") or "file"
    stem, dot, suffix = plain.rpartition(".")
    if not dot:
        return plain[:_LONGEST_NAME]
    return f"{stem[: _LONGEST_NAME - len(suffix) - 1]}.{suffix}"


def _size(file: Path) -> int:
    try:
        return os.lstat(file).st_size
    except OSError as exc:
        raise UsageError(f"{file.name} is not there any more: {exc.strerror}") from exc


def _take(file: Path, folder: Path, access: Access) -> Path:
    """Copy what the file is when it is opened, and remove the original if it is that still."""
    name = safe_name(file.name)
    target, number = folder / name, 2
    aside = folder / f".{uuid4().hex}.part"  # hidden: no sync may see half a file
    try:
        with aside.open("xb") as copy:
            taken = copy_file(str(file), file.name, access, copy)
        while target.exists():
            if target.is_file() and _digest(target) == _digest(aside):
                break
            target = folder / f"{Path(name).stem} ({number}){Path(name).suffix}"
            number += 1
        else:
            aside.rename(target)
    finally:
        aside.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        if os.path.samestat(os.lstat(file), taken):
            os.unlink(file)
    return target


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
