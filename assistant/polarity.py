"""A sentence → its terms in order, each with what it is the opposite of and whether it is negated.

Polarity is a property of a term: "unavailable" is "available" denied, "not safe" is "safe" denied,
and "fell" stands on the other side of "rose". Two terms are then compared by ``relation``, which
knows that "not safe" means "dangerous" while "did not rise" leaves open whether something fell.
Words and their order, no grammar. English, and the German negations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from assistant.terms import STOP_WORDS, stem, words

PairKind = Literal["either", "apart", "other"]
"""``either``: what is not the one is the other. ``apart``: nothing is both, but something may be
neither. ``other``: two acts, of which both or neither may have happened."""

PAIRS: tuple[tuple[PairKind, tuple[str, ...], tuple[str, ...]], ...] = tuple(
    (kind, tuple(left.split()), tuple(right.split()))  # type: ignore[misc]
    for line in """apart:more greater higher larger bigger|fewer less lower smaller
apart:rise rose risen increase grow grew grown growth gain climb|fall fell fallen decrease decline \
drop shrink shrank reduce
apart:highest largest biggest most maximum|lowest smallest least fewest minimum
apart:before earlier prior|after later following
apart:above exceed|below
either:enable allow permit|disable forbid forbidden prohibit prevent ban
apart:accept approve|reject deny refuse decline
apart:win won victory|lose lost defeat
either:include|exclude omit
apart:always|never
apart:all every|none
either:succeed success successful pass|fail failure
other:start begin began begun|end finish
apart:open|close
either:required mandatory must compulsory|optional voluntary
either:internal|external
other:buy bought purchase|sell sold
either:public|private
apart:positive|negative
apart:faster quicker|slower
apart:better|worse
apart:stronger|weaker
apart:cheaper|dearer costlier
apart:longer|shorter
apart:older|younger newer
either:true|false
either:safe|dangerous
other:import|export
other:arrive|depart
other:add|remove delete
either:alive|dead
apart:early|late
apart:north northern|south southern
apart:east eastern|west western""".splitlines()
    for kind, pair in [line.split(":")]
    for left, right in [pair.split("|")]
)
"""Opposites, regular inflections left out."""
CONVERSE = frozenset(
    """more before above buy win faster better stronger cheaper longer older""".split()
)
"""Rows, by their first word, that say the same when both sides change places: A before B is B
after A."""

PREFIXED: tuple[tuple[str, str], ...] = tuple(
    (prefix, base)
    for line in """in:accurate active adequate admissible capable coherent compatible \
