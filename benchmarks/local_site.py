"""A web server on this machine that may pass as a public one: for tests and for hostile cases."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from assistant.sources.fetching import WebDoor, is_public


class Site:
    """A server on this machine: what it is asked is noted, its pages are chosen."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.hosts: list[str] = []
        self.pages: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.default: tuple[int, dict[str, str], bytes] = (404, {}, b"")
        self.slow = 0.0
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                site.hosts.append(self.headers["Host"])
                status, headers, body = site.pages.get(self.path, site.default)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value.encode().decode("latin-1"))
                self.end_headers()
                try:
                    for at in range(0, len(body), 1000):
                        self.wfile.write(body[at : at + 1000])
                        if site.slow:
                            time.sleep(site.slow)
                except OSError:
                    return  # the reader has gone

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.port = self.server.server_address[1]

    def put(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (status, {"Content-Type": "text/html", **named}, body)

    def url(self, path: str, host: str = "pool.example") -> str:
        return f"http://{host}:{self.port}{path}"

    def close(self) -> None:
        """End the server."""
        self.server.shutdown()
        self.server.server_close()


PUBLIC = {"pool.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]}


def resolve(host: str, port: int) -> list[str]:
    """Names of the public network are this machine's server; others are what they are."""
    if host in PUBLIC:
        return PUBLIC[host]
    table = {"inside.example": "10.0.0.8", "meta.example": "169.254.169.254", "self.example": "::1"}
    return [table.get(host, host)]


def open_door() -> WebDoor:
    """The server of the test passes as public where one of its names led to it."""
    called: list[str] = []

    def resolving(host: str, port: int) -> list[str]:
        called.append(host)
        return resolve(host, port)

    return WebDoor(resolving, lambda address: called[-1] in PUBLIC or is_public(address))
