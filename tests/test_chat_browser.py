"""The chat in a real browser, as a person uses it: every wish of the screen, one test each."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import NOTES
from fake_model_server import FakeModelServer, Reply
from fake_model_words import passages_of
from playwright.sync_api import Browser, expect
from support_server import Running, Screen, running
from support_texts import write_texts

from assistant import Assistant, Settings, load_settings
from eval.questions import load_questions

pytestmark = pytest.mark.browser

FOUNDED = "When was the garden of Holm laid out?"
NOT_THERE = "What is the telephone number of the tax office in Bergen?"


def make_folder(place: Path) -> Path:
    folder = place / "notes"
    write_texts(folder, NOTES)
    (folder / ".questions.txt").write_text(f"{FOUNDED}\n{NOT_THERE}\n", encoding="utf-8")
    return folder


def settings_for(place: Path, repository: Path, **more: object) -> Settings:
    values = {
        "index.path": str(place / "index"),
        "documents.paths": [str(place / "notes")],
        "chat.uploads": str(place / "uploads"),
        "chat.question_set": str(place / "my-questions.yaml"),
    }
    named = {name.replace("__", "."): value for name, value in more.items()}
    return load_settings(repository / "config.yaml", {**values, **named})


@contextmanager
def serving(place: Path, repository: Path, **more: object) -> Iterator[Running]:
    make_folder(place)
    with Assistant(settings_for(place, repository, **more)) as assistant:
        assistant.sync()
        with running(assistant) as server:
            yield server


@contextmanager
def looking_at(server: Running, browser: Browser) -> Iterator[Screen]:
    """A page in a browser of its own, with its own cookie: it shares only the documents."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield Screen(context, server.url).open()
    context.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Running]:
    """A server without a model, whose folder nobody changes."""
    with serving(tmp_path_factory.mktemp("served"), repository) as server:
        yield server


@pytest.fixture
def screen(served: Running, browser: Browser) -> Iterator[Screen]:
    with looking_at(served, browser) as found:
        yield found


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def own_screen(place: Path, repository: Path, browser: Browser) -> Iterator[Screen]:
    """A screen with a folder that the test may change."""
    with serving(place, repository) as server, looking_at(server, browser) as found:
        yield found


@pytest.fixture(scope="module")
def shared_model() -> Iterator[FakeModelServer]:
    with FakeModelServer() as server:
        yield server


@pytest.fixture
def model(shared_model: FakeModelServer) -> FakeModelServer:
    shared_model.script = None
    shared_model.think_seconds = shared_model.pause_seconds = 0.0
    return shared_model


@pytest.fixture(scope="module")
def served_with_model(
    tmp_path_factory: pytest.TempPathFactory, repository: Path, shared_model: FakeModelServer
) -> Iterator[Running]:
    place = tmp_path_factory.mktemp("written")
    url = shared_model.base_url
    with serving(place, repository, llm__model="grounded", llm__base_url=url) as server:
        yield server


@pytest.fixture
def written(
    served_with_model: Running, browser: Browser, model: FakeModelServer
) -> Iterator[Screen]:
    """A screen whose answers a model writes."""
    with looking_at(served_with_model, browser) as found:
        yield found


# ---------------------------------------------------------------- asking


def test_first_run_offers_questions_and_one_of_them_is_refused(screen: Screen) -> None:
    page = screen.page
    page.get_by_text(NOT_THERE).click()
    screen.answered()
    expect(page.locator("#chat .refusal")).to_contain_text("No answer in the documents")
    expect(page.locator("#evidence")).to_contain_text("Closest passages")
    expect(page.locator("#chat .refusal")).to_contain_text("which may not answer it")
    expect(page.locator("#chat .refusal .closest li")).to_have_count(3)
    expect(page.locator("#evidence")).to_contain_text("None of them plainly answers")
    expect(page.locator("#evidence .card.passage mark")).to_have_count(3)
    expect(page.locator("#evidence .card .verdict")).to_have_count(0)
    assert not screen.problems


