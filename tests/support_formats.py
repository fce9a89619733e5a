"""Small office files for the tests of the readers, with the parts that a case is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.message import EmailMessage

from benchmarks.format_samples import pack, relations

_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'

CELL = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
"""A cell of an OpenDocument table."""


# ---------------------------------------------------------------- mail, Word, OpenDocument


def mail_of(page: str) -> bytes:
    """A mail whose body is this HTML."""
    mail = EmailMessage()
    mail["Subject"] = "Fees"
    mail.set_content(page, subtype="html")
    return mail.as_bytes()


def docx_run(text: str, properties: str = "") -> str:
    """A paragraph of one run with these run properties."""
    return (
        f'<w:p><w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'
    )


def docx_cell(text: str, properties: str = "") -> str:
    """A cell of a Word table; ``text`` may be paragraphs or tables of its own."""
    body = text if text.startswith("<w:") else docx_run(text)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{body}</w:tc>"


def docx_table(rows: Sequence[Sequence[str]]) -> str:
    """A Word table of plain cells; a cell that is XML stands as it is."""
    lines = (
        "".join(cell if cell.startswith("<w:tc>") else docx_cell(cell) for cell in row)
        for row in rows
    )
    return f"<w:tbl>{''.join(f'<w:tr>{line}</w:tr>' for line in lines)}</w:tbl>"


def odt_style(name: str, properties: str) -> str:
    """An automatic style of text."""
    return (
        f'<style:style style:name="{name}" style:family="text">'
        f"<style:text-properties {properties}/></style:style>"
    )


# ---------------------------------------------------------------- slides


def slide_shape(text: str, run: str = "", *, is_hidden: bool = False, description: str = "") -> str:
    """A box with one paragraph; ``run`` are attributes of its run."""
    hidden = ' hidden="1"' if is_hidden else ""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="1" name="x" descr="{description}"{hidden}/></p:nvSpPr>'
        f"<p:txBody><a:p><a:r><a:rPr {run}/><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
    )


def slide_table(rows: Sequence[str]) -> str:
    """A frame with a table; each row is the XML of its cells."""
    body = "".join(f"<a:tr>{row}</a:tr>" for row in rows)
    return f"<p:graphicFrame><a:graphic><a:tbl>{body}</a:tbl></a:graphic></p:graphicFrame>"


def slide_cell(text: str, attributes: str = "") -> str:
    """A cell of a slide's table."""
    return f"<a:tc {attributes}><a:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody></a:tc>"


def make_slides(
    slides: Sequence[str],
    *,
    hidden: Sequence[int] = (),
    notes: str = "",
    comment: str = "",
) -> bytes:
    """A PPTX of slides with these shapes; notes and a comment belong to the first."""
    names = f'xmlns:p="{_P}" xmlns:a="{_A}" xmlns:r="{_OFFICE}"'
    targets = [("slide", f"slides/slide{number}.xml") for number in range(1, len(slides) + 1)]
    listed = "".join(
        f'<p:sldId id="{255 + number}" r:id="rId{number}"/>' for number in range(1, len(slides) + 1)
    )
    parts: dict[str, str] = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": relations(("officeDocument", "ppt/presentation.xml")),
        "ppt/_rels/presentation.xml.rels": relations(
            *targets, ("commentAuthors", "commentAuthors.xml")
        ),
        "ppt/presentation.xml": f"<p:presentation {names}><p:sldIdLst>{listed}</p:sldIdLst>"
        "</p:presentation>",
        "ppt/commentAuthors.xml": f'<p:cmAuthorLst {names}><p:cmAuthor id="0" name="Ann"/>'
        "</p:cmAuthorLst>",
        "ppt/slides/_rels/slide1.xml.rels": relations(
            ("notesSlide", "../n1.xml"), ("comments", "../c1.xml")
        ),
    }
    if notes:
        body = slide_shape(notes).replace(
            "</p:nvSpPr>", '<p:nvPr><p:ph type="body"/></p:nvPr></p:nvSpPr>'
        )
        parts["ppt/n1.xml"] = (
            f"<p:notes {names}><p:cSld><p:spTree>{body}</p:spTree></p:cSld></p:notes>"
        )
    if comment:
        parts["ppt/c1.xml"] = (
            f'<p:cmLst {names}><p:cm authorId="0"><p:text>{comment}</p:text></p:cm></p:cmLst>'
        )
    for number, shapes in enumerate(slides, start=1):
        shown = ' show="0"' if number in hidden else ""
        parts[f"ppt/slides/slide{number}.xml"] = (
            f"<p:sld {names}{shown}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"
        )
    return pack(parts)


