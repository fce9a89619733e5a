"""A full disk, a second writer, Ctrl-C: one clear error, and the old index answers."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from support_index import Workshop, command, make_settings, outcomes, run, text_of

from assistant import Assistant
from assistant.errors import IndexBusyError, IndexUnavailableError, StorageError
from assistant.index.generations import Generations
from assistant.index.processes.children import failure
from assistant.index.processes.vector_children import VectorWriter
from assistant.index.snapshot import SnapshotReader

pytest_plugins = ["support_index_fixtures"]


# ---------------------------------------------------------------- disk full


@contextlib.contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """A file system of its own, mounted for the length of the block."""
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill_up(disk: Path, leave_bytes: int) -> Path:
    """A file that leaves so much room."""
    ballast = disk / "ballast"
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    with ballast.open("wb") as handle:
        handle.write(b"\0" * max(0, free - leave_bytes))
    return ballast


def full_disk(workshop: Workshop) -> StorageError | None:
    """The error of a sync, if it fails; any other error than this one is a test's failure."""
    try:
        workshop.sync()
    except StorageError as exc:
        return exc
    return None


def found_by_a_new_reader(workshop: Workshop, term: str) -> list[str]:
    """The documents that a reader which opens the index now finds, by words and by vectors."""
    reader = SnapshotReader(workshop.generations)
    try:
        with reader.current() as snapshot:
            assert snapshot.words.search([term], 5)
            hits = snapshot.vectors.search(np.full(64, 0.125, dtype=np.float32), 1000)
            chunks = snapshot.store.chunks([chunk_id for chunk_id, _ in hits])
            names = {document.id: document.name for document in snapshot.store.documents()}
            return [names[chunks[chunk_id].document_id] for chunk_id, _ in hits]
    finally:
        reader.close()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting needs root")
@pytest.mark.skipif(sys.platform != "linux", reason="mounts a tmpfs")
def test_a_full_disk_at_any_point_is_one_error_and_a_retry_works(
    tmp_path: Path, inline: None
) -> None:
    """From no room at all to nearly enough: each step of the sync is the one that fails."""
    with small_disk(tmp_path / "disk", "8m") as disk:
        workshop = Workshop(tmp_path)
        workshop.index = disk / "index"
        workshop.settings = make_settings(workshop.index, [workshop.folder])
        workshop.generations = Generations(workshop.index)
        old = {"a.md": text_of("apples"), "b.md": text_of("pears")}
        for name, text in old.items():
            workshop.write(name, text)
        workshop.sync()
        workshop.write("a.md", text_of("apples", 40))
        workshop.write("c.md", text_of("plums", 200))
        new = old | {"a.md": text_of("apples", 40), "c.md": text_of("plums", 200)}
        failed_at = []
        for leave in (0, 8_000, 40_000, 80_000, 160_000, 300_000, 450_000, 600_000, 900_000):
            ballast = fill_up(disk, leave)
            failure = full_disk(workshop)
            if failure is not None:
                failed_at.append(leave)
                assert failure.hint, failure
                assert set(found_by_a_new_reader(workshop, "appl")) == {"a.md", "b.md"}
                assert not any((workshop.index / "building").glob("*"))
            ballast.unlink()
            assert workshop.holds_exactly(old if failure else new), f"with {leave} bytes left"
            if failure is None:
                break
        assert len(failed_at) >= 4, f"it only failed with {failed_at} bytes left"
        workshop.sync()
        assert workshop.holds_exactly(new)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting needs root")
@pytest.mark.skipif(sys.platform != "linux", reason="mounts a tmpfs")
def test_an_index_on_a_read_only_disk_answers(tmp_path: Path, inline: None) -> None:
    with small_disk(tmp_path / "disk", "8m") as disk:
        workshop = Workshop(tmp_path)
        workshop.index = disk / "index"
        workshop.settings = make_settings(workshop.index, [workshop.folder])
        workshop.generations = Generations(workshop.index)
        workshop.index_texts({"a.md": text_of("apples")})
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        assert set(found_by_a_new_reader(workshop, "appl")) == {"a.md"}
        workshop.write("b.md", text_of("pears"))
        with pytest.raises(StorageError) as caught:
            workshop.sync()
        assert caught.value.hint


def test_a_child_that_meets_a_full_disk_says_so() -> None:
    assert isinstance(failure("database or disk is full"), StorageError)
    assert isinstance(failure("OSError: [Errno 28] No space left on device"), StorageError)
    assert isinstance(failure("anything else"), IndexUnavailableError)


def test_an_index_folder_that_cannot_be_made(tmp_path: Path, inline: None) -> None:
    workshop = Workshop(tmp_path)
    workshop.write("a.md", text_of("apples"))
    (tmp_path / "file").write_text("in the way")
    workshop.generations = Generations(tmp_path / "file" / "index")
    with pytest.raises(StorageError, match="cannot be made") as caught:
        workshop.sync()
    assert "index.path" in caught.value.hint


# ---------------------------------------------------------------- two writers


