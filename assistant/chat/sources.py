"""The documents in the sidebar, each with a tick; and which of them a question is asked of.

A row knows its number in the list of the index's documents. The page's script sends the numbers of
the ticked rows with the generation they count in: a name as it is drawn may be another than the
file's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from assistant.chat.escaped import address, one_line
from assistant.chat.overview import kind_of, why_not
from assistant.errors import FilterError
from assistant.settings.collections import qualified
from assistant.types import DocumentInfo, FileOutcome, Status

_MOST_ROWS = 2_000
_RANGE = re.compile(r"(\d{1,7})(?:-(\d{1,7}))?", re.ASCII)
_UNITS = ("bytes", "kB", "MB", "GB")
LONGEST = 20_000
"""Characters that the script may send."""


def draw_sources(
    infos: Sequence[DocumentInfo], status: Status | None, collections: Sequence[str] = ()
) -> str:
    """The list: folders, documents with their kind, day, size and state, and what is not read."""
    if status is None or not (infos or status.not_indexed):
        return '<div class="library"><p>There are no documents yet.</p></div>'
    rows: list[str] = []
    folder: tuple[str, ...] = ()
    for number, info in _in_folders(infos)[:_MOST_ROWS]:
        if _folders(info) != folder:
            folder = _folders(info)
            rows.append(_folder("/".join(folder)))
        rows.append(_row(number, info))
    if len(infos) > _MOST_ROWS:
        rows.append(f"<li>… and {len(infos) - _MOST_ROWS:,} more, which are always asked</li>")
    listed = (
        f'<p class="all"><button type="button" class="tick all" title="All documents">☑</button> '
        f"<strong>{len(infos):,} documents</strong> {_views(collections)}</p>"
        f'<ul class="sources g{_number(status)} n{len(infos)}">{"".join(rows)}</ul>'
        if infos
        else "<p>No document could be read.</p>"
    )
    return f'<div class="library">{listed}{_not_read(status.not_indexed)}</div>'


def _views(collections: Sequence[str]) -> str:
    """The ways to other views of the documents; the page's script adds which are ticked."""
    query = {"collection": tuple(collections)} if collections else {}
    return " ".join(
        f'<a class="view {name}" href="{address(f"/document/{name}", **query)}" '
        f'target="_blank">{words}</a>'
        for name, words in (("timeline", "Timeline"), ("cards", "Study cards"))
    )


def _folders(info: DocumentInfo) -> tuple[str, ...]:
    """The folders of a document; where there are collections its own is the first."""
    return (info.collection, *info.tags) if info.collection else info.tags


def _in_folders(infos: Sequence[DocumentInfo]) -> list[tuple[int, DocumentInfo]]:
    return sorted(enumerate(infos), key=lambda each: (_folders(each[1]), each[1].name))


def together(states: Mapping[str, Status], known: Collection[str]) -> Status:
    """The states of several collections as one; its generation names all of theirs."""
    each = list(states.values())
    not_indexed = [
        replace(file, document=qualified(name, file.document, known))
        for name, status in states.items()
        for file in status.not_indexed
    ]
    return replace(
        each[0],
        generation="+".join(f"{at}:{status.generation}" for at, status in enumerate(each)),
        documents=sum(status.documents for status in each),
        chunks=sum(status.chunks for status in each),
        size_bytes=sum(status.size_bytes for status in each),
        not_indexed=tuple(not_indexed),
    )


def _folder(name: str) -> str:
    return (
        f'<li class="folder"><button type="button" class="tick folder" title="All in '
        f'{one_line(name)}">☑</button> <span class="name">{one_line(name)}/</span></li>'
    )


def _row(number: int, info: DocumentInfo) -> str:
    facts = [one_line(kind_of(info)), one_line(info.date), _size(info.size_bytes)]
    state = ""
    if info.notes:
        state = (
            f' <span class="partly" title="{one_line("; ".join(info.notes))}">read in part</span>'
        )
    name = info.name.rpartition("/")[2]
    return (
        f'<li class="source d{number}"><button type="button" class="tick one" '
        f'title="{one_line(info.name)}">☑</button> <span class="about">'
        f'<a href="{address("/document", name=info.name)}" target="_blank">{one_line(info.title)}'
        f'</a> <span class="muted">{one_line(name)} · {" · ".join(facts)}{state}</span></span></li>'
    )


def _not_read(files: Sequence[FileOutcome]) -> str:
    if not files:
        return ""
    rows = "".join(
        f'<li class="{file.outcome}">{one_line(file.document)}: '
        f'<span class="muted">{one_line(why_not(file))}</span></li>'
        for file in files[:_MOST_ROWS]
    )
    return (
        f'<details class="not-read"><summary>{len(files):,} not indexed</summary>'
        f"<ul>{rows}</ul></details>"
    )


def _size(size: int) -> str:
    amount, unit = float(size), 0
    while amount >= 1000 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.0f} {_UNITS[unit]}" if unit < 2 else f"{amount:.1f} {_UNITS[unit]}"


def _number(status: Status) -> int:
    """The generation's number, for a name of a class."""
    return int(re.sub(r"\D", "", status.generation) or 0)


def chosen_names(ticked: str, infos: Sequence[DocumentInfo], status: Status) -> tuple[str, ...]:
    """The names that the script's numbers mean (``12:0,3-5``); none for all documents.

    Raises ``FilterError`` when nothing is ticked, and when the list has changed meanwhile.
    """
    generation, _, numbers = ticked[:LONGEST].partition(":")
    if not generation:
        return ()
    if generation != str(_number(status)):
        raise FilterError(
            "The documents have changed since their list was drawn",
            hint="load the page again, and tick the ones to ask",
        )
    chosen: set[int] = set()
    for part in filter(None, numbers.split(",")):
        found = _RANGE.fullmatch(part)
        if found is None:
            raise FilterError(f"{part[:20]!r} names no documents", hint="load the page again")
        first, last = int(found[1]), int(found[2] or found[1])
        chosen.update(range(first, min(last + 1, len(infos))))
    if not chosen:
        raise FilterError("No document is ticked", hint="tick at least one, or ask all")
    if len(infos) > _MOST_ROWS:
        chosen.update(number for number, _ in _in_folders(infos)[_MOST_ROWS:])
    return tuple(infos[number].name for number in sorted(chosen) if number < len(infos))
