"""The folder that ``benchmarks.readers`` has read: real files as they are, and made ones.

``gather`` writes a folder and gives its entries. An entry names a file, the sentences that stand
in it (each with the part of the file that it stands in), cells of its table (row, column, value)
and what must not come out. Real files come from a set beside the checkout; the others are made
here with known contents, in ``SHARES``, complete as programs write them: content types, styles,
layouts, words cut into runs, headers and footers on each page.

Cells are single words, so that a row whose cells are parted by nothing but blanks still tells its
columns. ``reader_pages`` makes the PDFs; ``reader_office``, ``reader_slides`` and ``reader_books``
the packages of XML.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import Any

from benchmarks.reader_books import make_epub, make_odt
from benchmarks.reader_contents import COLUMNS, EXTRA, Contents, contents, tell
from benchmarks.reader_office import make_docx, make_xlsx
from benchmarks.reader_pages import make_pdf
from benchmarks.reader_slides import make_pptx

SHARES = {
    "pdf": 30, "docx": 22, "html": 16, "xlsx": 10, "pptx": 10, "eml": 6, "epub": 3, "odt": 2,
    "rtf": 1,
}  # fmt: skip
"""Of a hundred made files."""
READABLE = frozenset({"text", "text_numeric"})
"""What the manifest expects of files with text; the others hold none that a reader could give."""
SKIPPED = frozenset({"zip", "wav", "png", "heic"})
"""No documents; one peer would send a recording to a service."""


# ---------------------------------------------------------------- text formats


def make_html(number: int) -> tuple[bytes, Contents]:
    """A page with a menu, a script, a style, an article, a table and a foot."""
    known = contents(number)
    tell(known, number)
    known.must_not = [f"trackVisit{number}", f"banner-{number}"]
    sections = "".join(
        f"<section><h2>{escape(heading)}</h2>"
        + "".join(f"<p>{escape(text)}</p>" for text in paragraphs)
        + "</section>"
        for heading, paragraphs in zip(known.headings, known.paragraphs, strict=True)
    )
    table = "".join(
        f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in row)}</tr>"
        for tag, row in [("th", COLUMNS), *(("td", row) for row in known.rows)]
    )
    page = (
        f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>{known.title}</title>"
        f"<style>.banner-{number} {{ color: red }}</style>"
        f"<script>window.trackVisit{number} = function () {{ return 1 }}</script></head><body>"
        "<nav><ul><li><a href='/'>Start</a></li><li><a href='/all'>All surveys</a></li></ul></nav>"
        f"<main><article><h1>{known.title}</h1>{sections}<table>{table}</table>"
        f"<p>{known.last}</p></article></main><footer>Contact · Imprint</footer></body></html>"
    )
    return page.encode(), known


def make_mail(number: int) -> tuple[bytes, Contents]:
    """A mail with a plain and an HTML body and a text file attached; the table is in the HTML."""
    known = contents(number)
    known.has_table = False  # the plain body is the same without it
    text = "\n\n".join(text for paragraphs in known.paragraphs for text in paragraphs)
    mail = EmailMessage()
    mail["Subject"] = known.title
    mail["From"] = f"Clerk {number} <clerk{number}@example.org>"
    mail["To"] = "archive@example.org"
    mail["Date"] = "Mon, 03 Jun 2024 10:00:00 +0000"
    mail.set_content(f"Grüße aus dem Archiv.\n\n{text}\n\n{known.last}\n", cte="quoted-printable")
    rich = "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n"))
    mail.add_alternative(f"<html><body>{rich}<p>{known.last}</p></body></html>", subtype="html")
    mail.add_attachment(known.extra, filename=f"remark-{number}.txt")
    tell(known, number)
    known.phrases = [each for each in known.phrases if each[1] not in known.headings]
    known.phrases.append((EXTRA, known.extra))
    return mail.as_bytes(), known


def make_rtf(number: int) -> tuple[bytes, Contents]:
    """Paragraphs with bold headings."""
    known = contents(number)
    known.has_table = False
    tell(known, number)
    parts = [f"{{\\b\\fs32 {known.title}}}\\par"]
    for heading, paragraphs in zip(known.headings, known.paragraphs, strict=True):
        parts.append(f"\\pard\\sb240{{\\b {heading}}}\\par")
        parts += [f"\\pard\\qj {text}\\par" for text in paragraphs]
    parts.append(f"\\pard {known.last}\\par")
    head = "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Times New Roman;}}"
    return f"{head}\n{chr(10).join(parts)}\n}}".encode("cp1252"), known


# ---------------------------------------------------------------- the folder


MAKERS: dict[str, Callable[[int], tuple[bytes, Contents]]] = {
    "pdf": make_pdf,
    "docx": make_docx,
    "html": make_html,
    "xlsx": make_xlsx,
    "pptx": make_pptx,
    "eml": make_mail,
    "epub": make_epub,
    "odt": make_odt,
    "rtf": make_rtf,
}
"""What makes a file, by suffix."""


def kinds(count: int) -> list[str]:
    """The suffixes of so many made files: always the one that is furthest below its share."""
    had = dict.fromkeys(SHARES, 0)
    chosen = []
    for number in range(1, count + 1):
        kind = max(SHARES, key=lambda each: SHARES[each] * number / 100 - had[each])
        had[kind] += 1
        chosen.append(kind)
    return chosen


def gather(folder: Path, count: int, real: Path | None) -> list[dict[str, Any]]:
    """Write ``count`` files into ``folder``; their entries. ``real`` holds ``manifest.jsonl`` and
    ``files/``; None for made files alone."""
    folder.mkdir(parents=True)
    entries = [] if real is None else _real_entries(folder, real)[:count]
    for number, kind in enumerate(kinds(count - len(entries)), start=1):
        data, known = MAKERS[kind](number)
        name = f"made-{number:05d}.{kind}"
        (folder / name).write_bytes(data)
        entries.append(
            {
                "file": name,
                "type": kind,
                "expect": "text",
                "phrases": known.phrases,
                "cells": _some_cells(known.rows) if known.has_table else [],
                "must_not": known.must_not,
                "is_made": True,
            }
        )
    return entries


def _real_entries(folder: Path, real: Path) -> list[dict[str, Any]]:
    lines = (real / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    entries = []
    for line in lines:
        entry = json.loads(line)
        if entry["type"] in SKIPPED:
            continue
        shutil.copyfile(real / "files" / entry["file"], folder / entry["file"])
        entries.append(
            {
                "file": entry["file"],
                "type": entry["type"],
                "expect": entry["expect"],
                "phrases": [("real file", phrase) for phrase in entry.get("phrases", [])]
                + [(EXTRA, phrase) for phrase in entry.get("optional", [])],
                "cells": [],
                "must_not": entry.get("must_not", []),
                "is_made": False,
            }
        )
    return entries


def _some_cells(rows: Sequence[Sequence[str]]) -> list[tuple[str, str, str]]:
    """Cells of the first, the middle and the last row: (row, column, value)."""
    return [
        (row[0], COLUMNS[at], row[at])
        for row in (rows[0], rows[len(rows) // 2], rows[-1])
        for at in (1, 3)
    ]
