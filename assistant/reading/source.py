"""Source code and written markup (reST, Org, AsciiDoc, LaTeX) → the file's own text with sections.

The stored text is the file's, so spans count in the file. Sections are classes and functions, or
the markup's headings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from assistant.reading.encoding import decode
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.plain import first_line_title, name_title
from assistant.types import Heading, ParsedDocument

_DEFINITION = re.compile(
    r"^(?P<indent>[ \t]{0,16})(?:(?:export|default|public|private|protected|internal|static|final|"
    r"abstract|async|pub(?:\(\w+\))?|unsafe|open|override|sealed|inline) ){0,5}"
    r"(?:class|def|function|func|fn|interface|struct|enum|trait|impl|module|namespace|object|"
    r"protocol|sub|procedure|package|contract) "
    r"(?P<name>[A-Za-z_$][\w$.:]{0,80})",
    re.MULTILINE,
)
_ORG = re.compile(r"^(\*{1,6}) +(.{1,200})$", re.MULTILINE)
_ASCIIDOC = re.compile(r"^(={1,6}) +(.{1,200})$", re.MULTILINE)
_LATEX = re.compile(
    r"^[ \t]*\\(part|chapter|section|subsection|subsubsection|paragraph)\*?"
    r"(?:\[[^\]]{0,200}\])?\{([^{}]{1,200})\}",
    re.MULTILINE,
)
_LATEX_LEVELS = {
    "part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5,
}  # fmt: skip
_UNDERLINE = re.compile(r"([=\-`:.'\"~^_*+#<>])\1{2,}[ \t]*$")


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


def read_markup(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """A text in reST, Org, AsciiDoc or LaTeX with its headings."""
    text = decode(data, name)
    suffix = PurePath(name).suffix.lower()
    if suffix == ".org":
        found = _starred(_ORG, text)
    elif suffix in (".adoc", ".asciidoc"):
        found = _starred(_ASCIIDOC, text)
    elif suffix in (".tex", ".ltx", ".latex"):
        found = (
            Heading(_LATEX_LEVELS[match[1]], match[2].strip(), match.start())
            for match in _LATEX.finditer(text)
        )
    else:
        found = _underlined(text)
    headings = tuple(found)
    title = headings[0].title if headings else first_line_title(text, name) or name_title(name)
    return ParsedDocument(text=text, title=title, kind="text", headings=headings)


def _starred(pattern: re.Pattern[str], text: str) -> Iterator[Heading]:
    for match in pattern.finditer(text):
        yield Heading(len(match[1]), match[2].strip(), match.start())


def _underlined(text: str) -> Iterator[Heading]:
    """reST: the level of a kind of line is the order in which the kinds come up."""
    kinds: list[str] = []
    earlier, before, before_start = "", "", 0
    offset = 0
    for line in text.splitlines(keepends=True):
        body = line.rstrip()
        match = _UNDERLINE.match(body)
        title = before.strip()
        if match and title and not _UNDERLINE.match(title) and len(body) >= len(title):
            kind = match[1] + ("^" if _UNDERLINE.match(earlier) else "")
            if kind not in kinds:
                kinds.append(kind)
            yield Heading(min(kinds.index(kind) + 1, 6), title, before_start)
        earlier, before, before_start = before, body, offset
        offset += len(line)
