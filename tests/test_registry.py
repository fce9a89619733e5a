"""Parts of installed packages: chosen by name, told when they are broken, never imported before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from support_index import make_settings, outcomes, text_of, use_inline_children
from support_parts import install

from assistant import (
    Assistant,
    EmbeddingError,
    RerankingError,
    SettingsError,
    Status,
    load_settings,
)
from assistant.cli import cli
from assistant.cli.doctor import _brought, outbound_calls
from assistant.embedding import fingerprint_of, make_embedder
from assistant.reading.added import brought_for
from assistant.reading.kinds import KIND_OF_SUFFIX
from assistant.registry import EMBEDDERS, READERS, RERANKERS, Registry

CODE = """
import socket
import sys
import numpy as np
from assistant import DocumentError, ParsedDocument, Ranking

class Lengths:
    batch_size, is_costly = 8, False
    def __init__(self, settings):
        self.fingerprint = f"lengths:{settings.model}"
    def embed(self, texts):
        return np.array([[len(t), t.count("a"), t.count("e") + 1] for t in texts], dtype=np.float32)

class Reversed:
    fingerprint = "reversed:1"
    def __init__(self, settings):
        self.rerank = settings.rerank
    def rank(self, question, passages):
        assert len(passages) <= self.rerank
        return Ranking(tuple(range(len(passages))))

def broken(settings):
    raise RuntimeError("no licence")

class Reader:
    suffixes, fingerprint = (), ""
    def read(self, data, name):
        word = data.decode().strip()
        if word == "call out":
            socket.create_connection(("127.0.0.1", 9))
        if word == "write":
            open("/tmp/no-parser-writes-this", "w")
        if word == "end":
            import os
            os._exit(7)
        if word == "hang":
            while True:
                pass
        if word == "eat":
            hoard = [bytes(50_000_000) for _ in range(1000)]
        if word == "lock":
            raise DocumentError("it is locked", outcome="password")
        return ParsedDocument(text="In a child: " + word, title=name, kind="xyz")

not_callable = 5
"""

ENTRY_POINTS = """
[document_assistant.embedders]
lengths = bringer:Lengths
static = bringer:Lengths
broken = bringer:broken
absent = no_such_module:Lengths
misspelt = bringer:Legnths
number = bringer:not_callable

[document_assistant.rerankers]
reversed = bringer:Reversed
unstarted = bringer:broken

[document_assistant.readers]
xyz = bringer:Reader
md = bringer:Reader
bad = no_such_module:Reader
"""


@pytest.fixture(autouse=True)
def bringer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An installed package that brings parts."""
    yield install(tmp_path / "site", monkeypatch, CODE, ENTRY_POINTS)
    from assistant import registry

    registry._brought.cache_clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    made.mkdir()
    (made / "a.md").write_text(text_of("apples"), encoding="utf-8")
    return made


def settings(tmp_path: Path, **more: Any) -> Any:
    return make_settings(tmp_path / "index", [tmp_path / "documents"], **more)


# ---------------------------------------------------------------- embedders and rerankers


