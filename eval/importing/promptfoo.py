"""Assertions of promptfoo → facts, and what must not be said. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

EXPECTED = "__expected"
"""The column of a CSV that holds an assertion: ``contains: word``, or the whole answer."""
_ONE = frozenset("contains icontains equals starts-with".split())
_ANY = frozenset("contains-any icontains-any".split())
_ALL = frozenset("contains-all icontains-all".split())
_NOT = frozenset("not-contains not-icontains not-contains-any not-icontains-any".split())


@dataclass(frozen=True, slots=True)
class Asserted:
    """What assertions ask for. ``left_out`` names the kinds that a rule cannot judge alike."""

    facts: tuple[tuple[str, ...], ...] = ()
    must_not: tuple[str, ...] = ()
    refuse: bool = False
    left_out: tuple[str, ...] = ()


def variables(row: Mapping[str, Any]) -> dict[str, Any]:
    """The variables of a test, which hold its question."""
    given = row.get("vars")
    return {str(key): value for key, value in given.items()} if isinstance(given, Mapping) else {}


def asserted(rows: object) -> Asserted:
    """The assertions of a test that can be judged by rules."""
    facts: list[tuple[str, ...]] = []
    banned: list[str] = []
    left: list[str] = []
    refuse = False
    for row in rows if isinstance(rows, list) else []:
        kind = str(row.get("type", "")) if isinstance(row, Mapping) else ""
        values = _values(row.get("value")) if isinstance(row, Mapping) else []
        if kind == "is-refusal":
            refuse = True
        elif not values:
            left.append(kind or repr(row)[:40])
        elif kind in _ONE:
            facts.append((values[0],))
        elif kind in _ANY:
            facts.append(tuple(values))
        elif kind in _ALL:
            facts += [(each,) for each in values]
        elif kind in _NOT:
            banned += values
        else:
            left.append(kind)
    return Asserted(tuple(facts), tuple(banned), refuse, tuple(left))


def from_expected(text: str) -> Asserted:
    """The assertion of a cell."""
    kind, colon, value = text.partition(":")
    name = kind.strip()
    known = name in _ONE | _ANY | _ALL | _NOT
    if colon and known:
        several = name in _ANY | _ALL | _NOT
        values: Any = [v.strip() for v in value.split(",")] if several else value.strip()
        return asserted([{"type": name, "value": values}])
    if name == "is-refusal":
        return Asserted(refuse=True)
    if colon and name in ("llm-rubric", "similar", "javascript", "python", "fn", "eval", "grade"):
        return Asserted(left_out=(name,))
    return asserted([{"type": "equals", "value": text.strip()}])


def _values(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(each).strip() for each in value if str(each).strip()]
    return [str(value).strip()] if value is not None and str(value).strip() else []
