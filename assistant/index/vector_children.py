"""The parent's ends of the child processes in ``vector_process``: one writes, one checks."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from assistant.embedding import Vectors
from assistant.errors import AssistantError, IndexUnavailableError
from assistant.index.children import Child, failure

FORKS = sys.platform == "linux"
"""Whether the verifying child makes the writing one, which saves an import of Chroma. macOS has
system libraries that break in a fork."""

_MOST_WAITING = 32_000_000
"""Bytes that a writer holds for its child, a frame more at the most: Chroma takes nothing for a
second at a time, while the next texts are embedded."""


class _Waiting:
    """Frames for a child, in order; whoever puts more than fits waits for room."""

    def __init__(self) -> None:
        self._frames: deque[tuple[bytes, ...]] = deque()
        self._bytes = 0
        self._changed = threading.Condition()

    def put(self, *parts: bytes) -> None:
        """Add a frame; without parts the end, which never waits."""
        with self._changed:
            self._changed.wait_for(lambda: not parts or self._bytes <= _MOST_WAITING)
            self._frames.append(parts)
            self._bytes += sum(map(len, parts))
            self._changed.notify_all()

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits now."""
        return not self._frames

    def take(self) -> tuple[bytes, ...]:
        """The next frame, once there is one."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._frames))
            parts = self._frames.popleft()
            self._bytes -= sum(map(len, parts))
            self._changed.notify_all()
            return parts


class VectorWriter(Child):
    """Writes one Chroma folder; it is finished only when ``finish`` has returned.

    With a ``Verifier`` that has not been asked yet, its process makes the writing one.
    """

    def __init__(self, folder: Path, verifier: Verifier | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if verifier is not None and verifier.can_fork:
            self._process, self._stderr = verifier.make_writer(folder)
        else:
            super().__init__("vector_process", "write", str(folder))
        self._waiting = _Waiting()
        self._failed: AssistantError | None = None
        self._sender = threading.Thread(target=self._send_all, name="vectors", daemon=True)
        self._sender.start()

    def __exit__(self, *_: object) -> None:
        try:
            self._process.kill()  # first, so that the thread is not held up
            self._waiting.put()
            self._sender.join()
        finally:
            super().__exit__()

    def _failure(self) -> AssistantError:
        if isinstance(self._process, _Forked) and self._process.problem:
            return failure(self._process.problem)
        return super()._failure()

    def upsert(self, chunk_ids: Sequence[str], vectors: Vectors) -> None:
        """Write vectors by chunk id; blocks while the child is far behind."""
        raw = np.ascontiguousarray(vectors, dtype=np.float32).tobytes()
        frame = {"op": "upsert", "ids": list(chunk_ids), "bytes": len(raw)}
        self._put(json.dumps(frame).encode() + b"\n", raw)

    def delete(self, chunk_ids: Sequence[str]) -> None:
        """Remove vectors by chunk id."""
        if chunk_ids:
            self._put(json.dumps({"op": "delete", "ids": list(chunk_ids)}).encode() + b"\n")

    def _put(self, *parts: bytes) -> None:
        if self._failed is not None:
            raise self._failed
        self._waiting.put(*parts)

    def _send_all(self) -> None:
        """The thread: frames to the child, in order; after a failure they are thrown away, so that
        nobody waits for room."""
        while parts := self._waiting.take():
            try:
                if self._failed is None:
                    self._send(*parts)
                    if len(parts) == 2 and self._waiting.is_empty:  # vectors, the last for now
                        self._send(b'{"op": "pause"}\n')
                        self._flush()
            except AssistantError as exc:
                self._failed = exc

    def finish(self) -> int:
        """Wait until everything is written and closed; the number of vectors."""
        self._put(b'{"op": "finish"}\n')
        self._waiting.put()
        self._sender.join()
        if self._failed is not None:
            raise self._failed
        reply = self._receive()
        if not reply.get("ok"):
            raise failure(str(reply.get("problem")))
        if isinstance(self._process, _Forked):
            self._process.is_done = True
        return int(reply["count"])


class _Forked:
    """A process that a ``Verifier`` forked, with what is used of ``Popen``."""

    def __init__(self, verifier: Verifier, stdin: int, stdout: int) -> None:
        self.stdin = os.fdopen(stdin, "wb")
        self.stdout = os.fdopen(stdout, "rb")
        self._verifier = verifier
        self.is_done = False
        """Whether it has said that all is written, and ends by itself: its number may then be
        another's soon."""

    @property
    def number(self) -> int:
        """Its process number; 0 when it never came to be."""
        return int(self._verifier.told_of_writer().get("pid", 0))

    @property
    def problem(self) -> str:
        """Why it never came to be; empty if it did."""
        return str(self._verifier.told_of_writer().get("problem", ""))

    def kill(self) -> None:
        """End it, unless it is done."""
        if not self.is_done and self.number:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.number, signal.SIGKILL)

    def wait(self) -> str:
        """Until it has ended; how, its parent alone knows."""
        while self.stdout.read(1 << 16):
            pass
        return "unknown"