def test_a_marker_leads_to_its_own_sentence_in_the_evidence(screen: Screen) -> None:
    page = screen.page
    screen.ask(FOUNDED)
    screen.answered()
    expect(page.locator("#chat .sides .side")).to_have_count(2)  # the documents disagree
    markers = page.locator("#chat .answer > p button.marker")
    expect(markers).to_have_count(2)
    expect(markers.nth(1)).to_contain_text("✓")
    sentence = "The garden of Holm was laid out in 187"
    for at in (1, 0):
        markers.nth(at).click()
        active = page.locator("#evidence mark.active")
        expect(active).to_have_count(1)
        expect(active).to_contain_text(sentence)
        expect(active).to_be_in_viewport()
    words = {page.locator(f"#card-t0-m{number} mark").first.inner_text() for number in (1, 2)}
    assert len(words) == 2
    assert {word[len(sentence)] for word in words} == {"2", "5"}
    expect(page.locator("#chat .status")).to_contain_text("2 of 2 sentences supported")


def test_hovering_and_focusing_a_marker_shows_file_and_quote(screen: Screen) -> None:
    page = screen.page
    screen.ask("How many hectares does the garden of Holm cover?")
    screen.answered()
    page.locator("#chat button.marker").last.hover()
    expect(page.locator("#popover")).to_contain_text("plants.md")
    expect(page.locator("#popover")).to_contain_text("14 hectares")
    page.locator("#header h1").hover()
    expect(page.locator("#popover")).to_be_hidden()
    page.locator("#chat button.marker").first.focus()
    expect(page.locator("#popover")).to_contain_text("laid out in 1872")


def test_a_follow_up_chip_asks_its_question(screen: Screen) -> None:
    page = screen.page
    screen.ask("How many hectares does the garden of Holm cover?")
    screen.answered()
    chip = page.locator("#chat .option").first
    question = chip.inner_text().strip()
    chip.click()
    screen.answered(2)
    expect(page.locator("#chat [data-testid=user]").last).to_contain_text(question)


def test_a_follow_up_question_knows_what_it_is_about(screen: Screen) -> None:
    screen.ask("Who laid out the garden of Holm?")
    screen.answered()
    screen.ask("What had she studied?")
    screen.answered(2)
    expect(screen.page.locator("#chat .answer").last).to_contain_text("botany")


def test_filters_ask_a_part_of_the_folder(screen: Screen) -> None:
    page = screen.page
    screen.open_sidebar()
    page.get_by_role("button", name="Ask only of").click()
    page.locator("#filter-paths input, #filter-paths textarea").first.fill("archive/**")
    screen.ask("Who is the curator?")
    screen.answered()
    expect(page.locator("#chat .answer")).to_contain_text("Ida Moe")
    expect(page.locator("#chat .answer .notice")).to_contain_text("1 of")


def test_a_failing_model_is_told_with_what_to_do(written: Screen, model: FakeModelServer) -> None:
    model.script = "401"
    written.ask(FOUNDED)
    written.answered()
    expect(written.page.locator("#chat .failure")).to_contain_text("That did not work")
    model.script = "grounded"
    written.page.get_by_role("button", name="Retry").click()
    expect(written.page.locator("#chat .answer .status")).to_be_visible()


# ---------------------------------------------------------------- a model that writes


def test_words_stream_and_evidence_is_there_before_them(
    written: Screen, model: FakeModelServer
) -> None:
    model.think_seconds, model.pause_seconds = 1.0, 0.15
    page = written.page
    written.ask(FOUNDED)
    expect(page.locator("#evidence")).to_contain_text("Found", timeout=10_000)
    expect(page.locator("#chat .partial .waiting")).to_be_visible()
    seen: set[int] = set()
    until = time.monotonic() + 20
    while time.monotonic() < until:
        length = page.evaluate(
            "document.querySelector('#chat .partial p:not(.waiting)')?.textContent.length ?? 0"
        )
        if length:
            seen.add(length)
        elif seen:
            break
        page.wait_for_timeout(60)
    assert len(seen) >= 4, seen  # the text grew, it did not come at once
    written.answered()
    marker = page.locator("#chat button.marker").first
    expect(marker).to_have_class(re.compile("verbatim|supported"))
    expect(page.locator("#chat .status")).to_contain_text("tokens")


