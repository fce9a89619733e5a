"""The index with its vectors on a Chroma server: a real ``chroma run`` on this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from support_texts import settings_for

from assistant import Assistant, load_settings
from assistant.errors import AssistantError, IndexUnavailableError, SettingsError, UsageError
from assistant.index import exact, moving, snapshot
from assistant.index.chroma import open_collection
from assistant.index.generations import VECTORS, Generations
from assistant.index.vector_server import Server, clean_up, own_prefix
from benchmarks.processes import CHROMA, chroma_server

QUESTION = "When was the garden of Holm laid out?"
KEY = "key-4711-secret"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Chroma server that was started for these tests."""
    if not CHROMA.exists():
        pytest.skip("the package chromadb came without its `chroma` program")
    with chroma_server(tmp_path_factory.mktemp("chroma-server")) as address:
        yield address


@pytest.fixture(autouse=True)
def every_index_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too large to compare a question with every vector here: the server is asked."""
    monkeypatch.setattr(snapshot, "MOST_NUMBERS", 0)


@pytest.fixture
def folder(notes_folder: Path, tmp_path: Path) -> Path:
    target = Path(shutil.copytree(notes_folder, tmp_path / "notes"))
    (target / "broken.pdf").unlink()  # it is tried again by every sync
    return target


def opened(folder: Path, url: str = "", **more: Any) -> Assistant:
    given = {"answer.min_confidence": 0.0, "index.chroma_url": url}
    settings = settings_for(folder, **given | more)
    return Assistant(settings)


def collections(url: str, folder: Path) -> dict[str, int]:
    """This index's collections on the server, with their sizes."""
    prefix = own_prefix(folder.parent / "index")
    with Server(url, "Authorization", "").client() as client:
        return {
            each.name: client.get_collection(each.name, embedding_function=None).count()
            for each in client.list_collections()
            if each.name.startswith(prefix)
        }


def seen(assistant: Assistant) -> list[tuple[str, float]]:
    return [(p.chunk_id, round(p.score, 4)) for p in assistant.retrieve(QUESTION)]


def test_a_server_gives_the_same_answers_as_the_folder(
    folder: Path, url: str, notes: Assistant
) -> None:
    with opened(folder, url) as assistant:
        receipt = assistant.sync()
        assert receipt.count("indexed") == 6
        answer = assistant.ask(QUESTION)
        assert "1872" in answer.text
        assert answer.citations[0].quote in assistant.document_text(answer.citations[0].document)
        texts = [p.text for p in assistant.retrieve(QUESTION)]
        assert texts == [p.text for p in notes.retrieve(QUESTION)]
        assert list(collections(url, folder).values()) == [receipt.chunks]
        generation = Generations(folder.parent / "index").current()
        assert generation is not None
        assert not (generation.path / "chroma").exists()
        again = assistant.sync()
        assert (again.embedded, again.generation) == (0, receipt.generation)


def test_edits_add_before_and_remove_after(folder: Path, url: str) -> None:
    with opened(folder, url, **{"index.keep_previous": 0}) as assistant:
        first = assistant.sync()
        (folder / "howto.md").write_text("# How to water\n\nWater the roses at dawn.\n")
        (folder / "deutsch.md").unlink()
        second = assistant.sync()
        assert second.generation != first.generation
        assert "dawn" in assistant.ask("When should the roses be watered?").text
        assert list(collections(url, folder).values()) == [second.chunks]
        assert second.embedded < first.embedded


def test_rollback_finds_the_vectors_of_the_generation_before(folder: Path, url: str) -> None:
    with opened(folder, url) as assistant:
        assistant.sync()
        before = seen(assistant)
        (folder / "garden" / "plants.md").write_text("# Nothing\n\nThe garden is gone.\n")
        changed = assistant.sync()
        assert sum(collections(url, folder).values()) > changed.chunks  # both are there
        assert all(
            p.text in assistant.document_text(p.document) for p in assistant.retrieve("gone")
        )
        assistant.rollback()
        assert seen(assistant) == before


def test_there_and_back_without_embedding(folder: Path, url: str) -> None:
    with opened(folder) as assistant:
        assistant.sync()
        documents, before = assistant.documents(), seen(assistant)
    with opened(folder, url) as assistant:
        status = assistant.move_index("server")
        assert status.documents == len(documents)
        assert seen(assistant) == before
        receipt = assistant.sync()
        assert receipt.embedded == 0
        with pytest.raises(UsageError, match="already"):
            assistant.move_index("server")
        assistant.move_index("embedded")
        assert assistant.documents() == documents
    with opened(folder) as assistant:
        assert seen(assistant) == before
        assert assistant.sync().embedded == 0


