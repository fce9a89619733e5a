"""Signals of an extraction → the probability that the documents answer.

``extractive.chosen_from`` refuses below ``answer.min_confidence``.

Pure. The model is a logistic regression whose weights stand, readable, in ``confidence.json`` with
where they come from; ``python -m benchmarks.fit_confidence`` writes it. A raw BM25 score tells
answerable from unanswerable hardly better than chance (AUROC .56), so weak signals are weighed
together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from math import exp, log
from pathlib import Path

from assistant.answering.asked_lists import ends_in_colon
from assistant.answering.asking_clauses import asking_clause
from assistant.answering.coded_entries import is_coded_entry
from assistant.answering.consequences import asks_what_follows
from assistant.answering.exclusions import asks_for_the_other, asks_what_is_not
from assistant.answering.led_lists import asks_for_more_than_one, names_as_many
from assistant.answering.permissions import within_bounds
from assistant.answering.picks import READ_NOTHING, Extraction, Pick
from assistant.answering.shown_counts import shows_so_many
from assistant.answering.table_rows import label_fit, names_option
from assistant.answering.told_shares import share_by_form
from assistant.answering.words_around import terms_around, text_around
from assistant.checking.contraries import has_denial, has_opposite, is_denied_by
from assistant.checking.contrasts import has_other_member
from assistant.checking.polarity import Clause, clause_of
from assistant.checking.qualified_heads import tells_other_qualifier
from assistant.model.answer_reader import logistic
from assistant.retrieval.question import Question, coverage
from assistant.text.fitted import fitted
from assistant.text.names import words_above
from assistant.text.terms import STOP_WORDS, stem, words

_NOT = re.compile(r"\b(?:not|never|cannot)\b|n['’]t\b", re.IGNORECASE)
_LONGEST_LABEL = 6
_DEFINED = 0.8
_VALUE_KINDS, _HAS_VALUE = frozenset({"number", "amount", "date", "person", "place"}), 0.7
"""What is asked for by a value, and from what on a sentence holds one: "How many people use it?"
is not told by "It is for many people", whatever the heading above asks."""
_MEASURES = frozenset(
    stem("high long large big old deep tall wide heavy hoch groß gross lang alt tief breit".split())
)
"""What "how" and "wie" ask by, which stands beside no label: "Rent: 910 euros"."""
_HOLDS_VALUES = frozenset(
    stem(
        """list given give shown show stated state recorded record reported report measured named
        have has had hold held win won get got reach reached score scored entered entry value table
        row column receive received attract attracted draw drew drawn see saw seen make made take
        took taken need needed use used earn earned bring brought""".split()
    )
)
"""Words that say how a row holds a value and stand in no row: "What is listed for France?"."""
_WHOLE = 0.95
"""The share of a question's weight that leaves nothing out."""
_FEWEST_LISTED = 2
"""Items or rows that are a list."""
_NAMED = 0.5
"""The share that is enough for a sentence that names as many things as are asked for."""
MODEL = Path(__file__).parent / "confidence.json"


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for an answer; most lie between 0 and 1.

    ``around``: the question's weight covered by the best sentence with its headings and
    neighbours; ``passage``: by its passage; ``names`` and ``values``: the question's names and
    numbers found in that passage; ``missing``: weight of the heaviest term the sentence lacks,
    against the heaviest of all; ``similarity``: cosine of question and best sentence; ``kind``: it
    holds the kind of thing asked for; ``score``: the best sentence's score; ``lead``: by what
    share it leads the best of another passage; ``second``: how well that one covers the question;
    ``passage_score``: the fused score of its passage; ``words``: BM25 of the passage against the
    question's total weight; ``length``: content words of the question, 1 at ten; ``negation``: 1
    when the question asks what is not the case and the sentence negates nothing; ``opposite``: 1
    when the sentence holds the opposite of a word of the question; ``denial``: 1 when one of them
    denies what the other affirms; ``contrast``: 1 when the sentence has another member of a class
    instead of one that the question names ("the second" for "the first"); ``pairs`` and ``unlike``:
    those of the sentence (``sentence_scores.SentenceFeatures``).

    A reader's judgement, all 0 where none has read (``is_read``): ``answerable`` and ``span``: how
    likely the best sentence's passage answers, and the best sentence holds the answer;
    ``best_answerable`` and ``best_span``: the same at the most of any passage and sentence;
    ``answerable_logit``, ``span_logit``, ``best_span_logit``: their logits, 1 where surest.
    """

    around: float
    passage: float
    names: float
    values: float
    missing: float
    similarity: float
    kind: float
    score: float
    lead: float
    second: float
    passage_score: float
    words: float
    length: float
    negation: float
    opposite: float
    denial: float
    contrast: float
    pairs: float
    unlike: float
    is_read: float = 0.0
    answerable: float = 0.0
    span: float = 0.0
    best_answerable: float = 0.0
    best_span: float = 0.0
    answerable_logit: float = 0.0
    span_logit: float = 0.0
    best_span_logit: float = 0.0


SIGNAL_NAMES = tuple(field.name for field in fields(Signals))
_READER_SIGNALS = SIGNAL_NAMES[SIGNAL_NAMES.index("is_read") :]


def confidence_model(*, is_read: bool) -> Mapping[str, float]:
    """Weights by signal, and ``intercept``: two fits, with a reader's judgement and without."""
    weights: dict[str, float] = fitted(MODEL)["with_reader" if is_read else "without_reader"]
    return weights


