"""A folder written into one Chroma collection in place, as LlamaIndex's vector store does it.

    python -m benchmarks.plain_chroma FOLDER INDEX TOKENS

The peer of the crash trial: same chunks, same vectors. A changed document is deleted and added
again, a document that is gone is deleted; nothing is written aside.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path


def bring_in_line(folder: Path, index: Path, tokens: int) -> None:
    """Add, change and delete until the collection holds the folder's documents."""
    import chromadb
    from chromadb.config import Settings

    from assistant.embedding.static import StaticEmbedder
    from benchmarks.examination import chunk_texts

    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    texts = {p.relative_to(folder).as_posix(): p.read_text(encoding="utf-8") for p in paths}
    chunks = chunk_texts(texts, tokens)
    client = chromadb.PersistentClient(str(index), Settings(anonymized_telemetry=False))
    collection = client.get_or_create_collection(
        "chunks", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
    )
    stored: dict[str, list[tuple[int, str]]] = {}
    held = collection.get(include=["metadatas", "documents"])
    for place, text in zip(held["metadatas"], held["documents"], strict=True):
        stored.setdefault(str(place["document"]), []).append((int(place["ordinal"]), text))
    embedder = StaticEmbedder()
    for name in stored.keys() - chunks.keys():
        collection.delete(where={"document": name})
    for name, wanted in chunks.items():
        if [text for _, text in sorted(stored.get(name, []))] == wanted:
            continue
        if name in stored:
            collection.delete(where={"document": name})
        collection.add(
            ids=[hashlib.sha256(f"{name}\0{n}".encode()).hexdigest() for n in range(len(wanted))],
            embeddings=embedder.embed(wanted),
            metadatas=[{"document": name, "ordinal": n} for n in range(len(wanted))],
            documents=wanted,
        )
    client.close()


if __name__ == "__main__":
    bring_in_line(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
