"""Study cards: questions made from documents, with the place behind each answer."""

from __future__ import annotations

import gc
import html
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from support_server import Running, Screen, running
from support_texts import write_texts
from test_chat_access import serious
from test_chat_browser import settings_for

from assistant import Assistant
from assistant.studying import decks
from assistant.studying.cards import Card, cards_of
from assistant.studying.decks import Decks
from assistant.text.noise import noise_spans
from assistant.types import Source

HARBOUR = """# The harbour of Varnholm

The Varnholm Lighthouse Trust (VLT) looks after many lighthouses along the northern coast.
Ingrid Solberg designed the Varnholm breakwater for the northern fishing fleet after a storm.
The Varnholm breakwater was opened in 1931 after four winters of quarrying and heavy blasting.
It replaced a wooden pier. The Karsund ferry carries 220 passengers across the windy strait.

The crews of Varnholm keep these boats:

- Albatross, the oldest
- Petrel, a pilot boat
- Kittiwake, a tender

| Dock | Depth in metres | Cranes |
|---|---|---|
| Dock A7 | 11.5 | two gantry cranes |
| Dock B2 | 8.25 | no |
"""
EVIL = "<img src=x onerror=alert(1)>"
TEXTS = {
    "harbour.md": HARBOUR,
    "a&b <i>'\".txt": f"It rained. {EVIL} came. The tower of Ulm was opened in 1894 by merchants "
    f'of the old town. "><script>alert(2)</script>\n',
    "<b>.csv": f"Lamp,Colour {EVIL},Height\nLamp A1,<script>alert(3)</script>,12 metres\n"
    f"Lamp {EVIL},red paint,15 metres\n",
    "empty.md": f"# {EVIL}\n\nThe Ulm ferry carries 31 passengers along the northern railing.\n",
    "plain.txt": "It rained. They left.\n",
}


def by_answer(text: str) -> dict[tuple[str, ...], Card]:
    return {card.answers: card for card in cards_of("a.md", text)}


def test_every_kind_of_statement_becomes_a_card_with_its_place() -> None:
    cards = by_answer(HARBOUR)
    year = cards["1931",]
    assert year.asks == "Which year is missing?"
    assert year.shown == (
        "The Varnholm breakwater was opened in ",
        " after four winters of quarrying and heavy blasting.",
    )
    start, end = year.quote.span
    assert HARBOUR[start:end] == year.quote.text == "1931".join(year.shown)
    assert cards["220",].shown[1].startswith(" passengers across")
    assert cards["Ingrid Solberg",].asks == "Which name is missing?"
    assert cards["Varnholm Lighthouse Trust",].asks == "What does VLT stand for?"
    boats = cards["Albatross", "Petrel", "Kittiwake"]
    assert (boats.asks, boats.shown) == (
        "Which three?",
        ("The crews of Varnholm keep these boats:",),
    )
    assert HARBOUR[slice(*boats.quote.span)].splitlines()[2] == "- Kittiwake, a tender"
    assert cards["11.5",].shown[0].endswith("Dock A7 · Depth in metres: ")


@pytest.mark.parametrize(
    "text",
    [
        "It carried 220 passengers of Varnholm across the windy strait in the winter.",
        "This Varnholm breakwater was opened in 1931 after four winters of heavy blasting.",
        "The film was shown in Varnholm in 1931 after four winters of quarrying and blasting.",
        "Read more\n\nThe Varnholm breakwater was opened in 1931 after four winters of blasting.",
        "![a pier](pier.png)\nThe Varnholm breakwater opened in 1931 after winters of blasting.",
        "The Varnholm storms, Aas, K. et al., Journal of Northern Harbours and Blasting, in 1931.",
        "Varnholm: the breakwater was opened in 1931 after four winters of heavy blasting.",
        "Click here to read of the Varnholm breakwater that was opened in 1931 after a storm.",
        "```\nThe Varnholm breakwater was opened in 1931 after four winters of blasting.\n```",
        "A survey of harbours Ada Lund, Ben Moe, Cleo Aas, Dora Vik, Emil Berg, Finn Dahl",
        "Ada Lund on the importance of machine learning for the harbours of the north.",
        "JSON ExtractorSee how the harbours of the northern coast keep their tables of ships.",
        "In Varnholm 3 of 14 boats, 5 of 20 nets and 9 lines were lost in the storms of winter.",
        "Il ponte di Varnholm fu aperto nel 1931 dopo quattro inverni di lavori alla diga.",
    ],
)
def test_what_is_no_statement_of_its_own_becomes_no_card(text: str) -> None:
    text = f"# Notes\n\n{text}\n"
    assert cards_of("a.md", text, noise_spans(text)) == ()


