"""The collection in a folder: by Chroma's engine, by its package, and one after the other."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import numpy as np
import pytest
from support_index import Workshop, text_of

from assistant.errors import IndexUnavailableError
from assistant.index import chroma, vectors
from assistant.index.aside import own_copy
from assistant.index.chroma import (
    COLLECTION,
    EF_SEARCH,
    ChromaPackage,
    Collection,
    Engine,
    open_client,
)
from assistant.index.generations import VECTORS as FOLDER
from assistant.index.vectors import VectorIndex

pytest_plugins = ["support_index_fixtures"]

Open = Callable[..., Collection]
both = pytest.mark.parametrize("open_it", [Engine, ChromaPackage])

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


@pytest.mark.parametrize(("writes", "reads"), [(Engine, ChromaPackage), (ChromaPackage, Engine)])
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
    for open_it in (Engine, ChromaPackage):
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
    """Chroma's default finds 79 of a hundred nearest chunks among many; see ``EF_SEARCH``."""
    client = open_client(tmp_path)
    client.create_collection(
        COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
    ).upsert(ids=["a"], embeddings=[[1.0, 0.0]])
    client.close()
    time.sleep(0.2)  # a client lets go of its database a moment after it was closed
    collection = open_it(tmp_path, create=True)
    collection.upsert(["b"], np.array([[0.0, 1.0]], np.float32))
    assert sorted(collection.ids()) == ["a", "b"]
    collection.close()
    client = open_client(tmp_path)
    found = client.get_collection(COLLECTION, embedding_function=None).configuration_json
    client.close()
    assert found["hnsw"]["ef_search"] == EF_SEARCH


def test_a_folder_without_a_collection_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailableError, match=r"no chroma\.sqlite3") as failed:
        VectorIndex(tmp_path)
    assert "ingest" in failed.value.hint
    assert not list(tmp_path.iterdir()), "looking made nothing"


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts descriptors in /proc")
@both
def test_what_cannot_be_opened_is_closed_again(open_it: Open, tmp_path: Path) -> None:
    """A traceback holds the half-made object; on Windows its folder could not be removed."""
    filled(open_it, tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "chroma.sqlite3")) as connection, connection:
        connection.execute("UPDATE collections SET name = 'another'")

    def held() -> int:
        """Files of the folder that this process has open."""
        opened = [os.path.realpath(each) for each in Path("/proc/self/fd").iterdir()]
        return sum(each.startswith(str(tmp_path)) for each in opened)

    with pytest.raises(Exception, match="does not exist") as failed:
        open_it(tmp_path, create=False)
    for _ in range(50):  # its threads close them
        if not held():
            break
        time.sleep(0.05)
    assert not held(), failed


@pytest.mark.parametrize("name", ["query", ""])
def test_an_engine_with_other_arguments_is_left_alone(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = {**chroma._SIGNATURES, name: "(something, else)"}
    monkeypatch.setattr(chroma, "_SIGNATURES", other)
    collection = chroma.open_collection(tmp_path, create=True)
    assert isinstance(collection, ChromaPackage)
    collection.close()


def test_an_engine_with_another_configuration_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chroma, "_CONFIG_SIGNATURE", "(url)")
    assert not chroma.engine_fits()


def test_an_engine_that_cannot_be_loaded_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "chromadb_rust_bindings", None)
    assert not chroma.engine_fits()


def test_an_ingest_and_a_search_work_by_the_package(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chroma, "engine_fits", lambda: False)
    monkeypatch.setattr(chroma, "Engine", None)
    workshop.write("a.md", text_of("apples"))
    workshop.write("b.md", text_of("pears"))
    workshop.sync()
    workshop.index_texts({"b.md": text_of("plums")})
    generation = workshop.generations.current()
    assert generation is not None
    with ExitStack() as exits:
        index = VectorIndex(own_copy(generation.path / FOLDER, exits))
        exits.callback(index.close)
        wanted = index._collection.ids()[0]
        [(found, cosine)] = index.search(index.vectors([wanted])[wanted], 1)
    assert (found, cosine) == (wanted, pytest.approx(1.0, abs=1e-5))
    assert workshop.holds_exactly({"a.md": text_of("apples"), "b.md": text_of("plums")})


@pytest.mark.parametrize("said", ["database or disk is full", "unable to open database file"])
def test_a_folder_that_cannot_be_written_is_read_from_a_copy(
    said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chroma writes when it opens."""
    filled(Engine, tmp_path).close()

    def refusing(folder: Path) -> Collection:
        if folder == tmp_path:
            raise RuntimeError(f"(code: 13) {said}")
        return chroma.open_collection(folder)

    monkeypatch.setattr(vectors, "open_collection", refusing)
    index = VectorIndex(tmp_path)
    try:
        assert index.search(VECTORS[3], 1)[0][0] == IDS[3]
    finally:
        index.close()


_LOADED = """
import sys
from assistant import Assistant, load_settings
given = {"index.path": sys.argv[1], "documents.paths": [sys.argv[2]]}
with Assistant(load_settings(None, given)) as assistant:
    assistant.sync()
    assert "trees" in assistant.ask("What do apples grow on?").text
print(sorted({"chromadb", "requests"} & set(sys.modules)))
"""


def test_no_package_is_imported_whose_files_are_enough(tmp_path: Path) -> None:
    """Chroma's takes a second of every command."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.md").write_text("# Apples\n\nApples grow on trees.\n")
    arguments = [sys.executable, "-c", _LOADED, str(tmp_path / "index"), str(folder)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.stdout == "[]\n", done.stderr
