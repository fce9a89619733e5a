"""The two child processes of an ingest: one writes Chroma, one checks a finished generation.

``python -m assistant.index.processes.vector_process write FOLDER`` reads frames from standard
input and answers each ``finish`` with one JSON line; ``… verify`` reads a folder's name, and
whether its vectors are in it, then a line when its words are written, and answers with one JSON
line.

Both need a child process. Chroma's core can crash a process in a way that Python cannot catch. It
holds the interpreter's lock while it builds HNSW (a busy thread got 5 % of its speed). And only a
fresh process opens the files as a reader will.

A frame is one JSON line, then ``bytes`` raw bytes of float32 when it has that key.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

import numpy as np

from assistant.embedding import Vectors
from assistant.index.chroma import Collection, engine_fits, open_collection
from assistant.index.exact import MOST_NUMBERS
from assistant.index.generations import STORE, TERMS, VECTORS, WORDS, copy_tree

_BATCH = 5000
"""Vectors written at once: 60,075 of them took 13.8 s by 5,000, 18.1 s by 2,000 in one run."""

_SAMPLES, _SAME = 20, 1e-3


def write(folder: Path, frames: IO[bytes], replies: IO[str]) -> None:
    """Apply ``upsert`` and ``delete`` frames to the collection in ``folder`` until ``finish``.

    Vectors are written in large batches. The folder is not touched before the first frame,
    ``begin``, which may name a folder to copy, or say that more than ``MOST_NUMBERS`` will come.
    """
    line = frames.readline()
    if not line:
        return  # the parent was interrupted while it made this process
    begin = json.loads(line)
    if begin.get("base"):
        copy_tree(Path(begin["base"]), folder)
    collection = open_collection(folder, create=True, coarse=not begin.get("is_large"))
    batch = min(_BATCH, collection.batch_size)
    waiting: list[tuple[list[str], Vectors]] = []

    def flush() -> None:
        nonlocal collection
        if not waiting:
            return
        ids = [chunk_id for each, _ in waiting for chunk_id in each]
        vectors = np.vstack([rows for _, rows in waiting])
        for start in range(0, len(ids), batch):
            collection.upsert(ids[start : start + batch], vectors[start : start + batch])
        waiting.clear()
        if collection.is_coarse and len(collection) * vectors.shape[1] > MOST_NUMBERS:
            collection = _finer(collection, folder, batch)

    def count() -> int:
        return sum(len(each) for each, _ in waiting)

    while True:
        line = frames.readline()
        if not line:
            return  # the parent is gone: what was written here is never published
        frame = json.loads(line)
        if frame["op"] == "finish":
            break
        ids: list[str] = frame["ids"]
        if frame["op"] == "upsert":
            raw = frames.read(frame["bytes"])
            if len(raw) != frame["bytes"]:
                return
            waiting.append((ids, np.frombuffer(raw, dtype=np.float32).reshape(len(ids), -1)))
            if count() >= batch:
                flush()
        else:
            flush()
            for start in range(0, len(ids), batch):
                collection.delete(ids[start : start + batch])
    flush()
    written = len(collection)
    collection.close()
    _let_readers_change_nothing(folder)
    _reply(replies, {"ok": True, "count": written})


def _finer(coarse: Collection, folder: Path, batch: int) -> Collection:
    """The same vectors in a collection that is fit for more than ``MOST_NUMBERS``, in its place."""
    aside = folder.with_name(f"{folder.name}.finer")
    aside.mkdir()
    finer = open_collection(aside, create=True)
    ids = coarse.ids()
    for start in range(0, len(ids), batch):
        found = coarse.vectors(ids[start : start + batch])
        finer.upsert(list(found), np.stack(list(found.values())))
    finer.close()
    coarse.close()
    shutil.rmtree(folder)
    aside.rename(folder)
    return open_collection(folder, create=True)


def _let_readers_change_nothing(folder: Path) -> None:
    """Chroma adds a row to ``acquire_write`` whenever it opens, only to take a lock. Without the
    row it takes the lock all the same, and the file keeps its checksum."""
    with contextlib.closing(sqlite3.connect(folder / "chroma.sqlite3")) as connection, connection:
        if connection.execute(
            "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'acquire_write'"
        ).fetchone()[0]:
            connection.execute(
                "CREATE TRIGGER IF NOT EXISTS readers_change_nothing BEFORE INSERT "
                "ON acquire_write BEGIN SELECT RAISE(IGNORE); END"
            )


def verify(folder: Path, *, vectors: bool = True, words: Callable[[], object]) -> dict[str, Any]:
    """Open a generation as a reader will, and compare its parts.

    ``words`` returns when the word index is written. Returns counts, or ``{"ok": False,
    "problem": …}``.
    """
    with ThreadPoolExecutor(1) as pool:
        checking = pool.submit(_check_store, folder)  # SQLite leaves the interpreter to the rest
        found = _compare(folder, vectors)
        problem = checking.result()
    words()
    if problem:
        return {"ok": False, "problem": f"the store is damaged: {problem}"}
    return _compare_words(folder, found) if found["ok"] else found


def _load_what_verifying_needs() -> None:
    import assistant.index.store
    import assistant.index.words  # noqa: F401

    engine_fits()


def _check_store(folder: Path) -> str:
    from assistant.index.store import Store

    store = Store(folder / STORE)
    try:
        return store.check()
    finally:
        store.close()


def _compare(folder: Path, vectors: bool) -> dict[str, Any]:
    from assistant.index.store import Store

    store = Store(folder / STORE)
    expected = store.chunk_ids()
    documents, chunks = store.counts()
    kept = len(store.vectors)
    store.close()
    if (folder / TERMS).exists() and kept != chunks:  # an earlier version kept few, and no terms
        return {"ok": False, "problem": f"{kept} vectors kept, {chunks} chunks stored"}
    if not vectors:
        return {"ok": True, "documents": documents, "chunks": chunks}
    collection = open_collection(folder / VECTORS)
    ids = sorted(collection.ids())
    if ids != expected:
        missing, extra = len(set(expected) - set(ids)), len(set(ids) - set(expected))
        return {"ok": False, "problem": f"{missing} vectors missing, {extra} too many"}
    problem = _search_problem(collection, expected[:: max(1, -(-len(expected) // _SAMPLES))])
    if problem:
        return {"ok": False, "problem": problem}
    collection.close()
    return {"ok": True, "documents": documents, "chunks": chunks}


def _compare_words(folder: Path, found: dict[str, Any]) -> dict[str, Any]:
    """The word index, and the terms it is made of, beside the counts of the store."""
    from assistant.index.term_lines import lines_in
    from assistant.index.words import WordIndex

    chunks = found["chunks"]
    index = WordIndex(folder / WORDS)
    if len(index) != chunks:
        return {"ok": False, "problem": f"{len(index)} chunks in the word index, {chunks} stored"}
    if not (folder / TERMS).exists():  # an earlier version's, which counts removed chunks too
        return found
    for told, count in (("counts", sum(index.counts())), ("is made of", lines_in(folder / TERMS))):
        if count != chunks:
            problem = f"the word index {told} {count} chunks, {chunks} stored"
            return {"ok": False, "problem": problem}
    return found


def _search_problem(collection: Collection, chunk_ids: Sequence[str]) -> str:
    """Whether search finds these vectors, given themselves; an empty text when it does.

    Search is approximate: of 63,000 chunks, many of them nearly alike, .3 % are not found by their
    own vectors. So the check fails only when half of them are not found.
    """
    if not chunk_ids:
        return ""
    vectors = np.array(list(collection.vectors(chunk_ids).values()), dtype=np.float32)
    vectors = vectors[np.any(vectors, axis=-1)]
    if not len(vectors):
        return ""
    found = collection.nearest(vectors, 1)
    missed = sum(1 for each in found if not each or not each[0][1] < _SAME)
    return f"{missed} of {len(vectors)} vectors are not found" if 2 * missed >= len(vectors) else ""


def _reply(replies: IO[str], message: dict[str, Any]) -> None:
    replies.write(json.dumps(message) + "\n")
    replies.flush()


def main(arguments: list[str]) -> int:
    """Run one of the two children; errors go out as a JSON line."""
    try:
        if arguments[:1] == ["write"]:
            write(Path(arguments[1]), sys.stdin.buffer, sys.stdout)
        elif arguments[:1] == ["verify"]:
            _load_what_verifying_needs()  # while the parent still works
            request = json.loads(sys.stdin.readline() or "null")
            if request:
                folder, has_vectors = request
                wait = sys.stdin.readline
                _reply(sys.stdout, verify(Path(folder), vectors=has_vectors, words=wait))
        else:
            sys.stderr.write("usage: vector_process write FOLDER | verify\n")
            return 2
    except Exception as exc:
        _reply(sys.stdout, {"ok": False, "problem": f"{type(exc).__name__}: {exc}"})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
