"""Passages → their sentences and rows, ordered by how well each could answer the question.

Features of words and meaning are weighed; where a reader has read the passage, its judgement counts
too. Captions, adverts and what recurs across documents weigh less. Chooses nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

from rapidfuzz.distance import OSA

from assistant.answering.asked_headings import below_the_question, points_elsewhere
from assistant.answering.asked_lists import (
    asks_for_several,
    asks_what_to_do,
    ends_in_colon,
    tells_reasons_below,
)
from assistant.answering.code_lines import is_beside_prose
from assistant.answering.coded_entries import asked_signs
from assistant.answering.consequences import tells_cause
from assistant.answering.fit_to_answer import is_reference, may_answer
from assistant.answering.numbered_items import heading_above, is_item, number_asked_for
from assistant.answering.parallel_sentences import speaks_of_another
from assistant.answering.sentence_scores import (
    SentenceFeatures,
    SentenceTerms,
    passage_features,
    take_apart,
    weigh,
)
from assistant.answering.table_rows import TableRow, explains, label_fit
from assistant.model.answer_reader import NO_READINGS, Reading, logistic
from assistant.retrieval.nearness import SentenceIndex
from assistant.retrieval.question import Question, corrected, coverage
from assistant.text.fitted import fitted
from assistant.text.languages.frequencies import zipf
from assistant.text.names import words_above
from assistant.text.noise import Places, recurs, share
from assistant.text.terms import STOP_WORDS, words
from assistant.text.word_vectors import cosines
from assistant.types import Named, Passage

Find = Callable[[str, str], Places]
"""A sentence and its language → where all of its words stand: (document, text)."""
_READER_WEIGHT = 2.0
"""What a reader's two judgements add at the most, each; a good sentence scores about 5 without.
Between 1.5 and 5 the first sentence is right equally often."""
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
_NUMBERED_ITEM = 3.0
"""What an item gains that has the number asked for; of several lists the headings decide."""
_LIST_WEIGHT, _LIST_ALONE = 2.0, 0.3
_ANNOUNCED, _SAYS_ENOUGH = 0.6, 0.4
"""What "Risk factors include:" gains with so much of the question."""

_LEADS, _LEADS_ALL, _ALL_ANNOUNCED = 0.6, 0.9, 2.0
"""The share of the question in a line above a list that may answer a question for several things,
and what a line gains that holds all of it: a reader finds no answer in "The files created are:"."""
_REASONS_BELOW = 1.2
"""What "for two reasons:" gains where a reason is asked for."""

_OTHER_LABEL = 1.5
"""What a row loses whose label is no word of the question where another row's is all of it."""

_DEFINES = 0.7
"""What a sentence gains that begins with all that is to be defined, beside what is fitted."""
_CAUSE = 1.5
"""What a sentence loses that tells the cause where the consequence is asked for."""
_FILLED_ROW = 0.8
"""What a row gains that has the numbers of the question and a cell of the kind asked for: "Where
was the meeting with 935 talks?" A sentence that counts the talks names no place."""
_ANOTHER = 2.5
"""By how much a sentence is worse that says of another thing what the next one says of the thing
asked for: too much to be set beside it."""
_ROW_DEFINES = 2.0
"""What a row gains that opens with what is to be defined; a reader says little of rows."""
_SIGN = 1.5
"""What a sentence gains that writes the sign which is asked about: "the ? operator"."""
_OFTEN = 2
"""Passages of a document that name its subject, of those found. With 2, 91 of 144 long questions
about articles without a title are answered on the evidence; 86 without."""
_POINTER = 3.0
"""What a sentence loses that only says where to look."""
_STEPS = 0.8
"""What steps with numbers gain where a way of doing something is asked for."""
_NUMBER_BEFORE = re.compile(r"(?:^|\n)[ \t]*\d{1,3}[.)][ \t]*$")
_LED_BY = 3
"""Sentences before a list's first line that may name what it is about."""
_WHOLE_ROW, _WHOLE = 0.5, 0.95
_OWN_SUBJECT, _FEW_OWN = 0.5, 2
_YEAR = re.compile(r"(?<![\d.,])(?:1[5-9]|20)\d\d(?![\d.,]\d)\b")
_OTHER_YEAR = 1.0
"""What a sentence loses, with the reader's judgement, that names years but none that is asked for:
what was sold in 2019 is no answer for 2022, however alike the sentences are."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a reader says of a sentence.

    ``answerable`` is the logit of its passage, ``span`` the score of the best answer inside the
    sentence (above 0 it beats "no answer"), from ``start`` to ``end`` of the document's text.
    """

    answerable: float
    span: float
    start: int = 0
    end: int = 0


