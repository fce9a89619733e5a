"""A stand-in for a model server: the OpenAI protocol over real HTTP, without any model behind it.

``/v1/chat/completions`` (streamed or whole), ``/v1/models`` and ``/v1/embeddings``, on loopback
with real sockets and real server-sent events, well-behaved or broken as real servers have been.

    with FakeModelServer() as server:            # behaves as the request's model name says
        server.base_url
        server.script = ["500", "grounded"]      # one behaviour a request, the last one for good
        server.script = Reply("Anything you like [1].", finish_reason=None)
        server.script = lambda body: "stall" if "secret" in str(body) else "grounded"
        server.requests                          # what came in: path, body, headers

Behaviours: the writers of ``fake_model_words`` and the faults of ``FAULTS`` below. A status such as
``429`` may carry Retry-After: ``429+1``, ``429+200``, ``429+date``. Embeddings take statuses,
``stall``, ``drip``, ``gone``, ``html``, ``half``, ``nothing``, and the wrong replies of
``fake_embeddings``: ``short``, ``reordered``, ``nan`` …

``python tests/fake_model_server.py [--port N]`` serves as a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import email.utils
import json
import math
import socket
import struct
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fake_embeddings import reply as embeddings_reply
from fake_model_words import WRITERS, write
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

PARTIAL = "The garden of Holm was laid out in"
"""What a broken stream says before it breaks."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply: its text, cut into ``pieces`` when given, else word by word."""

    text: str = ""
    pieces: tuple[str, ...] = ()
    finish_reason: str | None = "stop"
    sends_usage: bool = True
    sends_done: bool = True

    def cut(self) -> tuple[str, ...]:
        """The deltas of a stream."""
        if self.pieces:
            return self.pieces
        words = self.text.split(" ")
        return tuple(word if i == 0 else f" {word}" for i, word in enumerate(words))


