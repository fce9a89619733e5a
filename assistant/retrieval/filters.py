"""Which documents a question is asked of: by path, type, date and folder.

``make_filters`` validates filters from the command line, Python and HTTP, including all limits
of number and length. ``Selection`` tests one document. Both are pure. Empty filters select
every document.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import PurePosixPath
from typing import Protocol
from weakref import WeakKeyDictionary

from assistant.errors import FilterError
from assistant.text.globs import PathPatterns
from assistant.text.visible import shown_value
from assistant.types import DocumentInfo, Filters

MOST_VALUES = 100
LONGEST_VALUE = 500
"""Characters of one value; a longer pattern is a slip."""
MOST_CHARACTERS = 5_000
"""Of all values of one filter. The matcher's time for a name grows with it: patterns of so many
characters take .4 s for 60,000 names of 60 characters, and 5 s when names and patterns were written
to take long."""
MOST_NAMES, MOST_NAME_CHARACTERS = 20_000, 2_000_000
"""Of ``names``, which are compared as they are, and looked up."""
_UNUSABLE = re.compile("[\0\ud800-\udfff]")
_TYPE = re.compile(r"\.?[a-z0-9]{1,20}", re.IGNORECASE)
_DAY = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


class Catalogue(Protocol):
    """The part of a snapshot that filters need."""

    def infos(self) -> Sequence[tuple[str, DocumentInfo]]:
        """What is known of every document, each with its id."""
        ...


_LAST_CHOSEN: WeakKeyDictionary[Catalogue, tuple[Filters, list[str], bool]] = WeakKeyDictionary()


def make_filters(
    paths: Sequence[str] = (),
    types: Sequence[str] = (),
    after: str = "",
    before: str = "",
    tags: Sequence[str] = (),
    names: Sequence[str] = (),
    collections: Sequence[str] = (),
) -> Filters:
    """Filters from text. Raises ``FilterError`` that names the value which cannot be used.

    ``after`` and ``before`` are days (``2020-01-31``), months or years, both included.
    """
    return checked_filters(
        Filters(
            tuple(paths),
            tuple(types),
            after,
            before,
            tuple(tags),
            tuple(names),
            tuple(collections),
        )
    )


def given_filters(filters: object) -> Filters:
    """The same. Raises ``FilterError`` for what are no ``Filters``."""
    if isinstance(filters, Filters):
        return filters
    raise FilterError(
        f"The filters {shown_value(filters)} are none",
        hint='give `assistant.Filters(types=("pdf",))`, for example',
    )


def checked_filters(filters: Filters) -> Filters:
    """The filters in canonical form. Raises ``FilterError`` for an invalid value."""
    cleaned = Filters(
        paths=tuple(_text("path", value) for value in _several("path", filters.paths)),
        types=tuple(_type(value) for value in _several("type", filters.types)),
        after=_day("after", filters.after, last=False),
        before=_day("before", filters.before, last=True),
        tags=tuple(
            _text("tag", value).strip("/").casefold() for value in _several("tag", filters.tags)
        ),
        names=_names(filters.names),
        collections=_collections(filters.collections),
    )
    if cleaned.after and cleaned.before and cleaned.after > cleaned.before:
        raise FilterError(
            f"No day is after {filters.after!r} and before {filters.before!r}",
            hint="both days are included; swap them",
        )
    if any(not tag for tag in cleaned.tags):
        raise FilterError("tag '/' names no folder", hint="for example --tag reports")
    return cleaned


class Selection:
    """Tests whether filters select a document: every given filter must match, by any of its
    values.

    Composed (NFC) and decomposed (NFD) letters are equal, because some systems store file names
    in NFD. ``is_any_case`` ignores letter case in paths. Not thread-safe: use one per question.
    """

    def __init__(self, filters: Filters, *, is_any_case: bool = False) -> None:
        self._filters = filters
        self._is_any_case = is_any_case
        self._paths = PathPatterns(self._level(path) for path in filters.paths)
        self._tags = tuple(map(_composed, filters.tags))
        self._types = frozenset(filters.types)
        self._names = frozenset(filters.names)

    def means(self, document: DocumentInfo) -> bool:
        """Whether a document is meant."""
        filters = self._filters
        return (
            (not self._types or not self._types.isdisjoint(
                (document.kind, _suffix(document.name))))
            and (not filters.after or document.date >= filters.after)
            and (not filters.before or document.date <= filters.before)
            and (not filters.tags or _is_tagged(document, self._tags))
            and (not self._names or document.name in self._names)
            and (not filters.paths or self._fits(document))
        )  # fmt: skip

    def _fits(self, document: DocumentInfo) -> bool:
        inside, name = document.path_inside, document.name
        return self._paths.match(self._level(inside)) or (
            inside != name and self._paths.match(self._level(name))
        )

    def _level(self, path: str) -> str:
        composed = _composed(path)
        return composed.casefold() if self._is_any_case else composed


def chosen_documents(filters: Filters, snapshot: Catalogue) -> list[str] | None:
    """The ids of the documents that the filters mean; None for all.

    Raises ``FilterError`` for an invalid value, and when no document matches. The last
    selection in a snapshot is cached: one answer needs it twice, and follow-ups need it again.
    """
    return _chosen(filters, snapshot)[0] if filters else None


def differs_in_case(filters: Filters, snapshot: Catalogue) -> bool:
    """Whether paths of the filters fit documents only without regard to case; answers say so."""
    return bool(filters.paths) and _chosen(filters, snapshot)[1]


def _chosen(filters: Filters, snapshot: Catalogue) -> tuple[list[str], bool]:
    last = _LAST_CHOSEN.get(snapshot)
    if last is not None and last[0] == filters:
        return last[1:]
    infos = snapshot.infos()
    checked = checked_filters(filters)
    for is_any_case in (False, True) if filters.paths else (False,):
        selection = Selection(checked, is_any_case=is_any_case)
        chosen = [identity for identity, info in infos if selection.means(info)]
        if chosen:
            _LAST_CHOSEN[snapshot] = (filters, chosen, is_any_case)
            return chosen, is_any_case
    raise no_document(filters, [info for _, info in infos])


def describe(filters: Filters) -> str:
    """The filters in words, for messages."""
    told = [
        *(f"collection {value}" for value in filters.collections),
        *(f"path {value}" for value in filters.paths),
        *(f"type {value}" for value in filters.types),
        *([f"after {filters.after}"] if filters.after else []),
        *([f"before {filters.before}"] if filters.before else []),
        *(f"tag {value}" for value in filters.tags),
        *(
            [f"{len(filters.names):,} chosen documents"]
            if len(filters.names) > 1
            else filters.names
        ),
    ]
    return ", ".join(told)


def no_document(filters: Filters, documents: Iterable[DocumentInfo]) -> FilterError:
    """The error for no matching document, with the values that exist."""
    infos = list(documents)
    parts = []
    if filters.types:
        kinds = sorted({_suffix(info.name) or info.kind for info in infos})
        parts.append(f"types there are: {', '.join(kinds[:12])}")
    if filters.tags:
        tags = sorted({tag for info in infos for tag in info.tags})
        parts.append(f"folders there are: {', '.join(tags[:12]) or 'none'}")
    if (filters.after or filters.before) and infos:
        days = sorted(info.date for info in infos)
        parts.append(f"dates go from {days[0]} to {days[-1]}")
    if filters.paths and infos:
        names = sorted(info.name for info in infos)
        parts.append(f"a path looks like {names[0]}")
    return FilterError(
        f"No document of the index fits {describe(filters)}",
        hint="; ".join(parts) or "`assistant status --documents` lists them",
    )


def _several(
    name: str, values: object, most: int = MOST_VALUES, most_characters: int = MOST_CHARACTERS
) -> tuple[object, ...]:
    """The values of one filter; a single text is a likely slip for a tuple of one."""
    if isinstance(values, str):
        return (values,)
    if not isinstance(values, tuple | list):
        raise FilterError(
            f"{name} {shown_value(values)} is not a text", hint="give texts, in a tuple"
        )
    if len(values) > most:
        raise FilterError(
            f"{len(values):,} values of {name}; {most:,} is the most",
            hint="name a folder, or a pattern that fits several files",
        )
    characters = sum(len(value) for value in values if isinstance(value, str))
    if characters > most_characters:
        raise FilterError(
            f"The values of {name} have {characters:,} characters; {most_characters:,} is the most",
            hint="name a folder, or a pattern that fits several files",
        )
    return tuple(values)


def _names(values: object) -> tuple[str, ...]:
    """Whole names of documents: many may be given, since each is only looked up."""
    given = _several("name", values, MOST_NAMES, MOST_NAME_CHARACTERS)
    for value in given:
        if not isinstance(value, str) or not value:
            raise FilterError(
                f"name {shown_value(value)} is no name of a document",
                hint="`assistant status --documents` lists them",
            )
    return tuple(map(str, given))


def _collections(values: object) -> tuple[str, ...]:
    """Names of collections; whether they are there is asked where they are opened."""
    return tuple(_text("collection", each) for each in _several("collection", values))


def _text(name: str, value: object) -> str:
    if (
        not isinstance(value, str)
        or not value.strip()
        or len(value) > LONGEST_VALUE
        or _UNUSABLE.search(value)
    ):
        raise FilterError(
            f"{name} {shown_value(value)} cannot be used",
            hint=f"it takes 1 to {LONGEST_VALUE} characters of text",
        )
    return value.strip().removeprefix("./")


def _type(value: object) -> str:
    text = _text("type", value)
    if not _TYPE.fullmatch(text):
        raise FilterError(
            f"type {text!r} cannot be used", hint="a type is a suffix, as in --type pdf"
        )
    return text.removeprefix(".").lower()


def _day(name: str, value: object, *, last: bool) -> str:
    """A day in ISO form; a year or a month means its first day, or its last."""
    if value == "":
        return ""
    if isinstance(value, date):
        value = value.isoformat()[:10]
    hint = f"a day as 2020-01-31, a month as 2020-01 or a year: --{name} 2020-01-31"
    if not isinstance(value, str) or not _DAY.fullmatch(value.strip()):
        raise FilterError(f"{name} {shown_value(value)} is not a date", hint=hint)
    numbers = [int(part) for part in value.strip().split("-")]
    try:
        if len(numbers) == 3:
            return date(*numbers).isoformat()
        year, month = numbers[0], numbers[1] if len(numbers) == 2 else (12 if last else 1)
        first = date(year, month, 1)
        if not last:
            return first.isoformat()
        following = date(year + month // 12, month % 12 + 1, 1) if year < 9999 else date.max
        return date.fromordinal(following.toordinal() - (following != date.max)).isoformat()
    except ValueError as exc:
        raise FilterError(f"{name} {value!r} is not a date: {exc}", hint=hint) from exc


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower().removeprefix(".")


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _is_tagged(document: DocumentInfo, tags: Sequence[str]) -> bool:
    """A folder by its name, or by a path of folders as in ``reports/2020``."""
    folders = f"/{_composed('/'.join(document.tags)).casefold()}/"
    return any(f"/{tag}/" in folders for tag in tags)
