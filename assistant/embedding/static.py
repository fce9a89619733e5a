"""Static token vectors, averaged: wordllama's 256 dimensions, inside its package, no network.

Its origin: distilled from the token embeddings of large open language models (see NOTICE.md).

The vectors and the tokenizer are the package's; the averaging is done here, because its own way
(every text of a batch padded to the longest, each word tokenised whenever it occurs) takes six
times as long: 34 s instead of 6 for 64,644 chunks. No token of its vocabulary has a space behind a
letter, or a line's end at all, so a word's tokens are the same wherever it stands;
``tests/test_embedding.py`` compares.
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.metadata import version
from itertools import chain
from pathlib import Path

import numpy as np

from assistant.embedding import Vectors, normalised
from assistant.errors import EmbeddingError

DIMENSIONS = 256

_SPACE = "\u2581"
"""What the tokenizer writes for a space, before the first word too."""
_WORD = re.compile(f"{_SPACE}+[^{_SPACE}\n]*|[^{_SPACE}\n]+|\n+")
_SPECIAL = re.compile("<(?:unk|s|/s)>")
_MAX_WORDS = 300_000
"""Words whose tokens are remembered: about 150 bytes each."""
_SHORT = 8
_MAX_LENGTH = 64
"""Longer ones are not remembered: they hardly come again."""


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Names wordllama's vectors by package version and size."""
    return f"static:wordllama-{version('wordllama')}:{DIMENSIONS}"


class StaticEmbedder:
    """wordllama through its own loader; about 15,000 chunks a second on one core."""

    batch_size = 256
    is_costly = False

    def __init__(self) -> None:
        try:
            with _logging_left_alone():
                import wordllama

            # The loader of 0.4.0.post1 looks for the tokenizer beside the working folder unless
            # it is told where the package is.
            self._model = wordllama.WordLlama.load(
                dim=DIMENSIONS,
                cache_dir=Path(wordllama.__file__).parent,
                disable_download=True,
            )
        except (ImportError, OSError, ValueError) as exc:
            raise EmbeddingError(
                f"The static embedder could not be loaded: {exc}",
                hint="reinstall the package wordllama, or set embedding.provider",
            ) from exc
        self.fingerprint = fingerprint()
        self._tokenizer = self._model.tokenizer
        self._tokenizer.no_padding()
        self._known: dict[str, Sequence[int]] = {}

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector of 256 dimensions per text."""
        split = [_words(text) for text in texts]
        tokens = self._look_up(list(dict.fromkeys(chain.from_iterable(split))))
        sums = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)  # directed as the means are
        short: dict[int, list[int]] = {}
        by_row: list[Sequence[int]] = []
        for row, (text, words) in enumerate(zip(texts, split, strict=True)):
            if _SPECIAL.search(text):  # cut out by the tokenizer before it looks at words
                ids = self._tokenizer.encode(text, add_special_tokens=False).ids
            else:
                ids = list(chain.from_iterable(map(tokens.__getitem__, words)))
            by_row.append(ids)
            if len(ids) > _SHORT:
                np.add.reduce(self._model.embedding.take(ids, axis=0), axis=0, out=sums[row])
            elif ids:
                short.setdefault(len(ids), []).append(row)
        for rows in short.values():  # texts of equal length at once: words come by the hundred
            same = np.array([by_row[row] for row in rows])
            sums[rows] = self._model.embedding[same].sum(axis=1)
        return normalised(sums)

    def _look_up(self, words: Sequence[str]) -> dict[str, Sequence[int]]:
        """The tokens of words, from what is remembered or by the tokenizer."""
        known = self._known
        found = {word: known[word] for word in words if word in known}
        missing = [word for word in words if word not in found]
        if not missing:
            return found
        split = self._tokenizer.model.tokenize
        fresh = {word: [token.id for token in split(word)] for word in missing}
        if len(known) + len(fresh) > _MAX_WORDS:
            known = self._known = {}  # another thread may still read the old one
        known.update((word, ids) for word, ids in fresh.items() if len(word) <= _MAX_LENGTH)
        return found | fresh


def _words(text: str) -> list[str]:
    """The words of a text, each with the spaces before it, as the tokenizer sees them."""
    return _WORD.findall(_SPACE + text.replace(" ", _SPACE)) if text else []


@contextlib.contextmanager
def _logging_left_alone() -> Iterator[None]:
    """Undo what an import does to logging: wordllama calls ``basicConfig(level=INFO)``, and from
    then on every request of every library would be printed on the terminal."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
