"""Charts and diagrams inside Office files → lines of text; knows no slides or paragraphs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant.reading.packages import ZipPackage
from assistant.reading.safexml import attribute, children, descendants, first

Relations = dict[str, tuple[str, str]]


def drawing_lines(package: ZipPackage, relations: Relations, element: Any) -> Iterator[str]:
    """The words of the charts and diagrams that ``element`` points to."""
    for each in descendants(element, "chart", "relIds"):
        key = attribute(each, "id") or attribute(each, "dm")
        kind, part = relations.get(key, ("", ""))
        root = package.optional_xml(part)
        if root is None:
            continue
        if kind in ("chart", "chartEx"):
            yield from _chart_lines(root)
        else:
            for paragraph in descendants(root, "p"):
                text = "".join(run.text or "" for run in descendants(paragraph, "t"))
                if text.strip():
                    yield text


def _chart_lines(root: Any) -> Iterator[str]:
    """A chart's titles, then a line per category: ``Q1 | Sales: 5 | Costs: 3``."""
    for title in descendants(root, "title"):
        text = "".join(run.text or "" for run in descendants(title, "t"))
        if text.strip():
            yield f"Chart: {text}"
    rows: dict[str, list[str]] = {}
    for series in descendants(root, "ser"):
        name = " ".join(_values(first(series, "tx")).values())
        categories = _values(first(series, "cat")) or _values(first(series, "xVal"))
        values = _values(first(series, "val")) or _values(first(series, "yVal"))
        for at, value in values.items():
            category = categories.get(at, str(at + 1))
            rows.setdefault(category, []).append(f"{name}: {value}" if name else value)
    for category, cells in rows.items():
        yield " | ".join([category, *cells])


def _values(element: Any) -> dict[int, str]:
    """The cached values of a chart's reference, by index."""
    found: dict[int, str] = {}
    if element is None:
        return found
    for point in descendants(element, "pt"):
        index = attribute(point, "idx")
        value = next(children(point, "v"), None)
        if index.isdigit() and value is not None and value.text:
            found[int(index)] = value.text.strip()
    if not found:
        literal = next(children(element, "v"), None)
        if literal is not None and literal.text:
            found[0] = literal.text.strip()
    return found
