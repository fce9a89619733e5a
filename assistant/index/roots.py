"""Which folders a sync is about; pure but for asking whether a path exists and where links lead.

The index remembers every folder it was given: those of ``documents.paths`` (origin ``settings``)
and those named by hand (origin ``argument``). A folder named by hand brings only itself in line;
the others stay. A folder taken out of the settings takes its documents with it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import NoDocumentsError, UsageError
from assistant.text.visible import shown_value


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of the file system: names count from ``root``; only ``within`` is looked at."""

    root: Path
    within: Path

    def holds(self, place: str) -> bool:
        """Whether a file at this place lies in this scope."""
        return _holds(str(self.within), place)


@dataclass(frozen=True, slots=True)
class Roots:
    """``scopes`` to scan now, ``dropped`` folders whose documents go, ``missing`` ones whose
    documents stay because they cannot be looked at, and all folders ``after`` the sync."""

    scopes: tuple[Scope, ...]
    dropped: tuple[Path, ...]
    missing: tuple[Path, ...]
    after: Mapping[str, str]

    def in_scope(self, place: str) -> bool:
        """Whether a document at this place is this sync's business."""
        return any(scope.holds(place) for scope in self.scopes) or self.is_dropped(place)

    def is_dropped(self, place: str) -> bool:
        """Whether a document at this place goes because its folder is no longer named."""
        kept = any(_holds(root, place) for root in self.after)
        return not kept and any(_holds(str(root), place) for root in self.dropped)


def decide_roots(
    configured: Iterable[Path],
    stored: Mapping[str, str],
    named: Sequence[Path] | None,
    forget: Sequence[Path] = (),
) -> Roots:
    """The folders of a sync; ``named`` are those given by hand, None for all that are known.

    Raises ``UsageError`` for a folder that does not exist or was never known.
    """
    forgotten = [_real(path) for path in forget]
    for path in forgotten:
        if str(path) not in stored:
            raise UsageError(
                f"The index knows no folder {path}",
                hint=f"it knows {', '.join(sorted(stored)) or 'none'}",
            )
    remaining = {p: o for p, o in stored.items() if Path(p) not in forgotten}
    if named is None and forgotten:
        return Roots((), tuple(forgotten), (), remaining)
    if named is not None:
        return _named_roots(named, remaining, tuple(forgotten))
    return _known_roots(configured, remaining)


def _named_roots(
    named: Sequence[Path], stored: Mapping[str, str], dropped: tuple[Path, ...]
) -> Roots:
    after = dict(stored)
    scopes = []
    for path in dict.fromkeys(_real(p) for p in named):
        if not _exists(path):
            raise _does_not_exist(path)
        around = [Path(root) for root in stored if Path(root) in path.parents]
        if around:  # inside a folder that is known: names count from there
            scopes.append(Scope(min(around, key=lambda p: len(p.parts)), path))
        else:
            scopes.append(_whole(path))
            after.setdefault(str(path), "argument")
    return Roots(tuple(scopes), dropped, (), after)


def _known_roots(configured: Iterable[Path], stored: Mapping[str, str]) -> Roots:
    wanted = list(dict.fromkeys(_real(path) for path in configured))
    by_hand = [Path(p) for p, origin in stored.items() if origin == "argument"]
    after: dict[str, str] = {}
    scopes, missing = [], []
    for path in wanted:
        if _exists(path):
            scopes.append(_whole(path))
            after[str(path)] = "settings"
        elif str(path) in stored or not by_hand:
            raise _does_not_exist(path)
        # else: the default folder need not exist for someone who names folders by hand
    for path in by_hand:
        if str(path) in after:
            continue
        after[str(path)] = "argument"
        if _exists(path):
            scopes.append(_whole(path))
        else:
            missing.append(path)
    dropped = tuple(Path(p) for p, o in stored.items() if o == "settings" and p not in after)
    return Roots(tuple(scopes), dropped, tuple(missing), after)


def _real(path: Path) -> Path:
    """One path for one folder, however it was named: no ``..``, no links on the way.

    Raises ``UsageError`` for a name that no folder can have.
    """
    try:
        real = os.path.realpath(path)
        real.encode()  # the index keeps names of folders as UTF-8
    except ValueError as exc:
        raise UsageError(
            f"The folder {shown_value(str(path))} cannot be indexed: its path is not valid UTF-8",
            hint="rename it, or the folder around it that has such a name",
        ) from exc
    return Path(real)


def _exists(path: Path) -> bool:
    """Whether something is there. Raises ``UsageError`` where that cannot be told: a folder on the
    way that may not be entered, a name that is too long."""
    try:
        return path.exists()
    except OSError as exc:
        raise UsageError(
            f"The folder {shown_value(str(path))} cannot be looked at: {exc.strerror}",
            hint="check the name, and who may enter the folders on the way",
        ) from exc


def _whole(path: Path) -> Scope:
    return Scope(path.parent if path.is_file() else path, path)


def _holds(root: str, place: str) -> bool:
    return place == root or place.startswith(root if root.endswith(os.sep) else root + os.sep)


def _does_not_exist(path: Path) -> NoDocumentsError:
    return NoDocumentsError(
        f"The folder {path} does not exist",
        hint="name yours: `assistant ingest PATH`, or set documents.paths in config.yaml; "
        "if it is a drive, mount it first. Nothing was changed",
    )
