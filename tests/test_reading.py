"""Files → text: encodings, saved web pages, PDFs as they come, and clear refusals."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from assistant.errors import DocumentError
from assistant.reading import SUPPORTED_SUFFIXES, kind_of, read_document
from assistant.reading.encoding import decode
from assistant.reading.furniture import without_furniture
from assistant.reading.markdown import read_markdown
from assistant.reading.pdf import join_lines, join_pages
from assistant.reading.pdf_source import printed_lines
from assistant.reading.plain import find_headings
from assistant.text.sentences import sentences
from benchmarks.reader_pages import make_pdf as make_survey


def outcome(data: bytes, name: str) -> str:
    """How reading fails; an empty text when it does not."""
    try:
        read_document(data, name)
    except DocumentError as exc:
        return exc.outcome if name in str(exc) else f"{exc} does not name the file"
    return ""


# ---------------------------------------------------------------- encodings


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Zoë paid 5 € – “really”.", "utf-8"),
        ("Zoë paid 5 € – “really”.", "utf-8-sig"),
        ("Zoë paid 5 € – “really”. 机器", "utf-16"),
        ("Zoë paid 5 € and said so in a longer text.", "utf-16-le"),
        ("Zoë paid 5 € and said so in a longer text.", "utf-16-be"),
        ("Zoë paid 5 € – 机器学习", "utf-32"),
        ("Die Straße führt über die Brücke nach Köln; schön wär’s.", "cp1252"),
        ("El niño comió paella con ñoquis. La señora pagó 5 €.", "cp1252"),
        ("Résumé naïve café. Le théâtre était très plein.", "latin-1"),
        ("Ação, coração: não há português sem til, disse João.", "latin-1"),
        ("It costs £5 and the café is “nice”.", "cp1252"),
        ("Zażółć gęślą jaźń. Wszyscy ludzie rodzą się wolni i równi.", "cp1250"),
        ("Все люди рождаются свободными и равными в своем достоинстве.", "cp1251"),
        ("これは日本語の文章です。東京都は日本の首都です。今日は天気がいい。", "shift_jis"),
        ("机器学习会议的论文数量今年又增加了一倍，评审工作越来越重。", "gb18030"),
    ],
)
def test_text_comes_back_whatever_its_encoding(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "a.txt") == text
    assert read_document(text.encode(encoding), "a.txt").text == text


def test_line_ends_are_one_kind_and_control_characters_go() -> None:
    assert decode("a\r\nb\rc\x0cd\x07e\ufeff".encode(), "a.txt") == "a\nb\nc\nde"


def test_binary_data_called_text_is_refused() -> None:
    assert outcome(bytes(range(256)) * 20, "a.txt") == "unsupported"
    assert outcome(b"PK\x03\x04" + b"\x00" * 500, "a.md") == "unsupported"


@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.md", "a.html", "a.pdf", "a.xyz"]))
def test_any_bytes_give_text_or_a_typed_refusal(data: bytes, name: str) -> None:
    failure = outcome(data, name)
    assert failure in {"", "empty", "needs_ocr", "password", "unsupported", "failed"}
    if failure:
        return
    document = read_document(data, name)
    assert document.text.strip()
    assert "\x00" not in document.text
    assert "\r" not in document.text
    for heading in document.headings:
        assert 0 <= heading.start < len(document.text)


# ---------------------------------------------------------------- kinds


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"%PDF-1.7\n", "report.pdf", "pdf"),
        (b"%PDF-1.7\n", "report.txt", "pdf"),
        (b"\n\n%PDF-1.4\n", "REPORT", "pdf"),
        (b"plain words", "report.pdf", ""),
        (b"<!DOCTYPE html><p>x", "page.txt", "html"),
        (b"\xef\xbb\xbf  <html><p>x", "page", "html"),
        (b"<html> in a note", "note.md", "markdown"),
        (b"words", "NOTE.TXT", "text"),
        (b"words", "a.b.Markdown", "markdown"),
        (b"words", "picture.png", ""),
        (b"words", "no-suffix", ""),
        (b"words", "README.", "text"),
        (b"words", "notes.", ""),
    ],
)
def test_bytes_decide_before_the_suffix(data: bytes, name: str, kind: str) -> None:
    assert kind_of(data, name) == kind


def test_refusal_of_an_unknown_kind_lists_what_can_be_read() -> None:
    with pytest.raises(DocumentError) as caught:
        read_document(b"words", "sheet.xyz")
    assert caught.value.outcome == "unsupported"
    assert all(suffix in caught.value.hint for suffix in SUPPORTED_SUFFIXES)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.pdf"])
@pytest.mark.parametrize("data", [b"", b" \n\t ", b"\xef\xbb\xbf"])
def test_empty_file_is_called_empty(name: str, data: bytes) -> None:
    assert outcome(data, name) == "empty"


def test_page_without_words_is_called_empty() -> None:
    assert outcome(b"<html><body><script>x()</script><nav>Home</nav></body></html>", "a.html") == (
        "empty"
    )


# ---------------------------------------------------------------- text and Markdown


def test_markdown_keeps_the_files_own_characters_and_finds_its_headings() -> None:
    text = (
        "---\ntitle: 'The front title'\n# not a heading\n---\n\n# One *bold* [link](http://x)\n\n"
        "```\n# in a fence\n```\n\nTwo\n---\n\ntext\n\n#no heading\n\n### Three ###\n"
    )
    document = read_document(text.encode(), "a.md")
    assert document.text == text
    assert document.title == "The front title"
    assert document.is_markdown
    found = [(heading.level, heading.title) for heading in document.headings]
    assert found == [(1, "One bold link"), (2, "Two"), (3, "Three")]
    for heading, line in zip(document.headings, ("# One", "Two\n", "### Three"), strict=True):
        assert text[heading.start :].startswith(line)


def test_title_is_a_short_first_line_else_the_files_name() -> None:
    assert read_document(b"A short title\n\nText.", "x/my-file.txt").title == "A short title"
    assert read_document(b"A whole sentence.\nMore.", "x/my-file_2.txt").title == "my file 2"
    assert read_document(b"words " * 100, "x/my-file.md").title == "my file"


# ---------------------------------------------------------------- saved web pages


@pytest.fixture(scope="module")
def web_page(repository: Path) -> str:
    path = repository / "documents" / "learning-in-the-data-center.html"
    return read_document(path.read_bytes(), path.name).text


@pytest.mark.parametrize(
    "noise",
    [
        "Skip to main", "Gazette", "Research areas", "Careers", "cookies", "Cookie", "Accept all",
        "Share by e-mail", "Copy link", "Related content", "Ten conference posters", "Mondays",
        "Open positions", "Data Scientist", "bicycle garage", "newsletter", "Imprint", "©",
        "pageConfig", "addEventListener", "font-family", "teaser-01", "Search",
    ],
)  # fmt: skip
def test_noise_of_the_sample_page_is_left_out(web_page: str, noise: str) -> None:
    assert noise not in web_page


def test_title_headings_lists_and_table_of_the_sample_page_are_kept(repository: Path) -> None:
    path = repository / "documents" / "learning-in-the-data-center.html"
    document = read_document(path.read_bytes(), path.name)
    assert document.title == "Representation learning meets the data center"
    assert [heading.level for heading in document.headings] == [1, 2, 2, 2, 3, 2, 2, 2, 2]
    for heading in document.headings:
        assert document.text[heading.start :].startswith(f"{'#' * heading.level} {heading.title}\n")
    assert "\n1. Observe each function" in document.text
    assert "\n5. Use the predictions" in document.text
    assert "\n- how quickly it terminates;\n" in document.text
    assert "\n| Time scale | seconds to minutes | weeks to months |\n" in document.text
    assert "Those who care about large data sets" in document.text


@pytest.mark.parametrize(
    "html",
    [
        "<div class='page has-sidebar'><p>{}</p></div>",
        "<div id='content-with-menu'><p>{}</p></div>",
        "<section class='related-work'><h2>Related work</h2><p>{}</p></section><p>Rest.</p>",
        "<div class='market-share'><p>{}</p></div><p>Something else.</p>",
        "<article><header><h1>T</h1></header><p>{}</p></article>",
        "<p>{}",
        "<table><tr><td><p>{}</p></td></tr></table>",
        "<div hidden>secret</div><div>{}</div>",
        "<p>The mill stands at the weir since 1702.</p><div class='sidebar'><p>{}</p></div>",
        "<div class='sidebar'><p>{}</p></div><div class='para'>The <b>mill</b> is at a weir.</div>",
        "<p>The mill is at a weir.</p><aside class='sidebar'><p>{}</p></aside>",
    ],
)
def test_content_is_not_mistaken_for_noise(html: str) -> None:
    words = "Here stands what the page is about, in one full sentence of the author."
    page = f"<html><head><title>A page</title></head><body>{html.format(words)}</body></html>"
    text = read_document(page.encode(), "a.html").text
    assert words in text
    assert "secret" not in text


@pytest.mark.parametrize(
    "column",
    [
        "<div class='sidebar'><h3>About</h3><p>{}</p></div><div id='content'>{rest}</div>",
        "<div id='content'>{rest}</div><aside class='sidebar'><p>{}</p></aside>",
        "{rest}<div class='sidebar'><ul><li><a href='/a'>{}</a></li></ul></div>",
        "{rest}<div class='sidebar'><p>{}</p><form><input name='q'></form></div>",
        "{rest}<div class='sidebar-left'><p>{}</p></div>",
    ],
)
def test_a_column_of_the_page_is_no_text_box(column: str) -> None:
    words = "Here writes Ada, who keeps these pages about mills since her school days."
    rest = "<p>The mill stands at the weir since 1702, and it was burnt down twice.</p>" * 4
    page = f"<html><body>{column.format(words, rest=rest)}</body></html>"
    text = read_document(page.encode(), "a.html").text
    assert "burnt down" in text
    assert words not in text


def test_text_of_blocks_cells_and_inline_tags_does_not_run_together() -> None:
    page = (
        "<html><body><p>one<br>two <b>th</b>ree&nbsp;four</p><div>five<div>six</div>seven</div>"
        "<table><tr><th>a</th><th></th><th>c</th></tr><tr><td>1</td><td>2</td><td>3</td></tr>"
        "</table><pre>x = 1\n  y = 2</pre><ol start='3'><li>three</li><li>four</li></ol></body>"
    )
    text = read_document(page.encode(), "a.html").text
    assert "one two three four" in text
    assert "five\n\nsix\n\nseven" in text
    assert "| a | | c |\n|---|---|---|\n| 1 | 2 | 3 |" in text
    assert "x = 1\n  y = 2" in text
    assert "\n3. three\n4. four" in text


def test_broken_and_hostile_html_is_survived() -> None:
    deep = b"<div>" * 20_000 + b"words here" + b"</div>" * 20_000
    assert outcome(deep, "a.html") in ("", "empty", "failed")
    entities = b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><p>&a; words"
    assert "root:" not in read_document(entities, "a.html").text
    assert "words" in read_document(b"<p>words <b>and <i>more</p></b> <table><tr>x", "a.html").text
    assert "words" in read_document(b"<?xml version='1.0' encoding='x'?><p>words", "a.html").text


def test_declared_charset_of_a_page_is_believed_when_it_fits() -> None:
    page = "<html><meta charset='shift_jis'><p>東京都は日本の首都</p></html>".encode("shift_jis")
    assert "東京都は日本の首都" in read_document(page, "a.html").text
    wrong = "<html><meta charset='us-ascii'><p>Zoë</p></html>".encode()
    assert "Zoë" in read_document(wrong, "a.html").text


# ---------------------------------------------------------------- PDF


def make_pdf(pages: list[str], *, footer: str = "", header: str = "", password: str = "") -> bytes:
    """A PDF of paragraphs; ``{n}`` in header and footer is the page's number."""
    pdf = FPDF()
    pdf.set_auto_page_break(False)
    if password:
        pdf.set_encryption(owner_password="owner", user_password=password)
    for number, text in enumerate(pages, start=1):
        pdf.add_page()
        pdf.set_font("helvetica", size=11)
        if header:
            pdf.set_xy(15, 10)
            pdf.cell(0, 6, header.format(n=number))
        pdf.set_xy(15, 25)
        pdf.multi_cell(170, 6, text)
        if footer:
            pdf.set_xy(15, 280)
            pdf.cell(0, 6, footer.format(n=number))
    return bytes(pdf.output())


