"""Checks for every request, before any route: host, path, origin, size, token, headers.

Plain ASGI: streams pass through unbuffered. Only the two pages with inline scripts are buffered,
because their content policy depends on the scripts.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Collection, MutableMapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.chat.owners import OWNER_COOKIE, Sessions, new_owner, owner_among
from assistant.server.access import SESSION_COOKIE, Access, bearer
from assistant.server.cross_origin import is_program_door
from assistant.server.policy import (
    PLAIN_POLICY,
    host_is_allowed,
    is_stream,
    is_upload,
    needed_right,
    needs_owner,
    next_of,
    origin_is_allowed,
    own_policy,
    path_is_known,
    scripted_policy,
)
from assistant.service.people import CALLER, PERSON_KEY, Person, refused

_OPEN_PATHS = frozenset({"/healthz", "/login", "/own/document.css"})
_OPEN_BYTES = 8192
"""Of a body that comes without a token: a login is all that there is."""

_COOKIE_VALUE = re.compile(r"[A-Za-z0-9_.-]{1,200}")
_LOGIN, _NO_TOKEN = "/login", "A token is needed: `Authorization: Bearer …`"
_SCRIPTED = frozenset({"/", "/docs"})
_OWNER_SECONDS = 365 * 86_400
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # With `no-referrer` a browser would send our own login form as from nowhere (`Origin: null`).
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """Bytes of a request's body: of one with files, and of every other."""

    upload: int
    request: int


class TooLargeError(Exception):
    """A body that went over its limit while it was read."""


class Guards:
    """Wraps an application."""

    def __init__(
        self,
        app: ASGIApp,
        access: Access,
        names: Collection[str],
        limits: RequestLimits,
        origins: Collection[str] = (),
        record: Callable[[str, str, str, Sequence[str], Person | None], None] | None = None,
    ) -> None:
        self._app = app
        self._record = record
        self._access = access
        self._names = names
        self._origins = frozenset(origins)
        self._limits = limits
        self._sessions = Sessions()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with headers set on the way back."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            elif scope["type"] == "websocket":  # none is needed; one would be a second door
                await receive()  # its beginning
                await send({"type": "websocket.close", "code": 1008, "reason": "no websockets"})
            return
        request = _Request.read(scope)
        person = self._person(scope, request)
        if person is not None and person.owner:  # conversations are the person's, in any browser
            request = replace(request, owner=person.owner)
        refusal = self._refusal(scope, request, person)
        if refusal is not None:
            status, reason, wait = *refusal, 0.0
            if (status == 303 or reason == _NO_TOKEN) and bearer(request.authorization):
                wait = await self._access.refuse()
                if wait > 0:
                    status, reason = 429, "That is not the token, after many wrong ones"
            await _refuse(send, status, reason, wait)
            return
        scope = _with_own_cookies(scope, request)
        limit = self._limit(scope["path"])
        if request.length > limit:
            await _refuse(send, 413, f"The request is larger than {limit:,} bytes")
            return
        body = _Body(receive, limit)
        answer = _Answer(send, scope, request, body)
        scope = {**scope, PERSON_KEY: person}
        caller = CALLER.set(person)
        try:
            with contextlib.suppress(TooLargeError):
                await self._app(scope, body.receive, answer.send)
        finally:
            CALLER.reset(caller)
        if body.is_too_large and not answer.began:
            await _refuse(send, 413, f"The request is larger than {limit:,} bytes")

    def _limit(self, path: str) -> int:
        if path in _OPEN_PATHS:
            return _OPEN_BYTES
        return self._limits.upload if is_upload(path) else self._limits.request

    def _is_ours(self, scope: Scope, request: _Request) -> bool:
        return origin_is_allowed(scope["method"], request.host, request.origin, request.site)

    def _person(self, scope: Scope, request: _Request) -> Person | None:
        """Who sends a request; another site's pages send their token and no session."""
        session = request.session if self._is_ours(scope, request) else ""
        return self._access.person(request.authorization, session)

    def _refusal(
        self, scope: Scope, request: _Request, person: Person | None
    ) -> tuple[int, str] | None:
        """Status and reason of a request that goes no further."""
        path = scope["path"]
        if not host_is_allowed(request.host, self._names):
            return 421, "This server does not answer to that name; see server.allowed_hosts"
        if not path_is_known(path):
            return 404, "There is nothing here"
        is_named = request.origin in self._origins and is_program_door(path)
        if not (is_named or self._is_ours(scope, request)):
            return 403, "The request comes from another page; see server.allowed_origins"
        if path in _OPEN_PATHS:
            return None
        if person is not None:
            right = needed_right(path)
            if right and not person.may(right):
                if self._record is not None:
                    self._record("refused", "http", "AccessError", (), person)
                return 403, refused(person, right).what
            return self._strange(path, scope["query_string"], request.owner)
        if scope["method"] == "GET" and "text/html" in request.accepts:
            going = next_of(path, scope["query_string"])
            return 303, f"{_LOGIN}?next={going}" if going else _LOGIN
        return 401, _NO_TOKEN

    def _strange(self, path: str, query: bytes, owner: str) -> tuple[int, str] | None:
        """Refuse a request to a conversation that belongs to another browser."""
        if not needs_owner(path):
            return None
        if not owner:
            return 403, "The chat needs its cookie: load the page first, and let it be kept"
        if is_stream(path):
            values = parse_qs(query.decode("latin-1")).get("session_hash", [])
            if len(values) != 1 or not self._sessions.claim(values[0], owner):
                return 403, "These events are another browser's: load the page again"
        return None


