"""Embedders: unit vectors in order, a cache that pays once, and servers that misbehave."""

from __future__ import annotations

import copy
import hashlib
import logging
import pickle
import shutil
import sqlite3
import subprocess
import sys
import time
import traceback
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_embeddings import vector_of
from fake_model_server import FakeModelServer
from hypothesis import example, given
from hypothesis import strategies as st

from assistant import load_settings
from assistant.embedding import (
    Embedder,
    Vectors,
    embed_question,
    fingerprint_of,
    make_embedder,
    normalised,
)
from assistant.embedding.cache import CachedEmbedder
from assistant.embedding.static import (
    FOLDER,
    SCALES,
    TOKENS,
    VECTORS,
    StaticEmbedder,
    _SubwordText,
    fingerprint,
    tokenizer_of,
)
from assistant.errors import EmbeddingError, StorageError
from assistant.settings import EmbeddingSettings, default_config_path

TEXT = _SubwordText((FOLDER / TOKENS).read_text(encoding="utf-8").split("\n")[:-1])
CANARY = "sk-canary-7d21b9"


def embedding_settings(**changes: Any) -> EmbeddingSettings:
    overrides = {f"embedding.{name}": value for name, value in changes.items()}
    return load_settings(default_config_path(), overrides).embedding


def remote(server: FakeModelServer, **changes: Any) -> Embedder:
    return make_embedder(
        embedding_settings(
            provider="openai", base_url=server.base_url, api_key_env="TEST_KEY", **changes
        )
    )


# ---------------------------------------------------------------- static


@pytest.fixture(scope="module")
def static() -> StaticEmbedder:
    return StaticEmbedder()


def test_static_vectors_are_256_wide_of_length_one_and_deterministic(
    static: StaticEmbedder,
) -> None:
    texts = ["a network", "Ein schöner Satz.", "机器学习的方法", "😀", "word " * 2000]
    vectors = static.embed(texts)
    assert vectors.shape == (5, 256)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert np.array_equal(vectors, static.embed(texts))
    assert np.allclose(vectors[1], static.embed([texts[1]])[0], atol=1e-5)


TEXTS = [
    "", " ", "\n", " a", "a ", "a  b   c", "tab\there", "line\n\n  next line\n",
    "don't stop-believing (1999), 3.5%", "    indented code_with_names(x, y)", "[UNK] [CLS] [MASK]",
    "x" * 300 + " y", "机器学习的方法 和 测试", "ภาษาไทย", "हिन्दी में",
    "e\u0301 ﬁ ½ \u00a0 \u3000 \u200b",
    "😀 😀😀", "Straße, naïve Ärzte", "word " * 300,
]  # fmt: skip
"""Every kind of text."""


def summed_plainly(texts: Sequence[str]) -> Vectors:
    """The same vectors by the library's tokenizer on whole texts, summed in double precision."""
    rows = np.load(FOLDER / VECTORS).astype(np.float64) * np.load(FOLDER / SCALES)[:, None]
    tokens = (FOLDER / TOKENS).read_text(encoding="utf-8").split("\n")[:-1]
    tokenizer = tokenizer_of(tokens)
    spare = [at for at, token in enumerate(tokens) if token.startswith("[spare")]
    sums = np.zeros((len(texts), 256))
    for at, text in enumerate(texts):
        found = tokenizer.encode(text, add_special_tokens=False)
        for token, number, (start, end) in zip(found.tokens, found.ids, found.offsets, strict=True):
            if token == "[UNK]":
                number = spare[zlib.crc32(text[start:end].lower().encode()) % len(spare)]
            sums[at] += rows[number]
    return normalised(sums)


def test_static_vectors_are_sums_of_tokens(static: StaticEmbedder) -> None:
    expected = summed_plainly(TEXTS)
    assert np.allclose(static.embed(TEXTS), expected, atol=1e-5)
    words = " ".join(TEXTS).split(" ")
    both = static.embed(words)
    assert np.allclose(both, summed_plainly(words), atol=1e-5)
    assert np.array_equal(both, static.embed(words))  # remembered
    many = [f"{word} {number}" for number in range(40) for word in words[:60]]
    assert np.allclose(static.embed(many), summed_plainly(many), atol=1e-5)


