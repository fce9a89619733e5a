"""Glob patterns on paths, matched in one pass over the name: time grows with its length alone.

A regular expression made from a pattern such as ``*a*a*a*b`` tries every division of the name
among its stars, and holds the interpreter while it does. Here all patterns run side by side as one
nondeterministic automaton whose states are the bits of one number (Baeza-Yates and Gonnet's
Shift-And): a character costs a few operations on a number as wide as the patterns, whatever stands
in them. Sets of states that were met before are kept, so that ordinary names cost a look-up a
character.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

_MOST_KEPT = 4096
"""Steps that are kept; ordinary patterns need dozens, patterns written to be slow any number."""


class PathPatterns:
    """Any of some patterns, matched with the whole path of a document, ``/`` between its folders.

    ``*`` and ``?`` stay in one folder, ``**`` crosses folders, ``**/`` may also be nothing.
    Brackets are letters like others: names of files have them more often than people mean sets.

    A pattern without a slash is matched with the file's own name; one that names a folder means
    all that is in it.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        wanted = dict.fromkeys(patterns)
        self._names = _Automaton(tuple(each for each in wanted if "/" not in each))
        self._paths = _Automaton(tuple(each.rstrip("/") for each in wanted if "/" in each), True)

    def match(self, path: str) -> bool:
        """Whether one of the patterns fits."""
        return self._names.accepts(path.rpartition("/")[2]) or self._paths.accepts(path)


class _Step(dict[str, "_Step"]):
    """A set of states, and the sets that the characters met so far lead to."""

    __slots__ = ("states",)
    states: int


class _Automaton:
    """The states of some patterns: bit n stands for "all before token n has been matched"."""

    def __init__(self, patterns: tuple[str, ...], and_below: bool = False) -> None:
        self._moves: dict[str, int] = {}
        """Character → states that it takes one further."""
        self._any_but_slash = 0
        self._stays = 0
        self._stays_in_folder = 0
        """Those of ``*`` as well: at any character but ``/``."""
        self._may_skip = 0
        self._may_enter = 0
        """States of ``**/``, which is two: to enter its folders, or to be past it."""
        self._accepting = 0
        self._bit = 1
        begins = 0
        for pattern in patterns:
            begins |= self._bit
            self._add(pattern, and_below)
        self._stays_in_folder |= self._stays
        self._kept: dict[int, _Step] = {}
        self._room = _MOST_KEPT
        self._begin = self._at(self._closed(begins))

    def accepts(self, text: str) -> bool:
        """Whether one of the patterns fits the whole text."""
        step = self._begin
        for at, character in enumerate(text):
            following = step.get(character)
            if following is None:
                if not self._room:
                    return self._accepts_rest(step.states, text, at)
                following = step[character] = self._at(self._after(step.states, character))
            if not following.states:
                return False
            step = following
        return bool(step.states & self._accepting)

    def _accepts_rest(self, states: int, text: str, at: int) -> bool:
        """The same, from a character on, keeping nothing."""
        for character in islice(text, at, None):
            states = self._after(states, character)
            if not states:
                return False
        return bool(states & self._accepting)

    def _at(self, states: int) -> _Step:
        self._room -= 1
        step = self._kept.get(states)
        if step is None:
            step = self._kept[states] = _Step()
            step.states = states
        return step

    def _after(self, states: int, character: str) -> int:
        """The states that a character leads to."""
        moves = self._moves.get(character, 0)
        if character == "/":
            stays = self._stays
        else:
            moves |= self._any_but_slash
            stays = self._stays_in_folder
        return self._closed((states & moves) << 1 | (states & stays))

    def _closed(self, states: int) -> int:
        """With the states that are reached without a character. Two stars never stand side by
        side, so that one pass in this order finds all."""
        states |= (states & self._may_enter) << 1 | (states & self._may_enter) << 2
        return states | (states & self._may_skip) << 1

    def _add(self, pattern: str, and_below: bool) -> None:
        for token in _tokens(pattern):
            if token == "**/":
                self._may_enter |= self._bit
                self._bit <<= 1
                self._stays |= self._bit
                self._move("/")
            elif token == "**":
                self._stays |= self._bit
                self._may_skip |= self._bit
            elif token == "*":
                self._stays_in_folder |= self._bit
                self._may_skip |= self._bit
            elif token == "?":
                self._any_but_slash |= self._bit
            else:
                self._move(token)
            self._bit <<= 1
        self._accepting |= self._bit
        if and_below:
            self._move("/")
            self._bit <<= 1
            self._stays |= self._bit
            self._accepting |= self._bit
        self._bit <<= 1

    def _move(self, character: str) -> None:
        self._moves[character] = self._moves.get(character, 0) | self._bit


def _tokens(pattern: str) -> list[str]:
    """``**/``, ``**``, ``*``, ``?`` and letters, without stars that another one makes idle."""
    found: list[str] = []
    at = 0
    while at < len(pattern):
        token = next((t for t in ("**/", "**") if pattern.startswith(t, at)), pattern[at])
        at += len(token)
        before = found[-1] if found else ""
        if token in ("**/", "**", "*") and before == "**":
            continue
        if token in ("**/", "**") and before == "**/":
            if token == "**":
                found[-1] = token
            continue
        found.append(token)
    return found
