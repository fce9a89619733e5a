"""Readers and generations: the next question sees the new one, no question sees a mixture."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from support_index import Workshop, text_of

from assistant.errors import IndexUnavailableError, StorageError
from assistant.index import aside
from assistant.index.generations import FORMAT, MANIFEST, Generations, Manifest, hold_open
from assistant.index.snapshot import SnapshotReader

pytest_plugins = ["support_index_fixtures"]

READER = """
import json, sys
from pathlib import Path
import numpy as np
from assistant.index.generations import Generations
from assistant.index.snapshot import SnapshotReader

reader = SnapshotReader(Generations(Path(sys.argv[1])))
for line in sys.stdin:
    with reader.current() as snapshot:
        documents = {d.id: d.name for d in snapshot.store.documents()}
        vector = np.full(64, 0.125, dtype=np.float32)
        hits = snapshot.vectors.search(vector, 1000)
        chunks = snapshot.store.chunks([chunk_id for chunk_id, _ in hits])
        words = snapshot.words.search([line.strip()], 1000)
        print(json.dumps({
            "generation": snapshot.manifest.name,
            "documents": sorted(documents.values()),
            "vectors": sorted({documents[c.document_id] for c in chunks.values()}),
            "unknown": len(hits) - len(chunks),
            "words": sorted({documents[snapshot.store.chunks([i])[i].document_id]
                             for i, _ in words}),
        }), flush=True)
"""


class OtherProcess:
    """A reader in a process of its own that answers one line per question."""

    def __init__(self, index: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", READER, str(index)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ask(self, term: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(term + "\n")
        self.process.stdin.flush()
        reply: dict[str, Any] = json.loads(self.process.stdout.readline())
        return reply


@pytest.fixture
def other_process(workshop: Workshop) -> Iterator[OtherProcess]:
    """A reader of the workshop's index in another process."""
    reader = OtherProcess(workshop.index)
    yield reader
    reader.process.kill()
    reader.process.communicate()


def test_another_process_sees_each_new_generation_at_its_next_question(
    workshop: Workshop, other_process: OtherProcess
) -> None:
    workshop.index_texts({"base.md": text_of("apples")})
    assert other_process.ask("appl")["documents"] == ["base.md"]
    names = ["base.md"]
    for number in range(4):
        names.append(f"{number}.md")
        workshop.write(names[-1], text_of("apples and pears", 5 + number))
        receipt = workshop.sync()
        seen = other_process.ask("appl")
        assert seen["generation"] == receipt.generation
        assert seen["documents"] == seen["vectors"] == seen["words"] == sorted(names)
        assert seen["unknown"] == 0
    (workshop.folder / "base.md").unlink()
    workshop.sync()
    seen = other_process.ask("appl")
    assert seen["documents"] == seen["vectors"] == seen["words"] == sorted(names[1:])
    workshop.generations.rollback()
    assert other_process.ask("appl")["vectors"] == sorted(names)


def test_questions_during_syncs_are_never_mixed(workshop: Workshop) -> None:
    """Every generation holds one text in five files; a mixture would show two."""
    for number in range(5):
        workshop.write(f"{number}.md", text_of("version 0", 3))
    workshop.sync()
    seen: list[set[str]] = []
    failures: list[BaseException] = []
    stop = threading.Event()

    def read() -> None:
        reader = SnapshotReader(workshop.generations)
        try:
            while not stop.is_set():
                with reader.current() as snapshot:
                    texts = {snapshot.store.parsed(d.id).text for d in snapshot.store.documents()}
                    time.sleep(0.001)
                    hits = snapshot.words.search(["version"], 100)
                    assert len(snapshot.store.chunks([i for i, _ in hits])) == len(hits)
                seen.append(texts)
        except BaseException as exc:
            failures.append(exc)
        finally:
            reader.close()

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for version in range(1, 6):
        for number in range(5):
            workshop.write(f"{number}.md", text_of(f"version {version}", 3))
        workshop.sync()
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures, failures
    assert all(len(texts) == 1 for texts in seen)
    assert len(set.union(*seen)) >= 2, "the readers saw only one generation: nothing was tested"


# ---------------------------------------------------------------- generations alone


def publish(generations: Generations, number: int, keep: int) -> None:
    """A generation with one file, without the parts of a real one."""
    with generations.writer(5):
        base = generations.current()
        name = generations.next_name()
        folder = generations.begin(name)
        (folder / "payload").write_text(name)
        parent = base.manifest.name if base else ""
        generations.publish(
            folder,
            Manifest(FORMAT, name, parent, "now", "none", 1, "r", number, number, 0),
        )
        generations.collect(keep)


