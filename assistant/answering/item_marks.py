"""How list items of an answer begin: with the number that they have in their document.

The order of steps matters, so "3." stays; numbers with a gap between would be counted anew by who
draws the list, and become plain marks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.answering.list_items import ReadText
from assistant.answering.picks import Pick

_NUMBER = re.compile(r"^[ \t>]*(?:step[ \t]*)?\(?(\d{1,3})[.):][ \t]*$", re.IGNORECASE)
_LONGEST = 24
"""Characters before an item that are read for its mark."""
PLAIN = "- "


def item_marks(picks: Sequence[Pick], read: ReadText) -> list[str | None]:
    """What stands before each sentence: "" before one of no list, "- " or "3. " before an item, and
    None where it goes on with the item before."""
    marks = [_mark(pick, before, read) for before, pick in zip((None, *picks), picks, strict=False)]
    for begin, end in _lists(picks):
        items = [mark for mark in marks[begin:end] if mark is not None]
        numbers = [int(mark[:-2]) for mark in items if mark != PLAIN]
        is_counted = all(after == number + 1 for number, after in pairwise(numbers))
        if not is_counted or len(numbers) == 1 < len(items):
            marks[begin:end] = [mark and PLAIN for mark in marks[begin:end]]
    return marks


def _mark(pick: Pick, before: Pick | None, read: ReadText) -> str | None:
    if pick.kind != "item":
        return ""
    text = read(pick.passage.document, max(0, pick.start - _LONGEST), pick.start)
    line = text.rpartition("\n")[2]
    if number := _NUMBER.match(line):
        return f"{int(number[1])}. "
    if before is None or before.kind != "item" or before.passage.document != pick.passage.document:
        return PLAIN
    goes_on = 0 <= pick.start - before.end < _LONGEST
    between = text[len(text) - (pick.start - before.end) :] if goes_on else "-"
    return PLAIN if between.strip() else None


def _lists(picks: Sequence[Pick]) -> list[tuple[int, int]]:
    """Where items follow one another: (first, behind the last)."""
    found: list[tuple[int, int]] = []
    for at, pick in enumerate(picks):
        if pick.kind != "item":
            continue
        if found and found[-1][1] == at:
            found[-1] = (found[-1][0], at + 1)
        else:
            found.append((at, at + 1))
    return found
