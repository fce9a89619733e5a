"""The collection of vectors in a folder, by Chroma's own engine.

Importing the package ``chromadb`` takes a second and 40 MB, for servers, telemetry and embedding
functions; a folder needs none of them. Its engine, a compiled module of the same distribution,
opens a folder in .06 s. It is called here as ``chromadb.api.rust`` of 1.5.9 calls it, with the same
files as a result. That module is not documented: where its functions take other arguments than the
ones known here, the package is used.

To raise an error the engine imports the package, so a failure still takes that second. An
interruption within that second ends the process without a message.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from assistant.embedding import Vectors

COLLECTION = "chunks"
EF_SEARCH = 2400
"""How many neighbours HNSW keeps in sight. Of the exact ten nearest among 62,941 chunks with static
vectors, which crowd together, Chroma's default of 100 finds 79 %, 400 finds 87 %, 1,600 finds
98.7 %, 2,400 finds 99.4 %: in 1.7, 2.1, 4.1 and 5.1 ms (``benchmarks.neighbours``)."""
HNSW: dict[str, dict[str, Any]] = {"hnsw": {"space": "cosine", "ef_search": EF_SEARCH}}
"""A collection's configuration."""
COARSE_HNSW: dict[str, dict[str, Any]] = {"hnsw": {**HNSW["hnsw"], "ef_construction": 16}}
"""The configuration of a collection that is too small for HNSW to be asked (``MOST_NUMBERS``): it
is written in half the time. 60,075 vectors take 4.6 s of processor time instead of 10.1, and 98.1 %
of the ten nearest are found instead of 99.9 %."""

Neighbours = list[tuple[str, float]]
"""Chunk ids with their cosine distances, nearest first."""


class Collection(Protocol):
    """What is asked of the collection in a folder. Ids that are given are unique, and some.

    Whatever goes wrong, Chroma raises its own types; its panics are no ``Exception``.
    """

    @property
    def batch_size(self) -> int:
        """How many vectors may be written at once."""

    @property
    def is_coarse(self) -> bool:
        """Whether its HNSW is made for fewer vectors than questions ask it for."""

    def __len__(self) -> int: ...

    def ids(self) -> list[str]:
        """The ids of all vectors."""

    def vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of these ids, for those that exist."""

    def nearest(
        self, vectors: Vectors, limit: int, within: Sequence[str] | None = None
    ) -> list[Neighbours]:
        """The nearest of each row; ``within`` names the only ones that count, which must exist."""

    def upsert(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Write a batch."""

    def delete(self, ids: Sequence[str]) -> None:
        """Remove a batch."""

    def close(self) -> None:
        """Close the files."""


def open_collection(folder: Path, *, create: bool = False, coarse: bool = False) -> Collection:
    """Open the collection in a folder, which exists; with ``create`` make it when it is not there
    (``coarse`` or not, see ``COARSE_HNSW``), and bring an earlier version's up to date. Without,
    raises ``FileNotFoundError`` for a folder that has none."""
    if not create and not (folder / _DATABASE_FILE).exists():
        raise FileNotFoundError(f"there is no {_DATABASE_FILE} in it")
    kind = Engine if engine_fits() else ChromaPackage
    return kind(folder, create=create, coarse=coarse)


# ---------------------------------------------------------------- the engine

_DATABASE_FILE = "chroma.sqlite3"
_TENANT, _DATABASE = "default_tenant", "default_database"
_OPEN_INDEXES = 8
"""Of HNSW that the engine may keep in memory; a folder has one."""

