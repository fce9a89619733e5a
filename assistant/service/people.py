"""People: who may do what, with which collections, by tokens of their own.

The file of ``server.people`` is JSON that ``assistant people`` writes. Of a token it holds the
SHA-256 only: tokens are made here of 32 random bytes, so nobody finds one by trying, and a slow
hash would only make every request slow. The file is read again when it changes; while it cannot be
read nobody in it is let in.

``CALLER`` is who made the request that is being answered. Where people are set, nothing is done for
a request without one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import os
import re
import secrets
import threading
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.errors import AccessError, SettingsError, UsageError
from assistant.private_files import FILE_MODE, close_to_others
from assistant.settings.collections import ALL, COLLECTION_NAME, MOST_COLLECTIONS
from assistant.text.visible import shown_value

ASK, ADD, ADMINISTER = "ask", "add", "administer"
RIGHTS = (ASK, ADD, ADMINISTER)
"""To ask and read; to upload files; to sync folders, see the metrics, and all of it."""
MOST_PEOPLE = 1_000
_MOST_BYTES = 1_000_000
_TOKEN_BYTES = 32
_PERSON_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
_IDENTITY = re.compile(r"[0-9a-f]{32}", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_RESERVED = frozenset({"token", "anybody"})
_log = logging.getLogger("assistant.server")


@dataclass(frozen=True, slots=True)
class Person:
    """A name with rights and collections (``all`` for every one). ``owner`` is the secret that
    conversations belong to; an empty one means the browser's own. ``identity`` tells two people
    apart who had one name after each other."""

    name: str
    rights: frozenset[str]
    collections: tuple[str, ...]
    owner: str = ""
    token_hash: str = ""
    made: str = ""
    identity: str = ""

    def may(self, right: str) -> bool:
        """Whether this person has a right; who administers has all."""
        return right in self.rights or ADMINISTER in self.rights

    def may_use(self, collection: str) -> bool:
        """Whether this person may use a collection."""
        return ALL in self.collections or collection in self.collections

    def __repr__(self) -> str:
        return f"Person({self.name!r})"


ANYBODY = Person("anybody", frozenset(RIGHTS), (ALL,))
"""Whoever calls where no people are set."""
TOKEN_HOLDER = Person("token", frozenset(RIGHTS), (ALL,))
"""Whoever has the server's one token."""
PERSON_KEY = "assistant.person"
"""Where a request's scope has the person who sends it."""
CALLER: ContextVar[Person | None] = ContextVar("assistant_caller", default=None)


def hashed_token(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(b"assistant token\0" + token.encode("utf-8", "replace")).hexdigest()


class People:
    """The people of a file. For any number of threads.

    Raises ``SettingsError`` when the file cannot be read at first.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._people = read_people(path)
        self._seen = _stamp(path)
        close_to_others(path)
        self._secret = _session_secret(path)

    def with_token(self, token: str) -> Person | None:
        """Whose token this is. All are compared, in constant time."""
        given = hashed_token(token)
        found = None
        for person in self._current():
            if hmac.compare_digest(person.token_hash, given):
                found = person
        return self._as_owner(found) if found is not None and token else None

    def session(self, person: Person, until: int) -> str:
        """A signed cookie's value for a person, which ends with their token."""
        return f"{until}.{person.name}.{self._signed(person, until)}"

    def with_session(self, session: str, now: float) -> Person | None:
        """Whose session this is, unless it has ended."""
        parts = session.split(".")
        if len(parts) != 3 or not parts[0].isdecimal() or len(parts[0]) > 12:
            return None
        until, name, signature = int(parts[0]), parts[1], parts[2]
        person = next((each for each in self._current() if each.name == name), None)
        if person is None or until < now:
            return None
        is_signed = hmac.compare_digest(signature.encode(), self._signed(person, until).encode())
        return self._as_owner(person) if is_signed else None

    def _signed(self, person: Person, until: int) -> str:
        told = f"session\0{until}\0{person.name}\0{person.token_hash}"
        return hmac.new(self._secret, told.encode(), hashlib.sha256).hexdigest()

    def _as_owner(self, person: Person) -> Person:
        """With the secret of this person's conversations, the same in every browser."""
        digest = hmac.new(
            self._secret, f"owner\0{person.identity}".encode(), hashlib.sha256
        ).digest()
        owner = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        return replace(person, owner=owner)

    def _current(self) -> Sequence[Person]:
        stamp = _stamp(self._path)
        with self._lock:
            if stamp != self._seen:
                try:
                    self._people = read_people(self._path)
                except SettingsError as exc:
                    _log.error("nobody of server.people is let in: %s", exc.what)
                    self._people = ()
                self._seen = stamp
            return self._people


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _session_secret(path: Path) -> bytes:
    """The server's own secret, beside the file of people; made when there is none."""
    place = path.with_name(f"{path.name}.key")
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, FILE_MODE)
    except FileExistsError:
        close_to_others(place)
    except OSError as exc:
        raise _unreadable(place, exc.strerror or "cannot be written") from exc
    else:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
    try:
        kept = place.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise _unreadable(place, "it is no key") from exc
    if not _HASH.fullmatch(kept):
        raise _unreadable(place, "it is no key; delete it, and everybody logs in again")
    return bytes.fromhex(kept)


