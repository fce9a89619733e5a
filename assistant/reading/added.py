"""Document readers that are not ours: those of installed packages, and those given to an assistant.

A package's reader goes by the name of the suffix that it reads. It runs in the parsing child, with
the limits of every other parser (``worker``): no network, no writing, so much memory and time. A
reader that is given to ``Assistant(readers=…)`` runs in the process of whoever gave it, each file
in a thread that is left to itself after ``reading.wall_seconds``; nothing else limits it.

What either returns is checked as a child's reply is. Every failure is the ``DocumentError`` of that
one file.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from functools import lru_cache
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from assistant.errors import DocumentError, UsageError
from assistant.reading import check_bytes, checked_text
from assistant.reading.frames import OUTCOMES, Reply, pack_reply, unpack_reply
from assistant.reading.kinds import KIND_OF_SUFFIX, suffix_of
from assistant.reading.limits import ReadingLimits
from assistant.registry import READERS, Brought, checked_fingerprint, first_line
from assistant.text.visible import shown_value
from assistant.types import ParsedDocument

_SUFFIX = re.compile(r"\.?[a-z0-9][a-z0-9_+~-]{0,30}", re.IGNORECASE)


class DocumentReader(Protocol):
    """Reads files of its suffixes, from several threads at once.

    ``suffixes`` are the ends of names that it reads, as ``(".abc",)``. ``fingerprint`` names the
    reader and its version, 1 to 200 characters: with another one its files are read again. A
    package's reader is chosen by the name of its entry point, and its version is the package's.
    """

    suffixes: tuple[str, ...]
    fingerprint: str

    def read(self, data: bytes, name: str) -> ParsedDocument:
        """The document in the bytes of one file; ``name`` is its path inside the folder.

        All spans of the document count characters of its text. Raises ``DocumentError`` for a file
        that it cannot read; any other exception is made one.
        """
        ...


# ---------------------------------------------------------------- readers of packages


def brought_for(name: str) -> Brought | None:
    """The package's reader of a file's suffix; never one for a suffix that we read ourselves."""
    suffix = suffix_of(name)
    if not suffix or f".{suffix}" in KIND_OF_SUFFIX:
        return None
    return next((b for b in READERS.brought() if b.name.lower().lstrip(".") == suffix), None)


def brought_identity(name: str) -> str:
    """Names the package's reader of a file with its version; empty where there is none."""
    brought = brought_for(name)
    return f"|{brought.maker} of {brought.package}" if brought else ""


def read_brought(data: bytes, name: str, limits: ReadingLimits, brought: Brought) -> ParsedDocument:
    """Read a file by a package's reader, in a parsing child. Raises ``DocumentError``."""
    check_bytes(data, name)
    return _read(_made(brought), str(brought), data, name, limits)


@lru_cache(maxsize=64)
def _made(brought: Brought) -> Any:
    maker = READERS.loaded(brought)
    try:
        return maker()
    except Exception as exc:  # somebody else's code raises what it likes
        raise DocumentError(
            f"The document reader {brought} cannot start: {first_line(exc)}"
        ) from exc


# ---------------------------------------------------------------- readers that are given


class GivenReaders:
    """The readers given to an assistant, by suffix; the first of two for one suffix is used.

    Raises ``UsageError`` for what is no reader.
    """

    def __init__(self, readers: Iterable[DocumentReader], limits: ReadingLimits) -> None:
        self._limits = limits
        self._by_suffix: dict[str, DocumentReader] = {}
        given: object = readers
        if isinstance(given, str | bytes) or not isinstance(given, Iterable):
            raise UsageError(
                f"The readers {shown_value(given)} are no sequence", hint="readers=(reader,)"
            )
        for reader in readers:
            for suffix in _checked_suffixes(reader):
                self._by_suffix.setdefault(suffix, reader)

    def __bool__(self) -> bool:
        return bool(self._by_suffix)

    def find(self, name: str) -> DocumentReader | None:
        """The reader of a file."""
        return self._by_suffix.get(suffix_of(name)) if self._by_suffix else None

    def identity(self, name: str) -> str:
        """Names the reader of a file that is not ours; empty for all others."""
        reader = self.find(name)
        return f"|given {reader.fingerprint}" if reader else brought_identity(name)

    def fingerprint(self) -> str:
        """Names all of them, and what each reads."""
        pairs = sorted(self._by_suffix.items(), key=lambda pair: pair[0])
        return "".join(f"|{suffix} {reader.fingerprint}" for suffix, reader in pairs)

    def read(self, data: bytes, name: str) -> ParsedDocument:
        """Read one file in a thread of its own. Raises ``DocumentError``."""
        reader = self.find(name)
        if reader is None:
            raise DocumentError(f"{name} has no reader", outcome="unsupported")
        check_bytes(data, name)
        done: SimpleQueue[ParsedDocument | BaseException] = SimpleQueue()

        def work() -> None:
            try:
                done.put(_read(reader, reader.fingerprint, data, name, self._limits))
            except BaseException as exc:
                done.put(exc)

        threading.Thread(target=work, name="given-reader", daemon=True).start()
        try:
            result = done.get(timeout=min(self._limits.wall_seconds, threading.TIMEOUT_MAX))
        except Empty as exc:
            raise DocumentError(
                f"{name} takes more than {self._limits.wall_seconds:g} seconds to read",
                hint="reading.wall_seconds is the limit",
            ) from exc
        if isinstance(result, BaseException):
            raise result
        return result

    def close(self) -> None:
        """Nothing stays open."""


def _checked_suffixes(reader: DocumentReader) -> list[str]:
    name = f"The document reader {type(reader).__name__}"
    suffixes = getattr(reader, "suffixes", None)
    if not callable(getattr(reader, "read", None)):
        raise UsageError(f"{name} has no method read", hint="see the protocol DocumentReader")
    if (
        not isinstance(suffixes, tuple | list)
        or not suffixes
        or not all(isinstance(each, str) and _SUFFIX.fullmatch(each) for each in suffixes)
    ):
        raise UsageError(
            f"{name} has the suffixes {shown_value(suffixes)}",
            hint='it takes ends of file names, as in suffixes = (".abc",)',
        )
    checked_fingerprint(reader, "document reader")
    return [each.lower().removeprefix(".") for each in suffixes]


# ---------------------------------------------------------------- both


def _read(
    reader: DocumentReader, told: str, data: bytes, name: str, limits: ReadingLimits
) -> ParsedDocument:
    """A reader's document, checked to the last span."""
    try:
        document = reader.read(data, name)
    except DocumentError as exc:
        if exc.outcome in OUTCOMES:
            raise
        raise DocumentError(exc.what, hint=exc.hint) from exc
    except MemoryError:
        raise
    except (Exception, SystemExit) as exc:  # somebody else's code raises what it likes
        raise DocumentError(
            f"{name} cannot be read by the reader {told}: {first_line(exc)}"
        ) from exc
    try:
        if not isinstance(document, ParsedDocument):
            raise TypeError(f"a {type(document).__name__} instead of a ParsedDocument")
        checked = unpack_reply(pack_reply(Reply(document, 0)), name).result
    except MemoryError:
        raise
    except Exception as exc:  # a field of any type meets any operation
        raise DocumentError(f"{name}: the reader {told} gave {first_line(exc)}") from exc
    if isinstance(checked, DocumentError):
        raise checked
    return checked_text(checked, name, limits)