def test_the_answer_stands_nowhere_on_the_front() -> None:
    text = "Ada Lund built the Varnholm bridge, and Lund paid for all of the heavy northern stones."
    (card,) = cards_of("a.md", text)
    assert card.answers == ("Ada Lund",)
    assert "Lund" not in "".join(card.shown)
    assert len(card.shown) == 3


def test_signs_of_markdown_are_left_out() -> None:
    text = "| Setting | Default |\n|---|---|\n| `one.two` | [`5`](https://x.y/z) |\n"
    (card,) = cards_of("a.md", text)
    assert (card.shown[0], card.answers) == ("one.two · Default: ", ("5",))


def source(name: str, text: str) -> Source:
    return Source(name, name, "markdown", "0" * 64, name, text)


def test_a_set_takes_turns_and_is_the_same_for_the_same_seed() -> None:
    texts = {f"{at}.md": HARBOUR.replace("Varnholm", f"Varn{at}holm") for at in range(30)}
    looked: list[str] = []

    def lookup(name: str) -> Source | None:
        looked.append(name)
        return source(name, texts[name]) if name != "3.md" else None

    made = Decks(lookup)
    first = made.deck(sorted(texts), 1, 5)
    assert len(first.cards) == 5
    assert len({card.quote.document for card in first.cards}) == 5
    assert len(looked) < 15, "no more documents are read than are needed"
    assert Decks(lookup).deck(sorted(texts, reverse=True), 1, 5) == first
    assert made.deck(sorted(texts), 2, 5).cards != first.cards
    everything = made.deck(sorted(texts), 1, 1000)
    assert "3.md" not in {card.quote.document for card in everything.cards}
    answers = [card.answers for card in everything.cards]
    assert len(answers) == len(set(answers)), "no answer is asked for twice"


