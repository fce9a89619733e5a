"""What is struck, hidden or beside the text: one rule for each kind, the same in every format.

``docs/formats.md`` lists the rules. Each is a small file that says "shown" and, in its format's
way, "secret"; the table there and these cases must name the same formats.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from assistant.reading import read_document
from assistant.types import ParsedDocument
from benchmarks.format_samples import make_docx, make_epub, make_odf, make_ods
from tests.support_formats import (
    CELL,
    docx_run,
    docx_table,
    mail_of,
    make_slides,
    make_workbook,
    odt_style,
    slide_shape,
)

Case = tuple[bytes, str]
"""A file's bytes and its name."""


def html(body: str) -> bytes:
    return f"<html><body><p>shown</p>{body}</body></html>".encode()


def book(body: str) -> bytes:
    return make_epub(f"<p>shown</p>{body}")


def notebook(source: str) -> bytes:
    return json.dumps({"cells": [{"cell_type": "markdown", "source": source}]}).encode()


def odt(body: str, styles: str = "") -> bytes:
    return make_odf("text", f"<text:p>shown</text:p>{body}", styles)


def tex(body: str) -> bytes:
    return f"\\begin{{document}}\nshown {body}\n\\end{{document}}\n".encode()


STRUCK_ODT = odt_style("S", 'style:text-line-through-style="solid"')
HIDDEN_ODT = odt_style("H", 'text:display="none"')
SPAN_S = '<text:p>shown <text:span text:style-name="S">secret</text:span></text:p>'
SPAN_H = SPAN_S.replace('"S"', '"H"')
ROW = "<table:table-row>{}</table:table-row>"
HIDDEN_ROW = ROW.replace("table-row>", 'table-row table:visibility="collapse">', 1)
TABLE = ROW.format(CELL.format("Name") + CELL.format("Fee")) + ROW.format(
    CELL.format("shown") + CELL.format("5")
)
WORD_TABLE = docx_table([["Name", "Fee"], ["shown", "5"], ["secret", "6"]])
REMARK_ODT = (
    "<office:annotation><dc:creator>Ann</dc:creator><text:p>secret words</text:p>"
    "</office:annotation>"
)
NOTE_ODT = (
    '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>'
    "<text:note-body><text:p>secret words</text:p></text:note-body></text:note>"
)
WORD_NOTE = '<w:r><w:footnoteReference w:id="2"/></w:r>'
WORD_NOTES = (
    '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:footnote w:id="2"><w:p><w:r><w:t>secret words</w:t></w:r></w:p></w:footnote></w:footnotes>'
)
WORD_COMMENTS = WORD_NOTES.replace("footnotes", "comments").replace(
    '<w:footnote w:id="2">', '<w:comment w:id="2" w:author="Ann">'
).replace("</w:footnote>", "</w:comment>")  # fmt: skip

