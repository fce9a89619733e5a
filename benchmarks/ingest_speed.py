"""Ingest throughput beside LlamaIndex's stock recipe, and the price of an unchanged re-sync.

    python -m benchmarks.ingest_speed [--files 500] [--words 450] [--runs 5] [--folder PATH]

The peer is ``SimpleDirectoryReader`` + ``SentenceSplitter(256 tokens, no overlap)`` +
``VectorStoreIndex`` over a persistent ``ChromaVectorStore``, given the same static embedder in
batches of the same size; it writes no word index, keeps no text store and verifies nothing. Both
read the same folder of generated Markdown, each run in a fresh process with a fresh index, the two
in turn. Our chunks are cut by ``tiktoken`` tokens too; the counts differ a little.

Prints for each the median seconds of the whole process and without its imports, chunks and
megabytes a second, and their ratios; then an unchanged re-sync, by the command line and in a
process that is running, as a share of the first ingest, and the texts that were embedded for it.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.corpus import write_folder
from benchmarks.processes import environment

TOKENS = 256
BATCH = 256


@dataclass(frozen=True, slots=True)
class Run:
    """One ingest in a process of its own: seconds from its start, and from after its imports."""

    whole: float
    work: float
    chunks: int
    embedded: int = 0


# ---------------------------------------------------------------- what the processes do


def ours(folder: Path, index: Path) -> dict[str, Any]:
    """The first ingest, then three unchanged ones in the same process."""
    from assistant import Assistant, load_settings

    for module in ("assistant.embedding.static", "assistant.index.sync"):
        importlib.import_module(module)  # an import that the work would do later
    began = time.perf_counter()
    settings = load_settings(
        None,
        {
            "index.path": str(index),
            "documents.paths": [str(folder)],
            "chunking.tokens": TOKENS,
            "chunking.overlap": 0,
        },
    )
    with Assistant(settings) as assistant:
        receipt = assistant.sync()
        work = time.perf_counter() - began
        again = [assistant.sync() for _ in range(3)]
    if receipt.failed or any(each.generation != receipt.generation for each in again):
        raise SystemExit(f"the ingest failed: {receipt.failed}")
    return {
        "work": work,
        "chunks": receipt.chunks,
        "embedded": receipt.embedded,
        "again": [each.seconds for each in again],
        "embedded_again": sum(each.embedded for each in again),
        "timings": dict(receipt.timings),
    }


def llama_index(folder: Path, index: Path) -> dict[str, Any]:
    """The stock recipe."""
    import chromadb
    from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.vector_stores.chroma import ChromaVectorStore

    embedder = _as_llama_index()
    began = time.perf_counter()
    documents = SimpleDirectoryReader(str(folder), recursive=True).load_data()
    collection = chromadb.PersistentClient(str(index)).get_or_create_collection("chunks")
    storage = StorageContext.from_defaults(
        vector_store=ChromaVectorStore(chroma_collection=collection)
    )
    VectorStoreIndex.from_documents(
        documents,
        storage_context=storage,
        transformations=[SentenceSplitter(chunk_size=TOKENS, chunk_overlap=0)],
        embed_model=embedder,
        show_progress=False,
    )
    return {"work": time.perf_counter() - began, "chunks": collection.count()}


def _as_llama_index() -> Any:
    from llama_index.core.embeddings import BaseEmbedding

    from assistant.embedding.static import StaticEmbedder

    class Static(BaseEmbedding):  # type: ignore[misc]
        """Our static embedder behind LlamaIndex's interface; nothing else in between."""

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            rows: list[list[float]] = _model().embed(texts).tolist()
            return rows

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embeddings([query])[0]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

    loaded: list[StaticEmbedder] = []

    def _model() -> StaticEmbedder:  # loaded at the first text, as ours is
        if not loaded:
            loaded.append(StaticEmbedder())
        return loaded[0]

    return Static(embed_batch_size=BATCH)


PARTS: dict[str, Callable[[Path, Path], dict[str, Any]]] = {
    "ours": ours,
    "llama_index": llama_index,
}


# ---------------------------------------------------------------- the measuring side


def readable_nltk_data(place: Path) -> Path:
    """A copy of the word lists that LlamaIndex's splitter reads.

    nltk refuses files with several hard links, as some installers make them (llama_index #22839);
    without this the peer would not run at all there.
    """
    packages = importlib.util.find_spec("llama_index.core")
    if packages is None or not packages.submodule_search_locations:
        raise SystemExit("LlamaIndex is not installed")
    original = Path(packages.submodule_search_locations[0]) / "_static" / "nltk_cache"
    copy = place / "nltk_data"
    if not copy.exists():
        shutil.copytree(original, copy)
    return copy


