"""Messages → a model's words, as they come, from any OpenAI-compatible server.

One client of the openai SDK does the requests and the retries; LlamaIndex's ``OpenAILike`` speaks
through it. A stream is whole only with a finish reason or ``[DONE]``; everything else that can end
it becomes one ``Ended`` with a reason, and the words so far are kept. Keys stay in the client.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import json
import os
import time
import weakref
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.errors import ModelError
from assistant.settings import LLMSettings

Message = dict[str, str]


@dataclass(frozen=True, slots=True)
class Words:
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


class LanguageModel:
    """One model of one server. Streams from any event loop; a client lives as long as its loop."""

    def __init__(self, settings: LLMSettings) -> None:
        key = os.environ.get(settings.api_key_env, "")
        if not key and "api.openai.com" in settings.base_url:
            raise ModelError(
                f"No key: the environment variable {settings.api_key_env} is not set",
                hint=f"export {settings.api_key_env}=…, change llm.api_key_env, or set llm.base_url "
                "to a local server",
            )
        self._settings = settings
        self._clients: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Any] = (
            weakref.WeakKeyDictionary()
        )

    def __repr__(self) -> str:
        return f"LanguageModel({self._settings.model!r} at {self._settings.base_url!r})"

    def __reduce__(self) -> tuple[object, ...]:
        return (LanguageModel, (self._settings,))

    async def stream(self, messages: Sequence[Message]) -> AsyncIterator[Words | Ended]:
        """The model's words, then one ``Ended``. Raises ``ModelError`` if no word ever came.

        Closing the iterator closes the connection to the server at once.
        """
        deadline = time.monotonic() + self._settings.timeout_seconds
        state = _StreamState()
        token = _current.set(state)
        began = False
        try:
            async for words in self._deltas(messages, deadline, state):
                began = True
                yield Words(words)
            yield state.ended(state.why_incomplete())
        except Exception as exc:
            reason = self._explain(exc)
            if not began:
                raise ModelError(reason.what, hint=reason.hint) from exc
            yield state.ended(reason.what)
        finally:
            await state.close()
            with contextlib.suppress(ValueError):  # closed from another context
                _current.reset(token)

    async def complete(self, messages: Sequence[Message]) -> tuple[str, Ended]:
        """The whole reply at once. Raises ``ModelError`` when it is not whole."""
        parts: list[str] = []
        async for piece in self.stream(messages):
            if isinstance(piece, Words):
                parts.append(piece.text)
            else:
                if piece.incomplete:
                    raise ModelError(f"The model's reply broke off: {piece.incomplete}")
                return "".join(parts), piece
        raise AssertionError("a stream ends with Ended")

    async def _deltas(
        self, messages: Sequence[Message], deadline: float, state: _StreamState
    ) -> AsyncIterator[str]:
        from llama_index.core.base.llms.types import ChatMessage

        chat = [ChatMessage(role=m["role"], content=m["content"]) for m in messages]
        async with asyncio.timeout_at(_loop_time(deadline)):
            replies = await self._model().astream_chat(chat)
        replies = aiter(replies)
        while True:
            try:
                async with asyncio.timeout_at(_loop_time(deadline)):
                    reply = await anext(replies)
            except StopAsyncIteration:
                return
            state.look_at(reply.raw)
            if reply.delta:
                yield reply.delta

    def _model(self) -> Any:
        """LlamaIndex's model over this loop's client."""
        loop = asyncio.get_running_loop()
        model = self._clients.get(loop)
        if model is None:
            model = self._clients[loop] = self._make_model()
        return model

    def _make_model(self) -> Any:
        import httpx
        import openai
        from llama_index.core.callbacks import CallbackManager
        from llama_index.llms.openai_like import OpenAILike

        settings = self._settings
        key = os.environ.get(settings.api_key_env, "") or "none"
        client = openai.AsyncOpenAI(
            api_key=key,
            base_url=settings.base_url,
            max_retries=settings.max_retries,
            timeout=settings.timeout_seconds,
            http_client=httpx.AsyncClient(
                timeout=settings.timeout_seconds,
                limits=httpx.Limits(max_connections=256, max_keepalive_connections=32),
                event_hooks={"response": [_remember]},
                follow_redirects=False,
            ),
        )
        return OpenAILike(
            model=settings.model,
            api_key="held-by-the-client",
            api_base=settings.base_url,
            is_chat_model=True,
            temperature=settings.temperature,
            max_tokens=settings.answer_tokens,
            context_window=settings.context_tokens,
            max_retries=0,  # the SDK's retries are the only layer: two would multiply
            additional_kwargs={"stream_options": {"include_usage": True}},
            async_openai_client=client,
            callback_manager=CallbackManager(),
        )

    def _explain(self, exc: Exception) -> ModelError:
        """Any lower error as one of ours, naming the setting to look at."""
        import httpx
        import openai

        settings = self._settings
        status = getattr(exc, "status_code", None)
        where = f"The model server {settings.base_url}"
        if isinstance(exc, ModelError):
            return exc
        if isinstance(exc, TimeoutError | openai.APITimeoutError | httpx.TimeoutException):
            return ModelError(
                f"{where} did not finish within llm.timeout_seconds = {settings.timeout_seconds:g}",
                hint="raise the time, or choose a faster model",
            )
        if status in (401, 403):
            return ModelError(
                f"{where} refused the key (status {status})",
                hint=f"check the environment variable {settings.api_key_env}",
            )
        if status == 404:
            return ModelError(
                f"{where} does not know the model {settings.model!r}, or the path (status 404)",
                hint="check llm.model and llm.base_url (it usually ends in /v1)",
            )
        if status == 429:
            return ModelError(
                f"{where} is busy or the quota is used up (status 429)",
                hint=f"try again later{_retry_after(exc)}",
            )
        if status is not None:
            return ModelError(
                f"{where} answered with status {status}{_detail(exc)}",
                hint="try again; if it stays, look at the server's log",
            )
        if isinstance(exc, openai.APIConnectionError | httpx.ConnectError):
            return ModelError(
                f"{where} cannot be reached", hint="is it running? check llm.base_url"
            )
        if isinstance(exc, httpx.HTTPError):
            return ModelError(f"{where} broke the connection ({type(exc).__name__})")
        if isinstance(exc, json.JSONDecodeError | openai.APIResponseValidationError):
            return ModelError(
                f"{where} sent something that is no JSON",
                hint="check llm.base_url; it usually ends in /v1",
            )
        if isinstance(exc, openai.APIError):
            return ModelError(f"{where} reported an error{_detail(exc)}")
        return ModelError(f"{where} sent a reply that cannot be read ({type(exc).__name__})")


class _StreamState:
    """What is known of one stream: its response, finish reason, counts and last bytes."""

    def __init__(self) -> None:
        self.response: Any = None
        self.tail = b""
        self.finish_reason = ""
        self.saw_words = False
        self.is_web_page = False
        self.tokens_in: int | None = None
        self.tokens_out: int | None = None
        self.model = ""

    def look_at(self, raw: Any) -> None:
        usage = getattr(raw, "usage", None)
        if usage is not None:
            self.tokens_in = getattr(usage, "prompt_tokens", None)
            self.tokens_out = getattr(usage, "completion_tokens", None)
        self.model = getattr(raw, "model", "") or self.model
        for choice in getattr(raw, "choices", None) or ():
            self.finish_reason = getattr(choice, "finish_reason", None) or self.finish_reason
            delta = getattr(choice, "delta", None)
            self.saw_words = self.saw_words or bool(getattr(delta, "content", None))

    def why_incomplete(self) -> str:
        if self.finish_reason == "length":
            return "the model reached llm.answer_tokens"
        if self.finish_reason == "content_filter":
            return "the server's content filter cut the answer"
        if self.finish_reason or b"[DONE]" in self.tail:
            return "" if self.saw_words else "the model sent no words"
        if not self.saw_words:
            what = "a web page" if self.is_web_page else "an empty reply"
            raise ModelError(
                f"The model server sent {what}",
                hint="check llm.model, and llm.base_url, which usually ends in /v1",
            )
        return "the stream ended without saying that it was finished"

    def ended(self, incomplete: str) -> Ended:
        return Ended(incomplete, self.tokens_in, self.tokens_out, self.model)

    async def close(self) -> None:
        if self.response is not None:
            with contextlib.suppress(Exception):  # it may be broken already, which is why we close
                await self.response.aclose()


_current: contextvars.ContextVar[_StreamState | None] = contextvars.ContextVar(
    "assistant_stream", default=None
)


async def _remember(response: Any) -> None:
    """Note the response of the stream in this context, and watch its last bytes for [DONE]."""
    state = _current.get()
    if state is None:
        return
    state.response = response
    state.is_web_page = "html" in response.headers.get("content-type", "")
    response.stream = _watched(response.stream, state)


def _watched(inner: Any, state: _StreamState) -> Any:
    import httpx

    class Watched(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            async for piece in inner:
                state.tail = (state.tail + piece)[-64:]
                yield piece

        async def aclose(self) -> None:
            await inner.aclose()

    return Watched()


def _loop_time(deadline: float) -> float:
    return asyncio.get_running_loop().time() + (deadline - time.monotonic())


def _retry_after(exc: Exception) -> str:
    headers = getattr(getattr(exc, "response", None), "headers", {})
    value = headers.get("retry-after", "")
    return f"; the server says Retry-After: {value[:40]}" if value else ""


def _detail(exc: Exception) -> str:
    """The server's own words, shortened; they may come from anywhere, so they are only quoted."""
    body = getattr(exc, "body", None)
    message = body.get("message") if isinstance(body, dict) else None
    return f": {str(message)[:200]!r}" if message else ""
