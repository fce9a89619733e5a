"""The owner of a conversation: the secret in one browser's cookie.

The server generates it when the page is loaded. Only a value of the generated form counts:
otherwise all clients without a cookie, or with a short one of their own, would share their
conversations.
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
    """Maps each stream of events to the browser that read it first.

    A stream is identified by a number that the page chooses, and carries everything drawn on that
    page. A client that reuses another's number must not read its answers.
    """

    def __init__(self) -> None:
        self._owners: Recent[str] = Recent(_MOST_SESSIONS)

    def claim(self, session: str, owner: str) -> bool:
        """Whether a stream is this owner's, who takes it if nobody has."""
        return self._owners.kept(session, owner) == owner
