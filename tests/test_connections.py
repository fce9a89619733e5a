"""What a connection may cost before any token: sizes, deadlines, places. Row 27."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
import uvicorn

from assistant.server.connections import Bounds, Door, network_of, protocol_for
from assistant.server.running import server_config

QUICK = Bounds(
    connections=20, per_client=12, head_seconds=0.6, body_seconds=0.6, body_bytes_per_second=1e5,
    unread_seconds=0.8, closing_seconds=0.5,
)  # fmt: skip
SLOW = replace(QUICK, head_seconds=60.0, body_seconds=60.0)
GET = b"GET / HTTP/1.1\r\nHost: x\r\n"


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Says how long the body was; ``/large`` is 20 MB, ``/early`` answers before the body."""
    size, more = 0, scope["path"] != "/early"
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(200 if scope["path"] == "/large" else 0):
        await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
    await send({"type": "http.response.body", "body": str(size).encode()})


@dataclass(slots=True)
class Served:
    """A server: where it is, and who is inside."""

    port: int
    door: Door

    def connect(self, first: bytes = b"", source: str = "127.0.0.1") -> socket.socket:
        """A connection that has sent something."""
        wire = socket.create_connection(
            ("127.0.0.1", self.port), timeout=10, source_address=(source, 0)
        )
        wire.sendall(first)
        return wire

    def get(self) -> int:
        """What a normal client is told."""
        return httpx.get(f"http://127.0.0.1:{self.port}/", timeout=5).status_code