def test_verdicts_settle_on_what_the_sources_say(written: Screen, model: FakeModelServer) -> None:
    def told(body: Mapping[str, Any]) -> Reply:
        shown = passages_of(body["messages"][-1]["content"])
        right = next(each.number for each in shown if "1872" in each.text)
        return Reply(
            f"The garden of Holm was laid out in 1872 by Berta Lindqvist [{right}]. "
            f"It was sold to a circus in 1999 [{right}]. It smells of roses."
        )

    model.script = told
    page = written.page
    written.ask("When was the garden of Holm laid out by Berta Lindqvist?")
    written.answered()
    shapes = page.locator("#chat .answer .marker").all_inner_texts()
    assert [shape.split()[0] for shape in shapes] == ["✓", "✕", "○"]
    page.locator("#chat .doubts summary").click()
    expect(page.locator("#chat .doubts")).to_contain_text("1999")


def test_stop_closes_the_upstream_call_and_keeps_what_came(
    written: Screen, model: FakeModelServer
) -> None:
    model.script = Reply(" ".join(f"word{n}" for n in range(400)))
    model.pause_seconds = 0.05
    page = written.page
    written.ask(FOUNDED)
    expect(page.locator("#chat .partial")).to_contain_text("word5")
    assert model.open_connections == 1
    page.locator("#stop").click()
    expect(page.locator("#chat .answer .incomplete")).to_contain_text("stopped by you")
    until = time.monotonic() + 5
    while model.open_connections and time.monotonic() < until:
        time.sleep(0.01)
    assert model.open_connections == 0
    expect(page.locator("#ask")).to_be_visible()
    model.script, model.pause_seconds = "grounded", 0.0
    written.ask(FOUNDED)
    written.answered(2)
    expect(page.locator("#chat .answer").last).to_contain_text("1872")


def test_closing_the_tab_closes_the_upstream_call(written: Screen, model: FakeModelServer) -> None:
    model.script = Reply(" ".join(f"word{n}" for n in range(600)))
    model.pause_seconds = 0.05
    written.ask(FOUNDED)
    expect(written.page.locator("#chat .partial")).to_contain_text("word3")
    written.page.close()
    until = time.monotonic() + 8
    while model.open_connections and time.monotonic() < until:
        time.sleep(0.02)
    assert model.open_connections == 0


def test_edit_asks_the_changed_question(screen: Screen) -> None:
    page = screen.page
    screen.ask("Who is the curator of the archive?")
    screen.answered()
    page.get_by_role("button", name="Edit").first.click()
    field = page.locator("#chat textarea").first
    field.fill("How many sheets are in the herbarium of the archive?")
    page.get_by_role("button", name="Submit").first.click()
    expect(page.locator("#chat .answer").last).to_contain_text("3,400")
    expect(page.locator("#chat [data-testid=user]")).to_have_count(1)


# ---------------------------------------------------------------- what is kept


def test_reload_keeps_the_conversation_with_its_citations(screen: Screen) -> None:
    page = screen.page
    for count, question in enumerate((FOUNDED, "Who is the curator of the archive?"), 1):
        screen.ask(question)
        screen.answered(count)
    screen.open()
    screen.answered(2)
    page.locator("#chat button.marker").first.click()  # of the turn before: its card is fetched
    expect(page.locator("#evidence mark.active")).to_contain_text("laid out")


