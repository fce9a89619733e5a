"""Documents → a set of cards, the same for the same documents and seed.

Every document gives one card before one gives two, in an order that the seed makes, and a document
gives its kinds of questions in turns. So the documents are read one by one, long ones part by part,
until there are enough cards: a set of a large folder needs few of them.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.studying.cards import Card, cards_of
from assistant.studying.items import ItemKind
from assistant.text.noise import Spans, clipped, noise_spans
from assistant.text.recent import Recent
from assistant.types import Source

PART = 30_000
"""Characters of a document that are looked at in one turn; the seed orders the parts of a longer
one."""
MOST_CHARACTERS = 800_000
"""Characters that one set reads for the first time; a million took 1.2 s on one processor."""
_BORDER = 2_000
"""Characters within which a part begins with a paragraph."""
_MOST_CARDS_KEPT = 20_000
"""Cards that are kept, of 1.8 kB each."""
_MOST_KEPT, _MOST_EMPTY = 2_000, 200_000
"""Documents whose noise is kept, and parts that are known to give no card: a folder of these is
read to its end in several requests only if none is forgotten."""


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
        self._kept: Recent[tuple[Card, ...]] = Recent(_MOST_CARDS_KEPT, len)
        self._empty: Recent[bool] = Recent(_MOST_EMPTY)
        self._noise: Recent[Spans] = Recent(_MOST_KEPT)

    def deck(self, names: Sequence[str], seed: int, count: int) -> Deck:
        """At most ``count`` cards of these documents; of those that ``lookup`` refuses, none."""
        order = sorted(names)
        random.Random(seed).shuffle(order)
        sources = (self._lookup(name) for name in order)
        taking = _Taking(count)
        read: set[str] = set()
        characters = 0
        parts = _by_turns(sources, seed)
        for number, part in parts:
            if number > taking.round:
                taking.empty(number)
            if taking.is_full:
                break
            cards = () if self._empty.get(part.key) else self._kept.get(part.key)
            if cards is None:
                if characters and characters + part.end - part.start > MOST_CHARACTERS:
                    left = {part.source.name, *(each.source.name for _, each in parts)}
                    return Deck(tuple(taking.chosen), len(read), len(left))
                characters += part.end - part.start
                cards = part.cards(self._noise_of(part.source))
                if cards:
                    self._kept.put(part.key, cards)
                else:
                    self._empty.put(part.key, True)
            read.add(part.source.name)
            taking.add(_in_turns(cards, f"{seed} {part.key}"))
        taking.empty()
        return Deck(tuple(taking.chosen), len(read))

    def _noise_of(self, source: Source) -> Spans:
        key = f"{source.name} {source.sha256}"
        known = self._noise.get(key)
        return self._noise.kept(key, noise_spans(source.text) if known is None else known)


@dataclass(frozen=True, slots=True)
class _DocumentPart:
    source: Source
    start: int
    end: int

    @property
    def key(self) -> str:
        return f"{self.source.name} {self.source.sha256} {self.start}"

    def cards(self, noise: Spans) -> tuple[Card, ...]:
        """The cards of the part, with their places in the whole document, whose ``noise`` it is:
        the heading of an advert may stand in another part."""
        inside = clipped(noise, self.start, self.end)
        moved = tuple((start - self.start, end - self.start) for start, end in inside)
        made = cards_of(self.source.name, self.source.text[self.start : self.end], moved)
        return tuple(_moved(card, self.start) for card in made)


def _by_turns(sources: Iterable[Source | None], seed: int) -> Iterator[tuple[int, _DocumentPart]]:
    """One part of each document, then a second one of those that have more, and so on, each with
    the number of its turn."""
    waiting: list[list[_DocumentPart]] = []
    for source in sources:
        if source is not None:
            first, *rest = _parts(source, f"{seed} {source.name}")
            yield 0, first
            if rest:
                waiting.append(rest)
    number = 0
    while waiting:
        number += 1
        for rest in waiting:
            yield number, rest.pop(0)
        waiting = [rest for rest in waiting if rest]


class _Taking:
    """Piles of cards, and those that were taken from them, no answer twice."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._piles: list[list[Card]] = []
        self._known: set[str] = set()
        self.chosen: list[Card] = []
        self.round = 0

    @property
    def is_full(self) -> bool:
        return len(self.chosen) >= self._count

    def add(self, pile: list[Card]) -> None:
        """Take one card of a new pile."""
        self._piles.append(pile)
        self._take(pile)

    def empty(self, number: int = 0) -> None:
        """Take from all piles in turns until there are enough, or no more."""
        self.round = number
        while any(self._piles) and not self.is_full:
            for pile in self._piles:
                self._take(pile)

    def _take(self, pile: list[Card]) -> None:
        while pile and not self.is_full:
            card = pile.pop(0)
            answer = " ".join(card.answers).casefold()
            if answer not in self._known:
                self._known.add(answer)
                self.chosen.append(card)
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


def _parts(source: Source, seed: str) -> list[_DocumentPart]:
    """Stretches of about one length, in an order by chance."""
    text = source.text
    count = max(1, -(-len(text) // PART))
    borders = [0]
    for number in range(1, count):
        at = number * len(text) // count
        border = text.rfind("\n\n", max(borders[-1] + 1, at - _BORDER), at + 1)
        borders.append(border + 2 if border >= 0 else at)
    parts = [_DocumentPart(source, a, b) for a, b in pairwise([*borders, len(text)])]
    random.Random(seed).shuffle(parts)
    return parts


def _moved(card: Card, by: int) -> Card:
    start, end = card.quote.span
    return replace(card, quote=replace(card.quote, span=(start + by, end + by)))
