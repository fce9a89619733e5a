"""One small valid file of every kind that can be read, built here from nothing but bytes.

``samples()`` gives name → (bytes, words that must come out). Tests read them; the mutation trials
break them. Office files are written part by part, so that no library decides what is in them;
``ole_samples`` has the old formats.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage

from benchmarks.ole_samples import make_doc, make_msg, make_ppt

Samples = Mapping[str, tuple[bytes, tuple[str, ...]]]

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"

_PAGE = (
    "<html><head><title>Birds</title></head><body><h1>Heron</h1>"
    "<p>The heron stands by the river.</p></body></html>"
)

_CUES = (
    "1\n00:00:05,000 --> 00:00:07,000\nThe heron stands\n\n"
    "2\n00:00:07,000 --> 00:00:08,000\nby the river.\n"
)
_CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada Heron\r\nTEL;TYPE=CELL:+45 12\r\nEND:VCARD\r\n"
_CALENDAR = (
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20240501T083000\r\nSUMMARY:Count of herons\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)


def samples() -> Samples:
    """All samples by file name."""
    words = ("The heron stands by the river.",)
    table = ("| Bird | Count |", "| Heron | 12 |")
    record = ("Bird: Heron | Count: 12",)
    return {
        "a.txt": (b"Heron\n\nThe heron stands by the river.\n", words),
        "latin.txt": ("Déjà vu à la rivière, où le héron attend.".encode("cp1252"), ("héron",)),
        "a.md": (b"# Heron\n\nThe heron stands by the river.\n", words),
        "a.rst": (b"Heron\n=====\n\nThe heron stands by the river.\n", words),
        "a.org": (b"* Heron\nThe heron stands by the river.\n", words),
        "a.tex": (b"\\section{Heron}\nThe heron stands by the river.\n", words),
        "a.py": (b'class Heron:\n    """The heron stands by the river."""\n', words),
        "a.yaml": (b"bird: The heron stands by the river.\n", words),
        "a.html": (_PAGE.encode(), words),
        "a.csv": (b"Bird,Count\nHeron,12\nStork,3\n", table),
        "a.tsv": (b"Bird\tCount\nHeron\t12\nStork\t3\n", table),
        "a.json": (json.dumps({"note": "The heron stands by the river."}).encode(), words),
        "a.ndjson": (b'{"Bird": "Heron", "Count": 12}\n{"Bird": "Stork", "Count": 3}\n', record),
        "a.xml": (b"<birds><bird><Bird>Heron</Bird><Count>12</Count></bird></birds>", record),
        "a.ipynb": (_notebook(), words),
        "a.rtf": (
            b"{\\rtf1\\ansi{\\info{\\title Birds}}\\pard The heron stands by the river.\\par}",
            words,
        ),
        "a.eml": (_mail(), (*words, "Subject: Heron", "notes.txt", "A stork flew by.")),
        "a.mbox": (b"From a@b.c Mon Jan  1 10:00:00 2024\n" + _mail(), words),
        "a.pdf": (_pdf(), words),
        "a.docx": (make_docx(), (*words, *table, "1. First clause", "Noted below.")),
        "a.pptx": (make_pptx(), (*words, "Notes: Speak slowly.")),
        "a.xlsx": (make_xlsx(), table),
        "a.odt": (make_odt(), (*words, *table)),
        "a.odp": (make_odp(), words),
        "a.ods": (make_ods(), (*table, "| Stork | 3 |")),
        "a.adoc": (b"= Heron\n\nThe heron stands by the river.\n", words),
        "a.vcf": (_CARD.encode(), ("Name: Ada Heron | Phone (cell): +45 12",)),
        "a.ics": (_CALENDAR.encode(), ("Event: Count of herons | Start: 2024-05-01 08:30",)),
        "a.srt": (
            _CUES.encode(),
            ("00:00:05 The heron stands by the river.",),
        ),
        "a.vtt": (
            b"WEBVTT\n\n00:05.000 --> 00:07.000\n<v Ada>The heron stands by the river.\n",
            ("00:00:05 Ada: The heron stands by the river.",),
        ),
        "a.epub": (make_epub(), words),
        "a.doc": (make_doc("Heron\rThe heron stands by the river.\r"), words),
        "a.ppt": (make_ppt("Heron", "The heron stands by the river."), words),
        "a.msg": (make_msg("Heron", "The heron stands by the river."), words),
    }


def pack(parts: Mapping[str, str | bytes], *, stored: tuple[str, ...] = ()) -> bytes:
    """A zip of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            kind = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            package.writestr(name, content, compress_type=kind)
    return buffer.getvalue()


