"""Watched folders → a sync whenever files changed and no further change follows.

The watcher only decides *when*: the sync has the same plan and receipt as one started by hand. So a
lost, doubled or irrelevant event costs at most one sync without changes. File systems without
events (network drives) are checked periodically.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.errors import AssistantError
from assistant.settings import WatchSettings
from assistant.types import SyncReceipt

_TICK_SECONDS = 1.0
"""How often it is looked whether a folder was replaced, a sync is due again, or all must end."""

_LONGEST_WAIT = 20
"""A folder that never comes to rest is synced after so many times the quiet that is asked for."""

_AGAIN_SECONDS = 5.0
"""After a sync that could not be done (another writer, an emptied folder) it is tried again."""

Tell = Callable[[SyncReceipt | AssistantError], None]


class Watcher:
    """Syncs until it is told to stop; ``run`` is the page to read first."""

    def __init__(
        self,
        sync: Callable[[], SyncReceipt],
        folders: Callable[[], Sequence[Path]],
        index_path: Path,
        settings: WatchSettings,
        tell: Tell,
        stop: threading.Event,
    ) -> None:
        self._sync = sync
        self._folders = folders
        self._index = os.path.realpath(index_path)
        self._settings = settings
        self._tell = tell
        self._stop = stop
        self._told = ""
        self._last = 0.0
        self._wait = settings.rescan_seconds

    def run(self) -> None:
        """Sync once, then after every change. A failed sync is reported and retried."""
        import watchfiles

        self.sync_once()
        while not self._stop.is_set():
            folders = _watchable(self._folders())
            if not folders:
                self._stop.wait(_TICK_SECONDS)
                continue
            seen = _identities(folders)
            self._last = 0.0  # what changed before the watch began is found by a sync
            quiet = int(self._settings.quiet_seconds * 1000)
            for changes in watchfiles.watch(
                *folders,
                watch_filter=lambda _, path: self.counts(path),
                debounce=_LONGEST_WAIT * quiet,
                step=quiet,
                rust_timeout=int(_TICK_SECONDS * 1000),
                yield_on_timeout=True,
                stop_event=self._stop,
                raise_interrupt=True,
                ignore_permission_denied=True,
            ):
                if changes or time.monotonic() - self._last >= self._wait:
                    self.sync_once()
                if _identities(folders) != seen:
                    break  # a folder was removed or replaced: the old watch hangs on its ghost

    def sync_once(self) -> None:
        """One sync; tells what it did unless that was nothing, or the same as before."""
        self._wait = self._settings.rescan_seconds
        try:
            receipt = self._sync()
        except AssistantError as exc:
            self._wait = min(self._wait, _AGAIN_SECONDS)
            if str(exc) != self._told:
                self._told = str(exc)
                self._tell(exc)
        else:
            problems = sorted(
                (file.document, file.outcome, file.reason)
                for file in receipt.files
                if file.outcome not in ("indexed", "renamed", "deleted", "unchanged")
            )
            has_changed = any(receipt.count(o) for o in ("indexed", "renamed", "deleted"))
            if has_changed or str(problems) != self._told:
                self._tell(receipt)
            self._told = str(problems)
        self._last = time.monotonic()

    def counts(self, path: str) -> bool:
        """Whether a changed path can be a document: not the index itself, nor a hidden name."""
        real = os.path.realpath(path)
        if real == self._index or real.startswith(self._index + os.sep):
            return False
        return not os.path.basename(path).startswith(".")


def _watchable(paths: Sequence[Path]) -> list[Path]:
    """The folders to watch: a file's own folder, because editors replace the file itself."""
    folders = {path if path.is_dir() else path.parent for path in paths}
    return sorted(folder for folder in folders if folder.is_dir())


def _identities(folders: Sequence[Path]) -> list[tuple[int, int] | None]:
    found: list[tuple[int, int] | None] = []
    for folder in folders:
        try:
            status = folder.stat()
            found.append((status.st_dev, status.st_ino))
        except OSError:
            found.append(None)
    return found
