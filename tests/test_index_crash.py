"""A process that dies at any step of an ingest leaves the old index or the new one, whole.

The 60 random kills are ``python -m benchmarks.crash_ingest``; here the process stops itself at each
named step, and one real ``kill -9`` hits the command line.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from functools import cache
from pathlib import Path

import pytest
from support_index import (
    TOKENS,
    CountingEmbedder,
    Workshop,
    command,
    make_settings,
    text_of,
    use_inline_children,
)

from assistant.index.generations import FAILPOINTS, Generations
from assistant.index.sync import Synchroniser
from assistant.settings import Settings
from benchmarks.examination import Finding, State, chunk_texts, examine, in_child

pytest_plugins = ["support_index_fixtures"]

OLD = {
    "kept.md": text_of("apples"),
    "edited.md": text_of("pears"),
    "removed.md": text_of("plums"),
    "before.md": text_of("cherries"),
}
NEW = {
    "kept.md": text_of("apples"),
    "edited.md": text_of("pears", 6) + "\n\nThe pears were sold in May.",
    "after.md": text_of("cherries"),
    "added.md": text_of("quinces"),
}


@cache
def states() -> dict[str, State]:
    """The two states the index may be in."""
    return {"old": chunk_texts(OLD, TOKENS), "new": chunk_texts(NEW, TOKENS)}


def sync_in_child(settings: Settings, failpoint: str = "") -> tuple[int, list[str]]:
    """Runs in a forked process: sync with child threads, and perhaps die on the way."""
    use_inline_children(pytest.MonkeyPatch())
    os.environ["ASSISTANT_FAILPOINT"] = failpoint
    embedder = CountingEmbedder()
    generations = Generations(settings.index.path)
    receipt = Synchroniser(settings, generations, lambda: embedder).sync(None)
    return len(receipt.failed), embedder.paid


def look_finish_and_look(
    settings: Settings, allowed: dict[str, State]
) -> tuple[Finding, int, list[str], Finding]:
    """Runs in a forked process: the index as it is, then a sync, then the index again."""
    first = examine(settings.index.path, allowed)
    failed, paid = sync_in_child(settings)
    return first, failed, paid, examine(settings.index.path, allowed)


def fill(folder: Path, texts: dict[str, str]) -> None:
    """Make a folder hold these texts and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def old_index(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder in its new state and an index of its old one. Tests copy the index."""
    place = tmp_path_factory.mktemp("crash")
    fill(place / "documents", OLD)
    made = in_child(sync_in_child, make_settings(place / "index", [place / "documents"]))
    assert isinstance(made, tuple), made
    fill(place / "documents", NEW)
    return place / "documents", place / "index"


def check(settings: Settings, allowed: str) -> list[str]:
    """The index is whole and in this state; the next sync makes it new. What that sync paid."""
    seen = in_child(look_finish_and_look, settings, states())
    assert isinstance(seen, tuple), seen
    first, failed, paid, last = seen
    assert first.is_sound, first
    assert first.state == allowed, first
    assert failed == 0
    assert last.is_sound, last
    assert last.state == "new", last
    building = settings.index.path / "building"
    assert not any(building.glob("*")), "the dead run's files are still there"
    return list(paid)


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_a_crash_in_an_update_leaves_old_or_new(
    failpoint: str, old_index: tuple[Path, Path], tmp_path: Path
) -> None:
    folder, index = old_index
    shutil.copytree(index, tmp_path / "index")
    settings = make_settings(tmp_path / "index", [folder], **{"index.keep_previous": 0})
    assert in_child(sync_in_child, settings, failpoint) is None, "the run did not stop there"
    check(settings, "new" if failpoint in ("after-current", "in-collect") else "old")


@pytest.mark.parametrize("failpoint", ["after-batch", "in-words", "before-rename", "after-current"])
def test_a_crash_in_the_first_ingest_leaves_none_or_all(
    failpoint: str, old_index: tuple[Path, Path], tmp_path: Path
) -> None:
    folder, _ = old_index
    settings = make_settings(tmp_path / "index", [folder])
    assert in_child(sync_in_child, settings, failpoint) is None, "the run did not stop there"
    paid = check(settings, "new" if failpoint == "after-current" else "empty")
    assert not paid, "what the dead run had embedded was paid for again"


def test_kill_nine_of_the_command_line(tmp_path: Path, old_index: tuple[Path, Path]) -> None:
    """The parent alone is killed, while its children write; they must not disturb the next run."""
    folder, index = old_index
    shutil.copytree(index, tmp_path / "index")
    settings = make_settings(tmp_path / "index", [folder])
    process = subprocess.Popen(command(settings, "ingest", "--json"), stdout=subprocess.DEVNULL)
    building = tmp_path / "index" / "building"
    deadline = time.monotonic() + 60
    while not any(building.glob("*/chroma")) and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    check(settings, "old")


def test_two_runs_never_build_in_the_same_folder(tmp_path: Path) -> None:
    """A dead run's orphan may write on for a moment; not into the next run's files."""
    generations = Generations(tmp_path)
    with generations.writer(0):
        first = generations.begin("g000001")
    with generations.writer(0):
        assert generations.begin("g000001") != first


def test_the_embeddings_of_a_killed_run_are_kept(workshop: Workshop) -> None:
    """A batch that was paid for is not paid for again, even when the run never got further."""
    for number in range(6):
        workshop.write(f"{number}.md", text_of(f"subject {number}"))
    second_batch = text_of("subject 5")

    class Killed(BaseException):
        pass

    def die(text: str) -> bool:
        if "subject 5" in text:
            raise Killed
        return False

    workshop.embedder.fails_on = die
    with pytest.raises(Killed):
        workshop.sync()
    paid_before = list(workshop.embedder.paid)
    assert paid_before
    workshop.embedder.fails_on = lambda text: False
    receipt = workshop.sync()
    assert len(workshop.embedder.paid) == len(set(workshop.embedder.paid))
    assert receipt.from_cache == len(paid_before)
    assert second_batch in workshop.documents().values()
