"""What can be set: a strict, frozen mirror of ``config.yaml``, section by section."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from assistant.errors import SettingsError
from assistant.settings.collections import CHROMA_ADDRESS, DEFAULT, no_collection

Positive = Annotated[int, Field(ge=1, le=10**9)]
Ranked = Annotated[int, Field(ge=1, le=100_000)]
"""So many places of a ranking; the word index makes room for all of them at once."""
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Weight = Annotated[float, Field(ge=0.0, le=1000.0)]
Seconds = Annotated[float, Field(gt=0.0, le=10**8)]
"""Up to three years; the clocks of threads end at 292."""
Megabytes = Annotated[float, Field(gt=0.0, le=10**9)]


def _checked_address(text: str) -> str:
    """Raises ``ValueError`` for what no client can call; without one its library would, later."""
    if text:
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("an address begins with http:// or https:// and names a host")
        if parts.port == 0 or any(not c.isprintable() or c.isspace() for c in text):
            raise ValueError("an address has no spaces and no port 0")
    return text


Address = Annotated[str, AfterValidator(_checked_address)]
ChromaAddress = Annotated[Address, Field(pattern=rf"^{CHROMA_ADDRESS.pattern}$")]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DocumentSettings(_Section):
    """Which files are documents."""

    paths: tuple[Path, ...]
    exclude: tuple[str, ...]
    follow_symlinks: bool
    max_file_megabytes: Megabytes


class ReadingSettings(_Section):
    """What reading one file may cost."""

    processes: Annotated[int, Field(ge=1, le=64)]
    memory_megabytes: Annotated[int, Field(ge=200, le=10**9)]
    cpu_seconds: Positive
    wall_seconds: Seconds
    max_pages: Positive
    max_characters: Positive
    max_expansion: Positive

    def fingerprint(self) -> str:
        """Names the limits, so that a file that broke one is read again when it is raised."""
        limits = self.model_dump(exclude={"processes"})
        return "limits-" + "-".join(f"{value:g}" for value in limits.values())


class OcrSettings(_Section):
    """Whether pictures of text are read, and what that may cost."""

    engine: Literal["auto", "none"]
    page_seconds: Positive
    file_seconds: Seconds
    memory_megabytes: Annotated[int, Field(ge=500, le=10**9)]
    cache_megabytes: Annotated[float, Field(ge=0.0, le=10**9)]


class ChunkingSettings(_Section):
    """How texts are cut into chunks."""

    tokens: Annotated[int, Field(ge=16, le=8192)]
    overlap: Annotated[int, Field(ge=0, le=8192)]
    placing: Literal["none", "model"]
    placing_calls: Positive


class EmbeddingSettings(_Section):
    """Which embedder turns texts into vectors."""

    provider: Literal["static", "minilm", "openai"] | str
    model: str
    base_url: Address
    api_key_env: str
    batch_size: Annotated[int, Field(ge=1, le=2048)]
    concurrency: Annotated[int, Field(ge=1, le=64)]
    timeout_seconds: Seconds
    query_prefix: Annotated[str, Field(max_length=500)]
    passage_prefix: Annotated[str, Field(max_length=500)]


class CollectionSettings(_Section):
    """A further index: its folder, the folders of its documents, and its Chroma server where it is
    not that of ``index.chroma_url`` (empty: its vectors lie in its own folder)."""

    path: Path
    documents: tuple[Path, ...]
    chroma_url: ChromaAddress | None = None

    @model_serializer(mode="wrap")
    def _as_given(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without a server that is not named: shown settings are those that can be written."""
        return {key: value for key, value in dump(self).items() if value is not None}


class IndexSettings(_Section):
    """Where the index lives and how many generations stay."""

    path: Path
    collections: Mapping[str, CollectionSettings]
    keep_previous: Annotated[int, Field(ge=0, le=1000)]
    lock_timeout_seconds: Annotated[float, Field(ge=0.0, le=10**8)]
    check_megabytes: Annotated[float, Field(ge=0.0, le=10**9)]
    unfinished_megabytes: Annotated[float, Field(ge=0.0, le=10**9)]
    chroma_url: ChromaAddress
    chroma_header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")]
    chroma_token_env: str


class WatchSettings(_Section):
    """When a watched folder is synced."""

    quiet_seconds: Annotated[float, Field(ge=0.05, le=60.0)]
    rescan_seconds: Annotated[float, Field(ge=1.0, le=10**8)]


class RetrievalSettings(_Section):
    """How passages are found and fused."""

    passages: Ranked
    candidates: Ranked
    weight_words: Weight
    weight_vector: Weight
    weight_sentence: Weight
    weight_likeness: Weight
    weight_title: Weight
    reranker: Literal["none", "cross-encoder", "llm"] | str
    reranker_model: str
    rerank: Ranked
    max_share_per_document: Annotated[float, Field(gt=0.0, le=1.0)]
    near_duplicate_similarity: Annotated[float, Field(gt=0.0, le=1.0)]