def signals(extraction: Extraction) -> Signals | None:
    """The signals of an extraction; None when nothing was found at all."""
    if not extraction.ranked:
        return None
    question, best = extraction.question, extraction.ranked[0]
    total = sum(question.weights.values()) or 1.0
    heaviest = max(question.weights.values(), default=1.0) or 1.0
    present = terms_around(question, best)
    inside = frozenset(question.reads(best.text, best.passage.language))
    if best.kind == "item" and question.wants_list:  # a list answers only as a whole
        told = (words_above(best.passage), *(pick.text for pick in extraction.picks))
        inside = inside.union(*(question.reads(text, best.passage.language) for text in told))
    if best.row is not None:  # it is shown under the names of its columns and of its table
        inside |= best.row.own | best.row.name_terms | best.row.caption_terms
    lacking = [weight for term, weight in question.weights.items() if term not in inside]
    other = next(
        (p for p in extraction.ranked if p.passage.chunk_id != best.passage.chunk_id), None
    )
    under = f"{best.about.text}: " if best.about is not None else ""
    asking = asking_clause(question.text) if question.language == "en" else question.text
    asked, said = clause_of(question.text), clause_of(under + best.text)
    # the heading denies as the question does
    is_told_not = best.is_asked_above and asks_what_is_not(question)
    return Signals(
        around=best.features.around,
        passage=coverage(question.weights, present),
        names=_share(question.names, present),
        values=_share(question.values, frozenset(words(text_around(best)))),
        missing=max(lacking, default=0.0) / heaviest,
        similarity=best.features.similarity,
        kind=max(best.features.kind, best.features.defines),
        score=best.score,
        lead=(best.order - other.order) / max(1.0, best.score) if other else 0.5,
        second=other.features.around if other else 0.0,
        passage_score=best.passage.score,
        words=min(1.0, best.passage.scores.get("words", 0.0) / (2.2 * total)),
        length=min(1.0, len(question.weights) / 10),
        negation=float(
            not is_told_not and _is_put_in_the_negative(question) and not is_denied_by(asked, said)
        ),
        opposite=float(has_opposite(asked, said)),
        denial=float(
            not is_told_not
            and _is_about_what_is_so(question, asked)
            and has_denial(clause_of(asking), said)
        ),
        # a row's cells are values of other columns, not of another thing
        contrast=float(
            best.row is None
            and has_other_member(question.text, best.text)
            and not tells_other_qualifier(question.text, best.text)  # which answers with "no"
        ),
        pairs=best.features.pairs,
        unlike=best.features.unlike,
        **_reader_signals(question, extraction.ranked),
    )


def _reader_signals(question: Question, ranked: Sequence[Pick]) -> dict[str, float]:
    """Ways of doing something are no spans: the reader has seen none, and doubts them all."""
    read = [pick.read for pick in ranked if pick.read != READ_NOTHING]
    if not read or question.wants_steps:
        return {}
    best, best_span = ranked[0].read, max(each.span for each in read)
    return {
        "is_read": 1.0,
        "answerable": logistic(best.answerable),
        "span": logistic(best.span / 2),
        "best_answerable": max(logistic(each.answerable) for each in read),
        "best_span": logistic(best_span / 2),
        "answerable_logit": max(-1.0, min(1.0, best.answerable / 6)),
        "span_logit": max(-1.0, min(1.0, best.span / 12)),
        "best_span_logit": max(-1.0, min(1.0, best_span / 12)),
    }


def probability_of(extraction: Extraction) -> float:
    """The probability that an extraction answers.

    A reader has never seen a table, a label with its value, nor an entry of a glossary: where such
    a line and what it stands under hold the whole question, it may raise what words say of it, not
    lower it. So it is where a rule tells whether something is allowed, which is no span.
    """
    found = signals(extraction)
    p = probability(found)
    if found is None or found.is_read == 0:
        return p
    best, question, ruled = extraction.ranked[0], extraction.question, 0.0
    is_form = _is_told_by_form(question, best, found.around) or _is_whole_list(extraction)
    if is_form or shows_so_many(extraction):
        nothing = dict.fromkeys((*_READER_SIGNALS, "missing", "unlike"), 0.0)
    elif best.row is None and (ruled := share_by_form(question, best)):
        nothing = dict.fromkeys((*_READER_SIGNALS, "opposite"), 0.0)
    else:
        return p
    raised = probability(replace(found, **nothing))
    return max(p, within_bounds(raised, ruled) if ruled else raised)


