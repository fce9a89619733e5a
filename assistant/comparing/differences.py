"""Two texts → the sentences and table cells that were added, removed or changed, with their spans.

A sentence that only moved is no change, nor is white space. Rows of a table are told apart by their
first cell under the same names of columns. Pure; the work is bounded by the number of pieces.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.tables.model import Cell, find_tables, is_row
from assistant.text.folding import fold
from assistant.text.sentences import sentences
from assistant.text.terms import words

_ALIKE = 0.4
"""Least share of common words of two sentences that are versions of each other."""
_MOST_PIECES = 4_000
"""Sentences and rows of a text that are put in order against the other's; of a longer one what is
new and what is gone is told, and nothing is paired over more than a neighbourhood."""
_MOST_PAIRED = 300
_LONGEST_LEAD = 30


@dataclass(frozen=True, slots=True)
class ComparedPiece:
    """A sentence or a row: its words, its span, and for a row the names of its columns."""

    text: str
    start: int
    end: int
    key: str
    names: tuple[str, ...] = ()
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that differs: the name of its column, before and after."""

    name: str
    old: Cell
    new: Cell


@dataclass(frozen=True, slots=True)
class Change:
    """What differs in one place. A changed row names its cells."""

    kind: Literal["changed", "added", "removed"]
    old: ComparedPiece | None = None
    new: ComparedPiece | None = None
    cells: tuple[CellChange, ...] = ()


def pieces_of(text: str) -> list[ComparedPiece]:
    """The sentences and rows of a text, in order."""
    tables = find_tables(text)
    rows = []
    spans = []
    for table in tables:
        spans.append((table.rows[0].start if table.rows else table.start, table.end))
        for row in table.rows:
            key = f"| {' | '.join(fold(cell.text) for cell in row.cells)}"
            rows.append(ComparedPiece(row.line, row.start, row.end, key, table.names, row.cells))
    prose = [
        ComparedPiece(said, span.start, span.end, key)
        for span in sentences(text)
        if not any(start <= span.start < end and is_row(text[span.start : span.end])
                   for start, end in _near(spans, span.start))
        and (key := _key(said := text[span.start : span.end]))
    ]  # fmt: skip
    return sorted([*rows, *prose], key=lambda piece: piece.start)


def changes_of(old: str, new: str) -> list[Change]:
    """What differs between two texts, in the order of the new one."""
    before, after = pieces_of(old), pieces_of(new)
    removed, added = _gone(before, after)
    changed = [*_paired_rows(removed, added), *_paired_sentences(removed, added)]
    paired = {id(each.old) for each in changed} | {id(each.new) for each in changed}
    found = [*changed]
    found += [Change("removed", old=each) for each in removed if id(each) not in paired]
    found += [Change("added", new=each) for each in added if id(each) not in paired]
    return sorted(found, key=_place)


def likeness(old: str, new: str) -> float:
    """The share of the shorter text's words that stand in sentences and rows that the other one has
    too, or nearly: versions of one document have many."""
    a, b = pieces_of(old), pieces_of(new)
    least = min(sum(map(_length, a)), sum(map(_length, b)))
    if not least:
        return 0.0
    length = {piece.key: _length(piece) for piece in a}
    both = Counter(p.key for p in a) & Counter(p.key for p in b)
    common = sum(length[key] * count for key, count in both.items())
    changed = [each for each in changes_of(old, new) if each.old and each.new]
    nearly = sum(min(_length(c.old), _length(c.new)) for c in changed if c.old and c.new)
    return (common + nearly) / least


def _length(piece: ComparedPiece) -> int:
    return piece.key.count(" ") + 1


def _near(spans: Sequence[tuple[int, int]], at: int) -> Iterator[tuple[int, int]]:
    for start, end in spans:
        if start <= at < end:
            yield start, end


def _key(text: str) -> str:
    return " ".join(words(text))


def _place(change: Change) -> tuple[int, int]:
    if change.new is not None:
        return change.new.start, 0
    return (change.old.start if change.old else 0), 1


def _gone(
    before: list[ComparedPiece], after: list[ComparedPiece]
) -> tuple[list[ComparedPiece], list[ComparedPiece]]:
    """(pieces that only the old text has, those that only the new one has)."""
    left, right = Counter(p.key for p in before), Counter(p.key for p in after)
    extra, fresh = left - right, right - left
    return _take(before, extra), _take(after, fresh)


def _take(pieces: list[ComparedPiece], counts: Counter[str]) -> list[ComparedPiece]:
    """The last pieces of each key that are over."""
    found = []
    for piece in reversed(pieces):
        if counts[piece.key] > 0:
            counts[piece.key] -= 1
            found.append(piece)
    return found[::-1]


def _paired_rows(
    removed: Sequence[ComparedPiece], added: Sequence[ComparedPiece]
) -> Iterator[Change]:
    """Rows with the same label under the same columns, where each is the only one."""
    by_label: dict[tuple[tuple[str, ...], str], list[ComparedPiece]] = {}
    for piece in removed:
        if piece.cells:
            by_label.setdefault(_label(piece), []).append(piece)
    labels = Counter(_label(piece) for piece in added if piece.cells)
    for piece in added:
        if not piece.cells or labels[_label(piece)] != 1:
            continue
        old = by_label.get(_label(piece), [])
        if len(old) != 1 or len(old[0].cells) != len(piece.cells):
            continue
        names = piece.names or ("",) * len(piece.cells)
        cells = tuple(
            CellChange(names[at] if at < len(names) else "", a, b)
            for at, (a, b) in enumerate(zip(old[0].cells, piece.cells, strict=True))
            if fold(a.text) != fold(b.text)
        )
        yield Change("changed", old[0], piece, cells)


def _label(piece: ComparedPiece) -> tuple[tuple[str, ...], str]:
    return tuple(map(fold, piece.names)), fold(piece.cells[0].text)


def _paired_sentences(
    removed: Sequence[ComparedPiece], added: Sequence[ComparedPiece]
) -> Iterator[Change]:
    """Sentences that share enough words, each with its likest."""
    old = [piece for piece in removed if not piece.cells]
    new = [piece for piece in added if not piece.cells]
    if len(old) > _MOST_PIECES or len(new) > _MOST_PIECES:
        return
    bags = [set(piece.key.split()) for piece in old]
    leads = [_lead(piece.text) for piece in old]
    free = set(range(len(old)))
    for at, piece in enumerate(new):
        own = set(piece.key.split())
        middle = int(at * len(old) / max(1, len(new)))
        nearby = [i for i in free if abs(i - middle) <= _MOST_PAIRED]
        lead = _lead(piece.text)
        named = [i for i in nearby if lead and leads[i] == lead]
        best = max(
            named or nearby,
            key=lambda i: (_share(bags[i], own), -abs(i - middle)),
            default=None,
        )
        if best is None or (not named and _share(bags[best], own) < _ALIKE):
            continue
        free.remove(best)
        yield Change("changed", old[best], piece)


def _lead(text: str) -> str:
    """What a line names itself by: "Date" of "Date: 3 May 2026"."""
    lead, sign, _ = text.partition(":")
    return fold(lead.strip()) if sign and len(lead) <= _LONGEST_LEAD and "." not in lead else ""


def _share(a: set[str], b: set[str]) -> float:
    return len(a & b) / len(a | b) if a and b else 0.0