READ_NOTHING = Read(-6.0, -12.0)
"""Of a sentence that no reader has read."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A sentence or row that could answer; ``start`` and ``end`` count in the document's text."""

    passage: Passage
    text: str
    start: int
    end: int
    score: float
    features: SentenceFeatures
    kind: str
    row: TableRow | None = None
    read: Read = READ_NOTHING
    is_asked_above: bool = False
    """Whether the heading above it asks what the question asks."""
    about: Named | None = None
    """The name that its first word stands for."""


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
) -> Candidates:
    """The sentences and rows of the passages by how well each could answer, best first.

    ``readings`` are a reader's, by chunk id, for the passages that it has read. ``find`` looks a
    sentence up in the whole index, to tell what recurs across documents. ``noise_penalty`` of 0
    lets captions and adverts answer like anything else.
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
    years = frozenset(_YEAR.findall(question.text))
    asked, signs = number_asked_for(question.text), asked_signs(question.text)
    asked_above = below_the_question(question, passages, parts)
    about = _subjects(question, passages, parts)
    ranked: list[Pick] = []
    for rank, passage in enumerate(passages, start=1):
        found = parts[passage.chunk_id]
        if not found:
            continue
        similarities = cosines(split[passage.chunk_id].vectors, vector)
        subject = about.get(passage.document, frozenset())
        features = passage_features(question, passage, rank, found, similarities, likeness, subject)
        bonus = (
            list_bonus(question, passage, found)
            if question.wants_list
            else _announced(question, found)
        )
        if asked is not None:
            bonus = _numbered(question, passage, found, asked[0])
        bonus = {**bonus, **_labelled(question, found, features, bonus)}
        for index in _opening_with(question, found):
            bonus[index] = bonus.get(index, 0.0) + _OWN_SUBJECT
        below = asked_above.get(passage.chunk_id, {})
        for index, more in below.items():
            bonus[index] = bonus.get(index, 0.0) + more
        reading = readings.get(passage.chunk_id)
        for index, (sentence, each) in enumerate(zip(found, features, strict=True)):
            if may_answer(question, sentence, each, passage):
                more = bonus.get(index, 0.0) - _POINTER * points_elsewhere(question, sentence.text)
                more += _DEFINES * (each.defines >= 1.0)
                more -= _CAUSE * tells_cause(question, sentence.text)
                more += _FILLED_ROW * _is_filled(question, sentence, each)
                more += _ROW_DEFINES * (
                    sentence.row is not None and explains(question, sentence.row)
                )
                more += _SIGN * any(sign in sentence.text for sign in signs)
                beside = is_beside_prose(question, sentence.text, sentence.span.kind)
                if years and _is_of_other_years(years, passage, sentence):
                    more -= _OTHER_YEAR
                    pick = _pick(passage, sentence, each, more, penalty, reading, 0.0, beside)
                    ranked.append(replace(pick, read=READ_NOTHING))
                else:
                    pick = _pick(passage, sentence, each, more, penalty, reading, weight, beside)
                    ranked.append(replace(pick, is_asked_above=index in below))
    ranked.sort(key=_best_first)
    ranked[:_LOOKED_UP] = _of_the_subject(question, ranked[:_LOOKED_UP])
    if find is not None and penalty:
        ranked[:_LOOKED_UP] = [_demoted(pick, find, penalty) for pick in ranked[:_LOOKED_UP]]
        ranked.sort(key=_best_first)
    return Candidates(question, tuple(ranked[:_MOST_KEPT]))


def _is_filled(question: Question, sentence: SentenceTerms, features: SentenceFeatures) -> bool:
    """Whether a row holds the question's numbers and the place, person or time asked for."""
    if sentence.row is None or question.kinds[0] not in ("place", "person", "date"):
        return False
    return bool(question.values) and question.values <= sentence.row.own and features.kind >= 1.0


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


def list_bonus(
    question: Question, passage: Passage, found: Sequence[SentenceTerms]
) -> dict[int, float]:
    """What belonging to a list adds to a sentence: the items cover a question only together."""
    context = frozenset(question.reads(words_above(passage), passage.language))
    bonus: dict[int, float] = {}
    at = 0
    while at < len(found):
        end = at
        while end < len(found) and found[end].span.kind == "item":
            end += 1
        if end - at >= 2:
            first = at - 1 if at and found[at - 1].span.kind == "prose" else at
            told = found[max(0, first - _LED_BY) : first]
            block = context.union(*(s.terms for s in (*told, *found[first:end]) if s.row is None))
            covered = coverage(question.weights, block)
            is_steps = question.kinds[0] == "howto" and _is_numbered(passage, found[at:end])
            for index in range(first, end):
                own = coverage(question.weights, found[index].terms)
                alone = _STEPS if is_steps else _LIST_ALONE
                bonus[index] = _LIST_WEIGHT * (covered - own) + alone * covered
            if first < at and _announces(question, found[first]) >= _SAYS_ENOUGH:
                bonus[first] += _ANNOUNCED
        at = max(end, at + 1)
    return bonus


