"""A model's Markdown, piece by piece → tokens: text, code, citation markers, things taken out.

What comes in is a model's stream, cut anywhere; what goes out are tokens that no later piece can
change. Every character is looked at a bounded number of times, and held back only while it may
still turn out to be part of a marker or a link (``BRACKET_LIMIT`` and its neighbours say how long).

No link leaves this module: of ``[text](target)`` the text is kept; images are taken out; the
definitions of reference-style links and the angle brackets of autolinks are taken off. Code keeps
every character. When in doubt whether something is code, it is text: a page then shows as code what
was cleaned without need, never the other way round. A bare address in prose stays, as text.
HTML tags stay, as text too: whoever draws a page must escape them.

It does not know how many passages there are, nor how numbers are shown: see ``citations``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

BRACKET_LIMIT = 240
"""Characters between brackets that are held back; longer brackets are plain text."""
CODE_LIMIT = 400
"""Characters of inline code on one line that are held back until the backticks close."""
TARGET_LIMIT = 2000
"""Characters of a link's target that are held back; what is longer is shown as text."""
_ANGLE_LIMIT = 72
_PIECE = 4096


@dataclass(frozen=True, slots=True)
class Text:
    """Characters to show as they are."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Characters inside code, with their backticks; nothing in them is a marker or a link."""

    text: str


@dataclass(frozen=True, slots=True)
class Marker:
    """One bracket of citations: inclusive ranges of numbers, empty when it names none at all."""

    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Removed:
    """A place where something was taken out and nothing is left to show."""

    what: Literal["image", "link", "definition", "address"]


Token = Text | Code | Marker | Removed

_OPENERS, _CLOSERS = "[【［", "]】］"
_ORDINARY = re.compile(r"[^\[\]【】［］!<>`~\\\n\r]+")
_FENCE_INDENT = 3
_TAG_START = re.compile(r"[A-Za-z/!?]")
_ANGLE_CHARACTER = re.compile(r"[A-Za-z0-9.+\-_!#$%&'*=?^{|}~]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]{0,31}")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.\-]{1,31}:\S|//|/\w|www\.|#|\.{1,2}/|<", re.IGNORECASE)
_BARE_LINE = re.compile(r"[\s>*+\-0-9.)]*")

_PART = re.compile(r"\d+|[^\W\d_]+|\S")
_LABELS = frozenset(
    """source sources passage passages document documents doc docs ref refs reference references
    citation citations cite footnote excerpt snippet context quelle quellen s p c""".split()
)
_RANGE = frozenset("-–—‑−~") | {"to", "bis"}
_SEPARATORS = frozenset(",;&+，；、") | {"and", "und"}
_PLACES = frozenset("p pp page pages section sec line lines § seite".split())


def marker_ranges(content: str) -> tuple[tuple[int, int], ...] | None:
    """What the text between brackets cites, or ``None`` when it is no marker.

    ``1, 2`` → ((1, 1), (2, 2)); ``Source 1-3`` → ((1, 3),); ``1†page.html`` → ((1, 1),);
    ``4:2†x`` → () (a marker, of nothing known here); ``citation needed`` → ``None``.
    """
    head, dagger, _ = content.partition("†")
    parts: list[str] = _PART.findall(head.lower())
    if dagger:
        number = "".join(parts)
        return ((int(number), int(number)),) if number.isdecimal() and len(number) < 10 else ()
    found: list[tuple[int, int]] = []
    at, is_open = 0, True
    while at < len(parts):
        part = parts[at]
        if part.isdecimal():
            low = high = int(part[:10])
            if at + 2 < len(parts) and parts[at + 1] in _RANGE and parts[at + 2].isdecimal():
                high = int(parts[at + 2][:10])
                at += 2
            found.append((min(low, high), max(low, high)))
            is_open = False
        elif part in _SEPARATORS:
            if not found:
                return None
            is_open = True
        elif found and part in _PLACES and any(p.isdecimal() for p in parts[at:]):
            break
        elif (part in _LABELS or part in "^#_:.") and (is_open or not found or part in _LABELS):
            is_open = True
        else:
            return None
        at += 1
    return tuple(found) if found else None


@dataclass(slots=True)
class _Bracket:
    """An open bracket and what has come since; ``opener`` is what stood there."""

    opener: str
    opens_line: bool
    tokens: list[Token]


class MarkupStream:
    """Feed it pieces of Markdown; each call returns the tokens that are settled."""

    def __init__(self) -> None:
        self._out: list[Token] = []
        self._open: list[_Bracket] = []
        self._held_size = 0
        self._state: Callable[[str, int], int] = self._text
        self._held = ""
        self._closed: _Bracket | None = None
        self._closer = ""
        self._depth = 0
        self._ticks = ""
        self._line = ""  # how the present line began, as far as it decides anything
        self._knows_code = True  # off after a line that opens with a tag
        self._in_tag = False
        self._in_angle = False
        self._replaying = 0
        self._fence = ("", 0)
        self._fence_line = ""

    def feed(self, piece: str) -> list[Token]:
        """The tokens that ``piece`` settles."""
        for start in range(0, len(piece), _PIECE):
            self._run(piece[start : start + _PIECE])
        return self._take()

    def finish(self) -> list[Token]:
        """The rest; call once. What was held back is shown as text."""
        while self._held or self._closed or self._state not in (self._text, self._in_fence):
            self._state(
                " " if self._state == self._count_ticks and self._closes_now() else "\n\n", 0
            )
        self._give_up_brackets()
        return self._take()
