"""A whole server in a thread, and a real browser in front of it.

``running(assistant)`` serves on a free port of this machine until its block ends. The browser is
Debian's Chromium driven by Playwright; without one the tests skip, unless ``CI_REQUIRE_BROWSER=1``.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from assistant import Assistant
from assistant.server.app import Application, make_app
from assistant.server.running import server_config

T = TypeVar("T")

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome")
     if (found := shutil.which(name))), "",
)  # fmt: skip
expect.set_options(timeout=20_000)  # the libraries of a model take 5 s to load, once

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@dataclass(slots=True)
class Running:
    """A server that answers at ``url``."""

    url: str
    application: Application

    @property
    def assistant(self) -> Assistant:
        return self.application.service.assistant


@contextmanager
def running(assistant: Assistant, token: str = "", **uvicorn_settings: Any) -> Iterator[Running]:
    """Serve an assistant. The caller keeps it and closes it."""
    application = make_app(assistant, token)
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    config = server_config(
        application.asgi, assistant.settings.server, log_config=None, log_level="critical",
        timeout_graceful_shutdown=1, **uvicorn_settings,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the server did not start")
        time.sleep(0.01)
    try:
        port = listener.getsockname()[1]
        yield Running(f"http://127.0.0.1:{port}", application)
    finally:
        server.should_exit = True
        thread.join(15)
        listener.close()


def in_thread(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine gives: the browser has the event loop of the test's own thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser; skips the test without one."""
    if not CHROMIUM:
        if os.environ.get("CI_REQUIRE_BROWSER") == "1":
            pytest.fail("CI_REQUIRE_BROWSER=1, but there is no Chromium")
        pytest.skip("needs Chromium (Debian's package `chromium`)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


class Screen:
    """A page of the chat, as a person uses it, with all that went wrong on it."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.page: Page = context.new_page()
        self.url = url
        self.outside: list[str] = []
        self.problems: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.problems.append("dialog"), dialog.dismiss()))
        context.route(re.compile(".*"), self._pass_on)
        self.page.set_default_timeout(20_000)

    def _note(self, message: Any) -> None:
        if message.type == "error":
            self.problems.append(message.text)

    def _pass_on(self, route: Route) -> None:
        address = route.request.url
        if address.startswith((self.url, "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(address)
            route.abort()

    def open(self) -> Screen:
        """Load the page and wait until it can be used."""
        self.page.goto(self.url)
        self.page.wait_for_selector("#question textarea")
        self.page.wait_for_selector("#library .library", state="attached")
        self.page.wait_for_selector("#early", state="detached")  # it shows the same before
        return self

    def ask(self, question: str) -> None:
        """Type a question and press Enter."""
        box = self.page.locator("#question textarea")
        box.click()
        box.fill(question)
        box.press("Enter")

    def answered(self, count: int = 1) -> None:
        """Wait for so many finished messages, and for the Ask button to be back."""
        self.page.wait_for_function(
            "count => document.querySelectorAll('#chat .answer:not(.partial)').length >= count",
            arg=count,
        )
        self.page.wait_for_selector("#ask", state="visible")

    def open_sidebar(self) -> None:
        """Open the sidebar unless it is open."""
        if not self.page.locator("#sidebar.open").count():
            self.page.get_by_role("button", name="Toggle Sidebar").click()
            self.page.wait_for_selector("#new", state="visible")
