"""The first minutes in the chat, in a real browser: what is here, what is asked, what it means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from support_server import Running, Screen, running
from support_texts import write_texts
from test_chat_browser import FOUNDED, NOT_THERE, looking_at, settings_for

from assistant import Assistant

pytestmark = pytest.mark.browser

SIZES = {"wide": (1280, 800), "phone": (390, 844)}
MORE = {
    "museum/fees.md": "# Fees of the museum\n\n| Visitor | Fee in euros |\n|---|---|\n"
    "| Adult | 12 |\n| Student | 7 |\n",
    "museum/history.md": "# History\n\nThe museum of Lund was founded in 1884 by Nils Berg.\n\n"
    "## What grows in its yard?\n\nIn its yard grow eight trees:\n\n"
    + "".join(f"- tree number {n}\n" for n in "one two three four five six seven eight".split()),
}


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, repository: Path, notes_folder: Path
) -> Iterator[Running]:
    """A server whose folder names no questions of its own."""
    place = tmp_path_factory.mktemp("minutes")
    for path in notes_folder.rglob("*.*"):
        target = place / "notes" / path.relative_to(notes_folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    write_texts(place / "notes", MORE)
    with Assistant(settings_for(place, repository)) as assistant:
        assistant.sync()
        with running(assistant) as server:
            yield server


@pytest.fixture
def screen(served: Running, browser: Browser) -> Iterator[Screen]:
    with looking_at(served, browser) as found:
        yield found


@pytest.fixture
def empty(tmp_path: Path, repository: Path, browser: Browser) -> Iterator[Screen]:
    """A server on a folder that is not there."""
    with (
        Assistant(settings_for(tmp_path, repository)) as assistant,
        running(assistant) as server,
        looking_at(server, browser) as found,
    ):
        yield found


# ---------------------------------------------------------------- the first screen


def test_first_screen_says_what_is_here_and_what_could_not_be_read(screen: Screen) -> None:
    welcome = screen.page.locator("#chat .welcome")
    expect(welcome).to_contain_text("8 documents: 7 Markdown, 1 text")
    expect(welcome).to_contain_text("Newest:")
    expect(welcome.locator(".not-read")).to_contain_text("broken.pdf")
    expect(screen.page.locator("#sidebar")).to_have_class(re.compile(r"\bopen\b"))


def test_questions_of_the_first_screen_are_answered_and_one_is_not(screen: Screen) -> None:
    page = screen.page
    buttons = page.locator("#chat .example")
    expect(buttons).to_have_count(4)
    shown = buttons.all_inner_texts()
    assert "not in your documents" in shown[3]
    assert len({text.strip() for text in shown}) == 4
    for count, text in enumerate(shown, 1):
        page.locator("#new").click()
        expect(buttons).to_have_count(4)
        buttons.nth(count - 1).click()
        screen.answered()
        answer = page.locator("#chat .answer")
        if count == 4:
            expect(answer).to_have_class(re.compile("refusal"))
        else:
            expect(answer.locator(".certainty.sure")).to_be_visible(), text


def test_a_sidebar_that_was_closed_stays_closed(screen: Screen) -> None:
    page = screen.page
    expect(page.locator("#sidebar")).to_have_class(re.compile(r"\bopen\b"))
    page.locator("#sidebar button.toggle-button").click()
    expect(page.locator("#sidebar")).not_to_have_class(re.compile(r"\bopen\b"))
    screen.open()
    page.wait_for_timeout(800)
    expect(page.locator("#sidebar")).not_to_have_class(re.compile(r"\bopen\b"))


def test_an_empty_server_invites_and_answers_from_what_is_dropped(
    empty: Screen, tmp_path: Path
) -> None:
    page = empty.page
    expect(page.locator("#chat .welcome.nothing")).to_contain_text("Drop files or a folder here")
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["The lighthouse of Rost was lit in 1887.\\n"], "rost.txt"));
          const target = document.querySelector("#chat");
          for (const kind of ["dragover", "drop"]) {
            const given = { dataTransfer: data, bubbles: true, cancelable: true };
            target.dispatchEvent(new DragEvent(kind, given));
          }
        }"""
    )
    expect(page.locator("#chat .welcome")).to_contain_text("1 document: 1 text")
    empty.ask("When was the lighthouse of Rost lit?")
    empty.answered()
    expect(page.locator("#chat .answer")).to_contain_text("1887")
    assert not empty.problems
    empty.open_sidebar()
    page.locator("#sync").click()  # the folder of the settings is still missing
    expect(page.locator("#receipt")).not_to_contain_text("Not synced")


