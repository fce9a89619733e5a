"""The server's doors from outside: OpenAI's client, an MCP client, monitors, intruders."""

from __future__ import annotations

import asyncio
import html
import io
import logging
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import openai
import pytest
from conftest import NOTES
from fake_model_server import FakeModelServer
from mcp import Client
from PIL import Image
from support_server import Running, running
from support_texts import write_texts

from assistant import Assistant, load_settings
from assistant.errors import SettingsError
from assistant.server.access import Access
from assistant.server.mcp_door import make_mcp
from assistant.settings import Settings

FOUNDED = "Who is the curator of the archive?"
TOKEN = "a-token-of-24-characters"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Settings:
    place = tmp_path_factory.mktemp("server")
    write_texts(place / "notes", NOTES)
    return load_settings(
        repository / "config.yaml",
        {
            "index.path": str(place / "index"),
            "documents.paths": [str(place / "notes")],
            "chat.uploads": str(place / "uploads"),
        },
    )


@pytest.fixture(scope="module")
def served(settings: Settings) -> Iterator[Running]:
    with Assistant(settings) as assistant:
        assistant.sync()
        with running(assistant) as server:
            yield server


@pytest.fixture(scope="module")
def guarded(settings: Settings) -> Iterator[Running]:
    with Assistant(settings) as assistant:
        assistant.sync()
        with running(assistant, TOKEN) as server:
            yield server


@pytest.fixture
def client(served: Running) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key="none", max_retries=0) as found:
        yield found


# ---------------------------------------------------------------- OpenAI


def test_the_official_client_gets_an_answer_with_annotations(
    client: openai.OpenAI, served: Running
) -> None:
    reply = client.chat.completions.create(
        model="documents", messages=[{"role": "user", "content": FOUNDED}]
    )
    message = reply.choices[0].message
    assert message.content is not None
    assert "Ida Moe" in message.content
    assert message.annotations
    for annotation in message.annotations:
        citation = annotation.url_citation
        cited = message.content[citation.start_index : citation.end_index]
        assert re.search(r"\[\d+\]$", cited)
        page = httpx.get(citation.url)
        marked = re.search(r'<mark id="cited">(.*?)</mark>', page.text, re.DOTALL)
        assert marked is not None
        assert marked.group(1) in cited
    extension = reply.model_dump()["assistant"]
    assert {s["verdict"] for s in extension["sentences"]} == {"verbatim"}


def test_the_official_client_streams(client: openai.OpenAI) -> None:
    words, annotations, extension, usage, reasons = "", [], None, None, []
    for chunk in client.chat.completions.create(
        model="documents",
        messages=[{"role": "user", "content": FOUNDED}],
        stream=True,
        stream_options={"include_usage": True},
    ):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            words += choice.delta.content or ""
            annotations += choice.delta.model_extra.get("annotations") or []
            reasons.append(choice.finish_reason)
        extension = (chunk.model_extra or {}).get("assistant") or extension
    assert extension is not None
    assert words == extension["text"]
    assert annotations
    assert reasons[-1] == "stop"
    assert usage is not None


