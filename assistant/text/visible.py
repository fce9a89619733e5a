"""Text of documents, models, people and errors → text that is safe to show.

The one place that says which characters are never shown as they are: those that steer a terminal,
that turn the direction of what stands around them, that break lines where nobody expects it, and
halves of characters. Whatever prints, draws or exports builds on these functions.
"""

from __future__ import annotations

import json
import re
import reprlib
from typing import Any

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb"
    "\ud800-\udfff]"
)
_BLANK = re.compile(r"\s+")
_HALVES = re.compile("[\ud800-\udfff]+")
_LONGEST_VALUE = 80


def visible(text: str) -> str:
    """Text in which each unsafe character is U+FFFD; line feeds and tabs stay."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str) -> str:
    """The same in one line: every stretch of white space is one space."""
    return visible(_BLANK.sub(" ", text).strip())


def as_json(data: Any, indent: int | None = None) -> str:
    """JSON that loses nothing: unsafe characters are written as ``\\u009b`` and the like."""
    return _UNSAFE.sub(_escape, json.dumps(data, ensure_ascii=False, indent=indent))


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"


def is_safe(text: str) -> bool:
    """Whether ``visible`` changes nothing."""
    return _UNSAFE.search(text) is None


def whole_characters(text: str) -> str:
    """Text whose halves of characters are joined, or replaced where the other half is missing."""
    return _HALVES.sub(
        lambda match: match.group().encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
        text,
    )


def shown_value(value: object) -> str:
    """A value of any kind for a message: shortened, and safe as Python writes it."""
    try:
        if isinstance(value, str):
            more = "…" if len(value) > _LONGEST_VALUE else ""
            return repr(value[:_LONGEST_VALUE]) + more
        return reprlib.repr(value)
    except (ValueError, RecursionError):  # a number of more than 4,300 digits is not written out
        return f"of type {type(value).__name__}"
