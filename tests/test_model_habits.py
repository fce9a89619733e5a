"""Whole answers of a model with the habits of real ones: shown clean, refused as ours, retried."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_model_server import FakeModelServer, Reply

from assistant import Answer, Assistant, Delta, load_settings
from assistant.answering import model_prompt
from assistant.model.learned_tokens import (
    forget_ratios,
    is_learned,
    learn_ratio,
    learned_counter,
    script_of,
)
from assistant.model.prompt_table import choose_prompt
from assistant.model.tokens import count_tokens

QUESTION = "When was the garden of Holm laid out?"
NOTE = "# Garden\n\nThe garden of Holm was laid out in 1872 by Berta Lindqvist.\n"


@pytest.fixture
def server() -> Iterator[FakeModelServer]:
    with FakeModelServer() as made:
        yield made


@pytest.fixture
def make(tmp_path: Path, server: FakeModelServer) -> Iterator[Any]:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "garden.md").write_text(NOTE)
    for number in range(6):
        (folder / f"more{number}.md").write_text(
            f"# Garden {number}\n\nThe garden of Holm got bed number {number} in {1880 + number}.\n"
        )
    opened: list[Assistant] = []

    def build(model: str, **values: Any) -> Assistant:
        settings = load_settings(None, {
            "documents.paths": [str(folder)], "index.path": str(tmp_path / "index"),
            "llm.model": model, "llm.base_url": server.base_url, **values,
        })  # fmt: skip
        opened.append(Assistant(settings))
        opened[-1].sync()
        return opened[-1]

    forget_ratios()
    yield build
    for each in opened:
        each.close()


@pytest.mark.parametrize("habit", ["thinks_aloud", "in_channels", "goes_on", "named_passages"])
def test_answer_is_as_without_the_habit(make: Any, habit: str) -> None:
    wanted = make("grounded").ask(QUESTION)
    answer: Answer = make(habit).ask(QUESTION)
    assert "1872" in answer.text
    assert answer.text.strip() == wanted.text.strip()
    assert [s.verdict for s in answer.sentences] == [s.verdict for s in wanted.sentences]


def test_loop_is_stopped_and_told(make: Any) -> None:
    answer = make("going_round").ask(QUESTION)
    assert "repeated itself" in answer.incomplete
    assert answer.text.count("laid out in 1872") <= 3


def test_abstention_in_other_words_looks_like_ours(make: Any, server: FakeModelServer) -> None:
    assistant = make("in_other_words")

    async def texts() -> list[str]:
        return [each.text async for each in assistant.stream(QUESTION) if isinstance(each, Delta)]

    answer = assistant.ask(QUESTION)
    assert answer.abstained
    assert "sorry" not in answer.text
    assert "sorry" not in "".join(asyncio.run(texts()))
    assert any("1872" in each.quote for each in answer.closest)
    server.script = "abstaining"
    assert assistant.ask(QUESTION).text == answer.text


@pytest.mark.parametrize("window", [1, 2, 4])
def test_prompt_refused_for_its_length_is_asked_with_fewer_passages(
    make: Any, server: FakeModelServer, window: int
) -> None:
    answer = make(f"window+{window}").ask(QUESTION)
    assert "1872" in answer.text
    assert len(server.requests) > 1


@pytest.mark.parametrize("rewrite", ["In Holm, by Berta Lindqvist.", QUESTION, "", "500"])
def test_failed_rewrite_falls_back_to_the_rules(
    make: Any, server: FakeModelServer, rewrite: str
) -> None:
    def script(body: Any) -> Any:
        if body["messages"][0]["content"].startswith("Rewrite the last question"):
            assert body["max_tokens"] < 128
            return rewrite if rewrite == "500" else Reply(rewrite)
        return "grounded"

    server.script = script
    assistant = make("grounded", **{"llm.max_retries": 0})
    answer = assistant.ask("And who did it?", [(QUESTION, "In 1872 [1].")])
    assert answer.text
    assert answer.standalone_question not in (rewrite, "")


def test_ratio_is_learned_by_script() -> None:
    forget_ratios()
    russian = "Сад был разбит в 1872 году. " * 20
    learn_ratio("here", "m", russian, count_tokens(russian), 3 * count_tokens(russian))
    count = learned_counter("here", "m")
    assert script_of(russian) == "cyrillic"
    assert count(russian) == 3 * count_tokens(russian)
    assert count("The garden of Holm.") == count_tokens("The garden of Holm.")
    assert learned_counter("there", "m")(russian) == count_tokens(russian)


def test_server_that_counts_more_gets_fewer_passages_next_time(
    make: Any, server: FakeModelServer
) -> None:
    assistant = make("grounded", **{"llm.context_tokens": 900, "llm.answer_tokens": 64})
    shown = []
    for _ in range(2):
        assistant.ask(QUESTION)
        shown.append(str(server.requests[-1].body["messages"]).count("<passage number="))
        learn_ratio(server.base_url, "grounded", NOTE, 100, 550)
    assert shown[1] < shown[0]


def test_server_that_can_count_is_asked_once_before_the_first_prompt(
    make: Any, server: FakeModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_prompt, "_MUCH", 0.1)
    server.tokens_per_word = 4
    assistant = make("grounded", **{"llm.context_tokens": 900, "llm.answer_tokens": 64})
    assert "1872" in assistant.ask(QUESTION).text
    assert learned_counter(server.base_url, "grounded")(NOTE) > 1.5 * count_tokens(NOTE)
    assistant.ask(QUESTION)
    assert [seen.path for seen in server.requests] == [
        "/tokenize", "/v1/chat/completions", "/v1/chat/completions",
    ]  # fmt: skip


def test_server_that_cannot_count_is_asked_once(
    make: Any, server: FakeModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_prompt, "_MUCH", 0.1)
    assistant = make("grounded", **{"llm.context_tokens": 900, "llm.answer_tokens": 64})
    assert "1872" in assistant.ask(QUESTION).text
    assert is_learned(server.base_url, "grounded", NOTE)


@pytest.mark.parametrize(
    ("model", "window", "prompt"),
    [
        ("smollm2-135m", 8192, "answer_small"), ("qwen2.5:0.5b", 32768, "answer_small"),
        ("gpt-4o-mini", 128000, "answer"), ("llama3.1:8b", 2048, "answer_small"),
        ("llama3.1:8b", 8192, "answer"),
    ],
)  # fmt: skip
def test_small_models_and_windows_get_the_small_prompt(
    model: str, window: int, prompt: str
) -> None:
    assert choose_prompt(model, window).prompt == prompt
