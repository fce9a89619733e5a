"""Questions that can be read in two ways: the rules would take one, so no figure is computed.

Each was a wrong figure once. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.computing.asked import Wish
from assistant.computing.typed import TypedTable


def leaves_out_unclearly(wish: Wish, left_out: Sequence[int]) -> bool:
    """Labels of two columns that are left out, or "not" before "more than 10". ``left_out`` are the
    columns of the labels behind "not"."""
    at = wish.excluded
    if at >= 0 and any(each.at > at for each in wish.comparisons):
        return True
    return len(set(left_out)) > 1


def is_either(wish: Wish, chosen: Sequence[tuple[int, int]]) -> bool:
    """Whether "or" stands between limits of different columns: the rules join those by "and".
    ``chosen`` are the place and the column of each label."""
    ends = [*chosen, *((each.at, -2) for each in wish.comparisons)]  # -2: a limit of amounts
    for at in wish.either:
        before = max((each for each in ends if each[0] < at), default=None)
        after = min((each for each in ends if each[0] > at), default=None)
        if before is not None and after is not None and (before[1] != after[1] or before[1] == -2):
            return True
    return False


def part_limited(
    table: TypedTable, named: Mapping[int, tuple[int, ...]], limits: Sequence[int]
) -> str:
    """The column that a limit at one of these places is said of, where its words stand in several
    rows: "countries with more than 20 employees" may have them in several offices."""
    for at in limits:
        before = [
            (max(places), column) for column, places in named.items()
            if max(places) < at and not _holds_amounts(table, column)
        ]  # fmt: skip
        if not before:
            continue
        column = max(before)[1]
        texts = [text for row in table.rows if (text := table.text(row, column))]
        if len(set(texts)) < len(texts):
            return table.columns[column].name
    return ""


def _holds_amounts(table: TypedTable, column: int) -> bool:
    own = table.columns[column]
    return own.kind == "number" and not own.is_name
