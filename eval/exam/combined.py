"""Items made of others: two facts in one question, and what the folder does not say of a name.
Pure.

Hand-written questions need two places, or ask for what nobody wrote down; items of one sentence,
and near misses of swapped names, do neither. Without these an exam hardly saw whether an answer has
room for two sentences, and whether the reader refuses.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from assistant.studying.fairness import Folder
from assistant.studying.items import Item
from assistant.studying.words import PERSON, YEAR

MOST_PAIRS = 40
_OF_PEOPLE = (
    ("How old is {name}?", "{name} age", r"\bage|\bold\b|born|birth"),
    ("Where was {name} born?", "{name} birthplace", r"born|birth|native|grew up"),
    ("Is {name} married?", "{name} married", r"married|wife|husband|spouse|family"),
)
_OF_THINGS = (
    ("Who pays for {name}?", "who pays for {name}",
     r"cost|price|paid|pay|fund|budget|[$€£]|sponsor|grant|financ|fee"),
    ("What is the e-mail address of {name}?", "{name} e-mail address",
     r"@|e-?mail|address|contact"),
    ("What is the telephone number of {name}?", "{name} telephone number",
     r"phone|call|contact|\btel\b"),
    ("Who drew the logo of {name}?", "{name} logo designer", r"logo|drew|draw|design|emblem"),
)  # fmt: skip
_NAMED = re.compile(r"[A-Z].*[A-Z0-9]")


def unsaid(
    names: Mapping[str, set[str]], people: Collection[str], folder: Folder, seed: int
) -> Iterator[Item]:
    """Questions about a name that no sentence near the name says a word about: to be refused.

    ``people`` are those names that the folder tells to be people, by what they did.
    """
    chance = random.Random(seed)
    every = sorted(name for name in names if _NAMED.match(name) and len(name) > 2)
    chance.shuffle(every)
    for number, name in enumerate(every):
        if re.fullmatch(PERSON, name) and name not in people:
            continue  # a place or a term may be written so, too
        forms = _OF_PEOPLE if name in people else _OF_THINGS
        typed, topic, told = forms[number % len(forms)]
        if YEAR.search(name) and "logo" not in typed:
            continue  # the price of one edition may be told of all
        if not _is_told(name, re.compile(told, re.IGNORECASE), folder):
            yield Item(
                "near_miss", topic.format(name=name), "", typed.format(name=name), (), (), (name,)
            )


def _is_told(name: str, words: re.Pattern[str], folder: Folder) -> bool:
    """Whether a sentence that holds the name, or one beside it, holds such a word."""
    last = name.split()[-1]
    for number, place in enumerate(folder.places):
        if last not in place.text:
            continue
        near = folder.places[max(0, number - 2) : number + 3]
        if any(each.document == place.document and words.search(each.text) for each in near):
            return True
    return False


def pairs(items: Sequence[Item], seed: int) -> Iterator[Item]:
    """Two cells of one column in one question, or two facts of one document."""
    chance = random.Random(seed)
    groups: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in items:
        home = item.quotes[0].document if item.quotes else ""
        if item.kind == "table_cell" and _NAMED.search(item.topic):
            if item.topic == item.names[0]:
                groups[home, item.asks].append(item)
        elif item.kind in ("number", "date", "name") and len(item.answers) == 1:
            groups[home, ""].append(item)
    made = 0
    for (_, asks), group in sorted(groups.items()):
        chosen = list(group)
        chance.shuffle(chosen)
        for one, other in zip(chosen[::2], chosen[1::2], strict=False):
            if one.quotes == other.quotes or one.answers == other.answers or made >= MOST_PAIRS:
                continue
            made += 1
            if asks:
                both = f"{one.topic} and {other.topic}"
                yield _joined(one, other, both, asks, f"{both}: what is given as {asks}?")
            else:
                typed = f"{one.typed} And {other.typed[0].lower()}{other.typed[1:]}"
                yield _joined(one, other, typed, "", typed)


def _joined(one: Item, other: Item, topic: str, asks: str, typed: str) -> Item:
    return Item(
        "pair", topic, asks, typed, (*one.answers, *other.answers), (*one.quotes, *other.quotes),
        (*one.names, *other.names),
    )  # fmt: skip
