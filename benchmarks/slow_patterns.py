"""Texts written to make regular expressions slow, against every one that the package holds.

    python -m benchmarks.slow_patterns [--seconds 1] [--seed 1] [--only NAME]

All patterns of modules and functions are found by themselves, with the methods they are used by; a
pattern written tomorrow is tried tomorrow. Each is given texts that begin like what it looks for,
go on with one filling, and end otherwise; those that take longest are measured at 2,000 and 8,000
characters. Where the time grows more than ``_MOST_GROWTH`` times (4 is linear, 16 quadratic) the
pattern is named, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import pkgutil
import random
import re
import sys
import time
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import regex

import assistant
import eval as evaluation

_SHORTEST, _LENGTH = 16, 2_000
_AT_ONCE = 0.15
"""Seconds for one text of at most ``_LENGTH``; the slowest good one takes a hundredth."""
_MOST_GROWTH = 9.0
_LEAST_SECONDS = 0.004
"""At 8,000 characters: half a microsecond a character is no danger, whatever its growth."""
_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")
_COMMON = " a1A.\n\t-_,\"'([<*#|:/!\u4e2d&"

BOUNDED = {
    "assistant.checking.missing_facts": "sentences and passages of some thousand characters",
    "assistant.text.facts": "sentences and passages of some thousand characters at most",
    "assistant.answering.several_steps": "questions of at most 300 characters",
    "assistant.answering.conflicts": "sentences of the documents",
    "assistant.checking.verbatim._MARKS": "looked for only where it stands at the start",
    "assistant.text.sentences._LAST_TOKEN": "the 100 characters before a mark",
    "assistant.citing.abstentions._ABSTAINS": "sentences of at most 300 characters",
    "assistant.computing.values": "cells and names of columns of at most 200 characters",
    "assistant.studying.prose": "sentences of at most 400 characters",
    "assistant.studying.words": "sentences of at most 600 characters",
    "assistant.server.policy._INLINE_SCRIPT": "our own page",
}
"""Modules and patterns whose texts are short by construction, and why: there quadratic is fast
enough."""


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern, where it stands, and a method that it is used by."""

    place: str
    pattern: Any
    method: str

    def seconds(self, text: str) -> float:
        """Processor time for one text."""
        subject = (
            text.encode("utf-8", "replace") if isinstance(self.pattern.pattern, bytes) else text
        )
        began = time.process_time()
        if self.method in ("sub", "subn"):
            self.pattern.sub(subject[:0], subject)
        elif self.method == "finditer":
            for _ in self.pattern.finditer(subject):
                pass
        else:
            getattr(self.pattern, self.method)(subject)
        return time.process_time() - began


@dataclass(frozen=True, slots=True)
class Slow:
    """A pattern and the text it is slow with."""

    found: Found
    opening: str
    filling: str
    ending: str
    length: int
    growth: float
    seconds: float

    def __str__(self) -> str:
        text = f"{self.opening!r} + {self.filling!r} × n + {self.ending!r}"
        return (
            f"{self.found.place} ({self.found.method}): {self.seconds * 1000:.0f} ms for "
            f"{self.length:,} characters, {self.growth:.1f} times as long as for a quarter: {text}"
        )


def patterns() -> list[Found]:
    """Every pattern of the two packages with every method that its module uses it by."""
    found: dict[tuple[Any, int, str], Found] = {}
    for module in _modules():
        path = Path(module.__file__ or "")
        with tokenize.open(path) as file:
            tree = ast.parse(file.read())
        used = _uses(tree)
        for name, value in vars(module).items():
            for each in _within(value):
                for method in used.get(name, ("finditer",)):
                    key = (each.pattern, each.flags, _alike(method))
                    found.setdefault(key, Found(f"{module.__name__}.{name}", each, key[2]))
        for line, text, method in _inline(tree):
            each = re.compile(text)
            key = (text, each.flags, _alike(method))
            found.setdefault(key, Found(f"{module.__name__}:{line}", each, key[2]))
    return sorted(found.values(), key=lambda each: (each.place, each.method))


def _alike(method: str) -> str:
    """Methods that go through a text in the same way."""
    return "finditer" if method in ("findall", "split", "search") else method


def _modules() -> Iterator[Any]:
    for package in (assistant, evaluation):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not info.name.endswith("__main__"):
                yield importlib.import_module(info.name)


