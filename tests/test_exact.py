"""Cosines to the last digit, whatever the order of chunks, and the nearest by them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.embedding import Vectors, normalised
from assistant.index.exact import ExactVectors, cosines_of, exact_cosines


def vectors(seed: int, count: int, dimensions: int) -> Vectors:
    """Unit vectors rounded as they are stored; some are zero, some equal."""
    rows = normalised(np.random.default_rng(seed).normal(size=(count, dimensions)))
    rows[::7] = rows[:1]
    rows[3::11] = 0
    return rows.astype(np.float16).astype(np.float32)


def asked(seed: int, dimensions: int) -> Vectors:
    return normalised(np.random.default_rng(-seed % 2**32).normal(size=(1, dimensions)))[0]


@given(st.integers(0, 10**6), st.sampled_from([1, 3, 64, 256, 1536]))
def test_a_cosine_is_the_sum_that_fractions_give(seed: int, dimensions: int) -> None:
    row, vector = vectors(seed, 2, dimensions)[1], asked(seed, dimensions)
    rounded = [Fraction(round(Fraction(float(each)) * 2**24), 2**24) for each in vector]
    exact = sum(Fraction(float(a)) * b for a, b in zip(row, rounded, strict=True))
    assert exact == Fraction(float(exact_cosines(row[np.newaxis], vector)[0]))
    assert abs(float(exact) - float(row.astype(np.float64) @ vector)) < 1e-6


@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(1, 70), st.randoms())
def test_the_nearest_are_those_of_any_order(
    seed: int, count: int, limit: int, chance: object
) -> None:
    rows, vector = vectors(seed, count, 32), asked(seed, 32)
    ids = [f"{at:03}" for at in range(count)]
    found = ExactVectors(ids, rows).nearest(vector, limit)
    cosines = dict(zip(ids, exact_cosines(rows, vector).tolist(), strict=True))
    assert found == sorted(cosines.items(), key=lambda hit: (-hit[1], hit[0]))[:limit]

    order = list(range(count))
    chance.shuffle(order)  # type: ignore[attr-defined]
    moved = ExactVectors([ids[at] for at in order], rows[order])
    assert sorted(score for _, score in moved.nearest(vector, limit)) == sorted(
        score for _, score in found
    )
    assert moved.cosines(vector, [*ids, "nobody"]) == cosines
    assert cosines_of(dict(zip(ids, rows, strict=True)), vector) == cosines

    within = [*ids[::2], "nobody"]
    assert (
        ExactVectors(ids, rows).nearest(vector, limit, within)
        == [hit for hit in ExactVectors(ids, rows).nearest(vector, count) if hit[0] in within][
            :limit
        ]
    )


def test_what_single_precision_cannot_tell_apart_is_told_apart() -> None:
    """Vectors whose cosines differ by less than a single-precise sum can be off."""
    rng = np.random.default_rng(5)
    vector = asked(5, 1536)
    rows = np.repeat(vector[np.newaxis].astype(np.float16), 3000, axis=0)
    for row in rows:  # half of its numbers go to a neighbour, up or down
        places = rng.integers(0, 1536, size=768)
        row[places] = np.nextafter(row[places], rng.choice([-1, 1], 768).astype(np.float16))
    rows = rows.astype(np.float32)
    ids = [str(at) for at in range(len(rows))]
    cosines, roughly = exact_cosines(rows, vector), np.vecdot(rows, vector)
    best = sorted(range(len(rows)), key=lambda at: (-cosines[at], at))
    missed, index = 0, ExactVectors(ids, rows)
    for limit in range(1, 3000, 20):
        found = index.nearest(vector, limit)
        assert [key for key, _ in found] == [ids[at] for at in best[:limit]]
        missed += sum(roughly[best[:limit]] < np.sort(roughly)[-limit])
    assert missed, "single precision would do, so this shows nothing"


def test_nothing_is_found_where_nothing_is() -> None:
    rows, vector = vectors(1, 5, 8), asked(1, 8)
    index = ExactVectors(list("abcde"), rows)
    assert index.nearest(vector, 0) == []
    assert index.nearest(vector, 3, []) == []
    assert index.nearest(vector, 3, ["nobody"]) == []
    assert index.cosines(vector, []) == {}
    assert cosines_of({}, vector) == {}
    assert len(index.nearest(vector, 99)) == 5
    with pytest.raises(ValueError, match="dimension"):
        index.nearest(asked(1, 9), 1)