def test_a_long_document_is_read_in_parts_whose_places_count_in_the_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(decks, "PART", 500)
    monkeypatch.setattr(decks, "_BORDER", 400)
    long = "\n\n".join(f"The Varn{at}holm bridge was opened in {1800 + at} after long and heavy "
                       f"quarrying in the northern mountains." for at in range(100))  # fmt: skip
    seen = set()
    for seed in range(8):
        for card in Decks(lambda name: source(name, long)).deck(["a.md"], seed, 50).cards:
            assert long[slice(*card.quote.span)] == card.quote.text
            seen.add(card.quote.span[0] // 500)
    assert len(seen) > 4


def test_an_advert_whose_heading_stands_in_another_part_gives_no_card(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(decks, "PART", 300)
    advert = "\n".join(f"The Varn{at}holm bridge was opened in {1800 + at} after long and heavy "
                       f"quarrying in the northern mountains." for at in range(30))  # fmt: skip
    made = Decks(lambda name: source(name, f"# A\n\nWords.\n\n{name[0]}\n{advert}"))
    assert len(made.deck(["Notes.md"], 1, 20).cards) == 20
    made = Decks(lambda name: source(name, f"# A\n\nWords.\n\nRelated content\n{advert}"))
    assert made.deck(["Notes.md"], 1, 20).cards == ()


def test_what_is_not_read_yet_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decks, "MOST_CHARACTERS", 2 * len(HARBOUR))
    made = Decks(lambda name: source(name, HARBOUR.replace("Varnholm", f"V{name[0]}holm")))
    names = [f"{at}.md" for at in range(8)]
    found = [made.deck(names, 1, 20) for _ in range(4)]
    assert [(each.read, each.to_read) for each in found] == [(2, 6), (4, 4), (6, 2), (8, 0)]
    assert found[1].cards[:2] == found[0].cards


def test_a_folder_of_more_parts_without_cards_than_are_kept_is_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = "It rained. They left.\n"
    monkeypatch.setattr(decks, "MOST_CHARACTERS", 4 * len(words))
    monkeypatch.setattr(decks, "_MOST_CARDS_KEPT", 3)
    made = Decks(lambda name: source(name, words))
    left = [made.deck([f"{at}.md" for at in range(10)], 1, 20).to_read for _ in range(3)]
    assert left == [6, 2, 0]


def test_what_is_kept_of_rich_parts_is_bounded_by_its_cards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A part may give 400 cards of 1.8 kB; 2,000 of them were kept."""
    monkeypatch.setattr(decks, "_MOST_CARDS_KEPT", 30)
    made = Decks(lambda name: source(name, HARBOUR.replace("Varnholm", f"Varn{name[0]}olm")))
    names = [f"{letter}.md" for letter in "abcdefghijklmnop"]
    each = [len(made.deck([name], 1, 100).cards) for name in names]
    assert min(each) > 5
    gc.collect()
    kept = [card for card in gc.get_objects() if type(card) is Card]
    of_these = [card for card in kept if card.quote.document in names]
    assert 0 < len(of_these) <= 30
    assert made.deck(names, 1, 100).read == len(names)


# ---------------------------------------------------------------- the page


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Running]:
    place = tmp_path_factory.mktemp("cards")
    write_texts(place / "notes", TEXTS)
    with Assistant(settings_for(place, repository)) as assistant:
        assistant.sync()
        with running(assistant) as found:
            yield found


def opened(context: BrowserContext, server: Running, query: str = "") -> Screen:
    screen = Screen(context, server.url)
    screen.page.goto(f"{server.url}/document/cards{query}")
    expect(screen.page.locator("nav.turning")).to_be_visible()
    return screen


def test_the_page_runs_its_own_script_and_no_other(server: Running) -> None:
    reply = httpx.get(f"{server.url}/document/cards")
    assert reply.text.count("<script") == 1
    host = server.url.removeprefix("http://")
    policy = reply.headers["content-security-policy"]
    assert policy.endswith(f"script-src {host}/own/cards.js")
    assert "default-src 'none'" in policy
    for path in ("/document/timeline", "/document?name=harbour.md", "/login"):
        assert "script-src" not in httpx.get(server.url + path).headers["content-security-policy"]


def test_words_and_names_of_documents_are_escaped(browser: Browser, server: Running) -> None:
    text = httpx.get(f"{server.url}/document/cards?count=100").text
    for raw in ("<img", "<script>", "<i>"):
        assert raw not in text
    assert "&lt;script&gt;alert(3)" in text
    context = browser.new_context()
    screen = opened(context, server, "?count=100")
    for _ in range(screen.page.locator(".study").count()):
        screen.page.keyboard.press(" ")
        screen.page.keyboard.press("ArrowRight")
    assert screen.problems == screen.outside == []
    context.close()


def test_without_scripts_all_cards_stand_below_each_other(
    browser: Browser, server: Running
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}/document/cards?count=50")
    cards = page.locator(".study")
    assert cards.count() > 6
    last = cards.last
    expect(last).to_be_visible()
    answer = last.locator(".answer")
    expect(answer).to_be_hidden()
    last.get_by_text("Show answer").click()
    expect(answer).to_be_visible()
    expect(last.locator("mark").first).to_be_visible()
    assert page.get_by_role("button", name="Knew it").count() == 0
    context.close()


def test_a_round_with_keys_and_what_was_known_stays(browser: Browser, server: Running) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    screen = opened(context, server, "?count=3")
    page = screen.page
    status = page.get_by_role("status")
    expect(status).to_have_text("Card 1 of 3 · 0 known, 0 again")
    expect(page.locator(".study:visible")).to_have_count(1)
    page.keyboard.press("k")  # nothing: the answer was not looked at
    expect(status).to_have_text("Card 1 of 3 · 0 known, 0 again")
    page.keyboard.press(" ")
    expect(page.locator(".answer:visible")).to_have_count(1)
    page.keyboard.press("k")
    expect(status).to_have_text("Card 2 of 3 · 1 known, 0 again")
    expect(page.locator(".answer:visible")).to_have_count(0)
    page.get_by_text("Show answer").locator("visible=true").click()
    page.get_by_role("button", name="Again").click()
    expect(status).to_have_text("Card 3 of 3 · 1 known, 1 again")
    page.keyboard.press("ArrowLeft")
    expect(status).to_contain_text("Card 2 of 3")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("You knew 1 of 3.")).to_be_visible()
    page.get_by_role("button", name="The other 2 once more").click()
    expect(status).to_have_text("Card 1 of 2 · 1 known, 1 again")
    page.reload()
    expect(status).to_have_text("Card 1 of 3 · 1 known, 1 again")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Forget what I knew").click()
    expect(status).to_have_text("Card 1 of 3 · 0 known, 0 again")
    kept = page.evaluate("Object.keys(localStorage).length")
    assert kept == 1
    assert screen.problems == []
    context.close()


def test_from_a_card_to_its_place_and_to_another_set(browser: Browser, server: Running) -> None:
    context = browser.new_context()
    screen = opened(context, server, "?count=20&seed=4")
    page = screen.page
    fronts = page.locator(".study h2, .study .asked").all_text_contents()
    card = page.locator(".study", has=page.locator(".asked", has_text="breakwater was opened in"))
    link = card.locator("p a").get_attribute("href") or ""
    page.get_by_role("link", name="Another set").click()
    expect(page).to_have_url(re.compile("seed=5"))
    assert page.locator(".study h2, .study .asked").all_text_contents() != fronts
    page.goto(f"{server.url}/document/cards?count=20&seed=4")
    assert page.locator(".study h2, .study .asked").all_text_contents()[: len(fronts)] == fronts
    page.goto(server.url + link)
    expect(page.locator("mark")).to_contain_text("breakwater was opened in 1931")
    context.close()


def test_the_sidebar_leads_to_the_cards_of_what_is_ticked(
    browser: Browser, server: Running
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    screen = Screen(context, server.url).open()
    screen.open_sidebar()
    link = screen.page.locator("#library a.cards")
    expect(link).to_have_attribute("href", re.compile("/document/cards$"))
    screen.page.get_by_role("checkbox", name="harbour.md").click()
    expect(link).to_have_attribute("href", re.compile(r"ticked=\d+%3A"))
    with context.expect_page() as found:
        link.click()
    page = found.value
    expect(page.get_by_role("heading", name="Study cards")).to_be_visible()
    expect(page.get_by_text("breakwater")).to_have_count(0)
    page.get_by_role("combobox", name="Cards").select_option("50")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url(re.compile(r"count=50"))
    expect(page.get_by_text("breakwater")).to_have_count(0)
    context.close()


def test_documents_without_statements_give_none(server: Running) -> None:
    infos = [info.name for info in server.application.service.infos()]
    generation = int(re.sub(r"\D", "", server.assistant.status().generation))
    only = f"{generation}:{infos.index('plain.txt')}"
    page = httpx.get(f"{server.url}/document/cards", params={"ticked": only})
    assert page.status_code == 200
    assert "No card can be made" in html.unescape(page.text)
    wrong = httpx.get(f"{server.url}/document/cards", params={"ticked": "999999:0"})
    assert wrong.status_code == 400


def test_sets_that_wait_for_another_hold_no_thread(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The threads are those of questions, too: a few for the whole server."""
    going, begun = threading.Event(), threading.Event()
    made = Decks.deck

    def slow(self: Decks, *arguments: Any) -> Any:
        begun.set()
        assert going.wait(30)
        return made(self, *arguments)

    monkeypatch.setattr(Decks, "deck", slow)
    address = f"{server.url}/document/cards"
    with ThreadPoolExecutor(40) as pool:
        sets = [pool.submit(httpx.get, address, timeout=60) for _ in range(40)]
        try:
            assert begun.wait(30)
            time.sleep(0.5)
            other = httpx.get(f"{server.url}/document?name=harbour.md", timeout=10)
            assert other.status_code == 200
        finally:
            going.set()
        assert {each.result().status_code for each in sets} == {200}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_axe_finds_nothing_serious(
    browser: Browser, server: Running, scheme: Any, size: tuple[int, int], tmp_path: Path
) -> None:
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    screen = opened(context, server, "?count=100")
    page = screen.page
    while page.locator(".study.end").is_hidden():
        page.keyboard.press(" ")
        expect(page.locator(".answer:visible")).to_have_count(1)
        assert serious(screen) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.keyboard.press("ArrowRight")
    assert serious(screen) == []
    page.screenshot(path=tmp_path / f"cards-{width}-{scheme}.png")
    context.close()