Behaviour = str | Reply
Script = Behaviour | Sequence[Behaviour] | Callable[[Mapping[str, Any]], Behaviour] | None


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it came in; ``at`` is monotonic seconds."""

    path: str
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    at: float


@dataclass(slots=True)
class _Wires:
    """The connections of a server, counted where they are made and lost."""

    live: set[Any] = field(default_factory=set)
    made: int = 0
    lost_at: list[float] = field(default_factory=list)


class FakeModelServer:
    """Use as a context manager. ``think_seconds`` passes before the first word, ``pause_seconds``
    between words; ``injections`` are known to the behaviour ``obedient``."""

    def __init__(
        self,
        script: Script = None,
        *,
        port: int = 0,
        think_seconds: float = 0.0,
        pause_seconds: float = 0.0,
    ) -> None:
        self.script = script
        self.think_seconds = think_seconds
        self.pause_seconds = pause_seconds
        self.injections: Sequence[str] = ()
        self.tokens_per_word: int | None = None  # as /tokenize counts; None: there is no such path
        self.requests: list[Seen] = []
        self.wires = _Wires()
        self.most_at_once = self._at_once = 0
        self._turn = 0
        self._socket = socket.create_server(("127.0.0.1", port), backlog=512)
        self.base_url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"
        routes = [
            Route("/v1/chat/completions", self._chat, methods=["POST"]),
            Route("/v1/embeddings", self._embeddings, methods=["POST"]),
            Route("/v1/models", self._models),
            Route("/tokenize", self._tokenize, methods=["POST"]),
        ]
        self._server = uvicorn.Server(
            uvicorn.Config(
                Starlette(routes=routes),
                loop="asyncio",
                http=_protocol_of(self.wires),
                lifespan="off",
                log_config=None,
                log_level="critical",
                access_log=False,
                backlog=512,
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = threading.Thread(target=self._serve, name="fake-model", daemon=True)

    def __enter__(self) -> FakeModelServer:
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the fake model server did not start")
            time.sleep(0.005)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()

    @property
    def open_connections(self) -> int:
        """Connections that clients hold at this moment."""
        return len(self.wires.live)

    def bodies(self) -> list[Mapping[str, Any]]:
        """What the requests asked, in order."""
        return [seen.body for seen in self.requests]

    def serve_until_ended(self) -> None:
        """Serve in this thread, until a signal ends the process."""
        self._serve()

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])

    # ------------------------------------------------------------ endpoints

    async def _models(self, request: Request) -> Response:
        names = [*WRITERS, *FAULTS]
        return JSONResponse({"object": "list", "data": [_model(name) for name in names]})

    async def _tokenize(self, request: Request) -> Response:
        if self.tokens_per_word is None:
            return Response(status_code=404)
        body = await self._note(request)
        return JSONResponse({"tokens": [7] * (self.tokens_per_word * len(body["content"].split()))})

    async def _embeddings(self, request: Request) -> Response:
        body = await self._note(request)
        behaviour = self._next(body, "ok")
        name = behaviour if isinstance(behaviour, str) else "ok"
        if name[:3].isdigit():
            return _status(name)
        if name == "stall":
            await self._stalled(request)
        if name == "gone":
            request.scope["state"]["wire"].abort()
        if name == "html":
            return Response("<html><body>Welcome</body></html>", media_type="text/html")
        gone = request.scope["state"]["gone"]
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        await self.wait(gone, self.think_seconds)
        self._at_once -= 1
        texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
        text = {"half": '{"data": [{"embedding": [0.1, ', "nothing": "{}"}.get(name)
        text = text or json.dumps(embeddings_reply(texts, name), allow_nan=True)

        async def bytewise() -> AsyncIterator[str]:
            for sign in text:
                yield sign
                if not await self.wait(gone, 0.1):
                    return

        if name == "drip":
            return StreamingResponse(bytewise(), media_type="application/json")
        return Response(text, media_type="application/json")

    async def _chat(self, request: Request) -> Response:
        body = await self._note(request)
        model = str(body.get("model", ""))
        behaviour = self._next(body, model)
        if isinstance(behaviour, str):
            if behaviour[:3].isdigit():
                return _status(behaviour)
            if behaviour == "echo_key":
                key = request.headers.get("authorization", "")
                return _error(400, f"Bad request with header {key}")
            if behaviour == "html":
                return Response("<html><body>Welcome</body></html>", media_type="text/html")
            known = behaviour in WRITERS or behaviour in FAULTS or behaviour.startswith("window+")
            if not known:
                return _error(404, f"The model '{behaviour}' does not exist")
        if isinstance(behaviour, str) and behaviour.startswith("window+"):
            refused = _beyond_window(body, int(behaviour.partition("+")[2]))
            if refused is not None:
                return refused
            behaviour = "grounded"
        if not body.get("stream") or behaviour == "ignores_stream":
            return self._whole(body, behaviour)
        return _Played(self, body, behaviour)

    def _whole(self, body: Mapping[str, Any], behaviour: Behaviour) -> Response:
        reply = self.reply_of(body, behaviour)
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": reply.text or "".join(reply.pieces)},
            "finish_reason": reply.finish_reason,
        }
        if behaviour == "null_content":
            choice["message"] = {"role": "assistant", "content": None}
        choices = [] if behaviour == "no_choices" else [choice]
        head = _head(body, "chat.completion")
        usage = {"usage": _usage(body, reply)} if reply.sends_usage else {}
        return JSONResponse(head | {"choices": choices} | usage)

    # ------------------------------------------------------------ what to do

    async def _note(self, request: Request) -> Mapping[str, Any]:
        body = await request.json()
        seen = Seen(request.url.path, body, dict(request.headers), time.monotonic())
        self.requests.append(seen)
        return body  # type: ignore[no-any-return]

    def _next(self, body: Mapping[str, Any], otherwise: str) -> Behaviour:
        script = self.script
        if script is None:
            return otherwise
        if isinstance(script, str | Reply):
            return script
        if callable(script):
            return script(body)
        turn, self._turn = self._turn, self._turn + 1
        return script[min(turn, len(script) - 1)]

    def reply_of(self, body: Mapping[str, Any], behaviour: Behaviour) -> Reply:
        """What a well-formed behaviour says."""
        if isinstance(behaviour, Reply):
            return behaviour
        if behaviour in WRITERS:
            return Reply(write(behaviour, body.get("messages", []), self.injections))
        return Reply(f"{PARTIAL} 1872 [1].")

    async def _stalled(self, request: Request) -> None:
        """Wait until the client has gone or the server is to end."""
        await self.wait(request.scope["state"]["gone"], math.inf)

    async def wait(self, gone: asyncio.Event, seconds: float) -> bool:
        """Whether the client is still there after so many seconds; ends early with the server."""
        until = time.monotonic() + seconds
        while not gone.is_set() and not self._server.should_exit:
            left = until - time.monotonic()
            if left <= 0:
                return True
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(gone.wait(), min(left, 0.05) if left > 0.05 else left)
        return False


class _Played(Response):
    """A streamed reply: an ASGI response that may break in the middle of anything."""

    def __init__(self, server: FakeModelServer, body: Mapping[str, Any], plan: Behaviour) -> None:
        super().__init__()
        self._server, self._body, self._plan = server, body, plan

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        line = _Line(self._server, self._body, scope, send)
        fault = FAULTS.get(self._plan) if isinstance(self._plan, str) else None
        await line.begin()
        if fault is not None:
            await fault(line)
        else:
            await line.tell(self._server.reply_of(self._body, self._plan))


class _Line:
    """One stream under way, as the behaviours see it."""

    def __init__(self, server: FakeModelServer, body: Mapping[str, Any], scope: Any, send: Any):
        self.server, self.body = server, body
        self._gone: asyncio.Event = scope["state"]["gone"]
        self._transport: asyncio.Transport = scope["state"]["wire"]
        self._send = send

    async def begin(self) -> None:
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-cache")]
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})

    async def raw(self, data: str) -> None:
        await self._body_part(data.encode(), more=True)

    async def end(self) -> None:
        """The clean end of the HTTP body."""
        await self._body_part(b"", more=False)

    async def _body_part(self, data: bytes, *, more: bool) -> None:
        if not self._gone.is_set() and not self._transport.is_closing():
            await self._send({"type": "http.response.body", "body": data, "more_body": more})

    async def event(self, data: Mapping[str, Any]) -> None:
        await self.raw(f"data: {json.dumps(data)}\n\n")

    async def delta(self, delta: Mapping[str, Any], finish_reason: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        await self.event(_head(self.body) | {"choices": [choice]})

    async def words(self, pieces: Sequence[str]) -> bool:
        """Say so much, at the server's pace. Whether the client is still there."""
        await self.delta({"role": "assistant", "content": ""})
        if self.server.think_seconds and not await self.wait(self.server.think_seconds):
            return False
        for piece in pieces:
            await self.delta({"content": piece})
            if self._gone.is_set():
                return False
            if self.server.pause_seconds and not await self.wait(self.server.pause_seconds):
                return False
        return True

    async def tell(self, reply: Reply) -> None:
        """A reply from its first word to its end."""
        if not await self.words(reply.cut()):
            return
        await self.delta({}, reply.finish_reason)
        wants_usage = (self.body.get("stream_options") or {}).get("include_usage")
        if reply.sends_usage and wants_usage:
            await self.event(_head(self.body) | {"choices": [], "usage": _usage(self.body, reply)})
        if reply.sends_done:
            await self.raw("data: [DONE]\n\n")
        await self.end()

    async def partial(self) -> None:
        await self.words(Reply(PARTIAL).cut())

    async def wait(self, seconds: float) -> bool:
        return await self.server.wait(self._gone, seconds)

    def reset(self) -> None:
        """Drop the connection with RST instead of FIN."""
        wire = self._transport.get_extra_info("socket")
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()


