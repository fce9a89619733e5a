"""An index ↔ one file: a zip with the manifest first and every file of the generation.

The file holds the documents' texts, words and vectors, not the documents. On the way in each file
is compared with the manifest's checksum before anything opens it, and no more bytes are unpacked
than the manifest says. What an import publishes is a generation like any other.
"""

from __future__ import annotations

import os
import shutil
import zipfile
import zlib
from dataclasses import replace
from math import inf
from pathlib import Path

from assistant.errors import IndexDamagedError, IndexUnavailableError, StorageError, UsageError
from assistant.index.checksums import damage
from assistant.index.generations import (
    MANIFEST,
    Generation,
    Generations,
    Manifest,
    check_files,
    hold_open,
    read_manifest,
)
from assistant.private_files import FILE_MODE, FOLDER_MODE

_LARGEST_MANIFEST = 64_000_000
_AT_ONCE = 1 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, ValueError,
           RuntimeError)  # fmt: skip


def export_index(generations: Generations, target: Path) -> Generation:
    """Write the current generation as one file, which appears whole or not at all.

    Raises ``UsageError`` where the file is there already, or the vectors are on a server.
    """
    generation = generations.current()
    if generation is None:
        raise IndexUnavailableError(
            f"There is no index in {generations.root}", hint="run `assistant ingest PATH` first"
        )
    if generation.manifest.collection:
        raise UsageError(
            "An index with its vectors on a Chroma server is not exported",
            hint="`assistant index move embedded` takes them into the folder first",
        )
    if target.exists():
        raise UsageError(f"{target} is there already", hint="name a new file")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with hold_open(generation):
            check_files(generation)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
            with (
                os.fdopen(descriptor, "wb") as file,
                zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package,
            ):
                for name in (MANIFEST, *generation.manifest.files):
                    package.write(generation.path / name, name)
        os.replace(part, target)
    except OSError as exc:
        raise StorageError(f"{target} cannot be written: {exc.strerror or exc}") from exc
    finally:
        part.unlink(missing_ok=True)
    return generation


def import_index(
    generations: Generations, source: Path, *, replaces: bool, lock_timeout_seconds: float
) -> Generation:
    """Make an exported index the current generation.

    Raises ``UsageError`` where there is an index and it is not to be replaced, and
    ``IndexDamagedError`` for a file that is damaged or none; then nothing has changed.
    """
    if not source.is_file():
        raise UsageError(f"There is no file {source}")
    if generations.current_name() and not replaces:
        raise UsageError(
            f"{generations.root} holds an index already",
            hint="--replace makes the imported one current; `assistant rollback` returns",
        )
    with generations.writer(lock_timeout_seconds):
        name = generations.next_name()
        built = generations.begin(name)
        try:
            with zipfile.ZipFile(source) as package:
                manifest = _unpacked(package, built, source)
        except _BROKEN as exc:
            generations.discard()
            raise _no_index(source, str(exc)) from exc
        except OSError as exc:
            generations.discard()
            raise StorageError(f"{source} cannot be unpacked: {exc.strerror or exc}") from exc
        except (IndexDamagedError, IndexUnavailableError, StorageError):
            generations.discard()
            raise
        parent = generations.current_name()
        return generations.publish(built, replace(manifest, name=name, parent=parent))


def _unpacked(package: zipfile.ZipFile, built: Path, source: Path) -> Manifest:
    """Unpack what the manifest names, and compare it."""
    if package.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
        raise _no_index(source, "its manifest is too large")
    manifest = read_manifest(package.read(MANIFEST).decode("utf-8"), source)
    if manifest.collection:
        raise _no_index(source, "its vectors are on a server")
    needed = sum(int(told.partition(":")[0]) for told in manifest.files.values())
    free = shutil.disk_usage(built).free
    if needed > free:
        raise StorageError(
            f"{source.name} unpacks to {needed / 1e6:,.0f} MB, and {free / 1e6:,.0f} MB are free",
            hint="make room, or choose another index.path",
        )
    for name, told in manifest.files.items():
        parts = name.split("/")
        if any(part in ("", ".", "..") or set(part) & set("\\:\0") for part in parts):
            raise _no_index(source, f"the name {name!r}")
        target = built.joinpath(*parts)
        target.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        left = int(told.partition(":")[0])
        with package.open(name) as inner, target.open("xb") as file:
            while part := inner.read(_AT_ONCE):
                left -= len(part)
                if left < 0:
                    raise _no_index(source, f"{name} is longer than its manifest says")
                file.write(part)
    wrong = damage(built, manifest.files, inf)
    if wrong:
        raise _no_index(source, "; ".join(f"{n} {what}" for n, what in list(wrong.items())[:3]))
    return manifest


def _no_index(source: Path, why: str) -> IndexDamagedError:
    return IndexDamagedError(
        f"{source} is damaged, or no exported index: {why}",
        hint="export it again with `assistant index export`",
    )