def measure(part: str, folder: Path, index: Path) -> tuple[Run, dict[str, Any]]:
    """One run of a part in a fresh process."""
    surroundings = environment(NLTK_DATA=str(readable_nltk_data(index.parent)))
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.ingest_speed", "--part", part, str(folder), str(index)],
        env=surroundings, capture_output=True, text=True, check=False,
    )  # fmt: skip
    whole = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"{part} failed:\n{done.stderr}")
    reply = json.loads(done.stdout.splitlines()[-1])
    again = sum(reply.get("again", ()))  # the re-syncs are not part of the first ingest
    return Run(whole - again, reply["work"], reply["chunks"], reply.get("embedded", 0)), reply


def measure_command(folder: Path, index: Path, runs: int) -> tuple[list[float], list[float], int]:
    """Seconds of first ingests and of unchanged ones by the command line; texts embedded again."""
    first: list[float] = []
    again: list[float] = []
    embedded = 0
    for number in range(runs):
        place = index / f"command-{number}"
        for seconds in (first, again):
            began = time.perf_counter()
            done = subprocess.run(
                [
                    sys.executable, "-m", "assistant", "--set", f"index.path={place}",
                    "--set", f"documents.paths=[{folder}]", "ingest", "--json",
                ],
                env=environment(), capture_output=True, text=True, check=True,
            )  # fmt: skip
            seconds.append(time.perf_counter() - began)
            if seconds is again:
                embedded += json.loads(done.stdout)["embedded"]
    return first, again, embedded


def median(values: Sequence[float]) -> str:
    """The median with its range."""
    return f"{statistics.median(values):7.2f} ({min(values):.2f} to {max(values):.2f})"


def show(name: str, runs: Sequence[Run], megabytes: float) -> None:
    """One part's figures."""
    whole = statistics.median(run.whole for run in runs)
    work = statistics.median(run.work for run in runs)
    chunks = runs[0].chunks
    print(
        f"{name:<26}{chunks:>7} chunks   whole process {median([r.whole for r in runs])} s   "
        f"without imports {median([r.work for r in runs])} s\n"
        f"{'':<26}{chunks / whole:>7.0f} chunks/s, {megabytes / whole:.2f} MB/s   "
        f"without imports {chunks / work:.0f} chunks/s, {megabytes / work:.2f} MB/s"
    )


def main() -> int:
    """Run everything and print it; exit status 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--words", type=int, default=450)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="documents of your own instead")
    parser.add_argument("--part", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        part, folder, index = options.part
        print(json.dumps(PARTS[part](Path(folder), Path(index))))
        return 0
    with tempfile.TemporaryDirectory(prefix="ingest-") as scratch:
        place = Path(scratch)
        folder = options.folder or place / "documents"
        if options.folder is None:
            write_folder(folder, options.files, options.words)
        return compare(folder, place, options.runs)


def compare(folder: Path, place: Path, count: int) -> int:
    """The two parts in turn, then the re-syncs."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    megabytes = sum(path.stat().st_size for path in files) / 1e6
    print(f"{len(files)} files, {megabytes:.1f} MB; {count} runs of each, in turn; medians\n")
    runs: dict[str, list[Run]] = {part: [] for part in PARTS}
    again: list[float] = []
    embedded_again = 0
    for number in range(count + 1):  # the first of each only warms the caches
        for part in PARTS:
            run, reply = measure(part, folder, place / f"{part}-{number}")
            if number:
                runs[part].append(run)
                again += reply.get("again", ())
                embedded_again += reply.get("embedded_again", 0)
    show("assistant", runs["ours"], megabytes)
    show("LlamaIndex + Chroma", runs["llama_index"], megabytes)
    whole = _ratio(runs, lambda run: run.whole)
    work = _ratio(runs, lambda run: run.work)
    print(f"\nthroughput, ours to theirs: {whole:.2f} whole, {work:.2f} without imports (MB/s)")

    first_work = statistics.median(run.work for run in runs["ours"])
    in_process = statistics.median(again) / first_work
    first, second, embedded = measure_command(folder, place, max(1, count // 2 + 1))
    by_command = statistics.median(second) / statistics.median(first)
    print(
        f"\nunchanged re-sync in a running process: {1000 * statistics.median(again):.0f} ms = "
        f"{100 * in_process:.2f} % of the first ingest, {embedded_again} texts embedded\n"
        f"unchanged re-sync by the command line: {median(second)} s of {median(first)} s = "
        f"{100 * by_command:.1f} %, {embedded} texts embedded"
    )
    return 0 if whole >= 1 and in_process < 0.05 and embedded + embedded_again == 0 else 1


def _ratio(runs: dict[str, list[Run]], seconds: Callable[[Run], float]) -> float:
    """Theirs over ours: both read the same bytes."""
    medians = {part: statistics.median(map(seconds, done)) for part, done in runs.items()}
    return medians["llama_index"] / medians["ours"]


if __name__ == "__main__":
    sys.exit(main())
