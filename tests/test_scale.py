"""The benchmark of a large folder: what it takes of the corpus and how it measures."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.scale import copying, heading_of, resident_bytes, take


def test_a_share_is_spread_evenly_over_the_folder(tmp_path: Path) -> None:
    for number in range(20):
        place = tmp_path / "source" / f"part{number // 10}" / f"{number:02d}.md"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"# Page {number}\n")
    files, size = take(tmp_path / "source", tmp_path / "quarter", 0.25)
    taken = sorted(
        p.relative_to(tmp_path / "quarter") for p in (tmp_path / "quarter").rglob("*.md")
    )
    assert files == 5
    assert [str(path) for path in taken] == [
        "part0/00.md", "part0/04.md", "part0/08.md", "part1/12.md", "part1/16.md",
    ]  # fmt: skip
    assert size == sum((tmp_path / "quarter" / path).stat().st_size for path in taken)
    everything, _ = take(tmp_path / "source", tmp_path / "whole", 1.0)
    assert everything == 20


def test_the_first_heading_is_the_question(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("---\nauthor: nobody\n---\n\n## The window class\n\n# Later\n")
    assert heading_of(page) == "The window class"
    page.write_text("no heading at all\n")
    assert heading_of(page) == ""


def test_memory_counts_the_children_too() -> None:
    alone = resident_bytes(os.getpid())
    hungry = "held = bytearray(80_000_000); print(len(held), flush=True); input()"
    child = subprocess.Popen(
        [sys.executable, "-c", hungry], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdin is not None
    assert child.stdout is not None
    with child:
        child.stdout.readline()
        together = resident_bytes(os.getpid())
        child.stdin.write("\n")
    assert together - alone > 80_000_000


def test_copying_is_timed_and_leaves_nothing(tmp_path: Path) -> None:
    generation = tmp_path / "index" / "generations" / "g000001"
    generation.mkdir(parents=True)
    (generation / "store.sqlite").write_bytes(b"x" * 1000)
    (tmp_path / "index" / "CURRENT").write_text("g000001\n")
    assert copying(tmp_path / "index", tmp_path / "copy") > 0
    assert not (tmp_path / "copy").exists()
    assert (generation / "store.sqlite").stat().st_size == 1000
