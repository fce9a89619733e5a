"""The file behind a document → its bytes, as long as they are those that were indexed.

The file is read twice in parts of a megabyte, so a large one costs no memory: once for its hash,
once to send it. The last part is held back until the hash of the second reading fits too: a file
that is swapped meanwhile is broken off.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from assistant.errors import DocumentError
from assistant.reading.opening import OpeningRules, file_parts
from assistant.text.visible import one_line
from assistant.types import Source


@dataclass(frozen=True, slots=True)
class OriginalFile:
    """A file to send: its length, its name for ``Content-Disposition``, and its parts."""

    length: int
    disposition: str
    parts: Iterator[bytes]


def original_file(source: Source, access: OpeningRules) -> OriginalFile:
    """The file of a document.

    Raises ``DocumentError`` when it is gone, or is another one than was indexed.
    """
    digest, length = hashlib.sha256(), 0
    for part in file_parts(source.path, source.name, access):
        digest.update(part)
        length += len(part)
    if digest.hexdigest() != source.sha256:
        raise _changed(source)
    return OriginalFile(length, _disposition(source.name), _checked(source, access))


def _checked(source: Source, access: OpeningRules) -> Iterator[bytes]:
    digest, held = hashlib.sha256(), b""
    for part in file_parts(source.path, source.name, access):
        digest.update(part)
        if held:
            yield held
        held = part
    if digest.hexdigest() != source.sha256:
        raise _changed(source)
    yield held


def _changed(source: Source) -> DocumentError:
    return DocumentError(
        f"{source.name} has changed since it was indexed", hint="sync the folder, then open it anew"
    )


def _disposition(name: str) -> str:
    """Always a download: opened in a page of this server, a file could act in its name."""
    last = one_line(name).rpartition("/")[2] or "document"
    return f"attachment; filename*=UTF-8''{quote(last, safe='')}"
