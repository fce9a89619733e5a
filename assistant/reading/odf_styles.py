"""The styles of an OpenDocument file: what is struck or hidden, and how lists are numbered."""

from __future__ import annotations

from typing import Any

from assistant.reading.numerals import numeral
from assistant.reading.safexml import attribute, descendants, local


class OdfStyles:
    """Styles by name, of ``styles.xml`` and of the document itself."""

    def __init__(self, *roots: Any) -> None:
        self._parents: dict[str, str] = {}
        self._struck: dict[str, bool] = {}
        self._hidden: dict[str, bool] = {}
        self._lists: dict[str, dict[int, Any]] = {}
        self._list_of: dict[str, str] = {}
        for root in roots:
            for style in descendants(root, "style") if root is not None else ():
                self._read_style(style)
            for each in descendants(root, "list-style") if root is not None else ():
                self._lists[attribute(each, "name")] = {
                    int(level): kind
                    for kind in each
                    if (level := attribute(kind, "level")).isdecimal()
                }

    def is_struck(self, name: str) -> bool:
        """Whether text of this style is crossed out."""
        return self._inherited(self._struck, name)

    def is_hidden(self, name: str) -> bool:
        """Whether what has this style is not shown."""
        return self._inherited(self._hidden, name)

    def list_of(self, paragraph_style: str) -> str:
        """The list style that a paragraph's style puts it into."""
        return self._list_of.get(paragraph_style, "")

    def level(self, name: str, depth: int) -> Any:
        """What a list style says of a level, counted from 1, or None."""
        return self._lists.get(name, {}).get(depth)

    def _inherited(self, told: dict[str, bool], name: str) -> bool:
        seen: set[str] = set()
        while name and name not in seen:
            if name in told:
                return told[name]
            seen.add(name)
            name = self._parents.get(name, "")
        return False

    def _read_style(self, style: Any) -> None:
        name = attribute(style, "name")
        self._parents[name] = attribute(style, "parent-style-name")
        if listed := attribute(style, "list-style-name"):
            self._list_of[name] = listed
        for properties in style:
            kind = local(properties)
            if kind == "text-properties":
                lines = [
                    attribute(properties, "text-line-through-style"),
                    attribute(properties, "text-line-through-type"),
                ]
                if any(lines):
                    self._struck[name] = any(line not in ("", "none") for line in lines)
                if attribute(properties, "display") in ("none", "true"):
                    self._hidden[name] = attribute(properties, "display") == "none"
            elif kind == "table-properties" and attribute(properties, "display") == "false":
                self._hidden[name] = True
            elif kind == "drawing-page-properties" and attribute(properties, "visibility"):
                self._hidden[name] = attribute(properties, "visibility") == "hidden"


class ListNumbers:
    """Counts the items of one list and of the lists in it."""

    def __init__(self, styles: OdfStyles, style: str) -> None:
        self._styles = styles
        self._style = style
        self._counts: dict[int, int] = {}

    def label(self, depth: int, start: str = "") -> str:
        """The label of the next item at a depth, counted from 1: ``2.``, ``b)``, or ``-``."""
        level = self._styles.level(self._style, depth)
        for deeper in [each for each in self._counts if each > depth]:
            del self._counts[deeper]
        if level is None or local(level) != "list-level-style-number":
            return "-"
        first_number = attribute(level, "start-value")
        before = int(first_number) - 1 if first_number.isdecimal() else 0
        number = int(start) if start.isdecimal() else self._counts.get(depth, before) + 1
        self._counts[depth] = number
        shown = attribute(level, "display-levels")
        levels = min(int(shown), depth) if shown.isdecimal() else 1
        parts = []
        for each in range(depth - levels + 1, depth + 1):
            kind = self._styles.level(self._style, each)
            form = attribute(kind, "num-format") if kind is not None else "1"
            if form:
                parts.append(numeral(self._counts.get(each, 1), form))
        if not parts:
            return "-"
        before_text, after = attribute(level, "num-prefix"), attribute(level, "num-suffix")
        return f"{before_text}{'.'.join(parts)}{after}".strip()
