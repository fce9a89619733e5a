"""A pool of long-lived parsing processes, and the parent's side of their protocol.

``Parsers.read`` takes what ``read_document`` takes and gives what it gives, but no file can take
the parent down, hold it up or eat its memory. Children start with the first file that needs one.
Plain text is read right here: it meets no parser, only a decoder and a scan of its lines, and the
way to a child and back would cost more than the reading.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass

from assistant.errors import DocumentError
from assistant.processes import start
from assistant.reading import WITH_PICTURES, read_document
from assistant.reading.added import brought_for
from assistant.reading.frames import (
    READY,
    Reply,
    missing_bytes,
    pack_request,
    unpack_question,
    unpack_reply,
)
from assistant.reading.kinds import kind_of
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits, too_large
from assistant.reading.pages_of_file import PagesOfFile, Recognition
from assistant.registry import Brought
from assistant.types import ParsedDocument

READ_HERE = frozenset({"text", "markdown", "code"})
"""Kinds that are read without a child."""
_HERE_BYTES = 1_000_000
"""Larger texts go to a child, where a limit on time holds."""

_STEP = 1 << 20
_PASSED_ON = ("PATH", "PYTHON", "LANG", "LC_", "LD_", "DYLD_", "VIRTUAL_ENV", "TMPDIR", "TZ")
_START_SECONDS = 30.0
"""For a child to come up: 0.2 s on an idle machine."""

_MEMORY_SIGNS = ("memory", "alloc", "capacity overflow", "out of")
"""Words with which a parser that meets the limit says so before it ends."""


class Parsers:
    """Reads files in at most ``processes`` children; safe to call from several threads."""

    def __init__(
        self,
        limits: ReadingLimits = DEFAULT_LIMITS,
        processes: int = 4,
        recognition: Recognition | None = None,
    ) -> None:
        """``recognition`` reads the pictures of pages, in children of their own with more memory;
        files that hold such pages need OCR without it."""
        self._limits = limits
        self._recognition = recognition if recognition and recognition.is_possible else None
        self._drawers: list[_Child] = []
        self._places = threading.Semaphore(max(1, min(processes, os.cpu_count() or 1)))
        self._lock = threading.Lock()
        self._idle: list[_Child] = []
        self._children: set[_Child] = set()
        self._is_closed = False
        self.peak_bytes = 0
        """The most memory that a child has reported."""

    def read(self, data: bytes, name: str) -> ParsedDocument:
        """Read one file, by a package's reader where it has the suffix. Raises ``DocumentError`` as
        ``read_document`` does."""
        brought = brought_for(name)
        is_text = len(data) <= _HERE_BYTES and kind_of(data[:2048], name) in READ_HERE
        if is_text and brought is None:
            return read_document(data, name, self._limits)
        pictures = None
        if self._recognition is not None and brought is None:
            pictures = kind_of(data, name) if len(data) > 2048 else kind_of(data[:2048], name)
        with self._places:
            if self._recognition is not None and pictures == "picture":
                return self._read_pictures(self._recognition, data, name)
            try:
                parsed = self._read_text(data, name, brought)
            except DocumentError as exc:
                if self._recognition is None or pictures not in WITH_PICTURES:
                    raise
                if exc.outcome != "needs_ocr":
                    raise
                return self._read_pictures(self._recognition, data, name)
            if self._recognition is None or not parsed.unread_pages:
                return parsed
            try:
                return self._read_pictures(self._recognition, data, name)
            except DocumentError:
                return parsed  # its text pages are known, and its notes say which are not read

    def _read_text(self, data: bytes, name: str, brought: Brought | None) -> ParsedDocument:
        child = self._take(self._idle)
        is_fresh = child.files == 0
        try:
            return self._read_with(
                child, self._idle, _ReadRequest(data, name, self._limits, brought)
            )
        except ChildDiedError:
            if is_fresh:
                raise
            # an earlier file may have hurt it: a fresh one tells
            request = _ReadRequest(data, name, self._limits, brought)
            return self._read_with(self._start(), self._idle, request)

    def _read_pictures(self, recognition: Recognition, data: bytes, name: str) -> ParsedDocument:
        """Read a file with the words of its pictures. A page that is too much for a child is left
        out, and the others are read by a fresh one, which is given the words known by then."""
        pages = PagesOfFile(recognition, name)
        limits = recognition.limits_of(self._limits)
        request = _ReadRequest(data, name, limits, None, pages)
        while True:
            child = self._take(self._drawers)
            try:
                return self._read_with(child, self._drawers, request)
            except _TooMuchError as exc:
                if not pages.leave_out_current():
                    raise exc.error from exc

    def close(self) -> None:
        """End all children; a thread that waits for one gets a ``DocumentError``."""
        with self._lock:
            self._is_closed = True
            idle = [*self._idle, *self._drawers]
            self._idle.clear()
            self._drawers.clear()
            busy = self._children.difference(idle)
            self._children.clear()
        for child in idle:
            child.end()
        for child in busy:
            child.stop()  # the thread that waits for it closes its pipes

    def __enter__(self) -> Parsers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read_with(
        self, child: _Child, idle: list[_Child], request: _ReadRequest
    ) -> ParsedDocument:
        try:
            reply = child.read(request)
        except BaseException:
            self._drop(child)
            raise
        self.peak_bytes = max(self.peak_bytes, reply.peak_bytes)
        if reply.is_last:
            self._drop(child)
        else:
            self._give_back(child, idle)
        if isinstance(reply.result, DocumentError):
            raise reply.result
        return reply.result

    def _take(self, idle: list[_Child]) -> _Child:
        with self._lock:
            if idle:
                return idle.pop()
        return self._start()

    def _start(self) -> _Child:
        child = _Child()
        with self._lock:
            if not self._is_closed:
                self._children.add(child)
                return child
        child.end()
        raise DocumentError("reading was stopped")

    def _give_back(self, child: _Child, idle: list[_Child]) -> None:
        with self._lock:
            if not self._is_closed:
                idle.append(child)
                return
        child.end()

    def _drop(self, child: _Child) -> None:
        with self._lock:
            self._children.discard(child)
        child.end()


@dataclass(frozen=True, slots=True)
class _ReadRequest:
    """One file to read, what it may take, a package's reader if one is told, and what is known of
    the pictures of its pages if they are to be read."""

    data: bytes
    name: str
    limits: ReadingLimits
    brought: Brought | None = None
    pages: PagesOfFile | None = None


class _TooMuchError(Exception):
    """A page's picture ended its child, for this reason."""

    def __init__(self, error: DocumentError) -> None:
        super().__init__(error.what)
        self.error = error


