"""The comparison of readers: what it makes is read, and it sees what a reader loses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import readers
from benchmarks.performance_page import READING
from benchmarks.reader_contents import COLUMNS, EXTRA
from benchmarks.reader_files import MAKERS, SHARES, kinds
from benchmarks.reader_judge import holds, is_placed, judge, normal
from benchmarks.reader_page import HEADING, kept_section, section, write_section

FAKE = """
import os, pathlib
class _Result:
    title = ""
    def __init__(self, text):
        self.text_content = text
class MarkItDown:
    def convert(self, path):
        path = pathlib.Path(path)
        if path.suffix == ".docx":
            os._exit(9)
        if path.suffix != ".html":
            raise ValueError("unknown format")
        return _Result(path.read_text(encoding="utf-8"))
"""


def test_folder_is_read_by_us_and_by_a_peer_that_dies_of_some_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = tmp_path / "peers" / "markitdown"
    (fake / "markitdown-7.dist-info").mkdir(parents=True)
    (fake / "markitdown-7.dist-info" / "METADATA").write_text("Name: markitdown\nVersion: 7\n")
    (fake / "markitdown.py").write_text(FAKE, encoding="utf-8")
    kept = tmp_path / "results.json"
    arguments = ["--files", "8", "--real", str(tmp_path), "--peers", str(tmp_path / "peers")]
    assert readers.main([*arguments, "--whole", "--results", str(kept)]) == 0
    printed = capsys.readouterr().out
    assert "made files alone" in printed
    assert "docling is left out: there is no docling" in printed
    found = json.loads(kept.read_text(encoding="utf-8"))["8"]
    ours, peer = found["readers"]["assistant"], found["readers"]["markitdown"]
    assert ours["all"]["files"] == 8
    assert ours["all"]["failed"] == ours["all"]["empty"] == ours["all"]["leaks"] == 0
    assert ours["all"]["found"] == ours["all"]["phrases"] > 60
    assert ours["all"]["placed"] == ours["all"]["cells"] > 30
    assert peer["version"] == "7"
    assert peer["all"]["failed"] == 7
    assert peer["all"]["leaks"] == 2  # of the page's script and style
    page = peer["by_format"]["html"]
    assert page["found"] == page["phrases"]
    assert page["placed"] == 0
    assert ours["processor"] > 0
    assert ours["peak"] > 10_000_000


def test_each_format_is_measured_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "results.json"
    assert readers.main(["--files", "2", "--real", str(tmp_path), "--results", str(kept)]) == 0
    found = json.loads(kept.read_text(encoding="utf-8"))["2"]
    assert set(found["formats"]) == {"pdf", "docx"}
    assert all(took["assistant"]["seconds"] > 0 for took in found["formats"].values())
    assert "in a process of its own" in capsys.readouterr().out


def test_sentence_counts_whole_and_in_order_and_cell_with_row_and_column() -> None:
    text = [normal("The **ferry**\n\nlands\\_late &amp; leaves.")]
    assert holds(text, "ferry lands_late & leaves.")
    assert not holds(text, "lands ferry")
    assert not holds(["the ferry", "lands"], "ferry lands")
    cell = ("Harlby", "Fee", "K7")
    for table in (
        "| Place | Rooms | Fee |\n|---|---|---|\n| Harlby | 3 | K7 |",
        "Place Rooms Fee\nHarlby 3 K7",
        "Place: Harlby, Rooms: 3, Fee: K7",
        "Row 1: Place=Lindholt, Rooms=4, Fee=K6. Row 2: Place=Harlby, Rooms=3, Fee=K7",
    ):
        assert is_placed([table], cell), table
    for table in (
        "Place\n\nRooms\n\nFee\n\nHarlby\n\n3\n\nK7",
        "Harlby, 3, K7",
        f"Row 1: Place=Harlby, Fee=K6. Row 2: Place=Lindholt {'and so on' * 9}, Fee=K7",
        "| Place | Fee | Rooms |\n| Harlby | 3 | K7 |",
    ):
        assert not is_placed([table], cell), table
    assert is_placed(["| Place | Fee |\n| Harlby | 12.0 |"], ("Harlby", "Fee", "12"))


def test_files_without_text_are_counted_by_what_a_reader_says_of_them() -> None:
    entry = {"type": "pdf", "expect": "password", "phrases": [], "cells": [], "must_not": []}
    entries = [entry | {"file": name} for name in ("a", "b", "c", "d")]
    replies = {"a": {"error": "locked"}, "b": {"pieces": [" "]}, "c": {"pieces": ["%PDF"]}}
    tallies, textless = judge(entries, replies)
    assert not tallies
    assert (textless.files, textless.told, textless.silent, textless.made_up) == (4, 2, 1, 1)


def test_made_files_come_in_their_shares_and_hold_what_they_say() -> None:
    assert set(SHARES) == set(MAKERS)
    assert sum(SHARES.values()) == 100
    assert {kind: kinds(100).count(kind) for kind in SHARES} == SHARES
    data, known = MAKERS["html"](3)
    page = data.decode()
    assert all(text in page for part, text in known.phrases if part != EXTRA)
    assert all(name in page for name in COLUMNS)
    assert MAKERS["html"](3)[0] == data != MAKERS["html"](4)[0]


def test_section_is_put_into_the_page_once_and_stays_when_the_rest_is_written(
    tmp_path: Path,
) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"# Performance\n\n{READING}", encoding="utf-8")
    assert kept_section(page) == section({}) == ""
    for text in ("first\n", "second\n"):
        write_section(HEADING + text, page)
    assert kept_section(page) == f"{HEADING}second\n\n"
    assert page.read_text(encoding="utf-8") == f"# Performance\n\n{HEADING}second\n\n{READING}"
