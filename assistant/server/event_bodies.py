"""Bodies that a browser may send to the page's events: each is parsed, checked and rebuilt.

Gradio trusts the body of an event: it copies files, fetches addresses and moves streams that the
body names. So no body reaches it unchanged. A body must match one of the shapes below, none of
which can name a file. The body passed on is rebuilt from the parsed values, so a second parser
cannot read it differently. Fields that the page does not use are dropped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import parse_qs

import gradio as gr
from gradio.server_messages import UnexpectedErrorMessage
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PREFIX = "/gradio_api/"
_MESSAGES = f"{PREFIX}queue/data"
_PAGES = frozenset({"/", "/config", "/config/"})
_READING = frozenset({"GET", "HEAD"})
_MOST_VALUES = 1000
_LARGEST_INDEX = 10**6

Index = Annotated[int, Field(ge=0, le=_LARGEST_INDEX)]
Session = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Choices = Annotated[list[str], Field(max_length=_MOST_VALUES)]
Value = str | bool | Choices | None


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class Words(_Shape):
    """A text as the chat component sends an example."""

    text: str = ""


class EventDetail(_Shape):
    """What was clicked: a place in the chat, its words, a rating."""

    index: Index | Annotated[list[Index], Field(min_length=1, max_length=2)] = 0
    value: str | Words | Annotated[list[str | Words], Field(max_length=_MOST_VALUES)] = ""
    liked: bool | str | None = None


class JoinBody(_Shape):
    """``queue/join``: an event and the values of its components."""

    fn_index: Index
    session_hash: Session
    data: Annotated[list[Value], Field(max_length=_MOST_VALUES)]
    event_data: EventDetail = EventDetail()
    trigger_id: Index | None = None

    @field_validator("event_data", mode="before")
    @classmethod
    def _without_repeats(cls, value: Any) -> Any:
        return value if isinstance(value, dict) else {}  # a field's value, which `data` has too


class CancelBody(_Shape):
    """``cancel``: an event that is under way."""

    session_hash: Session
    fn_index: Index
    event_id: Session


class ResetBody(_Shape):
    """``reset``, which does nothing."""

    event_id: Session


_BODIES: Mapping[str, type[_Shape]] = {
    "queue/join": JoinBody,
    "cancel": CancelBody,
    "reset": ResetBody,
}


class BodyError(ValueError):
    """A body that no event of the page takes."""


def checked(path: str, body: bytes, blocks: gr.Blocks) -> bytes:
    """The body as it goes on. ``path`` comes after ``PREFIX``. Raises ``BodyError``."""
    shape = _BODIES.get(path.rstrip("/"))
    if shape is None:
        raise BodyError("Nothing is sent there")
    try:
        given = shape.model_validate_json(body)
    except ValidationError as exc:
        first = exc.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"][:3])
        raise BodyError(f"{place or 'body'}: {first['msg']}"[:200]) from None
    if isinstance(given, JoinBody):
        _check_inputs(given, blocks)
        if isinstance(given.event_data.index, list):
            given.event_data.index = given.event_data.index[0]  # a message's, without its part
    return json.dumps(given.model_dump()).encode()


def _check_inputs(body: JoinBody, blocks: gr.Blocks) -> None:
    """Each value must be one that its component can have."""
    event = blocks.fns.get(body.fn_index)
    if event is None:
        raise BodyError(f"fn_index: there is no event {body.fn_index}")
    if len(event.inputs) != len(body.data):
        raise BodyError(f"data: event {body.fn_index} takes {len(event.inputs)} values")
    for at, (component, value) in enumerate(zip(event.inputs, body.data, strict=True)):
        if isinstance(component, gr.State):
            body.data[at] = None  # the server has it
            continue
        if isinstance(component, gr.CheckboxGroup) and value is None:
            value = body.data[at] = []  # Gradio's own would go through nothing
        if isinstance(component, gr.Textbox) and value is None:
            body.data[at] = ""
        wanted: type = str
        if isinstance(component, gr.Checkbox):
            wanted = bool
        elif isinstance(component, gr.CheckboxGroup) or (
            isinstance(component, gr.Dropdown) and component.multiselect
        ):
            wanted = list
        if value is not None and not isinstance(value, wanted):
            raise BodyError(f"data.{at}: not what {type(component).__name__} takes")


class EventBodies:
    """Wraps an application that holds Gradio's page."""

    def __init__(self, app: ASGIApp, blocks: gr.Blocks) -> None:
        self._app = app
        self._blocks = blocks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, one with a body for Gradio after it was checked."""
        path = scope.get("path", "")
        if path in _PAGES:  # `?page=` and `?deep_link=` would have Gradio fail, and read files
            scope = {**scope, "query_string": b""}
        if path.rstrip("/") == _MESSAGES and not self._knows_session(scope):
            await _say_unknown(send)
            return
        if scope["type"] != "http" or not path.startswith(PREFIX) or scope["method"] in _READING:
            await self._app(scope, receive, send)
            return
        body = await _whole(receive)
        if body is None:
            return  # the client has left
        try:
            body = checked(path.removeprefix(PREFIX), body, self._blocks)
        except BodyError as exc:
            await _refuse(send, str(exc))
            return
        await self._app(_with_length(scope, len(body)), _Replay(body, receive).receive, send)

    def _knows_session(self, scope: Scope) -> bool:
        named = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash")
        return not named or named[-1] in self._blocks._queue.pending_messages_per_session


async def _whole(receive: Receive) -> bytes | None:
    parts = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


class _Replay:
    """Gives a body once, then what the client does."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def receive(self) -> Message:
        """The next message."""
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


def _with_length(scope: Scope, length: int) -> Scope:
    ours = (b"content-length", b"content-type", b"transfer-encoding", b"content-encoding")
    headers = [(name, value) for name, value in scope["headers"] if name not in ours]
    headers.append((b"content-type", b"application/json"))
    headers.append((b"content-length", str(length).encode()))
    return {**scope, "headers": headers}


async def _say_unknown(send: Send) -> None:
    """The message that Gradio sends to a page loaded before a restart; it also raises an
    exception."""
    message = UnexpectedErrorMessage(message="404: Not Found", session_not_found=True)
    body = f"data: {json.dumps(message.model_dump(), default=str)}\n\n".encode()
    await _reply(send, 200, b"text/event-stream", body)


async def _refuse(send: Send, reason: str) -> None:
    error = {"message": reason, "type": "refused", "code": 400}
    body = json.dumps({"detail": reason, "error": error}).encode()  # the page shows `detail`
    await _reply(send, 400, b"application/json", body)


async def _reply(send: Send, status: int, kind: bytes, body: bytes) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
