"""The recipes that ``benchmarks.peers`` runs: how each is built and asked.

A builder takes (folder, index) and gives the number of chunks; a querier takes (index, folder) and
gives a function of a question. The limit's source is a finished index of the assistant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

TOKENS, CHARACTERS, WORDS = 256, 1024, 165
"""Chunk sizes of the splitters, for about as many chunks each."""
BATCH, PASSAGES = 256, 8

Query = Callable[[str], object]


def _vectors(texts: list[str]) -> list[list[float]]:
    rows: list[list[float]] = _embedder().embed(texts).tolist()
    return rows


_loaded: list[Any] = []


def _embedder() -> Any:
    """The static embedder, loaded at the first text."""
    if not _loaded:
        from assistant.embedding.static import StaticEmbedder

        _loaded.append(StaticEmbedder())
    return _loaded[0]


# ---------------------------------------------------------------- the assistant


def open_assistant(index: Path, folder: Path, **more: Any) -> Any:
    """The assistant as it comes, over a folder and an index."""
    from assistant import Assistant, load_settings

    given = {"index.path": str(index), "documents.paths": [str(folder)]}
    return Assistant(load_settings(None, given | more))


def build_assistant(folder: Path, index: Path) -> dict[str, Any]:
    """A first ingest."""
    with open_assistant(index, folder) as assistant:
        return {"chunks": assistant.sync().chunks}


def ask_assistant(index: Path, folder: Path) -> Query:
    """Words and vectors, fused, read closely, without duplicates."""
    assistant = open_assistant(index, folder)
    return lambda question: assistant.retrieve(question, PASSAGES)


def ask_fused(index: Path, folder: Path) -> Query:
    """Words and vectors, fused, without duplicates; no passage is read closely."""
    closely = ("sentence", "likeness", "title")
    given = {f"retrieval.weight_{part}": 0 for part in closely}
    assistant = open_assistant(index, folder, **given)
    return lambda question: assistant.retrieve(question, PASSAGES)


# ---------------------------------------------------------------- LlamaIndex


def llama_embedder() -> Any:
    """The static vectors as LlamaIndex wants them."""
    from llama_index.core.embeddings import BaseEmbedding

    class Static(BaseEmbedding):  # type: ignore[misc]
        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return _vectors(texts)

        def _get_text_embedding(self, text: str) -> list[float]:
            return _vectors([text])[0]

        def _get_query_embedding(self, query: str) -> list[float]:
            return _vectors([query])[0]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return _vectors([query])[0]

    return Static(embed_batch_size=BATCH)


def llama_store(index: Path) -> tuple[Any, Any]:
    """A Chroma collection, and the same for LlamaIndex."""
    import chromadb
    from llama_index.vector_stores.chroma import ChromaVectorStore

    collection = chromadb.PersistentClient(str(index)).get_or_create_collection("chunks")
    return collection, ChromaVectorStore(chroma_collection=collection)


def build_llama_index(folder: Path, index: Path) -> dict[str, Any]:
    """Its stock recipe: reader, splitter, index over Chroma."""
    from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter

    documents = SimpleDirectoryReader(str(folder), recursive=True).load_data()
    collection, store = llama_store(index)
    VectorStoreIndex.from_documents(
        documents,
        storage_context=StorageContext.from_defaults(vector_store=store),
        transformations=[SentenceSplitter(chunk_size=TOKENS, chunk_overlap=0)],
        embed_model=llama_embedder(),
        show_progress=False,
    )
    return {"chunks": collection.count()}


def ask_llama_index(index: Path, folder: Path) -> Query:
    """Its retriever over the stored vectors."""
    from llama_index.core import VectorStoreIndex

    _, store = llama_store(index)
    opened = VectorStoreIndex.from_vector_store(store, embed_model=llama_embedder())
    retriever = opened.as_retriever(similarity_top_k=PASSAGES)
    return lambda question: retriever.retrieve(question)


# ---------------------------------------------------------------- LangChain


def langchain_embedder() -> Any:
    """The static vectors as LangChain wants them."""
    from langchain_core.embeddings import Embeddings

    class Static(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return _vectors(texts)

        def embed_query(self, text: str) -> list[float]:
            return _vectors([text])[0]

    return Static()


def build_langchain(folder: Path, index: Path) -> dict[str, Any]:
    """Documents, recursive splitter, Chroma; added by 5,000, because Chroma takes no more."""
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    documents = [
        Document(path.read_text(encoding="utf-8"), metadata={"source": str(path)})
        for path in sorted(folder.rglob("*.md"))
    ]
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHARACTERS, chunk_overlap=0)
    pieces = splitter.split_documents(documents)
    store = Chroma("chunks", langchain_embedder(), persist_directory=str(index))
    for start in range(0, len(pieces), 5000):
        store.add_documents(pieces[start : start + 5000])
    return {"chunks": len(pieces)}


def ask_langchain(index: Path, folder: Path) -> Query:
    """Similarity search."""
    from langchain_chroma import Chroma

    store = Chroma("chunks", langchain_embedder(), persist_directory=str(index))
    return lambda question: store.similarity_search(question, k=PASSAGES)


# ---------------------------------------------------------------- Haystack


def _haystack_store(index: Path) -> Any:
    from haystack_integrations.document_stores.chroma import ChromaDocumentStore

    return ChromaDocumentStore(persist_path=str(index), collection_name="chunks")


def build_haystack(folder: Path, index: Path) -> dict[str, Any]:
    """Its indexing pipeline: converter, splitter, embedder, writer."""
    from haystack import Document, Pipeline, component
    from haystack.components.converters import TextFileToDocument
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.components.writers import DocumentWriter

    @component
    class Embed:
        def __init__(self) -> None:  # the annotations of this file are texts, which it cannot read
            component.set_input_types(self, documents=list[Document])

        @component.output_types(documents=list[Document])
        def run(self, **given: Any) -> dict[str, list[Any]]:
            documents = given["documents"]
            rows = _vectors([document.content or "" for document in documents])
            return {
                "documents": [
                    replace(document, embedding=row)
                    for document, row in zip(documents, rows, strict=True)
                ]
            }

    store = _haystack_store(index)
    pipeline = Pipeline()
    pipeline.add_component("read", TextFileToDocument())
    pipeline.add_component("split", DocumentSplitter(split_by="word", split_length=WORDS))
    pipeline.add_component("embed", Embed())
    pipeline.add_component("write", DocumentWriter(store))
    for one, two in (("read", "split"), ("split", "embed"), ("embed", "write")):
        pipeline.connect(one, two)
    paths = sorted(folder.rglob("*.md"))
    for start in range(0, len(paths), 500):  # Chroma takes no more than 5,461 vectors at once
        pipeline.run({"read": {"sources": paths[start : start + 500]}})
    return {"chunks": store.count_documents()}


def ask_haystack(index: Path, folder: Path) -> Query:
    """Its embedding retriever."""
    from haystack_integrations.components.retrievers.chroma import ChromaEmbeddingRetriever

    retriever = ChromaEmbeddingRetriever(_haystack_store(index), top_k=PASSAGES)
    return lambda question: retriever.run(query_embedding=_vectors([question])[0])


# ---------------------------------------------------------------- the limit


def build_limit(source: Path, index: Path) -> dict[str, Any]:
    """Ready vectors to Chroma and ready words to tantivy: what no ingest can do without.

    ``source`` is a finished index of the assistant. Reading it does not count, and the imports are
    told apart.
    """
    import time

    began = time.perf_counter()
    import chromadb  # noqa: F401
    import numpy as np
    import tantivy

    imports = time.perf_counter() - began
    from contextlib import ExitStack

    from assistant.index.aside import copy_aside
    from assistant.index.chroma import COLLECTION, HNSW, open_client
    from assistant.index.generations import STORE, VECTORS, Generations
    from assistant.index.store import Store
    from assistant.index.vectors import VectorIndex
    from assistant.index.words import _open
    from assistant.text.terms import terms

    generation = Generations(source).current()
    if generation is None:
        raise SystemExit(f"there is no index in {source}")
    with ExitStack() as exits:
        store = Store(generation.path / STORE)
        exits.callback(store.close)
        ids = store.chunk_ids()
        texts = {i: store.chunks([i])[i].text for i in ids}
        stored = VectorIndex(copy_aside(generation.path / VECTORS, exits, "no room for a copy"))
        exits.callback(stored.close)
        rows = []
        for start in range(0, len(ids), 4000):
            part = ids[start : start + 4000]
            found = stored.vectors(part)
            rows.append((part, np.stack([found[i] for i in part])))
    lines = {i: " ".join(terms(text)) for i, text in texts.items()}
    began = time.perf_counter()
    client = open_client(index / "chroma")
    collection = client.create_collection(COLLECTION, embedding_function=None, configuration=HNSW)
    for part, vectors in rows:
        collection.upsert(ids=part, embeddings=vectors)
    client.close()
    (index / "words").mkdir()
    opened = _open(index / "words", create=True)
    writer = opened.writer(heap_size=64_000_000, num_threads=1)
    for chunk_id, line in lines.items():
        document = tantivy.Document()
        document.add_text("id", chunk_id)
        document.add_text("body", line)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    return {"chunks": len(ids), "seconds": time.perf_counter() - began, "imports": imports}


def ask_limit(index: Path, folder: Path) -> Query:
    """The question's vector, Chroma's and tantivy's nearest sixty, nothing read of them."""
    from assistant.index.vectors import VectorIndex
    from assistant.index.words import WordIndex
    from assistant.text.terms import content_terms

    vectors, words = VectorIndex(index / "chroma"), WordIndex(index / "words")

    def query(question: str) -> object:
        vector = _embedder().embed([question])[0]
        return vectors.search(vector, 60), words.search(content_terms(question), 60)

    return query


BUILDERS: dict[str, Callable[[Path, Path], dict[str, Any]]] = {
    "assistant": build_assistant,
    "llama_index": build_llama_index,
    "langchain": build_langchain,
    "haystack": build_haystack,
    "limit": build_limit,
}
QUERIERS: dict[str, Callable[[Path, Path], Query]] = {
    "assistant": ask_assistant,
    "fused": ask_fused,
    "llama_index": ask_llama_index,
    "langchain": ask_langchain,
    "haystack": ask_haystack,
    "limit": ask_limit,
}