def test_history_filters_and_parts_of_messages_are_understood(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(
        model="documents",
        messages=[
            {"role": "system", "content": "Answer in French."},
            {"role": "user", "content": "Who laid out the garden of Holm?"},
            {"role": "assistant", "content": "Berta Lindqvist laid it out in 1872 [1]."},
            {"role": "user", "content": [{"type": "text", "text": "What had she studied?"}]},
        ],
        extra_body={"filters": {"paths": ["garden/**"]}},
    )
    assert "botany" in (reply.choices[0].message.content or "")
    assert reply.model_dump()["assistant"]["receipt"]["filters"]


def test_what_cannot_be_asked_is_a_typed_error(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="empty"):
        client.chat.completions.create(
            model="documents", messages=[{"role": "user", "content": " "}]
        )
    with pytest.raises(openai.BadRequestError, match="last message"):
        client.chat.completions.create(
            model="documents", messages=[{"role": "assistant", "content": "Hello"}]
        )
    with pytest.raises(openai.NotFoundError, match="no model"):
        client.chat.completions.create(
            model="gpt-9", messages=[{"role": "user", "content": "Hello"}]
        )
    with pytest.raises(openai.BadRequestError):
        list(
            client.chat.completions.create(
                model="documents", stream=True, messages=[{"role": "user", "content": ""}]
            )
        )
    assert [model.id for model in client.models.list()] == ["documents"]


def test_a_full_line_is_told_at_once_and_leaving_it_stops_the_model(
    served: Running, settings: Settings
) -> None:
    with FakeModelServer(think_seconds=30.0) as model:
        llm = settings.llm.model_copy(update={"model": "grounded", "base_url": model.base_url})
        server = settings.server.model_copy(update={"max_running": 2, "max_waiting": 1})
        slow = settings.model_copy(update={"llm": llm, "server": server})
        with Assistant(slow) as assistant, running(assistant) as service:
            ask = {"model": "documents", "messages": [{"role": "user", "content": FOUNDED}]}

            async def crowd() -> list[int]:
                async with httpx.AsyncClient(base_url=service.url, timeout=60) as http:
                    first = [
                        asyncio.create_task(http.post("/v1/chat/completions", json=ask))
                        for _ in range(3)
                    ]
                    until = time.monotonic() + 30
                    gate = service.application.service.gate
                    while (gate.inside, gate.in_line) != (2, 1) and time.monotonic() < until:
                        await asyncio.sleep(0.02)
                    while model.open_connections < 2 and time.monotonic() < until:
                        await asyncio.sleep(0.02)
                    began = time.monotonic()
                    late = await http.post("/v1/chat/completions", json=ask)
                    assert time.monotonic() - began < 1.0
                    for task in first:
                        task.cancel()
                    await asyncio.gather(*first, return_exceptions=True)
                    return [late.status_code]

            assert asyncio.run(crowd()) == [429]
            until = time.monotonic() + 20
            while model.open_connections and time.monotonic() < until:
                time.sleep(0.02)
            assert model.open_connections == 0
            figures = httpx.get(f"{service.url}/metrics").text
            assert 'assistant_questions_total{door="http",outcome="busy"} 1.0' in figures


# ---------------------------------------------------------------- MCP


def test_an_mcp_client_searches_asks_and_reads(served: Running) -> None:
    async def use() -> None:
        async with Client(f"{served.url}/mcp") as client:
            tools = await client.list_tools()
            names = {tool.name for tool in tools.tools}
            assert names == {"search", "ask", "list_documents", "get_document"}
            found = await client.call_tool("search", {"question": "curator", "limit": 2})
            assert found.structured_content is not None
            passages = found.structured_content["passages"]
            assert passages[0]["document"] == "archive/plants.md"
            answer = await client.call_tool("ask", {"question": FOUNDED})
            assert answer.structured_content is not None
            assert "Ida Moe" in answer.structured_content["text"]
            assert answer.structured_content["sentences"][0]["verdict"] == "verbatim"
            name = passages[0]["document"]
            text = await client.call_tool("get_document", {"document": name, "start": 2, "end": 8})
            assert text.structured_content is not None
            assert text.structured_content["text"] == NOTES[name][2:8]
            wrong = await client.call_tool("get_document", {"document": "../../etc/passwd"})
            assert wrong.is_error

    asyncio.run(use())


# ---------------------------------------------------------------- pages and figures


def test_health_and_figures(served: Running) -> None:
    assert httpx.get(f"{served.url}/healthz").json()["status"] == "ok"
    httpx.post(
        f"{served.url}/v1/chat/completions",
        json={"messages": [{"role": "user", "content": "Who sells umbrellas on Mars?"}]},
    )
    figures = httpx.get(f"{served.url}/metrics")
    assert figures.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'assistant_questions_total{door="http",outcome="abstained"}' in figures.text
    assert "umbrellas" not in figures.text


def test_the_openapi_page_needs_no_other_host(served: Running) -> None:
    page = httpx.get(f"{served.url}/docs")
    assert page.status_code == 200
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert not address.startswith(("http", "//")), address
        assert httpx.get(served.url + address).status_code == 200, address


def test_a_pdf_page_is_a_picture_with_the_place_marked(sample: Assistant, repository: Path) -> None:
    with running(sample) as server:
        name = next(info.name for info in sample.document_infos() if info.kind == "pdf")
        text = sample.document_text(name)
        start = text.index("René Vidal")
        query = {"name": name, "start": start, "end": start + 40}
        page = httpx.get(f"{server.url}/document", params=query)
        assert text[start : start + 40] in page.text
        source = re.search(r'<img src="([^"]+)"', page.text)
        assert source is not None
        address = server.url + html.unescape(source.group(1))
        marked = httpx.get(address)
        plain = httpx.get(re.sub(r"start=\d+&end=\d+", "start=0&end=0", address))
        assert marked.headers["content-type"] == "image/png"
        yellow = (255, 228, 110)
        counts = [
            sum(
                count
                for count, colour in Image.open(io.BytesIO(r.content)).getcolors(10**7) or ()
                if colour == yellow
            )
            for r in (plain, marked)
        ]
        assert counts[0] == 0
        assert counts[1] > 1000
        assert httpx.get(f"{server.url}/document/page.png?name={name}&page=999").status_code == 404


# ---------------------------------------------------------------- intruders (row 20)


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd", "/file=/etc/passwd", "/gradio_api/file=.assistant/CURRENT",
        "/gradio_api/proxy=http://127.0.0.1/", "/own/../app.py", "/own/%2e%2e/page.py",
        "/own/..%2f..%2fsettings.py", "/static/../../etc/passwd", "/assets/..%5c..%5cx",
        "/document/..%2f..%2fetc/passwd", "/export/../conversations.sqlite", "/export/x.md",
        "/gradio_api/call/ask", "/gradio_api/run/predict", "/gradio_api/api/predict",
        "/monitoring/x", "/gradio_api/component_server", "/gradio_api/mcp/", "/gradio_api/stream/a",
        "/document?name=../../etc/passwd", "/document?name=/etc/passwd", "//evil.test/",
        "/gradio_api/deep_link?session_hash=x", "/gradio_api/app_id",
    ],
)  # fmt: skip
def test_no_path_leads_out(served: Running, path: str) -> None:
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as wire:
        wire.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        reply = b""
        while part := wire.recv(65536):
            reply += part
    status = int(reply.split(b" ")[1])
    assert status in (400, 404, 405), reply[:300]
    assert b"root:" not in reply
    assert b"Traceback" not in reply


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.test"}, 421),
        ({"Host": "127.0.0.1.evil.test"}, 421),
        ({"Host": "localhost:1@evil.test"}, 421),
        ({"Host": ""}, 421),
        ({"Host": "localhost ; script-src *"}, 421),
        ({"Host": "[::1%25 ; script-src * ;]"}, 421),
        ({"Host": "localhost:7860"}, 200),
        ({"Host": "[::1]:7860"}, 200),
    ],
)
def test_only_our_own_names_are_answered_to(
    served: Running, headers: dict[str, str], status: int
) -> None:
    assert httpx.get(f"{served.url}/healthz", headers=headers).status_code == status


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.test"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize(
    "path", ["/v1/chat/completions", "/gradio_api/queue/join", "/mcp", "/upload?name=x"]
)
def test_another_page_cannot_send_requests(
    served: Running, headers: dict[str, str], path: str
) -> None:
    reply = httpx.post(f"{served.url}{path}", headers=headers, json={})
    assert reply.status_code == 403


