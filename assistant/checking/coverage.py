"""A sentence and a source → features of how well the source covers the sentence, and where best.

Pure; word vectors are passed in as a function. A word is covered if the source has its stem,
and partly covered if it has a similar word. Windows of one to three neighbouring sentences are
compared, because a claim often rests on more than one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from assistant.checking.missing_facts import SourceFacts
from assistant.checking.opposites import readings_of, relation
from assistant.checking.polarity import Clause, clause_of, is_opposite
from assistant.text.facts import Facts, facts_of
from assistant.text.sentences import SentenceSpan, sentences
from assistant.text.terms import STOP_WORDS, stem, words
from assistant.text.word_vectors import Vectors, WordVectors

_LOWEST_LIKENESS = 0.40
"""Cosine of static word vectors from which on two words begin to count as alike."""
_NONE = np.zeros((0, 0), np.float32)
_WIDEST = 3
_WIDER_PAYS = 0.08
"""Share of the claim that a further sentence must cover before the quote includes it."""
_TIE = 0.01
"""Weight of similar words where two sentences have equally many words of the claim."""
_MOST_COMPARED = 1200
"""Characters of a source sentence looked at for negations and opposites."""


@dataclass(frozen=True, slots=True)
class CoverageFeatures:
    """What is known of a sentence and its source; shares are of the sentence's content words.

    ``exact``: words whose stem stands in the source; ``alike_window``: covered by the best three
    neighbouring sentences, words of close meaning in part; ``pairs``: neighbouring words that are
    neighbours in the source; ``meaning``: cosine with the best two sentences; ``missing_numbers``
    (with dates, at most 2, halved) and ``missing_names`` (at most 4, quartered): what the source
    has not.
    """

    exact: float = 0.0
    alike_window: float = 0.0
    pairs: float = 0.0
    meaning: float = 0.0
    missing_numbers: float = 0.0
    missing_names: float = 0.0


FEATURE_NAMES = tuple(field.name for field in fields(CoverageFeatures))


@dataclass(frozen=True, slots=True)
class ContentWords:
    """The content words of a text, once each: stems, vectors, and all neighbouring pairs."""

    stems: tuple[str, ...]
    vectors: Vectors
    pairs: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SourceText:
    """An analysed passage: its sentences, the words of each, and its facts.

    ``table[i, j]`` says whether word i stands in sentence j; ``means`` holds the sum of the word
    vectors of each sentence, ``columns`` the words of each stem, ``compared`` the words by what
    they are compared by, and whether a prefix denies them.
    """

    text: str
    spans: tuple[SentenceSpan, ...]
    words: ContentWords
    table: NDArray[np.bool_]
    means: Vectors
    columns: Mapping[str, list[int]]
    compared: Mapping[str, list[tuple[int, bool]]]
    holds: SourceFacts

    def sentence(self, at: int) -> str:
        """A sentence, cut where it is too long to be compared word by word."""
        span = self.spans[at]
        return self.text[span.start : span.end][:_MOST_COMPARED]


def read_source(text: str, vectors: WordVectors) -> SourceText:
    """Analyse a passage."""
    spans = tuple(sentences(text))
    found = [words(text[span.start : span.end]) for span in spans]
    content = _content(word for tokens in found for word in tokens)
    own = _words(content, vectors, frozenset(p for tokens in found for p in _pairs(tokens)))
    places = {word: at for at, word in enumerate(content)}
    table = np.zeros((len(content), len(spans)), dtype=np.bool_)
    for column, tokens in enumerate(found):
        table[[places[word] for word in tokens if word in places], column] = True
    means = np.stack([own.vectors[inside].sum(axis=0) for inside in table.T]) if spans else _NONE
    columns: dict[str, list[int]] = {}
    compared: dict[str, list[tuple[int, bool]]] = {}
    for at, (word, term) in enumerate(zip(content, own.stems, strict=True)):
        columns.setdefault(term, []).append(at)
        readings, is_denied = readings_of(word, term)
        for reading in readings:
            compared.setdefault(reading.key, []).append((at, is_denied))
    return SourceText(text, spans, own, table, means, columns, compared, SourceFacts(text))


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """An analysed sentence that is to be verified."""

    text: str
    words: ContentWords
    facts: Facts
    clause: Clause


def read_claim(text: str, vectors: WordVectors) -> CheckedClaim:
    """Analyse a sentence."""
    tokens = words(text)
    content = _content(tokens)
    own = _words(content, vectors, frozenset(_pairs(tokens)))
    return CheckedClaim(text, own, facts_of(text), clause_of(text))


@dataclass(frozen=True, slots=True)
class Coverage:
    """How a source covers a claim.

    ``exact``: for each word of the claim 1 when its stem, or what says the same by a negation,
    stands in the source; ``window``: the share its best three neighbouring sentences cover;
    ``sentence``: the single sentence that is most about the same, ``aligned`` the share of words
    that it holds or holds the opposite of; ``beside``: its neighbours; ``start`` and ``end``: the
    place to quote.
    """

    exact: NDArray[np.float32]
    window: float
    meaning: float
    sentence: str
    aligned: float
    beside: tuple[str, ...]
    start: int
    end: int


def cover(claim: CheckedClaim, source: SourceText) -> Coverage:
    """Compare a claim with a source."""
    count, columns = len(claim.words.stems), len(source.spans)
    if not count or not columns or not len(source.words.stems):
        nothing = np.zeros(count, np.float32)
        return Coverage(nothing, 0.0, 0.0, "", 0.0, (), 0, len(source.text))
    same = np.zeros((count, len(source.words.stems)), np.float32)
    for row, term in enumerate(claim.words.stems):
        same[row, source.columns.get(term, [])] = 1
    about = same.copy()
    against = np.zeros(same.shape, np.bool_)
    for row, column, agrees in _related(claim, source):
        about[row, column] = 1
        if agrees is not None:
            same[row, column] = agrees
            against[row, column] = not agrees
    # Not a matrix product: on a busy machine its threads take 2.4 ms for what takes .5 ms so.
    alike = np.einsum("ik,jk->ij", claim.words.vectors, source.words.vectors)
    alike = np.maximum(same, (alike - _LOWEST_LIKENESS) / (1 - _LOWEST_LIKENESS))
    alike[against] = 0
    close = _by_sentence(alike, source.table)
    best: list[tuple[float, int, int]] = []
    for width in range(1, min(_WIDEST, columns) + 1):
        shares = _windows(close, width).mean(axis=0)
        first = int(shares.argmax())
        best.append((float(shares[first]), first, first + width))
    share, first, last = best[0]
    for wider in best[1:]:
        if wider[0] - share >= _WIDER_PAYS * (wider[2] - wider[1] - (last - first)):
            share, first, last = wider
    held = _by_sentence(about, source.table).mean(axis=0)
    single = int((held + _TIE * close.mean(axis=0)).argmax())
    return Coverage(
        exact=same.max(axis=1),
        window=best[-1][0],
        meaning=_cosine(claim.words.vectors.sum(axis=0), source.means),
        sentence=source.sentence(single),
        aligned=float(held[single]),
        beside=tuple(source.sentence(at) for at in (single - 1, single + 1) if 0 <= at < columns),
        start=source.spans[first].start,
        end=source.spans[last - 1].end,
    )


def _related(claim: CheckedClaim, source: SourceText) -> Iterator[tuple[int, int, bool | None]]:
    """Places of words of claim and source that are opposites, or deny one another by a prefix, and
    whether both can be so as they stand; None for forms of one verb ("build", "built")."""
    last_first = reversed(list(enumerate(claim.clause.terms)))
    places = {term.stem: at for at, term in last_first if term.readings}
    for row, stemmed in enumerate(claim.words.stems):
        if stemmed not in places:
            continue
        at = places[stemmed]
        own = claim.clause.terms[at]
        found = {
            column: is_denied or own.is_denied or is_opposite(own)
            for reading in own.readings
            for column, is_denied in source.compared.get(reading.key, ())
            if column not in source.columns.get(stemmed, ())
        }
        for column, is_turned in found.items():
            yield row, column, _agrees(claim.clause, at, source, column) if is_turned else None


def _agrees(own: Clause, at: int, source: SourceText, column: int) -> bool:
    """Whether in any sentence the word of the source does not contradict the one of the claim."""
    for number in np.flatnonzero(source.table[column]):
        said = clause_of(source.sentence(int(number)))
        for place, term in enumerate(said.terms):
            if term.stem == source.words.stems[column] and (
                at in own.unsure | own.reached
                or place in said.unsure | said.reached
                or relation(
                    own.terms[at].readings, own.is_negative(at),
                    term.readings, said.is_negative(place),
                ) != "against"
            ):  # fmt: skip
                return True
    return False


def _by_sentence(likeness: NDArray[np.float32], table: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Shape (claim words, sentences): the best word of each sentence for each claim word."""
    every = [likeness[:, inside].max(axis=1, initial=0.0) for inside in table.T]
    return np.stack(every, axis=1)


def _windows(shares: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    """The best of ``width`` neighbouring columns."""
    stop = shares.shape[1] - width + 1
    windows: NDArray[np.float32] = np.max([shares[:, i : i + stop] for i in range(width)], axis=0)
    return windows


def _cosine(vector: NDArray[np.float32], rows: Vectors) -> float:
    if not rows.size:
        return 0.0
    joined = [rows]
    if len(rows) > 1:
        joined.append(rows[:-1] + rows[1:])
    every = np.concatenate(joined)
    lengths = np.linalg.norm(every, axis=1) * float(np.linalg.norm(vector))
    cosines = (every @ vector) / np.where(lengths > 0, lengths, 1)
    return max(0.0, float(cosines.max()))


def _content(tokens: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(t for t in tokens if t not in STOP_WORDS))


def _pairs(tokens: Sequence[str]) -> list[tuple[str, str]]:
    kept = stem(token for token in tokens if token not in STOP_WORDS)
    return list(pairwise(kept))


def _words(
    content: list[str], vectors: WordVectors, pairs: frozenset[tuple[str, str]]
) -> ContentWords:
    return ContentWords(tuple(stem(content)), vectors.of(content), pairs)
