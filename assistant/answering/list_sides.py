"""Two neighbouring items, or sentences, that define the things which a question tells apart. Pure.

"There are two kinds of boats: rowing boats, which …; sailing boats, which …" answers "What is the
difference between a rowing boat and a sailing boat?" with both items; no sentence compares them. So
do "A withdrawal takes …" and "A recall tells …" where they open two sentences of one passage.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.picks import Pick
from assistant.text.terms import STOP_WORDS, terms

_FEWEST_WORDS = 5
"""Words of an item that says something of what it opens with."""
_NEAR = 4000
"""Characters between the two items of one list."""
_BESIDE = 700
"""The same between two sentences."""
_PLACE = re.compile(r" (?:in|at|of|for|on|with|within|under) .{1,60}$")
"""What may stand behind the second thing and speaks of both: "and a source package in Debian"."""

_DOING = re.compile(r"\w{2,20}ing\b")
"""What is done, of which only the second names to what: "withdrawing and recalling a product"."""


def defined_side_by_side(
    names: Sequence[str], ranked: Sequence[Pick], *, in_prose: bool = False
) -> list[Pick]:
    """The item that opens with the first of two things and the one that opens with the second, of
    the document of the best pair, or two such sentences; none where only one of them is there."""
    own = _own_terms(names)
    if not all(own):
        return []
    kind, most = ("prose", _BESIDE) if in_prose else ("item", _NEAR)
    items = [pick for pick in ranked if pick.kind == kind and _says_something(pick)]
    sides = [[pick for pick in items if _opens_with(pick, each)] for each in own]
    pairs = [
        [first, second]
        for first in sides[0]
        for second in sides[1]
        if first.passage.document == second.passage.document
        and first.start != second.start
        and abs(first.start - second.start) <= most
    ]
    best = max(pairs, key=lambda pair: pair[0].order + pair[1].order, default=[])
    return [_first_of(pick, side) for pick, side in zip(best, sides, strict=False)]


def _first_of(pick: Pick, side: Sequence[Pick]) -> Pick:
    """The first sentence about a thing in the passage: it says what the thing is."""
    beside = [each for each in side if each.passage.chunk_id == pick.passage.chunk_id]
    return min(beside, key=lambda each: each.start)


def _own_terms(names: Sequence[str]) -> list[frozenset[str]]:
    """The terms of each thing that the other one lacks, without what stands behind both."""
    first, second = names
    if _DOING.fullmatch(first) and (does := _DOING.match(second)):
        second = does.group()
    bare = second if _PLACE.search(first) else _PLACE.sub("", second)
    mine, its = (frozenset(terms(name)) - STOP_WORDS for name in (first, bare))
    return [mine - its, its - mine]


def _opens_with(pick: Pick, own: frozenset[str]) -> bool:
    """Whether the first words with content of an item are those of a thing."""
    said = [t for t in terms(pick.text[:120], pick.passage.language) if t not in STOP_WORDS]
    return bool(own) and own <= {*said[: len(own)]}


def _says_something(pick: Pick) -> bool:
    return len(pick.text.split()) >= _FEWEST_WORDS
