"""Answers written by a real, small language model over the sample folder: `make test-model`."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Answer, Assistant, load_settings
from assistant.model.language_model import Ended, LanguageModel, TextPiece
from benchmarks.small_model import SmallModel, missing

REPOSITORY = Path(__file__).resolve().parent.parent

if os.environ.get("REQUIRE_SMALL_MODEL"):
    assert not missing(), missing()
pytestmark = [
    pytest.mark.real_model,
    pytest.mark.skipif(bool(missing()), reason=missing() or "is there"),
]

QUESTIONS = (
    "How many submissions did ICLR 2020 receive?",
    "When was ICLR founded?",
    "What is the registration fee for ICLR 2024?",
    "Where did the first ICLR take place?",
)
NOT_FOR_PEOPLE = re.compile(r"</?think|<\||\|>|</?passage|\[/?INST|NOT_IN_THE", re.IGNORECASE)


@pytest.fixture(scope="module")
def small_model() -> Iterator[SmallModel]:
    with SmallModel() as model:
        yield model


@pytest.fixture(scope="module")
def assistant(
    small_model: SmallModel, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    settings = load_settings(
        REPOSITORY / "config.yaml",
        {
            "documents.paths": [str(REPOSITORY / "documents")],
            "index.path": str(tmp_path_factory.mktemp("index")),
            **small_model.settings(answer_tokens=64),
        },
    )
    with Assistant(settings) as made:
        made.sync()
        yield made


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_real_models_answer_is_shown_clean(assistant: Assistant, question: str) -> None:
    answer: Answer = assistant.ask(question)
    assert answer.text.strip()
    assert not NOT_FOR_PEOPLE.search(answer.text)
    assert answer.receipt.model


def test_a_follow_up_is_answered(assistant: Assistant) -> None:
    first = "Where did the first ICLR take place?"
    answer = assistant.ask("And the second?", [(first, "In Scottsdale, Arizona.")])
    assert answer.text.strip()


def test_the_server_counts_the_prompts_tokens(small_model: SmallModel) -> None:
    settings = load_settings(REPOSITORY / "config.yaml", small_model.settings(answer_tokens=16))

    async def read() -> list[TextPiece | Ended]:
        model = LanguageModel(settings.llm)
        return [each async for each in model.stream([{"role": "user", "content": "Say hello."}])]

    *words, end = asyncio.run(read())
    assert words
    assert isinstance(end, Ended)
    assert (end.tokens_in or 0) > 5
    assert end.model
