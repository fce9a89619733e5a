"""Records appended to a file, each complete or absent, so that work survives a kill.

A record is one write: a frame (a mark, two lengths, a digest), a head and a body. A kill, a full
disk or a power cut leaves a last record that is cut off or garbled; a record whose digest is wrong
is not given out. Writes are not flushed to the disk.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FRAME = struct.Struct("<4sIQ16s")
_MARK = b"\xf0rec"

_ROOM_TIMES, _ROOM_BYTES = 8, 64_000_000
"""Only while so many times a journal's size and so many bytes more are free is it written: the
index that is being built takes two to four times as much as what it is built from."""


@dataclass(frozen=True, slots=True)
class Record:
    """Where a record stands; ``head`` is not proven right before ``body`` is asked for."""

    path: Path
    head: bytes
    offset: int
    length: int
    digest: bytes

    def body(self) -> bytes | None:
        """The record's body, or None when it is not as it was written, or gone."""
        try:
            with self.path.open("rb", buffering=0) as file:
                file.seek(self.offset)
                body = file.read(self.length)
        except OSError:
            return None
        return body if _digest(self.head, body) == self.digest else None


def records(path: Path) -> Iterator[Record]:
    """The records of a file in order, up to the first that is cut off."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            while len(frame := file.read(_FRAME.size)) == _FRAME.size:
                mark, head_length, length, digest = _FRAME.unpack(frame)
                offset = file.tell() + head_length
                if mark != _MARK or offset + length > size:
                    return
                yield Record(path, file.read(head_length), offset, length, digest)
                file.seek(offset + length)
    except OSError:
        return


class Journal:
    """One new file that records are appended to; safe to use from several threads.

    It stops when it is full or cannot be written, and deletes itself when its disk is nearly full:
    its records can be made again, the files it would displace cannot.
    """

    def __init__(self, path: Path, most_bytes: int) -> None:
        self.path = path
        self._most_bytes = most_bytes
        self._size = 0
        self._lock = threading.Lock()
        self._file: int | None = None
        with contextlib.suppress(OSError):
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
            self._file = os.open(path, flags, 0o600)

    def append(self, head: bytes, *body: bytes) -> bool:
        """Keep a record; False when it is not kept, and then none is any more."""
        length = sum(map(len, body))
        whole = _FRAME.size + len(head) + length
        frame = _FRAME.pack(_MARK, len(head), length, _digest(head, *body))
        with self._lock:
            if self._file is None:
                return False
            if self._size + whole > self._most_bytes:
                self._stop()
                return False
            try:
                if self._is_room_scarce(self._file):
                    self._stop(at=0)
                    self.path.unlink(missing_ok=True)
                    return False
                written = os.writev(self._file, [frame, head, *body])
            except OSError:
                written = 0
            if written != whole:
                self._stop(at=self._size)
                return False
            self._size += whole
            return True

    def close(self) -> None:
        """Close the file; nothing is kept any more. Closing twice is harmless."""
        with self._lock:
            self._stop()

    def _is_room_scarce(self, file: int) -> bool:
        disk = os.fstatvfs(file)
        return disk.f_bavail * disk.f_frsize < _ROOM_TIMES * self._size + _ROOM_BYTES

    def _stop(self, at: int | None = None) -> None:
        """Close the file, cut off at a size."""
        if self._file is None:
            return
        with contextlib.suppress(OSError):
            if at is not None:
                os.ftruncate(self._file, at)
        with contextlib.suppress(OSError):
            os.close(self._file)
        self._file = None


def _digest(*parts: bytes) -> bytes:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()[:16]
