"""Text of documents, models and users → HTML without any markup of theirs.

Every draw function of the chat uses ``escape``, ``one_line``, ``as_written`` or ``address``;
nothing else may put text into a page.
The HTML never holds a line break: Gradio reads messages as Markdown, where an element that starts
the text is passed on as it is until the first empty line.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from urllib.parse import urlencode

from assistant.text.visible import one_line as plain_line
from assistant.text.visible import visible

_MARKDOWN = re.compile(r"[\\`*_\[\]()#~|!$<>&\"'{}]|^(?=\s*(?:[-+]|\d+[.)]))|(?<=\w):(?=//)|@")


def escape(text: str) -> str:
    """Text for an element or a quoted attribute; line breaks stay as character references."""
    return html.escape(visible(text)).replace("\r", "").replace("\n", "&#10;")


def one_line(text: str) -> str:
    """Escaped text with every stretch of white space as one space."""
    return html.escape(plain_line(text))


def as_written(text: str) -> str:
    """Escape a user's message, which Gradio parses as Markdown.

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


def address(path: str, **query: str | int | Sequence[str]) -> str:
    """An escaped address inside of this server; a sequence gives its name once for each value."""
    return html.escape(f"{path}?{urlencode(query, doseq=True)}" if query else path)
