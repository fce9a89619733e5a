"""What an interrupted ingest had done is taken up by the next one, and never makes it wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support_index import CountingEmbedder, Workshop, command, make_settings, outcomes, text_of

from assistant.embedding import Vectors
from assistant.errors import DocumentError, StorageError
from assistant.index import journal, loading
from assistant.index.journal import Journal, records
from assistant.index.loaded import Loaded, packed, unpacked
from assistant.index.processes import reading_process
from assistant.index.rows import FileState
from assistant.index.scan import FoundFile
from assistant.index.unfinished import KeepAside, KeptTexts, Unfinished
from assistant.index.unfinished_vectors import KeptBatches
from assistant.types import Chunk, ParsedDocument

pytest_plugins = ["support_index_fixtures"]

FILES = 12


class CheapEmbedder(CountingEmbedder):
    """Its vectors are no cost, as static ones are, so no cache keeps them."""

    is_costly = False


class Bench(Workshop):
    """A workshop whose ingests can be interrupted, and that notes which files were parsed."""

    def __init__(self, place: Path, **settings: Any) -> None:
        super().__init__(place, **settings)
        self.embedder = CheapEmbedder()
        self.parsed: list[str] = []
        self.texts = {f"{n:02}.md": text_of(f"subject {n}", 20) for n in range(FILES)}
        for name, text in self.texts.items():
            self.write(name, text)

    def interrupt(self, after: int) -> str:
        """Press Ctrl-C once so many texts are embedded; what the person is told."""
        self.embedder.fails_on = lambda _: len(self.embedder.paid) >= after and self._interrupt()
        with pytest.raises(KeyboardInterrupt) as caught:
            self.sync()
        self.embedder.fails_on = lambda _: False
        return " ".join(caught.value.__notes__)

    def _interrupt(self) -> bool:
        """Once the threads that read ahead are done, which takes them longer on a busy machine."""
        parsed = -1
        while parsed != len(self.parsed):
            parsed = len(self.parsed)
            time.sleep(0.3)
        return _interrupt()

    def finish(self) -> tuple[list[str], int]:
        """The next ingest: which files it parsed, and how many texts it embedded."""
        self.parsed.clear()
        before = len(self.embedder.paid)
        receipt = self.sync()
        assert not receipt.failed
        assert self.holds_exactly(self.texts)
        assert not (self.index / "unfinished").exists(), "it is removed when it is not needed"
        return sorted(self.parsed), len(self.embedder.paid) - before

    @property
    def kept(self) -> list[Path]:
        """The files of what is kept."""
        return sorted((self.index / "unfinished").glob("*"))


def _interrupt() -> bool:
    raise KeyboardInterrupt


@pytest.fixture
def bench(tmp_path: Path, inline: None, monkeypatch: pytest.MonkeyPatch) -> Bench:
    made = Bench(tmp_path)
    parse = loading.load_bytes

    def noting(data: bytes, file: FoundFile, *rest: Any) -> Any:
        made.parsed.append(file.name)
        return parse(data, file, *rest)

    monkeypatch.setattr(loading, "load_bytes", noting)
    return made


# ---------------------------------------------------------------- taken up


def test_nothing_is_parsed_or_embedded_twice(bench: Bench) -> None:
    bench.interrupt(after=30)
    read, paid = list(bench.parsed), list(bench.embedder.paid)
    assert len(read) == FILES, "so few are read ahead"
    assert 30 <= len(paid) < 60
    parsed, embedded = bench.finish()
    assert parsed == []
    assert len(set(bench.embedder.paid)) == len(bench.embedder.paid), "a text was embedded twice"
    assert embedded == len(set(bench.embedder.paid)) - len(paid)


def test_what_is_told_is_what_is_kept(bench: Bench) -> None:
    told = bench.interrupt(after=30)
    assert told == (
        f"There is no index yet. Kept for the next ingest: the texts of {FILES} of {FILES} files, "
        f"and {len(bench.embedder.paid)} vectors."
    )
    receipt = bench.sync()
    assert receipt.taken_up == FILES
    assert receipt.from_cache == int(told.split()[-2])


def test_vectors_of_a_costly_embedder_are_kept_in_its_cache(bench: Bench) -> None:
    bench.embedder = CountingEmbedder()
    told = bench.interrupt(after=30)
    paid = len(bench.embedder.paid)
    assert told.endswith(f"the texts of {FILES} of {FILES} files, and {paid} vectors.")
    assert [path.suffix for path in bench.kept if path.stat().st_size > 500] == [".texts"]
    assert bench.finish()[0] == []
    assert len(set(bench.embedder.paid)) == len(bench.embedder.paid), "a text was paid for twice"


def test_what_is_told_when_nothing_was_done(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading.Loader, "load", lambda *_: _interrupt())
    with pytest.raises(KeyboardInterrupt) as caught:
        bench.sync()
    assert caught.value.__notes__ == ["There is no index yet. Nothing is kept of what was done."]


def test_an_update_is_taken_up_too(bench: Bench) -> None:
    bench.finish()
    for name in list(bench.texts)[:6]:
        bench.texts[name] = text_of(f"edited {name}", 20)
        bench.write(name, bench.texts[name])
    told = bench.interrupt(after=len(bench.embedder.paid) + 10)
    assert told.startswith("The index is as it was. Kept for the next ingest: the texts of 6 of 6")
    parsed, _ = bench.finish()
    assert parsed == []
    assert len(set(bench.embedder.paid)) == len(bench.embedder.paid)


def test_many_interruptions_leave_one_whole_work(bench: Bench) -> None:
    for number in range(1, 6):
        bench.interrupt(after=10 * number)
    parsed, _ = bench.finish()
    assert parsed == []
    assert len(set(bench.embedder.paid)) == len(bench.embedder.paid)


def test_a_failed_ingest_is_taken_up_as_an_interrupted_one(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.errors import IndexUnavailableError
    from assistant.index.processes.vector_children import GenerationChecker

    with monkeypatch.context() as patch:
        patch.setattr(
            GenerationChecker, "finish",
            lambda *_, **__: (_ for _ in ()).throw(IndexUnavailableError("it does not agree")),
        )  # fmt: skip
        with pytest.raises(IndexUnavailableError):
            bench.sync()
    assert bench.finish() == ([], 0)


def test_refusals_are_taken_up_and_failures_are_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.write("empty.md", "\n")
    bench.write("broken.pdf", "%PDF-1.7 nothing")
    bench.interrupt(after=30)
    bench.parsed.clear()
    told = outcomes(bench.sync())
    assert (told["empty.md"], told["broken.pdf"]) == ("empty", "failed")
    assert bench.parsed == ["broken.pdf"]


def test_a_reading_process_keeps_what_it_has_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child writes the texts: what it read ahead is not lost with its parent."""
    monkeypatch.setattr(reading_process, "MANY_FILES", 1)
    bench = Bench(tmp_path)
    bench.interrupt(after=30)
    receipt = bench.sync()
    assert receipt.taken_up == FILES
    assert bench.holds_exactly(bench.texts)


