"""Static token vectors, averaged: wordllama's 256 dimensions, inside its package, no network.

Its origin: distilled from the token embeddings of large open language models (see NOTICE.md).
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from assistant.embedding import Vectors, normalised
from assistant.errors import EmbeddingError

DIMENSIONS = 256


def fingerprint() -> str:
    """Names wordllama's vectors by package version and size."""
    return f"static:wordllama-{version('wordllama')}:{DIMENSIONS}"


class StaticEmbedder:
    """wordllama through its own loader; about 3,500 chunks a second on two cores."""

    batch_size = 256

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

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector of 256 dimensions per text."""
        return normalised(self._model.embed(list(texts)))


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