BODY = """\
The first page tells how the project began and why nobody believed in it at that time. It ends in \
a sentence that goes on over the border of the page and so
ends only here, on the second page. Another sentence follows to fill the line a little more. The \
second page also ends in the middle of a long sentence, which
is finished on the third. Then comes the end of the whole document, and that is all there is.\
""".split("\n")


def test_sample_pdf_has_pages_outline_and_no_page_numbers(repository: Path) -> None:
    path = repository / "documents" / "deep-learning-theory.pdf"
    document = read_document(path.read_bytes(), path.name)
    assert [page.number for page in document.pages] == [1, 2, 3]
    assert document.pages[0].start == 0
    assert document.pages[-1].end == len(document.text)
    assert document.title == "Why Deep Learning Works, and Where It Stops"
    assert len(document.headings) == 10
    for heading in document.headings:
        assert document.text[heading.start :].startswith(heading.title)
    assert "Nobody knows for certain why." in document.text
    for number in (1, 2, 3):
        assert f"Page {number}" not in document.text


@pytest.mark.parametrize(
    ("header", "footer"),
    [
        ("", "Page {n}"),
        ("", "{n}"),
        ("", "- {n} -"),
        ("", "Page {n} of 3"),
        ("The Annual Report", ""),
        ("The Annual Report", "{n}"),
        ("The Annual Report {n}", ""),
        ("", "{n} | The Annual Report"),
        ("Seite {n}/3", "The Annual Report"),
    ],
)
def test_page_numbers_and_running_lines_stand_in_no_sentence(header: str, footer: str) -> None:
    text = read_document(make_pdf(BODY, header=header, footer=footer), "a.pdf").text
    flat = [" ".join(text[span.start : span.end].split()) for span in sentences(text)]
    assert (
        "It ends in a sentence that goes on over the border of the page and so ends only here, on "
        "the second page." in flat
    )
    assert (
        "The second page also ends in the middle of a long sentence, which is finished on the "
        "third." in flat
    )
    running = "The Annual Report" in header + footer
    assert text.count("The Annual Report") == (1 if running else 0)
    assert "Page 2" not in text