def test_large_requests_end_early(served: Running) -> None:
    large = "x" * 1_100_000
    body = {"messages": [{"role": "user", "content": large}]}
    assert httpx.post(f"{served.url}/v1/chat/completions", json=body).status_code == 413

    def drip() -> Iterator[bytes]:
        for _ in range(30):
            yield b"x" * 100_000

    try:
        status = httpx.post(f"{served.url}/v1/chat/completions", content=drip()).status_code
    except httpx.WriteError:
        status = 413  # the server had closed already
    assert status == 413


def test_an_upload_over_the_limit_is_refused(settings: Settings) -> None:
    documents = settings.documents.model_copy(update={"max_file_megabytes": 0.2})
    with (
        Assistant(settings.model_copy(update={"documents": documents})) as assistant,
        running(assistant) as server,
        httpx.Client(base_url=server.url) as browser,
    ):
        browser.get("/")  # sets the owner's cookie

        def drip() -> Iterator[bytes]:
            for _ in range(5):
                yield b"x" * 100_000

        large = browser.post("/upload?name=large.txt", content=b"x" * 500_000)
        assert large.status_code == 413
        try:
            status = browser.post("/upload?name=large.txt", content=drip()).status_code
        except httpx.WriteError:
            status = 413  # the server had closed already
        assert status == 413
        small = browser.post("/upload?name=small.txt", content=b"x" * 100_000)
        assert small.status_code == 200
        aside = assistant.settings.chat.uploads / ".incoming"
        assert [each.name for each in aside.iterdir()] == [small.json()["upload"]]


