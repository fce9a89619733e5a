"""Plain text: the stored text is the file's own, so spans count in the file. Also headings."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import PurePath

from assistant.reading.encoding import decode
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.printed_headings import printed_headings
from assistant.text.sentences import BOLD_QUESTION
from assistant.types import Heading, ParsedDocument

_ATX = re.compile(r"^[ ]{0,3}(#{1,6})[ \t]+([^ \t].*)$")
_CLOSING = re.compile(r"[ \t]#+$")
_FENCE = re.compile(r"^[ ]{0,3}(```+|~~~+)")
_SETEXT = re.compile(r"^[ ]{0,3}(=+|-+)[ \t]*$")
_CANDIDATE = re.compile(
    r"\n(?=[ ]{0,3}(?:#{1,6}[ \t]|```|~~~|(?:=+|-+)[ \t]*(?:\n|\Z)"
    r"|(?:(?:[-*+]|\d{1,3}[.)])[ ]{1,3})?(?:\*\*|__)))"
)
"""The line's end before a line that one of those may match: three of four seconds for 45 MB were
spent on the other lines."""
_TIME = re.compile(r"\W?\d{1,4}[-:/.]\d{1,2}[-:/.]\d{1,4}\b")
"""Such a line is an entry of a log and no title."""
_LABEL = re.compile(
    r"[*_]{0,2}[^\W\d_][^\W\d_.'’/-]{0,30}(?: [^\W\d_]{1,20})?[*_]{0,2}:[*_]{0,2}\s+(\S.*)"
)
_VALUE = re.compile(r"\d|@|://")
_BY_LINE = re.compile(
    r"(?i:by|von|par|por|di|door|av)(?: (?:[^\W\d_a-z]\S*|and|und|et|y|e|&)){2,8}"
)
_DAY = re.compile(
    r"(?:[^\W\d_]+, )?(?:\d{1,2}(?:st|nd|rd|th|\.)? [^\W\d_]+|[^\W\d_]+ \d{1,2}),? \d{4}"
)
_LONGEST_HEADING, _LONGEST_TITLE = 1000, 200
_DEEPEST = 6
_INLINE = re.compile(r"[*_`]+|\[([^\]]{0,300})\]\([^)]{0,1000}\)")


def read_text(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """A text file; its title is a short first line, else the file's name."""
    text = decode(data, name)
    limits.check_characters(name, len(text))
    return ParsedDocument(
        text=text,
        title=first_line_title(text, name),
        kind="text",
        headings=printed_headings(text),
    )


def find_headings(text: str, start: int = 0) -> tuple[Heading, ...]:
    """ATX and setext headings of Markdown text and questions in bold on lines of their own, outside
    fenced code."""
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
            asked = BOLD_QUESTION.match(body)
            if asked:
                found.append(Heading(_DEEPEST, plain_words(asked[1]), start + begin - 1))
            elif atx:
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
    lines = (line.strip() for line in text.splitlines())
    first, second = [*islice(filter(None, lines), 2), "", ""][:2]
    is_short = 0 < len(first) <= 120 and not first.endswith((".", ",", ";", "|"))
    if is_short and not says_no_title(first, second):
        return plain_words(first.lstrip("# "))
    return name_title(name)


def says_no_title(line: str, following: str = "") -> bool:
    """Whether a first line is an entry of a log, a label with its value ("Phone: 0555 1"), a
    by-line or a date: then the file's name says more."""
    if _TIME.match(line) or _BY_LINE.fullmatch(line) or _DAY.fullmatch(line):
        return True
    label = _LABEL.match(line)
    return label is not None and bool(_VALUE.search(label[1]) or _LABEL.match(following))


def name_title(name: str) -> str:
    """``reports/iclr-history.md`` → ``iclr history``."""
    return re.sub(r"[-_]+", " ", PurePath(name).stem).strip() or name
