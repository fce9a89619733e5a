"""How well a sentence could answer a question: features between 0 and 1, and their sum.

Pure. The features look at words (also close in meaning), numbers and names, at the kind of answer
that is asked for, and at what stands around the sentence; the weights of the sum come from
``extraction_weights.json``, which ``python -m benchmarks.fit_extraction`` writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

from assistant.answering.coded_entries import CODED, is_coded_entry
from assistant.answering.definition_scores import definition_score
from assistant.answering.inner_headings import inner_headings
from assistant.answering.kind_scores import kind_score
from assistant.answering.numbered_items import is_item, number_asked_for
from assistant.answering.table_rows import TableRow, holds_in_column, label_fit, rows_of
from assistant.retrieval.question import Question
from assistant.text.look_alikes import other_meanings, says_other
from assistant.text.names import words_above
from assistant.text.sentences import SentenceSpan
from assistant.text.terms import STOP_WORDS, stems, words_and_stems
from assistant.text.word_vectors import Cosines, Likeness
from assistant.types import Passage

_OF_THE_FAMILY = 0.5
"""What a word of the same family counts, against the word itself."""


@dataclass(frozen=True, slots=True)
class SentenceFeatures:
    """What is known of one sentence, each between 0 and 1.

    ``own``: share of the question's weight on terms inside the sentence; ``alike``: the same
    when words close in meaning count too; ``before`` and ``after``: what the neighbours,
    ``context`` what title and headings, and ``passage_terms`` what the rest of the passage
    adds to ``own``; ``pairs``: neighbouring question words that are neighbours here too;
    ``names``: the question's names inside or around; ``values``: its numbers and years
    likewise; ``similarity``: cosine of question and sentence, at least 0; ``kind``: whether it
    holds what is asked for; ``defines``: a definition of what the question names; ``passage``:
    the passage's fused score; ``rank``: 1 / its rank; ``news``: words that the question does
    not hold; ``prose``: 1 for whole sentences and list items; ``asks``: 1 when it is itself a
    question; ``brevity``: 1 short to 0 at 80 words; ``leads``: 1 at a passage's start;
    ``unlike``: how far in meaning the question's terms that neither the sentence nor its headings
    hold are from its words, 0 where it holds them all.
    """

    own: float
    alike: float
    before: float
    after: float
    context: float
    passage_terms: float
    pairs: float
    names: float
    values: float
    similarity: float
    kind: float
    defines: float
    passage: float
    rank: float
    news: float
    prose: float
    asks: float
    brevity: float
    leads: float
    unlike: float

    @property
    def around(self) -> float:
        """Coverage by the sentence, its neighbours and its headings together."""
        return min(1.0, self.own + self.before + self.context + self.after)


FEATURE_NAMES = tuple(field.name for field in fields(SentenceFeatures))


@dataclass(frozen=True, slots=True)
class SentenceTerms:
    """A sentence with its words and index terms, worked out once; ``row`` is set for a table's."""

    text: str
    span: SentenceSpan
    words: tuple[str, ...]
    terms: frozenset[str]
    sequence: tuple[str, ...]
    row: TableRow | None = None


def take_apart(
    passage: Passage, spans: Sequence[SentenceSpan], question: Question
) -> list[SentenceTerms]:
    """The sentences of a passage with their terms, as the question spells them."""
    found = []
    code = passage.language
    has_table = any(span.kind == "table" for span in spans)
    rows = rows_of(passage, question.reads) if has_table else {}
    alike = other_meanings(question.text, code) if code == question.language else {}
    for span in spans:
        own = passage.text[span.start : span.end]
        row = rows.get(span.start)
        tokens, found_stems = words_and_stems(own, code)
        sequence = tuple(question.as_asked(found_stems, code))
        terms = frozenset(sequence) | frozenset(question.reads(own, code))
        for other in [stem for stem in alike if stem in terms]:
            if says_other(own, other, alike[other], code):  # "aus Gründen" names no "Gründer"
                terms -= {other}
                sequence = tuple(f"{t}'" if t == other else t for t in sequence)
        terms = terms if row is None else row.own | terms
        found.append(SentenceTerms(own, span, tuple(tokens), terms, sequence, row))
    return found


