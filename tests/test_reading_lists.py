"""Lists, steps, definitions, inline words, records, subtitles and logs come out as people see."""

from __future__ import annotations

import json

import pytest

from assistant.reading import read_document
from assistant.text.sentences import sentences
from benchmarks.format_samples import make_docx, make_odf
from tests.support_formats import docx_run, docx_table, make_slides, slide_cell, slide_table


def html(body: str) -> str:
    return read_document(f"<html><body>{body}</body></html>".encode(), "a.html").text


# ---------------------------------------------------------------- lists and steps


def numbered(level: int, number: str = "1") -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'


def word_list(items: list[tuple[str, int, str]]) -> bytes:
    """Items as (text, level, list); list 2 starts at 4, list 3 is list 1 begun anew."""
    levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
        f'<w:lvlText w:val="%{at + 1}."/></w:lvl>'
        for at, kind in enumerate(("decimal", "lowerLetter", "lowerRoman"))
    )
    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{}"/></w:lvlOverride>'
    numbers = "".join(
        f'<w:num w:numId="{at}"><w:abstractNumId w:val="0"/>{change}</w:num>'
        for at, change in ((1, ""), (2, override.format(4)), (3, override.format(1)))
    )
    numbering = (
        f'<w:numbering {names}><w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
        f"{numbers}</w:numbering>"
    )
    body = "".join(
        docx_run(text).replace("<w:p>", f"<w:p><w:pPr>{numbered(level, number)}</w:pPr>")
        for text, level, number in items
    )
    return make_docx(body, **{"word/numbering.xml": numbering})


def odt_list(items: str, styles: str = "") -> bytes:
    levels = "".join(
        f'<text:list-level-style-number text:level="{at}" style:num-format="{form}" '
        'style:num-suffix="."/>'
        for at, form in enumerate(("1", "a", "i"), start=1)
    )
    style = f'<text:list-style style:name="L">{levels}</text:list-style>{styles}'
    return make_odf("text", f'<text:list text:style-name="L">{items}</text:list>', style)