def test_a_whole_folder_is_chosen(empty: Screen, tmp_path: Path) -> None:
    write_texts(tmp_path / "tree", {"a.txt": "The mill is red.", "in/b.txt": "The barn is blue."})
    with empty.page.expect_file_chooser() as chooser:
        empty.page.locator(".choose-folder").click()
    chooser.value.set_files(tmp_path / "tree")
    expect(empty.page.locator("#chat .welcome")).to_contain_text("2 documents")


# ---------------------------------------------------------------- what a mark means


def test_marks_and_levels_are_in_words_and_explained(screen: Screen) -> None:
    page = screen.page
    expect(page.locator(".badge")).to_have_text("Answers in the documents’ own words")
    page.locator(".badge").hover()
    expect(page.locator("#popover")).to_contain_text("A model (setting llm.model) would")
    screen.ask("How many hectares does the garden of Holm cover?")
    screen.answered()
    page.locator("#chat button.marker").last.hover()
    expect(page.locator("#popover")).to_contain_text("word for word from the source")
    expect(page.locator("#evidence .card p.verdict").first).to_contain_text("word for word")
    level = page.locator("#chat .certainty .hint")
    level.focus()
    expect(page.locator("#popover")).to_contain_text("of three levels")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_an_answer_that_may_be_none_looks_unlike_a_sure_one(
    served: Running, browser: Browser, size: str, colours: str
) -> None:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=colours,  # type: ignore[arg-type]
    )
    screen = Screen(context, served.url).open()
    screen.ask("How do I prune a rose?")
    screen.answered()
    talk = served.application.page.talk
    page = screen.page
    expect(page.locator("#chat .answer.sure")).to_have_count(1)
    assert talk is not None
    look = "e => { const s = getComputedStyle(e); return [s.borderLeftStyle, s.borderLeftColor]; }"
    sure = page.locator("#chat .answer.sure").evaluate(look)
    page.locator("#chat .answer").evaluate("e => { e.className = 'answer unsure'; }")
    assert page.locator("#chat .answer.unsure").evaluate(look) != sure
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight + 1")
    context.close()


# ---------------------------------------------------------------- which documents are asked


def test_ticked_documents_alone_are_asked_and_one_click_asks_all(screen: Screen) -> None:
    page = screen.page
    chip = page.locator("#asking")
    expect(page.locator("#library .source")).to_have_count(8)
    expect(chip).to_be_hidden()
    page.locator("#library .tick.all").click()  # none
    expect(chip).to_contain_text("Asking 0 of 8")
    screen.ask("Who is the curator of the archive?")
    expect(page.get_by_text("No document is ticked")).to_be_visible()
    page.get_by_role("checkbox", name="All in garden").click()
    page.get_by_role("checkbox", name="archive/plants.md").click()
    expect(chip).to_contain_text("Asking 3 of 8")
    page.get_by_role("checkbox", name="archive/plants.md").click()
    screen.ask("Who is the curator of the archive?")
    screen.answered()
    expect(page.locator("#chat .answer").last).not_to_contain_text("Ida Moe")
    chip.click()
    expect(chip).to_be_hidden()
    screen.ask("Who is the curator of the archive?")
    screen.answered(2)
    expect(page.locator("#chat .answer").last).to_contain_text("Ida Moe")


def test_the_list_of_documents_is_searched_and_says_kind_day_and_size(screen: Screen) -> None:
    page = screen.page
    row = page.locator("#library .source", has_text="letters.txt")
    expect(row).to_contain_text(re.compile(r"text · \d{4}-\d\d-\d\d · \d+ bytes"))
    page.locator("#source-search textarea, #source-search input").fill("museum")
    expect(page.locator("#library .source:visible")).to_have_count(2)
    page.locator("#library .tick.all").click()  # of those that are shown
    expect(page.locator("#asking")).to_contain_text("Asking 6 of 8")


