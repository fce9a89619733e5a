"""Which questions are fair: self-contained, one answer in the documents, not given away. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.studying.items import Item
from assistant.studying.stated import normalise, states
from assistant.studying.words import YEAR, overlap
from assistant.text.sentences import sentences
from assistant.text.terms import content_terms

MOST_OVERLAP = 0.6
"""Share of the evidence's terms that a question may give away."""
ALIKE = 0.7
"""A sentence with this share of a question's terms could answer it too."""
_WORDED = ("number", "date", "name", "title", "saying")
"""Kinds whose topic is words of a sentence."""


@dataclass(frozen=True, slots=True)
class FolderSentence:
    """A sentence of any kind, with its terms."""

    document: str
    text: str
    terms: frozenset[str]


class Folder:
    """All sentences of a folder, found by their terms."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self.places: list[FolderSentence] = []
        self._holding: dict[str, list[int]] = defaultdict(list)
        for name, text in sorted(texts.items()):
            for span in sentences(text):
                if span.kind in ("heading", "code"):
                    continue
                part = " ".join(text[span.start : span.end].split())
                place = FolderSentence(name, part, frozenset(content_terms(part)))
                for term in place.terms:
                    self._holding[term].append(len(self.places))
                self.places.append(place)

    def alike(self, terms: Sequence[str], share: float) -> list[FolderSentence]:
        """The places that hold at least a share of the terms."""
        counts: dict[int, int] = defaultdict(int)
        for term in set(terms):
            for number in self._holding.get(term, ()):
                counts[number] += 1
        needed = share * len(set(terms))
        return [self.places[n] for n, count in sorted(counts.items()) if count >= needed]


def is_fair(item: Item, folder: Folder) -> bool:
    """Whether a question is worth asking: it does not give its answer away, its topic says
    enough, and no other place of the folder answers it differently."""
    asked = normalise(item.question)
    if any(states(asked, wording) for wordings in item.answers for wording in wordings):
        return False
    evidence = " ".join(each.text for each in item.quotes)
    if item.kind in _WORDED and overlap(item.question, evidence) > MOST_OVERLAP:
        return False
    terms = content_terms(item.topic)
    if item.kind in _WORDED and len(set(terms)) < 2:
        return False
    return not rivals(item, folder)


def rivals(item: Item, folder: Folder) -> list[FolderSentence]:
    """Other places that could answer with something else."""
    own = {each.text for each in item.quotes}
    found = []
    terms = content_terms(f"{item.topic} {item.asks}" if item.kind == "number" else item.topic)
    for place in folder.alike(terms, 1.0 if item.kind == "definition" else ALIKE):
        if any(place.text in text or text in place.text for text in own):
            continue
        said = normalise(place.text)
        agrees = all(any(states(said, w) for w in wordings) for wordings in item.answers)
        if not agrees and _has_shape(item, place):
            found.append(place)
    return found


def _has_shape(item: Item, place: FolderSentence) -> bool:
    """Whether a place holds something of the kind that is asked for."""
    if item.kind == "date":
        return bool(YEAR.search(place.text))
    if item.kind == "number":
        return set(content_terms(item.asks.rsplit(None, 1)[-1])) <= place.terms | _percent(place)
    if item.kind == "definition":
        return bool(re.search(rf"\b{re.escape(item.topic)}s? (?:is|are|was) an? ", place.text))
    if item.kind == "title":
        return bool(re.search(r"[“\"]", place.text))
    return item.kind in ("name", "saying")


def _percent(place: FolderSentence) -> set[str]:
    return set(content_terms("percent")) if "%" in place.text else set()
