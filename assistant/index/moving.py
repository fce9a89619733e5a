"""Move an index's vectors between its folder and a Chroma server; nothing is read or embedded anew.

A move builds a generation like any other: in a separate folder, checked, published by one rename.
Until then, and after a rollback, the index answers from the old place.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from assistant.embedding import Vectors
from assistant.errors import IndexUnavailableError, UsageError
from assistant.index.aside import own_copy
from assistant.index.exact import MOST_NUMBERS
from assistant.index.generations import (
    STORE,
    TERMS,
    VECTORS,
    WORDS,
    Generation,
    Generations,
    check_files,
    copy_file,
    copy_tree,
)
from assistant.index.processes.vector_children import GenerationChecker, VectorWriter
from assistant.index.store import Store
from assistant.index.vector_server import (
    Server,
    ServerVectors,
    ServerWriter,
    clean_up,
    new_collection,
    no_server,
    verify,
)
from assistant.index.vectors import VectorIndex
from assistant.types import Progress

_BATCH = 1000


def move(
    generations: Generations,
    to: Server | None,
    source: Server | None,
    *,
    lock_timeout_seconds: float,
    keep_previous: int,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Generation:
    """Build a generation with the same texts and its vectors in another place.

    ``to`` is a server, or None for the index's own folder; ``source`` is the server that holds
    them now, if one does. Raises ``UsageError`` when they are there already, and
    ``IndexUnavailableError`` when the source lacks a vector.
    """
    with generations.writer(lock_timeout_seconds):
        base = generations.current()
        if base is None:
            raise IndexUnavailableError(
                f"There is no index in {generations.root}", hint="run `assistant ingest` first"
            )
        if bool(base.manifest.collection) == (to is not None):
            raise UsageError(
                f"The vectors of {generations.root} are {where(base, to or source)} already",
                hint="`assistant status` shows the index",
            )
        check_files(base)
        try:
            return _move(generations, base, to, source, keep_previous, progress)
        finally:
            generations.discard()


def where(generation: Generation, server: Server | None) -> str:
    """In words where a generation's vectors are."""
    if not generation.manifest.collection:
        return "in its own folder"
    return f"on {server.url}" if server else "on a Chroma server"


def _move(
    generations: Generations,
    base: Generation,
    to: Server | None,
    source: Server | None,
    keep_previous: int,
    progress: Callable[[Progress], None],
) -> Generation:
    name = generations.next_name()
    folder = generations.begin(name)
    copy_file(base.path / STORE, folder / STORE)
    copy_tree(base.path / WORDS, folder / WORDS)
    if (base.path / TERMS).is_file():  # an index of an earlier version gets it by its next ingest
        copy_file(base.path / TERMS, folder / TERMS)
    collection = new_collection(generations.root, base.manifest.embedder) if to else ""
    with ExitStack() as exits:
        verifier = exits.enter_context(GenerationChecker())
        store = Store(folder / STORE)
        exits.callback(store.close)
        ids = store.chunk_ids()
        numbers = len(ids) * base.manifest.dimensions
        if base.manifest.collection:
            if source is None:
                raise no_server(base)
            held: VectorIndex | ServerVectors = ServerVectors(
                source, base.manifest.collection, len(ids), store.existing
            )
        else:
            held = VectorIndex(own_copy(base.path / VECTORS, exits))
        exits.callback(held.close)
        writer: VectorWriter | ServerWriter = (
            ServerWriter(to, collection)
            if to
            else VectorWriter(folder / VECTORS, is_large=numbers > MOST_NUMBERS)
        )
        exits.enter_context(writer)
        for start in range(0, len(ids), _BATCH):
            progress(Progress("moving", start, len(ids)))
            part = ids[start : start + _BATCH]
            found: dict[str, Vectors] = held.vectors(part)
            if len(found) < len(part):
                raise IndexUnavailableError(
                    f"{len(part) - len(found)} vectors are missing {where(base, source)}",
                    hint="`assistant ingest` builds them anew",
                )
            writer.upsert(part, np.stack([found[chunk_id] for chunk_id in part]))
        progress(Progress("moving", len(ids), len(ids)))
        writer.finish()
        progress(Progress("verifying", 0, 0))
        store.close()
        verifier.begin(folder, vectors=to is None)
        verifier.finish()
        if to is not None:
            verify(to, collection, ids)
    manifest = replace(
        base.manifest,
        name=name,
        parent=base.manifest.name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        collection=collection,
        removed=0,
    )
    generation = generations.publish(folder, manifest)
    generations.collect(keep_previous)
    for server in (to, source):
        if server is not None:
            clean_up(server, generations)
    return generation
