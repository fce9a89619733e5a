"""The headings inside a passage that each of its sentences stands under. Pure.

A passage of several short sections knows only the heading that it begins under; "Removed" below
"3.0.0" says of which version the lines below it are.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.text.sentences import SentenceSpan

_DEEPEST = 6


def inner_headings(text: str, spans: Sequence[SentenceSpan]) -> list[tuple[int, ...]]:
    """For each span the places of the headings above it, those of a higher level first; for a
    heading those that it lies under."""
    found: list[tuple[int, ...]] = []
    open_ones: list[tuple[int, int]] = []
    for at, span in enumerate(spans):
        if span.kind == "heading":
            level = _level(text, span.start)
            open_ones = [each for each in open_ones if each[0] < level]
            found.append(tuple(place for _, place in open_ones))
            open_ones.append((level, at))
        else:
            found.append(tuple(place for _, place in open_ones))
    return found


def _level(text: str, start: int) -> int:
    """The level of a Markdown heading whose words begin at a place: its signs, or the deepest."""
    signs = text[text.rfind("\n", 0, start) + 1 : start].count("#")
    return signs or _DEEPEST
