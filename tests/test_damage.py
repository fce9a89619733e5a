"""Changed files of an index: found before anything opens them, and built anew by the next sync."""

from __future__ import annotations

import hashlib
import random
from math import inf
from pathlib import Path

import pytest
from support_index import Workshop, text_of

from assistant import Assistant
from assistant.errors import IndexDamagedError
from assistant.index.checksums import checksums, damage
from assistant.index.generations import MANIFEST, STORE, VECTORS, WORDS, Generation
from assistant.index.snapshot import Snapshot, SnapshotReader
from assistant.index.store import Store
from benchmarks.damage import KINDS, change

pytest_plugins = ["support_index_fixtures"]

TEXTS = {"apples.md": text_of("apples"), "pears.md": text_of("pears")}


@pytest.fixture
def built(workshop: Workshop) -> Workshop:
    """An index of two documents, in its second generation."""
    for name, text in TEXTS.items():
        workshop.write(name, text)
        workshop.sync()
    return workshop


def current(workshop: Workshop) -> Generation:
    """The generation that answers."""
    found = workshop.generations.current()
    assert found is not None
    return found


def victim(workshop: Workshop, part: str) -> Path:
    """The largest file of a part of the index."""
    place = current(workshop).path / part
    if place.is_file():
        return place
    return max((p for p in place.rglob("*") if p.is_file()), key=lambda p: p.stat().st_size)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", [STORE, WORDS, VECTORS, MANIFEST])
def test_a_changed_file_is_refused_and_built_anew(built: Workshop, part: str, kind: str) -> None:
    damaged = current(built).manifest.name
    change(victim(built, part), kind, random.Random(3))
    reader = SnapshotReader(built.generations)
    with pytest.raises(IndexDamagedError) as caught, reader.current():
        pass
    assert "ingest" in caught.value.hint
    receipt = built.sync()
    assert receipt.repaired
    assert not receipt.failed
    assert damaged not in built.generations.names()
    assert built.holds_exactly(TEXTS)
    assert not built.sync().repaired


def test_words_and_vectors_are_built_from_the_store_without_reading_or_paying(
    built: Workshop,
) -> None:
    change(victim(built, WORDS), "flip", random.Random(1))
    paid = len(built.embedder.paid)
    receipt = built.sync()
    assert "built anew from the stored texts" in receipt.repaired
    assert {file.outcome for file in receipt.files} == {"unchanged"}
    assert len(built.embedder.paid) == paid


def test_a_file_changed_while_the_index_was_damaged_is_read(built: Workshop) -> None:
    change(victim(built, VECTORS), "truncate", random.Random(1))
    built.write("pears.md", text_of("plums"))
    built.write("new.md", text_of("new"))
    built.sync()
    expected = {
        name: text_of(subject)
        for name, subject in (("apples.md", "apples"), ("pears.md", "plums"), ("new.md", "new"))
    }
    assert built.holds_exactly(expected)


def test_without_another_generation_all_is_read_again_and_folders_are_kept(
    workshop: Workshop, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "figs.md").write_text(text_of("figs"), encoding="utf-8")
    workshop.write("apples.md", text_of("apples"))
    workshop.sync(elsewhere)
    change(victim(workshop, STORE), "overwrite", random.Random(1))
    assert "All files were read again" in workshop.sync().repaired
    assert workshop.documents().keys() == {"apples.md", "figs.md"}


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", bytes(50), b"\xff\xfe", b"nonsense", b"../../etc", b"g999999\n", b"g" * 10**6],
)
def test_a_damaged_name_of_the_current_generation(built: Workshop, content: bytes) -> None:
    (built.index / "CURRENT").write_bytes(content)
    reader = SnapshotReader(built.generations)
    with pytest.raises(IndexDamagedError), reader.current():
        pass
    assert built.sync().repaired
    assert built.holds_exactly(TEXTS)


@pytest.mark.parametrize(
    "content", ["", "[" * 200_000, "[]", "7", '{"format": ' + "9" * 6000 + "}", '{"format": "2"}']
)
def test_a_manifest_that_is_no_manifest(built: Workshop, content: str) -> None:
    (current(built).path / MANIFEST).write_text(content)
    reader = SnapshotReader(built.generations)
    with pytest.raises(IndexDamagedError, match="cannot be opened"), reader.current():
        pass
    assert built.sync().repaired
    assert built.holds_exactly(TEXTS)


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0", bytes(5000), b"nonsense" * 500])
def test_a_store_that_holds_nothing(built: Workshop, content: bytes) -> None:
    """Wherever it is opened, also where its size and its checksum are not compared first."""
    store = current(built).path / STORE
    store.write_bytes(content)
    with pytest.raises(IndexDamagedError, match="cannot be read"):
        Store(store)
    with Assistant(built.settings) as assistant, pytest.raises(IndexDamagedError):
        assistant.status()
    assert built.sync().repaired
    assert built.holds_exactly(TEXTS)


def test_reading_changes_nothing_that_is_checked(built: Workshop) -> None:
    generation = current(built)
    for _ in range(2):
        snapshot = Snapshot(generation)
        assert len(snapshot.vectors) == generation.manifest.chunks
        snapshot.retire()
    assert checksums(generation.path) == generation.manifest.files
    assert not damage(generation.path, generation.manifest.files, 1000)


def test_rollback_does_not_return_to_a_damaged_generation(built: Workshop) -> None:
    parent = built.generations.load(current(built).manifest.parent)
    change(parent.path / STORE, "flip", random.Random(1))
    with pytest.raises(IndexDamagedError):
        built.generations.rollback()
    assert built.holds_exactly(TEXTS)


def test_of_a_large_index_sizes_are_compared(built: Workshop) -> None:
    generation = current(built)
    change(generation.path / STORE, "flip", random.Random(1))
    assert not damage(generation.path, generation.manifest.files, 0)
    change(generation.path / STORE, "truncate", random.Random(1))
    assert STORE in damage(generation.path, generation.manifest.files, 0)


def test_checksums_of_an_earlier_version_still_tell(tmp_path: Path) -> None:
    for name in ("same", "changed"):
        (tmp_path / name).write_bytes(b"vectors")
    old = {
        name: f"7:{hashlib.blake2b(b'vectors', digest_size=16).hexdigest()}"
        for name in ("same", "changed")
    }
    assert damage(tmp_path, old, inf) == {}
    (tmp_path / "changed").write_bytes(b"Vectors")
    assert list(damage(tmp_path, old, inf)) == ["changed"]