# ---------------------------------------------------------------- answers as what they are


def test_steps_tables_and_sides_are_drawn_as_such(screen: Screen) -> None:
    page = screen.page
    screen.ask("How do I prune a rose?")
    screen.answered()
    expect(page.locator("#chat .answer ol li")).to_have_count(4)
    screen.ask("What grows in its yard?")
    screen.answered(2)
    listed = page.locator("#chat .answer").last
    expect(listed.locator("ul li")).to_have_count(8)
    expect(listed.locator(".count")).to_have_text("8 entries")
    screen.ask("What is the fee in euros for a student?")
    screen.answered(3)
    expect(page.locator("#chat .answer").last.locator("table td").first).to_have_text("Student")
    screen.ask(FOUNDED)
    screen.answered(4)
    sides = page.locator("#chat .sides .side")
    expect(sides).to_have_count(2)
    expect(sides.first).to_contain_text("no date in the document")
    sides.last.locator("button.marker").click()
    expect(page.locator("#evidence mark.active")).to_have_count(1)
    asked = page.locator("#chat .user-row", has_text=FOUNDED)
    expect(asked).to_be_in_viewport()


def test_follow_ups_come_from_cited_documents_and_none_after_a_refusal(screen: Screen) -> None:
    page = screen.page
    screen.ask("What is the fee in euros for a student?")
    screen.answered()
    chip = page.locator("#chat .option").first
    expect(chip).to_have_text(re.compile("fee in euros for Adult"))
    chip.click()
    screen.answered(2)
    expect(page.locator("#chat .answer").last.locator(".certainty.sure")).to_be_visible()
    screen.ask(NOT_THERE)
    screen.answered(3)
    page.wait_for_timeout(1500)
    expect(page.locator("#chat .option")).to_have_count(0)


# ---------------------------------------------------------------- on a phone


def test_the_sheet_of_evidence_has_a_close_and_a_tap_outside_closes_it(screen: Screen) -> None:
    page = screen.page
    page.set_viewport_size({"width": 390, "height": 844})
    screen.ask("How do I prune a rose?")
    screen.answered()
    pane = page.locator("#evidence-pane")
    for leave in (
        lambda: page.locator("#close-evidence").click(),
        lambda: page.mouse.click(200, 60),
    ):
        page.locator("#chat button.marker").first.click()
        expect(pane).to_be_in_viewport()
        leave()
        expect(pane).not_to_be_in_viewport()


# ---------------------------------------------------------------- conversations


def test_conversations_are_renamed_searched_deleted_and_brought_back(screen: Screen) -> None:
    page = screen.page
    screen.open_sidebar()
    expect(page.locator("#forget")).to_be_hidden()  # nothing to delete
    expect(page.locator("#search-titles")).to_be_hidden()
    for question in ("How do I prune a rose?", "Who is the curator of the archive?"):
        page.locator("#new").click()
        expect(page.locator("#chat .answer")).to_have_count(0)
        screen.ask(question)
        screen.answered()
    listed = page.locator("#conversations label")
    expect(listed).to_have_count(2)
    page.locator("#rename").click()
    field = page.locator("#title textarea, #title input")
    expect(field).to_have_value("Who is the curator of the archive?")
    field.fill("Ida & <b>friends</b>")
    field.press("Enter")
    expect(listed.first).to_have_text("Ida & <b>friends</b>")
    page.locator("#search-titles textarea, #search-titles input").fill("ida &")
    expect(listed).to_have_count(1)
    page.locator("#search-titles textarea, #search-titles input").fill("curator")  # its question
    expect(listed).to_have_count(1)
    page.locator("#search-titles textarea, #search-titles input").fill("")
    expect(listed).to_have_count(2)
    with page.expect_download() as waiting:
        page.get_by_text("Export all").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert "## How do I prune a rose?" in text
    assert "Its curator is Ida Moe." in text
    page.locator("#forget").click()
    expect(listed).to_have_count(1)
    expect(page.locator("#chat .answer")).to_have_count(0)
    page.locator("#undo").click()
    expect(listed).to_have_count(2)
    expect(page.locator("#chat .answer")).to_contain_text("Ida Moe")
    expect(page.locator("#undo")).to_be_hidden()
