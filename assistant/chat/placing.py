"""An answer's text → its tokens, with every marker tied to the sentence that it belongs to.

Only the structure of the Markdown is used: paragraphs, lists, tables, emphasis, code. Links, images
and HTML are not in the grammar, so they stay plain characters. Sentences are matched by their
letters and digits only, because one side has lost emphasis and bullets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.types import Sentence

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MARKER = re.compile(r"\[(\d{1,6})\]")
_WORDY = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Mark:
    """A marker in the text: its number, and the sentence it belongs to (from 0), or None."""

    number: int
    sentence: int | None


@dataclass(frozen=True, slots=True)
class PlacedFigure:
    """A number of a computed answer: as written, its computed sentence, and the citation and place
    of its cell; both 0 where it was made of all cells of its sentence."""

    text: str
    sentence: int
    marker: int = 0
    place: int = 0


TextOrMark = str | Mark | PlacedFigure
"""A stretch of text, a marker, or a number that leads to its cells."""


@dataclass(slots=True)
class Placed:
    """Parsed Markdown. ``pieces`` holds, by the identity of a text token, what it is made of."""

    tokens: list[Token]
    pieces: dict[int, list[TextOrMark]] = field(default_factory=dict)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 12})
    parser.enable(["table", "strikethrough"])
    parser.disable(["link", "image", "autolink", "html_inline", "html_block", "reference"])
    return parser


def open_code(text: str) -> str:
    """What would close the block of code that a text ends in; empty where it ends in none."""
    tokens = _parser().parse(f"{text}\n")
    last = tokens[-1] if tokens else None
    if last is None or last.type != "fence" or last.level or last.map is None:
        return ""
    lines = last.map[1] - last.map[0]
    return "" if lines == last.content.count("\n") + 2 else last.markup


def place(text: str, sentences: Sequence[Sentence], known: frozenset[int]) -> Placed:
    """Parse a text and find its markers; ``known`` are the numbers that are markers at all.

    A sentence that cites nothing and should gets a marker of its own, number 0, at its end.
    """
    placed = Placed(_parser().parse(text))
    runs = [
        child
        for token in placed.tokens
        if token.type == "inline"
        for child in token.children or []
        if child.type in ("text", "code_inline")
    ]
    letters: list[str] = []
    found: list[tuple[int, int]] = []  # letters before a marker, its number
    for run in runs:
        pieces: list[TextOrMark] = []
        if run.type == "code_inline":
            letters.extend(_WORDY.findall(run.content))
            continue
        at = 0
        for match in MARKER.finditer(run.content):
            number = int(match.group(1))
            if number not in known:
                continue
            pieces.append(run.content[at : match.start()])
            letters.extend(_WORDY.findall(run.content[at : match.start()]))
            found.append((len(letters), number))
            pieces.append(Mark(number, None))
            at = match.end()
        pieces.append(run.content[at:])
        letters.extend(_WORDY.findall(run.content[at:]))
        placed.pieces[id(run)] = pieces
    spans = _spans("".join(letters), sentences)
    owners = [_owner(offset, number, spans, sentences) for offset, number in found]
    _tie(placed, runs, owners)
    _add_uncited(placed, runs, spans, sentences)
    return placed


def _spans(letters: str, sentences: Sequence[Sentence]) -> list[tuple[int, int] | None]:
    """Where each sentence's letters stand among all letters; None when they are not found."""
    spans: list[tuple[int, int] | None] = []
    at = 0
    for sentence in sentences:
        own = "".join(_WORDY.findall(MARKER.sub("", sentence.text)))
        start = letters.find(own, at) if own else -1
        if start < 0:
            spans.append(None)
            continue
        at = start + len(own)
        spans.append((start, at))
    return spans


def _owner(
    offset: int,
    number: int,
    spans: Sequence[tuple[int, int] | None],
    sentences: Sequence[Sentence],
) -> int | None:
    """The sentence that cites ``number`` and ends nearest before, or around, a marker."""
    citing = [
        (abs(offset - span[1]) if offset >= span[0] else offset + 10**6, at)
        for at, span in enumerate(spans)
        if span is not None and number in sentences[at].citations
    ]
    if citing:
        return min(citing)[1]
    return next((at for at, s in enumerate(sentences) if number in s.citations), None)


def _tie(placed: Placed, runs: Sequence[Token], owners: Sequence[int | None]) -> None:
    owner = iter(owners)
    for run in runs:
        pieces = placed.pieces.get(id(run))
        if pieces is not None:
            placed.pieces[id(run)] = [
                Mark(piece.number, next(owner)) if isinstance(piece, Mark) else piece
                for piece in pieces
            ]


def _add_uncited(
    placed: Placed,
    runs: Sequence[Token],
    spans: Sequence[tuple[int, int] | None],
    sentences: Sequence[Sentence],
) -> None:
    ends = {
        span[1]: at
        for at, span in enumerate(spans)
        if span is not None and sentences[at].verdict == "uncited"
    }
    if not ends:
        return
    count = 0
    for run in runs:
        pieces = placed.pieces.get(id(run))
        if pieces is None:
            count += len(_WORDY.findall(run.content))
            continue
        rebuilt: list[TextOrMark] = []
        for piece in pieces:
            if not isinstance(piece, str):
                rebuilt.append(piece)
                continue
            start = 0
            for match in _WORDY.finditer(piece):
                count += 1
                if count in ends:
                    end = match.end()
                    while end < len(piece) and not piece[end].isspace():
                        end += 1
                    rebuilt += [piece[start:end], Mark(0, ends[count])]
                    start = end
            rebuilt.append(piece[start:])
        placed.pieces[id(run)] = rebuilt
