"""A document's text → cards to learn from: a question, its answer, and the place that states it.

What is asked is what the makers of an exam found. An exam asks with few words, to see what a search
finds; a person is shown the document's own sentence with a gap, which says by itself what is asked.
Pure; prose is asked about in English only, tables in any language.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.studying.fairness import Folder, is_fair
from assistant.studying.items import Item, ItemKind, Quote
from assistant.studying.prose import Said, items_of, said_in
from assistant.studying.quoted import quoted_items
from assistant.studying.structured import list_items, table_items
from assistant.studying.words import PERSON, YEAR, content_words
from assistant.text.languages.detection import detect
from assistant.text.noise import Spans, share

MOST_CARDS = 400
"""Of one text."""
_FEWEST_WORDS = 5
"""Words with content that a sentence must have beside its gap."""
_ASKED: dict[ItemKind, str] = {
    "number": "Which number is missing?",
    "date": "Which year is missing?",
    "name": "Which name is missing?",
    "title": "Which title is missing?",
    "saying": "Who said this?",
    "table_cell": "What does the table say?",
}
_NUMBERS = {3: "three", 4: "four", 5: "five", 6: "six"}
_NO_STATEMENT = re.compile(
    r"\bet al\b|\barXiv\b|\bdoi\b|\bpp\. ?\d|\bIn Proc|https?://|[©@{}<>=]|"
    r"\.(?:png|jpe?g|gif|svg|webp|tiff?)\b|^[^\W\d_][^.,:“\"]{0,40}: |"
    r"\b(?:latest|today|yesterday|tomorrow|have just|has just|click|read more|subscribe|sign up)\b",
    re.IGNORECASE,
)
"""References, code, captions, labels with their values, and what is true of one day only."""
_POINTING = re.compile(
    r"^(?:The|A) (?:papers?|titles?|articles?|question|answer|above|below|[a-z]+(?:th|nd|rd))\b|"
    r"^The [a-z]+(?:['’]s|,)? (?:[a-z]+ed|is|was|are|were|has|had|have|can|will|would|stars?|"
    r"follows?|tells?|features?|won|began|made|took|got|went)\b|"
    r"^The [a-z]+, |"
    r"^(?:First|Second|Third|Finally|Next|Similarly|Likewise|Meanwhile|Afterwards?)\b"
)
"""How a sentence begins that a person needs the one before it for."""
_THE_WORK = re.compile(
    r"\bthe (?:films?|songs?|album|book|novel|paper|study|article|authors?|series)\b(?! ?[“\"])",
    re.IGNORECASE,
)
"""A work that the sentence does not name."""
_PLURAL = re.compile(r"[A-Z]{2,}s?")
_GOES_ON = re.compile(r"[-’']|,? [A-Z]| (?:on|of|for|and) (?:the )?[A-Z]|[”\"]?: ")
"""What follows the first part of a longer name, or a name among others."""
_TOPIC = re.compile(r" (?:on|about|at|for|with) ")
"""What follows a name that a heading begins with, and no statement."""
_GLUED = re.compile(r"[a-z]{3}[A-Z][a-z]{2}")
"""Two lines of a web page that lost their border: "JSON ExtractorSee how ..."."""
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_MOST_GAPS, _MOST_NAMES, _MOST_FIGURES = 3, 4, 4
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\([^()\s]{1,400}\)")


@dataclass(frozen=True, slots=True)
class Card:
    """A question with its answers. ``shown`` are the words that are shown, with a gap between each
    two of them; ``quote`` states the answer."""

    kind: ItemKind
    asks: str
    shown: tuple[str, ...]
    answers: tuple[str, ...]
    quote: Quote

    @property
    def id(self) -> str:
        """The same as long as document, question and answer are."""
        whole = repr((self.quote.document, self.asks, self.shown, self.answers)).encode()
        return hashlib.sha256(whole).hexdigest()[:12]


def cards_of(document: str, text: str, noise: Spans = ()) -> tuple[Card, ...]:
    """The cards of a text in its order; each sentence is asked about once. ``noise`` are stretches
    that are none of its matter: captions, teasers and adverts."""
    said: list[Said] = []
    items = list(table_items(document, text))
    if detect(text) == "en":
        said = list(said_in(document, text))
        items += [item for each in said for item in items_of(each)]
        items += [*list_items(document, text), *quoted_items(document, text)]
    found: dict[str, Card] = {}
    for card in (*_of_items(items, text), *_of_names(said, text)):
        if share(noise, *card.quote.span) == 0 and _is_statement(card):
            found.setdefault(card.quote.text, _plain(card))
    return tuple(sorted(found.values(), key=lambda card: card.quote.span)[:MOST_CARDS])


def _of_items(items: Sequence[Item], text: str) -> Iterator[Card]:
    folder: Folder | None = None
    for item in items:
        quote = item.quotes[0]
        first = tuple(wordings[0] for wordings in item.answers)
        if item.kind == "definition":
            folder = folder or Folder({quote.document: text})
            if is_fair(item, folder) and not first[0].endswith(("ed", "en")):
                yield Card(item.kind, item.typed, (), first, quote)
        elif item.kind == "table_cell":
            yield Card(
                item.kind, _ASKED[item.kind], (f"{_row_of(item)} · {item.asks}: ", ""), first, quote
            )
        elif item.kind == "list":
            last = item.quotes[-1]
            words = "; ".join(each.text for each in item.quotes)
            whole = Quote(quote.document, words, (quote.span[0], last.span[1]))
            asks = f"Which {_NUMBERS[len(first)]}?"
            yield Card(item.kind, asks, (f"{item.topic}:",), first, whole)
        else:
            shown = _with_gaps(quote.text, [w for wordings in item.answers for w in wordings])
            if shown:
                yield Card(item.kind, _ASKED[item.kind], shown, first, quote)


def _of_names(said: Sequence[Said], text: str) -> Iterator[Card]:
    """Sentences with a gap for the name that the text says least often: it tells them apart."""
    for each in said:
        if len(each.names) > _MOST_NAMES or not each.text.endswith((".", "!", "”", '"', ")")):
            continue  # authors of a paper, a heading
        names = [name for name in each.names if _tells(name, each.text)]
        if names:
            rarest = min(names, key=text.count)
            hidden = [rarest, rarest.split()[-1]] if re.fullmatch(PERSON, rarest) else [rarest]
            shown = _with_gaps(each.text, hidden)
            opens = shown and not shown[0]
            if shown and not (opens and (_TOPIC.match(shown[1]) or _GLUED.search(rarest))):
                yield Card("name", _ASKED["name"], shown, (rarest,), each.quote)


def _tells(name: str, sentence: str) -> bool:
    """Whether a name is whole, and worth a gap: of two words, or with a capital or digit inside."""
    is_telling = name[-2:].isalpha() if " " in name else re.search(r"[A-Z0-9]", name[1:])
    if not is_telling or YEAR.match(name) or _PLURAL.fullmatch(name):
        return False
    ahead, _, behind = sentence.partition(name)
    is_quoted = ahead.count("“") > ahead.count("”") or ahead.count('"') % 2 == 1
    if is_quoted and not (ahead[-1] in '“"' and behind[:1] in ("”", '"')):
        return False  # words of a title or a saying
    return not _GOES_ON.match(behind) and "’s " not in name and "'s " not in name


def _is_statement(card: Card) -> bool:
    """Whether the words behind a card say something by themselves, and ask for few things."""
    if card.kind in ("table_cell", "list", "definition"):
        return True
    words = card.quote.text
    return not (
        len(card.shown) > _MOST_GAPS + 1
        or (card.kind == "number" and len(_FIGURE.findall(words)) > _MOST_FIGURES)
        or _NO_STATEMENT.search(words)
        or _POINTING.match(words)
        or _THE_WORK.search(words)
    )


def _plain(card: Card) -> Card:
    """The card without the signs of Markdown."""

    def words(text: str) -> str:
        return _LINK.sub(r"\1", text).replace("`", "").replace("**", "")

    shown, answers = tuple(map(words, card.shown)), tuple(map(words, card.answers))
    return replace(card, asks=words(card.asks), shown=shown, answers=answers)


def _row_of(item: Item) -> str:
    """The name of a row behind what its table is about."""
    label = item.names[0]
    about = item.topic.removesuffix(label).strip()
    return f"{about}: {label}" if about and about != item.topic else item.topic


def _with_gaps(sentence: str, hidden: Sequence[str]) -> tuple[str, ...]:
    """The sentence in parts, without the hidden words; nothing when too little is left of it."""
    longest = sorted(set(hidden), key=len, reverse=True)
    parts = re.split(
        "|".join(rf"(?<![\w.,-]){re.escape(w)}(?![\w-]|[.,]\d)" for w in longest), sentence
    )
    if len(parts) < 2 or len(content_words(" ".join(parts))) < _FEWEST_WORDS:
        return ()
    return tuple(parts)
