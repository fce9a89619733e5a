"""Reading, parsing and cutting on the workers of a Ray cluster; everything is written here.

A worker is given a file's bytes, so it needs no folder, and returns text and chunks. Nothing that
it does is kept before it comes back: a worker that dies loses time, Ray gives its files to others,
and no file can be indexed twice. Every worker needs this package installed.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from assistant.errors import DocumentError, UsageError
from assistant.index.loading import (
    Cutting,
    Load,
    Loaded,
    cutting_of,
    limits_of,
    load_bytes,
    read_bytes,
)
from assistant.index.plan import Step
from assistant.index.scan import FoundFile
from assistant.reading.limits import ReadingLimits
from assistant.reading.pool import Parsers

if TYPE_CHECKING:  # workers do without
    from assistant.settings import ChunkingSettings, ReadingSettings

_AHEAD = 4
"""Files in flight for each processor of the cluster."""
_RETRIES = 5


def on_ray(address: str) -> Load:
    """A way to load files on the cluster at this address ("auto": the one running here).

    Raises ``UsageError`` when Ray is not installed or the cluster does not answer.
    """
    ray = _connect(address)

    def load_all(
        steps: Sequence[Step], chunking: ChunkingSettings, reading: ReadingSettings
    ) -> Iterator[tuple[Step, Loaded | DocumentError]]:
        cutting, limits = asdict(cutting_of(chunking)), asdict(limits_of(reading))
        task = ray.remote(num_cpus=1, max_retries=_RETRIES)(load_there)
        window = _AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))
        waiting: deque[tuple[Step, Any]] = deque()
        try:
            for step in steps:
                waiting.append((step, _send(task, step, cutting, limits)))
                if len(waiting) >= window:
                    yield _receive(ray, *waiting.popleft())
            while waiting:
                yield _receive(ray, *waiting.popleft())
        finally:
            for _, sent in waiting:
                if not isinstance(sent, DocumentError):
                    ray.cancel(sent, force=False)

    return load_all


def load_there(
    data: bytes, file: FoundFile, checked_ns: int, cutting: dict[str, Any], limits: dict[str, Any]
) -> Loaded | DocumentError:
    """What a worker does with one file."""
    parsers = _parsers(tuple(sorted(limits.items())))
    return load_bytes(data, file, checked_ns, Cutting(**cutting), parsers)


@lru_cache(maxsize=1)
def _parsers(limits: tuple[tuple[str, Any], ...]) -> Parsers:
    """A worker's own parsing child, kept from file to file; it ends with the worker."""
    return Parsers(ReadingLimits(**dict(limits)), processes=1)


def _send(task: Any, step: Step, cutting: dict[str, Any], limits: dict[str, Any]) -> Any:
    if step.file is None:
        raise ValueError(f"step {step.name} has no file to read")
    checked_ns = time.time_ns()
    try:
        data = read_bytes(step.file)
    except DocumentError as exc:
        return exc
    return task.remote(data, step.file, checked_ns, cutting, limits)


def _receive(ray: Any, step: Step, sent: Any) -> tuple[Step, Loaded | DocumentError]:
    if isinstance(sent, DocumentError):
        return step, sent
    try:
        loaded: Loaded | DocumentError = ray.get(sent)
    except ray.exceptions.RayError as exc:
        first = str(exc).strip().splitlines()[:1]
        return step, DocumentError(
            f"{step.name} could not be read on the cluster: {type(exc).__name__} {' '.join(first)}",
            hint="`ray status` shows its workers; each needs this package installed",
        )
    return step, loaded


def _connect(address: str) -> Any:
    try:
        import ray
    except ImportError as exc:
        raise UsageError(
            "The engine ray needs a package that is not installed",
            hint="pip install 'document-assistant[ray]'",
        ) from exc
    if not ray.is_initialized():
        try:
            ray.init(address=address, log_to_driver=False, logging_level=40)
        except (ConnectionError, RuntimeError, ValueError, TimeoutError) as exc:
            raise UsageError(
                f"There is no Ray cluster at {address!r}: {str(exc).splitlines()[0]}",
                hint="`ray start --head` starts one here; --ray-address names another",
            ) from exc
    return ray
