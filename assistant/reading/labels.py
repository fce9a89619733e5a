"""The words that tell a reader what kind of text follows: a footnote, a comment, a picture. Pure.

One form for each kind in every format; ``docs/formats.md`` lists them.
"""

from __future__ import annotations

import re

from assistant.reading.writing import one_line

_FILE_NAME = re.compile(
    r"\S+\.\w{2,4}$|(?:img|dsc|image|picture|grafik|bild)[\s_-]*\d*$|(?:\S+ ){0,2}(?:logo|icon)$",
    re.I,
)
_GENERATED = re.compile(
    r"(?<![\s.,])[\s.,]*+(?:description automatically generated|"
    r"ai-generated content may be incorrect|automatisch generierte beschreibung)[\s\w.]*$",
    re.I,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_MARKER = re.compile(r"[\s\[\](){}^.:*]+")


def footnote(text: str, number: str = "", kind: str = "Footnote") -> str:
    """A note, as it stands behind the paragraph that refers to it."""
    number = _MARKER.sub("", number)
    return f"({kind}{' ' if number else ''}{number}: {one_line(text)})"


def comment(text: str, author: str = "", about: str = "") -> str:
    """A remark in the margin, with who made it and what it is about."""
    by = f" by {one_line(author)}" if author.strip() else ""
    on = f" on {one_line(about)}" if about.strip() else ""
    return f"Comment{by}{on}: {one_line(text)}"


def speaker_notes(text: str) -> str:
    """What a speaker notes under a slide."""
    return f"Notes: {text.strip()}"


def picture(description: str, near: str = "") -> str:
    """A picture's description, or an empty text for one that says nothing: a file's name, a single
    word, what stands beside it anyway (``near``)."""
    words = _GENERATED.sub("", one_line(description))
    if len(_WORD.findall(words)) < 2 or _FILE_NAME.match(words) or len(words) > 1000:
        return ""
    if words.casefold().rstrip(".") in one_line(near).casefold():
        return ""
    return f"(Picture: {words})"