@given(st.text(st.characters(max_codepoint=0x17F, blacklist_categories=("Z", "C")), min_size=1))
@example("x" * 101)
@example("zq" * 50)
@example("Re-reading(don't)[1]…")
def test_the_fast_way_gives_the_tokenizers_numbers(piece: str) -> None:
    assert TEXT[piece] == TEXT._encoded(piece)


@given(st.lists(st.text(max_size=60), max_size=8))
def test_static_vectors_of_any_text_are_finite_and_of_length_one_or_nothing(
    static: StaticEmbedder, texts: list[str]
) -> None:
    vectors = static.embed(texts)
    lengths = np.linalg.norm(vectors, axis=1) if texts else np.zeros(0)
    assert np.all((np.abs(lengths - 1) < 1e-5) | (lengths == 0))
    one_by_one = [static.embed([text])[0] for text in texts]
    assert all(np.allclose(a, b, atol=1e-5) for a, b in zip(vectors, one_by_one, strict=True))


def test_scripts_without_tokens_still_have_a_vector(static: StaticEmbedder) -> None:
    """A chunk whose vector is all zero cannot find itself: its index would not pass the check."""
    assert np.allclose(np.linalg.norm(static.embed(["😀", "ꦗꦮ", "𐎠𐎡"]), axis=1), 1.0)


def test_words_without_tokens_are_like_themselves_alone(static: StaticEmbedder) -> None:
    """One vector for all that is unknown would make any two such words the same."""
    words = ["電灯", "縄文", "ꦗꦮ", "𐎠𐎡", "😀", "🚲", "ᏣᎳᎩ", "ⴰⵎⴰⵣⵉⵖ"]
    cosines = static.embed(words) @ static.embed(words).T
    assert np.allclose(np.diag(cosines), 1.0, atol=1e-5)
    assert np.abs(cosines - np.diag(np.diag(cosines))).max() < 0.5
    text, same, other = static.embed(["a 🚲 by the lake", "🚲", "😀"])
    assert text @ same > text @ other + 0.2


def test_words_of_other_scripts_are_not_all_alike(static: StaticEmbedder) -> None:
    """The teacher knows these scripts by single letters, which share a direction."""
    words = {
        "ru": "лодка озеро зима хлеб мельница письмо корабль дождь улица школа".split(),
        "el": "βάρκα λίμνη χειμώνας ψωμί μύλος γράμμα πλοίο βροχή δρόμος σχολείο".split(),
        "zh": "船只 湖泊 冬天 面包 磨坊 信件 轮船 下雨 街道 学校".split(),
    }
    for language, each in words.items():
        cosines = static.embed(each) @ static.embed(each).T
        others = cosines[np.triu_indices(len(each), 1)]
        assert np.median(others) < 0.25, language


@pytest.mark.parametrize("fault", ["missing", "cut", "other", "fewer", "text"])
def test_files_that_cannot_be_read_are_a_clear_error(tmp_path: Path, fault: str) -> None:
    folder = tmp_path / "vectors"
    shutil.copytree(FOLDER, folder)
    if fault == "missing":
        (folder / SCALES).unlink()
    elif fault == "cut":
        (folder / VECTORS).write_bytes((folder / VECTORS).read_bytes()[:5_000])
    elif fault == "other":
        np.save(folder / VECTORS, np.zeros((3, 256), np.int8))
    elif fault == "fewer":
        (folder / TOKENS).write_text("one\n[UNK]\n", encoding="utf-8")
    else:
        (folder / TOKENS).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(EmbeddingError, match="cannot be read") as found:
        StaticEmbedder(folder)
    assert "reinstall" in found.value.hint


def test_threads_that_embed_at_once_get_the_same_vectors() -> None:
    fresh = StaticEmbedder()
    texts = [f"{word} number{n}" for n in range(50) for word in ("heron", "reeds", "Straße")]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: fresh.embed(texts), range(16)))
    assert all(np.array_equal(found[0], each) for each in found)


