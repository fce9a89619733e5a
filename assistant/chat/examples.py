"""Questions for the first screen; they belong to the folder that can answer them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from assistant.errors import DocumentError
from assistant.reading.opening import OpeningRules, read_file

FILE = ".questions.txt"
"""One question a line, at the top of a folder of documents; hidden, so it is no document."""

_MOST = 4
_LONGEST = 200
_ACCESS = OpeningRules(100_000, setting="the most of such a file")


def example_questions(folders: Iterable[Path]) -> tuple[str, ...]:
    """The first example questions of the folders; a file that cannot be read is skipped."""
    found: list[str] = []
    for folder in folders:
        try:
            data, _ = read_file(str(folder.resolve() / FILE), FILE, _ACCESS)
            lines = data.decode("utf-8").splitlines()
        except (DocumentError, OSError, UnicodeDecodeError):
            continue
        found += [line.strip() for line in lines if line.strip() and len(line) <= _LONGEST]
    return tuple(found[:_MOST])
