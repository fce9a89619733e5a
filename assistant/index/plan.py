"""The plan of a sync: compares the files found with the documents stored. Pure.

No file is read here. Where times and sizes leave a doubt, a function that is passed in gives the
file's hash. A document out of scope is never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from os import sep
from pathlib import PurePath

from assistant.index.rows import FileState, NotIndexed, StoredDocument
from assistant.index.scan import FoundFile
from assistant.reading.plain import name_title
from assistant.types import Action

_CLOCK_GRAIN_NS = 2_000_000_000
"""File times can be this coarse (FAT); a file touched so shortly before it was read is hashed."""

_SETTLED = frozenset({"empty", "needs_ocr", "password", "unsupported", "too_large"})
"""Outcomes that an unchanged file has again under the same settings; ``failed`` is retried."""

Hasher = Callable[[FoundFile], str]
"""The SHA-256 of a file's bytes, or an empty text when it cannot be read."""


UNREAD = "|unread by "
"""Stands in the reading of a document with pages that need OCR, before the name of what could not
read them; nothing follows when no recogniser was there."""

IsCurrent = Callable[[StoredDocument, str], bool]
"""Whether a document was read as it would be now under a place's name."""


@dataclass(frozen=True, slots=True)
class Step:
    """One file's part of a plan.

    ``stored`` is the document as indexed now, if it is; ``known`` the earlier outcome of a file
    that is not indexed.
    """

    action: Action
    name: str
    file: FoundFile | None = None
    stored: StoredDocument | None = None
    known: NotIndexed | None = None
    reason: str = ""

    @property
    def has_moved(self) -> bool:
        """Whether a stored document has another name or place now."""
        if self.file is None or self.stored is None:
            return False
        before = (self.stored.name, self.stored.root, self.stored.relative)
        return before != (self.file.name, self.file.root, self.file.relative)

    @property
    def is_touched(self) -> bool:
        """Whether a file has its old content and other times, or times that were not trusted."""
        if self.action != "unchanged" or self.file is None or self.stored is None:
            return False
        return not same_state(self.file.state, self.stored.state)

    @property
    def has_another_day(self) -> bool:
        """Whether a touched file's time makes its document another day old: filters ask for it."""
        if not self.is_touched or self.file is None or self.stored is None:
            return False
        return replace(self.stored, state=self.file.state).day != self.stored.day


def make_plan(
    files: Sequence[FoundFile],
    stored: Iterable[StoredDocument],
    not_indexed: Iterable[NotIndexed],
    *,
    in_scope: Callable[[str], bool],
    reading: str,
    refusing: str,
    hasher: Hasher,
    added: Callable[[str], str] = lambda relative: "",
    recogniser: str = "",
) -> list[Step]:
    """Steps in the order of names: one per file found and one per document gone.

    ``in_scope`` says of a place whether this sync looked there; ``reading`` names the readers and
    the chunking: a document stored under another is read again. ``refusing`` names all that decides
    whether a file is refused: one that was refused under another is tried again. ``added`` tells
    of a name the reader that is not ours, which is a part of both. ``recogniser`` names what reads
    pictures now, if anything does: a document with pages that another could not read is read again.
    """

    def is_current(document: StoredDocument, relative: str) -> bool:
        by, _, failed = document.reading.partition(UNREAD)
        stays = UNREAD not in document.reading or not recogniser or failed == recogniser
        return by == reading + added(relative) and stays

    documents = {document.place: document for document in stored}
    known = {each.place: each for each in not_indexed}
    present = {file.place for file in files}
    shut = tuple(file.place + sep for file in files if file.problem and file.problem[0] == "failed")
    unseen = {
        place: document
        for place, document in documents.items()
        if place not in present and in_scope(place)
    }
    hidden = {place: d for place, d in unseen.items() if place.startswith(shut)}
    gone = {place: d for place, d in unseen.items() if place not in hidden}
    by_hash: dict[str, list[StoredDocument]] = {}
    for lost in gone.values():
        by_hash.setdefault(lost.sha256, []).append(lost)
    steps: list[Step] = []
    for file in files:
        place = file.place
        document = documents.get(place)
        if file.problem is not None:
            steps.append(Step("skip", file.name, file, document, known.get(place), file.problem[1]))
        elif document is not None:
            steps.append(_compare(file, document, is_current, hasher))
        elif place in known and _is_settled(file, known[place], refusing + added(file.relative)):
            steps.append(Step("unchanged", file.name, file, None, known[place]))
        else:
            source = _renamed_from(file, by_hash, is_current, hasher)
            if source is not None:
                del gone[source.place]
                was = f"was {source.name}"
                if _has_title_of_its_name(source, file.relative):
                    steps.append(Step("change", file.name, file, source, reason=was))
                else:
                    steps.append(Step("rename", file.name, file, source, reason=was))
            else:
                retry = place in known and known[place].outcome == "failed"
                steps.append(Step("retry" if retry else "add", file.name, file, None))
    steps.extend(
        Step("delete", lost.name, None, lost, reason="no longer in its folder")
        for lost in gone.values()
    )
    steps.extend(
        Step("unchanged", document.name, None, document, reason="its folder cannot be listed")
        for document in hidden.values()
    )
    return sorted(steps, key=lambda step: (step.name, step.action))


