"""Runs the server: checks the address, prints the URL, shuts down cleanly."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import os
import resource
import socket
import threading
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any

from assistant.errors import SettingsError, UsageError
from assistant.pipeline import Assistant
from assistant.server.access import check_token
from assistant.settings import ServerSettings

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp

_GRACE_SECONDS = 3
_OTHER_FILES = 512
"""Open files besides connections: the index's, those of children, uploads under way."""
_FEWEST_CONNECTIONS = 8
_END_SECONDS = 8
"""After SIGTERM or Ctrl-C: what is still at work then, as a thread that cannot be stopped, is left.
Whatever it writes is made to survive that (``benchmarks.crash_ingest``)."""


def read_token(settings: ServerSettings) -> str:
    """The token of the environment. Raises ``SettingsError`` for a public address without one."""
    token = os.environ.get(settings.token_env, "").strip()
    if not token and not settings.people and not is_loopback(settings.host):
        raise SettingsError(
            f"server.host = {settings.host!r} can be reached from other machines, and there is no "
            "token",
            hint=f"set server.people, or {settings.token_env} to a secret of 16 characters or "
            f'more, for example: export {settings.token_env}="$(openssl rand -base64 24)"',
        )
    check_token(token)
    return token


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def open_socket(settings: ServerSettings) -> socket.socket:
    """The listening socket. Raises ``UsageError`` when the address is taken or not ours."""
    try:
        family = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
    except OSError as exc:
        raise UsageError(
            f"{settings.host}:{settings.port} cannot be listened on: {exc.strerror or exc}",
            hint="choose another one with --port (0 takes any that is free)",
        ) from exc
    listener.set_inheritable(False)
    return listener


def server_config(app: ASGIApp, settings: ServerSettings, **more: Any) -> uvicorn.Config:
    """How uvicorn runs an application of ours, with the bounds of its connections."""
    import uvicorn

    from assistant.server.connections import Bounds, Door, protocol_for

    connections = _with_descriptors(settings.max_connections)
    bounds = Bounds(connections, min(connections, settings.max_connections_per_client))
    return uvicorn.Config(
        app,
        **{
            "http": protocol_for(Door(bounds)),
            "ws": "none",
            "access_log": False,  # addresses of pages hold words of documents
            "server_header": False,
            **more,
        },
    )


def _with_descriptors(connections: int) -> int:
    """The number of connections that the limit on open files allows; raises that limit if
    possible."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        connections = min(connections, max(soft - _OTHER_FILES, _FEWEST_CONNECTIONS))
    return connections


def serve(assistant: Assistant, tell: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM, which are its good end. ``tell`` is given the address when the
    server answers.

    Raises ``SettingsError`` and ``UsageError`` as above.
    """
    settings = assistant.settings.server
    token = read_token(settings)
    listener = open_socket(settings)
    try:
        import uvicorn

        from assistant.server.app import make_app

        host = settings.host if settings.host not in ("0.0.0.0", "::") else socket.gethostname()
        port = listener.getsockname()[1]
        name = settings.host if not is_loopback(settings.host) else ""
        app = make_app(assistant, token, {name} - {""})

        class AnnouncingServer(uvicorn.Server):
            """Tells the address once it is true, and ends when it is told to."""

            last: threading.Timer | None = None

            def handle_exit(self, sig: int, frame: FrameType | None) -> None:
                if self.last is None:
                    self.last = threading.Timer(_END_SECONDS, os._exit, [128 + sig])
                    self.last.daemon = True
                    self.last.start()
                super().handle_exit(sig, frame)

            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                if self.started:
                    shown = f"[{host}]" if ":" in host else host
                    tell(f"http://{shown}:{port}")

            async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
                # open pages keep a connection for ever; that they are cut is no error
                logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
                await super().shutdown(sockets)

        config = server_config(
            app.asgi, settings, log_level="warning", timeout_graceful_shutdown=_GRACE_SECONDS
        )
        server = AnnouncingServer(config)
        try:
            with contextlib.suppress(KeyboardInterrupt):  # raised again once all is closed
                server.run(sockets=[listener])
        finally:
            if server.last is not None:
                server.last.cancel()
    finally:
        listener.close()
