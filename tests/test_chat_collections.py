"""The choice of collections in the chat, in a real browser, wide and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from support_server import Running, Screen, running
from test_chat_access import DRAWN, serious
from test_chat_browser import looking_at
from test_collections import settings_in, three_folders

from assistant import Assistant
from assistant.service.people import checked_person
from assistant.service.people_file import add_person

pytestmark = pytest.mark.browser

MASTER = "Who is the harbour master of Vik?"
SIZES = {"wide": (1280, 800), "phone": (390, 844)}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Running]:
    place = tmp_path_factory.mktemp("collections")
    three_folders(place)
    with Assistant(settings_in(place, repository)) as assistant:
        for name in assistant.settings.collection_names():
            assistant.of_collection(name).sync()
        with running(assistant) as server:
            yield server


@pytest.mark.parametrize("size", SIZES)
def test_collections_are_picked_by_a_tap(served: Running, browser: Browser, size: str) -> None:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height})
    screen = Screen(context, served.url).open()
    page = screen.page
    if size == "phone" and page.locator("#sidebar.open").count():
        page.get_by_role("button", name="Toggle Sidebar").click()
    boxes = page.locator("#collections input[type=checkbox]")
    expect(boxes).to_have_count(3)
    assert [box.is_checked() for box in boxes.all()] == [True, False, False]
    screen.ask(MASTER)
    screen.answered()
    expect(page.locator("#chat")).not_to_contain_text("Solveig")
    page.get_by_label("harbour", exact=True).check()
    expect(page.locator("#library")).to_contain_text("harbour/rules/")
    page.get_by_label("default", exact=True).uncheck()
    expect(page.locator("#library p.all")).to_contain_text("2 documents")
    screen.ask(MASTER)
    screen.answered(2)
    expect(page.locator("#chat .answer").last).to_contain_text("Solveig Aas")
    expect(page.locator("#evidence .place").first).to_contain_text("harbour:harbour.md")
    for id in ("collections", "question", "ask"):
        box = page.locator(f"#{id}").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height, f"{id} is seen without scrolling"
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert (screen.problems, screen.outside) == ([], [])
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_choice(
    served: Running, browser: Browser, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    screen = Screen(context, served.url)
    screen.page.add_init_script(f"localStorage.setItem('theme', '{scheme}')")
    screen.open()
    screen.page.get_by_label("library", exact=True).wait_for(state="attached")
    screen.page.wait_for_function(DRAWN)
    assert serious(screen) == []
    context.close()


def test_ticks_of_documents_count_in_the_collections_that_are_shown(
    served: Running, browser: Browser
) -> None:
    with looking_at(served, browser) as screen:
        page = screen.page
        page.get_by_label("library", exact=True).check()
        tick = page.locator("#library .tick.one[title='library:harbour.md']")
        expect(tick).to_be_visible()
        page.locator("#library .tick.all").click()
        tick.click()
        expect(page.locator("#asking")).to_contain_text("Asking 1 of 7")
        screen.ask("How many books does the library of Vik lend?")
        screen.answered()
        expect(page.locator("#chat .answer")).to_contain_text("3,100")
        expect(page.locator("#chat")).to_contain_text("Asked of 1 of 7 documents")


def test_without_further_collections_there_is_no_choice(
    tmp_path: Path, repository: Path, browser: Browser
) -> None:
    three_folders(tmp_path)
    alone = settings_in(tmp_path, repository).of_collection("harbour")
    with Assistant(alone) as assistant:
        assistant.sync()
        with running(assistant) as server, looking_at(server, browser) as screen:
            screen.ask(MASTER)
            screen.answered()
            expect(screen.page.locator("#chat .answer")).to_contain_text("Solveig Aas")
            expect(screen.page.locator("#evidence .place").first).not_to_contain_text(":")
            expect(screen.page.locator("#collections label")).to_have_count(0)


def test_a_person_logs_in_and_sees_their_collections_only(
    tmp_path: Path, repository: Path, browser: Browser
) -> None:
    three_folders(tmp_path)
    plain = settings_in(tmp_path, repository)
    token = add_person(
        tmp_path / "people.json", checked_person("ada", ["ask"], ["harbour", "library"])
    )
    server_settings = plain.server.model_copy(update={"people": str(tmp_path / "people.json")})
    settings = plain.model_copy(update={"server": server_settings})
    with Assistant(settings) as assistant:
        for name in settings.collection_names():
            assistant.of_collection(name).sync()
        with running(assistant) as server:
            context = browser.new_context(viewport={"width": 1280, "height": 800})
            page = context.new_page()
            page.goto(server.url)
            page.locator("input[name=token]").fill(token)
            page.locator("button, input[type=submit]").first.click()
            page.wait_for_selector("#question textarea")
            labels = page.locator("#collections label")
            expect(labels).to_have_count(2)
            assert [each.strip() for each in labels.all_inner_texts()] == ["harbour", "library"]
            expect(page.locator("#library")).to_contain_text("fees.md")
            expect(page.locator("body")).not_to_contain_text("Plants of the archive")
            page.locator("#sync").click()
            expect(page.locator("#receipt")).to_contain_text("needs the right 'administer'")
            context.close()
