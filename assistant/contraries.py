"""Two sentences about the same → what one of them turns round: a negation, an opposite, the roles.

Cheap and careful rather than complete: what it cannot tell it leaves alone. A denial that follows
from the source is fine ("did not rise" where it fell); a statement that the source only leaves
open says too much ("fell" where it did not rise); what cannot both hold is a contradiction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.matching import Problem
from assistant.polarity import CONVERSE, Clause, Relation, Scope, is_opposite, relation
from assistant.terms import STOP_WORDS

_LONGEST_SWAP = 8
"""Words between two names that may have changed places."""
_ABOUT_THE_SAME = 0.5

_Index = Mapping[str, list[int]]
"""What terms are compared by → their places."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A term of the sentence and one of the source, by their places, that do not agree."""

    kind: Literal["negation", "opposite", "stronger", "roles"]
    own: int
    source: int
    is_soft: bool = False


def turned_round(own: Clause, source: Clause, is_close: bool = True) -> list[Problem]:
    """Negations, opposites and swapped roles between a sentence and its best source sentence.

    ``is_close``: nearly all words are shared, so that a contradiction is grave.
    """
    found = list(_disagreements(own, source))
    problems = [_problem(each, own, source, is_close) for each in found]
    swapped = _swapped(own, source)
    if swapped and not any(each.kind == "roles" for each in found):
        problems.append(_roles(swapped, is_close))
    return problems


def opposed(own: Clause, source: Clause) -> list[Problem]:
    """Opposites of the words of a sentence in another one than the best ("Sales are told for 2019.
    They fell."), when half of what that one says is in the sentence; none of them grave."""
    found = [each for each in _disagreements(own, source) if each.kind == "opposite"]
    said = _telling(source, range(len(source.terms)))
    known = said & {term.stem for term in own.terms}
    if len(known) + len(found) < _ABOUT_THE_SAME * len(said):
        return []
    return [_problem(each, own, source, False) for each in found]


def has_opposite(own: Clause, source: Clause) -> bool:
    """Whether a word of the one is the opposite of a word of the other, negations minded."""
    return any(each.kind == "opposite" for each in _disagreements(own, source))


def is_denied_by(asked: Clause, said: Clause) -> bool:
    """Whether ``said`` denies anything, or says the opposite of what ``asked`` denies."""
    if said.scopes or any(term.is_denied for term in said.terms):
        return True
    index = _index(said, range(len(said.terms)))
    return any(_outcome(scope, asked, said, index)[0] == "holds" for scope in asked.scopes)


def _problem(found: _Found, own: Clause, source: Clause, is_close: bool) -> Problem:
    mine, theirs = own.shown(found.own), source.shown(found.source)
    if found.kind == "roles":
        return _roles(theirs, is_close)
    only = "only " if found.kind == "stronger" else ""
    text = f"the sentence says “{mine}” where the source says {only}“{theirs}”"
    is_grave = is_close and not found.is_soft and found.kind != "stronger"
    return Problem(found.kind, text, is_grave)


def _roles(shown: str, is_close: bool) -> Problem:
    return Problem("roles", f"the source has it the other way round: {shown}", is_close)


def _disagreements(own: Clause, source: Clause) -> Iterator[_Found]:
    known = _index(source, range(len(source.terms)))
    loose = _index(own, (at for at in range(len(own.terms)) if at not in own.negated))
    for scope in own.scopes:
        outcome, at, other, is_soft = _outcome(scope, own, source, known)
        if outcome == "fails":
            yield _Found("negation", at, other, is_soft)
        elif outcome == "open":
            yield _Found("stronger", at, other)
    for scope in source.scopes:
        outcome, at, other, is_soft = _outcome(scope, source, own, loose)
        if outcome == "fails":
            yield _Found("negation", other, at, is_soft)
        elif outcome == "holds" and _relations(own, other, source, known) == {"beyond"}:
            yield _Found("stronger", other, at)
    said = _index(source, (at for at in range(len(source.terms)) if at not in source.negated))
    yield from _opposites(own, loose, source, said)


