"""The store: SQLite as the source of truth for documents, pages and chunks of one generation.

Vectors and words can be rebuilt from it, but it cannot be rebuilt from them. A generation's store
is written once, during the build, and is read-only afterwards.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from assistant.errors import IndexDamagedError
from assistant.index.kept_vectors import KeptVectors
from assistant.index.rows import FileState, NotIndexed, StoredChunk, StoredDocument
from assistant.types import DocumentField, Heading, Page, ParsedDocument, RecognisedWord

_SCHEMA = """
CREATE TABLE documents (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, root TEXT NOT NULL, relative TEXT NOT NULL,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL, checked_ns INTEGER NOT NULL, sha256 TEXT NOT NULL,
    reading TEXT NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL, is_markdown INTEGER NOT NULL,
    date TEXT NOT NULL DEFAULT '', language TEXT NOT NULL DEFAULT '',
    author TEXT NOT NULL DEFAULT '', notes TEXT NOT NULL DEFAULT '[]',
    noise TEXT NOT NULL DEFAULT '[]', fields TEXT NOT NULL DEFAULT '[]',
    pages TEXT NOT NULL, headings TEXT NOT NULL, text TEXT NOT NULL
);
CREATE TABLE chunks (
    id TEXT PRIMARY KEY, document_id TEXT NOT NULL, ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, page INTEGER, heading_path TEXT NOT NULL,
    text TEXT NOT NULL, context TEXT NOT NULL DEFAULT '', placing TEXT NOT NULL DEFAULT ''
);
CREATE INDEX chunks_of_document ON chunks (document_id, ordinal);
CREATE TABLE not_indexed (
    name TEXT PRIMARY KEY, root TEXT NOT NULL, relative TEXT NOT NULL,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL, checked_ns INTEGER NOT NULL, reading TEXT NOT NULL,
    outcome TEXT NOT NULL, reason TEXT NOT NULL
);
CREATE TABLE recognised (
    document_id TEXT NOT NULL, page INTEGER NOT NULL, words TEXT NOT NULL,
    PRIMARY KEY (document_id, page)
);
CREATE TABLE roots (path TEXT PRIMARY KEY, origin TEXT NOT NULL);
"""

_RECOGNISED = next(each for each in _SCHEMA.split(";") if "TABLE recognised" in each)
"""A store of an earlier layout lacks this table."""

_ADDED = {"date": "''", "language": "''", "author": "''", "notes": "'[]'", "noise": "'[]'",
          "fields": "'[]'"}  # fmt: skip
"""Columns of ``documents`` that a store of layout 1 lacks, and what they hold there.

