"""The parsing child: reads frames with files from standard input, answers with documents.

``python -m assistant.reading.worker`` is started by ``pool``; it has limits on memory and processor
time, cannot open a connection, start a program or write a file, and ends with its parent.
Exceptions of a reader are returned as data; a native crash ends this process only.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from typing import IO, Any

from assistant.errors import DocumentError
from assistant.reading import read_document
from assistant.reading.added import read_brought
from assistant.reading.frames import READ, READY, SKIP, Reply, pack_question, pack_reply
from assistant.reading.limits import ReadingLimits, too_large
from assistant.reading.recognition import AskForPage, RecognisedPage, pack_page, unpack_page
from assistant.registry import Brought
from assistant.types import ParsedDocument

_FORBIDDEN = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.fork",
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod",
    "os.chown", "os.truncate", "os.kill", "shutil.", "ftplib.", "urllib.", "http.", "smtplib.",
    "imaplib.", "webbrowser.", "pty.",
)  # fmt: skip
"""Python's own audit events of what no reader has a reason to do. A hook cannot be taken off.
``os.putenv`` is none of them: it changes this process alone, and numpy's import does it, which a
package's reader may need."""

_LARGE = 1_000_000
_WORN = 0.4
_WORN_BY_PICTURES = 0.6
"""Share of the allowed memory after which a child that keeps it is replaced by a fresh one. One
with a recogniser keeps a third of it, and takes half a second to start."""


def main() -> int:
    """Answer requests until the parent closes the pipe."""
    requests = sys.stdin.buffer
    replies = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # a parser that prints must not break a frame
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    sys.addaudithook(forbid)
    replies.write(READY)
    while True:
        line = requests.readline()
        if not line:
            return 0
        header = json.loads(line)
        data = requests.read(header["bytes"])
        if len(data) != header["bytes"]:
            return 0
        limits = ReadingLimits(**header["limits"])
        _set_limits(limits)
        brought = Brought(*header["brought"]) if header["brought"] else None
        ask = asking(requests, replies, limits, header["page_seconds"])
        reply = answer(data, header["name"], limits, brought, ask)
        is_large = len(data) > _LARGE
        del data
        if is_large:
            gc.collect()
        worn = _WORN_BY_PICTURES if ask else _WORN
        is_last = _resident_bytes() > worn * limits.memory_megabytes * 1e6
        _send(replies, reply, header["name"], limits, is_last)
        if is_last:
            return 0  # the parent starts another for the next file


def asking(
    requests: IO[bytes], replies: IO[bytes], limits: ReadingLimits, page_seconds: int
) -> AskForPage | None:
    """What gives readers the words of a page's picture: the parent, which may know them or not want
    them, else the recogniser here, with so much processor time. None for 0 seconds."""
    if not page_seconds:
        return None

    def ask(draw: Callable[[], Any], page: int, pages: int) -> RecognisedPage | None:
        _allow_seconds(page_seconds)
        write_frame(replies, pack_question(page, pages))
        order = json.loads(requests.readline())
        if order == SKIP:
            return None
        from assistant.reading.recogniser import IDENTITY, recognise

        picture = draw()
        digest = hashlib.blake2b(f"{IDENTITY} {picture.shape}".encode(), digest_size=24)
        digest.update(picture)
        write_frame(replies, pack_question(page, pages, key=digest.hexdigest()))
        known = json.loads(requests.readline())
        if known != READ:
            return unpack_page(known)
        found = recognise(picture)
        write_frame(replies, pack_question(page, pages, words=pack_page(found)))
        _allow_seconds(limits.cpu_seconds)
        return found

    return ask


def answer(
    data: bytes,
    name: str,
    limits: ReadingLimits,
    brought: Brought | None = None,
    ask: AskForPage | None = None,
) -> ParsedDocument | DocumentError:
    """What came of reading a file, every failure as a value."""
    try:
        if brought is not None:
            return read_brought(data, name, limits, brought)
        if ask is not None:
            return read_document(data, name, limits, ask)
        return read_document(data, name, limits)
    except DocumentError as exc:
        exc.__traceback__ = None  # its frames hold the file
        return exc
    except MemoryError:
        return _no_memory(name, limits)
    except RecursionError:
        return DocumentError(f"{name} is nested too deeply")
    except Exception as exc:  # a parser's own defect in one file must not stop the others
        return DocumentError(f"{name} cannot be read: {type(exc).__name__}: {exc}")


def _send(
    replies: IO[bytes],
    reply: ParsedDocument | DocumentError,
    name: str,
    limits: ReadingLimits,
    is_last: bool,
) -> None:
    try:
        frame = pack_reply(Reply(reply, _peak_bytes(), is_last))
    except MemoryError:
        frame = pack_reply(Reply(_no_memory(name, limits), _peak_bytes(), is_last))
    write_frame(replies, frame)


def write_frame(replies: IO[bytes], frame: bytes) -> None:
    """Write a whole frame to a pipe that may take a part at a time."""
    view = memoryview(frame)
    while view:
        view = view[replies.write(view) :]


def _no_memory(name: str, limits: ReadingLimits) -> DocumentError:
    return too_large(
        name, f"takes more than {limits.memory_megabytes:,} MB to read", "memory_megabytes"
    )


def _set_limits(limits: ReadingLimits) -> None:
    """Memory for good; processor time for this file: the soft limit is moved on each time."""
    memory = limits.memory_megabytes * 1_000_000
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    _allow_seconds(limits.cpu_seconds)


def _allow_seconds(allowed: int) -> None:
    """So much processor time from now on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + 1 + allowed
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))


def forbid(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook that lets a process read files and compute, and nothing else."""
    if event == "open":
        mode, flags = arguments[1], arguments[2]
        writes = isinstance(mode, str) and any(sign in mode for sign in "wax+")
        writes = writes or (isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR)))
        if writes and "__pycache__" not in str(arguments[0]):  # Python keeps compiled modules
            raise PermissionError("a parser tried to write a file")
    elif event.startswith(_FORBIDDEN):
        raise PermissionError(f"a parser tried {event}")


def _peak_bytes() -> int:
    """The most memory this process has held.

    Linux counts into ``ru_maxrss`` what the parent held when it started this process.
    """
    with contextlib.suppress(OSError, ValueError, IndexError):
        with open("/proc/self/status", encoding="ascii") as file:
            line = next((line for line in file if line.startswith("VmHWM")), "")
        return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _resident_bytes() -> int:
    """The memory this process holds now; its peak where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return _peak_bytes()


if __name__ == "__main__":
    sys.exit(main())