def test_pages_stay_exact_when_lines_are_dropped() -> None:
    document = read_document(make_pdf(BODY, footer="{n}"), "a.pdf")
    cut = [document.text[page.start : page.end] for page in document.pages]
    assert cut[1].startswith("ends only here")
    assert cut[2].startswith("is finished on the third")
    assert cut[2].endswith("that is all there is.")


def test_numbers_and_headings_that_only_look_like_page_numbers_stay() -> None:
    kept = without_furniture([["2019", "a", "b", "c"], ["12", "d", "e", "f"]])
    assert [page.lines for page in kept] == [("2019", "a", "b", "c"), ("12", "d", "e", "f")]
    steps = [[f"Step {n}", "do", "some", "more", "things"] for n in (1, 2, 3)]
    assert [page.lines[0] for page in without_furniture(steps)] == ["Step 1", "Step 2", "Step 3"]
    assert without_furniture([["1", "only", "page", "here", "7"]])[0].lines[0] == "1"
    assert without_furniture([]) == []
    assert without_furniture([[], [""]])[1].lines == ("",)


def test_footer_with_a_name_and_the_page_of_all_pages_is_kept_once() -> None:
    bodies = [[f"line {at} of {n} ferries" for at in "abcd"] for n in (11, 12, 13, 14)]
    for footer in ("File 5 - page {n} of 4", "Seite {n} von 4 | Jahresbericht", "Report {n}/4"):
        pages = [[*body, footer.format(n=n)] for n, body in enumerate(bodies, start=1)]
        kept = without_furniture(pages)
        assert [page.lines for page in kept] == list(map(tuple, bodies)), footer
        assert [page.furniture for page in kept] == [(footer.format(n=1),), (), (), ()]
    scores = [[*body, f"Round {n} of 9"] for n, body in zip((7, 3, 8, 2), bodies, strict=True)]
    assert all(len(page.lines) == 5 for page in without_furniture(scores))