class ChildDiedError(DocumentError):
    """A parsing child ended over a file in a way that no Python can catch."""


class _Child:
    """One parsing process."""

    def __init__(self) -> None:
        # keys and passwords of the environment are no business of a parser
        environment = {key: os.environ[key] for key in os.environ if key.startswith(_PASSED_ON)}
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  # closed in end()
        self._process = start(
            "assistant.reading.worker",
            stderr=self._stderr,
            environment=environment | {"MALLOC_ARENA_MAX": "1"},
        )
        self.files = 0
        for stream in (self._process.stdin, self._process.stdout):
            os.set_blocking(stream.fileno(), False)  # type: ignore[union-attr]

    def read(self, request: _ReadRequest) -> Reply:
        """Send one file and wait for its text.

        Raises ``DocumentError`` when the child breaks off or dallies, and ``_TooMuchError`` when it
        does so over the picture of a page; it is of no more use then.
        """
        is_first, self.files = self.files == 0, self.files + 1
        try:
            try:
                if is_first:
                    self._wait_until_up()
                reply = self._converse(request)
            except TimeoutError as exc:
                raise DocumentError(
                    f"{request.name} takes more than {request.limits.wall_seconds:g} seconds to "
                    "read",
                    hint="reading.wall_seconds is the limit",
                ) from exc
            except (EOFError, OSError) as exc:
                raise self._death(request.name, request.limits) from exc
            except (ValueError, TypeError, AttributeError) as exc:
                raise DocumentError(
                    f"{request.name}: its parser sent an impossible reply: {exc}"
                ) from exc
        except DocumentError as exc:
            if request.pages is not None and request.pages.current:
                raise _TooMuchError(exc) from exc
            raise
        if (
            isinstance(reply.result, DocumentError)
            and request.pages is not None
            and request.pages.is_reading
        ):
            raise _TooMuchError(reply.result)
        return reply

    def _converse(self, request: _ReadRequest) -> Reply:
        """Ask for a file, answer what the child asks about its pages, and take the reply."""
        limits, pages, data = request.limits, request.pages, request.data
        page_seconds = pages.page_seconds if pages else 0
        header = pack_request(data, request.name, limits, request.brought, page_seconds)
        received = self._exchange([header, data], limits, limits.wall_seconds)
        while pages is not None and (question := unpack_question(received)) is not None:
            answer = pages.answer(question)
            parts = [] if answer is None else [json.dumps(answer).encode() + b"\n"]
            seconds = pages.wall_seconds(limits) if pages.current else limits.wall_seconds
            received = self._exchange(parts, limits, seconds)
        return unpack_reply(received, request.name)

    def stop(self) -> None:
        """End the process; its pipes stay open for the thread that reads them."""
        with contextlib.suppress(OSError):
            self._process.kill()

    def end(self) -> None:
        """End the process and close its pipes."""
        self.stop()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.close()  # type: ignore[union-attr]

    def _wait_until_up(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)  # type: ignore[arg-type]
            if not selector.select(_START_SECONDS):
                raise DocumentError("the parsing process does not start")
        if os.read(self._process.stdout.fileno(), 1) != READY:  # type: ignore[union-attr]
            raise EOFError

    def _exchange(self, parts: list[bytes], limits: ReadingLimits, seconds: float) -> bytearray:
        """Write the request and read the reply under one deadline."""
        deadline = time.monotonic() + seconds
        waiting = [memoryview(part) for part in parts if part]
        received = bytearray()
        sink, source = self._process.stdin.fileno(), self._process.stdout.fileno()  # type: ignore[union-attr]
        with selectors.DefaultSelector() as selector:
            selector.register(source, selectors.EVENT_READ)
            if waiting:
                selector.register(sink, selectors.EVENT_WRITE)
            missing = missing_bytes(received, limits)
            while missing:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                for key, _ in selector.select(min(left, 1.0)):
                    if key.fd == source:
                        piece = os.read(source, min(_STEP, missing))
                        if not piece:
                            raise EOFError
                        received += piece
                        missing = missing_bytes(received, limits)
                    else:
                        waiting[0] = waiting[0][os.write(sink, waiting[0][:_STEP]) :]
                        if not waiting[0]:
                            waiting.pop(0)
                        if not waiting:
                            selector.unregister(sink)
        return received

    def _death(self, name: str, limits: ReadingLimits) -> DocumentError:
        """Why the child ended in the middle of a file."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
        status = self._process.poll()
        if status == -signal.SIGXCPU:
            return too_large(
                name, f"takes more than {limits.cpu_seconds} seconds to read", "cpu_seconds"
            )
        said = ""
        with contextlib.suppress(OSError, ValueError):
            self._stderr.seek(0)
            said = self._stderr.read()[-2000:].decode("utf-8", "replace").strip()
        # pdfium stops itself with a trap or an abort, and not a word, when memory is refused
        silent_stop = not said and status in (-signal.SIGABRT, -signal.SIGTRAP, -signal.SIGILL)
        if silent_stop or any(sign in said.lower() for sign in _MEMORY_SIGNS):
            return too_large(
                name, f"takes more than {limits.memory_megabytes:,} MB to read", "memory_megabytes"
            )
        last = "".join(said.splitlines()[-1:])
        return ChildDiedError(f"{name} broke its parser (status {status}) {last}".rstrip())