def relations(*targets: tuple[str, str]) -> str:
    """The XML of OOXML relations: (type's last word, target), numbered rId1, rId2 …"""
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_RELATIONS}">{rows}</Relationships>'


_WORD_PARTS = (
    ("styles", "styles.xml"), ("numbering", "numbering.xml"), ("footnotes", "footnotes.xml"),
    ("comments", "comments.xml"), ("header", "header1.xml"),
)  # fmt: skip


def make_docx(body: str | None = None, **parts: str) -> bytes:
    """A DOCX with this body XML (prefix w), or one that has a bit of everything."""
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    rows = "".join(
        "<w:tr>" + cell.format(a) + cell.format(b) + "</w:tr>"
        for a, b in (("Bird", "Count"), ("Heron", "12"), ("Stork", "3"))
    )
    body = body or (
        '<w:p><w:pPr><w:pStyle w:val="H1"/></w:pPr><w:r><w:t>Heron</w:t></w:r></w:p>'
        "<w:p><w:r><w:t>The heron </w:t></w:r><w:ins><w:r><w:t>stands</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>sits</w:delText></w:r></w:del>"
        '<w:r><w:t xml:space="preserve"> by the river.</w:t><w:footnoteReference w:id="2"/>'
        "</w:r></w:p>"
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
        "<w:r><w:t>First clause</w:t></w:r></w:p>"
        f"<w:tbl>{rows}</w:tbl>"
    )
    defaults = {
        "word/styles.xml": f'<w:styles xmlns:w="{_W}"><w:style w:styleId="H1"><w:name '
        'w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style></w:styles>',
        "word/numbering.xml": f'<w:numbering xmlns:w="{_W}"><w:abstractNum w:abstractNumId="7">'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText '
        'w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/>'
        "</w:num></w:numbering>",
        "word/footnotes.xml": f'<w:footnotes xmlns:w="{_W}"><w:footnote w:id="2"><w:p><w:r>'
        "<w:t>Noted below.</w:t></w:r></w:p></w:footnote></w:footnotes>",
    }
    return pack(
        {
            "[Content_Types].xml": f'<Types xmlns="{_TYPES}"/>',
            "_rels/.rels": relations(("officeDocument", "word/document.xml")),
            "word/_rels/document.xml.rels": relations(*_WORD_PARTS),
            "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>',
            **defaults,
            **parts,
        }
    )


def make_pptx(
    slides: tuple[tuple[str, str], ...] = (("Heron", "The heron stands by the river."),),
) -> bytes:
    """A PPTX with these titles and texts; its first slide has notes."""
    shape = (
        "<p:sp><p:nvSpPr><p:nvPr>{}</p:nvPr></p:nvSpPr>"
        "<p:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></p:txBody></p:sp>"
    )
    names = f'xmlns:p="{_P}" xmlns:a="{_A}" xmlns:r="{_OFFICE}"'
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"/>',
        "_rels/.rels": relations(("officeDocument", "ppt/presentation.xml")),
        "ppt/_rels/presentation.xml.rels": relations(
            *[("slide", f"slides/slide{number}.xml") for number in range(1, len(slides) + 1)]
        ),
        "ppt/presentation.xml": f"<p:presentation {names}><p:sldIdLst>"
        + "".join(
            f'<p:sldId id="{255 + number}" r:id="rId{number}"/>'
            for number in range(1, len(slides) + 1)
        )
        + "</p:sldIdLst></p:presentation>",
        "ppt/slides/_rels/slide1.xml.rels": relations(("notesSlide", "../notesSlides/n1.xml")),
        "ppt/notesSlides/n1.xml": f"<p:notes {names}><p:cSld><p:spTree>"
        + shape.format('<p:ph type="body"/>', "Speak slowly.")
        + "</p:spTree></p:cSld></p:notes>",
    }
    for number, (title, text) in enumerate(slides, start=1):
        parts[f"ppt/slides/slide{number}.xml"] = (
            f"<p:sld {names}><p:cSld><p:spTree>"
            + shape.format('<p:ph type="title"/>', title)
            + f"<p:grpSp>{shape.format('', text)}</p:grpSp></p:spTree></p:cSld></p:sld>"
        )
    return pack(parts)


def make_xlsx(rows: str | None = None) -> bytes:
    """An XLSX with this sheet data, or a small table."""
    text = '<c t="inlineStr"><is><t>{}</t></is></c>'
    rows = rows or (
        f"<row>{text.format('Bird')}{text.format('Count')}</row>"
        f"<row>{text.format('Heron')}<c><v>12</v></c></row>"
        f"<row>{text.format('Stork')}<c><v>3</v></c></row>"
    )
    return pack(
        {
            "[Content_Types].xml": f'<Types xmlns="{_TYPES}"/>',
            "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
            "xl/_rels/workbook.xml.rels": relations(("worksheet", "worksheets/sheet1.xml")),
            "xl/workbook.xml": f'<workbook xmlns="{_S}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="Birds" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_S}"><sheetData>{rows}</sheetData>'
            "</worksheet>",
        }
    )


