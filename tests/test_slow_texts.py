"""Texts that are written to take long: at every door, for every regular expression, and at the end.

``tests/test_long_work.py`` has those of documents that are read; ``benchmarks.slow_texts`` prints
how the time grows.
"""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Iterator

import pytest
from fake_model_server import FakeModelServer

from assistant import Assistant
from assistant.answering.threads import in_thread
from assistant.errors import FilterError, ModelError
from assistant.retrieval.question import analyse
from assistant.retrieval.rerankers import read_order
from assistant.text.analysed import analysed
from assistant.text.sentences import sentences
from assistant.types import Delta, Event, Filters
from benchmarks import slow_patterns
from benchmarks.slow_patterns import Found, slowest

_SECONDS = 1.5
"""Of processor time; the slowest of these takes a tenth of it."""


def test_no_pattern_takes_longer_than_its_text_is_long() -> None:
    tried, slow = slow_patterns.slow_ones(0.025)
    assert tried > 150
    assert [str(each) for each in slow] == []


@pytest.mark.parametrize(
    ("pattern", "method"),
    [(r"[.!]+(?=\s)", "finditer"), (r"\s*x?\s*y", "match"), (r"(?:a+,?)+b", "fullmatch"),
     (r"(\w*)\d(\w*)!", "sub")],
)  # fmt: skip
def test_a_slow_pattern_is_found(pattern: str, method: str) -> None:
    assert slowest(Found("here", re.compile(pattern), method), 0.3, seed=1) is not None


# ---------------------------------------------------------------- questions and conversations


@pytest.mark.parametrize("filling", ["1", "A'", "Ab ", " ", "Ab. ", "a1", "“", "what is ", "\n"])
def test_an_earlier_answer_of_any_length_costs_little(filling: str) -> None:
    """Programs send conversations of up to a megabyte, and the answers in them are anything."""
    long = filling * (900_000 // len(filling))
    began = time.process_time()
    for history in ([("Who is Ida Moe?", long)], [(long, "She is the curator.")]):
        found = analyse(analysed("And when did she begin?"), history, lambda term: 1.0)
        assert len(found.standalone) < 10_000
    assert time.process_time() - began < _SECONDS


def test_names_of_an_earlier_answer_are_still_found() -> None:
    told = "After that, Ida Moe moved to Bergen. Explain it. She chose BERT2X there."
    found = analyse(analysed("And when did she begin?"), [("Who moved?", told)], lambda term: 1.0)
    assert {"ida", "moe", "bergen", "bert2x"} <= found.borrowed
    assert "explain" not in found.borrowed


@pytest.mark.parametrize("filling", [".", "!", "?!", "…", "। ".strip(), "a. ", "A. ", "1. ", "|-"])
def test_sentences_are_cut_in_time(filling: str) -> None:
    began = time.process_time()
    sentences("a" + filling * (20_000 // len(filling)) + "x")
    assert time.process_time() - began < _SECONDS


# ---------------------------------------------------------------- a model's words


def test_a_line_of_numbers_is_read_in_time() -> None:
    assert read_order("The order is\n[3] > [1], 2.\n", 3) == [3, 1, 2]
    assert read_order("3  1  2", 3) == [3, 1, 2]
    for line in ("1  " * 2000 + "x", "[" * 5000, " " * 20_000 + "y", "1" * 20_000 + "x"):
        began = time.process_time()
        with pytest.raises(ModelError):
            read_order(line, 3)
        assert time.process_time() - began < _SECONDS


def test_a_server_that_does_not_stop_is_cut_off(sample: Assistant) -> None:
    with FakeModelServer() as model:
        llm = sample.settings.llm.model_copy(
            update={"model": "slow_words", "base_url": model.base_url, "answer_tokens": 16}
        )
        with Assistant(sample.settings.model_copy(update={"llm": llm})) as assistant:
            answer = assistant.ask("When was ICLR founded?")
    assert answer.incomplete == "the server sent more than llm.answer_tokens allows"
    assert 0 < len(answer.text) <= 16 * 16


# ---------------------------------------------------------------- filters


@pytest.mark.parametrize(
    "paths", [("*" * 29 + "b",), ("**/" * 100 + "b",), ("*a*" * 150,), ("*?a*?" * 20,) * 40]
)
def test_a_filter_of_stars_is_answered(sample: Assistant, paths: tuple[str, ...]) -> None:
    began = time.process_time()
    with pytest.raises(FilterError, match="No document"):
        sample.ask("When was ICLR founded?", filters=Filters(paths=paths))
    assert time.process_time() - began < _SECONDS


def test_the_documents_of_a_filter_are_chosen_once(
    sample: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.retrieval.filters import Selection

    made = []
    first = Selection.__init__

    def counted(self: Selection, filters: Filters, **rest: bool) -> None:
        made.append(filters)
        first(self, filters, **rest)

    monkeypatch.setattr(Selection, "__init__", counted)
    for _ in range(2):
        sample.ask("When was ICLR founded?", filters=Filters(paths=("*iclr*",)))
    assert len(made) == 1
    sample.ask("When was ICLR founded?", filters=Filters(paths=("*.md",)))
    assert len(made) == 2


# ---------------------------------------------------------------- the end


def test_a_question_that_is_left_closes_its_work_once_that_is_possible() -> None:
    began, go_on, closed = threading.Event(), threading.Event(), threading.Event()

    def events() -> Iterator[Event]:
        try:
            began.set()
            go_on.wait(20)  # a thread that cannot be stopped
            yield Delta("one")
        finally:
            closed.set()

    async def leave() -> None:
        task = asyncio.create_task(anext(in_thread(events())))  # type: ignore[arg-type]
        await asyncio.to_thread(began.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not closed.is_set()
        go_on.set()
        assert await asyncio.to_thread(closed.wait, 10)

    asyncio.run(leave())