Such a store still answers; the next ingest adds the columns and reads the files again.
"""

_DOCUMENT_COLUMNS = (
    "id, name, root, relative, size, mtime_ns, ctime_ns, inode, checked_ns, sha256, reading, "
    "title, kind, is_markdown, date, language, author, notes, noise, fields"
)


class Store:
    """One generation's SQLite file; open it read-only for answers, writable for building."""

    def __init__(self, path: Path, *, writable: bool = False) -> None:
        self._path = path
        try:
            if writable:
                self._connection = sqlite3.connect(path, check_same_thread=False)
                # The file is disposable until it is published, and fsynced then. All is one
                # transaction: a commit for each document took a tenth of an ingest.
                self._connection.execute("PRAGMA journal_mode = OFF")
                self._connection.execute("PRAGMA synchronous = OFF")
                # Of a new file: a vector of 1,536 half-precise numbers fills a page of 4 KB alone.
                self._connection.execute("PRAGMA page_size = 16384")
                if not self._has_schema():
                    self._connection.executescript(_SCHEMA)
                for column in self._missing():
                    self._connection.execute(
                        f"ALTER TABLE documents ADD COLUMN {column} TEXT NOT NULL "
                        f"DEFAULT {_ADDED[column]}"
                    )
                if not self._keeps_recognised():
                    self._connection.execute(_RECOGNISED)
                for column in ("context", "placing"):  # in this order, as ``_chunk`` reads them
                    if not self._chunks_have(column):
                        self._connection.execute(
                            f"ALTER TABLE chunks ADD COLUMN {column} TEXT NOT NULL DEFAULT ''"
                        )
            else:
                uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
                self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
                if not self._has_schema():
                    self._connection.close()
                    raise sqlite3.DatabaseError("it holds no tables")
            self._has_recognised = self._keeps_recognised()
            self.vectors = KeptVectors(self._connection, writable=writable)
            missing = self._missing()
            self._columns = ", ".join(
                f"{_ADDED[name]} AS {name}" if name in missing else name
                for name in _DOCUMENT_COLUMNS.split(", ")
            )
        except sqlite3.DatabaseError as exc:
            raise damaged(path, exc) from exc

    def _has_schema(self) -> bool:
        row = self._connection.execute(
            "SELECT count(*) FROM sqlite_master WHERE name IN ('documents', 'chunks')"
        ).fetchone()
        return bool(row[0] == 2)

    def _missing(self) -> list[str]:
        """The columns that a store of an earlier layout lacks."""
        there = {row[1] for row in self._connection.execute("PRAGMA table_info(documents)")}
        return [column for column in _ADDED if column not in there]

    def _keeps_recognised(self) -> bool:
        query = "SELECT 1 FROM sqlite_master WHERE name = 'recognised'"
        return self._connection.execute(query).fetchone() is not None

    def _chunks_have(self, column: str) -> bool:
        rows = self._connection.execute("PRAGMA table_info(chunks)")
        return any(row[1] == column for row in rows)

    def commit(self) -> None:
        """Commit all changes. Until then only this object sees them."""
        self._connection.commit()

    def close(self) -> None:
        """Close the file and discard uncommitted changes. Closing twice is harmless."""
        self._connection.close()

    # ------------------------------------------------------------ reading

    def documents(self) -> Iterator[StoredDocument]:
        """All documents without their texts, in the order of their names."""
        query = f"SELECT {self._columns} FROM documents ORDER BY name"
        for row in self._connection.execute(query):
            yield _document(row)

    def documents_with(self, field: str) -> Iterator[StoredDocument]:
        """The documents with a field of this name, in the order of their names."""
        query = f"SELECT {self._columns} FROM documents WHERE fields LIKE ? ORDER BY name"
        for row in self._connection.execute(query, [f'%"{field}"%']):
            yield _document(row)

    def names(self) -> list[tuple[str, str, str]]:
        """The id, the name and the language of each document, in the order of their names."""
        query = f"SELECT id, name, language FROM (SELECT {self._columns} FROM documents)"
        return self._connection.execute(f"{query} ORDER BY name").fetchall()

    def document_ids(self) -> set[str]:
        """The ids of all documents."""
        return {row[0] for row in self._connection.execute("SELECT id FROM documents")}

    def document(self, name: str) -> StoredDocument | None:
        """The document of this name, if there is one."""
        query = f"SELECT {self._columns} FROM documents WHERE name = ?"
        row = self._connection.execute(query, [name]).fetchone()
        return _document(row) if row else None

    def parsed(self, document_id: str) -> ParsedDocument:
        """A document with its text and structure, without the places of recognised words. Raises
        KeyError for an unknown id."""
        query = f"SELECT text, pages, headings, {self._columns} FROM documents WHERE id = ?"
        row = self._connection.execute(query, [document_id]).fetchone()
        if row is None:
            raise KeyError(document_id)
        text, pages, headings = row[:3]
        stored = _document(row[3:])
        return ParsedDocument(
            text=text,
            title=stored.title,
            kind=stored.kind,
            pages=tuple(Page(*page) for page in json.loads(pages)),
            headings=tuple(Heading(*heading) for heading in json.loads(headings)),
            is_markdown=stored.is_markdown,
            date=stored.date,
            language=stored.language,
            author=stored.author,
            notes=stored.notes,
        )

    def read_text(self, name: str, start: int, end: int) -> str:
        """A stretch of a document's text by its name, shorter where the document ends."""
        row = self._connection.execute(
            "SELECT substr(text, ?, ?) FROM documents WHERE name = ?",
            [start + 1, max(0, end - start), name],
        ).fetchone()
        return str(row[0]) if row else ""

    def recognised(self, document_id: str, page: int) -> tuple[RecognisedWord, ...]:
        """The words of a page that were read from its picture; none for a page with text."""
        if not self._has_recognised:
            return ()
        row = self._connection.execute(
            "SELECT words FROM recognised WHERE document_id = ? AND page = ?", [document_id, page]
        ).fetchone()
        return tuple(RecognisedWord(*word) for word in json.loads(row[0])) if row else ()

    def by_ids(self, document_ids: Iterable[str]) -> dict[str, StoredDocument]:
        """Documents by id, for those that exist."""
        wanted = list(document_ids)
        found: dict[str, StoredDocument] = {}
        for part, marks in _parts(wanted):
            query = f"SELECT {self._columns} FROM documents WHERE id IN ({marks})"
            for row in self._connection.execute(query, part):
                document = _document(row)
                found[document.id] = document
        return found

    def chunks(self, chunk_ids: Sequence[str]) -> dict[str, StoredChunk]:
        """Chunks by id, for those that exist."""
        found: dict[str, StoredChunk] = {}
        for part, marks in _parts(chunk_ids):
            query = f"SELECT * FROM chunks WHERE id IN ({marks})"
            for row in self._connection.execute(query, part):
                chunk = _chunk(row)
                found[chunk.id] = chunk
        return found

    def chunks_of(self, document_id: str) -> list[StoredChunk]:
        """A document's chunks in reading order."""
        query = "SELECT * FROM chunks WHERE document_id = ? ORDER BY ordinal"
        return [_chunk(row) for row in self._connection.execute(query, [document_id])]

    def chunk_ids(self) -> list[str]:
        """The ids of all chunks, sorted."""
        return [row[0] for row in self._connection.execute("SELECT id FROM chunks ORDER BY id")]

    def order(self) -> list[str]:
        """The ids of all chunks by their documents' names and their places in them.

        However an index came about, this is the same order: ids depend on the names that documents
        had when they were first indexed.
        """
        return [chunk_id for _, chunk_id in self.named_order()]

    def named_order(self) -> Iterator[tuple[str, str]]:
        """(document name, chunk id) in the order of ``order``."""
        # From the outer table to the inner: otherwise SQLite sorts, which takes twice the time.
        return self._connection.execute(
            "SELECT documents.name, chunks.id FROM documents CROSS JOIN chunks "
            "ON chunks.document_id = documents.id ORDER BY documents.name, chunks.ordinal"
        )

    def in_order(self, chunk_ids: Iterable[str]) -> list[str]:
        """Those of some chunk ids that are here, in the order of ``order``."""
        found: list[tuple[str, int, str]] = []
        for part, marks in _parts(list(chunk_ids)):
            query = (
                "SELECT documents.name, chunks.ordinal, chunks.id FROM chunks CROSS JOIN documents "
                f"ON documents.id = chunks.document_id WHERE chunks.id IN ({marks})"
            )
            found += self._connection.execute(query, part)
        return [chunk_id for _, _, chunk_id in sorted(found)]

    def existing(self, chunk_ids: Sequence[str]) -> set[str]:
        """Those of some chunk ids that are here."""
        found: set[str] = set()
        for part, marks in _parts(chunk_ids):
            query = f"SELECT id FROM chunks WHERE id IN ({marks})"
            found.update(row[0] for row in self._connection.execute(query, part))
        return found

    def chunk_ids_of(self, document_id: str) -> list[str]:
        """The ids of one document's chunks."""
        query = "SELECT id FROM chunks WHERE document_id = ?"
        return [row[0] for row in self._connection.execute(query, [document_id])]

    def chunk_ids_within(self, document_ids: Iterable[str]) -> list[str]:
        """The ids of all chunks of some documents, sorted."""
        found: list[str] = []
        for part, marks in _parts(list(document_ids)):
            query = f"SELECT id FROM chunks WHERE document_id IN ({marks})"
            found.extend(row[0] for row in self._connection.execute(query, part))
        return sorted(found)

    def languages(self) -> list[str]:
        """The languages of the documents, the most frequent first; without those not known."""
        query = (
            "SELECT language FROM documents WHERE language != '' GROUP BY language "
            "ORDER BY count(*) DESC, language"
        )
        return [row[0] for row in self._connection.execute(query)]

    def counts(self) -> tuple[int, int]:
        """How many documents and chunks there are."""
        documents = self._connection.execute("SELECT count(*) FROM documents").fetchone()[0]
        chunks = self._connection.execute("SELECT count(*) FROM chunks").fetchone()[0]
        return int(documents), int(chunks)

    def check(self) -> str:
        """SQLite's own check of the file; an empty text when it is sound."""
        row = self._connection.execute("PRAGMA quick_check(1)").fetchone()
        return "" if row[0] == "ok" else str(row[0])

    def not_indexed(self) -> list[NotIndexed]:
        """Files that are known but have no current version in the index."""
        rows = self._connection.execute("SELECT * FROM not_indexed ORDER BY name")
        return [
            NotIndexed(name, root, relative, FileState(*state), refusing, outcome, reason)
            for name, root, relative, *state, refusing, outcome, reason in rows
        ]

    def roots(self) -> dict[str, str]:
        """Folders of the index and where each came from: ``settings`` or ``argument``."""
        return dict(self._connection.execute("SELECT path, origin FROM roots ORDER BY path"))

    # ------------------------------------------------------------ writing

    def put(
        self, document: StoredDocument, parsed: ParsedDocument, chunks: Sequence[StoredChunk]
    ) -> None:
        """Store a document whole: its row, text and chunks replace those of the same id."""
        self.delete(document.id)
        self._connection.execute(
            f"INSERT INTO documents ({_DOCUMENT_COLUMNS}, pages, headings, text) "
            f"VALUES ({','.join('?' * 23)})",
            [
                *_document_values(document),
                json.dumps([[p.number, p.start, p.end] for p in parsed.pages]),
                json.dumps([[h.level, h.title, h.start] for h in parsed.headings]),
                parsed.text,
            ],
        )
        if parsed.recognised:
            self._connection.executemany(
                "INSERT INTO recognised VALUES (?,?,?)",
                [
                    (document.id, page, json.dumps([astuple(word) for word in words]))
                    for page, words in groupby(parsed.recognised, key=attrgetter("page"))
                ],
            )
        self._connection.executemany(
            "INSERT INTO chunks VALUES (?,?,?,?,?,?,?,?,?,?)",
            [
                (c.id, c.document_id, c.ordinal, c.start, c.end, c.page,
                 _written_path(c.heading_path), c.text, c.context, c.placing)
                for c in chunks
            ],
        )  # fmt: skip
        self._connection.execute("DELETE FROM not_indexed WHERE name = ?", [document.name])

    def update(self, document: StoredDocument) -> None:
        """Give a stored document a new name, place, language or file state; text and chunks
        stay."""
        self._connection.execute(
            "UPDATE documents SET name=?, root=?, relative=?, size=?, mtime_ns=?, ctime_ns=?, "
            "inode=?, checked_ns=?, language=? WHERE id=?",
            [document.name, document.root, document.relative, *_state(document.state),
             document.language, document.id],
        )  # fmt: skip

    def delete(self, document_id: str) -> None:
        """Remove a document with its chunks."""
        known = self._connection.execute("SELECT 1 FROM documents WHERE id = ?", [document_id])
        if known.fetchone() is None:
            return
        self._connection.execute("DELETE FROM recognised WHERE document_id = ?", [document_id])
        self._connection.execute("DELETE FROM chunks WHERE document_id = ?", [document_id])
        self._connection.execute("DELETE FROM documents WHERE id = ?", [document_id])

    def replace_not_indexed(self, files: Iterable[NotIndexed]) -> None:
        """The files without a current version, all at once."""
        self._connection.execute("DELETE FROM not_indexed")
        self._connection.executemany(
            "INSERT INTO not_indexed VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            [
                (f.name, f.root, f.relative, *_state(f.state), f.refusing, f.outcome, f.reason)
                for f in files
            ],
        )

    def replace_roots(self, roots: dict[str, str]) -> None:
        """The folders of the index, all at once."""
        self._connection.execute("DELETE FROM roots")
        self._connection.executemany("INSERT INTO roots VALUES (?,?)", sorted(roots.items()))