@dataclass(frozen=True, slots=True)
class _Request:
    """What the guards look at."""

    host: str
    origin: str | None
    site: str | None
    authorization: str
    session: str
    owner: str
    accepts: str
    length: int

    @classmethod
    def read(cls, scope: Scope) -> _Request:
        headers: dict[bytes, bytes] = {}
        hosts = 0
        for name, value in scope["headers"]:
            hosts += name == b"host"
            headers.setdefault(name, value)

        def text(name: bytes) -> str:
            return headers.get(name, b"").decode("latin-1")

        cookies = _own_cookies(text(b"cookie"))
        length = text(b"content-length")
        return cls(
            host=text(b"host") if hosts == 1 else "",
            origin=text(b"origin") if b"origin" in headers else None,
            site=text(b"sec-fetch-site") if b"sec-fetch-site" in headers else None,
            authorization=text(b"authorization"),
            session=cookies.get(SESSION_COOKIE, ""),
            owner=owner_among(cookies),
            accepts=text(b"accept"),
            length=int(length) if length.isdecimal() else 0,
        )


def _own_cookies(header: str) -> dict[str, str]:
    """The values of our own cookies.

    Python's parser, which Starlette uses too, needs five seconds for 64 KB of backslashes, and it
    runs before the token is checked.
    """
    found: dict[str, str] = {}
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        if name in (SESSION_COOKIE, OWNER_COOKIE) and _COOKIE_VALUE.fullmatch(value):
            found.setdefault(name, value)
    return found


def _with_own_cookies(scope: Scope, request: _Request) -> Scope:
    """The request as the application sees it: with no other cookie."""
    own = {SESSION_COOKIE: request.session, OWNER_COOKIE: request.owner}
    cookie = "; ".join(f"{name}={value}" for name, value in own.items() if value)
    headers = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
    if cookie:
        headers.append((b"cookie", cookie.encode("latin-1")))
    return {**scope, "headers": headers}


class _Answer:
    """Sets the headers of a response; a page with scripts is buffered first."""

    def __init__(self, send: Send, scope: Scope, request: _Request, asked: _Body) -> None:
        self._send = send
        self._asked = asked
        self._scope = scope
        self._request = request
        self._held: MutableMapping[str, Any] | None = None
        self._body: list[bytes] = []
        self.began = False

    async def send(self, message: Message) -> None:
        """Pass a message on, unless the request was too large: then it is refused."""
        if self._asked.is_too_large and not self.began:
            return
        if message["type"] == "http.response.start":
            self.began = True
            if self._scope["path"] in _SCRIPTED and _is_html(message):
                self._held = message
                return
            policy = own_policy(self._scope["path"], self._request.host)
            await self._send(self._with_headers(message, policy))
            return
        if message["type"] != "http.response.body" or self._held is None:
            await self._send(message)
            return
        self._body.append(message.get("body", b""))
        if message.get("more_body"):
            return
        page = b"".join(self._body)
        policy = scripted_policy(page, self._request.host)
        is_chat = self._scope["path"] == "/"
        await self._send(self._with_headers(self._held, policy, cookie=is_chat))
        await self._send({"type": "http.response.body", "body": page})

    def _with_headers(self, message: Message, policy: str, cookie: bool = False) -> Message:
        ours = [*_HEADERS, (b"content-security-policy", policy.encode("latin-1"))]
        if cookie:
            ours.append((b"cache-control", b"no-store"))
            if not self._request.owner:
                made = _cookie(OWNER_COOKIE, new_owner(), self._scope)
                ours.append((b"set-cookie", made))
        names = {name for name, _ in ours} - {b"set-cookie"}
        kept = [
            (name, value) for name, value in message.get("headers", []) if name.lower() not in names
        ]
        return {**message, "headers": [*kept, *ours]}


def _cookie(name: str, value: str, scope: Scope) -> bytes:
    secure = "; Secure" if scope.get("scheme") == "https" else ""
    return (
        f"{name}={value}; Path=/; Max-Age={_OWNER_SECONDS}; HttpOnly; SameSite=Lax{secure}"
    ).encode()


def _is_html(message: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(b"text/html")
        for name, value in message.get("headers", [])
    )


class _Body:
    """A request's body that stops at its limit, however it is sent."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit
        self.is_too_large = False

    async def receive(self) -> Message:
        """The next message. Raises ``TooLargeError`` at the limit."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                self.is_too_large = True
                raise TooLargeError
        return message


async def _refuse(send: Send, status: int, reason: str, wait: float = 0.0) -> None:
    headers = [*_HEADERS, (b"content-security-policy", PLAIN_POLICY.encode())]
    body = b""
    if status == 303:
        headers.append((b"location", reason.encode()))
    else:
        body = json.dumps(
            {"error": {"message": reason, "type": "refused", "param": None, "code": str(status)}}
        ).encode()
        headers.append((b"content-type", b"application/json"))
        if status == 401:
            headers.append((b"www-authenticate", b"Bearer"))
        if wait > 0:
            headers.append((b"retry-after", f"{wait:.0f}".encode()))
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
