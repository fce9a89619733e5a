"""Exact cosines: the same on every machine and in any order of chunks; and the nearest chunks.

Stored vectors are half-precise: whole multiples of 2^-24. A question's vector is rounded to such
multiples too, by 3e-8 at the most. So each product is a multiple of 2^-48, and a sum of products of
unit vectors, below 2, fits into the 53 bits of a double: no addition rounds, and neither the
processor, the library, nor a chunk's place among the others changes a digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.embedding import Vectors

MOST_NUMBERS = 1 << 25
"""Chunks times dimensions up to which a question is compared with every chunk: 131,072 chunks of
256 dimensions, 134 MB. Of 62,941 chunks it takes 1.9 ms, HNSW 3.6 and more; it finds all of the
nearest, and an index that was updated finds what a fresh one does."""

_GRID = float(1 << 24)

Scored = list[tuple[str, float]]
"""Chunk ids with their cosines, best first."""


class ExactVectors:
    """All vectors of an index in memory, in the order in which equals are given."""

    def __init__(self, chunk_ids: Sequence[str], rows: Vectors) -> None:
        """``rows`` hold half-precise numbers, one row for each chunk."""
        self._ids = chunk_ids
        self._rows = rows
        self._places = {chunk_id: place for place, chunk_id in enumerate(chunk_ids)}
        self._slack = 4 * rows.shape[1] / _GRID
        """More than twice what a sum of single-precise products of unit vectors can be off."""

    def nearest(self, vector: Vectors, limit: int, within: Iterable[str] | None = None) -> Scored:
        """The nearest chunks; ``within`` names the only ones that count."""
        if within is None:
            places = np.arange(len(self._ids))
        else:
            known = {self._places[each] for each in within if each in self._places}
            places = np.array(sorted(known), np.intp)
        wanted = min(limit, len(places))
        if wanted < 1:
            return []
        # Row by row, not all at once by BLAS: its threads hinder each other when several questions
        # are asked together (35 ms for each of sixteen instead of 1.3).
        if 4 * len(places) > len(self._ids):
            roughly = np.vecdot(self._rows, vector)[places]
        else:
            roughly = np.vecdot(self._rows[places], vector)
        least = np.partition(roughly, -wanted)[-wanted]
        places = places[roughly >= least - self._slack]
        cosines = exact_cosines(self._rows[places], vector)
        best = np.argsort(-cosines, kind="stable")[:wanted]
        return [(self._ids[places[at]], float(cosines[at])) for at in best]

    def cosines(self, vector: Vectors, chunk_ids: Iterable[str]) -> dict[str, float]:
        """The cosines of some chunks, for those that exist."""
        there = [each for each in chunk_ids if each in self._places]
        rows = self._rows[[self._places[each] for each in there]]
        return dict(zip(there, exact_cosines(rows, vector).tolist(), strict=True))


def cosines_of(stored: Mapping[str, Vectors], vector: Vectors) -> dict[str, float]:
    """The cosines of stored vectors, by chunk id, with a question's."""
    if not stored:
        return {}
    cosines = exact_cosines(np.stack(list(stored.values())), vector)
    return dict(zip(stored, cosines.tolist(), strict=True))


def exact_cosines(rows: Vectors, vector: Vectors) -> NDArray[np.float64]:
    """The cosine of each row of half-precise numbers with a unit vector."""
    asked = np.round(vector.astype(np.float64) * _GRID) / _GRID
    cosines: NDArray[np.float64] = np.vecdot(rows.astype(np.float64), asked)
    return cosines
