"""The timeline: sentences that name a day or a year, in order, each with its place."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect
from support_server import Running, Screen, running
from support_texts import write_texts
from test_chat_access import serious
from test_chat_browser import settings_for

from assistant import Assistant
from assistant.chat import timeline
from assistant.text.dated_sentences import dated_sentences

HOSTILE = "<script>alert(1)</script>"
TEXTS = {
    "mill.md": "# The mill\n\nThe mill was built in 1811 by two brothers. On 5 May 1902 it burned "
    f"down. {HOSTILE} It was sold in March 1910 for 2000 crowns.\n",
    "bridge.txt": "The bridge opened on 1902-05-04. From 1811 to 1850 a ferry crossed the river.\n",
    "copy.txt": "The bridge opened on 1902-05-04.\n",
    "plain.txt": "The river is 1500 metres wide. It has 2000 ducks and room 1902.\n",
}


def whens(text: str) -> list[tuple[str, str]]:
    return [(each.when, text[each.start : each.end]) for each in dated_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The fair took place on 5 May 2021.", ["2021-05-05"]),
        ("Das Werk öffnete am 5. Mai 2021 wieder.", ["2021-05-05"]),
        ("It closed in March 1910.", ["1910-03"]),
        ("The mill was built in 1811.", ["1811"]),
        ("Es besteht seit 1811.", ["1811"]),
        ("From 1811 to 1850 a ferry crossed it.", ["1811", "1850"]),
        ("The Harbour Act 1906 is still in force.", ["1906"]),
        ("In 2021 it opened on 5 May 2021.", ["2021-05-05"]),
        ("It was signed on 3/4/2021.", ["2021"]),
        ("Invoice date: 12 March 2018", ["2018-03-12"]),
        ("Copenhagen 2018", []),
        ("The river is 1500 metres wide.", []),
        ("It sold 2000 copies.", []),
        ("It cost from 1500 to 2000.50 crowns.", []),
        ("Sunde, K. et al., Slack water, in 2014.", []),
        ("It opened on 5 May.", []),
        ("```\nbuilt in 1811\n```", []),
        ("In 1811, in 1812, in 1813, in 1814 and in 1815 it rained.", []),
        ("It burned in 1811 " + "and the rain went on " * 40 + ".", []),
    ],
)
def test_what_states_a_date(text: str, expected: list[str]) -> None:
    assert [when for when, _ in whens(text)] == expected


def test_spans_are_those_of_whole_sentences() -> None:
    assert whens(TEXTS["mill.md"])[0] == ("1811", "The mill was built in 1811 by two brothers.")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Running]:
    place = tmp_path_factory.mktemp("dated")
    write_texts(place / "notes", TEXTS)
    with Assistant(settings_for(place, repository)) as assistant:
        assistant.sync()
        with running(assistant) as found:
            yield found


def shown(url: str, **query: Any) -> list[tuple[str, str]]:
    page = httpx.get(f"{url}/document/timeline", params=query).text
    found = re.findall(r"<li><time datetime=\"([\d-]+)\">[^<]*</time> <span>(.*?)</span>", page)
    return [(when, html.unescape(words)) for when, words in found]


def test_the_page_has_all_in_order_and_the_same_statement_once(server: Running) -> None:
    assert [when for when, _ in shown(server.url)] == [
        "1811", "1811", "1850", "1902-05-04", "1902-05-05", "1910-03",
    ]  # fmt: skip
    page = httpx.get(f"{server.url}/document/timeline").text
    assert page.count(">copy") == 1
    assert "<script>" not in page
    assert "6 dated statements of 4 documents" in page


def test_words_are_found_and_documents_are_chosen(server: Running) -> None:
    assert [when for when, _ in shown(server.url, find="BRIDGE opened")] == ["1902-05-04"]
    status = server.assistant.status()
    generation = int(re.sub(r"\D", "", status.generation))
    names = [info.name for info in server.application.service.infos()]
    only = f"{generation}:{names.index('mill.md')}"
    assert {when for when, _ in shown(server.url, ticked=only)} == {"1811", "1902-05-05", "1910-03"}
    for wrong in ("999999:0", f"{generation}:", f"{generation}:x"):
        reply = httpx.get(f"{server.url}/document/timeline", params={"ticked": wrong})
        assert reply.status_code == 400
    assert httpx.get(f"{server.url}/document/timeline", params={"page": 0}).status_code == 422


def test_it_is_read_in_parts_and_says_so(server: Running, monkeypatch: Any) -> None:
    monkeypatch.setattr(timeline, "MOST_CHARACTERS", 10)
    names = sorted(TEXTS)
    reading = timeline.Timeline(server.application.service)
    found = reading.of(names)
    assert (found.read, found.to_read) == (1, 3)
    drawn = timeline.draw_timeline(found, timeline.TimelineRequest(ticked="1:0-3"))
    assert "Not whole yet: 3 more documents" in drawn
    assert "ticked=1%3A0-3" in drawn
    for _ in range(3):
        found = reading.of(names)
    assert (found.read, found.to_read, len(found.statements)) == (4, 0, 7)
    monkeypatch.setattr(timeline, "MOST_DOCUMENTS", 2)
    found = reading.of(names)
    assert (found.read, found.left_out) == (2, 2)
    assert "2 documents are left out" in timeline.draw_timeline(found, timeline.TimelineRequest())


def test_many_statements_come_in_pages() -> None:
    many = tuple(
        timeline.Statement(f"{1500 + at}", f"It was {at}.", "a.md", "A", 3, at, at + 9, "0" * 16)
        for at in range(450)
    )
    found = timeline.DatedStatements(many, 1)
    pages = [timeline.draw_timeline(found, timeline.TimelineRequest(page=n)) for n in (1, 2, 3, 9)]
    assert [page.count("<li>") for page in pages] == [200, 200, 50, 50]
    assert 'rel="prev"' not in pages[0]
    assert 'rel="next"' in pages[0]
    assert 'rel="next"' not in pages[2]
    assert "A, page 3" in pages[0]


def test_what_the_caller_may_not_ask_is_not_on_it(server: Running) -> None:
    found = timeline.Timeline(server.application.service).of(["nothing.md"])
    assert found == timeline.DatedStatements((), 0)
    assert "states a date" in timeline.draw_timeline(found, timeline.TimelineRequest())


def test_from_the_chat_to_the_place_in_the_document(browser: Browser, server: Running) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    screen = Screen(context, server.url).open()
    screen.open_sidebar()
    link = screen.page.locator("#library a.timeline")
    expect(link).to_have_attribute("href", re.compile("/document/timeline$"))
    screen.page.get_by_role("checkbox", name="mill.md").click()
    expect(link).to_have_attribute("href", re.compile(r"ticked=\d+%3A"))
    with context.expect_page() as opened:
        link.click()
    page = opened.value
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    expect(page.get_by_text("The mill was built")).to_have_count(0)
    page.get_by_role("link", name="bridge").first.click()
    expect(page.locator("mark")).to_contain_text("a ferry crossed the river")
    assert screen.outside == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_axe_finds_nothing_serious(
    browser: Browser, server: Running, scheme: Any, size: tuple[int, int], tmp_path: Path
) -> None:
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    screen = Screen(context, server.url)
    screen.page.goto(f"{server.url}/document/timeline")
    assert serious(screen) == []
    wide = screen.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    screen.page.screenshot(path=tmp_path / f"timeline-{width}-{scheme}.png")
    context.close()
