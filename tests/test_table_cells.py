"""One cell of a long table is answered with its row alone, in every format."""

from __future__ import annotations

import pytest

from assistant.reading import read_document
from assistant.tables.model import find_tables
from benchmarks import table_cells


@pytest.mark.parametrize("kind", list(table_cells.FORMATS))
def test_every_format_gives_the_same_rows_under_the_same_names(kind: str) -> None:
    rows = table_cells.register(100)
    text = read_document(table_cells.FORMATS[kind](rows), f"a.{kind}").text
    (table,) = find_tables(text)
    assert table.names == table_cells.COLUMNS
    assert [[cell.text for cell in row.cells] for row in table.rows] == rows


def test_cells_of_a_register_are_found_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert table_cells.main(["pdf", "--rows", "60", "--questions", "8"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].split() == ["pdf", "8", "0", "0"]
