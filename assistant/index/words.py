"""The word index: tantivy over terms that ``assistant.text.terms`` has already made.

The terms are joined by spaces and split again at white space, so documents and questions are
tokenised by the same Python code in every language. BM25 with tantivy's fixed k1 = 1.2, b = .75.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from math import log
from pathlib import Path
from types import MappingProxyType
from typing import Any

import tantivy

from assistant.errors import IndexUnavailableError, StorageError
from assistant.text.terms import TermWriter

_ANALYZER = "white_space"
_WRITER_HEAP_BYTES = 64_000_000
_AS_THEY_ARE: Mapping[str, float] = MappingProxyType({})
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
    """Adds and removes chunks of a word index that is being built."""

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self._index = _open(path, create=True)
        self._terms = TermWriter()
        with _write_errors():
            self._writer = self._index.writer(heap_size=_WRITER_HEAP_BYTES, num_threads=1)

    def add(self, chunk_id: str, text: str, language: str = "") -> None:
        """Add one chunk of a text in a language; its id must not be in the index."""
        document = tantivy.Document()
        document.add_text("id", chunk_id)
        document.add_text("body", self._terms.line(text, language))
        with _write_errors():
            self._writer.add_document(document)

    def delete(self, chunk_ids: Iterable[str]) -> None:
        """Remove chunks by id; unknown ids are no error."""
        with _write_errors():
            for chunk_id in chunk_ids:
                self._writer.delete_documents_by_term("id", chunk_id)

    def close(self) -> None:
        """Commit everything and wait until the segments are merged and on disk."""
        with _write_errors():
            self._writer.commit()
            self._writer.wait_merging_threads()


@contextlib.contextmanager
def _write_errors() -> Iterator[None]:
    """tantivy's threads report a full disk at whatever call comes next."""
    try:
        yield
    except (ValueError, OSError) as exc:
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
        boosts: Mapping[str, float] = _AS_THEY_ARE,
    ) -> list[tuple[str, float]]:
        """Chunk ids with their BM25 scores, best first, at least one term in each.

        Terms that are also in ``fuzzy`` match terms within one edit (two from eight letters on).
        ``within`` names the only chunks that count; scores are as without it. ``boosts`` says how
        many times its BM25 score a term counts, where that is not once.
        """
        inexact = set(fuzzy)
        clauses = []
        for term in dict.fromkeys(terms):
            boost = boosts.get(term, 1.0)
            if term in inexact:
                query = tantivy.Query.fuzzy_term_query(
                    self._schema, "body", term, 2 if len(term) >= 8 else 1, True
                )
                query = tantivy.Query.boost_query(query, _FUZZY_SCORE)
            else:
                query = tantivy.Query.term_query(self._schema, "body", term, "freq")
                if boost != 1.0:
                    query = tantivy.Query.boost_query(query, boost)
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
        found = [(self._id(address), float(score)) for score, address in hits]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def holding_all(self, terms: Iterable[str], limit: int) -> list[str]:
        """Ids of chunks that hold every one of the terms."""
        clauses = [
            (tantivy.Occur.Must, tantivy.Query.term_query(self._schema, "body", term, "basic"))
            for term in dict.fromkeys(terms)
        ]
        if not clauses:
            return []
        query = tantivy.Query.boolean_query(clauses)
        hits = self._searcher.search(query, limit, count=False).hits
        return sorted(self._id(address) for _, address in hits)

    def document_frequency(self, term: str) -> int:
        """In how many chunks a term occurs."""
        return int(self._searcher.doc_freq("body", term))

    def inverse_frequency(self, term: str) -> float:
        """The idf with which a term's BM25 score is made, over the chunks here."""
        total, containing = len(self), self.document_frequency(term)
        return log(1 + max(0.0, total - containing + 0.5) / (containing + 0.5))

    def _id(self, address: Any) -> str:
        return str(self._searcher.doc(address)["id"][0])
