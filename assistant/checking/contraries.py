"""Two sentences → what in one denies the other: negations, opposites, swapped roles.

It prefers precision to recall: an undecided pair is no finding. "Did not rise" follows from
"fell" and is supported; "fell" says more than "did not rise" and is not; two statements that
cannot both hold are a contradiction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from assistant.checking.missing_facts import Problem
from assistant.checking.opposites import Relation, relation
from assistant.checking.polarity import Clause, NegationScope, is_opposite
from assistant.checking.roles import swapped, telling, turned_about

_DENIES_AFTER = re.compile(
    r"\s+(?:by\s+)?(?:no|nobody|none|never|nowhere|not|neither)\b"
    r"(?! (?:only|just|least|later|more|less|fewer))(?:\s+\w+){0,3}",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\buntil\b", re.IGNORECASE)
_ABOUT_THE_SAME = 0.5
_MOST_APART = 2
"""Words that each of two sentences may have for itself to be nearly the same."""

_Index = Mapping[str, list[int]]
"""What terms are compared by → their places."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A term of the sentence and one of the source, by their places, that do not agree."""

    kind: Literal["negation", "opposite", "stronger"]
    own: int
    source: int
    is_soft: bool = False


def turned_round(own: Clause, source: Clause, is_close: bool = True) -> list[Problem]:
    """Negations, opposites and swapped roles between a sentence and its best source sentence.

    ``is_close``: nearly all words are shared, so that a contradiction is grave.
    """
    found = list(_disagreements(own, source))
    problems = [_problem(each, own, source, is_close) for each in found]
    if not problems:
        problems += _unknown(own, source)
    if not _is_about_turned(own, source):
        there = swapped(own, source)
        problems += [_roles(there, is_close)] if there else []
    return problems


def opposed(own: Clause, best: Clause, beside: Clause) -> list[Problem]:
    """Opposites in the sentences next to the best one ("These are the sales of 2019. They
    fell."), if half of such a sentence's words are in the claim. None of them is grave."""
    known = best.index()
    found = [
        each
        for each in _disagreements(own, beside)
        if each.kind == "opposite" and not _counterparts(own, each.own, known)
    ]
    said = set(telling(beside))
    shared = said & {term.stem for term in own.terms}
    if len(shared) + len(found) < _ABOUT_THE_SAME * len(said):
        return []
    return [_problem(each, own, beside, False) for each in found]


def has_opposite(own: Clause, source: Clause) -> bool:
    """Whether a word of one sentence is the opposite of a word of the other, negations
    included."""
    return any(each.kind == "opposite" for each in _disagreements(own, source))


def has_denial(own: Clause, source: Clause) -> bool:
    """Whether one sentence denies what the other, without a negation, affirms. "Not until May"
    affirms it, and "needs no oil" answers what is not needed."""
    if _UNTIL.search(own.text) or _UNTIL.search(source.text) or (own.scopes and source.scopes):
        return False
    return any(each.kind == "negation" for each in _disagreements(own, source))


def is_denied_by(asked: Clause, said: Clause) -> bool:
    """Whether ``said`` denies anything, or says the opposite of what ``asked`` denies."""
    if said.scopes:
        return True
    index = said.index()
    return any(_outcome(scope, asked, said, index)[0] == "holds" for scope in asked.scopes)


def denied_around(whole: Clause, start: int, end: int) -> list[Problem]:
    """What denies a stretch of a sentence from outside: "nobody says that …", "… by nobody"."""
    for scope in whole.scopes:
        reached = (at for at in scope.members if start <= whole.terms[at].start < end)
        for at in reached:
            if scope.start < start:
                text = f"the source says “{whole.shown(at)}”"
                return [Problem("negation", text, is_grave=False)]
    follows = _DENIES_AFTER.match(whole.text, end)
    if follows:
        text = f"the source goes on “{' '.join(follows.group().split())}”"
        return [Problem("negation", text, is_grave=False)]
    return []


def _problem(found: _Found, own: Clause, source: Clause, is_close: bool) -> Problem:
    there = turned_about(own, found.own, source, found.source)
    if there and found.kind != "stronger":
        return _roles(there, is_close and not found.is_soft)
    mine, theirs = own.shown(found.own), source.shown(found.source)
    only = "only " if found.kind == "stronger" else ""
    text = f"the sentence says “{mine}” where the source says {only}“{theirs}”"
    is_grave = is_close and not found.is_soft and found.kind != "stronger"
    return Problem(found.kind, text, is_grave)


def _roles(there: str, is_grave: bool) -> Problem:
    return Problem("roles", f"the source has it the other way round: {there}", is_grave)


def _is_about_turned(own: Clause, source: Clause) -> bool:
    """Whether a comparative such as "older" has its two sides swapped."""
    theirs = source.index()
    return any(
        turned_about(own, at, source, place)
        for key, places in own.index().items()
        for at in places
        for place in theirs.get(key, ())
    )


