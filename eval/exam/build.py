"""Documents' texts → an exam: made, filtered, balanced over kinds and documents. Pure.

The same texts and seed give the same exam, in the same order.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.studying.fairness import Folder, is_fair
from assistant.studying.items import Item, ItemKind
from assistant.studying.prose import items_of, sentences_of
from assistant.studying.quoted import quoted_items
from assistant.studying.structured import list_items, table_items
from eval.bm25 import BM25, sentence_units
from eval.exam.combined import pairs, unsaid
from eval.exam.filters import known_names, with_ease
from eval.exam.pairs import conflicts, near_misses

NEAR_MISS_SHARE = 0.25
MOST_CANDIDATES = 4_000
"""Of a large folder so many candidates are looked at, drawn evenly over its documents."""
MOST_UNSAID = 20
"""Of a folder with few swapped names at most so many refusals are of things that are not said."""
KIND_SHARE = 0.3
"""At most this share of an exam is of one kind, while there are others."""
EASY_SHARE = 0.5
"""At most this share of an exam is solved by the best sentence of BM25, while there are others."""


@dataclass(frozen=True, slots=True)
class Exam:
    """The chosen items, and how many candidates there were and are left after the filters."""

    items: tuple[Item, ...]
    candidates: int
    fair: int

    @property
    def kinds(self) -> Mapping[ItemKind, int]:
        """Kind → how many items of it."""
        return Counter(item.kind for item in self.items)


def build_exam(texts: Mapping[str, str], count: int, seed: int = 0) -> Exam:
    """An exam of at most ``count`` questions on these texts."""
    chance = random.Random(seed)
    said = sentences_of(sorted(texts.items()))
    made = [item for each in said for item in items_of(each)]
    for name, text in sorted(texts.items()):
        made += [*table_items(name, text), *list_items(name, text), *quoted_items(name, text)]
    candidates = len(made)
    made = _drawn(made, MOST_CANDIDATES, chance)
    folder, single = Folder(texts), BM25(sentence_units(texts))
    contradicted = list(conflicts(made))
    disputed = {quote.text for item in contradicted for quote in item.quotes}
    fair = [
        item
        for item in _worded(made)
        if is_fair(item, folder) and not any(quote.text in disputed for quote in item.quotes)
    ]
    names = known_names(said)
    people = {each[0] for item in fair if item.kind == "name" for each in item.answers}
    swapped = _worded(near_misses(fair, names, folder, seed))
    missing = _distinct(_alternating(swapped, _worded(unsaid(names, people, folder, seed))))
    both = _worded(pairs(fair, seed))
    fair = _distinct(with_ease(item, single) for item in [*_worded(contradicted), *fair])
    fair += _distinct(with_ease(item, single) for item in both)
    refused = min(len(missing), round(NEAR_MISS_SHARE * count))
    chosen = _balanced(fair, count - refused, chance)
    chosen += _balanced(missing, min(refused, max(1, len(chosen) // 3)), chance)
    return Exam(tuple(chosen), candidates, len(fair) + len(missing))


def _alternating(first: Sequence[Item], second: Sequence[Item]) -> list[Item]:
    """In turns as far as both go, then the rest of the first: swapped names are the surer ones."""
    turns = [item for both in zip(first, second, strict=False) for item in both]
    return [
        *turns,
        *first[len(turns) // 2 :],
        *second[len(first) :][: max(0, MOST_UNSAID - len(first))],
    ]


def _worded(items: Iterable[Item]) -> list[Item]:
    """Every second item of a kind as keywords, the others as typed questions."""
    turn: dict[str, int] = defaultdict(int)
    found = []
    for item in items:
        turn[item.kind] += 1
        found.append(replace(item, wording="keywords" if turn[item.kind] % 2 else "typed"))
    return found


def _distinct(items: Iterable[Item]) -> list[Item]:
    """Each question once, however it is worded, and of each quote at most two questions."""
    asked: set[str] = set()
    quoted: Counter[str] = Counter()
    found = []
    for item in items:
        key = f"{item.kind} {item.topic} {item.asks}".lower()
        quote = item.quotes[0].text if item.quotes else key
        if key not in asked and quoted[quote] < 2:
            asked.add(key)
            quoted[quote] += 1
            found.append(item)
    return found


def _drawn(items: list[Item], most: int, chance: random.Random) -> list[Item]:
    return items if len(items) <= most else chance.sample(items, most)


def _balanced(items: Sequence[Item], count: int, chance: random.Random) -> list[Item]:
    """Take turns over kinds, within a kind over documents; hard ones first, as long as easy ones
    would be more than their share."""
    groups: dict[ItemKind, list[Item]] = defaultdict(list)
    shuffled = list(items)
    chance.shuffle(shuffled)
    seen: Counter[tuple[str, str]] = Counter()
    ranked = []
    for item in shuffled:
        home = item.quotes[0].document if item.quotes else ""
        seen[item.kind, home] += 1
        ranked.append((seen[item.kind, home], item))
    for _, item in sorted(ranked, key=lambda pair: pair[0]):
        groups[item.kind].append(item)
    chosen: list[Item] = []
    left = {kind: list(group) for kind, group in sorted(groups.items())}
    while len(chosen) < count and any(left.values()):
        full = {kind for kind in left if len(groups[kind]) - len(left[kind]) >= KIND_SHARE * count}
        open_kinds = {kind for kind, group in left.items() if group} - full
        for kind, group in left.items():
            if kind in full and open_kinds:
                continue
            if group and len(chosen) < count:
                easy = sum(item.is_easy for item in chosen)
                crowded = easy >= EASY_SHARE * (len(chosen) + 1)
                at = next((n for n, item in enumerate(group) if not (crowded and item.is_easy)), 0)
                chosen.append(group.pop(at))
    return chosen