_SIGNATURES = {
    "create_collection": "($self, name, configuration_json_str=None, schema_str=None, "
    "metadata=None, get_or_create=False, tenant=..., database=...)",
    "get_collection": "($self, name, tenant, database)",
    "update_collection": "($self, collection_id, new_name=None, new_metadata=None, "
    "new_configuration_json_str=None)",
    "upsert": "($self, collection_id, ids, embeddings, metadatas=None, documents=None, uris=None, "
    "tenant=..., database=...)",
    "delete": "($self, collection_id, ids=None, where=..., where_document=None, limit=None, "
    "tenant=..., database=...)",
    "get": "($self, collection_id, ids=None, where=..., limit=None, offset=0, "
    "where_document=None, include=..., tenant=..., database=...)",
    "query": "($self, collection_id, ids, query_embeddings, n_results, where=..., "
    "where_document=None, include=..., tenant=..., database=...)",
    "count": "($self, collection_id, tenant=..., database=...)",
    "get_max_batch_size": "($self)",
    "": "(allow_reset, sqlite_db_config, hnsw_cache_size, persist_path=None)",
}
"""How the functions of the engine that are called here are told by it; "" makes one. What they
answer it does not tell."""
_CONFIG_SIGNATURE = "(hash_type, migration_mode, url=None)"


def engine_fits() -> bool:
    """Whether the engine that is installed takes what is known here."""
    try:
        import chromadb_rust_bindings as engine
    except ImportError:
        return False
    called = {
        name: getattr(engine.Bindings, name, None) if name else engine.Bindings
        for name in _SIGNATURES
    }
    config = getattr(engine, "SqliteDBConfig", None)
    return (
        {name: getattr(each, "__text_signature__", None) for name, each in called.items()}
        == _SIGNATURES
        and getattr(config, "__text_signature__", None) == _CONFIG_SIGNATURE
        and hasattr(engine, "MigrationHash")
        and hasattr(engine, "MigrationMode")
    )


class Engine:
    """A ``Collection`` by the engine alone."""

    def __init__(self, folder: Path, *, create: bool, coarse: bool = False) -> None:
        import chromadb_rust_bindings as engine

        self._engine: Any = engine.Bindings(
            allow_reset=False,
            sqlite_db_config=engine.SqliteDBConfig(
                hash_type=engine.MigrationHash.MD5,
                migration_mode=engine.MigrationMode.Apply,
                url=f"{folder}/{_DATABASE_FILE}",
            ),
            hnsw_cache_size=_OPEN_INDEXES,
            persist_path=str(folder),
        )
        try:
            found = self._find(create, COARSE_HNSW if coarse else HNSW)
            self._id = str(found.id)
            self.is_coarse = _is_coarse(found.configuration)
            self.batch_size = int(self._engine.get_max_batch_size())
        except BaseException:
            self.close()  # a traceback would keep it open
            raise

    def _find(self, create: bool, hnsw: dict[str, dict[str, Any]]) -> Any:
        if not create:
            return self._engine.get_collection(COLLECTION, _TENANT, _DATABASE)
        # what the package writes for a collection without an embedding function
        configuration = {**hnsw, "embedding_function": {"type": "legacy"}}
        found = self._engine.create_collection(
            COLLECTION, json.dumps(configuration), None, None, True, _TENANT, _DATABASE
        )
        if found.configuration["hnsw"].get("ef_search") != EF_SEARCH:
            changed = json.dumps({"hnsw": {"ef_search": EF_SEARCH}})
            self._engine.update_collection(str(found.id), None, None, changed)
        return found

    def __len__(self) -> int:
        return int(self._engine.count(self._id))

    def ids(self) -> list[str]:
        """See ``Collection``."""
        return list(self._engine.get(self._id, include=[]).ids)

    def vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """See ``Collection``."""
        if not ids:
            return {}
        found = self._engine.get(self._id, list(ids), include=["embeddings"])
        return dict(zip(found.ids, np.asarray(found.embeddings, dtype=np.float32), strict=True))

    def nearest(
        self, vectors: Vectors, limit: int, within: Sequence[str] | None = None
    ) -> list[Neighbours]:
        """See ``Collection``."""
        among = None if within is None else list(within)
        reply = self._engine.query(
            self._id, among, vectors.tolist(), limit, None, None, ["distances"], _TENANT, _DATABASE
        )
        return _pairs(reply.ids, reply.distances)

    def upsert(self, ids: Sequence[str], vectors: Vectors) -> None:
        """See ``Collection``."""
        self._engine.upsert(self._id, list(ids), list(vectors))  # lists of numbers: 40 MB more

    def delete(self, ids: Sequence[str]) -> None:
        """See ``Collection``."""
        self._engine.delete(self._id, list(ids))

    def close(self) -> None:
        """See ``Collection``."""
        self._engine = None