CASES: dict[str, list[Case]] = {
    "struck text": [
        (b"shown ~~secret~~ text\n", "a.md"),
        (b"shown <del>secret</del> text\n", "b.md"),
        (notebook("shown ~~secret~~"), "a.ipynb"),
        (html("<p>x <s>secret</s></p>"), "a.html"),
        (html("<p>x <span style='text-decoration: line-through'>secret</span></p>"), "b.html"),
        (book("<p>x <del>secret</del></p>"), "a.epub"),
        (mail_of("<p>shown <strike>secret</strike></p>"), "a.eml"),
        (make_docx(docx_run("shown ") + docx_run("secret", "<w:strike/>")), "a.docx"),
        (make_docx(docx_run("shown ") + docx_run("secret", "<w:dstrike/>")), "b.docx"),
        (odt(SPAN_S, STRUCK_ODT), "a.odt"),
        (make_slides([slide_shape("shown", "") + slide_shape("secret", 'strike="sngStrike"')]),
         "a.pptx"),
        (make_odf("presentation", f"<draw:page><draw:frame><draw:text-box>{SPAN_S}"
                  "</draw:text-box></draw:frame></draw:page>", STRUCK_ODT), "a.odp"),
        (make_workbook([["Name", "Fee"], ["shown", "5"], ["secret", ""]],
                       struck=("A3",)), "a.xlsx"),
        (make_ods(TABLE + ROW.format(CELL.format("")
                                     .replace("<text:p>", '<text:p text:style-name="S">secret')),
                  STRUCK_ODT), "a.ods"),
        (rb"{\rtf1 shown {\strike secret}\par}", "a.rtf"),
        (b"shown :strike:`secret` text\n", "a.rst"),
        (b"shown +secret+ text\n", "a.org"),
        (b"shown [.line-through]#secret# text\n", "a.adoc"),
        (tex(r"\sout{secret}"), "a.tex"),
    ],
    "tracked deletions": [
        (make_docx("<w:p><w:r><w:t>shown</w:t></w:r><w:del><w:r><w:delText>secret</w:delText></w:r>"
                   "</w:del></w:p>"), "a.docx"),
        (odt("<text:tracked-changes><text:changed-region><text:deletion><text:p>secret</text:p>"
             "</text:deletion></text:changed-region></text:tracked-changes>"), "a.odt"),
        (rb"{\rtf1 shown {\deleted secret}\par}", "a.rtf"),
    ],
    "tracked insertions": [
        (make_docx("<w:p><w:r><w:t>shown </w:t></w:r><w:ins><w:r><w:t>secret words</w:t></w:r>"
                   "</w:ins></w:p>"), "a.docx"),
        (odt('<text:p><text:change-start text:change-id="c"/>secret words<text:change-end '
             'text:change-id="c"/></text:p>'), "a.odt"),
    ],
    "hidden text": [
        (b"shown\n\n<div style='display: none'>secret</div>\n", "a.md"),
        (b"shown <span hidden>secret</span>\n", "b.md"),
        (html("<p hidden>secret</p>"), "a.html"),
        (html("<div style='visibility: hidden'>secret</div>"), "b.html"),
        (html("<style>.x, .y {display:none}</style><p class='x'>secret</p>"), "c.html"),
        (html("<span aria-hidden='true'>secret</span>"), "d.html"),
        (book("<p style='display:none'>secret</p>"), "a.epub"),
        (mail_of("<div style='display:none'>secret</div><p>shown</p>"), "a.eml"),
        (make_docx(docx_run("shown ") + docx_run("secret", "<w:vanish/>")), "a.docx"),
        (odt(SPAN_H, HIDDEN_ODT), "a.odt"),
        (odt('<text:section text:display="none"><text:p>secret</text:p></text:section>'), "b.odt"),
        (odt("<text:p>x <text:hidden-text>secret</text:hidden-text></text:p>"), "c.odt"),
        (make_slides([slide_shape("shown") + slide_shape("secret", is_hidden=True)]), "a.pptx"),
        (rb"{\rtf1 shown {\v secret}\par}", "a.rtf"),
    ],
    "hidden rows": [
        (html("<table><tr><th>Name</th><th>Fee</th></tr><tr><td>a</td><td>5</td></tr>"
              "<tr hidden><td>secret</td><td>6</td></tr></table>"), "a.html"),
        (make_docx(WORD_TABLE.replace("<w:tr>", "<w:tr><w:trPr><w:hidden/></w:trPr>", 3)
                   .replace("<w:tr><w:trPr><w:hidden/></w:trPr>", "<w:tr>", 2)), "a.docx"),
        (make_workbook([["Name", "Fee"], ["shown", "5"], ["secret", "6"]], hidden_rows=(3,)),
         "a.xlsx"),
        (make_ods(TABLE + HIDDEN_ROW.format(CELL.format("secret"))), "a.ods"),
    ],
    "hidden columns": [
        (make_workbook([["Name", "Fee", "secret"], ["shown", "5", "secret"]], hidden_columns=(3,)),
         "a.xlsx"),
        (make_ods("<table:table-column/><table:table-column table:visibility='collapse'/>"
                  + ROW.format(CELL.format("shown") + CELL.format("secret"))), "a.ods"),
    ],
    "hidden sheets": [
        (make_workbook([["shown", "5"]], hidden_sheet=[["secret", "6"]]), "a.xlsx"),
        (make_odf("spreadsheet", f"<table:table table:name='A'>{TABLE}</table:table>"
                  "<table:table table:name='B' table:style-name='T'>"
                  f"{ROW.format(CELL.format('secret'))}</table:table>",
                  '<style:style style:name="T" style:family="table"><style:table-properties '
                  'table:display="false"/></style:style>'), "a.ods"),
    ],
    "hidden slides": [
        (make_slides([slide_shape("shown"), slide_shape("secret")], hidden=(2,)), "a.pptx"),
        (make_odf("presentation", "<draw:page><draw:frame><draw:text-box><text:p>shown</text:p>"
                  "</draw:text-box></draw:frame></draw:page><draw:page draw:style-name='P'>"
                  "<draw:frame><draw:text-box><text:p>secret</text:p></draw:text-box></draw:frame>"
                  "</draw:page>",
                  '<style:style style:name="P" style:family="drawing-page">'
                  '<style:drawing-page-properties presentation:visibility="hidden"/>'
                  "</style:style>"),
         "a.odp"),
    ],
    "comments in the markup": [
        (b"shown\n\n<!-- secret words of the author -->\n", "a.md"),
        (b"shown\n\n[//]: # (secret words)\n", "b.md"),
        (notebook("shown <!-- secret words of the author -->"), "a.ipynb"),
        (html("<!-- secret words of the author -->"), "a.html"),
        (b"shown\n\n.. secret words\n\nmore\n", "a.rst"),
        (b"shown\n# secret words\nmore\n", "a.org"),
        (b"shown\n// secret words\nmore\n", "a.adoc"),
        (tex("% secret words"), "a.tex"),
    ],
    "templates and scripts": [
        (b"shown <template>secret</template> <script>secret</script>\n", "a.md"),
        (html("<template>secret</template><script>secret</script>"), "a.html"),
        (book("<script>secret</script>"), "a.epub"),
        (mail_of("<style>secret</style><p>shown</p>"), "a.eml"),
    ],
    "footnotes": [
        (b"shown[^1] here.\n\nMore.\n\n[^1]: secret words\n", "a.md"),
        (notebook("shown[^1] here.\n\nMore.\n\n[^1]: secret words\n"), "a.ipynb"),
        (html("<p>Text<sup><a href='#fn1'>1</a></sup>.</p><p>More.</p>"
              "<ol><li id='fn1'>secret words <a href='#r1'>↩</a></li></ol>"), "a.html"),
        (book("<p>Text<a role='doc-noteref' href='#n'>1</a>.</p><p>More.</p>"
              "<aside id='n'>secret words</aside>"), "a.epub"),
        (make_docx(f"<w:p><w:r><w:t>shown</w:t></w:r>{WORD_NOTE}</w:p>",
                   **{"word/footnotes.xml": WORD_NOTES}), "a.docx"),
        (odt(f"<text:p>Text{NOTE_ODT}.</text:p>"), "a.odt"),
        (rb"{\rtf1 shown{\footnote secret words} more\par}", "a.rtf"),
        (b"shown [1]_ here.\n\nMore.\n\n.. [1] secret words\n", "a.rst"),
        (b"shown[fn:1] here.\n\nMore.\n\n[fn:1] secret words\n", "a.org"),
        (b"shown footnote:[secret words] here.\n", "a.adoc"),
        (tex(r"here\footnote{secret words} and more."), "a.tex"),
    ],
    "remarks": [
        (make_docx("<w:p><w:r><w:t>shown</w:t></w:r><w:r><w:commentReference w:id='2'/></w:r>"
                   "</w:p>",
                   **{"word/comments.xml": WORD_COMMENTS}), "a.docx"),
        (odt(f"<text:p>Text{REMARK_ODT}</text:p>"), "a.odt"),
        (make_slides([slide_shape("shown")], comment="secret words"), "a.pptx"),
        (make_workbook([["Name", "Fee"], ["shown", "5"]], comment=("A2", "secret words")),
         "a.xlsx"),
        (make_ods(TABLE.replace("<text:p>shown", f"{REMARK_ODT}<text:p>shown")), "a.ods"),
        (rb"{\rtf1 shown{\*\annotation secret words} more\par}", "a.rtf"),
    ],
    "speaker notes": [
        (make_slides([slide_shape("shown")], notes="secret words"), "a.pptx"),
        (make_odf("presentation", "<draw:page><draw:frame><draw:text-box><text:p>shown</text:p>"
                  "</draw:text-box></draw:frame><presentation:notes><draw:frame><draw:text-box>"
                  "<text:p>secret words</text:p></draw:text-box></draw:frame></presentation:notes>"
                  "</draw:page>"), "a.odp"),
    ],
    "alternative texts": [
        (b"shown\n\n![secret words](x.png)\n", "a.md"),
        (b"shown <img src='x.png' alt='secret words'>\n", "b.md"),
        (html("<img src='x.png' alt='secret words'>"), "a.html"),
        (book("<img src='x.png' alt='secret words'/>"), "a.epub"),
        (make_docx("<w:p><w:r><w:t>shown</w:t></w:r><w:r><w:drawing><wp:docPr xmlns:wp='p' "
                   "descr='secret words'/></w:drawing></w:r></w:p>"), "a.docx"),
        (odt("<text:p>Text<draw:frame><draw:image/><svg:desc>secret words</svg:desc></draw:frame>"
             "</text:p>"), "a.odt"),
        (make_slides([slide_shape("shown", description="secret words")]), "a.pptx"),
    ],
    "page headers": [
        (make_docx("<w:p><w:r><w:t>shown</w:t></w:r></w:p>",
                   **{"word/header1.xml": '<w:hdr xmlns:w="http://schemas.openxmlformats.org/'
                      'wordprocessingml/2006/main"><w:p><w:r><w:t>secret words</w:t></w:r></w:p>'
                      "</w:hdr>"}), "a.docx"),
    ],
}  # fmt: skip

