"""What bringing a word index up to date takes: edited in place, or made anew, of terms or of texts.

    python -m benchmarks.word_index [FOLDER_OR_TAR] [--sizes 100 10000 60000] [--rounds 5]

Takes the first chunks of a folder (of generated Markdown without one). The first five chunks of a
document are replaced. In place is what versions before did: five deletions and additions in a copy
of the index, after which tantivy counts ten removed chunks until it merges; its Python binding has
no call for that. Milliseconds are those of the clock and, on a busy machine more to be trusted, of
the processors.
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
from assistant.index.word_parts import parts_of
from assistant.index.words import WordIndex, WordWriter, _open
from benchmarks.peers import given_or_written

EDITED = 5
Texts = Sequence[tuple[str, str, str]]
"""Document names, chunk ids and what is indexed of each, in order."""


def texts_of(folder: Path, place: Path, most: int) -> Texts:
    """The first chunks of a folder, as they are indexed."""
    given = {"index.path": str(place / "index"), "documents.paths": [str(folder)]}
    with Assistant(load_settings(None, given)) as assistant:
        assistant.sync()
    generation = Generations(place / "index").current()
    if generation is None:
        raise SystemExit("nothing was indexed")
    store = Store(generation.path / STORE)
    titles = {document.id: document.title for document in store.documents()}
    names, order = zip(*list(store.named_order())[:most], strict=True)
    chunks = store.chunks(order)
    store.close()
    return [
        (name, each, indexed_text(titles[chunk.document_id], chunk.heading_path, chunk.text))
        for name, each in zip(names, order, strict=True)
        for chunk in (chunks[each],)
    ]


def in_place(words: Path, texts: Texts) -> None:
    """Chunks removed from an index and put into it again."""
    writer = _open(words, create=False).writer(heap_size=64_000_000, num_threads=1)
    for _, chunk_id, text in texts[:EDITED]:
        writer.delete_documents_by_term("id", chunk_id)
        document = tantivy.Document()
        document.add_text("id", chunk_id)
        document.add_text("body", text)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


def made_anew(folder: Path, texts: Texts, changed: Texts, *, keep_parts: bool = False) -> None:
    """The index made anew, with the terms of changed texts, and other parts kept or not."""
    parts = parts_of([(name, chunk_id) for name, chunk_id, _ in texts])
    edited = {chunk_id for _, chunk_id, _ in changed}
    kept = [number for number, part in enumerate(parts) if edited.isdisjoint(part)]
    with WordWriter(folder) as writer:
        for _, chunk_id, text in changed:
            writer.add(chunk_id, text)
        writer.end(parts, kept if keep_parts else ())
        writer.finish()


def taken(prepare: Callable[[], None], work: Callable[[], None], rounds: int) -> str:
    """Milliseconds of the clock and of the processors, the middle of several rounds."""
    times, busy = [], []
    for _ in range(rounds):
        prepare()
        began, used = time.perf_counter(), time.process_time()
        work()
        times.append(1000 * (time.perf_counter() - began))
        busy.append(1000 * (time.process_time() - used))
    return f"{statistics.median(times):.0f} / {statistics.median(busy):.0f}"


def measure(texts: Texts, place: Path, rounds: int) -> str:
    """A line of the table."""
    made, work = place / "made", place / "work"
    shutil.rmtree(made, ignore_errors=True)
    made_anew(made, texts, texts)

    def copied(*left_out: str) -> None:
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(made, work, ignore=shutil.ignore_patterns(*left_out))

    edited = texts[:EDITED]
    cells = [taken(copied, lambda: in_place(work / WORDS, texts), rounds)]
    counted = WordIndex(work / WORDS).document_frequency("the")
    cells.append(taken(copied, lambda: made_anew(work, texts, edited, keep_parts=True), rounds))
    live = WordIndex(work / WORDS).document_frequency("the")
    cells.append(taken(lambda: copied(WORDS), lambda: made_anew(work, texts, edited), rounds))
    cells.append(taken(lambda: copied("*"), lambda: made_anew(work, texts, texts), rounds))
    shown = "".join(f"{cell:>16}" for cell in cells)
    return f"{len(texts):>8,}{shown}   chunks with 'the': {counted:,} counted, {live:,} there"


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
        titles = ("in place", "its part", "of kept terms", "of the texts")
        print(f"{'chunks':>8}" + "".join(f"{title:>16}" for title in titles) + "   ms")
        for size in options.sizes:
            print(measure(texts[:size], place, options.rounds), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
