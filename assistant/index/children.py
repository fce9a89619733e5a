"""The parent's ends of the child processes in ``vector_process`` and ``word_process``."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from assistant.embedding import Vectors
from assistant.errors import AssistantError, IndexUnavailableError, StorageError
from assistant.processes import last_words, start

FORKS = sys.platform == "linux"
"""Whether the verifying child makes the writing one, which saves an import of Chroma. macOS has
system libraries that break in a fork."""


class _Child:
    """A child that is killed when it is left, whatever happened."""

    _part = "vectors"

    def __init__(self, module: str, *arguments: str, pass_fds: Sequence[int] = ()) -> None:
        # closed when the child is left
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._process: Any = start(
            f"assistant.index.{module}",
            *arguments,
            stderr=self._stderr,
            environment=dict(os.environ, ANONYMIZED_TELEMETRY="False"),
            pass_fds=pass_fds,
        )

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                stream.close()
        self._stderr.close()

    def _send(self, *parts: bytes) -> None:
        try:
            for part in parts:
                self._process.stdin.write(part)
        except OSError as exc:
            raise self._failure() from exc

    def _flush(self) -> None:
        try:
            self._process.stdin.flush()
        except OSError as exc:
            raise self._failure() from exc

    def _receive(self) -> dict[str, Any]:
        self._flush()
        line = self._process.stdout.readline()
        if not line:
            raise self._failure()
        reply: dict[str, Any] = json.loads(line)
        return reply

    def _failure(self) -> AssistantError:
        """Why the child ended: its own word, else its exit status."""
        with contextlib.suppress(OSError, ValueError):
            line = self._process.stdout.readline()
            if line:
                return failure(str(json.loads(line).get("problem")), self._part)
        status = self._process.wait()
        said = f"its process ended with status {status} {last_words(self._stderr)}"
        return failure(said.strip(), self._part)


def failure(problem: str, part: str = "vectors") -> AssistantError:
    """A child's problem as one of our errors."""
    lowered = problem.lower()
    if "disk is full" in lowered or "no space" in lowered or "errno 28" in lowered:
        return StorageError(
            f"The disk is full: {problem}",
            hint="free some space and run the same command again; the old index still answers",
        )
    return IndexUnavailableError(
        f"The {part} could not be written: {problem}",
        hint="run the same command again; the old index still answers",
    )


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

    def take(self) -> tuple[bytes, ...]:
        """The next frame, once there is one."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._frames))
            parts = self._frames.popleft()
            self._bytes -= sum(map(len, parts))
            self._changed.notify_all()
            return parts


class VectorWriter(_Child):
    """Writes one Chroma folder; it is finished only when ``finish`` has returned.

    With a ``Verifier`` that has not been asked yet, its process makes the writing one.
    """

    def __init__(self, folder: Path, verifier: Verifier | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if verifier is not None and verifier.can_fork:
            self._process, self._stderr = verifier.fork_writer(folder)
        else:
            super().__init__("vector_process", "write", str(folder))
        self._waiting = _Waiting()
        self._failed: AssistantError | None = None
        self._sender = threading.Thread(target=self._send_all, name="vectors", daemon=True)
        self._sender.start()

    def __exit__(self, *_: object) -> None:
        self._process.kill()  # first, so that the thread is not held up
        self._waiting.put()
        self._sender.join()
        super().__exit__()

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
            except AssistantError as exc:
                self._failed = exc

    def finish(self) -> int:
        """Wait until everything is written and closed; the number of vectors."""
        self._put(b'{"op": "finish"}\n')
        self._waiting.put()
        self._sender.join()
        if self._failed is not None:
            raise self._failed
        if isinstance(self._process, _Forked):
            self._process.number()
        reply = self._receive()
        if not reply.get("ok"):
            raise failure(str(reply.get("problem")))
        return int(reply["count"])


class WordProcess(_Child):
    """A ``WordWriter`` in a process of its own: making terms takes a tenth of a large ingest."""

    _part = "words"

    def __init__(self, folder: Path) -> None:
        super().__init__("word_process", str(folder))

    def add(self, chunk_id: str, text: str) -> None:
        """Add one chunk; its id must not be in the index."""
        self._send(json.dumps([chunk_id, text]).encode() + b"\n")

    def delete(self, chunk_ids: Sequence[str]) -> None:
        """Remove chunks by id; unknown ids are no error."""
        if chunk_ids:
            self._send(json.dumps({"delete": list(chunk_ids)}).encode() + b"\n")

    def close(self) -> None:
        """Wait until everything is written and closed."""
        self._send(b"{}\n")
        reply = self._receive()
        if not reply.get("ok"):
            raise failure(str(reply.get("problem")), self._part)


class _Forked:
    """A process that a child of ours forked, with what is used of ``Popen``."""

    def __init__(self, stdin: int, stdout: int) -> None:
        self.stdin = os.fdopen(stdin, "wb")
        self.stdout = os.fdopen(stdout, "rb")
        self._pid: int | None = None

    def number(self) -> int:
        """Its process number, which it tells first; 0 when it never came to be."""
        if self._pid is None:
            line = self.stdout.readline()
            self._pid = int(json.loads(line)["pid"]) if line else 0
        return self._pid

    def kill(self) -> None:
        """End it; nobody waits for it while its parent lives, so its number stays its own."""
        if self.number():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.number(), signal.SIGKILL)

    def wait(self) -> str:
        """Until it has ended; how, its parent alone knows."""
        while self.stdout.read(1 << 16):
            pass
        return "unknown"


class Verifier(_Child):
    """Checks one finished generation in a process that has touched nothing before.

    Where processes can fork it also makes the one that writes the vectors, if asked first.
    """

    def __init__(self) -> None:
        self._ends: tuple[int, int] | None = None
        if not FORKS:
            super().__init__("vector_process", "verify")
            return
        their_frames, frames = os.pipe()
        replies, their_replies = os.pipe()
        self._ends = (frames, replies)
        theirs = (their_frames, their_replies)
        try:
            super().__init__("vector_process", "verify", *map(str, theirs), pass_fds=theirs)
        finally:
            os.close(their_frames)
            os.close(their_replies)

    def __exit__(self, *_: object) -> None:
        for end in self._ends or ():
            os.close(end)
        super().__exit__()

    @property
    def can_fork(self) -> bool:
        """Whether a writing process can still be had."""
        return self._ends is not None

    def fork_writer(self, folder: Path) -> Any:
        """A process that writes a folder of vectors, and what both say when they break."""
        if self._ends is None:
            raise ValueError("a verifier makes one writer")
        self._send(json.dumps({"write": str(folder)}).encode() + b"\n")
        self._flush()
        ends, self._ends = self._ends, None
        return _Forked(*ends), os.fdopen(os.dup(self._stderr.fileno()), "r+b")

    def verify(self, folder: Path, *, vectors: bool = True) -> None:
        """Raises ``IndexUnavailableError`` when the generation's parts do not agree.

        ``vectors`` is False when they are not in its folder.
        """
        self._send(json.dumps([str(folder), vectors]).encode() + b"\n")
        reply = self._receive()
        if not reply.get("ok"):
            raise IndexUnavailableError(
                f"The new generation did not pass its check: {reply.get('problem')}",
                hint="it was thrown away and the old index still answers; run ingest again",
            )
