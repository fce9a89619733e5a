"""What was refused under other settings is tried again, and no folder is too deep or too odd."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support_index import Workshop, outcomes, text_of
from support_texts import write_texts

from assistant.index import plan, sync
from assistant.index.sync import Synchroniser

pytest_plugins = ["support_index_fixtures"]


def _set(workshop: Workshop, section: str, **changes: Any) -> None:
    changed = getattr(workshop.settings, section).model_copy(update=changes)
    workshop.settings = workshop.settings.model_copy(update={section: changed})


@pytest.fixture(autouse=True)
def old_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was touched in the last two seconds is never settled; here none is so young."""
    monkeypatch.setattr(plan, "_CLOCK_GRAIN_NS", -(10**12))


# ---------------------------------------------------------------- other settings


def test_a_file_that_was_too_large_is_read_once_the_limit_is_raised(workshop: Workshop) -> None:
    _set(workshop, "documents", max_file_megabytes=0.003)
    texts = {"small.md": text_of("apples"), "large.md": text_of("pears", 40)}
    write_texts(workshop.folder, texts)
    assert outcomes(workshop.sync()) == {"small.md": "indexed", "large.md": "too_large"}
    _set(workshop, "documents", max_file_megabytes=1.0)
    receipt = workshop.sync()
    assert outcomes(receipt) == {"small.md": "unchanged", "large.md": "indexed"}
    assert workshop.holds_exactly(texts)
    assert workshop.sync().generation == receipt.generation, "then it is settled"


def test_a_file_that_held_too_much_is_read_once_that_limit_is_raised(workshop: Workshop) -> None:
    _set(workshop, "reading", max_characters=1_000_001)
    workshop.write("a.md", text_of("apples"))
    workshop.write("long.md", "a word " * 142_857 + "last")
    assert outcomes(workshop.sync())["long.md"] == "too_large"
    _set(workshop, "reading", max_characters=1_000_004)  # of seven digits only six were compared
    assert outcomes(workshop.sync()) == {"a.md": "unchanged", "long.md": "indexed"}


def test_a_link_is_read_once_links_are_followed(workshop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.md").write_text(text_of("pears"))
    workshop.write("a.md", text_of("apples"))
    (workshop.folder / "link.md").symlink_to(tmp_path / "elsewhere.md")
    assert outcomes(workshop.sync())["link.md"] == "unsupported"
    _set(workshop, "documents", follow_symlinks=True)
    assert outcomes(workshop.sync()) == {"a.md": "unchanged", "link.md": "indexed"}


def test_what_other_readers_refused_is_tried_again(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package that was installed or renewed, a suffix that is known now."""
    workshop.write("a.md", text_of("apples"))
    workshop.write("b.xyz", "what is this?")
    first = workshop.sync()
    assert outcomes(first) == {"a.md": "indexed", "b.xyz": "unsupported"}
    assert workshop.sync().generation == first.generation
    monkeypatch.setattr(sync, "installed_readers", lambda: "with one more")
    actions = {file.document: file.action for file in workshop.sync(dry_run=True).files}
    assert actions == {"a.md": "unchanged", "b.xyz": "add"}


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        ("documents", "max_file_megabytes", 100.00001), ("documents", "follow_symlinks", True),
        ("reading", "memory_megabytes", 1000), ("reading", "cpu_seconds", 21),
        ("reading", "wall_seconds", 25.0001), ("reading", "max_pages", 5001),
        ("reading", "max_characters", 10_000_001), ("reading", "max_expansion", 201),
        ("chunking", "tokens", 65), ("chunking", "overlap", 1),
    ],
)  # fmt: skip
def test_every_setting_that_refuses_files_counts(
    workshop: Workshop, section: str, name: str, value: Any
) -> None:
    def named() -> str:
        made = Synchroniser(workshop.settings, workshop.generations, lambda: workshop.embedder)
        return made._refusing

    before = named()
    _set(workshop, section, **{name: value})
    assert named() != before


def test_how_many_processes_read_does_not_count(workshop: Workshop) -> None:
    workshop.write("a.md", text_of("apples"))
    workshop.write("b.xyz", "what is this?")
    first = workshop.sync()
    _set(workshop, "reading", processes=1)
    assert workshop.sync().generation == first.generation


# ---------------------------------------------------------------- deep folders


@pytest.fixture
def deep(workshop: Workshop) -> Iterator[Workshop]:
    """3,000 folders inside each other, with a document every thousand."""
    workshop.write("a.md", text_of("apples"))
    here = os.open(workshop.folder, os.O_RDONLY)
    for number in range(3000):
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
        if number % 1000 == 900:
            file = os.open("b.md", os.O_WRONLY | os.O_CREAT, dir_fd=here)
            os.write(file, text_of(f"depth {number}").encode())
            os.close(file)
    os.close(here)
    yield workshop
    subprocess.run(["rm", "-rf", str(workshop.folder / "d")], check=True)  # shutil recurses


def test_three_thousand_folders_inside_each_other(deep: Workshop) -> None:
    receipt = deep.sync()
    told = outcomes(receipt)
    assert sorted(told.values()) == ["failed", "indexed", "indexed", "indexed"]
    [refused] = receipt.failed
    assert "path is longer than 4,095 bytes" in refused.reason
    assert len(deep.documents()) == 3
    again = deep.sync()
    assert sorted(outcomes(again).values()) == ["failed", "unchanged", "unchanged", "unchanged"]
    assert again.generation == receipt.generation


def test_a_loop_of_links_ends(workshop: Workshop) -> None:
    _set(workshop, "documents", follow_symlinks=True)
    workshop.write("in/a.md", text_of("apples"))
    (workshop.folder / "in" / "again").symlink_to(workshop.folder)
    assert outcomes(workshop.sync()) == {"in/a.md": "indexed"}
