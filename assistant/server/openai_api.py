"""``/v1/chat/completions`` and ``/v1/models`` as OpenAI clients know them, with our citations.

An answer's sources are ``annotations`` of type ``url_citation``: ``start_index`` and ``end_index``
count characters of the content and span the sentence that cites the source; the address opens the
document at that place. The field ``assistant`` holds the whole checked answer with its verdicts;
other clients ignore it.

Streams send the annotations with the last chunk, because verdicts need the complete text. What a
long answer is doing comes as ``assistant_step`` in chunks without words.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import aclosing
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StrictBool
from starlette.exceptions import HTTPException

from assistant.answering.step_words import told_step
from assistant.chat.placing import MARKER
from assistant.checking.verdicts import found_markers
from assistant.errors import AccessError, AssistantError, BusyError, ModelError, UsageError
from assistant.retrieval.filters import make_filters
from assistant.retrieval.history import paired
from assistant.server.chat_fields import FieldError, Limited, check_fields, most_tokens, within
from assistant.service.service import HistoryTurn, Service
from assistant.types import NO_FILTERS, Answer, Delta, Filters, Finished, Progress

MODELS = ("documents",)
_OWNED_BY = "document-assistant"
_MOST_MESSAGES = 200
_MOST_PARTS = 64
_LOOK_SECONDS = 0.1
_GONE = 499
"""The status for nobody: the client had left."""


class _Lenient(BaseModel):
    """Sampling fields (temperature, …) change nothing; ``chat_fields`` refuses what would."""

    model_config = ConfigDict(extra="ignore")


class MessagePart(_Lenient):
    """A part of a message; only texts can be asked."""

    type: str
    text: str = ""


class ChatMessage(_Lenient):
    """A message. Those of ``system``, ``developer`` and ``tool`` are not obeyed here."""

    role: Literal["user", "assistant", "system", "developer", "tool"]
    content: str | Annotated[list[MessagePart], Field(max_length=_MOST_PARTS)] | None = None

    def words(self) -> str:
        """Its text. Raises ``FieldError`` for pictures, sound and files."""
        if isinstance(self.content, list):
            for part in self.content:
                if part.type not in ("text", "refusal"):
                    raise FieldError(
                        "messages", f"A part of a message is {part.type[:40]!r}; only text is read",
                        hint="put files into the documents folder, and ask about them",
                    )  # fmt: skip
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(_Lenient):
    """What a stream should send besides."""

    include_usage: bool = False


class FilterFields(_Lenient):
    """Which documents are asked, as on the command line; ``make_filters`` says how many values."""

    paths: list[str] = []
    types: list[str] = []
    after: str = ""
    before: str = ""
    tags: list[str] = []
    collections: list[str] = []


class ChatRequest(_Lenient):
    """A conversation whose last message of the user is the question.

    ``max_tokens`` limits the answer. ``n`` above 1, ``tools``, ``response_format`` other than text,
    ``stop``, ``logprobs`` and parts of messages that are no text are refused. ``temperature`` and
    other sampling fields change nothing. ``deep`` asks the language model for a report in sections.
    """

    model_config = ConfigDict(extra="allow")

    model: str = MODELS[0]
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=_MOST_MESSAGES)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    filters: FilterFields | None = None
    deep: StrictBool = False


def router(service: Service) -> APIRouter:
    """The two endpoints for a service."""
    routes = APIRouter(prefix="/v1", tags=["OpenAI-compatible"])
    errors: dict[int | str, dict[str, Any]] = {
        status: {"description": said}
        for status, said in (
            (400, "A question or a filter that cannot be used"),
            (401, "A token is needed"),
            (403, "Somebody without the right to ask"),
            (404, "No such model"),
            (429, "Too many questions at once"),
            (502, "The language model failed"),
            (503, "There is no index"),
        )
    }

    @routes.get("/models", summary="List the models")
    async def models() -> dict[str, Any]:
        return {"object": "list", "data": [_model(name) for name in MODELS]}

    @routes.get("/models/{model}", summary="One model", responses={404: errors[404]})
    async def model(model: str) -> JSONResponse:
        if model not in MODELS:
            return _no_model(model)
        return JSONResponse(_model(model))

    @routes.post("/chat/completions", summary="Ask the documents", responses=errors)
    async def completions(asked: ChatRequest, request: Request) -> Response:
        if asked.model not in MODELS:
            return _no_model(asked.model)
        base = str(request.base_url).rstrip("/")
        try:
            fields = asked.model_dump(exclude={"messages", "filters"})
            check_fields(fields)
            limit = most_tokens(fields)
            question, history = _conversation(asked.messages)
            filters = _filters(asked.filters)
            if asked.stream:
                return await _streamed(service, asked, question, history, filters, base, limit)
            answer = await _unless_gone(
                request,
                service.ask(question, history, filters=filters, door="http", deep=asked.deep),
            )
        except AssistantError as exc:
            return failure(exc)
        if answer is None:
            return Response(status_code=_GONE)
        return JSONResponse(_completion(answer, asked.model, base, limit))

    @routes.api_route("/{path:path}", methods=["GET", "POST", "DELETE"], include_in_schema=False)
    async def nothing(path: str) -> JSONResponse:
        raise HTTPException(404, "Of OpenAI's interface there are /v1/chat/completions and "
                            "/v1/models here")  # fmt: skip

    return routes


async def _unless_gone(request: Request, work: Coroutine[Any, Any, Answer]) -> Answer | None:
    """The answer, or None when the client has disconnected: then the work stops."""
    task = asyncio.create_task(work)
    try:
        while not task.done():
            await asyncio.wait([task], timeout=_LOOK_SECONDS)
            if not task.done() and await request.is_disconnected():
                return None
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait([task])


def failure(error: AssistantError) -> JSONResponse:
    """An error in OpenAI's format, with a 4xx status for the client's mistakes and 5xx for ours."""
    status, kind = 503, "unavailable"
    if isinstance(error, BusyError):
        status, kind = 429, "busy"
    elif isinstance(error, AccessError):
        status, kind = 403, "permission_error"
    elif isinstance(error, UsageError):
        status, kind = 400, "invalid_request_error"
    elif isinstance(error, ModelError):
        status, kind = 502, "model_error"
    headers = {"Retry-After": "1"} if status == 429 else None
    return JSONResponse({"error": _error(error, kind)}, status, headers)


def url_citations(answer: Answer, base: str) -> list[dict[str, Any]]:
    """One ``url_citation`` for each marker of the content; ``found_by`` is "assistant" where the
    model named no source."""
    known = {citation.marker: citation for citation in answer.citations}
    found: list[dict[str, Any]] = []
    begin = 0
    found_ones = found_markers(answer.sentences)
    for match in MARKER.finditer(answer.text):
        citation = known.get(int(match.group(1)))
        if citation is None:
            continue
        start = _sentence_start(answer, match.start(), begin)
        query = urlencode({"name": citation.document, "start": citation.start, "end": citation.end})
        found.append(
            {
                "type": "url_citation",
                "url_citation": {
                    "start_index": start,
                    "end_index": match.end(),
                    "title": citation.title,
                    "url": f"{base}/document?{query}#cited",
                },
            }
        )
        if citation.marker in found_ones:
            found[-1]["url_citation"]["found_by"] = "assistant"
        begin = match.end()
    return found


def _sentence_start(answer: Answer, marker: int, begin: int) -> int:
    """Where the words before a marker begin: after the marker or line before it."""
    before = answer.text[:marker]
    start = max(begin, before.rstrip().rfind("\n") + 1)
    if not before[start:].strip():  # a second marker on the same words
        start = max((m.start() for m in MARKER.finditer(before)), default=start)
    while start < marker and answer.text[start].isspace():
        start += 1
    return start


def _conversation(messages: Sequence[ChatMessage]) -> tuple[str, list[HistoryTurn]]:
    """The question, and the pairs of user and assistant before it."""
    spoken = [(m.role, m.words()) for m in messages if m.role in ("user", "assistant")]
    if not spoken or spoken[-1][0] != "user":
        raise UsageError(
            "The last message is not the user's", hint="end `messages` with a question"
        )
    return spoken[-1][1], paired(spoken[:-1])


def _filters(given: FilterFields | None) -> Filters:
    if given is None:
        return NO_FILTERS
    return make_filters(
        given.paths, given.types, given.after, given.before, given.tags,
        collections=given.collections,
    )  # fmt: skip


def _completion(answer: Answer, model: str, base: str, limit: int | None) -> dict[str, Any]:
    end = within(answer.text, limit)
    return {
        "id": _identity(),
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": answer.text[:end],
                    "refusal": None,
                    "annotations": _up_to(url_citations(answer, base), end),
                },
                "logprobs": None,
                "finish_reason": _reason(answer, end < len(answer.text)),
            }
        ],
        "usage": _usage(answer),
        "assistant": answer.to_dict(),
    }


async def _streamed(
    service: Service,
    asked: ChatRequest,
    question: str,
    history: Sequence[HistoryTurn],
    filters: Filters,
    base: str,
    limit: int | None,
) -> Response:
    """A stream after its first event; an earlier failure is returned as a plain error."""
    events = service.stream(question, history, filters=filters, door="http", deep=asked.deep)
    first = await anext(events)
    include_usage = asked.stream_options is not None and asked.stream_options.include_usage

    async def lines() -> AsyncIterator[str]:
        head = {
            "id": _identity(),
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": asked.model,
        }
        yield _line(head, {"role": "assistant", "content": ""})
        limited = Limited(limit)
        async with aclosing(events) as stream:  # type: ignore[type-var]
            try:
                async for event in _after(first, stream):
                    if isinstance(event, Progress):
                        yield _line(head, {}, None, {"assistant_step": told_step(event)})
                    elif isinstance(event, Delta):
                        if words := limited.take(event.text):
                            yield _line(head, {"content": words})
                    elif isinstance(event, Finished):
                        answer = event.answer
                        found = url_citations(answer, base)
                        if limited.is_cut:
                            found = _up_to(found, limited.sent)
                        yield _line(head, {"annotations": found})
                        reason = _reason(answer, limited.is_cut)
                        yield _line(head, {}, reason, {"assistant": answer.to_dict()})
                        if include_usage:
                            last = {**head, "choices": [], "usage": _usage(answer)}
                            yield f"data: {json.dumps(last)}\n\n"
            except AssistantError as exc:
                yield f"data: {json.dumps({'error': _error(exc, 'model_error')})}\n\n"
                return
        yield "data: [DONE]\n\n"

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(lines(), media_type="text/event-stream", headers=headers)


def _up_to(annotations: list[dict[str, Any]], end: int) -> list[dict[str, Any]]:
    return [each for each in annotations if each["url_citation"]["end_index"] <= end]


def _reason(answer: Answer, is_cut: bool) -> str:
    return "length" if answer.incomplete or is_cut else "stop"


async def _after(first: Any, events: AsyncIterator[Any]) -> AsyncIterator[Any]:
    yield first
    async for event in events:
        yield event


def _line(
    head: dict[str, Any],
    delta: dict[str, Any],
    finish_reason: str | None = None,
    more: dict[str, Any] | None = None,
) -> str:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    return f"data: {json.dumps({**head, 'choices': [choice], **(more or {})})}\n\n"


def _usage(answer: Answer) -> dict[str, int]:
    tokens_in, tokens_out = answer.usage.tokens_in, answer.usage.tokens_out
    return {
        "prompt_tokens": tokens_in,
        "completion_tokens": tokens_out,
        "total_tokens": tokens_in + tokens_out,
    }


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": _OWNED_BY}


def _no_model(name: str) -> JSONResponse:
    said = f"There is no model {name[:80]!r}; `/v1/models` lists them"
    return JSONResponse(
        {
            "error": {
                "message": said,
                "type": "invalid_request_error",
                "param": "model",
                "code": "model_not_found",
            }
        },
        404,
    )


def _error(error: AssistantError, kind: str) -> dict[str, Any]:
    field = error.field if isinstance(error, FieldError) else None
    return {"message": str(error), "type": kind, "param": field, "code": type(error).__name__}


def _identity() -> str:
    return f"chatcmpl-{secrets.token_hex(12)}"
