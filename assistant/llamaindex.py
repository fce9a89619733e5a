"""Our retrieval and our chunks as LlamaIndex components: the border between their types and ours.

    assistant.as_retriever()                                      # for any query engine
    IngestionPipeline(transformations=[ChunkTransform(tokens=256), …], disable_cache=True)

LlamaIndex's global ``Settings`` stay untouched: they would call OpenAI. Our own sync and questions
call the same functions without LlamaIndex, because importing it costs seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.callbacks import CallbackManager
from llama_index.core.schema import (
    BaseNode,
    NodeRelationship,
    NodeWithScore,
    QueryBundle,
    TextNode,
    TransformComponent,
)

from assistant.chunking import cut
from assistant.reading.plain import find_headings
from assistant.types import NO_FILTERS, Filters, Page, ParsedDocument, Passage


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


class ChunkTransform(TransformComponent):  # type: ignore[misc]  # LlamaIndex is not typed
    """Nodes with text → ``TextNode`` chunks with exact ``start_char_idx`` and ``end_char_idx``.

    ``metadata["is_markdown"]`` asks for Markdown borders and headings; ``metadata["pages"]`` may
    hold (number, start, end) triples. Each chunk gets ``page``, ``heading_path`` (joined by " › ")
    and the source node's other metadata.
    """

    tokens: int = 256
    overlap: int = 0

    def __call__(self, nodes: Sequence[BaseNode], **kwargs: Any) -> list[BaseNode]:
        """Cut every node; the order is that of the texts."""
        chunks: list[BaseNode] = []
        for node in nodes:
            chunks.extend(self._cut(node))
        return chunks

    def _cut(self, node: BaseNode) -> list[TextNode]:
        text = node.get_content()
        metadata = {k: v for k, v in node.metadata.items() if k not in ("pages", "is_markdown")}
        is_markdown = bool(node.metadata.get("is_markdown"))
        document = ParsedDocument(
            text=text,
            title=str(node.metadata.get("title", "")),
            kind="markdown" if is_markdown else "text",
            pages=tuple(Page(*page) for page in node.metadata.get("pages", ())),
            headings=find_headings(text) if is_markdown else (),
            is_markdown=is_markdown,
        )
        return [
            TextNode(
                id_=f"{node.node_id}-{number}",
                text=chunk.text,
                start_char_idx=chunk.start,
                end_char_idx=chunk.end,
                metadata={
                    **metadata,
                    "heading_path": " › ".join(chunk.heading_path),
                    **({"page": chunk.page} if chunk.page is not None else {}),
                },
                relationships={NodeRelationship.SOURCE: node.as_related_node_info()},
            )
            for number, chunk in enumerate(cut(document, tokens=self.tokens, overlap=self.overlap))
        ]