def test_static_vectors_are_those_their_fingerprint_names() -> None:
    """New vectors need a new fingerprint: indexes made with the old ones must be built anew."""
    digest = hashlib.sha256()
    for name in (VECTORS, SCALES, TOKENS):
        digest.update((FOLDER / name).read_bytes())
    assert (fingerprint(), digest.hexdigest()[:16]) == (
        "static:minilm-distilled-3:256", "5c8d71d24bac9822",
    )  # fmt: skip


def test_static_embedder_forgets_words_when_they_are_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    most = 20_000
    monkeypatch.setattr("assistant.embedding.static._MAX_MEMORY", most)
    fresh = StaticEmbedder()
    texts = [f"word{number} and word{number + 1}" for number in range(200)]
    texts += ["".join(chr(0x4E00 + number + at) for at in range(60)) for number in range(200)]
    one_by_one = np.stack([fresh.embed([text])[0] for text in texts])
    assert np.allclose(one_by_one, fresh.embed(texts), atol=1e-6)
    held = sum(sys.getsizeof(k) + sys.getsizeof(v) for k, v in fresh._pieces.items())
    assert 0 < held < most
    assert not [piece for piece in fresh._pieces if len(piece) > 64]


def test_static_vectors_know_what_is_alike(static: StaticEmbedder) -> None:
    one, two, three = static.embed(
        ["The dog chased a cat.", "A puppy ran after the kitten.", "Interest rates rose again."]
    )
    assert one @ two > one @ three + 0.1


def test_text_without_words_gives_a_finite_vector(static: StaticEmbedder) -> None:
    vectors = static.embed(["", " \n", "\x00"])
    assert vectors.shape == (3, 256)
    assert np.isfinite(vectors).all()
    assert static.embed([]).shape[0] == 0


def test_fingerprint_is_known_without_loading_anything() -> None:
    code = (
        "import sys; from assistant import load_settings; "
        "from assistant.embedding import fingerprint_of; "
        "print(fingerprint_of(load_settings().embedding)); "
        "assert not {'tokenizers', 'chromadb', 'openai'} & set(sys.modules)"
    )
    shown = subprocess.check_output([sys.executable, "-c", code], text=True).strip()
    assert shown == StaticEmbedder().fingerprint
    seen = {
        fingerprint_of(embedding_settings()),
        fingerprint_of(embedding_settings(provider="minilm")),
        fingerprint_of(embedding_settings(provider="openai")),
        fingerprint_of(embedding_settings(provider="openai", model="other")),
        fingerprint_of(embedding_settings(provider="openai", base_url="http://127.0.0.1/v1")),
        fingerprint_of(embedding_settings(provider="openai", passage_prefix="passage: ")),
    }
    assert len(seen) == 6


def test_normalised_leaves_zeros_and_scales_the_rest() -> None:
    rows = normalised(np.array([[3.0, 4.0], [0.0, 0.0], [1e-20, 0.0]]))
    assert rows.dtype == np.float32
    assert rows.tolist()[:2] == [[pytest.approx(0.6), pytest.approx(0.8)], [0.0, 0.0]]
    assert np.isfinite(rows).all()


# ---------------------------------------------------------------- the cache


class Counting:
    """An embedder that counts, and fails when told to."""

    batch_size = 4
    is_costly = True

    def __init__(self, fingerprint: str = "counting") -> None:
        self.fingerprint = fingerprint
        self.asked: list[str] = []
        self.spoil = False

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked.extend(texts)
        vectors = np.array([vector_of(text) for text in texts], dtype=np.float32)
        if self.spoil:
            vectors[0, 0] = np.nan
        return normalised(vectors)


def test_cache_pays_for_no_text_twice_even_when_opened_anew(tmp_path: Path) -> None:
    inner = Counting()
    cache = CachedEmbedder(inner, tmp_path / "deep" / "cache.sqlite")
    first = cache.embed(["a", "b", "a"])
    assert inner.asked == ["a", "b"]
    assert np.array_equal(first[0], first[2])
    cache.close()
    again = CachedEmbedder(inner, tmp_path / "deep" / "cache.sqlite")
    assert np.array_equal(again.embed(["b", "c", "a"])[[2, 0]], first[:2])
    assert inner.asked == ["a", "b", "c"]
    assert (again.embedded, again.from_cache) == (1, 2)
    assert again.embed([]).shape == (0, 8)
    again.close()


