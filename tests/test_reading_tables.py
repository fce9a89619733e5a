"""Tables of every format: the same lines for the same table, each row understandable alone."""

from __future__ import annotations

import time
from email.message import EmailMessage

import pytest

from assistant.reading import read_document
from assistant.reading.grids import MOST_COPIES, Copied, Grid, fill_merged
from assistant.reading.number_formats import shown_number
from assistant.reading.tables import table_lines
from assistant.tables.model import Table, find_tables
from benchmarks.format_samples import make_docx, make_epub, make_odf, make_ods, pack
from tests.support_formats import (
    CELL,
    docx_cell,
    docx_run,
    docx_table,
    make_slides,
    make_workbook,
    slide_cell,
    slide_table,
)

ROWS = [
    ["Zone", "2023", "", "2022", ""],
    ["", "Sales", "Profit", "Sales", "Profit"],
    ["North", "5", "1", "4", "2"],
    ["", "6", "2", "3", "1"],
    ["South", "7", "3", "8", "4"],
]
"""Merged cells: Zone over two rows, each year over two columns, North over two rows."""
LINES = [
    "| Zone | 2023 › Sales | 2023 › Profit | 2022 › Sales | 2022 › Profit |",
    "|---|---|---|---|---|",
    "| North | 5 | 1 | 4 | 2 |",
    "| North | 6 | 2 | 3 | 1 |",
    "| South | 7 | 3 | 8 | 4 |",
]


def table_rows(text: str) -> list[str]:
    return [line for line in text.split("\n") if "|" in line]


def html_table(rows: list[str]) -> str:
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def merged_html() -> str:
    head = "<th rowspan=2>Zone</th><th colspan=2>2023</th><th colspan=2>2022</th>"
    names = "<th>Sales</th><th>Profit</th>" * 2

    def row(*cells: str) -> str:
        return "".join(f"<td>{cell}</td>" for cell in cells)

    return html_table(
        [
            head, names, f"<td rowspan=2>North</td>{row('5', '1', '4', '2')}",
            row("6", "2", "3", "1"), row("South", "7", "3", "8", "4"),
        ]
    )  # fmt: skip


