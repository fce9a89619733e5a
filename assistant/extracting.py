"""Passages → an answer made of the documents' own sentences, verbatim and in reading order.

Few sentences, chosen for this question; a list is given whole, a table row with its header, and a
sentence that opens with "It" or "He" with the one before. Nothing is written by us.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from rapidfuzz.distance import OSA

from assistant.questions import Question, corrected
from assistant.retrieval import SentenceIndex
from assistant.scoring import (
    Features,
    SentenceTerms,
    sentence_features,
    take_apart,
    weigh,
)
from assistant.terms import shingles
from assistant.types import Passage

_SECOND_SHARE = 0.82
"""A further sentence must score at least this share of the best one."""

_MAX_LIST_ITEMS = 14
_LEANS = re.compile(
    r"^(?:it|its|he|his|she|her|they|their|this|that|these|those|such|both|the (?:former|latter|"
    r"same|two|three))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Pick:
    """A sentence for the answer: ``start`` and ``end`` count in the document's text."""

    passage: Passage
    text: str
    start: int
    end: int
    score: float
    features: Features
    kind: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was found: the answer's sentences in reading order, and the best one for signals."""

    question: Question
    picks: tuple[Pick, ...]
    ranked: tuple[Pick, ...]


@lru_cache(maxsize=1)
def extraction_weights() -> Mapping[str, float]:
    """The weights of the sentence features, from ``extraction_weights.json``."""
    path = Path(__file__).parent / "extraction_weights.json"
    weights: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))
    return weights


def extract(
    question: Question,
    passages: Sequence[Passage],
    sentence_index: SentenceIndex,
    max_sentences: int,
) -> Extraction:
    """Choose the sentences of the passages that answer the question, best first then ordered."""
    split = sentence_index.of({p.chunk_id: p.text for p in passages})
    parts = {p.chunk_id: take_apart(p.text, split[p.chunk_id].spans) for p in passages}
    question = corrected(question, _corrections(question, parts))
    vector = sentence_index.embed_question(question.standalone)
    ranked: list[Pick] = []
    for rank, passage in enumerate(passages, start=1):
        found = parts[passage.chunk_id]
        similarities = split[passage.chunk_id].vectors @ vector if found else ()
        for index, sentence in enumerate(found):
            if sentence.span.kind == "heading":
                continue
            features = sentence_features(
                question, passage, rank, found, index, float(similarities[index])
            )
            ranked.append(_pick(passage, sentence, features))
    ranked.sort(key=lambda pick: (-pick.score, pick.passage.document, pick.start))
    chosen = _choose(question, ranked, parts, max_sentences)
    return Extraction(question, tuple(chosen), tuple(ranked[:50]))


def _pick(passage: Passage, sentence: SentenceTerms, features: Features) -> Pick:
    return Pick(
        passage=passage,
        text=sentence.text,
        start=passage.start + sentence.span.start,
        end=passage.start + sentence.span.end,
        score=weigh(features, extraction_weights()),
        features=features,
        kind=sentence.span.kind,
    )


def _corrections(
    question: Question, parts: Mapping[str, Sequence[SentenceTerms]]
) -> dict[str, str]:
    """Question terms that stand nowhere in the passages → the one term they are a slip of."""
    vocabulary = {term for found in parts.values() for each in found for term in each.terms}
    replacements: dict[str, str] = {}
    for term in question.weights:
        if term in vocabulary or len(term) < 4 or not term.isalpha():
            continue
        allowed = 2 if len(term) >= 7 else 1
        close = [
            (OSA.distance(term, other, score_cutoff=allowed), other)
            for other in vocabulary
            if abs(len(other) - len(term)) <= allowed and other[:1] == term[:1]
        ]
        close = [(distance, other) for distance, other in close if distance <= allowed]
        if close:
            replacements[term] = min(close)[1]
    return replacements


