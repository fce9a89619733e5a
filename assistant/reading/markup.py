"""Written markup (reST, Org, AsciiDoc, LaTeX) → the text as it is read, with its headings.

The file's own characters stay, but for comments, struck text, and what is no text at all; tables
become those of Markdown, footnotes move behind their paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from assistant.reading.asciidoc import as_read as asciidoc_as_read
from assistant.reading.encoding import decode
from assistant.reading.latex import as_read as latex_as_read
from assistant.reading.left_out import LeftOut
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.markdown_sight import with_footnotes
from assistant.reading.plain import find_headings, first_line_title, name_title
from assistant.reading.restructured import as_read as restructured_as_read
from assistant.types import Heading, ParsedDocument

_ORG = re.compile(r"^(\*{1,6}) +(.{1,200})$", re.MULTILINE)
_ASCIIDOC = re.compile(r"^(={1,6}) +(.{1,200})$", re.MULTILINE)
_UNDERLINE = re.compile(r"([=\-`:.'\"~^_*+#<>])\1{2,}[ \t]*$")
_LATEX = (".tex", ".ltx", ".latex")
_ORG_COMMENT = re.compile(
    r"^[ \t]*#\+BEGIN_COMMENT\b(?:(?!^[ \t]*#\+END_COMMENT).*\n)*.*\n?|^[ \t]*#(?: .*)?\n",
    re.MULTILINE | re.IGNORECASE,
)
_ORG_CODE = re.compile(
    r"^[ \t]*#\+BEGIN_(?:SRC|EXAMPLE)\b(?:(?!^[ \t]*#\+END_).*\n)*.*",
    re.MULTILINE | re.IGNORECASE,
)
_ORG_STRUCK = re.compile(
    r"(?:[ ]|(?<![^\s(\[{|]))\+(?=\S)[^+\n|]{1,300}(?<=\S)\+(?=[\s.,;:!?)\]}|]|$)"
)
_ORG_TITLE = re.compile(r"^#\+TITLE:[ \t]*(\S.*)$", re.MULTILINE | re.IGNORECASE)
_ORG_CAPTION = re.compile(r"^[ \t]*#\+(?:CAPTION|NAME):[ \t]*", re.MULTILINE | re.IGNORECASE)
_ORG_NOTE = re.compile(r"\[fn:([\w-]{1,60})\]")


def read_markup(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """A text in reST, Org, AsciiDoc or LaTeX with its headings."""
    text = decode(data, name)
    limits.check_characters(name, len(text))
    left_out = LeftOut()
    suffix = PurePath(name).suffix.lower()
    title = ""
    if suffix == ".org":
        title = match[1] if (match := _ORG_TITLE.search(text)) else ""
        text = _org_as_read(text, left_out)
        found = _starred(_ORG, text)
    elif suffix in (".adoc", ".asciidoc"):
        text = asciidoc_as_read(text, left_out)
        found = _starred(_ASCIIDOC, text)
    elif suffix in _LATEX:
        title, text = latex_as_read(text, left_out)
        found = iter(find_headings(text))
    else:
        text = restructured_as_read(text, left_out)
        found = _underlined(text)
    headings = tuple(found)
    title = title or (headings[0].title if headings else first_line_title(text, name))
    return ParsedDocument(
        text=text,
        title=title or name_title(name),
        kind="text",
        headings=headings,
        is_markdown=suffix in _LATEX,
        notes=left_out.notes(),
    )


def _org_as_read(text: str, left_out: LeftOut) -> str:
    """An Org file without comments and struck words; code blocks stay as they are."""
    pieces: list[str] = []
    at = 0
    for match in [*_ORG_CODE.finditer(text), None]:
        end = match.start() if match else len(text)
        prose, comments = _ORG_COMMENT.subn("", text[at:end])
        prose, struck = _ORG_STRUCK.subn("", prose)
        left_out.add("comment", comments)
        left_out.add("struck", struck)
        pieces += [_ORG_CAPTION.sub("", prose), match.group() if match else ""]
        at = match.end() if match else end
    text = "".join(pieces)
    if "[fn:" not in text:
        return text
    text = re.sub(r"^\[fn:([\w-]{1,60})\][ \t]+", r"[^\1]: ", text, flags=re.MULTILINE)
    return with_footnotes(_ORG_NOTE.sub(r"[^\1]", text))


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
