"""Bringing an index in line again: the assistant's sync beside what its peers offer for it.

LlamaIndex has its ingestion pipeline with a store of documents, LangChain its indexing function
with a record manager (the one in memory, which is the fastest). Both read every file again to see
whether it changed. Haystack's pipeline has nothing of the kind: it embeds all again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.peer_recipes import (
    CHARACTERS,
    TOKENS,
    langchain_embedder,
    llama_embedder,
    llama_store,
    open_assistant,
)

CHANGED_SHARE = 0.01
Sync = Callable[[], object]


def resync(part: str, folder: Path, index: Path) -> dict[str, float]:
    """Seconds of a first sync, of one with nothing changed, and of one with every hundredth file
    changed, all in this process. The files are as before afterwards."""
    sync = SYNCS[part](folder, index)
    taken = {"first": _seconds(sync), "unchanged": _seconds(sync)}
    files = sorted(folder.rglob("*.md"))
    chosen = files[:: round(1 / CHANGED_SHARE)]
    before = {path: path.read_bytes() for path in chosen}
    try:
        for path, data in before.items():
            path.write_bytes(data + b"\n\nA sentence that was not there before.\n")
        taken["changed"] = _seconds(sync)
    finally:
        for path, data in before.items():
            path.write_bytes(data)
    return taken


def _seconds(do: Sync) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _assistant(folder: Path, index: Path) -> Sync:
    return open_assistant(index, folder).sync


def _llama_index(folder: Path, index: Path) -> Sync:
    from llama_index.core import SimpleDirectoryReader
    from llama_index.core.ingestion import DocstoreStrategy, IngestionPipeline
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.storage.docstore import SimpleDocumentStore

    kept = index / "pipeline"

    def sync() -> object:
        _, store = llama_store(index)
        pipeline = IngestionPipeline(
            transformations=[
                SentenceSplitter(chunk_size=TOKENS, chunk_overlap=0),
                llama_embedder(),
            ],
            vector_store=store,
            docstore=SimpleDocumentStore(),
            docstore_strategy=DocstoreStrategy.UPSERTS,
            disable_cache=True,
        )
        if kept.exists():
            pipeline.load(str(kept))
        reader = SimpleDirectoryReader(str(folder), recursive=True, filename_as_id=True)
        documents = reader.load_data()
        for start in range(0, len(documents), 500):  # Chroma takes 5,461 vectors at once
            pipeline.run(documents=documents[start : start + 500], show_progress=False)
        pipeline.persist(str(kept))
        return len(documents)

    return sync


def _langchain(folder: Path, index: Path) -> Sync:
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_core.indexing import InMemoryRecordManager
    from langchain_core.indexing import index as bring_in_line
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=CHARACTERS, chunk_overlap=0)
    store = Chroma("chunks", langchain_embedder(), persist_directory=str(index))
    records: Any = InMemoryRecordManager("chunks")

    def sync() -> object:
        documents = [
            Document(path.read_text(encoding="utf-8"), metadata={"source": str(path)})
            for path in sorted(folder.rglob("*.md"))
        ]
        return bring_in_line(
            splitter.split_documents(documents),
            records,
            store,
            cleanup="incremental",
            source_id_key="source",
            batch_size=1000,
            cleanup_batch_size=1000,
            key_encoder="sha256",
        )

    return sync


SYNCS: dict[str, Callable[[Path, Path], Sync]] = {
    "assistant": _assistant,
    "llama_index": _llama_index,
    "langchain": _langchain,
}
