"""Settings → LlamaIndex's ``OpenAILike`` over one openai client, and what its wire says.

The words come through LlamaIndex; what it drops is seen here, on the wire beneath it: whether a
stream said ``[DONE]``, which response to close, what a server asks before a retry. An ``Exchange``
holds that for one request; requests find theirs through a context variable.
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
import os
import re
import time
import urllib.parse
from collections.abc import AsyncIterator, Iterator
from typing import Any

from assistant.errors import ModelError
from assistant.model.private_logs import unlogged_bodies
from assistant.settings import LLMSettings
from assistant.text.visible import whole_characters

_DONE = re.compile(rb"[\r\n]data:[ \t]*\[DONE\]")
_MOST_BYTES = 32_000_000
"""Of one reply, whatever it says: an event of one token has 200 to 500 bytes."""
_MOST_TOKENS = 10**12
_LONGEST_NAME = 200


class Exchange:
    """What is known of one request: its response, whether it was finished, and the counts."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.content_type = ""
        self.finish_reason = ""
        self.said_done = False
        self.said_words = False
        self.tokens_in: int | None = None
        self.tokens_out: int | None = None
        self.model = ""
        self._response: Any = None
        self._tail = b"\n"
        self._bytes = 0

    def look_at(self, raw: Any) -> None:
        """Note what one event of the stream says."""
        usage = getattr(raw, "usage", None)
        if usage is not None:
            self.tokens_in = _count(usage, "prompt_tokens")
            self.tokens_out = _count(usage, "completion_tokens")
        model = getattr(raw, "model", "")
        if isinstance(model, str) and model:
            self.model = whole_characters(model[:_LONGEST_NAME])
        for choice in getattr(raw, "choices", None) or ():
            self.finish_reason = getattr(choice, "finish_reason", None) or self.finish_reason
            delta = getattr(choice, "delta", None)
            self.said_words = self.said_words or bool(getattr(delta, "content", None))

    def begin(self, response: Any) -> None:
        """Take the response of the latest try, and watch its bytes."""
        self._response = response
        self.content_type = response.headers.get("content-type", "")
        response.stream = _watched(response.stream, self)

    def see(self, piece: bytes) -> None:
        """Look for ``[DONE]`` at the start of a line, also across pieces, and count."""
        window = self._tail + piece
        self.said_done = self.said_done or _DONE.search(window) is not None
        self._tail = window[-32:]
        self._bytes += len(piece)
        if self._bytes > _MOST_BYTES:
            raise ModelError(f"The model server sent more than {_MOST_BYTES // 1_000_000} MB")

    async def close(self) -> None:
        """Close the response, and with it the connection if there is more to come."""
        if self._response is not None:
            with contextlib.suppress(Exception):  # it may be broken, which is why it is closed
                await self._response.aclose()


_current: contextvars.ContextVar[Exchange | None] = contextvars.ContextVar(
    "assistant_exchange", default=None
)


@contextlib.contextmanager
def requests_of(exchange: Exchange) -> Iterator[None]:
    """Requests made inside belong to this exchange."""
    token = _current.set(exchange)
    try:
        with unlogged_bodies():
            yield
    finally:
        _current.reset(token)


def read_key(settings: LLMSettings) -> str:
    """The key from the environment, ``none`` for servers that need none.

    Raises ``ModelError`` for a missing key, for one that cannot stand in a header (httpx would say
    so with the key in its message), and for a secret inside the address, which every log shows.
    """
    if "@" in urllib.parse.urlsplit(settings.base_url).netloc:
        raise ModelError(
            "llm.base_url holds a name or a password before its @",
            hint="put the key into the environment variable that llm.api_key_env names",
        )
    variable = settings.api_key_env
    key = os.environ.get(variable, "").strip()
    if not key and "api.openai.com" in settings.base_url:
        raise ModelError(
            f"No key: the environment variable {variable} is not set",
            hint=f"export {variable}=…, change llm.api_key_env, or set llm.base_url to a local "
            "server",
        )
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise ModelError(
            f"The key in the environment variable {variable} holds characters that no key has",
            hint="copy it again; look for line breaks, spaces and typographic characters",
        )
    return key or "none"


def load_libraries() -> None:
    """Import what a request needs: 2.5 to 5 s once, so never on an event loop."""
    import llama_index.llms.openai_like  # noqa: F401
    import openai.resources.chat  # noqa: F401  (the SDK imports it at the first request)

    _certificates()


def make_client(settings: LLMSettings, key: str) -> tuple[Any, Any]:
    """LlamaIndex's model and the openai client under it."""
    import httpx
    import openai
    from llama_index.core.callbacks import CallbackManager
    from llama_index.llms.openai_like import OpenAILike

    client = openai.AsyncOpenAI(
        api_key=key,
        base_url=settings.base_url,
        max_retries=settings.max_retries,
        timeout=settings.timeout_seconds,
        http_client=httpx.AsyncClient(
            verify=_certificates(),
            timeout=settings.timeout_seconds,
            limits=httpx.Limits(max_connections=256, max_keepalive_connections=32),
            headers={"Accept-Encoding": "identity"},  # [DONE] is looked for in the bytes as sent
            event_hooks={"response": [_note]},
            follow_redirects=False,
        ),
    )
    model = OpenAILike(
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
    return model, client


async def _note(response: Any) -> None:
    """Hand the response to its exchange; no retry that could only begin after the deadline."""
    exchange = _current.get()
    if exchange is None:
        return
    exchange.begin(response)
    wait = retry_after_seconds(response.headers.get("retry-after", ""))
    if wait is not None and time.monotonic() + wait >= exchange.deadline:
        response.headers["x-should-retry"] = "false"  # the SDK obeys it


def retry_after_seconds(value: str) -> float | None:
    """Seconds that a Retry-After header asks to wait (a number or a date), or None."""
    import email.utils

    try:
        return float(value)
    except ValueError:
        pass
    try:
        return email.utils.parsedate_to_datetime(value).timestamp() - time.time()
    except (TypeError, ValueError):
        return None


def _watched(inner: Any, exchange: Exchange) -> Any:
    import httpx

    class Watched(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            async for piece in inner:
                exchange.see(piece)
                yield piece

        async def aclose(self) -> None:
            await inner.aclose()

    return Watched()


@functools.lru_cache(maxsize=1)
def _certificates() -> Any:
    """The TLS context, shared by all clients: it takes tens of milliseconds to load."""
    import httpx

    return httpx.create_ssl_context()


def _count(usage: Any, name: str) -> int | None:
    value = getattr(usage, name, None)
    return value if type(value) is int and 0 <= value <= _MOST_TOKENS else None
