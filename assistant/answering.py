"""Passages → a draft answer, and a draft → the finished, checked ``Answer``.

Here the extractive answer is put together: numbered citations in order of first appearance, the
conflict shown side by side, or the abstention with what was searched and what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.chunking import page_at, section_at
from assistant.confidence import (
    is_enough,
    missing_words,
    probability,
    recalibrated,
    signals,
)
from assistant.contradictions import describe, find_conflict
from assistant.extracting import Extraction, Pick, ReadText, extract
from assistant.index.snapshot import Snapshot
from assistant.nearness import SentenceIndex
from assistant.noise import Finder
from assistant.prompts import load_prompt
from assistant.questions import Question
from assistant.settings import AnswerSettings, Settings
from assistant.smalltalk import reply_to
from assistant.types import (
    Answer,
    Citation,
    Conflict,
    Evidence,
    Passage,
    Receipt,
    Sentence,
    Usage,
)

if TYPE_CHECKING:
    from assistant.composing import Composed

_LONGEST_SPAN = 700
"""Characters one marker may point at; where its sentences lie further apart, the first one's."""

EXTRACTIVE = "extractive"
"""The model's name in the receipt of an answer without one."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before its citations are looked up: the text to show, and what it is made of."""

    question: Question
    text: str
    picks: tuple[Pick, ...]
    conflict: tuple[Pick, ...]
    abstained: bool
    reason: str
    confidence: float


def converse(text: str, config: str) -> Answer | None:
    """The reply to small talk, which needs no documents; None for a real question."""
    reply = reply_to(text)
    if not reply:
        return None
    return Answer(
        question=text,
        standalone_question=text,
        text=reply,
        sentences=(),
        citations=(),
        retrieved=(),
        abstained=False,
        reason="smalltalk",
        confidence=1.0,
        incomplete="",
        conflicts=(),
        usage=Usage(),
        timings={},
        receipt=Receipt(config=config, index="", prompt="", model=EXTRACTIVE),
    )


def draft(
    question: Question,
    passages: Sequence[Passage],
    sentence_index: SentenceIndex,
    settings: AnswerSettings,
    read: ReadText,
    find: Finder | None = None,
) -> Draft:
    """The extractive answer to a question, or an abstention.

    Captions, adverts and what recurs across documents stand back; they answer where nothing else
    does. One's own calibration moves the confidence that is shown, never what is answered.
    """
    most, least = settings.max_sentences, settings.min_confidence
    extraction = extract(question, passages, sentence_index, most, read, find)
    p = probability(signals(extraction))
    if not is_enough(p, least) and any(passage.noise for passage in passages):
        whole = extract(question, passages, sentence_index, most, read, noise_penalty=0.0)
        also = probability(signals(whole))
        if is_enough(also, least):
            extraction, p = whole, also
    confidence = round(recalibrated(p, settings.confidence_slope, settings.confidence_shift), 4)
    if not extraction.picks or not is_enough(p, least):
        reason = _why_not(extraction, passages)
        return Draft(extraction.question, reason, (), (), True, reason, confidence)
    conflict = tuple(find_conflict(extraction.question, extraction.ranked))
    picks = conflict or extraction.picks
    return Draft(extraction.question, _text(picks), picks, conflict, False, "", confidence)


def finish(
    made: Draft,
    passages: Sequence[Passage],
    snapshot: Snapshot,
    config: str,
) -> Answer:
    """Look every citation up in the stored document, to the character."""
    citations = tuple(
        _citation(pick.passage.document, marker, pick.start, pick.end, snapshot)
        for marker, pick in enumerate(made.picks, start=1)
    )
    sentences = tuple(
        Sentence(
            text=_flat(citation.quote),
            citations=(citation.marker,),
            verdict="verbatim",
            evidence=(Evidence(citation.marker, citation.start, citation.end),),
        )
        for citation in citations
    )
    conflicts: tuple[Conflict, ...] = ()
    if made.conflict:
        markers = [made.picks.index(pick) + 1 for pick in made.conflict]
        conflicts = (describe(made.question, made.conflict, markers),)
    return Answer(
        question=made.question.text,
        standalone_question=made.question.standalone,
        text=made.text,
        sentences=sentences,
        citations=citations,
        retrieved=tuple(passages),
        abstained=made.abstained,
        reason=made.reason,
        confidence=made.confidence,
        incomplete="",
        conflicts=conflicts,
        usage=Usage(),
        timings={},
        receipt=Receipt(
            config=config,
            index=_index_fingerprint(snapshot),
            prompt="",
            model=EXTRACTIVE,
        ),
    )


