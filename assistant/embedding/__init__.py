"""Embedders: texts → unit vectors of float32. Each has a fingerprint that names its vectors.

Two embedders with equal fingerprints give interchangeable vectors; everything stored is keyed by
it. The heavy imports happen in the constructors, never at import. Which names there are says
``assistant.registry``; an embedder that is not ours is used through ``checked``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.registry import EMBEDDERS

if TYPE_CHECKING:  # its import takes .2 s, which the children of an ingest do without
    from assistant.settings import EmbeddingSettings

Vectors = NDArray[np.float32]
"""Shape (texts, dimensions); every row has length 1, or is all zero for a text without words."""

_ENGLISH = ("static:", "minilm:")
"""How the fingerprints begin of the embedders that are ours, which learned English."""


class Embedder(Protocol):
    """Texts → vectors. Used from several threads at once.

    ``fingerprint`` names model and version, 1 to 200 characters: an index is bound to it, and an
    embedder with another one embeds all documents anew. ``batch_size`` is the number of texts that
    one call handles well. ``is_costly`` says whether a vector is worth a place in the cache on
    disk: computing a static one takes less time than looking it up.
    """

    fingerprint: str
    batch_size: int
    is_costly: bool

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector for each text, in order: float32 of shape (texts, dimensions), finite.

        Rows are scaled to length 1 by whoever calls. The dimensions are always the same. Raises
        ``EmbeddingError``; any other exception of an embedder that is not ours is made one.
        """
        ...


def knows_english_alone(embedder: Embedder) -> bool:
    """Whether a question in another language should be put in English first; models of others may
    know many languages."""
    return embedder.fingerprint.startswith(_ENGLISH)


def fingerprint_of(settings: EmbeddingSettings) -> str:
    """The fingerprint that ``make_embedder`` would give, without loading anything of ours; a
    package's embedder is made to tell it."""
    if settings.provider == "static":
        from assistant.embedding import static

        return static.fingerprint()
    if settings.provider == "minilm":
        return "minilm:all-MiniLM-L6-v2:384"
    if settings.provider != "openai":
        return make_embedder(settings).fingerprint
    name = f"openai:{settings.base_url.rstrip('/')}:{settings.model}"
    prefix = settings.passage_prefix.encode()
    return f"{name}:{hashlib.sha256(prefix).hexdigest()[:8]}" if prefix else name


def embed_question(embedder: Embedder, text: str) -> NDArray[np.float32]:
    """The vector of a question: some embedders read it otherwise than a passage, and have a method
    ``embed_query`` for it."""
    embed = getattr(embedder, "embed_query", embedder.embed)
    vector: NDArray[np.float32] = embed([text])[0]
    return vector


def make_embedder(settings: EmbeddingSettings) -> Embedder:
    """The embedder that the settings name. Raises ``EmbeddingError`` when it cannot start, and
    ``SettingsError`` for an unknown name."""
    made = EMBEDDERS.maker(settings.provider)
    brought = EMBEDDERS.find(settings.provider)
    if brought is None:
        embedder: Embedder = made(settings)
        return embedder
    from assistant.embedding.checked import CheckedEmbedder

    return EMBEDDERS.started(brought, lambda: CheckedEmbedder(made(settings)))


def make_static(settings: EmbeddingSettings) -> Embedder:
    """The embedder ``static``."""
    from assistant.embedding.static import StaticEmbedder

    return StaticEmbedder()


def make_minilm(settings: EmbeddingSettings) -> Embedder:
    """The embedder ``minilm``."""
    from assistant.embedding.minilm import MiniLMEmbedder

    return MiniLMEmbedder()


def make_remote(settings: EmbeddingSettings) -> Embedder:
    """The embedder ``openai``."""
    from assistant.embedding.remote import RemoteEmbedder

    return RemoteEmbedder(settings, fingerprint_of(settings))


def normalised(vectors: NDArray[np.floating]) -> Vectors:
    """Rows scaled to length 1; zeros stay zeros, and NaN stays NaN for others to refuse."""
    rows = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Vectors = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths != 0)
    return scaled
