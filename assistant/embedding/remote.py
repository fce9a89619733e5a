"""Vectors from any OpenAI-compatible ``/v1/embeddings``: batched, concurrent, every reply checked.

Servers have been seen to send too few vectors, another order, NaN and wrong lengths; the SDK and
LlamaIndex accept all of these. ``dimensions`` is never sent, because vLLM refuses it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from assistant.embedding import Vectors, normalised
from assistant.errors import EmbeddingError
from assistant.settings import EmbeddingSettings


class RemoteEmbedder:
    """A client of one embedding model; the key stays inside the SDK's client."""

    def __init__(self, settings: EmbeddingSettings, fingerprint: str) -> None:
        import openai

        key = os.environ.get(settings.api_key_env, "")
        if not key and "api.openai.com" in settings.base_url:
            raise EmbeddingError(
                f"No key: the environment variable {settings.api_key_env} is not set",
                hint=f"export {settings.api_key_env}=…, or change embedding.api_key_env",
            )
        self._openai = openai
        self._client = openai.OpenAI(
            api_key=key or "none", base_url=settings.base_url, max_retries=2
        )
        self._settings = settings
        self._dimensions: int | None = None
        self.fingerprint = fingerprint
        self.batch_size = settings.batch_size * settings.concurrency

    def __repr__(self) -> str:
        return f"RemoteEmbedder({self._settings.model!r} at {self._settings.base_url!r})"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector per text, ``concurrency`` requests at a time."""
        size = self._settings.batch_size
        batches = [list(texts[i : i + size]) for i in range(0, len(texts), size)]
        if len(batches) <= 1:
            replies = [self._request(batch) for batch in batches]
        else:
            with ThreadPoolExecutor(self._settings.concurrency) as pool:
                replies = list(pool.map(self._request, batches))
        if not replies:
            return np.zeros((0, self._dimensions or 0), dtype=np.float32)
        return normalised(np.concatenate(replies))

    def _request(self, texts: list[str]) -> Vectors:
        deadline = time.monotonic() + self._settings.timeout_seconds
        try:
            reply = self._client.with_options(
                timeout=self._settings.timeout_seconds
            ).embeddings.create(model=self._settings.model, input=texts, encoding_format="float")
        except self._openai.OpenAIError as exc:
            raise self._error(exc) from exc
        except ValueError as exc:  # a reply with status 200 that is no JSON
            raise EmbeddingError(
                f"{self._settings.base_url} did not answer with JSON: {exc}",
                hint="check embedding.base_url; it usually ends in /v1",
            ) from exc
        if time.monotonic() > deadline:
            raise EmbeddingError(
                f"{self._settings.base_url} took longer than embedding.timeout_seconds = "
                f"{self._settings.timeout_seconds:g}"
            )
        return self._check(reply, len(texts))

    def _check(self, reply: Any, wanted: int) -> Vectors:
        data = getattr(reply, "data", None)
        if not isinstance(data, list):
            raise EmbeddingError(
                f"{self._settings.base_url} sent a reply without a list of vectors",
                hint="check embedding.base_url; it usually ends in /v1",
            )
        if len(data) != wanted:
            raise self._impossible(f"{len(data)} vectors for {wanted} texts")
        if sorted(item.index for item in data) != list(range(wanted)):
            raise self._impossible("vectors whose index is not 0 to n-1")
        ordered = sorted(data, key=lambda item: item.index)
        lengths = {len(item.embedding) for item in ordered}
        if len(lengths) != 1 or 0 in lengths:
            raise self._impossible(f"vectors of lengths {sorted(lengths)}")
        length = lengths.pop()
        if self._dimensions not in (None, length):
            raise self._impossible(f"{length} dimensions after {self._dimensions}")
        vectors = np.asarray([item.embedding for item in ordered], dtype=np.float32)
        if not np.isfinite(vectors).all():
            raise self._impossible("values that are not finite")
        self._dimensions = length
        return vectors

    def _impossible(self, what: str) -> EmbeddingError:
        return EmbeddingError(
            f"{self._settings.model} at {self._settings.base_url} sent {what}",
            hint="the server is at fault; nothing of this reply was used",
        )

    def _error(self, exc: Exception) -> EmbeddingError:
        settings = self._settings
        status = getattr(exc, "status_code", None)
        if isinstance(exc, self._openai.APITimeoutError):
            what = f"no answer within embedding.timeout_seconds = {settings.timeout_seconds:g}"
            hint = "raise the time, or check that the server is well"
        elif isinstance(exc, self._openai.APIConnectionError):
            what, hint = "cannot be reached", "is it running? check embedding.base_url"
        elif status in (401, 403):
            what = f"refused the key (status {status})"
            hint = f"check the environment variable {settings.api_key_env}"
        elif status == 404:
            what = f"does not know the model {settings.model!r} or the path (status 404)"
            hint = "check embedding.model and embedding.base_url"
        elif status is not None:
            what, hint = f"answered with status {status}, retries included", "try again later"
        else:
            what, hint = f"failed: {type(exc).__name__}", ""
        return EmbeddingError(f"Embedding server {settings.base_url} {what}", hint=hint)
