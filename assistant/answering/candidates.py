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

from assistant.answering.asked_headings import below_the_question, points_elsewhere
from assistant.answering.bonuses import (
    FILLED_ROW,
    OWN_SUBJECT,
    announced,
    is_filled,
    labelled,
    list_bonus,
    numbered,
    opening_with,
)
from assistant.answering.code_lines import is_beside_prose
from assistant.answering.coded_entries import asked_signs
from assistant.answering.compared_figures import BOTH_FIGURES, tells_both_figures
from assistant.answering.consequences import tells_cause
from assistant.answering.dated_headings import date_above
from assistant.answering.deeds import deed_bonus, deed_terms
from assistant.answering.fit_to_answer import is_reference, may_answer
from assistant.answering.headlines import stands_in_a_stack
from assistant.answering.led_lists import items_led, named_and_led, with_leads
from assistant.answering.life_years import dates_a_life
from assistant.answering.lines_beside import is_beside_text
from assistant.answering.meanings import meaning_asked, tells_meaning
from assistant.answering.numbered_items import number_asked_for
from assistant.answering.own_sections import first_of_own_section
from assistant.answering.parallel_sentences import speaks_of_another
from assistant.answering.sentence_scores import (
    SentenceFeatures,
    SentenceTerms,
    passage_features,
    take_apart,
    weigh,
)
from assistant.answering.statement_marks import below_flat_ones, marked_wrong
from assistant.answering.table_rows import TableRow, explains
from assistant.answering.told_meanings import told_bonus
from assistant.answering.turning_sentences import REVERSED, asks_yes_or_no, is_reversed
from assistant.checking.qualified_heads import tells_other_qualifier
from assistant.model.answer_reader import NO_READINGS, Reading, logistic
from assistant.retrieval.nearness import SentenceIndex
from assistant.retrieval.question import Question, corrected
from assistant.text.fitted import fitted
from assistant.text.languages.frequencies import zipf
from assistant.text.noise import Places, recurs, share
from assistant.text.terms import words
from assistant.text.word_vectors import cosines
from assistant.types import Named, Passage

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
_DEFINES = 0.7
"""What a sentence gains that begins with all that is to be defined, beside what is fitted."""
_CAUSE = 1.5
"""What a sentence loses that tells the cause where the consequence is asked for."""
_ANOTHER = 2.5
"""By how much a sentence is worse that says of another thing what the next one says of the thing
asked for: too much to be set beside it."""
_ROW_DEFINES = 2.0
"""What a row gains that opens with what is to be defined; a reader says little of rows."""
_MEANING = 2.0
"""What a sentence gains that tells the meaning that is asked for, beside "X is a boat"."""
_SIGN = 1.5
"""What a sentence gains that writes the sign which is asked about: "the ? operator"."""
_QUALIFIED = 1.5
"""What a sentence gains that has another qualifier before the head of a question of yes or no."""
_OFTEN = 2
"""Passages of a document that name its subject, of those found. With 2, 91 of 144 long questions
about articles without a title are answered on the evidence; 86 without."""
_POINTER = 3.0
"""What a sentence loses that only says where to look."""
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
    lift: float = 0.0
    """What it gains in the order alone: what is told beside it is measured without."""

    @property
    def order(self) -> float:
        """By what the sentences are ordered."""
        return self.score + self.lift


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
    for key, first in first_of_own_section(question, passages, parts).items():
        asked_above[key] = {**asked_above.get(key, {}), **first}
    word = meaning_asked(question.text)
    led = items_led(question, passages, parts)
    for key, items in led.items():
        asked_above[key] = {**asked_above.get(key, {}), **items}
    about = _subjects(question, passages, parts)
    deed, yes_or_no = deed_terms(question), asks_yes_or_no(question.text)
    ranked: list[Pick] = []
    for rank, passage in enumerate(passages, start=1):
        found = parts[passage.chunk_id]
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
        wrong = marked_wrong(question, found)
        below = asked_above.get(passage.chunk_id, {})
        for index, more in below.items():
            bonus[index] = bonus.get(index, 0.0) + more
        reading = readings.get(passage.chunk_id)
        is_english = question.language == "en" and passage.language in ("en", "")
        highest = _highest(found, reading) if is_english else -inf
        for index, (sentence, each) in enumerate(zip(found, features, strict=True)):
            if may_answer(question, sentence, each, passage):
                more = bonus.get(index, 0.0) - _POINTER * points_elsewhere(question, sentence.text)
                more += _DEFINES * (each.defines >= 1.0)
                more -= _CAUSE * tells_cause(question, sentence.text)
                more += FILLED_ROW * is_filled(question, sentence, each)
                more += _ROW_DEFINES * (
                    sentence.row is not None and explains(question, sentence.row)
                )
                more += _MEANING * tells_meaning(word, sentence.text)
                more += _SIGN * any(sign in sentence.text for sign in signs)
                more += deed_bonus(question, deed, sentence, each)
                more += told_bonus(question, sentence.text, passage.language)
                more += BOTH_FIGURES * tells_both_figures(question.text, sentence.text)
                more += _QUALIFIED * answers_by_qualifier(question, sentence)
                if yes_or_no:
                    following = found[index + 1].text if index + 1 < len(found) else ""
                    more -= REVERSED * is_reversed(question.text, sentence.text, following)
                beside = is_beside_prose(question, sentence.text, sentence.span.kind)
                beside = beside or is_beside_text(question.text, sentence.text)
                beside = beside or (
                    sentence.span.kind in ("label", "prose")
                    and stands_in_a_stack(passage.text, sentence.span.start, sentence.span.end)
                )
                is_other = years and _is_of_other_years(years, passage, sentence)
                is_other = is_other or dates_a_life(question, sentence.text)
                if off := _OTHER_YEAR * bool(is_other) + wrong.get(index, 0.0):
                    more -= off
                    pick = _pick(
                        passage, sentence, each, more, penalty, reading, 0.0, beside, highest
                    )
                    ranked.append(replace(pick, read=READ_NOTHING))
                else:
                    pick = _pick(
                        passage, sentence, each, more, penalty, reading, weight, beside, highest
                    )
                    ranked.append(replace(pick, is_asked_above=index in below))
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


