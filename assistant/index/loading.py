"""One file → its text and chunks, or the reason why not; runs in several threads at once.

The children of ``assistant.reading.pool`` parse files; the threads here cut texts into chunks, for
a large folder of texts in ``reading_process``.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Protocol, TypeVar

from assistant.chunking import cut
from assistant.errors import DocumentError
from assistant.index.loaded import Loaded, packed
from assistant.index.plan import Step
from assistant.index.rows import FileState, state_of
from assistant.index.scan import FoundFile, access_of
from assistant.index.unfinished import KeepAside, KeptTexts
from assistant.reading.added import GivenReaders
from assistant.reading.limits import ReadingLimits
from assistant.reading.opening import OpeningRules, read_file
from assistant.reading.pages_of_file import KeptPages, Recognition
from assistant.reading.pool import Parsers
from assistant.reading.recognition import RecognitionLimits
from assistant.text.abbreviations import pairs_of
from assistant.text.first_page import first_page, with_fields
from assistant.text.languages.detection import detect
from assistant.text.noise import noise_spans
from assistant.types import DocumentField, ParsedDocument

if TYPE_CHECKING:
    from assistant.settings import ReadingSettings, Settings
    from assistant.settings.sections import OcrSettings

_MAILS = frozenset({"eml", "msg"})
_WORKERS = min(4, os.cpu_count() or 1)
_TELL_SECONDS = 0.2
_WINDOW = 8 * _WORKERS
"""Files in flight: bounds memory, and keeps the workers busy while the index is written."""


NO_PICTURES = RecognitionLimits(engine="none")
"""Pictures are not read."""


@dataclass(frozen=True, slots=True)
class Cutting:
    """How texts are cut into chunks, in tokens; see ``assistant.chunking``."""

    tokens: int
    overlap: int


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How files are opened, parsed (in at most so many processes) and cut, and where what was done
    is kept.

    ``ocr`` says how pictures are read, ``kept_pages`` holds the words of those that were read
    before, ``tell_page`` is told of each page by whoever takes the results.
    """

    access: OpeningRules
    limits: ReadingLimits
    cutting: Cutting
    processes: int
    keep: KeepAside | None = None
    ocr: RecognitionLimits = NO_PICTURES
    kept_pages: KeptPages | None = None
    tell_page: Callable[[str, int, int], None] | None = None


Load = Callable[[Sequence[Step], LoadOptions], Generator[tuple[Step, Loaded | DocumentError]]]
"""What reads the files of the steps, in their order: threads here, or workers elsewhere."""

Result = TypeVar("Result")


def load_all(
    steps: Sequence[Step], options: LoadOptions
) -> Generator[tuple[Step, Loaded | DocumentError]]:
    """Read the files of the steps, in order, a bounded number ahead."""
    with closing(load_files(files_of(steps), options, Loader.load)) as results:
        yield from zip(steps, results, strict=True)


def load_with(readers: GivenReaders, load: Load) -> Load:
    """``load``, but for the files that the given readers read: those are read in threads here."""

    def load_both(
        steps: Sequence[Step], options: LoadOptions
    ) -> Generator[tuple[Step, Loaded | DocumentError]]:
        here = [step for step in steps if step.file and readers.find(step.file.relative)]
        theirs = {id(step) for step in here}
        with closing(load([s for s in steps if id(s) not in theirs], options)) as results:
            yield from results
        work, files = Loader.load, files_of(here)
        with closing(load_files(files, options, work, readers)) as results_here:
            yield from zip(here, results_here, strict=True)

    return load_both if readers else load


def files_of(steps: Iterable[Step]) -> list[FoundFile]:
    """The files of steps that have one each."""
    files = []
    for step in steps:
        if step.file is None:
            raise ValueError(f"step {step.name} has no file to read")
        files.append(step.file)
    return files


def load_files(
    files: Iterable[FoundFile],
    options: LoadOptions,
    work: Callable[[Loader, FoundFile], Result],
    parsers: FileReader | None = None,
) -> Generator[Result]:
    """Do a ``Loader``'s work on files in threads, in order, a bounded number ahead."""
    pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="reading")
    pages: SimpleQueue[tuple[str, int, int]] = SimpleQueue()
    loader = Loader(options, parsers, lambda *page: pages.put(page))
    waiting: deque[Future[Result]] = deque()
    try:
        for file in files:
            waiting.append(pool.submit(work, loader, file))
            if len(waiting) >= _WINDOW:
                yield _awaited(waiting.popleft(), pages, options.tell_page)
        while waiting:
            yield _awaited(waiting.popleft(), pages, options.tell_page)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        loader.close()


def _awaited(
    future: Future[Result],
    pages: SimpleQueue[tuple[str, int, int]],
    tell: Callable[[str, int, int], None] | None,
) -> Result:
    """The result of a file; until it is there, pages that threads are reading are told."""
    while tell is not None and wait([future], _TELL_SECONDS).not_done:
        with suppress(Empty):
            while True:
                tell(*pages.get_nowait())
    return future.result()