def test_an_upload_that_cannot_be_is_one_clear_error(settings: Settings) -> None:
    chat = settings.chat.model_copy(update={"session_upload_megabytes": 0.3})
    with (
        Assistant(settings.model_copy(update={"chat": chat})) as assistant,
        running(assistant) as server,
        httpx.Client(base_url=server.url) as browser,
    ):
        nobody = browser.post("/upload?name=a.txt", content=b"x")
        assert (nobody.status_code, "browser" in nobody.text) == (400, True)
        browser.get("/")
        for name in ("", "%20", "%00"):
            unnamed = browser.post(f"/upload?name={name}", content=b"x")
            assert unnamed.status_code in (200, 400), name
        assert browser.post("/upload", content=b"x").status_code == 400
        assert browser.post("/upload?name=" + "x" * 2000, content=b"x").status_code == 422
        full = browser.post("/upload?name=a.txt", content=b"x" * 300_000)
        assert full.status_code == 413
        assert "in a day" in full.json()["error"]["message"]
        assert browser.post("/gradio_api/upload", files={"files": ("", b"x")}).status_code == 404


def test_a_body_without_a_token_is_a_short_one(guarded: Running) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for content in (b"token=" + b"x" * 20_000, iter([b"token=" + b"x" * 9_000] * 3)):
        try:
            status = httpx.post(f"{guarded.url}/login", content=content, headers=form).status_code
        except httpx.WriteError:
            status = 413  # the server had closed already
        assert status == 413


def test_no_cookie_holds_the_server_up(guarded: Running) -> None:
    """64 KB of backslashes took five seconds of everybody's time."""
    began = time.monotonic()
    for value in ('a="' + '\\"' * 30_000 + '"', "a=b;" * 15_000, "=" * 60_000, ";" * 60_000):
        for path in ("/v1/models", "/login", "/"):
            httpx.get(f"{guarded.url}{path}", headers={"Cookie": value})
    assert time.monotonic() - began < 3


def test_the_application_sees_no_cookies_but_ours(served: Running) -> None:
    owner = httpx.get(f"{served.url}/").cookies["assistant_owner"]
    for other in ("", "x=1; ", 'y="a b"; '):
        again = httpx.get(f"{served.url}/", headers={"Cookie": f"{other}assistant_owner={owner}"})
        assert "set-cookie" not in again.headers, "the owner was known"
    odd = httpx.get(f"{served.url}/", headers={"Cookie": "assistant_owner=" + "x" * 5000})
    assert "assistant_owner" in odd.cookies


def test_addresses_of_the_page_ask_nothing_of_gradio(
    served: Running, capfd: pytest.CaptureFixture[str]
) -> None:
    for path in ("/?page=x", "/?deep_link=a", "/config?page=x&deep_link=a"):
        assert httpx.get(served.url + path).status_code == 200, path
    with httpx.Client(base_url=served.url) as browser:
        browser.get("/")
        gone = browser.get("/gradio_api/queue/data?session_hash=of-before")
        assert '"session_not_found": true' in gone.text
        assert browser.get("/gradio_api/queue/data").status_code == 403
    assert "Traceback" not in capfd.readouterr().err


def test_no_library_gives_the_root_logger_a_handler(served: Running) -> None:
    """The MCP kit's own takes five seconds for a traceback."""
    root = logging.getLogger()
    kept, root.handlers = root.handlers, []
    try:
        make_mcp(served.application.service)
        assert root.handlers == []
    finally:
        root.handlers = kept


