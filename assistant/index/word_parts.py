"""The parts of a word index: each is written as a whole, and rewritten when one of its documents
changes.

A part is a segment of tantivy. When all chunks of a segment are removed, tantivy drops it and its
statistics; when only some are removed, tantivy still counts them. So a part with any change is
rewritten, and the others stay: an edit rewrites a seventh of the index. Parts depend on the
documents' names alone, so an index that was updated has those of a fresh one.

tantivy merges from eight segments on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zlib import crc32

PARTS = 7
_UNDIVIDED = 5000
"""Chunks up to which an index has one part: it is made anew in the time that a commit takes."""

Parts = Sequence[Sequence[str]]
"""Chunk ids by part, in their order."""


def parts_of(chunks: Iterable[tuple[str, str]]) -> Parts:
    """The parts of an index, from (document name, chunk id) of all chunks in their order."""
    everything = list(chunks)
    if len(everything) <= _UNDIVIDED:
        return [[chunk_id for _, chunk_id in everything]]
    parts: list[list[str]] = [[] for _ in range(PARTS)]
    for name, chunk_id in everything:
        parts[crc32(name.encode()) % PARTS].append(chunk_id)
    return parts


def unchanged(parts: Parts, before: Parts) -> frozenset[int]:
    """The numbers of the parts that hold what they held before: ids are made of their texts."""
    if len(parts) != len(before):
        return frozenset()
    pairs = zip(parts, before, strict=True)
    return frozenset(number for number, (now, then) in enumerate(pairs) if now == then)
