"""A draft → the finished ``Answer``: the one place that looks citations up in the documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from assistant.answering.picture_words import recognised_words, without_false_certainty
from assistant.chunking import page_at, section_at
from assistant.index.snapshot import Snapshot
from assistant.retrieval.filters import checked_filters, chosen_documents, describe, differs_in_case
from assistant.retrieval.search import Found
from assistant.types import (
    NO_FILTERS,
    NO_USAGE,
    Answer,
    Citation,
    Conflict,
    Delta,
    Event,
    Filters,
    Finished,
    Receipt,
    Retrieved,
    Sentence,
    Usage,
)

NO_TIMINGS: Mapping[str, float] = MappingProxyType({})

EXTRACTIVE = "extractive"
"""The model's name in the receipt of an answer without one."""


@dataclass(frozen=True, slots=True)
class CitedPlace:
    """A stretch of a document's stored text, in characters."""

    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before its citations are looked up.

    ``places[i]`` is what marker i + 1 points at; ``closest`` are those that an abstention shows.
    ``reason`` says why an answer is an abstention;
    ``prompt`` is the fingerprint of the prompt that a model was given.
    """

    text: str
    sentences: tuple[Sentence, ...] = ()
    places: tuple[CitedPlace, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    abstained: bool = False
    reason: str = ""
    confidence: float = 1.0
    incomplete: str = ""
    notice: str = ""
    usage: Usage = NO_USAGE
    model: str = EXTRACTIVE
    prompt: str = ""
    closest: tuple[CitedPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class Basis:
    """What an answer rests on: the index, the passages found, and the filters it was asked with."""

    snapshot: Snapshot
    found: Found | None = None
    filters: Filters = NO_FILTERS


def build_answer(
    asked: str,
    draft: Draft,
    config: str,
    basis: Basis | None = None,
    timings: Mapping[str, float] = NO_TIMINGS,
) -> Answer:
    """The answer to ``asked``. Small talk has no basis.

    An answer from a part of the documents says so, whether the question names files or filters
    chose them, so that nobody takes a part for the whole.
    """
    found = basis.found if basis else None
    notices = [draft.notice] if draft.notice else []
    if found is not None and found.notice:
        notices.append(found.notice)
    filters = ""
    if basis is not None and basis.snapshot.left_out:
        notices.append(f"Not asked: {'; '.join(basis.snapshot.left_out)}")
    if basis is not None and basis.snapshot.by_words_only:
        told = "; ".join(basis.snapshot.by_words_only)
        notices.append(f"Searched by words alone, without their meaning: {told}")
    if basis is not None and basis.filters.collections:
        filters = describe(Filters(collections=basis.filters.collections))
    if basis is not None and basis.filters:
        filters = describe(checked_filters(basis.filters))
        but = (
            "; upper and lower case differ"
            if differs_in_case(basis.filters, basis.snapshot)
            else ""
        )
        chosen = chosen_documents(basis.filters, basis.snapshot) or []
        total = basis.snapshot.manifest.documents
        notices.append(f"Asked of {len(chosen)} of {total} documents ({filters}{but})")
    citations = _citations(draft.places, basis)
    sentences = draft.sentences
    if basis is not None and any(each.ocr_score is not None for each in citations):
        sentences = without_false_certainty(sentences, citations, basis.snapshot)
    return Answer(
        question=asked,
        standalone_question=found.question.standalone if found else asked,
        text=draft.text,
        sentences=sentences,
        citations=citations,
        retrieved=found.passages if found else (),
        abstained=draft.abstained,
        reason=draft.reason,
        confidence=draft.confidence,
        incomplete=draft.incomplete,
        conflicts=draft.conflicts,
        usage=draft.usage,
        timings=dict(timings),
        receipt=Receipt(
            config=config,
            index=_index_fingerprint(basis.snapshot) if basis else "",
            prompt=draft.prompt,
            model=draft.model,
            filters=filters,
        ),
        notice=". ".join(notices),
        closest=_citations(draft.closest, basis),
    )


def at_once(answer: Answer) -> Iterator[Event]:
    """The events of an answer that no passages were searched for."""
    yield Retrieved(answer.question, ())
    yield Delta(answer.text)
    yield Finished(answer)


def _citations(places: Sequence[CitedPlace], basis: Basis | None) -> tuple[Citation, ...]:
    if basis is None:
        return ()
    return tuple(_citation(at, place, basis.snapshot) for at, place in enumerate(places, start=1))


def _citation(marker: int, place: CitedPlace, snapshot: Snapshot) -> Citation:
    document = snapshot.store.document(place.document)
    if document is None:
        raise AssertionError(f"{place.document} left the snapshot it came from")
    parsed = snapshot.store.parsed(document.id)
    words = recognised_words(snapshot.store, document.id, parsed.pages, place.start, place.end)
    return Citation(
        marker=marker,
        document=document.name,
        title=document.title,
        page=page_at(parsed.pages, place.start),
        start=place.start,
        end=place.end,
        quote=parsed.text[place.start : place.end],
        sha256=document.sha256,
        section=section_at(parsed.headings, place.start),
        ocr_score=min((word.score for word in words), default=None),
        collection=snapshot.collection_of(document.name),
    )


def _index_fingerprint(snapshot: Snapshot) -> str:
    return f"{snapshot.manifest.name}:{snapshot.manifest.embedder}"
