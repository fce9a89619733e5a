"""Books and OpenDocument texts with known contents for ``benchmarks.readers``."""

from __future__ import annotations

from html import escape

from benchmarks.format_samples import pack
from benchmarks.reader_contents import COLUMNS, Contents, contents, tell
from benchmarks.reader_office import XML


def make_epub(number: int) -> tuple[bytes, Contents]:
    """A book with a chapter for each heading, a table in the last one, and a table of contents."""
    known = contents(number)
    tell(known, number)
    table = "".join(
        f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in row)}</tr>"
        for tag, row in [("th", COLUMNS), *(("td", row) for row in known.rows)]
    )
    chapters = [
        f"<h1>{escape(heading)}</h1>" + "".join(f"<p>{escape(text)}</p>" for text in paragraphs)
        for heading, paragraphs in zip(known.headings, known.paragraphs, strict=True)
    ]
    chapters[0] = f"<h1>{known.title}</h1>{chapters[0]}"
    chapters[-1] += f"<table>{table}</table><p>{known.last}</p>"
    names = [f"chapter{at}" for at in range(1, len(chapters) + 1)]
    page = f'{XML}<html xmlns="http://www.w3.org/1999/xhtml"><head><title>{{}}</title></head>'
    links = "".join(
        f'<li><a href="{name}.xhtml">{escape(heading)}</a></li>'
        for name, heading in zip(names, known.headings, strict=True)
    )
    manifest = "".join(
        f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"/>'
        for name in names
    )
    spine = "".join(f'<itemref idref="{name}"/>' for name in names)
    parts: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": f'{XML}<container version="1.0" '
        'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile '
        'full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles>'
        "</container>",
        "OEBPS/book.opf": f'{XML}<package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
        'unique-identifier="id"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="id">survey-{number}</dc:identifier><dc:title>{known.title}</dc:title>'
        "<dc:language>en</dc:language><dc:creator>Survey office</dc:creator></metadata><manifest>"
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        f"{manifest}</manifest><spine>{spine}</spine></package>",
        "OEBPS/nav.xhtml": page.format("Contents").replace(
            "<html ", '<html xmlns:epub="http://www.idpf.org/2007/ops" '
        )
        + f'<body><nav epub:type="toc"><ol>{links}</ol></nav></body></html>',
    }
    for name, chapter in zip(names, chapters, strict=True):
        parts[f"OEBPS/{name}.xhtml"] = f"{page.format(name)}<body>{chapter}</body></html>"
    return pack(parts, stored=("mimetype",)), known


def make_odt(number: int) -> tuple[bytes, Contents]:
    """Headings, paragraphs and a table, with the package's manifest."""
    known = contents(number)
    tell(known, number)
    body = f'<text:h text:outline-level="1">{known.title}</text:h>'
    for heading, paragraphs in zip(known.headings, known.paragraphs, strict=True):
        body += f'<text:h text:outline-level="2">{escape(heading)}</text:h>'
        body += "".join(f"<text:p>{escape(text)}</text:p>" for text in paragraphs)
    cells = (
        "".join(
            '<table:table-cell office:value-type="string"><text:p>'
            f"{cell}</text:p></table:table-cell>"
            for cell in row
        )
        for row in (COLUMNS, *known.rows)
    )
    rows = "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
    body += (
        '<table:table table:name="Table"><table:table-column '
        f'table:number-columns-repeated="4"/>{rows}</table:table><text:p>{known.last}</text:p>'
    )
    space = "urn:oasis:names:tc:opendocument:xmlns"
    names = " ".join(
        f'xmlns:{prefix}="{space}:{prefix}:1.0"' for prefix in ("office", "text", "table", "style")
    )
    kind = "application/vnd.oasis.opendocument.text"
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{media}"/>'
        for path, media in (("/", kind), ("content.xml", "text/xml"), ("styles.xml", "text/xml"))
    )
    return pack(
        {
            "mimetype": kind,
            "content.xml": f'{XML}<office:document-content {names} office:version="1.2">'
            f"<office:body><office:text>{body}</office:text></office:body>"
            "</office:document-content>",
            "styles.xml": f'{XML}<office:document-styles {names} office:version="1.2">'
            "<office:styles/><office:automatic-styles/><office:master-styles/>"
            "</office:document-styles>",
            "META-INF/manifest.xml": f"{XML}<manifest:manifest "
            f'xmlns:manifest="{space}:manifest:1.0" manifest:version="1.2">{entries}'
            "</manifest:manifest>",
        },
        stored=("mimetype",),
    ), known
