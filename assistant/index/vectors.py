"""The vector index of one finished generation: a Chroma collection, opened for queries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.embedding import Vectors
from assistant.errors import IndexUnavailableError

COLLECTION = "chunks"


def open_client(path: Path) -> Any:
    """Chroma on a folder, with telemetry off. The caller closes it."""
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(
        path=str(path), settings=Settings(anonymized_telemetry=False, allow_reset=False)
    )


class VectorIndex:
    """Nearest chunks by cosine similarity."""

    def __init__(self, path: Path) -> None:
        self._client = open_client(path)
        try:
            self._collection = self._client.get_collection(COLLECTION, embedding_function=None)
        except Exception as exc:  # Chroma raises types of its Rust core as they come
            self._client.close()
            raise IndexUnavailableError(
                f"The vectors in {path} cannot be opened: {exc}",
                hint="`assistant rollback` returns to the generation before; "
                "`assistant ingest` rebuilds",
            ) from exc

    def close(self) -> None:
        """Close Chroma's files."""
        self._client.close()

    def __len__(self) -> int:
        return int(self._collection.count())

    def search(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """Chunk ids with their cosine similarity to one unit vector, best first."""
        if limit < 1:
            return []
        reply = self._collection.query(
            query_embeddings=[vector], n_results=limit, include=["distances"]
        )
        ids, distances = reply["ids"][0], reply["distances"][0]
        return [(i, 1.0 - float(d)) for i, d in zip(ids, distances, strict=True)]

    def vectors(self, chunk_ids: Sequence[str]) -> dict[str, Vectors]:
        """The stored vectors of some chunks, for those that exist."""
        if not chunk_ids:
            return {}
        reply = self._collection.get(ids=list(chunk_ids), include=["embeddings"])
        rows = np.asarray(reply["embeddings"], dtype=np.float32)
        return dict(zip(reply["ids"], rows, strict=True))
