"""Documents and workbooks with known contents for ``benchmarks.readers``, as whole packages.

They hold what programs write and readers look up: content types, styles, shared strings; sentences
are cut into runs as Word cuts them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from benchmarks.format_samples import pack, relations
from benchmarks.reader_contents import COLUMNS, EXTRA, Contents, contents, tell

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_FORMATS = "application/vnd.openxmlformats-officedocument"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def content_types(**parts: str) -> str:
    """[Content_Types].xml: for each path (``__`` for a slash) its kind."""
    overrides = "".join(
        f'<Override PartName="/{path.replace("__", "/")}.xml" ContentType="{_FORMATS}.{kind}+xml"/>'
        for path, kind in parts.items()
    )
    return (
        f'{XML}<Types xmlns="{_TYPES}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


# ---------------------------------------------------------------- Word


def make_docx(number: int) -> tuple[bytes, Contents]:
    """Headings, paragraphs in runs, a table with a header row, a page header, a footnote."""
    known = contents(number)
    tell(known, number)
    known.phrases.append((EXTRA, known.extra))
    body = [_word_paragraph(known.title, "Title")]
    for at, (heading, paragraphs) in enumerate(zip(known.headings, known.paragraphs, strict=True)):
        body.append(_word_paragraph(heading, "Heading1"))
        for text in paragraphs:
            note = '<w:r><w:footnoteReference w:id="2"/></w:r>' if at == 0 else ""
            body.append(_word_paragraph(text, after=note if text == paragraphs[0] else ""))
    body.append(_word_table((COLUMNS, *known.rows)))
    body.append(_word_paragraph(known.last))
    names = f'xmlns:w="{_W}" xmlns:r="{OFFICE}"'
    section = (
        '<w:sectPr><w:headerReference w:type="default" r:id="rId3"/>'
        '<w:pgSz w:w="11906" w:h="16838"/></w:sectPr>'
    )
    word = "wordprocessingml"
    return pack(
        {
            "[Content_Types].xml": content_types(
                word__document=f"{word}.document.main",
                word__styles=f"{word}.styles",
                word__footnotes=f"{word}.footnotes",
                word__header1=f"{word}.header",
            ),
            "_rels/.rels": relations(("officeDocument", "word/document.xml")),
            "word/_rels/document.xml.rels": relations(
                ("styles", "styles.xml"), ("footnotes", "footnotes.xml"), ("header", "header1.xml")
            ),
            "word/document.xml": f"{XML}<w:document {names}><w:body>{''.join(body)}{section}"
            "</w:body></w:document>",
            "word/styles.xml": _word_styles(),
            "word/footnotes.xml": f'{XML}<w:footnotes {names}><w:footnote w:id="2">'
            f"{_word_paragraph(known.extra)}</w:footnote></w:footnotes>",
            "word/header1.xml": f"{XML}<w:hdr {names}>{_word_paragraph('Survey office')}</w:hdr>",
        }
    ), known


def _word_styles() -> str:
    styles = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        "</w:style>"
    )
    for identifier, name, level in (("Title", "Title", ""), ("Heading1", "heading 1", "0")):
        outline = f'<w:pPr><w:outlineLvl w:val="{level}"/></w:pPr>' if level else ""
        styles += (
            f'<w:style w:type="paragraph" w:styleId="{identifier}"><w:name w:val="{name}"/>'
            f'<w:basedOn w:val="Normal"/>{outline}</w:style>'
        )
    return (
        f'{XML}<w:styles xmlns:w="{_W}">{styles}<w:style w:type="table" w:styleId="TableGrid">'
        '<w:name w:val="Table Grid"/></w:style></w:styles>'
    )


def _word_paragraph(text: str, style: str = "", after: str = "") -> str:
    """A paragraph whose words are cut into three runs, the second in the middle of a word."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    first, second = len(text) // 3, 2 * len(text) // 3
    runs = "".join(
        f'<w:r>{bold}<w:t xml:space="preserve">{escape(part)}</w:t></w:r>'
        for bold, part in (
            ("", text[:first]),
            ("<w:rPr><w:noProof/></w:rPr>", text[first:second]),
            ("", text[second:]),
        )
    )
    return f"<w:p>{properties}{runs}{after}</w:p>"


