"""Whose a conversation is: the secret in one browser's cookie.

The server makes it up when the page is loaded. Only what it could have made up is one: a client
without a cookie, or with a short one of its own, owns nothing, or all such clients would share
their conversations.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from assistant.text.recent import Recent

OWNER_COOKIE = "assistant_owner"
_BYTES = 32
_MOST_SESSIONS = 10_000
_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def new_owner() -> str:
    """A secret that nobody guesses."""
    return secrets.token_urlsafe(_BYTES)


def is_owner(text: str) -> bool:
    """Whether a text is of the form of our secrets."""
    return _SHAPE.fullmatch(text) is not None


def owner_among(cookies: Mapping[str, str]) -> str:
    """The secret among a request's cookies, or an empty text."""
    found = cookies.get(OWNER_COOKIE, "")
    return found if is_owner(found) else ""


class Sessions:
    """Which browser reads which stream of events: the one that read it first.

    A stream is found by a number that a page makes up, and holds all that is drawn on that page. A
    script that always takes the same number must not read what another one asks.
    """

    def __init__(self) -> None:
        self._owners: Recent[str] = Recent(_MOST_SESSIONS)

    def claim(self, session: str, owner: str) -> bool:
        """Whether a stream is this owner's, who takes it if nobody has."""
        return self._owners.kept(session, owner) == owner