LABELS = {
    "footnotes": r"\(Footnote (?:1|note): secret words\)",
    "remarks": r"Comment(?: by Ann)?(?: on [^:]*(?::[^:]*)?)?: secret words",
    "speaker notes": r"Notes: secret words",
    "alternative texts": r"\(Picture: secret words\)",
    "page headers": r"secret words",
    "tracked insertions": r"secret words",
}
COUNTS = {
    "struck text": "struck text in 1 place",
    "tracked deletions": "1 tracked deletion",
    "hidden text": "hidden text in 1 place",
    "hidden rows": "1 hidden row",
    "hidden columns": "1 hidden column",
    "hidden sheets": "1 hidden sheet (",
    "hidden slides": "1 hidden slide (2)",
    "comments in the markup": "1 comment in the markup",
}


def rules(repository: Path) -> dict[str, tuple[str, set[str]]]:
    """Kind → (rule, formats), as the page tells them."""
    text = (repository / "docs" / "formats.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z ]+) \| (left out|kept) \| [^|]+ \| ([a-z, ]+) \|$", text, re.M)
    return {kind: (rule, set(formats.split(", "))) for kind, rule, formats in rows}


def test_the_page_and_the_cases_name_the_same_kinds_and_formats(repository: Path) -> None:
    told = rules(repository)
    assert set(told) == set(CASES)
    for kind, cases in CASES.items():
        assert {name.rpartition(".")[2] for _, name in cases} == told[kind][1], kind


