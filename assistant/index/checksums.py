"""A generation's files ↔ their checksums in its manifest: every changed byte is found.

SQLite, tantivy and Chroma each notice some damage, and some of it only by crashing the process
that opened them. So files are compared with the manifest before anything opens them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

_MANIFEST = "manifest.json"

_REWRITTEN = "length.bin"
"""Chroma writes this file anew whenever it opens, with whatever its memory held: only its size
means something."""

_OWN_LOCKS = (".tantivy-meta.lock", ".tantivy-writer.lock")
"""Empty files whose presence means nothing."""


def checksums(folder: Path) -> dict[str, str]:
    """``size:hash`` of every file of a finished generation, by its path inside."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != _MANIFEST and path.name not in _OWN_LOCKS:
            found[path.relative_to(folder).as_posix()] = _checksum(path)
    return found


def damage(folder: Path, expected: Mapping[str, str], whole_up_to: float) -> dict[str, str]:
    """The files that are not as they were written, each with what is wrong.

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
    for name, told in expected.items():
        if name in wrong:
            continue
        try:
            if _checksum(folder / name) != told:
                wrong[name] = "does not match its checksum"
        except OSError as exc:
            wrong[name] = f"cannot be read: {exc.strerror}"
    return wrong


def _checksum(path: Path) -> str:
    size = path.stat().st_size
    if path.name == _REWRITTEN:
        return f"{size}:"
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, lambda: hashlib.blake2b(digest_size=16))
    return f"{size}:{digest.hexdigest()}"
