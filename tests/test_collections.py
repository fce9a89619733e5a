"""Several collections: asked together, one by one, by the command line, and with one broken."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import NOTES
from support_index import CountingEmbedder
from support_texts import write_texts

from assistant import Assistant, Filters, load_settings
from assistant.errors import IndexUnavailableError, SettingsError, UsageError
from assistant.index.generations import WORDS
from assistant.index.snapshot import Snapshot
from assistant.index.store import Store
from assistant.index.united import UnitedSnapshot
from assistant.index.united_store import UnitedStore, UnitedWords
from assistant.index.words import WordIndex, WordWriter
from assistant.settings import Settings
from assistant.settings.collections import parted, qualified

HARBOUR = {
    "harbour.md": "# Harbour\n\nThe harbour master of Vik is Solveig Aas. In office since 2011.\n",
    "rules/fees.md": "# Fees\n\nA boat pays 40 crowns a night in the harbour of Vik.\n",
}
LIBRARY = {
    "harbour.md": "# A book\n\nThe library of Vik lends 3,100 books. Its librarian is Knut Berg.\n",
}


def settings_in(place: Path, repository: Path) -> Settings:
    return load_settings(
        repository / "config.yaml",
        {
            "index.path": str(place / "index"),
            "documents.paths": [str(place / "notes")],
            "chat.uploads": str(place / "uploads"),
            "chat.question_set": str(place / "questions.yaml"),
            "answer.min_confidence": 0.0,
            "index.collections": {
                "harbour": {
                    "path": str(place / "harbour-index"), "documents": [str(place / "harbour")]
                },
                "library": {
                    "path": str(place / "library-index"), "documents": [str(place / "library")]
                },
            },
        },
    )  # fmt: skip


def three_folders(place: Path) -> None:
    write_texts(place / "notes", NOTES)
    write_texts(place / "harbour", HARBOUR)
    write_texts(place / "library", LIBRARY)


@pytest.fixture
def three(tmp_path: Path, repository: Path) -> Iterator[Assistant]:
    three_folders(tmp_path)
    with Assistant(settings_in(tmp_path, repository)) as assistant:
        for name in assistant.settings.collection_names():
            assistant.of_collection(name).sync()
        yield assistant


def test_each_collection_answers_and_each_citation_says_which_it_is(three: Assistant) -> None:
    question = "Who is the harbour master of Vik?"
    for chosen in (["harbour"], ["default", "harbour"], ["all"]):
        answer = three.ask(question, collections=chosen)
        assert "Solveig Aas" in answer.text
        [citation] = answer.citations
        assert (citation.collection, citation.document) == ("harbour", "harbour:harbour.md")
        source = three.source(citation.document)
        assert source.text[citation.start : citation.end] == citation.quote
        assert "collection harbour" in answer.receipt.filters
    assert "Solveig" not in three.ask(question).text, "the default collection alone"
    curator = three.ask("Who is the curator of the archive?", collections=["all"])
    assert {each.collection for each in curator.citations} == {"default"}
    assert not any(":" in each.document for each in curator.citations)


def test_no_passage_comes_from_a_collection_that_is_not_asked(three: Assistant) -> None:
    for chosen in (["library"], ["harbour", "library"], ["default"]):
        passages = three.retrieve(
            "Vik harbour books crowns archive", 50, filters=three.within(chosen)
        )
        assert passages
        assert {three.collection_of(each.document) for each in passages} <= set(chosen)


def test_documents_of_one_name_are_told_apart_and_filters_fit_inside(three: Assistant) -> None:
    names = three.documents(["all"])
    assert {"harbour:harbour.md", "library:harbour.md", "harbour:rules/fees.md"} <= set(names)
    assert list(names) == sorted(names)
    assert "crowns" in three.source("harbour:rules/fees.md").text
    fees = three.ask(
        "What does a boat pay?", filters=Filters(paths=("rules/**",)), collections=["all"]
    )
    assert {each.document for each in fees.citations} == {"harbour:rules/fees.md"}
    [fee_info] = [i for i in three.document_infos(["harbour"]) if i.name.endswith("fees.md")]
    assert (fee_info.collection, fee_info.tags) == ("harbour", ("rules",))


def test_two_halves_find_what_one_index_finds(three: Assistant, tmp_path: Path) -> None:
    write_texts(tmp_path / "notes" / "harbour", HARBOUR)
    write_texts(tmp_path / "notes" / "library", LIBRARY)
    one = load_settings(
        three.settings.source,
        {"index.path": str(tmp_path / "one"), "documents.paths": [str(tmp_path / "notes")]},
    )
    with Assistant(one) as whole:
        whole.sync()
        for question in ("harbour master of Vik", "librarian", "curator of the archive"):
            best = whole.retrieve(question, 1)[0].text
            assert three.retrieve(question, 1, filters=three.within("all"))[0].text == best


def test_a_term_is_as_rare_as_in_all_indexes_together(tmp_path: Path) -> None:
    texts = {f"a{at:02}": "pool pool" if at % 2 else "boat boat" for at in range(20)}
    texts |= {f"b{at:02}": "pool boat" if at == 3 else "tree tree" for at in range(20)}

    def index_of(name: str, ids: list[str]) -> WordIndex:
        with WordWriter(tmp_path / name) as writer:
            for each in ids:
                writer.add(each, texts[each])
            writer.end([ids])
            writer.finish()
        return WordIndex(tmp_path / name / WORDS)

    ids = sorted(texts)
    halves = {"a": index_of("a", ids[:20]), "b": index_of("b", ids[20:])}
    one = dict(index_of("one", ids).search(["pool"], 50))
    found = {key[2:]: score for key, score in UnitedWords(halves).search(["pool"], 50)}
    assert len(found) == 11
    assert found == pytest.approx(one, rel=1e-4)


def test_what_is_indexed_anew_is_asked_with_the_next_question(
    three: Assistant, tmp_path: Path
) -> None:
    question = "Who is the harbour master of Vik?"
    assert "Solveig Aas" in three.ask(question, collections=["all"]).text
    changed = {"harbour.md": HARBOUR["harbour.md"].replace("Solveig Aas", "Ragna Lund")}
    write_texts(tmp_path / "harbour", changed)
    three.of_collection("harbour").sync()
    assert "Ragna Lund" in three.ask(question, collections=["all"]).text


def test_one_that_is_missing_is_left_out_and_said(three: Assistant) -> None:
    (three.of_collection("library").settings.index.path / "CURRENT").unlink()
    answer = three.ask("Who is the harbour master of Vik?", collections=["all"])
    assert "Solveig Aas" in answer.text
    assert "Not asked: library" in answer.notice
    with pytest.raises(IndexUnavailableError, match="library") as caught:
        three.ask("Who is the librarian?", collections=["library"])
    assert "--collection library" in caught.value.hint
    three.of_collection("library").sync()
    assert "Knut Berg" in three.ask("Who is the librarian of Vik?", collections=["all"]).text


def test_one_whose_files_are_damaged_is_left_out_and_said(three: Assistant) -> None:
    path = three.of_collection("library").settings.index.path
    [store] = path.glob("generations/*/store.sqlite")
    three.close()
    data = bytearray(store.read_bytes())
    data[5000] ^= 0xFF
    store.chmod(0o600)
    store.write_bytes(data)
    answer = three.ask("Who is the harbour master of Vik?", collections=["all"])
    assert "Solveig Aas" in answer.text
    assert "Not asked: library" in answer.notice
    with pytest.raises(IndexUnavailableError, match="library"):
        three.source("library:harbour.md")


def test_another_embedder_s_index_is_left_out(three: Assistant) -> None:
    other = three.of_collection("library")
    embedder = CountingEmbedder()
    with Assistant(other.settings, embedder=embedder) as changed:
        changed.sync()
    answer = three.ask("Who is the harbour master of Vik?", collections=["all"])
    assert "Solveig Aas" in answer.text
    assert f"built with the embedder {embedder.fingerprint}" in answer.notice
    other.sync()
    assert not three.ask("Who is the librarian?", collections=["all"]).notice


@pytest.mark.parametrize("chosen", [["nowhere"], "harbour,library", ["harbour", 3], [""], 7])
def test_what_names_no_collection_is_refused(three: Assistant, chosen: object) -> None:
    with pytest.raises(UsageError):
        three.ask("Who?", collections=chosen)  # type: ignore[arg-type]
    with pytest.raises(UsageError):
        three.documents(chosen)  # type: ignore[arg-type]


def test_a_file_called_like_a_collection_is_still_found(three: Assistant, tmp_path: Path) -> None:
    write_texts(tmp_path / "notes", {"library:odd.md": "# Odd\n\nThe odd file is kept by Ylva.\n"})
    three.of_collection("default").sync()
    answer = three.ask("Who keeps the odd file?", collections=["default"])
    assert answer.citations[0].document == "default:library:odd.md"
    assert "Ylva" in three.source("default:library:odd.md").text
    for other in ("library:odd.md", "default:archive/plants.md"):
        with pytest.raises(UsageError):  # a document has one name
            three.source(other)


@pytest.mark.parametrize("name", ["a.md", "hr:a.md", "default:a.md", "x:y:z", "", ":a", "hr:"])
@pytest.mark.parametrize("collection", ["default", "hr", "law"])
def test_a_name_leads_back_to_its_collection(collection: str, name: str) -> None:
    whole = qualified(collection, name, {"hr", "law"})
    assert parted(whole, {"hr", "law"}) == (collection, name)


@pytest.mark.parametrize(
    ("united", "plain"),
    [(UnitedStore, Store), (UnitedWords, WordIndex), (UnitedSnapshot, Snapshot)],
)
def test_whatever_reads_one_index_reads_several(united: type, plain: type) -> None:
    """What is not overridden would look for files that a united one does not have."""
    writing = {"commit", "put", "update", "delete", "replace_not_indexed", "replace_roots"}
    own_files = {"vectors", "used", "retire"}
    derived = {"infos", "holding", "left_out", "inverse_frequency"}
    public = {name for name in vars(plain) if not name.startswith("_")}
    assert public - set(vars(united)) <= writing | own_files | derived


@pytest.mark.parametrize(
    "given",
    [
        {"Bad Name": {"path": "a", "documents": []}},
        {"default": {"path": "a", "documents": []}},
        {"all": {"path": "a", "documents": []}},
        {"one": {"path": "a"}},
        {"one": {"path": "a", "documents": [], "more": 1}},
        {"one": {"path": "a", "documents": [3]}},
        {"one": {"path": "a", "documents": [], "chroma_url": "localhost:8000"}},
        {"one": {"path": "a", "documents": [], "chroma_url": "http://user:key@localhost"}},
        {"one": {"path": "a", "documents": [], "chroma_url": 8000}},
        {"one": {"path": ".assistant", "documents": []}},
        {"one": {"path": ".assistant/one", "documents": []}},
        {"one": {"path": ".", "documents": []}},
        {"one": {"path": "a", "documents": []}, "two": {"path": "a", "documents": []}},
        {"one": "a"},
        ["one"],
    ],
)
def test_a_wrong_setting_is_one_clear_error(given: object, repository: Path) -> None:
    overrides = {"index.path": ".assistant", "index.collections": given}
    with pytest.raises(SettingsError, match=r"index\.collections"):
        load_settings(repository / "config.yaml", overrides)


def test_the_command_line_takes_collections(tmp_path: Path, repository: Path) -> None:
    three_folders(tmp_path)
    config = tmp_path / "config.yaml"
    config.write_text(
        "documents: {paths: [notes]}\n"
        "index:\n  collections:\n    harbour: {path: .harbour, documents: harbour}\n"
        "    library: {path: .library, documents: [library]}\n"
    )

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "assistant", *words, "--config", str(config)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    made = run("ingest", "--collection", "all")
    assert made.returncode == 0, made.stderr
    assert (tmp_path / ".library" / "CURRENT").exists()
    told = run(
        "ask", "Who is the harbour master of Vik?", "--collection", "harbour,library", "--json"
    )
    answer = json.loads(told.stdout)
    assert answer["citations"][0]["document"] == "harbour:harbour.md"
    assert answer["citations"][0]["collection"] == "harbour"
    status = run("status", "--collection", "harbour,library", "--json")
    assert status.stderr.split() == ["Collection", "harbour:", "Collection", "library:"]
    assert status.stdout.count('"generation"') == 2
    (tmp_path / ".library" / "CURRENT").unlink()
    status = run("status", "--collection", "all")
    assert status.returncode == 1
    assert "no index in" in status.stderr
    assert "g000001" in status.stdout
    unknown = run("ask", "Who?", "--collection", "nowhere")
    assert unknown.returncode == 2
    assert "there are: default, harbour, library" in unknown.stderr
    assert run("ingest", "--collection", "all", str(tmp_path)).returncode == 2
    assert run("rollback", "--collection", "harbour").returncode == 1
