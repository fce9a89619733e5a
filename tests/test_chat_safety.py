"""Hostile documents and models in front of a real browser: nothing runs, nothing is requested.

Row 12 and 13 of the guarantees, on the payloads of ``benchmarks.page_payloads``: as the page is
served, then with each wall taken away in turn.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from support_server import Screen, running

from assistant import Assistant
from benchmarks.page_payloads import PAYLOADS, WALLS, trial

pytestmark = pytest.mark.browser


def test_no_payload_runs_or_loads_anything(browser: Browser) -> None:
    found = trial(browser, numbers=range(0, len(PAYLOADS), 2))
    assert found.shown == len(PAYLOADS), "a payload was not on the page at all"
    assert (found.ran, found.requested) == ([], [])


@pytest.mark.parametrize("wall", WALLS)
def test_any_wall_may_fall(browser: Browser, wall: str) -> None:
    standing = [each for each in WALLS if each != wall]
    start = 1 + 2 * WALLS.index(wall)  # the benchmark tries all of them
    found = trial(browser, standing, range(start, len(PAYLOADS), 10))
    assert found.shown
    assert (found.ran, found.requested) == ([], [])


def test_without_any_wall_the_trial_notices(browser: Browser) -> None:
    found = trial(browser, [], [1, 3, 4])
    assert found.requested
    assert found.ran


def test_the_token_is_given_in_a_browser_and_the_chat_works_behind_it(
    browser: Browser, sample: Assistant
) -> None:
    """Browsers send headers that programs do not: a form's origin among them."""
    token = "a-token-of-24-characters"
    with running(sample, token) as server:
        context = browser.new_context()
        screen = Screen(context, server.url)
        screen.page.goto(server.url)
        screen.page.fill("#token", "not-the-right-token")
        screen.page.click("button")
        expect(screen.page.locator(".error")).to_contain_text("not the token")
        screen.page.fill("#token", token)
        screen.page.click("button")
        screen.page.wait_for_selector("#question textarea")
        screen.ask("When was ICLR founded?")
        screen.answered()
        expect(screen.page.locator("#chat .answer > p button.marker")).to_have_count(2)
        context.close()


def test_the_openapi_page_is_drawn_in_a_browser(browser: Browser, sample: Assistant) -> None:
    with running(sample) as server:
        context = browser.new_context()
        screen = Screen(context, server.url)
        screen.page.goto(f"{server.url}/docs")
        expect(screen.page.locator(".opblock").first).to_be_visible()
        assert screen.outside == []
        assert screen.problems == []
        context.close()
