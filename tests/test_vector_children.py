"""The processes that write and check vectors."""

from __future__ import annotations

import gc
import io
import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support_index import Workshop, text_of

from assistant.errors import IndexUnavailableError
from assistant.index import chroma
from assistant.index.processes import children, vector_process
from assistant.index.processes.vector_children import VectorWriter
from assistant.processes import start

pytest_plugins = ["support_index_fixtures"]


def test_a_killed_writer_is_an_error_and_the_old_index_still_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop = Workshop(tmp_path)
    workshop.write("a.md", text_of("apples"))
    before = workshop.sync().generation
    workshop.write("b.md", text_of("pears"))
    finish = VectorWriter.finish

    def killed(self: VectorWriter) -> int:
        self._process.kill()
        return finish(self)

    with monkeypatch.context() as patch:
        patch.setattr(VectorWriter, "finish", killed)
        with pytest.raises(IndexUnavailableError, match="vectors could not be written"):
            workshop.sync()
    assert workshop.generations.current_name() == before
    assert workshop.holds_exactly({"a.md": text_of("apples")})
    workshop.sync()
    assert workshop.holds_exactly({"a.md": text_of("apples"), "b.md": text_of("pears")})


@pytest.mark.parametrize("count", [0, 200])
def test_the_writers_own_words_are_told_and_nothing_is_left(tmp_path: Path, count: int) -> None:
    (tmp_path / "chroma" / "chroma.sqlite3").mkdir(parents=True)
    vectors = np.ones((1000, 256), np.float32)

    def write(writer: VectorWriter) -> None:
        for number in range(count):  # it ends while these are sent
            writer.upsert([f"{number}-{at}" for at in range(1000)], vectors)
        writer.finish()

    writer = VectorWriter(tmp_path / "chroma")
    with pytest.raises(IndexUnavailableError, match="open database file"), writer:
        write(writer)
    assert writer._process.returncode is not None


def test_an_interruption_while_the_writer_is_made_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its user does not know it yet: a Ctrl-C there left it writing into a folder that was gone."""
    workshop = Workshop(tmp_path)
    workshop.write("a.md", text_of("apples"))
    made: list[Any] = []

    def noted(*arguments: Any, **named: Any) -> Any:
        made.append(start(*arguments, **named))
        return made[-1]

    def interrupted(_: VectorWriter) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(children, "start", noted)
    monkeypatch.setattr(VectorWriter, "__enter__", interrupted)
    with pytest.raises(KeyboardInterrupt):
        workshop.sync()
    assert not (workshop.index / "building").exists()
    assert len(made) == 2, "the verifier and the writer"
    gc.collect()
    for process in made:
        process.stdin.close()  # its last holder is this test
        process.wait(30)
    assert not (workshop.index / "building").exists()


def test_a_writer_that_cannot_be_told_to_begin_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: VectorWriter) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(VectorWriter, "_flush", interrupted)
    writer = VectorWriter(tmp_path / "chroma")
    with pytest.raises(KeyboardInterrupt), writer:
        raise AssertionError("it was entered")
    assert writer._process.returncode is not None
    assert list((tmp_path / "chroma").iterdir()) == []


def test_a_writer_that_nobody_has_entered_ends_and_has_touched_nothing(tmp_path: Path) -> None:
    """After an interruption between its making and its use its folder may be gone already."""
    process = VectorWriter(tmp_path / "chroma")._process  # the writer itself is gone now
    (tmp_path / "chroma").rmdir()
    assert process.poll() is None
    process.stdin.close()  # as the last reference to it does
    assert process.wait(30) == 0
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- approximate search


class _Missing:
    """A collection whose search misses some vectors, as HNSW does among many alike."""

    def __init__(self, missed: int, count: int) -> None:
        self.missed, self.count = missed, count

    def vectors(self, ids: list[str]) -> dict[str, Any]:
        return dict(zip(ids, np.eye(self.count, dtype=np.float32), strict=True))

    def nearest(self, vectors: Any, limit: int) -> list[list[tuple[str, float]]]:
        assert limit == 1
        return [[("one", 0.2 if at < self.missed else 0.0)] for at in range(len(vectors))]


@pytest.mark.parametrize(("missed", "count", "is_sound"), [
    (0, 20, True), (2, 20, True), (9, 20, True), (10, 20, False), (20, 20, False),
    (1, 1, False), (0, 1, True), (1, 2, False), (0, 0, True),
])  # fmt: skip
def test_a_check_allows_what_approximate_search_misses(
    missed: int, count: int, is_sound: bool
) -> None:
    """.3 % of 63,000 chunks are not found by their own vectors: five samples of them failed every
    other ingest of a folder, for good."""
    problem = vector_process._search_problem(
        _Missing(missed, count), [str(n) for n in range(count)]
    )
    assert (not problem) == is_sound


# ---------------------------------------------------------------- when vectors are written


class _Written:
    """A collection that remembers how many vectors came at once."""

    batch_size = 5461
    is_coarse = True

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def upsert(self, ids: list[str], vectors: Any) -> None:
        assert len(ids) == len(vectors)
        self.sizes.append(len(ids))

    def __len__(self) -> int:
        return sum(self.sizes)

    def close(self) -> None:
        pass


def frame_of(count: int) -> bytes:
    raw = np.zeros((count, 2), np.float32).tobytes()
    head = {"op": "upsert", "ids": [str(at) for at in range(count)], "bytes": len(raw)}
    return json.dumps(head).encode() + b"\n" + raw


def test_a_writer_gathers_vectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = _Written()
    monkeypatch.setattr(vector_process, "open_collection", lambda *_, **__: written)
    monkeypatch.setattr(vector_process, "_let_readers_change_nothing", lambda _: None)
    begin, finish = (b'{"op": "%s"}\n' % op for op in (b"begin", b"finish"))
    frames = [begin, *5 * [frame_of(2300)], finish]
    replies = io.StringIO()
    vector_process.write(tmp_path, io.BytesIO(b"".join(frames)), replies)
    assert written.sizes == [5000, 1900, 4600]
    assert json.loads(replies.getvalue()) == {"ok": True, "count": 11500}


@pytest.mark.parametrize("has_engine", [True, False])
def test_a_collection_that_outgrows_a_coarse_search_is_built_anew(
    has_engine: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HNSW is asked from ``MOST_NUMBERS`` on: until then it is built in a hurry."""
    monkeypatch.setattr(vector_process, "_BATCH", 30)
    monkeypatch.setattr(vector_process, "MOST_NUMBERS", 100 * 8)
    if not has_engine:
        monkeypatch.setattr(chroma, "engine_fits", lambda: False)
    vectors = np.random.default_rng(3).normal(size=(150, 8)).astype(np.float32)

    def frame(op: str, ids: list[str]) -> bytes:
        raw = vectors[[int(each) for each in ids]].tobytes() if op == "upsert" else b""
        return json.dumps({"op": op, "ids": ids, "bytes": len(raw)}).encode() + b"\n" + raw

    def written(to: Path, *frames: bytes, base: Path | None = None) -> tuple[bool, dict[str, Any]]:
        begin = json.dumps({"op": "begin", "base": str(base) if base else None}).encode() + b"\n"
        stream = b"".join([begin, *frames, b'{"op": "finish"}\n'])
        vector_process.write(to, io.BytesIO(stream), io.StringIO())
        collection = chroma.open_collection(to)
        try:
            return collection.is_coarse, collection.vectors(collection.ids())
        finally:
            collection.close()

    first, second = tmp_path / "1" / "chroma", tmp_path / "2" / "chroma"
    first.mkdir(parents=True)
    second.mkdir(parents=True)
    numbers = [str(at) for at in range(150)]
    is_coarse, found = written(first, frame("upsert", numbers[:90]))
    assert is_coarse
    assert len(found) == 90
    is_coarse, found = written(
        second, frame("upsert", numbers[90:]), frame("delete", numbers[:5]), base=first
    )
    assert not is_coarse
    assert sorted(found, key=int) == numbers[5:]
    assert all(np.allclose(found[each], vectors[int(each)]) for each in found)
    assert [each.name for each in second.parent.iterdir()] == ["chroma"]


