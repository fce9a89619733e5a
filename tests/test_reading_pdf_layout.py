"""Tables of a PDF are tables, also over pages; columns drawn line by line are read in order."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from fpdf import FPDF

from assistant.reading import read_document
from assistant.reading.pdf_layout import Character, stretches
from assistant.tables.model import find_tables

NAMES = ("Zone", "Keeper", "Fee")
ROWS = [[f"Z-{number}", f"Ada Holm {number}", f"{number}.50"] for number in range(10, 95)]
WIDTHS = (30, 60, 25)
LEFT = (
    "The sluice at Ask was rebuilt in",
    "1904 after the flood of that year.",
    "Its gates are made of larch, and",
    "they are turned by hand each May.",
)
RIGHT = (
    "The kiln at Bro burned lime until",
    "the war began. Its last master was",
    "Tora Vik, who sold the tools to a",
    "museum and moved to the town.",
)


def new_page(pdf: FPDF) -> None:
    pdf.add_page()
    pdf.set_font("Helvetica", size=10)


def print_rows(pdf: FPDF, rows: Sequence[Sequence[str]], widths: Sequence[float] = WIDTHS) -> None:
    for row in rows:
        for width, cell in zip(widths, row, strict=True):
            pdf.cell(width, 6, cell)
        pdf.ln()


def long_table(*, repeats: bool = True, foot: bool = True) -> bytes:
    pdf = FPDF()
    pdf.set_auto_page_break(False)
    for at in range(0, len(ROWS), 30):
        new_page(pdf)
        if at == 0:
            pdf.cell(0, 6, "Fees of 2031", new_x="LMARGIN", new_y="NEXT")
        print_rows(pdf, [NAMES, *ROWS[at : at + 30]] if repeats or at == 0 else ROWS[at : at + 30])
        if foot:
            pdf.set_y(-15)
            pdf.cell(0, 6, f"Page {at // 30 + 1} of 3", align="C")
    return bytes(pdf.output())


def text_of(pdf: FPDF) -> str:
    return read_document(bytes(pdf.output()), "a.pdf").text


@pytest.mark.parametrize("repeats", [True, False])
@pytest.mark.parametrize("foot", [True, False])
def test_a_table_over_three_pages_is_one_table(repeats: bool, foot: bool) -> None:
    document = read_document(long_table(repeats=repeats, foot=foot), "a.pdf")
    (table,) = find_tables(document.text)
    assert table.names == NAMES
    assert table.caption == "Fees of 2031"
    assert [[cell.text for cell in row.cells] for row in table.rows] == ROWS
    first_of_page_2 = document.text.index("Z-40")
    assert document.pages[1].start <= first_of_page_2 < document.pages[1].end


def test_another_table_on_the_next_page_is_another_table() -> None:
    pdf = FPDF()
    new_page(pdf)
    print_rows(pdf, [NAMES, *ROWS[:4]])
    new_page(pdf)
    print_rows(pdf, [("Boat", "Owner", "Year"), *([f"B{n}", "Ulf", str(n)] for n in range(4))])
    assert [table.names[0] for table in find_tables(text_of(pdf))] == ["Zone", "Boat"]


def test_text_around_a_table_stays_text() -> None:
    pdf = FPDF()
    new_page(pdf)
    before = "All keepers pay by the end of March, in the office or at the quay, as they like best."
    pdf.multi_cell(0, 6, before, new_x="LMARGIN", new_y="NEXT")
    pdf.ln()
    print_rows(pdf, [NAMES, *ROWS[:4]])
    pdf.ln()
    pdf.multi_cell(0, 6, "Whoever pays late owes 5.00 more.")
    text = text_of(pdf)
    assert text.startswith(f"{before}\n\n| Zone | Keeper | Fee |\n|---|---|---|\n| Z-10 |")
    assert text.endswith("| Z-13 | Ada Holm 13 | 13.50 |\n\nWhoever pays late owes 5.00 more.")


def test_a_cell_of_two_lines_is_one_cell_and_an_empty_one_stays_empty() -> None:
    pdf = FPDF()
    new_page(pdf)
    rows = [["Z-1", "Ada Holm and", "1.50"], ["", "sons", ""]]
    for row, height in zip([NAMES, *rows], (9, 5, 9), strict=True):
        for width, cell in zip(WIDTHS, row, strict=True):
            pdf.cell(width, height, cell)
        pdf.ln(height)
    for row in (["Z-2", "", "2.50"], ["Z-3", "Kim Ode", "3.50"]):
        for width, cell in zip(WIDTHS, row, strict=True):
            pdf.cell(width, 9, cell)
        pdf.ln(9)
    (table,) = find_tables(text_of(pdf))
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Z-1", "Ada Holm and sons", "1.50"],
        ["Z-2", "", "2.50"],
        ["Z-3", "Kim Ode", "3.50"],
    ]


def test_columns_drawn_line_by_line_are_read_one_after_the_other() -> None:
    pdf = FPDF()
    new_page(pdf)
    pdf.cell(0, 10, "Two works", new_x="LMARGIN", new_y="NEXT")
    print_rows(pdf, list(zip(LEFT, RIGHT, strict=True)), (90, 90))
    assert text_of(pdf).split() == " ".join(("Two works", *LEFT, *RIGHT)).split()


def test_columns_drawn_one_after_the_other_stay_so() -> None:
    pdf = FPDF()
    new_page(pdf)
    for left, lines in ((10, LEFT), (110, RIGHT)):
        pdf.set_y(20)
        for line in lines:
            pdf.set_x(left)
            pdf.cell(90, 6, line, new_x="LMARGIN", new_y="NEXT")
    assert text_of(pdf).split() == " ".join((*LEFT, *RIGHT)).split()


@pytest.mark.parametrize(
    "rows",
    [
        [("1.", "Open the valve."), ("2.", "Wait for a minute."), ("3.", "Close it.")],
        [("2.1", "Pumps of wood"), ("2.2", "Pumps of iron"), ("2.3", "Pumps of brass")],
        [("-", "larch"), ("-", "oak"), ("-", "elm and ash")],
    ],
)
def test_marks_of_a_list_are_no_column(rows: list[tuple[str, str]]) -> None:
    pdf = FPDF()
    new_page(pdf)
    print_rows(pdf, rows, (20, 60))
    text = text_of(pdf)
    assert "|" not in text
    assert all(f"{mark} {words}" in text for mark, words in rows)


def drawn(lines: Sequence[Sequence[tuple[float, str]]]) -> list[Character]:
    """Lines of (left, words), each letter 5 wide and 10 high, 14 apart."""
    found = []
    for number, line in enumerate(lines):
        bottom = 700.0 - 14 * number
        for left, words in line:
            for at, letter in enumerate(words):
                x = left + 5 * at
                box = () if letter == " " else (x, bottom, x + 5, bottom + 10)
                found.append(Character(letter, *box))
            found.append(Character(" "))
        found.append(Character("\n"))
    return found


def test_prose_and_right_to_left_lines_are_left_as_they_are() -> None:
    assert stretches(drawn([[(50, "one line of words")], [(50, "and another of them")]] * 4)) == []
    hebrew = [[(50, "שלום"), (200, "עולם"), (300, "ספר")]] * 6
    assert stretches(drawn(hebrew)) == []


def test_indented_code_is_no_table() -> None:
    code = [
        [(50, "if"), (200, "x")],
        [(100, "call"), (300, "y")],
        [(50, "end"), (400, "z")],
        [(150, "then"), (500, "w")],
    ]
    assert stretches(drawn(code)) == []


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ([(20.0 * at, "ab") for at in range(50)], 300),
        ([(20.0 * at, "a") for at in range(500)], 50),
        ([(50.0, "1."), (90.0, "word")], 5000),
        ([(50.0, "a"), (90.0, "b")], 8000),
    ],
)
def test_crowded_pages_cost_little(line: list[tuple[float, str]], count: int) -> None:
    import time

    characters = drawn([line] * count)
    began = time.process_time()
    stretches(characters)
    assert time.process_time() - began < 5
