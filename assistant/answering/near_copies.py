"""The best sentence as the near-duplicates of its passage have it.

A near-duplicate may differ in a number or a name, so its sentence can contradict the cited one.
"""

from __future__ import annotations

from dataclasses import replace

from assistant.answering.picks import READ_NOTHING, Pick
from assistant.index.snapshot import Snapshot
from assistant.text.sentences import sentences
from assistant.text.terms import shingles, words

_MOST = 5
"""Documents that are looked at."""


def told_otherwise(best: Pick, snapshot: Snapshot) -> list[Pick]:
    """The sentence most like ``best`` in each document folded into its passage, where it is not
    the same in words."""
    if best.row is not None:
        return []
    found = []
    own = words(best.text)
    for name in best.passage.duplicates[:_MOST]:
        document = snapshot.store.document(name)
        if document is None:
            continue
        twin = _twin(best, document.id, snapshot)
        if twin is not None and words(twin.text) != own:
            found.append(replace(twin, passage=replace(twin.passage, document=name,
                                                       title=document.title)))  # fmt: skip
    return found


def _twin(best: Pick, document_id: str, snapshot: Snapshot) -> Pick | None:
    """The sentence of a document that shares most words with the best one."""
    mine, around = set(words(best.text)), shingles(best.passage.text)
    chunks = snapshot.store.chunks_of(document_id)
    if not mine or not chunks:
        return None
    chunk = max(chunks, key=lambda each: len(around & shingles(each.text)))
    spans = sentences(chunk.text)
    if not spans:
        return None

    def likeness(at: int) -> float:
        theirs = set(words(chunk.text[spans[at].start : spans[at].end]))
        return len(mine & theirs) / len(mine | theirs)

    at = max(range(len(spans)), key=likeness)
    span = spans[at]
    passage = replace(
        best.passage, chunk_id=chunk.id, text=chunk.text, start=chunk.start, end=chunk.end,
        page=chunk.page, heading_path=chunk.heading_path,
    )  # fmt: skip
    return replace(
        best,
        passage=passage,
        text=chunk.text[span.start : span.end],
        start=chunk.start + span.start,
        end=chunk.start + span.end,
        read=READ_NOTHING,
    )