def _is_coarse(configuration: Any) -> bool:
    built = (configuration["hnsw"] or {}).get("ef_construction")
    return bool(built == COARSE_HNSW["hnsw"]["ef_construction"])


def _pairs(ids: Sequence[Sequence[str]], distances: Sequence[Sequence[float]]) -> list[Neighbours]:
    return [list(zip(*each, strict=True)) for each in zip(ids, distances, strict=True)]


# ---------------------------------------------------------------- the package


class ChromaPackage:
    """A ``Collection`` through the package, for engine versions that are not known here."""

    def __init__(self, folder: Path, *, create: bool, coarse: bool = False) -> None:
        self._client = open_client(folder)
        try:
            self._collection = self._open(create, COARSE_HNSW if coarse else HNSW)
            self.is_coarse = _is_coarse(self._collection.configuration_json)
            self.batch_size = int(self._client.get_max_batch_size())
        except BaseException:
            self._client.close()
            raise

    def _open(self, create: bool, hnsw: dict[str, dict[str, Any]]) -> Any:
        if not create:
            return self._client.get_collection(COLLECTION, embedding_function=None)
        found = self._client.get_or_create_collection(
            COLLECTION, embedding_function=None, configuration=hnsw
        )
        if found.configuration_json["hnsw"].get("ef_search") != EF_SEARCH:
            found.modify(configuration={"hnsw": {"ef_search": EF_SEARCH}})
        return found

    def __len__(self) -> int:
        return int(self._collection.count())

    def ids(self) -> list[str]:
        """See ``Collection``."""
        return list(self._collection.get(include=[])["ids"])

    def vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """See ``Collection``."""
        if not ids:
            return {}
        found = self._collection.get(ids=list(ids), include=["embeddings"])
        rows = np.asarray(found["embeddings"], dtype=np.float32)
        return dict(zip(found["ids"], rows, strict=True))

    def nearest(
        self, vectors: Vectors, limit: int, within: Sequence[str] | None = None
    ) -> list[Neighbours]:
        """See ``Collection``."""
        only = {} if within is None else {"ids": list(within)}
        reply = self._collection.query(
            query_embeddings=list(vectors), n_results=limit, include=["distances"], **only
        )
        return _pairs(reply["ids"], reply["distances"])

    def upsert(self, ids: Sequence[str], vectors: Vectors) -> None:
        """See ``Collection``."""
        self._collection.upsert(ids=list(ids), embeddings=vectors)

    def delete(self, ids: Sequence[str]) -> None:
        """See ``Collection``."""
        self._collection.delete(ids=list(ids))

    def close(self) -> None:
        """See ``Collection``."""
        self._client.close()


def open_client(folder: Path) -> Any:
    """The package's client of a folder, with telemetry off. The caller closes it."""
    import chromadb
    from chromadb.config import Settings

    try:
        return chromadb.PersistentClient(
            path=str(folder), settings=Settings(anonymized_telemetry=False, allow_reset=False)
        )
    except Exception:
        _forget_half_open(str(folder))
        raise


def _forget_half_open(path: str) -> None:
    """Chroma 1.5.9 keeps a client that failed to open in a table by path and hands it out the next
    time, so a path that failed once would fail again after its cause is gone."""
    from chromadb.api.shared_system_client import SharedSystemClient

    with contextlib.suppress(AttributeError):  # the table is private and may go
        if path not in SharedSystemClient._identifier_to_refcount:
            SharedSystemClient._identifier_to_system.pop(path, None)
