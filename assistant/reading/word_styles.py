"""What Word keeps apart from the text: which styles are headings, and the numbers of lists.

In go the roots of ``styles.xml`` and ``numbering.xml`` (or None); out come outline levels and the
labels "2.3" or "(a)" that Word prints but does not store in the text, by which clauses are cited.
"""

from __future__ import annotations

import re
from typing import Any

from assistant.reading.safexml import attribute, children, first

_HEADING_NAME = re.compile(r"(?:heading|überschrift|titre|título|titolo|kop) ?(\d)$", re.IGNORECASE)
_LEVEL = re.compile(r"%(\d)")


class Styles:
    """Paragraph styles by id."""

    def __init__(self, root: Any) -> None:
        self._styles: dict[str, tuple[str, str, int | None, Any]] = {}
        for style in children(root, "style") if root is not None else ():
            properties = first(style, "pPr")
            self._styles[attribute(style, "styleId")] = (
                _value(first(style, "name")).strip(),
                _value(first(style, "basedOn")),
                _outline(properties),
                first(properties, "numPr") if properties is not None else None,
            )

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

    def is_title(self, style_id: str) -> bool:
        """Whether this is the style of the document's title."""
        return any(name.lower() == "title" for name, _, _ in self._chain(style_id))

    def numbering(self, style_id: str) -> Any:
        """The list that a style puts its paragraphs into, or None."""
        return next((each for _, _, each in self._chain(style_id) if each is not None), None)

    def _chain(self, style_id: str) -> list[tuple[str, int | None, Any]]:
        chain = []
        seen: set[str] = set()
        while style_id in self._styles and style_id not in seen:
            seen.add(style_id)
            name, parent, outline, numbering = self._styles[style_id]
            chain.append((name, outline, numbering))
            style_id = parent
        return chain


class Numbers:
    """Counts the lists of a document as Word does when it prints them."""

    def __init__(self, root: Any) -> None:
        self._abstract_of: dict[str, str] = {}
        self._levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        if root is None:
            return
        for abstract in children(root, "abstractNum"):
            self._read_levels(attribute(abstract, "abstractNumId"), abstract)
        for number in children(root, "num"):
            self._abstract_of[attribute(number, "numId")] = _value(first(number, "abstractNumId"))

    def label(self, numbering: Any, inherited: Any = None) -> str:
        """The label of the next paragraph with these ``numPr``: "1.2", "- " for a bullet, or ""."""
        own = _value(first(numbering, "numId")) if numbering is not None else ""
        number = own or (_value(first(inherited, "numId")) if inherited is not None else "")
        level_source = numbering if numbering is not None else inherited
        level_text = _value(first(level_source, "ilvl")) if level_source is not None else ""
        level = int(level_text) if level_text.isdigit() else 0
        abstract = self._abstract_of.get(number)
        if abstract is None or (abstract, level) not in self._levels:
            return ""
        kind, template, start = self._levels[abstract, level]
        counts = self._counts.setdefault(abstract, {})
        counts[level] = counts.get(level, start - 1) + 1
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]
        if kind == "bullet":
            return "-"
        if kind == "none":
            return ""
        return _LEVEL.sub(lambda match: self._counter(abstract, int(match.group(1)) - 1), template)

    def _counter(self, abstract: str, level: int) -> str:
        kind, _, start = self._levels.get((abstract, level), ("decimal", "", 1))
        return _format(kind, self._counts[abstract].get(level, start))

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


def _outline(properties: Any) -> int | None:
    element = first(properties, "outlineLvl") if properties is not None else None
    value = _value(element)
    return int(value) if value.isdigit() else None


def _format(kind: str, number: int) -> str:
    if kind in ("lowerLetter", "upperLetter") and 0 < number <= 26 * 50:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if kind == "upperLetter" else letter
    if kind in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        roman = _roman(number)
        return roman if kind == "upperRoman" else roman.lower()
    return f"{number:02d}" if kind == "decimalZero" else str(number)


def _roman(number: int) -> str:
    text = ""
    for value, sign in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    ):
        text += sign * (number // value)
        number %= value
    return text