@pytest.mark.parametrize(
    ("kind", "data", "name"),
    [(kind, data, name) for kind, cases in CASES.items() for data, name in cases],
    ids=[f"{kind}-{name}" for kind, cases in CASES.items() for _, name in cases],
)
def test_each_format_keeps_the_rule_of_the_page(
    kind: str, data: bytes, name: str, repository: Path
) -> None:
    rule, _ = rules(repository)[kind]
    document = read_document(data, name)
    assert "shown" in document.text
    if rule == "left out":
        assert "secret" not in document.text, document.text
        assert notes_of(document).startswith(f"left out: {COUNTS[kind]}" if kind in COUNTS else "")
        assert bool(notes_of(document)) == (kind in COUNTS)
    else:
        assert re.search(LABELS[kind], document.text), document.text
        assert document.text.count("secret") == 1
        assert not notes_of(document)


def notes_of(document: ParsedDocument) -> str:
    return "; ".join(document.notes)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Use `~~x~~` and `<!-- y -->`.\n", "Use `~~x~~` and `<!-- y -->`.\n"),
        ("```\n<del>a</del> ~~b~~ [^1]\n```\n", "```\n<del>a</del> ~~b~~ [^1]\n```\n"),
        ("~~~\n<!-- code -->\n~~~\n", "~~~\n<!-- code -->\n~~~\n"),
        ("a <!-- never closed\n", "a <!-- never closed\n"),
        ("from ~~ to ~~ there\n", "from ~~ to ~~ there\n"),
        ("a < b & c > d, x<y\n", "a < b & c > d, x<y\n"),
        ("The fee is ~~5~~ 8 crowns.\n", "The fee is 8 crowns.\n"),
        ("- ~~gone~~\n- here\n", "- here\n"),
        ("one\n<!-- a b c d e -->\ntwo\n", "one\ntwo\n"),
        ("for <b>7.35</b>&nbsp;crowns and 5&nbsp;m<sup>2</sup>\n", "for 7.35 crowns and 5 m²\n"),
        ("R&amp;D uses H<sub>2</sub>O<br>twice\n", "R&D uses H2O twice\n"),
        ("see[^1]\n", "see[^1]\n"),
    ],
)
def test_markdown_changes_only_what_is_not_read_as_it_is_written(text: str, shown: str) -> None:
    assert read_document(text.encode(), "a.md").text == shown


