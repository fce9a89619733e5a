"""Whole generations of an index on disk, and the switch of ``CURRENT`` to a new one.

    index/CURRENT              the name of the generation that answers
    index/generations/gNNNNNN/ manifest.json · store.sqlite · terms.sqlite · words/ · chroma/
    index/building/            where the next one is made; removed when a writer starts
    index/embeddings.sqlite    vectors by text, outlives generations
    index/pages.sqlite         words of pages that were read from pictures, outlives generations
    index/placings.sqlite      sentences of a model that place chunks, outlives generations
    index/writer.lock          held by the one process that writes

A generation is never changed once ``CURRENT`` has named it: embedded Chroma does not survive a
kill in a write (8 of 191 trials left an unusable collection), and readers in other processes see
stale vectors. So a writer builds a copy aside, and one atomic rename makes it the current one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from math import inf
from pathlib import Path
from typing import IO, Any

from filelock import FileLock, Timeout

from assistant.errors import (
    IndexBusyError,
    IndexDamagedError,
    IndexUnavailableError,
    StorageError,
)
from assistant.index.checksums import checksums, damage
from assistant.private_files import (
    FILE_MODE,
    FOLDER_MODE,
    close_to_others,
    make_file,
    make_private,
)

fcntl: Any = None  # stays so off POSIX: readers of old generations are not protected there
with contextlib.suppress(ImportError):
    import fcntl

FORMAT = 4
"""Version of the layout; a reader refuses a higher one. A lower one still answers; the next ingest
makes the words of one below 4 anew, and reads the files of one below 2 again."""

STORE, TERMS, WORDS, VECTORS = "store.sqlite", "terms.sqlite", "words", "chroma"
MANIFEST = "manifest.json"
_SEALED_SINCE, _LANGUAGES_SINCE = 2, 4
_OUR_NAMES = (
    "CURRENT", "generations", "building", "embeddings.sqlite", "conversations.sqlite",
    "pages.sqlite", "placings.sqlite", "writer.lock", "server.id", "daily", "audit",
)  # fmt: skip
"""What the names in an index's folder begin with."""
_NAME, _LONGEST_NAME = re.compile(r"g\d{6,20}"), 100
_ANEW = "`assistant ingest` goes on from the newest generation that is whole"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was made of. ``removed`` counts vectors deleted since HNSW was rebuilt.

    ``files`` are checksums of its files, ``seal`` one of the manifest itself; layout 1 had neither.
    ``roots`` are its folders, so that they outlive a damaged store. ``collection`` names the one on
    a Chroma server that holds its vectors, if they are not in its own folder. ``languages``
    are those of its documents, the most frequent first; layout 3 had none.
    """

    format: int
    name: str
    parent: str
    created: str
    embedder: str
    dimensions: int
    reading: str
    documents: int
    chunks: int
    removed: int
    roots: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    seal: str = ""
    collection: str = ""
    languages: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Generation:
    """A published generation: its folder and its manifest."""

    path: Path
    manifest: Manifest


class Generations:
    """The folder of an index."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._folder = root / "generations"
        self._building = root / "building"
        self._current = root / "CURRENT"

    # ------------------------------------------------------------ reading

    def close_to_others(self) -> None:
        """Make the index private to its user, in case an earlier version left it readable."""
        if self.root.is_dir():
            make_private(self.root, _OUR_NAMES)

    def current_name(self) -> str:
        """The name of the generation that answers, or an empty text before the first ingest.

        Raises ``IndexDamagedError`` when ``CURRENT`` is there and names none.
        """
        try:
            with self._current.open("rb") as file:
                name = file.read(_LONGEST_NAME).decode("ascii", "replace").strip()
        except FileNotFoundError:
            return ""
        except OSError as exc:
            raise IndexDamagedError(f"{self._current} cannot be read: {exc}", hint=_ANEW) from exc
        if not _NAME.fullmatch(name):
            raise IndexDamagedError(
                f"The index {self.root} is damaged: CURRENT holds {name[:20]!r}, which names no "
                "generation",
                hint=_ANEW,
            )
        return name

    def current(self) -> Generation | None:
        """The generation that answers, or None before the first ingest."""
        name = self.current_name()
        return self.load(name) if name else None

    def load(self, name: str) -> Generation:
        """A generation by name. Raises ``IndexUnavailableError`` when it is gone or too new."""
        path = self._folder / name
        try:
            text = (path / MANIFEST).read_text(encoding="utf-8")
            return Generation(path, _manifest(text, path))
        except (OSError, ValueError, TypeError, AttributeError, RecursionError) as exc:
            raise IndexDamagedError(
                f"The generation {path} cannot be opened: {exc}",
                hint="`assistant rollback` returns to the one before; `assistant ingest` rebuilds",
            ) from exc

    def names(self) -> tuple[str, ...]:
        """All generations on disk, oldest first."""
        if not self._folder.is_dir():
            return ()
        return tuple(sorted(p.name for p in self._folder.iterdir() if (p / MANIFEST).is_file()))

    # ------------------------------------------------------------ writing

    @contextlib.contextmanager
    def writer(self, timeout_seconds: float) -> Iterator[None]:
        """The lock of the one writer. Raises ``IndexBusyError`` when another holds it."""
        try:
            make_private(self.root, _OUR_NAMES)
        except OSError as exc:
            raise StorageError(
                f"The index folder {self.root} cannot be made: {exc}",
                hint="set index.path to a folder that can be written",
            ) from exc
        lock = FileLock(self.root / "writer.lock", timeout=timeout_seconds, mode=FILE_MODE)
        try:
            lock.acquire()
        except Timeout as exc:
            raise IndexBusyError(
                f"Another process is writing the index {self.root}",
                hint="wait for it to end; index.lock_timeout_seconds sets how long to wait",
            ) from exc
        except OSError as exc:
            raise StorageError(
                f"The index folder {self.root} cannot be written: {exc}",
                hint="set index.path to a folder that can be written",
            ) from exc
        try:
            shutil.rmtree(self._building, ignore_errors=True)
            yield
        finally:
            lock.release()

    def next_name(self) -> str:
        """A name no generation has had while any later one is on disk."""
        taken = [int(name[1:]) for name in self.names() if name[1:].isdigit()]
        with contextlib.suppress(IndexDamagedError):
            current = self.current_name()
            if current[1:].isdecimal():
                taken.append(int(current[1:]))
        return f"g{max(taken, default=0) + 1:06d}"

    def begin(self, name: str) -> Path:
        """An empty folder to build a generation in, at a path that no earlier run used.

        A writer that is killed can leave a child behind that writes to its folder for a moment
        longer; under the same path it would write into the next run's files.
        """
        path = self._building / f"{name}-{uuid.uuid4().hex[:12]}"
        self._building.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        path.mkdir(mode=FOLDER_MODE)
        return path

    def discard(self) -> None:
        """Remove what was being built."""
        shutil.rmtree(self._building, ignore_errors=True)

    def publish(self, built: Path, manifest: Manifest) -> Generation:
        """Make a finished folder the current generation: fsync, rename, replace ``CURRENT``."""
        manifest = replace(manifest, files=checksums(built))
        (built / MANIFEST).write_text(_sealed(manifest), encoding="utf-8")
        close_to_others(built)  # SQLite, Chroma and tantivy make files as the umask says
        failpoint("before-sync")
        _fsync_tree(built)
        failpoint("before-rename")
        self._folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        target = self._folder / manifest.name
        if target.exists():  # left by a run killed between rename and CURRENT
            shutil.rmtree(target)
        os.rename(built, target)
        _fsync(self._folder)
        failpoint("before-current")
        self._point_to(manifest.name)
        failpoint("after-current")
        return Generation(target, manifest)

    def rollback(self) -> Generation:
        """Return to the generation before the current one, also when that cannot be opened."""
        name = self.current_name()
        if not name:
            raise IndexUnavailableError(
                f"There is no index in {self.root}", hint="run `assistant ingest` first"
            )
        try:
            parent = self.load(name).manifest.parent
        except IndexUnavailableError:
            parent = max((other for other in self.names() if other < name), default="")
        if not parent or parent not in self.names():
            raise IndexUnavailableError(
                f"There is no generation before {name} on disk",
                hint="index.keep_previous sets how many stay",
            )
        previous = self.load(parent)
        check_files(previous)
        self._point_to(parent)
        return previous

    def collect(self, keep_previous: int) -> list[str]:
        """Remove generations that are neither current, nor kept for rollback, nor open."""
        kept = set()
        name = self.current_name()
        for _ in range(keep_previous + 1):
            if name not in self.names():
                break
            kept.add(name)
            try:
                name = self.load(name).manifest.parent
            except IndexDamagedError:
                break
        removed = []
        for name in self.names():
            path = self._folder / name
            if name in kept:
                continue
            doomed = self._building / f"doomed-{name}"
            doomed.parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
            with _nobody_holds(path) as is_free:
                if not is_free:
                    continue
                os.rename(path, doomed)
            failpoint("in-collect")
            shutil.rmtree(doomed, ignore_errors=True)
            removed.append(name)
        return removed

    def _point_to(self, name: str) -> None:
        temporary = self.root / "CURRENT.new"
        make_file(temporary)
        with temporary.open("w", encoding="ascii") as handle:
            handle.write(name + "\n")
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(temporary, self._current)
        _fsync(self.root)


