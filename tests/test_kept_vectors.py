"""The vectors that the store keeps for look-ups are Chroma's, after whatever an index went through.

``Workshop.holds_exactly`` compares them, so every trial of the sync does.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from support_index import Workshop, text_of

from assistant.index.generations import STORE
from assistant.index.kept_vectors import KeptVectors
from assistant.index.processes import vector_process
from assistant.index.snapshot import Snapshot
from assistant.index.store import Store

pytest_plugins = ["support_index_fixtures"]


def opened(workshop: Workshop) -> Snapshot:
    generation = workshop.generations.current()
    assert generation is not None
    return Snapshot(generation)


def test_vectors_come_back_rounded_and_by_id(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "store") as connection:
        kept = KeptVectors(connection, writable=True)
        rows = np.random.default_rng(7).normal(size=(1203, 16)).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        ids = [str(number) for number in range(len(rows))]
        kept.put(ids, rows)
        found = kept.get([*reversed(ids), "nobody"])
        assert len(found) == len(kept) == 1203
        assert all(
            np.abs(found[each] - row).max() < 1e-3 for each, row in zip(ids, rows, strict=True)
        )
        assert (
            np.abs(np.stack([found[each] for each in ids]) @ rows[0] - rows @ rows[0]).max() < 1e-3
        )
        assert found["7"].dtype == np.float32
        kept.put(["7"], rows[:1])
        assert np.allclose(kept.get(["7"])["7"], rows[0], atol=1e-3)
        kept.delete(ids[1:])
        assert list(kept.get(ids)) == ["0"]
        kept.begin("one", anew=False)
        assert len(kept) == 0, "nobody said whose they were"
        kept.put(["7"], rows[:1])
        kept.begin("one", anew=False)
        assert list(kept.get(ids)) == ["7"]
        kept.only_of("two")
        assert (kept.get(ids), kept.get([])) == ({}, {})
        kept = KeptVectors(connection, writable=False)
        kept.only_of("one")
        assert list(kept.get(ids)) == ["7"]
        kept.begin("one", anew=True)
        assert len(kept) == 0


def test_they_follow_edits_removals_and_another_embedder(workshop: Workshop) -> None:
    texts = {f"{name}.md": text_of(name, 30) for name in ("apples", "pears", "plums")}
    workshop.index_texts(texts)
    assert workshop.holds_exactly(texts)
    texts["pears.md"] = workshop.write("pears.md", text_of("pears", 12)).read_text()
    (workshop.folder / "plums.md").unlink()
    del texts["plums.md"]
    workshop.sync()
    assert workshop.holds_exactly(texts)
    (workshop.folder / "apples.md").rename(workshop.folder / "fruit.md")
    texts["fruit.md"] = texts.pop("apples.md")
    workshop.sync()
    assert workshop.holds_exactly(texts)
    workshop.settings = workshop.settings.model_copy(
        update={"embedding": workshop.settings.embedding.model_copy(update={"provider": "minilm"})}
    )
    workshop.embedder.fingerprint = "other:64"
    embed = workshop.embedder.embed
    workshop.embedder.embed = lambda texts: -embed(texts)  # type: ignore[method-assign]
    workshop.sync()
    assert workshop.holds_exactly(texts)


def test_new_vectors_leave_none_of_the_old(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {"a.md": text_of("apples", 30), "b.md": text_of("pears", 30)}
    workshop.index_texts(texts)
    (workshop.folder / "a.md").unlink()
    del texts["a.md"]
    with monkeypatch.context() as forgetful:
        forgetful.setattr(KeptVectors, "delete", lambda *_: None)
        forgetful.setattr(vector_process, "TERMS", "no such file")  # the check would find it
        workshop.sync()
    assert not workshop.holds_exactly(texts)
    workshop.settings = workshop.settings.model_copy(
        update={"embedding": workshop.settings.embedding.model_copy(update={"provider": "minilm"})}
    )
    workshop.sync()
    assert workshop.holds_exactly(texts)


def earlier_version(monkeypatch: pytest.MonkeyPatch, workshop: Workshop) -> None:
    """A sync by a version that knew of no kept vectors and no terms."""
    with monkeypatch.context() as before:
        for name in ("begin", "put", "delete"):
            before.setattr(KeptVectors, name, lambda *_, **__: None)
        before.setattr(vector_process, "TERMS", "no such file")
        before.setattr("assistant.index.repair._brought_up_to_date", lambda found: found)
        workshop.sync()


def test_an_index_of_an_earlier_version_answers_from_chroma(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {"old.md": workshop.write("old.md", text_of("apples", 30)).read_text()}
    workshop.sync()
    texts["new.md"] = workshop.write("new.md", text_of("pears", 30)).read_text()
    earlier_version(monkeypatch, workshop)
    snapshot = opened(workshop)
    ids = snapshot.store.chunk_ids()
    assert 0 < len(snapshot.store.vectors.get(ids)) < len(ids)
    found = snapshot.vectors_of(ids)
    stored = snapshot.vectors.vectors(ids)
    asked = stored[ids[0]]
    assert [key for key, _ in snapshot.nearest(asked, 1)] == [ids[0]]
    assert snapshot.cosines(asked, ids[:1])[ids[0]] == pytest.approx(1.0, abs=1e-3)
    snapshot.retire()
    assert set(found) == set(ids)
    assert all(np.allclose(found[each], stored[each], atol=1e-3) for each in ids)
    paid = len(workshop.embedder.paid)
    receipt = workshop.sync()
    assert "vectors" in receipt.repaired
    assert workshop.holds_exactly(texts)
    assert len(workshop.embedder.paid) == paid
    assert not workshop.sync().repaired


def test_what_an_earlier_version_embedded_otherwise_is_not_taken(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It copies the store, knows nothing of kept vectors, and ids are of texts alone."""
    texts = {"a.md": workshop.write("a.md", text_of("apples", 30)).read_text()}
    workshop.sync()
    settings = workshop.settings
    workshop.settings = settings.model_copy(
        update={"embedding": settings.embedding.model_copy(update={"provider": "minilm"})}
    )
    embed = workshop.embedder.embed
    workshop.embedder.embed = lambda texts: -embed(texts)  # type: ignore[method-assign]
    earlier_version(monkeypatch, workshop)
    snapshot = opened(workshop)
    ids = snapshot.store.chunk_ids()
    stored, found = snapshot.vectors.vectors(ids), snapshot.vectors_of(ids)
    snapshot.retire()
    assert all(np.array_equal(found[each], stored[each]) for each in ids)
    texts["b.md"] = workshop.write("b.md", text_of("pears", 30)).read_text()
    workshop.sync()
    assert workshop.holds_exactly(texts)


def test_a_store_without_the_table_is_read(workshop: Workshop, tmp_path: Path) -> None:
    workshop.index_texts({"a.md": text_of("apples")})
    generation = workshop.generations.current()
    assert generation is not None
    path = tmp_path / "store"
    path.write_bytes((generation.path / STORE).read_bytes())
    with sqlite3.connect(path) as connection:
        connection.executescript("DROP TABLE vectors; DROP TABLE vectors_of")
    store = Store(path)
    assert store.vectors.get(store.chunk_ids()) == {}
    assert len(store.vectors) == 0
    store.close()
