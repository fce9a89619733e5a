"""One file → its text and chunks, or the reason why not; runs in several threads at once.

Reading happens in the children of ``assistant.reading.pool``, cutting in the threads here; of a
large folder all of it in ``reading_process``.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.chunking import cut
from assistant.errors import DocumentError
from assistant.index.plan import Step
from assistant.index.scan import FoundFile
from assistant.reading.limits import ReadingLimits
from assistant.reading.pool import Parsers
from assistant.text.languages.detection import detect
from assistant.text.noise import Spans, noise_spans
from assistant.types import Chunk, ParsedDocument

if TYPE_CHECKING:  # its import takes .2 s, which the reading process does without
    from assistant.settings import ChunkingSettings, ReadingSettings

_WORKERS = min(4, os.cpu_count() or 1)
_WINDOW = 8 * _WORKERS
"""Files in flight: bounds memory, and keeps the workers busy while the index is written."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file that was read: its parts, its hash, the clock before it was opened, its noise."""

    parsed: ParsedDocument
    chunks: tuple[Chunk, ...]
    sha256: str
    checked_ns: int
    noise: Spans = ()


Load = Callable[
    [Sequence[Step], "ChunkingSettings", "ReadingSettings"],
    Iterator[tuple[Step, Loaded | DocumentError]],
]
"""What reads the files of the steps, in their order: threads here, or workers elsewhere."""


@dataclass(frozen=True, slots=True)
class Cutting:
    """How texts are cut into chunks, in tokens; see ``assistant.chunking``."""

    tokens: int
    overlap: int


def load_all(
    steps: Sequence[Step], chunking: ChunkingSettings, reading: ReadingSettings
) -> Iterator[tuple[Step, Loaded | DocumentError]]:
    """Read the files of the steps, in order, a bounded number ahead."""
    cutting, limits = cutting_of(chunking), limits_of(reading)
    results = load_files(files_of(steps), cutting, limits, reading.processes)
    yield from zip(steps, results, strict=True)


def files_of(steps: Iterable[Step]) -> list[FoundFile]:
    """The files of steps that have one each."""
    files = []
    for step in steps:
        if step.file is None:
            raise ValueError(f"step {step.name} has no file to read")
        files.append(step.file)
    return files


def load_files(
    files: Iterable[FoundFile], cutting: Cutting, limits: ReadingLimits, processes: int
) -> Generator[Loaded | DocumentError]:
    """Read files in threads and at most so many parsing processes, in order, a bounded number
    ahead."""
    pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="reading")
    parsers = Parsers(limits, processes)
    waiting: deque[Future[Loaded | DocumentError]] = deque()
    try:
        for file in files:
            waiting.append(pool.submit(load, file, cutting, parsers))
            if len(waiting) >= _WINDOW:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        parsers.close()


def limits_of(reading: ReadingSettings) -> ReadingLimits:
    """The limits that the settings ask for."""
    return ReadingLimits(**reading.model_dump(exclude={"processes"}))


def cutting_of(chunking: ChunkingSettings) -> Cutting:
    """The cut that the settings ask for."""
    return Cutting(chunking.tokens, chunking.overlap)


def load(file: FoundFile, cutting: Cutting, parsers: Parsers) -> Loaded | DocumentError:
    """Read and cut one file. Failure is a value here: it must not stop the other files."""
    checked_ns = time.time_ns()
    try:
        data = read_bytes(file)
    except DocumentError as exc:
        return exc
    except MemoryError:
        return DocumentError(f"{file.name} needs more memory than there is")
    return load_bytes(data, file, checked_ns, cutting, parsers)


def load_bytes(
    data: bytes, file: FoundFile, checked_ns: int, cutting: Cutting, parsers: Parsers
) -> Loaded | DocumentError:
    """Parse and cut a file's bytes, which were read at ``checked_ns``."""
    try:
        parsed = parsers.read(data, file.relative)
        parsed = replace(parsed, language=detect(parsed.text, parsed.language))
        chunks = tuple(cut(parsed, tokens=cutting.tokens, overlap=cutting.overlap))
        if not chunks:
            return DocumentError(f"{file.name} holds no text", outcome="empty")
        sha256 = hashlib.sha256(data).hexdigest()
        return Loaded(parsed, chunks, sha256, checked_ns, noise_spans(parsed.text))
    except DocumentError as exc:
        return exc
    except MemoryError:
        return DocumentError(f"{file.name} needs more memory than there is")
    except Exception as exc:  # a parser's own defect in one file must not stop the others
        return DocumentError(f"{file.name} cannot be read: {type(exc).__name__}: {exc}")


def read_bytes(file: FoundFile) -> bytes:
    """A file's bytes. Raises ``DocumentError`` when it vanished or may not be read."""
    try:
        with open(file.place, "rb", buffering=0) as handle:  # a quarter of the time of ``Path``
            return handle.read()
    except FileNotFoundError as exc:
        raise DocumentError(f"{file.name} vanished while it was being read") from exc
    except OSError as exc:
        raise DocumentError(
            f"{file.name} cannot be read: {exc.strerror}", hint="check its permissions"
        ) from exc


def hash_file(file: FoundFile) -> str:
    """The SHA-256 of a file's bytes, or an empty text when it cannot be read."""
    try:
        return hashlib.sha256(read_bytes(file)).hexdigest()
    except DocumentError:
        return ""