def test_vectors_that_cost_nothing_are_not_kept(tmp_path: Path) -> None:
    inner = Counting()
    inner.is_costly = False
    cache = CachedEmbedder(inner, tmp_path / "cache.sqlite")
    assert np.array_equal(cache.embed(["a", "b"]), cache.embed(["a", "b"]))
    assert inner.asked == ["a", "b", "a", "b"]
    assert (cache.embedded, cache.from_cache, cache.dimensions) == (4, 0, 8)
    inner.spoil = True
    with pytest.raises(EmbeddingError, match="not finite"):
        cache.embed(["c"])
    cache.close()
    assert not (tmp_path / "cache.sqlite").exists()


def test_cache_keeps_embedders_apart(tmp_path: Path) -> None:
    one, two = Counting("one"), Counting("two")
    for inner in (one, two):
        cache = CachedEmbedder(inner, tmp_path / "cache.sqlite")
        cache.embed(["a"])
        cache.close()
    assert one.asked == two.asked == ["a"]


def test_cache_never_stores_what_cannot_be_a_vector(tmp_path: Path) -> None:
    inner = Counting()
    inner.spoil = True
    cache = CachedEmbedder(inner, tmp_path / "cache.sqlite")
    with pytest.raises(EmbeddingError):
        cache.embed(["a"])
    inner.spoil = False
    assert np.isfinite(cache.embed(["a"])).all()
    cache.close()


def test_vectors_of_another_length_are_refused_and_not_kept(tmp_path: Path) -> None:
    class Wider(Counting):
        def embed(self, texts: Sequence[str]) -> Vectors:
            return np.ones((len(texts), 9), dtype=np.float32) / 3

    cache = CachedEmbedder(Counting(), tmp_path / "cache.sqlite")
    cache.embed(["a"])
    cache.close()
    cache = CachedEmbedder(Wider(), tmp_path / "cache.sqlite")
    with pytest.raises(EmbeddingError, match="9 dimensions, 8 before"):
        cache.embed(["b"])
    cache.close()
    cache = CachedEmbedder(Counting(), tmp_path / "cache.sqlite")
    assert cache.embed(["a", "b"]).shape == (2, 8)  # the wrong one was not stored
    cache.close()


def test_more_texts_than_sqlite_takes_in_one_statement(tmp_path: Path) -> None:
    cache = CachedEmbedder(Counting(), tmp_path / "cache.sqlite")
    texts = [f"text {n}" for n in range(1201)]
    first = cache.embed(texts)
    assert np.array_equal(cache.embed(texts[::-1])[::-1], first)
    assert cache.from_cache == 1201
    cache.close()


def test_text_with_lone_surrogates_has_a_key(tmp_path: Path) -> None:
    from assistant.embedding.cache import text_key

    assert text_key("\ud800") != text_key("\ud801")


def test_damaged_cache_is_moved_aside_and_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    path.write_bytes(b"this is no database, " * 500)
    cache = CachedEmbedder(Counting(), path)
    assert cache.embed(["a"]).shape == (1, 8)
    cache.close()
    assert (tmp_path / "cache.sqlite.damaged").exists()
    assert sqlite3.connect(path).execute("SELECT count(*) FROM vectors").fetchone() == (1,)


def test_cache_that_cannot_be_opened_is_a_typed_error(tmp_path: Path) -> None:
    (tmp_path / "cache.sqlite").mkdir()
    with pytest.raises(StorageError, match="cache"):
        CachedEmbedder(Counting(), tmp_path / "cache.sqlite")


# ---------------------------------------------------------------- a server


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", CANARY)


def test_remote_vectors_come_in_the_order_of_the_texts() -> None:
    texts = [f"text {n}" for n in range(23)]
    wanted = normalised(np.array([vector_of(text) for text in texts], dtype=np.float32))
    for mode in ("ok", "reordered"):
        with FakeModelServer(mode) as server:
            embedder = remote(server, batch_size=5, concurrency=3, model="m")
            vectors = embedder.embed(texts)
            assert np.allclose(vectors, wanted, atol=1e-6)
            assert embedder.embed([]).shape == (0, 8)
            assert sorted(len(body["input"]) for body in server.bodies()) == [3, 5, 5, 5, 5]
            assert {body["model"] for body in server.bodies()} == {"m"}
            assert not any("dimensions" in body for body in server.bodies())
            keys = {seen.headers["authorization"] for seen in server.requests}
            assert keys == {f"Bearer {CANARY}"}


