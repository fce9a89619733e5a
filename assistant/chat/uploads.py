"""Uploaded files → the folder of uploads, under safe names, none over another."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from assistant.errors import StorageError, UsageError

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
    for file in files:
        size = Path(file).stat().st_size
        if size > max_megabytes * 1e6:
            raise UsageError(
                f"{Path(file).name} has {size / 1e6:.1f} MB; documents.max_file_megabytes is "
                f"{max_megabytes:g}",
                hint="raise it, or leave the file out",
            )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_take(Path(file), folder) for file in files]
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


def _take(file: Path, folder: Path) -> Path:
    name = safe_name(file.name)
    target, number = folder / name, 2
    while target.exists():
        if target.is_file() and _digest(target) == _digest(file):
            file.unlink(missing_ok=True)
            return target
        target = folder / f"{Path(name).stem} ({number}){Path(name).suffix}"
        number += 1
    aside = folder / f".{target.name}.part"  # hidden: no sync may see half a file
    shutil.move(file, aside)
    aside.rename(target)
    return target


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
        return digest.hexdigest()
