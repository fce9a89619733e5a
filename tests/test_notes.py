"""Notes: what is pinned, who sees it, how it is exported; then in a real browser."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from lxml import etree
from playwright.sync_api import Browser, expect
from support_server import Running, Screen
from test_chat_access import serious
from test_chat_browser import FOUNDED, looking_at, serving

from assistant import Assistant
from assistant.chat.conversations import Conversations
from assistant.chat.notebook import draw_notebook, notes_as_markdown
from assistant.chat.notes import MOST_NOTES, Note, NotedQuote, PinnedNotes
from assistant.chat.word_export import notes_as_word
from assistant.errors import UsageError
from assistant.reading.word import read_docx
from assistant.types import Citation

EVIL = "<img src=http://evil.test/x> ![a](http://evil.test) [b](javascript:alert(1))"


@pytest.fixture
def conversations(sample: Assistant) -> tuple[Conversations, str]:
    """One conversation of Anna with one answer."""
    kept = Conversations(None)
    identity = kept.begin("anna", "When was ICLR founded?")
    answer = sample.ask("When was ICLR founded?")
    kept.put("anna", identity, 0, answer.question, answer)
    return kept, identity


def test_notes_are_their_owners_alone(conversations: tuple[Conversations, str]) -> None:
    kept, identity = conversations
    notes = PinnedNotes(kept, lambda _: "2024-01-31")
    notes.pin("anna", identity, 0)
    notes.pin("anna", identity, 0)  # twice is once
    marker = kept.turns("anna", identity)[0].answer.citations[0].marker  # type: ignore[union-attr]
    notes.pin("anna", identity, 0, marker)
    first, second = notes.listing("anna")
    assert first.text
    assert not second.text
    assert second.quotes[0].date == "2024-01-31"
    for stranger in ("bert", ""):
        assert notes.listing(stranger) == []
        assert not notes.remove(stranger, first.number)
        assert not notes.restore(stranger, first.number)
        with pytest.raises(UsageError):
            notes.pin(stranger, identity, 0)
    for turn, number in ((5, None), (0, 77)):
        with pytest.raises(UsageError):
            notes.pin("anna", identity, turn, number)
    kept.delete("anna", identity)
    assert len(notes.listing("anna")) == 2  # a note is a copy
    assert notes.remove("anna", first.number)
    assert notes.listing("anna") == [second]
    assert notes.restore("anna", first.number)
    assert notes.listing("anna") == [first, second]


def test_notes_are_forgotten_after_a_while_and_not_without_bound(
    conversations: tuple[Conversations, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, identity = conversations
    monkeypatch.setattr("assistant.chat.notes.MOST_NOTES", 1)
    notes = PinnedNotes(kept, lambda _: "")
    notes.pin("anna", identity, 0)
    with pytest.raises(UsageError, match="There are 1 notes"):
        notes.pin("anna", identity, 0, 1)
    [note] = notes.listing("anna")
    notes.remove("anna", note.number)
    import time

    now = time.time()
    monkeypatch.setattr("assistant.chat.notes.time.time", lambda: now + 601)
    assert not notes.restore("anna", note.number)
    notes.pin("anna", identity, 0, 1)
    assert kept.file.rows("SELECT count(*) FROM notes") == [(1,)]
    assert MOST_NOTES > 1


def test_what_is_hostile_in_a_note_stays_words() -> None:
    citation = Citation(1, EVIL, EVIL, 3, 0, 5, f"{EVIL}\n# x", "a" * 64, section=EVIL)
    note = Note(EVIL, f"{EVIL} [1]", (NotedQuote(citation, EVIL),), 7, "2026-01-31T10:00:00+00:00")
    drawn = draw_notebook([note], 3, EVIL)
    assert "<img" not in drawn
    assert not re.search(r'href="(?!/)', drawn)
    text = notes_as_markdown([note])
    assert "<img" not in text
    assert not re.search(r"(?<!\\)\]\(", text)
    assert "page 3" in text
    assert "Pinned 2026-01-31" in text


def test_notes_are_a_word_file_that_a_reader_of_word_reads() -> None:
    citation = Citation(
        2, "a & b.md", "B", 3, 0, 5, "A < B\nand\x0bmore", "a" * 64, section="Costs"
    )
    text = "First **bold** [2].\n\n1. one\n2. two\n\n| a | b |\n|---|---|\n| 1 | 2 \\| 3 |\n\n- x"
    note = Note("What is A?", text, (NotedQuote(citation, "2026-01-02"),), 7, "2026-01-31T10:00")
    evil = Citation(1, EVIL, EVIL, None, 0, 5, f"{EVIL}\n]]><w:p/>\x00\ud800", "b" * 64)
    hostile = Note(
        EVIL, f"{EVIL}<w:fldSimple w:instr='DDE'/> [1]", (NotedQuote(evil, EVIL),), 8, ""
    )
    data = notes_as_word([note, hostile])
    assert data == notes_as_word([note, hostile])
    parsed = read_docx(data, "notes.docx")
    for words in ("Notes", "What is A?", "First bold [2].", "1. one", "2. two", "• x", "A < B",
                  "[2] a & b.md · page 3 · Costs · document of 2026-01-02 · characters 0–5",
                  "Pinned 2026-01-31"):  # fmt: skip
        assert words in parsed.text, words
    assert "| 1 | 2 \\| 3 |" in parsed.text
    assert [each.title for each in parsed.headings][:2] == ["Notes", "What is A?"]
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        made = [etree.fromstring(package.read(name)) for name in package.namelist()]
    names = {str(each.tag).rpartition("}")[2] for root in made for each in root.iter()}
    assert not names & {"hyperlink", "fldSimple", "instrText", "object", "pict", "drawing"}
    assert not [each for root in made for each in root.iter() if each.get("TargetMode")]


# ---------------------------------------------------------------- in a browser


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("noted"), repository) as server:
        yield server


def exported(screen: Screen) -> str:
    with screen.page.expect_download() as waiting:
        screen.page.locator("#notebook a", has_text="as Word").click()
    assert waiting.value.suggested_filename == "notes.docx"
    word = read_docx(Path(waiting.value.path()).read_bytes(), "notes.docx")
    assert "Its curator is Ida Moe." in word.text
    with screen.page.expect_download() as waiting:
        screen.page.locator("#notebook a", has_text="Export").click()
    assert waiting.value.suggested_filename == "notes.md"
    return Path(waiting.value.path()).read_text(encoding="utf-8")


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_answers_and_quotes_are_pinned_exported_removed_and_brought_back(
    served: Running, browser: Browser, size: tuple[int, int], colours: str
) -> None:
    with looking_at(served, browser) as screen:
        page = screen.page
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        screen.ask("Who is the curator of the archive?")
        screen.answered()
        page.locator("#chat .pin-answer").click()
        expect(page.locator("#chat .pin-answer")).to_have_text("Pinned")
        page.locator("#chat button.marker").first.click()
        page.locator("#evidence .pin-quote").first.click()
        page.keyboard.press("Escape")
        screen.open_sidebar()
        page.locator("#notes button.label-wrap").click()
        rows = page.locator("#notebook li")
        expect(rows).to_have_count(2)
        page.wait_for_timeout(600)
        assert serious(screen) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        text = exported(screen)
        assert text.count("## Who is the curator of the archive?") == 2
        assert "> Its curator is Ida Moe." in text
        assert re.search(r"`archive/plants\.md` · .*document of \d{4}-\d\d-\d\d", text)
        rows.first.locator(".remove-note").click()
        expect(rows).to_have_count(1)
        page.locator("#notebook .restore-note").click()
        expect(rows).to_have_count(2)
        screen.open()
        screen.open_sidebar()
        page.locator("#notes button.label-wrap").click()
        expect(page.locator("#notebook li")).to_have_count(2)
    with looking_at(served, browser) as stranger:
        cookies = {each["name"]: each["value"] for each in stranger.page.context.cookies()}
        reply = httpx.get(f"{served.url}/export/notes.md", cookies=cookies)
        assert "curator" not in reply.text
        word = httpx.get(f"{served.url}/export/notes.docx", cookies=cookies)
        assert "curator" not in read_docx(word.content, "notes.docx").text
        stranger.open_sidebar()
        stranger.page.locator("#notes button.label-wrap").click()
        expect(stranger.page.locator("#notebook")).to_contain_text("Nothing is pinned yet")
        stranger.ask(FOUNDED)
        stranger.answered()
        assert stranger.problems == []
