"""Limits for connections before authentication: uvicorn's protocol with bounds.

uvicorn has no limit on a request's head with its fast parser, no deadline for a head or a body that
stops half-way, and answers everybody with 503 when there are too many connections. Here

- a head has 64 KB and ten seconds, a body twenty seconds and more as long as it keeps coming, and
  an answer that nobody reads is broken off;
- one client holds only so many connections, and sends only so many requests ahead of the answer
  (256 KB of them were 30 MB of requests in line);
- when all places are taken, the connection that has been without a request longest gives way, so
  clients with a request get in.

It sees bytes, times and addresses, but no paths or tokens: ``guards`` checks those later.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of one server. A body may take ``body_seconds`` and one second more for each
    ``body_bytes_per_second`` that came."""

    connections: int
    per_client: int
    head_bytes: int = 65_536
    head_seconds: float = 10.0
    requests_ahead: int = 16
    body_seconds: float = 20.0
    body_bytes_per_second: float = 8_192.0
    unread_seconds: float = 60.0
    closing_seconds: float = 5.0


class State(Enum):
    """What a connection does: nothing or a head, a body, or it waits for our answer."""

    QUIET = "quiet"
    SENDING = "sending"
    ANSWERED = "answered"


class Door:
    """Counts the connections of a server, and decides which are accepted and which are closed."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self._clients: Counter[str] = Counter()
        self._inside: dict[BoundedProtocol, str] = {}
        # who has waited longest first; those that are being answered are not among them
        self._waiting: OrderedDict[BoundedProtocol, State] = OrderedDict()

    def __len__(self) -> int:
        return len(self._inside)

    def enter(self, connection: BoundedProtocol, client: str) -> bool:
        """Let a connection in, if there is room or somebody gives way."""
        if self._clients[client] >= self.bounds.per_client and not self._make_room(client):
            return False
        if len(self._inside) >= self.bounds.connections and not self._make_room(None):
            return False
        self._inside[connection] = client
        self._clients[client] += 1
        self._waiting[connection] = State.QUIET
        return True

    def leave(self, connection: BoundedProtocol) -> None:
        """A connection has ended."""
        client = self._inside.pop(connection, None)
        if client is None:
            return
        self._clients[client] -= 1
        if not self._clients[client]:
            del self._clients[client]
        self._waiting.pop(connection, None)

    def note(self, connection: BoundedProtocol, state: State) -> None:
        """Note that a connection entered a state, or received data in it.

        Data of a body resets the connection's age; data of a head does not.
        """
        if connection not in self._inside:
            return
        if state is State.ANSWERED:
            self._waiting.pop(connection, None)
        elif state is State.SENDING or self._waiting.get(connection) is not state:
            self._waiting[connection] = state
            self._waiting.move_to_end(connection)

    def _make_room(self, client: str | None) -> bool:
        """Close the connection that has waited longest, of one client or of all."""
        for connection in self._waiting:
            if client is None or self._inside[connection] == client:
                self.leave(connection)
                connection.give_way()
                return True
        return False


class BoundedProtocol(HttpToolsProtocol):
    """One connection. ``door`` is set by ``protocol_for``."""

    door: Door

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._in_head = True
        self._has_begun = False
        self._is_ahead = False
        self._heads = 0
        self._head_bytes = 0
        self._field_bytes = 0
        self._empty_bytes = 0
        self._body_bytes = 0
        self._body_since = 0.0
        self._waits_for: Callable[[], None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._last: asyncio.TimerHandle | None = None

    # ---------------------------------------------------------------- coming and going

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let it in, or tell it that there is no room."""
        super().connection_made(transport)
        if self.door.enter(self, network_of(transport.get_extra_info("peername"))):
            self._settle()
        else:
            self._close(503)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        for each in (self._timer, self._unread, self._last):
            if each is not None:
                each.cancel()
        self.door.leave(self)
        super().connection_lost(exc)

    def give_way(self) -> None:
        """End for another one; a request that was half sent is told."""
        self._close(408 if self._has_begun or not self._in_head else None)

    # ---------------------------------------------------------------- what comes in

    def data_received(self, data: bytes) -> None:
        """Give bytes to the parser, of a head never more than it may have."""
        most = self.door.bounds.head_bytes
        while data and not self.transport.is_closing():
            was_head, heads, before = self._in_head, self._heads, self._body_bytes
            cut = most - self._head_bytes if was_head else len(data)
            piece, data = data[:cut], data[cut:]
            super().data_received(piece)
            if was_head and self._heads == heads:
                self._has_begun = True
                self._head_bytes += len(piece)
            elif not was_head and not self._in_head and self._body_bytes == before:
                self._empty_bytes += len(piece)  # a body's framing, or fields after it
            if max(self._head_bytes, self._field_bytes, self._empty_bytes) >= most:
                self._close(431)
            if self._is_ahead:
                self._close(429)
        self._settle()

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._has_begun = True
        self._head_bytes = self._field_bytes = self._empty_bytes = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field of a head, or one after a body. Of these not every byte was counted as such."""
        super().on_header(name, value)
        self._field_bytes += len(name) + len(value)

    def on_headers_complete(self) -> None:
        """The head is complete. It is refused when it is too large or too far ahead in the
        queue."""
        if len(self.pipeline) >= self.door.bounds.requests_ahead:
            self._is_ahead = True
        elif self._field_bytes < self.door.bounds.head_bytes:
            super().on_headers_complete()
            self._in_head = self._has_begun = False
            self._heads += 1
            self._body_bytes, self._body_since = 0, self.loop.time()

    def on_body(self, body: bytes) -> None:
        """A piece of a body."""
        if not self._in_head:
            self._body_bytes += len(body)
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        if not self._in_head:
            super().on_message_complete()
            self._in_head = True

    def on_response_complete(self) -> None:
        """The answer is sent."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._end_at_last()
        else:
            self._settle()

    def _unsupported_upgrade_warning(self) -> None:
        """Anybody can ask for a websocket; that is nothing to write into a log."""

    # ---------------------------------------------------------------- what does not come

    def _settle(self) -> None:
        """Tell the door what we wait for, and wait only so long."""
        wanted: Callable[[], None] | None = None
        state = State.QUIET
        if self.transport.is_closing():
            return
        if self._in_head:
            if self._is_answering():
                state = State.ANSWERED
            if self._has_begun or self.cycle is None:
                wanted = self._head_is_late
        elif self.cycle.response_complete:
            wanted = self._rest_is_late
        else:
            wanted, state = self._body_is_late, State.SENDING
        self.door.note(self, state)
        if wanted != self._waits_for:
            self._wait(wanted, self._seconds(wanted))

    def _seconds(self, wanted: Callable[[], None] | None) -> float:
        bounds = self.door.bounds
        if wanted == self._head_is_late:
            return bounds.head_seconds
        return bounds.body_seconds if wanted == self._body_is_late else bounds.closing_seconds

    def _wait(self, wanted: Callable[[], None] | None, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._waits_for = wanted
        self._timer = self.loop.call_later(seconds, wanted) if wanted is not None else None

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _head_is_late(self) -> None:
        if self._is_answering():  # it sent the next request early; the one before goes on
            self._wait(self._head_is_late, self.door.bounds.head_seconds)
        else:
            self._close(408 if self._has_begun else None)

    def _body_is_late(self) -> None:
        bounds, now = self.door.bounds, self.loop.time()
        if self.flow.read_paused:  # we did not take more: the client is not to blame
            self._body_bytes, self._body_since = 0, now
        allowed = bounds.body_seconds + self._body_bytes / bounds.body_bytes_per_second
        left = self._body_since + allowed - now
        if left > 0:
            self._wait(self._body_is_late, left)
        else:
            self._close(408)

    def _rest_is_late(self) -> None:
        """The answer went out before the body was whole, and it does not end."""
        self._close(None)

    def pause_writing(self) -> None:
        """The client does not read what it is sent."""
        super().pause_writing()
        self._unread = self.loop.call_later(self.door.bounds.unread_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """It reads again."""
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()

    # ---------------------------------------------------------------- the end

    def _close(self, status: int | None) -> None:
        """Close, with a word unless an answer is under way."""
        if self.transport.is_closing():
            return
        if self._is_answering():
            if self.cycle.response_started:
                status = None
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if status is not None:
            line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"
            rest = "content-length: 0\r\nconnection: close\r\n\r\n"
            self.transport.write(f"{line}\r\n{rest}".encode())
        self.transport.close()
        self._end_at_last()

    def _end_at_last(self) -> None:
        """What is still to be sent may never be read."""
        if self._last is None:
            seconds = self.door.bounds.unread_seconds
            self._last = self.loop.call_later(seconds, self.transport.abort)


def protocol_for(door: Door) -> type[BoundedProtocol]:
    """The class of a server's connections, as uvicorn takes it."""

    class Bounded(BoundedProtocol):
        pass

    Bounded.door = door
    return Bounded


def network_of(address: Any) -> str:
    """The client that a connection counts for: an IPv4 address, or the /64 of an IPv6 client."""
    if not isinstance(address, tuple):
        return ""  # a Unix socket
    try:
        ip = ipaddress.ip_address(str(address[0]).partition("%")[0])
    except ValueError:
        return str(address[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
