"""An address or an archive that a person names → copies in the index's folder of sources."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from assistant.errors import DocumentError, StorageError, UsageError
from assistant.private_files import FILE_MODE, FOLDER_MODE
from assistant.reading.kinds import KIND_OF_SUFFIX
from assistant.sources.archives import UnpackingLimits, is_archive, members_of
from assistant.sources.fetching import WebDoor, fetch
from assistant.sources.keeping import KeptSource, KeptSources
from assistant.text.visible import shown_value

_SUFFIX_OF_TYPE = {
    "text/html": ".html", "application/xhtml+xml": ".html", "application/pdf": ".pdf",
    "text/plain": ".txt", "text/markdown": ".md", "text/csv": ".csv", "application/json": ".json",
    "application/xml": ".xml", "text/xml": ".xml", "application/epub+zip": ".epub",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Added:
    """What came of a source: the copies, and what of an archive was left out, with the reason."""

    kept: tuple[KeptSource, ...]
    left_out: tuple[tuple[str, str], ...] = ()


def is_address(source: str) -> bool:
    """Whether a source is an address and not a path."""
    return source.lower().startswith(("http://", "https://"))


def add_source(
    source: str, sources: KeptSources, limits: UnpackingLimits, door: WebDoor | None = None
) -> Added:
    """Keep a page or the files of an archive.

    Raises ``UsageError`` for what is neither, and ``DocumentError`` for what cannot be read.
    """
    if is_address(source):
        return Added((_page(source, sources, limits.most_bytes, door),))
    path = Path(source)
    if not path.is_file():
        raise UsageError(
            f"{shown_value(source)} is no address of a page and no archive",
            hint="`assistant ingest FOLDER` indexes a folder, or a Maildir",
        )
    if not is_archive(path):
        raise UsageError(
            f"{shown_value(source)} is no archive (zip, tar)",
            hint=f"`assistant ingest {source}` indexes a file where it lies",
        )
    if path.stat().st_size > limits.most_bytes:
        raise DocumentError(
            f"{path.name} has {path.stat().st_size / 1e6:.1f} MB; documents.max_file_megabytes is "
            f"{limits.most_bytes / 1e6:g}",
            outcome="too_large",
        )
    return _archive(path, sources, limits)


def _page(source: str, sources: KeptSources, most_bytes: int, door: WebDoor | None) -> KeptSource:
    found = fetch(source, most_bytes, door=door)
    parts = urlsplit(found.address)
    path = PurePosixPath(unquote(parts.path))
    suffix = _SUFFIX_OF_TYPE.get(found.content_type, "")
    if not suffix and path.suffix.lower() in KIND_OF_SUFFIX:
        suffix = path.suffix.lower()
    if not suffix:
        raise DocumentError(
            f"{shown_value(found.address)} is of the type {shown_value(found.content_type)}, "
            "which cannot be read",
            outcome="unsupported",
        )
    name = "-".join([*path.with_suffix("").parts[1:], parts.query]).strip("-") or "index"
    return sources.keep(source, parts.hostname or "page", name, suffix, found.data)


def _archive(path: Path, sources: KeptSources, limits: UnpackingLimits) -> Added:
    """Unpack beside the other sources; a folder appears whole or not at all."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    source = str(path.resolve())
    before = [e for e in sources.entries() if e.source == source and e.sha256 == sha256]
    if before and all((sources.folder / each.file).exists() for each in before):
        return Added(tuple(_old(each) for each in before))
    sources.make()
    left_out: list[tuple[str, str]] = []
    size = 0
    try:
        with tempfile.TemporaryDirectory(dir=sources.folder, prefix=".unpacking-") as place:
            for member in members_of(path, limits):
                if member.problem:
                    left_out.append((member.name, member.problem))
                    continue
                problem = _write(Path(place), member.name, member.data)
                if problem:
                    left_out.append((member.name, problem))
                size += len(member.data)
            kept = sources.keep_folder(source, path.name, Path(place), sha256, size)
    except OSError as exc:
        raise StorageError(f"{path.name} cannot be unpacked: {exc.strerror or exc}") from exc
    return Added((kept,), tuple(left_out))


def _write(place: Path, name: str, data: bytes) -> str:
    """Write a member; why it cannot be written, or nothing."""
    target = place / name
    try:
        target.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    except FileExistsError:
        return "another file of the archive has its name"
    except NotADirectoryError:
        return "a file of the archive has the name of its folder"
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    return ""


def _old(kept: KeptSource) -> KeptSource:
    return KeptSource(kept.file, kept.source, kept.added, kept.sha256, kept.size, is_new=False)
