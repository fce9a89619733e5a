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

from assistant.errors import UsageError
from assistant.index.roots import Scope
from assistant.index.store import FileState
from assistant.settings import DocumentSettings


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file under a folder. ``problem`` is (outcome, reason) when it cannot be a document."""

    name: str
    root: str
    relative: str
    state: FileState
    problem: tuple[str, str] | None = None

    @property
    def path(self) -> Path:
        """Where the file is."""
        return Path(self.root) / self.relative


def scan(scopes: Iterable[Scope], settings: DocumentSettings, index_path: Path) -> list[FoundFile]:
    """All files of the scopes in the order of their paths; names are relative and may repeat.

    Raises ``UsageError`` for a folder that cannot be listed.
    """
    found: dict[Path, FoundFile] = {}  # by full path: folders may lie inside each other
    for scope in sorted(scopes, key=lambda each: len(each.root.parts)):  # the outer one names
        if scope.within.is_dir():
            entries = _walk(scope.within, settings, Path(os.path.realpath(index_path)))
        else:
            entries = [scope.within]
        for path in entries:
            relative = path.relative_to(scope.root).as_posix()
            if path != scope.within and _is_excluded(relative, settings.exclude):
                continue
            file = _look(path, scope.root, relative, settings)
            if file is not None:
                found.setdefault(path, file)
    return sorted(found.values(), key=lambda file: (file.relative, file.root))


def _walk(root: Path, settings: DocumentSettings, index_path: Path) -> list[Path]:
    def stop(error: OSError) -> None:
        if Path(error.filename) == root:
            raise UsageError(
                f"The folder {root} cannot be listed: {error.strerror}",
                hint="check its permissions",
            ) from error
        unreadable.append(Path(error.filename))

    unreadable: list[Path] = []
    files: list[Path] = []
    seen: set[tuple[int, int]] = set()
    walker = os.walk(root, onerror=stop, followlinks=settings.follow_symlinks)
    for folder, folders, names in walker:
        here = Path(folder)
        if settings.follow_symlinks:
            status = here.stat()
            if (status.st_dev, status.st_ino) in seen:  # a loop of links
                folders.clear()
                continue
            seen.add((status.st_dev, status.st_ino))
        for name in list(folders):
            inner = here / name
            if name.startswith(".") or inner == index_path:
                folders.remove(name)
            elif inner.is_symlink() and not settings.follow_symlinks:
                files.append(inner)  # listed, so that the receipt can say it is a link
        folders.sort()
        files.extend(here / name for name in names if not name.startswith("."))
    return files + unreadable


def _look(path: Path, root: Path, relative: str, settings: DocumentSettings) -> FoundFile | None:
    try:
        relative.encode("utf-8")
    except UnicodeEncodeError:
        shown = os.fsencode(relative).decode("utf-8", "replace")
        reason = "its name is not valid UTF-8; rename the file"
        return FoundFile(shown, str(root), shown, FileState(0, 0, 0, 0), ("failed", reason))
    try:
        link = path.is_symlink()
        status = path.stat() if settings.follow_symlinks else path.lstat()
    except FileNotFoundError:
        return None  # gone since the folder was listed, or a link to nowhere
    except OSError as exc:
        problem = ("failed", f"cannot be looked at: {exc.strerror}")
        return FoundFile(relative, str(root), relative, FileState(0, 0, 0, 0), problem)
    state = FileState(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    outcome: tuple[str, str] | None = None
    if link and not settings.follow_symlinks:
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
    return FoundFile(relative, str(root), relative, state, outcome)


def _is_excluded(relative: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(relative, pattern) for pattern in patterns)


def name_files(
    files: Sequence[FoundFile], current: Mapping[Path, str], taken: Iterable[str]
) -> list[FoundFile]:
    """Give every file a name of its own: the relative path, unless another folder has it too.

    ``current`` are the names of documents by path, which they keep; ``taken`` the names of
    documents that are not looked at now. Then the folder's name goes in front.
    """
    used = set(taken)
    kept = {file.path: current[file.path] for file in files if _keeps(file, current)}
    used.update(kept.values())
    named = []
    for file in files:
        name = kept.get(file.path, "")
        if not name:
            folder, number = Path(file.root).name, 1
            name = file.relative
            while name in used:
                suffix = "" if number == 1 else f"-{number}"
                name = f"{folder}{suffix}/{file.relative}"
                number += 1
            used.add(name)
        named.append(replace(file, name=name))
    return sorted(named, key=lambda file: file.name)


def _keeps(file: FoundFile, current: Mapping[Path, str]) -> bool:
    name = current.get(file.path, "")
    return name == file.relative or name.endswith(f"/{file.relative}")