def merged_docx() -> bytes:
    two, start, on = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    head = "<w:trPr><w:tblHeader/></w:trPr>"
    rows = [
        head + docx_cell("Zone", start) + docx_cell("2023", two) + docx_cell("2022", two),
        head + docx_cell("", on) + "".join(map(docx_cell, ROWS[1][1:])),
        docx_cell("North", start) + "".join(map(docx_cell, ROWS[2][1:])),
        docx_cell("", on) + "".join(map(docx_cell, ROWS[3][1:])),
        "".join(map(docx_cell, ROWS[4])),
    ]
    return make_docx(f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>")


def odf_cell(text: str, columns: int = 1, rows: int = 1) -> str:
    return (
        f'<table:table-cell table:number-columns-spanned="{columns}" '
        f'table:number-rows-spanned="{rows}"><text:p>{text}</text:p></table:table-cell>'
    )


def merged_odf() -> str:
    covered = "<table:covered-table-cell/>"

    def row(cells: str) -> str:
        return f"<table:table-row>{cells}</table:table-row>"

    two = odf_cell("2023", 2) + covered + odf_cell("2022", 2) + covered
    return (
        "<table:table-header-rows>"
        + row(odf_cell("Zone", 1, 2) + two)
        + row(covered + "".join(map(odf_cell, ROWS[1][1:])))
        + "</table:table-header-rows>"
        + row(odf_cell("North", 1, 2) + "".join(map(odf_cell, ROWS[2][1:])))
        + row(covered + "".join(map(odf_cell, ROWS[3][1:])))
        + row("".join(map(odf_cell, ROWS[4])))
    )


def merged_slide() -> bytes:
    def row(*cells: str) -> str:
        return "".join(cell if cell.startswith("<") else slide_cell(cell) for cell in cells)

    over = slide_cell("", 'hMerge="1"')
    on = slide_cell("", 'vMerge="1"')
    rows = [
        row(slide_cell("Zone", 'rowSpan="2"'), slide_cell("2023", 'gridSpan="2"'), over,
            slide_cell("2022", 'gridSpan="2"'), over),
        row(on, *ROWS[1][1:]),
        row(slide_cell("North", 'rowSpan="2"'), *ROWS[2][1:]),
        row(on, *ROWS[3][1:]),
        row(*ROWS[4]),
    ]  # fmt: skip
    return make_slides([slide_table(rows)])


def mail_of_table() -> bytes:
    mail = EmailMessage()
    mail["Subject"] = "Sales"
    mail.set_content("Zone 2023 Sales Profit 2022 North South 5 1 4 2 6 2 3 1 7 3 8 4")
    mail.add_alternative(f"<p>See below.</p>{merged_html()}", subtype="html")
    return mail.as_bytes()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (make_workbook(ROWS, merged=("A1:A2", "B1:C1", "D1:E1", "A3:A4")), "a.xlsx"),
        (make_ods(merged_odf()), "a.ods"),
        (make_odf("text", f"<table:table>{merged_odf()}</table:table>"), "a.odt"),
        (merged_docx(), "a.docx"),
        (merged_slide(), "a.pptx"),
        (f"<html><body>{merged_html()}</body></html>".encode(), "a.html"),
        (f"Before\n\n{merged_html()}\n\nAfter\n".encode(), "a.md"),
        (make_epub(merged_html()), "a.epub"),
        (mail_of_table(), "a.eml"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_same_table_gives_the_same_lines_in_every_format(data: bytes, name: str) -> None:
    assert table_rows(read_document(data, name).text) == LINES


def test_separated_values_have_no_merged_cells_and_names_reach_to_the_right() -> None:
    text = "\n".join(",".join(row) for row in ROWS[:3])
    assert table_rows(read_document(text.encode(), "a.csv").text) == LINES[:3]


# ---------------------------------------------------------------- sheets as people lay them out

NAMES = ["", "Sales", "Profit", "", "Costs", "of which rent"]
BODY = [["North", "5", "1", "", "-3", "-1"], ["South", "7", "3", "", "—", "-2"]]


def only_table(data: bytes, name: str = "a.xlsx") -> Table:
    (table,) = find_tables(read_document(data, name).text)
    return table


def test_unit_and_period_above_names_and_a_blank_row_below_reach_every_row() -> None:
    rows = [
        ["3. Segments"], [], ["3.1 Zones"], [],
        ["In millions of CHF", "", "", "", "", "January–June 2023"],
        NAMES, [], *BODY, [],
        ["In millions of CHF", "", "", "", "", "January–June 2022"],
        NAMES, [], *BODY, [], ["(a) Sales between zones are left out."],
    ]  # fmt: skip
    first, second = find_tables(read_document(make_workbook(rows), "a.xlsx").text)
    assert first.caption == "3. Segments · 3.1 Zones"
    assert first.names == (
        "In millions of CHF", "January–June 2023 › Sales", "January–June 2023 › Profit",
        "January–June 2023 › Costs", "January–June 2023 › of which rent",
    )  # fmt: skip
    assert second.names[1] == "January–June 2022 › Sales"
    assert [[c.text for c in row.cells] for row in second.rows] == [
        ["North", "5", "1", "-3", "-1"], ["South", "7", "3", "—", "-2"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "periods",
    [
        ["In CHF", "", "2023", "", "", "2022"],
        ["In CHF", "2023", "", "", "2022", ""],
    ],
)
def test_a_period_over_a_group_of_columns_names_the_group_wherever_it_stands(
    periods: list[str],
) -> None:
    rows = [
        periods, ["", "Goodwill", "Other", "", "Goodwill", "Other"], [],
        ["North", "1", "2", "", "3", "4"], ["South", "5", "6", "", "7", "8"],
    ]  # fmt: skip
    assert only_table(make_workbook(rows)).names == (
        "In CHF", "2023 › Goodwill", "2023 › Other", "2022 › Goodwill", "2022 › Other",
    )  # fmt: skip


def test_names_that_repeat_tell_the_groups_where_no_column_parts_them() -> None:
    rows = [["", "", "2023", "", "2022"], ["Zone", "Sales", "Costs", "Sales", "Costs"],
            ["North", "1", "2", "3", "4"]]  # fmt: skip
    names = only_table(make_workbook(rows)).names
    assert names == ("Zone", "2023 › Sales", "2023 › Costs", "2022 › Sales", "2022 › Costs")


def test_tables_side_by_side_are_two() -> None:
    rows = [
        ["Name", "Fee", "", "Boat", "Skipper", "Berth"], ["Ada", "5", "", "Svale", "Mona", "3"],
        ["Ben", "6", "", "Terne", "Kari", "4"],
    ]  # fmt: skip
    left, right = find_tables(read_document(make_workbook(rows), "a.xlsx").text)
    assert (left.names, right.names) == (("Name", "Fee"), ("Boat", "Skipper", "Berth"))
    assert [row.cells[0].text for row in right.rows] == ["Svale", "Terne"]


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        ([["Maker", "Halden"], ["Year", "1998"], ["Type", "HW-2"], ["Power", "4 kW"]], ()),
        ([["Maker:", "Halden"], ["Owner:", "Ada"]], ()),
        ([["Plan", "Price"], ["Free", "0"], ["Pro", "9"], ["Team", "on request"]],
         ("Plan", "Price")),
        ([["City", "Mayor"], ["Bonn", "Ann"], ["Rome", "Leo"]], ("City", "Mayor")),
        ([["Field", "Value"], ["Maker", "Halden"], ["Year", "1998"]], ("Field", "Value")),
        ([["Room", "1", "2", "3"], ["Ada", "x", "", "x"]], ("Room", "1", "2", "3")),
        ([["7", "8"], ["9", "10"]], ()),
    ],
)  # fmt: skip
def test_labels_with_values_are_told_from_names_with_rows(
    rows: list[list[str]], names: tuple[str, ...]
) -> None:
    assert only_table(make_workbook(rows)).names == names


def test_rows_below_a_blank_one_stay_in_their_table() -> None:
    rows = [["Item", "Fee"], ["Rope", "5"], [], ["Tent", "6"], [], ["Total", "11"]]
    assert [row.cells[0].text for row in only_table(make_workbook(rows)).rows] == [
        "Rope", "Tent", "Total",
    ]  # fmt: skip


def test_a_row_merged_across_the_table_names_the_rows_below_and_a_title_the_table() -> None:
    rows = [
        ["Fees of 2024", "", ""], ["Item", "Day", "Week"], ["Boats", "", ""], ["Svale", "5", "20"],
        ["Tents", "", ""], ["Alk", "6", "21"],
    ]  # fmt: skip
    table = only_table(make_workbook(rows, merged=("A1:C1", "A3:C3", "A5:C5")))
    assert table.caption == "Fees of 2024"
    assert [(row.cells[0].text, row.group) for row in table.rows] == [
        ("Boats", ""), ("Svale", "Boats"), ("Tents", ""), ("Alk", "Tents"),
    ]  # fmt: skip


def test_names_repeated_on_every_page_are_not_rows() -> None:
    rows = [["Item", "Fee"], ["Rope", "5"], ["Item", "Fee"], ["Tent", "6"]]
    assert len(only_table(make_workbook(rows)).rows) == 2


def test_notes_of_a_table_follow_it_and_text_above_is_its_caption() -> None:
    lines = list(
        table_lines(
            [["Rates"], ["Item", "Fee"], ["Rope (a)", "5"], ["(a) Red only."], ["Source: Ada"]],
            "likely",
        )
    )
    assert lines == [
        "Rates", "| Item | Fee |", "|---|---|", "| Rope (a) | 5 |", "", "(a) Red only.",
        "Source: Ada",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        ("0.0825", "0.00%", "8.25%"),
        ("0.5", "0%", "50%"),
        ("12.5", '"€"#,##0.00', "€12.50"),
        ("1234.5", "#,##0.00 [$€-407]", "1234.50 €"),
        ("40", '0" kg"', "40 kg"),
        ("-3", '#,##0 "t";[Red]-#,##0 "t"', "-3 t"),
        ("1200000", '0.0,,"M"', "1.2M"),
        ("12.346", "0.00", "12.35"),
        ("12.346", "General", "12.346"),
        ("0.5", "# ?/?", "0.5"),
        ("46129", "yyyy-mm-dd", "2026-04-17"),
        ("46129", "mmm yyyy", "April 2026"),
        ("46129", "mmmm", "April"),
    ],
)
def test_cells_show_what_the_program_shows(value: str, code: str, shown: str) -> None:
    data = make_workbook([["Item", "Value"], ["x", value]], formats={"B2": code})
    assert f"| x | {shown} |" in read_document(data, "a.xlsx").text


