"""Vectors on a Chroma server, in a collection that the generations of an index share.

A chunk's id is made of its document and its text, so under one id the vector never changes (another
embedder gets another collection). That makes generations cheap: new vectors are added before a
generation is published, old ones are removed after the last generation that needs them, and readers
skip vectors of other generations. A killed writer leaves unused vectors behind; the next writer
reuses or removes them.

The store and the word index stay files beside each other (``docs/scaling.md`` says what that means
for several machines).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from assistant.embedding import Vectors
from assistant.errors import IndexUnavailableError, StorageError
from assistant.index.chroma import HNSW
from assistant.index.generations import STORE, Generation, Generations
from assistant.index.store import Store
from assistant.private_files import FOLDER_MODE, make_file
from assistant.settings import IndexSettings

if TYPE_CHECKING:
    import httpx

_BATCH = 1000
"""Vectors of one request: 2 MB of JSON at 256 dimensions."""
_MOST_OF_A_QUERY = 20_000
_CONNECT_SECONDS, _REQUEST_SECONDS = 10.0, 120.0

Existing = Callable[[Sequence[str]], set[str]]
"""Chunk ids → those that a generation holds."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server is and the name of the variable that holds the key; never the key itself."""

    url: str
    header: str
    token_env: str

    def connect(self) -> Any:
        """A client. Raises ``IndexUnavailableError`` when the server does not answer."""
        import chromadb
        import httpx
        from chromadb.config import Settings

        token = self._token()
        value = f"Bearer {token}" if self.header.lower() == "authorization" else token
        headers = {self.header: value} if token else {}
        with self.errors():
            parts = urlsplit(self.url)
            is_safe = parts.scheme == "https"
            address = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
            beat = f"{address}/api/v2/heartbeat"
            httpx.get(beat, headers=headers, timeout=_CONNECT_SECONDS).raise_for_status()
            client = chromadb.HttpClient(
                host=address,
                port=parts.port or (443 if is_safe else 80),
                ssl=is_safe,
                headers=headers or None,
                settings=Settings(anonymized_telemetry=False),
            )
            for session in _sessions_of(client):
                session.timeout = httpx.Timeout(_REQUEST_SECONDS)
            return client

    def _token(self) -> str:
        return os.environ.get(self.token_env, "") if self.token_env else ""

    @contextlib.contextmanager
    def client(self) -> Iterator[Any]:
        """A client for a few requests, closed afterwards, and their errors as ours."""
        client = self.connect()
        try:
            with self.errors():
                yield client
        finally:
            close(client)

    @contextlib.contextmanager
    def errors(self) -> Iterator[None]:
        """Whatever Chroma's client raises, as one of our errors and without the key."""
        try:
            yield
        except (IndexUnavailableError, StorageError):
            raise
        except Exception as exc:  # its client raises types of httpx, its own, and ValueError
            told = " ".join(str(exc).split())[:200]
            if token := self._token():
                told = told.replace(token, "…")
            raise IndexUnavailableError(
                f"The Chroma server {self.url} failed: {type(exc).__name__}: {told}",
                hint="check index.chroma_url, that the server runs, and its key in "
                f"{self.token_env or 'index.chroma_token_env'}; nothing is lost",
            ) from None


def close(client: Any) -> None:
    """Close a client and its connections, which its own ``close`` leaves open (1.5.9)."""
    sessions = _sessions_of(client)
    client.close()
    for session in sessions:
        session.close()


def _sessions_of(client: Any) -> list[httpx.Client]:
    """The HTTP clients inside Chroma's: they wait for ever unless they are told otherwise."""
    import httpx

    owners = (client, getattr(client, "_admin_client", None))
    found = [getattr(getattr(each, "_server", None), "_session", None) for each in owners]
    return [each for each in found if isinstance(each, httpx.Client)]


def server_of(settings: IndexSettings) -> Server | None:
    """The server that the settings name, if any."""
    if not settings.chroma_url:
        return None
    return Server(settings.chroma_url, settings.chroma_header, settings.chroma_token_env)


