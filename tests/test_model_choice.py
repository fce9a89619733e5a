"""The choice of the language model of a running server, against real HTTP servers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_model_server import FakeModelServer
from support_asking import assistants

from assistant.errors import ModelError, UsageError
from assistant.model.providers import ModelPlace, ServedModel
from assistant.service.model_choice import OFFLINE, STARTED, ModelChoice, settings_of_found
from assistant.service.service import Service
from assistant.types import Answer

pytest_plugins = ["support_model_fixtures"]

NOTES = {
    "garden.md": "# Garden\n\nThe garden of Holm was laid out in 1872 by Berta Lindqvist.\n",
    "mill.md": "# Mill\n\nThe mill of Ost grinds rye since 1650.\n",
}
QUESTION = "When was the garden of Holm laid out?"
Make = Callable[..., tuple[ModelChoice, Service]]


@pytest.fixture
def make(tmp_path: Path, server: FakeModelServer) -> Iterator[Make]:
    port = int(server.base_url.rpartition(":")[2].removesuffix("/v1"))
    places = (ModelPlace("Ollama", port, ""),)
    with assistants(tmp_path, server, NOTES) as made:

        def choice(**more: Any) -> tuple[ModelChoice, Service]:
            service = Service(made(**more))
            return ModelChoice(service, places), service

        yield choice


def asked(service: Service) -> Answer:
    return asyncio.run(service.ask(QUESTION, door="chat"))


def test_only_what_was_found_can_be_chosen(make: Make, server: FakeModelServer) -> None:
    choice, service = make(llm__model="")
    for key in ("", f"{server.base_url} grounded", STARTED, "http://evil.example/v1 x"):
        with pytest.raises(UsageError, match="no choice any more"):
            choice.use(key)
    assert (choice.current, service.answering) == (OFFLINE, service.assistant)
    choice.look()
    choice.use(f"{server.base_url} grounded")
    assert asked(service).receipt.model == "grounded"


def test_a_model_that_answers_stays_a_choice_when_its_server_is_silent(
    make: Make, server: FakeModelServer
) -> None:
    choice, _ = make(llm__model="")
    choice.look()
    key = f"{server.base_url} grounded"
    choice.use(key)
    choice._places = ()
    assert [option.key for option in choice.look().options] == [OFFLINE, key]
    choice.use(OFFLINE)
    assert [option.key for option in choice.look().options] == [OFFLINE]


def test_no_key_is_sent_to_a_server_that_was_found(
    make: Make, server: FakeModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    choice, service = make(llm__model="big", llm__base_url="http://127.0.0.1:9/v1")
    monkeypatch.setenv(service.settings.llm.api_key_env, "a-secret-key")
    choice.look()
    choice.use(f"{server.base_url} grounded")
    assert asked(service).receipt.model == "grounded"
    assert len(server.requests) == 2
    for seen in server.requests:
        assert "a-secret-key" not in str(seen.headers)


def test_a_small_window_is_kept_to_and_a_large_one_is_not_taken(make: Make) -> None:
    llm = make()[1].settings.llm
    url = "http://127.0.0.1:9/v1"
    small = settings_of_found(llm, url, ServedModel("m", 1024))
    assert (small.context_tokens, small.answer_tokens) == (1024, 511)
    large = settings_of_found(llm, url, ServedModel("m", 10**6))
    assert (large.context_tokens, large.answer_tokens) == (llm.context_tokens, llm.answer_tokens)
    with pytest.raises(ModelError, match="too few for a passage"):
        settings_of_found(llm, url, ServedModel("m", 256))


def test_a_question_that_waits_keeps_its_model(make: Make, server: FakeModelServer) -> None:
    choice, service = make(server__max_running=1)
    server.think_seconds = 0.5

    async def three() -> list[str]:
        tasks = [asyncio.create_task(service.ask(QUESTION, door="chat")) for _ in range(2)]
        while service.gate.in_line < 1:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(choice.use, OFFLINE)
        tasks.append(asyncio.create_task(service.ask(QUESTION, door="chat")))
        return [each.receipt.model for each in await asyncio.gather(*tasks)]

    assert asyncio.run(three()) == ["grounded", "grounded", "extractive"]


def test_a_reranking_model_is_left_out_offline(make: Make, server: FakeModelServer) -> None:
    choice, service = make(retrieval__reranker="llm")
    assert "1872" in asked(service).text
    choice.use(OFFLINE)
    seen = len(server.requests)
    answer = asked(service)
    assert (answer.receipt.model, "1872" in answer.text) == ("extractive", True)
    assert len(server.requests) == seen


def test_the_heavy_parts_are_shared(make: Make) -> None:
    choice, service = make()
    choice.use(OFFLINE)
    asked(service)
    first, other = service.assistant._resources, service.answering._resources
    assert first is not other
    assert first.sentences() is other.sentences()
    assert first.snapshots() is other.snapshots()
    assert first.reader() is other.reader()
    choice.use(STARTED)
    assert service.answering is service.assistant
