"""A sentence → its terms in order, each with its opposite and its negation.

Polarity is a property of a term: "unavailable" is "available" denied, "not safe" is "safe" denied,
and "fell" stands on the other side of "rose". Words and their order, no grammar. English, and the
German negations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from assistant.checking.opposites import Sense, readings_of
from assistant.text.terms import STOP_WORDS, stem, words

_WHOLE, _DOUBT = "not that", "doubt that"
"""The words of a negation of all that follows: "it is not true that", "nobody proved that"."""
_NEGATORS = frozenset(
    """not no never without none cannot neither nor nobody nothing nowhere lack lacks lacked
    lacking absence unable hardly rarely seldom barely scarcely nicht kein keine keinen keiner
    nie ohne""".split()
) | {_WHOLE, _DOUBT}
_BEFORE_TO = frozenset(
    """fail fails failed failing failure refuse refuses refused refusing refusal decline declines
    declined declining neglect neglected cease ceased ceases""".split()
)
"""These negate what follows "to": "failed to rise" is "did not rise"."""
_BEFORE_ING = frozenset("stop stops stopped stopping quit quits".split())
"""These negate what follows as a gerund: "stopped working"."""
_TURNS = _BEFORE_TO | {"unable", "lack", "lacks", "lacked", "lacking", "without"}
"""Negated themselves they affirm: "never fails to start"."""
_HEADED = (
    _BEFORE_TO
    | _BEFORE_ING
    | frozenset("not never cannot unable hardly rarely seldom barely scarcely nicht nie".split())
)
"""These deny the next word above all; the others, what follows as a whole: "no ship came"."""
_SOFT = frozenset("hardly rarely seldom barely scarcely".split()) | {_DOUBT}
_QUANTIFIERS = frozenset("all every always everybody everyone everything".split())
_COMPARED_NEGATORS = frozenset("never none".split())
_CUTS = frozenset(
    """but although though whereas while because since if when where which who whose whom than
    that""".split()
)
"""What is said after these is outside of a negation before them."""
_CIRCUMSTANCES = frozenset("in on at by from for during with".split())
"""Before where and when: "no ship came in May" denies the coming of ships."""
_QUALIFIES = frozenset("until unless except without only necessarily".split())
"""After a negation these say that it does not hold throughout."""
_EXCEPTIONS = frozenset("except only besides apart".split())
_ARTICLES = frozenset("the a an".split())
_LIGHT = frozenset(
    """able do done become became becomes becoming get gets got getting remain remains remained
    stay stays stayed staying seem seems seemed appear appears appeared prove proves proved make
    makes made take takes took give gives gave also yet even still really quite rather much
    anymore soon far""".split()
)
"""Words between a negation and what it negates."""
_NOT_ADVERBS = frozenset(
    """early only supply family apply reply rely comply multiply imply assembly anomaly monopoly
    italy july daily weekly monthly quarterly yearly hourly elderly friendly likely unlikely
    costly deadly timely untimely orderly scholarly lonely lively ugly""".split()
)
_IDLE = re.compile(
    r"\b(?:not (?:only|just|least)|no (?:more|less|fewer|later|doubt|matter)|"
    r"no longer than|no\.? ?\d+|(?:whether|or) not|a few|nothing (?:but|less))\b",
    re.IGNORECASE,
)
"""Negations that deny nothing; "no later than" is a limit."""
_PIECE = re.compile(
    r"(?P<whole>\b(?:not|\w+n['’]t)\s+(?:true|correct|the\s+case)\s+that\b|"
    r"\b(?:false|untrue|wrong|incorrect)\s+that\b)|"
    r"(?P<doubt>\bno\s+(?:evidence|proof|indication|sign)\s+that\b|"
    r"\b(?:den(?:y|ies|ied|ying)|disput(?:e|es|ed|ing)|doubt(?:s|ed|ing)?)\s+that\b)|"
    r"(?P<past>\bno\s+longer\b)|(?P<nobody>\bno\s+one\b)|(?:\bnon[-‐‑])?[^\W_]+(?:[.,'’][^\W_]+)*",
    re.IGNORECASE,
)
_GROUPS = {"whole": _WHOLE, "doubt": _DOUBT, "nobody": "nobody"}
"""Groups of the expression → the negation they are; any other is "not"."""
_STOPS = re.compile(r"[,;:.!?()\[\]—–\n]")
_SUBJECT = re.compile(r"\b(?:the|a|an|its|it|they|he|she|this|these|we|you)$", re.IGNORECASE)
_MOST_MEMBERS, _REACH = 3, 7
"""Content words, and words at all, that a negation reaches over; twice as many where it denies a
whole sentence."""


@dataclass(frozen=True, slots=True)
class Term:
    """An index term at a place of the text. ``is_denied``: by its own prefix ("unsafe")."""

    stem: str
    start: int
    end: int
    readings: tuple[Sense, ...]
    is_denied: bool


@dataclass(frozen=True, slots=True)
class NegationScope:
    """A negation: where it begins, and the terms it denies together, in order.

    ``is_soft``: "rarely", or with an exception ("not until May"). ``is_whole``: it denies them
    together ("no ship came"), else the first above all ("did not come").
    """

    start: int
    members: tuple[int, ...]
    is_soft: bool
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Clause:
    """The terms of a sentence in order, and its negations.

    ``negated`` holds the places of terms that are surely denied, ``reached`` of others that stand
    in reach of a negation; ``unsure`` those after "not all", which may be so or not.
    ``has_exception``: something is said to hold only here, or except there.
    """

    text: str
    terms: tuple[Term, ...]
    scopes: tuple[NegationScope, ...]
    negated: frozenset[int]
    reached: frozenset[int]
    unsure: frozenset[int]
    has_exception: bool

    def is_negative(self, at: int) -> bool:
        """Whether the term at a place is denied, by its prefix or by a negation, not by both."""
        return self.terms[at].is_denied != (at in self.negated)

    def word(self, at: int) -> str:
        """The term as it is written."""
        return self.text[self.terms[at].start : self.terms[at].end]

    def index(self, without: frozenset[int] = frozenset()) -> dict[str, list[int]]:
        """What terms are compared by → their places."""
        found: dict[str, list[int]] = {}
        for at, term in enumerate(self.terms):
            if at not in without:
                for reading in term.readings:
                    found.setdefault(reading.key, []).append(at)
        return found

    def is_unbroken(self, first: int, last: int) -> bool:
        """Whether no comma or other mark stands between two terms."""
        return _STOPS.search(self.text, self.terms[first].end, self.terms[last].start) is None

    def shown(self, at: int) -> str:
        """The term as it is written, with the negation before it."""
        start = max((scope.start for scope in self.scopes if at in scope.members), default=-1)
        if start < 0:
            return self.word(at)
        return " ".join(self.text[start : self.terms[at].end].split())


class _Token(NamedTuple):
    word: str
    start: int
    end: int
    is_cut: bool
    is_denied: bool = False
    """``is_cut``: a mark, or "and" with a new subject, stands before it; ``is_denied``: "non-"."""


def _tokens(text: str) -> list[_Token]:
    shown = _IDLE.sub(lambda match: " " * len(match.group()), text)
    found: list[_Token] = []
    at = 0
    for match in _PIECE.finditer(shown):
        piece, (start, end) = match.group(), match.span()
        is_cut = _STOPS.search(shown, at, start) is not None
        if found and found[-1].word == "and" and _SUBJECT.match(piece):
            is_cut = True
        at = end
        if match.lastgroup or piece[-3:].lower() in ("n't", "n’t"):
            word = _GROUPS.get(match.lastgroup or "", "not")
            found.append(_Token(word, start, end, is_cut))
            continue
        is_denied = piece[:4].lower() in ("non-", "non‐", "non‑")
        for word in words(piece[4:] if is_denied else piece):
            found.append(_Token(word, start, end, is_cut, is_denied))
            is_cut = False
    return found


@lru_cache(maxsize=2048)
def clause_of(text: str) -> Clause:
    """The terms of a sentence and what it negates."""
    tokens = _tokens(text)
    stems = stem(token.word for token in tokens)
    terms = []
    for at, (token, term) in enumerate(zip(tokens, stems, strict=True)):
        readings, is_denied = readings_of(token.word, term)
        is_negator = _is_negator(tokens, at)
        is_kept = token.word in _COMPARED_NEGATORS and not _turns(tokens, at + 1)
        if token.word in _LIGHT or (is_negator and not is_kept):
            readings, is_denied = (), False
        is_denied = is_denied != token.is_denied
        terms.append(Term(term, token.start, token.end, readings, is_denied))
    scopes: list[NegationScope] = []
    negated: set[int] = set()
    reached: set[int] = set()
    unsure: set[int] = set()
    for at, members, is_soft in _negations(tokens, terms):
        if tokens[members[0]].word in _QUANTIFIERS:
            unsure.update(members[1:])
            members = members[:1]
        is_whole = tokens[at].word not in _HEADED
        firm = {m for m in members if is_opposite(terms[m])}
        firm |= set() if is_whole else {members[0]}
        negated |= firm
        reached.update(set(members) - firm)
        scopes.append(NegationScope(tokens[at].start, tuple(members), is_soft, is_whole))
    places = (frozenset(negated), frozenset(reached), frozenset(unsure))
    has_exception = any(token.word in _EXCEPTIONS for token in tokens)
    return Clause(text, tuple(terms), tuple(scopes), *places, has_exception)


def _negations(
    tokens: Sequence[_Token], terms: Sequence[Term]
) -> Iterator[tuple[int, list[int], bool]]:
    """Place of each negation, the terms in its reach, and whether it is soft."""
    at, denied_until = 0, -1
    while at < len(tokens):
        if not _is_negator(tokens, at) or (tokens[at].word == "nor" and at < denied_until):
            at += 1
            continue
        reached, following, is_qualified = _reach(tokens, terms, at)
        if not reached and _turns(tokens, following) and tokens[at].word not in _SOFT:
            at = following + 1  # "never fails to start" negates nothing
            continue
        if reached:
            # "Not valid without a signature" says nothing of what is without one.
            is_within = tokens[at].word == "without" and 0 < at <= denied_until + 2
            yield at, reached, is_qualified or is_within or tokens[at].word in _SOFT
            denied_until = following
        at += 1


def _is_negator(tokens: Sequence[_Token], at: int) -> bool:
    word = tokens[at].word
    following = tokens[at + 1].word if at + 1 < len(tokens) else ""
    if word in _BEFORE_TO:
        return following == "to"
    if word in _BEFORE_ING:
        return following.endswith("ing")
    return word in _NEGATORS


def _turns(tokens: Sequence[_Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].word in _TURNS and _is_negator(tokens, at)


def _reach(tokens: Sequence[_Token], terms: Sequence[Term], at: int) -> tuple[list[int], int, bool]:
    """Places of what a negation reaches, where its reach ends, and whether it is qualified."""
    negator = tokens[at].word
    times = 2 if negator in (_WHOLE, _DOUBT, "neither") else 1
    end = min(len(tokens), at + 1 + times * _REACH)
    reached: list[int] = []
    is_qualified = False
    place = at + 1
    while place < end and len(reached) < times * _MOST_MEMBERS:
        word = tokens[place].word
        if word == "nor" and negator == "neither":
            place += 1
            continue
        if _is_negator(tokens, place) or word in _CUTS or (reached and tokens[place].is_cut):
            break
        is_circumstance = word in _CIRCUMSTANCES or (word in _ARTICLES and times == 1)
        if is_circumstance and negator not in _HEADED and len(reached) >= times:
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
    if not term.readings or (word.endswith("ly") and len(word) > 4 and word not in _NOT_ADVERBS):
        return False
    return is_opposite(term) or word not in STOP_WORDS


def is_opposite(term: Term) -> bool:
    """Whether a term is one of a pair or has a denying prefix."""
    return term.is_denied or any("|" in reading.key for reading in term.readings)
