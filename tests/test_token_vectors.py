"""Vectors of tokens from a safetensors file: exact, few in memory, and from many threads."""

from __future__ import annotations

import json
import os
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.embedding.static import DIMENSIONS, StaticEmbedder
from assistant.embedding.token_vectors import TokenVectors, VectorFile
from assistant.errors import EmbeddingError

TABLE = np.random.default_rng(7).standard_normal((500, 8)).astype(np.float16)


def written(path: Path, table: NDArray[Any] = TABLE) -> Path:
    """A file by the library that defines the format, another tensor before the table."""
    from safetensors.numpy import save_file

    save_file({"a": np.ones(3, np.float32), "table": table}, path)
    return path


@pytest.mark.parametrize("from_file", [True, False])
def test_rows_are_those_of_the_tokens(tmp_path: Path, from_file: bool) -> None:
    source = VectorFile(written(tmp_path / "t"), "table") if from_file else TABLE
    vectors = TokenVectors(source)
    tokens = [499, 3, 499, 0, 77]
    places = vectors.places(tokens)
    assert list(places) == [0, 1, 0, 2, 3], "in the order they came"
    assert vectors.rows.dtype == np.float32
    assert np.array_equal(vectors.rows[places], TABLE[tokens].astype(np.float32))
    assert list(vectors.places([])) == []


def test_threads_that_ask_at_once_get_the_same_rows(tmp_path: Path) -> None:
    vectors = TokenVectors(VectorFile(written(tmp_path / "t"), "table"))
    asked = [list(np.random.default_rng(seed).permutation(len(TABLE))) for seed in range(16)]

    def ask(tokens: list[int]) -> NDArray[np.float32]:
        return vectors.rows[vectors.places(tokens)]

    with ThreadPoolExecutor(8) as pool:
        for tokens, rows in zip(asked, pool.map(ask, asked), strict=True):
            assert np.array_equal(rows, TABLE[tokens].astype(np.float32))
    assert sorted(vectors.places(range(len(TABLE)))) == list(range(len(TABLE)))


def test_token_that_the_table_lacks_is_refused(tmp_path: Path) -> None:
    vectors = TokenVectors(VectorFile(written(tmp_path / "t"), "table"))
    for token in (-1, len(TABLE)):
        with pytest.raises(IndexError):
            vectors.places([token])
    assert list(vectors.places([5])) == [0]


@pytest.mark.parametrize("by_place", [True, False])
def test_file_that_becomes_shorter_is_an_error_of_the_embedder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_place: bool
) -> None:
    if not by_place:
        monkeypatch.delattr(os, "pread", raising=False)
    path = written(tmp_path / "t")
    vectors = TokenVectors(VectorFile(path, "table"))
    assert list(vectors.places([5, 6])) == [0, 1]
    os.truncate(path, path.stat().st_size - 2)
    with pytest.raises(EmbeddingError, match="has become shorter") as found:
        vectors.places([5, len(TABLE) - 1])
    assert "reinstall" in found.value.hint
    assert list(vectors.places([6, 7])) == [1, 2], "what is there is still read"
    assert np.array_equal(vectors.rows[2], TABLE[7].astype(np.float32))


def with_header(told: object, data: bytes = b"") -> bytes:
    header = json.dumps(told).encode()
    return struct.pack("<Q", len(header)) + header + data


ENTRY = {"dtype": "F16", "shape": [2, 4], "data_offsets": [0, 16]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no safetensors"),
        (b"from x import y\n" * 9, "no safetensors"),
        (with_header({}), "no table"),
        (with_header([1]), "no table"),
        (with_header({"table": {"dtype": "F16"}}), "no table"),
        (with_header({"table": ENTRY | {"dtype": "F32"}}, b"x" * 16), "not as half-precise rows"),
        (with_header({"table": ENTRY | {"shape": [8]}}, b"x" * 16), "not as half-precise rows"),
        (with_header({"table": ENTRY | {"shape": [3, 4]}}, b"x" * 24), "wrong size"),
        (with_header({"table": ENTRY}, b"x" * 15), "cut off"),
        (struct.pack("<Q", 20) + b"{no json at all .... ", "Expecting"),
    ],
)
def test_file_that_is_not_whole_is_refused_when_it_is_opened(
    tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "t"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=said):
        VectorFile(path, "table")
    path.write_bytes(with_header({"table": ENTRY}, bytes(16)))
    assert VectorFile(path, "table")[1].tolist() == [0.0] * 4


def test_static_embedder_reads_only_what_a_text_holds() -> None:
    embedder = StaticEmbedder()
    before = embedder.embed(["A heron stands in the reeds."])
    held = len(embedder._vectors._places)
    assert 0 < held < 20
    embedder.embed(["Quarterly earnings </s> rose", "机器学习"])
    assert held < len(embedder._vectors._places) < 60
    assert np.array_equal(embedder.embed(["A heron stands in the reeds."]), before)
    assert embedder._vectors.rows.shape[1] == DIMENSIONS
