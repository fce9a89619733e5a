"""Who may come in when a token is set: bearers of it, and browsers that have given it once.

A browser's session is a signed date, so it survives a restart and ends with the token. Wrong tokens
make the next try of that client wait, longer each time.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable

from assistant.errors import SettingsError

SESSION_COOKIE = "assistant_session"
SESSION_SECONDS = 30 * 86_400
SHORTEST_TOKEN = 16
"""Characters: 16 random ones cannot be guessed, and throttling is only the second wall."""

_FREE_TRIES = 5
_LONGEST_WAIT = 300.0
_MOST_CLIENTS = 10_000


def check_token(token: str) -> None:
    """Raises ``SettingsError`` for a token that could be guessed; an empty one means none."""
    if token and len(token) < SHORTEST_TOKEN:
        raise SettingsError(
            f"The token has {len(token)} characters; {SHORTEST_TOKEN} is the least",
            hint=f"for example {secrets.token_urlsafe(24)}",
        )


class Access:
    """Checks tokens and sessions. Without a token everybody is let in."""

    def __init__(self, token: str, clock: Callable[[], float] = time.time) -> None:
        check_token(token)
        self._token = token
        self._key = hashlib.sha256(b"assistant session key\0" + token.encode()).digest()
        self._clock = clock
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    @property
    def is_open(self) -> bool:
        """Whether nobody is asked."""
        return not self._token

    def __repr__(self) -> str:
        return f"Access(is_open={self.is_open})"

    def admits(self, authorization: str, session: str) -> bool:
        """Whether a request with this header and this cookie may go on."""
        if self.is_open:
            return True
        scheme, _, given = authorization.partition(" ")
        if scheme.lower() == "bearer" and self._is_token(given.strip()):
            return True
        return self._is_session(session)

    def wait_seconds(self, client: str) -> float:
        """How long a client must wait before its next try; 0 when it may try now."""
        count, last = self._failures.get(client, (0, 0.0))
        if count < _FREE_TRIES:
            return 0.0
        wait = min(_LONGEST_WAIT, 2.0 ** (count - _FREE_TRIES))
        return max(0.0, last + wait - self._clock())

    def log_in(self, token: str, client: str) -> str:
        """A session for the right token, or an empty text; a wrong one counts."""
        if self._is_token(token.strip()):
            self._failures.pop(client, None)
            return self._session(int(self._clock()) + SESSION_SECONDS)
        count, _ = self._failures.pop(client, (0, 0.0))
        self._failures[client] = (count + 1, self._clock())
        while len(self._failures) > _MOST_CLIENTS:
            self._failures.popitem(last=False)
        return ""

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._token.encode())

    def _session(self, until: int) -> str:
        return f"{until}.{self._signed(until)}"

    def _is_session(self, session: str) -> bool:
        until, _, signature = session.partition(".")
        if not until.isdecimal() or len(until) > 12 or int(until) < self._clock():
            return False
        return hmac.compare_digest(signature.encode(), self._signed(int(until)).encode())

    def _signed(self, until: int) -> str:
        return hmac.new(self._key, str(until).encode(), hashlib.sha256).hexdigest()
