"""Parts that are not ours, for tests: an embedder, a reranker, a model and readers."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from importlib import invalidate_caches
from pathlib import Path

import numpy as np
import pytest

from assistant import Heading, ParsedDocument, Passage, Ranking, registry


class HashEmbedder:
    """A vector from the hashes of a text's words."""

    batch_size = 8
    is_costly = True

    def __init__(self, fingerprint: str = "hashed:1", dimensions: int = 32) -> None:
        self.fingerprint = fingerprint
        self.dimensions = dimensions
        self.paid: list[str] = []

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Not of length 1: that is the caller's work."""
        self.paid += texts
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[hashlib.sha256(word.encode()).digest()[0] % self.dimensions] += 3.0
        return rows


class LastFirst:
    """Turns the order of passages round."""

    fingerprint = "last-first:1"

    def rank(self, question: str, passages: Sequence[Passage]) -> Ranking:
        """The later, the better."""
        return Ranking(tuple(float(at) for at in range(len(passages))))


class Parrot:
    """A model that says one sentence, with a marker, and remembers what it was asked."""

    fingerprint = "parrot:1"

    def __init__(self, *pieces: str) -> None:
        self.pieces = pieces
        self.asked: list[Sequence[Mapping[str, str]]] = []
        self.closed = 0

    async def stream(self, messages: Sequence[Mapping[str, str]]) -> AsyncIterator[str]:
        """Its words."""
        self.asked.append(messages)
        try:
            for piece in self.pieces:
                yield piece
        finally:
            self.closed += 1


class LogReader:
    """Reads ``.log9``: a first line that is the title, then text."""

    suffixes = (".log9",)
    fingerprint = "log9:1"

    def read(self, data: bytes, name: str) -> ParsedDocument:
        """``!`` begins a heading."""
        text = data.decode()
        title, _, _ = text.partition("\n")
        at = text.find("!")
        headings = (Heading(1, text[at + 1 :].split("\n")[0], at),) if at >= 0 else ()
        return ParsedDocument(text=text, title=title, kind="log", headings=headings)


def install(
    place: Path, monkeypatch: pytest.MonkeyPatch, code: str, entry_points: str, version: str = "1.0"
) -> Path:
    """A package ``bringer`` with this code and these entry points, in a folder of the path."""
    place.mkdir(exist_ok=True)
    (place / "bringer.py").write_text(code, encoding="utf-8")
    info = place / "bringer-1.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: bringer\nVersion: {version}\n")
    (info / "entry_points.txt").write_text(entry_points, encoding="utf-8")
    if str(place) not in sys.path:
        monkeypatch.syspath_prepend(str(place))
        monkeypatch.setenv("PYTHONPATH", str(place))
    monkeypatch.delitem(sys.modules, "bringer", raising=False)
    invalidate_caches()
    registry._brought.cache_clear()
    return place
