"""The client against a server of your own: any independent implementation of the protocol.

    ASSISTANT_TEST_OPENAI_URL=http://127.0.0.1:8080/v1 ASSISTANT_TEST_OPENAI_MODEL=name \\
        python -m pytest tests/test_any_server.py

The key, if the server wants one, is read from ASSISTANT_TEST_OPENAI_KEY. The server must be on this
machine: tests may reach no other. What it says may be nonsense; how it says it is tested.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import aclosing

import pytest

from assistant import load_settings
from assistant.errors import ModelError
from assistant.model.language_model import Ended, LanguageModel, TextPiece

URL = os.environ.get("ASSISTANT_TEST_OPENAI_URL", "")
MODEL = os.environ.get("ASSISTANT_TEST_OPENAI_MODEL", "")

pytestmark = pytest.mark.skipif(
    not URL or not MODEL,
    reason="needs a server: set ASSISTANT_TEST_OPENAI_URL and ASSISTANT_TEST_OPENAI_MODEL",
)
MESSAGES = [
    {"role": "system", "content": "You answer in one sentence."},
    {"role": "user", "content": "When was the garden of Holm laid out?"},
]


def model(name: str = MODEL, url: str = URL) -> LanguageModel:
    settings = load_settings(
        None,
        {
            "llm.model": name,
            "llm.base_url": url,
            "llm.api_key_env": "ASSISTANT_TEST_OPENAI_KEY",
            "llm.answer_tokens": 32,
            "llm.max_retries": 0,
        },
    )
    return LanguageModel(settings.llm)


async def read(asked: LanguageModel) -> tuple[list[str], Ended]:
    pieces = [piece async for piece in asked.stream(MESSAGES)]
    end = pieces.pop()
    assert isinstance(end, Ended)
    return [piece.text for piece in pieces if isinstance(piece, TextPiece)], end


def test_stream_is_words_and_one_end() -> None:
    words, end = asyncio.run(read(model()))
    assert "".join(words).strip()
    assert len(words) > 1
    assert end.incomplete in ("", "the model reached llm.answer_tokens")
    assert end.tokens_out is None or end.tokens_out > 0


def test_streams_side_by_side() -> None:
    async def main() -> list[tuple[list[str], Ended]]:
        asked = model()
        return await asyncio.gather(*(read(asked) for _ in range(8)))

    assert all("".join(words) for words, _ in asyncio.run(main()))


def test_closing_early_leaves_the_server_usable() -> None:
    async def main() -> None:
        asked = model()
        for _ in range(3):
            async with aclosing(asked.stream(MESSAGES)) as pieces:
                await anext(pieces)
        words, _ = await read(asked)
        assert words

    asyncio.run(main())


def test_wrong_path_is_a_typed_error() -> None:
    with pytest.raises(ModelError):
        asyncio.run(read(model(url=URL.rstrip("/") + "/nothing/here")))
