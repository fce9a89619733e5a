"""Notes → a Word file: questions, answers, every quote with file, page, date and day.

The file is a zip of five small XML parts that are written here: text, headings, lists, quotes and
tables. It holds no link, field, macro or picture, so nothing of a document's text can be live.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape as xml_escaped

from assistant.chat.notes import Note, NotedQuote
from assistant.chat.placing import Mark, Placed, place
from assistant.checking.verdicts import picture_label
from assistant.text.visible import one_line, visible

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_PART = "application/vnd.openxmlformats-officedocument.wordprocessingml"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_DEFAULT = ' w:default="1"'
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The same notes give the same bytes."""
_STYLES = (
    ("Normal", "Normal", "", "<w:sz w:val=\"22\"/>"),
    ("Title", "Title", "<w:spacing w:after=\"240\"/>", "<w:b/><w:sz w:val=\"40\"/>"),
    ("Heading1", "heading 1", ("<w:keepNext/><w:spacing w:before=\"360\" w:after=\"120\"/>"
     "<w:outlineLvl w:val=\"0\"/>"), "<w:b/><w:sz w:val=\"28\"/>"),
    ("ListParagraph", "List Paragraph", "<w:ind w:left=\"360\"/>", ""),
    ("Quote", "Quote", "<w:ind w:left=\"567\"/>", "<w:i/>"),
    ("Source", "Source", "<w:keepNext/><w:spacing w:before=\"120\"/>", "<w:sz w:val=\"18\"/>"),
)  # fmt: skip


def notes_as_word(notes: Sequence[Note]) -> bytes:
    """The notebook as a .docx, in the order in which it was filled."""
    body = [_paragraph("Notes", "Title")]
    for note in notes:
        body.append(_paragraph(one_line(note.question), "Heading1"))
        if note.text:
            known = frozenset(each.citation.marker for each in note.quotes)
            body += _answer(place(visible(note.text), (), known))
        for quote in note.quotes:
            body.append(_paragraph(_place(quote), "Source"))
            lines = [line for line in quote.citation.quote.splitlines() if line.strip()]
            body += [_paragraph(one_line(line), "Quote") for line in lines]
        body.append(_paragraph(f"Pinned {note.pinned[:10]}", "Source"))
    return _package("".join(body))


def _place(quote: NotedQuote) -> str:
    at = quote.citation
    parts = [f"[{at.marker}] {at.document}"]
    if at.page is not None:
        parts.append(f"page {at.page}")
    if at.section:
        parts.append(at.section)
    if quote.date:
        parts.append(f"document of {quote.date}")
    parts += [f"characters {at.start}–{at.end}", f"file {at.sha256[:12]}"]
    if label := picture_label(at.ocr_score):
        parts.append(label)
    return one_line(" · ".join(parts))


def _answer(placed: Placed) -> list[str]:
    """Paragraphs, entries of lists and tables of an answer."""
    made: list[str] = []
    rows: list[list[str]] = []
    lists: list[int] = []  # 0: of marks; else the number of the next entry
    is_first = False
    for token in placed.tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(int(token.attrGet("start") or 1) if token.type[0] == "o" else 0)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            is_first = True
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "table_close":
            made.append(_table(rows))
            rows = []
        elif token.type in ("fence", "code_block"):
            made += [_paragraph(line) for line in token.content.splitlines()]
        elif token.type == "inline":
            text = _inline(token.children or [], placed)
            if rows:
                rows[-1].append(text)
                continue
            lead = ""
            if lists and is_first:
                lead = f"{lists[-1]}. " if lists[-1] else "• "
                lists[-1] += bool(lists[-1])
                is_first = False
            made.append(_paragraph(lead + text, "ListParagraph" if lists else ""))
    return made


def _inline(children: Sequence[object], placed: Placed) -> str:
    parts: list[str] = []
    for child in children:
        kind, content = getattr(child, "type", ""), str(getattr(child, "content", ""))
        if kind in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif kind == "text":
            for piece in placed.pieces.get(id(child), [content]):
                parts.append(f"[{piece.number}]" if isinstance(piece, Mark) else str(piece))
        elif kind == "code_inline":
            parts.append(content)
    return "".join(parts)


def _paragraph(text: str, style: str = "") -> str:
    own = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{own}<w:r><w:t xml:space="preserve">{_xml(text)}</w:t></w:r></w:p>'


def _table(rows: Sequence[Sequence[str]]) -> str:
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    width = max((len(row) for row in rows), default=0)
    grid = "".join('<w:gridCol w:w="2000"/>' for _ in range(width))
    lines = "".join(
        "<w:tr>" + "".join(f"<w:tc><w:tcPr/>{_paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>"
        for row in ([*row, *[""] * (width - len(row))] for row in rows)
    )
    return (
        f"<w:tbl><w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{lines}</w:tbl><w:p/>"
    )


def _xml(text: str) -> str:
    return xml_escaped(_NO_XML.sub("\N{REPLACEMENT CHARACTER}", text))


def _package(body: str) -> bytes:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{key}"{_DEFAULT if key == "Normal" else ""}>'
        f'<w:name w:val="{name}"/><w:pPr>{of_paragraph}</w:pPr><w:rPr>{of_run}</w:rPr></w:style>'
        for key, name, of_paragraph, of_run in _STYLES
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_PART}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{_PART}.styles+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship '
        f'Id="r1" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "word/styles.xml": f'<w:styles xmlns:w="{_W}">{styles}</w:styles>',
        "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{body}'
        "<w:sectPr/></w:body></w:document>",
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(zipfile.ZipInfo(name, _FIRST_DAY), _HEAD + text, zipfile.ZIP_DEFLATED)
    return made.getvalue()
