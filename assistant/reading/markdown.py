"""Markdown: the stored text is the file's text without what the rendered page does not show."""

from __future__ import annotations

import re

from assistant.reading.encoding import decode
from assistant.reading.left_out import LeftOut
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.markdown_sight import as_read
from assistant.reading.plain import find_headings, first_line_title
from assistant.types import ParsedDocument

_FRONT_TITLE = re.compile(r"^title:(.+)$", re.MULTILINE | re.IGNORECASE)
_PACKED = re.compile(r"data:[\w/+.-]{3,60};base64,[A-Za-z0-9+/=_-]{40,}")


def read_markdown(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """A Markdown file with its headings; fenced code and front matter hold none.

    What is not read on the rendered page is left out of it (``markdown_sight``), and pictures
    packed into the text are.
    """
    text = decode(data, name)
    limits.check_characters(name, len(text))
    left_out = LeftOut()
    text = as_read(_PACKED.sub("", text) if ";base64," in text else text, left_out)
    body_start = _front_matter_end(text)
    headings = find_headings(text, body_start)
    front = _FRONT_TITLE.search(text, 0, body_start) if body_start else None
    if front and _bare(front[1]):
        title = _bare(front[1])
    elif headings:
        title = min(headings[:3], key=lambda heading: heading.level).title
    else:
        title = first_line_title(text[body_start:], name)
    return ParsedDocument(
        text=text,
        title=title,
        kind="markdown",
        headings=headings,
        is_markdown=True,
        notes=left_out.notes(),
    )


def _bare(value: str) -> str:
    """A value of front matter without its quotes."""
    value = value.strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def _front_matter_end(text: str) -> int:
    if not text.startswith("---\n"):
        return 0
    end = text.find("\n---", 4)
    return end + 4 if 0 < end < 5000 else 0