def options_of(
    settings: Settings,
    keep: KeepAside | None = None,
    kept_pages: KeptPages | None = None,
    tell_page: Callable[[str, int, int], None] | None = None,
) -> LoadOptions:
    """What the settings ask for."""
    return LoadOptions(
        access_of(settings.documents),
        limits_of(settings.reading),
        Cutting(settings.chunking.tokens, settings.chunking.overlap),
        settings.reading.processes,
        keep,
        recognition_limits_of(settings.ocr),
        kept_pages,
        tell_page,
    )


def limits_of(reading: ReadingSettings) -> ReadingLimits:
    """The limits that the settings ask for."""
    return ReadingLimits(**reading.model_dump(exclude={"processes"}))


def recognition_limits_of(ocr: OcrSettings) -> RecognitionLimits:
    """How the settings have pictures read."""
    return RecognitionLimits(**ocr.model_dump(exclude={"cache_megabytes"}))


class FileReader(Protocol):
    """What turns a file's bytes into its text: ``Parsers``, or readers that are not ours."""

    def read(self, data: bytes, name: str) -> ParsedDocument:
        """Read one file. Raises ``DocumentError``."""
        ...

    def close(self) -> None:
        """End what was started."""


class Loader:
    """Loads files one by one, from several threads at once. A failure is returned, not raised, so
    that it does not stop the other files."""

    def __init__(
        self,
        options: LoadOptions,
        parsers: FileReader | None = None,
        tell_page: Callable[[str, int, int], None] | None = None,
    ) -> None:
        self._options = options
        recognition = Recognition(options.ocr, options.kept_pages, tell_page)
        self._parsers = parsers or Parsers(options.limits, options.processes, recognition)
        self._kept = KeptTexts(options.keep)

    def load(self, file: FoundFile) -> Loaded | DocumentError:
        """Read and cut one file, or take up what an unfinished ingest made of it."""
        return self._load(file)[0]

    def load_packed(self, file: FoundFile) -> bytes:
        """What ``load`` gives, as one line of JSON (``packed``)."""
        result, line = self._load(file)
        return line or json.dumps(packed(result)).encode()

    def _load(self, file: FoundFile) -> tuple[Loaded | DocumentError, bytes]:
        """A result, and what is kept of it."""
        try:
            data, state = open_file(file, self._options.access)
            sha256 = hashlib.sha256(data).hexdigest()
            kept = self._kept.take_up(file, sha256, state)
            if kept is not None:
                return kept, b""
            result = load_bytes(data, file, sha256, state, self._options.cutting, self._parsers)
            return result, self._kept.keep(file, sha256, result)
        except DocumentError as exc:
            return exc, b""
        except MemoryError:
            return DocumentError(f"{file.name} needs more memory than there is"), b""

    def close(self) -> None:
        """End the parsers."""
        self._parsers.close()
        self._kept.close()


def load_bytes(
    data: bytes,
    file: FoundFile,
    sha256: str,
    state: FileState,
    cutting: Cutting,
    parsers: FileReader,
) -> Loaded | DocumentError:
    """Parse and cut a file's bytes, whose hash and state are known."""
    try:
        parsed = parsers.read(data, file.relative)
        parsed = replace(parsed, language=detect(parsed.text, parsed.language))
        chunks = tuple(cut(parsed, tokens=cutting.tokens, overlap=cutting.overlap))
        if not chunks:
            return DocumentError(f"{file.name} holds no text", outcome="empty")
        fields = first_page(parsed.text, is_mail=parsed.kind in _MAILS)
        parsed = with_fields(parsed, fields)
        fields += tuple(
            DocumentField("abbreviation", f"{each.short} = {each.long}", each.start, each.end)
            for each in pairs_of(parsed.text)
        )
        noise = noise_spans(parsed.text)
        return Loaded(parsed, chunks, sha256, state, noise, fields=fields)
    except DocumentError as exc:
        return exc
    except MemoryError:
        return DocumentError(f"{file.name} needs more memory than there is")
    except Exception as exc:  # a parser's own defect in one file must not stop the others
        return DocumentError(f"{file.name} cannot be read: {type(exc).__name__}: {exc}")


def open_file(file: FoundFile, access: OpeningRules) -> tuple[bytes, FileState]:
    """A file's bytes, and the state it had when it was opened.

    Raises ``DocumentError`` when it is gone, may not be read, or is no longer what was found.
    """
    checked_ns = time.time_ns()
    data, status = read_file(file.place, file.name, access)
    return data, state_of(status, checked_ns)


def hash_file(file: FoundFile, access: OpeningRules) -> str:
    """The SHA-256 of a file's bytes, or an empty text when it cannot be read."""
    try:
        return hashlib.sha256(open_file(file, access)[0]).hexdigest()
    except (DocumentError, MemoryError):
        return ""
