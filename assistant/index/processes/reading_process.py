"""The texts of a large folder are read and cut in a process of their own, while this one writes.

Python runs one thread at a time: with reading in threads, an ingest of 13,690 texts took 2.1 times
as long (docs/decisions.md). ``python -m assistant.index.processes.reading_process`` reads one JSON
line with the files and the settings, and answers with a JSON line for each file, in order. Files of
other kinds are parsed in children already and stay with the parent's threads.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from typing import IO, Any

from assistant.errors import AssistantError, DocumentError
from assistant.index.loaded import Loaded, packed_state, unpacked
from assistant.index.loading import (
    Cutting,
    Loader,
    LoadOptions,
    files_of,
    load_all,
)
from assistant.index.plan import Step
from assistant.index.rows import FileState
from assistant.index.scan import FoundFile
from assistant.index.unfinished import KeepAside
from assistant.processes import last_words, start
from assistant.reading.added import brought_for
from assistant.reading.kinds import KIND_OF_SUFFIX, suffix_of
from assistant.reading.limits import ReadingLimits
from assistant.reading.opening import OpeningRules
from assistant.reading.pool import READ_HERE
from assistant.reading.recognition import RecognitionLimits

MANY_FILES, MANY_BYTES = 500, 10_000_000
"""From so many texts on a process is worth its start, a fifth of a second."""

_PIPE_BYTES = 1 << 20
_END_SECONDS = 5.0
_GIVE_UP_AFTER = 5
"""Files in a row that end a process they are alone in: then it is not the files."""


def is_large(texts: Sequence[Step]) -> bool:
    """Whether these are so many texts that a process of their own pays."""
    return (
        len(texts) >= MANY_FILES
        or sum(step.file.state.size for step in texts if step.file) >= MANY_BYTES
    )


def load_apart(
    steps: Sequence[Step], options: LoadOptions
) -> Generator[tuple[Step, Loaded | DocumentError]]:
    """What ``load_all`` gives; the texts of a large folder come from a process of their own.

    A text that ends a process in which it is alone is a ``DocumentError``; the rest goes on. Raises
    ``AssistantError`` when it is so with every text.
    """
    texts = [step for step in steps if _is_text(step)]
    if not is_large(texts):
        texts = []
    apart = {id(step) for step in texts}
    others = [step for step in steps if id(step) not in apart]
    with closing(_texts(texts, options)) as read, closing(load_all(others, options)) as parsed:
        for step in steps:  # both work ahead while the results of the other are written
            yield next(read if id(step) in apart else parsed)


def _is_text(step: Step) -> bool:
    file = step.file
    return (
        file is not None
        and KIND_OF_SUFFIX.get(f".{suffix_of(file.relative)}") in READ_HERE
        and brought_for(file.relative) is None
    )


def _texts(
    steps: Sequence[Step], options: LoadOptions
) -> Generator[tuple[Step, Loaded | DocumentError]]:
    done, died, deaths = 0, False, 0
    while done < len(steps):
        # a process reads ahead, so after a death the next file goes alone: was it that one?
        end = done + 1 if died else len(steps)
        with _Reading(steps[done:end], options) as child:
            for result in child.results():
                yield steps[done], result
                done, deaths = done + 1, 0
            if died and done < end:
                yield (
                    steps[done],
                    DocumentError(
                        f"{steps[done].name} broke the reading process {child.death()}",
                        hint="the other files are not touched by it; please report the file",
                    ),
                )
                done, deaths = done + 1, deaths + 1
                if deaths == _GIVE_UP_AFTER:
                    raise AssistantError(
                        f"The reading process ends at every file {child.death()}",
                        hint="the old index still answers; see `assistant doctor`",
                    )
        died = not died and done < end


class _Reading:
    """One process that reads files; ended when it is left, and its own children with it."""

    def __init__(self, steps: Sequence[Step], options: LoadOptions) -> None:
        self._request = _request(files_of(steps), options)
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  # closed in __exit__
        self._process = start(
            "assistant.index.processes.reading_process", stderr=self._stderr, environment=os.environ
        )
        _widen(self._process.stdout)

    def __enter__(self) -> _Reading:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()  # so that it ends its own children
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._stderr):
            with contextlib.suppress(OSError):
                stream.close()  # type: ignore[union-attr]

    def results(self) -> Iterator[Loaded | DocumentError]:
        """A result for each file in order; fewer when the process dies."""
        with contextlib.suppress(OSError):  # it died: no line will come
            self._process.stdin.write(self._request)  # type: ignore[union-attr]
            self._process.stdin.flush()  # type: ignore[union-attr]
        for line in self._process.stdout:  # type: ignore[union-attr]
            if not line.endswith(b"\n"):
                return  # it died in the middle of one
            yield unpacked(json.loads(line))

    def death(self) -> str:
        """How a process that gave too few results ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_SECONDS)
        return f"(status {self._process.poll()}) {last_words(self._stderr)}".rstrip()


def _widen(pipe: IO[bytes] | None) -> None:
    """Let the child be a batch of embedding ahead: with the 64 KB of Linux each of the two waited
    for the other half of the time."""
    if sys.platform == "linux" and pipe is not None:
        import fcntl

        with contextlib.suppress(OSError):  # a user may have 64 MB of it in all
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


# ---------------------------------------------------------------- what goes over the pipes


def _request(files: Sequence[FoundFile], options: LoadOptions) -> bytes:
    message = {
        "files": [[f.name, f.root, f.relative, packed_state(f.state)] for f in files],
        "options": asdict(replace(options, kept_pages=None, tell_page=None)),
    }
    return json.dumps(message).encode() + b"\n"


def _options(message: dict[str, Any]) -> LoadOptions:
    return LoadOptions(
        OpeningRules(**message["access"]),
        ReadingLimits(**message["limits"]),
        Cutting(**message["cutting"]),
        message["processes"],
        KeepAside(**message["keep"]) if message["keep"] else None,
        RecognitionLimits(**message["ocr"]),
    )


def main() -> int:
    """The child: one request, a line for each of its files."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    request = json.loads(sys.stdin.buffer.readline() or b"null")
    if request is None:
        return 0
    files = [FoundFile(name, root, relative, FileState(*state))
             for name, root, relative, state in request["files"]]  # fmt: skip
    # no threads: Python runs one at a time, and 13,690 texts took a tenth longer to hand over
    with closing(Loader(_options(request["options"]))) as loader:
        for file in files:
            sys.stdout.buffer.write(loader.load_packed(file) + b"\n")
            sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    try:
        status = main()
    except SystemExit:  # the parent wants no more: its parsers are ended, its threads may go on
        status = 0
    sys.stdout.flush()
    os._exit(status)
