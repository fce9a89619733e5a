"""A small ``/v1/embeddings`` on loopback that behaves, or misbehaves as real servers have."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

DIMENSIONS = 8


def vector_of(text: str) -> list[float]:
    """A vector that depends on the text only."""
    digest = hashlib.sha256(text.encode()).digest()
    return [byte / 255 + 0.01 for byte in digest[:DIMENSIONS]]


@dataclass
class Seen:
    """What the server was asked."""

    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    most_at_once: int = 0


class FakeEmbeddingServer:
    """Use as a context manager. ``modes`` says how each request is answered, the last for good.

    ``ok`` · ``reordered`` · ``short`` · ``no_index`` · ``twice`` · ``nan`` · ``uneven`` ·
    ``empty`` · ``words`` · ``nothing`` · ``html`` · ``half`` · ``drip`` · ``slow`` · ``gone`` ·
    a status such as ``429`` or ``503+60`` (with Retry-After in seconds).
    """

    def __init__(self, *modes: str, delay_seconds: float = 0.0) -> None:
        self.modes = list(modes) or ["ok"]
        self.delay_seconds = delay_seconds
        self.seen = Seen()
        self._at_once = 0
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> FakeEmbeddingServer:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def _next_mode(self) -> str:
        with self._lock:
            return self.modes.pop(0) if len(self.modes) > 1 else self.modes[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with server._lock:
                    server.seen.bodies.append(body)
                    server.seen.keys.append(self.headers.get("Authorization", ""))
                    server._at_once += 1
                    server.seen.most_at_once = max(server.seen.most_at_once, server._at_once)
                try:
                    if server.delay_seconds:
                        server._over.wait(server.delay_seconds)
                    self._answer(server._next_mode(), body["input"])
                except OSError:
                    self.close_connection = True  # the client has gone
                finally:
                    with server._lock:
                        server._at_once -= 1

            def _answer(self, mode: str, texts: list[str]) -> None:
                if mode[:3].isdigit():
                    status, _, wait = mode.partition("+")
                    self._send(int(status), b'{"error": {"message": "no"}}', retry_after=wait)
                elif mode == "slow":
                    server._over.wait(30)
                elif mode == "gone":
                    self.close_connection = True
                elif mode == "html":
                    self._send(200, b"<html><body>Welcome</body></html>", kind="text/html")
                elif mode == "half":
                    self._send(200, b'{"data": [{"embedding": [0.1, ')
                elif mode == "nothing":
                    self._send(200, b"{}")
                elif mode == "drip":
                    self._drip(json.dumps(reply(texts, "ok")).encode())
                else:
                    self._send(200, json.dumps(reply(texts, mode)).encode())

            def _drip(self, content: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                for byte in content:
                    if server._over.is_set():
                        return
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(0.1)

            def _send(
                self,
                status: int,
                content: bytes,
                *,
                kind: str = "application/json",
                retry_after: str = "",
            ) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                if retry_after:
                    self.send_header("Retry-After", retry_after)
                self.end_headers()
                self.wfile.write(content)

        return Handler


def reply(texts: list[str], mode: str) -> dict[str, Any]:
    """A reply in the shape of the OpenAI API, right or wrong as ``mode`` says."""
    items: list[dict[str, Any]] = [
        {"object": "embedding", "index": index, "embedding": vector_of(text)}
        for index, text in enumerate(texts)
    ]
    if mode == "reordered":
        items.reverse()
    elif mode == "short":
        items.pop()
    elif mode == "no_index":
        for item in items:
            del item["index"]
    elif mode == "twice":
        items[-1]["index"] = 0
    elif mode == "nan":
        items[0]["embedding"][3] = float("nan")
    elif mode == "uneven":
        items[0]["embedding"].append(0.5)
    elif mode == "wide":
        for item in items:
            item["embedding"] += [0.5] * 4
    elif mode == "empty":
        for item in items:
            item["embedding"] = []
    elif mode == "words":
        items[0]["embedding"] = ["a", "b"] * (DIMENSIONS // 2)
    elif mode == "null":
        items[0]["embedding"] = None
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return {"object": "list", "data": items, "model": "fake", "usage": usage}
