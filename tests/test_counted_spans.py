"""Days, weeks and the like are counted by the rows of a table where each row is one of them."""

from __future__ import annotations

import pytest

from assistant.computing.counted_spans import counts_spans, is_each_row_one
from assistant.computing.typed import TypedTable, typed_table
from assistant.tables.model import find_tables


def table_of(*rows: tuple[str, str]) -> TypedTable:
    lines = ["| Day | Hours |", "|---|---|", *(f"| {day} | {hours} |" for day, hours in rows)]
    found = typed_table(find_tables("\n".join(lines) + "\n"), "a.md", "en", "markdown")
    assert found is not None
    return found


def test_stretches_of_time_are_counted() -> None:
    assert counts_spans(["open", "days"])
    assert not counts_spans(["modes", "dayroom"])


@pytest.mark.parametrize(
    "label", ["Tuesday to Friday", "Mon–Fri", "Saturday and Sunday", "Sa, So", "Mon & Wed"]
)
def test_a_row_of_several_days_is_no_day(label: str) -> None:
    assert is_each_row_one(table_of(("Monday", "9 to 5"), ("Sunday", "10 to 4")), 0)
    assert not is_each_row_one(table_of(("Monday", "9 to 5"), (label, "10 to 4")), 0)


def test_a_day_on_which_it_is_closed_does_not_count() -> None:
    assert not is_each_row_one(table_of(("Monday", "9 to 5"), ("Sunday", "closed")), 0)
    assert is_each_row_one(table_of(("Monday", "9 to 5"), ("Sunday", "enclosed")), 0)


def test_hours_of_a_row_are_no_span_of_days() -> None:
    assert is_each_row_one(
        table_of(
            ("Monday", "9 to 5"),
        ),
        None,
    )