def test_a_move_embeds_nothing(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(folder) as assistant:
        assistant.sync()
    monkeypatch.setattr(
        "assistant.embedding.static.StaticEmbedder.embed", lambda *_: pytest.fail("embedded")
    )
    with opened(folder, url) as assistant:
        assistant.move_index("server")
        assistant.move_index("embedded")


@pytest.mark.parametrize("is_large", [True, False])
def test_a_move_back_builds_a_large_graph_at_once(
    is_large: bool, folder: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Coarse first, as an ingest has to, costs 28 s of processor time more for 134,000 vectors."""
    monkeypatch.setattr(moving, "MOST_NUMBERS", 0 if is_large else exact.MOST_NUMBERS)
    with opened(folder, url) as assistant:
        assistant.sync()
        assistant.move_index("embedded")
    generation = Generations(folder.parent / "index").current()
    assert generation is not None
    collection = open_collection(generation.path / VECTORS)
    assert collection.is_coarse == (not is_large)
    collection.close()


def test_an_ingest_puts_the_vectors_where_the_settings_say(folder: Path, url: str) -> None:
    with opened(folder) as assistant:
        assistant.sync()
        before = seen(assistant)
    with opened(folder, url) as assistant:
        assert seen(assistant) == before  # answers from the folder until then
        assistant.sync()
        assert len(collections(url, folder)) == 1
        assert seen(assistant) == before
    with opened(folder) as assistant:
        with pytest.raises(IndexUnavailableError, match=r"index\.chroma_url is empty"):
            assistant.ask(QUESTION)
        assistant.sync()
        assert seen(assistant) == before


def test_a_small_index_answers_without_its_server(
    folder: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(folder, url) as assistant:
        assistant.sync()
    monkeypatch.setattr(snapshot, "MOST_NUMBERS", exact.MOST_NUMBERS)
    monkeypatch.setattr(Server, "connect", lambda _: pytest.fail("the server was asked"))
    for address in (url, ""):
        with opened(folder, address) as assistant:
            assert "1872" in assistant.ask(QUESTION).text


def test_what_a_killed_ingest_left_is_cleaned_up(folder: Path, url: str) -> None:
    environment = dict(os.environ, ASSISTANT_FAILPOINT="before-current")
    arguments = [
        "--set", f"index.path={folder.parent / 'index'}", "--set", f"index.chroma_url={url}",
        "--set", f"documents.paths=[{folder}]",
    ]  # fmt: skip
    killed = subprocess.run(
        [sys.executable, "-m", "assistant", *arguments, "ingest", "--json"],
        env=environment, capture_output=True, check=False,
    )  # fmt: skip
    assert killed.returncode == 137
    assert len(collections(url, folder)) == 1
    with opened(folder, url) as assistant:
        receipt = assistant.sync()
        assert list(collections(url, folder).values()) == [receipt.chunks]
        assert "1872" in assistant.ask(QUESTION).text


def test_readers_in_other_processes_share_one_index(folder: Path, url: str) -> None:
    with opened(folder, url) as assistant:
        assistant.sync()
        code = (
            "import sys\nfrom assistant import Assistant, load_settings\n"
            "s = load_settings(None, {'index.path': sys.argv[1], 'index.chroma_url': sys.argv[2],"
            "'documents.paths': [sys.argv[3]], 'answer.min_confidence': 0.0})\n"
            f"with Assistant(s) as a:\n    print('1872' in a.ask({QUESTION!r}).text)\n"
        )
        readers = [
            subprocess.Popen(
                [sys.executable, "-c", code, str(folder.parent / "index"), url, str(folder)],
                stdout=subprocess.PIPE, text=True,
            )
            for _ in range(2)
        ]  # fmt: skip
        (folder / "new.md").write_text("# New\n\nA bench was set up in 2020.\n")
        assistant.sync()
        assert [reader.communicate(timeout=120)[0].strip() for reader in readers] == ["True"] * 2
        assert "2020" in assistant.ask("When was the bench set up?").text


def test_two_indexes_on_one_server_do_not_meet(
    folder: Path, url: str, notes_folder: Path, tmp_path: Path
) -> None:
    other = Path(shutil.copytree(notes_folder, tmp_path / "second" / "notes"))
    (other / "howto.md").write_text("# Elsewhere\n\nThe other index alone knows of zebras.\n")
    with opened(folder, url) as one, opened(other, url) as two:
        one.sync()
        two.sync()
        assert all("zebras" not in p.text for p in one.retrieve("zebras"))
        assert any("zebras" in p.text for p in two.retrieve("zebras"))
        one.sync()
        assert len(collections(url, other)) == 1


def test_a_search_finds_as_many_as_are_asked_for_among_vectors_of_other_generations(
    folder: Path, url: str
) -> None:
    for number in range(20):
        (folder / f"{number}.md").write_text(f"# Roses\n\nNote {number} on the roses of Holm.\n")
    with opened(folder, url) as assistant:
        assistant.sync()
        for number in range(20):
            (folder / f"{number}.md").write_text(f"# Roses\n\nRoses of Holm, note {number}.\n")
        chunks = assistant.sync().chunks
        assert sum(collections(url, folder).values()) == chunks + 20
        vector = assistant._resources.embedder().embed(["Note on the roses of Holm"])[0]
        with assistant._resources.snapshots().current() as opened_now:
            found = [chunk_id for chunk_id, _ in opened_now.vectors.search(vector, 20)]
            assert len(found) == 20
            assert opened_now.store.existing(found) == set(found)
            everything = opened_now.vectors.search(vector, 1000)
            assert len(everything) == chunks


def test_a_copied_index_takes_nothing_from_its_original(
    folder: Path, url: str, tmp_path: Path
) -> None:
    with opened(folder, url, **{"index.keep_previous": 0}) as original:
        original.sync()
        before = seen(original)
        elsewhere = tmp_path / "copy" / "index"
        shutil.copytree(folder.parent / "index", elsewhere)
        more = {"index.path": str(elsewhere), "index.keep_previous": 0}
        with opened(folder, url, **more) as copy:
            assert seen(copy) == before  # until it writes, it reads what it was copied from
        with opened(folder, url, **more) as copy:  # holds no earlier generation back from tidying
            (folder / "howto.md").write_text("# How to water\n\nWater the roses at dawn.\n")
            copy.sync()
            held = [Generations(each).current() for each in (elsewhere, folder.parent / "index")]
            assert held[0]
            assert held[1]
            assert held[0].manifest.collection
            assert held[0].manifest.collection != held[1].manifest.collection
            assert "dawn" in copy.ask("When should the roses be watered?").text
            assert seen(original) == before
            original.sync()
            assert "dawn" in original.ask("When should the roses be watered?").text
            assert "dawn" in copy.ask("When should the roses be watered?").text


def test_nothing_is_removed_while_a_generation_cannot_be_read(folder: Path, url: str) -> None:
    with opened(folder, url) as assistant:
        first = assistant.sync()
        (folder / "howto.md").unlink()
        second = assistant.sync()
        manifest = folder.parent / "index" / "generations" / first.generation / "manifest.json"
        whole = manifest.read_text()
        manifest.write_text("{}")
        (folder / "deutsch.md").unlink()
        held = sum(collections(url, folder).values())
        settings = assistant.settings
        generations = Generations(settings.index.path)
        clean_up(Server(url, "Authorization", ""), generations)
        assert sum(collections(url, folder).values()) == held > second.chunks
        manifest.write_text(whole)


# ---------------------------------------------------------------- a proxy with a key, and failures


class _Gate(BaseHTTPRequestHandler):
    """Lets requests with the right header through to the Chroma server, as a proxy would."""

    target = ""
    header = ""

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        told = self.headers.get(self.header, "")
        if told not in (KEY, f"Bearer {KEY}"):
            self.send_error(401)
            return
        request = Request(self.target + self.path, data=body or None, method=self.command)
        request.add_header("Content-Type", "application/json")
        with urlopen(request, timeout=30) as reply:
            content = reply.read()
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = do_PUT = _pass

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.mark.parametrize("header", ["Authorization", "X-Proxy-Key"])
def test_a_key_goes_into_the_header_that_is_named(
    folder: Path, url: str, header: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = type("Gate", (_Gate,), {"target": url, "header": header})
    with ThreadingHTTPServer(("127.0.0.1", 0), gate) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{proxy.server_port}"
        more = {"index.chroma_header": header, "index.chroma_token_env": "GATE_KEY"}
        with opened(folder, address, **more) as assistant:
            with pytest.raises(IndexUnavailableError) as caught:
                assistant.sync()
            assert "GATE_KEY" in caught.value.hint
            monkeypatch.setenv("GATE_KEY", KEY)
            assistant.sync()
            assert "1872" in assistant.ask(QUESTION).text
            monkeypatch.setenv("GATE_KEY", "wrong-" + KEY)
        with opened(folder, address, **more) as assistant:
            with pytest.raises(IndexUnavailableError) as caught:
                assistant.ask(QUESTION)
            assert KEY not in str(caught.value)
        proxy.shutdown()


def test_a_server_that_is_away_costs_nothing_but_the_attempt(folder: Path, url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    with opened(folder) as assistant:
        assistant.sync()
        before = seen(assistant)
    with opened(folder, nobody) as assistant:
        with pytest.raises(AssistantError, match=r"127\.0\.0\.1"):
            assistant.move_index("server")
        with pytest.raises(AssistantError, match=r"127\.0\.0\.1"):
            assistant.sync()
    with opened(folder) as assistant:
        assert seen(assistant) == before


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://x", "http://user:secret@host:8000"])
def test_addresses_that_cannot_be_used_are_refused(url: str) -> None:
    with pytest.raises(SettingsError, match=r"index\.chroma_url"):
        load_settings(None, {"index.chroma_url": url})


def test_a_port_that_cannot_be_is_one_of_our_errors(folder: Path) -> None:
    with pytest.raises(SettingsError, match="99999"), opened(folder, "http://localhost:99999"):
        pass


def test_moving_to_a_server_needs_its_address(folder: Path) -> None:
    with opened(folder) as assistant:
        assistant.sync()
        with pytest.raises(UsageError, match="chroma_url"):
            assistant.move_index("server")
