"""Any failure of a model server → one ``ModelError`` that names the setting to look at.

Knows the errors of httpx and of the openai SDK, so that nobody else has to. Texts of a server are
only quoted, shortened and without the key, should it repeat it.
"""

from __future__ import annotations

import json
import re
from typing import Any

from assistant.errors import ModelError
from assistant.model.client import Exchange
from assistant.settings import LLMSettings

_CUT_OFF = {
    "length": "the model reached llm.answer_tokens",
    "max_tokens": "the model reached llm.answer_tokens",
    "content_filter": "the server's content filter cut the answer",
}
_BROKEN_OFF = frozenset({"error", "abort", "aborted", "cancelled", "insufficient_system_resource"})
_LENGTH = re.compile(
    r"context (?:length|size|window)|exceed_context_size|maximum context|context_length"
    r"|too (?:many|long)\b.{0,40}\b(?:tokens?|prompt|input)|(?:prompt|input) is too long"
    r"|(?:prompt|input|request)\b.{0,60}\b(?:tokens?|length)\b.{0,40}\bexceed"
    r"|reduce the length|n_ctx|max_model_len",
    re.IGNORECASE,
)
"""How servers say that a prompt does not fit: llama.cpp, vLLM, OpenAI, LM Studio, Ollama, TGI."""
_URL_HINT = "check llm.base_url; it usually ends in /v1"


class PromptTooLongError(ModelError):
    """The server refused a prompt for its length. The counts are the server's, 0 if not given."""

    prompt_tokens: int = 0
    window: int = 0


def why_incomplete(exchange: Exchange) -> str:
    """Why a stream that ended in order is not whole, or an empty text when it is.

    Whole is a stream with a finish reason or ``[DONE]``; Ollama sends only the latter at times.
    Raises ``ModelError`` when it held no word at all.
    """
    reason = exchange.finish_reason
    if not exchange.said_words:
        raise _no_words(exchange)
    if reason in _CUT_OFF:
        return _CUT_OFF[reason]
    if reason in _BROKEN_OFF:
        return f"the server broke off (finish reason {reason!r})"
    if reason or exchange.said_done:
        return ""
    return "the stream ended without saying that it was finished"


def _no_words(exchange: Exchange) -> ModelError:
    if exchange.finish_reason in ("length", "max_tokens"):
        return ModelError(
            "The model used up llm.answer_tokens before its first word",
            hint="raise llm.answer_tokens; a model that thinks aloud needs more of them",
        )
    if exchange.finish_reason == "content_filter":
        return ModelError("The server's content filter refused the question")
    if "html" in exchange.content_type:
        return ModelError("The model server sent a web page", hint=_URL_HINT)
    if "json" in exchange.content_type:
        return ModelError(
            "The model server sent one JSON text where a stream was asked for",
            hint="choose a server that streams chat completions",
        )
    if exchange.finish_reason or exchange.said_done:
        return ModelError("The model sent no words", hint="ask again, or choose another model")
    return ModelError("The model server sent an empty reply", hint=_URL_HINT)


def explain(exc: Exception, settings: LLMSettings, key: str) -> ModelError:
    """Any lower error as one of ours; one that is ours already is returned as it is."""
    import httpx
    import openai

    where = f"The model server {settings.base_url}"
    status = getattr(exc, "status_code", None)
    if isinstance(exc, ModelError):
        return exc
    if isinstance(exc, TimeoutError | openai.APITimeoutError | httpx.TimeoutException):
        return ModelError(
            f"{where} did not finish within llm.timeout_seconds = {settings.timeout_seconds:g}",
            hint="raise the time, or choose a faster model",
        )
    if isinstance(status, int):
        return _refused(exc, status, where, settings, key)
    if isinstance(exc, openai.APIConnectionError | httpx.ConnectError):
        return ModelError(f"{where} cannot be reached", hint="is it running? check llm.base_url")
    if isinstance(exc, httpx.HTTPError):
        return ModelError(f"{where} broke the connection ({type(exc).__name__})")
    if isinstance(exc, json.JSONDecodeError | openai.APIResponseValidationError):
        return ModelError(f"{where} sent something that is no JSON", hint=_URL_HINT)
    if isinstance(exc, openai.APIError):
        return ModelError(f"{where} reported an error{_detail(exc, key)}")
    return ModelError(f"{where} sent a reply that cannot be read ({type(exc).__name__})")


def safe_cause(exc: Exception, key: str) -> Exception | None:
    """The error as a cause to keep, unless a server put our key into it."""
    return None if key in f"{exc!s}{exc!r}{getattr(exc, 'body', '')!r}" else exc


def _refused(
    exc: Exception, status: int, where: str, settings: LLMSettings, key: str
) -> ModelError:
    detail = _detail(exc, key)
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
            f"{where} is busy or the quota is used up (status 429){detail}",
            hint=f"try again later{_retry_after(exc)}",
        )
    if status in (400, 413, 422, 500) and _is_about_length(exc, status):
        error = PromptTooLongError(
            f"{where} refused the prompt for its length (status {status}){detail}",
            hint="lower llm.context_tokens or retrieval.passages, or give the server a larger "
            "context",
        )
        body = getattr(exc, "body", None)
        error.prompt_tokens = _whole(body, "n_prompt_tokens")
        error.window = _whole(body, "n_ctx")
        return error
    if status in (400, 413, 422):
        return ModelError(
            f"{where} refused the request (status {status}){detail}",
            hint="check llm.model, llm.context_tokens and llm.answer_tokens against what it takes",
        )
    return ModelError(
        f"{where} answered with status {status}{detail}",
        hint=f"try again; if it stays, look at the server's log{_retry_after(exc)}",
    )


def _is_about_length(exc: Exception, status: int) -> bool:
    body = getattr(exc, "body", None)
    return status == 413 or _LENGTH.search(f"{body}"[:4000]) is not None


def _whole(body: Any, name: str) -> int:
    value = body.get(name) if isinstance(body, dict) else None
    return value if type(value) is int and value > 0 else 0


def _retry_after(exc: Exception) -> str:
    headers = getattr(getattr(exc, "response", None), "headers", {})
    value = str(headers.get("retry-after", ""))
    shown = "".join(c for c in value if c.isprintable())[:40]
    return f"; the server says Retry-After: {shown}" if shown else ""


def _detail(exc: Exception, key: str) -> str:
    """The server's own words, shortened; they may come from anywhere, so they are only quoted."""
    body: Any = getattr(exc, "body", None)
    message = body.get("message") if isinstance(body, dict) else body
    if not isinstance(message, str) or not message.strip() or "<html" in message[:200].lower():
        return ""
    return f": {message.replace(key, '…')[:200]!r}"
