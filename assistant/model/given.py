"""A language model that is given to an assistant → the stream that answers are written from.

Whoever gives it writes one method, which yields text. What ``LanguageModel`` promises of a server
holds here too: one deadline, no more words than were asked for, whole characters, words that are
kept when the model breaks off, and ``ModelError`` when no word came.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

from assistant.errors import ModelError, UsageError
from assistant.model.language_model import (
    Ended,
    LanguageModel,
    Message,
    TextPiece,
    room_for,
    whole_pieces,
)
from assistant.registry import checked_fingerprint, first_line
from assistant.settings import LLMSettings


class ModelClient(Protocol):
    """A language model of any kind; used from several event loops at once.

    ``fingerprint`` names model and version, 1 to 200 characters; receipts show it. Tokens are
    counted with tiktoken, so an answer's usage says ``estimated``.
    """

    fingerprint: str

    def stream(self, messages: Sequence[Mapping[str, str]]) -> AsyncIterator[str]:
        """The reply's text, piece by piece. ``messages`` have the keys ``role`` and ``content``,
        as in OpenAI's interface.

        Usually an ``async def`` with ``yield``. It is closed when an answer is stopped, and cut
        off after ``llm.timeout_seconds``. Raises ``ModelError``; any other exception is made one.
        """
        ...


class GivenModel(LanguageModel):
    """A model client as answers need it; raises ``UsageError`` for what is none."""

    def __init__(self, client: ModelClient, settings: LLMSettings) -> None:
        self.name = checked_fingerprint(client, "model")
        if not callable(getattr(client, "stream", None)):
            raise UsageError(
                f"The model {self.name} has no method stream", hint="see the protocol ModelClient"
            )
        self._client = client
        self._settings = settings

    def __repr__(self) -> str:
        return f"GivenModel({self.name!r})"

    def __reduce__(self) -> tuple[object, ...]:
        return (GivenModel, (self._client, self._settings))

    async def stream(
        self, messages: Sequence[Message], *, most_tokens: int | None = None
    ) -> AsyncGenerator[TextPiece | Ended, None]:
        """The model's words, then one ``Ended``. Raises ``ModelError`` if no word ever came.

        Whoever gave the model is asked for no limit, so ``most_tokens`` changes nothing."""
        began, incomplete, room = False, "", room_for(self._settings)
        pieces: Any = None
        try:
            pieces = self._client.stream([dict(each) for each in messages])
            async for words in whole_pieces(self._timely(pieces)):
                began = True
                yield TextPiece(words[:room])
                room -= len(words)
                if room <= 0:
                    incomplete = "the model gave more than llm.answer_tokens allows"
                    break
        except Exception as exc:  # somebody else's code raises what it likes
            error = self._explained(exc)
            if not began:
                raise error from exc
            incomplete = error.what
        finally:
            if hasattr(pieces, "aclose"):
                with suppress(Exception):  # it is broken already
                    await pieces.aclose()
        if not began:
            raise ModelError(f"The model {self.name} gave no words")
        yield Ended(incomplete, None, None, self.name)

    async def _timely(self, pieces: AsyncIterator[str]) -> AsyncIterator[str]:
        """The pieces that come before the deadline, those with words."""
        deadline = time.monotonic() + self._settings.timeout_seconds
        each = aiter(pieces)
        while True:
            async with asyncio.timeout(deadline - time.monotonic()):
                try:
                    words = await anext(each)
                except StopAsyncIteration:
                    return
            if time.monotonic() >= deadline:  # a flood may never let the loop look
                raise TimeoutError
            if not isinstance(words, str):
                raise TypeError(f"stream gave a {type(words).__name__} instead of text")
            if words:
                yield words

    def _explained(self, exc: Exception) -> ModelError:
        if isinstance(exc, ModelError):
            return exc
        if isinstance(exc, TimeoutError):
            return ModelError(
                f"The model {self.name} did not end within llm.timeout_seconds = "
                f"{self._settings.timeout_seconds:g}"
            )
        return ModelError(f"The model {self.name} failed: {first_line(exc)}")