class LLMSettings(_Section):
    """Which language model writes answers, if any."""

    model: str
    base_url: Address
    api_key_env: str
    temperature: Annotated[float, Field(ge=0.0, le=2.0)]
    context_tokens: Annotated[int, Field(ge=512, le=10**9)]
    answer_tokens: Annotated[int, Field(ge=16, le=10**9)]
    timeout_seconds: Seconds
    max_retries: Annotated[int, Field(ge=0, le=10)]
    fallback: Literal["error", "extractive"]
    prices: Mapping[str, Any]

    def price_of(self, model: str) -> tuple[float, float] | None:
        """Dollars per million tokens in and out, or None for a model without a price."""
        price = self.prices.get(model)
        return (float(price[0]), float(price[1])) if price else None


class AnswerSettings(_Section):
    """How much an answer may say and when it must not."""

    max_sentences: Positive
    reader: str
    read_passages: Positive
    min_confidence: Share
    confidence_slope: Annotated[float, Field(gt=0.0, le=20.0)]
    confidence_shift: Annotated[float, Field(ge=-20.0, le=20.0)]
    max_question_characters: Positive
    strict: bool
    judge: bool
    refuse: Literal["never", "warn", "strict"]
    table_queries: Literal["none", "checked", "warn"]
    summary_calls: Annotated[int, Field(ge=0, le=200)]
    steps: Annotated[int, Field(ge=1, le=10)]
    deep_calls: Annotated[int, Field(ge=3, le=200)]


class ChatSettings(_Section):
    """What the chat keeps, and where."""

    keep_conversations: bool
    uploads: Path
    session_upload_megabytes: Megabytes
    uploads_megabytes: Megabytes
    question_set: Path


class ServerSettings(_Section):
    """Who may call the server, and how much at once."""

    host: str
    port: Annotated[int, Field(ge=0, le=65535)]
    token_env: str
    people: str
    audit_megabytes: Annotated[float, Field(ge=0.0, le=10**9)]
    allowed_hosts: tuple[str, ...]
    allowed_origins: tuple[
        Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.\[\]:-]{1,255}$")], ...
    ]
    max_running: Annotated[int, Field(ge=1, le=256)]
    max_waiting: Annotated[int, Field(ge=0, le=100_000)]
    max_request_kilobytes: Annotated[int, Field(ge=16, le=10**9)]
    max_connections: Annotated[int, Field(ge=8, le=100_000)]
    max_connections_per_client: Annotated[int, Field(ge=8, le=100_000)]
    daily_log: bool


class Settings(_Section):
    """All settings; ``source`` is the file they came from, for messages."""

    documents: DocumentSettings
    reading: ReadingSettings
    ocr: OcrSettings
    chunking: ChunkingSettings
    embedding: EmbeddingSettings
    index: IndexSettings
    watch: WatchSettings
    retrieval: RetrievalSettings
    llm: LLMSettings
    answer: AnswerSettings
    chat: ChatSettings
    server: ServerSettings
    source: Path | None = None

    def to_dict(self) -> dict[str, Any]:
        """The effective settings as plain data, without ``source``."""
        return self.model_dump(mode="json", exclude={"source"})

    def with_model(self, model: str) -> Settings:
        """The same settings with another language model; an empty name means none."""
        return self.model_copy(update={"llm": self.llm.model_copy(update={"model": model})})

    def with_llm(self, llm: LLMSettings) -> Settings:
        """The same settings with all of another language model. Without one, no model reranks."""
        changed: dict[str, Any] = {"llm": llm}
        if not llm.model and self.retrieval.reranker == "llm":
            changed["retrieval"] = self.retrieval.model_copy(update={"reranker": "none"})
        return self.model_copy(update=changed)

    def collection_names(self) -> tuple[str, ...]:
        """All collections, the default one first; that alone where there are no others."""
        return (DEFAULT, *self.index.collections)

    def of_collection(self, name: str) -> Settings:
        """The settings of one collection alone. Raises ``UsageError`` for one that is not there."""
        if name not in self.collection_names():
            raise no_collection(name, self.collection_names())
        own = self.index.collections.get(name)
        index: dict[str, Any] = {"collections": {}} | ({"path": own.path} if own else {})
        if own and own.chroma_url is not None:
            index["chroma_url"] = own.chroma_url
        documents = {"paths": own.documents} if own else {}
        return self.model_copy(
            update={
                "index": self.index.model_copy(update=index),
                "documents": self.documents.model_copy(update=documents),
            }
        )

    def with_server(self, host: str | None, port: int | None) -> Settings:
        """The same settings with another address to listen on; None leaves a part as it is.

        Raises ``SettingsError`` for a port that is none.
        """
        if port is not None and not 0 <= port <= 65535:
            raise SettingsError(f"Port {port} is none", hint="a port is 0 to 65535")
        given = {"host": host, "port": port}
        changed = {name: value for name, value in given.items() if value is not None}
        return self.model_copy(update={"server": self.server.model_copy(update=changed)})

    def fingerprint(self) -> str:
        """Twelve hex digits over all settings that can change an answer (paths cannot)."""
        shaping = self.model_dump(
            mode="json",
            exclude={
                "source": True,
                "documents": True,
                "index": True,
                "watch": True,
                "chat": True,
                "server": True,
                "reading": {"processes"},
                "ocr": {"cache_megabytes"},
                "embedding": {"concurrency", "timeout_seconds", "batch_size", "api_key_env"},
                "llm": {"timeout_seconds", "max_retries", "api_key_env", "prices"},
            },
        )
        canonical = json.dumps(shaping, sort_keys=True).encode()
        return hashlib.sha256(canonical).hexdigest()[:12]
