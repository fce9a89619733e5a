"""Files that are small on disk and huge, deep or endless for a parser; each is built here.

``bombs()`` gives name → a function that builds the bytes: together they would fill memory. Their
suffix says which reader they are aimed at.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from email.message import EmailMessage

from benchmarks.format_samples import make_docx, make_epub, make_pptx, make_xlsx, pack
from benchmarks.ole_samples import make_doc, make_ppt

_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))
    + "]>"
)
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def bombs() -> Mapping[str, Callable[[], bytes]]:
    """All bombs by file name."""
    return {
        "stream-300-mb.pdf": lambda: _pdf(_repeat(b"(ha ha ha ha) Tj ", 300_000_000)),
        "stream-twice-packed-2-gb.pdf": lambda: _pdf(
            _repeat(b"(ha) Tj ", 2_000_000_000), twice=True
        ),
        "10000-pages.pdf": lambda: _many_pages(10_000),
        "page-tree-loop.pdf": _looping_pages,
        "document-1-gb.docx": lambda: _big_part(
            "word/document.xml",
            f'<w:document xmlns:w="{_W}"><w:body>',
            "<w:p><w:r><w:t>ha ha</w:t></w:r></w:p>",
            "</w:body></w:document>",
            1_000_000_000,
        ),
        "size-is-a-lie.docx": lambda: _with_false_size(
            make_docx("<w:p><w:r><w:t>ha</w:t></w:r></w:p>" * 2_000_000), 1000
        ),
        "60-mb-of-text.docx": lambda: make_docx(
            "<w:p><w:r><w:t>" + "ha " * 40 + "</w:t></w:r></w:p>" * 1
            + ("<w:p><w:r><w:t>" + "ha " * 300 + "</w:t></w:r></w:p>") * 60_000
        ),
        "laughs.docx": lambda: _laughing(make_docx(), "word/document.xml"),
        "deep.docx": lambda: make_docx("<w:sdt><w:sdtContent>" * 50_000),
        "sheet-500-mb.xlsx": lambda: _big_part(
            "xl/worksheets/sheet1.xml",
            '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            "<sheetData>",
            "<row><c><v>1</v></c></row>",
            "</sheetData></worksheet>",
            500_000_000,
            base=make_xlsx(),
        ),
        "far-cell.xlsx": lambda: make_xlsx(
            '<row r="1"><c r="A1"><v>1</v></c></row>'
            '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
        ),
        "laughs.xlsx": lambda: _laughing(make_xlsx(), "xl/worksheets/sheet1.xml"),
        "10000-slides.pptx": lambda: make_pptx((("Ha", "ha"),) * 10_000),
        "chapter-200-mb.epub": lambda: make_epub("<p>" + "ha " * 66_000_000),
        "nested.zip.docx": lambda: pack({"word/document.xml": pack({"x": b"0" * 10_000_000})}),
        "repeated-cells.odt": lambda: pack(
            {
                "mimetype": "application/vnd.oasis.opendocument.text",
                "content.xml": '<o:c xmlns:o="o" xmlns:t="t"><o:body><o:text><t:table>'
                + '<t:table-row><t:table-cell t:number-columns-repeated="99999999"><t:p>ha</t:p>'
                "</t:table-cell></t:table-row>" * 20_000
                + "</t:table></o:text></o:body></o:c>",
            }
        ),
        "deep.json": lambda: b"[" * 5_000_000,
        "deep-objects.json": lambda: b'{"a":' * 500_000 + b"1" + b"}" * 500_000,
        "long-number.json": lambda: b'{"a":' + b"9" * 5_000_000 + b"}",
        "deep.xml": lambda: b"<a>" * 2_000_000,
        "laughs.xml": lambda: (_LAUGHS + "<x>&m;</x>").encode(),
        "quadratic.xml": lambda: (
            f'<!DOCTYPE x [<!ENTITY a "{"ha" * 50_000}">]><x>{"&a;" * 50_000}</x>'.encode()
        ),
        "attributes.xml": lambda: (
            b"<a " + b" ".join(b'x%d="1"' % n for n in range(500_000)) + b"/>"
        ),
        "outside.xml": lambda: (
            b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
        ),
        "laughs.svg": lambda: (_LAUGHS + "<svg>&m;</svg>").encode(),
        "one-line-50-mb.html": lambda: b"<p>" + b"ha " * 17_000_000,
        "deep.html": lambda: b"<div>" * 1_000_000 + b"ha",
        "deep-inline.html": lambda: b"<b><i>" * 500_000 + b"ha",
        "list-of-500000.html": lambda: b"<ol>" + b"<li>ha" * 500_000,
        "noise-in-noise.html": lambda: b"<div class='sidebar'>" * 1900 + b"ha " * 1_000_000,
        "tables.html": lambda: b"<table><tr><td>" * 200_000,
        "attribute-20-mb.html": lambda: b"<p title='" + b"x" * 20_000_000 + b"'>ha",
        "one-line-60-mb.csv": lambda: b"ha," * 20_000_000,
        "open-quote-60-mb.csv": lambda: b'a,b\n"' + b"ha,\n" * 15_000_000,
        "quotes.csv": lambda: b'"' * 20_000_001,
        "wide-header.csv": lambda: b",".join(b"name%d" % n for n in range(3000))
        + b"\n" + (b"1," * 3000 + b"\n") * 3000,
        "one-line-90-mb.txt": lambda: b"ha" * 45_000_000,
        "hashes.md": lambda: (b"# " + b"#" * 900_000 + b"x\n"),
        "rules.md": lambda: b"a\n---\n" * 160_000,
        "braces.rtf": lambda: b"{\\rtf1 " + b"{\\b " * 2_000_000,
        "bin.rtf": lambda: b"{\\rtf1 " + b"\\bin999999999 " * 200_000,
        "words.rtf": lambda: b"{\\rtf1 " + b"\\b ha \\par " * 2_000_000 + b"}",
        "parts.eml": _nested_mail,
        "bomb-inside.eml": _mail_with_bomb,
        "headers.eml": lambda: b"".join(b"X-%d: ha\n" % n for n in range(500_000)) + b"\nha",
        "overlapping-pieces.doc": lambda: make_doc("ha" * 20_000, pieces=50_000),
        "circle.ppt": lambda: _in_a_circle(make_ppt("Ha", "ha")),
        "huge-output.ipynb": lambda: (
            b'{"cells":[{"cell_type":"code","source":"1","outputs":[{"text":"'
            + b"ha " * 15_000_000
            + b'"}]}]}'
        ),
    }  # fmt: skip


def _repeat(piece: bytes, size: int) -> Iterable[bytes]:
    block = piece * (1_000_000 // len(piece))
    for _ in range(size // len(block)):
        yield block


def _deflate(pieces: Iterable[bytes]) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join([*(packer.compress(piece) for piece in pieces), packer.flush()])


def _objects(*bodies: bytes) -> bytes:
    """A PDF of these objects, the first of which is its catalogue."""
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(bodies) + 1, start)
    return bytes(out)


def _pdf(content: Iterable[bytes], *, twice: bool = False) -> bytes:
    def pieces() -> Iterable[bytes]:
        yield b"BT /F 9 Tf 9 9 Td "
        yield from content
        yield b" ET"

    packed = _deflate(pieces())
    filters = b"/FlateDecode"
    if twice:
        packed, filters = _deflate([packed]), b"[/FlateDecode/FlateDecode]"
    stream = b"<</Length %d/Filter %s>>\nstream\n%s\nendstream" % (len(packed), filters, packed)
    return _objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>>>>>",
        stream,
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )


def _many_pages(count: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % number for number in range(3, count + 3))
    return _objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count),
        *[b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>"] * count,
    )


def _looping_pages() -> bytes:
    return _objects(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 4000>>"
    )


def _big_part(
    part: str, head: str, middle: str, tail: str, size: int, *, base: bytes | None = None
) -> bytes:
    """A package with one part that unpacks to ``size`` bytes, written piece by piece."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(base or make_docx())) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package,
    ):
        for name in source.namelist():
            if name != part:
                package.writestr(name, source.read(name))
        with package.open(part, "w", force_zip64=True) as stream:
            stream.write(head.encode())
            for piece in _repeat(middle.encode(), size):
                stream.write(piece)
            stream.write(tail.encode())
    return buffer.getvalue()