def test_an_old_answer_says_that_its_file_has_changed(own_screen: Screen, place: Path) -> None:
    page = own_screen.page
    own_screen.ask("Who is the curator of the archive?")
    own_screen.answered()
    (place / "notes" / "archive" / "plants.md").write_text("# Empty\n\nNothing is left here.\n")
    own_screen.open_sidebar()
    page.locator("#sync").click()
    expect(page.locator("#receipt")).to_contain_text("1 indexed")
    own_screen.open()
    own_screen.answered()
    expect(page.locator("#evidence .changed").first).to_contain_text(
        "has changed since this answer"
    )
    expect(page.locator("#evidence .card mark").last).to_contain_text("Ida Moe")


def test_another_browser_sees_nothing_of_it(
    screen: Screen, served: Running, browser: Browser
) -> None:
    screen.ask(FOUNDED)
    screen.answered()
    conversation = screen.page.locator("#export a").get_attribute("href")
    assert conversation
    context = browser.new_context()
    other = Screen(context, served.url).open()
    expect(other.page.locator("#chat .answer")).to_have_count(0)
    assert other.page.request.get(served.url + conversation).status == 404
    context.close()


def test_export_is_markdown_with_the_quotes(screen: Screen) -> None:
    page = screen.page
    screen.ask("Who is the curator of the archive?")
    screen.answered()
    screen.open_sidebar()
    with page.expect_download() as waiting:
        page.get_by_text("Export as Markdown").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert "## Who is the curator of the archive?" in text
    assert "> " in text
    assert "Its curator is Ida Moe." in text
    assert "archive/plants.md" in text


def test_conversations_can_be_left_found_again_and_deleted(screen: Screen) -> None:
    page = screen.page
    screen.ask(FOUNDED)
    screen.answered()
    screen.open_sidebar()
    page.locator("#new").click()
    expect(page.locator("#chat .answer")).to_have_count(0)
    page.locator("#conversations label").first.click()
    screen.answered()
    page.locator("#forget").click()
    expect(page.locator("#chat .answer")).to_have_count(0)
    expect(page.locator("#conversations label")).to_have_count(0)


# ---------------------------------------------------------------- the folder


def test_upload_is_indexed_and_answers(own_screen: Screen, tmp_path: Path, place: Path) -> None:
    page = own_screen.page
    file = tmp_path / "lighthouse.txt"
    file.write_text("The lighthouse of Rost was lit in 1887 by Anders Holt.\n")
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\n" + b"\xff" * 300)
    own_screen.open_sidebar()
    with page.expect_file_chooser() as chooser:
        page.locator("#upload").click()
    chooser.value.set_files([file, broken])
    expect(page.locator("#receipt")).to_contain_text("1 indexed")
    expect(page.locator("#receipt")).to_contain_text("broken.pdf")
    expect(page.locator("#receipt .failed")).to_have_count(1)
    own_screen.ask("When was the lighthouse of Rost lit?")
    own_screen.answered()
    expect(page.locator("#chat .answer")).to_contain_text("1887")
    assert (place / "uploads" / "lighthouse.txt").is_file()


def test_an_upload_without_room_says_why_and_the_others_are_taken(
    place: Path, repository: Path, browser: Browser
) -> None:
    small = {"name": "tide.txt", "mimeType": "text/plain", "buffer": b"The tide is at 7 o'clock."}
    large = {"name": "<b>big.txt", "mimeType": "text/plain", "buffer": b"x" * 300_000}
    limits = {"chat__session_upload_megabytes": 0.2, "documents__max_file_megabytes": 0.4}
    with serving(place, repository, **limits) as server, looking_at(server, browser) as screen:
        screen.open_sidebar()
        with screen.page.expect_file_chooser() as chooser:
            screen.page.locator("#upload").click()
        chooser.value.set_files([small, large])  # type: ignore[list-item]
        expect(screen.page.locator("#receipt")).to_contain_text("1 indexed")
        expect(screen.page.locator("#upload-said")).to_contain_text("<b>big.txt: One browser may")
        with screen.page.expect_file_chooser() as chooser:
            screen.page.get_by_role("button", name="Upload files").press("Enter")
        chooser.value.set_files([large | {"buffer": b"x" * 600_000}])  # type: ignore[list-item]
        expect(screen.page.locator("#upload-said")).to_contain_text("larger than")
    assert sorted(p.name for p in (place / "uploads").iterdir()) == [".incoming", "tide.txt"]