def test_left_and_right_headers_of_a_book_are_each_kept_once() -> None:
    pages = [[f"body {n} a", f"body {n} b", f"body {n} c", f"body {n} d"] for n in range(16)]
    for n in range(1, 16):
        header = f"{n + 1} A. Writer et al." if n % 2 else f"The Title of the Book {n + 1}"
        pages[n].insert(0, header)
    kept = without_furniture(pages)
    assert [page.furniture for page in kept[:4]] == [
        (), ("2 A. Writer et al.",), ("The Title of the Book 3",), (),
    ]  # fmt: skip
    assert all(page.lines[0].startswith("body") for page in kept)


def test_word_cut_at_a_line_end_is_put_together() -> None:
    line = (
        "This line fills the column of the page from its left side to the right and ends in learn-"
    )
    text = read_document(
        make_pdf([f"{line}\ning machines that need no further words."]), "a.pdf"
    ).text
    assert "ends in learning machines that need" in text


def test_word_that_goes_on_on_the_next_page_is_whole_and_the_foot_is_no_part_of_it() -> None:
    made, known = make_survey(63)
    document = read_document(made, "a.pdf")
    text = " ".join(document.text.split())
    missing = [phrase for _, phrase in known.phrases if phrase not in text]
    assert not missing
    assert "characteristics of 5500 households" in text
    first, second = document.pages[:2]
    assert first.end == second.start
    assert document.text[: first.end].endswith("keeps the characteris")
    assert document.text[second.start :].startswith("tics of 5500")
    text, pages = join_pages(["It is well-", "", "known here."])
    assert text == "It is well- known here."
    assert [(page.start, page.end) for page in pages] == [(0, 11), (11, 11), (12, 23)]