def test_a_second_writer_fails_at_once_and_changes_nothing(workshop: Workshop) -> None:
    workshop.index_texts({"a.md": text_of("apples")})
    workshop.write("a.md", text_of("pears"))
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with workshop.generations.writer(0):
            entered.set()
            leave.wait(30)

    first = threading.Thread(target=hold)
    first.start()
    try:
        assert entered.wait(10)
        began = time.perf_counter()
        with pytest.raises(IndexBusyError, match="Another process is writing") as caught:
            workshop.sync()
        assert time.perf_counter() - began < 1.0
        assert "lock_timeout_seconds" in caught.value.hint
        assert workshop.sync(dry_run=True).files[0].action == "change", "a dry run needs no lock"
        assert workshop.holds_exactly({"a.md": text_of("apples")})
    finally:
        leave.set()
        first.join()
    workshop.sync()
    assert workshop.holds_exactly({"a.md": text_of("pears")})


def test_a_second_writer_that_may_wait_waits(tmp_path: Path, inline: None) -> None:
    workshop = Workshop(tmp_path, **{"index.lock_timeout_seconds": 20.0})
    for number in range(4):
        workshop.write(f"{number}.md", text_of(f"subject {number}"))
    receipts = []
    threads = [threading.Thread(target=lambda: receipts.append(workshop.sync())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [receipt.generation for receipt in receipts] == ["g000001"] * 3
    assert sorted(receipt.embedded > 0 for receipt in receipts) == [False, False, True]
    assert workshop.holds_exactly({f"{n}.md": text_of(f"subject {n}") for n in range(4)})


# ---------------------------------------------------------------- the command line, interrupted


@pytest.fixture(scope="module")
def answering(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder and a real index of it, made by the command line. Tests copy the index."""
    place = tmp_path_factory.mktemp("faults")
    folder = place / "documents"
    folder.mkdir()
    (folder / "a.md").write_text(text_of("apples"), encoding="utf-8")
    made = run(make_settings(place / "index", [folder]), "ingest", "--json")
    assert made.returncode == 0, made.stderr
    return folder, place / "index"


def test_ctrl_c_ends_with_a_message_and_the_old_index_answers(
    answering: tuple[Path, Path], tmp_path: Path
) -> None:
    folder, index = answering
    shutil.copytree(index, tmp_path / "index")
    shutil.copytree(folder, tmp_path / "documents")
    for number in range(20):
        (tmp_path / "documents" / f"{number}.md").write_text(text_of(f"subject {number}"))
    settings = make_settings(tmp_path / "index", [tmp_path / "documents"])
    process = subprocess.Popen(
        command(settings, "ingest", str(tmp_path / "documents")),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not any((tmp_path / "index" / "building").glob("*")) and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert "Interrupted" in err
    assert "Traceback" not in err
    assert not any((tmp_path / "index" / "building").glob("*"))
    with Assistant(settings) as assistant:
        assert assistant.documents() == ("a.md",)
        answer = assistant.ask("When did the apples committee meet?")
    assert {passage.document for passage in answer.retrieved} == {"a.md"}


def test_another_embedder_in_the_settings_is_said_when_asking(
    answering: tuple[Path, Path],
) -> None:
    folder, index = answering
    other = make_settings(index, [folder], **{"embedding.provider": "minilm"})
    with Assistant(other) as assistant, pytest.raises(IndexUnavailableError) as caught:
        assistant.ask("When did the apples committee meet?")
    assert "built with the embedder static" in caught.value.what
    assert "assistant ingest" in caught.value.hint


def test_asking_without_an_index(tmp_path: Path) -> None:
    with Assistant(make_settings(tmp_path / "index", [tmp_path])) as assistant:
        for call in (lambda: assistant.ask("Anything?"), assistant.status, assistant.rollback):
            with pytest.raises(IndexUnavailableError, match="no index"):
                call()
    assert not (tmp_path / "index" / "generations").exists()


# ---------------------------------------------------------------- child processes


def test_the_folder_one_stands_in_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ``random.py`` among the documents must not run in the child that writes vectors."""
    for name in ("random.py", "numpy.py", "assistant.py"):
        (tmp_path / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'w'); import nothing")
    monkeypatch.chdir(tmp_path)
    with VectorWriter(tmp_path / "chroma") as writer:
        assert writer.finish() == 0
    assert not (tmp_path / "ran").exists()


def test_a_child_that_dies_is_an_error_not_a_hang(tmp_path: Path) -> None:
    with VectorWriter(tmp_path / "chroma") as writer:
        writer._process.kill()
        with pytest.raises(IndexUnavailableError, match="ended with status -9") as caught:
            writer.finish()
    assert "old index still answers" in caught.value.hint


def test_a_part_that_cannot_be_opened_leaves_no_child_behind(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.index import building

    left = []
    leave = VectorWriter.__exit__
    monkeypatch.setattr(
        VectorWriter, "__exit__", lambda self, *why: (left.append(1), leave(self, *why))[1]
    )
    monkeypatch.setattr(
        building, "WordWriter", lambda path: (_ for _ in ()).throw(StorageError("full"))
    )
    workshop.write("a.md", text_of("apples"))
    with pytest.raises(StorageError):
        workshop.sync()
    assert left == [1]


def test_a_damaged_embedding_cache_is_begun_anew(workshop: Workshop) -> None:
    workshop.index_texts({"a.md": text_of("apples")})
    (workshop.index / "embeddings.sqlite").write_bytes(b"no database " * 500)
    workshop.write("b.md", text_of("pears"))
    assert outcomes(workshop.sync()) == {"a.md": "unchanged", "b.md": "indexed"}
    assert workshop.holds_exactly({"a.md": text_of("apples"), "b.md": text_of("pears")})
    assert (workshop.index / "embeddings.sqlite.damaged").exists()
