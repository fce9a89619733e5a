"""The question box that is there before the page: what is typed into it is not lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from support_server import Running, Screen, running
from test_chat_access import serious

from assistant import Assistant
from assistant.chat.library import Library

QUESTION = "When was the archive founded?"


@pytest.fixture(scope="module")
def server(notes: Assistant) -> Iterator[Running]:
    with running(notes) as found:
        yield found


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1280, "height": 800})
    yield made
    made.close()


class Held:
    """Gradio's entry script waits until it is let go."""

    def __init__(self, page: Page) -> None:
        self._routes: list[Route] = []
        self._is_held = True
        self._lock = threading.Lock()
        page.route("**/assets/index-*.js", self._take)

    def _take(self, route: Route) -> None:
        with self._lock:
            if self._is_held:
                self._routes.append(route)
                return
        route.continue_()

    def let_go(self) -> None:
        with self._lock:
            self._is_held = False
            waiting, self._routes = self._routes, []
        for route in waiting:
            route.continue_()


def begun(context: BrowserContext, server: Running) -> tuple[Screen, Held]:
    screen = Screen(context, server.url)
    held = Held(screen.page)
    screen.page.goto(server.url, wait_until="commit")
    expect(screen.page.locator("#early-question")).to_be_focused()
    return screen, held


def test_words_caret_and_focus_go_over_to_the_pages_own_box(
    context: BrowserContext, server: Running
) -> None:
    screen, held = begun(context, server)
    page = screen.page
    page.keyboard.type("When the archive?")
    for _ in range(len(" the archive?")):
        page.keyboard.press("ArrowLeft")
    assert page.locator("#question").count() == 0
    held.let_go()
    box = page.locator("#question textarea")
    expect(box).to_have_value("When the archive?")
    expect(box).to_be_focused()
    expect(page.locator("#early")).to_have_count(0)
    page.keyboard.type(" was")
    expect(box).to_have_value("When was the archive?")
    page.wait_for_selector("#library .library", state="attached")
    expect(box).to_have_value("When was the archive?")
    assert page.locator("#chat .answer").count() == 0, "nothing was asked"
    assert screen.problems == screen.outside == []


def test_enter_asks_as_soon_as_the_page_is_there(context: BrowserContext, server: Running) -> None:
    screen, held = begun(context, server)
    page = screen.page
    page.keyboard.press("Enter")  # nothing to ask
    page.keyboard.type("When was")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("the archive founded?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("It will be asked")
    page.keyboard.type("lost")
    held.let_go()
    screen.answered()
    asked = page.locator("#chat .message.user, #chat .user").first
    expect(asked).to_contain_text("When was")
    expect(asked).to_contain_text("the archive founded?")
    expect(asked).not_to_contain_text("lost")
    expect(page.locator("#question textarea")).to_have_value("")
    assert page.locator("#chat .answer").count() == 1, "asked once"
    assert screen.problems == []


@pytest.mark.parametrize("is_asked_early", [True, False])
def test_a_question_is_asked_once_while_the_documents_are_slow(
    context: BrowserContext,
    server: Running,
    monkeypatch: pytest.MonkeyPatch,
    is_asked_early: bool,
) -> None:
    """The page's own box is there before the last conversation is: a question from it would be
    drawn over, and one that waits would be asked again."""
    state, going = Library.state, threading.Event()

    def slow(self: Library, *arguments: Any) -> Any:
        assert going.wait(30)
        return state(self, *arguments)

    monkeypatch.setattr(Library, "state", slow)
    screen, held = begun(context, server)
    page = screen.page
    page.keyboard.type(QUESTION)
    if is_asked_early:
        page.keyboard.press("Enter")
    held.let_go()
    try:
        page.wait_for_selector("#question textarea", state="attached")
        page.wait_for_timeout(500)
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)
    finally:
        going.set()
    screen.answered()
    page.wait_for_timeout(1_500)
    asked = page.locator("#chat .message.user, #chat .user")
    assert [each.strip() for each in asked.all_inner_texts()] == [QUESTION]
    assert page.locator("#chat .answer").count() == 1
    expect(page.locator("#question textarea")).to_have_value("")
    assert screen.problems == []


def test_a_page_whose_documents_do_not_come_gets_the_words(
    context: BrowserContext, server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Library, *arguments: Any) -> Any:
        raise RuntimeError("no list")

    monkeypatch.setattr(Library, "state", broken)
    screen, held = begun(context, server)
    page = screen.page
    page.clock.install()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    held.let_go()
    page.wait_for_selector("#question textarea", state="attached")
    page.clock.fast_forward(60_000)
    expect(page.locator("#early")).to_have_count(0)
    screen.answered()


def test_enter_and_ask_before_the_server_answers_ask_once(
    context: BrowserContext, server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen, going, began = Library.chosen, threading.Event(), 0
    begin = server.application.conversations.begin

    def counted(*arguments: Any) -> str:
        nonlocal began
        began += 1
        return begin(*arguments)

    monkeypatch.setattr(server.application.conversations, "begin", counted)

    def slow(self: Library, *arguments: Any) -> Any:
        assert going.wait(30)
        return chosen(self, *arguments)

    screen = Screen(context, server.url).open()
    page = screen.page
    expect(page.locator("#early")).to_have_count(0)
    monkeypatch.setattr(Library, "chosen", slow)
    screen.ask(QUESTION)
    try:
        page.keyboard.press("Enter")
        page.locator("#ask").click()
        page.locator("#ask").click()
        page.wait_for_timeout(800)
    finally:
        going.set()
    screen.answered()
    page.wait_for_timeout(1_500)
    asked = page.locator("#chat .message.user, #chat .user")
    assert [each.strip() for each in asked.all_inner_texts()] == [QUESTION]
    assert began == 1
    assert screen.problems == []


def test_a_page_that_comes_at_once_begins_empty(context: BrowserContext, server: Running) -> None:
    screen = Screen(context, server.url).open()
    expect(screen.page.locator("#early")).to_have_count(0)
    expect(screen.page.locator("#question textarea")).to_have_value("")
    screen.ask(QUESTION)
    screen.answered()
    assert screen.problems == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_axe_finds_nothing_serious_before_the_page(
    browser: Browser, server: Running, scheme: Any, size: tuple[int, int]
) -> None:
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    screen, held = begun(context, server)
    screen.page.keyboard.type("a" * 200)
    assert serious(screen) == []
    assert screen.page.evaluate("document.documentElement.scrollWidth") <= width
    held.let_go()
    context.close()
