"""Tables found in stored text: where they are, what names their rows, exactly and quickly."""

from __future__ import annotations

import gc
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.chunking import cut
from assistant.tables.model import (
    Table,
    cells_of,
    find_tables,
    is_row,
    named_cells,
    row_line,
    rule_line,
)
from assistant.types import ParsedDocument

STAFF = "| Name | Ward |\n|---|---|\n| Ada | 5 |\n| Ben | 7 |\n"


def only(text: str, header: str = "") -> Table:
    (table,) = find_tables(text, header)
    return table


def cells(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


# ---------------------------------------------------------------- which rows, under which names


@pytest.mark.parametrize(
    "text",
    [
        STAFF,
        "Name | Ward\n---|---\nAda | 5\nBen | 7\n",
        "| Name | Ward |\n| :--- | ---: |\n| Ada | 5 |\n| Ben | 7 |",
        "  | Name | Ward |\n  |---|---|\n  | Ada | 5 |\n  | Ben | 7 |\n",
        "| **Name** | **Ward** |\n|---|---|\n| Ada | 5 |\n| Ben | 7 |\n",
        "| **Name** | **Ward** |\n| Ada | 5 |\n| Ben | 7 |\n",
        "| Name | Ward |\n| Ada | 5 |\n| Ben | 7 |\n",
        (
            "+------+------+\n| Name | Ward |\n+======+======+\n| Ada  | 5    |\n+------+------+\n"
            "| Ben  | 7    |\n+------+------+\n"
        ),
        " Name | Ward\n------+------\n Ada  | 5\n Ben  | 7\n(2 rows)\n",
        "| Name | Ward |\n|------+------|\n| Ada | 5 |\n| Ben | 7 |\n",
    ],
)
def test_every_way_to_draw_a_table_gives_the_same_one(text: str) -> None:
    table = only(text)
    assert table.names == ("Name", "Ward")
    assert cells(table) == [["Ada", "5"], ["Ben", "7"]]
    assert table.header is not None


@pytest.mark.parametrize(
    "text",
    [
        "| Ada | Bonn |\n| Ben | Rome |\n",  # nothing tells names from values
        "name: Ada | age: 5\nname: Ben | age: 7\nname: Cid | age: 8\n",
        "| Serial 4 | 5 |\n| Year | 7 |\n| Power | 8 |\n",
        "Home | About | Contact\n",
    ],
)
def test_rows_without_names_get_none(text: str) -> None:
    table = only(text)
    assert table.header is None
    assert table.names == ()


def test_cells_keep_their_place_and_lose_only_what_makes_them_bold() -> None:
    text = "| A | B |\n|---|---|\n| **x \\| y** | __z__ |\n"
    row = only(text).rows[0]
    assert [cell.text for cell in row.cells] == ["x | y", "z"]
    assert [text[cell.start : cell.end] for cell in row.cells] == ["x \\| y", "z"]
    assert [cell.text for cell in cells_of("| **a** and **b** | |")] == ["**a** and **b**", ""]


def test_a_record_names_its_own_cells() -> None:
    table = only("name: Ada | note: at 5:30 | town: Bonn\n")
    pairs = [(name, cell.text) for name, cell in named_cells(table, table.rows[0])]
    assert pairs == [("name", "Ada"), ("note", "at 5:30"), ("town", "Bonn")]


def test_code_holds_no_table_and_prose_with_a_bar_is_none() -> None:
    assert find_tables(f"```\n{STAFF}```\n") == []
    assert find_tables("Either a|b or c.\n") == []
    assert len(find_tables(f"```\nx\n```\n\n{STAFF}")) == 1


def test_a_stretch_from_the_middle_takes_the_names_it_is_given() -> None:
    table = only("| Ben | 7 |\n", header="| Name | Ward |")
    assert table.names == ("Name", "Ward")
    assert only(f"Text first.\n\n{STAFF}", header="| X | Y |").names == ("Name", "Ward")


# ---------------------------------------------------------------- captions


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        (f"Staff of 2024\n{STAFF}", "Staff of 2024"),
        (f"In kroner\nStaff of 2024\n{STAFF}", "In kroner · Staff of 2024"),
        (f"Table 3: Staff of 2024\n\n{STAFF}", "Table 3: Staff of 2024"),
        (f"Tabelle 3. Personal\n\n{STAFF}", "Tabelle 3. Personal"),
        (f"**Staff of 2024**\n\n{STAFF}", "**Staff of 2024**"),
        (f"These people work here:\n\n{STAFF}", "These people work here:"),
        (f"{STAFF}\nTable: Staff of 2024\n", "Table: Staff of 2024"),
        (f"{STAFF}\n: Staff of 2024\n", ": Staff of 2024"),
        (f"## Staff of 2024\n\n{STAFF}", "Staff of 2024"),
        (f"A paragraph that says something else.\n\n{STAFF}", ""),
        (f"{'A long paragraph. ' * 40}\n{STAFF}", ""),
        (STAFF, ""),
    ],
)
def test_a_caption_stands_above_below_or_is_the_heading(text: str, caption: str) -> None:
    table = only(text)
    assert table.caption == caption
    if caption and not text.startswith("#"):
        held = text[table.start : table.end]
        assert all(line in held for line in caption.split(" · "))


