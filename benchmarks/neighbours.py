"""How many of the nearest chunks HNSW finds, by how widely it looks.

    python -m benchmarks.neighbours [FOLDER] [--chunks 12000] [--questions 200]

Ingests a folder (generated Markdown without one), compares each question's vector with every
stored one, and asks Chroma for the ten nearest with several values of ``ef_search``. A chunk as
near as the tenth counts as found, whichever of equals it is. The last line compares every kept
vector, as indexes up to a size do; the last column is of sixteen threads that ask at once. Before
all that, vectors are looked up by id in Chroma and in the store.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from assistant import Assistant, load_settings
from assistant.embedding import make_embedder
from assistant.index.chroma import COLLECTION, EF_SEARCH, open_client
from assistant.index.exact import ExactVectors
from assistant.index.generations import STORE, VECTORS, Generations
from assistant.index.store import Store
from assistant.index.vectors import VectorIndex
from benchmarks.peers import given_or_written, headings

WIDTHS = (100, 400, 800, 1600, EF_SEARCH)
NEAREST, LOOKED_UP = 10, 45
THREADS, PER_THREAD = 16, 30
GOAL = 0.99
_BATCH, _ROUNDING, _ROUNDED = 2000, 1e-5, 1e-4


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
        together = at_once(lambda vector: index.search(vector, NEAREST), vectors)
    finally:
        index.close()
    share, none = float(np.mean(shares)), sum(each == 0 for each in shares)
    line = f"{width:>10,} {share:>8.1%} {none:>12} {1000 * float(np.median(took)):>10.1f}"
    return f"{line} {together:>10.1f}", share


def compared_with_all(store: Store, vectors: np.ndarray, tenth: np.ndarray) -> str:
    """A line of what is found when every kept vector is compared."""
    began = time.perf_counter()
    order = store.order()
    rows = store.vectors.all_of(order)
    if rows is None:
        raise SystemExit("the store does not keep all vectors")
    index, opened = ExactVectors(order, rows), time.perf_counter() - began
    shares, took = [], []
    for vector, least in zip(vectors, tenth, strict=True):
        began = time.perf_counter()
        hits = index.nearest(vector, NEAREST)
        took.append(time.perf_counter() - began)
        shares.append(sum(score >= least - _ROUNDED for _, score in hits) / NEAREST)
    together = at_once(lambda vector: index.nearest(vector, NEAREST), vectors)
    none = sum(each == 0 for each in shares)
    middle = 1000 * float(np.median(took))
    line = f"{'all':>10} {np.mean(shares):>8.1%} {none:>12} {middle:>10.1f} {together:>10.1f}"
    return f"{line}   read in {opened:.2f} s"


def at_once(ask: Callable[[np.ndarray], object], vectors: np.ndarray) -> float:
    """Milliseconds a question when sixteen threads ask all of them."""
    began = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda _: [ask(vector) for vector in vectors[:PER_THREAD]], range(THREADS)))
    return 1000 * (time.perf_counter() - began) / (THREADS * len(vectors[:PER_THREAD]))


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
        tenth = exact(chroma, ids, vectors)
        print(f"{len(ids):,} chunks, {len(vectors)} questions")
        print(f"{'ef_search':>10} {'found':>8} {'found none':>12} {'p50 ms':>10} {'of 16 ms':>10}")
        share = 0.0
        for width in WIDTHS:
            line, share = found_with(width, chroma, vectors, tenth)
            print(line, flush=True)
        print(compared_with_all(store, vectors, tenth))
        store.close()
    return 0 if share >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
