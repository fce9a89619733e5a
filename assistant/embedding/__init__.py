"""Embedders: texts → unit vectors of float32. Each has a fingerprint that names its vectors.

Two embedders with equal fingerprints give interchangeable vectors; everything stored is keyed by
it. The heavy imports happen in the constructors, never at import.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # its import takes .2 s, which the children of an ingest do without
    from assistant.settings import EmbeddingSettings

Vectors = NDArray[np.float32]
"""Shape (texts, dimensions); every row has length 1, or is all zero for a text without words."""


class Embedder(Protocol):
    """Texts → vectors; ``batch_size`` is what one call handles well.

    ``is_costly`` says whether a vector is worth keeping: computing a static one takes less time
    than looking it up.
    """

    fingerprint: str
    batch_size: int
    is_costly: bool

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector per text, in order. Raises ``EmbeddingError``."""
        ...


def fingerprint_of(settings: EmbeddingSettings) -> str:
    """The fingerprint that ``make_embedder`` would give, without loading anything."""
    if settings.provider == "static":
        from assistant.embedding import static

        return static.fingerprint()
    if settings.provider == "minilm":
        return "minilm:all-MiniLM-L6-v2:384"
    return f"openai:{settings.base_url.rstrip('/')}:{settings.model}"


def make_embedder(settings: EmbeddingSettings) -> Embedder:
    """The embedder that the settings name. Raises ``EmbeddingError`` when it cannot start."""
    if settings.provider == "static":
        from assistant.embedding.static import StaticEmbedder

        return StaticEmbedder()
    if settings.provider == "minilm":
        from assistant.embedding.minilm import MiniLMEmbedder

        return MiniLMEmbedder()
    from assistant.embedding.remote import RemoteEmbedder

    return RemoteEmbedder(settings, fingerprint_of(settings))


def normalised(vectors: NDArray[np.floating]) -> Vectors:
    """Rows scaled to length 1; zeros stay zeros, and NaN stays NaN for others to refuse."""
    rows = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Vectors = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths != 0)
    return scaled
