"""How easy a question is, and the names that a folder holds. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from assistant.studying.items import Item
from assistant.studying.prose import Said
from assistant.studying.stated import normalise, states
from eval.bm25 import BM25


def with_ease(item: Item, sentences: BM25) -> Item:
    """The item, marked as easy when the best sentence by BM25 alone answers it."""
    if not item.answers:
        return item
    found = sentences.search(item.question, 1)
    said = normalise(found[0][0].text if found else "")
    solved = all(any(states(said, w) for w in wordings) for wordings in item.answers)
    return replace(item, is_easy=solved)


def known_names(said: Sequence[Said]) -> dict[str, set[str]]:
    """Name → the documents whose sentences hold it."""
    found: dict[str, set[str]] = defaultdict(set)
    for each in said:
        for name in each.names:
            found[name].add(each.document)
    return found
