"""Words, numbered items and tables of slides as they are shown; knows no slide's other parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assistant.reading.formulas import formula
from assistant.reading.grids import Grid
from assistant.reading.left_out import LeftOut
from assistant.reading.numerals import numeral, raised
from assistant.reading.safexml import attribute, children, descendants, first, local
from assistant.reading.writing import one_line

_FORMS = (("alphaLc", "a"), ("alphaUc", "A"), ("romanLc", "i"), ("romanUc", "I"))
_ENDS = (("ParenBoth", ("(", ")")), ("ParenR", ("", ")")), ("Plain", ("", "")))


def slide_words(paragraph: Any, left_out: LeftOut) -> str:
    """The words of a paragraph that are not struck."""
    parts: list[str] = []
    for element in paragraph:
        kind = local(element)
        if kind in ("r", "fld"):
            words = "".join(each.text or "" for each in children(element, "t"))
            properties = first(element, "rPr")
            if properties is not None and attribute(properties, "strike") in _STRUCK:
                left_out.add("struck", bool(words.strip()))
                continue
            if properties is not None and _is_raised(properties):
                words = raised(words, parts[-1] if parts else "")
            parts.append(words)
        elif kind == "br":
            parts.append("\n")
        else:
            math = next(descendants(element, "oMath"), None)
            parts.append(formula(math) if math is not None else "")
    return "".join(parts)


_STRUCK = ("sngStrike", "dblStrike")


def _is_raised(properties: Any) -> bool:
    baseline = attribute(properties, "baseline")
    return baseline.isdecimal() and baseline.strip("0") != ""


def item_label(paragraph: Any, numbers: dict[int, int]) -> tuple[str, int]:
    """(number of a numbered paragraph as it is printed, or nothing; its depth).

    ``numbers`` counts the items of a box by depth.
    """
    properties = first(paragraph, "pPr")
    level = attribute(properties, "lvl") if properties is not None else ""
    depth = int(level) if level.isdecimal() and len(level) < 3 else 0
    counted = first(properties, "buAutoNum") if properties is not None else None
    for each in [each for each in numbers if each > depth or (counted is None and each == depth)]:
        del numbers[each]
    if counted is None:
        return "", depth
    start = attribute(counted, "startAt")
    begin = int(start) if start.isdecimal() and len(start) < 6 else 1
    numbers[depth] = numbers.get(depth, begin - 1) + 1
    kind = attribute(counted, "type")
    form = next((sign for name, sign in _FORMS if kind.startswith(name)), "1")
    before, after = next((ends for name, ends in _ENDS if kind.endswith(name)), ("", "."))
    return f"{before}{numeral(numbers[depth], form)}{after}", depth


def slide_grid(table: Any, words_of: Callable[[Any], str]) -> list[list[str]]:
    """The cells of a table; merged cells stand in each place they cover."""
    grid = Grid()
    for row in children(table, "tr"):
        grid.start_row()
        for cell in children(row, "tc"):
            if attribute(cell, "hMerge") in ("1", "true"):
                continue  # part of the cell to its left
            columns = attribute(cell, "gridSpan")
            span = int(columns) if columns.isdecimal() and len(columns) < 5 else 1
            text = one_line(" ".join(words_of(each) for each in descendants(cell, "p")))
            if attribute(cell, "vMerge") in ("1", "true") and not text:
                grid.add_below(span)
            else:
                grid.add(text, span)
    return grid.finish()
