"""Messages → a model's words, as they come, from any OpenAI-compatible server.

One client of the openai SDK does the requests and the retries; LlamaIndex's ``OpenAILike`` speaks
through it. Everything that can end a stream becomes one ``Ended``, with a reason where it is not
whole, and the words so far are kept. Keys stay in the client (``model_client``); failures get their
words in ``model_faults``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from assistant.errors import ModelError
from assistant.model.client import Exchange, load_libraries, make_client, read_key, requests_of
from assistant.model.faults import explain, safe_cause, why_incomplete
from assistant.settings import LLMSettings
from assistant.text.visible import whole_characters

Message = dict[str, str]

_MOST_CHARACTERS_A_TOKEN = 16
"""Prose has four, code with deep indentation eight. A server that goes on beyond the tokens it was
asked for is cut off: what it sends is parsed, verified and drawn."""
_TOO_LONG = "the server sent more than llm.answer_tokens allows"


class BrokenOffError(ModelError):
    """A reply that was asked for whole and is not."""


@dataclass(frozen=True, slots=True)
class TextPiece:
    """More text from the model."""

    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a stream. ``incomplete`` is empty when it is whole, else why it is not.

    Token counts are the server's, or None where it sent none.
    """

    incomplete: str
    tokens_in: int | None
    tokens_out: int | None
    model: str


@dataclass(frozen=True, slots=True)
class _OfLoop:
    """What belongs to one event loop: its model, what closes the client, and a turnstile."""

    model: Any
    keeper: AsyncIterator[None]
    turnstile: asyncio.Lock

    async def take_turn(self) -> None:
        """One start in each round of the loop. Building a request takes milliseconds without a
        pause: a hundred at once held all running streams up for 0.3 s of processor time, now 0.1.
        """
        async with self.turnstile:
            await asyncio.sleep(0)


class LanguageModel:
    """One model of one server. Streams from any event loop; a client lives as long as its loop.

    Raises ``ModelError`` for a key that is missing or cannot be one.
    """

    def __init__(self, settings: LLMSettings) -> None:
        read_key(settings)
        self._settings = settings
        self._held: dict[asyncio.AbstractEventLoop, _OfLoop] = {}

    def __repr__(self) -> str:
        return f"LanguageModel({self._settings.model!r} at {self._settings.base_url!r})"

    def __reduce__(self) -> tuple[object, ...]:
        return (LanguageModel, (self._settings,))

    @staticmethod
    def warm_up() -> None:
        """Import the libraries now (2.5 to 5 s), from any thread, while something else goes on."""
        load_libraries()

    async def stream(
        self, messages: Sequence[Message], *, most_tokens: int | None = None
    ) -> AsyncGenerator[TextPiece | Ended, None]:
        """The model's words, then one ``Ended``. Raises ``ModelError`` if no word ever came.

        ``most_tokens`` asks for a shorter reply than ``llm.answer_tokens``.
        Closing the iterator closes the connection to the server at once; so does cancelling the
        task that waits for it. The deadline counts from the request to the last word.
        """
        key = read_key(self._settings)
        here = await self._of_this_loop(key)
        await here.take_turn()
        exchange = Exchange(time.monotonic() + self._settings.timeout_seconds)
        began = False
        room = room_for(self._settings)
        try:
            async with aclosing(_deltas(here.model, messages, exchange, most_tokens)) as deltas:
                async for words in whole_pieces(deltas):
                    began = True
                    yield TextPiece(words[:room])
                    room -= len(words)
                    if room <= 0:
                        break
            incomplete = why_incomplete(exchange) if room > 0 else _TOO_LONG
        except Exception as exc:
            if not began:
                if isinstance(exc, ModelError):
                    raise
                raise explain(exc, self._settings, key) from safe_cause(exc, key)
            incomplete = explain(exc, self._settings, key).what
        yield Ended(incomplete, exchange.tokens_in, exchange.tokens_out, exchange.model)

    async def complete(
        self, messages: Sequence[Message], *, most_tokens: int | None = None
    ) -> tuple[str, Ended]:
        """The whole reply at once. Raises ``ModelError`` when it is not whole."""
        parts: list[str] = []
        async with aclosing(self.stream(messages, most_tokens=most_tokens)) as pieces:
            async for piece in pieces:
                if isinstance(piece, TextPiece):
                    parts.append(piece.text)
                elif piece.incomplete:
                    raise BrokenOffError(f"The model's reply broke off: {piece.incomplete}")
                else:
                    return "".join(parts), piece
        raise AssertionError("a stream ends with Ended")

    async def _of_this_loop(self, key: str) -> _OfLoop:
        loop = asyncio.get_running_loop()
        if loop not in self._held:
            await asyncio.to_thread(load_libraries)
        if loop not in self._held:  # another stream may have come first, meanwhile
            for ended in [each for each in list(self._held) if each.is_closed()]:
                self._held.pop(ended, None)
            model, client = make_client(self._settings, key)
            keeper = _until_the_loop_ends(client)
            self._held[loop] = _OfLoop(model, keeper, asyncio.Lock())
            await anext(keeper)
        return self._held[loop]


async def _deltas(
    model: Any, messages: Sequence[Message], exchange: Exchange, most_tokens: int | None
) -> AsyncGenerator[str, None]:
    """The texts of a stream, under its deadline. Closes the connection whatever happens."""
    from llama_index.core.base.llms.types import ChatMessage

    chat = [ChatMessage(role=m["role"], content=m["content"]) for m in messages]
    fewer = {} if most_tokens is None else {"max_tokens": most_tokens}
    replies: Any = None
    try:
        async with asyncio.timeout_at(_loop_time(exchange.deadline)):
            with requests_of(exchange):  # LlamaIndex sends the request with the first reply
                replies = await model.astream_chat(chat, **fewer)
                reply = await anext(replies, None)
        while reply is not None:
            exchange.look_at(reply.raw)
            if reply.delta:
                yield reply.delta
            if time.monotonic() >= exchange.deadline:  # a flood may never let the loop look
                raise TimeoutError
            async with asyncio.timeout_at(_loop_time(exchange.deadline)):
                reply = await anext(replies, None)
    finally:
        await exchange.close()
        if replies is not None:
            await replies.aclose()


def room_for(settings: LLMSettings) -> int:
    """The most characters that a reply may have."""
    return settings.answer_tokens * _MOST_CHARACTERS_A_TOKEN


async def whole_pieces(pieces: AsyncIterator[str]) -> AsyncIterator[str]:
    """The same text in pieces of whole characters: JSON lets a server send one in two halves."""
    half = ""
    async for piece in pieces:
        piece, half = half + piece, ""
        if "\ud800" <= piece[-1] <= "\udbff":
            piece, half = piece[:-1], piece[-1]
        if piece:
            yield whole_characters(piece)
    if half:
        yield whole_characters(half)


async def _until_the_loop_ends(client: Any) -> AsyncGenerator[None, None]:
    """Close a client on its own loop: a loop closes the generators it has left when it shuts down,
    and those that nobody holds any more."""
    try:
        yield
    finally:
        await client.close()


def _loop_time(deadline: float) -> float:
    return asyncio.get_running_loop().time() + (deadline - time.monotonic())
