"""Plain text and Markdown: the stored text is the file's own, so spans count in the file."""

from __future__ import annotations

import re
from pathlib import PurePath

from assistant.reading.encoding import decode
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.types import Heading, ParsedDocument

_ATX = re.compile(r"^[ ]{0,3}(#{1,6})[ \t]+([^ \t].*)$")
_CLOSING = re.compile(r"[ \t]#+$")
_FENCE = re.compile(r"^[ ]{0,3}(```+|~~~+)")
_SETEXT = re.compile(r"^[ ]{0,3}(=+|-+)[ \t]*$")
_FRONT_TITLE = re.compile(r"^title:(.+)$", re.MULTILINE | re.IGNORECASE)
_PACKED = re.compile(r"data:[\w/+.-]{3,60};base64,[A-Za-z0-9+/=_-]{40,}")
_CANDIDATE = re.compile(r"\n(?=[ ]{0,3}(?:#{1,6}[ \t]|```|~~~|(?:=+|-+)[ \t]*(?:\n|\Z)))")
"""The line's end before a line that one of those may match: three of four seconds for 45 MB were
spent on the other lines."""
_LONGEST_HEADING, _LONGEST_TITLE = 1000, 200
_INLINE = re.compile(r"[*_`]+|\[([^\]]{0,300})\]\([^)]{0,1000}\)")


def read_text(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """A text file; its title is a short first line, else the file's name."""
    text = decode(data, name)
    limits.check_characters(name, len(text))
    return ParsedDocument(text=text, title=first_line_title(text, name), kind="text")


def read_markdown(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """A Markdown file with its headings; fenced code and front matter hold none.

    Pictures packed into the text are the one thing left out of it.
    """
    text = _PACKED.sub("", decode(data, name))
    limits.check_characters(name, len(text))
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
        text=text, title=title, kind="markdown", headings=headings, is_markdown=True
    )


def find_headings(text: str, start: int = 0) -> tuple[Heading, ...]:
    """ATX and setext headings of Markdown text, outside fenced code."""
    found: list[Heading] = []
    fence = ""
    padded = "\n" + text[start:]
    for candidate in _CANDIDATE.finditer(padded):
        begin = candidate.end()
        body = padded[begin : _line_end(padded, begin)]
        if len(body) > _LONGEST_HEADING:
            continue
        opening = _FENCE.match(body)
        if opening:
            mark = opening.group(1)[:3]
            fence = "" if fence == mark else (fence or mark)
        elif not fence:
            atx = _ATX.match(body)
            setext = _SETEXT.match(body)
            if atx:
                found.append(
                    Heading(len(atx[1]), plain_words(_unclosed(atx[2])), start + begin - 1)
                )
            elif setext:
                above = padded.rfind("\n", 0, max(0, begin - 1)) + 1
                title = padded[above : begin - 1]
                if _can_be_title(title):
                    level = 1 if setext.group(1)[0] == "=" else 2
                    found.append(Heading(level, plain_words(title), start + above - 1))
    return tuple(found)


def _unclosed(heading: str) -> str:
    """A heading without the signs that may close it: ``Ponds ##``, but ``C#``."""
    return _CLOSING.sub("", heading.rstrip(" \t"))


def _bare(value: str) -> str:
    """A value of front matter without its quotes."""
    value = value.strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _can_be_title(line: str) -> bool:
    """Whether a line that is underlined is a heading, and not the end of something else."""
    return (
        0 < len(line.strip()) <= len(line) <= _LONGEST_TITLE
        and not line.lstrip().startswith(("-", "|", ">"))
        and not _ATX.match(line)
        and not _FENCE.match(line)
    )


def plain_words(markup: str) -> str:
    """Heading text without emphasis marks and link targets."""
    return _INLINE.sub(lambda match: match.group(1) or "", markup).strip()


def first_line_title(text: str, name: str) -> str:
    """The first line when it looks like a title, else the file's name made readable."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if 0 < len(first) <= 120 and not first.endswith((".", ",", ";", "|")):
        return plain_words(first.lstrip("# "))
    return name_title(name)


def name_title(name: str) -> str:
    """``reports/iclr-history.md`` → ``iclr history``."""
    return re.sub(r"[-_]+", " ", PurePath(name).stem).strip() or name


def _front_matter_end(text: str) -> int:
    if not text.startswith("---\n"):
        return 0
    end = text.find("\n---", 4)
    return end + 4 if 0 < end < 5000 else 0