def test_settings_name_a_packages_embedder(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_inline_children(monkeypatch)
    named = {"embedding.provider": "lengths", "embedding.model": "seven"}
    with Assistant(settings(tmp_path, **named)) as assistant:
        assistant.sync()
        status: Status = assistant.status()
        assert status.embedder == "lengths:seven"
        assert assistant.ask("When did the apples committee meet?").retrieved
    assert fingerprint_of(settings(tmp_path, **named).embedding) == "lengths:seven"
    with Assistant(settings(tmp_path)) as ours:
        with pytest.raises(Exception, match="built with the embedder lengths:seven"):
            ours.ask("When did the apples committee meet?")
        ours.sync()
        assert ours.status().embedder.startswith("static:minilm")


def test_settings_name_a_packages_reranker(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_inline_children(monkeypatch)
    with Assistant(settings(tmp_path)) as plain:
        plain.sync()
        before = plain.retrieve("apples committee", 5)
    named = {"retrieval.reranker": "reversed", "retrieval.rerank": 5}
    with Assistant(settings(tmp_path, **named)) as other:
        after = other.retrieve("apples committee", 5)
    assert len(before) > 1
    assert [p.chunk_id for p in after] == [p.chunk_id for p in reversed(before)]


def test_built_in_name_stays_ours() -> None:
    embedder = make_embedder(load_settings(None).embedding)
    assert embedder.fingerprint.startswith("static:minilm")
    assert EMBEDDERS.find("static") is None


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("embedding.provider", "lenghts", "did you mean 'lengths'?"),
        ("embedding.provider", "statik", "did you mean 'static'?"),
        ("embedding.provider", "qqqq", "lengths (bringer 1.0)"),
        ("retrieval.reranker", "reverse", "did you mean 'reversed'?"),
        ("retrieval.reranker", "", "built in: none, cross-encoder, llm"),
    ],
)
def test_unknown_name_is_told_with_the_nearest_and_all(key: str, value: str, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(None, {key: value})
    assert f"{key} = {value!r}" in caught.value.what
    assert told in caught.value.hint


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("absent", "cannot be loaded: ModuleNotFoundError: No module named 'no_such_module'"),
        ("misspelt", "cannot be loaded: AttributeError"),
        ("number", "cannot be loaded: TypeError"),
        ("broken", "cannot start: RuntimeError: no licence"),
    ],
)
def test_broken_embedder_is_one_error_when_it_is_asked_for(
    tmp_path: Path, folder: Path, name: str, told: str
) -> None:
    chosen = settings(tmp_path, **{"embedding.provider": name})
    with Assistant(chosen) as assistant:
        for call in (assistant.sync, lambda: make_embedder(chosen.embedding)):
            with pytest.raises(EmbeddingError) as caught:
                call()
            assert told in caught.value.what
            assert f"{name} (bringer 1.0)" in caught.value.what
            assert caught.value.hint