def _is_whole_list(extraction: Extraction) -> bool:
    """Whether a list is shown whole below a line that holds the question; or, where several things
    are asked for, below a heading that asks for them, or rows below the name of their first
    column."""
    question, picks = extraction.question, extraction.picks
    best = extraction.ranked[0]
    items = sum(pick.kind == "item" for pick in picks)
    if best.row is None and ends_in_colon(best.text) and items >= _FEWEST_LISTED:
        said = frozenset(question.reads(best.text, best.passage.language))
        return question.weights.keys() <= said and not asks_for_the_other(question, best.text)
    if not asks_for_more_than_one(question) or len(picks) < _FEWEST_LISTED:
        return False
    if best.row is None:
        return best.is_asked_above and best.kind == "item" and items >= _FEWEST_LISTED
    if any(pick.row is None or pick.row.table != best.row.table for pick in picks):
        return False
    asked = question.weights.keys() - question.said.light
    first = frozenset(question.reads(" ".join(best.row.names[:1]), best.passage.language))
    above = frozenset(question.reads(words_above(best.passage), best.passage.language))
    return bool(asked & first) and asked <= first | above | best.row.caption_terms


def _is_told_by_form(question: Question, best: Pick, around: float) -> bool:
    """Whether the question names the whole label of a row, of a line "label: value", what a
    definition defines or a heading asks, and lacks nothing but a word that says how a row holds its
    values."""
    if best.row is not None:
        held = best.row.own | best.row.name_terms | best.row.caption_terms
        held |= frozenset(question.reads(words_above(best.passage), best.passage.language))
        lacking = question.weights.keys() - held
        is_whole = around >= _WHOLE or (
            lacking <= _HOLDS_VALUES | _MEASURES and bool(best.row.name_terms)
        )
        return is_whole and label_fit(question, best.row) >= 1.0
    if around >= _NAMED and names_as_many(question, best.text):
        return True
    lacking = question.weights.keys() - {*question.reads(best.text, best.passage.language)}
    above = frozenset(question.reads(words_above(best.passage), best.passage.language))
    if is_coded_entry(question, best.text, above.union(question.weights.keys() - lacking)):
        return True
    if around < _WHOLE and not lacking <= _MEASURES:
        return False
    lacks_value = question.kinds[0] in _VALUE_KINDS and best.features.kind < _HAS_VALUE
    if best.features.defines >= _DEFINED or (best.is_asked_above and not lacks_value):
        return best.kind != "code"
    label, colon, value = best.text.partition(":")
    if best.kind not in ("label", "item") or not colon or not value.strip():
        return False
    if names_option(question.text, label):
        return True
    own = [t for t in question.reads(label, best.passage.language) if t not in STOP_WORDS]
    asked = {*question.weights, *question.asking}
    return 0 < len(own) <= _LONGEST_LABEL and all(term in asked for term in own)


def probability(found: Signals | None, weights: Mapping[str, float] | None = None) -> float:
    """The logistic model's probability that the answer is right."""
    if found is None:
        return 0.0
    model = weights or confidence_model(is_read=found.is_read > 0)
    total = model["intercept"]
    total += sum(model[name] * value for name, value in asdict(found).items())
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, total))))


def is_enough(p: float, least: float) -> bool:
    """Whether a probability of the fitted model, before any calibration, is enough to answer."""
    return round(p, 4) >= least


def recalibrated(p: float, slope: float, shift: float) -> float:
    """A probability with its log-odds stretched and moved (Platt 1999); 0 and 1 stay."""
    if not 0.0 < p < 1.0:
        return p
    odds = slope * log(p / (1.0 - p)) + shift
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, odds))))


def _is_put_in_the_negative(question: Question) -> bool:
    """The question "Why … not" is none: reasons are seldom given in the negative."""
    asked = asking_clause(question.text) if question.language == "en" else question.text
    return "reason" not in question.kinds and _NOT.search(asked) is not None


def _is_about_what_is_so(question: Question, asked: Clause) -> bool:
    """Yes-or-no questions, and those for what follows, are answered by a denial too, "why … not"
    without one."""
    if asks_what_follows(question.text):
        return False
    return "yesno" not in question.kinds and not ("reason" in question.kinds and asked.scopes)


def _share(wanted: frozenset[str], present: frozenset[str]) -> float:
    return len(wanted & present) / len(wanted) if wanted else 1.0