@contextmanager
def serving(bounds: Bounds) -> Iterator[Served]:
    """The application above behind these bounds."""
    door = Door(bounds)
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    config = uvicorn.Config(
        app, http=protocol_for(door), ws="none", log_config=None, lifespan="off",
        timeout_graceful_shutdown=1, timeout_keep_alive=2,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield Served(listener.getsockname()[1], door)
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving(QUICK) as found:
        yield found


@pytest.fixture(autouse=True)
def quiet_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No test ends in a traceback of the server."""
    with caplog.at_level(logging.ERROR):
        yield
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]


def rest(wire: socket.socket) -> tuple[bytes, float]:
    """What still comes until the server closes, and after how long it did."""
    began, found = time.monotonic(), b""
    with contextlib.suppress(ConnectionError), wire:
        while part := wire.recv(65536):
            found += part
    return found, time.monotonic() - began


def status(reply: bytes) -> int:
    return int(reply.split(b" ")[1]) if reply else 0


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that is about to be."""
    late = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < late
        time.sleep(0.01)


# ---------------------------------------------------------------- sizes


@pytest.mark.parametrize("piece", [1000, 65_536, 400_000])
def test_a_head_has_64_kilobytes(served: Served, piece: int) -> None:
    for size, wanted in ((60_000, 200), (66_000, 431)):
        fields = b"".join(b"X-%d: %s\r\n" % (n, b"y" * 990) for n in range(size // 1000))
        head = GET + b"Connection: close\r\n" + fields + b"\r\n"
        with served.connect() as wire, contextlib.suppress(ConnectionError):
            for start in range(0, len(head), piece):
                wire.sendall(head[start : start + piece])
            assert status(rest(wire)[0]) == wanted


@pytest.mark.parametrize(
    "endless",
    [
        GET + b"X: ", b"GET /", b"G" * 10, b"\r\n", GET + b"X: 1\r\n" * 10,
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;a=",
        GET + b"\r\n" + GET + b"X: ",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" + GET + b"X: ",
    ],
)  # fmt: skip
def test_what_never_ends_is_not_kept(served: Served, endless: bytes) -> None:
    more = b"\r\n" if endless == b"\r\n" else b"y"
    sent = 0
    with served.connect(endless) as wire:
        try:
            while sent < 30_000_000:
                wire.sendall(more * (10_000 // len(more)))
                sent += 10_000
        except ConnectionError:
            pass
    assert sent < 30_000_000


def test_a_head_behind_a_body_has_64_kilobytes_too(served: Served) -> None:
    wire = served.connect(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab")
    time.sleep(0.1)
    fields = b"".join(b"X-%d: %s\r\n" % (n, b"y" * 990) for n in range(120))
    wire.sendall(b"c" + GET + fields + b"\r\n")
    reply = rest(wire)[0]
    assert b" 431 " in reply
    assert reply.count(b" 200 OK") <= 1


def test_requests_are_not_taken_far_ahead(served: Served) -> None:
    few = (GET + b"\r\n") * 9 + GET + b"Connection: close\r\n\r\n"
    assert rest(served.connect(few))[0].count(b"HTTP/1.1 200") == 10
    with served.connect() as wire, contextlib.suppress(ConnectionError):
        wire.sendall((GET + b"\r\n") * 100_000)
        assert rest(wire)[0].count(b"HTTP/1.1 200") < 100
    until(lambda: len(served.door) == 0)


def test_a_large_body_is_none_of_its_business(served: Served) -> None:
    for body in (b"x" * 3_000_000, iter([b"x" * 100_000] * 30)):
        reply = httpx.post(f"http://127.0.0.1:{served.port}/", content=body)
        assert reply.text == "3000000"


# ---------------------------------------------------------------- deadlines


@pytest.mark.parametrize(
    ("first", "told"),
    [
        (b"", 0), (b"G", 408), (GET, 408), (GET + b"X-Half: ", 408), (b"\r\n", 408),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n", 408),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf", 408),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", 408),
        (b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf", 200),
        (GET + b"\r\nGET / HT", 200), (GET + b"\r\n", 200),
    ],
)  # fmt: skip
def test_what_stops_half_way_is_closed(served: Served, first: bytes, told: int) -> None:
    reply, seconds = rest(served.connect(first))
    assert status(reply) == told
    assert seconds < 4
    until(lambda: len(served.door) == 0)


def test_dripping_does_not_help(served: Served) -> None:
    rest_of_post = b" HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n"
    for first in (GET, b"POST /" + rest_of_post, b"POST /early" + rest_of_post):
        wire = served.connect(first)
        began = time.monotonic()
        with contextlib.suppress(ConnectionError):
            while time.monotonic() - began < 5:
                wire.sendall(b"x")
                time.sleep(0.05)
        wire.close()
        assert time.monotonic() - began < 3


def test_a_body_that_keeps_coming_has_its_time(served: Served) -> None:
    """2 seconds for a deadline of 0.6, at twice the least rate."""
    size = 400_000
    wire = served.connect(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                          b"Content-Length: %d\r\n\r\n" % size)  # fmt: skip
    for _ in range(20):
        wire.sendall(b"x" * (size // 20))
        time.sleep(0.1)
    assert b"\r\n400000\r\n" in rest(wire)[0]


def test_an_answer_that_nobody_reads_is_broken_off(served: Served) -> None:
    wire = served.connect(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    assert wire.recv(15) == b"HTTP/1.1 200 OK"
    until(lambda: len(served.door) == 0)
    assert len(rest(wire)[0]) < 19_000_000
    slow = served.connect(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    got = 0
    while part := slow.recv(200_000):
        got += len(part)
        time.sleep(0.02)
    assert got > 20_000_000, "a slow reader is no idle one"
    slow.close()


# ---------------------------------------------------------------- places


def test_one_client_holds_only_its_places() -> None:
    with serving(SLOW) as server, ExitStack() as stack:
        wires = [stack.enter_context(server.connect(b"GET", "127.0.0.2")) for _ in range(40)]
        assert status(wires[0].recv(100)) == 408, "the oldest gives way"
        assert status(wires[27].recv(100)) == 408
        assert server.get() == 200
        until(lambda: len(server.door) == SLOW.per_client)
    until(lambda: len(server.door) == 0)


@pytest.mark.parametrize(
    "first", [b"", GET, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"]
)
def test_when_all_places_are_taken_who_asks_is_let_in(first: bytes) -> None:
    with serving(SLOW) as server, ExitStack() as stack:
        for source in range(2, 12):
            for _ in range(4):
                stack.enter_context(server.connect(first, f"127.0.0.{source}"))
        until(lambda: len(server.door) == SLOW.connections)
        assert [server.get() for _ in range(30)] == [200] * 30


def test_who_came_last_does_not_give_way_to_half_sent_bodies() -> None:
    half = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n"
    with serving(SLOW) as server, ExitStack() as stack:

        def crowd(count: int, first: bytes) -> None:
            for number in range(count):
                stack.enter_context(server.connect(first, f"127.0.0.{2 + number % 5}"))

        going_on = stack.enter_context(server.connect(half))
        crowd(22, half)
        until(lambda: len(server.door) == SLOW.connections)
        going_on.sendall(b"x")  # too late: it was the oldest
        assert status(rest(going_on)[0]) == 408
        late, going_on = server.connect(), server.connect(half)
        for _ in range(6):
            crowd(4, half)
            time.sleep(0.05)
            going_on.sendall(b"x" * 9)  # it keeps coming
        assert status(rest(late)[0]) in (0, 408), "it sent nothing for long"
        going_on.sendall(b"x" * 45)
        assert going_on.recv(15) == b"HTTP/1.1 200 OK"
        late = server.connect()
        crowd(6, half)
        late.sendall(GET + b"Connection: close\r\n\r\n")
        assert status(rest(late)[0]) == 200


def test_who_is_being_answered_does_not_give_way() -> None:
    bounds = replace(QUICK, connections=4, per_client=4, unread_seconds=60.0)
    with serving(bounds) as server, ExitStack() as stack:
        large = b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        wires = [stack.enter_context(server.connect(large)) for _ in range(4)]
        for wire in wires:
            assert wire.recv(15) == b"HTTP/1.1 200 OK"
        refused, _ = rest(server.connect(GET + b"\r\n"))
        assert status(refused) in (0, 503)
        for wire in wires:
            assert len(rest(wire)[0]) > 20_000_000
        assert server.get() == 200


def test_clients_are_told_apart_by_network() -> None:
    assert network_of(("10.0.0.1", 5)) == "10.0.0.1"
    assert network_of(("::ffff:10.0.0.1", 5, 0, 0)) == "10.0.0.1"
    assert network_of(("2001:db8::1", 5, 0, 0)) == network_of(("2001:db8::ffff:1", 5, 0, 0))
    assert network_of(("2001:db8::1", 5, 0, 0)) != network_of(("2001:db8:0:1::1", 5, 0, 0))
    assert network_of(("fe80::1%eth0", 5, 0, 2)) == "fe80::/64"
    assert network_of("") == network_of(None) == ""


def test_the_settings_are_the_servers(settings_of_server: Any) -> None:
    config = server_config(app, settings_of_server)
    bounds = config.http.door.bounds  # type: ignore[union-attr]
    assert (bounds.connections, bounds.per_client, bounds.head_bytes) == (30, 9, 65_536)
    assert config.ws == "none"


@pytest.fixture
def settings_of_server(sample_settings: Any) -> Any:
    return sample_settings.server.model_copy(
        update={"max_connections": 30, "max_connections_per_client": 9}
    )


def test_requests_that_are_odd_end_in_no_traceback(served: Served) -> None:
    for first in (
        b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://y/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nframe",
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, close\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET / HTTP/1.0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    ):  # fmt: skip
        reply, seconds = rest(served.connect(first))
        assert status(reply) < 500, first
        assert seconds < 4, first