def read_people(path: Path) -> tuple[Person, ...]:
    """The people of a file. Raises ``SettingsError`` for one that is not of the form."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as exc:
        raise _unreadable(path, exc.strerror or str(exc)) from exc
    if len(data) > _MOST_BYTES:
        raise _unreadable(path, f"more than {_MOST_BYTES:,} bytes")
    try:
        rows = json.loads(data)["people"]
        people = tuple(_person(row) for row in rows)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as exc:
        raise _unreadable(path, f"it is not what `assistant people` writes ({exc})") from exc
    if len(people) > MOST_PEOPLE:
        raise _unreadable(path, f"more than {MOST_PEOPLE:,} people")
    for what in ("name", "token_hash", "identity"):
        if len({getattr(person, what) for person in people}) < len(people):
            raise _unreadable(path, "two people have one name, or one token")
    return people


def _person(row: Any) -> Person:
    name, token_hash, rights = row["name"], row["sha256"], row["rights"]
    if not isinstance(token_hash, str) or not _HASH.fullmatch(token_hash):
        raise ValueError("sha256 is none")
    if not isinstance(rights, list) or not isinstance(row["collections"], list):
        raise ValueError("rights and collections are lists")
    person = checked_person(name, rights, row["collections"])
    if not isinstance(row["id"], str) or not _IDENTITY.fullmatch(row["id"]):
        raise ValueError("id is none")
    made = str(row.get("made", ""))[:40]
    return replace(person, token_hash=token_hash, made=made, identity=row["id"])


def checked_person(name: object, rights: Iterable[object], collections: Iterable[object]) -> Person:
    """A person without a token. Raises ``UsageError`` for a name, right or collection that is
    none."""
    if not isinstance(name, str) or not _PERSON_NAME.fullmatch(name) or name in _RESERVED:
        raise _no_person(
            f"{shown_value(name)} is no name", "small letters, digits, - and _, at most 40"
        )
    wanted = list(rights)
    for right in wanted:
        if right not in RIGHTS:
            raise _no_person(f"{shown_value(right)} is no right", f"there are: {', '.join(RIGHTS)}")
    used = list(collections)
    for each in used:
        if not isinstance(each, str) or not COLLECTION_NAME.fullmatch(each):
            raise _no_person(f"{shown_value(each)} is no collection", "for example default, or all")
    if not wanted or not used or len(used) > MOST_COLLECTIONS:
        raise _no_person("A person has at least one right and one collection", "ask and all")
    return Person(name, frozenset(map(str, wanted)), tuple(dict.fromkeys(map(str, used))))


class _PersonError(UsageError, ValueError):
    pass


def _no_person(what: str, hint: str) -> UsageError:
    return _PersonError(what, hint=hint)


def _unreadable(path: Path, why: str) -> SettingsError:
    return SettingsError(
        f"The people of {path} cannot be read: {why}",
        hint="`assistant people add NAME` makes the file that server.people names",
    )


def _write(path: Path, people: Iterable[Person]) -> None:
    rows = [
        {
            "name": each.name,
            "id": each.identity,
            "sha256": each.token_hash,
            "rights": [right for right in RIGHTS if right in each.rights],
            "collections": list(each.collections),
            "made": each.made,
        }
        for each in people
    ]
    fresh = path.with_name(f"{path.name}.new")
    text = json.dumps({"people": rows}, indent=1) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, FILE_MODE)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    except OSError as exc:
        raise SettingsError(f"{path} cannot be written: {exc.strerror}") from exc


def known_people(path: Path) -> tuple[Person, ...]:
    """The people of a file, none where there is no file yet. Raises ``SettingsError``."""
    return read_people(path) if path.exists() else ()


def add_person(path: Path, person: Person, *, renews: bool = False) -> str:
    """Write a person into the file with a new token, which is returned and kept nowhere.

    ``renews`` gives one who is there another token, and rights and collections as they were. Raises
    ``UsageError`` for a name that is taken, or with ``renews`` not there.
    """
    people = known_people(path)
    before = next((each for each in people if each.name == person.name), None)
    if renews != (before is not None):
        said = "is nobody here" if before is None else "is here already"
        raise UsageError(f"{person.name} {said}", hint="`assistant people list` shows them")
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    made = datetime.now(UTC).date().isoformat()
    begun = before or replace(person, identity=secrets.token_hex(16))
    fresh = replace(begun, token_hash=hashed_token(token), made=made)
    _write(path, [*(each for each in people if each.name != person.name), fresh])
    return token


def remove_person(path: Path, name: str) -> None:
    """Take a person out of the file; their token and sessions end at once. Raises ``UsageError``
    for one who is not there."""
    people = known_people(path)
    rest = [each for each in people if each.name != name]
    if len(rest) == len(people):
        raise UsageError(f"{name} is nobody here", hint="`assistant people list` shows them")
    _write(path, rest)


def refused(person: Person, right: str) -> AccessError:
    """The error of somebody without a right."""
    return AccessError(
        f"{person.name} may not do this: it needs the right {right!r}",
        hint="whoever administers this server gives rights (`assistant people`)",
    )
