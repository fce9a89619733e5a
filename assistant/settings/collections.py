"""Collections: several indexes behind one server, by name, and what their documents are called.

The index of ``index.path`` is the collection ``default``. Where there are others, a document of
another is called ``NAME:path`` everywhere, and a document of the default one by its path alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import SettingsError, UsageError
from assistant.text.visible import shown_value

DEFAULT = "default"
ALL = "all"
MOST_COLLECTIONS = 100
CHROMA_ADDRESS = re.compile(r"(https?://[^/@\s?#]+(/[^@\s?#]*)?)?")
COLLECTION_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
_KEYS, _MORE = frozenset({"path", "documents"}), frozenset({"chroma_url"})


def qualified(collection: str, name: str, known: Collection[str]) -> str:
    """What a document is called among all ``known`` collections, the default one not among them.

    A path of the default collection that begins like the name of another is written with its own.
    """
    if collection != DEFAULT:
        return f"{collection}:{name}"
    begins, colon, _ = name.partition(":")
    return f"{DEFAULT}:{name}" if colon and (begins in known or begins == DEFAULT) else name


def parted(name: str, known: Collection[str]) -> tuple[str, str]:
    """The collection and the path that a document's name means; ``qualified`` backwards."""
    begins, colon, rest = name.partition(":")
    if colon and known and (begins in known or begins == DEFAULT):
        return begins, rest
    return DEFAULT, name


def chosen_collections(given: object, known: Sequence[str]) -> tuple[str, ...]:
    """The collections that are named, each once, in the order of ``known`` (with the default one);
    ``all`` means every one.

    Raises ``UsageError`` for one that is not there.
    """
    values = [given] if isinstance(given, str) else given
    if not isinstance(values, list | tuple):
        raise UsageError(
            f"The collections {shown_value(given)} are none", hint='give names, as in ["default"]'
        )
    if len(values) > MOST_COLLECTIONS:
        raise UsageError(f"{len(values):,} collections; {MOST_COLLECTIONS} is the most")
    for value in values:
        if not isinstance(value, str) or (value not in known and value != ALL):
            raise no_collection(value, known)
    return tuple(each for each in known if each in values or ALL in values)


def no_collection(value: object, known: Iterable[str]) -> UsageError:
    """The error for a collection that is not there, or not for this person."""
    return UsageError(
        f"There is no collection {shown_value(value)}", hint=f"there are: {', '.join(known)}"
    )


def check_places(places: Mapping[str, Path]) -> None:
    """Raises ``SettingsError`` for two collections in one folder, or one inside of the other's."""
    for outer, folder in places.items():
        for inner, path in places.items():
            if inner != outer and (path == folder or folder in path.parents):
                name, other = (inner, outer) if inner != DEFAULT else (outer, inner)
                raise _unusable(
                    f"index.collections.{name}.path", str(places[name]),
                    f"the collections {name} and {other} need folders apart from each other",
                )  # fmt: skip


def read_collections(given: Any) -> dict[str, dict[str, Any]]:
    """``index.collections`` as the settings take it. Raises ``SettingsError``."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise _unusable("index.collections", given, "it takes names, each with path and documents")
    if len(given) > MOST_COLLECTIONS - 1:
        raise _unusable("index.collections", len(given), f"{MOST_COLLECTIONS - 1} is the most")
    found: dict[str, dict[str, Any]] = {}
    for name, values in given.items():
        key = f"index.collections.{name}"
        if not isinstance(name, str) or not COLLECTION_NAME.fullmatch(name):
            raise _unusable(
                "index.collections", name, "a name has small letters, digits, - and _, at most 40"
            )
        if name in (DEFAULT, ALL):
            raise _unusable("index.collections", name, "the index of index.path has this name")
        if not isinstance(values, Mapping) or set(values) - _MORE != _KEYS:
            raise _unusable(key, values, "it takes path, documents and, if wanted, chroma_url")
        documents = values["documents"]
        folders = [documents] if isinstance(documents, str | Path) else documents
        if not isinstance(folders, list | tuple) or not all(
            isinstance(each, str | Path) and str(each) for each in folders
        ):
            raise _unusable(f"{key}.documents", documents, "it takes a list of folders")
        if not isinstance(values["path"], str | Path) or not str(values["path"]):
            raise _unusable(f"{key}.path", values["path"], "it takes a folder for the index")
        found[name] = {"path": Path(values["path"]), "documents": tuple(map(Path, folders))}
        url = values.get("chroma_url")
        if url is not None:
            if not isinstance(url, str) or not CHROMA_ADDRESS.fullmatch(url):
                raise _unusable(f"{key}.chroma_url", url, 'it takes http://HOST:PORT, or ""')
            found[name]["chroma_url"] = url
    return found


def _unusable(key: str, value: object, why: str) -> SettingsError:
    return SettingsError(
        f"Setting {key} = {shown_value(value)} is not valid: {why}",
        hint="for example {handbook: {path: .assistant-handbook, documents: [handbook]}}",
    )