@lru_cache(maxsize=256)
def _written_path(heading_path: tuple[str, ...]) -> str:
    """Chunks that stand together have the same one."""
    return json.dumps(heading_path, ensure_ascii=False)


def damaged(path: Path, error: sqlite3.DatabaseError) -> IndexDamagedError:
    """The error of a store that SQLite cannot open or read."""
    return IndexDamagedError(
        f"The store {path} cannot be read: {error}",
        hint="`assistant rollback` returns to the generation before; `assistant ingest` rebuilds",
    )


def _parts(values: Sequence[str]) -> Iterator[tuple[Sequence[str], str]]:
    for start in range(0, len(values), 500):
        part = values[start : start + 500]
        yield part, ",".join("?" * len(part))


def _state(state: FileState) -> tuple[int, int, int, int, int]:
    return (state.size, state.mtime_ns, state.ctime_ns, state.inode, state.checked_ns)


def _document(row: Sequence[object]) -> StoredDocument:
    identity, state, rest = row[:4], row[4:9], row[9:]
    notes, noise, fields = ([] if value == "[]" else json.loads(str(value)) for value in rest[8:])
    return StoredDocument(  # type: ignore[call-arg]
        *identity,  # type: ignore[arg-type]
        FileState(*state),  # type: ignore[arg-type]
        *(*rest[:4], bool(rest[4]), *rest[5:8], tuple(notes)),
        tuple((start, end) for start, end in noise),
        tuple(DocumentField(*field) for field in fields),
    )


def _document_values(document: StoredDocument) -> list[object]:
    return [
        document.id, document.name, document.root, document.relative, *_state(document.state),
        document.sha256, document.reading, document.title, document.kind, document.is_markdown,
        document.date, document.language, document.author,
        json.dumps(document.notes, ensure_ascii=False), json.dumps(document.noise),
        json.dumps([[f.name, f.value, f.start, f.end] for f in document.fields],
                   ensure_ascii=False) if document.fields else "[]",
    ]  # fmt: skip


def _chunk(row: Sequence[object]) -> StoredChunk:
    *fields, heading_path, text = row[:8]
    added = map(str, row[8:])  # context and placing; stores of earlier layouts lack them
    path = tuple(json.loads(str(heading_path)))
    return StoredChunk(*fields, path, str(text), *added)  # type: ignore[arg-type, call-arg]
