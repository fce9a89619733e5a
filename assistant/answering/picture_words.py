"""Sentences that rest on words read from pictures: none of them is called certain when the reading
of a word is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.index.snapshot import Snapshot
from assistant.index.store import Store
from assistant.reading.recognition import LOW_SCORE
from assistant.types import Citation, Page, RecognisedWord, Sentence, Verdict

_LOWERED: frozenset[Verdict] = frozenset({"verbatim", "supported"})
_MOST_NAMED = 3


def recognised_words(
    store: Store, document_id: str, pages: Sequence[Page], start: int, end: int
) -> list[RecognisedWord]:
    """The words between two places of a text that were read from pictures."""
    return [
        word
        for page in pages
        if page.start < end and start < page.end
        for word in store.recognised(document_id, page.number)
        if word.start < end and start < word.end
    ]


def without_false_certainty(
    sentences: Sequence[Sentence], citations: Sequence[Citation], snapshot: Snapshot
) -> tuple[Sentence, ...]:
    """The same sentences, but at most ``weak`` where a word that they rest on was read with a low
    score, which is told."""
    by_marker = {citation.marker: citation for citation in citations}
    return tuple(_lowered(sentence, by_marker, snapshot) for sentence in sentences)


def _lowered(sentence: Sentence, by_marker: dict[int, Citation], snapshot: Snapshot) -> Sentence:
    if sentence.verdict not in _LOWERED:
        return sentence
    doubtful: dict[str, float] = {}
    told = {evidence.marker for evidence in sentence.evidence}
    spans = [(e.marker, e.start, e.end) for e in sentence.evidence]
    for marker in sentence.citations:
        if marker in by_marker and marker not in told:
            spans.append((marker, by_marker[marker].start, by_marker[marker].end))
    for marker, start, end in spans:
        citation = by_marker.get(marker)
        if citation is None or citation.ocr_score is None or citation.ocr_score >= LOW_SCORE:
            continue
        document = snapshot.store.document(citation.document)
        if document is None:
            continue
        parsed = snapshot.store.parsed(document.id)
        for word in recognised_words(snapshot.store, document.id, parsed.pages, start, end):
            if word.score < LOW_SCORE:
                doubtful.setdefault(parsed.text[word.start : word.end], word.score)
    if not doubtful:
        return sentence
    worst = sorted(doubtful, key=doubtful.__getitem__)[:_MOST_NAMED]
    named = ", ".join(f"“{word}” {doubtful[word]:.0%}" for word in worst)
    problem = f"read from a picture, and not surely: {named}"
    return replace(sentence, verdict="weak", problems=(*sentence.problems, problem))
