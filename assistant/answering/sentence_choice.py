"""Passages → an answer made of the documents' own sentences, verbatim and in reading order.

Few sentences, chosen for this question; a list is given whole, a table row with its header, and a
sentence that opens with "It" or "He" with the one before. Nothing is written by us.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rapidfuzz.distance import OSA

from assistant.answering.sentence_scores import (
    SentenceFeatures,
    SentenceTerms,
    passage_features,
    take_apart,
    weigh,
)
from assistant.retrieval.nearness import SentenceIndex
from assistant.retrieval.question import Question, corrected, coverage
from assistant.text.fitted import fitted
from assistant.text.noise import Finder, recurs, share
from assistant.text.sentences import sentences
from assistant.text.terms import shingles, stem, terms, words
from assistant.text.word_vectors import cosines
from assistant.types import Passage

_SECOND_SHARE, _ALONE_SHARE = 0.85, 0.9
"""A further sentence must score at least this share of the best one; more when the question asks
for one thing."""
_PART, _LARGE_PART, _PART_SHARE = 0.2, 0.3, 0.6
"""Less will do for one that holds this share of the question's weight that is missing so far, the
larger one for a third sentence when the question does not ask for several things."""

_NOISE_PENALTY = 0.3
"""What a sentence of a caption, an advert or recurring boilerplate loses of its score."""
_LOOKED_UP = 6
"""The best sentences of which it is looked up whether they recur in other documents."""
_SHORTEST_BOILERPLATE = 4
"""Words; a shorter line stands in many documents without being an advert."""
_MAX_LIST_ITEMS = 14
_WEIGHTS = Path(__file__).parent / "extraction_weights.json"
_WINDOW = 4000
"""Characters of the document looked at on each side of a sentence for its list or table."""
_LIST_WEIGHT, _LIST_ALONE = 2.0, 0.3

ReadText = Callable[[str, int, int], str]
"""(document, start, end) → that stretch of its text, shorter at the document's ends."""

_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|tiff?)\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\d.,])(?:1[5-9]|20)\d\d(?![\d.,]\d)\b")
_COMPOUND = re.compile(r"\b(?:and|or|both|each|either|compared?|versus|vs)\b|[,;]", re.IGNORECASE)
_COUNTED = re.compile(r"\b(?:two|three|four|five|six|how many)\b", re.IGNORECASE)
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
    features: SentenceFeatures
    kind: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was found: the answer's sentences in reading order, and the best one for signals."""

    question: Question
    picks: tuple[Pick, ...]
    ranked: tuple[Pick, ...]


def extraction_weights() -> Mapping[str, float]:
    """The weights of the sentence features, from ``extraction_weights.json``."""
    return fitted(_WEIGHTS)


def extract(
    question: Question,
    passages: Sequence[Passage],
    sentence_index: SentenceIndex,
    max_sentences: int,
    read: ReadText,
    find: Finder | None = None,
    noise_penalty: float | None = None,
) -> Extraction:
    """Choose the sentences of the passages that answer the question, best first then ordered.

    ``read`` gives a stretch of a document's text, so that a list that goes on after its passage
    is still given whole. ``find`` looks a sentence up in the whole index, to tell what recurs
    across documents. ``noise_penalty`` of 0 lets captions and adverts answer like anything else.
    """
    penalty = _NOISE_PENALTY if noise_penalty is None else noise_penalty
    split = sentence_index.of({p.chunk_id: p.text for p in passages})
    parts = {p.chunk_id: take_apart(p.text, split[p.chunk_id].spans) for p in passages}
    question = corrected(question, _corrections(question, parts))
    vector = sentence_index.embed_question(question.standalone)
    vocabulary = (w for found in parts.values() for sentence in found for w in sentence.words)
    likeness = sentence_index.likeness(question, vocabulary)
    ranked: list[Pick] = []
    for rank, passage in enumerate(passages, start=1):
        found = parts[passage.chunk_id]
        if not found:
            continue
        similarities = cosines(split[passage.chunk_id].vectors, vector)
        features = passage_features(question, passage, rank, found, similarities, likeness)
        bonus = list_bonus(question, passage, found) if question.wants_list else {}
        for index, (sentence, each) in enumerate(zip(found, features, strict=True)):
            if sentence.span.kind != "heading" and not _PICTURE.search(sentence.text):
                ranked.append(_pick(passage, sentence, each, bonus.get(index, 0.0), penalty))
    ranked.sort(key=_best_first)
    if find is not None and penalty:
        ranked[:_LOOKED_UP] = [_demoted(pick, find, penalty) for pick in ranked[:_LOOKED_UP]]
        ranked.sort(key=_best_first)
    chosen = _choose(question, ranked, max_sentences, read)
    return Extraction(question, tuple(chosen), tuple(ranked[:50]))