def finish_composed(
    text: str,
    question: Question,
    composed: Composed,
    passages: Sequence[Passage],
    snapshot: Snapshot,
    settings: Settings,
    sentence_index: SentenceIndex,
) -> Answer:
    """A model's checked answer with every citation looked up, or its abstention explained."""
    from assistant.composing import confidence_of

    citations = tuple(
        _citation(composed.context.passages[passage - 1].document, marker, *span, snapshot)
        for marker, passage in enumerate(composed.parsed.order, start=1)
        for span in [_cited_span(composed, marker, passage)]
    )
    reason = ""
    if composed.abstained:
        read = snapshot.store.read_text
        looked = extract(question, passages, sentence_index, settings.answer.max_sentences, read)
        reason = _why_not(looked, passages)
    notice = ""
    if composed.dropped:
        count = composed.dropped
        notice = f"{count} sentence{'s' if count != 1 else ''} left out: not supported by a source."
    return Answer(
        question=text,
        standalone_question=question.text,
        text=reason if composed.abstained else composed.shown,
        sentences=() if composed.abstained else composed.sentences,
        citations=() if composed.abstained else citations,
        retrieved=tuple(passages),
        abstained=composed.abstained,
        reason=reason,
        confidence=round(confidence_of(composed.sentences), 4),
        incomplete=composed.incomplete,
        conflicts=(),
        usage=composed.usage,
        timings={},
        receipt=Receipt(
            config=settings.fingerprint(),
            index=_index_fingerprint(snapshot),
            prompt=load_prompt("answer").fingerprint,
            model=composed.model or settings.llm.model,
        ),
        notice=notice,
    )


def _cited_span(composed: Composed, marker: int, passage: int) -> tuple[int, int]:
    """What a marker points at: the stretches behind its sentences together, else the passage."""
    found = [e for s in composed.sentences for e in s.evidence if e.marker == marker]
    source = composed.context.passages[passage - 1]
    if not found:
        return source.start, source.end
    start, end = min(e.start for e in found), max(e.end for e in found)
    if end - start > _LONGEST_SPAN:
        return found[0].start, found[0].end
    return start, end


def _citation(
    document_name: str, marker: int, start: int, end: int, snapshot: Snapshot
) -> Citation:
    document = snapshot.store.document(document_name)
    if document is None:
        raise AssertionError(f"{document_name} left the snapshot it came from")
    parsed = snapshot.store.parsed(document.id)
    return Citation(
        marker=marker,
        document=document.name,
        title=document.title,
        page=page_at(parsed.pages, start),
        start=start,
        end=end,
        quote=parsed.text[start:end],
        sha256=document.sha256,
        section=section_at(parsed.headings, start),
    )


def _index_fingerprint(snapshot: Snapshot) -> str:
    return f"{snapshot.manifest.name}:{snapshot.manifest.embedder}"


def _text(picks: Sequence[Pick]) -> str:
    """Sentences with their markers; list items, table rows and other documents on new lines."""
    parts: list[str] = []
    previous: Pick | None = None
    for marker, pick in enumerate(picks, start=1):
        body = f"{_flat(pick.text)} [{marker}]"
        if pick.kind == "item":
            body = f"- {body}"
        if previous is not None:
            apart = pick.passage.document != previous.passage.document
            own_line = pick.kind in ("item", "table") or previous.kind in ("item", "table")
            parts.append("\n\n" if apart else "\n" if own_line else " ")
        parts.append(body)
        previous = pick
    return "".join(parts)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _why_not(extraction: Extraction, passages: Sequence[Passage]) -> str:
    """What was searched and what is missing, in one or two sentences."""
    documents = len({passage.document for passage in passages})
    if not passages:
        return "The documents hold nothing about this question."
    start = (
        f"The documents do not seem to answer this. I looked at the {len(passages)} closest "
        f"passages of {documents} document{'s' if documents != 1 else ''}"
    )
    missing = missing_words(extraction.question, extraction.ranked)
    if missing:
        quoted = ", ".join(f"“{word}”" for word in missing[:4])
        return f"{start}; none of the best mentions {quoted}."
    return f"{start}; they share its words, but none says what is asked."
