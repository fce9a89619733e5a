"""Formulas of Office and MathML → one line of text. Pure."""

from __future__ import annotations

from typing import Any

from assistant.reading.numerals import raised
from assistant.reading.safexml import attribute, children, first, local

_DEEPEST = 60


def formula(element: Any, depth: int = 0) -> str:
    """An Office formula (``oMath``) in one line: ``(a+b)/c``, ``√(2gh)``, ``x^2``."""
    if depth > _DEEPEST:
        return ""

    def inner(*path: str) -> str:
        found = first(element, *path)
        return formula(found, depth + 1) if found is not None else ""

    kind = local(element)
    if kind == "t":
        return element.text or ""
    if kind == "f":
        return f"{_grouped(inner('num'))}/{_grouped(inner('den'))}"
    if kind == "rad":
        return f"{raised(inner('deg'))}√{_bracketed(inner('e'))}"
    if kind in ("sSup", "sSub", "sSubSup"):
        low, high = inner("sub"), inner("sup")
        return inner("e") + (low and f"_{_grouped(low)}") + (high and f"^{_grouped(high)}")
    if kind == "nary":
        sign = first(element, "naryPr", "chr")
        shown = attribute(sign, "val") if sign is not None else "∫"
        low, high = inner("sub"), inner("sup")
        return f"{shown}{low and f'_{_grouped(low)}'}{high and f'^{_grouped(high)}'} {inner('e')}"
    if kind == "d":
        opened, closed = first(element, "dPr", "begChr"), first(element, "dPr", "endChr")
        parts = ", ".join(formula(each, depth + 1) for each in children(element, "e"))
        before = attribute(opened, "val") if opened is not None else "("
        return f"{before}{parts}{attribute(closed, 'val') if closed is not None else ')'}"
    if kind.endswith("Pr"):
        return ""
    return "".join(formula(child, depth + 1) for child in element)


def mathml(element: Any, depth: int = 0) -> str:
    """A MathML formula in one line: its TeX when the page has that too, else as ``formula``."""
    if depth > _DEEPEST:
        return ""
    kind = local(element)
    if kind == "math":
        for each in element.iter():
            if local(each) == "annotation" and "tex" in (each.get("encoding") or ""):
                return f"${' '.join((each.text or '').split())}$"
    if kind in ("annotation", "annotation-xml"):
        return ""
    parts = [mathml(child, depth + 1) for child in element if local(child)]
    if not parts:
        return " ".join((element.text or "").split())
    if kind == "mfrac" and len(parts) == 2:
        return f"{_grouped(parts[0])}/{_grouped(parts[1])}"
    if kind == "msqrt":
        return f"√{_bracketed(''.join(parts))}"
    if kind == "mroot" and len(parts) == 2:
        return f"{raised(parts[1])}√{_bracketed(parts[0])}"
    if kind == "msup" and len(parts) == 2:
        return f"{parts[0]}^{_grouped(parts[1])}"
    if kind == "msub" and len(parts) == 2:
        return f"{parts[0]}_{_grouped(parts[1])}"
    if kind == "msubsup" and len(parts) == 3:
        return f"{parts[0]}_{_grouped(parts[1])}^{_grouped(parts[2])}"
    return "".join(parts)


def _grouped(text: str) -> str:
    text = text.strip()
    return text if len(text) < 2 or text.isalnum() else f"({text})"


def _bracketed(text: str) -> str:
    text = text.strip()
    return text if text.startswith("(") and text.endswith(")") else f"({text})"
