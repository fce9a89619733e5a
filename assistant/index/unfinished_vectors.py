"""The vectors of an ingest that did not finish, batch by batch; see ``unfinished``.

For embedders that have no cache of their own: single rows in SQLite took twice the time of making
static vectors. A batch in one record takes a seventeenth of it to keep, and as much to find
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import numpy as np

from assistant.embedding import Vectors
from assistant.index.journal import Journal
from assistant.index.unfinished import VECTORS, KeepAside, begin_file, files_of, records_of

_KEY_BYTES, _FLOAT = 32, 4


class KeptBatches:
    """Vectors of an unfinished ingest by the SHA-256 of their texts, and those of this one."""

    def __init__(self, place: KeepAside) -> None:
        self._files: list[IO[bytes]] = []
        self._found: dict[bytes, tuple[IO[bytes], int, int]] = {}
        for path in files_of(Path(place.folder), VECTORS):
            self._index(path, place.depends_on)
        self._journal: Journal | None = begin_file(place, VECTORS)

    def _index(self, path: Path, depends_on: str) -> None:
        """Note where each vector stands, once its record has proved to be whole."""
        with contextlib.suppress(OSError, ValueError, TypeError):
            file = path.open("rb", buffering=0)
            self._files.append(file)
            for record in records_of(path, depends_on):
                body = record.body()
                count, dimensions = json.loads(record.head)
                if body is None or len(body) != count * (_KEY_BYTES + _FLOAT * dimensions):
                    continue
                start, length = record.offset + count * _KEY_BYTES, _FLOAT * dimensions
                for row in range(count):
                    key = body[row * _KEY_BYTES : (row + 1) * _KEY_BYTES]
                    self._found[key] = (file, start + row * length, length)

    def find(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """The vectors that are kept of some texts."""
        found: dict[bytes, Vectors] = {}
        for key in keys if self._found else ():
            if key in self._found:
                file, offset, length = self._found[key]
                row = os.pread(file.fileno(), length, offset)
                if len(row) == length:
                    found[key] = np.frombuffer(row, dtype=np.float32)
        return found

    def keep(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Keep the vectors of some texts."""
        if self._journal is None:
            return
        head = json.dumps(list(vectors.shape)).encode()
        rows = np.ascontiguousarray(vectors, dtype=np.float32)
        if not self._journal.append(head, b"".join(keys), rows.tobytes()):
            self._journal = None

    def close(self) -> None:
        """Close the files."""
        if self._journal is not None:
            self._journal.close()
        for file in self._files:
            file.close()
        self._files, self._found = [], {}
