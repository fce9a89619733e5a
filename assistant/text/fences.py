"""The lines that fence a block of code, and the underlines of headings that look like them. Pure.

Printed texts underline with tildes ("Patterns" above "~~~~~~~~"), which in Markdown open a block of
code.
"""

from __future__ import annotations

import re

_FENCE = re.compile(r"[ \t]*(?:```|~~~)")
_FENCE_OF_TEXT = re.compile(r"^[ \t]{0,3}(?:```|~~~)[^\n]*", re.MULTILINE)
_UNDERLINE = re.compile(r"~{4,}")
_LENGTH_DIFFERS = 2
"""Characters by which an underline may be shorter or longer than the line above it."""


def is_fence(line: str, above: str, *, is_open: bool) -> bool:
    """Whether a line opens or closes a block of code; ``above`` is the line before it, and
    ``is_open`` whether a block is open there."""
    return _FENCE.match(line) is not None and (is_open or not is_underline(line, above))


def fences(text: str) -> list[int]:
    """Where the lines begin that open and close blocks of code, in turn."""
    found: list[int] = []
    for match in _FENCE_OF_TEXT.finditer(text):
        start = match.start()
        above = text[text.rfind("\n", 0, max(0, start - 1)) + 1 : start] if start else ""
        if is_fence(match.group(), above, is_open=len(found) % 2 == 1):
            found.append(start)
    return found


def is_underline(line: str, above: str) -> bool:
    """Whether a line of tildes underlines the one before it."""
    signs = line.rstrip()
    title = above.rstrip()
    is_as_long = bool(title) and abs(len(signs) - len(title)) <= _LENGTH_DIFFERS
    return is_as_long and _UNDERLINE.fullmatch(signs) is not None and "~~" not in title