def _announced(question: Question, found: Sequence[SentenceTerms]) -> dict[int, float]:
    """What a line gains that announces a list which may be the answer, where no list is asked for
    in words."""
    several = asks_for_several(question) or asks_what_to_do(question)
    if not several and question.kinds[0] != "reason":
        return {}
    bonus: dict[int, float] = {}
    for at, (line, below) in enumerate(zip_longest(found, found[1:])):
        is_above = below is None or below.span.kind == "item"  # None: the list is in the next chunk
        if line.span.kind == "item" or not is_above:
            continue
        if tells_reasons_below(question, line.text):
            bonus[at] = _REASONS_BELOW
        elif several and (told := _announces(question, line)) >= _LEADS:
            bonus[at] = _ANNOUNCED if told < _LEADS_ALL else _ALL_ANNOUNCED
    return bonus


def _announces(question: Question, lead: SentenceTerms) -> float:
    """How much of the question a line before a list holds that says what the list is of."""
    return coverage(question.weights, lead.terms) if ends_in_colon(lead.text) else 0.0


def _opening_with(question: Question, found: Sequence[SentenceTerms]) -> list[int]:
    """The sentences that open with what a follow-up itself names: "And the teacher?" asks for what
    is said of the teacher, and the words borrowed from the question before only say where."""
    own = question.weights.keys() - question.borrowed
    if not question.borrowed or not 0 < len(own) <= _FEW_OWN:
        return []
    return [
        at for at, each in enumerate(found)
        if next((term for term in each.sequence if term not in STOP_WORDS), "") in own
    ]  # fmt: skip


def _is_numbered(passage: Passage, items: Sequence[SentenceTerms]) -> bool:
    """Whether numbers stand before the items of a list."""
    before = (passage.text[max(0, item.span.start - 10) : item.span.start] for item in items)
    return sum(_NUMBER_BEFORE.search(each) is not None for each in before) >= 2


def _numbered(
    question: Question, passage: Passage, found: Sequence[SentenceTerms], number: int
) -> dict[int, float]:
    """What the item with the number asked for gains; of several lists the one whose heading holds
    more of the question gains more."""
    bonus = {}
    for index, each in enumerate(found):
        if is_item(number, passage.text, each.span.start):
            heading = heading_above(passage.text, each.span.start)
            words_above = heading or " ".join(passage.heading_path[-1:])
            above = frozenset(question.reads(words_above, passage.language))
            bonus[index] = _NUMBERED_ITEM * (1.0 + coverage(question.weights, above))
    return bonus


def _labelled(
    question: Question,
    found: Sequence[SentenceTerms],
    features: Sequence[SentenceFeatures],
    bonus: Mapping[int, float],
) -> dict[int, float]:
    """What rows lose whose labels the question names less well than another row's beside them, and
    what one gains that holds the whole question under a label that the question names."""
    fits = {
        at: label_fit(question, sentence.row)
        for at, sentence in enumerate(found)
        if sentence.row is not None
    }
    most = max(fits.values(), default=0.0)
    return {
        at: bonus.get(at, 0.0)
        - _OTHER_LABEL * (most - fit)
        + _WHOLE_ROW * (fit >= 1.0 and features[at].around >= _WHOLE)
        for at, fit in fits.items()
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
    return (-pick.score, pick.passage.document, pick.start)


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
            return sorted(
                [replace(first, score=rival.score - _ANOTHER), *best[1:]], key=_best_first
            )
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


def _pick(
    passage: Passage,
    sentence: SentenceTerms,
    features: SentenceFeatures,
    bonus: float,
    penalty: float,
    reading: Reading | None,
    reader_weight: float,
    is_beside: bool,
) -> Pick:
    start, end = passage.start + sentence.span.start, passage.start + sentence.span.end
    is_caption = share(passage.noise, start, end) > 0.5
    is_noise = is_caption or is_beside or is_reference(sentence.text)
    score = weigh(features, extraction_weights()) + bonus
    read = READ_NOTHING
    if reading is not None:
        span = reading.best_within(sentence.span.start, sentence.span.end)
        read = Read(reading.answerable, span[2], passage.start + span[0], passage.start + span[1])
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
