"""Ask a folder of documents; every sentence of the answer says where it comes from.

    from assistant import ask
    print(ask("When was ICLR founded?").text)

The names below are loaded when they are first used, so that ``import assistant`` stays quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.embedding import Embedder
    from assistant.errors import (
        AccessError,
        AssistantError,
        BusyError,
        DocumentError,
        EmbeddingError,
        FilterError,
        IndexBusyError,
        IndexDamagedError,
        IndexUnavailableError,
        MissingPackageError,
        ModelError,
        NoDocumentsError,
        QuestionError,
        QuotaError,
        ReaderError,
        RerankingError,
        SettingsError,
        StorageError,
        UsageError,
    )
    from assistant.model.given import ModelClient
    from assistant.pipeline import Assistant, ask
    from assistant.reading.added import DocumentReader
    from assistant.retrieval.rerankers import Ranking, Reranker
    from assistant.settings import Settings, load_settings
    from assistant.types import (
        Answer,
        Citation,
        Conflict,
        Delta,
        DocumentInfo,
        Event,
        FileOutcome,
        Filters,
        Finished,
        Heading,
        Page,
        ParsedDocument,
        Passage,
        Progress,
        Receipt,
        Retrieved,
        Sentence,
        Source,
        Status,
        SyncReceipt,
        Usage,
    )

__version__ = "0.1.0"

__all__ = [
    "AccessError",
    "Answer",
    "Assistant",
    "AssistantError",
    "BusyError",
    "Citation",
    "Conflict",
    "Delta",
    "DocumentError",
    "DocumentInfo",
    "DocumentReader",
    "Embedder",
    "EmbeddingError",
    "Event",
    "FileOutcome",
    "FilterError",
    "Filters",
    "Finished",
    "Heading",
    "IndexBusyError",
    "IndexDamagedError",
    "IndexUnavailableError",
    "MissingPackageError",
    "ModelClient",
    "ModelError",
    "NoDocumentsError",
    "Page",
    "ParsedDocument",
    "Passage",
    "Progress",
    "QuestionError",
    "QuotaError",
    "Ranking",
    "ReaderError",
    "Receipt",
    "Reranker",
    "RerankingError",
    "Retrieved",
    "Sentence",
    "Settings",
    "SettingsError",
    "Source",
    "Status",
    "StorageError",
    "SyncReceipt",
    "Usage",
    "UsageError",
    "ask",
    "load_settings",
]

_HOMES = {
    "assistant.embedding": "Embedder",
    "assistant.errors": """
        AccessError AssistantError BusyError DocumentError EmbeddingError FilterError IndexBusyError
        IndexDamagedError IndexUnavailableError MissingPackageError ModelError
        NoDocumentsError QuestionError QuotaError ReaderError RerankingError SettingsError
        StorageError UsageError""",
    "assistant.model.given": "ModelClient",
    "assistant.pipeline": "Assistant ask",
    "assistant.reading.added": "DocumentReader",
    "assistant.retrieval.rerankers": "Ranking Reranker",
    "assistant.settings": "Settings load_settings",
    "assistant.types": """
        Answer Citation Conflict Delta DocumentInfo Event FileOutcome Filters Finished Heading
        Page ParsedDocument Passage Progress Receipt Retrieved Sentence Source Status
        SyncReceipt Usage""",
}
"""Each module and the names that it is the home of."""


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names.split():
            return getattr(importlib.import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
