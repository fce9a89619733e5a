"""Watching a folder: real changes of real files, through the same plan and receipt."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support_index import Workshop, command, text_of

from assistant.errors import AssistantError, IndexBusyError, UsageError
from assistant.index.sync import Synchroniser
from assistant.index.watching import Watcher
from assistant.types import SyncReceipt

pytest_plugins = ["support_index_fixtures"]


class Watched:
    """A workshop under watch in a thread; ``next`` waits for what is told."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.told: queue.Queue[SyncReceipt | AssistantError] = queue.Queue()
        self.stop = threading.Event()
        self.syncs = 0
        settings = workshop.settings.watch.model_copy(update={"quiet_seconds": 0.2})
        self.watcher = Watcher(
            self.sync, lambda: [workshop.folder], workshop.index, settings, self.told.put, self.stop
        )
        self._thread = threading.Thread(target=self.watcher.run)
        self._thread.start()

    def sync(self) -> SyncReceipt:
        """The sync of the workshop, counted at its end: one that has begun may see what comes."""
        try:
            return self.workshop.sync()
        finally:
            self.syncs += 1

    def next(self) -> dict[str, str]:
        """Outcomes of the next receipt by document; unchanged ones left out."""
        news = self.told.get(timeout=30)
        assert isinstance(news, SyncReceipt), news
        return {f.document: f.outcome for f in news.files if f.outcome != "unchanged"}

    def settle(self) -> None:
        """Wait for the sync that follows the beginning of the watch."""
        until = time.monotonic() + 20
        while self.syncs < 2 and time.monotonic() < until:
            time.sleep(0.02)
        assert self.syncs >= 2

    def close(self) -> None:
        """End the watch."""
        self.stop.set()
        self._thread.join(20)
        assert not self._thread.is_alive()


@pytest.fixture
def watched(workshop: Workshop) -> Iterator[Watched]:
    """A folder with one document, under watch."""
    workshop.write("apples.md", text_of("apples"))
    made = Watched(workshop)
    try:
        assert made.next() == {"apples.md": "indexed"}
        made.settle()
        yield made
    finally:
        made.close()


def test_added_edited_renamed_and_deleted_files_are_synced(watched: Watched) -> None:
    shop = watched.workshop
    path = shop.write("deep/pears.md", text_of("pears"))
    assert watched.next() == {"deep/pears.md": "indexed"}
    path.write_text(text_of("quinces"), encoding="utf-8")
    assert watched.next() == {"deep/pears.md": "indexed"}
    path.rename(shop.folder / "quinces.md")
    assert watched.next() == {"quinces.md": "renamed"}
    (shop.folder / "quinces.md").unlink()
    assert watched.next() == {"quinces.md": "deleted"}
    assert shop.holds_exactly({"apples.md": text_of("apples")})


def test_many_changes_at_once_are_one_sync(watched: Watched) -> None:
    before = watched.syncs
    many = watched.workshop.folder.parent / "many"  # on a busy machine writing takes its time
    many.mkdir()
    for number in range(30):
        (many / f"{number}.md").write_text(text_of(f"subject {number}", 1), encoding="utf-8")
    many.rename(watched.workshop.folder / "many")
    assert len(watched.next()) == 30
    assert watched.syncs == before + 1


def test_a_failing_file_is_told_and_ends_nothing(watched: Watched) -> None:
    shop = watched.workshop
    (shop.folder / "broken.pdf").write_bytes(b"%PDF-1.7\n" + b"\x00garbage" * 50)
    told = watched.next()
    assert told["broken.pdf"] == "failed"
    shop.write("pears.md", text_of("pears"))
    assert watched.next()["pears.md"] == "indexed"


def test_hidden_files_and_the_index_itself_wake_nobody(watched: Watched) -> None:
    before = watched.syncs
    watched.workshop.write(".hidden", "x")
    (watched.workshop.index / "some").write_text("x")
    time.sleep(1.5)
    assert watched.syncs == before
    assert not watched.watcher.counts(str(watched.workshop.index / "generations" / "x"))
    assert watched.watcher.counts(str(watched.workshop.folder / "x.md"))


def test_an_emptied_folder_is_refused_once_and_watched_on(watched: Watched) -> None:
    shop = watched.workshop
    shutil.rmtree(shop.folder)
    news = watched.told.get(timeout=30)
    assert isinstance(news, UsageError | SyncReceipt)  # missing, or seen while it was empty
    time.sleep(0.5)
    shop.write("back.md", text_of("back"))
    until = time.monotonic() + 30
    while time.monotonic() < until and "back.md" not in shop.documents():
        time.sleep(0.1)
    assert "back.md" in shop.documents()


def test_a_busy_index_is_told_once_and_tried_again(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.write("apples.md", text_of("apples"))
    monkeypatch.setattr("assistant.index.watching._AGAIN_SECONDS", 0.5)
    tries: list[float] = []
    real = Synchroniser.sync

    def busy(self: Synchroniser, *arguments: Any, **options: Any) -> SyncReceipt:
        tries.append(time.monotonic())
        if len(tries) < 4:
            raise IndexBusyError("Another process is writing the index")
        return real(self, *arguments, **options)

    monkeypatch.setattr(Synchroniser, "sync", busy)
    watched = Watched(workshop)
    try:
        assert isinstance(watched.told.get(timeout=30), IndexBusyError)
        assert watched.next() == {"apples.md": "indexed"}
        assert watched.told.empty()
    finally:
        watched.close()


def test_command_line_prints_a_line_for_each_sync_and_ends_on_ctrl_c(tmp_path: Path) -> None:
    shop = Workshop(tmp_path)
    shop.write("apples.md", text_of("apples"))
    process = subprocess.Popen(
        command(shop.settings, "ingest", "--watch", "--json"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        assert [f["outcome"] for f in first["files"]] == ["indexed"]
        shop.write("pears.md", text_of("pears"))
        second = json.loads(process.stdout.readline())
        assert {f["document"]: f["outcome"] for f in second["files"]}["pears.md"] == "indexed"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    assert process.returncode == 0
    assert "Stopped." in errors
    assert "Traceback" not in errors
    assert set(shop.documents()) == {"apples.md", "pears.md"}
