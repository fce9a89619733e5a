"""What harm is: measured from outside, after each hostile case, whatever the case says of itself.

A case runs in a folder of its own: ``index`` is where copies may lie, ``outside`` is what must stay
as it is. Harm is a file changed or made outside, a link or a strange file inside, a secret of this
machine in a copy or an answer, a program that ran, a call to another address than the one that
passes as public, an error that is none of ours, and too much time or disk.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant import AssistantError

SECRET = "canary-5f1c-of-this-machine"
RAN = "ran"
"""The name of the file that a program makes which should never run."""
MOST_SECONDS, MOST_BYTES = 30.0, 60_000_000
_calls: list[tuple[str, int]] = []
_is_watching = [False]


@dataclass(frozen=True, slots=True)
class HostileCase:
    """A name, what is done in a folder, the ports of this machine that pass as public, and what is
    laid ready in the folder before. ``run`` may return what was said to the person."""

    name: str
    run: Callable[[Path], object]
    allowed: tuple[int, ...] = ()
    prepare: Callable[[Path], object] = lambda _: None


def _note_call(event: str, arguments: tuple[object, ...]) -> None:
    if _is_watching[0] and event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple):
            _calls.append((str(address[0]), int(address[1])))


@cache
def _hook_in() -> None:
    """Once in a process: an audit hook cannot be taken out."""
    sys.addaudithook(_note_call)


@contextmanager
def _watched() -> Iterator[list[tuple[str, int]]]:
    _hook_in()
    _calls.clear()
    _is_watching[0] = True
    try:
        yield _calls
    finally:
        _is_watching[0] = False


def harm_of(case: HostileCase, folder: Path) -> list[str]:
    """The harms of a case, in words; none, if it did none."""
    outside = folder / "outside"
    outside.mkdir(parents=True)
    (outside / "secret.txt").write_text(SECRET, "utf-8")
    case.prepare(folder)
    before = _seen(folder)
    found: list[str] = []
    begun = time.monotonic()
    told: object = None
    with _watched() as calls:
        try:
            told = case.run(folder)
        except AssistantError as exc:
            told = exc
        except Exception as exc:
            found.append(f"an error that is none of ours: {type(exc).__name__}: {exc}")
    seconds = time.monotonic() - begun
    if seconds > MOST_SECONDS:
        found.append(f"it took {seconds:.0f} s")
    if SECRET in str(told) or "root:x:0" in str(told):
        found.append("a secret was told")
    for host, port in calls:
        if host != "127.0.0.1" or port not in case.allowed:
            found.append(f"{host}:{port} was called")
    after = _seen(folder)
    for path in sorted(set(before) | set(after)):
        is_copy = path.startswith("index/") or path == "index"
        if not is_copy and before.get(path) != after.get(path):
            found.append(f"{path} was made or changed")
    return found + _inside(folder / "index")


def _inside(index: Path) -> list[str]:
    found: list[str] = []
    size = 0
    for place, folders, files in os.walk(index):
        for name in (*folders, *files):
            path = Path(place, name)
            state = path.lstat()
            if not (stat.S_ISREG(state.st_mode) or stat.S_ISDIR(state.st_mode)):
                found.append(f"{path.name} is a link or a strange file")
                continue
            if state.st_mode & 0o7077 or (stat.S_ISREG(state.st_mode) and state.st_mode & 0o111):
                found.append(f"{path.name} has the mode {state.st_mode & 0o7777:o}")
            if stat.S_ISREG(state.st_mode):
                size += state.st_size
                data = path.read_bytes()
                if SECRET.encode() in data or b"root:x:0" in data:
                    found.append(f"{path.name} holds a secret of this machine")
    if size > MOST_BYTES:
        found.append(f"{size / 1e6:.0f} MB were written")
    return found


def _seen(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file and folder below, with its kind and, outside the index, its content."""
    seen = {}
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(place, name)
            inner = str(path.relative_to(folder))
            mode = path.lstat().st_mode
            is_read = stat.S_ISREG(mode) and not inner.startswith("index/")
            is_small = is_read and path.lstat().st_size < 5_000_000
            seen[inner] = (mode, path.read_bytes() if is_small else b"")
    return seen
