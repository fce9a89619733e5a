"""What bringing a word index up to date takes: edited in place, or made anew, of terms or of texts.

    python -m benchmarks.word_index [FOLDER_OR_TAR] [--sizes 100 10000 60000] [--rounds 5]

Takes the first chunks of a folder (of generated Markdown without one). Five of them are replaced.
In place is what versions before did: five deletions and additions in a copy of the index, after
which tantivy counts ten removed chunks until it merges; its Python binding has no call for that.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import tantivy

from assistant import Assistant, load_settings
from assistant.chunking import indexed_text
from assistant.index.generations import STORE, WORDS, Generations
from assistant.index.store import Store
from assistant.index.words import WordIndex, WordWriter, _open
from benchmarks.peers import given_or_written

EDITED = 5
Texts = Sequence[tuple[str, str]]
"""Chunk ids with what is indexed of each, in order."""


def texts_of(folder: Path, place: Path, most: int) -> Texts:
    """The first chunks of a folder, as they are indexed."""
    given = {"index.path": str(place / "index"), "documents.paths": [str(folder)]}
    with Assistant(load_settings(None, given)) as assistant:
        assistant.sync()
    generation = Generations(place / "index").current()
    if generation is None:
        raise SystemExit("nothing was indexed")
    store = Store(generation.path / STORE)
    documents = {document.id: document for document in store.documents()}
    found = []
    for start in range(0, most, 5000):
        part = store.order()[start : min(start + 5000, most)]
        chunks = store.chunks(part)
        for chunk in (chunks[each] for each in part):
            title = documents[chunk.document_id].title
            found.append((chunk.id, indexed_text(title, chunk.heading_path, chunk.text)))
    store.close()
    return found


def in_place(words: Path, texts: Texts) -> None:
    """Five chunks removed from an index and put into it again."""
    index = _open(words, create=False)
    writer = index.writer(heap_size=64_000_000, num_threads=1)
    for chunk_id, text in texts[:EDITED]:
        writer.delete_documents_by_term("id", chunk_id)
        document = tantivy.Document()
        document.add_text("id", chunk_id)
        document.add_text("body", text)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


def of_terms(folder: Path, texts: Texts) -> None:
    """The index made anew of the terms that are kept."""
    with WordWriter(folder) as writer:
        for chunk_id, text in texts[:EDITED]:
            writer.add(chunk_id, text)
        writer.end([chunk_id for chunk_id, _ in texts])
        writer.finish()


def of_texts(folder: Path, texts: Texts) -> None:
    """The index and its terms made anew of the texts."""
    with WordWriter(folder) as writer:
        for chunk_id, text in texts:
            writer.add(chunk_id, text)
        writer.end([chunk_id for chunk_id, _ in texts])
        writer.finish()


def taken(prepare: Callable[[], None], work: Callable[[], None], rounds: int) -> float:
    """Milliseconds, the middle of several rounds."""
    times = []
    for _ in range(rounds):
        prepare()
        began = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)


def measure(texts: Texts, place: Path, rounds: int) -> str:
    """A line of the table."""
    made, work = place / "made", place / "work"
    shutil.rmtree(made, ignore_errors=True)
    of_texts(made, texts)

    def copied(*, words: bool, terms: bool) -> None:
        shutil.rmtree(work, ignore_errors=True)
        if terms:
            shutil.copytree(made, work, ignore=None if words else shutil.ignore_patterns(WORDS))

    edited = taken(
        lambda: copied(words=True, terms=True), lambda: in_place(work / WORDS, texts), rounds
    )
    counted = WordIndex(work / WORDS).document_frequency("the")
    kept = taken(lambda: copied(words=False, terms=True), lambda: of_terms(work, texts), rounds)
    live = WordIndex(work / WORDS).document_frequency("the")
    anew = taken(lambda: copied(words=False, terms=False), lambda: of_texts(work, texts), rounds)
    return (
        f"{len(texts):>8,} {edited:>10.0f} {kept:>14.0f} {anew:>14.0f}   "
        f"chunks with 'the': {counted:,} counted, {live:,} there"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table in milliseconds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("source", type=Path, nargs="?")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 10_000, 60_000])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="words-") as scratch:
        place, source = Path(scratch), options.source
        if source is not None and source.is_file():
            with tarfile.open(source) as archive:
                archive.extractall(place / "source", filter="data")
            source = place / "source"
        texts = texts_of(
            given_or_written(source, max(options.sizes), place), place, max(options.sizes)
        )
        print(f"{'chunks':>8} {'in place':>10} {'of kept terms':>14} {'of the texts':>14}   ms")
        for size in options.sizes:
            print(measure(texts[:size], place, options.rounds), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
