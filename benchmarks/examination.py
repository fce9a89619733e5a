"""Is an index whole? Looks at every document, chunk and vector, in a process of its own.

In comes an index on disk and the states it may be in (a state maps a document's name to the texts
of its chunks, in order); out goes a ``Finding``. A child opens the index because a broken Chroma
can crash the process that opens it; then the finding says ``opens=False``.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

State = Mapping[str, Sequence[str]]

PRELOADED = ("chromadb", "assistant.index.sync", "assistant.index.snapshot", "tokenizers", "pytest")
"""Slow to import, so that the server does it once; the tests use it too."""

_SAME = 1e-3
"""Cosine distance up to which a vector has found itself (float32, cosine by HNSW)."""
_PATIENCE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What an index turned out to be.

    ``state`` names the state it equals; ``empty`` when there is no index yet, ``neither`` when
    it is none of them. ``broken`` counts documents whose chunks are neither those of the one
    state nor those of the other; ``missing`` those that all states hold and the index does not.
    """

    opens: bool
    state: str = ""
    broken: int = 0
    missing: int = 0
    duplicates: int = 0
    unfindable: int = 0
    problem: str = ""

    @property
    def is_sound(self) -> bool:
        """Opens, is one whole state, and finds every chunk once."""
        bad = self.broken + self.missing + self.duplicates + self.unfindable
        return self.opens and bad == 0 and self.state != "neither" and not self.problem


@dataclass(frozen=True, slots=True)
class _Content:
    """All that an index holds, read once: chunk texts and places by document, vectors by id."""

    documents: Mapping[str, Sequence[str]]
    places: Sequence[tuple[str, int, int]]
    stored_ids: Sequence[str]
    vector_ids: Sequence[str]
    vectors: Any
    distance: Callable[[Any], float]
    words: int | None


def chunk_texts(texts: Mapping[str, str], tokens: int) -> dict[str, list[str]]:
    """The state that an index of these documents must be in, by the readers and the chunker."""
    from assistant.chunking import cut
    from assistant.reading import read_document

    return {
        name: [chunk.text for chunk in cut(read_document(text.encode(), name), tokens=tokens)]
        for name, text in texts.items()
    }


def examine(index: Path, states: Mapping[str, State]) -> Finding:
    """Open our index in this process and compare it with the states."""
    from contextlib import ExitStack

    from assistant.index.aside import copy_aside
    from assistant.index.chroma import COLLECTION, open_client
    from assistant.index.generations import VECTORS, Generations
    from assistant.index.snapshot import Snapshot

    generation = Generations(index).current()
    if generation is None:
        return Finding(opens=True, state="empty")
    snapshot = Snapshot(generation)
    exits = ExitStack()  # a copy: Chroma writes when it opens, and a generation never changes
    client = open_client(copy_aside(generation.path / VECTORS, exits, "no room for a copy"))
    try:
        documents, places, ids = {}, [], []
        for document in snapshot.store.documents():
            chunks = snapshot.store.chunks_of(document.id)
            text = snapshot.store.parsed(document.id).text
            documents[document.name] = [text[chunk.start : chunk.end] for chunk in chunks]
            places += [(document.name, chunk.start, chunk.end) for chunk in chunks]
            ids += [chunk.id for chunk in chunks]
        collection = client.get_collection(COLLECTION, embedding_function=None)
        held = collection.get(include=["embeddings"])
        finding = _judge(
            _Content(
                documents, places, ids, held["ids"], held["embeddings"],
                lambda vector: _distance_of(snapshot.nearest(vector, 1)), len(snapshot.words),
            ),
            states,
        )  # fmt: skip
        problem = _kept_otherwise(snapshot.store.vectors, held["ids"], held["embeddings"])
        return replace(finding, problem=finding.problem or problem)
    finally:
        client.close()
        exits.close()
        snapshot.retire()


def _kept_otherwise(kept: Any, ids: Sequence[str], vectors: Any) -> str:
    """How the vectors that the store keeps differ from Chroma's; an empty text if they do not."""
    there = kept.get(ids)
    if len(there) != len(ids) or len(kept) != len(ids):
        return f"{len(kept)} vectors are kept, {len(there)} of these {len(ids)}"
    far = [i for i, row in zip(ids, vectors, strict=True) if np.abs(there[i] - row).max() > _SAME]
    return f"{len(far)} vectors are kept otherwise" if far else ""


