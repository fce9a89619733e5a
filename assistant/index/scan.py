"""Folders → the files in them, with what the file system says of each; reads no content.

Only regular files inside the folder count. Hidden names, the index itself and excluded patterns are
skipped; links, pipes, devices and other indexes are listed with the reason why they are not read.
"""

from __future__ import annotations

import errno
import fnmatch
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import UsageError
from assistant.index.roots import Scope
from assistant.index.rows import FileState, place_of, state_of
from assistant.reading.opening import OpeningRules, is_led_away, open_folder

if TYPE_CHECKING:
    from assistant.settings import DocumentSettings

_LONGEST_PLACE = 4095
"""Bytes that Linux takes as one path; folders below are opened step by step, ever more slowly."""

_INDEX = "an index of this program, which is no document"


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


def access_of(settings: DocumentSettings) -> OpeningRules:
    """How the files of these settings are opened."""
    most_bytes = int(min(settings.max_file_megabytes * 1_000_000, 2.0**62))
    return OpeningRules(most_bytes, settings.follow_symlinks)


def scan(scopes: Iterable[Scope], settings: DocumentSettings, index_path: Path) -> list[FoundFile]:
    """All files of the scopes in the order of their paths; names are relative and may repeat.

    Raises ``UsageError`` for a folder that cannot be listed.
    """
    access = access_of(settings)
    found: dict[str, FoundFile] = {}  # by place: folders may lie inside each other
    for scope in sorted(scopes, key=lambda each: len(each.root.parts)):  # the outer one names
        root, within = str(scope.root), str(scope.within)
        if scope.within.is_dir():
            entries = _walk(within, access, os.path.realpath(index_path))
        else:
            entries = _alone(within, access)
        below = len(root if root.endswith(os.sep) else root + os.sep)
        for place, status in entries:
            relative = place[below:].replace(os.sep, "/")
            if place != within and _is_excluded(relative, settings.exclude):
                continue
            found.setdefault(place, _look(place, root, relative, status, access))
    return sorted(found.values(), key=lambda file: (file.relative, file.root))


_Seen = tuple[str, "os.stat_result | str"]
"""A place (text, for speed: see ``place_of``), and what the file system says of it, or why it says
nothing."""


def _alone(place: str, access: OpeningRules) -> Iterator[_Seen]:
    try:
        yield place, os.stat(place, follow_symlinks=access.follows_links)
    except FileNotFoundError:
        return
    except OSError as exc:
        yield place, f"cannot be looked at: {exc.strerror}"


def _walk(root: str, access: OpeningRules, index_path: str) -> Iterator[_Seen]:
    """All files below a folder, and what cannot be listed.

    Each folder is opened without links in its path and asked for its files itself: one that was
    swapped for a link is not listed. Folders wait in a list, because a thousand of them inside each
    other are too deep for a recursion.
    """
    waiting, seen = [root], set[tuple[int, int]]()
    while waiting:
        folder = waiting.pop()
        try:
            listed = _list(folder, access, seen)
        except OSError as exc:
            if folder == root:
                raise UsageError(
                    f"The folder {root} cannot be listed: {exc.strerror}",
                    hint="check its permissions",
                ) from exc
            if not isinstance(exc, FileNotFoundError):
                yield folder, _unlisted(exc)
            continue
        if folder != root and _is_index({name for name, _ in listed}):
            yield folder, _INDEX
            continue
        inner = []
        for name, status in listed:
            place = os.path.join(folder, name)
            if isinstance(status, str) or not stat.S_ISDIR(status.st_mode):
                yield place, status
            elif place != index_path:
                inner.append(place)
        waiting += sorted(inner, reverse=True)


def _is_index(names: set[str]) -> bool:
    """Whether these names in a folder are those of an index, of another collection or before."""
    return {"CURRENT", "generations"} <= names or {"writer.lock", "building"} <= names


def _list(folder: str, access: OpeningRules, seen: set[tuple[int, int]]) -> list[_Seen]:
    """The names in a folder that are not hidden; none of a folder that was ``seen`` already, by a
    loop of links."""
    if len(os.fsencode(folder)) > _LONGEST_PLACE:
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), folder)
    descriptor = open_folder(folder, follows_links=access.follows_links)
    try:
        status = os.fstat(descriptor)
        if access.follows_links and (status.st_dev, status.st_ino) in seen:
            return []
        seen.add((status.st_dev, status.st_ino))
        found: list[_Seen] = []
        with os.scandir(descriptor) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                try:
                    found.append((entry.name, entry.stat(follow_symlinks=access.follows_links)))
                except FileNotFoundError:
                    continue  # gone since the folder was listed, or a link to nowhere
                except OSError as exc:
                    found.append((entry.name, f"cannot be looked at: {exc.strerror}"))
        return found
    finally:
        os.close(descriptor)


def _unlisted(error: OSError) -> str:
    if error.errno == errno.ENAMETOOLONG:
        return f"a folder whose path is longer than {_LONGEST_PLACE:,} bytes; move it further up"
    if is_led_away(error):
        return "a folder that is a link now, and was none when it was found"
    return "a folder that cannot be listed; check its permissions"


def _look(
    place: str, root: str, relative: str, status: os.stat_result | str, access: OpeningRules
) -> FoundFile:
    try:
        relative.encode("utf-8")
    except UnicodeEncodeError:
        shown = os.fsencode(relative).decode("utf-8", "replace")
        reason = "its name is not valid UTF-8; rename the file"
        return FoundFile(shown, root, shown, FileState(0, 0, 0, 0), ("failed", reason))
    if isinstance(status, str):
        told = ("unsupported" if status == _INDEX else "failed", status)
        return FoundFile(relative, root, relative, FileState(0, 0, 0, 0), told, place)
    outcome: tuple[str, str] | None = None
    if stat.S_ISLNK(status.st_mode):
        outcome = ("unsupported", "a symbolic link; documents.follow_symlinks would follow it")
    elif not stat.S_ISREG(status.st_mode):
        outcome = ("unsupported", "not a regular file")
    elif refusal := access.refusal(status.st_size):
        outcome = ("too_large", refusal)
    return FoundFile(relative, root, relative, state_of(status), outcome, place)


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
