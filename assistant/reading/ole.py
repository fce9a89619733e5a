"""OLE files (old Office, Outlook): opened once, streams read within limits."""

from __future__ import annotations

import io
from typing import Any

from assistant.errors import DocumentError
from assistant.reading.writing import NO_DETAILS, Details

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class OleFile:
    """One OLE file in memory."""

    def __init__(self, data: bytes, name: str) -> None:
        import olefile  # type: ignore[import-untyped]

        self.name = name
        try:
            self._file: Any = olefile.OleFileIO(io.BytesIO(data))
            entries = self._file.listdir(streams=True, storages=False)
        except MemoryError:
            raise
        except Exception as exc:  # olefile meets damage with whatever Python raises
            raise DocumentError(f"{name} is a damaged OLE file: {exc}") from exc
        self._entries = {"/".join(entry).lower(): entry for entry in entries}
        self._length = len(data)

    @property
    def names(self) -> list[str]:
        """The paths of all streams, in small letters, parts joined by ``/``."""
        return list(self._entries)

    def __contains__(self, path: str) -> bool:
        return path.lower() in self._entries

    def read(self, path: str) -> bytes:
        """A stream's bytes; empty when it is not there. Raises ``DocumentError`` for damage."""
        entry = self._entries.get(path.lower())
        if entry is None:
            return b""
        try:
            # sectors may be chained in a circle: a stream is never longer than its file
            if self._file.get_size(entry) > self._length:
                raise OSError("a stream is longer than its file")
            content: bytes = self._file.openstream(entry).read()
        except MemoryError:
            raise
        except Exception as exc:  # as above
            raise DocumentError(f"{self.name} is damaged in {path}: {exc}") from exc
        return content

    def details(self) -> Details:
        """Title, author and date as the summary says; empty where it says nothing usable."""
        try:
            summary = self._file.get_metadata()
            codec = f"cp{summary.codepage}" if (summary.codepage or 0) > 0 else "cp1252"
            codec = "utf-8" if codec == "cp65001" else codec
            saved = summary.last_saved_time
            return Details(
                title=(summary.title or b"").decode(codec, "replace"),
                author=(summary.author or b"").decode(codec, "replace"),
                date=saved.date().isoformat() if saved is not None else "",
            )
        except MemoryError:
            raise
        except Exception:  # a broken summary costs the title, not the text
            return NO_DETAILS


def ole_kind(data: bytes, name: str) -> str:
    """Which program an OLE file is from: its kind here, ``encrypted`` or ``""``."""
    streams = OleFile(data, name).names
    if "worddocument" in streams:
        return "doc"
    if "powerpoint document" in streams:
        return "ppt"
    if "workbook" in streams or "book" in streams:
        return "xls"
    if "encryptedpackage" in streams:
        return "encrypted"
    return "msg" if "__properties_version1.0" in streams else ""
