"""The tokens of a model's text, and which bracket is a citation marker.

Models write ``1``, ``1, 2``, ``1-3``, ``Source 1``, ``^1``, ``1†page.html`` or ``1, p. 12``; all of
them are markers. A word without a number, ``1:3``, ``1.2``, ``-1``, ``1/2`` and ``0, 1`` are none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.citing.code import Code


@dataclass(frozen=True, slots=True)
class Text:
    """Characters to show as they are."""

    text: str


@dataclass(frozen=True, slots=True)
class Marker:
    """One bracket of citations: inclusive ranges of numbers, empty when it names none at all."""

    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Removed:
    """A place where something was taken out.

    Of a link or an address the text comes after it; ``end`` is where a link's text ends.
    """

    what: Literal["image", "link", "definition", "address", "end"]


Token = Text | Code | Marker | Removed

_PART = re.compile(r"\d+|[^\W\d_]+|\S")
_LABELS = frozenset(
    """source sources passage passages document documents doc docs ref refs reference references
    citation citations cite footnote excerpt snippet context quelle quellen s p c""".split()
)
_SIGNS = frozenset("^#_:.")
_RANGE = frozenset("-–—‑−~") | {"to", "bis"}
_SEPARATORS = frozenset(",;&+，；、") | {"and", "und"}
_PLACES = frozenset("p pp page pages section sec line lines § seite".split())
_MARKER_SIZE = 4
"""Characters a marker or a gap counts for, among those held back."""
_MOST_DIGITS = 9
"""Longer numbers are cut: no passage has such a number, and ``int`` is not linear."""


def is_separator(text: str) -> bool:
    """Whether a text could stand between two numbers: white space, commas, "and"."""
    return all(part in _SEPARATORS for part in _PART.findall(text.lower()))


def marker_ranges(content: str) -> tuple[tuple[int, int], ...] | None:
    """What a bracket with this content cites, as inclusive ranges; ``None`` for no marker.

    ``1, 2`` → ((1, 1), (2, 2)); ``Source 1-3`` → ((1, 3),); ``1†page.html`` → ((1, 1),);
    ``4:2†x`` → (), a marker of nothing we know; ``citation needed`` → ``None``.
    """
    head, dagger, _ = content.partition("†")
    parts: list[str] = _PART.findall(head.lower())
    if dagger:
        return ((_number(parts[0]),) * 2,) if len(parts) == 1 and parts[0].isdecimal() else ()
    found: list[tuple[int, int]] = []
    before = ""
    at = 0
    while at < len(parts):
        part = parts[at]
        if part.isdecimal():
            low = high = _number(part)
            if at + 2 < len(parts) and parts[at + 1] in _RANGE and parts[at + 2].isdecimal():
                high = _number(parts[at + 2])
                at += 2
            found.append((min(low, high), max(low, high)))
        elif found and part in _PLACES and any(later.isdecimal() for later in parts[at:]):
            break
        elif part in _SEPARATORS:
            if not found:
                return None
        elif part not in _LABELS and (part not in _SIGNS or before.isdecimal()):
            return None
        before = part
        at += 1
    if found and found[0][0] == 0 and len(parts) > 1 and parts[0] == "0":
        return None  # "scaled to [0, 1]", "[0-9]": an interval, for passages count from 1
    return tuple(found) if found else None


def _number(digits: str) -> int:
    return int(digits[:_MOST_DIGITS])


@dataclass(slots=True)
class Bracket:
    """An open bracket and what has come since; ``opener`` is what stood there."""

    opener: str
    opens_line: bool
    tokens: list[Token]
    size: int = 1

    def add(self, token: Token) -> None:
        """Append; neighbouring texts become one, so that cuts of the stream leave no trace."""
        self.size += len(token.text) if isinstance(token, Text | Code) else _MARKER_SIZE
        last = self.tokens[-1] if self.tokens else None
        if isinstance(token, Text) and isinstance(last, Text):
            self.tokens[-1] = Text(last.text + token.text)
        else:
            self.tokens.append(token)


def as_marker(tokens: Sequence[Token]) -> Marker | None:
    """The citations of a bracket, also of brackets in brackets; ``None`` when it is none."""
    if any(isinstance(token, Code) for token in tokens):
        return None
    inner = tuple(r for token in tokens if isinstance(token, Marker) for r in token.ranges)
    texts = [token.text for token in tokens if isinstance(token, Text)]
    for joined in (" ".join(texts), "".join(texts)):
        own = marker_ranges(joined)
        if own is not None:
            return Marker(own + inner)
    if any(isinstance(token, Marker) for token in tokens) and is_separator("".join(texts)):
        return Marker(inner)
    return None


def could_become_marker(tokens: Sequence[Token]) -> bool:
    """Whether ``[`` and these tokens, when some are not shown, could read as a marker's start."""
    if not any(isinstance(token, Marker | Removed) for token in tokens):
        return False
    texts = "".join(token.text for token in tokens if isinstance(token, Text | Code))
    return marker_ranges(texts + "1") is not None
