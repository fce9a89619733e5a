"""Office files, mail, books, data and code → text: what comes out, where, and what is refused."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from assistant.chunking import page_at, section_at
from assistant.errors import DocumentError
from assistant.reading import kind_of, read_document
from assistant.types import ParsedDocument
from benchmarks.format_samples import make_docx, make_epub, make_pptx, make_xlsx, pack, samples
from benchmarks.formats import main as measure_formats
from benchmarks.ole_samples import make_doc, make_msg, make_ppt, pack_ole


def refusal(data: bytes, name: str) -> DocumentError:
    """How reading fails."""
    with pytest.raises(DocumentError) as caught:
        read_document(data, name)
    return caught.value


def lines(document: ParsedDocument) -> list[str]:
    """The lines that are not empty."""
    return [line for line in document.text.splitlines() if line]


# ---------------------------------------------------------------- all formats


@pytest.mark.parametrize("name", samples())
def test_every_format_gives_its_words_and_exact_places(name: str) -> None:
    data, words = samples()[name]
    document = read_document(data, name)
    assert not [each for each in words if each not in document.text]
    assert document.title
    for heading in document.headings:
        assert heading.title in document.text[heading.start : heading.start + 200]
    for page in document.pages:
        assert 0 <= page.start <= page.end <= len(document.text)


@pytest.mark.parametrize("name", [name for name in samples() if name.startswith("a.")])
def test_bytes_decide_where_they_can(name: str) -> None:
    data, _ = samples()[name]
    if data[:2] in (b"PK", b"\xd0\xcf", b"%P", b"{\\"):
        assert kind_of(data, "renamed.bin") == kind_of(data, name) != ""
        assert read_document(data, "renamed.txt").text == read_document(data, name).text


def test_benchmark_of_real_files_holds(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert measure_formats([str(shared / "bench" / "formats")]) == 0, capsys.readouterr().out


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("data", "name", "outcome", "word"),
    [
        (pack({"a.txt": "hello"}), "a.zip", "unsupported", "archive"),
        (b"\x1f\x8b\x08" + b"x" * 40, "a.gz", "unsupported", "archive"),
        (b"Rar!\x1a\x07" + b"x" * 40, "a.txt", "unsupported", "archive"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 40, "scan.png", "needs_ocr", "picture"),
        (b"\xff\xd8\xff\xe0" + b"x" * 40, "scan.pdf", "needs_ocr", "picture"),
        (b"RIFF1234WAVEfmt ", "a.wav", "unsupported", "sound"),
        (b"\x00\x00\x00\x18ftypmp42", "a.mp4", "unsupported", "sound or video"),
        (b"\x00\x00\x00\x18ftypheic", "a.heic", "needs_ocr", "picture"),
        (b"SQLite format 3\x00" + b"x" * 40, "a.db", "unsupported", "database"),
        (b"\x7fELF" + b"x" * 40, "a", "unsupported", "program"),
        (b"plain words", "a.docx", "unsupported", "no such file"),
        (pack({"Index/Document.iwa": "x"}), "a.pages", "unsupported", "iWork"),
        (pack_ole({"EncryptedPackage": b"x"}), "a.docx", "password", "password"),
        (pack_ole({"Something": b"x"}), "a.doc", "unsupported", "unknown program"),
        (make_doc("x\r", is_encrypted=True), "a.doc", "password", "password"),
        (b"PK\x03\x04" + b"\x00" * 500, "a.docx", "failed", "damaged"),
        (make_docx("<w:p/>"), "a.docx", "empty", "no text"),
        (make_docx("<w:p/>", **{"word/media/a.png": "x"}), "a.docx", "needs_ocr", "pictures"),
        (make_pptx((("", ""),)), "a.pptx", "", ""),  # its notes are text
        (make_xlsx("<row><c/></row>"), "a.xlsx", "empty", "empty sheets"),
        (bytes(range(1, 256)) * 40, "a.txt", "unsupported", "binary"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(
    data: bytes, name: str, outcome: str, word: str
) -> None:
    if not outcome:
        assert read_document(data, name).text
        return
    error = refusal(data, name)
    assert (error.outcome, word in error.what) == (outcome, True), error
    if outcome == "needs_ocr":
        assert "ocrmypdf" in error.hint


def test_copy_protected_book_is_refused_but_an_obfuscated_font_is_not() -> None:
    def book(uri: str) -> bytes:
        rights = f'<e><CipherReference URI="{uri}"/></e>'
        parts = {"META-INF/encryption.xml": rights, "META-INF/container.xml": "<c/>"}
        return pack({**parts, "c.xhtml": "<p>words</p>", "b.opf": "<p/>"})

    assert refusal(book("c.xhtml"), "a.epub").outcome == "password"
    assert "words" in read_document(book("fonts/a.otf"), "a.epub").text


@pytest.mark.parametrize(
    "head",
    [
        'Content-Type: multipart/encrypted; protocol="x"; boundary="b"\n\n--b\n\nx\n--b--',
        "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nMIAG",
        "\n-----BEGIN PGP MESSAGE-----\n\nhQEMA",
    ],
)
def test_encrypted_mail_is_refused(head: str) -> None:
    assert refusal(f"Subject: Secret\n{head}".encode(), "a.eml").outcome == "password"


def test_encrypted_outlook_mail_is_refused() -> None:
    data = make_msg("Secret", "x", **{"001a": "IPM.Note.SMIME"})
    assert refusal(data, "a.msg").outcome == "password"
    data = make_msg("Secret", "x", **{"007d": "From: a\nContent-Type: multipart/encrypted; a=b\n"})
    assert refusal(data, "a.msg").outcome == "password"


# ---------------------------------------------------------------- Word


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_deleted_text_stays_out_and_a_paragraphs_note_follows_it() -> None:
    document = read_document(*_named("a.docx"))
    assert "sits" not in document.text
    at = document.text.index("by the river.")
    assert document.text[at:].startswith("by the river.\n\n(Footnote 1: Noted below.)")


def test_clauses_carry_the_numbers_that_word_prints() -> None:
    def level(number: int, kind: str, text: str) -> str:
        return (
            f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
            f'<w:lvlText w:val="{text}"/></w:lvl>'
        )

    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    numbering = (
        f'<w:numbering {names}><w:abstractNum w:abstractNumId="0">'
        + level(0, "decimal", "%1.")
        + level(1, "lowerLetter", "%1.%2)")
        + level(2, "upperRoman", "(%3)")
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    body = "".join(
        paragraph(text, f'<w:numPr><w:ilvl w:val="{at}"/><w:numId w:val="1"/></w:numPr>')
        for at, text in ((0, "Rent"), (1, "Due"), (1, "Late"), (2, "Fee"), (0, "End"), (1, "How"))
    )
    document = read_document(make_docx(body, **{"word/numbering.xml": numbering}), "a.docx")
    assert lines(document) == [
        "1. Rent", "  1.a) Due", "  1.b) Late", "    (I) Fee", "2. End", "  2.a) How",
    ]  # fmt: skip


def test_text_boxes_are_read_once_and_content_controls_too() -> None:
    box = "<w:txbxContent>" + paragraph("In the box.") + "</w:txbxContent>"
    body = (
        "<w:sdt><w:sdtContent>" + paragraph("In the control.") + "</w:sdtContent></w:sdt>"
        '<w:p><w:r><w:t>Beside it.</w:t></w:r><w:r><mc:AlternateContent xmlns:mc="m"><mc:Choice>'
        f"{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    document = read_document(make_docx(body), "a.docx")
    assert lines(document) == ["In the control.", "Beside it.", "In the box."]


def test_merged_cells_stand_in_every_row_they_span() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"

    rows = [
        cell("Region") + cell("City") + cell("People"),
        cell("North", '<w:vMerge w:val="restart"/>') + cell("Aal") + cell("10"),
        cell("", "<w:vMerge/>") + cell("Bor") + cell("20"),
    ]
    body = "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"
    assert "\n| North | Bor | 20 |" in read_document(make_docx(body), "a.docx").text


def test_bold_lines_are_headings_where_no_style_is() -> None:
    bold = "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>Costs</w:t></w:r></w:p>"
    document = read_document(make_docx(bold + paragraph("They are high.")), "a.docx")
    assert [heading.title for heading in document.headings] == ["Costs"]
    assert section_at(document.headings, document.text.index("They")) == "Costs"


def test_charts_give_their_numbers() -> None:
    chart = (
        "<c><ser><tx><pt idx='0'><v>Sales</v></pt></tx><cat><pt idx='0'><v>Q1</v></pt></cat>"
        "<val><pt idx='0'><v>5</v></pt></val></ser></c>"
    )
    relations = (
        '<Relationships><Relationship Id="r1" Type="x/chart" Target="charts/c1.xml"/>'
        "</Relationships>"
    )
    body = (
        '<w:p><w:r><w:drawing><a:graphicData xmlns:a="a"><c:chart xmlns:c="c" xmlns:r="r" '
        'r:id="r1"/></a:graphicData></w:drawing></w:r></w:p>'
    )
    data = make_docx(
        body, **{"word/charts/c1.xml": chart, "word/_rels/document.xml.rels": relations}
    )
    assert "Q1 | Sales: 5" in read_document(data, "a.docx").text


# ---------------------------------------------------------------- slides


def test_a_slide_is_a_page_with_its_title_as_section() -> None:
    data = make_pptx((("First", "One word."), ("", "Untitled word."), ("Third", "Last word.")))
    document = read_document(data, "a.pptx")
    for number, words in enumerate(("One word.", "Untitled word.", "Last word."), start=1):
        assert page_at(document.pages, document.text.index(words)) == number
    sections = [section_at(document.headings, document.text.index(w)) for w in ("One", "Untitled")]
    assert sections == ["First", "Slide 2"]


def test_old_slides_give_what_is_shown_and_not_what_was_deleted() -> None:
    document = read_document(make_ppt("Heron", "By the river."), "a.ppt")
    assert lines(document) == ["## Heron", "By the river."]
    assert len(document.pages) == 1


# ---------------------------------------------------------------- sheets and tables


def _named(name: str) -> tuple[bytes, str]:
    return samples()[name][0], name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Name,Age\nAda,36\nBen,7\n", [
            "| Name | Age |", "|---|---|", "| Ada | 36 |", "| Ben | 7 |"]),
        ("a;b\n1;2\n", ["| a | b |", "|---|---|", "| 1 | 2 |"]),
        ("Sales 2024,,\nCity,Q1,Q2\nBonn,1,2\n", [
            "Sales 2024", "| City | Q1 | Q2 |", "|---|---|---|", "| Bonn | 1 | 2 |"]),
        ("1,2\n3,4\n", ["| 1 | 2 |", "| 3 | 4 |"]),
        ('Name,Note\nAda,"two\nlines, and ""quotes"""\n', [
            "| Name | Note |", "|---|---|", '| Ada | two lines, and "quotes" |']),
        ("Item\napple\npear\n", ["Item", "apple", "pear"]),
        ("City,2023,2024\nBonn,1,2\n", [
            "| City | 2023 | 2024 |", "|---|---|---|", "| Bonn | 1 | 2 |"]),
    ],
)  # fmt: skip
def test_rows_of_separated_values_stand_under_their_names(text: str, expected: list[str]) -> None:
    assert lines(read_document(text.encode(), "a.csv")) == expected