# ---------------------------------------------------------------- faults of a stream


async def _clean_end(line: _Line) -> None:
    await line.partial()
    await line.end()


async def _half_line(line: _Line) -> None:
    await line.partial()
    await line.raw('data: {"id": "chatcmpl-fake", "choices": [{"index": 0, "delta": {"cont')
    await line.end()


async def _bad_json(line: _Line) -> None:
    await line.partial()
    await line.raw("data: {this is no JSON}\n\n")
    await line.raw("data: [DONE]\n\n")
    await line.end()


async def _reset(line: _Line) -> None:
    await line.partial()
    await asyncio.sleep(0.05)  # a reset destroys what the client has not read yet
    line.reset()


async def _early_reset(line: _Line) -> None:
    line.reset()


async def _cut_off(line: _Line) -> None:
    """The connection closes inside the body: FIN without the last chunk."""
    await line.partial()
    await asyncio.sleep(0.05)
    line._transport.close()


async def _error_event(line: _Line) -> None:
    await line.partial()
    await line.event({"error": {"message": "The engine ran out of memory", "type": "server_error"}})
    await line.end()


async def _early_error_event(line: _Line) -> None:
    await line.event({"error": {"message": "The engine ran out of memory", "type": "server_error"}})
    await line.end()


async def _bare_error_event(line: _Line) -> None:
    """As older vLLM versions: the error stands where the reply should."""
    await line.partial()
    await line.event({"object": "error", "message": "The engine died", "code": 500})
    await line.end()


