"""Collections on Chroma servers of their own, one of which goes away and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from support_texts import write_texts
from test_collections import HARBOUR, LIBRARY

from assistant import Assistant, load_settings
from assistant.errors import AssistantError
from assistant.index import snapshot
from assistant.index.vector_server import Server
from benchmarks.processes import CHROMA, chroma_server

MASTER, LIBRARIAN = "Who is the harbour master of Vik?", "Who is the librarian of Vik?"
NOTES = {"garden.md": "# Garden\n\nThe garden of Holm was laid out in 1872 by Berta Lindqvist.\n"}


class Servers:
    """Two Chroma servers that can be ended and begun again at their address."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._running: dict[str, ExitStack] = {}
        self.urls = {name: self._begin(name, 0) for name in ("one", "two")}

    def _begin(self, name: str, port: int) -> str:
        self._running[name] = ExitStack()
        return self._running[name].enter_context(chroma_server(self._place / name, port))

    def end(self, name: str) -> None:
        """End a server; its data stays."""
        self._running.pop(name).close()

    def begin_again(self, name: str) -> None:
        """Start it at the address that it had."""
        self._begin(name, urlsplit(self.urls[name]).port or 0)

    def end_all(self) -> None:
        """End those that run."""
        for name in list(self._running):
            self.end(name)


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    if not CHROMA.exists():
        pytest.skip("the package chromadb came without its `chroma` program")
    (tmp_path / "servers").mkdir()
    found = Servers(tmp_path / "servers")
    yield found
    found.end_all()


@pytest.fixture
def spread(
    tmp_path: Path, repository: Path, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Assistant]:
    """The default collection in its folder, the harbour on one server, the library on the other;
    each too large to compare a question with every vector here."""
    monkeypatch.setattr(snapshot, "MOST_NUMBERS", 0)
    for name, texts in (("notes", NOTES), ("harbour", HARBOUR), ("library", LIBRARY)):
        write_texts(tmp_path / name, texts)
    collections = {
        name: {
            "path": str(tmp_path / f"{name}-index"), "documents": [str(tmp_path / name)],
            "chroma_url": servers.urls[server],
        }
        for name, server in (("harbour", "one"), ("library", "two"))
    }  # fmt: skip
    values = {
        "index.path": str(tmp_path / "index"), "documents.paths": [str(tmp_path / "notes")],
        "index.collections": collections,
    }  # fmt: skip
    with Assistant(load_settings(repository / "config.yaml", values)) as assistant:
        for name in assistant.settings.collection_names():
            assistant.of_collection(name).sync()
        yield assistant


def vectors(url: str) -> int:
    with Server(url, "Authorization", "").client() as client:
        return sum(
            client.get_collection(each.name, embedding_function=None).count()
            for each in client.list_collections()
        )


def test_each_collection_lies_on_its_own_server(spread: Assistant, servers: Servers) -> None:
    for name, server in (("harbour", "one"), ("library", "two")):
        own = spread.of_collection(name)
        assert own.settings.index.chroma_url == servers.urls[server]
        assert vectors(servers.urls[server]) == own.status().chunks
    assert not spread.of_collection("default").settings.index.chroma_url
    assert "Knut Berg" in spread.ask(LIBRARIAN, collections=["all"]).text


def test_with_one_server_gone_the_others_answer_and_nothing_is_lost(
    spread: Assistant, servers: Servers, tmp_path: Path
) -> None:
    library = spread.of_collection("library")
    before = spread.ask(LIBRARIAN, collections=["library"])
    servers.end("two")

    answer = spread.ask(MASTER, collections=["all"])
    assert "Solveig Aas" in answer.text
    assert "Searched by words alone" in answer.notice
    assert "Collection library: The Chroma server" in answer.notice
    assert "Collection harbour" not in answer.notice
    assert "Knut Berg" in spread.ask(LIBRARIAN, collections=["all"]).text  # its words are here
    assert "1872" in spread.ask("When was the garden of Holm laid out?", collections=["all"]).text
    with pytest.raises(AssistantError, match="Chroma server") as caught:
        spread.ask(LIBRARIAN, collections=["library"])
    assert "chroma_url" in caught.value.hint

    write_texts(tmp_path / "library", {"new.md": "# New\n\nThe new reader of Vik is Una Moe.\n"})
    with pytest.raises(AssistantError):
        library.sync()
    write_texts(tmp_path / "harbour", {"tug.md": "# Tug\n\nThe tug of Vik is called Ran.\n"})
    assert spread.of_collection("harbour").sync().count("indexed") == 1
    assert "Ran" in spread.ask("What is the tug of Vik called?", collections=["all"]).text

    servers.begin_again("two")
    after = spread.ask(LIBRARIAN, collections=["library"])
    assert after.text == before.text
    assert not after.notice
    assert library.sync().count("indexed") == 1
    assert "Una Moe" in spread.ask("Who is the new reader of Vik?", collections=["all"]).text
