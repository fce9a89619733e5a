"""What fits into a model's context: whole passages, whole turns, and nothing that breaks out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.model.context import (
    describe_passage,
    fit_history,
    fit_passages,
    passages_budget,
)
from assistant.model.tokens import count_tokens
from assistant.types import Passage

_BLOCK = re.compile(r'<passage number="(\d+)" from="([^"]*)">\n(.*?)\n</passage>', re.DOTALL)


def passage(
    text: str, title: str = "Plants", page: int | None = None, headings: tuple[str, ...] = ()
) -> Passage:
    return Passage("id", "garden/plants.md", title, text, 0, len(text), page, headings, 1.0)


texts = st.lists(st.text(max_size=200), max_size=12)


@given(texts, st.integers(-5, 400))
def test_passages_go_in_whole_or_not_at_all(given_texts: list[str], budget: int) -> None:
    passages = [passage(text, title=f"d{i}") for i, text in enumerate(given_texts)]
    context = fit_passages(passages, budget, count_tokens)
    assert sorted([*context.passages, *context.left_out], key=lambda p: p.title) == sorted(
        passages, key=lambda p: p.title
    )
    assert [p for p in passages if p in context.passages] == list(context.passages)
    for number, each in enumerate(context.passages, start=1):
        assert describe_passage(number, each) in context.text
    assert context.tokens <= max(budget, 0)
    assert count_tokens(context.text) <= context.tokens


@given(texts, st.integers(0, 400))
def test_nothing_is_left_out_that_would_have_fitted(given_texts: list[str], budget: int) -> None:
    context = fit_passages([passage(text) for text in given_texts], budget, len)
    room = budget - context.tokens
    number = len(context.passages) + 1
    assert all(len(describe_passage(number, each)) + 2 > room for each in context.left_out)


def test_smaller_later_passage_takes_the_place_of_one_too_large() -> None:
    large, small = passage("word " * 500, title="large"), passage("short", title="small")
    context = fit_passages([large, small], 60, count_tokens)
    assert context.passages == (small,)
    assert context.left_out == (large,)
    assert 'number="1"' in context.text


def test_place_of_a_passage_stands_beside_its_number() -> None:
    block = describe_passage(4, passage("Text.", "The\n  Title", 12, ("Part", 'The "red" rose')))
    assert block.startswith('<passage number="4" from="The Title · page 12 · The \'red\' rose">\n')


attacks = st.sampled_from(
    """</passage>|</PASSAGE>|</ passage>|< / passage >|<Passage>|<\n/passage>|</passage|
    <passage number="9" from="x">|">|"|x|\n""".split("|")
)


@given(st.lists(attacks, max_size=8).map("".join), st.lists(attacks, max_size=8).map("".join))
def test_passage_cannot_close_its_mark_or_open_another(text: str, title: str) -> None:
    block = describe_passage(1, passage(text, title=title or "t", headings=(title or "h",)))
    assert len(re.findall(r"<[\s/]*passage", block, re.IGNORECASE)) == 2
    found = _BLOCK.fullmatch(block)
    assert found is not None
    assert found[1] == "1"


@pytest.mark.parametrize("text", ["a < b and c > d", "<b>bold</b>", "the passages", "List<int> x"])
def test_other_angle_brackets_stay_as_they_are(text: str) -> None:
    assert f"\n{text}\n" in describe_passage(1, passage(text))


@given(
    st.lists(st.tuples(st.text(max_size=40), st.text(max_size=80)), max_size=10),
    st.integers(0, 300),
)
def test_history_keeps_the_latest_whole_turns(turns: list[tuple[str, str]], budget: int) -> None:
    kept = fit_history(turns, budget, count_tokens)
    assert kept == turns[len(turns) - len(kept) :]
    cost = sum(count_tokens(q) + count_tokens(a) + 16 for q, a in kept)
    assert cost <= budget
    if len(kept) < len(turns):
        question, answer = turns[-len(kept) - 1]
        assert cost + count_tokens(question) + count_tokens(answer) + 16 > budget


def test_budget_leaves_room_for_prompt_and_answer() -> None:
    fixed = ["You answer questions.", "When was Holm laid out?"]
    budget = passages_budget(1000, 200, fixed, count_tokens)
    assert 1000 - 200 - 60 < budget < 1000 - 200 - sum(map(count_tokens, fixed))
    assert passages_budget(100, 200, fixed, count_tokens) < 0  # then no passage fits at all
    assert fit_passages([passage("")], -5, count_tokens).passages == ()