def test_a_sheet_is_a_section() -> None:
    document = read_document(*_named("a.xlsx"))
    assert section_at(document.headings, document.text.index("Heron")) == "Sheet: Birds"
    assert "| Heron | 12 |" in document.text  # not 12.0


# ---------------------------------------------------------------- mail and books


def test_mail_is_listed_with_what_hangs_on_it() -> None:
    document = read_document(*_named("a.eml"))
    assert document.text.startswith("Subject: Heron\nFrom: a@example.org")
    assert "Attachment: notes.txt (text/plain, 17 bytes)" in document.text
    assert (document.date, document.title) == ("2024-01-01", "Heron")


def test_html_part_adds_only_what_the_plain_part_lacks() -> None:
    mail = (
        "Subject: x\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nWe meet at noon.\n"
        "--b\nContent-Type: text/html\n\n<p>We meet at noon.</p><p>Bring sandwiches and coffee.</p>"
        "\n--b--\n"
    )
    document = read_document(mail.encode(), "a.eml")
    assert document.text.count("We meet at noon.") == 1
    assert "Bring sandwiches and coffee." in document.text


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?iso-8859-1?b?R3L832U=?= an alle", "Grüße an alle"),
        ("=?nonsense?q?Gr=FC=DFe?=", "Grüße"),
    ],
)
def test_subjects_are_decoded(subject: str, expected: str) -> None:
    data = f"Subject: {subject}\n\nHello.\n".encode()
    assert read_document(data, "a.eml").title == expected