def passage_features(
    question: Question,
    passage: Passage,
    rank: int,
    found: Sequence[SentenceTerms],
    similarities: Cosines,
    likeness: Likeness,
    subject: frozenset[str] = frozenset(),
) -> list[SentenceFeatures]:
    """The features of every sentence of a passage for a question; ``rank`` counts from 1.

    ``subject`` are names in the question that the passage's document is about: like its title they
    stand above each of its sentences."""
    headings = frozenset(question.reads(words_above(passage), passage.language)) | subject
    everything = frozenset().union(*(s.terms for s in found if s.row is None))
    total = sum(question.weights.values()) or 1.0
    half = families(question)
    pairs = set(_neighbours(stems(question.text, question.language)))
    asked = number_asked_for(question.text)
    inner = inner_headings(passage.text, [each.span for each in found])
    result = []
    for index, sentence in enumerate(found):
        row = sentence.row
        is_row = row is not None and not row.is_header
        # A row is shown with the names of its columns, so they are its own words too.
        inside = sentence.terms if row is None else sentence.terms | row.name_terms
        if asked and is_item(asked[0], passage.text, sentence.span.start):
            inside |= asked[1]
        before = _before(found, index)
        after = _after(found, index)
        above = headings.union(*(found[at].terms for at in inner[index]))
        above = above if row is None else above | row.caption_terms
        elsewhere = everything if row is None else frozenset()
        sums = dict.fromkeys(("own", "alike", "before", "after", "context", "rest"), 0.0)
        close = likeness.best(sentence.words)
        for term, weight in question.weights.items():
            if term in inside:
                sums["own"] += weight
                sums["alike"] += weight
                continue
            if term in half and half[term] & inside:
                sums["own"] += _OF_THE_FAMILY * weight
                sums["alike"] += _OF_THE_FAMILY * weight
                weight *= 1.0 - _OF_THE_FAMILY
            sums["alike"] += weight * close.get(term, 0.0)
            where = (
                "before" if term in before else "context" if term in above
                else "after" if term in after else "rest" if term in elsewhere else ""
            )  # fmt: skip
            if where:
                sums[where] += weight
        content = {t for t in sentence.terms if t not in STOP_WORDS}
        mine = set(_neighbours(sentence.sequence))
        result.append(
            SentenceFeatures(
                own=sums["own"] / total,
                alike=sums["alike"] / total,
                before=sums["before"] / total,
                after=sums["after"] / total,
                context=sums["context"] / total,
                passage_terms=sums["rest"] / total,
                pairs=len(pairs & mine) / len(pairs) if pairs else 0.0,
                names=_names(question, inside, before | above),
                values=_values(question, sentence, before | above),
                similarity=max(0.0, float(similarities[index])),
                kind=_kind_of(question, sentence, passage.language),
                defines=max(
                    definition_score(question, sentence.text),
                    CODED * is_coded_entry(question, sentence.text, inside | above),
                ),
                passage=passage.score,
                rank=1.0 / rank,
                news=min(1.0, len(content - set(question.weights)) / 6),
                prose=float(
                    is_row or (sentence.span.kind in ("prose", "item") and len(sentence.words) >= 4)
                ),
                asks=float(sentence.text.rstrip('"”’*_ ').endswith("?")),
                brevity=max(0.0, 1.0 - len(sentence.words) / 80),
                leads=float(index == 0),
                unlike=likeness.distance(question.weights.keys() - inside - above, sentence.words),
            )
        )
    return result


def families(question: Question) -> dict[str, frozenset[str]]:
    """Each term of the question → the other words of its family ("deep": "depth")."""
    found: dict[str, set[str]] = {}
    for other, term in question.related.items():
        found.setdefault(term, set()).add(other)
    return {term: frozenset(others) for term, others in found.items()}


def _before(found: Sequence[SentenceTerms], index: int) -> frozenset[str]:
    """The terms of the two sentences before; a row's neighbours say nothing of it."""
    if found[index].row is not None:
        return frozenset()
    return frozenset().union(*(s.terms for s in found[max(0, index - 2) : index] if s.row is None))


def _after(found: Sequence[SentenceTerms], index: int) -> frozenset[str]:
    if found[index].row is not None or index + 1 >= len(found) or found[index + 1].row is not None:
        return frozenset()
    return found[index + 1].terms


_LEVEL = 0.5
"""Added to every score. The cosine counts 1 and not 2 since the package has its own vectors; a mean
cosine is near .5, so scores keep their level, by which shares of the best score are judged."""


def weigh(features: SentenceFeatures, weights: Mapping[str, float]) -> float:
    """The sentence's score: a weighted sum of its features."""
    return _LEVEL + sum(weights[name] * float(getattr(features, name)) for name in FEATURE_NAMES)


def _kind_of(question: Question, sentence: SentenceTerms, code: str) -> float:
    """The same as ``kind_score``, and 1 for a row whose column is of the kind, or whose label is
    what is asked about, where any other cell may answer."""
    row = sentence.row
    if row is not None and holds_in_column(row, question.kinds[0], question.weights.keys()):
        return 1.0
    if row is not None and question.kinds[0] in ("which", "any") and label_fit(question, row) >= 1:
        return 1.0
    return kind_score(question, sentence.text, code)


def _neighbours(terms: Sequence[str]) -> list[tuple[str, str]]:
    kept = [term for term in terms if term not in STOP_WORDS]
    return list(pairwise(kept))


def _names(question: Question, inside: frozenset[str], around: frozenset[str]) -> float:
    if not question.names:
        return 1.0
    near = (question.names - inside) & around
    return (len(question.names & inside) + 0.7 * len(near)) / len(question.names)


def _values(question: Question, sentence: SentenceTerms, around: frozenset[str]) -> float:
    """Share of the question's numbers inside, or around where the sentence names no others."""
    if not question.values:
        return 1.0
    inside = question.values & sentence.terms
    near = question.values & around - inside
    if any(term[:1].isdigit() and term not in question.values for term in sentence.terms):
        near = frozenset()  # about another year than the one asked for
    return (len(inside) + 0.7 * len(near)) / len(question.values)