async def _stall(line: _Line) -> None:
    await line.partial()
    await line.wait(math.inf)


async def _early_stall(line: _Line) -> None:
    await line.wait(math.inf)


async def _drip(line: _Line) -> None:
    """One byte every 50 ms: every read succeeds, and the words never come."""
    await line.partial()
    await line.raw("data: ")
    while await line.wait(0.05):
        await line.raw(" ")


async def _slow_words(line: _Line) -> None:
    """Whole events, for ever, never the same."""
    number = 0
    while await line.wait(0.02):
        number += 1
        await line.delta({"content": f"more{number:x} "})


async def _flood(line: _Line) -> None:
    """As fast as the wire takes it, for ever, in one line without an end."""
    while await line.wait(0.0):
        await line.raw("x" * 65536)


async def _keep_alive(line: _Line) -> None:
    """Comments between the words, as proxies send them."""
    await line.raw(": keep-alive\n\n")
    await line.tell(Reply(f"{PARTIAL} 1872 [1]."))


async def _null_finish(line: _Line) -> None:
    await line.tell(Reply(f"{PARTIAL} 1872 [1].", finish_reason=None))


async def _done_in_text(line: _Line) -> None:
    """The text speaks of [DONE]; the stream never says it."""
    await line.words((*Reply(PARTIAL).cut(), " data: [DONE]"))
    await line.end()


async def _length(line: _Line) -> None:
    await line.tell(Reply(PARTIAL, finish_reason="length"))


async def _only_thoughts(line: _Line) -> None:
    """A reasoning model that spent its tokens before its first word."""
    for _ in range(3):
        await line.delta({"content": None, "reasoning_content": "Let me think. "})
    await line.delta({}, "length")
    await line.raw("data: [DONE]\n\n")
    await line.end()


async def _thinking(line: _Line) -> None:
    for _ in range(3):
        await line.delta({"content": None, "reasoning_content": "Let me think. "})
    await line.tell(Reply(f"{PARTIAL} 1872 [1]."))


async def _aborted(line: _Line) -> None:
    await line.tell(Reply(PARTIAL, finish_reason="abort"))


async def _content_filter(line: _Line) -> None:
    await line.tell(Reply(PARTIAL, finish_reason="content_filter"))


async def _no_choices(line: _Line) -> None:
    await line.event(_head(line.body) | {"choices": []})
    await line.raw("data: [DONE]\n\n")
    await line.end()


async def _null_content(line: _Line) -> None:
    await line.delta({"role": "assistant", "content": None})
    await line.delta({"content": None}, "stop")
    await line.raw("data: [DONE]\n\n")
    await line.end()


async def _empty(line: _Line) -> None:
    await line.end()


async def _no_usage(line: _Line) -> None:
    await line.tell(Reply(f"{PARTIAL} 1872 [1].", sends_usage=False))


