"""Vectors from any OpenAI-compatible ``/v1/embeddings``: batched, concurrent, every reply checked.

Servers have been seen to send too few vectors, another order, NaN and wrong lengths; the SDK and
LlamaIndex accept all of these. ``dimensions`` is never sent, because vLLM refuses it.

A batch that is too late is sent again in halves, and later batches are as small; the vectors that
came are kept. Some models want a word before a question and another before a passage
(``query: ``, ``passage: ``): ``embedding.query_prefix`` and ``embedding.passage_prefix``.
"""

from __future__ import annotations

import asyncio
import os
import threading
import weakref
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from assistant.embedding import Vectors, normalised
from assistant.errors import EmbeddingError
from assistant.model.private_logs import unlogged_bodies
from assistant.settings import EmbeddingSettings

_MOST_HALVINGS = 3
"""A server that is down is known after so many time-outs and one."""


class _TooLateError(EmbeddingError):
    """No whole answer in time."""


class RemoteEmbedder:
    """A client of one embedding model; the key stays inside the SDK's client.

    The requests run on an event loop of their own thread, because only there one deadline covers
    a request whole: the SDK's timeouts count anew for every try and every read, and its pauses
    between tries not at all.
    """

    def __init__(self, settings: EmbeddingSettings, fingerprint: str) -> None:
        import openai

        key = os.environ.get(settings.api_key_env, "")
        if not key and "api.openai.com" in settings.base_url:
            raise EmbeddingError(
                f"No key: the environment variable {settings.api_key_env} is not set",
                hint=f"export {settings.api_key_env}=…, or change embedding.api_key_env",
            )
        self._openai = openai
        self._client = openai.AsyncOpenAI(
            api_key=key or "none",
            base_url=settings.base_url,
            max_retries=2,
            timeout=settings.timeout_seconds,
        )
        self._loop = asyncio.new_event_loop()
        threading.Thread(
            target=_serve, args=(self._loop, self._client), name="embedding", daemon=True
        ).start()
        weakref.finalize(self, self._loop.call_soon_threadsafe, self._loop.stop)
        self._settings = settings
        self._dimensions: int | None = None
        self.fingerprint = fingerprint
        self.batch_size = settings.batch_size * settings.concurrency
        self._texts_at_once = settings.batch_size  # fewer after a time-out
        self.is_costly = True

    def __repr__(self) -> str:
        return f"RemoteEmbedder({self._settings.model!r} at {self._settings.base_url!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("RemoteEmbedder holds a key, so it is not pickled; make it anew")

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector per passage, ``concurrency`` requests at a time."""
        return self._embed([self._settings.passage_prefix + text for text in texts])

    def embed_query(self, texts: Sequence[str]) -> Vectors:
        """One unit vector per question."""
        return self._embed([self._settings.query_prefix + text for text in texts])

    def _embed(self, texts: Sequence[str]) -> Vectors:
        size = self._texts_at_once
        batches = [list(texts[i : i + size]) for i in range(0, len(texts), size)]
        if not batches:
            return np.zeros((0, self._dimensions or 0), dtype=np.float32)
        job = asyncio.run_coroutine_threadsafe(self._request_all(batches), self._loop)
        try:
            replies = [pair for pairs in job.result() for pair in pairs]
        except BaseException:  # Ctrl-C ends the requests too
            job.cancel()
            raise
        return normalised(np.concatenate([self._check(*pair) for pair in replies]))

    async def _request_all(self, batches: Sequence[list[str]]) -> list[list[tuple[Any, int]]]:
        places = asyncio.Semaphore(self._settings.concurrency)

        async def one(batch: list[str]) -> list[tuple[Any, int]]:
            async with places:
                return await self._in_halves(batch, _MOST_HALVINGS)

        tasks = [asyncio.create_task(one(batch)) for batch in batches]
        try:
            return await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def _in_halves(self, texts: list[str], halvings: int) -> list[tuple[Any, int]]:
        """The replies to a batch, each with its number of texts."""
        try:
            return [(await self._request(texts), len(texts))]
        except _TooLateError:
            half = (len(texts) + 1) // 2
            if not halvings or half == len(texts):
                raise
            self._texts_at_once = min(self._texts_at_once, half)
            first = await self._in_halves(texts[:half], halvings - 1)
            return [*first, *await self._in_halves(texts[half:], halvings - 1)]

    async def _request(self, texts: list[str]) -> Any:
        settings = self._settings
        try:
            async with asyncio.timeout(settings.timeout_seconds):
                with unlogged_bodies():
                    return await self._client.embeddings.create(
                        model=settings.model, input=texts, encoding_format="float"
                    )
        except self._openai.OpenAIError as exc:
            raise self._error(exc) from exc
        except TimeoutError as exc:
            raise self._too_late() from exc
        except ValueError as exc:  # a reply with status 200 that is no JSON
            raise EmbeddingError(
                f"{settings.base_url} did not answer with JSON: {exc}",
                hint="check embedding.base_url; it usually ends in /v1",
            ) from exc

    def _check(self, reply: Any, wanted: int) -> Vectors:
        data = getattr(reply, "data", None)
        if not isinstance(data, list):
            raise EmbeddingError(
                f"{self._settings.base_url} sent a reply without a list of vectors",
                hint="check embedding.base_url; it usually ends in /v1",
            )
        if len(data) != wanted:
            raise self._impossible(f"{len(data)} vectors for {wanted} texts")
        rows: dict[Any, Any] = {
            getattr(item, "index", None): getattr(item, "embedding", None) for item in data
        }
        if set(rows) != set(range(wanted)):
            raise self._impossible("vectors whose index is not 0 to n-1")
        ordered = [rows[index] for index in range(wanted)]
        if not all(isinstance(row, list) for row in ordered):
            raise self._impossible("something else than lists of numbers")
        lengths = {len(row) for row in ordered}
        if len(lengths) != 1 or 0 in lengths:
            raise self._impossible(f"vectors of lengths {sorted(lengths)}")
        length = lengths.pop()
        if self._dimensions not in (None, length):
            raise self._impossible(f"{length} dimensions after {self._dimensions}")
        try:
            vectors = np.asarray(ordered, dtype=np.float32)
        except (TypeError, ValueError) as exc:
            raise self._impossible("something else than lists of numbers") from exc
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
            return self._too_late()
        if isinstance(exc, self._openai.APIConnectionError):
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

    def _too_late(self) -> EmbeddingError:
        return _TooLateError(
            f"Embedding server {self._settings.base_url} gave no whole answer within "
            f"embedding.timeout_seconds = {self._settings.timeout_seconds:g}, retries included",
            hint="raise the time, lower embedding.batch_size, or check that the server is well",
        )


def _serve(loop: asyncio.AbstractEventLoop, client: Any) -> None:
    """Run an embedder's requests until it is gone, then close its connections."""
    loop.run_forever()
    loop.run_until_complete(client.close())
    loop.close()
