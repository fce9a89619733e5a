"""An embedding cache that outlives generations: no text is paid for twice.

Vectors that cost nothing are not kept in it: writing and finding them took twice the time of making
them. What of them an ingest has made is kept until it is finished (``Batches``).

Keyed by embedder fingerprint and SHA-256 of the text. A killed ingest keeps what was written; a
damaged cache is moved aside and begun anew, because all it holds can be computed again.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from assistant.embedding import Embedder, Vectors
from assistant.errors import EmbeddingError, StorageError
from assistant.private_files import FOLDER_MODE, make_file

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    fingerprint TEXT NOT NULL, text_sha256 BLOB NOT NULL, vector BLOB NOT NULL,
    PRIMARY KEY (fingerprint, text_sha256)
) WITHOUT ROWID
"""


def text_key(text: str) -> bytes:
    """The SHA-256 of a text, as stored in the cache."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


class Batches(Protocol):
    """Vectors by their texts' keys, kept batch by batch until an ingest is finished."""

    def find(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """Those that are kept."""

    def keep(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Keep a batch."""

    def close(self) -> None:
        """Close its files."""


class CachedEmbedder:
    """An embedder behind its cache, if its vectors are worth one, else behind ``batches``; counts
    what was embedded and what was found.

    One of the two writers' rooms of SQLite, so it is used by the process that holds the lock.
    """

    def __init__(
        self, embedder: Embedder, path: Path, batches: Callable[[], Batches] | None = None
    ) -> None:
        self._embedder = embedder
        self._connection = _open(path) if embedder.is_costly else None
        self._batches = batches() if batches and not embedder.is_costly else None
        self.fingerprint = embedder.fingerprint
        self.batch_size = embedder.batch_size
        self.dimensions = 0
        self.embedded = 0
        self.from_cache = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector per text; only texts not seen before reach a costly embedder."""
        if self._connection is None:
            return self._embed_cheaply(texts)
        keys = [text_key(text) for text in texts]
        known = self._lookup(self._connection, set(keys))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            fresh = self._embed(list(missing.values()))
            self._check_length(self._connection, fresh.shape[1])
            self._store(self._connection, list(missing), fresh)
            known.update(zip(missing, fresh, strict=True))
        self.embedded += len(missing)
        self.from_cache += len(texts) - len(missing)
        if not keys:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        vectors = np.stack([known[key] for key in keys])
        self.dimensions = vectors.shape[1]
        return vectors

    @property
    def in_cache(self) -> int:
        """Of the texts that were asked for, how many have their vectors in the cache now."""
        return 0 if self._connection is None else self.embedded + self.from_cache

    def close(self) -> None:
        """Close the files."""
        if self._connection is not None:
            self._connection.close()
        if self._batches is not None:
            self._batches.close()

    def _embed_cheaply(self, texts: Sequence[str]) -> Vectors:
        """Vectors that cost less than a look into the cache; kept batch by batch, if they are."""
        if self._batches is None:
            vectors = self._embed(texts)
            self.embedded += len(texts)
        else:
            vectors = self._embed_in_batches(self._batches, texts)
        self.dimensions = vectors.shape[1]
        return vectors

    def _embed_in_batches(self, batches: Batches, texts: Sequence[str]) -> Vectors:
        keys = [text_key(text) for text in texts]
        known = batches.find(keys)
        missing = [at for at, key in enumerate(keys) if key not in known]
        self.embedded += len(missing)
        self.from_cache += len(texts) - len(missing)
        if known and not missing:
            return np.stack([known[key] for key in keys])
        fresh = self._embed([texts[at] for at in missing] if known else texts)
        batches.keep([keys[at] for at in missing], fresh)
        if not known:
            return fresh
        rows = iter(fresh)
        return np.stack([known[key] if key in known else next(rows) for key in keys])

    def _embed(self, texts: Sequence[str]) -> Vectors:
        vectors = self._embedder.embed(texts)
        if len(vectors) != len(texts) or not np.isfinite(vectors).all():
            raise EmbeddingError(
                f"{self.fingerprint} gave {len(vectors)} vectors for {len(texts)} texts, "
                "or values that are not finite"
            )
        return vectors

    def _lookup(self, connection: sqlite3.Connection, keys: set[bytes]) -> dict[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        ordered = list(keys)
        for start in range(0, len(ordered), 500):
            part = ordered[start : start + 500]
            marks = ",".join("?" * len(part))
            rows = connection.execute(
                "SELECT text_sha256, vector FROM vectors "
                f"WHERE fingerprint = ? AND text_sha256 IN ({marks})",
                [self.fingerprint, *part],
            )
            found.update((key, np.frombuffer(blob, dtype=np.float32)) for key, blob in rows)
        return found

    def _check_length(self, connection: sqlite3.Connection, length: int) -> None:
        """Refuse vectors of another length than those stored: one kept would fail every sync."""
        row = connection.execute(
            "SELECT length(vector) / 4 FROM vectors WHERE fingerprint = ? LIMIT 1",
            [self.fingerprint],
        ).fetchone()
        if row is not None and row[0] != length:
            raise EmbeddingError(
                f"{self.fingerprint} sent vectors of {length} dimensions, {row[0]} before",
                hint="if the server's model has changed, delete the index and ingest again",
            )

    def _store(
        self, connection: sqlite3.Connection, keys: Sequence[bytes], vectors: Vectors
    ) -> None:
        rows = [
            (self.fingerprint, key, np.ascontiguousarray(vector, dtype=np.float32).tobytes())
            for key, vector in zip(keys, vectors, strict=True)
        ]
        try:
            with connection:
                connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?,?,?)", rows)
        except sqlite3.OperationalError as exc:
            raise StorageError(
                f"The embedding cache cannot be written: {exc}",
                hint="free some disk space and run the same command again; nothing is lost",
            ) from exc


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    for attempt in (0, 1):
        try:
            make_file(path)
            connection = sqlite3.connect(path, timeout=30.0, check_same_thread=False)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(_SCHEMA)
            return connection
        except (OSError, sqlite3.OperationalError) as exc:
            raise StorageError(
                f"The embedding cache {path} cannot be opened: {exc}",
                hint="check the disk's free space and the folder's permissions",
            ) from exc
        except sqlite3.DatabaseError:
            connection.close()
            if attempt:
                raise
            for suffix in ("", "-wal", "-shm"):
                broken = path.with_name(path.name + suffix)
                if broken.exists():
                    broken.replace(path.with_name(f"{path.name}{suffix}.damaged"))
    raise AssertionError("unreachable")
