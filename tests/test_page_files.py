"""The page names the files it needs; they are given out compressed, once and for long."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Route
from support_server import Running, running

from assistant import Assistant
from assistant.server import page_files

ASSETS = page_files._BUILD / "assets"
NAMED = re.compile(r'<link rel="(?:module)?preload"[^>]* href="([^"]+)">')


@pytest.fixture(scope="module")
def server(notes: Assistant) -> Iterator[Running]:
    with running(notes) as found:
        yield found


@pytest.fixture(scope="module")
def named(server: Running) -> list[str]:
    return NAMED.findall(httpx.get(server.url).text)


def test_the_page_names_what_a_browser_would_ask_for_by_itself(
    browser: Browser, server: Running, named: list[str]
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    asked: set[str] = set()

    def without_names(route: Route) -> None:
        reply = route.fetch()
        route.fulfill(response=reply, body=NAMED.sub("", reply.text()))

    page.on("request", lambda request: asked.add(request.url.removeprefix(server.url)))
    page.route(f"{server.url}/", without_names)
    page.goto(server.url)
    page.wait_for_selector("#library .library", state="attached")
    context.close()
    hashed = ("/assets/", "/own/", "/theme.css")
    assert {each for each in asked if each.startswith(hashed)} == set(named)
    assert len(named) == len(set(named))
    assert len(named) > 40


def test_a_browser_asks_once_for_each_and_uses_it(browser: Browser, server: Running) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(server.url)
    page.wait_for_selector("#question textarea")
    page.wait_for_timeout(4000)  # Chromium complains after three seconds of a file that nobody used
    context.close()
    kept = [each for each in asked if "/assets/" in each or "/own/" in each]
    assert len(kept) == len(set(kept))
    assert [each for each in said if "preload" in each] == []


def test_files_come_compressed_and_stay_for_long(server: Running, named: list[str]) -> None:
    for address in named:
        if address.startswith("/theme.css"):
            continue
        packed = httpx.get(server.url + address, headers={"Accept-Encoding": "gzip"})
        plain = httpx.get(server.url + address, headers={"Accept-Encoding": "identity"})
        for reply in (packed, plain):
            assert reply.status_code == 200
            assert "immutable" in reply.headers["cache-control"]
            assert reply.headers["vary"] == "Accept-Encoding"
            assert reply.headers["x-content-type-options"] == "nosniff"
        refused = httpx.head(server.url + address, headers={"Accept-Encoding": "gzip;q=0, br"})
        assert "content-encoding" not in refused.headers
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert packed.content == plain.content
        if address.startswith("/assets/"):
            assert plain.content == (ASSETS / address.removeprefix("/assets/")).read_bytes()
            kind = "javascript" if address.endswith(".js") else "css"
            assert kind in plain.headers["content-type"]


def test_only_an_address_with_the_right_digest_stays(server: Running, named: list[str]) -> None:
    ours = next(each for each in named if each.startswith("/own/chat.js"))
    path = ours.partition("?")[0]
    for address in (path, f"{path}?v=0", f"{ours}&x=1"):
        reply = httpx.get(server.url + address)
        assert reply.status_code == 200
        assert "immutable" not in reply.headers.get("cache-control", "")
    assert httpx.get(f"{server.url}/assets/x.js").status_code == 404
    assert httpx.post(server.url + ours).status_code == 405
    head = httpx.head(server.url + ours)
    assert head.content == b""
    assert int(head.headers["content-length"]) > 1000


def test_the_digest_is_that_of_the_content(monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setattr(page_files, "STATIC", tmp_path)
    (tmp_path / "a.js").write_text("1")
    first = page_files.own_address("a.js")
    (tmp_path / "a.js").write_text("2")
    assert page_files.own_address("a.js") != first


def test_a_build_of_another_form_gives_fewer_names(tmp_path: Path) -> None:
    plain, listed = tmp_path / "plain", tmp_path / "listed"
    for build in (plain, listed):
        (build / "assets").mkdir(parents=True)
        (build / "index.html").write_text(
            '<script src="./assets/a.js"></script><link href="./assets/gone.css">'
        )
        (build / "assets" / "b.js").write_text("")
    (plain / "assets" / "a.js").write_text("import('./b.js')")
    (listed / "assets" / "a.js").write_text(
        'm.f=["./b.js"])))=>0;x(()=>import(`./b.js`),__vite__mapDeps([0,7]))'
    )
    types = frozenset({"textbox"})
    assert page_files.gradio_files(types, plain) == ("a.js",)
    assert page_files.gradio_files(types, listed) == ("a.js", "b.js")


def test_the_compressed_form_is_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("let a = 1;" * 100)
    kept = page_files._PageFile(tmp_path / "a.js")
    assert gzip.decompress(kept.packed) == kept.plain
    assert kept.packed is kept.packed
