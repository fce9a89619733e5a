"""Every number of a computed answer leads to the cells it was made of, in a real browser too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from support_index import make_settings
from support_server import Running, Screen, running
from support_texts import write_texts
from test_chat_browser import looking_at, settings_for

from assistant import Assistant
from assistant.chat.cell_links import link_numbers
from assistant.chat.messages import draw_answer
from assistant.chat.placing import PlacedFigure, place
from benchmarks.computing import ANSWERED, write_tables

NUMBER = re.compile(r"(?<!\w)\d(?:[\d.,]*\d)?")
TABLES = {
    "offices.md": "# Offices\n\n| Office | Employees | Rent (EUR) |\n|---|---|---|\n"
    "| Aarhus | 14 | 2,100.50 |\n| Odense | 9 | 1,300 |\n| Malmo | 22 | 3,150.25 |\n"
    "| Lund | 5 | 900 |\n",
    "branches.md": "# Branches of the library\n\n| Branch | Loans |\n|---|---|\n"
    + "".join(f"| Branch {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[at]} | {1200 + 37 * at} |\n"
              for at in range(26)),
}  # fmt: skip


def test_every_number_of_forty_answers_leads_to_a_cell_that_holds_it(tmp_path: Path) -> None:
    write_tables(tmp_path / "tables")
    linked = made = 0
    with Assistant(make_settings(tmp_path / "index", [tmp_path / "tables"])) as assistant:
        assistant.sync()
        for question, _ in ANSWERED:
            answer = assistant.ask(question)
            if all(each.verdict != "computed" for each in answer.sentences):
                continue
            placed = place(answer.text, answer.sentences, frozenset(range(1, 100)))
            link_numbers(placed, answer)
            cited = {each.marker: each for each in answer.citations}
            for pieces in placed.pieces.values():
                for piece in pieces:
                    if isinstance(piece, PlacedFigure) and piece.marker:
                        text = assistant.document_text(cited[piece.marker].document)
                        cell = text[piece.place :].partition("|")[0]
                        digits = re.sub(r"\D", "", piece.text)
                        assert digits in re.sub(r"\D", "", cell), (question, piece, cell)
                        linked += 1
                    elif isinstance(piece, PlacedFigure):
                        made += 1
            drawn = draw_answer(answer, 0).partition('<p class="status')[0]
            drawn = re.sub(r'<p class="notice">.*?</p>|<thead>.*?</thead>', "", drawn)
            bare = re.sub(r"<button.*?</button>|<[^>]*>", " ", drawn)
            assert NUMBER.findall(bare) == [], (question, bare)
    assert linked >= 150
    assert made >= 20


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Running]:
    place = tmp_path_factory.mktemp("figures")
    write_texts(place / "notes", TABLES)
    with Assistant(settings_for(place, repository)) as assistant:
        assistant.sync()
        with running(assistant) as server:
            yield server


@pytest.fixture
def screen(served: Running, browser: Browser) -> Iterator[Screen]:
    with looking_at(served, browser) as found:
        yield found


def test_a_click_on_each_number_marks_its_cells(screen: Screen) -> None:
    page = screen.page
    screen.ask("What is the total rent of the offices?")
    screen.answered()
    figures = page.locator("#chat .answer .figure")
    active = page.locator("#evidence mark.active")
    seen = set()
    for at in range(figures.count()):
        figures.nth(at).click()
        number = figures.nth(at).inner_text()
        seen.add(number)
        if number in ("2,100.50", "1,300", "3,150.25", "900", "2,100.5"):
            expect(active).to_have_count(1)
            expect(active).to_contain_text(number)
        else:
            expect(active).to_have_count(4)
            assert active.all_inner_texts() == ["2,100.50", "1,300", "3,150.25", "900"]
        expect(active.first).to_be_in_viewport()
    assert {"7,450.75", "1,300", "3,150.25", "900"} <= seen
    assert not screen.problems


def test_numbers_of_a_long_table_lead_to_their_cells_by_the_keyboard(screen: Screen) -> None:
    page = screen.page
    screen.ask("What is the total of the loans of the branches?")
    screen.answered()
    row = page.locator("#chat .answer td .figure", has_text="1,274").or_(
        page.locator("#chat .answer td .figure", has_text="1274")
    )
    row.first.focus()
    page.keyboard.press("Enter")
    active = page.locator("#evidence mark.active")
    expect(active).to_have_count(1)
    expect(active).to_have_text("1274")
    page.locator("#chat .answer .figure").first.click()
    expect(active).not_to_have_count(1)
