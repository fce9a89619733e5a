"""An embedder that is not ours, with every reply checked: an index must hold no impossible vector.

Its exceptions become ``EmbeddingError``, its rows are scaled to length 1, and its dimensions may
not change from call to call.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

from assistant.embedding import Embedder, Vectors, normalised
from assistant.errors import AssistantError, EmbeddingError, UsageError
from assistant.registry import checked_fingerprint, first_line
from assistant.text.visible import shown_value


class CheckedEmbedder:
    """An embedder around another; raises ``UsageError`` for one that lacks a member."""

    def __init__(self, embedder: Embedder) -> None:
        name = f"The embedder {type(embedder).__name__}"
        batch_size = getattr(embedder, "batch_size", None)
        is_costly = getattr(embedder, "is_costly", None)
        if type(batch_size) is not int or batch_size < 1:
            raise UsageError(
                f"{name} has the batch_size {shown_value(batch_size)}",
                hint="it takes the number of texts that one call handles well",
            )
        if not isinstance(is_costly, bool):
            raise UsageError(
                f"{name} has the is_costly {shown_value(is_costly)}",
                hint="True keeps its vectors in a cache on disk, False computes them anew",
            )
        if not callable(getattr(embedder, "embed", None)):
            raise UsageError(f"{name} has no method embed", hint="see the protocol Embedder")
        self.fingerprint = checked_fingerprint(embedder, "embedder")
        self.batch_size = batch_size
        self.is_costly = is_costly
        self._embedder = embedder
        self._dimensions = 0
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"CheckedEmbedder({self._embedder!r})"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector for each text. Raises ``EmbeddingError``."""
        if not texts:
            return np.zeros((0, self._dimensions), dtype=np.float32)
        try:
            vectors = np.asarray(self._embedder.embed(list(texts)), dtype=np.float32)
        except (AssistantError, MemoryError):
            raise
        except Exception as exc:  # somebody else's code raises what it likes
            raise EmbeddingError(
                f"The embedder {self.fingerprint} failed: {first_line(exc)}"
            ) from exc
        shape = (len(texts), vectors.shape[1] if vectors.ndim == 2 else 0)
        if vectors.shape != shape or not shape[1]:
            raise self._impossible(f"an array of shape {vectors.shape} for {len(texts)} texts")
        if not np.isfinite(vectors).all():
            raise self._impossible("values that are not finite")
        with self._lock:
            before, self._dimensions = self._dimensions, self._dimensions or shape[1]
        if before not in (0, shape[1]):
            raise self._impossible(f"{shape[1]} dimensions after {before}")
        return normalised(vectors)

    def _impossible(self, what: str) -> EmbeddingError:
        return EmbeddingError(
            f"The embedder {self.fingerprint} gave {what}",
            hint="nothing of this reply was used; embed returns (texts, dimensions) of float32",
        )