def test_a_generation_that_is_open_is_never_collected(tmp_path: Path) -> None:
    """Readers open and hold generations while a writer publishes as fast as it can."""
    generations = Generations(tmp_path)
    publish(generations, 0, keep=0)
    failures: list[str] = []
    held = 0
    stop = threading.Event()

    def read() -> None:
        nonlocal held
        while not stop.is_set():
            name = generations.current_name()
            try:
                generation = generations.load(name)
                handle = hold_open(generation)
            except IndexUnavailableError:
                if generations.current_name() == name:
                    failures.append(f"{name} is current and cannot be opened")
                continue
            try:
                time.sleep(0.0005)
                if (generation.path / "payload").read_text() != name:
                    failures.append(f"{name} holds another")
                held += 1
            except OSError as exc:
                failures.append(f"{name} was collected while it was held: {exc}")
            finally:
                handle.close()

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(150):
        publish(generations, number, keep=0)
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures, failures[:3]
    assert held > 20
    publish(generations, 999, keep=0)
    assert len(generations.names()) == 1, "what nobody holds any more was not collected"


def test_old_generations_go_but_for_the_kept_and_the_open(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    publish(generations, 1, keep=1)
    first = generations.current()
    assert first is not None
    handle = hold_open(first)
    for number in range(2, 6):
        publish(generations, number, keep=1)
    assert generations.names() == ("g000001", "g000004", "g000005")
    handle.close()
    publish(generations, 6, keep=1)
    assert generations.names() == ("g000005", "g000006")


def test_rollback_and_on(workshop: Workshop) -> None:
    workshop.index_texts({"a.md": text_of("apples")})
    workshop.write("a.md", text_of("pears"))
    workshop.sync()
    assert workshop.generations.rollback().manifest.name == "g000001"
    assert workshop.holds_exactly({"a.md": text_of("apples")})
    with pytest.raises(IndexUnavailableError, match="no generation before"):
        workshop.generations.rollback()
    receipt = workshop.sync()
    assert receipt.generation == "g000003", "a name was given twice"
    assert receipt.embedded == 0
    assert workshop.holds_exactly({"a.md": text_of("pears")})


def test_rollback_without_an_index(tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailableError, match="no index"):
        Generations(tmp_path).rollback()


@pytest.mark.parametrize("damage", ["manifest gone", "manifest broken", "newer format"])
def test_rollback_leaves_a_generation_that_cannot_be_opened(
    workshop: Workshop, damage: str
) -> None:
    workshop.index_texts({"a.md": text_of("apples")})
    workshop.write("a.md", text_of("pears"))
    workshop.sync()
    current = workshop.generations.current()
    assert current is not None
    if damage == "manifest gone":
        (current.path / MANIFEST).unlink()
    elif damage == "manifest broken":
        (current.path / MANIFEST).write_text('{"format": ')
    else:
        newer = replace(current.manifest, format=FORMAT + 1)
        (current.path / MANIFEST).write_text(json.dumps(asdict(newer)))
    with pytest.raises(IndexUnavailableError):
        workshop.generations.current()
    assert workshop.generations.rollback().manifest.name == "g000001"
    assert workshop.holds_exactly({"a.md": text_of("apples")})


def test_an_index_of_a_newer_version_is_refused(workshop: Workshop) -> None:
    workshop.index_texts({"a.md": text_of("apples")})
    current = workshop.generations.current()
    assert current is not None
    newer = asdict(current.manifest) | {"format": FORMAT + 1, "something_new": True}
    (current.path / MANIFEST).write_text(json.dumps(newer))
    with pytest.raises(IndexUnavailableError, match="newer version") as caught:
        workshop.sync()
    assert "upgrade" in caught.value.hint
    reader = SnapshotReader(workshop.generations)
    with pytest.raises(IndexUnavailableError, match="newer version"), reader.current():
        pass


def test_an_index_removed_and_built_anew_is_read_anew(workshop: Workshop) -> None:
    """It begins with the same name as the one that a server may still have open."""
    workshop.index_texts({"a.md": text_of("apples")})
    reader = SnapshotReader(workshop.generations)
    with reader.current() as snapshot:
        assert snapshot.manifest.name == "g000001"
    shutil.rmtree(workshop.index)
    with pytest.raises(IndexUnavailableError, match="no index"), reader.current():
        pass
    assert workshop.index_texts({"b.md": text_of("pears")}).generation == "g000001"
    with reader.current() as snapshot:
        assert [d.name for d in snapshot.store.documents()] == ["a.md", "b.md"]
    reader.close()


def test_the_part_that_is_open_stays_readable_when_the_folder_goes(workshop: Workshop) -> None:
    workshop.index_texts({"a.md": text_of("apples")})
    reader = SnapshotReader(workshop.generations)
    with reader.current() as snapshot:
        shutil.rmtree(workshop.index)
        assert [d.name for d in snapshot.store.documents()] == ["a.md"]
        assert snapshot.words.search(["appl"], 5)
    reader.close()


def test_file_descriptors_are_given_back(workshop: Workshop) -> None:
    """A server that follows many generations must not run out of them."""
    workshop.index_texts({"a.md": text_of("apples")})
    reader = SnapshotReader(workshop.generations)

    def follow(number: int) -> int:
        workshop.index_texts({"a.md": text_of(f"apples {number}")})
        with reader.current() as snapshot:
            assert len(snapshot.vectors) > 0
        return len(os.listdir("/proc/self/fd"))

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("counts descriptors in /proc, which this system does not have")
    counts = [follow(number) for number in range(8)]
    reader.close()
    assert counts[-1] <= counts[2] + 2, counts


def test_copies_of_readers_that_were_killed_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of a killed chat would fill the disk; those in use, and what is not ours, stay."""
    place, source = tmp_path / "temporary", tmp_path / "chroma"
    place.mkdir()
    source.mkdir()
    (source / "data").write_text("vectors")
    monkeypatch.setattr("tempfile.tempdir", str(place))
    kill = (
        "import os, sys, contextlib, pathlib\n"
        "from assistant.index.aside import copy_aside\n"
        "kept = contextlib.ExitStack()\n"
        "print(copy_aside(pathlib.Path(sys.argv[1]), kept, 'a test'))\n"
        "sys.stdout.flush()\n"
        "os.kill(os.getpid(), 9)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", kill, source], env=dict(os.environ, TMPDIR=str(place)),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    dead = Path(said.stdout.strip()).parent
    assert (dead / "chroma" / "data").exists()
    other = place / f"{dead.name[:15]}somebody"
    other.mkdir()
    old = place / f"{dead.name[:15]}killed-while-it-was-removed"
    old.mkdir()
    os.utime(old, (time.time() - 4000,) * 2)
    (tmp_path / "precious").mkdir()
    link = place / f"{dead.name[:15]}link"
    link.symlink_to(tmp_path / "precious")
    (tmp_path / "precious" / aside._LOCK).touch()
    with ExitStack() as exits:
        used = aside.copy_aside(source, exits, "a test")
        assert dead.exists(), "too new to be judged"
        monkeypatch.setattr(aside, "_NEW_SECONDS", -1)
        with ExitStack() as more:
            aside.copy_aside(source, more, "a test")
            assert not dead.exists()
            assert (used / "data").read_text() == "vectors"
    assert set(place.iterdir()) == {other, link}
    assert (tmp_path / "precious" / aside._LOCK).exists()


def test_copies_of_others_are_left_and_old_ones_make_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, source = tmp_path / "temporary", tmp_path / "chroma"
    dead = place / "assistant-copy-dead"
    dead.mkdir(parents=True)
    (dead / aside._LOCK).touch()
    source.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    monkeypatch.setattr(aside, "_IN_MEMORY", tmp_path / "none")
    monkeypatch.setattr(aside, "_NEW_SECONDS", -1)
    usage = shutil.disk_usage(place)
    monkeypatch.setattr(
        shutil, "disk_usage", lambda _: usage._replace(free=10 if dead.exists() else usage.free)
    )
    if hasattr(os, "getuid"):
        with monkeypatch.context() as patch, ExitStack() as exits:
            patch.setattr(os, "getuid", lambda: 4711)
            with pytest.raises(StorageError, match="a test"):
                aside.copy_aside(source, exits, "a test")
        assert dead.exists(), "it is somebody else's"
    with ExitStack() as exits:
        assert aside.copy_aside(source, exits, "a test").exists()
    assert not dead.exists()


def test_a_copy_is_made_where_nothing_can_be_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(*_: Any, **__: Any) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("filelock.FileLock.acquire", no_locks)
    source = tmp_path / "chroma"
    source.mkdir()
    with ExitStack() as exits:
        copy = aside.own_copy(source, exits)
        assert copy.exists()
        assert copy != source
    assert not copy.exists()
