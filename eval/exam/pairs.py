"""Items that need two documents: contradictions between them, and near misses. Pure."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from assistant.studying.fairness import Folder
from assistant.studying.items import Item
from assistant.text.terms import content_terms

SAME = 0.6
"""Two topics with this share of terms in common are about one thing."""
TRIES = 12
_PERSON_LIKE = re.compile(r"[A-ZÀ-Þ][a-zß-ÿ]+ [A-ZÀ-Þ][a-zß-ÿ]+$")


def conflicts(items: Sequence[Item]) -> Iterator[Item]:
    """A date or number that two documents give differently: both belong into the answer."""
    seen: set[tuple[str, str]] = set()
    wanted = [item for item in items if item.kind in ("date", "number") and item.names]
    for one, other in combinations(wanted, 2):
        first, second = one.quotes[0], other.quotes[0]
        if one.kind != other.kind or first.document == second.document:
            continue
        if one.asks != other.asks or one.answers == other.answers:
            continue
        if set(one.names) != set(other.names):
            continue
        left, right = set(content_terms(one.topic)), set(content_terms(other.topic))
        if len(left & right) < SAME * min(len(left), len(right)) or len(left & right) < 2:
            continue
        key = (first.text, second.text)
        if key not in seen:
            seen.add(key)
            shorter = min(one, other, key=lambda item: len(item.topic))
            yield replace(
                shorter, kind="conflict", answers=(*one.answers, *other.answers),
                quotes=(first, second),
            )  # fmt: skip


def near_misses(
    items: Sequence[Item], names: Mapping[str, set[str]], folder: Folder, seed: int
) -> Iterator[Item]:
    """Questions whose name is swapped for one of the same kind from another document, where no
    place of the folder says anything about the new name and the rest: to be refused."""
    chance = random.Random(seed)
    pool = sorted(name for name in names if not name.isdigit())
    for item in items:
        if item.kind not in ("number", "date", "table_cell") or len(item.names) != 1:
            continue
        name = item.names[0]
        if item.kind == "table_cell" and not _is_figure(item):
            continue
        home = item.quotes[0].document
        shape = _shape(name)
        if shape == "person" or (item.kind == "table_cell" and shape == "words 1"):
            continue
        alike = [n for n in pool if home not in names[n] and _shape(n) == shape]
        other_years = _other_years(name, folder, chance)
        for new in (*other_years, *chance.sample(alike, min(TRIES, len(alike)))):
            swapped = _swap(item, name, new)
            if swapped is not None and _is_unsaid(swapped, new, folder, home):
                yield swapped
                break


def _is_figure(item: Item) -> bool:
    """Whether a cell is asked for by its row's name and holds a number: words of such a column
    ("main idea") may be told of another name elsewhere."""
    return item.topic == item.names[0] and bool(re.search(r"\d", item.answers[0][0]))


def _other_years(name: str, folder: Folder, chance: random.Random) -> list[str]:
    """The same name with a year that the folder never tells of."""
    match = re.search(r"\b(?:19|20)\d\d\b", name)
    if match is None:
        return []
    years = [str(int(match.group()) + away) for away in (-9, -7, -5, -3, 3, 5, 7, 9)]
    made = [(y, name.replace(match.group(), y)) for y in chance.sample(years, len(years))]
    every = "\n".join(folder.texts.values())
    return [new for year, new in made if year not in every][:2]


def _swap(item: Item, name: str, new: str) -> Item | None:
    if name not in item.typed or name not in item.topic or new in item.topic:
        return None
    return replace(
        item,
        kind="near_miss",
        typed=item.typed.replace(name, new, 1),
        topic=item.topic.replace(name, new, 1),
        names=(new, *item.names[1:]),
        answers=(),
        quotes=(),
    )


def _is_unsaid(item: Item, new: str, folder: Folder, home: str) -> bool:
    if new.lower() in folder.texts[home].lower():
        return False
    if re.search(r"\b(?:19|20)\d\d\b", new):
        return not folder.alike(content_terms(f"{item.topic} {item.asks}"), 1.0)
    fresh = set(content_terms(new))
    rest = set(content_terms(f"{item.topic} {item.asks}")) - fresh
    if not fresh or not rest:
        return False
    near = folder.alike(sorted(fresh), 1.0)
    return not any(len(rest & place.terms) >= 0.5 * len(rest) for place in near)


def _shape(name: str) -> str:
    if _PERSON_LIKE.match(name):
        return "person"
    if re.search(r"\d", name):
        return "numbered"
    if name.isupper():
        return "letters"
    kind = "mixed" if re.search(r"[a-z][A-Z]|-", name) else "words"
    return f"{kind} {min(3, len(name.split()))}"