complete consistent correct dependent direct effective efficient eligible equal expensive \
experienced flexible formal frequent secure sensitive separable significant soluble sufficient \
tolerant valid validate visible
im:balanced mature mobile moral mortal movable perfect permeable polite possible practical \
precise probable proper pure
ir:rational regular relevant replaceable responsible reversible
il:legal legible legitimate logical
dis:advantage agree approve assemble connect continue honest loyal obey qualify satisfied similar \
trust""".splitlines()
    for prefix, bases in [line.split(":")]
    for base in bases.split()
)
"""Prefixes that deny these words; they begin too many others ("invest", "distant") to be cut off
anywhere."""
_NOT_PREFIXED = frozenset("unless until under undergo understand underline union unite unit".split())
_SHORTEST_DENIED = 4

_NEGATORS = frozenset(
    """not no never without none cannot neither nor nobody nothing nowhere lack lacks lacked
    lacking absence non unable hardly rarely seldom barely scarcely nicht kein keine keinen keiner
    nie ohne""".split()
)
_BEFORE_TO = frozenset(
    """fail fails failed failing failure refuse refuses refused refusing refusal decline declines
    declined declining neglect neglected cease ceased ceases""".split()
)
"""These negate what follows "to": "failed to rise" is "did not rise"."""
_TURNS = _BEFORE_TO | {"unable", "lack", "lacks", "lacked", "lacking", "without"}
"""Negated themselves they affirm: "never fails to start"."""
_SOFT = frozenset("hardly rarely seldom barely scarcely".split())
_QUANTIFIERS = frozenset("all every always everybody everyone everything".split())
_COMPARED_NEGATORS = frozenset("never none".split())
_CUTS = frozenset(
    """but although though whereas while because since if when where which who whose whom than
    that""".split()
)
"""What is said after these is outside of a negation before them."""
_QUALIFIES = frozenset("until unless except without only necessarily".split())
"""After a negation these say that it does not hold throughout."""
_LIGHT = frozenset(
    """able become became becomes becoming get gets got getting remain remains remained stay stays
    stayed staying seem seems seemed appear appears appeared prove proves proved make makes made
    take takes took give gives gave also yet even still really quite rather much
    anymore soon far""".split()
)
"""Words between a negation and what it negates."""
_NOT_ADVERBS = frozenset(
    """early only supply family apply reply rely fly comply multiply assembly anomaly monopoly italy
    july daily weekly monthly yearly elderly friendly butterfly imply underlie""".split()
)
_IDLE = re.compile(
    r"\b(?:not (?:only|just|least)|no (?:more|less|fewer|later|doubt|matter)|"
    r"no longer than|no\.? ?\d+|(?:whether|or) not|nothing (?:but|less))\b",
    re.IGNORECASE,
)
"""Negations that deny nothing; "no later than" is a limit."""
_FILLER = re.compile(
    r"(?<=\bnot )(?:true|the case|correct) that\b|(?<=\bno )(?:longer|one)\b", re.IGNORECASE
)
_PIECE = re.compile(r"[^\W_]+(?:[.,'’][^\W_]+)*")
_STOPS = re.compile(r"[,;:.!?()\[\]—–\n]")
_SUBJECT = re.compile(r"\b(?:the|a|an|its|it|they|he|she|this|these|we|you)$", re.IGNORECASE)
_MOST_MEMBERS, _REACH = 3, 7
"""Content words, and words at all, that a negation reaches over."""


class Reading(NamedTuple):
    """What a word is compared by: the name of its pair, its side (1 or -1), the kind of pair."""

    key: str
    side: int
    kind: PairKind


@dataclass(frozen=True, slots=True)
class Term:
    """An index term at a place of the text. ``is_denied``: by its own prefix ("unsafe")."""

    stem: str
    start: int
    end: int
    readings: tuple[Reading, ...]
    is_denied: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """A negation: where it begins, and the terms it denies together, what it denies first ahead.

    ``is_soft``: "rarely", or with an exception ("not before May").
    """

    start: int
    members: tuple[int, ...]
    is_soft: bool


@dataclass(frozen=True, slots=True)
class Clause:
    """The terms of a sentence in order, and its negations.

    ``negated`` holds the places of terms that are surely denied; ``unsure`` of those that stand in
    reach of a negation, where nobody can say without grammar.
    """

    text: str
    terms: tuple[Term, ...]
    scopes: tuple[Scope, ...]
    negated: frozenset[int]
    unsure: frozenset[int]

    def is_negative(self, at: int) -> bool:
        """Whether the term at a place is denied, by its prefix or by a negation, not by both."""
        return self.terms[at].is_denied != (at in self.negated)

    def word(self, at: int) -> str:
        """The term as it is written."""
        return self.text[self.terms[at].start : self.terms[at].end]

    def shown(self, at: int) -> str:
        """The term as it is written, with the negation before it."""
        start = max((scope.start for scope in self.scopes if at in scope.members), default=-1)
        if at not in self.negated or start < 0:
            return self.word(at)
        return " ".join(self.text[start : self.terms[at].end].split())


Relation = Literal["follows", "beyond", "against"]
"""Of what one term says to what another says: it follows, it says more, or both cannot hold."""


def relation(
    own: Sequence[Reading], own_negated: bool, source: Sequence[Reading], source_negated: bool
) -> Relation | None:
    """What ``own`` is to ``source``; None when they are about different things."""
    pairs = [(a, b) for a in own for b in source if a.key == b.key]
    if not pairs:
        return None
    mine, theirs = pairs[0]
    if mine.side == theirs.side:
        return "follows" if own_negated == source_negated else "against"
    if mine.kind == "either":
        return "against" if own_negated == source_negated else "follows"
    if not own_negated and not source_negated:
        return "against"
    if mine.kind == "apart" and own_negated and not source_negated:
        return "follows"
    return "beyond"


def _readings_by_stem() -> dict[str, tuple[Reading, ...]]:
    found: dict[str, dict[Reading, None]] = {}
    for kind, left, right in PAIRS:
        for side, own in ((1, left), (-1, right)):
            for term in stem(own):
                found.setdefault(term, {})[Reading(f"{left[0]}|{right[0]}", side, kind)] = None
    return {term: tuple(readings) for term, readings in found.items()}


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, tuple[Reading, ...]], dict[str, str]]:
    """Readings of the stems of opposites, and the stem that each prefixed stem denies."""
    bases = stem(base for _, base in PREFIXED)
    whole = stem(prefix + base for prefix, base in PREFIXED)
    return _readings_by_stem(), dict(zip(whole, bases, strict=True))


@lru_cache(maxsize=50_000)
def readings_of(word: str, term: str) -> tuple[tuple[Reading, ...], bool]:
    """What a folded word with its stem is compared by, and whether its prefix denies it."""
    opposites, prefixed = _tables()
    if term in opposites:
        return opposites[term], False
    base = prefixed.get(term, "")
    rest = word[2:]
    if not base and word[:2] == "un" and len(rest) >= _SHORTEST_DENIED and rest.isalpha():
        base = "" if word in _NOT_PREFIXED else stem([rest])[0]
    if not base and word[:3] == "non" and len(word) >= 3 + _SHORTEST_DENIED:
        base = stem([word[3:]])[0]
    if base:
        return opposites.get(base, (Reading(base, 1, "either"),)), True
    return (Reading(term, 1, "either"),), False


class _Token(NamedTuple):
    word: str
    start: int
    end: int
    is_cut: bool
    """Whether a mark, or "and" with a new subject, stands before it."""


def _tokens(text: str) -> list[_Token]:
    shown = _blanked(_FILLER, _blanked(_IDLE, text))
    found: list[_Token] = []
    at = 0
    for match in _PIECE.finditer(shown):
        piece, (start, end) = match.group(), match.span()
        is_cut = _STOPS.search(shown, at, start) is not None
        if found and found[-1].word == "and" and _SUBJECT.match(piece):
            is_cut = True
        at = end
        if piece[-3:].lower() in ("n't", "n’t"):
            found.append(_Token("not", start, end, is_cut))
            continue
        for word in words(piece):
            found.append(_Token(word, start, end, is_cut))
            is_cut = False
    return found


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: " " * len(match.group()), text)


@lru_cache(maxsize=2048)
def clause_of(text: str) -> Clause:
    """The terms of a sentence and what it negates."""
    tokens = _tokens(text)
    stems = stem(token.word for token in tokens)
    terms = []
    for at, (token, term) in enumerate(zip(tokens, stems, strict=True)):
        readings, is_denied = readings_of(token.word, term)
        is_empty = token.word in _LIGHT or _is_negator(tokens, at)
        if is_empty and token.word not in _COMPARED_NEGATORS:
            readings, is_denied = (), False
        terms.append(Term(term, token.start, token.end, readings, is_denied))
    scopes: list[Scope] = []
    negated: set[int] = set()
    unsure: set[int] = set()
    for at, reached, is_soft in _negations(tokens, terms):
        members = tuple(reached)
        if tokens[members[0]].word in _QUANTIFIERS:
            unsure.update(members[1:])
            members = members[:1]
        firm = {members[0], *(m for m in members if is_opposite(terms[m]))}
        negated |= firm
        unsure.update(set(members) - firm)
        scopes.append(Scope(tokens[at].start, members, is_soft))
    return Clause(text, tuple(terms), tuple(scopes), frozenset(negated), frozenset(unsure))


def _negations(
    tokens: Sequence[_Token], terms: Sequence[Term]
) -> Iterator[tuple[int, list[int], bool]]:
    """Place of each negation, the terms in its reach, and whether it is soft."""
    at = 0
    while at < len(tokens):
        if not _is_negator(tokens, at):
            at += 1
            continue
        reached, following, is_qualified = _reach(tokens, terms, at)
        if not reached and _turns(tokens, following) and tokens[at].word not in _SOFT:
            at = following + 1  # "never fails to start" negates nothing
            continue
        if reached:
            yield at, reached, is_qualified or tokens[at].word in _SOFT
        at += 1


def _is_negator(tokens: Sequence[_Token], at: int) -> bool:
    word = tokens[at].word
    if word in _BEFORE_TO:
        return at + 1 < len(tokens) and tokens[at + 1].word == "to"
    return word in _NEGATORS


def _turns(tokens: Sequence[_Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].word in _TURNS and _is_negator(tokens, at)


def _reach(
    tokens: Sequence[_Token], terms: Sequence[Term], at: int
) -> tuple[list[int], int, bool]:
    """Places of what a negation reaches, where its reach ends, and whether it is qualified."""
    most = 1 if tokens[at].word == "non" else _MOST_MEMBERS
    end = min(len(tokens), at + 1 + _REACH)
    reached: list[int] = []
    is_qualified = False
    place = at + 1
    while place < end and len(reached) < most:
        word = tokens[place].word
        if _is_negator(tokens, place) or word in _CUTS or (reached and tokens[place].is_cut):
            break
        is_qualified = is_qualified or word in _QUALIFIES
        if _counts(word, terms[place]):
            reached.append(place)
        place += 1
    for token in tokens[place : place + 3]:
        if token.is_cut or is_qualified:
            break
        is_qualified = token.word in _QUALIFIES
    return reached, place, is_qualified


def _counts(word: str, term: Term) -> bool:
    if not term.readings or (
        word.endswith("ly") and len(word) > 4 and word not in _NOT_ADVERBS
    ):
        return False
    return is_opposite(term) or word not in STOP_WORDS


def is_opposite(term: Term) -> bool:
    """Whether a term is one of a pair or has a denying prefix."""
    return term.is_denied or any("|" in reading.key for reading in term.readings)