def read_manifest(text: str, place: Path) -> Manifest:
    """A manifest from its text. Raises ``IndexUnavailableError`` for one of a newer version, and
    ``IndexDamagedError`` for what is none."""
    try:
        return _manifest(text, place)
    except (ValueError, TypeError, AttributeError, RecursionError) as exc:
        raise IndexDamagedError(f"{place} holds no index: {exc}") from exc


def _manifest(text: str, path: Path) -> Manifest:
    data = json.loads(text)
    if not isinstance(data, dict) or not isinstance(data.get("format"), int):
        raise ValueError("no format number")
    if data["format"] > FORMAT:
        raise IndexUnavailableError(
            f"The index {path} was built by a newer version (format {data['format']}, "
            f"this version reads {FORMAT})",
            hint="upgrade the assistant, or ingest the documents anew into another index.path",
        )
    manifest = Manifest(**data)
    if (data["format"] >= _SEALED_SINCE or "seal" in data) and text != _sealed(manifest):
        raise ValueError("its manifest does not match its checksum")
    return manifest


def _sealed(manifest: Manifest) -> str:
    """The manifest's text, whole: a copy with any byte changed is not this text."""
    plain = json.dumps(_as_written(replace(manifest, seal="")), sort_keys=True)
    seal = hashlib.blake2b(plain.encode(), digest_size=16).hexdigest()
    return json.dumps(_as_written(replace(manifest, seal=seal)), indent=1)


