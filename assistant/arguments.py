"""Arguments of the public interface → checked, or a ``UsageError`` that names the value.

Types are looked at, because whoever calls from Python meets no other check.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from assistant.errors import UsageError
from assistant.text.visible import shown_value

_MOST_PASSAGES = 100_000


def checked_paths(name: str, paths: object) -> list[Path]:
    """One path, or several, with ``~`` spelt out."""
    if isinstance(paths, str | Path):
        paths = [paths]
    if isinstance(paths, bytes | Mapping) or not isinstance(paths, Iterable):
        raise UsageError(
            f"{name} = {shown_value(paths)} names no folders", hint="give texts or paths, in a list"
        )
    return [_checked_path(name, path) for path in paths]


def _checked_path(name: str, path: object) -> Path:
    if not isinstance(path, str | Path) or not str(path) or "\0" in str(path):
        raise UsageError(f"{name} holds {shown_value(path)}, which is no path")
    try:
        return Path(path).expanduser()
    except RuntimeError as exc:
        raise UsageError(
            f"The folder {shown_value(str(path))} cannot be found: {exc}",
            hint="write the whole path, or `./~…` for a folder whose name begins with ~",
        ) from exc


def check_limit(limit: object) -> None:
    """How many passages are wanted; None leaves it to the settings."""
    if limit is not None and (type(limit) is not int or not 1 <= limit <= _MOST_PASSAGES):
        raise UsageError(
            f"A limit of {shown_value(limit)} passages", hint=f"it is 1 to {_MOST_PASSAGES:,}"
        )


def check_address(name: str, value: object) -> None:
    """An address as text."""
    if not isinstance(value, str):
        raise UsageError(f"{name} = {shown_value(value)} is no text")


def check_callable(name: str, value: object) -> None:
    """What is called back."""
    if not callable(value):
        raise UsageError(f"{name} = {shown_value(value)} cannot be called")
