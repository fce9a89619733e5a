"""An assistant's retrieval as a LlamaIndex retriever: the border between their types and ours.

LlamaIndex's global ``Settings`` are never touched: they would reach for OpenAI behind one's back.
"""

from __future__ import annotations

from typing import Protocol

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.callbacks import CallbackManager
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from assistant.types import NO_FILTERS, Filters, Passage


class Retrieves(Protocol):
    """What the retriever needs of an assistant."""

    def retrieve(
        self, question: str, limit: int | None = None, *, filters: Filters = NO_FILTERS
    ) -> tuple[Passage, ...]:
        """Passages for a question, best first."""
        ...


class HybridRetriever(BaseRetriever):  # type: ignore[misc]  # LlamaIndex is not typed
    """Words and vectors fused, near-duplicates folded; hand it to any LlamaIndex query engine."""

    def __init__(
        self, assistant: Retrieves, limit: int | None = None, filters: Filters = NO_FILTERS
    ) -> None:
        super().__init__(callback_manager=CallbackManager())
        self._assistant = assistant
        self._limit = limit
        self._filters = filters

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        passages = self._assistant.retrieve(
            query_bundle.query_str, self._limit, filters=self._filters
        )
        return [NodeWithScore(node=to_node(p), score=p.score) for p in passages]


def to_node(passage: Passage) -> TextNode:
    """A passage as a node; its metadata names document, title, page and section."""
    metadata: dict[str, str | int] = {"document": passage.document, "title": passage.title}
    if passage.page is not None:
        metadata["page"] = passage.page
    if passage.heading_path:
        metadata["section"] = passage.heading_path[-1]
    return TextNode(
        id_=passage.chunk_id,
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata=metadata,
        excluded_embed_metadata_keys=list(metadata),
    )