def _outcome(
    scope: Scope, one: Clause, other: Clause, index: _Index
) -> tuple[Literal["holds", "fails", "open", ""], int, int, bool]:
    """What becomes of a negation beside another sentence, by which terms, and whether softly.

    All that it reaches is denied together: it holds when the other sentence denies any of that,
    and fails when the other one affirms it.
    """
    is_soft = scope.is_soft
    for at in scope.members:
        places = _counterparts(one, at, index)
        against = [p for p in places if _relation(one, at, other, p, bare=True) == "against"]
        if against:
            return "holds", at, against[0], is_soft
        is_soft = is_soft or (not places and is_opposite(one.terms[at]))
    head = scope.members[0]
    places = _counterparts(one, head, index)
    found = {_relation(one, head, other, place, bare=True) for place in places}
    if found == {"follows"}:
        return "fails", head, places[0], is_soft
    if found == {"beyond"}:
        return "open", head, places[0], is_soft
    return "", head, -1, is_soft


def _opposites(own: Clause, loose: _Index, source: Clause, said: _Index) -> Iterator[_Found]:
    """What both say without a negation, and cannot both be so; each pair of opposites once."""
    for key, mine in loose.items():
        theirs = said.get(key, [])
        found = {_relation(own, a, source, b) for a in mine for b in theirs}
        if len(found) != 1:
            continue
        are_turned = key.split("|")[0] in CONVERSE and _change_places(
            own, mine[0], source, theirs[0]
        )
        if found == {"against"} and not are_turned:
            yield _Found("opposite", mine[0], theirs[0])
        elif found == {"follows"} and are_turned:
            yield _Found("roles", mine[0], theirs[0])


def _index(clause: Clause, places: Iterable[int]) -> _Index:
    index: dict[str, list[int]] = {}
    for at in places:
        if at not in clause.unsure:
            for reading in clause.terms[at].readings:
                index.setdefault(reading.key, []).append(at)
    return index


def _counterparts(clause: Clause, at: int, index: _Index) -> list[int]:
    return [p for reading in clause.terms[at].readings for p in index.get(reading.key, ())]


def _relations(own: Clause, at: int, source: Clause, index: _Index) -> set[Relation | None]:
    return {_relation(own, at, source, place) for place in _counterparts(own, at, index)}


def _relation(
    one: Clause, at: int, other: Clause, place: int, bare: bool = False
) -> Relation | None:
    """``bare``: without the negation around the first term."""
    mine, theirs = one.terms[at], other.terms[place]
    is_negative = mine.is_denied if bare else one.is_negative(at)
    return relation(mine.readings, is_negative, theirs.readings, other.is_negative(place))


def _change_places(own: Clause, at: int, source: Clause, place: int) -> bool:
    """Whether what stands before a word in the one stands after it in the other, and turned."""
    mine = [_telling(own, range(at)), _telling(own, range(at + 1, len(own.terms)))]
    theirs = [_telling(source, range(place)), _telling(source, range(place + 1, len(source.terms)))]
    return bool((mine[0] - mine[1]) & (theirs[1] - theirs[0])) and bool(
        (mine[1] - mine[0]) & (theirs[0] - theirs[1])
    )


def _telling(clause: Clause, places: Iterable[int]) -> set[str]:
    stems = (clause.terms[at].stem for at in places if _is_content(clause, at))
    return {term for term in stems if not term.isdigit()}


def _is_content(clause: Clause, at: int) -> bool:
    term = clause.terms[at]
    return bool(term.readings) and term.stem not in STOP_WORDS


def _swapped(own: Clause, source: Clause) -> str:
    """``a v b`` where the source has ``b v a``, all three once in both and no passive in one."""
    mine, theirs = _stems(own), _stems(source)
    if ("by" in mine) != ("by" in theirs):
        return ""
    count, other = Counter(mine), Counter(theirs)
    places = {t: at for at, t in enumerate(theirs) if _is_content(source, at) and other[t] == 1}
    shared = [(at, t) for at, t in enumerate(mine) if t in places and count[t] == 1]
    for (i, a), (_, v), (k, b) in zip(shared, shared[1:], shared[2:], strict=False):
        between = {*mine[i:k], *theirs[places[b] : places[a]]}
        if (
            places[b] < places[v] < places[a]
            and k - i <= _LONGEST_SWAP
            and not between & {"and", "or"}
        ):
            return " … ".join(source.word(places[t]) for t in (b, v, a))
    return ""


def _stems(clause: Clause) -> Sequence[str]:
    return [term.stem for term in clause.terms]
