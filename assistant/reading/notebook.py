"""Jupyter notebooks → Markdown: text cells as they are, code fenced, printed results after it.

Pictures and packed data among the results are left out.
"""

from __future__ import annotations

import json
import re
from typing import Any

from assistant.errors import DocumentError
from assistant.reading.encoding import decode
from assistant.reading.left_out import LeftOut
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.markdown_sight import as_read
from assistant.reading.plain import find_headings, first_line_title, read_text
from assistant.reading.writing import fenced
from assistant.types import ParsedDocument

_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_ENDS = "\n"
_RESULT = 4000
"""Characters of a cell's printed result that are kept; logs of a training run are longer."""


def read_notebook(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """The cells of a notebook in their order."""
    source = decode(data, name)
    limits.check_characters(name, len(source))
    try:
        book = json.loads(source)
        cells = _cells(book)
    except RecursionError as exc:
        raise DocumentError(f"{name} is nested too deeply", outcome="too_large") from exc
    except (ValueError, TypeError, AttributeError, KeyError):
        return read_text(data, name, limits)
    language = _language(book)
    left_out = LeftOut()
    parts = [part for cell in cells for part in _cell_parts(cell, language, left_out)]
    text = "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"
    headings = find_headings(text)
    title = headings[0].title if headings else first_line_title("", name)
    return ParsedDocument(
        text=text,
        title=title,
        kind="notebook",
        headings=headings,
        is_markdown=True,
        notes=left_out.notes(),
    )


def _cells(book: Any) -> list[dict[str, Any]]:
    cells = book.get("cells")
    if cells is None:  # the format before 2014
        cells = [cell for sheet in book["worksheets"] for cell in sheet["cells"]]
    return [cell for cell in cells if isinstance(cell, dict)]


def _language(book: Any) -> str:
    metadata = book.get("metadata")
    info = metadata.get("language_info") if isinstance(metadata, dict) else None
    found = info.get("name") if isinstance(info, dict) else ""
    return found if isinstance(found, str) and re.fullmatch(r"[\w+#-]{1,20}", found) else ""


def _cell_parts(cell: dict[str, Any], language: str, left_out: LeftOut) -> list[str]:
    text = _joined(cell.get("source", cell.get("input", "")))
    if cell.get("cell_type") != "code":
        return [as_read(re.sub(r"\(data:[^()]{100,}\)", "()", text), left_out)]
    fence = "~~~" if "```" in text else "```"
    parts = [fenced(text.strip(_ENDS), language)] if text.strip() else []
    for output in cell.get("outputs") or []:
        if not isinstance(output, dict):
            continue
        data = output.get("data")
        shown = _joined(output.get("text", "")) or (
            _joined(data.get("text/plain", "")) if isinstance(data, dict) else ""
        )
        if output.get("output_type") in ("error", "pyerr"):
            shown = f"{output.get('ename')}: {output.get('evalue')}"
        shown = _COLOURS.sub("", shown).strip()
        if shown:
            cut = shown if len(shown) <= _RESULT else f"{shown[:_RESULT]}\n[…]"
            parts.append(f"Output:\n\n{fence}\n{cut.replace(fence, '')}\n{fence}")
    return parts


def _joined(value: Any) -> str:
    if isinstance(value, list):
        return "".join(each for each in value if isinstance(each, str))
    return value if isinstance(value, str) else ""
