"""What a person names (a page, a sitemap, an archive, a repository) → copies beside the index."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import get_args
from urllib.parse import unquote, urlsplit

from assistant.errors import DocumentError, StorageError, UsageError
from assistant.private_files import FILE_MODE, FOLDER_MODE
from assistant.reading.kinds import KIND_OF_SUFFIX
from assistant.sources import DEFAULT_PAGES, MOST_PAGES, SourceKind
from assistant.sources.archives import Member, UnpackingLimits, is_archive, members_of
from assistant.sources.fetching import Fetched, WebDoor, fetch
from assistant.sources.keeping import KeptSource, KeptSources
from assistant.sources.repositories import RepositoryLimits, opened
from assistant.sources.sitemaps import VisitLimits, pages_of
from assistant.text.visible import shown_value

_SUFFIX_OF_TYPE = {
    "text/html": ".html", "application/xhtml+xml": ".html", "application/pdf": ".pdf",
    "text/plain": ".txt", "text/markdown": ".md", "text/csv": ".csv", "application/json": ".json",
    "application/xml": ".xml", "text/xml": ".xml", "application/epub+zip": ".epub",
}  # fmt: skip


_MOST_TOLD = 100


@dataclass(frozen=True, slots=True)
class Added:
    """What came of a source: the copies, and what of an archive was left out, with the reason."""

    kept: tuple[KeptSource, ...]
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class NamedSource:
    """What a person names. Nothing is a sitemap or a repository unless the person says so: a page
    or a file never does. ``revision`` is that of a repository, ``most_pages`` those of a sitemap.
    """

    source: str
    kind: SourceKind = "auto"
    revision: str = "HEAD"
    most_pages: int = DEFAULT_PAGES


def is_address(source: str) -> bool:
    """Whether a source is an address and not a path."""
    return source.lower().startswith(("http://", "https://"))


def add_source(
    named: NamedSource, sources: KeptSources, limits: UnpackingLimits, door: WebDoor | None = None
) -> Added:
    """Keep a page, the pages of a sitemap, or the files of an archive or a repository.

    Raises ``UsageError`` for what is none of them, and ``DocumentError`` for what cannot be read.
    """
    source = named.source
    if not source.strip():
        raise UsageError("The source is empty", hint="name an address, a file or a folder")
    if named.kind not in get_args(SourceKind):
        raise UsageError(
            f"The kind {shown_value(named.kind)} is none",
            hint=f"kinds: {', '.join(get_args(SourceKind))}",
        )
    if named.kind == "repository":
        return _repository(named, sources, limits, door)
    if named.kind == "sitemap":
        return _sitemap(named, sources, limits, door)
    if is_address(source):
        return Added((_page(source, fetch(source, limits.most_bytes, door=door), sources),))
    path = Path(source)
    if not path.is_file():
        raise UsageError(
            f"{shown_value(source)} is no address of a page and no archive",
            hint="`assistant ingest FOLDER` indexes a folder, or a Maildir; "
            "`assistant add --git FOLDER` a repository at a commit",
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


def _page(source: str, found: Fetched, sources: KeptSources) -> KeptSource:
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


def _sitemap(
    named: NamedSource, sources: KeptSources, limits: UnpackingLimits, door: WebDoor | None
) -> Added:
    if not is_address(named.source):
        raise UsageError(
            f"{shown_value(named.source)} is no address of a sitemap",
            hint="for example https://www.example.org/sitemap.xml",
        )
    most_pages = named.most_pages
    if isinstance(most_pages, bool) or not isinstance(most_pages, int):
        raise UsageError(f"most_pages must be a whole number, not {shown_value(most_pages)}")
    if not 1 <= most_pages <= MOST_PAGES:
        raise UsageError(f"most_pages is {most_pages}; it may be 1 to {MOST_PAGES:,}")
    kept: list[KeptSource] = []
    left_out: list[tuple[str, str]] = []
    for visited in pages_of(named.source, VisitLimits(most_pages, limits.most_bytes), door):
        problem = visited.problem
        if visited.page is not None:
            try:
                kept.append(_page(visited.address, visited.page, sources))
            except DocumentError as exc:
                problem = exc.what
        if problem:
            left_out.append((visited.address, problem))
    return Added(tuple(kept), _told(left_out))


def _archive(path: Path, sources: KeptSources, limits: UnpackingLimits) -> Added:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    source = str(path.resolve())
    before = _before(sources, source, sha256)
    return before or _folder(source, path.name, members_of(path, limits), sources, sha256)


def _repository(
    named: NamedSource, sources: KeptSources, limits: UnpackingLimits, door: WebDoor | None
) -> Added:
    """Keep the files of a commit; of a commit that was kept before, nothing is read."""
    if not is_address(named.source):
        source = str(Path(named.source).resolve()) if "://" not in named.source else named.source
    else:
        source = named.source
    with opened(source, named.revision, RepositoryLimits(limits.most_bytes), door) as repository:
        name = PurePosixPath(urlsplit(source).path if is_address(source) else source).stem
        full = f"{source}@{repository.commit}"
        before = _before(sources, full)
        title = f"{name}-{repository.commit[:12]}"
        return before or _folder(full, title, repository.files(), sources)


def _before(sources: KeptSources, source: str, sha256: str = "") -> Added | None:
    """What the same source gave before, where it is still there."""
    before = [
        each for each in sources.entries()
        if each.source == source and (not sha256 or each.sha256 == sha256)
        and (sources.folder / each.file).exists()
    ]  # fmt: skip
    return Added(tuple(_old(each) for each in before[-1:])) if before else None


def _folder(
    source: str, name: str, members: Iterable[Member], sources: KeptSources, sha256: str = ""
) -> Added:
    """Unpack beside the other sources; a folder appears whole or not at all. Without the hash of
    what came it is that of the files' names and hashes."""
    sources.make()
    left_out: list[tuple[str, str]] = []
    size = 0
    hashes: list[str] = []
    try:
        with tempfile.TemporaryDirectory(dir=sources.folder, prefix=".unpacking-") as place:
            for member in members:
                problem = member.problem or _write(Path(place), member.name, member.data)
                if problem:
                    left_out.append((member.name, problem))
                    continue
                size += len(member.data)
                hashes.append(f"{hashlib.sha256(member.data).hexdigest()} {member.name}\n")
            whole = sha256 or hashlib.sha256("".join(sorted(hashes)).encode()).hexdigest()
            kept = sources.keep_folder(source, name, Path(place), whole, size)
    except OSError as exc:
        raise StorageError(
            f"{shown_value(name)} cannot be unpacked: {exc.strerror or exc}"
        ) from exc
    return Added((kept,), _told(left_out))


def _told(left_out: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The first of what was left out, and how many more there are."""
    more = len(left_out) - _MOST_TOLD
    if more <= 0:
        return tuple(left_out)
    return (*left_out[:_MOST_TOLD], ("…", f"{more:,} more were left out"))


def _write(place: Path, name: str, data: bytes) -> str:
    """Write a member; why it cannot be written, or nothing."""
    target = place / name
    try:
        target.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    except FileExistsError:
        return "another file has its name"
    except NotADirectoryError:
        return "a file has the name of its folder"
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    return ""


def _old(kept: KeptSource) -> KeptSource:
    return KeptSource(kept.file, kept.source, kept.added, kept.sha256, kept.size, is_new=False)