def _unknown(own: Clause, source: Clause) -> list[Problem]:
    """A denial of something that the other sentence, nearly the same, has no word for and denies
    nothing itself: "did not construct the bridge" beside "built the bridge"."""
    mine, theirs = set(telling(own)), set(telling(source))
    if max(len(mine - theirs), len(theirs - mine)) > _MOST_APART:
        return []
    for one, other, name, rest in (
        (own, source, "sentence", "source"),
        (source, own, "source", "sentence"),
    ):
        if other.scopes or any(term.is_denied for term in other.terms):
            continue
        index = other.index()
        for scope in one.scopes:
            head = scope.members[0]
            is_open = not _outcome(scope, one, other, index)[0]
            if is_open and not scope.is_whole and not _counterparts(one, head, index):
                text = f"the {name} says “{one.shown(head)}”, the {rest} denies nothing"
                return [Problem("negation", text, is_grave=False)]
    return []


def _disagreements(own: Clause, source: Clause) -> Iterator[_Found]:
    mine, theirs = own.index(), source.index()
    told: set[int] = set()
    agreed: list[set[int]] = [set(), set()]  # "never closed" agrees with "always open"
    is_excepted = own.has_exception or source.has_exception
    for scope in own.scopes:
        outcome, at, other, is_soft = _outcome(scope, own, source, theirs)
        if outcome == "holds":
            agreed[0].add(scope.start)
        if outcome == "fails":
            told.add(at)
            yield _Found("negation", at, other, is_soft or is_excepted)
        elif outcome == "open" or (outcome == "holds" and not _follows(own, at, source, theirs)):
            yield _Found("stronger", at, other)
    for scope in source.scopes:
        outcome, at, other, is_soft = _outcome(scope, source, own, mine)
        if outcome == "holds":
            agreed[1].add(scope.start)
        if outcome == "fails" and other not in told:
            yield _Found("negation", other, at, is_soft or is_excepted)
        elif outcome == "holds" and not _follows(own, other, source, theirs):
            yield _Found("stronger", other, at)
    for found in _opposites(own, source):
        starts = own.terms[found.own].start, source.terms[found.source].start
        if starts[0] not in agreed[0] and starts[1] not in agreed[1]:
            yield found


def _outcome(
    scope: NegationScope, one: Clause, other: Clause, index: _Index
) -> tuple[Literal["holds", "fails", "open", ""], int, int, bool]:
    """Whether the other sentence confirms or contradicts a negation, by which terms, and
    whether softly.

    All that it reaches is denied together: it holds when the other sentence denies any of that,
    and fails when the other one affirms it.
    """
    is_soft = scope.is_soft
    found: list[tuple[Relation | None, int, int]] = []
    for at in scope.members:
        places = _counterparts(one, at, index)
        is_soft = is_soft or (not places and (scope.is_whole or is_opposite(one.terms[at])))
        for place in places:
            known = _relation(one, at, other, place, bare=True)
            if known == "against":
                return "holds", at, place, is_soft
            found.append((known, at, place))
    if scope.is_whole and 2 * len({at for _, at, _ in found}) < len(scope.members):
        return "", scope.members[0], -1, is_soft
    # Where both deny as a whole, only a pair of opposites tells what the one says of the other.
    is_told = scope.is_whole and any(p in other.reached and a in one.reached for _, a, p in found)
    deciding = one.negated if is_told else scope.members if scope.is_whole else scope.members[:1]
    found = [each for each in found if each[1] in deciding]
    outcomes = {known for known, _, _ in found}
    if outcomes not in ({"follows"}, {"beyond"}):
        return "", scope.members[0], -1, is_soft
    _, at, place = found[-1]
    return ("fails" if outcomes == {"follows"} else "open"), at, place, is_soft


def _opposites(own: Clause, source: Clause) -> Iterator[_Found]:
    """What both say without a negation, and cannot both be so; each pair of opposites once."""
    theirs = source.index(source.negated | source.reached | source.unsure)
    for key, mine in own.index(own.negated | own.reached | own.unsure).items():
        said = theirs.get(key, [])
        found = {_relation(own, a, source, b) for a in mine for b in said}
        if len(found) != 1:
            continue
        if found == {"against"}:
            yield _Found("opposite", mine[0], said[0])


def _counterparts(clause: Clause, at: int, index: _Index) -> list[int]:
    return [p for reading in clause.terms[at].readings for p in index.get(reading.key, ())]


def _follows(own: Clause, at: int, source: Clause, index: _Index) -> bool:
    """Whether a term follows from any of the source, or nobody can tell."""
    return any(
        at in own.unsure
        or at in own.reached
        or _relation(own, at, source, place) in (None, "follows")
        for place in _counterparts(own, at, index)
    )


def _relation(
    one: Clause, at: int, other: Clause, place: int, bare: bool = False
) -> Relation | None:
    """The relation of two terms; None if undecided. ``bare`` ignores the negation around the
    first."""
    mine, theirs = one.terms[at], other.terms[place]
    if place in other.unsure or (place in other.reached and not mine.is_denied):
        return None
    own_negative = mine.is_denied if bare else one.is_negative(at)
    other_negative = other.is_negative(place) or place in other.reached
    is_turned = bool(turned_about(one, at, other, place))
    return relation(mine.readings, own_negative, theirs.readings, other_negative, is_turned)