def test_a_page_with_a_script_may_show_again_what_its_stylesheet_hides() -> None:
    page = "<style>.x{display:none}</style><script></script><p class='x'>shown later</p>"
    assert "shown later" in read_document(page.encode(), "a.html").text
    page = "<style>.x{display:none} .y{display:block}</style><p class='x'>a</p><p class='y'>b</p>"
    assert read_document(page.encode(), "a.html").text == "b\n"


def test_a_struck_row_leaves_no_gap_in_its_table() -> None:
    rows = [["Name", "Fee"], ["Ada", "5"], ["Ben", "6"], ["Cid", "7"]]
    document = read_document(make_workbook(rows, struck=("A3", "B3")), "a.xlsx")
    assert "| Ada | 5 |\n| Cid | 7 |" in document.text


def test_struck_words_of_a_cell_go_and_the_others_stay() -> None:
    rows = [["Item", "Fee"], ["Rope", "{5 crowns} 8 crowns"]]
    document = read_document(make_workbook(rows), "a.xlsx")
    assert "| Rope | 8 crowns |" in document.text
    assert document.notes == ("left out: struck text in 1 place",)


def test_a_workbook_with_nothing_but_hidden_sheets_says_so() -> None:
    with pytest.raises(Exception, match="only empty or hidden sheets"):
        read_document(make_workbook([], hidden_sheet=[["secret", "1"]]), "a.xlsx")