def answers_by_qualifier(question: Question, sentence: SentenceTerms) -> bool:
    """Whether a sentence about a name of the question says "third cousin" where "Is she a first
    cousin of …?" is asked."""
    is_about = sentence.row is None and not question.names.isdisjoint(sentence.terms)
    return is_about and tells_other_qualifier(question.text, sentence.text)


def _highest(found: Sequence[SentenceTerms], reading: Reading | None) -> float:
    """The score of the best answer that lies inside a sentence of a passage."""
    if reading is None:
        return 0.0
    spans = (reading.best_within(each.span.start, each.span.end)[2] for each in found)
    return max(spans, default=0.0)


def _pick(
    passage: Passage,
    sentence: SentenceTerms,
    features: SentenceFeatures,
    bonus: float,
    penalty: float,
    reading: Reading | None,
    reader_weight: float,
    is_beside: bool,
    highest: float,
) -> Pick:
    start, end = passage.start + sentence.span.start, passage.start + sentence.span.end
    is_caption = share(passage.noise, start, end) > 0.5
    is_noise = is_caption or is_beside or is_reference(sentence.text)
    score = weigh(features, extraction_weights()) + bonus
    read, lift = READ_NOTHING, 0.0
    if reading is not None:
        span = reading.best_within(sentence.span.start, sentence.span.end)
        read = Read(reading.answerable, span[2], passage.start + span[0], passage.start + span[1])
        score += reader_weight * (logistic(read.answerable) + logistic(read.span / 2))
        is_favoured = (
            bonus > _FAVOURED or features.defines > _FAVOURED or features.own >= _HOLDS_ALL
        )
        if reader_weight and sentence.row is None and not is_favoured:
            lift = -_NOT_THE_BEST * (1.0 - exp(min(0.0, span[2] - highest) / _NEXT_BEST))
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
        lift=lift,
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
