"""Files that browsers send → the folder of uploads, under safe names, none over another.

A file is first staged under a random number in a hidden folder that syncs ignore. The browser that
sent it gets the number, and ``take_in`` moves only files of this browser. No caller names a path.
Staged files are deleted after an hour.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import stat
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from assistant.chat.stored_files import lies_directly_in, put, safe_name, sizes
from assistant.errors import BusyError, QuotaError, StorageError, UsageError
from assistant.settings.collections import DEFAULT
from assistant.text.recent import Recent

T = TypeVar("T")

MOST_FILES = 100
ASIDE = ".incoming"
"""Where files lie until they are taken in; on the same drive, so that moving costs nothing."""
OTHERS = ".collections"
"""Where files of other collections than the default one lie, a folder each. Syncs leave hidden
folders out, so those of a folder above never find them."""

_THREADS = 4
_KEPT_SECONDS = 3600.0
_SESSION_SECONDS = 86_400.0
_MOST_SESSIONS = 10_000
_MOST_AT_ONCE = 64
_LEAST_BYTES = 65_536
"""A file counts as at least so many bytes: a million empty ones fill a drive and an index too."""


@dataclass(frozen=True, slots=True)
class Quotas:
    """Bytes: of one file, of one browser in a day, of the whole folder."""

    file: int
    session: int
    total: int


@dataclass(frozen=True, slots=True)
class _Staged:
    """A whole file that lies aside. ``since`` is a moment of the clock."""

    owner: str
    name: str
    since: float


class Uploads:
    """The folder of uploads and what lies aside. For any number of threads."""

    def __init__(
        self, folder: Path, quotas: Quotas, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder = folder
        self._aside = folder / ASIDE
        self.quotas = quotas
        self._clock = clock
        self._lock = threading.Lock()
        self._staged: dict[str, _Staged] = {}
        self._sessions: Recent[tuple[float, int]] = Recent(_MOST_SESSIONS)
        self._used = 0
        self._arriving = 0
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="uploads")

    async def apart(self, work: Callable[..., T], *arguments: Any) -> T:
        """Run something in the threads for uploads, so that questions do not wait for it."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    def begin(self, owner: str, name: str) -> Incoming:
        """Room for one file of a browser.

        Raises ``UsageError`` without an owner or a name, ``QuotaError`` when there is no room,
        ``BusyError`` when too many arrive at once, ``StorageError`` when the folder cannot be
        written.
        """
        if not owner:
            raise UsageError(
                "The upload comes from no browser that has opened the chat",
                hint="open the chat in the browser first; its cookie says whose file it is",
            )
        if not name.strip():
            raise UsageError("A file without a name", hint="send its name as `name=`")
        with self._lock:
            if self._arriving >= _MOST_AT_ONCE:
                raise BusyError(f"{_MOST_AT_ONCE} uploads are under way", hint="try again")
            try:
                self._prepare()
                self._sweep()
                self._used = sum(_counted(size) for size in sizes(self._folder))
                self._spend(owner, _LEAST_BYTES)
                identity = secrets.token_urlsafe(16)
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
                handle = os.open(self._aside / identity, flags, 0o600)
            except OSError as exc:
                raise _unwritable(self._folder, exc) from exc
            self._arriving += 1
        return Incoming(self, owner, safe_name(name), identity, handle)

    def folder_of(self, collection: str) -> Path:
        """Where the files of a collection lie."""
        return self._folder if collection == DEFAULT else self._folder / OTHERS / collection

    def take_in(
        self, owner: str, identities: Sequence[str], collection: str = DEFAULT
    ) -> list[Path]:
        """Move files that this browser sent into a collection's folder; gives where they lie now.

        A file whose bytes are there already under its name is not stored twice. Raises
        ``UsageError`` for too many files, or for one that this browser did not send or that is
        gone, ``StorageError`` when the folder cannot be written.
        """
        if len(identities) > MOST_FILES:
            raise UsageError(
                f"{len(identities)} files at once; {MOST_FILES} is the most",
                hint="put them into the folder yourself, and sync",
            )
        with self._lock:
            wanted = dict.fromkeys(identities)
            names = {each: self._name_of(each, owner) for each in wanted}
            # the numbers are ours; that no link lies there is asked of the file system all the same
            if not all(lies_directly_in(self._aside / each, self._aside) for each in names):
                raise _gone()
            taken = []
            folder = self.folder_of(collection)
            for identity, name in names.items():
                try:
                    if collection != DEFAULT:
                        _make_plain(self._folder / OTHERS)
                        _make_plain(folder)
                    taken.append(put(self._aside / identity, folder, name))
                except OSError as exc:
                    raise _unwritable(self._folder, exc) from exc
                del self._staged[identity]
        return taken

    def _name_of(self, identity: str, owner: str) -> str:
        staged = self._staged.get(identity)
        if staged is None or not secrets.compare_digest(staged.owner.encode(), owner.encode()):
            raise _gone()
        return staged.name

    def spend(self, owner: str, size: int) -> None:
        """Count bytes that a browser sent. Raises ``QuotaError`` when there is no room for them."""
        with self._lock:
            self._spend(owner, size)

    def stage(self, identity: str, owner: str, name: str) -> None:
        """A file is whole, and may be taken in."""
        with self._lock:
            self._arriving -= 1
            self._staged[identity] = _Staged(owner, name, self._clock())

    def discard(self, identity: str) -> None:
        """A file did not become whole."""
        with self._lock:
            self._arriving -= 1
        (self._aside / identity).unlink(missing_ok=True)

    def _spend(self, owner: str, size: int) -> None:
        now = self._clock()
        began, spent = self._sessions.get(owner) or (now, 0)
        if now - began > _SESSION_SECONDS:
            began, spent = now, 0
        fits = spent + size <= self.quotas.session
        self._sessions.put(owner, (began, spent + size if fits else spent))
        if not fits:
            raise QuotaError(
                f"One browser may upload {self.quotas.session / 1e6:g} MB in a day",
                hint="go on tomorrow, raise chat.session_upload_megabytes, or put the files into "
                "the folder yourself",
            )
        if self._used + size > self.quotas.total:
            raise QuotaError(
                f"The folder of uploads is full; it may hold {self.quotas.total / 1e6:g} MB",
                hint="delete files there, or raise chat.uploads_megabytes",
            )
        self._used += size

    def _prepare(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        _make_plain(self._aside)

    def _sweep(self) -> None:
        """Delete what nobody took in, also of a server that ran before."""
        late = self._clock() - _KEPT_SECONDS
        for identity in [each for each, staged in self._staged.items() if staged.since < late]:
            del self._staged[identity]
            (self._aside / identity).unlink(missing_ok=True)
        old = time.time() - _KEPT_SECONDS
        with os.scandir(self._aside) as entries:
            for entry in entries:
                if (
                    entry.name not in self._staged
                    and entry.stat(follow_symlinks=False).st_mtime < old
                ):
                    os.unlink(entry.path)


class Incoming:
    """A file while it arrives."""

    def __init__(self, uploads: Uploads, owner: str, name: str, identity: str, handle: int) -> None:
        self._uploads = uploads
        self._owner = owner
        self._name = name
        self._identity = identity
        self._file = open(handle, "wb", buffering=0)  # noqa: SIM115  # closed by finish or discard
        self._size = 0

    def write(self, block: bytes) -> None:
        """Keep a block. Raises ``QuotaError`` and ``StorageError``."""
        before, self._size = self._size, self._size + len(block)
        limit = self._uploads.quotas.file
        if self._size > limit:
            raise QuotaError(
                f"{self._name} is larger than {limit / 1e6:g} MB",
                hint="raise documents.max_file_megabytes, or leave the file out",
            )
        self._uploads.spend(self._owner, _counted(self._size) - _counted(before))
        try:
            rest = memoryview(block)
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as exc:
            raise StorageError(
                f"{self._name} cannot be stored: {exc.strerror}",
                hint="make room on the drive of chat.uploads",
            ) from exc

    def finish(self) -> str:
        """The whole file is here; gives its number."""
        self._file.close()
        self._uploads.stage(self._identity, self._owner, self._name)
        return self._identity

    def discard(self) -> None:
        """Forget a file that was not finished."""
        if not self._file.closed:
            self._file.close()
            self._uploads.discard(self._identity)


def _make_plain(folder: Path) -> None:
    """Make a folder for this user alone; one that is there must be no link."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if not stat.S_ISDIR(folder.lstat().st_mode):
        raise NotADirectoryError(20, f"{folder.name} is a link or a file", str(folder))


def _counted(size: int) -> int:
    return max(size, _LEAST_BYTES)


def _gone() -> UsageError:
    return UsageError("An uploaded file is gone", hint="upload it again")


def _unwritable(folder: Path, exc: OSError) -> StorageError:
    return StorageError(
        f"Files cannot be put into {folder}: {exc.strerror}",
        hint="set chat.uploads to a folder that can be written",
    )