def test_hyphen_before_a_capital_or_a_digit_stays() -> None:
    fill = "The report that was written after the long winter in the north speaks of"
    lines = printed_lines(f"{fill} COVID\x02\r\n19 and of the learn\x02\r\ning in Nord\x02\r\nSüd.")
    assert join_lines(lines) == [f"{fill} COVID-19 and of the learning in Nord-Süd."]
    assert printed_lines("a\x02\x1fb") == ["a\x1fb"]


def test_soft_hyphenated_words_of_a_pdf_are_whole(shared: Path) -> None:
    path = shared / "bench" / "formats" / "files" / "uns__multi-column.pdf"
    text = read_document(path.read_bytes(), path.name).text
    assert "\x02" not in text
    assert "\ufffe" not in text
    assert "training instances" in " ".join(text.split())


def test_password_scan_empty_and_damaged_pdfs_are_told_apart() -> None:
    good = make_pdf(BODY)
    picture = Image.new("RGB", (400, 200), "white")
    ImageDraw.Draw(picture).text((20, 20), "words in a picture", fill="black")
    scan = FPDF()
    scan.add_page()
    scan.image(picture, 10, 10, 100)
    blank = FPDF()
    blank.add_page()
    assert outcome(make_pdf(BODY, password="secret"), "a.pdf") == "password"
    assert outcome(bytes(scan.output()), "a.pdf") == "needs_ocr"
    assert outcome(bytes(blank.output()), "a.pdf") == "empty"
    assert outcome(good[:200], "a.pdf") == "failed"
    assert outcome(b"%PDF-1.7\n" + b"\xff" * 500, "a.pdf") == "failed"


