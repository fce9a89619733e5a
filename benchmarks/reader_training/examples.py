"""A row → the tokens that a reader is trained on, cut and labelled as it reads later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.reader_training import MOST_TOKENS
from benchmarks.reader_training.prepare import Row

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Example:
    """``[CLS] question [SEP] title. passage [SEP]``; lists are one number for each token.

    ``places`` are characters of the passage, (-1, -1) for all else. ``first`` and ``last`` are the
    tokens of the answer, 0 without one. ``passage`` is the first token after the question.
    """

    ids: list[int]
    kinds: list[int]
    places: list[tuple[int, int]]
    first: int
    last: int
    passage: int
    answerable: bool


def encode(tokenizer: Any, row: Row) -> Example:
    """The example of a row; of a long passage the part around the answer, else its beginning."""
    head = f"{row.title}. " if row.title and not row.text.startswith(row.title) else ""
    encoded = tokenizer.encode(row.question, head + row.text)
    count, sides = len(encoded.ids), encoded.sequence_ids
    places = [
        (a - len(head), b - len(head)) if side == 1 and b > a else (-1, -1)
        for (a, b), side in zip(encoded.offsets, sides, strict=True)
    ]
    passage = sides.index(1) if 1 in sides else count - 1
    first = last = 0
    if row.spans:
        start, end = row.spans[0]
        held = [i for i in range(passage, count) if places[i][0] < end and places[i][1] > start]
        first, last = (held[0], held[-1]) if held else (0, 0)
    chosen = list(range(count))
    if count > MOST_TOKENS:
        room = max(1, MOST_TOKENS - passage - 1)
        begin = passage
        if last >= passage + room:
            begin = min(count - 1 - room, max(passage, last - room // 2))
        chosen = [*range(passage), *range(begin, begin + room), count - 1]
        first, last = (
            (chosen.index(first), chosen.index(last))
            if first in chosen and last in chosen
            else (0, 0)
        )
    return Example(
        [encoded.ids[i] for i in chosen],
        [encoded.type_ids[i] for i in chosen],
        [places[i] for i in chosen],
        first,
        last,
        passage,
        row.answerable,
    )


def batch_of(examples: Sequence[Example]) -> tuple[Whole, Whole, Whole]:
    """ids, mask and kinds, each examples × longest, padded with 0."""
    shape = (len(examples), max(len(each.ids) for each in examples))
    ids, mask, kinds = (np.zeros(shape, np.int64) for _ in range(3))
    for at, each in enumerate(examples):
        ids[at, : len(each.ids)] = each.ids
        mask[at, : len(each.ids)] = 1
        kinds[at, : len(each.ids)] = each.kinds
    return ids, mask, kinds