# ---------------------------------------------------------------- never wrong


def test_a_file_that_changed_in_between_is_read_again(bench: Bench) -> None:
    bench.interrupt(after=30)
    status = (bench.folder / "03.md").stat()
    bench.texts["03.md"] = bench.texts["03.md"].replace("votes", "boats")
    bench.write("03.md", bench.texts["03.md"])
    os.utime(bench.folder / "03.md", ns=(status.st_atime_ns, status.st_mtime_ns))
    (bench.folder / "04.md").unlink()
    del bench.texts["04.md"]
    parsed, _ = bench.finish()
    assert parsed == ["03.md"]


def test_files_that_swapped_names_are_read_again(bench: Bench) -> None:
    bench.interrupt(after=30)
    (bench.folder / "01.md").rename(bench.folder / "aside")
    (bench.folder / "02.md").rename(bench.folder / "01.md")
    (bench.folder / "aside").rename(bench.folder / "02.md")
    bench.texts |= {"01.md": bench.texts["02.md"], "02.md": bench.texts["01.md"]}
    parsed, _ = bench.finish()
    assert parsed == ["01.md", "02.md"]


def _other_chunks(bench: Bench) -> None:
    chunking = bench.settings.chunking.model_copy(update={"tokens": 32})
    bench.settings = bench.settings.model_copy(update={"chunking": chunking})


def _other_limits(bench: Bench) -> None:
    reading = bench.settings.reading.model_copy(update={"max_pages": 7})
    bench.settings = bench.settings.model_copy(update={"reading": reading})


def _a_limit_in_its_eighth_digit(bench: Bench) -> None:
    reading = bench.settings.reading.model_copy(update={"max_characters": 10_000_001})
    bench.settings = bench.settings.model_copy(update={"reading": reading})


@pytest.mark.parametrize("change", [_other_chunks, _other_limits, _a_limit_in_its_eighth_digit])
def test_other_settings_read_everything_again(
    bench: Bench, change: Callable[[Bench], None]
) -> None:
    bench.interrupt(after=30)
    change(bench)
    parsed, _ = bench.finish()
    assert parsed == sorted(bench.texts)


def test_another_reader_reads_everything_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.index import sync

    bench.interrupt(after=30)
    monkeypatch.setattr(sync, "installed_readers", lambda: "others")
    parsed, _ = bench.finish()
    assert parsed == sorted(bench.texts)


