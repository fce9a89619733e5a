"""Connections that cost: half-sent requests, huge heads, idle ones; row 27 of the guarantees.

    python -m benchmarks.connections [--connections 1010] [--requests 200] [--only ours]

The same application runs twice, as processes: as ``assistant serve`` runs it, and under a bare
uvicorn with the limit of 1,000 connections that we had before. Both ask for a token, and no
attacker has it. While ten addresses hold their connections, one client asks with the token, each
time on a new connection; printed is what it was told, how long it took, how many of the attackers'
connections are open after the deadlines, and what memory the server holds. ``heads of 1 MB`` go on
until a connection has sent so much: 300 MB in all. The last line is for the page of guarantees.

Exit status 1 when ours did not answer every request, kept half-sent requests after their deadline,
grew by more than 150 MB or made the client wait over a second.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np

from benchmarks.processes import environment

TOP = Path(__file__).resolve().parent.parent
TOKEN = "a-token-of-24-characters"
HEAD = b"GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 900\r\n\r\ntoken="
POST = HEAD.replace(b"GET /v1/models", b"POST /login") + FORM
ATTACKERS = 10
DEADLINE_SECONDS = 35.0
"""The longest deadline is 20 s, counted from when a busy server has read a head."""
_MOST_GROWTH_MEGABYTES = 150.0
_MOST_SECONDS = 1.0
_HEAD_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Attack:
    """What each connection sends first and then again and again."""

    name: str
    first: bytes = b""
    again: bytes = b""
    every_seconds: float = 1.0
    most_bytes: int = 0
    share: float = 1.0
    opens_anew: bool = False


ATTACKS = (
    Attack("nobody else", share=0.0),
    Attack("idle connections"),
    Attack("half-sent heads", HEAD),
    Attack("heads, a byte a second", HEAD + b"X: ", b"y"),
    Attack("half-sent bodies", POST),
    Attack("half-sent, opened anew", HEAD, every_seconds=0.05, opens_anew=True),
    Attack("heads of 1 MB", HEAD + b"X: ", b"y" * 50_000, 0.0, _HEAD_BYTES, 0.3),
)


@dataclass(slots=True)
class Seen:
    """What the client was told and how long it took; what was left of the attack."""

    statuses: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    held: int = 0
    left: int = 0
    megabytes: float = 0.0

    @property
    def answered(self) -> int:
        return self.statuses.count(200)

    @property
    def p95(self) -> float:
        return float(np.percentile(self.seconds, 95)) if self.seconds else float("inf")


# ---------------------------------------------------------------- the servers


def serve(kind: str, index: str) -> None:
    """Run a server until it is ended; its port is the first line that it prints."""
    import uvicorn

    from assistant import Assistant, load_settings
    from assistant.server.app import make_app
    from assistant.server.running import server_config

    settings = load_settings(
        TOP / "config.yaml",
        {"index.path": index, "documents.paths": [str(TOP / "documents")]},
    )
    with Assistant(settings) as assistant, socket.create_server(("127.0.0.1", 0)) as listener:
        assistant.sync()
        application = make_app(assistant, TOKEN)
        if kind == "ours":
            config = server_config(application.asgi, settings.server, log_level="critical")
        else:
            config = uvicorn.Config(
                application.asgi, log_level="critical", access_log=False, limit_concurrency=1000
            )
        print(listener.getsockname()[1], flush=True)
        uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def running(kind: str) -> Iterator[tuple[int, int]]:
    """A server as a process: its port and its number."""
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "benchmarks.connections", "--serve", kind, scratch]
        process = subprocess.Popen(
            command, cwd=TOP, env=environment(), stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        try:
            port = int(process.stdout.readline())
            until = time.monotonic() + 120
            while time.monotonic() < until:
                with contextlib.suppress(httpx.HTTPError):
                    if httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                        break
                time.sleep(0.1)
            time.sleep(5.0)  # what the first question needs is being loaded
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(20)


def resident_megabytes(process: int) -> float:
    """The memory that a process holds."""
    status = Path(f"/proc/{process}/status").read_text()
    line = next(each for each in status.splitlines() if each.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


# ---------------------------------------------------------------- the attack


class Wire(asyncio.Protocol):
    """One connection of an attacker."""

    def __init__(self, first: bytes) -> None:
        self._first = first
        self.transport: asyncio.Transport | None = None
        self.sent = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.send(self._first)

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None

    def send(self, data: bytes) -> None:
        """Send more, unless the other side has closed."""
        if self.transport is not None and data:
            self.transport.write(data)
            self.sent += len(data)


async def hold(attack: Attack, port: int, count: int) -> list[Wire]:
    """Open the attackers' connections, from ten addresses."""
    wires = [Wire(attack.first) for _ in range(count)]
    for number, wire in enumerate(wires):
        await connect(wire, port, number)
    return wires


async def connect(wire: Wire, port: int, number: int) -> None:
    """Open a connection from one of the addresses."""
    loop = asyncio.get_running_loop()
    source = (f"127.0.0.{2 + number % ATTACKERS}", 0)
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(5):
            await loop.create_connection(lambda: wire, "127.0.0.1", port, local_addr=source)


