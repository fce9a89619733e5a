"""Two sentences about the same → what one of them turns round: a negation, an opposite, the roles.

Cheap and careful rather than complete: what it cannot tell it leaves alone. A denial that follows
from the source is fine ("did not rise" where it fell); a statement that the source only leaves
open says too much ("fell" where it did not rise); what cannot both hold is a contradiction.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.matching import Problem
from assistant.opposites import CONVERSE, Relation, relation
from assistant.polarity import Clause, Scope, is_opposite
from assistant.terms import STOP_WORDS

_LONGEST_SWAP = 8
"""Words between two names that may have changed places."""
_DENIES_AFTER = re.compile(
    r"\s+(?:by\s+)?(?:no|nobody|none|never|nowhere|not|neither)\b"
    r"(?! (?:only|just|least|later|more|less|fewer))(?:\s+\w+){0,3}",
    re.IGNORECASE,
)
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
    swapped = _swapped(own, source)
    if swapped:
        text = f"the source has it the other way round: {swapped}"
        problems.append(Problem("roles", text, is_close))
    return problems


def opposed(own: Clause, best: Clause, beside: Clause) -> list[Problem]:
    """Opposites of the words of a sentence beside the best one ("Sales are told for 2019. They
    fell."), when half of what is said there is in the sentence; none of them grave."""
    known = _index(best)
    found = [
        each
        for each in _disagreements(own, beside)
        if each.kind == "opposite" and not _counterparts(own, each.own, known)
    ]
    said = set(_telling(beside))
    shared = said & {term.stem for term in own.terms}
    if len(shared) + len(found) < _ABOUT_THE_SAME * len(said):
        return []
    return [_problem(each, own, beside, False) for each in found]


def has_opposite(own: Clause, source: Clause) -> bool:
    """Whether a word of the one is the opposite of a word of the other, negations minded."""
    return any(each.kind == "opposite" for each in _disagreements(own, source))


def is_denied_by(asked: Clause, said: Clause) -> bool:
    """Whether ``said`` denies anything, or says the opposite of what ``asked`` denies."""
    if said.scopes:
        return True
    index = _index(said)
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
    mine, theirs = own.shown(found.own), source.shown(found.source)
    only = "only " if found.kind == "stronger" else ""
    text = f"the sentence says “{mine}” where the source says {only}“{theirs}”"
    is_grave = is_close and not found.is_soft and found.kind != "stronger"
    return Problem(found.kind, text, is_grave)


def _unknown(own: Clause, source: Clause) -> list[Problem]:
    """A denial of something that the other sentence, nearly the same, has no word for and denies
    nothing itself: "did not construct the bridge" beside "built the bridge"."""
    mine, theirs = set(_telling(own)), set(_telling(source))
    if max(len(mine - theirs), len(theirs - mine)) > _MOST_APART:
        return []
    for one, other, name, rest in (
        (own, source, "sentence", "source"),
        (source, own, "source", "sentence"),
    ):
        if other.scopes or any(term.is_denied for term in other.terms):
            continue
        index = _index(other)
        for scope in one.scopes:
            head = scope.members[0]
            is_open = not _outcome(scope, one, other, index)[0]
            if is_open and not scope.is_whole and not _counterparts(one, head, index):
                text = f"the {name} says “{one.shown(head)}”, the {rest} denies nothing"
                return [Problem("negation", text, is_grave=False)]
    return []


def _disagreements(own: Clause, source: Clause) -> Iterator[_Found]:
    mine, theirs = _index(own), _index(source)
    told: set[int] = set()
    for scope in own.scopes:
        outcome, at, other, is_soft = _outcome(scope, own, source, theirs)
        if outcome == "fails":
            told.add(at)
            yield _Found("negation", at, other, is_soft)
        elif outcome == "open" or (outcome == "holds" and not _follows(own, at, source, theirs)):
            yield _Found("stronger", at, other)
    for scope in source.scopes:
        outcome, at, other, is_soft = _outcome(scope, source, own, mine)
        if outcome == "fails" and other not in told:
            yield _Found("negation", other, at, is_soft)
        elif outcome == "holds" and not _follows(own, other, source, theirs):
            yield _Found("stronger", other, at)
    yield from _opposites(own, source)


def _outcome(
    scope: Scope, one: Clause, other: Clause, index: _Index
) -> tuple[Literal["holds", "fails", "open", ""], int, int, bool]:
    """What becomes of a negation beside another sentence, by which terms, and whether softly.

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
    theirs = _index(source, source.negated | source.reached | source.unsure)
    for key, mine in _index(own, own.negated | own.reached | own.unsure).items():
        said = theirs.get(key, [])
        found = {_relation(own, a, source, b) for a in mine for b in said}
        if len(found) != 1:
            continue
        if found == {"against"} and not (
            _is_converse(key) and _changed_places(own, mine[0], source, said[0])
        ):
            yield _Found("opposite", mine[0], said[0])


def _is_converse(key: str) -> bool:
    return key.split("|")[0] in CONVERSE


def _index(clause: Clause, without: frozenset[int] = frozenset()) -> _Index:
    index: dict[str, list[int]] = {}
    for at, term in enumerate(clause.terms):
        if at not in without:
            for reading in term.readings:
                index.setdefault(reading.key, []).append(at)
    return index


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
    """None where nobody can tell; ``bare``: without the negation around the first term."""
    mine, theirs = one.terms[at], other.terms[place]
    if place in other.unsure or (place in other.reached and not mine.is_denied):
        return None
    own_negative = mine.is_denied if bare else one.is_negative(at)
    other_negative = other.is_negative(place) or place in other.reached
    return relation(mine.readings, own_negative, theirs.readings, other_negative)


def _changed_places(own: Clause, at: int, source: Clause, place: int) -> tuple[str, ...]:
    """Stems of what the source has before and after a word, and the sentence the other way round;
    nothing where nothing changed places."""
    mine = [_telling(own, range(at)), _telling(own, range(at + 1, len(own.terms)))]
    theirs = [_telling(source, range(place)), _telling(source, range(place + 1, len(source.terms)))]
    before = [term for term in theirs[0] if term in mine[1] and term not in theirs[1] + mine[0]]
    after = [term for term in theirs[1] if term in mine[0] and term not in theirs[0] + mine[1]]
    return (before[-1], after[0]) if before and after else ()


def _telling(clause: Clause, places: Iterable[int] | None = None) -> list[str]:
    places = range(len(clause.terms)) if places is None else places
    stems = (clause.terms[at].stem for at in places if _is_content(clause, at))
    return [term for term in stems if not term.isdigit()]


def _is_content(clause: Clause, at: int) -> bool:
    term = clause.terms[at]
    return bool(term.readings) and term.stem not in STOP_WORDS


def _swapped(own: Clause, source: Clause) -> str:
    """Two things around a third that have changed places, as the source has them."""
    theirs = _index(source)
    for key, mine in _index(own).items():
        if not _is_converse(key) or key not in theirs:
            continue
        at, place = mine[0], theirs[key][0]
        changed = _changed_places(own, at, source, place)
        if changed and _relation(own, at, source, place) == "against":
            return ""  # "A is older than B" is "B is younger than A"
        if changed:
            before, after = (_place_of(source, term) for term in changed)
            return _joined(source, (before, place, after))
    return _swapped_three(own, source)


def _swapped_three(own: Clause, source: Clause) -> str:
    """``a v b`` where the source has ``b v a``, all three once in both and no passive in one."""
    mine, theirs = _stems(own), _stems(source)
    if ("by" in mine) != ("by" in theirs):
        return ""
    count, other = Counter(mine), Counter(theirs)
    places = {t: at for at, t in enumerate(theirs) if _is_content(source, at) and other[t] == 1}
    shared = [(at, t) for at, t in enumerate(mine) if t in places and count[t] == 1]
    for (i, a), (_, v), (k, b) in zip(shared, shared[1:], shared[2:], strict=False):
        first, last = places[b], places[a]
        between = {*mine[i:k], *theirs[first:last]}
        is_one_part = own.is_unbroken(i, k) and source.is_unbroken(first, last)
        if (
            first < places[v] < last
            and k - i <= _LONGEST_SWAP
            and is_one_part
            and not between & {"and", "or"}
        ):
            return _joined(source, (first, places[v], last))
    return ""


def _joined(clause: Clause, places: Iterable[int]) -> str:
    return " … ".join(clause.word(at) for at in places)


def _place_of(clause: Clause, term: str) -> int:
    return next(at for at, each in enumerate(clause.terms) if each.stem == term)


def _stems(clause: Clause) -> Sequence[str]:
    return [term.stem for term in clause.terms]