def test_a_number_that_rounds_to_nothing_has_no_sign() -> None:
    assert shown_number(-0.004, "0.00") == "0.00"


def test_cells_of_a_calc_sheet_show_dates_numbers_and_units() -> None:
    def cell(kind: str, value: str, shown: str) -> str:
        return (
            f'<table:table-cell office:value-type="{kind}" {value}><text:p>{shown}</text:p>'
            "</table:table-cell>"
        )

    row = "<table:table-row>{}</table:table-row>"
    body = row.format("".join(map(CELL.format, ("a", "b", "c", "d")))) + row.format(
        cell("date", 'office:date-value="2026-04-17"', "17.04.26")
        + cell("float", 'office:value="12553.5"', "12,553.50")
        + cell("percentage", 'office:value="0.0825"', "8.25 %")
        + cell("currency", 'office:value="5"', "5.00 €")
    )
    text = read_document(make_ods(body), "a.ods").text
    assert "| 2026-04-17 | 12553.50 | 8.25 % | 5.00 € |" in text


def test_a_remark_on_a_cell_names_its_place_and_its_words() -> None:
    rows = [["Item", "Fee"], ["Rope", "5"]]
    text = read_document(make_workbook(rows, comment=("B2", "Ask Ann first")), "a.xlsx").text
    assert "Comment by Ann on cell B2 (Rope, 5): Ask Ann first" in text