ODT_ITEM = "<text:list-item{}><text:p>{}</text:p>{}</text:list-item>"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ((b"<ol><li>Open.</li><li>Prime:<ol type='a'><li>once</li><li>twice</li></ol></li>"
         b"<li>Turn.</li></ol>"), "a.html"),
        (word_list([("Open.", 0, "1"), ("Prime:", 0, "1"), ("once", 1, "1"), ("twice", 1, "1"),
                    ("Turn.", 0, "1")]), "a.docx"),
        (odt_list(ODT_ITEM.format("", "Open.", "") + ODT_ITEM.format("", "Prime:", "<text:list>"
                  + ODT_ITEM.format("", "once", "") + ODT_ITEM.format("", "twice", "")
                  + "</text:list>") + ODT_ITEM.format("", "Turn.", "")), "a.odt"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_steps_keep_the_numbers_that_are_printed(data: bytes, name: str) -> None:
    lines = [line for line in read_document(data, name).text.split("\n") if line]
    assert lines == ["1. Open.", "2. Prime:", "  a. once", "  b. twice", "3. Turn."]


def test_numbers_of_slides() -> None:
    items = "".join(
        f'<a:p><a:pPr lvl="{level}">{kind}</a:pPr><a:r><a:t>{text}</a:t></a:r></a:p>'
        for level, kind, text in (
            (0, '<a:buAutoNum type="arabicPeriod" startAt="3"/>', "Open."),
            (1, '<a:buAutoNum type="alphaLcParenR"/>', "once"),
            (1, '<a:buAutoNum type="alphaLcParenR"/>', "twice"),
            (0, '<a:buAutoNum type="arabicPeriod"/>', "Turn."),
            (0, "", "Rest."),
        )
    )
    data = make_slides([f"<p:sp><p:txBody>{items}</p:txBody></p:sp>"])
    lines = read_document(data, "a.pptx").text.split("\n")
    assert lines[2:7] == ["3. Open.", "  a) once", "  b) twice", "4. Turn.", "Rest."]


@pytest.mark.parametrize(
    ("page", "lines"),
    [
        ("<ol start='4'><li>a</li><li value='9'>b</li><li>c</li></ol>", ["4. a", "9. b", "10. c"]),
        ("<ol type='I'><li>a</li><li>b</li></ol>", ["I. a", "II. b"]),
        ("<ol style='list-style-type: lower-alpha'><li>a</li></ol>", ["a. a"]),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", ["- a", "  - b", "- c"]),
        ("<ol><li><p>a</p><p>more</p></li><li>b</li></ol>", ["1. a", "more", "2. b"]),
        ("<dl><dt>MTBF</dt><dd>mean time</dd><dt>A</dt><dt>B</dt><dd>both</dd><dd>x</dd></dl>",
         ["MTBF: mean time", "A, B: both", "A, B: x"]),
        ("<dl><dt>Maker:</dt><dd>Halden</dd><dt>Nothing</dt></dl>", ["Maker: Halden", "Nothing"]),
    ],
)  # fmt: skip
def test_lists_of_a_page(page: str, lines: list[str]) -> None:
    assert [line for line in html(page).split("\n") if line] == lines


def test_a_word_list_that_is_begun_anew_or_elsewhere_counts_so() -> None:
    data = word_list([("a", 0, "1"), ("b", 0, "1"), ("c", 0, "2"), ("d", 0, "2"), ("e", 0, "3")])
    lines = [line for line in read_document(data, "a.docx").text.split("\n") if line]
    assert lines == ["1. a", "2. b", "4. c", "5. d", "1. e"]


def test_an_odt_list_starts_where_it_says_and_goes_on_where_it_says() -> None:
    first = odt_list(
        ODT_ITEM.format(' text:start-value="5"', "a", "") + ODT_ITEM.format("", "b", "")
    )
    assert "5. a\n6. b" in read_document(first, "a.odt").text
    both = make_odf(
        "text",
        "".join(
            f'<text:list text:style-name="L" {more}>{ODT_ITEM.format("", text, "")}</text:list>'
            for text, more in (("a", ""), ("b", 'text:continue-numbering="true"'), ("c", ""))
        ),
        '<text:list-style style:name="L"><text:list-level-style-number text:level="1" '
        'style:num-format="1" style:num-suffix="."/></text:list-style>',
    )
    assert read_document(both, "a.odt").text.split() == ["1.", "a", "2.", "b", "1.", "c"]


# ---------------------------------------------------------------- inline words


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<p>for <b>7.35</b> crowns</p>", "for 7.35 crowns"),
        ("<div>at <div style='display:inline'><b>7.35</b></div> crowns</div>", "at 7.35 crowns"),
        ("<p>at <span style='display:inline-block'>7.35</span> crowns</p>", "at 7.35 crowns"),
        ("<p>a<wbr>b&shy;c d&nbsp;e &amp; f</p>", "abc d e & f"),
        ("<p>10<sup>3</sup> m<sup>2</sup>, H<sub>2</sub>O, the 4<sup>th</sup></p>",
         "10³ m², H2O, the 4th"),
        ("<p>a sentence.<sup>12</sup></p>", "a sentence.[^12]"),
        ("<p>the price<br>is 7.35<br>crowns</p>", "the price is 7.35 crowns"),
        ("<p><b>Maker:</b> Halden<br><b>Year:</b> 1998</p>", "Maker: Halden\nYear: 1998"),
        ("<p>Quay 3<br>9001 Lom<br>Norway</p>", "Quay 3\n9001 Lom\nNorway"),
        ("<p>one<br><br>two</p>", "one\n\ntwo"),
        ("<span style='display:block'>one</span><span style='display: block'>two</span>",
         "one\n\ntwo"),
        ("<p>He said <q>yes</q>.</p>", "He said “yes”."),
        (("<p>so <math><mfrac><mi>a</mi><mrow><mi>b</mi><mo>+</mo><mn>1</mn></mrow></mfrac></math>"
         "</p>"),
         "so a/(b+1)"),
        (("<p>Q is <math><semantics><mi>x</mi><annotation encoding='application/x-tex'>"
         "\\sqrt{2gh}</annotation></semantics></math></p>"), "Q is $\\sqrt{2gh}$"),
        ("<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>", "漢"),
    ],
)  # fmt: skip
def test_inline_words_of_a_page_join_as_they_are_seen(page: str, shown: str) -> None:
    assert html(page).strip() == shown