def test_pdf_cut_off_anywhere_gives_text_or_a_refusal() -> None:
    good = make_pdf(BODY, footer="{n}")
    for length in range(0, len(good), max(1, len(good) // 25)):
        assert outcome(good[:length], "a.pdf") in (
            "",
            "empty",
            "failed",
            "unsupported",
            "needs_ocr",
        )


def test_pdf_without_outline_takes_its_title_from_the_first_line_or_the_name() -> None:
    titled = make_pdf(["A Short Title\n\nThen text, and more of it to fill the page."])
    assert read_document(titled, "x/my-report.pdf").title == "A Short Title"


def test_pdfs_read_in_several_threads_come_out_as_in_one(shared: Path) -> None:
    """pdfium is not thread-safe; without a lock a third of these come out wrong."""
    files = sorted((shared / "bench" / "formats" / "files").glob("*.pdf"))
    contents = [path.read_bytes() for path in files if path.stat().st_size < 1_000_000]

    def read(data: bytes) -> str:
        try:
            return read_document(data, "a.pdf").text
        except DocumentError as exc:
            return exc.outcome

    alone = [read(data) for data in contents]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(2):
            assert list(pool.map(read, contents)) == alone


# ---------------------------------------------------------------- known phrases of real files


def test_known_phrases_of_real_files_are_found(shared: Path) -> None:
    """Phrases that independent tools found in the same files; a page's title counts as text."""
    folder = shared / "bench" / "formats"
    rows = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    total, missing = 0, []
    for row in rows:
        if row["type"] not in ("pdf", "html", "htm", "txt", "md") or row["expect"] != "text":
            continue
        document = read_document((folder / "files" / row["file"]).read_bytes(), row["file"])
        text = " ".join(f"{document.title} {document.text}".split())
        for phrase in row["phrases"]:
            total += 1
            if " ".join(phrase.split()) not in text:
                missing.append(f"{row['file']}: {phrase}")
    assert total >= 70
    assert len(missing) <= 0.03 * total, missing


def test_real_files_without_text_are_named_for_what_they_are(shared: Path) -> None:
    folder = shared / "bench" / "formats"
    rows = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    checked = 0
    for row in rows:
        if row["type"] not in ("pdf", "txt") or row["expect"] == "text":
            continue
        found = outcome((folder / "files" / row["file"]).read_bytes(), row["file"])
        if row["expect"] in ("needs_ocr", "password", "empty"):
            assert found == row["expect"], row["file"]
            checked += 1
    assert checked >= 5


def test_every_sample_document_can_be_read(repository: Path) -> None:
    for path in sorted((repository / "documents").glob("[!.]*")):
        document = read_document(path.read_bytes(), path.name)
        assert len(document.text.split()) > 500
        assert document.title


def test_image_bytes_are_never_text() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (5, 5)).save(buffer, "PNG")
    assert outcome(buffer.getvalue(), "a.txt") in ("unsupported", "needs_ocr")


def test_what_follows_a_fence_or_a_list_is_no_underlined_heading() -> None:
    text = "# One\n\n```\ncode\n```\n---\n\nTwo\n===\n\n- item\n---\n\n| a |\n---\n\n\n---\nend\n"
    found = find_headings(text)
    assert [(each.level, each.title) for each in found] == [(1, "One"), (1, "Two")]
    assert [text[each.start :][:3] for each in found] == ["# O", "Two"]


@pytest.mark.parametrize(("line", "title"), [
    ("# C#", "C#"), ("## Ponds ##", "Ponds"), ("# a \t#  ", "a"), ("#  F# and C# ## ", "F# and C#"),
    ("# # #", "#"),
])  # fmt: skip
def test_signs_that_close_a_heading_are_not_its_own(line: str, title: str) -> None:
    assert [heading.title for heading in find_headings(line)] == [title]


@pytest.mark.parametrize(("value", "title"), [
    (' "Ponds"  ', "Ponds"), ("'Ponds'", "Ponds"), (' The "Heron"', 'The "Heron"'), ('""', "a"),
    ("  ", "a"),
])  # fmt: skip
def test_title_of_front_matter(value: str, title: str) -> None:
    data = f"---\ntitle:{value}\n---\n\nText that is no title, for it ends so.".encode()
    assert read_markdown(data, "a.md").title == title


def test_headings_are_counted_from_where_the_body_starts() -> None:
    text = "---\ntitle: x\n---\nTop\n---\n\n## Next ##\n   ### Third\n    #### code\n#5 no\n# "
    found = find_headings(text, text.index("Top"))
    assert [(each.level, each.title) for each in found] == [(2, "Top"), (2, "Next"), (3, "Third")]
    assert [text[each.start :].lstrip()[:3] for each in found] == ["Top", "## ", "###"]