def _word_table(rows: Sequence[Sequence[str]]) -> str:
    grid = '<w:gridCol w:w="2200"/>' * len(rows[0])
    lines = []
    for at, row in enumerate(rows):
        head = "<w:trPr><w:tblHeader/></w:trPr>" if at == 0 else ""
        cells = "".join(
            '<w:tc><w:tcPr><w:tcW w:w="2200" w:type="dxa"/></w:tcPr>'
            f"<w:p><w:r><w:t>{escape(cell)}</w:t></w:r></w:p></w:tc>"
            for cell in row
        )
        lines.append(f"<w:tr>{head}{cells}</w:tr>")
    return (
        '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="0" w:type="auto"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl>"
    )


# ---------------------------------------------------------------- Excel


def make_xlsx(number: int) -> tuple[bytes, Contents]:
    """Two sheets of shared strings; every other file has a title above its table, all a note
    below it."""
    known = contents(number)
    rows: list[Sequence[str]] = [COLUMNS, *known.rows]
    if number % 2:
        rows = [(known.title,), (), *rows]
        known.phrases.append(("title or heading", known.title))
    rows += [(), (known.last,)]
    known.phrases.append(("last page", known.last))
    strings: dict[str, int] = {}
    second: list[Sequence[str]] = [(text,) for texts in known.paragraphs for text in texts]
    known.phrases += [("text", text[0]) for text in second]
    sheets = [_sheet(rows, strings), _sheet(second, strings)]
    shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
    sheet = "spreadsheetml"
    return pack(
        {
            "[Content_Types].xml": content_types(
                xl__workbook=f"{sheet}.sheet.main",
                xl__worksheets__sheet1=f"{sheet}.worksheet",
                xl__worksheets__sheet2=f"{sheet}.worksheet",
                xl__sharedStrings=f"{sheet}.sharedStrings",
                xl__styles=f"{sheet}.styles",
            ),
            "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
            "xl/_rels/workbook.xml.rels": relations(
                ("worksheet", "worksheets/sheet1.xml"),
                ("worksheet", "worksheets/sheet2.xml"),
                ("sharedStrings", "sharedStrings.xml"),
                ("styles", "styles.xml"),
            ),
            "xl/workbook.xml": f'{XML}<workbook xmlns="{_S}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="Table" sheetId="1" r:id="rId1"/>'
            '<sheet name="Remarks" sheetId="2" r:id="rId2"/></sheets></workbook>',
            "xl/worksheets/sheet1.xml": sheets[0],
            "xl/worksheets/sheet2.xml": sheets[1],
            "xl/sharedStrings.xml": f'{XML}<sst xmlns="{_S}">{shared}</sst>',
            "xl/styles.xml": f'{XML}<styleSheet xmlns="{_S}"><fonts count="1"><font/></fonts>'
            '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
            '<borders count="1"><border/></borders>'
            '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="1"><xf xfId="0"/>'
            "</cellXfs></styleSheet>",
        }
    ), known


def _sheet(rows: Iterable[Sequence[str]], strings: dict[str, int]) -> str:
    lines = []
    for line, row in enumerate(rows, start=1):
        cells = ""
        for column, value in zip("ABCD", row, strict=False):
            place = f"{column}{line}"
            if value.isdigit():
                cells += f'<c r="{place}"><v>{value}</v></c>'
            else:
                shared = strings.setdefault(value, len(strings))
                cells += f'<c r="{place}" t="s"><v>{shared}</v></c>'
        lines.append(f'<row r="{line}">{cells}</row>' if cells else "")
    data = "".join(lines)
    return f'{XML}<worksheet xmlns="{_S}"><sheetData>{data}</sheetData></worksheet>'
