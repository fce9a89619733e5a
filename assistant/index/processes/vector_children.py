"""The parent's ends of the child processes in ``vector_process``: one writes, one checks."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant.embedding import Vectors
from assistant.errors import AssistantError, IndexUnavailableError
from assistant.index.processes.children import Child, failure

_MOST_WAITING = 32_000_000
"""Bytes that a writer holds for its child, a frame more at the most: Chroma takes nothing for a
second at a time, while the next texts are embedded."""


_FINISH = b'{"op": "finish"}\n'


class _Waiting:
    """A bounded queue of frames for a child; ``put`` blocks while it is full."""

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


class VectorWriter(Child):
    """Writes one Chroma folder; it is finished only when ``finish`` has returned.

    ``base`` is one that it begins with a copy of, made by the child while others are at work.
    ``is_large`` says that more than ``MOST_NUMBERS`` will come: without it a new folder begins
    coarse and is written a second time when they have come.
    """

    def __init__(self, folder: Path, base: Path | None = None, *, is_large: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._base, self._is_large = base, is_large
        self._waiting = _Waiting()
        self._failed: AssistantError | None = None
        self._has_ended = False
        self._sender = threading.Thread(target=self._send_all, name="vectors", daemon=True)
        super().__init__("vector_process", "write", str(folder))

    def __enter__(self) -> VectorWriter:
        # Not before: an interruption while it is made leaves a process that nobody ends, and that
        # ends by itself, with its folder untouched.
        try:
            base = str(self._base) if self._base else ""
            begin = {"op": "begin", "base": base, "is_large": self._is_large}
            self._send(json.dumps(begin).encode() + b"\n")
            self._flush()
            self._sender.start()
        except BaseException:
            super().__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._process.kill()  # first, so that the thread is not held up
            self._waiting.put()
            self._sender.join()
        finally:
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
        """The thread: sends frames to the child in order. After a failure it discards them, so that
        ``put`` does not block."""
        while parts := self._waiting.take():
            try:
                if self._failed is None:
                    self._send(*parts)
                    if parts == (_FINISH,):
                        self._flush()
            except AssistantError as exc:
                self._failed = exc

    def end(self) -> None:
        """Nothing follows: the child may write and close everything."""
        if not self._has_ended:
            self._has_ended = True
            self._put(_FINISH)
            self._waiting.put()

    def finish(self) -> int:
        """Wait until everything is written and closed; the number of vectors."""
        self.end()
        self._sender.join()
        if self._failed is not None:
            raise self._failed
        reply = self._receive()
        if not reply.get("ok"):
            raise failure(str(reply.get("problem")))
        return int(reply["count"])


class GenerationChecker(Child):
    """Checks one finished generation in a fresh process."""

    def __init__(self) -> None:
        super().__init__("vector_process", "verify")

    def begin(self, folder: Path, *, vectors: bool = True) -> None:
        """Look at a generation whose words may still be written; ``vectors`` is False when they are
        not in its folder."""
        self._send(json.dumps([str(folder), vectors]).encode() + b"\n")
        self._flush()

    def finish(self) -> None:
        """After ``begin``, when the words are written. Raises ``IndexUnavailableError`` when the
        generation's parts do not agree."""
        self._send(b"words\n")
        reply = self._receive()
        self._process.kill()  # on Windows no folder is renamed while somebody has it open
        self._process.wait()
        if not reply.get("ok"):
            raise IndexUnavailableError(
                f"The new generation did not pass its check: {reply.get('problem')}",
                hint="it was thrown away and the old index still answers; run ingest again",
            )
