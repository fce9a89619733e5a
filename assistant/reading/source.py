"""Source code → the file's own text, in which spans count; its sections are what it defines."""

from __future__ import annotations

import re
from pathlib import PurePath

from assistant.reading.encoding import decode
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.types import Heading, ParsedDocument

_DEFINITION = re.compile(
    r"^(?P<indent>[ \t]{0,16})(?:(?:export|default|public|private|protected|internal|static|final|"
    r"abstract|async|pub(?:\(\w+\))?|unsafe|open|override|sealed|inline) ){0,5}"
    r"(?:class|def|function|func|fn|interface|struct|enum|trait|impl|module|namespace|object|"
    r"protocol|sub|procedure|package|contract) "
    r"(?P<name>[A-Za-z_$][\w$.:]{0,80})",
    re.MULTILINE,
)


def read_code(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """A program's text; its sections are what it defines."""
    text = decode(data, name)
    headings = []
    for match in _DEFINITION.finditer(text):
        indent = len(match["indent"].expandtabs(4)) // 4
        headings.append(Heading(min(indent + 1, 6), match["name"].rstrip(":."), match.start()))
        if len(headings) >= 5000:
            break
    return ParsedDocument(
        text=text, title=PurePath(name).name, kind="code", headings=tuple(headings)
    )
