"""Our retrieval as a Haystack component: the border between their documents and ours.

    from assistant.haystack import HaystackRetriever
    pipeline.add_component("retriever", HaystackRetriever(assistant, limit=5))

Install with ``pip install 'document-assistant[haystack]'``. Haystack itself sends usage figures to
its makers unless ``HAYSTACK_TELEMETRY_ENABLED=False`` is set before it is imported.
"""

from __future__ import annotations

from assistant.extras import needs
from assistant.pipeline import Assistant
from assistant.retrieval.passage_metadata import passage_metadata
from assistant.types import NO_FILTERS, Filters, Passage

with needs("haystack", "The Haystack retriever"):
    from haystack import Document, component


@component
class HaystackRetriever:
    """Words and vectors fused, near-duplicates folded; connect it where a retriever stands."""

    def __init__(
        self, assistant: Assistant, limit: int | None = None, filters: Filters = NO_FILTERS
    ) -> None:
        self.assistant, self.limit, self.filters = assistant, limit, filters

    @component.output_types(documents=list[Document])
    def run(self, query: str) -> dict[str, list[Document]]:
        """Documents for a question, best first."""
        passages = self.assistant.retrieve(query, self.limit, filters=self.filters)
        return {"documents": [to_haystack(passage) for passage in passages]}


def to_haystack(passage: Passage) -> Document:
    """A passage as a document; its metadata names document, title, page, section and place."""
    return Document(
        id=passage.chunk_id,
        content=passage.text,
        meta=passage_metadata(passage),
        score=passage.score,
    )
