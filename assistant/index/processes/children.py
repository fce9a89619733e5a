"""The parent's end of a child process, and of the one in ``word_process``."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import IO, Any

from assistant.errors import AssistantError, IndexUnavailableError, StorageError
from assistant.index.word_parts import Parts
from assistant.processes import last_words, start, widen

_TOLD_AT_ONCE = 10_000


class Child:
    """A child that is killed when it is left, whatever happened."""

    _part = "vectors"

    def __init__(self, module: str, *arguments: str) -> None:
        # closed when the child is left
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._process: Any = start(
            f"assistant.index.processes.{module}",
            *arguments,
            stderr=self._stderr,
            environment=dict(os.environ, ANONYMIZED_TELEMETRY="False"),
        )
        widen(self._process)

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
        except (OSError, ValueError) as exc:  # closed, at its end or at ours
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


class WordProcess(Child):
    """A ``WordWriter`` in a process of its own: making terms takes a tenth of a large ingest."""

    _part = "words"

    def __init__(self, folder: Path) -> None:
        super().__init__("word_process", str(folder))

    def add(self, chunk_id: str, text: str, language: str = "") -> None:
        """Add one chunk of a text in a language; its id must not be in the index."""
        self._send(json.dumps([chunk_id, text, language]).encode() + b"\n")

    def delete(self, chunk_ids: Sequence[str]) -> None:
        """Remove chunks by id; unknown ids are no error."""
        if chunk_ids:
            self._send(json.dumps({"delete": list(chunk_ids)}).encode() + b"\n")

    def end(self, parts: Parts, kept: Collection[int] = ()) -> None:
        """Nothing follows: the index of these parts is written now. See ``WordWriter``."""
        for number, part in enumerate(parts):
            for at in range(0, max(1, len(part)), _TOLD_AT_ONCE):
                told = {"part": number, "ids": list(part[at : at + _TOLD_AT_ONCE])}
                self._send(json.dumps(told).encode() + b"\n")
        self._send(json.dumps({"kept": sorted(kept)}).encode() + b"\n")
        self._flush()

    def finish(self) -> None:
        """After ``end`` wait until everything is written and closed."""
        reply = self._receive()
        if not reply.get("ok"):
            raise failure(str(reply.get("problem")), self._part)
