"""The collection in a folder: by Chroma's engine, by its package, and one after the other."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support_index import Workshop, text_of

from assistant.errors import IndexUnavailableError
from assistant.index import chroma
from assistant.index.chroma import COLLECTION, EF_SEARCH, Collection, Engine, Package, open_client
from assistant.index.vectors import VectorIndex

Open = Callable[..., Collection]
both = pytest.mark.parametrize("open_it", [Engine, Package])

VECTORS = np.random.default_rng(0).normal(size=(60, 8)).astype(np.float32)
VECTORS /= np.linalg.norm(VECTORS, axis=1, keepdims=True)
IDS = [f"chunk-{number:02}" for number in range(len(VECTORS))]


def filled(open_it: Open, folder: Path) -> Collection:
    """A new collection that holds ``VECTORS``."""
    folder.mkdir(exist_ok=True)
    collection = open_it(folder, create=True)
    collection.upsert(IDS, VECTORS)
    return collection


def contents(collection: Collection) -> tuple[object, ...]:
    """All that a collection tells of itself."""
    found = collection.nearest(VECTORS[:5], 4)
    within = collection.nearest(VECTORS[:2], 3, IDS[10:20])
    return (
        len(collection),
        sorted(collection.ids()),
        {name: row.tobytes() for name, row in collection.vectors(IDS).items()},
        [[(name, round(distance, 5)) for name, distance in each] for each in found],
        [[(name, round(distance, 5)) for name, distance in each] for each in within],
    )


def test_the_engine_that_is_installed_is_the_one_that_is_known() -> None:
    """Where it is not, all works a second slower: compare ``chromadb.api.rust`` with ``Engine``."""
    assert chroma.engine_fits()


@both
def test_a_collection_gives_back_what_was_written(open_it: Open, tmp_path: Path) -> None:
    collection = filled(open_it, tmp_path / "chroma")
    try:
        assert sorted(collection.ids()) == IDS
        assert collection.batch_size > 1000
        [[(name, distance), *others]] = collection.nearest(VECTORS[7:8], 5)
        assert name == IDS[7]
        assert abs(distance) < 1e-5
        assert len(others) == 4
        cosine = float(VECTORS[7] @ VECTORS[IDS.index(others[0][0])])
        assert 1 - others[0][1] == pytest.approx(cosine, abs=1e-5)
        found = collection.vectors([IDS[3], "unknown", IDS[1]])
        assert set(found) == {IDS[1], IDS[3]}
        assert found[IDS[3]].dtype == np.float32
        assert found[IDS[3]] == pytest.approx(VECTORS[3], abs=1e-6)
        assert collection.vectors([]) == {}
        collection.upsert([IDS[0]], -VECTORS[:1])
        collection.delete([IDS[1], "unknown"])
        assert len(collection) == len(IDS) - 1
        assert collection.vectors(IDS[:2])[IDS[0]] == pytest.approx(-VECTORS[0], abs=1e-6)
    finally:
        collection.close()


@pytest.mark.parametrize(("writes", "reads"), [(Engine, Package), (Package, Engine)])
def test_what_one_writes_the_other_reads(writes: Open, reads: Open, tmp_path: Path) -> None:
    collection = filled(writes, tmp_path / "chroma")
    written = contents(collection)
    collection.close()
    collection = reads(tmp_path / "chroma", create=False)
    try:
        assert contents(collection) == written
    finally:
        collection.close()


def test_both_describe_the_collection_alike(tmp_path: Path) -> None:
    described = []
    for open_it in (Engine, Package):
        folder = tmp_path / open_it.__name__
        filled(open_it, folder).close()
        connection = sqlite3.connect(folder / "chroma.sqlite3")
        connection.row_factory = sqlite3.Row
        [row] = connection.execute("SELECT * FROM collections").fetchall()
        described.append({key: row[key] for key in row.keys() if key != "id"})  # noqa: SIM118
        described[-1]["schema_str"] = json.loads(row["schema_str"])  # in an order of its own
        connection.close()
    assert described[0] == described[1]
    assert f"'ef_search': {EF_SEARCH}" in str(described[0])


@both
def test_neighbours_are_looked_for_widely_in_an_index_of_before_too(
    open_it: Open, tmp_path: Path
) -> None:
    """Chroma's default finds 78 of a hundred nearest chunks among many; see ``EF_SEARCH``."""
    client = open_client(tmp_path)
    client.create_collection(
        COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
    ).upsert(ids=["a"], embeddings=[[1.0, 0.0]])
    client.close()
    collection = open_it(tmp_path, create=True)
    collection.upsert(["b"], np.array([[0.0, 1.0]], np.float32))
    assert sorted(collection.ids()) == ["a", "b"]
    collection.close()
    client = open_client(tmp_path)
    found = client.get_collection(COLLECTION, embedding_function=None).configuration_json
    client.close()
    assert found["hnsw"]["ef_search"] == EF_SEARCH


@pytest.mark.parametrize("fits", [True, False])
def test_a_folder_without_a_collection_is_a_clear_error(
    fits: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chroma, "engine_fits", lambda: fits)
    with pytest.raises(IndexUnavailableError, match="does not exist"):
        VectorIndex(tmp_path)


def test_an_engine_with_other_arguments_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = {**chroma._SIGNATURES, "query": "($self, collection_id, query)"}
    monkeypatch.setattr(chroma, "_SIGNATURES", other)
    collection = chroma.open_collection(tmp_path, create=True)
    assert isinstance(collection, Package)
    collection.close()


def test_an_ingest_and_a_question_work_by_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chroma, "engine_fits", lambda: False)
    workshop = Workshop(tmp_path)
    workshop.write("a.md", text_of("apples"))
    workshop.sync()
    assert workshop.holds_exactly({"a.md": text_of("apples")})


_LOADED = """
import sys
from assistant import Assistant, load_settings
given = {"index.path": sys.argv[1], "documents.paths": [sys.argv[2]]}
with Assistant(load_settings(None, given)) as assistant:
    assistant.sync()
    assert "trees" in assistant.ask("What do apples grow on?").text
print(sorted({"chromadb", "wordllama", "requests"} & set(sys.modules)))
"""


def test_no_package_is_imported_whose_files_are_enough(tmp_path: Path) -> None:
    """Chroma's takes a second of every command, wordllama's .4 s."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.md").write_text("# Apples\n\nApples grow on trees.\n")
    arguments = [sys.executable, "-c", _LOADED, str(tmp_path / "index"), str(folder)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.stdout == "[]\n", done.stderr
