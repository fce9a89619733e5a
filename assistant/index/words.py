"""The word index: tantivy over terms that ``assistant.text.terms`` has already made.

The terms are joined by spaces and split again at white space, so documents and questions are
tokenised by the same Python code in every language. BM25 with tantivy's fixed k1 = 1.2, b = .75.

An index is written in parts, each from first chunk to last in the order of the documents' names.
No chunk is ever removed from a part that stays: the statistics count live chunks only, and the same
folder always gives the same index, to the last digit of a score and the order of equals.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from math import log
from pathlib import Path
from types import MappingProxyType
from typing import Any

import tantivy

from assistant.errors import IndexUnavailableError, StorageError
from assistant.index.generations import TERMS, WORDS, failpoint
from assistant.index.term_lines import TermLines
from assistant.index.word_parts import PARTS, Parts
from assistant.text.terms import TermWriter, fingerprint

_ANALYZER = "white_space"
AS_THEY_ARE: Mapping[str, float] = MappingProxyType({})
_WRITER_HEAP_BYTES = 256_000_000
"""Memory up to which a writer makes one segment of a part, as far as it needs it; 62,941 chunks of
documentation need less than a quarter all together."""
_FUZZY_SCORE = 3.0
"""What an inexact match adds; a rare term's exact match adds 5 to 10."""


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("part", stored=False, tokenizer_name="raw", index_option="basic")
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

    Chunks may be added and deleted in any order: only ``finish`` writes the index.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: Parts = ()
        self._kept: Collection[int] = ()
        self._terms = TermWriter()
        with _write_errors():
            folder.mkdir(parents=True, exist_ok=True)
            self._lines = TermLines(folder / TERMS, fingerprint())

    def __enter__(self) -> WordWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()

    def add(self, chunk_id: str, text: str, language: str = "") -> None:
        """Add one chunk of a text in a language, or give it another text."""
        line = self._terms.line(text, language)
        with _write_errors():
            self._lines.put(chunk_id, line)

    def delete(self, chunk_ids: Sequence[str]) -> None:
        """Remove chunks by id; unknown ids are no error."""
        with _write_errors():
            self._lines.delete(chunk_ids)

    def end(self, parts: Parts, kept: Collection[int] = ()) -> None:
        """End the input: these are the parts of the index, with all chunks. Those whose numbers are
        ``kept`` are in the folder already, in a copy of the index before."""
        self._parts, self._kept = parts, kept

    def finish(self) -> None:
        """After ``end`` write the index and close everything. Raises ``StorageError``."""
        failpoint("before-words")
        with _write_errors():
            if not self._write(self._parts, self._kept):
                # The copy is not in these parts, or tantivy has merged some.
                self._write([[each for part in self._parts for each in part]], ())
            self._lines.commit()
            self._lines.close()
        failpoint("after-words")

    def _write(self, parts: Parts, kept: Collection[int]) -> bool:
        """Write all parts that are not kept; whether the index is now made of these parts."""
        words = self._folder / WORDS
        if not kept:
            shutil.rmtree(words, ignore_errors=True)
        words.mkdir(exist_ok=True)
        writer = _open(words, create=True).writer(heap_size=_WRITER_HEAP_BYTES, num_threads=1)
        for number, part in ((at, part) for at, part in enumerate(parts) if at not in kept):
            writer.delete_documents_by_term("part", str(number))
            for chunk_id, line in self._lines.of(part):
                document = tantivy.Document()
                document.add_text("id", chunk_id)
                document.add_text("part", str(number))
                document.add_text("body", line)
                writer.add_document(document)
            failpoint("in-words")
            writer.commit()
        writer.wait_merging_threads()
        return WordIndex(words).counts() == [len(part) for part in parts]


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
        self._part_of = self._segments()

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def counts(self) -> list[int]:
        """How many chunks tantivy counts by part, removed ones too; empty in an index of an earlier
        version."""
        try:
            found = [int(self._searcher.doc_freq("part", str(number))) for number in range(PARTS)]
        except ValueError:
            return []
        return found if any(found[1:]) else found[:1]

    def _segments(self) -> dict[int, int]:
        """The part of each segment, by the number that tantivy happens to give it."""
        parts = {}
        for number, count in enumerate(self.counts()):
            query = tantivy.Query.term_query(self._schema, "part", str(number), "basic")
            hits = self._searcher.search(query, 1, count=False).hits if count else []
            parts.update({address.segment_ord: number for _, address in hits})
        return parts

    def search(
        self,
        terms: Iterable[str],
        limit: int,
        *,
        fuzzy: Iterable[str] = (),
        within: Collection[str] | None = None,
        boosts: Mapping[str, float] = AS_THEY_ARE,
    ) -> list[tuple[str, float]]:
        """Chunk ids with their BM25 scores, best first, at least one term in each.

        Terms that are also in ``fuzzy`` match terms within one edit (two from eight letters on).
        ``within`` names the only chunks that count; scores are as without it. ``boosts`` says how
        many times its BM25 score a term counts, where that is not once. Equals are always in the
        same order, by part and by their documents' names.
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
        return self._best(query, limit)

    def holding_all(self, terms: Iterable[str], limit: int) -> list[str]:
        """Ids of chunks that hold every one of the terms, the best by BM25."""
        clauses = [
            (tantivy.Occur.Must, tantivy.Query.term_query(self._schema, "body", term, "basic"))
            for term in dict.fromkeys(terms)
        ]
        if not clauses:
            return []
        return [chunk_id for chunk_id, _ in self._best(tantivy.Query.boolean_query(clauses), limit)]

    def document_frequency(self, term: str) -> int:
        """In how many chunks a term occurs."""
        return int(self._searcher.doc_freq("body", term))

    def inverse_frequency(self, term: str) -> float:
        """The idf with which a term's BM25 score is made, over the chunks here."""
        total, containing = len(self), self.document_frequency(term)
        return log(1 + max(0.0, total - containing + 0.5) / (containing + 0.5))

    def _best(self, query: Any, limit: int) -> list[tuple[str, float]]:
        """The best chunks with their scores; ties are broken deterministically."""
        several = len(self._part_of) > 1
        asked = limit + 1 if several else limit
        while True:
            hits = self._searcher.search(query, asked, count=False).hits
            if not several or len(hits) < asked or hits[-1][0] < hits[limit - 1][0]:
                break
            asked *= 4  # equals on both sides of the limit: all of them are looked at
        if several:
            hits.sort(key=lambda hit: (-hit[0], self._standing(hit[1])))
        return [(self._id(address), float(score)) for score, address in hits[:limit]]

    def _standing(self, address: Any) -> tuple[int, int, int]:
        part = self._part_of.get(address.segment_ord, PARTS)
        return part, address.segment_ord, address.doc

    def _id(self, address: Any) -> str:
        return str(self._searcher.doc(address)["id"][0])
