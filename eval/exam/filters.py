"""Which items are fair: self-contained, one answer in the folder, not given away. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.text.sentences import sentences
from assistant.text.terms import content_terms
from eval.bm25 import BM25, sentence_units
from eval.exam.items import Item
from eval.exam.prose import Said
from eval.exam.words import YEAR, overlap
from eval.text import normalise, states

MOST_OVERLAP = 0.6
"""Share of the evidence's terms that a question may give away."""
ALIKE = 0.7
"""A sentence with this share of a question's terms could answer it too."""
_WORDED = ("number", "date", "name", "title", "saying")
"""Kinds whose topic is words of a sentence."""


@dataclass(frozen=True, slots=True)
class ExamPlace:
    """A sentence of any kind, with its terms."""

    document: str
    text: str
    terms: frozenset[str]


class Folder:
    """All sentences of a folder, found by their terms."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self.places: list[ExamPlace] = []
        self._holding: dict[str, list[int]] = defaultdict(list)
        for name, text in sorted(texts.items()):
            for span in sentences(text):
                if span.kind in ("heading", "code"):
                    continue
                part = " ".join(text[span.start : span.end].split())
                place = ExamPlace(name, part, frozenset(content_terms(part)))
                for term in place.terms:
                    self._holding[term].append(len(self.places))
                self.places.append(place)
        self._bm25 = BM25(sentence_units(texts))

    def alike(self, terms: Sequence[str], share: float) -> list[ExamPlace]:
        """The places that hold at least a share of the terms."""
        counts: dict[int, int] = defaultdict(int)
        for term in set(terms):
            for number in self._holding.get(term, ()):
                counts[number] += 1
        needed = share * len(set(terms))
        return [self.places[n] for n, count in sorted(counts.items()) if count >= needed]

    def best_sentence(self, question: str) -> str:
        """The best sentence by BM25 alone."""
        found = self._bm25.search(question, 1)
        return found[0][0].text if found else ""


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


def rivals(item: Item, folder: Folder) -> list[ExamPlace]:
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


def _has_shape(item: Item, place: ExamPlace) -> bool:
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


def _percent(place: ExamPlace) -> set[str]:
    return set(content_terms("percent")) if "%" in place.text else set()


def with_ease(item: Item, folder: Folder) -> Item:
    """The item, marked as easy when the best sentence by BM25 alone answers it."""
    if not item.answers:
        return item
    said = normalise(folder.best_sentence(item.question))
    solved = all(any(states(said, w) for w in wordings) for wordings in item.answers)
    return replace(item, is_easy=solved)


def known_names(said: Sequence[Said]) -> dict[str, set[str]]:
    """Name → the documents whose sentences hold it."""
    found: dict[str, set[str]] = defaultdict(set)
    for each in said:
        for name in each.names:
            found[name].add(each.document)
    return found
