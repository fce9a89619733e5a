"""A report asked in the chat, in a real browser: its cost before, its steps, Stop, the exports."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fake_model_server import FakeModelServer
from playwright.sync_api import Browser, Page, expect
from support_server import Running, Screen, in_thread
from test_chat_access import serious
from test_chat_browser import looking_at, serving

from benchmarks.privacy import Page as EventsOfPage
from benchmarks.privacy import call

pytest_plugins = ["support_model_fixtures"]
pytestmark = pytest.mark.browser

QUESTION = "When was the garden of Holm laid out and when does the gate open in winter?"
PARTS = ("When was the garden of Holm laid out?", "When does the gate open in winter?")
SECOND = "#chat .partial:has(.heading) .waiting"
"""The step below a section that is written."""
COST = "at most 16 calls of the model, about 256,000 tokens"


@pytest.fixture
def screen(
    tmp_path: Path, repository: Path, server: FakeModelServer, browser: Browser
) -> Iterator[Screen]:
    more = {"llm__model": "grounded", "llm__base_url": server.base_url}
    with serving(tmp_path, repository, **more) as served, looking_at(served, browser) as found:
        yield found


def offered(page: Page, question: str = QUESTION) -> None:
    """Write a question, and ask for the offer of its report."""
    page.locator("#question textarea").fill(question)
    page.locator("#report").click()
    expect(page.locator("#report-told")).to_be_visible()


def outlines(server: FakeModelServer) -> int:
    """Reports that the model was asked to plan."""
    return sum(b["messages"][0]["content"].startswith("You plan a report") for b in server.bodies())


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_the_cost_is_told_before_and_nothing_is_asked_until_it_is_wanted(
    screen: Screen, server: FakeModelServer, size: tuple[int, int]
) -> None:
    page = screen.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.locator("#report").click()
    expect(page.locator("#report-told")).to_contain_text("Write the question first")
    expect(page.locator("#report-write")).to_be_hidden()
    offered(page)
    expect(page.locator("#report-told")).to_contain_text(COST)
    assert server.requests == []
    page.wait_for_timeout(300)
    for name in ("#report-write", "#report-leave", "#question textarea", "#ask"):
        expect(page.locator(name)).to_be_in_viewport(ratio=1)
    assert serious(screen) == []
    page.locator("#report-leave").click()
    expect(page.locator("#report-told")).to_be_hidden()
    expect(page.locator("#question textarea")).to_have_value(QUESTION)
    assert server.requests == []
    assert screen.problems == []


def test_a_report_is_written_once_and_the_next_question_is_plain(
    screen: Screen, server: FakeModelServer
) -> None:
    page = screen.page
    server.think_seconds = 2.0
    offered(page)
    page.locator("#report-write").click()
    expect(page.locator("#chat .waiting")).to_contain_text(re.compile("Writing section 2 of 16"))
    expect(page.locator("#report-told")).to_be_hidden()
    # the first section stays in view while the second is written
    expect(page.locator(SECOND)).to_contain_text("Writing section 3")
    screen.answered()
    headings = page.locator("#chat .answer .heading")
    assert headings.all_inner_texts() == list(PARTS)
    expect(page.locator("#chat .answer button.marker").first).to_have_class(re.compile("verbatim"))
    assert outlines(server) == 1
    assert serious(screen) == []
    server.think_seconds = 0.0
    screen.ask("Who laid out the garden of Holm?")
    screen.answered(2)
    assert outlines(server) == 1
    page.locator("#report").click()  # and nothing of the last question is left
    expect(page.locator("#report-told")).to_contain_text("Write the question first")
    assert screen.problems == []


def test_enter_asks_a_plain_question_though_a_report_is_offered(
    screen: Screen, server: FakeModelServer
) -> None:
    page = screen.page
    offered(page)
    page.locator("#question textarea").press("Enter")
    screen.answered()
    expect(page.locator("#report-told")).to_be_hidden()
    assert outlines(server) == 0


def test_a_report_can_be_stopped_and_keeps_what_came(
    screen: Screen, server: FakeModelServer
) -> None:
    page = screen.page
    offered(page)
    server.think_seconds = 3.0
    page.locator("#report-write").click()
    expect(page.locator(SECOND)).to_contain_text("Writing section 3")
    expect(page.locator("#report")).to_be_hidden()  # one answer after the other
    page.locator("#stop").click()
    screen.answered()
    expect(page.locator("#chat .answer")).to_contain_text("stopped by you")
    expect(page.locator("#chat .answer .heading")).to_have_text(PARTS[0])
    seen = len(server.requests)
    page.wait_for_timeout(1000)
    assert len(server.requests) == seen
    expect(page.locator("#report")).to_be_visible()


def test_a_report_is_exported_as_markdown_and_as_word(screen: Screen) -> None:
    page = screen.page
    offered(page)
    page.locator("#report-write").click()
    screen.answered()
    page.locator("#chat .pin-answer").click()
    screen.open_sidebar()
    with page.expect_download() as waiting:
        page.get_by_text("Export as Markdown").first.click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    page.get_by_role("button", name="Notes").click()
    with page.expect_download() as waiting:
        page.get_by_text("as Word").click()
    data = Path(waiting.value.path()).read_bytes()
    word = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    for part in PARTS:
        assert f"## {part}" in text
        assert part in word
    for quote in ("laid out in 1872 by Berta Lindqvist", "9:00 in winter"):
        assert quote in text
        assert quote in word


def test_money_is_told_where_prices_are_known(
    tmp_path: Path, repository: Path, server: FakeModelServer, browser: Browser
) -> None:
    more = {
        "llm__model": "grounded", "llm__base_url": server.base_url, "answer__deep_calls": 5,
        "llm__prices": {"grounded": [1.0, 2.0]},
    }  # fmt: skip
    with serving(tmp_path, repository, **more) as served, looking_at(served, browser) as screen:
        offered(screen.page)
        told = screen.page.locator("#report-told")
        expect(told).to_contain_text("at most 5 calls of the model")
        expect(told).to_contain_text(re.compile(r"at most \$0\.0\d{3}"))


def test_without_a_model_there_is_no_report(
    tmp_path: Path, repository: Path, browser: Browser
) -> None:
    with serving(tmp_path, repository) as served, looking_at(served, browser) as screen:
        expect(screen.page.locator("#ask")).to_be_visible()
        expect(screen.page.locator("#report")).to_have_count(0)
        told = in_thread(_forged(served, ["_offer_report", "_ask_report"]))
    assert len(told) == 2
    for each in told:
        assert "A report is written by a language model, and none is set" in each


async def _forged(served: Running, names: list[str]) -> list[str]:
    """What the events of absent buttons tell a client that sends them by hand."""
    page = EventsOfPage(served.url)
    told = []
    async with httpx.AsyncClient(base_url=served.url, timeout=30) as client:
        await client.get("/")
        for name in names:
            told.append(await call(client, page, page.named(name), f"s{name}", QUESTION))
    return told
