"""What Word keeps apart from the text: which styles are headings, and the numbers of lists.

In go the roots of ``styles.xml`` and ``numbering.xml`` (or None); out come outline levels and the
labels "2.3" or "(a)" that Word prints but does not store in the text, by which clauses are cited.
"""

from __future__ import annotations

import re
from typing import Any

from assistant.reading.numerals import numeral
from assistant.reading.safexml import attribute, children, first, local

_HEADING_NAME = re.compile(r"(?:heading|überschrift|titre|título|titolo|kop) ?(\d)$", re.IGNORECASE)
_LEVEL = re.compile(r"%(\d)")
_OFF = ("0", "false", "off")
_FORMS = {
    "lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I",
    "decimalZero": "01",
}  # fmt: skip


class Styles:
    """Paragraph styles by id."""

    def __init__(self, root: Any) -> None:
        self._styles: dict[str, tuple[str, str, int | None, Any]] = {}
        self._marks: dict[str, str] = {}
        for style in children(root, "style") if root is not None else ():
            properties = first(style, "pPr")
            self._styles[attribute(style, "styleId")] = (
                _value(first(style, "name")).strip(),
                _value(first(style, "basedOn")),
                _outline(properties),
                first(properties, "numPr") if properties is not None else None,
            )
            runs = first(style, "rPr")
            told = mark_in(runs) if runs is not None else None
            if told is not None:
                self._marks[attribute(style, "styleId")] = told

    def heading_level(self, style_id: str, properties: Any) -> int:
        """1 to 6 for a heading, else 0. What a paragraph says itself goes before its style."""
        own = _outline(properties)
        if own is not None:
            return min(own + 1, 6) if own < 9 else 0
        for name, outline, _ in self._chain(style_id):
            if outline is not None:
                return min(outline + 1, 6) if outline < 9 else 0
            if name.lower() == "title":
                return 1
            named = _HEADING_NAME.match(name)
            if named:
                return min(max(int(named.group(1)), 1), 6)
        named = _HEADING_NAME.match(style_id)
        return min(max(int(named.group(1)), 1), 6) if named else 0

    def mark(self, style_id: str) -> str:
        """``struck`` or ``hidden`` when text of this style is, else an empty text."""
        return next((self._marks[i] for i in self._ids(style_id) if i in self._marks), "")

    def is_caption(self, style_id: str) -> bool:
        """Whether this is the style of captions of tables and pictures."""
        return any(name.lower() == "caption" for name, _, _ in self._chain(style_id))

    def is_title(self, style_id: str) -> bool:
        """Whether this is the style of the document's title."""
        return any(name.lower() == "title" for name, _, _ in self._chain(style_id))

    def numbering(self, style_id: str) -> Any:
        """The list that a style puts its paragraphs into, or None."""
        return next((each for _, _, each in self._chain(style_id) if each is not None), None)

    def _chain(self, style_id: str) -> list[tuple[str, int | None, Any]]:
        found = (self._styles[each] for each in self._ids(style_id))
        return [(name, outline, numbering) for name, _, outline, numbering in found]

    def _ids(self, style_id: str) -> list[str]:
        """A style and those that it is based on."""
        ids: list[str] = []
        seen: set[str] = set()
        while style_id in self._styles and style_id not in seen:
            seen.add(style_id)
            ids.append(style_id)
            style_id = self._styles[style_id][1]
        return ids


class ParagraphNumbers:
    """Counts the lists of a document as Word does when it prints them."""

    def __init__(self, root: Any) -> None:
        self._abstract_of: dict[str, str] = {}
        self._levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._restarts: dict[tuple[str, int], int] = {}
        if root is None:
            return
        for abstract in children(root, "abstractNum"):
            self._read_levels(attribute(abstract, "abstractNumId"), abstract)
        for number in children(root, "num"):
            key = attribute(number, "numId")
            self._abstract_of[key] = _value(first(number, "abstractNumId"))
            for change in children(number, "lvlOverride"):
                level, start = attribute(change, "ilvl"), _value(first(change, "startOverride"))
                if level.isdecimal() and start.isdecimal() and len(start) < 9:
                    self._restarts[key, int(level)] = int(start)

    def label(self, numbering: Any, inherited: Any = None) -> tuple[str, int]:
        """(label, depth) of the next paragraph with these ``numPr``: "1.2", "-" for a bullet, or
        nothing."""
        own = _value(first(numbering, "numId")) if numbering is not None else ""
        number = own or (_value(first(inherited, "numId")) if inherited is not None else "")
        level_source = numbering if numbering is not None else inherited
        level_text = _value(first(level_source, "ilvl")) if level_source is not None else ""
        level = int(level_text) if level_text.isdigit() else 0
        abstract = self._abstract_of.get(number)
        if abstract is None or (abstract, level) not in self._levels:
            return "", level
        kind, template, start = self._levels[abstract, level]
        counts = self._counts.setdefault(abstract, {})
        restart = self._restarts.pop((number, level), None)
        counts[level] = counts.get(level, start - 1) + 1 if restart is None else restart
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]
        if kind == "bullet":
            return "-", level
        if kind == "none":
            return "", level
        numbered = _LEVEL.sub(
            lambda match: self._counter(abstract, int(match.group(1)) - 1), template
        )
        return numbered, level

    def _counter(self, abstract: str, level: int) -> str:
        kind, _, start = self._levels.get((abstract, level), ("decimal", "", 1))
        return numeral(self._counts[abstract].get(level, start), _FORMS.get(kind, "1"))

    def _read_levels(self, abstract_id: str, abstract: Any) -> None:
        for level in children(abstract, "lvl"):
            number = attribute(level, "ilvl")
            start = _value(first(level, "start"))
            if number.isdigit():
                self._levels[abstract_id, int(number)] = (
                    _value(first(level, "numFmt")) or "decimal",
                    _value(first(level, "lvlText")),
                    int(start) if start.isdigit() and len(start) < 9 else 1,
                )


def _value(element: Any) -> str:
    return attribute(element, "val") if element is not None else ""


def mark_in(properties: Any) -> str | None:
    """What run properties say: ``struck``, ``hidden``, nothing, or None where they are silent."""
    told: str | None = None
    for each in children(properties, "strike", "dstrike", "vanish"):
        if _value(each).lower() in _OFF:
            told = told or ""
        else:
            return "hidden" if local(each) == "vanish" else "struck"
    return told


def _outline(properties: Any) -> int | None:
    element = first(properties, "outlineLvl") if properties is not None else None
    value = _value(element)
    return int(value) if value.isdigit() else None