def test_raised_digits_and_formulas_of_word_and_slides() -> None:
    raised = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>2</w:t></w:r>'
    math = (
        '<m:oMath xmlns:m="m"><m:r><m:t>Q=</m:t></m:r><m:rad><m:deg/><m:e><m:r><m:t>2gh</m:t></m:r>'
        "</m:e></m:rad></m:oMath>"
    )
    body = f"<w:p><w:r><w:t>5 m</w:t></w:r>{raised}<w:r><w:t> and </w:t></w:r>{math}</w:p>"
    assert read_document(make_docx(body), "a.docx").text == "5 m² and Q=√(2gh)\n"
    run = '<a:p><a:r><a:t>5 m</a:t></a:r><a:r><a:rPr baseline="30000"/><a:t>2</a:t></a:r></a:p>'
    data = make_slides([f"<p:sp><p:txBody>{run}</p:txBody></p:sp>"])
    assert "5 m²" in read_document(data, "a.pptx").text


def test_words_of_a_text_box_and_of_a_header_are_read_once() -> None:
    table = docx_table([["A", "B"], ["x", "5"], ["y", "6"]])
    box = f"<w:txbxContent>{docx_run('In the box.')}{table}</w:txbxContent>"
    header = (
        '<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"{docx_run('Contract NV-1')}{docx_run('Page 1 of 2')}</w:hdr>"
    )
    body = f"<w:p><w:r><w:t>Text.</w:t></w:r><w:r>{box}</w:r></w:p>"
    text = read_document(make_docx(body, **{"word/header1.xml": header}), "a.docx").text
    assert text.startswith("Contract NV-1\n\nText.\n\nIn the box.\n\n| A | B |")
    assert text.count("In the box.") == text.count("| x | 5 |") == 1
    assert "Page 1" not in text


def test_a_slides_table_stands_where_its_frame_is() -> None:
    row = slide_cell("Name") + slide_cell("Fee")
    data = make_slides([slide_table([row, slide_cell("Ada") + slide_cell("5")])])
    assert "| Name | Fee |\n|---|---|\n| Ada | 5 |" in read_document(data, "a.pptx").text


# ---------------------------------------------------------------- records


def test_a_record_of_json_is_one_row_with_all_that_it_holds() -> None:
    people = [
        {"name": "Ada", "home": {"town": "Bonn"}, "tags": ["a", "b|c"], "calls": [{"no": 1}]},
        {"name": "Ben"},
    ]
    rows = ["name: Ada | home.town: Bonn | tags: a, b\\|c | calls.no: 1", "name: Ben"]
    assert read_document(json.dumps(people).encode(), "a.json").text.split("\n")[:2] == rows
    lines = "\n".join(json.dumps(person) for person in people)
    assert read_document(lines.encode(), "a.ndjson").text.split("\n")[:2] == rows


def test_prose_in_a_record_stays_prose_and_a_long_record_keeps_its_first_field() -> None:
    long = "A sentence of a text. " * 40
    text = read_document(json.dumps([{"id": 7, "body": long}]).encode(), "a.json").text
    assert text.startswith("id: 7\n\nbody: A sentence of a text. A sentence")
    wide = {f"field {n}": "x" * 40 for n in range(200)}
    lines = read_document(json.dumps([{"id": 7, **wide}]).encode(), "a.json").text.split("\n")
    assert all(line.startswith("id: 7 | ") for line in lines if line)


def test_contacts_and_events_are_rows_with_their_names() -> None:
    card = (
        "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=98ster;Ulf\r\n"
        "TEL;CELL:+45 31\r\nORG:Havn;Drift\r\nADR;WORK:;;Kaj 3\\, st;Aarhus;;8000;Danmark\r\n"
        "NOTE:first line\\nsecond\r\n  line\r\nPHOTO;ENCODING=b:AAAA\r\nEND:VCARD\r\n"
    )
    assert read_document(card.encode(), "a.vcf").text == (
        "Name: Ulf Øster | Organisation: Havn, Drift | Phone (cell): +45 31 | "
        "Address (work): Kaj 3, st, Aarhus, 8000, Danmark | Note: first line second line\n"
    )
    event = (
        "BEGIN:VCALENDAR\nX-WR-CALNAME:Club\nBEGIN:VEVENT\nDTSTART;TZID=Europe/Oslo:20260417T183000\n"
        "DURATION:PT1H30M\nSUMMARY:Rope test\\, hall B\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO\n"
        "ORGANIZER;CN=Ada:mailto:a@b.c\nBEGIN:VALARM\nDESCRIPTION:beep\nEND:VALARM\nEND:VEVENT\n"
        "BEGIN:VTODO\nSUMMARY:Buy rope\nDUE;VALUE=DATE:20260601\nEND:VTODO\nEND:VCALENDAR\n"
    )
    document = read_document(event.encode(), "a.ics")
    assert document.title == "Club"
    assert document.text.split("\n")[:2] == [
        (
            "Event: Rope test, hall B | Start: 2026-04-17 18:30 (Europe/Oslo) | "
            "Duration: 1 hour 30 minutes | Organiser: Ada <a@b.c> | "
            "Repeats: every 2 weeks on Monday"
        ),
        "Task: Buy rope | Due: 2026-06-01",
    ]


