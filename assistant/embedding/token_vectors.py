"""The vectors of tokens, read from a safetensors file one by one, when a text first needs them.

A file begins with eight bytes, the length of a JSON header, little-endian; the header tells where
each tensor lies in what follows (https://github.com/huggingface/safetensors). Half-precise numbers
become single ones without loss.
"""

from __future__ import annotations

import json
import os
import threading
import weakref
from array import array
from collections.abc import Collection
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from assistant.errors import EmbeddingError

_LONGEST_HEADER = 1_000_000


class TokenVectors:
    """Vectors by row, in the order in which their tokens were first asked for.

    So the rows of frequent tokens lie side by side, near the processor, and those that no text
    holds take no memory: 1,000 chunks of English hold a sixth of the tokens of wordllama. Several
    threads may ask at once.
    """

    def __init__(self, source: VectorFile | NDArray[np.floating]) -> None:
        """From a file, or from an array of one row for each token."""
        self._source = source
        tokens, dimensions = source.shape
        self.rows = np.empty((tokens, dimensions), dtype=np.float32)  # no memory until it is filled
        self._places: dict[int, int] = {}
        self._lock = threading.Lock()

    def places(self, tokens: Collection[int]) -> array[int]:
        """The numbers of the tokens' rows in ``rows``, which are filled when this returns.

        Raises ``EmbeddingError`` when the file cannot be read any more.
        """
        known = self._places
        if not all(map(known.__contains__, tokens)):
            self._fill(tokens)
        return array("q", map(known.__getitem__, tokens))

    def _fill(self, tokens: Collection[int]) -> None:
        with self._lock:
            for token in tokens:
                if token not in self._places:
                    place = len(self._places)
                    try:
                        self.rows[place] = self._source[token]
                    except OSError as exc:
                        raise EmbeddingError(
                            f"The static embedder's vectors cannot be read: {exc}",
                            hint="reinstall the package wordllama, or set embedding.provider",
                        ) from exc
                    self._places[token] = place  # only now: others look without the lock


class VectorFile:
    """One tensor of a safetensors file: half-precise, a row for each token."""

    def __init__(self, path: Path, name: str) -> None:
        """Raises ``OSError``, or ``ValueError`` when the file holds no such tensor."""
        self._file: IO[bytes] = open(path, "rb", buffering=0)  # noqa: SIM115  # open as long as this
        weakref.finalize(self, self._file.close).atexit = False  # a thread may read till the end
        length = int.from_bytes(self._file.read(8), "little")
        if not 2 <= length <= _LONGEST_HEADER:
            raise ValueError(f"{path} is no safetensors file")
        try:
            told = json.loads(self._file.read(length))[name]
            kind, shape, (begin, end) = told["dtype"], told["shape"], told["data_offsets"]
        except (KeyError, TypeError) as exc:
            raise ValueError(f"{path} tells of no table {name}") from exc
        if kind != "F16" or len(shape) != 2:
            raise ValueError(f"{path} holds {name} not as half-precise rows")
        self.shape: tuple[int, int] = (shape[0], shape[1])
        self._begin, self._row = 8 + length + begin, 2 * self.shape[1]
        if end - begin != self.shape[0] * self._row:
            raise ValueError(f"{path} tells a wrong size of {name}")
        if os.fstat(self._file.fileno()).st_size < 8 + length + end:
            raise ValueError(f"{path} is cut off")

    def __getitem__(self, token: int) -> NDArray[np.float16]:
        """A row; for one thread at a time. Raises ``OSError``."""
        if not 0 <= token < self.shape[0]:
            raise IndexError(token)
        place = self._begin + token * self._row
        if hasattr(os, "pread"):  # a forked process shares the place where one reads
            data = os.pread(self._file.fileno(), self._row, place)
        else:
            self._file.seek(place)
            data = self._file.read(self._row)
        if len(data) != self._row:
            raise OSError(f"{self._file.name} has become shorter")
        return np.frombuffer(data, dtype="<f2")
