"""A model's text → text to show with our own markers, and which sentence cites which passage.

Works on a stream: what ``feed`` returns is sent and never rewritten. Markers are renumbered by
first appearance, each written ``[k]``; those of passages that do not exist vanish, with the space,
the comma or the empty parentheses that would be left behind. ``parse`` is the same machine fed
once, so a stream and the whole text give the same. What may be a marker at all, and what becomes of
links, images and code, is decided in ``markup``.

A marker at the start of a line belongs to the sentence after it, every other one, also after the
full stop, to the sentence before it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.code_spans import Code
from assistant.markers import Marker, Removed, Text, Token
from assistant.markup import MarkupStream
from assistant.sentences import Kind, sentences

_PART = re.compile(r"[ \t]+|[,;]|[(（]|[)）]|\n|[^ \t,;()（）\n]+")
_OPEN, _SEPARATOR = "(（", ",;"
_SPACE = " \t"
_CLOSING = frozenset(".!?:;,)]}»”’…。，、；：！？）】」』\n")
_JOINING = frozenset("]<!`~\\")
"""Characters that could make a link or code of what follows, when what stood between is gone."""
_MOST_HELD = 16
_CONTAINER = re.compile(r"[\s>*+\-]*(?:\d{1,9}[.)]\s*)?")


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


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence without markers, what unit it came from, and the passages (from 1) it cites."""

    text: str
    passages: tuple[int, ...]
    kind: Kind


@dataclass(frozen=True, slots=True)
class ParsedAnswer:
    """What became of a model's text.

    ``order[k - 1]`` is the passage that is shown as ``[k]``. ``plain`` is the text without markers
    that the sentences were cut from. ``unknown`` counts markers of passages that do not exist,
    ``removed`` the links, images, definitions and address brackets that were taken out.
    """

    text: str
    plain: str
    markers: tuple[PlacedMarker, ...]
    order: tuple[int, ...]
    sentences: tuple[CitedSentence, ...]
    unknown: int
    removed: int


class CitationStream:
    """Feed it the pieces of a model's text; what comes back can be shown at once.

    ``passages``: how many were in the prompt, numbered from 1.
    """

    def __init__(self, passages: int) -> None:
        self._passages = passages
        self._markup = MarkupStream()
        self._shown = _Writer()
        self._plain = _Writer()
        self._places: list[tuple[int, tuple[int, ...]]] = []  # offset in plain, passages
        self._unknown = 0
        self._removed = 0

    def feed(self, piece: str) -> str:
        """The text that ``piece`` makes certain; it may be empty."""
        return self._write(self._markup.feed(piece))

    def finish(self) -> str:
        """The rest of the text; call once, also after a stream that broke off."""
        rest = self._write(self._markup.finish())
        self._plain.finish()
        return rest + self._shown.finish()

    def parsed(self) -> ParsedAnswer:
        """What has come out so far; whole after ``finish``."""
        plain = self._plain.text
        return ParsedAnswer(
            text=self._shown.text,
            plain=plain,
            markers=tuple(self._shown.markers),
            order=tuple(self._shown.numbers),
            sentences=_cited_sentences(plain, self._places),
            unknown=self._unknown,
            removed=self._removed,
        )

    def _write(self, tokens: Sequence[Token]) -> str:
        before = len(self._shown.pieces)
        for token in tokens:
            if isinstance(token, Marker):
                known = self._known(token)
                if known:
                    self._places.append((self._plain.length, known))
                    self._shown.cite(known)
                else:
                    self._shown.take_out()
                self._plain.take_out()
                continue
            self._removed += isinstance(token, Removed)
            self._shown.write(token)
            self._plain.write(token)
        return "".join(self._shown.pieces[before:])

    def _known(self, marker: Marker) -> tuple[int, ...]:
        """The passages that exist; a range counts as far as it does."""
        found: list[int] = []
        for low, high in marker.ranges:
            found.extend(range(max(low, 1), min(high, self._passages) + 1))
            self._unknown += low < 1 or high > self._passages
        self._unknown += not marker.ranges
        return tuple(dict.fromkeys(found))


def parse(text: str, passages: int) -> ParsedAnswer:
    """A whole text of a model that saw ``passages`` passages, numbered from 1."""
    stream = CitationStream(passages)
    stream.feed(text)
    stream.finish()
    return stream.parsed()


class _Writer:
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
            self._settle(token.text)
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
        rest = self._spacing("\n") if self._has_gap else self._tail
        self._tail = self._after = ""
        self._put(rest)
        return rest

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

    def _settle(self, text: str) -> None:
        """Put down what was held back, then ``text``, which ends a group of markers."""
        self._put(self._spacing(text) if self._has_gap else self._tail)
        self._tail = ""
        self._group = None
        self._put(text)

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

    def _put(self, text: str) -> None:
        if not text:
            return
        self.pieces.append(text)
        self.length += len(text)
        self._last = text[-1]


def _cited_sentences(
    plain: str, places: Sequence[tuple[int, tuple[int, ...]]]
) -> tuple[CitedSentence, ...]:
    """The sentences of a text, with the passages of the markers that belong to each."""
    spans = sentences(plain)
    starts = [span.start for span in spans]
    cited: list[dict[int, None]] = [{} for _ in spans]
    for offset, passages in places:
        if not spans:
            break
        following = bisect_left(starts, offset)
        line_end = plain.find("\n", offset)
        line = plain[plain.rfind("\n", 0, offset) + 1 : offset]
        opens_line = _CONTAINER.fullmatch(line) is not None
        has_next = following < len(spans) and (line_end < 0 or starts[following] <= line_end)
        at = following if (opens_line and has_next) or following == 0 else following - 1
        cited[at].update(dict.fromkeys(passages))
    return tuple(
        CitedSentence(plain[span.start : span.end], tuple(found), span.kind)
        for span, found in zip(spans, cited, strict=True)
    )
