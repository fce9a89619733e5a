"""Authentication when a token or people are set: by bearer token, or by a browser session after
login.

A session is a signed date: it survives a restart, and a new token ends it.

The right token is always accepted at once. If a count of wrong tokens could refuse it, anybody
behind the same proxy, or with a forged `X-Forwarded-For`, could lock everybody out. So wrong tokens
are counted over all senders, and only wrong ones are delayed. The token's length is the first
defence; this delay is the second.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable

from assistant.errors import SettingsError
from assistant.service.people import ANYBODY, TOKEN_HOLDER, Person
from assistant.service.people_file import People

SESSION_COOKIE = "assistant_session"
SESSION_SECONDS = 30 * 86_400
SHORTEST_TOKEN = 16
"""Characters: 16 random ones cannot be guessed, and throttling is only the second wall."""
_LEAST_DIFFERENT = 8
"""Different characters: of 16 random ones 10 and more are, of ``abcabcabcabcabca`` 3."""

_FREE_TRIES = 5
_LONGEST_WAIT = 300.0
_FORGOTTEN_SECONDS = 900.0
"""After so long without a wrong token the next ones are free again."""
_HELD_SECONDS, _MOST_HELD = 1.0, 100
"""How long the reply to a wrong token is kept back, and how many at a time: more would take the
places of those who ask."""

_NOTED_SECONDS = 60.0


def check_token(token: str) -> None:
    """Raises ``SettingsError`` for a token that could be guessed; an empty one means none."""
    if token and len(token) < SHORTEST_TOKEN:
        raise SettingsError(
            f"The token has {len(token)} characters; {SHORTEST_TOKEN} is the least",
            hint=f"for example {secrets.token_urlsafe(24)}",
        )
    if token and len(set(token)) < _LEAST_DIFFERENT:
        raise SettingsError(
            f"The token has {len(set(token))} different characters; {_LEAST_DIFFERENT} is the "
            "least",
            hint=f"for example {secrets.token_urlsafe(24)}",
        )


def bearer(authorization: str) -> str:
    """The token of an ``Authorization`` header, or an empty text."""
    scheme, _, given = authorization.partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""


class Access:
    """Checks tokens and sessions. Without a token and without people everybody is let in."""

    def __init__(
        self,
        token: str,
        clock: Callable[[], float] = time.time,
        people: People | None = None,
    ) -> None:
        check_token(token)
        self._token = token
        self._people = people
        self._key = hashlib.sha256(b"assistant session key\0" + token.encode()).digest()
        self._clock = clock
        self._wrong = 0
        self._last_wrong = 0.0
        self._held = 0
        self._noted = 0.0

    @property
    def is_open(self) -> bool:
        """Whether nobody is asked."""
        return not self._token and self._people is None

    def __repr__(self) -> str:
        return f"Access(is_open={self.is_open})"

    def admits(self, authorization: str, session: str) -> bool:
        """Whether a request with this header and this cookie may go on."""
        return self.person(authorization, session) is not None

    def person(self, authorization: str, session: str) -> Person | None:
        """Who sends a request with this header and this cookie; None for nobody who is known. A
        token counts before a cookie."""
        if self.is_open:
            return ANYBODY
        token = bearer(authorization)
        if self._is_token(token):
            return TOKEN_HOLDER
        found = self._people.with_token(token) if self._people is not None else None
        if found is not None:
            return found
        if self._is_session(session):
            return TOKEN_HOLDER
        return self._people.with_session(session, self._clock()) if self._people else None

    def log_in(self, token: str) -> str:
        """A session for a right token, or an empty text for a wrong one."""
        until = int(self._clock()) + SESSION_SECONDS
        if self._is_token(token.strip()):
            return self._session(until)
        person = self._people.with_token(token.strip()) if self._people is not None else None
        return self._people.session(person, until) if self._people and person else ""

    async def refuse(self) -> float:
        """Count a wrong token; return the seconds its sender must wait, 0 for the first few.

        The call itself returns late, so a sender can try only a few guesses in sequence.
        """
        now = self._clock()
        if now - self._last_wrong > _FORGOTTEN_SECONDS:
            self._wrong = 0
        self._wrong += 1
        self._last_wrong = now
        if self._wrong <= _FREE_TRIES:
            return 0.0
        if self._held < _MOST_HELD:
            self._held += 1
            try:
                await asyncio.sleep(_HELD_SECONDS)
            finally:
                self._held -= 1
        return min(_LONGEST_WAIT, 2.0 ** min(self._wrong - _FREE_TRIES, 10))

    def is_noted(self) -> bool:
        """Whether a wrong token is written into the audit log: of many in a row one a minute is,
        so that nobody drives out what the log holds."""
        now = self._clock()
        if self._wrong < _FREE_TRIES or now - self._noted >= _NOTED_SECONDS:
            self._noted = now
            return True
        return False

    def _is_token(self, given: str) -> bool:
        ours = self._token.encode()
        return bool(ours) and hmac.compare_digest(given.encode("utf-8", "replace"), ours)

    def _session(self, until: int) -> str:
        return f"{until}.{self._signed(until)}"

    def _is_session(self, session: str) -> bool:
        until, _, signature = session.partition(".")
        if not self._token or not until.isdecimal() or len(until) > 12:
            return False
        if int(until) < self._clock():
            return False
        return hmac.compare_digest(signature.encode(), self._signed(int(until)).encode())

    def _signed(self, until: int) -> str:
        return hmac.new(self._key, str(until).encode(), hashlib.sha256).hexdigest()
