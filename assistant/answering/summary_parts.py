"""Documents → the parts in which a model reads them for a summary, within a number of calls. Pure
but for the store that the passages come from.

What fits into one prompt is read by one call. A longer document is cut at its sections, a folder at
its documents; the notes on the parts are joined by one more call. Where the calls do not suffice
for everything, every section is read from its beginning, as far as they go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest
from math import ceil

from assistant.index.rows import StoredDocument
from assistant.index.snapshot import Snapshot
from assistant.model.context import Counter, describe_passage
from assistant.retrieval.search import passage_of
from assistant.text.noise import share
from assistant.types import Passage

_NOISE = 0.5
"""A passage of which more than this share is captions and adverts says nothing of its document."""
_MOST_PASSAGES = 4000
"""Passages that are looked at; a novel has 3,000."""
_LEAST_CALLS = 3
"""Two parts and the call that joins them; with fewer, all that is read stands in one prompt."""


@dataclass(frozen=True, slots=True)
class SummaryPart:
    """Passages that one call is shown, in reading order; ``name`` says where they stand."""

    name: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class SummaryPlan:
    """``read`` of the ``total`` passages are in the parts, of ``documents`` documents.

    ``tokens_in`` is the estimate of all prompts, ``tokens_out`` the most that all replies have.
    """

    parts: tuple[SummaryPart, ...]
    read: int
    total: int
    documents: int
    tokens_in: int
    tokens_out: int

    @property
    def calls(self) -> int:
        """Calls of the model: one for each part, and one that joins several."""
        return len(self.parts) + (len(self.parts) > 1)


@dataclass(frozen=True, slots=True)
class CallSize:
    """Tokens of one call: ``room`` for its passages, ``fixed`` for the rest of the prompt, and
    ``reply`` at most."""

    room: int
    fixed: int
    reply: int
    count: Counter


def sections_of(
    documents: Sequence[StoredDocument], snapshot: Snapshot
) -> list[tuple[Passage, ...]]:
    """The passages of one document by section, or of several by document, in reading order."""
    sections: list[tuple[Passage, ...]] = []
    left = _MOST_PASSAGES
    for document in documents:
        chunks = snapshot.store.chunks_of(document.id)
        passages = [
            passage_of(chunk, document, 0.0, {})
            for chunk in chunks
            if share(document.noise, chunk.start, chunk.end) <= _NOISE
        ][:left]
        left -= len(passages)
        if len(documents) == 1:
            found = groupby(passages, key=lambda passage: passage.heading_path)
            sections += [tuple(group) for _, group in found]
        elif passages:
            sections.append(tuple(passages))
    return sections


def plan_summary(
    sections: Sequence[tuple[Passage, ...]], size: CallSize, most_calls: int
) -> SummaryPlan:
    """The parts of at most ``most_calls`` calls; none where no passage fits into one."""
    costs = {
        passage.chunk_id: size.count(describe_passage(99, passage)) + 2
        for section in sections
        for passage in section
    }
    fitting = [
        kept for each in sections if (kept := tuple(
            passage for passage in each if costs[passage.chunk_id] <= size.room))
    ]  # fmt: skip
    most_parts = most_calls - 1 if most_calls >= _LEAST_CALLS else 1
    parts = _packed(fitting, costs, size.room)
    budget = float(most_parts * size.room)
    while len(parts) > most_parts:
        parts = _packed(_beginnings(fitting, costs, budget), costs, size.room)
        budget *= 0.9
    shown = [passage for part in parts for passage in part.passages]
    calls, tokens = len(parts), sum(costs[passage.chunk_id] for passage in shown)
    if calls > 1:  # and the call that is shown the notes
        calls, tokens = calls + 1, tokens + calls * size.reply
    return SummaryPlan(
        parts=tuple(parts),
        read=len(shown),
        total=sum(map(len, sections)),
        documents=len({passage.document for passage in shown}),
        tokens_in=tokens + calls * size.fixed,
        tokens_out=calls * size.reply,
    )


def _beginnings(
    sections: Sequence[tuple[Passage, ...]], costs: Mapping[str, int], budget: float
) -> list[tuple[Passage, ...]]:
    """As much of every section's beginning as a budget of tokens holds; where not even the first
    passages fit, those of sections at even distances."""
    first = sum(costs[section[0].chunk_id] for section in sections)
    stride = ceil(first / budget) if first > budget else 1
    chosen: set[str] = set()
    for layer in zip_longest(*sections[::stride]):
        for passage in layer:
            if passage is not None and costs[passage.chunk_id] <= budget:
                chosen.add(passage.chunk_id)
                budget -= costs[passage.chunk_id]
    kept = (tuple(p for p in section if p.chunk_id in chosen) for section in sections)
    return [section for section in kept if section]


def _packed(
    sections: Sequence[tuple[Passage, ...]], costs: Mapping[str, int], room: int
) -> list[SummaryPart]:
    """Sections side by side as long as they fit; one that is too long is cut between passages."""
    packs: list[list[Passage]] = [[]]
    used = 0
    for section in sections:
        whole = sum(costs[passage.chunk_id] for passage in section)
        if packs[-1] and used + whole > room:
            packs.append([])
            used = 0
        for passage in section:
            if used + costs[passage.chunk_id] > room:
                packs.append([])
                used = 0
            packs[-1].append(passage)
            used += costs[passage.chunk_id]
    return [SummaryPart(_named(pack), tuple(pack)) for pack in packs if pack]


def _named(passages: Sequence[Passage]) -> str:
    """Where the passages stand: their document and the first and the last section."""
    first, last = passages[0], passages[-1]
    if first.document != last.document:
        return f"{first.document} … {last.document}"
    headings = [each.heading_path[-1] for each in (first, last) if each.heading_path]
    return " … ".join(dict.fromkeys(headings)) or first.document
