"""One cell of a long table is answered with its row alone, in every format."""

from __future__ import annotations

from pathlib import Path

import pytest
from support_index import make_settings
from support_texts import write_texts

from assistant import Assistant
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


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Where was the meeting with 935 talks held?", "Ravn"),
        ("Who was the head of the meeting with 411 talks?", "Odd"),
    ],
)
def test_a_cell_below_the_name_of_its_kind_is_of_that_kind(
    tmp_path: Path, question: str, said: str
) -> None:
    table = (
        "# Meetings\n\nThe society counted 935 talks in 2018 and 411 talks in 2019.\n\n"
        "| Meeting | Place | Head | Talks |\n|---|---|---|---|\n"
        "| 2017 | Moss | eva | 702 |\n| 2018 | Ravn | Tor | 935 |\n| 2019 | Lund | Odd | 411 |\n"
    )
    write_texts(tmp_path / "notes", {"meetings.md": table})
    with Assistant(make_settings(tmp_path / "index", [tmp_path / "notes"])) as assistant:
        assistant.sync()
        answer = assistant.ask(question)
    assert said in answer.sentences[0].text, answer.text
