"""The parent's end of a child process."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from typing import IO, Any

from assistant.errors import AssistantError, IndexUnavailableError, StorageError
from assistant.processes import last_words, start


class Child:
    """A child that is killed when it is left, whatever happened."""

    def __init__(self, module: str, *arguments: str) -> None:
        # closed when the child is left
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._process: Any = start(
            f"assistant.index.processes.{module}",
            *arguments,
            stderr=self._stderr,
            environment=dict(os.environ, ANONYMIZED_TELEMETRY="False"),
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
                return failure(str(json.loads(line).get("problem")))
        status = self._process.wait()
        said = f"its process ended with status {status} {last_words(self._stderr)}"
        return failure(said.strip())


def failure(problem: str) -> AssistantError:
    """A child's problem as one of our errors."""
    lowered = problem.lower()
    if "disk is full" in lowered or "no space" in lowered or "errno 28" in lowered:
        return StorageError(
            f"The disk is full: {problem}",
            hint="free some space and run the same command again; the old index still answers",
        )
    return IndexUnavailableError(
        f"The vectors could not be written: {problem}",
        hint="run the same command again; the old index still answers",
    )
