"""Document text → chunks with exact spans, page and heading path; knows nothing of indexes.

The borders come from semantic-text-splitter (Rust, spans exact on every script tried), by
characters: counting tokens for every border it considers took 27 s of 28 for 45 MB. How many
characters make the tokens asked for is estimated by script, once a document. ``ChunkTransform`` in
``llamaindex.py`` is the same cut as a LlamaIndex component.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

from assistant.tables.model import Table, find_tables
from assistant.text.sentence_borders import start_of_cut_sentence
from assistant.types import Chunk, Heading, Page, ParsedDocument

CHUNKER_VERSION = 8
"""Raised when the cut changes for the same settings."""

_WINDOW = 20_000
_LONGEST_CONTEXT, _LONGEST_CAPTION = 1000, 300
"""Characters of a table's caption and column names that go with each of its chunks, and of its
caption."""
_WHOLE_ROW = 4
"""Limits that a row may be long and still stay in one piece."""

_JOINING, _SCRAP = 0.25, 1 / 12
"""Shares of the limit: what joins the next piece altogether, and a piece that is no heading."""

_MOVED = 0.5
"""The share of the limit that a sentence may take along to the next piece."""
_LONGEST_LOOSE, _LONGEST_LEAD = 60, 200
"""Characters of a label, and of a line with a colon, that say what follows and go with it."""
_NO_LABEL = re.compile(r"[.!?,;…。！？)\]|`]\Z|\A[|`>\[(!]")

_CHARACTERS_A_TOKEN = 4.4
"""Latin and Cyrillic. Gives chunks as long as a limit in o200k tokens gave (English prose,
documentation, papers: within 6 % on five sets, ``docs/decisions.md``)."""
_OTHERS = (
    (2.7, "[\u0370-\u03ff\u0530-\u0fff\u10a0-\u10ff]"),  # Greek … Thai, Georgian
    (1.4, "[\u1000-\u109f\u1100-\u13ff\u2e80-\ud7ff\uf900-\ufaff\U0001f000-\U0003ffff]"),
)
"""Other scripts with their characters a token; in the last Han, Kana, Hangul, Burmese, emoji."""


@cache
def _other_scripts() -> tuple[tuple[float, re.Pattern[str]], ...]:
    """Compiled when first needed: wide ranges take 3 ms, and a question cuts no chunks."""
    return tuple((each, re.compile(pattern)) for each, pattern in _OTHERS)


def chunking_fingerprint(tokens: int, overlap: int) -> str:
    """Names everything that decides where chunks begin and end."""
    from importlib.metadata import version

    return f"chunks-{CHUNKER_VERSION}:sts-{version('semantic-text-splitter')}:{tokens}:{overlap}"


def cut(document: ParsedDocument, *, tokens: int, overlap: int = 0) -> list[Chunk]:
    """Cut a document into chunks of at most about ``tokens`` tokens, ``overlap`` of them repeated.

    Chunks of white space alone are left out; every other character of the text is in some chunk
    or is white space between two.
    """
    a_token = characters_a_token(document.text)
    limit = max(1, round(tokens * a_token))
    splitter = _splitter(document.is_markdown, limit, round(overlap * a_token))
    places = _Places(document.pages, document.headings)
    chunks = []
    tables = _Tables(document.text)
    pieces = _with_headings(_pieces(splitter, document.text), document.text, limit)
    pieces = _with_what_follows(pieces, document.text)
    pieces = _whole_sentences(pieces, document.text, limit)
    for start, end in tables.whole_rows(pieces, limit):
        piece = document.text[start:end]
        if piece.strip():
            chunks.append(
                Chunk(
                    text=piece,
                    start=start,
                    end=end,
                    page=places.page_at(start),
                    heading_path=places.heading_path_at(start, end),
                    context=tables.context_at(start),
                )
            )
    return chunks


def characters_a_token(text: str) -> float:
    """About how many characters of this text a language model counts as one token."""
    if not text or text.isascii():
        return _CHARACTERS_A_TOKEN
    tokens, rest = 0.0, len(text)
    for each, pattern in _other_scripts():
        found = len(pattern.findall(text))
        tokens, rest = tokens + found / each, rest - found
    return len(text) / (tokens + rest / _CHARACTERS_A_TOKEN)


def _with_headings(
    pieces: Iterable[tuple[int, str]], text: str, limit: int
) -> Iterator[tuple[int, str]]:
    """Pieces of which none is a heading, or a few words, alone: such a one joins the next.

    A heading says what follows and answers nothing, yet it is what a question's words find first.
    What joins is a quarter of the limit at most, however many of them follow each other.
    """
    begun = -1
    for start, piece in pieces:
        end = start + len(piece)
        if begun < 0:
            begun = start
        body = piece.strip()
        is_heading = body.startswith("#") and "\n" not in body
        is_small = end - begun <= limit * _JOINING
        if body and is_small and (is_heading or len(body) <= limit * _SCRAP):
            continue
        yield begun, text[begun:end]
        begun = -1
    if begun >= 0:
        yield begun, text[begun:end]


def _with_what_follows(pieces: Iterable[tuple[int, str]], text: str) -> Iterator[tuple[int, str]]:
    """Pieces of which none ends in a line that only says what follows it: a label of a glossary,
    "Risk factors include:"."""
    begun = end = -1
    for start, piece in pieces:
        if begun < 0:
            begun = start
        else:
            border = _loose_end(text, begun, end) if start >= end else end  # else they overlap
            yield begun, text[begun:border]
            begun = border if border < end else start
        end = start + len(piece)
    if begun >= 0:
        yield begun, text[begun:end]


def _loose_end(text: str, start: int, end: int) -> int:
    """Where the last paragraph of a piece begins if it goes with what follows, else its end."""
    bare = text[start:end].rstrip()
    at = bare.rfind("\n\n") + 2
    last = bare[at:]
    if at < 2 or not last or "\n" in last or not bare[: at - 2].strip():
        return end
    is_lead = last.endswith((":", "：")) and len(last) <= _LONGEST_LEAD
    is_label = len(last) <= _LONGEST_LOOSE and _NO_LABEL.search(last) is None
    is_item = last.lstrip()[:1] in "-*+•" or last.lstrip()[:1].isdigit()
    return start + at if is_lead or (is_label and not is_item) else end


def _whole_sentences(
    pieces: Iterable[tuple[int, str]], text: str, limit: int
) -> Iterator[tuple[int, str]]:
    """Pieces whose borders cut no sentence of a wrapped paragraph: the splitter takes the end of a
    line for a better place than the end of a sentence. The cut sentence goes to the next piece.
    Pieces that overlap stay as they are."""
    begun = end = -1
    for start, piece in pieces:
        if begun < 0:
            begun = start
        else:
            found = start_of_cut_sentence(text, end, start) if end <= start else None
            moves = found is not None and end - found <= _MOVED * limit
            border = found if found is not None and moves and found > begun else None
            yield begun, text[begun : end if border is None else border]
            begun = start if border is None else border
        end = start + len(piece)
    if begun >= 0:
        yield begun, text[begun:end]


def _pieces(splitter: Any, text: str) -> Iterator[tuple[int, str]]:
    """The splitter's pieces with their starts in characters, worked out window by window.

    Its time grows faster than the text. The last piece of a window is cut again with the next,
    which gave the same chunks on every document compared.
    """
    start = 0
    while True:
        window = text[start : start + _WINDOW]
        found = splitter.chunk_indices(window)
        is_last = start + len(window) >= len(text)
        for at, piece in found if is_last or len(found) < 2 else found[:-1]:
            yield start + at, piece
        if is_last:
            return
        start += found[-1][0] if len(found) > 1 else len(window)


class _Tables:
    """The tables of a text, by position: borders move to where rows begin, and each chunk that
    begins inside a table is told what stands above it."""

    def __init__(self, text: str) -> None:
        self._tables = find_tables(text)
        self._starts = [table.start for table in self._tables]
        self._text = text

    def whole_rows(
        self, pieces: Iterable[tuple[int, str]], limit: int
    ) -> Iterator[tuple[int, int]]:
        """Spans of the pieces with borders that cut no row, and no header from its first row."""
        if not self._tables:
            yield from ((start, start + len(piece)) for start, piece in pieces)
            return
        begun = end = -1
        for start, piece in pieces:
            border = self._border(start, limit)
            if begun < 0:
                begun = border
            elif border > begun:
                yield begun, border
                begun = border
            end = start + len(piece)
        if end > begun >= 0:
            yield begun, end

    def context_at(self, position: int) -> str:
        """Caption and names of the columns of the table whose rows begin above ``position``."""
        table = self._table_at(position)
        if table is None or table.header is None or position <= table.header.start:
            return ""
        at = bisect_right(table.rows, position, key=lambda row: row.end)
        group = table.rows[at].group if at < len(table.rows) else ""
        header = self._text[table.header.start : table.header.end]
        lines = [table.caption[:_LONGEST_CAPTION], group[:_LONGEST_CAPTION], header]
        return "\n".join(line for line in lines if line)[:_LONGEST_CONTEXT]

    def _table_at(self, position: int) -> Table | None:
        at = bisect_right(self._starts, position) - 1
        table = self._tables[at] if at >= 0 else None
        return table if table is not None and position < table.end else None

    def _border(self, position: int, limit: int) -> int:
        """The nearest border at or before ``position`` that parts only whole rows."""
        table = self._table_at(position)
        if table is None:
            return position
        at = bisect_right(table.rows, position, key=lambda row: row.start) - 1
        row = table.rows[at] if at >= 0 else None
        if row is not None and row.end - row.start > _WHOLE_ROW * limit and position > row.start:
            return position
        if row is None or at == 0:  # what names the columns stays with the first row
            return table.start
        return row.start


@lru_cache(maxsize=8)
def _splitter(is_markdown: bool, characters: int, overlap: int) -> Any:
    from semantic_text_splitter import MarkdownSplitter, TextSplitter

    kind = MarkdownSplitter if is_markdown else TextSplitter
    return kind(characters, overlap=min(overlap, characters - 1))


class _Places:
    """Page and headings at a character, by bisection."""

    def __init__(self, pages: tuple[Page, ...], headings: tuple[Heading, ...]) -> None:
        self._pages = pages
        self._page_starts = [page.start for page in pages]
        self._heading_starts = [heading.start for heading in headings]
        self._paths: list[tuple[str, ...]] = []
        open_headings: list[Heading] = []
        for heading in headings:
            while open_headings and open_headings[-1].level >= heading.level:
                open_headings.pop()
            open_headings.append(heading)
            self._paths.append(tuple(each.title for each in open_headings))

    def page_at(self, position: int) -> int | None:
        if not self._pages:
            return None
        return self._pages[max(0, bisect_right(self._page_starts, position) - 1)].number

    def heading_path_at(self, start: int, end: int) -> tuple[str, ...]:
        """The headings above a chunk; one that opens the chunk counts as above it."""
        index = bisect_right(self._heading_starts, start) - 1
        if index < 0:
            index = bisect_right(self._heading_starts, min(start + 3, end)) - 1
        return self._paths[index] if index >= 0 else ()


def page_at(pages: tuple[Page, ...], position: int) -> int | None:
    """The number of the page that holds a character, or None in a document without pages."""
    return _Places(pages, ()).page_at(position)


def section_at(headings: tuple[Heading, ...], position: int) -> str:
    """The title of the innermost heading above a character, or an empty text."""
    path = _Places((), headings).heading_path_at(position, position)
    return path[-1] if path else ""


def indexed_text(
    title: str, heading_path: tuple[str, ...], text: str, context: str = "", placing: str = ""
) -> str:
    """What is indexed for a chunk: its headings first, because they name what it is about, then
    the sentence that places it, and what stands above its rows when it begins inside a table."""
    above = " › ".join(dict.fromkeys(part for part in (title, *heading_path) if part))
    return "\n".join(part for part in (above, placing, context, text) if part)