def _within(value: object, depth: int = 0) -> Iterator[Any]:
    if isinstance(value, re.Pattern | regex.Pattern):
        yield value
    elif isinstance(value, dict) and depth < 3:
        for each in value.values():
            yield from _within(each, depth + 1)
    elif isinstance(value, tuple | list) and depth < 3:
        for each in value:
            yield from _within(each, depth + 1)


def _uses(tree: ast.Module) -> dict[str, set[str]]:
    """Name of a pattern → methods called on it."""
    used: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.attr in _METHODS
        ):
            used.setdefault(node.value.id, set()).add(node.attr)
    return used


def _inline(tree: ast.Module) -> Iterator[tuple[int, str | bytes, str]]:
    """Patterns that stand where they are used, as in ``re.sub("a+", …)``."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in _METHODS
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield node.lineno, node.args[0].value, node.func.attr


def slowest(found: Found, seconds: float, seed: int) -> Slow | None:
    """The text that a pattern is slowest with, if its time grows faster than the text."""
    source = found.pattern.pattern
    written = source.decode("latin-1") if isinstance(source, bytes) else source
    letters = list(dict.fromkeys(_COMMON + "".join(c for c in written if c.isprintable())))
    names = re.findall(r"[A-Za-z]{2,}", written)[:30]
    until = time.process_time() + seconds
    worst: list[tuple[float, str, str, str]] = []
    for opening, filling, ending in _texts(letters, names, random.Random(ascii((seed, written)))):
        length = _SHORTEST
        while True:
            taken = found.seconds(opening + filling * (length // len(filling) + 1) + ending)
            if taken > _AT_ONCE:  # of a short text: who doubles it may wait for ever
                return Slow(found, opening, filling, ending, length, float("inf"), taken)
            if length == _LENGTH:
                break
            length = min(_LENGTH, int(length * 1.4))
        worst.append((taken, opening, filling, ending))
        if time.process_time() > until:
            break
    worst.sort(reverse=True)
    for _, opening, filling, ending in worst[:3]:

        def at(length: int, parts: tuple[str, str, str] = (opening, filling, ending)) -> float:
            text = parts[0] + parts[1] * (length // len(parts[1])) + parts[2]
            return min(found.seconds(text) for _ in range(3))

        longer = at(4 * _LENGTH)
        growth = longer / max(at(_LENGTH), 1e-6)
        if longer > _LEAST_SECONDS and growth > _MOST_GROWTH:
            return Slow(found, opening, filling, ending, 4 * _LENGTH, growth, longer)
    return None


def _texts(
    letters: list[str], names: list[str], chance: random.Random
) -> Iterator[tuple[str, str, str]]:
    """Openings, fillings and endings: every letter alone first, then whatever comes."""
    for letter in letters:
        yield "", letter, "\0"
    for letter in letters:
        yield chance.choice(names or letters), letter, chance.choice("\0!x")
    while True:
        filling = "".join(
            chance.choice(letters + names[:6]) for _ in range(chance.choice((1, 2, 2, 3, 3, 4, 5)))
        )
        opening = "".join(
            chance.choice(letters + names) for _ in range(chance.choice((0, 0, 1, 2, 3)))
        )
        yield opening, filling, chance.choice(("", "\0", "!", "\n", "a", "1", " "))


def is_bounded(found: Found) -> bool:
    """Whether the texts of this pattern are short by construction."""
    return any(
        found.place == name or found.place.startswith((f"{name}.", f"{name}:")) for name in BOUNDED
    )


def slow_ones(
    seconds: float, seed: int = 1, only: str = "", tell: Callable[[str], None] = lambda _: None
) -> tuple[int, list[Slow]]:
    """How many patterns were tried, and those that are slow."""
    tried = [each for each in patterns() if only in each.place and not is_bounded(each)]
    slow = []
    for each in tried:
        found = slowest(each, seconds, seed)
        if found is not None:
            slow.append(found)
            tell(str(found))
    return len(tried), slow


def main() -> int:
    """Try every pattern, and name the slow ones."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=1.0, help="for each pattern")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="patterns whose place holds this")
    options = parser.parse_args()
    tried, slow = slow_ones(options.seconds, options.seed, options.only, print)
    print(f"{tried} patterns tried, {len(slow)} slower than their text is long")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