def test_a_writer_that_is_told_of_a_large_index_builds_it_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_process, "MOST_NUMBERS", 10)
    monkeypatch.setattr(vector_process, "_finer", lambda *_: pytest.fail("it was written twice"))
    with VectorWriter(tmp_path / "told", is_large=True) as writer:
        writer.upsert(["one"], np.ones((1, 8), np.float32))
        assert writer.finish() == 1
    frames = b'{"op": "begin", "is_large": true}\n' + frame_of(9) + b'{"op": "finish"}\n'
    (tmp_path / "here").mkdir()
    vector_process.write(tmp_path / "here", io.BytesIO(frames), io.StringIO())
    for folder in (tmp_path / "told", tmp_path / "here"):
        collection = chroma.open_collection(folder)
        assert not collection.is_coarse
        collection.close()


# ---------------------------------------------------------------- when they are started


def test_an_unchanged_folder_starts_no_process(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.index.plan._CLOCK_GRAIN_NS", 0)
    workshop.write("a.md", text_of("apples"))
    workshop.write("b.zip", "PK no archive that is read")
    workshop.sync()

    def start(*_: Any, **__: Any) -> None:
        raise AssertionError("a process for nothing")

    monkeypatch.setattr("assistant.index.sync.GenerationChecker", start)
    workshop.sync()
    workshop.sync(dry_run=True)
    workshop.write("c.md", text_of("pears"))
    workshop.sync(dry_run=True)
    with pytest.raises(AssertionError, match="for nothing"):
        workshop.sync()


def test_children_start_no_threads_of_blas_unless_they_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    popen, given = subprocess.Popen, []

    def start(command: list[str], **more: Any) -> Any:
        given.append(more["env"]["OPENBLAS_NUM_THREADS"])
        return popen(command, **more)

    monkeypatch.setattr(subprocess, "Popen", start)
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    with VectorWriter(tmp_path / "vectors"):
        pass
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    with VectorWriter(tmp_path / "vectors"):
        pass
    assert given == ["1", "2"]