async def go_on(attack: Attack, port: int, wires: list[Wire]) -> None:
    """Keep sending until cancelled, or until each has sent all it should."""
    while attack.again or attack.opens_anew:
        for number, wire in enumerate(wires):
            if wire.transport is None and attack.opens_anew:
                await connect(wire, port, number)
            elif not attack.most_bytes or wire.sent < attack.most_bytes:
                wire.send(attack.again)
        await asyncio.sleep(attack.every_seconds)


async def normal(port: int, requests: int, seen: Seen) -> None:
    """A client that asks, each time on a connection of its own."""
    asked = HEAD + f"Authorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n".encode()
    for _ in range(requests):
        began = time.perf_counter()
        try:
            async with asyncio.timeout(10):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(asked)
                reply = await reader.read()
                writer.close()
            seen.statuses.append(int(reply.split(b" ")[1]) if reply else 0)
        except (OSError, TimeoutError):
            seen.statuses.append(0)
        seen.seconds.append(time.perf_counter() - began)
        if seen.statuses.count(0) >= 5:
            return  # it is shut out; ten seconds for each of hundreds tell no more


async def trial(attack: Attack, port: int, process: int, count: int, requests: int) -> Seen:
    """One attack, and a client beside it."""
    seen = Seen()
    wires = await hold(attack, port, int(count * attack.share))
    sending = asyncio.create_task(go_on(attack, port, wires))
    began = time.monotonic()
    await asyncio.sleep(0.5)
    seen.held = _open(wires)
    await normal(port, requests, seen)
    seen.megabytes = resident_megabytes(process)
    if attack.opens_anew:
        sending.cancel()
    while _open(wires) and time.monotonic() - began < DEADLINE_SECONDS:
        await asyncio.sleep(0.5)
        seen.megabytes = max(seen.megabytes, resident_megabytes(process))
    sending.cancel()
    seen.left = _open(wires)
    for wire in wires:
        if wire.transport is not None:
            wire.transport.abort()
    await asyncio.sleep(1.0)
    return seen


def _open(wires: list[Wire]) -> int:
    return sum(wire.transport is not None for wire in wires)


def show(kind: str, attack: Attack, seen: Seen, growth: float) -> None:
    """A line of the table."""
    print(
        f"{kind:5} {attack.name:24} {seen.answered:4} of {len(seen.statuses):4} answered   p95 "
        f"{seen.p95 * 1000:7.0f} ms   held {seen.held:5}, after {DEADLINE_SECONDS:.0f} s "
        f"{seen.left:5}   memory {growth:+6.0f} MB",
        flush=True,
    )


def is_good(attack: Attack, seen: Seen, growth: float) -> bool:
    """Whether a client did not notice, and nothing was kept."""
    return (
        seen.answered == len(seen.statuses)
        and seen.p95 < _MOST_SECONDS
        and not seen.left
        and growth < _MOST_GROWTH_MEGABYTES
    )


def main() -> int:
    """Both servers, all attacks."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--connections", type=int, default=1010)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--only", choices=("ours", "bare"))
    parser.add_argument("--serve", nargs=2, metavar=("KIND", "INDEX"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(*options.serve)
        return 0
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = options.connections + 200
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
    good = True
    all_seen: dict[tuple[str, str], Seen] = {}
    for kind in (options.only,) if options.only else ("bare", "ours"):
        with running(kind) as (port, process):
            asyncio.run(normal(port, 50, Seen()))
            for attack in ATTACKS:
                before = resident_megabytes(process)
                seen = asyncio.run(
                    trial(attack, port, process, options.connections, options.requests)
                )
                all_seen[kind, attack.name] = seen
                growth = seen.megabytes - before
                show(kind, attack, seen, growth)
                if kind == "ours":
                    good = is_good(attack, seen, growth) and good
    idle, alone = (all_seen["ours", ATTACKS[n].name] for n in (1, 0))
    worst = min(
        (s for (kind, _), s in all_seen.items() if kind == "ours"), key=lambda s: s.answered
    )
    line = (
        f"{options.connections} idle connections: p95 {idle.p95 * 1000:.0f} ms, "
        f"{alone.p95 * 1000:.0f} ms without; under attack at least {worst.answered} of "
        f"{len(worst.statuses)} answered"
    )
    if not options.only:
        bare = min(
            (s for (kind, _), s in all_seen.items() if kind == "bare"), key=lambda s: s.answered
        )
        line += f" (bare uvicorn {bare.answered} of {len(bare.statuses)})"
    print(line)
    return 0 if good else 1


def _worst(all_seen: dict[tuple[str, str], Seen], kind: str) -> Seen:
    """Where the fewest requests were answered."""
    return min((seen for (of, _), seen in all_seen.items() if of == kind), key=_answered)


def _answered(seen: Seen) -> int:
    return seen.answered


if __name__ == "__main__":
    raise SystemExit(main())