def test_sync_shows_what_it_did(own_screen: Screen, place: Path) -> None:
    page = own_screen.page
    (place / "notes" / "pond.md").write_text("# Pond\n\nThe pond is 3 metres deep.\n")
    (place / "notes" / "howto.md").unlink()
    own_screen.open_sidebar()
    page.locator("#sync").click()
    receipt = page.locator("#receipt")
    expect(receipt).to_contain_text("1 indexed")
    expect(receipt).to_contain_text("1 deleted")
    expect(receipt).to_contain_text("pond.md")
    expect(page.locator("#library")).to_contain_text("documents")


def test_thumbs_down_becomes_a_question_that_the_evaluation_reads(
    own_screen: Screen, place: Path
) -> None:
    page = own_screen.page
    own_screen.ask("Who is the curator of the archive?")
    own_screen.answered()
    page.get_by_role("button", name="Feedback").click()
    page.get_by_role("button", name="Incomplete").click()
    expect(page.locator("#fb-question textarea")).to_have_value(
        "Who is the curator of the archive?"
    )
    quote = page.locator("#fb-quote textarea")
    expect(quote).to_have_value(re.compile("herbarium"))  # the first place that was cited
    quote.fill("Its curator is Ida Moe.")
    page.locator("#fb-add").click()
    expect(page.locator("#fb-said")).to_contain_text("No expected words")
    page.locator("#fb-fact textarea, #fb-fact input").first.fill("Ida Moe")
    page.locator("#fb-add").click()
    expect(page.locator("#fb-said")).to_contain_text("Added as")
    [question] = load_questions(place / "my-questions.yaml").questions
    assert question.question == "Who is the curator of the archive?"
    assert question.facts[0].any == ("Ida Moe",)
    assert question.evidence[0].document == "archive/plants.md"


def test_a_refusal_can_be_added_to_the_question_set(own_screen: Screen, place: Path) -> None:
    page = own_screen.page
    own_screen.ask(NOT_THERE)
    own_screen.answered()
    page.locator("#chat .keep-question").click()
    page.locator("#fb-refuse input").check()
    page.locator("#fb-add").click()
    expect(page.locator("#fb-said")).to_contain_text("Added as")
    [question] = load_questions(place / "my-questions.yaml").questions
    assert question.expect == "refuse"


def test_a_document_opens_at_the_cited_place(screen: Screen) -> None:
    page = screen.page
    screen.ask("Who is the curator of the archive?")
    screen.answered()
    with page.context.expect_page() as waiting:
        page.locator("#evidence .card a", has_text="Open at").last.click()
    opened = waiting.value
    expect(opened.locator("mark#cited")).to_have_text("Its curator is Ida Moe.")
    expect(opened.locator("h1")).to_contain_text("Plants of the archive")


# ---------------------------------------------------------------- for every eye and hand


def test_dark_mode_stays(screen: Screen) -> None:
    page = screen.page
    colour = "getComputedStyle(document.querySelector('#evidence')).color"
    before = page.evaluate(colour)
    was_dark = page.evaluate("document.body.classList.contains('dark')")
    page.locator(".toggle-theme").click()
    after = page.evaluate(colour)
    assert before != after
    screen.open()
    assert page.evaluate("document.body.classList.contains('dark')") is not was_dark


