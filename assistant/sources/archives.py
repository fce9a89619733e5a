"""A zip or tar file → the files in it, one after the other, within limits.

Nothing is extracted by a library: each member's name is checked and its bytes are read in parts,
so that no name leads out of the folder, no link is made, and no bomb unfolds. What is left out is
told.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from assistant.errors import DocumentError
from assistant.text.visible import shown_value

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
MOST_MEMBERS = 20_000
_LONGEST_NAME, _DEEPEST = 240, 30
_AT_ONCE = 1 << 20
_LONGEST_END = 22 + 65_535
_LEAST_EXPANSION = 20_000_000
"""Bytes that a small archive may unfold to, whatever its own size."""
_DAMAGED = (OSError, EOFError, zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError,
            NotImplementedError, RuntimeError, ValueError)  # fmt: skip
_INNER = frozenset({*ARCHIVES, ".gz", ".7z", ".rar"})


@dataclass(frozen=True, slots=True)
class UnpackingLimits:
    """The most bytes of one file, and how many times its own size an archive may unfold to."""

    most_bytes: int
    most_expansion: int


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: its checked path, and its bytes, or why it is left out."""

    name: str
    data: bytes = b""
    problem: str = ""


def is_archive(path: Path) -> bool:
    """Whether a name is that of an archive we open."""
    return path.name.lower().endswith(ARCHIVES)


def members_of(path: Path, limits: UnpackingLimits) -> Iterator[Member]:
    """The files of an archive. Raises ``DocumentError`` for one that is damaged, encrypted, or
    unfolds to more than the limits allow."""
    allowed = max(_LEAST_EXPANSION, path.stat().st_size * limits.most_expansion)
    try:
        found = (
            _zip_members(path, limits, allowed) if zipfile.is_zipfile(path)
            else _tar_members(path, limits, allowed)
        )  # fmt: skip
        yield from found
    except DocumentError:
        raise
    except _DAMAGED as exc:
        raise DocumentError(f"{path.name} is damaged, or no archive: {exc}") from exc


def safe_path(name: str) -> str:
    """A member's name as a relative path of plain parts, or nothing where it is none: absolute,
    leading upwards, of another system's kind, hidden, too long or too deep."""
    if not name or "\\" in name or "\0" in name or name.startswith("/") or len(name) > 2_000:
        return ""
    parts = PurePosixPath(name).parts
    if not parts or len(parts) > _DEEPEST:
        return ""
    for part in parts:
        is_plain = part.isprintable() and len(part.encode("utf-8", "replace")) <= _LONGEST_NAME
        if part == ".." or part.startswith(".") or ":" in part or not is_plain:
            return ""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return ""
    return "/".join(parts)


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class _Counted:
    """A stream that ends with an error when more than allowed comes out of it."""

    def __init__(self, inner: _Readable, allowed: int, name: str) -> None:
        self._inner, self._left, self._name = inner, allowed, name

    def read(self, size: int = -1) -> bytes:
        """Raises ``DocumentError`` when the archive unfolds to too much."""
        wanted = _AT_ONCE if size is None or size < 0 else min(size, _AT_ONCE)
        found = self._inner.read(wanted)
        self._left -= len(found)
        if self._left < 0:
            raise _too_much(self._name)
        return found


def _zip_members(path: Path, limits: UnpackingLimits, allowed: int) -> Iterator[Member]:
    left = allowed
    _check_directory(path)
    with zipfile.ZipFile(path) as package:
        entries = package.infolist()
        if len(entries) > MOST_MEMBERS:
            raise _too_many(path.name)
        for entry in entries:
            if entry.is_dir():
                continue
            name = safe_path(entry.filename)
            problem = _problem(name, entry.filename, entry.file_size, limits)
            if entry.flag_bits & 1:
                problem = "it is encrypted"
            if (entry.external_attr >> 16) & 0o170000 == 0o120000:
                problem = "it is a link"
            if problem:
                yield Member(entry.filename, problem=problem)
                continue
            with package.open(entry) as file:
                data = _read(file, min(limits.most_bytes, left), path.name)
            if data is None:
                raise _too_much(path.name)
            left -= len(data)
            yield Member(name, data)


def _check_directory(path: Path) -> None:
    """Refuse a zip whose list of members is larger than that of the most that are read: the library
    reads it whole. The list's size stands in the record at the end (APPNOTE 4.3.16)."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _LONGEST_END))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return
    if tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
        raise DocumentError(f"{path.name} is a zip of the 64-bit form, which is not opened")
    if int.from_bytes(tail[at + 12 : at + 16], "little") > MOST_MEMBERS * 400:
        raise _too_many(path.name)


def _tar_members(path: Path, limits: UnpackingLimits, allowed: int) -> Iterator[Member]:
    with path.open("rb") as file:
        counted = _Counted(_opened(file), allowed, path.name)
        with tarfile.open(fileobj=counted, mode="r|") as package:  # type: ignore[call-overload]
            for count, entry in enumerate(package):
                if count >= MOST_MEMBERS:
                    raise _too_many(path.name)
                if entry.size > allowed:  # the library would skip that many bytes block by block
                    raise _too_much(path.name)
                if entry.isdir():
                    continue
                name = safe_path(entry.name)
                problem = _problem(name, entry.name, entry.size, limits)
                if not entry.isreg():
                    problem = "it is a link, a device or a pipe"
                if problem:
                    yield Member(entry.name, problem=problem)
                    continue
                inner = package.extractfile(entry)
                data = _read(inner, limits.most_bytes, path.name) if inner else None
                if data is None:
                    raise _too_much(path.name)
                yield Member(name, data)


def _opened(file: IO[bytes]) -> _Readable:
    """The tar inside a compressed file; the first bytes say how it is compressed."""
    head = file.read(6)
    file.seek(0)
    if head.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file)
    if head.startswith(b"BZh"):
        return bz2.BZ2File(file)
    if head.startswith(b"\xfd7zXZ\x00"):
        return lzma.LZMAFile(file)
    return file


def _read(file: IO[bytes], most: int, name: str) -> bytes | None:
    """All bytes of a member, or None when there are more than ``most``."""
    parts = []
    left = most
    while part := file.read(min(_AT_ONCE, left + 1)):
        left -= len(part)
        if left < 0:
            return None
        parts.append(part)
    return b"".join(parts)


def _problem(name: str, written: str, size: int, limits: UnpackingLimits) -> str:
    if not name:
        return "its name leads out of the archive, is hidden, or is none that a file can have"
    if name.lower().endswith(tuple(_INNER)):
        return "it is an archive inside the archive; add it by itself"
    if size > limits.most_bytes:
        return f"{size / 1e6:.1f} MB; documents.max_file_megabytes is {limits.most_bytes / 1e6:g}"
    return ""


def _too_much(name: str) -> DocumentError:
    return DocumentError(
        f"{shown_value(name)} unfolds to more than the limits allow",
        hint="reading.max_expansion and documents.max_file_megabytes are the limits",
        outcome="too_large",
    )


def _too_many(name: str) -> DocumentError:
    return DocumentError(
        f"{shown_value(name)} holds more than {MOST_MEMBERS:,} files", outcome="too_large"
    )
