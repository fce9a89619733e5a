"""Our retrieval as a LangChain retriever: the border between their documents and ours.

    from assistant.langchain import LangChainRetriever
    LangChainRetriever(assistant=assistant, limit=5).invoke("When does the pool open?")

Install with ``pip install 'document-assistant[langchain]'``.
"""

from __future__ import annotations

from typing import Any

from assistant.extras import needs
from assistant.retrieval.passage_metadata import passage_metadata
from assistant.types import NO_FILTERS, Passage

with needs("langchain", "The LangChain retriever"):
    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever


class LangChainRetriever(BaseRetriever):
    """Words and vectors fused, near-duplicates folded; hand it to any chain.

    ``assistant`` is an ``Assistant``, ``filters`` a ``Filters``, ``limit`` the most passages.
    """

    assistant: Any
    limit: int | None = None
    filters: Any = NO_FILTERS

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        passages = self.assistant.retrieve(query, self.limit, filters=self.filters)
        return [to_langchain(passage) for passage in passages]


def to_langchain(passage: Passage) -> Document:
    """A passage as a document; its metadata names document, title, page, section and score."""
    metadata = {**passage_metadata(passage), "score": passage.score}
    return Document(id=passage.chunk_id, page_content=passage.text, metadata=metadata)
