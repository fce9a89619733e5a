"""Names and places of uploaded files: sanitised, checked, never overwriting another."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u2028-\u202e\u2066-\u2069]')
_LONGEST_NAME = 150
_MOST_NAME_BYTES = 200
"""A file system takes 255; a number and the name of a part come on top."""

_MOST_NUMBERED = 20
"""Files of one name that are compared and numbered; a later one gets random digits. With thousands
each new one would be compared with all."""


def safe_name(name: str) -> str:
    """A file name without folders, control characters and leading dots."""
    name = name.encode(errors="replace").decode().replace("\\", "/")
    plain = _UNSAFE.sub("_", Path(name).name).lstrip(". ") or "file"
    stem, dot, suffix = plain.rpartition(".")
    if not dot or len(suffix) > _LONGEST_NAME // 2:
        return _shortened(plain, _MOST_NAME_BYTES)[:_LONGEST_NAME]
    suffix = _shortened(suffix, _MOST_NAME_BYTES // 2)
    stem = _shortened(stem, _MOST_NAME_BYTES - len(suffix.encode()) - 1)
    return f"{stem[: _LONGEST_NAME - len(suffix) - 1]}.{suffix}"


def lies_directly_in(place: Path, folder: Path) -> bool:
    """Whether a place is a regular file, no link and of one name, directly inside a folder."""
    try:
        status = place.lstat()
        real = place.resolve(strict=True)
    except (OSError, ValueError):
        return False
    is_plain = stat.S_ISREG(status.st_mode) and status.st_nlink == 1
    return is_plain and real.parent == folder.resolve()


def put(file: Path, folder: Path, name: str) -> Path:
    """Move a file into a folder under a name, over no other; gives where it lies.

    One whose bytes are there already is not stored twice.
    """
    stem, suffix = Path(name).stem, Path(name).suffix
    numbered = (f"{stem} ({number}){suffix}" for number in range(2, 2 + _MOST_NUMBERED))
    for each in (name, *numbered, f"{stem} ({secrets.token_hex(4)}){suffix}"):
        target = folder / each
        if not os.path.lexists(target):
            break
        if lies_directly_in(target, folder) and _is_same(target, file):
            file.unlink()
            return target
    file.rename(target)
    return target


def sizes(folder: Path) -> Iterator[int]:
    """The sizes of all files below a folder; links are not followed."""
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                yield os.lstat(os.path.join(parent, name)).st_size
            except FileNotFoundError:
                continue  # taken in or deleted meanwhile


def _is_same(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and _digest(one) == _digest(other)


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
        return digest.digest()


def _shortened(text: str, most_bytes: int) -> str:
    return text.encode()[:most_bytes].decode(errors="ignore")
