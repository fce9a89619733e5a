"""What programs meet at ``/v1`` and ``/mcp``: each known field is done or refused in words, errors
have OpenAI's form, and pages of other sites come in only where a setting names them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from mcp import Client
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client
from support_server import Running, running
from support_texts import write_texts
from test_chat_browser import settings_for

from assistant import Assistant, SettingsError, load_settings
from assistant.model.tokens import count_tokens
from assistant.server.chat_fields import Limited, within

TOKEN = "a-token-of-thirty-characters-xyz"
SITE = "https://app.example.org"
ASKED = "Who is the curator of the archive?"
NAMES = {
    "archive/plants & more #1.md": "# Plants of the archive\n\nThe archive keeps a herbarium of "
    "3,400 sheets. Its curator is Ida Moe. The curator of the archive is paid by the town.\n",
    "böhm.md": "# Böhm\n\nA fox lives here.\n",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Running]:
    place = tmp_path_factory.mktemp("doors")
    write_texts(place / "notes", NAMES)
    settings = settings_for(place, repository, server__allowed_origins=[SITE])
    with Assistant(settings) as assistant:
        assistant.sync()
        with running(assistant, TOKEN) as server:
            yield server


def ask(served: Running, **fields: Any) -> httpx.Response:
    body = {"model": "documents", "messages": [{"role": "user", "content": ASKED}], **fields}
    return httpx.post(
        f"{served.url}/v1/chat/completions", json=body,
        headers={"authorization": f"Bearer {TOKEN}"}, timeout=30,
    )  # fmt: skip


PICTURE = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {}}]


@pytest.mark.parametrize(
    ("fields", "param", "words"),
    [
        ({"n": 2}, "n", "One answer"),
        ({"tools": [{"type": "function"}]}, "tools", "No tool is called"),
        ({"functions": [{"name": "x"}]}, "functions", "No tool is called"),
        ({"response_format": {"type": "json_object"}}, "response_format", "Answers are text"),
        ({"response_format": {"type": "json_schema"}}, "response_format", "Answers are text"),
        ({"stop": ["\n"]}, "stop", "not cut at words"),
        ({"logprobs": True}, "logprobs", "no probabilities"),
        ({"modalities": ["text", "audio"]}, "modalities", "text alone"),
        ({"max_tokens": 0}, "max_tokens", "no number of tokens"),
        ({"messages": [{"role": "user", "content": PICTURE}]}, "messages", "image_url"),
        ({"model": "gpt-9"}, "model", "no model"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_what_cannot_be_done_is_refused_in_words(
    served: Running, fields: dict[str, Any], param: str, words: str, stream: bool
) -> None:
    reply = ask(served, stream=stream, **fields)
    assert reply.status_code in (400, 404)
    error = reply.json()["error"]
    assert error["param"] == param
    assert words in error["message"]
    assert set(error) == {"message", "type", "param", "code"}


@pytest.mark.parametrize(
    "fields",
    [
        {"n": 1, "stop": None, "tools": [], "response_format": {"type": "text"}},
        {"temperature": 0.2, "top_p": 1, "seed": 7, "user": "x", "stop": []},
        {"tools": [{"type": "function"}], "tool_choice": "none", "logprobs": False},
        {"max_tokens": 4000, "modalities": ["text"]},
    ],
)
def test_what_changes_nothing_is_let_through(served: Running, fields: dict[str, Any]) -> None:
    reply = ask(served, **fields)
    assert reply.status_code == 200
    assert "Ida Moe" in reply.json()["choices"][0]["message"]["content"]


def test_max_tokens_limits_the_answer_and_its_citations(served: Running) -> None:
    whole = ask(served).json()["choices"][0]
    size = count_tokens(whole["message"]["content"])
    for name in ("max_tokens", "max_completion_tokens"):
        cut = ask(served, **{name: size - 3}).json()["choices"][0]
        words = cut["message"]["content"]
        assert whole["message"]["content"].startswith(words)
        assert 0 < count_tokens(words) <= size - 3
        assert cut["finish_reason"] == "length"
        ends = [each["url_citation"]["end_index"] for each in cut["message"]["annotations"]]
        assert all(end <= len(words) for end in ends)
        assert len(ends) < len(whole["message"]["annotations"])
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key=TOKEN, max_retries=0) as client:
        streamed, reasons = "", []
        for chunk in client.chat.completions.create(
            model="documents", messages=[{"role": "user", "content": ASKED}], stream=True,
            max_tokens=size - 3,
        ):  # fmt: skip
            for choice in chunk.choices:
                streamed += choice.delta.content or ""
                reasons.append(choice.finish_reason)
    assert 0 < count_tokens(streamed) <= size - 3
    assert whole["message"]["content"].startswith(streamed)
    assert reasons[-1] == "length"


def test_a_limit_cuts_between_words_however_the_pieces_come() -> None:
    text = "The archive keeps a herbarium of 3,400 sheets. " * 30
    for limit in (1, 7, 50, 10_000):
        end = within(text, limit)
        assert count_tokens(text[:end]) <= limit or end == len(text)
        limited = Limited(limit)
        sent = "".join(limited.take(text[at : at + 5]) for at in range(0, len(text), 5))
        assert text.startswith(sent)
        assert count_tokens(sent) <= limit
        assert limited.is_cut == (limit < 10_000)


@pytest.mark.parametrize("path", ["embeddings", "responses", "completions", "nowhere/at/all"])
def test_what_of_openai_is_not_here_says_what_is(served: Running, path: str) -> None:
    reply = httpx.post(
        f"{served.url}/v1/{path}", json={}, headers={"authorization": f"Bearer {TOKEN}"}
    )
    assert reply.status_code == 404
    assert "/v1/chat/completions" in reply.json()["error"]["message"]


def test_errors_of_every_wall_have_openais_form(served: Running) -> None:
    right = {"authorization": f"Bearer {TOKEN}"}
    url = f"{served.url}/v1/chat/completions"
    replies = [
        httpx.post(url, json={}),
        httpx.post(url, content=b"{", headers=right),
        httpx.post(url, json={"messages": "x"}, headers=right),
        httpx.post(url, json={}, headers=right | {"host": "evil.test"}),
        httpx.post(url, content=b"x" * 2_000_000, headers=right),
        httpx.get(url, headers=right),
    ]
    for reply in replies:
        error = reply.json()["error"]
        assert set(error) == {"message", "type", "param", "code"}, reply.text
        assert error["message"]
        assert isinstance(error["code"], str)


# ---------------------------------------------------------------- pages of other sites


def test_a_named_site_may_call_the_programs_doors_with_a_token_alone(served: Running) -> None:
    right = {"authorization": f"Bearer {TOKEN}"}
    asking = {"origin": SITE, "access-control-request-method": "POST",
              "access-control-request-headers": "authorization,x-stainless-os"}  # fmt: skip
    url = f"{served.url}/v1/chat/completions"
    before = httpx.options(url, headers=asking)
    assert before.status_code == 200
    assert before.headers["access-control-allow-origin"] == SITE
    assert "access-control-allow-credentials" not in before.headers
    body = {"messages": [{"role": "user", "content": ASKED}]}
    reply = httpx.post(url, json=body, headers={"origin": SITE, **right})
    assert reply.status_code == 200
    assert reply.headers["access-control-allow-origin"] == SITE
    denied = httpx.post(url, json=body, headers={"origin": SITE})
    assert denied.status_code == 401
    assert denied.headers["access-control-allow-origin"] == SITE
    with httpx.Client(base_url=served.url) as browser:  # a session of the chat does not count
        browser.post("/login", data={"token": TOKEN})
        assert browser.get("/v1/models").status_code == 200
        assert browser.get("/v1/models", headers={"origin": SITE}).status_code == 401
        for path in ("/", "/upload?name=x", "/document?name=x", "/gradio_api/queue/join", "/login"):
            for method in ("GET", "POST", "OPTIONS"):
                reply = browser.request(method, path, headers={"origin": SITE, **right})
                assert reply.status_code == 403, path
                assert "access-control-allow-origin" not in reply.headers
    for evil in ("https://evil.test", "null", f"{SITE}.evil.test", SITE.upper(), "http" + SITE[5:]):
        for headers in (asking | {"origin": evil}, right | {"origin": evil}):
            reply = httpx.options(url, headers=headers)
            assert "access-control-allow-origin" not in reply.headers, evil
        assert httpx.post(url, json=body, headers={"origin": evil, **right}).status_code == 403


@pytest.mark.parametrize("origin", ["*", "app.example.org", "https://a.b/c", "javascript:x", ""])
def test_an_origin_is_one_site_by_its_whole_address(origin: str, repository: Path) -> None:
    with pytest.raises(SettingsError, match="allowed_origins"):
        load_settings(repository / "config.yaml", {"server.allowed_origins": [origin]})


# ---------------------------------------------------------------- MCP


def test_what_one_tool_gives_another_takes(served: Running) -> None:
    async def use() -> None:
        async with create_mcp_http_client({"authorization": f"Bearer {TOKEN}"}) as http:
            door = streamable_http_client(f"{served.url}/mcp", http_client=http)
            async with Client(door) as client:
                await look(client)

    async def look(client: Client) -> None:
        listed = (await client.call_tool("list_documents", {})).structured_content
        assert listed is not None
        assert listed["length"] == len(NAMES)
        assert [each["document"] for each in listed["documents"]] == sorted(NAMES)
        part = await client.call_tool("list_documents", {"start": 1, "limit": 1})
        assert part.structured_content is not None
        assert [each["document"] for each in part.structured_content["documents"]] == ["böhm.md"]
        found = await client.call_tool("search", {"question": "curator", "tags": ["archive"]})
        assert found.structured_content is not None
        [first, *_] = found.structured_content["passages"]
        place = {name: first[name] for name in ("document", "start", "end")}
        got = await client.call_tool("get_document", place)
        assert got.structured_content is not None
        assert got.structured_content["text"] == first["text"]
        assert {**got.structured_content, **place} == got.structured_content
        late = await client.call_tool("ask", {"question": ASKED, "after": "2999"})
        assert late.is_error
        resources = (await client.list_resources()).resources
        assert {each.name for each in resources} == set(NAMES)
        for each in resources:
            read = await client.read_resource(each.uri)
            assert getattr(read.contents[0], "text", "") == NAMES[each.name]
        for evil in ("document:///../../etc/passwd", "document:////etc/passwd",
                     "file:///etc/passwd", "document:///nothing"):  # fmt: skip
            with pytest.raises(Exception, match=r"(?i)resource|document|no "):
                await client.read_resource(evil)

    asyncio.run(use())
