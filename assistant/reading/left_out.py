"""Content of a file that its text leaves out: struck, hidden or deleted.

One rule for each kind, the same in every format; ``docs/formats.md`` lists them. Readers count what
they leave out, and the counts stand in the document's notes, so that a receipt names them.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Literal

LeftOutKind = Literal[
    "struck", "deleted", "hidden", "comment", "rows", "columns", "sheets", "slides"
]

_WORDS: dict[LeftOutKind, tuple[str, str]] = {
    "struck": ("struck text in 1 place", "struck text in {} places"),
    "deleted": ("1 tracked deletion", "{} tracked deletions"),
    "hidden": ("hidden text in 1 place", "hidden text in {} places"),
    "comment": ("1 comment in the markup", "{} comments in the markup"),
    "rows": ("1 hidden row", "{} hidden rows"),
    "columns": ("1 hidden column", "{} hidden columns"),
    "sheets": ("1 hidden sheet", "{} hidden sheets"),
    "slides": ("1 hidden slide", "{} hidden slides"),
}
_LONGEST_NAMES, _FEWEST_WORDS = 100, 4
_WORD = re.compile(r"[^\W\d_]{2,}")


def says_something(comment: str) -> bool:
    """Whether a comment in markup is a remark, and not just a mark for a program."""
    return len(_WORD.findall(comment)) >= _FEWEST_WORDS


class LeftOut:
    """Counts what is left out of one document."""

    def __init__(self) -> None:
        self._counts: Counter[LeftOutKind] = Counter()
        self._names: dict[LeftOutKind, list[str]] = {}

    def add(self, kind: LeftOutKind, count: int = 1, name: str = "") -> None:
        """Something of this kind stays out; ``name`` is what the file calls it."""
        self._counts[kind] += count
        if name:
            self._names.setdefault(kind, []).append(name)

    def note(self) -> str:
        """One line for the receipt, or an empty text."""
        parts = []
        for kind, (one, many) in _WORDS.items():
            count = self._counts[kind]
            if not count:
                continue
            named = ", ".join(self._names.get(kind, ()))[:_LONGEST_NAMES]
            parts.append((one if count == 1 else many.format(count)) + (named and f" ({named})"))
        return f"left out: {', '.join(parts)}" if parts else ""

    def notes(self) -> tuple[str, ...]:
        """As ``note``, ready to stand among a document's notes."""
        note = self.note()
        return (note,) if note else ()
