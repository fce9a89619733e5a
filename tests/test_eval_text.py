"""The normal form in which facts are judged, and quotes as places in a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.studying.stated import normalise, states
from eval.spans import covers, length, locate, merged, overlap
from eval.text import markers, numbers, token_f1, without_markers


@pytest.mark.parametrize(
    ("said", "wording"),
    [
        ("ICLR received 2,997 submissions", "2997"),
        ("ICLR received 2997 submissions", "2,997"),
        ("a *multilayer*   **perceptron**", "Multilayer Perceptron"),
        ("the “few–shot” baseline", '"few-shot" baseline'),
        ("two MLPs and some networks", "MLP"),
        ("the loss functions", "loss function"),
        ("It costs 8 (accept).", "8 (accept)"),
        ("1 234 567 people", "1 234 567"),
        ("1\u202f234\u202f567 people", "1,234,567"),
        ("René’s idea", "René"),
    ],
)
def test_a_fact_is_found_whatever_typesetting_did_to_it(said: str, wording: str) -> None:
    assert states(normalise(said), wording)


@pytest.mark.parametrize(
    ("said", "wording"),
    [
        ("in 1433", "43"),
        ("43.5 percent", "43"),
        ("1.43 percent", "43"),
        ("turnips", "NIPS"),
        ("143 papers", "43 papers"),
        ("15.37", "15.3"),
        ("2,997", "997"),
        ("secondary", "second"),
    ],
)
def test_a_fact_inside_of_another_word_or_number_is_not_stated(said: str, wording: str) -> None:
    assert not states(normalise(said), wording)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a [1] b [2, 3]", [1, 2, 3]),
        ("x[1][2]", [1, 2]),
        ("[a] [1.5] [1234]", []),
        ("[1;2]", [1, 2]),
    ],
)
def test_markers_are_read_and_removed(text: str, found: list[int]) -> None:
    assert markers(text) == found
    assert not markers(without_markers(text))


def test_a_fact_is_not_found_in_a_marker() -> None:
    assert not states(normalise(without_markers("It is big. [43]")), "43")


def test_numbers_lose_their_separators_and_keep_their_decimals() -> None:
    assert numbers("1,200 of 15.3 % in 2012.") == ["1200", "15.3", "2012"]


def test_token_f1_is_that_of_squad() -> None:
    assert token_f1("The cat sat.", "a cat sat") == 1.0
    assert token_f1("cat sat", "cat ran far") == pytest.approx(2 * (1 / 2) * (1 / 3) / (5 / 6))
    assert token_f1("cat cat", "cat") == pytest.approx(2 / 3)  # a bag, not a set
    assert token_f1("", "cat") == 0.0
    assert token_f1("the", "a") == 1.0  # both empty after normalisation


@given(st.text(max_size=200))
def test_the_normal_form_is_stable(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(max_size=50), st.text(max_size=50))
def test_token_f1_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert token_f1(one, other) == token_f1(other, one)
    assert 0.0 <= token_f1(one, other) <= 1.0


def test_a_quote_is_found_over_line_breaks_at_every_place() -> None:
    text = "It is\n  red. It is red! It is reddish"
    assert [text[a:b] for a, b in locate("It is red.", text)] == [
        "It is\n  red", "It is red", "It is red",
    ]  # fmt: skip
    assert locate("...", text) == ()
    assert locate("It was red", text) == ()


def test_a_span_is_covered_by_neighbours_but_not_across_a_hole() -> None:
    text = "one two three four"
    assert covers([(0, 3), (4, 7)], (0, 7), text)
    assert not covers([(0, 3), (8, 13)], (0, 13), text)
    assert not covers([], (0, 3), text)
    assert not covers([(1, 7)], (0, 7), text)
    assert not covers([(0, 6)], (0, 7), text)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40))), st.integers(0, 40))
def test_spans_behave_like_sets_of_characters(pairs: list[tuple[int, int]], edge: int) -> None:
    def characters(spans: list[tuple[int, int]]) -> set[int]:
        return {i for start, end in spans for i in range(start, end)}

    union = merged(pairs)
    assert characters(union) == characters(pairs)
    assert length(pairs) == len(characters(pairs))
    assert overlap(pairs, [(edge, 41)]) == len(characters(pairs) & set(range(edge, 41)))
    assert covers(pairs, (edge, 41), "x" * 41) == (set(range(edge, 41)) <= characters(pairs))