def test_outlook_mail_gives_head_text_and_attachment() -> None:
    document = read_document(make_msg("Plan", "See you."), "a.msg")
    assert document.text.startswith("Subject: Plan\nFrom: Ada\nTo: Ben\nDate: 2024-01-01")
    assert "Attachment: notes.txt" in document.text
    assert "A stork flew by." in document.text


def test_chapters_keep_what_looks_like_navigation_on_a_page() -> None:
    chapter = "<h2>One</h2><div class='footer'>Words of the book.</div>"
    assert "Words of the book." in read_document(make_epub(chapter), "a.epub").text


# ---------------------------------------------------------------- data, code, notebooks


def test_json_keeps_every_key_and_value_with_its_path() -> None:
    data = {"title": "Birds", "owner": {"town": {"name": "Bonn"}}, "list": [{"a": 1}, {"a": None}]}
    document = read_document(json.dumps(data).encode(), "a.json")
    for words in ("owner.town.name: Bonn", "list.a: 1", "list.a: null"):
        assert words in document.text
    assert document.title == "Birds"


def test_json_with_a_key_twice_or_a_slip_loses_nothing() -> None:
    assert "a: 1 | a: 2" in read_document(b'{"a": 1, "a": 2}', "a.json").text
    assert '"b": [1,' in read_document(b'{"a": "x", "b": [1,', "a.json").text