def test_a_formula_without_a_stored_value_is_named() -> None:
    data = make_workbook([["Item", "Fee"], ["Rope", "5"]])
    assert read_document(data, "a.xlsx").notes == ()
    parts = _parts(data)
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    parts["xl/worksheets/sheet1.xml"] = sheet.replace("<v>5</v>", "<f>2+3</f><v></v>").encode()
    assert read_document(pack(parts), "a.xlsx").notes == ("1 formulas have no stored value",)


def _parts(data: bytes) -> dict[str, bytes]:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


# ---------------------------------------------------------------- tables in tables, and frames


INNER = "<table><tr><th>Model</th><th>Width</th></tr><tr><td>Otter</td><td>1.3</td></tr></table>"


def test_a_table_in_a_cell_is_a_table_of_its_own() -> None:
    frame = f"<table><tr><td><p>Before.</p>{INNER}<p>After.</p></td></tr></table>"
    text = read_document(frame.encode(), "a.html").text
    assert text == "Before.\n\n| Model | Width |\n|---|---|\n| Otter | 1.3 |\n\nAfter.\n"
    outer = html_table(
        [f"<td>Ada</td><td>5</td><td>x{INNER}</td>", "<td>Ben</td><td>6</td><td>y</td>",
         "<td>Cid</td><td>7</td><td>z</td>"]
    )  # fmt: skip
    text = read_document(outer.encode(), "a.html").text
    first, second = find_tables(text)
    assert [[c.text for c in row.cells] for row in first.rows] == [
        ["Ada", "5", "x"], ["Ben", "6", "y"], ["Cid", "7", "z"],
    ]  # fmt: skip
    assert second.names == ("Model", "Width")


def test_a_word_table_in_a_cell_is_a_table_of_its_own_and_a_frame_is_text() -> None:
    inner = docx_table([["Model", "Width"], ["Otter", "1.3"], ["Heron", "1.6"]])
    frame = docx_table([[docx_cell(docx_run("Before.") + inner)]])
    text = read_document(make_docx(frame), "a.docx").text
    assert text.startswith("Before.\n\n| Model | Width |\n|---|---|\n| Otter | 1.3 |")
    outer = docx_table(
        [["Name", "Fee", "Note"], ["Ada", "5", docx_cell(docx_run("x") + inner)], ["Ben", "6", "y"]]
    )
    first, second = find_tables(read_document(make_docx(outer), "a.docx").text)
    assert first.names == ("Name", "Fee", "Note")
    assert second.names == ("Model", "Width")


