"""Ten tasks of a first reader in the chat, in a real browser, with the seconds that each takes.

    python -m benchmarks.ten_tasks [--phone] [--pictures FOLDER]

Each task uses only what stands on the page, by its visible words, and ends when the page shows
that it is done. The seconds are the machine's, not a person's: what a task costs above them is
reading. Exit status 1 when a task is not done.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "tests"))

from playwright.sync_api import Error, expect  # noqa: E402
from support_server import Screen, chromium, running  # noqa: E402

from assistant import Assistant, load_settings  # noqa: E402

_WIDE, _PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
_DOCUMENTS = {
    "garden.md": "# Garden of Holm\n\nThe garden of Holm covers 12 hectares. It is open in May.\n",
    "archive.md": "# Archive\n\nThe archive keeps 3,400 sheets. Its curator is Ida Moe.\n",
    "museum.md": "# Museum\n\n| Visitor | Fee in euros |\n|---|---|\n| Adult | 12 |\n"
    "| Student | 7 |\n",
    "scan.pdf": "%PDF-1.7 this is no whole file",
}
CURATOR, SIZE = "Who is the curator of the archive?", "How many hectares does the garden cover?"


class Tasks:
    """The tasks in their order, on one page."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.page = screen.page
        self._is_phone = (screen.page.viewport_size or _WIDE)["width"] < 600

    def all(self) -> list[tuple[str, Callable[[], None]]]:
        """Name and way of each."""
        return [
            ("ask a question", self.ask),
            ("check a quote in its document", self.check),
            ("find a word in that document, and go to the next match", self.find),
            ("get the original file", self.original),
            ("restrict the question to two files", self.restrict),
            ("ask all files again", self.widen),
            ("find why a file is missing", self.missing),
            ("pin an answer, and export the notes", self.pin),
            ("delete a conversation, and undo it", self.undo),
            ("export the conversation", self.export),
        ]

    def ask(self) -> None:
        self.screen.ask(CURATOR)
        self.screen.answered()
        expect(self.page.locator("#chat .answer")).to_contain_text("Ida Moe")

    def check(self) -> None:
        self.page.locator("#chat button.marker").last.click()
        with self.page.context.expect_page() as waiting:
            self.page.locator("#evidence .card.active").get_by_text("Open at").click()
        self.opened = waiting.value
        expect(self.opened.locator("mark#cited")).to_contain_text("curator is Ida Moe")

    def find(self) -> None:
        self.opened.get_by_role("searchbox").fill("archive")
        self.opened.get_by_role("button", name="Find").click()
        self.opened.get_by_role("link", name="Next match").click()
        expect(self.opened.locator(".matches")).to_contain_text("Match 2 of 2")

    def original(self) -> None:
        with self.opened.expect_download() as waiting:
            self.opened.get_by_role("link", name="Original file").click()
        assert Path(waiting.value.path()).read_text() == _DOCUMENTS["archive.md"]
        self.opened.close()
        self.page.keyboard.press("Escape")

    def restrict(self) -> None:
        self.screen.open_sidebar()
        self.page.get_by_role("checkbox", name="archive.md").click()
        expect(self.page.locator("#asking")).to_contain_text("Asking 2 of 3")
        self._leave_sidebar()
        self.screen.ask(CURATOR)
        self.screen.answered(2)
        expect(self.page.locator("#chat .answer").last).not_to_contain_text("Ida Moe")

    def widen(self) -> None:
        self.page.locator("#asking").click()
        self.screen.ask(SIZE)
        self.screen.answered(3)
        expect(self.page.locator("#chat .answer").last).to_contain_text("12 hectares")

    def missing(self) -> None:
        self.screen.open_sidebar()
        self.page.get_by_text("1 not indexed").click()
        expect(self.page.locator("#library .not-read")).to_contain_text(
            re.compile(r"scan\.pdf: \w+")
        )
        self._leave_sidebar()

    def pin(self) -> None:
        self.page.get_by_role("button", name="Pin to notes").last.click()
        self.screen.open_sidebar()
        self.page.locator("#notes button.label-wrap").click()
        with self.page.expect_download() as waiting:
            self.page.locator("#notebook").get_by_text("Export as Markdown").click()
        assert "12 hectares" in Path(waiting.value.path()).read_text()

    def undo(self) -> None:
        self.page.get_by_role("button", name="Delete").click()
        expect(self.page.locator("#conversations label")).to_have_count(0)
        self.page.get_by_role("button", name="Undo").click()
        expect(self.page.locator("#conversations label")).to_have_count(1)
        expect(self.page.locator("#chat .answer")).to_have_count(3)

    def export(self) -> None:
        with self.page.expect_download() as waiting:
            self.page.get_by_text("Export as Markdown, with quotes").click()
        assert "Its curator is Ida Moe." in Path(waiting.value.path()).read_text()

    def _leave_sidebar(self) -> None:
        if self._is_phone:
            self.page.get_by_role("button", name="Toggle Sidebar").click()
            self.page.wait_for_timeout(500)


def main(arguments: list[str] | None = None) -> int:
    """Do the tasks, and print what each took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--phone", action="store_true", help="390 × 844 instead of 1280 × 800")
    parser.add_argument("--pictures", type=Path, help="folder for a picture after each task")
    options = parser.parse_args(arguments)
    done = 0
    with tempfile.TemporaryDirectory() as scratch, chromium() as browser:
        place = Path(scratch)
        (place / "documents").mkdir()
        for name, text in _DOCUMENTS.items():
            (place / "documents" / name).write_text(text, encoding="utf-8")
        settings = load_settings(
            TOP / "config.yaml",
            {
                "index.path": str(place / "index"),
                "documents.paths": [str(place / "documents")],
                "chat.uploads": str(place / "uploads"),
            },
        )
        with Assistant(settings) as assistant:
            assistant.sync()
            with running(assistant) as server:
                context = browser.new_context(viewport=_PHONE if options.phone else _WIDE)
                tasks = Tasks(Screen(context, server.url).open()).all()
                for number, (name, do) in enumerate(tasks, 1):
                    began = time.perf_counter()
                    try:
                        do()
                        done += 1
                        said = f"{time.perf_counter() - began:4.1f} s"
                    except (AssertionError, Error) as exc:
                        said = f"not done: {str(exc).splitlines()[0][:120]}"
                    print(f"{number:2}  {name:55} {said}", flush=True)
                    if options.pictures:
                        options.pictures.mkdir(parents=True, exist_ok=True)
                        page = context.pages[-1]
                        page.screenshot(path=options.pictures / f"{number:02}.png")
    print(f"{done} of {len(tasks)} tasks done")
    return 0 if done == len(tasks) else 1


if __name__ == "__main__":
    sys.exit(main())
