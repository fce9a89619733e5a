"""YAML text → plain values, bounded in length, depth and number; every slip is one short reason."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import Composer

MOST_CHARACTERS = 100_000
"""The packaged file has 9,000. PyYAML takes a tenth of a millisecond a character."""
_DEEPEST = 12
_MOST_VALUES = 10_000
"""With an alias counted as often as it is used: ten lines of them can stand for billions."""
_LARGEST = 10**15


class YAMLTextError(ValueError):
    """Text that is no YAML, or holds a value that cannot be used; one line says what and where."""


if yaml.__with_libyaml__:  # parses in a fifth of the time, 20 ms of each command

    class _Parser(Composer, yaml.CSafeLoader):
        """libyaml's parser below PyYAML's own composer, which tells how deep it is."""

        def __init__(self, text: str) -> None:
            yaml.CSafeLoader.__init__(self, text)
            Composer.__init__(self)

else:
    _Parser = yaml.SafeLoader  # type: ignore[misc,assignment]


class _Loader(_Parser):
    """A safe loader, which ends where nesting is too deep. Left alone PyYAML's takes 13 s for 9,000
    brackets, and then runs out of stack."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise YAMLTextError(f"lists or sections are nested more than {_DEEPEST} deep")
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


def read_values(text: str) -> Any:
    """The values of a YAML text. Raises ``YAMLTextError``."""
    if len(text) > MOST_CHARACTERS:
        raise YAMLTextError(f"more than {MOST_CHARACTERS:,} characters")
    try:
        values = yaml.load(text, _Loader)  # a SafeLoader
    except YAMLTextError:
        raise
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise YAMLTextError(f"{place}{exc.problem or exc.context}") from exc
    except yaml.YAMLError as exc:
        raise YAMLTextError(" ".join(str(exc).split())) from exc
    except Exception as exc:  # its constructors pass on whatever int(), float() and date() raise
        raise YAMLTextError("a number, a date or a tag cannot be read") from exc
    check_values(values)
    return values


def each_value(values: Any, most: int = _MOST_VALUES) -> Iterator[Any]:
    """All values of a tree, one of an alias as often as it is used. Raises ``YAMLTextError`` where
    there are too many, or they lie too deep."""
    waiting = [(values, 0)]
    seen = 0
    while waiting:
        value, depth = waiting.pop()
        seen += 1
        if seen > most:
            raise YAMLTextError(f"more than {most:,} values")
        if depth > _DEEPEST:
            raise YAMLTextError(f"lists or sections are nested more than {_DEEPEST} deep")
        if isinstance(value, Mapping):
            waiting.extend((each, depth + 1) for pair in value.items() for each in pair)
        elif isinstance(value, list | tuple | set | frozenset):
            waiting.extend((each, depth + 1) for each in value)
        yield value


def check_values(values: Any) -> None:
    """Raises ``YAMLTextError`` for values that are too deep, too many, or no use to anybody."""
    for value in each_value(values):
        if isinstance(value, str):
            if "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
                raise YAMLTextError("a text holds U+0000 or half of a character")
        elif isinstance(value, Path):
            if "\0" in str(value):
                raise YAMLTextError("a path holds U+0000")
        elif isinstance(value, int | float) and not abs(value) <= _LARGEST:
            raise YAMLTextError(_why_not(value))


def _why_not(value: float) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return f"{value} is no number that a setting can have"
    return "a number has more than 15 digits"