def same_state(found: FileState, stored: FileState) -> bool:
    """Whether times and size prove that a file is the one that was read."""
    same = (found.size, found.mtime_ns, found.ctime_ns, found.inode) == (
        stored.size, stored.mtime_ns, stored.ctime_ns, stored.inode,
    )  # fmt: skip
    youngest = max(stored.mtime_ns, stored.ctime_ns)
    return same and youngest + _CLOCK_GRAIN_NS < stored.checked_ns


def _compare(
    file: FoundFile, document: StoredDocument, is_current: IsCurrent, hasher: Hasher
) -> Step:
    moved = (document.name, document.root) != (file.name, file.root)
    if not is_current(document, file.relative):
        return Step("change", file.name, file, document, reason="chunking or readers changed")
    if same_state(file.state, document.state):
        action: Action = "rename" if moved else "unchanged"
        return Step(
            action, file.name, file, document, reason=f"was {document.name}" if moved else ""
        )
    sha256 = hasher(file)
    if sha256 == document.sha256:
        action = "rename" if moved else "unchanged"
        return Step(
            action, file.name, file, document, reason=f"was {document.name}" if moved else ""
        )
    return Step("change", file.name, file, document, reason="content changed")


def _is_settled(file: FoundFile, known: NotIndexed, refusing: str) -> bool:
    return (
        known.outcome in _SETTLED
        and known.refusing == refusing
        and same_state(file.state, known.state)
    )


def _renamed_from(
    file: FoundFile,
    by_hash: Mapping[str, list[StoredDocument]],
    is_current: IsCurrent,
    hasher: Hasher,
) -> StoredDocument | None:
    """The missing document whose exact content appeared in another file: a rename.

    Another suffix is another reader, or none: that is no renaming. Without a suffix the name is
    what chooses the reader.
    """
    if not any(d.state.size == file.state.size for ds in by_hash.values() for d in ds):
        return None
    candidates = by_hash.get(hasher(file), [])
    for document in candidates:
        same = _reader(document.relative) == _reader(file.relative)
        if same and is_current(document, file.relative):
            candidates.remove(document)
            return document
    return None


def _reader(relative: str) -> str:
    """What of a name may choose the reader."""
    path = PurePath(relative)
    return path.suffix.lower() or path.name.lower()


def _has_title_of_its_name(document: StoredDocument, relative: str) -> bool:
    """Whether a document would be called otherwise under another name, and is to be read again: its
    title is searched, and indexed with each chunk."""
    named = (name_title(document.relative), document.relative)
    return document.title in named and name_title(relative) != document.title


def checked(file: FoundFile, now_ns: int) -> FileState:
    """A file's state with the time at which it was read."""
    return replace(file.state, checked_ns=now_ns)
