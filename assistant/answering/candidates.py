"""Passages → their sentences and rows, ordered by how well each could answer the question.

Features of words and meaning are weighed; where a reader has read the passage, its judgement counts
too. Captions, adverts and what recurs across documents weigh less. Chooses nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, inf
from pathlib import Path

from rapidfuzz.distance import OSA

from assistant.answering.asked_headings import below_the_question
from assistant.answering.bare_values import VALUE, values_below
from assistant.answering.bonuses import (
    OWN_SUBJECT,
    announced,
    labelled,
    list_bonus,
    numbered,
    opening_with,
)
from assistant.answering.counted_nouns import counts_asked_things
from assistant.answering.dated_headings import date_above
from assistant.answering.exclusions import asks_what_is_not, denied_places, turns_round
from assistant.answering.fit_to_answer import is_reference, may_answer
from assistant.answering.following_sentences import following
from assistant.answering.led_lists import items_led, named_and_led, with_leads
from assistant.answering.life_years import dates_a_life
from assistant.answering.numbered_items import number_asked_for
from assistant.answering.own_bonuses import asked_forms, is_beside, own_bonus
from assistant.answering.own_sections import first_of_own_section
from assistant.answering.parallel_sentences import speaks_of_another
from assistant.answering.picks import READ_NOTHING, Pick, Read
from assistant.answering.reference_lists import listed_references
from assistant.answering.rows_of_values import holds_other_values
from assistant.answering.run_in_leads import run_in
from assistant.answering.sentence_scores import (
    SentenceFeatures,
    SentenceTerms,
    passage_features,
    take_apart,
    weigh,
)
from assistant.answering.signatures import told_below
from assistant.answering.spanned_rows import by_span
from assistant.answering.statement_marks import below_flat_ones, marked_wrong
from assistant.model.answer_reader import NO_READINGS, Reading, logistic
from assistant.retrieval.nearness import SentenceIndex
from assistant.retrieval.question import Question, corrected
from assistant.text.fitted import fitted
from assistant.text.languages.frequencies import zipf
from assistant.text.noise import Places, recurs, share
from assistant.text.terms import words
from assistant.text.word_vectors import cosines
from assistant.types import Passage

Find = Callable[[str, str], Places]
"""A sentence and its language → where all of its words stand: (document, text)."""
_READER_WEIGHT = 2.0
"""What a reader's two judgements add at the most, each; a good sentence scores about 5 without.
Between 1.5 and 5 the first sentence is right equally often."""
_NOT_THE_BEST, _NEXT_BEST = 1.0, 2.0
"""What a sentence loses in the order at the most whose span is not the best of its passage, however
little the reader thinks of any, and the logits over which that comes: of a question in other words
than the text it says "no answer", and mostly knows which it would be. Of 472 long questions 56 % of
the first sentences are right so, 54 % without."""
_FAVOURED, _HOLDS_ALL = 0.5, 0.95
"""What a sentence has gained by its place, or by defining what is asked for, and the share of the
question that it holds itself, that loses nothing so: a reader says little of lists."""
_READER_WEIGHT_OF_LISTS = 0.0
"""Lists and ways of doing are no spans: the reader never saw any."""
_MOST_KEPT = 50
_NOISE_PENALTY = 0.3
"""What a sentence of a caption, an advert or recurring boilerplate loses of its score."""
_NOISE_THAT_ANSWERS = 0.1
_ANSWERS = 4.0
"""The same where the reader holds the sentence for the answer: its span beats "none" by so much.
Some captions say what no other sentence does."""
_LOOKED_UP = 6
"""The best sentences of which it is looked up whether they recur in other documents."""
_SHORTEST_BOILERPLATE = 4
"""Words; a shorter line stands in many documents without being an advert."""
_WEIGHTS = Path(__file__).parent / "extraction_weights.json"
_ANOTHER = 2.5
"""By how much a sentence is worse that says of another thing what the next one says of the thing
asked for: too much to be set beside it."""
_OFTEN = 2
"""Passages of a document that name its subject, of those found. With 2, 91 of 144 long questions
about articles without a title are answered on the evidence; 86 without."""
_YEAR = re.compile(r"(?<![\d.,])(?:1[5-9]|20)\d\d(?![\d.,]\d)\b")
_AFFIRMS, _OF_THINGS = 1.0, frozenset({"definition", "which", "list", "any"})
"""What a sentence loses that denies nothing where it is asked what is not so."""
_ENUMERATES, _ANSWERS_BY_LIST = 1.5, 2.0
_ENUMERATION = re.compile(r"\w, [^,;]{2,60},? (?:and|or|as well as) \w")
"""What a sentence gains that lists things in a line ("the roof, the walls and the stair") where a
list is asked for and the reader is sure that it answers."""
_COUNTS = 1.0
"""What a sentence gains with a number before the thing that is counted."""
_OTHER_VALUES = 3.0
"""What a row loses whose values are of another kind: prices where things are counted."""
_DENIES = 6.0
"""What a line loses, and each item below it, that says what is not so where it is asked what is:
"Not included in the price:" has all words of "What is included in the price?"."""
_OTHER_YEAR = 1.0
"""What a sentence loses, with the reader's judgement, that names years but none that is asked for:
what was sold in 2019 is no answer for 2022, however alike the sentences are."""


def extraction_weights() -> Mapping[str, float]:
    """The weights of the sentence features, from ``extraction_weights.json``."""
    return fitted(_WEIGHTS)


@dataclass(frozen=True, slots=True)
class Candidates:
    """The question, spelt as the documents spell it, and its candidates, best first."""

    question: Question
    ranked: tuple[Pick, ...]


def rank_candidates(
    question: Question,
    passages: Sequence[Passage],
    sentence_index: SentenceIndex,
    readings: Mapping[str, Reading] = NO_READINGS,
    find: Find | None = None,
    noise_penalty: float | None = None,
    after: Pick | None = None,
) -> Candidates:
    """The sentences and rows of the passages by how well each could answer, best first.

    ``readings`` are a reader's, by chunk id, for the passages that it has read. ``find`` looks a
    sentence up in the whole index, to tell what recurs across documents. ``noise_penalty`` of 0
    lets captions and adverts answer like anything else. ``after`` is what answered the question
    before, which this one goes on with.
    """
    penalty = _NOISE_PENALTY if noise_penalty is None else noise_penalty
    split = sentence_index.of({p.chunk_id: p.text for p in passages})
    parts = {p.chunk_id: take_apart(p, split[p.chunk_id].spans, question) for p in passages}
    question = corrected(question, _corrections(question, parts))
    vector = sentence_index.embed_question(question.searched)
    vocabulary = (w for found in parts.values() for sentence in found for w in sentence.words)
    likeness = sentence_index.likeness(question, vocabulary)
    is_list = question.kinds[0] == "list" or question.wants_steps
    weight = _READER_WEIGHT_OF_LISTS if is_list else _READER_WEIGHT
    is_in_line = question.kinds[0] == "list" and not question.wants_steps
    years = frozenset(_YEAR.findall(question.text))
    is_of_things = question.kinds[0] in _OF_THINGS
    is_for_what_is_not = is_of_things and asks_what_is_not(question)
    asked, forms = number_asked_for(question.text), asked_forms(question)
    asked_above = below_the_question(question, passages, parts)
    for key, first in first_of_own_section(question, passages, parts).items():
        asked_above[key] = {**asked_above.get(key, {}), **first}
    valued = values_below(question, passages, parts)
    for key, names in valued.items():
        asked_above[key] = {**dict.fromkeys(names, VALUE), **asked_above.get(key, {})}
    signed = told_below(question, passages, parts)
    for key, told in signed.items():
        gains = {at: gain for at, (gain, _) in told.items()}
        asked_above[key] = {**asked_above.get(key, {}), **gains}
    led = items_led(question, passages, parts)
    for key, items in led.items():
        asked_above[key] = {**asked_above.get(key, {}), **items}
    about = _subjects(question, passages, parts)
    ranked: list[Pick] = []
    for rank, passage in enumerate(passages, start=1):
        spanned = by_span(question, parts[passage.chunk_id], passage.language)
        found = spanned.found
        if not found:
            continue
        similarities = cosines(split[passage.chunk_id].vectors, vector)
        subject = about.get(passage.document, frozenset())
        features = passage_features(question, passage, rank, found, similarities, likeness, subject)
        if question.kinds[0] == "date":
            features = _dated(passage, found, features)
        leads = led.get(passage.chunk_id, {})
        features = with_leads(question, passage, found, features, leads)
        bonus = (
            list_bonus(question, passage, found)
            if question.wants_list
            else announced(question, found)
        )
        if asked is not None:
            bonus = numbered(question, passage, found, asked[0])
        for index, more in named_and_led(question, passage, found, features).items():
            bonus[index] = bonus.get(index, 0.0) + more
        bonus = {**bonus, **labelled(question, found, features, bonus)}
        for index in opening_with(question, found):
            bonus[index] = bonus.get(index, 0.0) + OWN_SUBJECT
        for index, more in spanned.gains.items():
            bonus[index] = bonus.get(index, 0.0) + more
        leading = run_in(question, passage, found)
        for index, more in leading.gains.items():
            bonus[index] = bonus.get(index, 0.0) + more
        wrong = {**marked_wrong(question, found), **spanned.losses}
        below = asked_above.get(passage.chunk_id, {})
        for index, more in below.items():
            bonus[index] = bonus.get(index, 0.0) + more
        reads = _reads(passage, found, readings.get(passage.chunk_id))
        highest = max(read.span for read in reads)
        is_english = question.language == "en" and passage.language in ("en", "")
        listed = listed_references(question, passage, found)
        is_for_what_is = is_of_things and not is_for_what_is_not
        denied = denied_places(found) if is_for_what_is else frozenset()
        for index, (sentence, each) in enumerate(zip(found, features, strict=True)):
            if index in leading.headings or index in listed:
                continue
            if not may_answer(question, sentence, each, passage):
                continue
            more = bonus.get(index, 0.0)
            more += own_bonus(question, forms, passage, found, index, each)
            if sentence.row is None and counts_asked_things(question, sentence.text):
                more += _COUNTS
            off = wrong.get(index, 0.0)
            is_other = bool(years) and _is_of_other_years(years, passage, sentence)
            if is_other or dates_a_life(question, sentence.text):
                off += _OTHER_YEAR
            off += _DENIES * (index in denied)
            if sentence.row is not None and holds_other_values(question, sentence.row):
                off += _OTHER_VALUES
            read, lift = (READ_NOTHING if off else reads[index]), 0.0
            if is_in_line and read.span >= _ANSWERS_BY_LIST and _ENUMERATION.search(sentence.text):
                more += _ENUMERATES
            is_ordered = weight and is_english and not off and highest > -inf
            if is_ordered and not _is_favoured(sentence, each, more):
                lift = -_NOT_THE_BEST * (1.0 - exp((read.span - highest) / _NEXT_BEST))
            beside = is_beside(question, passage, sentence)
            pick = _pick(passage, sentence, each, more - off, penalty, read, weight, beside)
            lift += following(question, pick, after) if after is not None else 0.0
            asked_there = (index in below or index in leading.asked) and not off
            if is_for_what_is_not and not asked_there and not turns_round(sentence.text):
                pick = replace(pick, score=pick.score - _AFFIRMS)
            name = leading.about.get(index) or valued.get(passage.chunk_id, {}).get(index)
            if index in signed.get(passage.chunk_id, {}):
                name = signed[passage.chunk_id][index][1]
            ranked.append(replace(pick, lift=lift, is_asked_above=asked_there, about=name))
    ranked.sort(key=_best_first)
    ranked[:_LOOKED_UP] = _of_the_subject(question, ranked[:_LOOKED_UP])
    for at, score in below_flat_ones(question, ranked[:_LOOKED_UP]).items():
        ranked[at] = replace(ranked[at], score=score)
    ranked.sort(key=_best_first)
    if find is not None and penalty:
        ranked[:_LOOKED_UP] = [_demoted(pick, find, penalty) for pick in ranked[:_LOOKED_UP]]
        ranked.sort(key=_best_first)
    return Candidates(question, tuple(ranked[:_MOST_KEPT]))


def _dated(
    passage: Passage, found: Sequence[SentenceTerms], features: Sequence[SentenceFeatures]
) -> list[SentenceFeatures]:
    """The features, of sentences below a heading that is a date as of those that hold one."""
    above = "".join(f"{heading}\n" for heading in passage.heading_path)
    return [
        replace(each, kind=1.0)
        if each.kind < 1.0
        and sentence.row is None
        and date_above(sentence.text, above + passage.text[: sentence.span.start], 0)
        else each
        for sentence, each in zip(found, features, strict=True)
    ]


def _subjects(
    question: Question, passages: Sequence[Passage], parts: Mapping[str, Sequence[SentenceTerms]]
) -> dict[str, frozenset[str]]:
    """The names in the question that stand in several passages of a document: it is about them, and
    says "she" and "it" between."""
    counts: dict[str, Counter[str]] = {}
    for passage in passages:
        held = frozenset().union(*(each.terms for each in parts[passage.chunk_id]))
        counts.setdefault(passage.document, Counter()).update(question.names & held)
    return {
        document: frozenset(t for t, n in count.items() if n >= _OFTEN)
        for document, count in counts.items()
    }


def _is_of_other_years(years: frozenset[str], passage: Passage, sentence: SentenceTerms) -> bool:
    """Whether a sentence names years and none of those asked for, nor its headings.

    The years of a row stand in its label and in the names above it: another cell that looks like a
    year is mostly an amount.
    """
    row, text = sentence.row, sentence.text
    if row is not None and not years & frozenset(_YEAR.findall(text)):
        text = " ".join((*row.cells[:1], row.group, row.table[1], *row.names))
    named = frozenset(_YEAR.findall(text))
    if not named or named & years:
        return False
    if row is not None:
        return True
    above = " ".join((passage.title, *passage.heading_path))
    return not years & frozenset(_YEAR.findall(above))


def _best_first(pick: Pick) -> tuple[float, str, int]:
    return (-pick.order, pick.passage.document, pick.start)


def _of_the_subject(question: Question, best: Sequence[Pick]) -> list[Pick]:
    """The best sentences, those behind that say of another thing what a close one says of the thing
    asked for."""
    if not best or best[0].row is not None:
        return list(best)
    first = best[0]
    for rival in best[1:]:
        is_close = rival.passage.document == first.passage.document and rival.row is None
        code = rival.passage.language
        if is_close and speaks_of_another(question, first.text, rival.text, code):
            behind = replace(first, score=rival.score - _ANOTHER, read=READ_NOTHING)
            return sorted([behind, *best[1:]], key=_best_first)
    return list(best)


def _demoted(pick: Pick, find: Find, penalty: float) -> Pick:
    """The sentence with its penalty, when it is boilerplate that recurs across documents."""
    if pick.score <= 0 or pick.kind == "table" or len(words(pick.text)) < _SHORTEST_BOILERPLATE:
        return pick
    passage = pick.passage
    places = find(pick.text, passage.language)
    if not recurs(pick.text, passage.text, passage.document, places):
        return pick
    return replace(pick, score=pick.score * (1.0 - penalty))


def _reads(passage: Passage, found: Sequence[SentenceTerms], reading: Reading | None) -> list[Read]:
    """What a reader says of each sentence of a passage."""
    if reading is None:
        return [READ_NOTHING] * len(found)
    spans = [reading.best_within(each.span.start, each.span.end) for each in found]
    return [
        Read(reading.answerable, score, passage.start + start, passage.start + end)
        for start, end, score in spans
    ]


def _is_favoured(sentence: SentenceTerms, features: SentenceFeatures, bonus: float) -> bool:
    """Whether a row, or a sentence that its form or place favours, keeps its place though a reader
    would look elsewhere."""
    is_form = bonus > _FAVOURED or features.defines > _FAVOURED or features.own >= _HOLDS_ALL
    return sentence.row is not None or is_form


def _pick(
    passage: Passage,
    sentence: SentenceTerms,
    features: SentenceFeatures,
    bonus: float,
    penalty: float,
    read: Read,
    reader_weight: float,
    is_beside: bool,
) -> Pick:
    start, end = passage.start + sentence.span.start, passage.start + sentence.span.end
    is_caption = share(passage.noise, start, end) > 0.5
    is_noise = is_caption or is_beside or is_reference(sentence.text)
    score = weigh(features, extraction_weights()) + bonus
    if read is not READ_NOTHING:
        score += reader_weight * (logistic(read.answerable) + logistic(read.span / 2))
        if is_caption and not is_beside and read.span >= _ANSWERS and read.answerable > 0:
            penalty = min(penalty, _NOISE_THAT_ANSWERS)
    return Pick(
        passage=passage,
        text=sentence.text,
        start=start,
        end=end,
        score=score * (1.0 - penalty * is_noise) if score > 0 else score,
        features=features,
        kind=sentence.span.kind,
        row=sentence.row,
        read=read,
    )


def _corrections(
    question: Question, parts: Mapping[str, Sequence[SentenceTerms]]
) -> dict[str, str]:
    """Question terms that stand nowhere in the passages → the term of the word they misspell.

    A common word of the language is none: "code" is no slip for "come".
    """
    known = {term for found in parts.values() for each in found for term in each.terms}
    vocabulary = {
        word: term
        for found in parts.values()
        for each in found
        for word, term in zip(each.words, each.sequence, strict=True)
    }
    common = zipf(question.language) if question.language else {}
    replacements: dict[str, str] = {}
    for term in question.weights:
        word = question.surface.get(term, term)
        if term in known or len(word) < 4 or not word.isalpha() or word in common:
            continue
        allowed = 2 if len(word) >= 8 else 1
        close = [
            (OSA.distance(word, other, score_cutoff=allowed), other)
            for other in vocabulary
            if abs(len(other) - len(word)) <= allowed and other[:1] == word[:1]
        ]
        close = [(distance, other) for distance, other in close if distance <= allowed]
        if close:
            replacements[term] = vocabulary[min(close)[1]]
    return replacements
