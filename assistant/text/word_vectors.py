"""Vectors of single words, each made once, and how close two sets of words are in meaning."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Numbers = NDArray[np.int64]
Cosines = NDArray[np.float64]
Embed = Callable[[Sequence[str]], Vectors]
"""Texts → unit vectors, shape (texts, dimensions)."""

MOST_WORDS = 50_000
"""Words a table holds before its user begins a new one: 1 kB each at 256 dimensions."""
_LOWEST_LIKENESS = 0.50
"""Cosine of static word vectors below which two words do not count as alike."""


class WordVectors:
    """A table of word vectors by number. Words are only added; safe to use from several threads.

    Without ``embed`` every vector has no dimensions, so only equal words are alike.
    """

    def __init__(self, embed: Embed | None) -> None:
        self._embed = embed
        self._numbers: dict[str, int] = {}
        self._rows: Vectors = embed([""])[:0] if embed else np.zeros((0, 0), np.float32)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._numbers)

    def renewed(self) -> WordVectors:
        """This table, or an empty one when it is full. What was read keeps the table it knows."""
        return self if len(self) <= MOST_WORDS else WordVectors(self._embed)

    def numbers(self, wanted: Sequence[str]) -> Numbers:
        """The numbers of words, in order."""
        with self._lock:
            missing = [word for word in dict.fromkeys(wanted) if word not in self._numbers]
            if missing:
                fresh = (
                    self._embed(missing) if self._embed else np.zeros((len(missing), 0), np.float32)
                )
                self._add(missing, fresh)
            return np.array([self._numbers[word] for word in wanted], dtype=np.int64)

    def vectors(self, numbers: Numbers) -> Vectors:
        """Their unit vectors, shape (words, dimensions)."""
        rows: Vectors = self._rows[numbers]
        return rows

    def of(self, wanted: Sequence[str]) -> Vectors:
        """The unit vectors of words, shape (words, dimensions)."""
        return self.vectors(self.numbers(wanted))

    def _add(self, words: Sequence[str], fresh: Vectors) -> None:
        known = len(self._numbers)
        if known + len(words) > len(self._rows):
            more = max(1024, known, len(words))
            room = np.zeros((known + more, fresh.shape[1]), dtype=np.float32)
            room[:known] = self._rows[:known]
            self._rows = room
        self._rows[known : known + len(words)] = fresh
        self._numbers.update((word, known + at) for at, word in enumerate(words))


def cosines(rows: Vectors, others: Vectors) -> Cosines:
    """Cosines of unit vectors, in double precision.

    The last digits of a product in single precision depend on how many rows are multiplied at once,
    and so a score would depend on what was asked before.
    """
    found: Cosines = rows.astype(np.float64) @ others.astype(np.float64).T
    return found


@dataclass(frozen=True, slots=True)
class Likeness:
    """Cosines between question terms and words: ``table[i, j]`` for term i and word column j."""

    terms: tuple[str, ...] = ()
    columns: Mapping[str, int] | None = None
    table: Cosines | None = None

    def best(self, words: Collection[str]) -> dict[str, float]:
        """For each question term the likeness of the most similar of ``words``, above 0 to 1."""
        if self.columns is None or self.table is None:
            return {}
        at = [self.columns[word] for word in set(words) if word in self.columns]
        if not at or not self.terms:
            return {}
        highest = self.table[:, at].max(axis=1)
        return {
            term: float((value - _LOWEST_LIKENESS) / (1 - _LOWEST_LIKENESS))
            for term, value in zip(self.terms, highest, strict=True)
            if value > _LOWEST_LIKENESS
        }

    def distance(self, terms: Collection[str], words: Collection[str]) -> float:
        """The mean of 1 - cosine of each of these terms and the most similar of ``words``."""
        if not terms or self.columns is None or self.table is None:
            return float(bool(terms))
        rows = [at for at, term in enumerate(self.terms) if term in terms]
        at = [self.columns[word] for word in set(words) if word in self.columns]
        if not rows or not at:
            return 1.0
        return float(1.0 - self.table[np.ix_(rows, at)].max(axis=1).clip(0.0, 1.0).mean())
