"""The pictures of the README, made anew from the running chat.

    python -m benchmarks.screenshots [--folder docs/images]

The sample folder without a model, so that everybody gets the same pictures.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "tests"))

from playwright.sync_api import Browser  # noqa: E402
from support_server import Screen, chromium, running  # noqa: E402

from assistant import Assistant, load_settings  # noqa: E402


def shoot(browser: Browser, url: str, folder: Path) -> None:
    """An answer with its evidence, a refusal, dark and narrow."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    screen = Screen(context, url).open()
    page = screen.page

    def take(name: str) -> None:
        page.mouse.move(640, 790)
        page.wait_for_timeout(700)
        page.screenshot(path=folder / f"{name}.png")
        print(folder / f"{name}.png")

    take("first")
    screen.ask("When was ICLR founded?")
    screen.answered()
    page.locator("#chat button.marker").last.click()
    take("answer")
    screen.ask("What is the registration fee for ICLR 2024?")
    screen.answered(2)
    take("refusal")
    screen.open_sidebar()
    page.locator("#sync").click()
    page.wait_for_selector("#receipt strong")
    take("sidebar")
    page.get_by_role("button", name="Toggle Sidebar").click()
    page.locator(".toggle-theme").click()
    page.locator("#chat button.marker").first.click()
    take("dark")
    page.set_viewport_size({"width": 390, "height": 780})
    page.keyboard.press("Escape")  # the sheet of evidence, which covers the rest
    page.locator("#chat button.marker").first.click()
    take("narrow")
    name = "deep-learning-theory.pdf"
    page.set_viewport_size({"width": 900, "height": 900})
    page.goto(f"{url}/document?name={name}&start=330&end=558#cited")
    page.wait_for_load_state("networkidle")
    page.evaluate("scrollTo(0, 0)")
    take("document")
    context.close()


def main() -> None:
    """Write the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folder", type=Path, default=TOP / "docs" / "images")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, chromium() as browser:
        settings = load_settings(TOP / "config.yaml", {"index.path": f"{scratch}/index"})
        with Assistant(settings) as assistant:
            assistant.sync()
            with running(assistant) as server:
                shoot(browser, server.url, options.folder)


if __name__ == "__main__":
    main()
