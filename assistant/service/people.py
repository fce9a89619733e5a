"""People: who may do what, with which collections.

``CALLER`` is who made the request that is being answered. Where people are set, nothing is done for
a request without one. Their file is in ``people_file``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass

from assistant.errors import AccessError, UsageError
from assistant.settings.collections import ALL, COLLECTION_NAME, MOST_COLLECTIONS
from assistant.text.visible import shown_value

ASK, ADD, ADMINISTER = "ask", "add", "administer"
RIGHTS = (ASK, ADD, ADMINISTER)
"""To ask and read; to upload files; to sync folders, see the metrics, and all of it."""
_PERSON_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
_RESERVED = frozenset({"token", "anybody"})


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


def refused(person: Person, right: str) -> AccessError:
    """The error of somebody without a right."""
    return AccessError(
        f"{person.name} may not do this: it needs the right {right!r}",
        hint="whoever administers this server gives rights (`assistant people`)",
    )