@pytest.mark.parametrize(
    "page",
    [
        (
            "<table role='presentation'><tr><td>a</td><td>b</td></tr>"
            "<tr><td>c</td><td>d</td></tr></table>"
        ),
        "<table><tr><td><h2>Menu</h2><p>a</p></td><td><h2>Text</h2><p>b</p></td></tr></table>",
        "<table><tr><td>one</td></tr><tr><td>two</td></tr></table>",
    ],
)
def test_a_table_that_only_arranges_a_page_is_text(page: str) -> None:
    assert find_tables(read_document(page.encode(), "a.html").text) == []


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ((b"<table><caption>Fees of 2024</caption><tr><th>A</th><th>B</th></tr>"
         b"<tr><td>x</td><td>1</td></tr></table>"), "a.html"),
        ((b"<figure><table><tr><th>A</th><th>B</th></tr><tr><td>x</td><td>1</td></tr></table>"
         b"<figcaption>Fees of 2024</figcaption></figure>"), "b.html"),
        (make_docx('<w:p><w:pPr><w:pStyle w:val="C"/></w:pPr><w:r><w:t>Fees of 2024</w:t></w:r>'
                   "</w:p>"
                   + docx_table([["A", "B"], ["x", "1"]]),
                   **{"word/styles.xml": '<w:styles xmlns:w="http://schemas.openxmlformats.org/'
                      'wordprocessingml/2006/main"><w:style w:styleId="C"><w:name w:val="caption"/>'
                      "</w:style></w:styles>"}), "a.docx"),
        (make_workbook([["Fees of 2024"], ["A", "B"], ["x", "1"]]), "a.xlsx"),
        (b"Fees of 2024,\nA,B\nx,1\n", "a.csv"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_the_caption_stands_directly_above_its_table(data: bytes, name: str) -> None:
    table = only_table(data, name)
    assert (table.caption, table.names) == ("Fees of 2024", ("A", "B"))


# ---------------------------------------------------------------- hostile spans


def test_spans_are_filled_up_to_a_limit_and_never_explode() -> None:
    grid = Grid()
    for _ in range(2000):
        grid.start_row()
        grid.add("x" * 100, columns=100_000, rows=60_000)
    rows = grid.finish()
    assert sum(len(row) for row in rows) < 2 * MOST_COPIES
    assert sum(isinstance(cell, Copied) for row in rows for cell in row) <= MOST_COPIES


def test_a_range_over_a_million_cells_is_cut_to_the_sheet() -> None:
    rows = [["a", "b"], ["c", "d"]]
    fill_merged(rows, [((0, 0), (1_048_575, 16_383))])
    assert rows == [["a", "a"], ["a", "a"]]
    fill_merged(rows, [((5, 5), (6, 6)), ((0, 9), (3, 9))])


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<table>" + b"<tr><td colspan=100000 rowspan=65000>ha</td><td>x</td></tr>" * 3000,
         "a.html"),
        (b"<table><tr><td>" * 600 + b"ha<td>ha<tr><td>x<td>y", "a.html"),
        (make_workbook([["a", "b"], ["c", "5"]], merged=("A1:XFD1048576",) * 50), "a.xlsx"),
        (make_ods('<table:table-row table:number-rows-repeated="1000000">'
                  '<table:table-cell table:number-columns-repeated="16000"><text:p>ha</text:p>'
                  "</table:table-cell></table:table-row>"), "a.ods"),
        (make_docx("<w:tbl>" + f"<w:tr>{docx_cell('ha', '<w:gridSpan w:val=`9999`/>')}"
                   .replace("`", '"') * 1 + f"{docx_cell('b')}</w:tr>" * 1
                   + f"<w:tr>{docx_cell('c')}{docx_cell('d')}</w:tr></w:tbl>"), "a.docx"),
        (b"<table><tr><td>a</td><td>b</td></tr></table>" * 5_000, "a.html"),
        (b"<table>" * 30_000, "a.md"),
        (b"<!--" * 100_000, "a.md"),
        (b"`" * 3 + b"~~a" * 100_000, "a.md"),
        (b"[^a] " * 50_000 + b"\n\n[^a]: x\n", "a.md"),
        (b"<p hidden>" * 50_000, "a.md"),
        (b"`a ``b ```c " * 30_000 + b"<b>x</b>", "a.md"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_hostile_tables_and_markup_cost_little(data: bytes, name: str) -> None:
    began = time.process_time()
    document = read_document(data, name)
    assert time.process_time() - began < 6
    assert len(document.text) < 3_000_000
