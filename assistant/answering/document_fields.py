"""Questions about a document itself: who wrote it, when it is from, which version it is.

Answered with the line of its first page that says so. The document asked about is the one whose
title, name, subject or people hold most of the question; where none holds half of it, the question
goes the ordinary way. Pure but for the snapshot, which is only read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.answer import CitedPlace, Draft
from assistant.answering.field_questions import CUE_WORDS, asks_long_form, fields_asked
from assistant.answering.list_items import ReadText
from assistant.index.snapshot import Snapshot
from assistant.retrieval.abbreviations import Explained, abbreviations
from assistant.retrieval.question import Question, coverage
from assistant.retrieval.search import Found
from assistant.text.names import name_words
from assistant.text.sentences import sentences
from assistant.text.terms import terms
from assistant.types import DocumentField, DocumentInfo, Evidence, Passage, Sentence

_WINDOW = 600
_MOST_LONG_FORMS = 3
_LEAST = 0.5
"""Share of the rest of the question that a document has to hold."""
_PEOPLE = frozenset({"sender", "recipient", "author", "subject"})
_MOST_LOOKED_AT = 2000


@dataclass(frozen=True, slots=True)
class _Said:
    info: DocumentInfo
    fields: tuple[DocumentField, ...]
    covered: float


@dataclass(frozen=True, slots=True)
class _Quoted:
    """A stretch of a document, and inside it the words that answer, from ``first`` to ``last``."""

    document: str
    start: int
    end: int
    quote: str
    first: int
    last: int


def field_draft(found: Found, snapshot: Snapshot) -> Draft | None:
    """The answer from a document's first page; None for a question about anything else, and where
    no document, or no field of it, is certain."""
    question = found.question
    if asks_long_form(question.text):
        return _long_form(question, snapshot)
    wanted = fields_asked(question.text)
    if not wanted:
        return None
    best = _document_asked(question, wanted, found.passages, snapshot)
    if best is None:
        return None
    read = snapshot.store.read_text
    quoted = [
        _Quoted(best.info.name, *_line_of(read, best.info.name, field), field.start, field.end)
        for field in best.fields
    ]
    return _draft(quoted, 0.6 + 0.3 * best.covered)


def _long_form(question: Question, snapshot: Snapshot) -> Draft | None:
    """The sentences that explain the abbreviations of a question, or the long forms in it."""
    known = abbreviations(snapshot)
    explained = [each for short in question.said.short_forms for each in known.of_short(short)]
    explained = explained or known.of_long(question.text)
    quoted = [_sentence_of(snapshot.store.read_text, each) for each in explained[:_MOST_LONG_FORMS]]
    return _draft(quoted, 0.9) if quoted else None


def _draft(quoted: Sequence[_Quoted], confidence: float) -> Draft:
    told = tuple(
        Sentence(
            " ".join(each.quote.split()), (at,), "verbatim", (Evidence(at, each.first, each.last),)
        )
        for at, each in enumerate(quoted, start=1)
    )
    return Draft(
        text="\n".join(f"{each.text} [{at}]" for at, each in enumerate(told, start=1)),
        sentences=told,
        places=tuple(CitedPlace(each.document, each.start, each.end) for each in quoted),
        confidence=round(confidence, 4),
    )


def _document_asked(
    question: Question, wanted: Sequence[str], passages: Sequence[Passage], snapshot: Snapshot
) -> _Said | None:
    cues = set(terms(CUE_WORDS, question.language))
    rest = {term: each for term, each in question.weights.items() if term not in cues}
    if not rest:
        return None
    near = {passage.document: passage for passage in passages}
    candidates: list[_Said] = []
    for _, info in snapshot.infos():
        fields = _first_of(info, wanted)
        if not fields or _is_far(info, near, snapshot):
            continue
        people = (each.value for each in info.fields if each.name in _PEOPLE)
        about = " ".join((info.title, name_words(info.name), *people))
        held = set(question.reads(about, info.language))
        covered = coverage(rest, held)
        if covered >= _LEAST:
            candidates.append(_Said(info, fields, covered))
    candidates.sort(key=lambda each: -each.covered)
    if not candidates or (len(candidates) > 1 and candidates[1].covered == candidates[0].covered):
        return None
    return candidates[0]


def _is_far(info: DocumentInfo, near: dict[str, Passage], snapshot: Snapshot) -> bool:
    """In a large folder only documents that the search has found are looked at."""
    return snapshot.manifest.documents > _MOST_LOOKED_AT and info.name not in near


def _first_of(info: DocumentInfo, wanted: Sequence[str]) -> tuple[DocumentField, ...]:
    """The fields of the first kind that the document has; of values that are told once, the
    first."""
    for name in wanted:
        fields = tuple(each for each in info.fields if each.name == name)
        if fields:
            return fields if name in ("author", "recipient", "affiliation") else fields[:1]
    return ()


def _sentence_of(read: ReadText, each: Explained) -> _Quoted:
    """The sentence that explains an abbreviation."""
    first = max(0, each.start - _WINDOW)
    text = read(each.document, first, each.end + _WINDOW)
    at = each.start - first
    start, end = at, each.end - first
    for span in sentences(text):
        if span.start <= at < span.end:
            start, end = span.start, max(span.end, end)
    return _Quoted(each.document, first + start, first + end, text[start:end], each.start, each.end)


def _line_of(read: ReadText, document: str, field: DocumentField) -> tuple[int, int, str]:
    """The line that holds a field, so that its label is shown with it."""
    first = max(0, field.start - 200)
    text = read(document, first, field.end + 200)
    start = text.rfind("\n", 0, field.start - first) + 1
    end = text.find("\n", field.end - first)
    end = len(text) if end < 0 else end
    line = text[start:end]
    lead = len(line) - len(line.lstrip())
    return first + start + lead, first + start + len(line.rstrip()), line.strip()
