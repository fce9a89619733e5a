"""Words of a Word paragraph as they are shown: without what is struck, hidden or deleted.

Runs carry the marks; their character style and the paragraph's style may carry them too.
"""

from __future__ import annotations

from typing import Any

from assistant.reading.formulas import formula
from assistant.reading.left_out import LeftOut
from assistant.reading.numerals import raised
from assistant.reading.safexml import attribute, children, descendants, first, local
from assistant.reading.word_styles import Styles, mark_in

SILENT = frozenset(
    """pPr rPr del moveFrom delText delInstrText instrText Fallback sectPr txbxContent
    footnoteReference endnoteReference commentReference annotationRef posOffset align pctWidth
    pctHeight tblPr tblGrid trPr tcPr sdtPr sdtEndPr fldChar binData rt""".split()
)
_BREAKS = {"br": "\n", "cr": "\n", "tab": " ", "ptab": " ", "noBreakHyphen": "-"}


class WordText:
    """Reads paragraphs and cells of one document."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles

    def inline(self, element: Any) -> str:
        """The words of a paragraph, a run, or all paragraphs of another element."""
        mark = self.paragraph_mark(element) if local(element) == "p" else ""
        return self._words(element, mark)

    def _words(self, element: Any, mark: str) -> str:
        parts: list[str] = []
        for child in element:
            kind = local(child)
            if kind == "t":
                parts.append(child.text or "")
            elif kind == "r":
                parts.append(self._run(child, mark, parts[-1] if parts else ""))
            elif kind in _BREAKS:
                parts.append(_BREAKS[kind])
            elif kind == "sym":
                parts.append(_symbol(attribute(child, "char")))
            elif kind == "oMath":
                parts.append(formula(child))
            elif kind == "p":
                parts.append(self.inline(child) + "\n")
            elif kind not in SILENT:
                parts.append(self._words(child, mark))
        return "".join(parts)

    def _run(self, run: Any, paragraph_mark: str, before: str) -> str:
        if self.mark_of(run, paragraph_mark):
            return ""
        words = self._words(run, "")
        place = first(run, "rPr", "vertAlign")
        is_raised = place is not None and _value(place) == "superscript"
        return raised(words, before) if is_raised else words

    def mark_of(self, run: Any, paragraph_mark: str = "") -> str:
        """``struck``, ``hidden`` or nothing: what a run says itself goes before its styles."""
        properties = first(run, "rPr")
        if properties is None:
            return paragraph_mark
        told = mark_in(properties)
        if told is not None:
            return told
        style = first(properties, "rStyle")
        return (self._styles.mark(_value(style)) if style is not None else "") or paragraph_mark

    def paragraph_mark(self, paragraph: Any) -> str:
        """What a paragraph's style says of all its runs."""
        style = first(paragraph, "pPr", "pStyle")
        return self._styles.mark(_value(style)) if style is not None else ""

    def count(self, root: Any, left_out: LeftOut) -> None:
        """Count what stays out of the words of a part."""
        for element in root.iter():
            kind = local(element)
            if kind in ("del", "moveFrom") and _has_text(element, ("delText", "t")):
                left_out.add("deleted")
            elif kind == "p":
                mark = self.paragraph_mark(element)
                told = {
                    self.mark_of(run, mark)
                    for run in descendants(element, "r")
                    if any((each.text or "").strip() for each in children(run, "t"))
                }
                if "struck" in told:
                    left_out.add("struck")
                if "hidden" in told:
                    left_out.add("hidden")


def _has_text(element: Any, kinds: tuple[str, ...]) -> bool:
    return any(local(each) in kinds and (each.text or "").strip() for each in element.iter())


def _value(element: Any) -> str:
    return attribute(element, "val")


def _symbol(code: str) -> str:
    try:
        value = int(code, 16)
    except ValueError:
        return ""
    # private characters of symbol fonts say nothing without the font
    return chr(value) if 0x20 <= value < 0xD800 or 0xF900 <= value < 0x10000 else ""
