"""Documents → families: versions of one document, by name and title without version and date.

Pure. That two of a family are alike in text as well is for ``differences.likeness`` to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol, TypeVar

from assistant.text.folding import fold

_VERSION = re.compile(
    r"(?<![a-z])(?:v|ver|version|rev|revision|edition|fassung|ausgabe|entwurf|draft)"
    r"[\s._-]*\d+(?:[._]\d+)*"
)
_STATE = re.compile(
    r"(?<![a-z])(?:old|new|final|draft|copy|latest|previous|alt|neu|entwurf|kopie|january|february|"
    r"march|april|may|june|july|august|september|october|november|december|januar|februar|maerz|"
    r"marz|mai|juni|juli|oktober|dezember)(?![a-z])"
)
_WORDS = re.compile(r"[^\W\d_]+")


class Titled(Protocol):
    """What is asked of a document: its name in the index and its title."""

    @property
    def name(self) -> str:
        """Its path below its folder."""

    @property
    def title(self) -> str:
        """What it calls itself."""


D = TypeVar("D", bound=Titled)


def bare(text: str) -> str:
    """A name or title without version, date, state and suffix."""
    left = _STATE.sub(" ", _VERSION.sub(" ", fold(re.sub(r"\.\w{1,5}$", "", text))))
    return " ".join(_WORDS.findall(left))


def families_of(documents: Sequence[D]) -> list[list[D]]:
    """The documents that have others of the same bare name in the same folder, of the same bare
    name in folders that differ by a date, or of the same bare title."""
    groups: dict[str, list[D]] = {}
    home: dict[str, str] = {}
    for document in documents:
        keys = [f"name {bare(document.name)}", f"title {bare(document.title)}"]
        keys = [key for key in keys if len(key.split(" ", 1)[1]) > 2]
        known = next((home[key] for key in keys if key in home), keys[0] if keys else "")
        if not known:
            continue
        groups.setdefault(known, []).append(document)
        for key in keys:
            home.setdefault(key, known)
    return [group for group in groups.values() if len(group) > 1]