# ---------------------------------------------------------------- groups


def test_a_row_across_the_table_names_those_under_it() -> None:
    text = (
        "| Item | A | B |\n|---|---|---|\n| North | | |\n| rope | 1 | 2 |\n| South | | |\n"
        "| tent | 3 | 4 |\n"
    )
    groups = [(row.cells[0].text, row.group) for row in only(text).rows]
    assert groups == [("North", ""), ("rope", "North"), ("South", ""), ("tent", "South")]
    nested = text.replace("| North | | |", "| Europe | | |\n| North | | |")
    assert only(nested).rows[2].group == "Europe › North"


def test_a_row_that_only_lacks_its_values_names_nobody() -> None:
    text = "| Name | A | B |\n|---|---|---|\n| Ada | 1 | 2 |\n| Ben | | |\n| Cid | 3 | 4 |\n"
    assert [row.group for row in only(text).rows] == ["", "", ""]


def test_a_label_that_stands_in_the_first_of_several_rows_names_them_all() -> None:
    text = (
        "| Zone | Boat | Fee |\n|---|---|---|\n| Bay | Svale | 1 |\n| | Terne | 2 |\n"
        "| Sea | Skua | 3 |\n| | Alk | 4 |\n"
    )
    assert [row.group for row in only(text).rows] == ["", "Bay", "", "Sea"]
    one = "| Zone | Fee |\n|---|---|\n| Bay | 1 |\n| | 2 |\n| Sea | 3 |\n| Sea | 4 |\n"
    assert [row.group for row in only(one).rows] == [""] * 4  # here a label is simply missing


# ---------------------------------------------------------------- any text, and long ones

PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            ["|", " | ", "| a | b |", "|---|---|", "\n", "\n\n", "```\n", "# x\n", "\\|", "**a**",
             "+---+", "Table 1: x\n", "a: b", "=====", ":", " ", "\t", "5", "é😀", "~~~"]
        ),
        st.text(max_size=6),
    ),
    max_size=40,
).map("".join)  # fmt: skip


@given(PIECES)
@example("| a | b |\n+--+\n| c | d |")
def test_spans_are_exact_whatever_the_text(text: str) -> None:
    end = 0
    for table in find_tables(text):
        assert 0 <= table.start <= table.end <= len(text)
        for row in table.rows:
            assert end <= row.start < row.end <= table.end
            assert text[row.start : row.end] == row.line
            end = row.end
            for cell in row.cells:
                assert text[cell.start : cell.end].replace("\\|", "|") == cell.text


@given(
    st.lists(st.text(st.characters(exclude_characters="\\"), max_size=12), min_size=2, max_size=6)
)
def test_a_row_that_is_written_is_read_again(words: list[str]) -> None:
    line = row_line(words)
    assert is_row(line)
    # signs for bold are a reader's business: a cell that is one comes back without them
    back = [cell.text for cell in cells_of(line)]
    wanted = [" ".join(word.split()) for word in words]
    assert all(b in (w, w[2:-2]) for b, w in zip(back, wanted, strict=True))


def seconds(text: str) -> float:
    gc.disable()  # a collection looks at all that other tests have left
    try:
        began = time.process_time()
        find_tables(text)
        return time.process_time() - began
    finally:
        gc.enable()


@pytest.mark.parametrize(
    "line",
    [
        "| name | 5 | 6 |\n",
        "a: b | c: d\n",
        "| x | | |\n| y | 1 | 2 |\n",
        "|a|\n\n",
        "Table 1: x\n\n| a | b |\n|---|---|\n\n",
        "|" * 50 + "\n",
        "+--+\n| a | b |\n",
        "** | **a** | __\n",
    ],
)
def test_time_grows_with_the_text_and_no_faster(line: str) -> None:
    some = line * (60_000 // len(line))
    seconds(some)
    short, long = (min(seconds(each) for _ in range(2)) for each in (some, some * 4))
    assert long < 12 * max(short, 0.01), (short, long)


def test_chunks_of_a_long_table_begin_with_whole_rows_and_know_their_names() -> None:
    rows = "".join(f"| Name {n} | Ward {n % 9} | {n} |\n" for n in range(3000))
    text = f"# Staff\n\n| Name | Ward | Pager |\n{rule_line(3)}\n{rows}"
    chunks = cut(ParsedDocument(text, "Staff", "markdown", is_markdown=True), tokens=256)
    assert len(chunks) > 50
    for chunk in chunks[1:]:
        assert chunk.text.startswith("| Name ")
        assert chunk.text.rstrip().endswith("|")
        assert chunk.context == "Staff\n| Name | Ward | Pager |"


def test_a_record_of_a_few_thousand_characters_is_one_chunk() -> None:
    record = " | ".join(f"field {n}: value {n}" for n in range(150))
    text = f"{record}\n{record}\n"
    assert len(record) > 3000
    chunks = cut(ParsedDocument(text, "x", "json", is_markdown=True), tokens=256)
    assert [chunk.text.strip() for chunk in chunks] == [record, record]
