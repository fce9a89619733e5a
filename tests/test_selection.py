"""Which documents filters mean: every kind of value, and the values that are refused."""

from __future__ import annotations

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import FilterError
from assistant.retrieval.filters import (
    Selection,
    checked_filters,
    describe,
    make_filters,
    no_document,
)
from assistant.types import DocumentInfo, Filters


def info(name: str, kind: str = "text", date: str = "2020-06-15") -> DocumentInfo:
    """A document that filters may or may not mean."""
    return DocumentInfo(name, name, kind, date, tags=tuple(name.split("/")[:-1]))


def selected(filters: Filters, document: DocumentInfo) -> bool:
    """Whether filters mean one document."""
    return Selection(filters).means(document)


@pytest.mark.parametrize(
    ("pattern", "name", "meant"),
    [
        ("reports/**", "reports/a.md", True),
        ("reports/**", "reports/2020/q1/a.md", True),
        ("reports/**", "reports.md", False),
        ("reports/**", "old/reports/a.md", False),
        ("**/reports/**", "old/reports/a.md", True),
        ("**/reports/**", "reports/a.md", True),
        ("reports/*", "reports/a.md", True),
        ("reports/*.md", "reports/2020/a.md", False),
        ("reports/", "reports/2020/a.md", True),
        ("reports/2020", "reports/2020/a.md", True),
        ("reports/2020", "reports/2020b/a.md", False),
        ("./reports/a.md", "reports/a.md", True),
        ("*.md", "deep/down/a.md", True),
        ("a?.md", "deep/ab.md", True),
        ("a?/b.md", "a/b.md", False),
        ("[draft]*.md", "x/[draft] one.md", True),
        ("a+b/(c).md", "a+b/(c).md", True),
    ],
)
def test_path_patterns(pattern: str, name: str, meant: bool) -> None:
    assert selected(make_filters(paths=[pattern]), info(name)) is meant


@given(st.text("ab*?.", min_size=1, max_size=6), st.text("ab.", min_size=1, max_size=6))
def test_pattern_of_a_name_is_the_shells(pattern: str, name: str) -> None:
    expected = fnmatch.fnmatchcase(name, pattern)
    assert selected(make_filters(paths=[pattern]), info(f"folder/{name}")) is expected


def test_types_are_suffixes_or_kinds() -> None:
    assert selected(make_filters(types=["PDF"]), info("a.pdf", "pdf"))
    assert selected(make_filters(types=[".xlsx"]), info("a.XLSX", "sheets"))
    assert selected(make_filters(types=["sheets"]), info("a.xlsx", "sheets"))
    assert not selected(make_filters(types=["pdf"]), info("pdf.md", "markdown"))


def test_days_are_included_and_months_and_years_are_whole() -> None:
    document = info("a.md", date="2020-06-15")
    assert selected(make_filters(after="2020-06-15", before="2020-06-15"), document)
    assert selected(make_filters(after="2020-06", before="2020-06"), document)
    assert selected(make_filters(before="2020"), info("a.md", date="2020-12-31"))
    assert not selected(make_filters(after="2020-06-16"), document)
    assert not selected(make_filters(before="2020-06-14"), document)
    assert make_filters(before="2020-02").before == "2020-02-29"
    assert make_filters(before="9999").before == "9999-12-31"


def test_tags_are_folders_of_any_depth_and_case() -> None:
    document = info("Reports/2020/a.md")
    assert selected(make_filters(tags=["reports"]), document)
    assert selected(make_filters(tags=["2020"]), document)
    assert selected(make_filters(tags=["reports/2020/"]), document)
    assert not selected(make_filters(tags=["report"]), document)
    assert not selected(make_filters(tags=["a.md"]), document)


def test_all_fields_must_hold_and_any_value_of_one() -> None:
    filters = make_filters(types=["md", "pdf"], tags=["x"])
    assert selected(filters, info("x/a.md"))
    assert selected(filters, info("x/a.pdf"))
    assert not selected(filters, info("y/a.pdf"))
    assert not selected(filters, info("x/a.txt"))


def test_no_filters_mean_everything_and_are_false() -> None:
    assert not Filters()
    assert selected(Filters(), info("a.md"))
    assert make_filters(tags=["x"])


@pytest.mark.parametrize(
    ("filters", "named"),
    [
        (Filters(after="yesterday"), "yesterday"),
        (Filters(before="2020-02-30"), "2020-02-30"),
        (Filters(after="31.01.2020"), "31.01.2020"),
        (Filters(types=("p/df",)), "p/df"),
        (Filters(paths=("",)), "''"),
        (Filters(paths=("a\0b",)), "a\\x00b"),
        (Filters(paths=("x" * 501,)), "xxx"),
        (Filters(tags=("/",)), "/"),
        (Filters(tags=(7,)), "7"),  # type: ignore[arg-type]
        (Filters(types=7), "7"),  # type: ignore[arg-type]
        (Filters(after="2021", before="2020"), "2021"),
        (Filters(after="2" * 100_000), "222"),
        (Filters(paths=("a\ud800",)), "a\\ud800"),
        (Filters(paths=("*.md",) * 101), "101 values of path"),
        (Filters(tags=("x",) * 30_000), "30,000 values of tag"),
        (Filters(types=("pdf",) * 101), "101 values of type"),
        (Filters(paths=("x" * 51,) * 99), "5,049 characters"),
        (Filters(tags=(10**5000,)), "type int"),  # type: ignore[arg-type]
    ],
)
def test_a_value_of_no_use_is_named(filters: Filters, named: str) -> None:
    with pytest.raises(FilterError) as caught:
        checked_filters(filters)
    assert named in caught.value.what
    assert len(str(caught.value)) < 400
    assert caught.value.exit_code == 2


def test_a_single_text_is_one_value() -> None:
    assert checked_filters(Filters(types="pdf")).types == ("pdf",)  # type: ignore[arg-type]


def test_no_document_says_what_there_is() -> None:
    filters = make_filters(["x/**"], ["pdf"], "1999", "2000", ["y"])
    error = no_document(filters, [info("reports/a.md", "markdown"), info("b.csv", "csv")])
    assert describe(filters) in error.what
    for word in ("csv, md", "reports", "2020-06-15", "b.csv"):
        assert word in error.hint
