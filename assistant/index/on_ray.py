"""Reading, parsing and cutting on the workers of a Ray cluster; everything is written here.

A worker is given a file's bytes, so it needs no folder, and returns text and chunks. Only returned
results are kept: when a worker dies, Ray gives its files to other workers, and no file is indexed
twice. Every worker needs this package installed.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from assistant.errors import DocumentError, UsageError
from assistant.extras import needs
from assistant.index.loaded import Loaded
from assistant.index.loading import Cutting, Load, LoadOptions, load_bytes, open_file
from assistant.index.plan import Step
from assistant.index.rows import FileState
from assistant.index.scan import FoundFile
from assistant.index.unfinished import KeptTexts
from assistant.reading.limits import ReadingLimits
from assistant.reading.pages_of_file import Recognition
from assistant.reading.pool import Parsers
from assistant.reading.recognition import RecognitionLimits

_AHEAD = 4
"""Files in flight for each processor of the cluster."""
_RETRIES = 5


def on_ray(address: str) -> Load:
    """A way to load files on the cluster at this address ("auto": the one running here).

    Raises ``MissingPackageError`` without Ray, ``UsageError`` when the cluster does not answer.
    """
    ray = _connect(address)

    def load_all(
        steps: Sequence[Step], options: LoadOptions
    ) -> Generator[tuple[Step, Loaded | DocumentError]]:
        task = ray.remote(num_cpus=1, max_retries=_RETRIES)(load_there)
        window = _AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))
        kept = KeptTexts(options.keep)
        waiting: deque[_Sent] = deque()
        try:
            for step in steps:
                waiting.append(_send(task, step, options, kept))
                if len(waiting) >= window:
                    yield _receive(ray, waiting.popleft(), kept)
            while waiting:
                yield _receive(ray, waiting.popleft(), kept)
        finally:
            kept.close()
            for sent in waiting:
                if sent.running is not None:
                    ray.cancel(sent.running, force=False)

    return load_all


def load_there(
    data: bytes,
    file: FoundFile,
    sha256: str,
    state: FileState,
    cutting: dict[str, Any],
    limits: dict[str, Any],
    ocr: dict[str, Any],
) -> Loaded | DocumentError:
    """What a worker does with one file."""
    parsers = _parsers(tuple(sorted(limits.items())), tuple(sorted(ocr.items())))
    return load_bytes(data, file, sha256, state, Cutting(**cutting), parsers)


@lru_cache(maxsize=1)
def _parsers(limits: tuple[tuple[str, Any], ...], ocr: tuple[tuple[str, Any], ...]) -> Parsers:
    """A worker's own parsing child, kept from file to file; it ends with the worker."""
    recognition = Recognition(RecognitionLimits(**dict(ocr)))
    return Parsers(ReadingLimits(**dict(limits)), processes=1, recognition=recognition)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A file that is ``running`` on the cluster, or what is known of it already."""

    step: Step
    file: FoundFile
    sha256: str = ""
    running: Any = None
    known: Loaded | DocumentError | None = None


def _send(task: Any, step: Step, options: LoadOptions, kept: KeptTexts) -> _Sent:
    if step.file is None:
        raise ValueError(f"step {step.name} has no file to read")
    try:
        data, state = open_file(step.file, options.access)
    except DocumentError as exc:
        return _Sent(step, step.file, known=exc)
    sha256 = hashlib.sha256(data).hexdigest()
    known = kept.take_up(step.file, sha256, state)
    if known is not None:
        return _Sent(step, step.file, known=known)
    cutting, limits = asdict(options.cutting), asdict(options.limits)
    ocr = asdict(options.ocr)
    running = task.remote(data, step.file, sha256, state, cutting, limits, ocr)
    return _Sent(step, step.file, sha256, running)


def _receive(ray: Any, sent: _Sent, kept: KeptTexts) -> tuple[Step, Loaded | DocumentError]:
    if sent.known is not None:
        return sent.step, sent.known
    try:
        loaded: Loaded | DocumentError = ray.get(sent.running)
    except ray.exceptions.RayError as exc:
        first = str(exc).strip().splitlines()[:1]
        return sent.step, DocumentError(
            f"{sent.step.name} could not be read on the cluster: {type(exc).__name__} "
            f"{' '.join(first)}",
            hint="`ray status` shows its workers; each needs this package installed",
        )
    kept.keep(sent.file, sent.sha256, loaded)
    return sent.step, loaded


def _connect(address: str) -> Any:
    with needs("ray", "The engine ray"):
        import ray
    if not ray.is_initialized():
        try:
            ray.init(address=address, log_to_driver=False, logging_level=40)
        except (ConnectionError, RuntimeError, ValueError, TimeoutError) as exc:
            raise UsageError(
                f"There is no Ray cluster at {address!r}: {str(exc).splitlines()[0]}",
                hint="`ray start --head` starts one here; --ray-address names another",
            ) from exc
    return ray
