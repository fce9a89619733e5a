"""Web pages of other sites that may call the programs' doors (``server.allowed_origins``).

Only ``/v1`` and ``/mcp`` can be called so, and only with a token of their own: a browser's session
of the chat does not count in such a request. Everything else stays closed to other sites.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_DOORS = re.compile(r"/v1/.*|/mcp/?", re.DOTALL)
_HOUR = 3600


def is_program_door(path: str) -> bool:
    """Whether programs, and pages of other sites, may call this path."""
    return _DOORS.fullmatch(path) is not None


class CrossOrigin:
    """Answers to browsers of the named sites at those doors; everything else passes through."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self._app = app
        self._shared = CORSMiddleware(
            app, allow_origins=list(origins), allow_methods=["GET", "POST"], allow_headers=["*"],
            expose_headers=["Retry-After"], max_age=_HOUR,
        )  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        is_shared = scope["type"] == "http" and is_program_door(scope["path"])
        await (self._shared if is_shared else self._app)(scope, receive, send)
