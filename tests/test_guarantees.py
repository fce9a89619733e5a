"""The command behind the page of guarantees: it reads figures, and tells what did not hold."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks import guarantees
from benchmarks.guarantees import ROWS, Result, Row, page, run


def replies(monkeypatch: pytest.MonkeyPatch, output: str, status: int = 0) -> None:
    """Let every trial print this and end so."""

    def stand_in(*_: Any, **__: Any) -> SimpleNamespace:
        return SimpleNamespace(stdout=output, stderr="", returncode=status)

    monkeypatch.setattr(subprocess, "run", stand_in)


def row(number: str) -> Row:
    """A row of the page."""
    return next(each for each in ROWS if number in each.number.split(", "))


def test_figures_are_read_from_what_trials_print(monkeypatch: pytest.MonkeyPatch) -> None:
    replies(monkeypatch, "ours  6  0  1  0  0  0  0\n")
    result = run(row("1"), full=False)
    assert result.figure.startswith("6 kills, 0 lost documents, 1 duplicate chunks")
    replies(monkeypatch, "8 changed files: 8 found, 8 built anew, 0 processes died\n")
    assert run(row("6"), full=True).figure.startswith("8 changed files: 8 found")
    assert "--trials 100" in run(row("6"), full=True).command
    replies(monkeypatch, "........s.   [ 50%]\n.....        [100%]\n")
    assert run(row("22"), full=False).figure == "14 tests passed, 1 skipped"


def test_a_promise_that_did_not_hold_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    replies(monkeypatch, "8 changed files: 7 found, 8 built anew, 0 processes died\n", status=1)
    result = run(row("6"), full=False)
    assert not result.held
    assert result.figure.startswith("DID NOT HOLD (exit status 1)")
    replies(monkeypatch, "nothing that is known\n")
    assert not run(row("6"), full=False).held


def test_the_page_names_every_row_and_what_is_not_promised(repository: Path) -> None:
    results = [Result(each, f"python -m {each.quick}", "7 of 7", True, 1.0) for each in ROWS]
    made = page(results, full=False)
    wanted = (
        "1, 3|2|4|5|6|7|11|12, 13|17|17b|18|19|20|22|23|24|25|26|27|28|29|30|31|32|33|34".split("|")
    )
    assert wanted == [row.number for row in ROWS]
    assert all(line in made for line in guarantees.NOT_PROMISED)
    stored = (repository / "docs" / "guarantees.md").read_text(encoding="utf-8")
    for each in ROWS:
        line = next(x for x in stored.splitlines() if x.startswith(f"| {each.number} |"))
        assert each.promise in line
        assert "DID NOT HOLD" not in line
        assert re.search(r"\d", line.split("|")[4])
    assert all(line in stored for line in guarantees.NOT_PROMISED)
