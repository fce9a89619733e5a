"""Documents → a set of cards, the same for the same documents and seed.

Every document gives one card before one gives two, in an order that the seed makes, and a document
gives its kinds of questions in turns. So the documents are read one by one, until there are enough
cards: a set of a large folder needs few of them.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.studying.cards import Card, cards_of
from assistant.studying.items import ItemKind
from assistant.text.recent import Recent
from assistant.types import Source

PART = 30_000
"""Characters of a document that one set looks at; of a longer one the seed chooses the part."""
MOST_CHARACTERS = 800_000
"""Characters that one set reads for the first time; a million took 1.2 s on one processor."""
_BORDER = 2_000
"""Characters within which a part begins with a paragraph."""
_MOST_KEPT = 2_000


@dataclass(frozen=True, slots=True)
class Deck:
    """A set of cards of ``read`` documents; ``to_read`` are left for the next request."""

    cards: tuple[Card, ...]
    read: int
    to_read: int = 0


class Decks:
    """Makes sets, and keeps the cards of the parts that were read last."""

    def __init__(self, lookup: Callable[[str], Source | None]) -> None:
        self._lookup = lookup
        self._kept: Recent[tuple[Card, ...]] = Recent(_MOST_KEPT)

    def deck(self, names: Sequence[str], seed: int, count: int) -> Deck:
        """At most ``count`` cards of these documents; of those that ``lookup`` refuses, none."""
        order = sorted(names)
        random.Random(seed).shuffle(order)
        piles: list[list[Card]] = []
        chosen: list[Card] = []
        known: set[str] = set()
        characters = read = 0
        for at, name in enumerate(order):
            if len(chosen) == count:
                break
            source = self._lookup(name)
            if source is None:
                continue
            start, end = _part(source.text, f"{seed} {name}")
            key = f"{name} {source.sha256} {start}"
            cards = self._kept.get(key)
            if cards is None:
                if characters and characters + end - start > MOST_CHARACTERS:
                    return Deck(tuple(chosen), read, len(order) - at)
                characters += end - start
                cards = tuple(_moved(c, start) for c in cards_of(name, source.text[start:end]))
                self._kept.put(key, cards)
            read += 1
            pile = _in_turns(cards, f"{seed} {name}")
            piles.append(pile)
            _take(pile, chosen, known)
        while len(chosen) < count and any(piles):
            for pile in piles:
                if len(chosen) < count:
                    _take(pile, chosen, known)
        return Deck(tuple(chosen), read)


def _take(pile: list[Card], chosen: list[Card], known: set[str]) -> None:
    """The next card of a document whose answer no card of the set has."""
    while pile:
        card = pile.pop(0)
        answer = " ".join(card.answers).casefold()
        if answer not in known:
            known.add(answer)
            chosen.append(card)
            return


def _in_turns(cards: Sequence[Card], seed: str) -> list[Card]:
    """Cards in an order by chance in which their kinds take turns."""
    chance = random.Random(seed)
    groups: dict[ItemKind, list[Card]] = defaultdict(list)
    for card in cards:
        groups[card.kind].append(card)
    kinds = sorted(groups)
    chance.shuffle(kinds)
    for group in groups.values():
        chance.shuffle(group)
    longest = max(map(len, groups.values()), default=0)
    return [groups[kind][at] for at in range(longest) for kind in kinds if at < len(groups[kind])]


def _part(text: str, seed: str) -> tuple[int, int]:
    if len(text) <= PART:
        return 0, len(text)
    at = random.Random(seed).randrange(-(-len(text) // PART)) * PART
    border = text.rfind("\n\n", max(0, at - _BORDER), at + 1)
    start = border + 2 if border >= 0 else at
    return start, min(len(text), start + PART)


def _moved(card: Card, by: int) -> Card:
    start, end = card.quote.span
    return replace(card, quote=replace(card.quote, span=(start + by, end + by)))
