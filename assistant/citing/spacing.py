"""Tokens of a model's text → the text to show, with the spacing right where something was removed.

Markers are written ``[k]``, numbered by first appearance, each once in a group, with nothing
between the markers of a group. What would have become a link because something in between is gone
is kept apart by a space.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.citing.code import Code
from assistant.citing.markers import Removed, Text

_PART = re.compile(r"[ \t]+|[,;]|[(（]|[)）]|\n|[^ \t,;()（）\n]+")
_OPEN, _SEPARATOR = "(（", ",;"
_SPACE = " \t"
_CLOSING = frozenset(".!?:;,)]}»”’…。，、；：！？）】」』\n")
_JOINING = frozenset("]<!`~\\")
"""Characters that could make a link or code of what follows, when what stood between is gone."""
_MOST_HELD = 16
_LONGEST_LABEL = 1000
"""CommonMark's limit for the label of a link's definition."""
_CONTAINER = re.compile(r"[\s>*+\-]*(?:\d{1,9}[.)][\s>*+\-]*)?")


@dataclass(frozen=True, slots=True)
class PlacedMarker:
    """A marker in the shown text: ``text[start:end] == f"[{number}]"``, for passage ``passage``.

    Passages are counted from 1, as in the prompt. Only these places are citations: the same
    characters inside code are code.
    """

    start: int
    end: int
    number: int
    passage: int


class SpacedText:
    """Puts text down, with the spacing right where something was taken out.

    At most ``_MOST_HELD`` characters are held back on each side of a gap: white space and opening
    parentheses before it (``_tail``), white space and one comma after it (``_after``).
    """

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = 0
        self.markers: list[PlacedMarker] = []
        self.numbers: dict[int, int] = {}  # passage → number shown, in order
        self._last = "\n"
        self._tail = ""
        self._after = ""
        self._has_gap = False
        self._group: set[int] | None = None  # passages cited since the last word

    @property
    def text(self) -> str:
        """All that was put down."""
        return "".join(self.pieces)

    def write(self, token: Text | Code | Removed) -> None:
        """Put a token down that is no marker."""
        if isinstance(token, Removed):
            self.take_out()
        elif isinstance(token, Code):
            self._settle(token.text, is_code=True)
        else:
            for part in _PART.findall(token.text):
                self._part(part)

    def cite(self, passages: tuple[int, ...]) -> None:
        """Put down the markers of these passages, once each in a group."""
        if self._group is None or any(c in self._tail for c in _OPEN):
            self._put(self._spacing("[") if self._has_gap else self._tail)
            self._group = set() if self._group is None else self._group
        self._tail = self._after = ""
        self._has_gap = False
        for passage in passages:
            if passage in self._group:
                continue
            self._group.add(passage)
            number = self.numbers.setdefault(passage, len(self.numbers) + 1)
            start = self.length
            self._put(f"[{number}]")
            self.markers.append(PlacedMarker(start, self.length, number, passage))

    def take_out(self) -> None:
        """Something stood here that is not shown."""
        self._has_gap = True
        self._after = ""

    def finish(self) -> str:
        """Put down what was held back; returns it."""
        before = len(self.pieces)
        self._put(self._spacing("\n") if self._has_gap else self._tail)
        self._tail = self._after = ""
        return "".join(self.pieces[before:])

    def _part(self, part: str) -> None:
        is_space, is_open = part[0] in _SPACE, part in _OPEN
        if self._has_gap:
            if is_space or (part in _SEPARATOR and not self._after.strip(_SPACE)):
                self._after = (self._after + part)[:_MOST_HELD]
            elif part in ")）" and self._drops_parentheses():
                return
            elif is_open:
                self._tail = self._spacing(part) + part
            else:
                self._settle(part)
            return
        holds = is_space or is_open
        if self._group is not None and part in _SEPARATOR:
            holds = not self._tail.strip(_SPACE)
        if holds and len(self._tail) + len(part) <= _MOST_HELD:
            self._tail += part
        else:
            self._settle(part)

    def _drops_parentheses(self) -> bool:
        """Whether ``)`` closes parentheses in which nothing is left; then both are gone."""
        opened = max(self._tail.rfind(c) for c in _OPEN)
        if opened < 0 or self._after.strip(_SPACE + _SEPARATOR):
            return False
        self._tail, self._after = self._tail[:opened], ""
        return True

    def _settle(self, text: str, is_code: bool = False) -> None:
        """Put down what was held back, then ``text``, which ends a group of markers."""
        gap = self._spacing(text) if self._has_gap else None
        self._put(self._tail if gap is None else gap)
        self._tail = ""
        if gap is not None and not is_code and text[0] in "`~" and is_bare(self._line()):
            self._put("\\")  # else what stood inside a line could open a block of code
        self._put(text, is_code)
        self._group = None

    def _spacing(self, following: str) -> str:
        """What stands between the last text and ``following`` when the gap closes."""
        tail, after = self._tail, self._after
        self._tail, self._after, self._has_gap = "", "", False
        core = tail.rstrip(_SPACE)
        if self._group is not None:
            core = core[: 1 + max(core.rfind(c) for c in _OPEN)]
        has_comma = bool(after.strip(_SPACE))
        if following[0] in _CLOSING:
            found = core + after.strip(_SPACE)
        elif has_comma:
            found = core + after.lstrip(_SPACE)
        elif (after or tail[len(core) :]) and core[-1:] not in tuple(_OPEN):
            found = core + " "
        else:
            found = core
        if self._last == "\n" and not core:
            found = found.lstrip(_SPACE + _SEPARATOR)
        joins = (core or self._last)[-1] in _JOINING and following[0] not in _CLOSING
        return found + " " if joins and not found[len(core) :] else found

    def _put(self, text: str, is_code: bool = False) -> None:
        if not text:
            return
        if self._last == "]" and not is_code and self._could_link(text[0]):
            text = " " + text
        self.pieces.append(text)
        self.length += len(text)
        self._last = text[-1]

    def _could_link(self, following: str) -> bool:
        """Whether ``](`` or, after a label that opens a line, ``]:`` would be written."""
        if following == ":":
            line = self._line()
            opened = line.find("[")
            return opened < 0 or is_bare(line[:opened])
        return following == "("

    def _line(self) -> str:
        """What has been put down on this line, as far back as a label may reach."""
        found: list[str] = []
        size = 0
        for piece in reversed(self.pieces):
            found.append(piece[piece.rfind("\n") + 1 :])
            size += len(piece)
            if "\n" in piece or size > _LONGEST_LABEL:
                break
        return "".join(reversed(found))


def is_bare(line: str) -> bool:
    """Whether a line holds nothing but the marks of lists and quotes."""
    return _CONTAINER.fullmatch(line) is not None
