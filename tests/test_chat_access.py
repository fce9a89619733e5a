"""Accessibility by axe-core: no serious violation on any state of the page, light and dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from support_server import Screen, running

from assistant import Assistant

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def url(sample: Assistant) -> Iterator[str]:
    with running(sample) as server:
        yield server.url


DRAWN = (
    "() => document.querySelector('#chat .examples')"
    " && !document.querySelector('#chat .examples[role=list]')"
)
"""The examples are drawn, and the script has mended what Gradio says of them."""


def serious(screen: Screen) -> list[str]:
    """Every serious or critical finding with the elements that it is about."""
    found = Axe().run(screen.page)
    return [
        f"{each['id']} ({each['impact']}): {node['html'][:160]} {node['any'][:1]}"
        for each in found.response["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"][:3]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Browser, url: str, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    screen = Screen(context, url)
    screen.page.add_init_script(f"localStorage.setItem('theme', '{scheme}')")
    screen.open()
    page = screen.page
    page.wait_for_function(DRAWN)
    problems = {"first": serious(screen)}
    screen.ask("When was ICLR founded?")
    screen.answered()
    page.locator("#chat button.marker").first.click()
    for opener in page.locator("#evidence summary").all():
        opener.click()
    problems["answer"] = serious(screen)
    screen.ask("What is the registration fee for ICLR 2024?")
    screen.answered(2)
    page.locator("#chat .keep-question").click()
    page.wait_for_selector("#fb-question", state="visible")
    screen.open_sidebar()
    page.get_by_role("button", name="Ask only of").click()
    page.wait_for_timeout(600)
    problems["refusal, form and sidebar"] = serious(screen)
    page.set_viewport_size({"width": 390, "height": 760})
    page.wait_for_timeout(400)
    problems["narrow"] = serious(screen)
    context.close()
    told = [f"{name}: {each}" for name, found in problems.items() for each in found]
    print("\n".join(told))
    assert told == []


def test_axe_finds_nothing_serious_on_our_own_pages(browser: Browser, url: str) -> None:
    context = browser.new_context()
    screen = Screen(context, url)
    names = ("iclr-history.md", "deep-learning-theory.pdf")
    for path in (*(f"/document?name={name}&start=0&end=90" for name in names), "/document?name=x"):
        screen.page.goto(url + path)
        assert serious(screen) == [], path
    context.close()
