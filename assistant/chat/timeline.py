"""What the documents say of days and years, in order: their own sentences, each with its place.

The page has no scripts, as the page of a document. Reading a folder takes long when it is large, so
one request reads a part, and what was read is kept: the page says when it is not whole yet.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.chat.document_page import framed, title_of
from assistant.chat.escaped import address, escape, one_line
from assistant.service.service import Service
from assistant.text.dated_sentences import dated_sentences
from assistant.text.visible import one_line as plain_line
from assistant.types import Source

MOST_CHARACTERS = 3_000_000
"""Of the documents that one request reads for the first time."""
MOST_DOCUMENTS = 1_000
"""On one timeline; more would take seconds to look up."""
_MOST_KEPT = 5_000
"""Documents whose sentences are kept."""
_ON_A_PAGE = 200
_MONTHS = (
    "January February March April May June July August September October November December"
).split()


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence with one of its dates (as in ``DatedSentence``) and the place it stands at."""

    when: str
    words: str
    document: str
    title: str
    page: int | None
    start: int
    end: int
    version: str


@dataclass(frozen=True, slots=True)
class DatedStatements:
    """Statements by their dates, of ``read`` documents. ``to_read`` are those whose turn comes with
    the next request, ``left_out`` those that are over the limit."""

    statements: tuple[Statement, ...]
    read: int
    to_read: int = 0
    left_out: int = 0


