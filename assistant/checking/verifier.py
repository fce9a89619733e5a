"""A sentence and the passages it cites → a verdict, without a model, and the supporting place.

Exact rules come first: a sentence that a passage contains is ``verbatim``; one with a number,
date, name, quotation or address that no passage has is ``unsupported``. The rest is decided by
a logistic model over features of coverage (``coverage``), fitted on claims judged by people
(``python -m benchmarks.fit_verification``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.checking.contraries import denied_around, opposed, turned_round
from assistant.checking.coverage import (
    FEATURE_NAMES,
    CheckedClaim,
    Coverage,
    CoverageFeatures,
    SourceText,
    cover,
    read_claim,
    read_source,
)
from assistant.checking.missing_facts import Problem, missing_facts
from assistant.checking.near_misses import near_misses
from assistant.checking.polarity import Clause, clause_of
from assistant.checking.tied import Entries, entries_of, untied
from assistant.checking.verbatim import find_verbatim
from assistant.text.facts import facts_of, is_checked
from assistant.text.fitted import fitted
from assistant.text.recent import Recent
from assistant.text.sentences import Kind
from assistant.text.terms import STOP_WORDS, words
from assistant.text.word_vectors import Embed, WordVectors
from assistant.types import Verdict

_ALIGNED = 0.55
"""Share of a sentence's words in one source sentence from which on the two are compared."""
_CLOSE = 0.7
"""The share from which on a negation, an opposite or a swap alone refutes the sentence."""
_FEW_FACTS = 2
_LIKELY, _HELD, _TOGETHER, _PAIRED = 0.7, 0.7, 0.55, 0.2
"""What a sentence with fewer names, numbers and dates than ``_FEW_FACTS`` needs to be supported:
its score, and the shares of its words that the sources have, that one sentence has, and of
neighbouring pairs. "The paper demonstrates the use of the derivative to evaluate a network" has
words of many sentences and says what none does (``python -m benchmarks.real_sentences``)."""
_MOST_SOURCES_KEPT = 256
_SHORT = 12
"""Words of a sentence that says in opposites what its source says."""
_WEIGHTS = Path(__file__).parent / "verification_weights.json"
_MOST_PLACES = 3
"""Places of the same words in a passage that are looked at for a denial around them."""


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of verifying a sentence.

    ``score`` is the probability that the sources support all of it; ``source`` the index of the
    passage that does best (-1 without any), ``start`` and ``end`` the place in its text;
    ``problems`` say in words what is wrong.
    """

    verdict: Verdict
    score: float
    source: int
    start: int
    end: int
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Weights:
    """The fitted model and the scores from which a sentence is supported, or weak."""

    bias: float
    features: Mapping[str, float]
    supported: float
    weak: float


class Verifier:
    """Verifies sentences; analysed words and passages are cached.

    ``embed`` gives unit vectors of single words (the static embedder's); without it only words of
    the same stem are alike.
    """

    def __init__(self, embed: Embed | None = None, weights: Weights | None = None) -> None:
        self._vectors = WordVectors(embed)
        self._weights = weights or Weights(**fitted(_WEIGHTS))
        self._sources: Recent[SourceText] = Recent(_MOST_SOURCES_KEPT)
        self._entries: Recent[Entries] = Recent(_MOST_SOURCES_KEPT)

    def verify(self, sentence: str, sources: Sequence[str], context: str = "") -> Verification:
        """The verdict on ``sentence``, which cites ``sources``.

        ``context`` is what readers know besides (titles, headings): its names and numbers count
        as found, but it supports nothing by itself.
        """
        if not sources:
            return Verification("uncited", 0.0, -1, 0, 0)
        denials: list[Problem] = []
        for index, text in enumerate(sources):
            place, denial = self._stands_in(sentence, text)
            if place is not None:
                return Verification("verbatim", 1.0, index, *place)
            denials += denial
        features, problems, best, coverage = self.examine(sentence, sources, context)
        problems += denials
        score = weigh(features, self._weights)
        known = facts_of(sentence)
        facts = len(known.names) + len(known.dates) + sum(map(is_checked, known.numbers))
        is_doubtful = score < _LIKELY or _is_scattered(features, coverage)
        if facts < _FEW_FACTS and is_doubtful and not _in_other_words(sentence, coverage.sentence):
            problems.append(Problem("scattered", "its words stand scattered in the source", False))
        problems += near_misses(sentence, known.names, coverage.sentence, sources)
        if any(problem.is_grave for problem in problems):
            verdict: Verdict = "unsupported"
        elif score < self._weights.weak:
            verdict = "unsupported"
        elif problems or score < self._weights.supported:
            verdict = "weak"
        else:
            verdict = "supported"
        told = tuple(problem.text for problem in problems)
        return Verification(verdict, score, best, coverage.start, coverage.end, told)

    def examine(
        self, sentence: str, sources: Sequence[str], context: str = ""
    ) -> tuple[CoverageFeatures, list[Problem], int, Coverage]:
        """The features, the problems, the best source's index and how it covers the sentence."""
        self._vectors = self._vectors.renewed()
        claim = read_claim(sentence, self._vectors)
        read = [self._read(text) for text in sources]
        held = [source.holds for source in read]
        if context:
            held.append(self._read(context).holds)
        problems = missing_facts(sentence, claim.facts, held)
        covers = [cover(claim, source) for source in read]
        best = max(range(len(covers)), key=lambda i: (covers[i].window, -i))
        clause = clause_of(covers[best].sentence)
        if covers[best].aligned >= _ALIGNED:
            problems += turned_round(claim.clause, clause, covers[best].aligned >= _CLOSE)
        for beside in covers[best].beside:
            problems += opposed(claim.clause, clause, clause_of(beside))
        if not any(problem.is_grave for problem in problems):
            known = self._read(context).holds if context else None
            problems += untied(sentence, [self._split(text) for text in sources], known)
        return _features(claim, read, covers, best, problems), problems, best, covers[best]

    def _stands_in(self, sentence: str, text: str) -> tuple[tuple[int, int] | None, list[Problem]]:
        """Where a sentence stands word for word and is not denied by what stands around it, and
        what denies it elsewhere."""
        denials: list[Problem] = []
        start = 0
        for _ in range(_MOST_PLACES):
            place = find_verbatim(sentence, text[start:])
            if place is None:
                break
            place = (start + place[0], start + place[1])
            start = place[1]
            spans = self._read(text).spans
            around = [span for span in spans if span.start < place[1] and place[0] < span.end]
            if len(around) != 1:
                return place, []
            span = around[0]
            whole = clause_of(text[span.start : span.end])
            found = denied_around(whole, place[0] - span.start, place[1] - span.start)
            if not found:
                return place, []
            denials += found
        return None, denials

    def _split(self, text: str) -> Entries:
        found = self._entries.get(text)
        if found is None:
            found = entries_of(text)
            self._entries.put(text, found)
        return found

    def _read(self, text: str) -> SourceText:
        found = self._sources.get(text)
        if found is None:
            found = read_source(text, self._vectors)
            self._sources.put(text, found)
        return found


def _in_other_words(sentence: str, source: str) -> bool:
    """Whether one of them denies, or they hold words that mean opposite things: such a sentence has
    few of its source's words by design ("is older than" for "is younger than")."""
    own, said = clause_of(sentence), clause_of(source)
    is_short = len(sentence.split()) < _SHORT
    return bool(own.scopes) or (is_short and bool(said.scopes or _paired(own) & _paired(said)))


def _paired(clause: Clause) -> set[str]:
    """The pairs of opposites to which words of a clause belong."""
    return {r.key for term in clause.terms for r in term.readings if "|" in r.key}


def _is_scattered(features: CoverageFeatures, coverage: Coverage) -> bool:
    return (
        features.exact < _HELD
        or coverage.aligned < _TOGETHER
        or (features.pairs < _PAIRED and features.exact < 1)
    )


def weigh(features: CoverageFeatures, weights: Weights) -> float:
    """The probability that the sources support the whole sentence."""
    total = weights.bias + sum(
        weights.features.get(name, 0.0) * float(getattr(features, name)) for name in FEATURE_NAMES
    )
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def _features(
    claim: CheckedClaim,
    sources: Sequence[SourceText],
    covers: Sequence[Coverage],
    best: int,
    problems: Sequence[Problem],
) -> CoverageFeatures:
    if not claim.words.stems:
        return CoverageFeatures()
    kinds = [problem.kind for problem in problems]
    pairs = claim.words.pairs
    known = frozenset().union(*(source.words.pairs for source in sources))
    return CoverageFeatures(
        exact=float(np.max([each.exact for each in covers], axis=0).mean()),
        alike_window=covers[best].window,
        pairs=len(pairs & known) / len(pairs) if pairs else 1.0,
        meaning=covers[best].meaning,
        missing_numbers=min(kinds.count("number") + kinds.count("date"), 2) / 2,
        missing_names=min(kinds.count("name"), 4) / 4,
    )


_META = re.compile(
    r"\b(?:passages?|documents?|sources?|excerpts?|context|texts?) (?:provided |given |above )?"
    r"(?:do(?:es)? not|don['’]t|doesn['’]t|neither|say nothing|contain no)\b|"
    r"^(?:here (?:is|are)|sure|in summary|to summari[sz]e|i hope|let me know|please)\b",
    re.IGNORECASE,
)


def needs_citation(sentence: str, kind: Kind = "prose") -> bool:
    """Whether a sentence makes a statement that needs a source.

    Headings, code, questions, lead-ins that end with a colon, and remarks on the passages
    themselves state nothing.
    """
    stripped = sentence.strip().rstrip("*_ ")
    if kind in ("heading", "code", "label") or stripped.endswith((":", "?")):
        return False
    content = [word for word in words(stripped) if word not in STOP_WORDS]
    return len(content) >= 2 and _META.search(stripped) is None
