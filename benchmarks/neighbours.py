"""How many of the nearest chunks HNSW finds, by how widely it looks.

    python -m benchmarks.neighbours [FOLDER] [--chunks 12000] [--questions 200]

Ingests a folder (generated Markdown without one), compares each question's vector with every
stored one, and asks Chroma for the ten nearest with several values of ``ef_search``. A chunk as
near as the tenth counts as found, whichever of equals it is. Before that, vectors are looked up by
id in Chroma and in the store.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant import Assistant, load_settings
from assistant.embedding import make_embedder
from assistant.index.chroma import COLLECTION, EF_SEARCH, open_client
from assistant.index.generations import STORE, VECTORS, Generations
from assistant.index.store import Store
from assistant.index.vectors import VectorIndex
from benchmarks.peers import given_or_written, headings

WIDTHS = (100, 400, 800, 1600, EF_SEARCH)
NEAREST, LOOKED_UP = 10, 45
GOAL = 0.99
_BATCH, _ROUNDING = 2000, 1e-5


def exact(chroma: Path, ids: Sequence[str], vectors: np.ndarray) -> np.ndarray:
    """The cosine of the tenth nearest chunk of each question, every chunk compared."""
    stored = VectorIndex(chroma)
    try:
        parts = [stored.vectors(ids[at : at + _BATCH]) for at in range(0, len(ids), _BATCH)]
    finally:
        stored.close()
    rows = np.stack([row for part in parts for row in part.values()])
    return np.asarray(np.sort(vectors @ rows.T, axis=1)[:, -min(NEAREST, len(rows))])


def found_with(
    width: int, chroma: Path, vectors: np.ndarray, tenth: np.ndarray
) -> tuple[str, float]:
    """A line of what is found with an ``ef_search``, and the share."""
    client = open_client(chroma)
    collection = client.get_collection(COLLECTION, embedding_function=None)
    collection.modify(configuration={"hnsw": {"ef_search": width}})
    client.close()  # it is heeded by whoever opens the collection next
    index = VectorIndex(chroma)
    try:
        index.search(vectors[0], NEAREST)  # opens it
        shares, took = [], []
        for vector, least in zip(vectors, tenth, strict=True):
            began = time.perf_counter()
            hits = index.search(vector, NEAREST)
            took.append(time.perf_counter() - began)
            shares.append(sum(score >= least - _ROUNDING for _, score in hits) / NEAREST)
    finally:
        index.close()
    share, none = float(np.mean(shares)), sum(each == 0 for each in shares)
    line = f"{width:>10,} {share:>8.1%} {none:>12} {1000 * float(np.median(took)):>10.1f}"
    return line, share


def looked_up(chroma: Path, store: Store, ids: Sequence[str], vectors: np.ndarray) -> str:
    """What it takes to look up some vectors by id in Chroma and in the store, and what the store's
    rounding changes."""
    index, most = VectorIndex(chroma), 0.0
    took: tuple[list[float], list[float]] = ([], [])
    chance = np.random.default_rng(0)
    try:
        for vector in vectors:
            some = list(chance.choice(ids, min(LOOKED_UP, len(ids)), replace=False))
            found = []
            for source, times in zip((index.vectors, store.vectors.get), took, strict=True):
                began = time.perf_counter()
                found.append(source(some))
                times.append(time.perf_counter() - began)
            off = [abs(float((found[0][each] - found[1][each]) @ vector)) for each in some]
            most = max(most, *off)
    finally:
        index.close()
    there, here = (1000 * float(np.median(each)) for each in took)
    return (
        f"{LOOKED_UP} vectors by id: {there:.2f} ms from Chroma, {here:.2f} ms from the store, "
        f"whose rounding changes a cosine by {most:.1e} at the most"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table; exit status 1 when the width that is used misses the goal."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--chunks", type=int, default=12_000)
    parser.add_argument("--questions", type=int, default=200)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        folder = given_or_written(options.folder, options.chunks, place)
        questions = headings(folder, options.questions)
        given = {"index.path": str(place / "index"), "documents.paths": [str(folder)]}
        settings = load_settings(None, given)
        with Assistant(settings) as assistant:
            assistant.sync()
        generation = Generations(settings.index.path).current()
        if generation is None:
            raise SystemExit("nothing was indexed")
        store = Store(generation.path / STORE)
        ids = store.chunk_ids()
        vectors = make_embedder(settings.embedding).embed(questions)
        chroma = Path(shutil.copytree(generation.path / VECTORS, place / "copy"))
        print(looked_up(chroma, store, ids, vectors))
        store.close()
        tenth = exact(chroma, ids, vectors)
        print(f"{len(ids):,} chunks, {len(vectors)} questions")
        print(f"{'ef_search':>10} {'found':>8} {'found none':>12} {'p50 ms':>10}")
        share = 0.0
        for width in WIDTHS:
            line, share = found_with(width, chroma, vectors, tenth)
            print(line, flush=True)
    return 0 if share >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