def test_what_is_no_card_and_no_subtitle_is_read_as_text() -> None:
    assert read_document(b"just words\n", "a.vcf").text == "just words\n"
    assert read_document(b"just words\n", "a.srt").text == "just words\n"


def test_subtitles_are_sentences_with_the_time_they_begin() -> None:
    cues = (
        "1\n00:00:01,000 --> 00:00:03,000\nThe ferry leaves\n\n2\n00:00:03,500 --> 00:00:05,000\n"
        "at <i>noon</i>.\n\n3\n01:02:05,000 --> 01:02:07,000\n{\\an8}Who has the key?\n"
    )
    assert read_document(cues.encode(), "a.srt").text == (
        "00:00:01 The ferry leaves at noon.\n01:02:05 Who has the key?\n"
    )
    cues = (
        "WEBVTT\n\nNOTE a remark\n\n00:05.000 --> 00:07.000 align:start\n<v Ada>We start\n\n"
        "00:07.000 --> 00:09.000\n<v Ada>at eight.\n\n00:10.000 --> 00:12.000\n"
        "<v Ben>No &amp; no.\n"
    )
    assert read_document(cues.encode(), "a.vtt").text == (
        "00:00:05 Ada: We start at eight.\n00:00:10 Ben: No & no.\n"
    )


# ---------------------------------------------------------------- logs and labels


@pytest.mark.parametrize(
    "entries",
    [
        ["2026-02-01 08:01:00 INFO valve ok. All is well", "2026-02-28 03:17:44 ERROR it failed"],
        ["2026-02-01T08:01:00Z started", "2026-02-01T08:02:00Z stopped. Bye"],
        ["Jan  3 10:00:01 host sshd[2]: Failed password", "Jan  3 10:00:02 host sshd[2]: ok. Done"],
        ['127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200', ('10.0.0.2 - - '
         '[10/Oct/2000:13:55:37 -0700] "GET /x HTTP/1.0" 404')],
        ["[12:30] Ada: hello. I am here", "[12:31] Ben: hi there"],
        ["00:00:05 Ada: We start. At eight.", "00:00:10 Ben: No."],
        ["INFO 2026-02-01 08:01:00 fine. Fine", "WARNING 2026-02-01 08:02:00 low"],
        ["2026-02-01 08:01:00 ERROR failed\n  at foo()\n  at bar()", "2026-02-01 08:02:00 INFO ok"],
        ["17.04.2026, 12:30 - Ada: hello. You", "17.04.2026, 12:31 - Ben: hi"],
    ],
)  # fmt: skip
def test_an_entry_of_a_log_is_one_sentence(entries: list[str]) -> None:
    text = "\n".join(entries)
    assert [text[span.start : span.end] for span in sentences(text)] == entries


def test_a_time_at_the_start_of_a_line_of_prose_cuts_nothing() -> None:
    text = "The committee that met in the hall of the town decided on\n2024-05-01 to go on with it."
    assert len(sentences(text)) == 1


def test_labels_with_values_are_lines_of_their_own() -> None:
    lines = [
        "Maker: Halden Works of the northern valley and its sister",
        "Serial number: HW-20911-C and some more words to make it long",
        "Year: 1998",
    ]
    text = "\n".join(lines)
    assert [text[span.start : span.end] for span in sentences(text)] == lines


def test_the_first_entry_of_a_log_is_no_title() -> None:
    assert read_document(b"2026-02-01 08:01:00 INFO ok\n", "boiler.log").title == "boiler"