def _choose(
    question: Question,
    ranked: Sequence[Pick],
    parts: Mapping[str, Sequence[SentenceTerms]],
    max_sentences: int,
) -> list[Pick]:
    if not ranked:
        return []
    best = ranked[0]
    chosen = [best]
    whole_list = _list_around(question, best, parts[best.passage.chunk_id])
    if whole_list:
        chosen = whole_list
    budget = max_sentences if {"list", "howto"} & set(question.kinds) else min(2, max_sentences)
    covered = _covered(question, chosen)
    for pick in ranked[1:]:
        if len([p for p in chosen if p.kind != "item"]) >= budget or whole_list:
            break
        if pick.score < _SECOND_SHARE * best.score:
            break
        if any(_overlaps(pick, other) or _same_text(pick, other) for other in chosen):
            continue
        gained = _covered(question, [pick]) - covered
        if gained or pick.passage.document != best.passage.document or pick.features.kind >= 1.0:
            chosen.append(pick)
            covered |= gained
    chosen = _with_context(chosen, parts)
    return sorted(chosen, key=lambda p: (_document_order(chosen, p), p.start))


def _document_order(chosen: Sequence[Pick], pick: Pick) -> float:
    """Documents in the order of their best sentence, sentences in reading order inside each."""
    return -max(p.score for p in chosen if p.passage.document == pick.passage.document)


def _list_around(question: Question, best: Pick, found: Sequence[SentenceTerms]) -> list[Pick]:
    """The whole list that the best sentence introduces or belongs to, when a list is wanted."""
    at = next((i for i, s in enumerate(found) if s.text is best.text), None)
    if at is None or not {"list", "howto"} & set(question.kinds):
        return []
    introduces = best.text.rstrip().endswith(":") and at + 1 < len(found)
    if introduces and found[at + 1].span.kind == "item":
        first = at + 1
    elif best.kind == "item":
        first = at
        while first > 0 and found[first - 1].span.kind == "item":
            first -= 1
    else:
        return []
    last = first
    while last < len(found) and found[last].span.kind == "item" and last - first < _MAX_LIST_ITEMS:
        last += 1
    lead = [first - 1] if first and found[first - 1].span.kind == "prose" else []
    return [
        replace(
            best,
            text=found[i].text,
            start=best.passage.start + found[i].span.start,
            end=best.passage.start + found[i].span.end,
            kind=found[i].span.kind,
        )
        for i in [*lead, *range(first, last)]
    ]


def _with_context(
    chosen: Sequence[Pick], parts: Mapping[str, Sequence[SentenceTerms]]
) -> list[Pick]:
    """Add the header above a table row, and the sentence before one that opens with a pronoun."""
    result = list(chosen)
    for pick in chosen:
        found = parts[pick.passage.chunk_id]
        at = next((i for i, s in enumerate(found) if s.text is pick.text), None)
        if not at:
            continue
        if pick.kind == "table":
            first = at
            while first > 0 and found[first - 1].span.kind == "table":
                first -= 1
            needed = first
        elif pick.kind == "prose" and _LEANS.match(pick.text) and len(chosen) < 3:
            needed = at - 1
        else:
            continue
        sentence = found[needed]
        if needed == at or sentence.span.kind not in ("prose", "table", "item"):
            continue
        added = replace(
            pick,
            text=sentence.text,
            start=pick.passage.start + sentence.span.start,
            end=pick.passage.start + sentence.span.end,
            kind=sentence.span.kind,
        )
        if not any(_overlaps(added, other) for other in result):
            result.append(added)
    return result


def _covered(question: Question, picks: Sequence[Pick]) -> set[str]:
    present = {t for pick in picks for s in take_terms(pick.text) for t in (s,)}
    return {term for term in question.weights if term in present}


def take_terms(text: str) -> frozenset[str]:
    """The index terms of a text as a set."""
    from assistant.terms import terms

    return frozenset(terms(text))


def _overlaps(a: Pick, b: Pick) -> bool:
    return a.passage.document == b.passage.document and a.start < b.end and b.start < a.end


def _same_text(a: Pick, b: Pick) -> bool:
    """Whether two sentences of different places say the same in the same words."""
    mine, other = shingles(a.text, 3), shingles(b.text, 3)
    return len(mine & other) >= 0.7 * min(len(mine), len(other))