class Timeline:
    """The dated statements of a service's documents."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._one_at_a_time = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], tuple[Statement, ...]] = OrderedDict()

    def of(self, names: Sequence[str]) -> DatedStatements:
        """The statements of these documents; of those that the caller may not ask, none."""
        statements: list[Statement] = []
        read = to_read = characters = 0
        with self._one_at_a_time:
            for name in names[:MOST_DOCUMENTS]:
                source = self._service.lookup(name)
                if source is None:
                    continue
                key = (name, source.sha256)
                if key not in self._kept:
                    if characters and characters + len(source.text) > MOST_CHARACTERS:
                        to_read += 1
                        continue
                    characters += len(source.text)
                    self._keep(key, tuple(_statements(source)))
                self._kept.move_to_end(key)
                statements += self._kept[key]
                read += 1
        statements.sort(key=lambda each: (each.when, each.document, each.start))
        left_out = max(0, len(names) - MOST_DOCUMENTS)
        return DatedStatements(tuple(statements), read, to_read, left_out)

    def _keep(self, key: tuple[str, str], statements: tuple[Statement, ...]) -> None:
        self._kept[key] = statements
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)


def _statements(source: Source) -> Iterable[Statement]:
    starts = [page.start for page in source.pages]
    for each in dated_sentences(source.text):
        at = bisect_right(starts, each.start) - 1
        yield Statement(
            each.when, plain_line(source.text[each.start : each.end]), source.name,
            title_of(source),
            source.pages[at].number if at >= 0 else None, each.start, each.end, source.sha256[:16],
        )  # fmt: skip


# ---------------------------------------------------------------- the page


@dataclass(frozen=True, slots=True)
class TimelineRequest:
    """What the page was asked for: the words to find, its number from 1, and what its address names
    besides."""

    find: str = ""
    page: int = 1
    ticked: str = ""
    collections: tuple[str, ...] = ()

    def link(self, page: int) -> str:
        """The escaped address of another page of the same."""
        query: dict[str, str | int | Sequence[str]] = {"page": page}
        if self.find:
            query["find"] = self.find
        if self.ticked:
            query["ticked"] = self.ticked
        if self.collections:
            query["collection"] = self.collections
        return address("/document/timeline", **query)


def draw_timeline(found: DatedStatements, asked: TimelineRequest) -> str:
    """The page: years as headings, under each its statements with their sources."""
    shown = _alike(_matching(found.statements, asked.find))
    pages = max(1, -(-len(shown) // _ON_A_PAGE))
    number = min(asked.page, pages)
    part = shown[(number - 1) * _ON_A_PAGE : number * _ON_A_PAGE]
    said = f"{len(shown):,} dated {'statement' if len(shown) == 1 else 'statements'}"
    if asked.find:
        said += f" with “{one_line(asked.find)}”"
    said += f" of {found.read:,} documents, in their own words, by the dates that they name."
    body = [
        '<header><nav aria-label="Timeline"><a href="/">← Back to the chat</a></nav>',
        _search(asked), "</header><h1>Timeline</h1>",
        f'<p class="muted" role="status">{said}</p>',
    ]  # fmt: skip
    if found.to_read:
        body.append(
            f"<p><strong>Not whole yet: {found.to_read:,} more documents are to be read.</strong> "
            f'<a href="{asked.link(number)}">Read on</a></p>'
        )
    if found.left_out:
        body.append(
            f"<p><strong>{found.left_out:,} documents are left out.</strong> Tick those that "
            "matter in the chat, and open the timeline there.</p>"
        )
    if not shown:
        body.append("<p>None of these documents states a date that could be read.</p>")
    year = ""
    for same in part:
        if same[0].when[:4] != year:
            body.append("</ol>" if year else "")
            year = same[0].when[:4]
            body.append(f'<h2>{year}</h2><ol class="timeline">')
        body.append(_row(same))
    body.append("</ol>" if year else "")
    body.append(_turning_pages(asked, number, pages))
    return framed("Timeline", "".join(body))


def _matching(statements: Sequence[Statement], find: str) -> list[Statement]:
    words = find.casefold().split()
    return [s for s in statements if all(word in s.words.casefold() for word in words)]


def _alike(statements: Sequence[Statement]) -> list[list[Statement]]:
    """Those that say the same of the same date as one."""
    found: dict[tuple[str, str], list[Statement]] = {}
    for each in statements:
        found.setdefault((each.when, each.words), []).append(each)
    return list(found.values())


def _row(same: Sequence[Statement]) -> str:
    first = same[0]
    places = " · ".join(_place(each) for each in same)
    return (
        f'<li><time datetime="{first.when}">{_day(first.when)}</time> <span>{one_line(first.words)}'
        f'</span> <span class="muted">{places}</span></li>'
    )


def _day(when: str) -> str:
    """``4 May 2013`` of ``2013-05-04``."""
    year, *rest = when.split("-")
    numbers = [int(part) for part in rest]
    month = f"{_MONTHS[numbers[0] - 1]} " if numbers else ""
    day = f"{numbers[1]} " if len(numbers) > 1 else ""
    return f"{day}{month}{year}"


def _place(statement: Statement) -> str:
    url = address(
        "/document", name=statement.document, start=statement.start, end=statement.end,
        version=statement.version,
    )  # fmt: skip
    page = f", page {statement.page}" if statement.page is not None else ""
    return f'<a href="{url}#cited">{one_line(statement.title)}{page}</a>'


def _search(asked: TimelineRequest) -> str:
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in (
            *([("ticked", asked.ticked)] if asked.ticked else []),
            *(("collection", each) for each in asked.collections),
        )
    )
    return (
        f'<form role="search" action="/document/timeline" method="get" class="search">{hidden}'
        '<input type="search" name="find" aria-label="Find in the timeline" maxlength="200" '
        f'placeholder="Find in the timeline …" value="{one_line(asked.find)}">'
        '<button type="submit">Find</button></form>'
    )


def _turning_pages(asked: TimelineRequest, number: int, pages: int) -> str:
    if pages == 1:
        return ""
    links = [
        f'<a href="{asked.link(number + step)}" rel="{rel}">{word}</a>'
        for step, rel, word in ((-1, "prev", "← Earlier"), (1, "next", "Later →"))
        if 1 <= number + step <= pages
    ]
    return (
        f'<nav aria-label="Pages"><span>Page {number} of {pages}</span> {" · ".join(links)}</nav>'
    )