def _as_written(manifest: Manifest) -> dict[str, Any]:
    """The manifest's fields, without those that its layout lacks and without an empty
    ``collection``."""
    written = asdict(manifest)
    if not manifest.collection:
        del written["collection"]
    if manifest.format < _LANGUAGES_SINCE:
        del written["languages"]
    return written


def check_files(generation: Generation, whole_up_to_megabytes: float = inf) -> None:
    """Raises ``IndexDamagedError`` when a generation's files are not as they were written."""
    wrong = damage(generation.path, generation.manifest.files, whole_up_to_megabytes)
    if wrong:
        told = "; ".join(f"{name} {what}" for name, what in list(wrong.items())[:3])
        raise IndexDamagedError(
            f"The index {generation.path} is damaged: {told}",
            hint="`assistant ingest` builds anew what is damaged; `assistant rollback` returns to "
            "the generation before",
        )


def hold_open(generation: Generation) -> IO[bytes]:
    """An open handle with a shared lock; while it is open the generation is not collected."""
    manifest = generation.path / MANIFEST
    try:
        handle = manifest.open("rb")
    except OSError as exc:
        raise _gone(generation.path) from exc
    if fcntl is not None:
        with contextlib.suppress(OSError):  # some network file systems have no locks
            fcntl.flock(handle, fcntl.LOCK_SH)  # waits only while a writer is moving it away
    if not manifest.exists():
        handle.close()
        raise _gone(generation.path)
    return handle


def _gone(path: Path) -> IndexUnavailableError:
    return IndexUnavailableError(f"The generation {path} is gone", hint="run `assistant ingest`")


def copy_tree(source: Path, target: Path) -> None:
    """Copy what is in a folder, sharing the blocks where the file system can (reflink)."""
    shutil.copytree(source, target, copy_function=copy_file, dirs_exist_ok=True)


def copy_file(source: str | Path, target: str | Path) -> None:
    """Copy one file by reflink, or byte by byte where that is not possible."""
    ficlone = 0x40049409  # linux/fs.h: FICLONE
    with open(source, "rb") as reader, open(target, "wb") as writer:
        if fcntl is not None:
            try:
                fcntl.ioctl(writer.fileno(), ficlone, reader.fileno())
                return
            except OSError:
                pass  # ext4, tmpfs and macOS have no FICLONE
        shutil.copyfileobj(reader, writer, 1 << 20)


FAILPOINTS = (
    "after-copy", "after-batch", "before-words", "in-words", "after-words", "before-verify",
    "before-sync", "before-rename", "before-current", "after-current", "in-collect",
)  # fmt: skip
"""The steps of an ingest at which a crash trial can stop it, in their order."""


def failpoint(name: str) -> None:
    """Die at once when ``ASSISTANT_FAILPOINT`` names this step; for crash trials only."""
    if os.environ.get("ASSISTANT_FAILPOINT") == name:
        os._exit(137)


@contextlib.contextmanager
def _nobody_holds(path: Path) -> Iterator[bool]:
    """Whether no reader has a generation open; inside the block none can begin to."""
    if fcntl is None:
        yield True
        return
    try:
        handle = (path / MANIFEST).open("rb")
    except FileNotFoundError:
        yield True
        return
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def _fsync_tree(root: Path) -> None:
    for folder, _, files in os.walk(root):
        for name in files:
            _fsync(Path(folder) / name)
        _fsync(Path(folder))


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