class ServerVectors:
    """The vectors of one generation, searched on the server."""

    def __init__(self, server: Server, collection: str, chunks: int, existing: Existing) -> None:
        self._server = server
        self._chunks = chunks
        self._existing = existing
        self._client = server.connect()
        with contextlib.ExitStack() as exits, server.errors():
            exits.callback(close, self._client)
            self._collection = self._client.get_collection(collection, embedding_function=None)
            exits.pop_all()

    def close(self) -> None:
        """Close the connection."""
        close(self._client)

    def __len__(self) -> int:
        return self._chunks

    def search(
        self, vector: Vectors, limit: int, within: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Chunk ids with their cosine similarity to one unit vector, best first.

        As many as are asked for, unless vectors of other generations, which are left out, fill a
        neighbourhood of twenty thousand.
        """
        if limit < 1 or (within is not None and not within):
            return []
        only = {} if within is None else {"ids": list(within)}
        asked = limit
        while True:
            with self._server.errors():
                reply = self._collection.query(
                    query_embeddings=[vector], n_results=asked, include=["distances"], **only
                )
            ids, distances = reply["ids"][0], reply["distances"][0]
            ours = self._existing(ids)
            found = [(i, 1.0 - float(d)) for i, d in zip(ids, distances, strict=True) if i in ours]
            if len(found) >= limit or len(ids) < asked or asked >= _MOST_OF_A_QUERY:
                return found[:limit]
            asked = min(2 * asked + (len(ids) - len(found)), _MOST_OF_A_QUERY)

    def vectors(self, chunk_ids: Sequence[str]) -> dict[str, Vectors]:
        """The stored vectors of some chunks, for those that exist."""
        found: dict[str, Vectors] = {}
        for start in range(0, len(chunk_ids), _BATCH):
            with self._server.errors():
                reply = self._collection.get(
                    ids=list(chunk_ids[start : start + _BATCH]), include=["embeddings"]
                )
            rows = np.asarray(reply["embeddings"], dtype=np.float32)
            found.update(zip(reply["ids"], rows, strict=True))
        return found


class ServerWriter:
    """Adds vectors to a collection. What it is told to remove stays until ``clean``: the generation
    that answers now still needs it."""

    def __init__(self, server: Server, collection: str) -> None:
        self._server = server
        self._ids: list[str] = []
        self._rows: list[Vectors] = []
        self._client = server.connect()
        with contextlib.ExitStack() as exits, server.errors():
            exits.callback(close, self._client)
            self._collection = self._client.get_or_create_collection(
                collection, embedding_function=None, configuration=HNSW
            )
            exits.pop_all()

    def __enter__(self) -> ServerWriter:
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection. Unsent vectors are not needed, because their generation is not
        published."""
        close(self._client)

    def upsert(self, chunk_ids: Sequence[str], vectors: Vectors) -> None:
        """Write vectors by chunk id, in batches."""
        self._ids += chunk_ids
        self._rows.append(np.asarray(vectors, dtype=np.float32))
        if len(self._ids) >= _BATCH:
            self._flush()

    def delete(self, chunk_ids: Sequence[str]) -> None:
        """Nothing now."""

    def end(self) -> None:
        """Nothing now."""

    def finish(self) -> int:
        """Send the rest; the number of vectors in the collection."""
        self._flush()
        with self._server.errors():
            return int(self._collection.count())

    def _flush(self) -> None:
        if not self._ids:
            return
        rows = np.vstack(self._rows)
        for start in range(0, len(self._ids), _BATCH):
            with self._server.errors():
                self._collection.upsert(
                    ids=self._ids[start : start + _BATCH], embeddings=rows[start : start + _BATCH]
                )
        self._ids, self._rows = [], []


def verify(server: Server, collection: str, expected: Sequence[str]) -> None:
    """Raises ``IndexUnavailableError`` unless the collection has a vector for every chunk."""
    with server.client() as client:
        found = client.get_collection(collection, embedding_function=None)
        missing = 0
        for start in range(0, len(expected), _BATCH):
            part = list(expected[start : start + _BATCH])
            missing += len(part) - len(found.get(ids=part, include=[])["ids"])
    if missing:
        raise IndexUnavailableError(
            f"The new generation did not pass its check: {missing} vectors are missing on "
            f"{server.url}",
            hint="it was thrown away and the old index still answers; run ingest again",
        )


def clean(server: Server, own: str, needed: dict[str, set[str]]) -> None:
    """Remove what no generation needs: ``needed`` are chunk ids by collection.

    Only collections whose name begins with ``own`` are looked at. Raises
    ``IndexUnavailableError``; nothing that is needed is touched.
    """
    with server.client() as client:
        for each in client.list_collections():
            if not each.name.startswith(own):
                continue
            if each.name not in needed:
                client.delete_collection(each.name)
                continue
            collection = client.get_collection(each.name, embedding_function=None)
            if collection.count() > len(needed[each.name]):
                useless = [i for i in _all_ids(collection) if i not in needed[each.name]]
                for start in range(0, len(useless), _BATCH):
                    collection.delete(ids=useless[start : start + _BATCH])


def clean_up(server: Server, generations: Generations) -> None:
    """``clean`` for the generations on disk.

    Nothing depends on it, so a server that fails is asked again by the next writer; and while any
    generation cannot be read, nobody knows what it needs and nothing is removed.
    """
    needed: dict[str, set[str]] = {}
    with contextlib.suppress(IndexUnavailableError, sqlite3.DatabaseError):
        for name in generations.names():
            generation = generations.load(name)
            if generation.manifest.collection:
                with contextlib.closing(Store(generation.path / STORE)) as store:
                    ids = needed.setdefault(generation.manifest.collection, set())
                    ids.update(store.chunk_ids())
        clean(server, own_prefix(generations.root), needed)


def own_prefix(root: Path) -> str:
    """What the names of an index's collections begin with: one server may hold many indexes.

    The folder's place is part of it: a copy of an index must not tidy up, or write, what the index
    it was copied from still needs.
    """
    path = root / "server.id"
    try:
        identity = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        identity = uuid.uuid4().hex[:12]
        root.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        make_file(path)
        path.write_text(identity + "\n", encoding="ascii")
    except (OSError, UnicodeDecodeError) as exc:
        raise StorageError(
            f"{path} cannot be read: {exc}", hint="delete it and run `assistant ingest`"
        ) from exc
    place = hashlib.blake2b(os.path.realpath(root).encode("utf-8", "replace"), digest_size=3)
    return f"assistant-{identity}-{place.hexdigest()}-"


def new_collection(root: Path, embedder: str) -> str:
    """A name no collection has had."""
    digest = hashlib.blake2b(embedder.encode(), digest_size=4).hexdigest()
    return f"{own_prefix(root)}{digest}-{uuid.uuid4().hex[:8]}"


def _all_ids(collection: Any) -> Iterable[str]:
    offset = 0
    while True:
        ids = collection.get(include=[], limit=10_000, offset=offset)["ids"]
        yield from ids
        offset += len(ids)
        if len(ids) < 10_000:
            return


def no_server(generation: Generation) -> IndexUnavailableError:
    """The vectors are on a server that the settings do not name."""
    return IndexUnavailableError(
        f"The vectors of {generation.path} are on a Chroma server "
        f"({generation.manifest.collection}), and index.chroma_url is empty",
        hint="set index.chroma_url, or build them here with `assistant ingest`",
    )
