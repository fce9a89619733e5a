"""The words of a page's picture → its printed lines, and later each word's place in the text.

Pure. Tables and columns are told as in PDFs with text (``pdf_layout``), from the boxes of the words
with the slant of the page taken out. Rows are read from top to bottom, a row from left to right.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from assistant.reading.furniture import CELL_BORDER
from assistant.reading.pdf_layout import Character, stretches
from assistant.reading.recognition import RecognisedLine, RecognisedPage, RecognisedRun
from assistant.types import Page, RecognisedWord

_SAME_ROW = 0.5
"""The share of the lower of two boxes that stands beside the other when they are on one row."""
_NEW_PARAGRAPH = 1.4
"""Times the usual distance of two rows."""
_TALL = 100.0
"""A page's height in the units of the boxes that the layout sees."""
_GRID = 10_000


@dataclass(frozen=True, slots=True)
class _Run:
    """A recognised line set straight, in units of the layout; y counts downwards."""

    tokens: tuple[tuple[str, float, float], ...]
    top: float
    bottom: float
    left: float


def printed_text(page: RecognisedPage) -> str:
    """The text of a page, a line for each printed one and for each row of a table, whose cells are
    parted by ``CELL_BORDER``; an empty line between paragraphs."""
    rows = _rows([_straight(line, page) for line in page.lines if line.tokens])
    characters = list(_characters(rows))
    raw = "".join(character.text for character in characters)
    pieces: list[str] = []
    done = 0
    for stretch in stretches(characters):
        pieces += [raw[done : stretch.start], "\n", "\n".join(stretch.lines), "\n"]
        done = stretch.end
        done += len(raw[done:]) - len(raw[done:].lstrip())
    return "".join([*pieces, raw[done:]])


def _straight(line: RecognisedLine, page: RecognisedPage) -> _Run:
    middle = sum((t.top + t.bottom) / 2 for t in line.tokens) / len(line.tokens)
    center = (line.tokens[0].left + line.tokens[-1].right) / 2
    straight = (middle - page.slant * page.shape * (center - 0.5)) * _TALL
    half = line.height * _TALL / 2
    wide = page.shape * _TALL
    tokens = tuple(
        (t.text.replace(CELL_BORDER, " "), t.left * wide, t.right * wide) for t in line.tokens
    )
    return _Run(tokens, straight - half, straight + half, tokens[0][1])


def _rows(runs: Sequence[_Run]) -> list[list[_Run]]:
    rows: list[list[_Run]] = []
    for run in sorted(runs, key=lambda run: run.top + run.bottom):
        if rows:
            top = median(each.top for each in rows[-1])
            bottom = median(each.bottom for each in rows[-1])
            shared = min(run.bottom, bottom) - max(run.top, top)
            if shared > _SAME_ROW * min(run.bottom - run.top, bottom - top):
                rows[-1].append(run)
                continue
        rows.append([run])
    return [sorted(row, key=lambda run: run.left) for row in rows]


def _characters(rows: Sequence[Sequence[_Run]]) -> list[Character]:
    """The letters of all rows with their boxes, y upwards; spaces and line ends have none."""
    tops = [min(run.top for run in row) for row in rows]
    steps = [after - before for before, after in pairwise(tops)]
    usual = median(steps) if steps else 0.0
    found: list[Character] = []
    for at, row in enumerate(rows):
        if at:
            gap = _NEW_PARAGRAPH * usual < tops[at] - tops[at - 1]
            found += _line_end(found, row, is_paragraph=gap)
        for number, run in enumerate(row):
            found += [Character(" ")] * bool(number)
            for index, (text, left, right) in enumerate(run.tokens):
                found += [Character(" ")] * bool(index)
                step = (right - left) / len(text)
                found += [
                    Character(
                        letter, left + i * step, _TALL - run.bottom,
                        left + (i + 1) * step, _TALL - run.top,
                    )
                    for i, letter in enumerate(text)
                ]  # fmt: skip
    return found