def test_broken_reranker_is_one_error_when_it_is_asked_for(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_inline_children(monkeypatch)
    with Assistant(settings(tmp_path, **{"retrieval.reranker": "unstarted"})) as assistant:
        assistant.sync()
        with pytest.raises(RerankingError, match="no licence"):
            assistant.ask("When did the apples committee meet?")


def test_nothing_is_imported_before_it_is_asked_for(bringer: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from assistant import Assistant, load_settings; "
        "from assistant.cli.doctor import _brought; "
        f"s = load_settings(None, {{'index.path': {str(tmp_path / 'i')!r}}}); "
        "Assistant(s); assert 'lengths' in _brought(); assert 'bringer' not in sys.modules; "
        "load_settings(None, {'embedding.provider': 'lengths'}); "
        "assert 'bringer' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_built_in_makers_exist() -> None:
    for registry in (EMBEDDERS, RERANKERS):
        for name in registry.built_in:
            assert callable(registry.maker(name))
    assert isinstance(READERS, Registry)


# ---------------------------------------------------------------- readers


WORDS = {
    "well": ("indexed", ""),
    "call out": ("failed", "socket"),
    "write": ("failed", "tried to write"),
    "end": ("failed", "broke its parser (status 7)"),
    "hang": ("failed", "more than 4 seconds to read"),
    "eat": ("too_large", "MB to read"),
    "lock": ("password", "it is locked"),
}


def test_packages_reader_runs_in_the_limited_child(tmp_path: Path, folder: Path) -> None:
    for word in WORDS:
        (folder / f"{word}.XYZ").write_text(word)
    (folder / "x.bad").write_text("text")
    given = {"reading.wall_seconds": 4.0, "reading.memory_megabytes": 400}
    with Assistant(settings(tmp_path, **given)) as assistant:
        receipt = assistant.sync()
        assert assistant.document_text("well.XYZ") == "In a child: well"
        assert assistant.document_text("a.md").startswith("# apples"), "ours reads Markdown"
    found = {file.document: file for file in receipt.files}
    for word, (outcome, told) in WORDS.items():
        file = found[f"{word}.XYZ"]
        assert (file.outcome, told in file.reason) == (outcome, True), file
    assert "bad (bringer 1.0) cannot be loaded: ModuleNotFoundError" in found["x.bad"].reason
    assert found["a.md"].outcome == "indexed"
    assert not Path("/tmp/no-parser-writes-this").exists()


def test_another_version_of_a_package_reads_its_files_again(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, bringer: Path
) -> None:
    use_inline_children(monkeypatch)
    monkeypatch.setattr("assistant.index.plan._CLOCK_GRAIN_NS", 0)
    (folder / "b.xyz").write_text("well")
    with Assistant(settings(tmp_path)) as assistant:
        first = assistant.sync()
        assert assistant.sync().generation == first.generation
        install(bringer, monkeypatch, CODE.replace("In a", "In one"), ENTRY_POINTS, "2.0")
        assert outcomes(assistant.sync()) == {"a.md": "unchanged", "b.xyz": "indexed"}
        assert assistant.document_text("b.xyz") == "In one child: well"


def test_file_that_was_refused_is_read_once_a_package_can(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, bringer: Path
) -> None:
    use_inline_children(monkeypatch)
    monkeypatch.setattr("assistant.index.plan._CLOCK_GRAIN_NS", 0)
    (folder / "b.new").write_text("well")
    with Assistant(settings(tmp_path)) as assistant:
        first = assistant.sync()
        assert outcomes(first)["b.new"] == "unsupported"
        assert assistant.sync().generation == first.generation
        install(bringer, monkeypatch, CODE, ENTRY_POINTS + "new = bringer:Reader\n")
        assert outcomes(assistant.sync())["b.new"] == "indexed"


def test_text_kept_of_an_unfinished_ingest_is_that_of_its_reader(
    monkeypatch: pytest.MonkeyPatch, bringer: Path
) -> None:
    from assistant.index.rows import FileState
    from assistant.index.scan import FoundFile
    from assistant.index.unfinished import _head

    def heads() -> list[bytes]:
        state = FileState(1, 1, 1, 1)
        return [_head(FoundFile(n, "/r", n, state), "sha") for n in ("a.md", "b.xyz")]

    before = heads()
    install(bringer, monkeypatch, CODE, ENTRY_POINTS, "2.0")
    after = heads()
    assert after[0] == before[0]
    assert after[1] != before[1]


def test_suffix_of_ours_is_never_a_packages() -> None:
    assert brought_for("a.md") is None
    assert brought_for("folder/A.XYZ") is not None
    assert brought_for("xyz") is None
    assert brought_for("README") is None
    assert ".md" in KIND_OF_SUFFIX


# ---------------------------------------------------------------- doctor


def test_doctor_lists_what_packages_bring(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = _brought()
    for part in (
        "embedder lengths (bringer 1.0)",
        "embedder static (bringer 1.0), not used: the name is built in",
        "reranker reversed (bringer 1.0)",
        "document reader xyz (bringer 1.0)",
        "document reader md (bringer 1.0), not used",
        "document reader bad (bringer 1.0)",
    ):
        assert part in told
    done = CliRunner().invoke(cli, ["doctor", "--json"])
    assert "parts of packages" in done.output
    assert "lengths (bringer 1.0)" in done.output


def test_doctor_says_that_a_packages_part_may_call_out(tmp_path: Path) -> None:
    hosts = [
        c.host for c in outbound_calls(settings(tmp_path, **{"embedding.provider": "lengths"}))
    ]
    assert hosts == ["wherever the embedder lengths (bringer 1.0) calls"]
    assert outbound_calls(settings(tmp_path)) == []