def test_another_embedder_embeds_everything_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.index import sync

    bench.interrupt(after=30)
    monkeypatch.setattr(sync, "fingerprint_of", lambda _: "another")

    class Other(CheapEmbedder):
        def embed(self, texts: Any) -> Vectors:
            vectors: Vectors = -super().embed(texts)
            return vectors

    bench.embedder = Other()
    parsed, embedded = bench.finish()
    assert parsed == []
    assert embedded == len(set(bench.embedder.paid)) > 60


@pytest.mark.parametrize("suffix", [".texts", ".vectors"])
@pytest.mark.parametrize("kind", ["flip", "cut", "zeros"])
def test_damage_to_what_is_kept_only_costs_time(bench: Bench, suffix: str, kind: str) -> None:
    bench.interrupt(after=30)
    [path] = [path for path in bench.kept if path.suffix == suffix]
    data = bytearray(path.read_bytes())
    place = len(data) // 2
    if kind == "flip":
        data[place] ^= 0x10
    elif kind == "cut":
        del data[place:]
    else:
        data[place:] = bytes(len(data) - place)
    path.write_bytes(data)
    bench.finish()


def _loaded(text: str) -> Loaded:
    chunks = (Chunk(text, 0, len(text), None, ()),)
    parsed = ParsedDocument(text, "a title", "text", (), ())
    return Loaded(parsed, chunks, f"{len(text):064}", FileState(0, 0, 0, 0))


def test_no_changed_byte_and_no_cut_gives_another_text(tmp_path: Path) -> None:
    place = KeepAside(str(tmp_path), "readers", 10**6)
    files = [FoundFile(f"{n}.md", "/", f"{n}.md", FileState(0, 0, 0, 0)) for n in range(3)]
    texts = {file: _loaded(f"text {'x' * n}") for n, file in enumerate(files)}
    first = KeptTexts(place)
    for file, loaded in texts.items():
        first.keep(file, loaded.sha256, loaded)
    first.close()
    [path] = tmp_path.iterdir()
    whole = path.read_bytes()
    damaged = [whole[:at] for at in range(0, len(whole), 7)]
    damaged += [
        whole[:at] + bytes([whole[at] ^ (1 << at % 8)]) + whole[at + 1 :]
        for at in range(len(whole))
    ]
    found = 0
    for data in damaged:
        path.write_bytes(data)
        kept = KeptTexts(place)
        kept.close()
        for other in tmp_path.iterdir():
            if other != path:
                other.unlink()
        for file, loaded in texts.items():
            taken = kept.take_up(file, loaded.sha256, loaded.state)
            assert taken is None or taken == replace(loaded, is_taken_up=True)
            found += taken is not None
    assert found > len(damaged), "what is whole is still found"


def test_a_refusal_that_is_kept_comes_back() -> None:
    refusal = DocumentError("no", hint="try", outcome="empty")
    back = unpacked(packed(refusal))
    assert isinstance(back, DocumentError)
    assert (back.what, back.hint, back.outcome) == ("no", "try", "empty")


def test_no_changed_byte_and_no_cut_gives_another_vector(tmp_path: Path) -> None:
    place = KeepAside(str(tmp_path), "an embedder", 10**6)
    keys = [bytes([n]) * 32 for n in range(4)]
    vectors = np.arange(12, dtype=np.float32).reshape(4, 3)
    first = KeptBatches(place)
    first.keep(keys[:2], vectors[:2])
    first.keep(keys[2:], vectors[2:])
    first.close()
    [path] = tmp_path.iterdir()
    whole = path.read_bytes()
    found = 0
    for at in range(len(whole)):
        for data in (whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]):
            path.write_bytes(data)
            kept = KeptBatches(place)
            for key, row in kept.find(keys).items():
                assert np.array_equal(row, vectors[keys.index(key)])
                found += 1
            kept.close()
            for other in tmp_path.iterdir():
                if other != path:
                    other.unlink()
    assert found > len(whole)


def test_odd_things_in_the_folder_are_harmless(bench: Bench, tmp_path: Path) -> None:
    bench.interrupt(after=30)
    folder = bench.index / "unfinished"
    (folder / "empty.texts").touch()
    (folder / "note.txt").write_text("mine")
    (folder / "link.texts").symlink_to("/etc/passwd")
    (folder / "dir.texts").mkdir()
    assert bench.finish()[0] == []


def test_a_folder_that_cannot_be_made_is_no_obstacle(bench: Bench) -> None:
    bench.index.mkdir()
    (bench.index / "unfinished").write_text("in the way")
    receipt = bench.sync()
    assert not receipt.failed
    assert bench.holds_exactly(bench.texts)


# ---------------------------------------------------------------- bounded


def test_nothing_is_kept_when_it_is_switched_off(tmp_path: Path, inline: None) -> None:
    bench = Bench(tmp_path, **{"index.unfinished_megabytes": 0.0})
    assert bench.interrupt(after=30) == "There is no index yet. Nothing is kept of what was done."
    assert bench.kept == []
    assert not (bench.index / "unfinished").exists()