def _with_false_size(data: bytes, size: int) -> bytes:
    """The same package, whose list says that its largest part is small."""
    changed = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        largest = max(package.infolist(), key=lambda info: info.file_size)
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(largest.filename.encode()))
    struct.pack_into("<I", changed, at + 24, size)
    return bytes(changed)


def _laughing(data: bytes, part: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts: dict[str, str | bytes] = {n: package.read(n) for n in package.namelist()}
    parts[part] = _LAUGHS.encode() + bytes(parts[part])  # type: ignore[arg-type]
    return pack(parts)


def _nested_mail() -> bytes:
    head = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(20_000)
    )
    return b"Subject: ha\n" + head + b"Content-Type: text/plain\n\nha\n"


def _mail_with_bomb() -> bytes:
    mail = EmailMessage()
    mail["Subject"] = "Ha"
    mail.set_content("See the attached file.")
    bomb = make_docx("<w:p><w:r><w:t>ha</w:t></w:r></w:p>" * 5_000_000)
    mail.add_attachment(bomb, maintype="application", subtype="zip", filename="a.docx")
    return mail.as_bytes()


def _in_a_circle(data: bytes) -> bytes:
    """An OLE file whose first long stream is chained to itself."""
    changed = bytearray(data)
    for sector in range(3, 40):
        struct.pack_into("<I", changed, 512 + 4 * sector, 3)
    return bytes(changed)