async def _no_done(line: _Line) -> None:
    await line.tell(Reply(f"{PARTIAL} 1872 [1].", sends_done=False))


async def _usage_in_every_event(line: _Line) -> None:
    reply = Reply(f"{PARTIAL} 1872 [1].")
    for count, piece in enumerate(reply.cut(), start=1):
        choice = {"index": 0, "delta": {"content": piece}, "finish_reason": None}
        usage = {"prompt_tokens": 9, "completion_tokens": count, "total_tokens": 9 + count}
        await line.event(_head(line.body) | {"choices": [choice], "usage": usage})
    await line.delta({}, "stop")
    await line.end()


FAULTS: Mapping[str, Callable[[_Line], Any]] = {
    function.__name__.lstrip("_"): function
    for function in (
        _clean_end, _half_line, _bad_json, _reset, _early_reset, _cut_off, _error_event,
        _early_error_event, _bare_error_event, _stall, _early_stall, _drip, _slow_words, _flood,
        _keep_alive, _null_finish, _done_in_text, _length, _only_thoughts, _thinking, _aborted,
        _content_filter, _no_choices, _null_content, _empty, _no_usage, _no_done,
        _usage_in_every_event,
    )
} | {"ignores_stream": _empty}  # fmt: skip
"""Name of a behaviour → how it plays a stream."""


# ---------------------------------------------------------------- shapes of the protocol


def _beyond_window(body: Mapping[str, Any], passages: int) -> Response | None:
    """llama.cpp's refusal of a prompt with more than so many passages."""
    prompt = "".join(str(each["content"]) for each in body["messages"])
    count = prompt.count("<passage number=")
    if count <= passages:
        return None
    error = {
        "code": 400,
        "message": "request exceeds the available context size, try increasing it",
        "type": "exceed_context_size_error",
        "n_prompt_tokens": 100 * count,
        "n_ctx": 100 * passages,
    }
    return JSONResponse({"error": error}, status_code=400)


def _protocol_of(wires: _Wires) -> type[H11Protocol]:
    class Counting(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            wires.live.add(self)
            wires.made += 1
            self.app_state = {**self.app_state, "wire": transport, "gone": asyncio.Event()}

        def connection_lost(self, exc: Exception | None) -> None:
            self.app_state["gone"].set()
            wires.lost_at.append(time.monotonic())
            wires.live.discard(self)
            super().connection_lost(exc)

    return Counting


def _head(body: Mapping[str, Any], kind: str = "chat.completion.chunk") -> dict[str, Any]:
    return {"id": "chatcmpl-fake", "object": kind, "created": 1700000000, "model": body["model"]}


def _usage(body: Mapping[str, Any], reply: Reply) -> dict[str, int]:
    """Counts words, not tokens: enough to tell the server's counts from estimates."""
    asked = sum(len(str(m.get("content", "")).split()) for m in body.get("messages", []))
    said = len(reply.cut())
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 1700000000, "owned_by": "tests"}


def _error(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    error = {"message": message, "type": "fake_error", "param": None, "code": None}
    return JSONResponse({"error": error}, status, headers=dict(headers or {}))


def _status(plan: str) -> Response:
    status, _, wait = plan.partition("+")
    if wait == "date":  # a whole second in the future, as the header counts in seconds
        wait = email.utils.formatdate(math.ceil(time.time()) + 1, usegmt=True)
    return _error(int(status), f"no, status {status}", {"Retry-After": wait} if wait else {})


def main() -> None:
    """Serve until the process is ended; prints the address first."""
    parser = argparse.ArgumentParser(description="A fake model server for tests and benchmarks.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--think-seconds", type=float, default=0.0)
    parser.add_argument("--pause-seconds", type=float, default=0.0)
    given = parser.parse_args()
    server = FakeModelServer(
        port=given.port, think_seconds=given.think_seconds, pause_seconds=given.pause_seconds
    )
    print(server.base_url, flush=True)
    server.serve_until_ended()


if __name__ == "__main__":
    main()