def test_a_narrow_screen_has_evidence_as_a_drawer(screen: Screen) -> None:
    page = screen.page
    page.set_viewport_size({"width": 390, "height": 760})
    screen.ask(FOUNDED)
    screen.answered()
    expect(page.locator("#evidence-pane")).not_to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#chat button.marker").first.click()
    expect(page.locator("#evidence mark.active")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator("#evidence-pane")).not_to_be_in_viewport()


def test_an_answer_begins_below_its_question_where_there_is_little_room(screen: Screen) -> None:
    page = screen.page
    page.set_viewport_size({"width": 390, "height": 460})
    screen.ask(FOUNDED)
    screen.answered()
    log = page.locator("#chat [role=log]")

    def is_below() -> bool:
        question = page.locator("#chat .user-row").last.bounding_box()
        answer = page.locator("#chat .answer").last.bounding_box()
        assert question is not None
        assert answer is not None
        return bool(answer["y"] >= question["y"] + question["height"])

    def more() -> float:
        return float(log.evaluate("e => e.scrollHeight - e.clientHeight - e.scrollTop"))

    ends = time.monotonic() + 10
    while not (is_below() and more() > 40) and time.monotonic() < ends:
        page.wait_for_timeout(100)
    for _ in range(10):  # and so it stays: nothing scrolls to the end a moment later
        assert is_below()
        assert more() > 40  # else no test
        page.wait_for_timeout(100)


def test_who_scrolls_back_stays_there_until_the_next_question(screen: Screen) -> None:
    page = screen.page
    page.set_viewport_size({"width": 390, "height": 460})
    log = page.locator("#chat [role=log]")
    for count, question in enumerate((FOUNDED, "Who is the curator of the archive?"), start=1):
        screen.ask(question)
        screen.answered(count)
        page.wait_for_function("() => document.querySelector('#chat [role=log]').scrollTop > 0")
    below = log.evaluate("e => e.scrollTop")
    log.hover()
    page.mouse.wheel(0, -5000)
    scrolled = "at => document.querySelector('#chat [role=log]').scrollTop"
    page.wait_for_function(f"{scrolled} === 0")
    page.evaluate("document.querySelector('#chat .answer').setAttribute('title', 'drawn anew')")
    page.wait_for_timeout(300)
    assert log.evaluate("e => e.scrollTop") == 0
    screen.ask(FOUNDED)
    screen.answered(3)
    page.wait_for_function(f"{scrolled} > at", arg=below)


def test_a_chosen_place_stays_marked_when_the_evidence_is_drawn_anew(screen: Screen) -> None:
    page = screen.page
    screen.ask(FOUNDED)
    screen.answered()
    page.locator("#chat button.marker").first.click()
    expect(page.locator("#evidence mark.active")).to_have_count(1)
    chosen = page.locator("#evidence .card.active").get_attribute("id")
    page.evaluate(
        "for (const each of document.querySelectorAll('#evidence .passages, #evidence')) "
        "{ const old = each.innerHTML; each.innerHTML = old.replaceAll(' active', ''); }"
    )
    expect(page.locator("#evidence mark.active")).to_have_count(1)
    assert page.locator("#evidence .card.active").get_attribute("id") == chosen


def test_everything_can_be_done_with_the_keyboard(screen: Screen) -> None:
    page = screen.page
    page.locator("body").press("/")
    page.keyboard.type(FOUNDED)
    page.keyboard.press("Enter")
    screen.answered()
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.classList.contains('marker')"):
            break
    else:
        pytest.fail("no marker can be reached with Tab")
    expect(page.locator("#popover")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#evidence mark.active")).to_have_count(1)
    assert page.evaluate("document.activeElement.classList.contains('card')")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").startswith("Open")


def test_nothing_outside_is_asked_for_and_nothing_is_wrong_on_the_page(screen: Screen) -> None:
    screen.ask(FOUNDED)
    screen.answered()
    screen.open_sidebar()
    screen.page.wait_for_timeout(300)
    assert screen.outside == []
    assert screen.problems == []
