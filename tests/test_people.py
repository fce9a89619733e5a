"""People with rights of their own, attacked at every door: chat, `/v1`, MCP, pages and uploads.

Ada may ask the default collection, Ben may ask the harbour's, Cleo may add, Dora administers. Each
tries what is not theirs by name, path, header, cookie and filter.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import gradio as gr
import httpx
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from support_server import Running, running
from test_collections import settings_in, three_folders

from assistant import Assistant, Filters
from assistant.errors import AccessError, SettingsError, UsageError
from assistant.server.access import Access
from assistant.server.running import read_token
from assistant.service import people_file
from assistant.service.audit import AUDIT_FILE, AUDIT_FOLDER, AuditLog
from assistant.service.people import ANYBODY, CALLER, TOKEN_HOLDER, checked_person
from assistant.service.people_file import People, add_person, known_people, remove_person
from assistant.service.service import Service
from assistant.settings import Settings
from benchmarks.privacy import Page, call

TOKEN = "a-token-of-24-characters"
MASTER = "Who is the harbour master of Vik?"
PEOPLE = {
    "ada": (["ask"], ["default"]),
    "ben": (["ask"], ["harbour"]),
    "cleo": (["ask", "add"], ["default", "library"]),
    "dora": (["administer"], ["all"]),
    "emil": (["add"], ["default"]),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("people")
    three_folders(found)
    return found


@pytest.fixture(scope="module")
def tokens(place: Path) -> dict[str, str]:
    return {
        name: add_person(place / "people.json", checked_person(name, rights, collections))
        for name, (rights, collections) in PEOPLE.items()
    }


@pytest.fixture(scope="module")
def settings(place: Path, repository: Path) -> Settings:
    plain = settings_in(place, repository)
    server = plain.server.model_copy(update={"people": str(place / "people.json")})
    return plain.model_copy(update={"server": server})


@pytest.fixture(scope="module")
def served(settings: Settings, tokens: dict[str, str]) -> Iterator[Running]:
    with Assistant(settings) as assistant:
        for name in settings.collection_names():
            assistant.of_collection(name).sync()
        with running(assistant, TOKEN) as server:
            yield server


def as_person(served: Running, token: str, **headers: str) -> httpx.Client:
    head = {"Authorization": f"Bearer {token}", **headers}
    return httpx.Client(base_url=served.url, headers=head, timeout=30)


def asked(client: httpx.Client, question: str, **filters: Any) -> httpx.Response:
    body = {"messages": [{"role": "user", "content": question}], "filters": filters}
    return client.post("/v1/chat/completions", json=body)


def audit_of(settings: Settings) -> list[dict[str, Any]]:
    text = (settings.index.path / AUDIT_FOLDER / AUDIT_FILE).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


# ---------------------------------------------------------------- /v1 and the pages


def test_each_is_answered_from_their_own_collections(
    served: Running, tokens: dict[str, str]
) -> None:
    with as_person(served, tokens["ben"]) as ben:
        reply = asked(ben, MASTER).json()
        assert "Solveig Aas" in reply["choices"][0]["message"]["content"]
        assert {c["collection"] for c in reply["assistant"]["citations"]} == {"harbour"}
        page = ben.get("/document", params={"name": "harbour:harbour.md"})
        assert "Solveig" in page.text
    with as_person(served, tokens["ada"]) as ada:
        assert "Solveig" not in asked(ada, MASTER).text
        assert "Ida Moe" in asked(ada, "Who is the curator of the archive?").text
    with as_person(served, tokens["dora"]) as dora:
        assert "Solveig Aas" in asked(dora, MASTER, collections=["all"]).text
    with as_person(served, TOKEN) as holder:
        assert "Solveig Aas" in asked(holder, MASTER, collections=["harbour"]).text


def test_other_collections_are_not_there_by_any_name(
    served: Running, tokens: dict[str, str]
) -> None:
    with as_person(served, tokens["ada"]) as ada:
        unknown = asked(ada, MASTER, collections=["nowhere"])
        for tried in (["harbour"], ["default", "harbour"], ["harbour", "all"], ["library"]):
            reply = asked(ada, MASTER, collections=tried)
            assert "Solveig" not in reply.text
            if tried != ["harbour", "all"]:
                assert reply.status_code == unknown.status_code == 400
        all_of_mine = asked(ada, MASTER, collections=["all"])
        assert all_of_mine.status_code == 200
        assert "Solveig" not in all_of_mine.text
        for paths in (["harbour:**"], ["harbour:harbour.md"], ["**/harbour:harbour.md"], ["*"]):
            assert "Solveig" not in asked(ada, MASTER, paths=paths).text
        for tags in (["harbour"], ["rules"]):
            assert "crowns" not in asked(ada, "What does a boat pay?", tags=tags).text
        for door in ("/document", "/document/file", "/document/page.png"):
            said = []
            for name in ("harbour:harbour.md", "library:harbour.md", "nowhere:harbour.md"):
                reply = ada.get(door, params={"name": name, "page": 1})
                assert reply.status_code == 404
                said.append(reply.text.replace(name, "NAME"))
            assert said[0] == said[1] == said[2], "whether a document is there is not told"
        for name in ("default:harbour:harbour.md", "../harbour/harbour.md", ":harbour.md",
                     "default:../harbour/harbour.md", "HARBOUR:harbour.md"):  # fmt: skip
            assert ada.get("/document", params={"name": name}).status_code == 404
    with as_person(served, tokens["ben"]) as ben:
        archive = ben.get("/document", params={"name": "archive/plants.md"})
        assert archive.status_code == 404
        assert asked(ben, "Who is the curator?", collections=["default"]).status_code == 400


@pytest.mark.parametrize("view", ["timeline", "cards"])
def test_a_view_holds_only_what_one_may_ask(
    served: Running, tokens: dict[str, str], view: str
) -> None:
    def documents(client: httpx.Client, **query: str) -> set[str]:
        page = client.get(f"/document/{view}", params=query).text
        return {unquote(name) for name in re.findall(r"/document\?name=([^&]+)&", page)}

    with as_person(served, TOKEN) as holder:
        everything = documents(holder, collection="all")
        harbour = {name for name in everything if name.startswith("harbour:")}
        assert harbour
    with as_person(served, tokens["ben"]) as ben:
        assert documents(ben) == documents(ben, collection="all") == harbour
        said = []
        for name in ("default", "nowhere"):
            reply = ben.get(f"/document/{view}", params={"collection": name})
            assert reply.status_code == 400
            said.append(reply.text.replace(name, "NAME"))
        assert said[0] == said[1]
    with as_person(served, tokens["ada"]) as ada:
        assert not documents(ada, collection="all") & harbour


def test_a_header_or_cookie_makes_nobody_another(
    served: Running, tokens: dict[str, str], settings: Settings
) -> None:
    ben = People(Path(settings.server.people)).with_token(tokens["ben"])
    assert ben is not None
    owner = f"assistant_owner={ben.owner}"
    tricks: list[dict[str, str]] = [
        {"Cookie": owner}, {"Cookie": "assistant_session=9999999999.ben.00"},
        {"X-Person": "ben"}, {"X-Forwarded-User": "dora"}, {"X-Collections": "harbour"},
        {"Cookie": f"assistant_session=9999999999.dora.{'0' * 64}; {owner}"},
    ]  # fmt: skip
    for headers in tricks:
        with as_person(served, tokens["ada"], **headers) as ada:
            assert "Solveig" not in asked(ada, MASTER, collections=["all"]).text
            assert ada.get("/metrics").status_code == 403
        nobody = httpx.get(f"{served.url}/document?name=harbour:harbour.md", headers=headers)
        assert nobody.status_code == 401
    both = f"Bearer {tokens['ada']}, Bearer {tokens['dora']}"
    assert httpx.get(f"{served.url}/metrics", headers={"Authorization": both}).status_code == 401


def test_rights_are_asked_at_every_path(served: Running, tokens: dict[str, str]) -> None:
    wanted = {"ada": (403, 403), "cleo": (403, 200), "dora": (200, 200), "emil": (403, 200)}
    for name, (metrics, upload) in wanted.items():
        with as_person(served, tokens[name]) as client:
            assert client.get("/metrics").status_code == metrics, name
            sent = client.post("/upload?name=a.txt", content=b"words")
            assert sent.status_code == upload, (name, sent.text)
    with as_person(served, tokens["emil"]) as emil:
        for path in (
            "/v1/models",
            "/document?name=archive/plants.md",
            "/document/file?name=archive/plants.md",
            "/document/timeline",
            "/document/cards",
        ):
            assert emil.get(path).status_code == 403
        assert asked(emil, MASTER).status_code == 403


# ---------------------------------------------------------------- MCP


def tools_of(served: Running, token: str, calls: list[tuple[str, dict[str, Any]]]) -> list[str]:
    """What each call of a tool tells, and last the resources."""

    async def ask_all() -> list[str]:
        head = {"Authorization": f"Bearer {token}"}
        async with create_mcp_http_client(headers=head) as http:
            transport = streamable_http_client(f"{served.url}/mcp", http_client=http)
            async with Client(transport) as client:
                told = [str(await client.call_tool(name, given)) for name, given in calls]
                resources = await client.list_resources()
                told.append(str(resources))
                try:
                    told.append(str(await client.read_resource("document:///harbour%3Aharbour.md")))
                except Exception as exc:
                    told.append(str(exc))
                return told

    return asyncio.run(ask_all())


CALLS: list[tuple[str, dict[str, Any]]] = [
    ("ask", {"question": MASTER}),
    ("ask", {"question": MASTER, "collections": ["harbour"]}),
    ("ask", {"question": MASTER, "collections": ["all"]}),
    ("search", {"question": MASTER, "collections": ["all", "harbour"]}),
    ("search", {"question": MASTER, "paths": ["harbour:**"]}),
    ("list_documents", {"collections": ["all"]}),
    ("get_document", {"document": "harbour:harbour.md"}),
]


def test_mcp_knows_who_calls(served: Running, tokens: dict[str, str]) -> None:
    for told in tools_of(served, tokens["ada"], CALLS):
        assert "Solveig" not in told
        assert "harbour:" not in told.replace("harbour:**", "").replace("harbour:harbour.md", "")
    bens = tools_of(served, tokens["ben"], CALLS)
    assert all("Solveig" in each for each in (*bens[:3], bens[6], bens[8]))
    assert "archive/" not in bens[5] + bens[7]


# ---------------------------------------------------------------- the chat


async def chat(served: Running, token: str, events: list[tuple[str, str]], cookie: str = "") -> str:
    """What the events of one page tell a person, with the same text for all inputs of each."""
    head = {"Authorization": f"Bearer {token}"} | ({"Cookie": cookie} if cookie else {})
    told = []
    config = httpx.get(f"{served.url}/config", headers=head).json()
    page = Page.__new__(Page)
    page.kinds = {each["id"]: each["type"] for each in config["components"]}
    page.names = {each["id"]: each["props"].get("elem_id") for each in config["components"]}
    page.events = config["dependencies"]
    async with httpx.AsyncClient(base_url=served.url, headers=head, timeout=30) as client:
        session = f"s{secrets.token_hex(8)}"
        for name, text in events:
            told.append(f"{name}: {await call(client, page, page.named(name), session, text)}")
    return "\n".join(told)


def test_the_chat_shows_a_person_their_own_alone(served: Running, tokens: dict[str, str]) -> None:
    seen = asyncio.run(chat(served, tokens["ben"], [("_load", ""), ("_ask", MASTER)]))
    assert "Solveig Aas" in seen
    assert "archive/" not in seen
    harbour = "harbour:harbour.md"
    strange = asyncio.run(
        chat(served, tokens["ada"], [("_load", ""), ("_welcome", ""), ("_ask", MASTER),
                                     ("_folder_of", ""), ("_around", "")])
    )  # fmt: skip
    assert "archive" in strange
    for secret in ("Solveig", harbour, "fees.md", "Knut"):
        assert secret not in strange


def test_the_collections_of_a_forged_event_are_checked(
    served: Running, tokens: dict[str, str]
) -> None:
    original = Page.data

    def forged(self: Page, event: dict[str, Any], text: str) -> list[object]:
        values = original(self, event, text)
        return [
            ["harbour", "default"] if self.kinds[each] == "checkboxgroup" else value
            for each, value in zip(event["inputs"], values, strict=True)
        ]

    def unchecked(self: gr.CheckboxGroup, payload: object) -> object:
        return payload  # as if Gradio did not compare them with the person's own choices

    events = [("_load", ""), ("_ask", MASTER), ("_folder_of", "")]
    for walls in ("both", "ours"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Page, "data", forged)
            if walls == "ours":
                patch.setattr(gr.CheckboxGroup, "preprocess", unchecked)
            mine = asyncio.run(chat(served, tokens["dora"], events))
            assert "Solveig Aas" in mine
            assert "fees.md" in mine
            told = asyncio.run(chat(served, tokens["ada"], events))
            for secret in ("Solveig", "fees.md", "Aas"):
                assert secret not in told
            assert walls == "both" or "There is no collection" in told


def test_who_may_only_ask_cannot_sync_upload_or_write_questions(
    served: Running, tokens: dict[str, str], settings: Settings, place: Path
) -> None:
    before = {name: Assistant(settings.of_collection(name)).status().generation
              for name in settings.collection_names()}  # fmt: skip
    (place / "notes" / "new.md").write_text("# New\n\nA new note for the sync.\n")
    try:
        events = [
            ("_sync", ""),
            ("_upload", "12 34"),
            ("_ask", "Who is the curator?"),
            ("_add", "x"),
        ]
        told = asyncio.run(chat(served, tokens["ada"], events))
        assert told.count("it needs the right") >= 3
        after = {name: Assistant(settings.of_collection(name)).status().generation
                 for name in settings.collection_names()}  # fmt: skip
        assert after == before
        assert not settings.chat.question_set.exists()
        synced = asyncio.run(chat(served, tokens["dora"], [("_sync", "")]))
        assert "new.md" in synced
    finally:
        (place / "notes" / "new.md").unlink()


def test_who_may_not_add_writes_no_question_and_no_file(
    served: Running, tokens: dict[str, str], settings: Settings
) -> None:
    page, path = served.application.page, Path(settings.server.people)
    filled = ("Who is the curator?", True, "", "", "")
    for name in ("ada", "cleo"):
        who = People(path).with_token(tokens[name])
        assert who is not None
        asyncio.run(chat(served, tokens[name], [("_ask", "Who is the curator?")]))
        [kept] = served.application.conversations.listing(who.owner, 1)
        said = page.feedback.add(who.owner, kept.id, (0, "wrong"), filled, who)
        assert ("it needs the right" in said) == (name == "ada")
        assert settings.chat.question_set.exists() == (name == "cleo")
    settings.chat.question_set.unlink()


def sent_by(served: Running, token: str, name: str, text: str, chosen: list[str]) -> str:
    """What the page tells somebody who drops a file while these chips are chosen, or forged."""
    original = Page.data

    def forged(self: Page, event: dict[str, Any], text: str) -> list[object]:
        values = original(self, event, text)
        return [
            chosen if self.kinds[each] == "checkboxgroup" else value
            for each, value in zip(event["inputs"], values, strict=True)
        ]

    with as_person(served, token) as client:
        number = client.post(f"/upload?name={name}", content=text.encode()).json()["upload"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Page, "data", forged)
        patch.setattr(gr.CheckboxGroup, "preprocess", lambda self, payload: payload)
        return asyncio.run(chat(served, token, [("_upload", number)]))


def documents_of(served: Running, collection: str) -> set[str]:
    status = served.assistant.of_collection(collection)
    return {info.name for info in status.document_infos()}


@pytest.fixture
def fresh(tmp_path: Path, repository: Path) -> Iterator[tuple[Running, dict[str, str]]]:
    """A server whose collections are changed, and people who may add to some of them."""
    three_folders(tmp_path)
    plain = settings_in(tmp_path, repository)
    path = tmp_path / "people.json"
    settings = plain.model_copy(
        update={"server": plain.server.model_copy(update={"people": str(path)})}
    )
    tokens = {
        name: add_person(path, checked_person(name, rights, collections))
        for name, (rights, collections) in {
            "nils": (["ask", "add"], ["harbour"]),
            "olga": (["ask", "add"], ["harbour", "library"]),
            "pia": (["add"], ["harbour"]),
            "rolf": (["ask", "add"], ["default", "library"]),
            "ada": (["ask"], ["default"]),
            "ben": (["ask"], ["harbour"]),
        }.items()
    }
    with Assistant(settings) as assistant:
        for name in settings.collection_names():
            assistant.of_collection(name).sync()
        with running(assistant, TOKEN) as server:
            yield server, tokens


PILOT = "# Pilots\n\nThe pilot of Vik is Torvald Krag. He has a boat of his own.\n"


def test_a_file_of_somebody_without_the_default_collection_goes_into_theirs(
    fresh: tuple[Running, dict[str, str]],
) -> None:
    served, tokens = fresh
    before = documents_of(served, "default"), documents_of(served, "library")
    for name, chosen in (("nils", ["harbour"]), ("pia", [])):
        told = sent_by(served, tokens[name], f"{name}.md", PILOT.replace("Vik", name), chosen)
        assert "harbour" in told
        assert f"{name}.md" in documents_of(served, "harbour")
    assert (documents_of(served, "default"), documents_of(served, "library")) == before
    with as_person(served, tokens["ben"]) as ben:
        reply = asked(ben, "Who is the pilot of nils?").json()
        assert "Torvald Krag" in reply["choices"][0]["message"]["content"]
        assert "Torvald" in ben.get("/document", params={"name": "harbour:nils.md"}).text
        assert "Torvald" in ben.get("/document/file", params={"name": "harbour:nils.md"}).text
    with as_person(served, tokens["ada"]) as ada:
        assert "Torvald" not in asked(ada, "Who is the pilot of nils?").text
        for name in ("nils.md", "harbour:nils.md", ".collections/harbour/nils.md"):
            assert ada.get("/document", params={"name": name}).status_code == 404
    uploads = served.assistant.settings.chat.uploads
    for folder in (uploads / ".collections", uploads / ".collections" / "harbour"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    # the default collection's own uploads and syncs never find it
    assert "rolf.md" in sent_by(served, tokens["rolf"], "rolf.md", PILOT, ["default"])
    served.assistant.of_collection("default").sync()
    assert documents_of(served, "default") == before[0] | {"rolf.md"}
    served.assistant.of_collection("harbour").sync()
    assert {"nils.md", "pia.md"} <= documents_of(served, "harbour")


def test_the_chips_choose_where_a_file_goes(fresh: tuple[Running, dict[str, str]]) -> None:
    served, tokens = fresh
    names = ("default", "harbour", "library")

    def new(name: str, chosen: list[str]) -> tuple[set[str], str]:
        before = {each: documents_of(served, each) for each in names}
        told = sent_by(served, tokens[name], f"{secrets.token_hex(4)}.md", PILOT, chosen)
        return {each for each in names if documents_of(served, each) != before[each]}, told

    for name, chosen, expected in (
        ("olga", ["library"], "library"), ("olga", ["harbour"], "harbour"),
        ("rolf", ["library"], "library"), ("rolf", [], "default"),
        ("rolf", ["default", "library"], "default"),
    ):  # fmt: skip
        assert new(name, chosen)[0] == {expected}, (name, chosen)
    for chosen in ([], ["harbour", "library"], ["all"]):
        found, told = new("olga", chosen)
        assert not found
        assert "Files go into one collection; it may be harbour, library" in told
    for name, forged in (
        ("nils", ["default"]), ("nils", ["library"]), ("nils", ["nowhere"]),
        ("nils", ["harbour", "default"]), ("pia", ["default"]), ("rolf", ["harbour"]),
        ("nils", ["../harbour"]), ("nils", [".."]),
    ):  # fmt: skip
        found, told = new(name, forged)
        assert not found, (name, forged)
        assert "There is no collection" in told
    odd: Any
    for odd in ("default", [["default"]], {"default": 1}, 7):
        assert new("nils", odd)[0] == set()


def test_nobody_takes_in_what_somebody_else_sent(
    fresh: tuple[Running, dict[str, str]],
) -> None:
    served, tokens = fresh
    with as_person(served, tokens["rolf"]) as rolf:
        number = rolf.post("/upload?name=secret.md", content=PILOT.encode()).json()["upload"]
    told = asyncio.run(chat(served, tokens["nils"], [("_upload", number)]))
    assert "An uploaded file is gone" in told
    assert "secret.md" not in documents_of(served, "harbour")
    uploads = served.assistant.settings.chat.uploads
    (uploads / ".collections").mkdir(mode=0o700)
    (uploads / ".collections" / "harbour").symlink_to(uploads.parent)
    told = sent_by(served, tokens["nils"], "linked.md", PILOT, ["harbour"])
    assert "is a link or a file" in told
    assert not (uploads.parent / "linked.md").exists()


def test_conversations_belong_to_the_person_in_any_browser(
    served: Running, tokens: dict[str, str], settings: Settings
) -> None:
    word = "pilchards"
    asyncio.run(chat(served, tokens["cleo"], [("_ask", f"Who sells {word} in the archive?")]))
    mine = asyncio.run(chat(served, tokens["cleo"], [("_load", "")], "assistant_owner=" + "x" * 43))
    assert word in mine, "another browser, the same person"
    cleo = People(Path(settings.server.people)).with_token(tokens["cleo"])
    assert cleo is not None
    [kept] = served.application.conversations.listing(cleo.owner, 1)
    every = [event["api_name"] for event in httpx.get(
        f"{served.url}/config", headers={"Authorization": f"Bearer {TOKEN}"}
    ).json()["dependencies"] if event["api_name"] not in ("_sync", "_upload")]  # fmt: skip
    for name in ("ada", "dora"):
        cookie = f"assistant_owner={cleo.owner}"
        told = asyncio.run(chat(served, tokens[name], [(each, kept.id) for each in every], cookie))
        assert word not in told, name
        with as_person(served, tokens[name], Cookie=cookie) as other:
            for path in (f"/export/{kept.id}.md", "/export/all.md", "/export/notes.md"):
                assert word not in other.get(path).text
    assert served.application.conversations.owned(cleo.owner, kept.id), "nobody deleted it"


# ---------------------------------------------------------------- tokens and sessions


def test_a_session_is_one_persons_until_their_token_goes(place: Path) -> None:
    path = place / "others.json"
    token = add_person(path, checked_person("fay", ["ask"], ["default"]))
    other = add_person(path, checked_person("gus", ["ask", "add"], ["all"]))
    clock = [1000.0]
    access = Access("", lambda: clock[0], People(path))
    session = access.log_in(token)
    assert access.person("", session).name == "fay"  # type: ignore[union-attr]
    assert access.person(f"Bearer {other}", session).name == "gus"  # type: ignore[union-attr]
    until, name, signature = session.split(".")
    for forged in (
        f"{until}.gus.{signature}", f"{int(until) + 1}.{name}.{signature}", f"{until}.{signature}",
        f"{until}.{name}.", f"{until}..{signature}", f"{until}.{name}.{signature}x", "..",
    ):  # fmt: skip
        assert access.person("", forged) is None
    for wrong in ("", "fay", token[:-1], f"{token}x", token.upper(), "é" * 43):
        assert access.person(f"Bearer {wrong}", "") is None
        assert not access.log_in(wrong)
    assert People(path).with_session(session, 1000) is not None, "a restart keeps it"
    clock[0] = float(until) + 1
    assert access.person("", session) is None
    clock[0] = 1000.0
    before = access.person(f"Bearer {token}", "")
    renewed = add_person(path, checked_person("fay", ["add"], ["all"]), renews=True)
    assert access.person("", session) is None
    assert access.person(f"Bearer {token}", "") is None
    fay = access.person(f"Bearer {renewed}", "")
    assert fay is not None
    assert sorted(fay.rights) == ["ask"], "only the token is another"
    assert fay.collections == ("default",)
    assert before is not None
    assert fay.owner == before.owner, "conversations outlive a token"
    remove_person(path, "fay")
    assert access.person(f"Bearer {renewed}", "") is None
    again = add_person(path, checked_person("fay", ["ask"], ["all"]))
    another = access.person(f"Bearer {again}", "")
    assert another is not None
    assert another.owner != fay.owner, "another person of that name sees none of them"
    path.write_text("{}")
    assert access.person(f"Bearer {other}", "") is None, "a file that cannot be read admits nobody"
    assert not access.is_open


def test_the_file_holds_no_token_and_is_private(place: Path) -> None:
    path = place / "private.json"
    token = add_person(path, checked_person("hal", ["ask"], ["all"]))
    People(path)
    text = path.read_text()
    assert token not in text
    assert "sha256" in text
    for file in (path, path.with_name("private.json.key")):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(UsageError):
        add_person(path, checked_person("hal", ["ask"], ["all"]))
    with pytest.raises(UsageError):
        remove_person(path, "nobody")


def test_of_many_who_write_at_once_each_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    names = [f"p{number}" for number in range(12)]
    with ThreadPoolExecutor(12) as threads:
        made = list(
            threads.map(
                lambda name: add_person(path, checked_person(name, ["ask"], ["all"])), names
            )
        )
    assert sorted(each.name for each in known_people(path)) == sorted(names)
    people = People(path)
    assert [people.with_token(token).name for token in made] == names  # type: ignore[union-attr]


def test_who_is_taken_out_while_the_file_is_first_read_is_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "people.json"
    token = add_person(path, checked_person("kim", ["ask"], ["all"]))
    read = people_file.read_people

    def interrupted(given: Path) -> Any:
        found = read(given)
        monkeypatch.setattr(people_file, "read_people", read)
        remove_person(path, "kim")
        return found

    monkeypatch.setattr(people_file, "read_people", interrupted)
    assert People(path).with_token(token) is None


def test_one_person_too_many_locks_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "people.json"
    monkeypatch.setattr(people_file, "MOST_PEOPLE", 2)
    token = add_person(path, checked_person("kim", ["ask"], ["all"]))
    add_person(path, checked_person("lea", ["ask"], ["all"]))
    with pytest.raises(UsageError, match="are the most"):
        add_person(path, checked_person("max", ["ask"], ["all"]))
    assert People(path).with_token(token) is not None


def test_a_lost_key_says_what_is_lost_with_it(tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    add_person(path, checked_person("kim", ["ask"], ["all"]))
    path.with_name("people.json.key").write_text("")
    with pytest.raises(SettingsError) as caught:
        People(path)
    assert "earlier conversations" in caught.value.hint


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"people": 3}', '{"people": [{}]}', "[" * 100_000,
     '{"people": [{"name": "a", "id": "x", "sha256": "x"}]}',
     json.dumps({"people": [{"name": "a", "id": "0" * 32, "sha256": "0" * 64, "rights": ["rule"],
                             "collections": ["all"]}]}),
     json.dumps({"people": [{"name": "a", "id": "0" * 32, "sha256": "0" * 64, "rights": "ask",
                             "collections": ["all"]}]}),
     json.dumps({"people": 2 * [{"name": "a", "id": "0" * 32, "sha256": "0" * 64, "rights": ["ask"],
                                 "collections": ["all"]}]})],
)  # fmt: skip
def test_a_damaged_file_is_one_error_and_no_server(tmp_path: Path, text: str) -> None:
    path = tmp_path / "people.json"
    path.write_text(text)
    with pytest.raises(SettingsError, match="cannot be read"):
        People(path)
    with pytest.raises(SettingsError):
        People(tmp_path / "missing.json")


@pytest.mark.parametrize(
    ("name", "rights", "collections"),
    [("", ["ask"], ["all"]), ("A", ["ask"], ["all"]), ("token", ["ask"], ["all"]),
     ("a", [], ["all"]), ("a", ["ask"], []), ("a", ["rule"], ["all"]), ("a", ["ask"], ["../x"]),
     ("a.b", ["ask"], ["all"]), ("a", ["ask"], [3])],
)  # fmt: skip
def test_a_person_who_cannot_be_is_refused(name: str, rights: list[str], collections: Any) -> None:
    with pytest.raises(UsageError):
        checked_person(name, rights, collections)


def test_where_people_are_set_nothing_is_done_for_nobody(
    served: Running, settings: Settings
) -> None:
    """Whichever door forgets to say who asks, it is refused."""
    with Assistant(settings) as assistant:
        service = Service(assistant, People(Path(settings.server.people)))
        for forgot in (None, ANYBODY):
            for work in (
                lambda who=forgot: service.within(Filters(), who),
                lambda who=forgot: service.source("archive/plants.md", who),
                lambda who=forgot: service.infos((), who),
                lambda who=forgot: service.states((), who),
                lambda who=forgot: asyncio.run(service.ask("Who?", door="x", who=who)),
                lambda who=forgot: asyncio.run(service.passages("Who?", 3, door="x", who=who)),
                lambda who=forgot: asyncio.run(service.sync(None, print, who=who)),
            ):
                with pytest.raises(AccessError):
                    work()
        assert service.lookup("archive/plants.md") is None
        assert service.lookup("archive/plants.md", TOKEN_HOLDER) is not None
        caller = CALLER.set(TOKEN_HOLDER)
        try:
            assert service.lookup("archive/plants.md") is not None
        finally:
            CALLER.reset(caller)


# ---------------------------------------------------------------- the audit log


def test_the_audit_log_says_who_did_what_and_no_word(
    served: Running, tokens: dict[str, str], settings: Settings
) -> None:
    with as_person(served, tokens["ben"]) as ben:
        asked(ben, MASTER)
        asked(ben, "What is a zyzzyva?", collections=["secretword"], paths=["secretpath"])
        ben.get("/document", params={"name": "harbour:harbour.md"})
        ben.post("/upload?name=secretname.txt", content=b"x")
    entries = [entry for entry in audit_of(settings) if entry["who"] == "ben"]
    acts = [(e["act"], e["outcome"], tuple(e["collections"])) for e in entries]
    assert ("ask", "ok", ("harbour",)) in acts
    assert ("read", "ok", ("harbour",)) in acts
    assert ("ask", "UsageError", ()) in acts
    assert ("refused", "AccessError", ()) in acts
    folder = settings.index.path / AUDIT_FOLDER
    text = (folder / AUDIT_FILE).read_text()
    for word in ("master", "Solveig", "zyzzyva", "secret", ".md", *tokens.values()):
        assert word not in text
    assert {frozenset(each) for each in audit_of(settings)} == {
        frozenset({"at", "who", "act", "door", "collections", "outcome"})
    }
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / AUDIT_FILE).stat().st_mode) == 0o600


def test_every_reading_is_written_down_with_its_collections(
    served: Running, tokens: dict[str, str], settings: Settings
) -> None:
    def since(done: int) -> list[tuple[str, str, str, tuple[str, ...]]]:
        found = [entry for entry in audit_of(settings)[done:] if entry["who"] == "ben"]
        return [(e["act"], e["door"], e["outcome"], tuple(e["collections"])) for e in found]

    before = len(audit_of(settings))
    tools_of(served, tokens["ben"], [("search", {"question": MASTER}), ("list_documents", {})])
    with as_person(served, tokens["ben"]) as ben:
        asked(ben, "a" * 200_000)
        ben.get("/document/page.png", params={"name": "harbour:harbour.md", "page": 1})
        ben.get("/document/page.png", params={"name": "archive/plants.md", "page": 1})
        ben.get("/document/timeline")
        ben.get("/document/timeline", params={"collection": "default"})
        ben.get("/document/cards")
        ben.get("/document/cards", params={"collection": "default"})
    assert since(before) == [
        ("search", "mcp", "ok", ("harbour",)),
        ("list", "mcp", "ok", ("harbour",)),
        ("list", "mcp", "ok", ("harbour",)),
        ("read", "mcp", "ok", ("harbour",)),
        ("ask", "http", "QuestionError", ("harbour",)),
        ("read", "page", "ok", ("harbour",)),
        ("read", "page", "UsageError", ("default",)),
        ("read", "page", "ok", ("harbour",)),
        ("read", "page", "UsageError", ("default",)),
        ("read", "page", "ok", ("harbour",)),
        ("read", "page", "UsageError", ("default",)),
    ]


def test_wrong_tokens_do_not_fill_the_audit_log(served: Running, settings: Settings) -> None:
    def refusals() -> int:
        return sum(e["act"] == "login" and e["outcome"] == "refused" for e in audit_of(settings))

    before = refusals()
    for _ in range(8):
        assert httpx.post(f"{served.url}/login", data={"token": "wrong"}, timeout=30).is_error
    assert refusals() - before <= 5
    clock = [1000.0]
    access = Access(TOKEN, lambda: clock[0])
    noted: list[bool] = []

    async def many() -> None:
        async def one() -> None:
            noted.append(access.is_noted())
            await access.refuse()

        await asyncio.gather(*(one() for _ in range(50)))

    asyncio.run(many())
    assert noted == [True] * 5 + [False] * 45
    clock[0] += 60
    assert access.is_noted()
    assert not access.is_noted()


def test_the_audit_log_keeps_its_size(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit", 0.005)
    for number in range(100):
        log.record(f"p{number}", "ask", "http", ["default"], "ok")
    files = sorted((tmp_path / "audit").iterdir())
    assert len(files) == 5
    assert sum(file.stat().st_size for file in files) <= 5000
    assert '"p99"' in (tmp_path / "audit" / AUDIT_FILE).read_text()
    (tmp_path / "audit" / AUDIT_FILE).unlink()
    (tmp_path / "audit" / AUDIT_FILE).symlink_to(tmp_path / "elsewhere")
    log.record("p", "ask", "http", [], "ok")
    assert not (tmp_path / "elsewhere").exists()


# ---------------------------------------------------------------- settings and commands


def test_the_one_token_works_as_before(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    monkeypatch.delenv(settings.server.token_env, raising=False)
    public = settings.server.model_copy(update={"host": "0.0.0.0"})
    assert read_token(public) == "", "people are enough"
    with pytest.raises(SettingsError, match="can be reached"):
        read_token(public.model_copy(update={"people": ""}))
    plain = Access(TOKEN)
    assert plain.person(f"Bearer {TOKEN}", "") is TOKEN_HOLDER
    assert plain.person("", plain.log_in(TOKEN)) is TOKEN_HOLDER
    token = add_person(place / "both.json", checked_person("odd", ["ask"], ["all"]))
    both = Access(TOKEN, people=People(place / "both.json"))
    ours = both.person(f"Bearer {token}", both.log_in(TOKEN))
    assert ours is not None
    assert ours.name == "odd", "a token counts before a cookie"
    assert plain.person("", "") is None
    assert Access("").person("", "") is ANYBODY


def test_people_are_made_and_taken_back_by_commands(place: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("server: {people: people.json}\n")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "assistant", "people", *words, "--config", str(config)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    made = run("add", "ida", "--rights", "ask,add", "--collection", "all")
    assert made.returncode == 0, made.stderr
    token = made.stdout.strip()
    assert len(token) == 43
    assert People(tmp_path / "people.json").with_token(token).name == "ida"  # type: ignore[union-attr]
    assert "ida: ask, add; collections all" in run("list").stdout
    assert run("add", "ida").returncode == 2
    assert run("add", "joe", "--collection", "nowhere").returncode == 2
    assert run("add", "joe", "--rights", "rule").returncode == 2
    renewed = run("renew", "ida").stdout.strip()
    assert renewed != token
    assert run("remove", "ida").returncode == 0
    assert known_people(tmp_path / "people.json") == ()
    config.write_text("")
    assert "server.people is empty" in run("list").stderr
