"""What one browser asks is not another's, and what is stored is no other user's of the machine."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support_server import Running, running

from assistant import Assistant, Settings, load_settings
from assistant.chat.conversations import Conversations
from assistant.chat.library import Library
from assistant.chat.owners import OWNER_COOKIE, Sessions, is_owner, new_owner, owner_among
from assistant.chat.uploads import Quotas, Uploads
from assistant.embedding.cache import _open
from assistant.errors import UsageError
from assistant.index.generations import Generations
from assistant.private_files import close_to_others, make_private
from assistant.service.service import Service
from benchmarks.privacy import browsers, open_to_others

JOIN, STREAM = "/gradio_api/queue/join", "/gradio_api/queue/data"


@pytest.fixture(scope="module")
def served(sample: Assistant) -> Iterator[Running]:
    with running(sample) as server:
        yield server


# ---------------------------------------------------------------- other browsers


def test_no_stranger_learns_or_breaks_anything(served: Running) -> None:
    calls, hits = asyncio.run(browsers(served.url))
    assert calls > 150
    assert hits == []


@pytest.mark.parametrize("cookie", [None, "", "a", "x" * 42, "x" * 44, "ä" * 43, "x" * 42 + "."])
def test_events_need_the_cookie_that_the_page_sets(served: Running, cookie: str | None) -> None:
    headers = {} if cookie is None else {"Cookie": f"{OWNER_COOKIE}={cookie}".encode()}
    body = {"data": [], "fn_index": 0, "session_hash": "x"}
    for method, path in (("POST", JOIN), ("GET", f"{STREAM}?session_hash=x")):
        refused = httpx.request(
            method, served.url + path, headers=headers, json=body if method == "POST" else None
        )
        assert refused.status_code == 403, path
        assert "cookie" in refused.json()["error"]["message"]
    page = httpx.get(f"{served.url}/", headers={"Accept": "text/html", **headers})
    assert is_owner(page.cookies[OWNER_COOKIE])  # in place of one that is none


def test_a_stream_is_read_by_its_own_browser_alone(served: Running) -> None:
    def status(owner: str, query: str) -> int:
        headers = {"Cookie": f"{OWNER_COOKIE}={owner}"}
        with httpx.stream("GET", f"{served.url}{STREAM}{query}", headers=headers) as reply:
            return reply.status_code

    anna, bert = new_owner(), new_owner()
    assert status(anna, "?session_hash=one") == 200
    assert status(bert, "?session_hash=one") == 403
    assert status(anna, "?session_hash=one") == 200
    assert status(bert, "?session_hash=two&session_hash=one") == 403
    assert status(bert, "") == 403


def test_of_the_streams_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.chat.owners._MOST_SESSIONS", 2)
    sessions = Sessions()
    assert sessions.claim("one", "anna")
    assert not sessions.claim("one", "bert")
    assert sessions.claim("two", "anna")
    assert sessions.claim("one", "anna")  # used again
    assert sessions.claim("three", "anna")
    assert not sessions.claim("one", "bert")
    assert sessions.claim("two", "bert")


def test_without_an_owner_nothing_is_kept_or_found() -> None:
    kept = Conversations(None)
    with pytest.raises(UsageError, match="cookie"):
        kept.begin("", "What?")
    identity = kept.begin(new_owner(), "What?")
    assert kept.listing("") == []
    assert kept.turns("", identity) == []
    assert not kept.owned("", identity)
    kept.delete("", identity)
    with kept.file.transaction() as database:
        database.execute("UPDATE conversations SET owner = ?", ("e3b0c442" + "0" * 56,))
    assert kept.listing("") == []  # nor what earlier versions kept for all without a cookie
    assert owner_among({OWNER_COOKIE: "short"}) == ""


# ---------------------------------------------------------------- other users


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("# Garden\n\nIt was laid out by Berta Lindqvist.\n")
    return load_settings(
        None,
        {
            "index.path": str(tmp_path / "private" / "index"),
            "documents.paths": [str(tmp_path / "notes")],
            "chat.uploads": str(tmp_path / "private" / "uploads"),
        },
    )


@pytest.fixture(autouse=True)
def generous_umask() -> Iterator[None]:
    """Files are readable for all unless something is done about it."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def opened(*folders: Path) -> set[str]:
    """What others may read of folders, and the folders themselves."""
    found = set()
    for folder in folders:
        found |= open_to_others(folder, set())
        if stat.S_IMODE(folder.stat().st_mode) & 0o077:
            found.add(str(folder))
    return found


