"""The file of people, and who of them a token or a session is of.

The file of ``server.people`` is JSON that ``assistant people`` writes. Of a token it holds the
SHA-256 only: tokens are made here of 32 random bytes, so nobody finds one by trying, and a slow
hash would only make every request slow. The file is read again when it changes; while it cannot be
read nobody in it is let in.
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
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from assistant.errors import SettingsError, UsageError
from assistant.private_files import FILE_MODE, close_to_others
from assistant.service.people import RIGHTS, Person, checked_person

MOST_PEOPLE = 1_000
_MOST_BYTES = 1_000_000
_TOKEN_BYTES = 32
_LOCK_SECONDS = 10.0
_IDENTITY = re.compile(r"[0-9a-f]{32}", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_log = logging.getLogger("assistant.server")


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
        self._seen = _stamp(path)  # before it is read: what is written meanwhile is read again
        self._people = read_people(path)
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
    if not place.exists():
        with _writing(path):
            if not place.exists():
                _replace(place, secrets.token_hex(32))
    close_to_others(place)
    try:
        kept = place.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise _no_key(place) from exc
    if not _HASH.fullmatch(kept):
        raise _no_key(place)
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


def _unreadable(path: Path, why: str) -> SettingsError:
    return SettingsError(
        f"The people of {path} cannot be read: {why}",
        hint="`assistant people add NAME` makes the file that server.people names",
    )


def _no_key(path: Path) -> SettingsError:
    return SettingsError(
        f"{path} is no key of this server",
        hint="bring it back from a copy; without it everybody logs in again, and nobody sees their "
        "earlier conversations",
    )


def _write(path: Path, people: Iterable[Person]) -> None:
    """Raises ``UsageError`` for more people than a file may hold: nobody of it would be let in."""
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
    text = json.dumps({"people": rows}, indent=1) + "\n"
    if len(rows) > MOST_PEOPLE or len(text) > _MOST_BYTES:
        raise UsageError(
            f"{path} would hold {len(rows):,} people and {len(text):,} bytes; {MOST_PEOPLE:,} and "
            f"{_MOST_BYTES:,} are the most",
            hint="take out who is let in no more: `assistant people remove NAME`",
        )
    _replace(path, text)


def _replace(path: Path, text: str) -> None:
    """Write a file for this user alone, which is there whole or not at all."""
    fresh = path.with_name(f"{path.name}.new")
    try:
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, FILE_MODE)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    except OSError as exc:
        raise _unwritable(path, exc) from exc


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """The lock of the one who writes: of two who add or remove people at once, one waits, so that
    neither brings back whom the other has taken out."""
    lock = FileLock(path.with_name(f"{path.name}.lock"), timeout=_LOCK_SECONDS, mode=FILE_MODE)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as exc:
        raise SettingsError(f"Another process is writing {path}", hint="try again") from exc
    except OSError as exc:
        raise _unwritable(path, exc) from exc
    try:
        yield
    finally:
        lock.release()


def _unwritable(path: Path, error: OSError) -> SettingsError:
    return SettingsError(f"{path} cannot be written: {error.strerror}")


def known_people(path: Path) -> tuple[Person, ...]:
    """The people of a file, none where there is no file yet. Raises ``SettingsError``."""
    return read_people(path) if path.exists() else ()


def add_person(path: Path, person: Person, *, renews: bool = False) -> str:
    """Write a person into the file with a new token, which is returned and kept nowhere.

    ``renews`` gives one who is there another token, and rights and collections as they were. Raises
    ``UsageError`` for a name that is taken, or with ``renews`` not there.
    """
    with _writing(path):
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
    with _writing(path):
        people = known_people(path)
        rest = [each for each in people if each.name != name]
        if len(rest) == len(people):
            raise UsageError(f"{name} is nobody here", hint="`assistant people list` shows them")
        _write(path, rest)
