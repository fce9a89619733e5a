"""A small BM25 over fixed units of the documents: a constant reference for comparisons.

It shares only the tokenisation with the assistant, so a change of chunking, indexing or fusion does
not move it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.text.sentences import sentences
from assistant.text.terms import content_terms, terms
from assistant.types import Passage

K1, B = 1.2, 0.75
WINDOW_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of a document: one sentence, or a window of several."""

    document: str
    start: int
    end: int
    text: str


def sentence_units(texts: Mapping[str, str]) -> list[Unit]:
    """Every sentence of every document."""
    return [
        Unit(name, span.start, span.end, text[span.start : span.end])
        for name, text in sorted(texts.items())
        for span in sentences(text)
        if span.kind not in ("heading", "label")
    ]


def window_units(texts: Mapping[str, str], size: int = WINDOW_CHARACTERS) -> list[Unit]:
    """Documents cut at sentence ends into windows of about ``size`` characters."""
    units = []
    for name, text in sorted(texts.items()):
        start = end = 0
        for span in sentences(text):
            if span.end - start > size and end > start:
                units.append(Unit(name, start, end, text[start:end]))
                start = span.start
            end = span.end
        if end > start:
            units.append(Unit(name, start, end, text[start:end]))
    return units


class BM25:
    """Okapi BM25 (Robertson & Zaragoza 2009) over units, with the idf that is never negative."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = tuple(units)
        self._lengths: list[int] = []
        self._postings: dict[str, list[tuple[int, int]]] = {}
        for number, unit in enumerate(self.units):
            counts = Counter(terms(unit.text))
            self._lengths.append(sum(counts.values()))
            for term, count in counts.items():
                self._postings.setdefault(term, []).append((number, count))
        self._average = sum(self._lengths) / len(self._lengths) if self._lengths else 0.0

    def search(self, question: str, limit: int) -> list[tuple[Unit, float]]:
        """The best units that share a content term with the question, best first."""
        scores: dict[int, float] = {}
        for term in content_terms(question):
            postings = self._postings.get(term, [])
            n = len(postings)
            idf = math.log(1 + (len(self.units) - n + 0.5) / (n + 0.5))
            for number, count in postings:
                length = K1 * (1 - B + B * self._lengths[number] / self._average)
                scores[number] = scores.get(number, 0.0) + idf * count * (K1 + 1) / (count + length)
        best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:limit]
        return [(self.units[number], score) for number, score in best]


def as_passage(unit: Unit, score: float) -> Passage:
    """A unit in the form in which the assistant gives its passages."""
    return Passage(
        chunk_id="",
        document=unit.document,
        title="",
        text=unit.text,
        start=unit.start,
        end=unit.end,
        page=None,
        heading_path=(),
        score=score,
    )
