"""A pool of long-lived parsing processes, and the parent's side of their protocol.

``Parsers.read`` takes what ``read_document`` takes and gives what it gives, but no file can take
the parent down, hold it up or eat its memory. Children start with the first file that needs one.
Plain text is read right here: it meets no parser, only a decoder and a scan of its lines, and the
way to a child and back would cost more than the reading.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import tempfile
import threading
import time

from assistant.errors import DocumentError
from assistant.processes import start
from assistant.reading import read_document
from assistant.reading.added import brought_for
from assistant.reading.frames import READY, Reply, missing_bytes, pack_request, unpack_reply
from assistant.reading.kinds import kind_of
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits, too_large
from assistant.registry import Brought
from assistant.types import ParsedDocument

_HERE = frozenset({"text", "markdown", "code"})
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

    def __init__(self, limits: ReadingLimits = DEFAULT_LIMITS, processes: int = 4) -> None:
        self._limits = limits
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
        is_text = len(data) <= _HERE_BYTES and kind_of(data[:2048], name) in _HERE
        if is_text and brought is None:
            return read_document(data, name, self._limits)
        with self._places:
            child = self._take()
            is_fresh = child.files == 0
            try:
                return self._read_with(child, data, name, brought)
            except ChildDiedError:
                if is_fresh:
                    raise
                # an earlier file may have hurt it: a fresh one tells
                return self._read_with(self._start(), data, name, brought)

    def close(self) -> None:
        """End all children; a thread that waits for one gets a ``DocumentError``."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
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
        self, child: _Child, data: bytes, name: str, brought: Brought | None
    ) -> ParsedDocument:
        try:
            reply = child.read(data, name, self._limits, brought)
        except BaseException:
            self._drop(child)
            raise
        self.peak_bytes = max(self.peak_bytes, reply.peak_bytes)
        if reply.is_last:
            self._drop(child)
        else:
            self._give_back(child)
        if isinstance(reply.result, DocumentError):
            raise reply.result
        return reply.result

    def _take(self) -> _Child:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._start()

    def _start(self) -> _Child:
        child = _Child()
        with self._lock:
            if not self._is_closed:
                self._children.add(child)
                return child
        child.end()
        raise DocumentError("reading was stopped")

    def _give_back(self, child: _Child) -> None:
        with self._lock:
            if not self._is_closed:
                self._idle.append(child)
                return
        child.end()

    def _drop(self, child: _Child) -> None:
        with self._lock:
            self._children.discard(child)
        child.end()


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

    def read(
        self, data: bytes, name: str, limits: ReadingLimits, brought: Brought | None = None
    ) -> Reply:
        """Send one file and wait for its text, read by a package's reader if one is told.

        Raises ``DocumentError`` when the child breaks off or dallies; it is of no more use then.
        """
        is_first, self.files = self.files == 0, self.files + 1
        try:
            if is_first:
                self._wait_until_up()
            received = self._exchange([pack_request(data, name, limits, brought), data], limits)
            return unpack_reply(received, name)
        except TimeoutError as exc:
            raise DocumentError(
                f"{name} takes more than {limits.wall_seconds:g} seconds to read",
                hint="reading.wall_seconds is the limit",
            ) from exc
        except (EOFError, OSError) as exc:
            raise self._death(name, limits) from exc
        except (ValueError, TypeError) as exc:
            raise DocumentError(f"{name}: its parser sent an impossible reply: {exc}") from exc

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

    def _exchange(self, parts: list[bytes], limits: ReadingLimits) -> bytearray:
        """Write the request and read the reply under one deadline."""
        deadline = time.monotonic() + limits.wall_seconds
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