def test_a_websocket_handshake_is_refused(served: Running) -> None:
    host, port = served.url.removeprefix("http://").split(":")
    for path in ("/", "/gradio_api/queue/join", "/mcp", "/nowhere"):
        head = (
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\n"
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        with socket.create_connection((host, int(port)), timeout=10) as wire:
            wire.sendall(head.encode())
            status = int(wire.recv(100).split(b" ")[1])
        assert status in (200, 403, 404, 405, 406), path


def test_every_answer_has_the_headers(served: Running) -> None:
    for path in ("/", "/healthz", "/nowhere", "/document?name=x", "/theme.css", "/v1/models"):
        headers = httpx.get(served.url + path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'"), path
        assert "unsafe-eval" not in policy
        assert "script-src 'unsafe-inline'" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    page = httpx.get(f"{served.url}/")
    cookie = page.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


# ---------------------------------------------------------------- with a token


def test_without_the_token_nothing_is_told(guarded: Running) -> None:
    for path in ("/v1/models", "/metrics", "/document?name=x", "/openapi.json", "/export/x.md"):
        assert httpx.get(guarded.url + path).status_code == 401, path
    assert httpx.post(f"{guarded.url}/mcp", json={}).status_code == 401
    assert httpx.post(f"{guarded.url}/upload?name=x").status_code == 401
    page = httpx.get(f"{guarded.url}/", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, "/login")
    assert httpx.get(f"{guarded.url}/healthz").status_code == 200
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert httpx.get(f"{guarded.url}/v1/models", headers=bearer).status_code == 200


def test_a_browser_gives_the_token_once(guarded: Running) -> None:
    with httpx.Client(base_url=guarded.url, headers={"Accept": "text/html"}) as browser:
        assert "token" in browser.get("/login").text
        assert browser.post("/login", data={"token": "wrong"}).status_code == 403
        assert browser.post("/login", data={"token": TOKEN}).status_code == 303
        assert browser.get("/").status_code == 200
        assert browser.post("/logout").status_code == 303
        browser.cookies.delete("assistant_session")
        assert browser.get("/").status_code == 303


def test_wrong_tokens_are_slowed_down_and_the_right_one_never_is(settings: Settings) -> None:
    """From one address, under changing ones that a client makes up, at the page and as a bearer."""
    with (
        Assistant(settings) as assistant,
        running(assistant, TOKEN) as server,
        httpx.Client(base_url=server.url) as intruder,
    ):
        began = time.monotonic()
        pages = [
            intruder.post(
                "/login",
                data={"token": f"guess{n}"},
                headers={"X-Forwarded-For": f"203.0.113.{n}", "Forwarded": f"for=203.0.113.{n}"},
            )
            for n in range(8)
        ]
        assert [page.status_code for page in pages] == [403] * 5 + [429] * 3
        assert [int(page.headers["retry-after"]) for page in pages[5:]] == [2, 4, 8]
        assert time.monotonic() - began > 2.9  # each is kept waiting a second as well
        for accept in ("application/json", "text/html"):
            guess = {"Authorization": "Bearer guess", "Accept": accept}
            refused = intruder.get("/", headers=guess)
            assert refused.status_code == 429, accept
            assert int(refused.headers["retry-after"]) > 8
        assert intruder.get("/v1/models").status_code == 401  # who guesses nothing is not throttled
        began = time.monotonic()
        right = {"Authorization": f"Bearer {TOKEN}"}
        assert intruder.get("/v1/models", headers=right).status_code == 200
        assert intruder.post("/login", data={"token": TOKEN}).status_code == 303
        assert time.monotonic() - began < 0.9


def test_wrong_tokens_are_forgotten_after_a_while() -> None:
    now = [0.0]
    access = Access(TOKEN, clock=lambda: now[0])

    async def guess(times: int) -> list[float]:
        return [await access.refuse() for _ in range(times)]

    assert asyncio.run(guess(6)) == [0.0] * 5 + [2.0]
    now[0] = 899.0
    assert asyncio.run(guess(1)) == [4.0]
    now[0] = 1800.0
    assert asyncio.run(guess(1)) == [0.0]


@pytest.mark.parametrize("token", ["short", "a" * 40, "abcabcabcabcabcabcabc"])
def test_a_token_that_is_soon_guessed_is_refused(token: str) -> None:
    with pytest.raises(SettingsError, match="characters"):
        Access(token)


# ---------------------------------------------------------------- the command


def test_a_public_address_needs_a_token(repository: Path, tmp_path: Path) -> None:
    def serve(*more: str, **environment: str) -> subprocess.CompletedProcess[str]:
        python = str(Path(sys.executable).absolute())
        return subprocess.run(
            [python, "-m", "assistant.cli", "serve", "--port", "0", *more],
            cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
            env={**os.environ, **environment},
        )  # fmt: skip

    refused = serve("--host", "0.0.0.0")
    assert refused.returncode == 2
    assert "ASSISTANT_TOKEN" in refused.stderr
    short = serve("--host", "0.0.0.0", ASSISTANT_TOKEN="short")
    assert short.returncode == 2
    assert "16" in short.stderr
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = serve("--port", port)
    assert refused.returncode == 2
    assert "--port" in refused.stderr


def test_no_generated_request_is_a_server_error(served: Running) -> None:
    """Schemathesis on the OpenAPI page: hundreds of requests, right and wrong."""
    program = Path(sys.executable).absolute().with_name("schemathesis")
    done = subprocess.run(
        [
            program, "run", f"{served.url}/openapi.json", "--checks", "not_a_server_error",
            "--max-examples", "15", "--seed", "1", "--no-color",
        ],
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    count = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert count is not None
    assert count[1] == count[2]
    assert int(count[1]) > 200
