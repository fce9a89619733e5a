"""Footnotes of a page: which links refer to one, and which lead back from it."""

from __future__ import annotations

import re
from typing import Any

_TARGET = re.compile(r"#(?:fn|foot|note|en\d|endnote)", re.IGNORECASE)
_CLASS = re.compile(r"foot-?note|note-?ref", re.IGNORECASE)
_BACK = re.compile(r"[\s\[\](){}^↑⏎]*$|back$|↩")
_LONGEST_NOTE, _LONGEST_SIGN = 3_000, 8


def short_text(element: Any, longest: int) -> str:
    """The text of an element, or an empty text when it is longer than that."""
    text = ""
    for piece in element.itertext():
        text += piece
        if len(text) > longest:
            return ""
    return text


class Notes:
    """The notes of one page by the id that references lead to; ``taken`` are those moved up."""

    def __init__(self, root: Any) -> None:
        self._root = root.getroottree().getroot()
        self._by_id: dict[str, Any] | None = None
        self.taken: set[Any] = set()

    def leads_back(self, element: Any) -> bool:
        """Whether it is an arrow from a note to the place that refers to it."""
        target = element.get("href") or ""
        text = short_text(element, _LONGEST_SIGN).strip()
        return target.startswith("#") and bool(text) and _BACK.match(text) is not None

    def referred(self, element: Any) -> Any:
        """The note that a link leads to, when it is a reference to one; else None."""
        if not short_text(element, _LONGEST_SIGN).strip():
            return None
        link = element if element.tag == "a" else next(element.iter("a"), None)
        target = (link.get("href") or "") if link is not None else ""
        if link is None or not target.startswith("#") or len(target) < 2:
            return None
        roles = f"{link.get('role') or ''} {link.get('epub:type') or ''}"
        named = _TARGET.match(target) or _CLASS.search(link.get("class") or "")
        if not named and "noteref" not in roles:
            return None
        if self._by_id is None:
            self._by_id = {e.get("id"): e for e in self._root.iter() if e.get("id")}
        note = self._by_id.get(target[1:])
        while note is not None and note.tag in ("a", "sup", "span"):
            note = note.getparent()  # the id stands at the number within the note
        if note is None or not short_text(note, _LONGEST_NOTE):
            return None
        parents = set(element.iterancestors())
        return None if note is element or note in parents else note
