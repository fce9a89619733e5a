"""A generation's files ↔ their checksums in its manifest: every changed byte is found.

SQLite, tantivy and Chroma each detect only some damage, and some damage crashes the process that
opens the file. So files are compared with the manifest before anything opens them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

_MANIFEST = "manifest.json"

_CHANGED = "does not match its checksum"
_THREADS = min(4, os.cpu_count() or 1)
"""Hashing leaves the interpreter to others: two threads take half the time of one."""

_OLD_BYTES = 16
"""Length of the BLAKE2b digests of indexes made before SHA-256, which processors compute: 1,400 MB
a second instead of 650."""

_REWRITTEN = "length.bin"
"""Chroma writes this file anew whenever it opens, with whatever its memory held: only its size
means something."""

_OWN_LOCKS = (".tantivy-meta.lock", ".tantivy-writer.lock")
"""Empty files whose presence means nothing."""


def checksums(folder: Path) -> dict[str, str]:
    """``size:hash`` of every file of a finished generation, by its path inside."""
    paths = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != _MANIFEST and path.name not in _OWN_LOCKS
    ]
    with ThreadPoolExecutor(_THREADS) as pool:
        sums = pool.map(_checksum, paths)
        return {
            path.relative_to(folder).as_posix(): told
            for path, told in zip(paths, sums, strict=True)
        }


def damage(folder: Path, expected: Mapping[str, str], whole_up_to: float) -> dict[str, str]:
    """The damaged files, each with what is wrong.

    Sizes are always compared, contents when all files together are no larger than ``whole_up_to``
    megabytes. No file is opened by anything but this.
    """
    wrong: dict[str, str] = {}
    total = 0
    for name, told in expected.items():
        try:
            size = (folder / name).stat().st_size
        except OSError:
            wrong[name] = "is gone"
            continue
        total += size
        wanted = int(told.partition(":")[0])
        if size != wanted:
            wrong[name] = f"has {size} bytes instead of {wanted}"
    if total > whole_up_to * 1_000_000:
        return wrong
    rest = [name for name in expected if name not in wrong]

    def compare(name: str) -> str:
        try:
            told = _checksum(folder / name, expected[name])
            return "" if told == expected[name] else _CHANGED
        except OSError as exc:
            return f"cannot be read: {exc.strerror}"

    with ThreadPoolExecutor(_THREADS) as pool:
        wrong.update(
            (name, what) for name, what in zip(rest, pool.map(compare, rest), strict=True) if what
        )
    return wrong


def _checksum(path: Path, like: str = "") -> str:
    """``like`` is an earlier checksum, whose way is kept."""
    size = path.stat().st_size
    if path.name == _REWRITTEN:
        return f"{size}:"
    is_old = len(like.partition(":")[2]) == 2 * _OLD_BYTES
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, _blake2b if is_old else "sha256")
    return f"{size}:{digest.hexdigest()}"


def _blake2b() -> Any:
    return hashlib.blake2b(digest_size=_OLD_BYTES)
