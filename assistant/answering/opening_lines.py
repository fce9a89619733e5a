"""A document → its opening lines: the abstract, the first sentence, the first under each heading.

Pure. Structure summarises a document better than its centroid: in a real article with job
adverts, the five sentences nearest to the centroid were all adverts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.folder_questions import words_of
from assistant.text.folding import fold
from assistant.text.noise import share
from assistant.text.sentences import Kind, SentenceSpan, sentences
from assistant.text.terms import words
from assistant.types import ParsedDocument

MOST_LINES = 14
"""Lines of one document."""
_ABSTRACT = 3
"""Sentences of an abstract that are given."""
_LOOKED_AT = 3000
"""Characters after a heading in which its first sentence is looked for."""
_SHORTEST = 3
"""Words of a sentence that says something."""
_WITHOUT_HEADINGS = 6
"""Paragraphs that are opened where a document has no headings."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of a document and the heading that it opens; empty at the beginning."""

    start: int
    end: int
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """The opening lines of a document, in order, and how many headings have none among them."""

    lines: tuple[Line, ...]
    left_out: int = 0


def first_line(document: ParsedDocument, noise: Sequence[tuple[int, int]] = ()) -> Line | None:
    """The first sentence of a document that says something."""
    found = _first(document.text, 0, len(document.text), noise, 1)
    return Line(found[0].start, found[0].end) if found else None


def opening_lines(
    document: ParsedDocument, noise: Sequence[tuple[int, int]] = (), most: int = MOST_LINES
) -> Opening:
    """What a document begins with, as a whole and in each of its parts."""
    text, headings = document.text, document.headings
    borders = [*(heading.start for heading in headings), len(text)]
    known = words_of(document.language)
    lines: list[Line] = []
    left_out = 0
    if borders[0] > 0:
        first = _first(text, 0, borders[0], noise, 1)
        lines += [Line(span.start, span.end) for span in first]
    if not headings:
        lines += _paragraphs(text, noise, _WITHOUT_HEADINGS)
    for heading, end in zip(headings, borders[1:], strict=True):
        title = " ".join(heading.title.split())
        is_abstract = fold(title).strip(" .:") in known.abstract
        after = text.find("\n", heading.start, end)
        begin = after + 1 if after >= 0 else heading.start + len(heading.title)
        opens = _first(text, begin, end, noise, _ABSTRACT if is_abstract else 1)
        if not opens:
            continue
        if len(lines) >= most:
            left_out += 1
            continue
        named = "" if heading.level == 1 and not lines else title
        lines += [Line(span.start, span.end, named) for span in opens]
    return Opening(tuple(_distinct(lines)), left_out)


def _paragraphs(text: str, noise: Sequence[tuple[int, int]], most: int) -> list[Line]:
    """The first sentence of each of the first paragraphs of a text without headings."""
    lines: list[Line] = []
    at = 0
    while at < len(text) and len(lines) < most:
        end = text.find("\n\n", at)
        end = len(text) if end < 0 else end
        lines += [Line(span.start, span.end) for span in _first(text, at, end, noise, 1, ())]
        at = end + 2
    return lines or [
        Line(span.start, span.end) for span in _first(text, 0, len(text), noise, _ABSTRACT)
    ]


def _first(
    text: str,
    start: int,
    end: int,
    noise: Sequence[tuple[int, int]],
    count: int,
    otherwise: Sequence[Kind] = ("item", "table", "code", "label", "prose"),
) -> list[SentenceSpan]:
    """The first sentences of a stretch that say something; else its first units of other kinds."""
    window = text[start : min(end, start + _LOOKED_AT)]
    spans = [
        SentenceSpan(start + each.start, start + each.end, each.kind)
        for each in sentences(window)
        if each.kind != "heading"
    ]
    clean = [each for each in spans if share(tuple(noise), each.start, each.end) <= 0.5]
    saying = [
        each for each in clean
        if each.kind in ("prose", "item") and len(words(text[each.start : each.end])) >= _SHORTEST
    ]  # fmt: skip
    return saying[:count] or [each for each in clean if each.kind in otherwise][:count]


def _distinct(lines: Sequence[Line]) -> list[Line]:
    kept: dict[int, Line] = {}
    for line in lines:
        kept.setdefault(line.start, line)
    return list(kept.values())
