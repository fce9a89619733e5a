"""Folders → the files in them, with what the file system says of each; reads no content.

Only regular files inside the folder count. Hidden names, the index itself and excluded patterns
are passed over; links, pipes and devices are listed with the reason they are not read.
"""

from __future__ import annotations

import fnmatch
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import UsageError
from assistant.index.roots import Scope
from assistant.index.rows import FileState, place_of

if TYPE_CHECKING:  # its import takes .2 s, which the reading process does without
    from assistant.settings import DocumentSettings


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file under a folder. ``problem`` is (outcome, reason) when it cannot be a document.

    ``place`` is where it is; kept, because a plan asks for it eight times.
    """

    name: str
    root: str
    relative: str
    state: FileState
    problem: tuple[str, str] | None = None
    place: str = ""

    def __post_init__(self) -> None:
        if not self.place:
            object.__setattr__(self, "place", place_of(self.root, self.relative))


def scan(scopes: Iterable[Scope], settings: DocumentSettings, index_path: Path) -> list[FoundFile]:
    """All files of the scopes in the order of their paths; names are relative and may repeat.

    Raises ``UsageError`` for a folder that cannot be listed.
    """
    found: dict[str, FoundFile] = {}  # by place: folders may lie inside each other
    for scope in sorted(scopes, key=lambda each: len(each.root.parts)):  # the outer one names
        root, within = str(scope.root), str(scope.within)
        if scope.within.is_dir():
            entries = _walk(within, settings, os.path.realpath(index_path))
        else:
            entries = [within]
        below = len(root if root.endswith(os.sep) else root + os.sep)
        for place in entries:
            relative = place[below:].replace(os.sep, "/")
            if place != within and _is_excluded(relative, settings.exclude):
                continue
            file = _look(place, root, relative, settings)
            if file is not None:
                found.setdefault(place, file)
    return sorted(found.values(), key=lambda file: (file.relative, file.root))


def _walk(root: str, settings: DocumentSettings, index_path: str) -> list[str]:
    """The places of all files below a folder, and of what cannot be listed. Texts, for speed: see
    ``place_of``."""

    def stop(error: OSError) -> None:
        if error.filename == root:
            raise UsageError(
                f"The folder {root} cannot be listed: {error.strerror}",
                hint="check its permissions",
            ) from error
        unreadable.append(str(error.filename))

    unreadable: list[str] = []
    files: list[str] = []
    seen: set[tuple[int, int]] = set()
    walker = os.walk(root, onerror=stop, followlinks=settings.follow_symlinks)
    for folder, folders, names in walker:
        if settings.follow_symlinks:
            status = os.stat(folder)
            if (status.st_dev, status.st_ino) in seen:  # a loop of links
                folders.clear()
                continue
            seen.add((status.st_dev, status.st_ino))
        for name in list(folders):
            inner = os.path.join(folder, name)
            if name.startswith(".") or inner == index_path:
                folders.remove(name)
            elif not settings.follow_symlinks and os.path.islink(inner):
                files.append(inner)  # listed, so that the receipt can say it is a link
        folders.sort()
        files.extend(os.path.join(folder, name) for name in names if not name.startswith("."))
    return files + unreadable


def _look(place: str, root: str, relative: str, settings: DocumentSettings) -> FoundFile | None:
    try:
        relative.encode("utf-8")
    except UnicodeEncodeError:
        shown = os.fsencode(relative).decode("utf-8", "replace")
        reason = "its name is not valid UTF-8; rename the file"
        return FoundFile(shown, root, shown, FileState(0, 0, 0, 0), ("failed", reason))
    try:
        status = os.stat(place) if settings.follow_symlinks else os.lstat(place)
    except FileNotFoundError:
        return None  # gone since the folder was listed, or a link to nowhere
    except OSError as exc:
        problem = ("failed", f"cannot be looked at: {exc.strerror}")
        return FoundFile(relative, root, relative, FileState(0, 0, 0, 0), problem)
    state = FileState(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    outcome: tuple[str, str] | None = None
    if stat.S_ISLNK(status.st_mode):
        outcome = ("unsupported", "a symbolic link; documents.follow_symlinks would follow it")
    elif stat.S_ISDIR(status.st_mode):
        outcome = ("failed", "a folder that cannot be listed; check its permissions")
    elif not stat.S_ISREG(status.st_mode):
        outcome = ("unsupported", "not a regular file")
    elif status.st_size > settings.max_file_megabytes * 1_000_000:
        megabytes = status.st_size / 1_000_000
        outcome = (
            "too_large",
            f"{megabytes:.1f} MB; documents.max_file_megabytes is {settings.max_file_megabytes:g}",
        )
    return FoundFile(relative, root, relative, state, outcome, place)


def _is_excluded(relative: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(relative, pattern) for pattern in patterns)


def name_files(
    files: Sequence[FoundFile], current: Mapping[str, str], taken: Iterable[str]
) -> list[FoundFile]:
    """Give every file a name of its own: the relative path, unless another folder has it too.

    ``current`` are the names of documents by place, which they keep; ``taken`` the names of
    documents that are not looked at now. Then the folder's name goes in front.
    """
    used = set(taken)
    kept = {file.place: name for file in files if (name := _kept_name(file, current))}
    used.update(kept.values())
    named = []
    for file in files:
        name = kept.get(file.place, "")
        if not name:
            folder, number = Path(file.root).name, 1
            name = file.relative
            while name in used:
                suffix = "" if number == 1 else f"-{number}"
                name = f"{folder}{suffix}/{file.relative}"
                number += 1
            used.add(name)
        named.append(file if file.name == name else replace(file, name=name))
    return sorted(named, key=lambda file: file.name)


def _kept_name(file: FoundFile, current: Mapping[str, str]) -> str:
    name = current.get(file.place, "")
    return name if name == file.relative or name.endswith(f"/{file.relative}") else ""