def _line_end(
    found: list[Character], row: Sequence[_Run], *, is_paragraph: bool
) -> list[Character]:
    """What parts a row from the one before; a hyphen that cuts a word is taken back."""
    if is_paragraph:
        return [Character("\n"), Character("\n")]
    cut = len(found) > 1 and found[-1].text == "-" and found[-2].text.isalpha()
    if cut and row[0].tokens[0][0][:1].islower():
        found[-1] = Character("\x02", *_box(found[-1]))  # as pdfium tells it
    return [Character("\n")]


def _box(character: Character) -> tuple[float, float, float, float]:
    return character.left, character.bottom, character.right, character.top


# ---------------------------------------------------------------- places in the text


def place_words(
    text: str, pages: Sequence[Page], recognised: dict[int, RecognisedPage]
) -> tuple[RecognisedWord, ...]:
    """Where the words of recognised pages stand in the text that was made of them, in order.

    A word is looked for behind the one before it, then, as in the cells of a table, anywhere on its
    page where no other word was found. What is not in the text, as a running header that is kept
    once, is left out.
    """
    found: list[RecognisedWord] = []
    for page in pages:
        if page.number in recognised:
            found += _placed(text, page, recognised[page.number])
    return tuple(found)


def _placed(text: str, page: Page, recognised: RecognisedPage) -> list[RecognisedWord]:
    most = recognised.score
    taken: list[tuple[int, int]] = []
    found = []
    at = page.start
    tokens = [token for row in _token_rows(recognised) for token in row]
    for token in tokens:
        start, length = _find(text, page, token, at, taken)
        if start < 0:
            continue
        at = start + length
        taken.insert(bisect_left(taken, (start, at)), (start, at))
        left, top, right, bottom = map(_grid, _on_the_page(token, recognised.turns))
        score = round(min(max(0.0, token.score), most, 1.0), 3)
        found.append(RecognisedWord(start, at, page.number, left, top, right, bottom, score))
    return sorted(found, key=lambda word: word.start)


def _token_rows(page: RecognisedPage) -> list[list[RecognisedRun]]:
    """The tokens in the order in which the text was written."""
    runs = [(line, _straight(line, page)) for line in page.lines if line.tokens]
    lines = {id(run): line for line, run in runs}
    return [
        [token for run in row for token in lines[id(run)].tokens]
        for row in _rows([run for _, run in runs])
    ]


def _find(
    text: str, page: Page, token: RecognisedRun, at: int, taken: Sequence[tuple[int, int]]
) -> tuple[int, int]:
    """Where a word stands and how long it is there; -1 where it does not."""
    cut = token.text.rstrip("-")
    forms = dict.fromkeys(filter(None, (token.text, cut, token.text.replace("|", "\\|"))))
    for form in forms:
        near = text.find(form, at, page.end)
        if near >= 0 and not any(map(str.isalnum, text[at:near])):
            return near, len(form)
    for form in forms:
        for first in (at, page.start):
            start = text.find(form, first, page.end)
            while start >= 0:
                end = start + len(form)
                if _is_free(taken, start, end) and _is_whole(text, start, end):
                    return start, len(form)
                start = text.find(form, start + 1, page.end)
    return -1, 0


def _is_free(taken: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    before = bisect_left(taken, (start, end))
    return (before == 0 or taken[before - 1][1] <= start) and (
        before == len(taken) or taken[before][0] >= end
    )


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether no letter stands beside a stretch."""
    return not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())


def _on_the_page(token: RecognisedRun, turns: int) -> tuple[float, float, float, float]:
    """A box of a turned page on the page as it lies in the file."""
    left, top, right, bottom = token.left, token.top, token.right, token.bottom
    if turns == 1:
        return 1 - bottom, left, 1 - top, right
    if turns == 2:
        return 1 - right, 1 - bottom, 1 - left, 1 - top
    if turns == 3:
        return top, 1 - right, bottom, 1 - left
    return left, top, right, bottom


def _grid(share: float) -> int:
    return round(min(max(share, 0.0), 1.0) * _GRID)
