"""What was added → files in a folder of the index, dated, with the hash of what came.

The folder is an ordinary one for an ingest. ``.added.jsonl`` beside the files says where each came
from and when; it begins with a dot, so it is no document.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.errors import StorageError
from assistant.private_files import FILE_MODE, FOLDER_MODE, make_private
from assistant.text.folding import fold

FOLDER, LOG = "sources", ".added.jsonl"
_SIGNS = re.compile(r"[^\w-]+")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class KeptSource:
    """A copy: the file's path below the folder, where it came from, when, and its SHA-256.
    ``is_new`` is false where the same bytes were kept before."""

    file: str
    source: str
    added: str
    sha256: str
    size: int
    is_new: bool = True


class KeptSources:
    """The folder ``sources`` of an index."""

    def __init__(self, index_path: Path) -> None:
        self.folder = index_path / FOLDER

    def make(self) -> None:
        """Make the folder, for this user alone. Raises ``StorageError``."""
        try:
            make_private(self.folder)
        except OSError as exc:
            raise StorageError(f"{self.folder} cannot be made: {exc.strerror}") from exc

    def entries(self) -> Iterator[KeptSource]:
        """What was added before; a line that is none is left out."""
        try:
            lines = (self.folder / LOG).read_text(encoding="utf-8").splitlines()
        except (FileNotFoundError, UnicodeDecodeError):
            return
        for line in lines:
            try:
                yield KeptSource(**json.loads(line))
            except (ValueError, TypeError):
                continue

    def keep(self, source: str, folder: str, name: str, suffix: str, data: bytes) -> KeptSource:
        """Write a copy as ``folder/name-DATE.suffix``; the same bytes of a source are kept once."""
        sha256 = hashlib.sha256(data).hexdigest()
        for each in self.entries():
            is_here = (self.folder / each.file).is_file()
            if each.source == source and each.sha256 == sha256 and is_here:
                return KeptSource(each.file, source, each.added, sha256, each.size, is_new=False)
        self.make()
        now = datetime.datetime.now(datetime.UTC)
        place = self.folder / safe_name(folder)
        stem = f"{safe_name(name)}-{now:%Y-%m-%d}"
        try:
            place.mkdir(mode=FOLDER_MODE, exist_ok=True)
            path = _written(place, stem, suffix, data)
            kept = KeptSource(
                f"{place.name}/{path.name}", source, now.isoformat(timespec="seconds"), sha256,
                len(data),
            )  # fmt: skip
            self.log(kept)
        except OSError as exc:
            raise StorageError(f"{place} cannot be written: {exc.strerror}") from exc
        return kept

    def keep_folder(
        self, source: str, name: str, place: Path, sha256: str, size: int
    ) -> KeptSource:
        """Move a folder of unpacked files to ``name-DATE``. Raises ``OSError``."""
        now = datetime.datetime.now(datetime.UTC)
        stem = f"{safe_name(name)}-{now:%Y-%m-%d}"
        for number in range(1, 1000):
            target = self.folder / f"{stem}{'' if number == 1 else f'.{number}'}"
            try:
                target.mkdir(mode=FOLDER_MODE)
            except FileExistsError:
                continue
            for each in sorted(place.iterdir()):
                os.rename(each, target / each.name)
            kept = KeptSource(target.name, source, now.isoformat(timespec="seconds"), sha256, size)
            self.log(kept)
            return kept
        raise StorageError(f"{self.folder} holds too many copies of {stem}")

    def log(self, kept: KeptSource) -> None:
        """Note where a copy came from."""
        line = json.dumps(asdict(kept), ensure_ascii=False) + "\n"
        descriptor = os.open(self.folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, FILE_MODE)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(line)


def _written(place: Path, stem: str, suffix: str, data: bytes) -> Path:
    """A new file; a number is added where one of that day is there."""
    for number in range(1, 1000):
        path = place / f"{stem}{'' if number == 1 else f'.{number}'}{suffix}"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        except FileExistsError:
            continue
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        return path
    raise StorageError(f"{place} holds too many copies of {stem}")


def safe_name(text: str) -> str:
    """Letters, digits and dashes of a text: never a path, never hidden, never empty."""
    bare = _SIGNS.sub("-", fold(text)).strip("-_")
    return bare[:_LONGEST_NAME].strip("-_") or "page"
