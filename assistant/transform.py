"""The cut of ``chunking`` as a LlamaIndex component, for use in any of its pipelines.

    IngestionPipeline(transformations=[ChunkTransform(tokens=256), …], disable_cache=True)

Our own sync calls ``chunking.cut`` directly: importing LlamaIndex costs seconds, and one edited
file must not wait for them. Both doors lead to the same function, and a test compares them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llama_index.core.schema import BaseNode, NodeRelationship, TextNode, TransformComponent

from assistant.chunking import cut
from assistant.reading.plain import find_headings
from assistant.types import Page, ParsedDocument


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