def list_bonus(
    question: Question, passage: Passage, found: Sequence[SentenceTerms]
) -> dict[int, float]:
    """What belonging to a list adds to a sentence: the items cover a question only together."""
    context = frozenset(terms(" ".join((passage.title, *passage.heading_path))))
    bonus: dict[int, float] = {}
    at = 0
    while at < len(found):
        end = at
        while end < len(found) and found[end].span.kind == "item":
            end += 1
        if end - at >= 2:
            first = at - 1 if at and found[at - 1].span.kind == "prose" else at
            block = frozenset().union(context, *(s.terms for s in found[first:end]))
            covered = coverage(question.weights, block)
            for index in range(first, end):
                own = coverage(question.weights, found[index].terms)
                bonus[index] = _LIST_WEIGHT * (covered - own) + _LIST_ALONE * covered
        at = max(end, at + 1)
    return bonus


def _best_first(pick: Pick) -> tuple[float, str, int]:
    return (-pick.score, pick.passage.document, pick.start)


def _demoted(pick: Pick, find: Finder, penalty: float) -> Pick:
    """The sentence with its penalty, when it is boilerplate that recurs across documents."""
    if pick.score <= 0 or pick.kind == "table" or len(words(pick.text)) < _SHORTEST_BOILERPLATE:
        return pick
    if not recurs(pick.text, pick.passage.text, pick.passage.document, find):
        return pick
    return replace(pick, score=pick.score * (1.0 - penalty))


def _pick(
    passage: Passage,
    sentence: SentenceTerms,
    features: SentenceFeatures,
    bonus: float,
    penalty: float,
) -> Pick:
    start, end = passage.start + sentence.span.start, passage.start + sentence.span.end
    is_noise = share(passage.noise, start, end) > 0.5
    score = weigh(features, extraction_weights()) + bonus
    return Pick(
        passage=passage,
        text=sentence.text,
        start=start,
        end=end,
        score=score * (1.0 - penalty * is_noise) if score > 0 else score,
        features=features,
        kind=sentence.span.kind,
    )


def _corrections(
    question: Question, parts: Mapping[str, Sequence[SentenceTerms]]
) -> dict[str, str]:
    """Question terms that stand nowhere in the passages → the term of the word they misspell."""
    known = {term for found in parts.values() for each in found for term in each.terms}
    vocabulary = {word for found in parts.values() for each in found for word in each.words}
    replacements: dict[str, str] = {}
    for term in question.weights:
        word = question.surface.get(term, term)
        if term in known or len(word) < 4 or not word.isalpha():
            continue
        allowed = 2 if len(word) >= 8 else 1
        close = [
            (OSA.distance(word, other, score_cutoff=allowed), other)
            for other in vocabulary
            if abs(len(other) - len(word)) <= allowed and other[:1] == word[:1]
        ]
        close = [(distance, other) for distance, other in close if distance <= allowed]
        if close:
            replacements[term] = stem([min(close)[1]])[0]
    return replacements


def _choose(
    question: Question, ranked: Sequence[Pick], max_sentences: int, read: ReadText
) -> list[Pick]:
    if not ranked:
        return []
    best = ranked[0]
    chosen = _list_around(question, best, read)
    if not chosen:
        chosen = [best]
        budget = max_sentences if question.wants_list else min(2, max_sentences)
        total = sum(question.weights.values()) or 1.0
        covered = _covered(question, chosen)
        is_compound = _COMPOUND.search(question.text) is not None
        is_counted = _COUNTED.search(question.text) is not None
        several = is_compound or is_counted or question.wants_list
        for pick in ranked[1:]:
            if len(chosen) >= max_sentences:
                break
            if any(_overlaps(pick, other) or _same_text(pick, other) for other in chosen):
                continue
            if pick.features.values < best.features.values and _names_other_year(question, pick):
                continue
            gained = _covered(question, [pick]) - covered
            gain = sum(question.weights[term] for term in gained) / total
            least = _PART if len(chosen) < budget or is_compound else _LARGE_PART
            brings_part = gain >= least and pick.score >= _PART_SHARE * best.score
            elsewhere = pick.passage.document != best.passage.document
            share = _SECOND_SHARE if several else _ALONE_SHARE
            if not brings_part and (len(chosen) >= budget or pick.score < share * best.score):
                continue
            if brings_part or gained or elsewhere or pick.features.kind >= 1.0:
                chosen.append(pick)
                covered |= gained
        if len(chosen) == 1 and budget > 1 and not _leans(best) and _leaves_open(question, best):
            chosen += _next_sentence(best, read)
        chosen = _with_context(chosen, read)
    ordered = sorted(chosen, key=lambda p: (_document_order(chosen, p), p.start))
    return _told_once(ordered)