def test_xml_prose_and_records() -> None:
    text = (
        "<doc><title>Birds</title><p>A <b>grey</b> heron.</p>"
        "<list><bird><name>Stork</name><legs>2</legs></bird></list></doc>"
    )
    document = read_document(text.encode(), "a.xml")
    assert lines(document) == ["# Birds", "A grey heron.", "name: Stork | legs: 2"]
    assert "<b>open" in read_document(b"<a><b>open", "a.xml").text


def test_functions_and_headings_are_sections() -> None:
    code = read_document(b"class A:\n    def go(self):\n        return 1\n", "a.py")
    assert [(each.level, each.title) for each in code.headings] == [(1, "A"), (2, "go")]
    rest = read_document(b"Top\n===\n\nSub\n---\n\ntext\n\nOther\n=====\n", "a.rst")
    assert [(each.level, each.title) for each in rest.headings] == [
        (1, "Top"), (2, "Sub"), (1, "Other"),
    ]  # fmt: skip


def test_notebook_shows_code_and_results_without_pictures() -> None:
    outputs = [
        {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo" * 50}},
        {"output_type": "stream", "text": ["\x1b[31mloss 0.5\x1b[0m\n"]},
    ]
    cells = [{"cell_type": "code", "source": ["fit()\n"], "outputs": outputs}]
    document = read_document(json.dumps({"cells": cells}).encode(), "a.ipynb")
    assert "```\nfit()\n```" in document.text
    assert "loss 0.5" in document.text
    assert "iVBOR" not in document.text


def test_pictures_packed_into_markdown_are_left_out() -> None:
    text = f"before ![x](data:image/png;base64,{'iVBO' * 100}) after"
    assert read_document(text.encode(), "a.md").text == "before ![x]() after"


# ---------------------------------------------------------------- pages


def test_deep_page_is_not_silently_empty() -> None:
    deep = b"<div>" * 400 + b"<p>The words.</p>" + b"</div>" * 400
    assert "The words." in read_document(deep, "a.html").text


def test_what_was_filled_into_a_pdf_form_is_read(shared: Path) -> None:
    from pypdf import PdfReader, PdfWriter

    source = shared / "bench" / "formats" / "files" / "pgpt__pdf_with_forms.pdf"
    writer = PdfWriter()
    writer.append(PdfReader(source))
    field = next(n for n, f in writer.get_fields().items() if f.get("/FT") == "/Tx")
    writer.update_page_form_field_values(writer.pages[0], {field: "Zebra 77"})
    buffer = io.BytesIO()
    writer.write(buffer)
    assert "Zebra 77" in read_document(buffer.getvalue(), "a.pdf").text


def test_page_without_text_in_a_pdf_with_text_is_noted() -> None:
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_font("Helvetica", size=12)
    pdf.add_page()
    pdf.multi_cell(0, 8, "Words on the first page.")
    pdf.add_page()
    pdf.rect(10, 10, 50, 50)
    document = read_document(bytes(pdf.output()), "a.pdf")
    assert document.notes == ("1 of 2 pages hold pictures and no text; OCR would read them: 2",)
