"""Two sentences about the same → what one of them turns round: a negation, an opposite, the roles.

Cheap and careful rather than complete: words and their order, no grammar. English, and the German
negations.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.checking.missing_facts import Problem
from assistant.text.terms import STOP_WORDS, stem, words

_NEGATION = frozenset(
    """not no never without none cannot neither nor nobody nothing isn aren doesn don didn wasn
    weren hasn haven hadn won wouldn shouldn couldn mustn unable fail lack refuse hardly rarely
    seldom nicht kein keine keinen keiner nie ohne""".split()
)
_NEGATION_STEMS = frozenset(stem(_NEGATION))
_CONTRACTED = re.compile(
    r"\b(can|ca|do|does|did|is|are|was|were|has|have|had|wo|would|should|could|must)n['’]t\b",
    re.IGNORECASE,
)
_NOT_NEGATIVE = re.compile(
    r"\b(?:not (?:only|just|least|necessarily)|no (?:more|less|fewer|later|doubt|matter)|"
    r"no\.? ?\d+|(?:whether|or) not)\b",
    re.IGNORECASE,
)
_REACH = 4
_OPPOSITES = tuple(
    tuple(frozenset(stem(side.split())) for side in pair.split("|"))
    for pair in """more greater higher larger|fewer less lower smaller
increase increased rise rose risen grow grew growth gain|decrease decreased fall fell fallen decline
growing rising climb|drop dropped shrink shrank reduce
highest largest biggest most maximum|lowest smallest least fewest minimum
before earlier prior|after later following
above exceed|below
enable enabled allow allowed permit|disable disabled forbid forbidden prohibit prevent ban banned
accept accepted approve approved|reject rejected deny denied refuse refused decline
win won victory|lose lost defeat
include included|exclude excluded omit
always|never
all every|none
succeed succeeded success successful|fail failed failure unsuccessful
start started begin began open opened opens|end ended finish finished close closed closes
required mandatory must compulsory|optional voluntary
internal|external
buy bought purchase|sell sold
public|private
positive|negative
faster quicker|slower
better|worse
stronger|weaker
legal lawful|illegal unlawful
possible|impossible
cheaper|dearer costlier
longer|shorter
older|younger newer
true|false
safe|unsafe dangerous
valid|invalid
available|unavailable
agree agreed|disagree disagreed
import|export
arrive arrived|depart departed
add added|remove removed delete deleted
alive|dead
early|late
north northern|south southern
east eastern|west western""".splitlines()
)


@dataclass(frozen=True, slots=True)
class Clause:
    """Index terms of a sentence in order, and which of them stand in reach of a negation."""

    terms: tuple[str, ...]
    negated: frozenset[str]
    negation_heads: tuple[str, ...]


def clause_of(text: str) -> Clause:
    """The terms of a sentence and what it negates."""
    text = _NOT_NEGATIVE.sub(" ", _CONTRACTED.sub(r"\1 not", text))
    terms = tuple(stem(words(text)))
    negated: set[str] = set()
    heads = []
    for at, term in enumerate(terms):
        if term in _NEGATION_STEMS:
            reach = [t for t in terms[at + 1 : at + 1 + _REACH] if _is_content(t)]
            negated.update(reach)
            heads.extend(reach[:1])
    return Clause(terms, frozenset(negated), tuple(heads))


def _is_content(term: str) -> bool:
    return term not in STOP_WORDS and term not in _NEGATION_STEMS


def turned_round(own: Clause, source: Clause, is_close: bool = True) -> list[Problem]:
    """Negations, opposites and swapped roles between a sentence and its best source sentence.

    ``is_close``: nearly all words are shared, so that what differs is grave.
    """
    found = []
    heads = [head for head in _stray(own, source) if own.terms.count(head) == 1]
    heads += [head for head in _stray(source, own) if source.terms.count(head) == 1]
    turned = opposites(own, source)
    if heads and turned:
        return []  # "not higher" and "lower" say the same
    if heads:
        text = f"only one of sentence and source negates “{heads[0]}…”"
        found.append(Problem("negation", text, is_close))
    for mine, theirs in turned:
        text = f"the sentence says “{mine}…” where the source says “{theirs}…”"
        found.append(Problem("opposite", text, is_close))
    swapped = _swapped(own.terms, source.terms)
    if swapped:
        text = f"the source has it the other way round: {swapped}"
        found.append(Problem("roles", text, is_close))
    return found


def negates(clause: Clause) -> bool:
    """Whether anything in it is negated."""
    return bool(clause.negation_heads)


def _stray(one: Clause, other: Clause) -> list[str]:
    """What ``one`` negates and ``other`` states."""
    return [
        head for head in one.negation_heads if head in other.terms and head not in other.negated
    ][:1]


def opposites(own: Clause, source: Clause) -> list[tuple[str, str]]:
    """Pairs of opposite words: one only in ``own``, the other only in ``source``."""
    mine, theirs = set(own.terms), set(source.terms)
    found = []
    for left, right in _OPPOSITES:
        for a, b in ((left, right), (right, left)):
            own_side, other_side = mine & a, theirs & b
            if own_side and other_side and not (mine & b) and not (theirs & a):
                found.append((min(own_side), min(other_side)))
    return found


def _swapped(own: Sequence[str], source: Sequence[str]) -> str:
    """``a v b`` where the source has ``b v a``, all three once in both and no passive in one."""
    if ("by" in own) != ("by" in source):
        return ""
    places = {t: at for at, t in enumerate(source) if _is_content(t) and source.count(t) == 1}
    shared = [(at, t) for at, t in enumerate(own) if t in places and own.count(t) == 1]
    for (i, a), (_, v), (k, b) in zip(shared, shared[1:], shared[2:], strict=False):
        between = {*own[i:k], *source[places[b] : places[a]]}
        if places[b] < places[v] < places[a] and k - i <= 8 and not between & {"and", "or"}:
            return f"{b} … {v} … {a}"
    return ""