def test_requests_run_side_by_side_up_to_the_limit() -> None:
    with FakeModelServer("ok", think_seconds=0.2) as server:
        remote(server, batch_size=1, concurrency=3).embed([str(n) for n in range(9)])
        assert server.most_at_once == 3


def test_remote_works_inside_a_running_event_loop() -> None:
    import asyncio

    async def inside() -> Vectors:
        with FakeModelServer() as server:
            return remote(server).embed(["a"])

    assert asyncio.run(inside()).shape == (1, 8)


@pytest.mark.parametrize("modes", [("429", "ok"), ("500", "500", "ok"), ("gone", "ok")])
def test_passing_trouble_is_tried_again(modes: tuple[str, ...]) -> None:
    with FakeModelServer(modes) as server:
        assert remote(server).embed(["a"]).shape == (1, 8)
        assert len(server.bodies()) == len(modes)


@pytest.mark.parametrize(
    ("mode", "message", "requests"),
    [
        ("401", "TEST_KEY", 1),
        ("403", "TEST_KEY", 1),
        ("404", "embedding.model", 1),
        ("400", "400", 1),
        ("429", "429", 3),
        ("500", "500", 3),
        ("gone", "embedding.base_url", 3),
        ("html", "embedding.base_url", 1),
        ("half", "embedding.base_url", 1),
        ("nothing", "embedding.base_url", 1),
        ("short", "1 vectors for 2 texts", 1),
        ("no_index", "index", 1),
        ("twice", "index", 1),
        ("nan", "not finite", 1),
        ("uneven", "lengths [8, 9]", 1),
        ("empty", "lengths [0]", 1),
        ("words", "lists of numbers", 1),
        ("null", "lists of numbers", 1),
    ],
)
def test_every_fault_of_a_server_is_one_typed_error(mode: str, message: str, requests: int) -> None:
    with FakeModelServer(mode) as server:
        embedder = remote(server, timeout_seconds=20)
        with pytest.raises(EmbeddingError) as caught:
            embedder.embed(["a", "b"])
        assert message in str(caught.value)
        assert len(server.bodies()) == requests
        assert caught.value.exit_code == 1


def test_server_that_is_not_there_is_named() -> None:
    with FakeModelServer() as server:
        url = server.base_url
    embedder = make_embedder(embedding_settings(provider="openai", base_url=url))
    with pytest.raises(EmbeddingError, match=r"cannot be reached[\s\S]*embedding\.base_url"):
        embedder.embed(["a"])


def test_changed_number_of_dimensions_is_refused() -> None:
    with FakeModelServer(["ok", "wide"]) as server:
        embedder = remote(server)
        embedder.embed(["a"])
        with pytest.raises(EmbeddingError, match="12 dimensions after 8"):
            embedder.embed(["b"])


@pytest.mark.parametrize("mode", ["stall", "drip", "503+60"])
def test_one_deadline_covers_tries_pauses_and_slow_replies(mode: str) -> None:
    with FakeModelServer(mode) as server:
        embedder = remote(server, timeout_seconds=1.0)
        began = time.monotonic()
        with pytest.raises(EmbeddingError, match=r"embedding\.timeout_seconds = 1"):
            embedder.embed(["a"])
        assert 0.8 < time.monotonic() - began < 2.5


def test_a_batch_that_is_too_late_is_sent_in_halves_and_what_came_is_kept() -> None:
    def script(body: Any) -> str:
        return "stall" if len(body["input"]) > 4 else "ok"

    texts = [f"text {n}" for n in range(16)]
    wanted = normalised(np.array([vector_of(text) for text in texts], dtype=np.float32))
    with FakeModelServer(script) as server:
        embedder = remote(server, batch_size=8, concurrency=1, timeout_seconds=0.7)
        assert np.allclose(embedder.embed(texts), wanted, atol=1e-6)
        asked = [
            text for body in server.bodies() for text in body["input"] if len(body["input"]) < 5
        ]
        assert sorted(asked) == sorted(texts)
        before = len(server.requests)
        embedder.embed(texts)
        assert [len(body["input"]) for body in server.bodies()[before:]] == [4, 4, 4, 4]


