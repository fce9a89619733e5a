"""A file of somebody's folder → its bytes, without being led away, held up or flooded.

Between the look at a folder and the reading of a file anybody who may write there can swap the
file: for a link that leads elsewhere, for a pipe that nobody writes to, for a file without end. So
each part of a path is opened by itself and may not be a link, nothing that is opened can make us
wait, the opened file is asked what it is, and never more is read than it may hold.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from assistant.errors import DocumentError

_LINKS_REFUSED = getattr(os, "O_NOFOLLOW_ANY", 0)
"""On macOS one flag refuses links in the whole path; elsewhere the path is walked."""
_WALKS = os.open in os.supports_dir_fd and not _LINKS_REFUSED
_QUIET = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
_LAST = getattr(os, "O_NOFOLLOW", 0) | _LINKS_REFUSED
_FOLDER = getattr(os, "O_DIRECTORY", 0)
_ON_THE_WAY = getattr(os, "O_PATH", os.O_RDONLY) | _FOLDER | _LAST | getattr(os, "O_CLOEXEC", 0)
"""A folder one may pass through need not be one whose names one may read."""

_AT_ONCE = 1 << 20
_A_LINK = frozenset({errno.ELOOP, errno.ENOTDIR})


@dataclass(frozen=True, slots=True)
class OpeningRules:
    """How the files of a folder are opened: the most bytes one may have, and whether links lead
    on (``documents.follow_symlinks``). ``setting`` names the limit in what a person is told."""

    most_bytes: int
    follows_links: bool = False
    setting: str = "documents.max_file_megabytes"

    def refusal(self, size: int) -> str:
        """Why a file of so many bytes is not read, or an empty text."""
        if size <= self.most_bytes:
            return ""
        return f"{size / 1e6:.1f} MB; {self.setting} is {self.most_bytes / 1e6:g}"


def read_file(place: str, name: str, access: OpeningRules) -> tuple[bytes, os.stat_result]:
    """A file's bytes, and what the system said of it when it was opened.

    ``place`` is its absolute path; ``name`` is what it is called in errors. Raises
    ``DocumentError``: ``too_large`` for a file over the limit, however it grew; ``failed`` for one
    that is gone, may not be read, lies behind a link or is no regular file.
    """
    with _opened(place, name, access) as (descriptor, status):
        parts = list(_parts(descriptor, name, status.st_size + 1, access))
    return parts[0] if len(parts) == 1 else b"".join(parts), status


def copy_file(place: str, name: str, access: OpeningRules, target: BinaryIO) -> os.stat_result:
    """Write a file's bytes into another; returns and raises what ``read_file`` does."""
    with _opened(place, name, access) as (descriptor, status):
        for part in _parts(descriptor, name, _AT_ONCE, access):
            target.write(part)
    return status


def file_parts(place: str, name: str, access: OpeningRules) -> Iterator[bytes]:
    """A file's bytes in parts of a megabyte, held open until the last; raises what ``read_file``
    does."""
    with _opened(place, name, access) as (descriptor, _):
        yield from _parts(descriptor, name, _AT_ONCE, access)


def open_folder(place: str, *, follows_links: bool) -> int:
    """A descriptor of a folder, to list it; a link in its path is an ``OSError``."""
    return _open(place, os.O_RDONLY | _FOLDER | getattr(os, "O_CLOEXEC", 0), follows_links)


def is_led_away(error: OSError) -> bool:
    """Whether a path could not be opened because there is a link in it, or no folder."""
    return error.errno in _A_LINK


@contextmanager
def _opened(place: str, name: str, access: OpeningRules) -> Iterator[tuple[int, os.stat_result]]:
    try:
        descriptor = _open(place, os.O_RDONLY | _QUIET, access.follows_links)
    except OSError as exc:
        raise _failure(exc, name) from exc
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _not_regular(name)
        refusal = access.refusal(status.st_size)
        if refusal:
            raise DocumentError(f"{name} has {refusal}", outcome="too_large")
        yield descriptor, status
    finally:
        os.close(descriptor)


def _open(place: str, flags: int, follows_links: bool) -> int:
    if follows_links:
        return os.open(place, flags)
    if not _WALKS:
        return os.open(place, flags | _LAST)
    *folders, last = place.strip("/").split("/")
    folder = os.open("/", _ON_THE_WAY)
    try:
        for part in folders:
            inner = os.open(part, _ON_THE_WAY, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(last or ".", flags | _LAST, dir_fd=folder)
    finally:
        os.close(folder)


def _parts(descriptor: int, name: str, first: int, access: OpeningRules) -> Iterator[bytes]:
    """A file in parts to its end, whatever its size was when it was opened, but never past the
    limit; ``first`` bytes are asked for first."""
    total, wanted = 0, first
    while total <= access.most_bytes:
        try:
            part = os.read(descriptor, min(wanted, access.most_bytes + 1 - total))
        except OSError as exc:
            raise _failure(exc, name) from exc
        if not part:
            return
        total, wanted = total + len(part), _AT_ONCE
        if total <= access.most_bytes:
            yield part
    raise DocumentError(
        f"{name} grew while it was read; {access.setting} is {access.most_bytes / 1e6:g}",
        outcome="too_large",
    )


def _not_regular(name: str) -> DocumentError:
    return DocumentError(
        f"{name} is no regular file any more",
        hint="something was put in its place after its folder was listed",
    )


def _failure(error: OSError, name: str) -> DocumentError:
    if isinstance(error, FileNotFoundError):
        return DocumentError(f"{name} vanished while it was being read")
    if is_led_away(error):
        return DocumentError(
            f"{name} is not read, because there is a link in its path now",
            hint="documents.follow_symlinks would follow it",
        )
    if error.errno == errno.ENXIO:  # a socket
        return _not_regular(name)
    return DocumentError(f"{name} cannot be read: {error.strerror}", hint="check its permissions")
