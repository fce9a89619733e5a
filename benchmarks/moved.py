"""What search finds before, during and after the vectors live on a Chroma server.

    python -m benchmarks.moved [FOLDER] [--chunks 12000] [--questions 200]

Ingests a folder (generated Markdown without one), moves the index to a server that is started for
it on this machine, and back. After each step the ten nearest chunks of every question are compared
with those before: by exact search over the stored vectors, and by HNSW as questions are answered.
Two graphs of the same vectors differ a little, because HNSW is built by chance.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant import Assistant, load_settings
from assistant.embedding import make_embedder
from assistant.index.generations import Generations
from assistant.index.snapshot import SnapshotReader
from assistant.index.vector_server import server_of
from assistant.settings import Settings
from benchmarks.peers import given_or_written, headings
from benchmarks.processes import chroma_server

NEAREST = 10
EXACT, HNSW = 1.0, 0.99
_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Found:
    """The documents and chunks of an index, and each question's nearest chunks."""

    documents: int
    chunks: tuple[str, ...]
    exact: tuple[frozenset[str], ...]
    hnsw: tuple[frozenset[str], ...]


def look(settings: Settings, questions: Sequence[str]) -> Found:
    """Search the index for all questions."""
    vectors = make_embedder(settings.embedding).embed(questions)
    reader = SnapshotReader(Generations(settings.index.path), server=server_of(settings.index))
    try:
        with reader.current() as snapshot:
            ids = snapshot.store.chunk_ids()
            rows: dict[str, np.ndarray] = {}
            for start in range(0, len(ids), _BATCH):
                rows |= snapshot.vectors.vectors(ids[start : start + _BATCH])
            near = vectors @ np.stack([rows[each] for each in ids]).T
            best = np.argsort(-near, axis=1, kind="stable")[:, :NEAREST]
            return Found(
                snapshot.store.counts()[0],
                tuple(ids),
                tuple(frozenset(ids[at] for at in row) for row in best),
                tuple(
                    frozenset(key for key, _ in snapshot.vectors.search(vector, NEAREST))
                    for vector in vectors
                ),
            )
    finally:
        reader.close()


def overlap(one: Sequence[frozenset[str]], other: Sequence[frozenset[str]]) -> float:
    """The mean share of the nearest that both hold."""
    return float(np.mean([len(a & b) / max(1, len(a)) for a, b in zip(one, other, strict=True)]))


def compare(folder: Path, place: Path, count: int) -> bool:
    """Move there and back, and print what was found; whether the goals are reached."""
    questions = headings(folder, count)
    with chroma_server(place / "server") as address:
        given = {
            "index.path": str(place / "index"),
            "documents.paths": [str(folder)],
            "index.chroma_url": "",
        }
        embedded = load_settings(None, given)
        served = load_settings(None, given | {"index.chroma_url": address})
        with Assistant(embedded) as assistant:
            assistant.sync()
        before = look(embedded, questions)
        print(f"{before.documents:,} documents, {len(before.chunks):,} chunks, {count} questions")
        print(f"HNSW finds {overlap(before.exact, before.hnsw):.2%} of the exact ten nearest")
        good = True
        for name, to in (("on the server", "server"), ("back in the folder", "embedded")):
            began = time.perf_counter()
            with Assistant(served) as assistant:
                assistant.move_index("server" if to == "server" else "embedded")
            seconds = time.perf_counter() - began
            after = look(served if to == "server" else embedded, questions)
            same = (after.documents, after.chunks) == (before.documents, before.chunks)
            exact, hnsw = overlap(before.exact, after.exact), overlap(before.hnsw, after.hnsw)
            print(
                f"{name} ({seconds:.1f} s): documents and chunks {'the same' if same else 'DIFFER'}"
                f", the ten nearest overlap by {exact:.2%} exactly, {hnsw:.2%} by HNSW, which "
                f"finds {overlap(after.exact, after.hnsw):.2%} of them"
            )
            good = good and same and exact >= EXACT and hnsw >= HNSW
    return good


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; exit status 1 when less overlaps than it should."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--chunks", type=int, default=12_000)
    parser.add_argument("--questions", type=int, default=200)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="moved-") as scratch:
        folder = given_or_written(options.folder, options.chunks, Path(scratch))
        good = compare(folder, Path(scratch), options.questions)
    print("reached" if good else f"NOT reached: {EXACT:.0%} exactly, {HNSW:.0%} by HNSW")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
