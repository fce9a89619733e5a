"""Builds one text with exact spans from headings, paragraphs, rows and pages.

Every reader of a rich format writes through this class, so all texts have the same form: light
Markdown, blocks parted by an empty line, rows and list items on lines of their own, no control
characters, and never more characters than the limit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.errors import DocumentError
from assistant.reading.left_out import LeftOut
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.plain import first_line_title, name_title
from assistant.types import Heading, Page, ParsedDocument

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\u2028\u2029\x85]")
_UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufeff\u2060\u00ad\ud800-\udfff\ufffe\uffff]")
_BLANKS = re.compile(r"[ \t\u00a0]+")
_GENERIC_TITLE = re.compile(
    r"(?:microsoft (?:word|powerpoint|excel) -|(?:powerpoint|slide) ?pr[eäé]sentation$|untitled|"
    r"presentation\d*$|slide \d+$|document\d*$|title$|no title|"
    r".*\.(?:docx?|pptx?|xlsx?|tex|dvi|indd|qxd)$)",
    re.IGNORECASE,
)
_DATE = re.compile(r"\s*(\d{4}-\d\d-\d\d)")
_LANGUAGE = re.compile(r"\s*([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*\s*$")


def clean(text: str) -> str:
    """Text with ``\\n`` as its only line end, single blanks, and no control characters."""
    text = _UNWANTED.sub("", _LINE_ENDS.sub("\n", text))
    return _BLANKS.sub(" ", text)


def one_line(text: str) -> str:
    """Cleaned text without line ends."""
    return " ".join(clean(text).split())


def fenced(code: str, language: str = "") -> str:
    """Code between fences, which do not stand in it."""
    fence = "~~~" if "```" in code else "```"
    return f"{fence}{language}\n{code}\n{fence}"


def iso_date(text: str) -> str:
    """The date at the start of an ISO time, or an empty text."""
    match = _DATE.match(text)
    # 1601 and 1899 are where the clocks of old formats begin: nobody set them
    return match.group(1) if match and match.group(1) >= "1971" else ""


def language_tag(text: str) -> str:
    """The language of a tag such as ``en-GB`` in two or three small letters, or an empty text."""
    match = _LANGUAGE.match(text)
    return match.group(1).lower() if match else ""


@dataclass(frozen=True, slots=True)
class Details:
    """What a file says about itself, as it says it; checked and cut when the text is finished."""

    title: str = ""
    author: str = ""
    date: str = ""
    language: str = ""


NO_DETAILS = Details()


class Writer:
    """Builds one document's text."""

    def __init__(self, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> None:
        self._name = name
        self._limits = limits
        self._parts: list[str] = []
        self._length = 0
        self._was_tight = False
        self._page_starts: list[tuple[int, int]] = []
        self.headings: list[Heading] = []
        self._own_headings: list[Heading] = []
        self.has_words = False
        self.left_out = LeftOut()

    @property
    def length(self) -> int:
        """Characters written so far."""
        return self._length

    def heading(self, level: int, title: str, *, is_generated: bool = False) -> None:
        """A heading; ``is_generated`` says that the words are ours, as in "Slide 3"."""
        title = one_line(title)
        if not title:
            return
        level = min(max(level, 1), 6)
        start = self._write(f"{'#' * level} {title}", tight=False)
        self.headings.append(Heading(level, title, start))
        if not is_generated:
            self._own_headings.append(self.headings[-1])
            self.has_words = True

    def paragraph(self, text: str) -> None:
        """A block of prose; its own line ends stay."""
        self._block(text, tight=False)

    def line(self, text: str) -> None:
        """A row, a list item: stands directly under the line before it."""
        self._block(text, tight=True)

    def item(self, label: str, text: str, depth: int = 0) -> None:
        """An item of a list with its number or sign, set in as deep as its list lies in others."""
        lines = [line.strip() for line in clean(text).split("\n")]
        words = " ".join(line for line in lines if line)
        if words:
            self._write(f"{'  ' * min(depth, 8)}{one_line(label)} {words}", tight=True)
            self.has_words = True

    def verbatim(self, text: str) -> None:
        """A block whose blanks count, as in code."""
        text = _UNWANTED.sub("", _LINE_ENDS.sub("\n", text)).strip("\n")
        if text.strip():
            self._write(text, tight=False)
            self.has_words = True

    def gap(self) -> None:
        """The next line starts a new block."""
        self._was_tight = False

    def page(self, number: int) -> None:
        """What follows stands on this page (slide)."""
        self._limits.check_pages(self._name, len(self._page_starts) + 1)
        self._was_tight = False
        self._page_starts.append((number, self._length + (2 if self._parts else 0)))

    def embed(self, document: ParsedDocument, *, deeper: int) -> None:
        """Another document's text, its headings that many levels deeper."""
        start = self._write(document.text.strip("\n"), tight=False)
        shift = start - (len(document.text) - len(document.text.lstrip("\n")))
        for each in document.headings:
            place = min(max(start, each.start + shift), self._length)
            self.headings.append(Heading(min(each.level + deeper, 6), each.title, place))
        self.has_words = True

    def _block(self, text: str, *, tight: bool) -> None:
        lines = [line.strip() for line in clean(text).split("\n")]
        text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
        if text:
            self._write(text, tight=tight)
            self.has_words = True

    def _write(self, text: str, *, tight: bool) -> int:
        gap = ("\n" if tight and self._was_tight else "\n\n") if self._parts else ""
        start = self._length + len(gap)
        self._limits.check_characters(self._name, start + len(text))
        self._parts += [gap, text]
        self._length = start + len(text)
        self._was_tight = tight
        return start

    def finish(
        self, kind: str, details: Details = NO_DETAILS, *, notes: tuple[str, ...] = ()
    ) -> ParsedDocument:
        """The document. Raises ``DocumentError`` (``empty``) when no words were written."""
        if not self.has_words:
            raise DocumentError(f"{self._name} holds no text", outcome="empty")
        text = "".join(self._parts) + "\n"
        return ParsedDocument(
            text=text,
            title=self._title(details.title, text),
            kind=kind,
            pages=self._pages(),
            headings=tuple(self.headings),
            is_markdown=True,
            date=iso_date(details.date),
            language=language_tag(details.language),
            author=one_line(details.author)[:200],
            notes=(*notes, *self.left_out.notes()),
        )

    def _title(self, given: str, text: str) -> str:
        """The document's own title if it says something, else its first heading or line."""
        given = one_line(given)
        if given and len(given) <= 300 and not _GENERIC_TITLE.match(given):
            return given
        own = [heading for heading in self._own_headings[:3] if heading.start < 400]
        if own:
            return min(own, key=lambda heading: heading.level).title
        if self.headings and self.headings[0].start == 0:
            return name_title(self._name)
        title = first_line_title(text[:2000], self._name)
        return name_title(self._name) if " | " in title else title

    def _pages(self) -> tuple[Page, ...]:
        if not self._page_starts:
            return ()
        ends = [start for _, start in self._page_starts[1:]] + [self._length]
        pages = []
        for (number, start), end in zip(self._page_starts, ends, strict=True):
            start = min(start, self._length)
            pages.append(Page(number, start, max(start, min(end, self._length))))
        return tuple(pages)
