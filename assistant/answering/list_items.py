"""The items of a list, although a figure or a paragraph of an item stands between two of them. Pure
but for the text that is read around a list.

Manuals set a picture with its caption, a tip or a second paragraph into an item; the list goes on
behind it. What stands between is no item.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.answering.picks import Pick

ReadText = Callable[[str, int, int], str]
"""(document, start, end) → that stretch of its text, shorter at the document's ends."""

_CAPTION = re.compile(
    r"\((?:Picture|Figure)\b|(?:figure|fig\.|image|photo|abbildung|abb\.|bild|figura|imagen) "
    r"?[A-Z]?\d",
    re.IGNORECASE,
)
_MOST_BETWEEN = 5
"""Sentences and labels between two items of one list."""
_MOST_CHARACTERS = 1500
_LONGEST_LINE = 400
"""Characters before a sentence in which the beginning of its line is looked for."""
_ENDS_LIST = ("heading", "table")


def is_caption(text: str) -> bool:
    """Whether a line is the caption of a picture, or says what the picture shows."""
    return _CAPTION.match(text) is not None


def item_runs(units: Sequence[Pick], read: ReadText) -> list[list[int]]:
    """The lists of a text: the places of their items among its units, in order."""
    runs: list[list[int]] = []
    at = 0
    while at < len(units):
        if units[at].kind != "item" or is_caption(units[at].text):
            at += 1
            continue
        run = [at]
        while (following := _next_item(units, run[-1], read)) >= 0:
            run.append(following)
        runs.append(run)
        at = run[-1] + 1
    return runs


def _next_item(units: Sequence[Pick], at: int, read: ReadText) -> int:
    """The item that goes on with the list of one; -1 where the list ends."""
    between: list[Pick] = []
    for further in range(at + 1, min(len(units), at + 2 + _MOST_BETWEEN)):
        pick = units[further]
        if pick.kind == "item" and not is_caption(pick.text):
            goes_on = not between or _lies_inside(units[at], between, pick, read)
            return further if goes_on else -1
        if pick.kind in _ENDS_LIST or pick.start - units[at].end > _MOST_CHARACTERS:
            return -1
        between.append(pick)
    return -1


def _lies_inside(before: Pick, between: Sequence[Pick], after: Pick, read: ReadText) -> bool:
    """Whether what stands between two items belongs to the first: captions only, lines without an
    empty one before the first and behind the last, or paragraphs that are set in deeper."""
    if all(is_caption(pick.text) for pick in between):
        return True
    mark = _indent(before, read)
    if _indent(after, read) == mark and all(_indent(pick, read) > mark for pick in between):
        return True

    def touch(one: Pick, other: Pick) -> bool:
        return read(one.passage.document, one.end, other.start).count("\n") <= 1

    return touch(before, between[0]) and touch(between[-1], after)


def _indent(pick: Pick, read: ReadText) -> int:
    """The spaces before the line in which a sentence begins."""
    before = read(pick.passage.document, max(0, pick.start - _LONGEST_LINE), pick.start)
    line = before[before.rfind("\n") + 1 :] + pick.text
    return len(line) - len(line.lstrip(" \t"))