def _told_once(picks: Sequence[Pick]) -> list[Pick]:
    """The picks without those that say an earlier one's very text again."""
    kept: list[Pick] = []
    for pick in picks:
        repeated = any(
            _same_text(pick, other)
            if pick.kind == other.kind == "prose"
            else words(pick.text) == words(other.text)
            for other in kept
        )
        if not repeated:
            kept.append(pick)
    return kept


def _names_other_year(question: Question, pick: Pick) -> bool:
    return any(year not in question.values for year in _YEAR.findall(pick.text))


def _document_order(chosen: Sequence[Pick], pick: Pick) -> float:
    """Documents in the order of their best sentence, sentences in reading order inside each."""
    return -max(p.score for p in chosen if p.passage.document == pick.passage.document)


def _around(pick: Pick, read: ReadText) -> tuple[list[Pick], int]:
    """The units of the document around a sentence, and which of them holds it."""
    start = max(0, pick.start - _WINDOW)
    text = read(pick.passage.document, start, pick.end + _WINDOW)
    spans = sentences(text)
    picks = [
        replace(
            pick, text=text[s.start : s.end], start=start + s.start, end=start + s.end, kind=s.kind
        )
        for s in spans
    ]
    at = next((i for i, p in enumerate(picks) if p.start <= pick.start < p.end), -1)
    return picks, at


def _list_around(question: Question, best: Pick, read: ReadText) -> list[Pick]:
    """The whole list that the best sentence introduces, or belongs to when a list is wanted."""
    introduces = best.text.rstrip("*_ ").endswith(":")
    if not introduces and not (question.wants_list and best.kind in ("item", "prose")):
        return []
    around, at = _around(best, read)
    if at < 0:
        return []
    if best.kind == "prose" and question.wants_list:
        introduces = introduces or (at + 1 < len(around) and around[at + 1].kind == "item")
    if best.kind != "item" and not introduces:
        return []
    first = at + 1 if introduces and best.kind != "item" else at
    while first > 0 and around[first - 1].kind == "item":
        first -= 1
    last = first
    while last < len(around) and around[last].kind == "item" and last - first < _MAX_LIST_ITEMS:
        last += 1
    if last - first < 2:
        return []
    lead = [around[first - 1]] if first and around[first - 1].kind == "prose" else []
    return [*lead, *around[first:last]]


def _leaves_open(question: Question, best: Pick) -> bool:
    """Whether the sentence names the subject but may not yet say what was asked of it."""
    return question.kinds[0] not in ("date", "number", "place") or best.features.kind < 1.0


def _next_sentence(best: Pick, read: ReadText) -> list[Pick]:
    """The sentence that goes on after the best one in the same paragraph."""
    around, at = _around(best, read)
    if at < 0 or at + 1 >= len(around) or best.kind != "prose":
        return []
    following = around[at + 1]
    gap = following.start - best.end
    return [following] if following.kind == "prose" and gap <= 2 else []


def _leans(pick: Pick) -> bool:
    """Whether the sentence opens with a word that stands for something named before it."""
    return pick.kind == "prose" and _LEANS.match(pick.text) is not None


def _with_context(chosen: Sequence[Pick], read: ReadText) -> list[Pick]:
    """Add the header above a table row, and the sentence before one that opens with a pronoun
    where it is the only one: beside another it is mostly that one it speaks of."""
    result = list(chosen)
    for pick in chosen:
        leans = len(chosen) == 1 and _leans(pick)
        if pick.kind != "table" and not leans:
            continue
        around, at = _around(pick, read)
        if at < 1:
            continue
        needed = at - 1
        if pick.kind == "table":
            while needed > 0 and around[needed - 1].kind == "table":
                needed -= 1
            if around[needed].kind != "table":
                continue
        added = around[needed]
        if added.kind in ("prose", "table", "item") and not any(
            _overlaps(added, other) for other in result
        ):
            result.append(added)
    return result


def _covered(question: Question, picks: Sequence[Pick]) -> set[str]:
    present = {term for pick in picks for term in terms(pick.text)}
    return {term for term in question.weights if term in present}


def _overlaps(a: Pick, b: Pick) -> bool:
    return a.passage.document == b.passage.document and a.start < b.end and b.start < a.end


def _same_text(a: Pick, b: Pick) -> bool:
    """Whether two sentences of different places say the same in the same words."""
    mine, other = shingles(a.text, 3), shingles(b.text, 3)
    return len(mine & other) >= 0.7 * min(len(mine), len(other))