def test_questions_and_passages_get_the_words_that_their_model_wants() -> None:
    with FakeModelServer() as server:
        embedder = remote(server, query_prefix="query: ", passage_prefix="passage: ")
        embedder.embed(["roses"])
        assert np.allclose(
            embed_question(embedder, "Which?"),
            normalised(np.array([vector_of("query: Which?")], dtype=np.float32))[0],
            atol=1e-6,
        )
        assert [body["input"] for body in server.bodies()] == [
            ["passage: roses"],
            ["query: Which?"],
        ]


def test_first_failure_ends_the_other_requests() -> None:
    with FakeModelServer(["401", "stall"]) as server:
        embedder = remote(server, batch_size=1, concurrency=4, timeout_seconds=20)
        began = time.monotonic()
        with pytest.raises(EmbeddingError, match="401"):
            embedder.embed([str(n) for n in range(8)])
        assert time.monotonic() - began < 5


def test_missing_key_is_said_at_once_and_by_its_variable() -> None:
    with pytest.raises(EmbeddingError, match="SOME_KEY"):
        make_embedder(embedding_settings(provider="openai", api_key_env="SOME_KEY"))


def test_own_server_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_KEY")
    with FakeModelServer() as server:
        assert remote(server).embed(["a"]).shape == (1, 8)


@pytest.mark.parametrize("mode", ["ok", "401", "nan", "html"])
def test_key_is_in_no_text_log_or_pickle(mode: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with FakeModelServer(mode) as server:
        embedder = remote(server)
        shown = [repr(embedder), str(embedder), embedder.fingerprint]
        try:
            embedder.embed(["a"])
        except EmbeddingError as exc:
            shown += [str(exc), repr(exc), str(exc.__cause__), traceback.format_exc()]
            shown += [str(pickle.dumps(exc)), repr(pickle.loads(pickle.dumps(exc)))]
        for copied in (pickle.dumps, copy.deepcopy):
            with pytest.raises(TypeError, match="key"):
                copied(embedder)
    shown += [caplog.text, str([record.__dict__ for record in caplog.records])]
    assert not [text for text in shown if CANARY in text]


# ---------------------------------------------------------------- minilm


@pytest.fixture
def minilm_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where Chroma keeps the model, under a home of its own."""
    from chromadb.utils.embedding_functions import ONNXMiniLM_L6_V2

    home = ONNXMiniLM_L6_V2.DOWNLOAD_PATH
    folder = tmp_path / Path(home).relative_to(Path.home())
    monkeypatch.setattr(ONNXMiniLM_L6_V2, "DOWNLOAD_PATH", folder)
    return folder


def test_minilm_embeds_without_a_network_when_its_files_are_there(
    shared: Path, minilm_folder: Path
) -> None:
    assert minilm_folder.parts[-4:] == (".cache", "chroma", "onnx_models", "all-MiniLM-L6-v2")
    shutil.copytree(shared / "models" / "all-MiniLM-L6-v2", minilm_folder)
    settings = embedding_settings(provider="minilm")
    embedder = make_embedder(settings)
    vectors = embedder.embed(
        ["The dog chased a cat.", "A puppy ran after the kitten.", "Interest rates rose again."]
    )
    assert vectors.shape == (3, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2
    assert embedder.embed([]).shape == (0, 384)
    assert embedder.fingerprint == fingerprint_of(settings)


def test_minilm_that_cannot_be_downloaded_says_what_to_do(
    minilm_folder: Path, no_network: list[str]
) -> None:
    with pytest.raises(EmbeddingError, match=r"embedding\.provider: static"):
        make_embedder(embedding_settings(provider="minilm")).embed(["a"])
    assert no_network  # it did try, and the guard stopped it
    no_network.clear()