def make_odf(kind: str, body: str, styles: str = "") -> bytes:
    """An OpenDocument file of this kind (text, presentation, spreadsheet) with this body XML."""
    names = " ".join(
        f'xmlns:{prefix}="{_ODF}:{prefix if prefix != "draw" else "drawing"}:1.0"'
        for prefix in ("office", "text", "table", "draw", "presentation", "style")
    )
    content = (
        f'<office:document-content {names} xmlns:fo="{_ODF}:xsl-fo-compatible:1.0" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:svg="{_ODF}:svg-compatible:1.0">'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:{kind}>{body}"
        f"</office:{kind}></office:body></office:document-content>"
    )
    mime = f"application/vnd.oasis.opendocument.{kind}"
    return pack({"mimetype": mime, "content.xml": content}, stored=("mimetype",))


def make_odt() -> bytes:
    """An ODT with a heading, a paragraph and a table."""
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    rows = "".join(
        f"<table:table-row>{cell.format(a)}{cell.format(b)}</table:table-row>"
        for a, b in (("Bird", "Count"), ("Heron", "12"), ("Stork", "3"))
    )
    return make_odf(
        "text",
        '<text:h text:outline-level="1">Heron</text:h><text:p>The heron<text:s/>stands by the '
        f"river.</text:p><table:table>{rows}</table:table>",
    )


def make_ods(rows: str | None = None, styles: str = "", sheet: str = "") -> bytes:
    """An ODS with these rows, or a small table; ``sheet`` are attributes of the table."""
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    number = '<table:table-cell office:value-type="float" office:value="{0}"><text:p>{0}</text:p>'
    rows = rows or "".join(
        f"<table:table-row>{cell.format(a)}{b}</table:table-row>"
        for a, b in (
            ("Bird", cell.format("Count")),
            ("Heron", f"{number.format(12)}</table:table-cell>"),
            ("Stork", f"{number.format(3)}</table:table-cell>"),
        )
    )
    return make_odf(
        "spreadsheet", f'<table:table table:name="Birds" {sheet}>{rows}</table:table>', styles
    )


def make_odp() -> bytes:
    """An ODP with one slide."""
    box = "<draw:frame{}><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
    title = box.format(' presentation:class="title"', "Heron")
    return make_odf(
        "presentation",
        f"<draw:page>{title}{box.format('', 'The heron stands by the river.')}</draw:page>",
    )


def make_epub(chapter: str = "<h1>Heron</h1><p>The heron stands by the river.</p>") -> bytes:
    """An EPUB with one chapter."""
    return pack(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container><rootfiles><rootfile full-path="b.opf"/>'
            "</rootfiles></container>",
            "b.opf": '<package><metadata><title xmlns="http://purl.org/dc/elements/1.1/">Birds'
            '</title></metadata><manifest><item id="c" href="c.xhtml"/></manifest>'
            '<spine><itemref idref="c"/></spine></package>',
            "c.xhtml": f"<html><body>{chapter}</body></html>",
        },
        stored=("mimetype",),
    )


def _pdf() -> bytes:
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_creation_date(datetime(2024, 1, 1, tzinfo=UTC))
    pdf.set_font("Helvetica", size=12)
    for text in ("The heron stands by the river.", "The stork stands on the roof."):
        pdf.add_page()
        pdf.multi_cell(0, 8, text)
    return bytes(pdf.output())


def _mail() -> bytes:
    mail = EmailMessage()
    mail["Subject"] = "Heron"
    mail["From"] = "a@example.org"
    mail["To"] = "b@example.org"
    mail["Date"] = "Mon, 01 Jan 2024 10:00:00 +0000"
    mail.set_content("The heron stands by the river.")
    mail.add_attachment("A stork flew by.", filename="notes.txt")
    return mail.as_bytes()


def _notebook() -> bytes:
    cells = [
        {"cell_type": "markdown", "source": ["# Heron\n", "\n", "The heron stands by the river."]},
        {
            "cell_type": "code",
            "source": "1 + 1",
            "outputs": [{"output_type": "execute_result", "data": {"text/plain": "2"}}],
        },
    ]
    return json.dumps({"cells": cells, "nbformat": 4, "metadata": {}}).encode()
