"""How well a sentence could answer a question: features between 0 and 1, and their sum.

Pure. The features look at words, numbers and names, at the kind of answer that is asked for, and
at what stands around the sentence; the weights come from ``extraction_weights.json``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from assistant.questions import AnswerKind, Question
from assistant.sentences import Span
from assistant.terms import STOP_WORDS, stem, words
from assistant.types import Passage

_YEAR = re.compile(r"\b(?:1[0-9]|20)\d{2}\b")
_DATE = re.compile(
    r"\b(?:1[0-9]|20)\d{2}\b|\b\d{1,2}\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|"
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|century|decade|spring|summer|"
    r"autumn|winter)\b|\b\d{4}s\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|"
    r"fifty|hundred|thousand|million|billion|half|third|quarter|dozen|twice|double|tripled?)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"\b[A-ZÀ-Þ][\w'’-]+(?:\s+(?:[A-Z]\.|de|van|von|der|la|bin|al))*\s+[A-ZÀ-Þ][\w'’-]+"
)
_CAPITAL = re.compile(r"(?<=[a-z,;:)]\s)[A-ZÀ-Þ][\w'’-]+")
_PLACE = re.compile(r"\b(?:in|at|near|from|to|of|held|based|located)\s+(?:the\s+)?[A-ZÀ-Þ][\w'’-]+")


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of one sentence, each between 0 and 1.

    ``own``: share of the question's weight on terms inside the sentence; ``around``: the same with
    its headings and neighbours counted at a discount; ``names``: share of the question's names
    inside or around; ``similarity``: cosine of question and sentence vectors, at least 0;
    ``kind``: whether it holds what is asked for (a date, a person, a number …); ``passage``: the
    passage's fused score; ``rank``: 1 / its rank; ``news``: share of its words that the question
    does not hold; ``prose``: 1 for full sentences; ``brevity``: 1 short to 0 at 80 words.
    """

    own: float
    around: float
    names: float
    similarity: float
    kind: float
    passage: float
    rank: float
    news: float
    prose: float
    brevity: float


FEATURE_NAMES = tuple(field.name for field in fields(Features))


@dataclass(frozen=True, slots=True)
class SentenceTerms:
    """A sentence with its index terms, worked out once."""

    text: str
    span: Span
    terms: frozenset[str]
    length: int


def take_apart(passage_text: str, spans: Sequence[Span]) -> list[SentenceTerms]:
    """The sentences of a passage with their terms."""
    found = []
    for span in spans:
        text = passage_text[span.start : span.end]
        tokens = words(text)
        found.append(SentenceTerms(text, span, frozenset(stem(tokens)), len(tokens)))
    return found


def sentence_features(
    question: Question,
    passage: Passage,
    rank: int,
    all_sentences: Sequence[SentenceTerms],
    index: int,
    similarity: float,
) -> Features:
    """The features of sentence ``index`` of a passage for a question; ``rank`` counts from 1."""
    sentence = all_sentences[index]
    context = stem(words(" ".join((passage.title, *passage.heading_path))))
    before = all_sentences[index - 1].terms if index else frozenset()
    after = all_sentences[index + 1].terms if index + 1 < len(all_sentences) else frozenset()
    own = around = total = 0.0
    for term, weight in question.weights.items():
        total += weight
        if term in sentence.terms:
            own += weight
            around += weight
        elif term in before:
            around += 0.6 * weight
        elif term in context:
            around += 0.5 * weight
        elif term in after:
            around += 0.3 * weight
    names = [name for name in question.names if name in sentence.terms]
    near = [name for name in question.names - set(names) if name in before or name in context]
    content = [t for t in sentence.terms if t not in STOP_WORDS]
    news = [t for t in content if t not in question.weights]
    return Features(
        own=own / total if total else 0.0,
        around=around / total if total else 0.0,
        names=(len(names) + 0.7 * len(near)) / len(question.names) if question.names else 1.0,
        similarity=max(0.0, similarity),
        kind=kind_score(question.kinds, sentence.text, question),
        passage=passage.score,
        rank=1.0 / rank,
        news=min(1.0, len(news) / 6),
        prose=1.0 if sentence.span.kind in ("prose", "item") and sentence.length >= 4 else 0.0,
        brevity=max(0.0, 1.0 - sentence.length / 80),
    )


def weigh(features: Features, weights: Mapping[str, float]) -> float:
    """The sentence's score: a weighted sum of its features."""
    return sum(weights[name] * float(getattr(features, name)) for name in FEATURE_NAMES)


def kind_score(kinds: Sequence[AnswerKind], text: str, question: Question) -> float:
    """1 when the sentence holds the first kind of thing that is asked for, 0 when not, else .5."""
    for kind in kinds:
        if kind == "date":
            found = {match.group().lower() for match in _DATE.finditer(text)}
            return 1.0 if found - question.values else 0.0
        if kind == "number":
            values = {match for match in re.findall(r"\d+(?:[.,]\d+)*", text)}
            if values - question.values:
                return 1.0
            return 0.7 if _NUMBER.search(text) and not values else 0.0
        if kind == "person":
            return 1.0 if _new_name(_PERSON, text, question) else 0.0
        if kind == "place":
            return 1.0 if _new_name(_PLACE, text, question) else 0.0
        if kind == "which":
            return 1.0 if _new_name(_CAPITAL, text, question) else 0.4
    return 0.5


def _new_name(pattern: re.Pattern[str], text: str, question: Question) -> bool:
    """Whether a match brings a name that the question does not hold already."""
    for match in pattern.finditer(text):
        fresh = [t for t in stem(words(match.group())) if t not in STOP_WORDS]
        if any(term not in question.weights for term in fresh[-2:]):
            return True
    return False


def years(text: str) -> list[str]:
    """The years a text names, in order."""
    return _YEAR.findall(text)
