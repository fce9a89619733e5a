"""Quotes → places in a document's stored text, and how much of a place other places cover.

Spans are ``(start, end)`` in characters, end exclusive, as everywhere in the assistant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

Span = tuple[int, int]

_EDGE = re.compile(r"^[\W_]+|(?<![\W_])[\W_]+$")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece of evidence stands: every occurrence of its quote, and its relevance."""

    document: str
    quote: str
    relevance: int
    spans: tuple[Span, ...]


def locate(quote: str, text: str) -> tuple[Span, ...]:
    """Every occurrence of a quote in a text; any run of white space equals any other.

    The spans leave out punctuation at the edges: a sentence that lost its full stop, or gained
    a list mark, still holds what the quote says.
    """
    core = _EDGE.sub("", quote)
    if not core:
        return ()
    return tuple(match.span() for match in _pattern(core).finditer(text))


@lru_cache(maxsize=4096)
def _pattern(core: str) -> re.Pattern[str]:
    return re.compile(r"\s+".join(re.escape(word) for word in core.split()))


def merged(spans: Iterable[Span]) -> list[Span]:
    """The union of spans as sorted spans that do not touch."""
    union: list[Span] = []
    for start, end in sorted(spans):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        elif end > start:
            union.append((start, end))
    return union


def covers(spans: Sequence[Span], span: Span, text: str) -> bool:
    """Whether spans together hold every character of a span, white space apart."""
    position, end = span
    for start, stop in merged(spans):
        if stop <= position:
            continue
        gap = text[position : min(start, end)]
        if gap.strip():
            return False
        position = max(position, stop)
        if position >= end:
            return True
    return not text[position:end].strip()


def overlap(spans: Sequence[Span], others: Sequence[Span]) -> int:
    """Characters that both unions hold."""
    return sum(
        max(0, min(end, stop) - max(start, begin))
        for start, end in merged(spans)
        for begin, stop in merged(others)
    )


def length(spans: Iterable[Span]) -> int:
    """Characters in the union of spans."""
    return sum(end - start for start, end in merged(spans))