def examine_plain(index: Path, states: Mapping[str, State]) -> Finding:
    """Open a plain Chroma collection in this process and compare it with the states."""
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(str(index), Settings(anonymized_telemetry=False))
    try:
        if not client.list_collections():
            return Finding(opens=True, state="empty")
        collection = client.get_collection("chunks", embedding_function=None)
        held = collection.get(include=["embeddings", "metadatas", "documents"])
        rows = sorted(
            (str(place["document"]), int(place["ordinal"]), text)
            for place, text in zip(held["metadatas"], held["documents"], strict=True)
        )
        documents: dict[str, list[str]] = {}
        for name, _, text in rows:
            documents.setdefault(name, []).append(text)
        places = [(name, ordinal, ordinal) for name, ordinal, _ in rows]
        count = collection.count()
        content = _Content(
            documents, places, held["ids"], held["ids"], held["embeddings"],
            lambda vector: _distance_in(collection, vector), None,
        )  # fmt: skip
        finding = _judge(content, states)
        if count != len(rows):
            return Finding(opens=True, state="neither", problem=f"count {count}, {len(rows)} rows")
        return finding
    finally:
        client.close()


def _judge(content: _Content, states: Mapping[str, State]) -> Finding:
    def as_lists(state: State) -> dict[str, list[str]]:
        return {name: list(chunks) for name, chunks in state.items()}

    documents = as_lists(content.documents)
    equal = [name for name, state in states.items() if documents == as_lists(state)]
    broken = sum(
        all(list(state.get(name, ())) != chunks for state in states.values())
        for name, chunks in documents.items()
    )
    always = set.intersection(*(set(state) for state in states.values()))
    problem = ""
    if sorted(content.vector_ids) != sorted(content.stored_ids):
        problem = f"{len(content.vector_ids)} vectors for {len(content.stored_ids)} chunks"
    if content.words is not None and content.words != len(content.stored_ids):
        problem = f"{content.words} chunks in the word index of {len(content.stored_ids)}"
    return Finding(
        opens=True,
        state=equal[0] if equal else "neither",
        broken=broken,
        missing=len(always - set(documents)),
        duplicates=(len(content.places) - len(set(content.places)))
        + (len(content.vector_ids) - len(set(content.vector_ids))),
        unfindable=_unfindable(content),
        problem=problem,
    )


def _unfindable(content: _Content) -> int:
    """How many vectors a search for themselves, as questions are searched, does not find."""
    vectors = np.asarray(content.vectors, dtype=np.float32)
    return sum(bool(np.any(each)) and content.distance(each) >= _SAME for each in vectors)


def _distance_of(found: Sequence[tuple[str, float]]) -> float:
    return 1.0 - found[0][1] if found else 2.0


def _distance_in(collection: Any, vector: Any) -> float:
    found = collection.query(query_embeddings=[vector], n_results=1, include=["distances"])
    return float(found["distances"][0][0]) if found["distances"][0] else 2.0


# ---------------------------------------------------------------- in a child


def in_child(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in a fresh process; its result, or ``None`` when the process died or hung.

    The process is forked from a server that has imported the libraries and opened nothing.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send_result, args=(sender, function, arguments))
    process.start()
    sender.close()
    try:
        return receiver.recv() if receiver.poll(_PATIENCE_SECONDS) else None
    except EOFError:
        return None
    finally:
        process.kill()
        process.join()
        receiver.close()


def examine_in_child(
    look: Callable[[Path, Mapping[str, State]], Finding],
    index: Path,
    states: Mapping[str, State],
) -> Finding:
    """``look`` in a fresh process; a process that dies or hangs is an index that does not open."""
    finding = in_child(look, index, states)
    if isinstance(finding, Finding):
        return finding
    return Finding(opens=False, problem=str(finding or "the process died"))


def _send_result(sender: Any, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        sender.send(function(*arguments))
    except Exception as exc:  # Chroma's core raises types of its own
        sender.send(f"{type(exc).__name__}: {exc}")
    finally:
        sender.close()