# ---------------------------------------------------------------- workbooks


def make_workbook(
    rows: Sequence[Sequence[str]],
    *,
    merged: Sequence[str] = (),
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[int] = (),
    hidden_sheet: Sequence[Sequence[str]] = (),
    struck: Sequence[str] = (),
    formats: Mapping[str, str] | None = None,
    comment: tuple[str, str] | None = None,
    name: str = "Sheet 1",
) -> bytes:
    """An XLSX. Numbers are written as numbers; ``{…}`` in a text are struck words of it.

    ``formats`` gives a cell the code of a number format, rows and columns count from 1.
    """
    codes = list(dict.fromkeys((formats or {}).values()))
    styles = {place: 2 + codes.index(code) for place, code in (formats or {}).items()}
    styles.update(dict.fromkeys(struck, 1))
    sheets = [(name, "visible", rows)]
    if hidden_sheet:
        sheets.append(("Secret", "hidden", hidden_sheet))
    listed = "".join(
        f'<sheet name="{title}" sheetId="{at}" state="{state}" r:id="rId{at}"/>'
        for at, (title, state, _) in enumerate(sheets, start=1)
    )
    targets = [("worksheet", f"worksheets/sheet{at}.xml") for at in range(1, len(sheets) + 1)]
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": relations(*targets, ("styles", "styles.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{_S}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets>'
        "</workbook>",
        "xl/styles.xml": _style_sheet(codes),
        "xl/worksheets/sheet1.xml": _sheet(rows, styles, merged, hidden_rows, hidden_columns),
    }
    if hidden_sheet:
        parts["xl/worksheets/sheet2.xml"] = _sheet(hidden_sheet, {}, (), (), ())
    if comment:
        parts["xl/worksheets/_rels/sheet1.xml.rels"] = relations(("comments", "../comments1.xml"))
        parts["xl/comments1.xml"] = (
            f'<comments xmlns="{_S}"><authors><author>Ann</author></authors><commentList>'
            f'<comment ref="{comment[0]}" authorId="0"><text><t>{comment[1]}</t></text></comment>'
            "</commentList></comments>"
        )
    return pack(parts)


def _style_sheet(codes: Sequence[str]) -> str:
    listed = "".join(
        f'<numFmt numFmtId="{170 + at}" formatCode="{code.replace(chr(34), "&quot;")}"/>'
        for at, code in enumerate(codes)
    )
    used = "".join(f'<xf numFmtId="{170 + at}" fontId="0"/>' for at in range(len(codes)))
    return (
        f'<styleSheet xmlns="{_S}"><numFmts>{listed}</numFmts><fonts><font/><font><strike/></font>'
        '</fonts><cellXfs><xf numFmtId="0" fontId="0"/><xf numFmtId="0" fontId="1"/>'
        f"{used}</cellXfs></styleSheet>"
    )


def _sheet(
    rows: Sequence[Sequence[str]],
    styles: Mapping[str, int],
    merged: Sequence[str],
    hidden_rows: Sequence[int],
    hidden_columns: Sequence[int],
) -> str:
    columns = "".join(f'<col min="{at}" max="{at}" hidden="1"/>' for at in hidden_columns)
    lines = []
    for number, row in enumerate(rows, start=1):
        hidden = ' hidden="1"' if number in hidden_rows else ""
        cells = "".join(
            _cell(f"{chr(64 + at)}{number}", text, styles) for at, text in enumerate(row, start=1)
        )
        lines.append(f'<row r="{number}"{hidden}>{cells}</row>')
    spans = "".join(f'<mergeCell ref="{span}"/>' for span in merged)
    return (
        f'<worksheet xmlns="{_S}">{f"<cols>{columns}</cols>" if columns else ""}'
        f"<sheetData>{''.join(lines)}</sheetData>"
        f"{f'<mergeCells>{spans}</mergeCells>' if spans else ''}</worksheet>"
    )


def _cell(place: str, text: str, styles: Mapping[str, int]) -> str:
    style = f' s="{styles[place]}"' if place in styles else ""
    if not text:
        return f'<c r="{place}"{style}/>'
    try:
        float(text)
    except ValueError:
        if "{" not in text:
            return f'<c r="{place}"{style} t="inlineStr"><is><t>{text}</t></is></c>'
        struck, rest = text[1:].split("}", 1)
        return (
            f'<c r="{place}"{style} t="inlineStr"><is><r><rPr><strike/></rPr><t>{struck}</t></r>'
            f'<r><t xml:space="preserve">{rest}</t></r></is></c>'
        )
    return f'<c r="{place}"{style}><v>{text}</v></c>'
