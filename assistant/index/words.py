"""The word index: tantivy over terms that ``assistant.text.terms`` has already made.

The terms are joined by spaces and split again at white space, so documents and questions are
tokenised by the same Python code in every language. BM25 with tantivy's fixed k1 = 1.2, b = .75.

An index is written once, from first chunk to last in the order of the documents' names, and never
changed: its statistics count live chunks only, and the same folder always gives the same index, to
the last digit of a score and the order of equals.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import tantivy

from assistant.errors import IndexUnavailableError, StorageError
from assistant.index.generations import TERMS, WORDS, failpoint
from assistant.index.term_lines import TermLines
from assistant.text.terms import TermWriter, fingerprint

_ANALYZER = "white_space"
_WRITER_HEAP_BYTES = 256_000_000
"""Memory up to which a writer makes one segment, as far as it needs it; 62,941 chunks of
documentation need less than a quarter. Of several segments the order of equals would be chance."""
_FUZZY_SCORE = 3.0
"""What an inexact match adds; a rare term's exact match adds 5 to 10."""


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("body", stored=False, tokenizer_name=_ANALYZER, index_option="freq")
    return builder.build()


def _open(path: Path, *, create: bool) -> Any:
    try:
        index = (
            tantivy.Index(_schema(), path=str(path), reuse=True)
            if create
            else tantivy.Index.open(str(path))
        )
    except (ValueError, OSError) as exc:
        raise IndexUnavailableError(
            f"The word index {path} cannot be opened: {exc}",
            hint="`assistant rollback` returns to the generation before; "
            "`assistant ingest` rebuilds",
        ) from exc
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_ANALYZER, analyzer)
    return index


class WordWriter:
    """Writes the terms and the word index of a generation that is being built in a folder.

    Chunks may come and go in any order: only ``finish`` writes the index.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._order: Sequence[str] = ()
        self._terms = TermWriter()
        with _write_errors():
            folder.mkdir(parents=True, exist_ok=True)
            self._lines = TermLines(folder / TERMS, fingerprint())

    def __enter__(self) -> WordWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()

    def add(self, chunk_id: str, text: str) -> None:
        """Add one chunk, or give it another text."""
        line = self._terms.line(text)
        with _write_errors():
            self._lines.put(chunk_id, line)

    def delete(self, chunk_ids: Sequence[str]) -> None:
        """Remove chunks by id; unknown ids are no error."""
        with _write_errors():
            self._lines.delete(chunk_ids)

    def end(self, chunk_ids: Sequence[str]) -> None:
        """Nothing follows: these are all chunks, in the order of the index."""
        self._order = chunk_ids

    def finish(self) -> None:
        """After ``end`` write the index and close everything. Raises ``StorageError``."""
        failpoint("before-words")
        words = self._folder / WORDS
        with _write_errors():
            words.mkdir()
            index = _open(words, create=True)
            writer = index.writer(heap_size=_WRITER_HEAP_BYTES, num_threads=1)
            for chunk_id, line in self._lines.of(self._order):
                document = tantivy.Document()
                document.add_text("id", chunk_id)
                document.add_text("body", line)
                writer.add_document(document)
            failpoint("in-words")
            writer.commit()
            writer.wait_merging_threads()
            self._lines.commit()
            self._lines.close()
        failpoint("after-words")


@contextlib.contextmanager
def _write_errors() -> Iterator[None]:
    """tantivy's threads report a full disk at whatever call comes next."""
    try:
        yield
    except (ValueError, OSError, sqlite3.DatabaseError) as exc:
        raise StorageError(
            f"The word index cannot be written: {exc}",
            hint="free some disk space and run the same command again; nothing is lost",
        ) from exc


class WordIndex:
    """A finished word index, for search."""

    def __init__(self, path: Path) -> None:
        self._index = _open(path, create=False)
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def search(
        self,
        terms: Iterable[str],
        limit: int,
        *,
        fuzzy: Iterable[str] = (),
        within: Collection[str] | None = None,
    ) -> list[tuple[str, float]]:
        """Chunk ids with their BM25 scores, best first, at least one term in each.

        Terms that are also in ``fuzzy`` match terms within one edit (two from eight letters on).
        ``within`` names the only chunks that count; scores are as without it. Equals are in the
        order of their documents' names.
        """
        inexact = set(fuzzy)
        clauses = []
        for term in dict.fromkeys(terms):
            if term in inexact:
                query = tantivy.Query.fuzzy_term_query(
                    self._schema, "body", term, 2 if len(term) >= 8 else 1, True
                )
                query = tantivy.Query.boost_query(query, _FUZZY_SCORE)
            else:
                query = tantivy.Query.term_query(self._schema, "body", term, "freq")
            clauses.append((tantivy.Occur.Should, query))
        if not clauses or limit < 1:
            return []
        query = tantivy.Query.boolean_query(clauses)
        if within is not None:
            among = tantivy.Query.term_set_query(self._schema, "id", list(within))
            query = tantivy.Query.boolean_query(
                [
                    (tantivy.Occur.Must, query),
                    (tantivy.Occur.Must, tantivy.Query.const_score_query(among, 0.0)),
                ]
            )
        hits = self._searcher.search(query, limit, count=False).hits
        return [(self._id(address), float(score)) for score, address in hits]

    def holding_all(self, terms: Iterable[str], limit: int) -> list[str]:
        """Ids of chunks that hold every one of the terms, the best by BM25."""
        clauses = [
            (tantivy.Occur.Must, tantivy.Query.term_query(self._schema, "body", term, "basic"))
            for term in dict.fromkeys(terms)
        ]
        if not clauses:
            return []
        query = tantivy.Query.boolean_query(clauses)
        hits = self._searcher.search(query, limit, count=False).hits
        return [self._id(address) for _, address in hits]

    def document_frequency(self, term: str) -> int:
        """In how many chunks a term occurs."""
        return int(self._searcher.doc_freq("body", term))

    def _id(self, address: Any) -> str:
        return str(self._searcher.doc(address)["id"][0])
