"""A set of cards → a page: each question, and behind "Show answer" the place that states it.

Without scripts the cards stand below each other. The page's script shows one at a time and keeps in
the browser what was known; the server learns nothing of it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.chat.document_blocks import draw_blocks
from assistant.chat.document_marks import Marks
from assistant.chat.document_page import framed, title_of
from assistant.chat.escaped import address, escape, one_line
from assistant.studying.cards import Card
from assistant.studying.decks import Deck
from assistant.types import Source

COUNTS = (10, 20, 50, 100)
"""How many cards a set may be asked to have by the page's list; an address may name another
number."""
_AROUND = 240
"""Characters shown on each side of the sentence, within its paragraph."""

_GAP = '<span class="gap" role="img" aria-label="missing">?</span>'


@dataclass(frozen=True, slots=True)
class CardsRequest:
    """What the page was asked for: the set by its number, how many cards, and what its address
    names besides."""

    seed: int = 1
    count: int = 20
    ticked: str = ""
    collections: tuple[str, ...] = ()

    def link(self, seed: int) -> str:
        """The escaped address of another set of the same."""
        query: dict[str, str | int | Sequence[str]] = {"seed": seed, "count": self.count}
        if self.ticked:
            query["ticked"] = self.ticked
        if self.collections:
            query["collection"] = self.collections
        return address("/document/cards", **query)


@dataclass(frozen=True, slots=True)
class SourcedCard:
    """A card with the document that it was made from."""

    card: Card
    source: Source


def draw_cards(deck: Deck, shown: Sequence[SourcedCard], asked: CardsRequest) -> str:
    """The page. ``shown`` are the deck's cards whose documents are still what they were."""
    documents = len({each.source.name for each in shown})
    said = (
        f"{len(shown)} {'card' if len(shown) == 1 else 'cards'} of {documents:,} "
        f"{'document' if documents == 1 else 'documents'}, in their own words."
    )
    body = [
        (
            '<header><nav aria-label="Study cards"><a href="/">← Back to the chat</a> '
            f'<a href="{asked.link(asked.seed)}">Link to this set</a> '
            f'<a href="{asked.link(asked.seed % 10**9 + 1)}" rel="next">Another set</a></nav>'
            f'{_form(asked)}</header><h1>Study cards</h1><p class="muted">{said}</p>'
        )
    ]
    if deck.to_read:
        body.append(
            f"<p><strong>Not whole yet: {deck.to_read:,} more documents are to be read.</strong> "
            f'<a href="{asked.link(asked.seed)}">Read on</a></p>'
        )
    if not shown:
        body.append(
            "<p>No card can be made of these documents. Cards need statements with a number, a "
            "year or a name, definitions, or lists, in English; or tables with named rows and "
            "columns.</p>"
        )
    cards = "".join(_card(each, at, len(shown)) for at, each in enumerate(shown, 1))
    body.append(f'<div id="deck">{cards}</div><script src="/own/cards.js" defer></script>')
    return framed("Study cards", "".join(body))


def _card(each: SourcedCard, number: int, count: int) -> str:
    card, source = each.card, each.source
    words = _GAP.join(_part(part) for part in card.shown).strip()
    asked = f'<p class="asked">{words}</p>' if words else ""
    where = f'<span class="number">{number} of {count} · </span>{_where(card, source)}'
    answers = [one_line(answer) for answer in card.answers]
    if card.kind == "list":
        drawn = f"<ul>{''.join(f'<li>{answer}</li>' for answer in answers)}</ul>"
    else:
        drawn = f"<p>{', '.join(answers)}</p>"
    return (
        f'<article class="study" id="card-{card.id}" aria-labelledby="asks-{number}">'
        f'<p class="muted">{where}</p>'
        f'<h2 id="asks-{number}" tabindex="-1">{one_line(card.asks)}</h2>{asked}'
        f'<details><summary>Show answer</summary><div class="answer">{drawn}</div>'
        f'<blockquote class="text">{_quote(card, source)}</blockquote>'
        f"<p>{_place(card, source)}</p></details></article>"
    )


def _part(words: str) -> str:
    """Escaped words, with the blanks beside a gap."""
    before, after = words[:1].isspace(), words[-1:].isspace()
    return f"{' ' if before else ''}{one_line(words)}{' ' if after else ''}"


def _where(card: Card, source: Source) -> str:
    """The document and the heading above: what a sentence cannot say by itself."""
    at = bisect_right([heading.start for heading in source.headings], card.quote.span[0]) - 1
    heading = source.headings[at].title if at >= 0 else ""
    title = title_of(source)
    return one_line(title if heading in ("", title) else f"{title} · {heading}")


def _quote(card: Card, source: Source) -> str:
    start, end = card.quote.span
    text = source.text
    low = max(text.rfind("\n\n", 0, start) + 2, text.rfind("\n", 0, max(0, start - _AROUND)) + 1)
    if start - low > _AROUND:
        low = text.find(" ", start - _AROUND, start) + 1 or start
    low = min(low, start)
    if card.kind in ("table_cell", "list"):
        low = text.rfind("\n", 0, start) + 1
    high = min((text + "\n\n").find("\n\n", end), end + _AROUND)
    if high == end + _AROUND:
        high = max(text.rfind(" ", end, high), end)
    if card.kind == "table_cell":
        high = min(len(text), end)
    return draw_blocks(source, low, high, Marks(((start, end),), 0), is_named=False)


def _place(card: Card, source: Source) -> str:
    start, end = card.quote.span
    at = bisect_right([page.start for page in source.pages], start) - 1
    page = f", page {source.pages[at].number}" if at >= 0 else ""
    url = address(
        "/document", name=source.name, start=start, end=end, version=source.sha256[:16]
    )  # fmt: skip
    return f'<a href="{url}#cited">{one_line(title_of(source))}{page}</a>'


def _form(asked: CardsRequest) -> str:
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in (
            ("seed", str(asked.seed)),
            *([("ticked", asked.ticked)] if asked.ticked else []),
            *(("collection", each) for each in asked.collections),
        )
    )
    options = "".join(
        f"<option{' selected' if each == asked.count else ''}>{each}</option>"
        for each in sorted({*COUNTS, asked.count})
    )
    return (
        f'<form action="/document/cards" method="get" class="search">{hidden}'
        f'<label>Cards <select name="count">{options}</select></label>'
        '<button type="submit">Show</button></form>'
    )
