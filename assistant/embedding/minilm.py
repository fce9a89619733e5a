"""all-MiniLM-L6-v2 through Chroma's own ONNX loader, which downloads it when first chosen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.embedding import Vectors, normalised
from assistant.errors import EmbeddingError


class MiniLMEmbedder:
    """384 dimensions, about 50 chunks a second on two cores."""

    batch_size = 32
    is_costly = True
    fingerprint = "minilm:all-MiniLM-L6-v2:384"

    def __init__(self) -> None:
        from chromadb.utils.embedding_functions import ONNXMiniLM_L6_V2

        self._model = ONNXMiniLM_L6_V2(preferred_providers=["CPUExecutionProvider"])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector of 384 dimensions per text."""
        if not texts:
            return np.zeros((0, 384), dtype=np.float32)
        try:
            vectors = self._model(list(texts))
        except Exception as exc:  # the loader raises whatever its HTTP client or onnxruntime does
            raise EmbeddingError(
                f"The minilm embedder failed: {type(exc).__name__}: {exc}",
                hint="it downloads 80 MB at first use; without a network set "
                "embedding.provider: static",
            ) from exc
        return normalised(np.asarray(vectors))
