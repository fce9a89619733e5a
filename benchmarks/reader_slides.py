"""Slides with known contents for ``benchmarks.readers``: a master, a layout, a theme, notes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from benchmarks.format_samples import pack, relations
from benchmarks.reader_contents import COLUMNS, EXTRA, Contents, contents, tell
from benchmarks.reader_office import OFFICE, XML, content_types

_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_NAMES = f'xmlns:p="{_P}" xmlns:a="{_A}" xmlns:r="{OFFICE}"'
_TREE = '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'


def make_pptx(number: int) -> tuple[bytes, Contents]:
    """A slide for each heading, one with a table, a last one; notes behind the first."""
    known = contents(number)
    known.title = known.headings[0]
    tell(known, number)
    known.phrases.append((EXTRA, known.extra))
    slides = [
        _shape(2, "title", heading) + _shape(3, "body", *paragraphs)
        for heading, paragraphs in zip(known.headings, known.paragraphs, strict=True)
    ]
    slides.append(_shape(2, "title", f"Table {number}") + _slide_table((COLUMNS, *known.rows)))
    slides.append(_shape(2, "title", "End") + _shape(3, "body", known.last))
    point = "presentationml"
    kinds = {
        "ppt__presentation": f"{point}.presentation.main",
        "ppt__slideMasters__slideMaster1": f"{point}.slideMaster",
        "ppt__slideLayouts__slideLayout1": f"{point}.slideLayout",
        "ppt__notesSlides__notesSlide1": f"{point}.notesSlide",
        "ppt__theme__theme1": "theme",
        **{f"ppt__slides__slide{at}": f"{point}.slide" for at in range(1, len(slides) + 1)},
    }
    order = "".join(
        f'<p:sldId id="{255 + at}" r:id="rId{at + 1}"/>' for at in range(1, len(slides) + 1)
    )
    parts = {
        "[Content_Types].xml": content_types(**kinds),
        "_rels/.rels": relations(("officeDocument", "ppt/presentation.xml")),
        "ppt/_rels/presentation.xml.rels": relations(
            ("slideMaster", "slideMasters/slideMaster1.xml"),
            *[("slide", f"slides/slide{at}.xml") for at in range(1, len(slides) + 1)],
        ),
        "ppt/presentation.xml": f"{XML}<p:presentation {_NAMES}><p:sldMasterIdLst>"
        f'<p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst><p:sldIdLst>{order}'
        '</p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/><p:notesSz cx="6858000" cy="9144000"/>'
        "</p:presentation>",
        "ppt/slideMasters/slideMaster1.xml": _part("sldMaster", "", _MAP + _LAYOUTS),
        "ppt/slideMasters/_rels/slideMaster1.xml.rels": relations(
            ("slideLayout", "../slideLayouts/slideLayout1.xml"), ("theme", "../theme/theme1.xml")
        ),
        "ppt/slideLayouts/slideLayout1.xml": _part("sldLayout", "", ""),
        "ppt/slideLayouts/_rels/slideLayout1.xml.rels": relations(
            ("slideMaster", "../slideMasters/slideMaster1.xml")
        ),
        "ppt/theme/theme1.xml": f'{XML}<a:theme xmlns:a="{_A}" name="Plain"><a:themeElements/>'
        "</a:theme>",
        "ppt/notesSlides/notesSlide1.xml": _part("notes", _shape(2, "body", known.extra), ""),
        "ppt/notesSlides/_rels/notesSlide1.xml.rels": relations(("slide", "../slides/slide1.xml")),
    }
    for at, shapes in enumerate(slides, start=1):
        notes = [("notesSlide", "../notesSlides/notesSlide1.xml")] if at == 1 else []
        parts[f"ppt/slides/slide{at}.xml"] = _part("sld", shapes, "")
        parts[f"ppt/slides/_rels/slide{at}.xml.rels"] = relations(
            ("slideLayout", "../slideLayouts/slideLayout1.xml"), *notes
        )
    return pack(parts), known


_MAP = "<p:clrMap " + " ".join(
    f'{name}="{value}"'
    for name, value in (
        ("bg1", "lt1"), ("tx1", "dk1"), ("bg2", "lt2"), ("tx2", "dk2"), ("accent1", "accent1"),
        ("accent2", "accent2"), ("accent3", "accent3"), ("accent4", "accent4"),
        ("accent5", "accent5"), ("accent6", "accent6"), ("hlink", "hlink"),
        ("folHlink", "folHlink"),
    )
) + "/>"  # fmt: skip
_LAYOUTS = '<p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/></p:sldLayoutIdLst>'


def _part(kind: str, shapes: str, more: str) -> str:
    tree = f"<p:cSld><p:spTree>{_TREE}{shapes}</p:spTree></p:cSld>"
    return f"{XML}<p:{kind} {_NAMES}>{tree}{more}</p:{kind}>"


def _frame(identifier: int) -> str:
    top = 400_000 + 1_200_000 * (identifier - 2)
    return f'<a:off x="600000" y="{top}"/><a:ext cx="7800000" cy="1100000"/>'


def _shape(identifier: int, kind: str, *texts: str) -> str:
    place = 'type="title"' if kind == "title" else f'type="{kind}" idx="1"'
    lines = "".join(f"<a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p>" for text in texts)
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{identifier}" name="{kind} {identifier}"/><p:cNvSpPr/>'
        f"<p:nvPr><p:ph {place}/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm>{_frame(identifier)}</a:xfrm>"
        f"</p:spPr><p:txBody><a:bodyPr/><a:lstStyle/>{lines}</p:txBody></p:sp>"
    )


def _slide_table(rows: Sequence[Sequence[str]]) -> str:
    cell = (
        "<a:tc><a:txBody><a:bodyPr/><a:p><a:r><a:t>{}</a:t></a:r></a:p></a:txBody><a:tcPr/></a:tc>"
    )
    lines = "".join(
        f'<a:tr h="300000">{"".join(cell.format(escape(value)) for value in row)}</a:tr>'
        for row in rows
    )
    grid = '<a:gridCol w="1900000"/>' * len(rows[0])
    return (
        '<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="4" name="Table"/><p:cNvGraphicFramePr/>'
        f"<p:nvPr/></p:nvGraphicFramePr><p:xfrm>{_frame(4)}</p:xfrm><a:graphic><a:graphicData "
        f'uri="{_A.replace("/main", "/table")}"><a:tbl><a:tblPr firstRow="1"/><a:tblGrid>{grid}'
        f"</a:tblGrid>{lines}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    )