def test_an_index_is_this_users_alone(settings: Settings, tmp_path: Path) -> None:
    with Assistant(settings) as assistant:
        assistant.sync()
        (tmp_path / "notes" / "b.md").write_text("# Railway\n\nIt was opened in 1901.\n")
        assistant.sync()
        assistant.rollback()
    assert opened(settings.index.path) == set()
    _open(settings.index.path / "embeddings.sqlite").close()
    kept = Conversations(settings.index.path / "conversations.sqlite")
    kept.begin(new_owner(), "What?")
    assert opened(settings.index.path) == set()  # with the journals of both
    kept.close()


def test_an_index_that_was_open_is_closed_when_it_is_used(settings: Settings) -> None:
    with Assistant(settings) as assistant:
        assistant.sync()
    index = settings.index.path
    for path in (index, *index.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    with Assistant(settings) as assistant:
        assistant.ask("Who laid out the garden?")
        assert opened(index) == set()


def test_other_files_beside_an_index_stay_as_they_are(settings: Settings) -> None:
    index = settings.index.path
    index.mkdir(parents=True)
    index.chmod(0o755)
    (index / "my-own.txt").write_text("for all to read")
    with Assistant(settings) as assistant:
        assistant.sync()
    assert (index / "my-own.txt").stat().st_mode & 0o777 == 0o644
    assert index.stat().st_mode & 0o777 == 0o755
    assert opened(index / "generations") == set()


QUOTAS = Quotas(file=1_000_000, session=50_000_000, total=100_000_000)


def test_uploads_are_this_users_alone(settings: Settings) -> None:
    uploads = settings.chat.uploads
    uploads.mkdir(parents=True)
    (uploads / "earlier.txt").write_text("The council met in May.\n")

    async def take() -> None:
        kept = Uploads(uploads, QUOTAS)
        incoming = kept.begin("anna", "minutes.txt")
        incoming.write(b"The council met in March.\n")
        number = incoming.finish()
        with Assistant(settings) as assistant:
            async for _ in Library(Service(assistant), kept).upload("anna", [number]):
                pass

    asyncio.run(take())
    assert (uploads / "minutes.txt").exists()
    assert opened(uploads) == set()


def test_a_server_closes_the_uploads_that_it_finds(settings: Settings) -> None:
    settings.chat.uploads.mkdir(parents=True)
    (settings.chat.uploads / "earlier.txt").write_text("The council met in May.\n")
    with Assistant(settings) as assistant, running(assistant):
        assert opened(settings.chat.uploads) == set()


def test_a_folder_of_documents_that_takes_uploads_stays_as_it_is(settings: Settings) -> None:
    [folder] = settings.documents.paths
    folder.chmod(0o755)
    for uploads in (folder, folder.parent):
        chat = settings.chat.model_copy(update={"uploads": uploads})
        with Assistant(settings.model_copy(update={"chat": chat})) as assistant:
            Library(Service(assistant), Uploads(uploads, QUOTAS)).close_uploads()
        assert folder.stat().st_mode & 0o777 == 0o755
        assert (folder / "a.md").stat().st_mode & 0o777 == 0o644


def test_links_and_what_they_lead_to_are_left_alone(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o755)
    (outside / "file").write_text("x")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link").symlink_to(outside)
    (folder / "file").symlink_to(outside / "file")
    close_to_others(folder)
    close_to_others(folder / "link")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert outside.stat().st_mode & 0o777 == 0o755
    assert (outside / "file").stat().st_mode & 0o777 == 0o644


def test_a_new_private_folder_is_closed_from_its_first_moment(tmp_path: Path) -> None:
    make_private(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    generations = Generations(tmp_path / "index")
    with generations.writer(1.0):
        assert opened(tmp_path / "index") == set()
        assert generations.begin("g1").stat().st_mode & 0o777 == 0o700
