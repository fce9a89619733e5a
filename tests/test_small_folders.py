"""A small folder's words weigh as in its language; a larger one is told by itself alone."""

from __future__ import annotations

from itertools import pairwise
from math import log

import pytest
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.retrieval.word_statistics import inverse_frequency
from assistant.text.prose import RAREST, prose_shares


def test_common_words_weigh_little_where_a_folder_is_too_small_to_tell() -> None:
    rare, common = RAREST, prose_shares("en")["water"]
    assert "quoin" not in prose_shares("en")
    assert rare < common < 0.5
    assert inverse_frequency(1, 1, rare) > 1.4 * inverse_frequency(1, 1, common)
    assert inverse_frequency(0, 1, rare) > inverse_frequency(1, 1, rare) > 1.0


@pytest.mark.parametrize(("containing", "total"), [(3, 60), (100, 5000), (60, 60)])
def test_larger_folder_is_told_by_itself(containing: int, total: int) -> None:
    plain = log(1 + (total - containing + 0.5) / (containing + 0.5))
    assert inverse_frequency(containing, total, 0.3) == pytest.approx(plain)


def test_weight_grows_together_with_a_folder() -> None:
    weights = [inverse_frequency(1, total, 0.001) for total in range(1, 200)]
    assert all(b >= a - 1e-9 for a, b in pairwise(weights))


NOTE = (
    "Der Brunnen im Schlosshof wurde 1613 von Bergleuten gegraben. Er reicht 47 Meter in den Fels. "
    "Vor dem Winter muss der Filter der Pumpe gereinigt werden."
)


alone = indexed_for_module({"brunnen.txt": NOTE})


def test_one_small_file_answers_what_it_says(alone: Assistant) -> None:
    answer = alone.ask("Wie tief ist der Brunnen im Schlosshof?")
    assert "47 Meter" in answer.text
    assert not answer.abstained
    assert alone.ask("Wer dirigiert den Kirchenchor in Bremen?").abstained