_END_SECONDS = 2.0


class Verifier(Child):
    """Checks one finished generation in a process that has touched nothing before.

    Where processes can fork it also makes the one that writes the vectors, if asked first.
    """

    def __init__(self) -> None:
        self._ends: tuple[int, int] | None = None
        self._told: dict[str, Any] | None = None
        self._telling = threading.Lock()
        self._writer: _Forked | None = None
        self._has_asked = False
        if not FORKS:
            super().__init__("vector_process", "verify")
            return
        their_frames, frames = os.pipe()
        replies, their_replies = os.pipe()
        theirs = (their_frames, their_replies)
        try:
            super().__init__("vector_process", "verify", *map(str, theirs), pass_fds=theirs)
        except BaseException:
            os.close(frames)
            os.close(replies)
            raise
        finally:
            os.close(their_frames)
            os.close(their_replies)
        self._ends = (frames, replies)

    def __exit__(self, *_: object) -> None:
        for end in self._ends or ():
            os.close(end)
        if self._writer is not None:  # an interruption may come before its user knows of it
            if self._has_asked:
                self._writer.kill()  # while its number is its own: it is kept until stdin is closed
            for stream in (self._writer.stdin, self._writer.stdout, self._process.stdin):
                with contextlib.suppress(OSError):
                    stream.close()
            # this process waits for that one, so that no dead process stays in the table
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_END_SECONDS)
        super().__exit__()

    @property
    def can_fork(self) -> bool:
        """Whether a writing process can still be had."""
        return self._ends is not None

    def make_writer(self, folder: Path) -> tuple[_Forked, IO[bytes]]:
        """A process that writes a folder of vectors, and what both say when they break."""
        if self._ends is None:
            raise ValueError("a verifier makes one writer")
        self._writer, self._ends = _Forked(self, *self._ends), None
        self._send(json.dumps({"write": str(folder)}).encode() + b"\n")
        self._flush()
        self._has_asked = True
        return self._writer, os.fdopen(os.dup(self._stderr.fileno()), "r+b")

    def told_of_writer(self) -> dict[str, Any]:
        """Its number, ``{"pid": …}``, or why there is none, ``{"problem": …}``, once it is known;
        empty when this process died before."""
        with self._telling:
            if self._told is None:
                line = self._process.stdout.readline()
                self._told = json.loads(line) if line else {}
            return self._told

    def verify(self, folder: Path, *, vectors: bool = True) -> None:
        """Raises ``IndexUnavailableError`` when the generation's parts do not agree.

        ``vectors`` is False when they are not in its folder.
        """
        if self._writer is not None:
            self.told_of_writer()
        self._send(json.dumps([str(folder), vectors]).encode() + b"\n")
        self._writer = None  # that has ended before, and goes from the table now
        reply = self._receive()
        self._process.kill()  # on Windows no folder is renamed while somebody has it open
        self._process.wait()
        if not reply.get("ok"):
            raise IndexUnavailableError(
                f"The new generation did not pass its check: {reply.get('problem')}",
                hint="it was thrown away and the old index still answers; run ingest again",
            )
