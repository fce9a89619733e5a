"""Help on the page: the keys, what a sync changed, menus that are not cut off; in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support_server import Running
from test_chat_access import serious
from test_chat_browser import looking_at, serving

from assistant.chat.receipts import draw_receipt
from assistant.types import FileOutcome, SyncReceipt

pytestmark = pytest.mark.browser
SIZES = [(1280, 800), (390, 844)]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("helped"), repository) as server:
        yield server


def test_the_keys_are_told_and_work(served: Running, browser: Browser) -> None:
    with looking_at(served, browser) as screen:
        page = screen.page
        page.locator(".show-keys").click()
        dialog = page.locator("#keys")
        expect(dialog).to_be_visible()
        assert serious(screen) == []
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        page.locator("h1").click()
        page.keyboard.press("?")
        expect(dialog).to_be_visible()
        page.get_by_role("button", name="Close", exact=True).and_(
            page.locator("#keys button")
        ).click()
        expect(dialog).to_be_hidden()
        page.keyboard.press("/")
        page.keyboard.type("Why?")
        expect(dialog).to_be_hidden()  # in the question it is a sign
        expect(page.locator("#question textarea")).to_have_value("Why?")
        assert screen.problems == []


def _inside(page: Page, selector: str) -> bool:
    found: bool = page.locator(selector).evaluate_all(
        """all => all.length > 0 && all.every(each => {
          const box = each.getBoundingClientRect();
          const x = box.left + box.width / 2;
          return [box.top + 2, box.bottom - 2].every(y =>
            x > 0 && x < innerWidth && y > 0 && y < innerHeight
            && each.contains(document.elementFromPoint(x, y)));
        })"""
    )
    return found


@pytest.mark.parametrize("size", SIZES)
def test_the_menu_of_feedback_is_not_cut_off(
    served: Running, browser: Browser, size: tuple[int, int]
) -> None:
    with looking_at(served, browser) as screen:
        page = screen.page
        page.set_viewport_size({"width": size[0], "height": size[1]})
        for count, question in enumerate(("Who is the curator of the archive?",) * 2, 1):
            screen.ask(question)
            screen.answered(count)
            page.wait_for_timeout(1200)
            page.get_by_role("button", name="Feedback").last.click()
            page.wait_for_timeout(500)
            assert _inside(page, "#chat .extra-feedback-option:visible")
            page.get_by_role("button", name="Feedback").last.click()


def test_a_sync_says_what_changed_and_not_all_that_is_unread_again(
    tmp_path: Path, repository: Path, browser: Browser
) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    with serving(tmp_path, repository) as server, looking_at(server, browser) as screen:
        page = screen.page
        screen.open_sidebar()
        receipt = page.locator("#receipt")
        page.locator("#sync").click()
        expect(receipt).to_contain_text("Nothing has changed")
        expect(receipt).to_contain_text("still not read, as before")
        expect(receipt).not_to_contain_text("broken.pdf")
        (tmp_path / "notes" / "second.pdf").write_bytes(b"%PDF-1.4 nothing")
        page.locator("#sync").click()
        expect(receipt).to_contain_text("second.pdf")
        expect(receipt).not_to_contain_text("broken.pdf")


def test_another_reason_is_news() -> None:
    now = FileOutcome("a.pdf", "add", "failed", "no pages")
    files = (now, FileOutcome("b.md", "keep", "unchanged"))
    known = FileOutcome("a.pdf", "skip", "failed", "no pages")
    assert "a.pdf" not in draw_receipt(SyncReceipt("g", files), [known])
    known = FileOutcome("a.pdf", "skip", "password", "locked")
    assert "1 failed" in draw_receipt(SyncReceipt("g", files), [known])


@pytest.mark.parametrize("size", [[], ["--phone"]])
def test_ten_tasks_of_a_first_reader_are_done(
    size: list[str], browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    import subprocess
    import sys

    command = [sys.executable, "-m", "benchmarks.ten_tasks", *size]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 of 10 tasks done" in done.stdout