def test_no_more_is_kept_than_may_be(tmp_path: Path, inline: None) -> None:
    bench = Bench(tmp_path, **{"index.unfinished_megabytes": 0.02})
    for number in range(1, 5):
        bench.interrupt(after=30 * number)
        assert 0 < sum(path.stat().st_size for path in bench.kept) <= 20_000
    bench.finish()


def test_a_full_disk_stops_the_keeping_and_frees_what_was_kept(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kept work must never be what an ingest has no room for."""
    monkeypatch.setattr(journal, "_ROOM_BYTES", 1 << 60)
    told = bench.interrupt(after=30)
    assert "Nothing is kept" in told
    assert [path.stat().st_size for path in bench.kept] == []


def test_a_disk_that_is_full_elsewhere_gets_its_room_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.interrupt(after=30)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(bench.generations, "publish", full)
        with pytest.raises(StorageError):
            bench.sync()
    assert bench.kept == []
    bench.finish()


def test_a_write_that_is_cut_short_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    made = Journal(path, 10**6)
    assert made.append(b"one", b"first")
    writev = os.writev
    monkeypatch.setattr(os, "writev", lambda f, parts: writev(f, [b"".join(parts)[:20]]))
    assert not made.append(b"two", b"second")
    monkeypatch.undo()
    assert not made.append(b"three", b"third"), "a journal that failed once stays closed"
    assert [(each.head, each.body()) for each in records(path)] == [(b"one", b"first")]


# ---------------------------------------------------------------- parts


def test_vectors_come_back_to_the_last_bit(tmp_path: Path) -> None:
    place = KeepAside(str(tmp_path), "an embedder", 10**6)
    keys = [bytes([n]) * 32 for n in range(5)]
    vectors = np.random.default_rng(1).normal(size=(5, 7)).astype(np.float32)
    first = KeptBatches(place)
    assert first.find(keys) == {}
    first.keep(keys[:3], vectors[:3])
    first.keep(keys[3:], vectors[3:])
    first.close()
    second = KeptBatches(place)
    found = second.find([*keys, b"?" * 32])
    second.close()
    assert list(found) == keys
    assert all(np.array_equal(found[key], row) for key, row in zip(keys, vectors, strict=True))
    other = KeptBatches(KeepAside(str(tmp_path), "another embedder", 10**6))
    assert other.find(keys) == {}
    other.close()


def test_an_orphan_that_writes_on_disturbs_nobody(bench: Bench) -> None:
    """A killed ingest can go on for a moment, in a file of its own."""
    bench.interrupt(after=30)
    place = Unfinished(bench.index, texts="", vectors="", most_megabytes=1.0).texts
    orphan = KeptTexts(place)
    bench.finish()
    orphan.keep(FoundFile("a.md", "/", "a.md", FileState(0, 0, 0, 0)), "0" * 64, _loaded("late"))
    orphan.close()
    assert bench.sync().documents == FILES


# ---------------------------------------------------------------- the command line


@pytest.fixture
def large_folder(tmp_path: Path) -> Path:
    """Enough that an ingest takes a few seconds."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(600):
        (folder / f"{number:03}.md").write_text(text_of(f"subject {number}", 25), encoding="utf-8")
    return folder


def _wait_for_vectors(index: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        sizes = [p.stat().st_size for p in (index / "unfinished").glob("*.vectors")]
        if sum(sizes) > 400_000:
            return
        time.sleep(0.01)
    raise AssertionError("it keeps no vectors")


@pytest.mark.parametrize(
    ("sign", "status"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)],
)
def test_an_interrupted_command_goes_on_where_it_was(
    large_folder: Path, tmp_path: Path, sign: signal.Signals, status: int
) -> None:
    settings = make_settings(tmp_path / "index", [large_folder])
    ingest = command(settings, "ingest", "--json")
    process = subprocess.Popen(ingest, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    _wait_for_vectors(tmp_path / "index")
    process.send_signal(sign)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (status, "")
    assert "Traceback" not in err
    if sign != signal.SIGKILL:
        assert "Kept for the next ingest: the texts of" in err
    done = subprocess.run(ingest, capture_output=True, text=True, timeout=240, check=True)
    receipt = json.loads(done.stdout)
    assert receipt["taken_up"] > 20
    assert receipt["from_cache"] > 100
    assert receipt["documents"] == 600
    assert not (tmp_path / "index" / "unfinished").exists()


def test_ctrl_c_while_the_command_is_loaded() -> None:
    code = (
        "import runpy, sys\n"
        "class Pressed:\n"
        "    def find_spec(self, name, *rest):\n"
        "        if name == 'assistant.cli.answering':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Pressed())\n"
        "runpy.run_module('assistant', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "Interrupted.\n")
