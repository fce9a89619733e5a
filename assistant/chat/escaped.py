"""Text of documents, models and people → HTML that is only text.

Every draw function of the chat builds on these three; nothing else may put a text into a page.
The HTML never holds a line break: Gradio reads messages as Markdown, where an element that starts
the text is passed on as it is until the first empty line.
"""

from __future__ import annotations

import html
import re
from urllib.parse import urlencode

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ud800-\udfff]"
)
_MARKDOWN = re.compile(r"[\\`*_\[\]()#~|!$<>&\"'{}]|^(?=\s*(?:[-+]|\d+[.)]))|(?<=\w):(?=//)|@")
_BLANK = re.compile(r"\s+")


def visible(text: str) -> str:
    """Text with control and direction characters and halves of characters replaced by U+FFFD."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def escape(text: str) -> str:
    """Text for an element or a quoted attribute; line breaks stay as character references."""
    return html.escape(visible(text)).replace("\r", "").replace("\n", "&#10;")


def one_line(text: str) -> str:
    """Escaped text with every stretch of white space as one space."""
    return html.escape(visible(_BLANK.sub(" ", text).strip()))


def as_written(text: str) -> str:
    """A person's own words for a message that Gradio reads as Markdown: nothing in it is markup.

    Plain words stay as they are, so that the words can be edited in place.
    """
    lines = [_MARKDOWN.sub(_reference, line) for line in visible(text).split("\n")]
    return "<br>".join(line.replace("www.", "www&#46;") for line in lines)


def unescape(text: str) -> str:
    """What ``as_written`` was made from."""
    return html.unescape(text.replace("<br>", "\n").replace("\N{ZERO WIDTH SPACE}", ""))


def _reference(match: re.Match[str]) -> str:
    character = match.group()
    # A zero-width character keeps a line that starts like a list from becoming one.
    return f"&#{ord(character)};" if character else "\N{ZERO WIDTH SPACE}"


def address(path: str, **query: str | int) -> str:
    """An escaped address inside of this server."""
    return html.escape(f"{path}?{urlencode(query)}" if query else path)
