"""The first screen before Gradio's page: what is here, questions, and what a click on them does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect
from support_server import Running, running
from test_early_question import begun, context
from test_people import as_person, place, served, settings, tokens

from assistant import Assistant, load_settings
from assistant.chat.library import Library
from assistant.server.policy import script_hashes

__all__ = ["context", "place", "served", "settings", "tokens"]  # fixtures
QUESTION = "When was the archive founded?"
HOSTILE = '<ScRiPt>alert(1)</ScRiPt></template><img src=x onerror="alert(2)">'


@pytest.fixture(scope="module")
def server(notes: Assistant) -> Iterator[Running]:
    with running(notes) as found:
        found.application.page.library.offered(None)  # its questions were tried
        yield found


def test_what_is_here_and_its_questions_can_be_read_before_the_page_is_there(
    context: BrowserContext, server: Running
) -> None:
    screen, held = begun(context, server)
    early = screen.page.locator("#early")
    expect(early.locator(".here").first).to_contain_text("documents")
    expect(early.locator(".not-read")).to_contain_text("broken.pdf")
    offered = server.application.page.library.ready(None)
    assert offered is not None
    assert offered.answered
    assert early.locator(".early-try").count() == len(offered.answered) + bool(offered.refused)
    was = {name: early.locator(name).first.bounding_box() for name in ("h1", ".welcome h2")}
    held.let_go()
    expect(early).to_have_count(0)
    expect(screen.page.locator("#chat .welcome .here").first).to_contain_text("documents")
    for name, box in was.items():  # the page has it where it was
        now = screen.page.locator(f"#header {name}, #chat {name}").first.bounding_box()
        assert box is not None
        assert now is not None
        assert abs(box["x"] - now["x"]) <= 2
        assert abs(box["y"] - now["y"]) <= 16
    assert screen.page.locator("#chat .answer").count() == 0, "nothing was asked"
    assert screen.problems == screen.outside == []


def test_a_question_that_is_clicked_early_is_asked_once(
    context: BrowserContext, server: Running
) -> None:
    screen, held = begun(context, server)
    page = screen.page
    question = page.locator("#early .early-try").first.get_attribute("data-question")
    assert question
    page.keyboard.type("half a thought")
    page.locator("#early .early-try").first.click()
    page.locator("#early .early-try").last.click()  # one is enough
    page.locator("#early .early-send").click()
    expect(page.get_by_role("status")).to_contain_text("It will be asked")
    held.let_go()
    screen.answered()
    page.wait_for_timeout(1_000)
    asked = page.locator("#chat .message.user, #chat .user")
    assert [each.strip() for each in asked.all_inner_texts()] == [question]
    assert page.locator("#chat .answer").count() == 1
    assert screen.problems == []


def test_ask_is_a_button_and_another_one_opens_when_the_page_is_there(
    context: BrowserContext, server: Running
) -> None:
    screen, held = begun(context, server)
    screen.page.locator("#early .early-send").click()  # nothing to ask
    screen.page.locator("#early .show-keys").click()
    expect(screen.page.get_by_role("status")).to_contain_text("It will open")
    held.let_go()
    expect(screen.page.locator("#keys")).to_be_visible()
    assert screen.page.locator("#chat .answer").count() == 0
    assert screen.problems == []


def test_a_browser_with_a_conversation_sees_that_it_comes(
    context: BrowserContext, server: Running
) -> None:
    screen, held = begun(context, server)
    screen.page.keyboard.type(QUESTION)
    screen.page.keyboard.press("Enter")
    held.let_go()
    screen.answered()
    again, held = begun(context, server)
    expect(again.page.locator("#early .welcome")).to_have_text("Your last conversation is coming …")
    held.let_go()
    again.answered()
    expect(again.page.locator("#early")).to_have_count(0)
    assert again.problems == []


def test_an_empty_folder_invites_to_drop_files(
    context: BrowserContext, tmp_path: Path, repository: Path
) -> None:
    overrides = {"index.path": str(tmp_path / "i"), "documents.paths": [str(tmp_path / "none")]}
    with Assistant(load_settings(repository / "config.yaml", overrides)) as assistant, running(
        assistant
    ) as server:  # fmt: skip
        screen, held = begun(context, server)
        page = screen.page
        expect(page.locator("#early .welcome.nothing")).to_contain_text("Drop files")
        page.locator("#early .choose-files").click()
        with page.expect_file_chooser():
            held.let_go()
        expect(page.locator("#early")).to_have_count(0)
        assert screen.problems == []


def test_a_person_sees_their_own_documents_alone(served: Running, tokens: dict[str, str]) -> None:
    def early(token: str) -> str:
        with as_person(served, token) as client:
            page = client.get("/").text
        return page[page.index('<template id="early-first">') : page.index("</template>")]

    assert "Harbour" in early(tokens["ben"])
    for name in ("ada", "cleo"):
        assert "Harbour" not in early(tokens[name])
        assert "documents" in early(tokens[name])
    assert "Drop files" in early(tokens["emil"]), "who may only add"
    assert "early-first" not in httpx.get(served.url, follow_redirects=True).text, "nobody"


def test_names_and_titles_stay_text_and_no_script_stands_in_the_page(
    tmp_path: Path, repository: Path
) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a<script>alert(3)<b>.md").write_text(f"# {HOSTILE}\n\nThe well is 12 m deep.\n")
    overrides = {"index.path": str(tmp_path / "i"), "documents.paths": [str(folder)]}
    with Assistant(load_settings(repository / "config.yaml", overrides)) as assistant:
        assistant.sync()
        with running(assistant) as server:
            before = httpx.get(server.url)
            drawn = server.application.page.first_screen.draw("", None)
    assert "&lt;" in drawn
    assert "<script" not in drawn.lower()
    assert "<img" not in drawn
    assert drawn.count("</template>") == 1
    assert drawn in before.text
    gradios = script_hashes(before.text.replace(drawn, "").encode())
    assert before.headers["content-security-policy"].count("'sha256-") == len(gradios)


def test_a_first_screen_with_a_script_or_a_slow_one_is_left_out(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_script(self: Library, *_: object) -> str:
        return HOSTILE

    def slow(self: Library, *_: object) -> str:
        time.sleep(2)
        return ""

    assert "early-first" in httpx.get(server.url).text
    monkeypatch.setattr(Library, "welcome", with_script)
    page = httpx.get(server.url).text
    monkeypatch.undo()
    assert "early-first" not in page
    assert "alert(1)" not in page
    assert "early.js" in page
    monkeypatch.setattr(Library, "welcome", slow)
    began = time.monotonic()
    page = httpx.get(server.url).text
    assert time.monotonic() - began < 1.5
    assert "early-first" not in page
    assert "early.js" in page
