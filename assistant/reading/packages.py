"""Zip packages (OOXML, OpenDocument, EPUB) → their parts, with the unpacked size held in check.

What an archive says about its sizes is not believed: bytes are counted while they are unpacked.
Nothing is ever written to disk, so names inside cannot lead anywhere.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from typing import Any
from urllib.parse import unquote

from assistant.errors import DocumentError
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits, too_large
from assistant.reading.safexml import attribute, children, parse_xml
from assistant.reading.writing import Details

_STEP = 1 << 18
_MAX_MEMBERS = 50_000


class ZipPackage:
    """One zip file in memory."""

    def __init__(self, data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> None:
        self.name = name
        self._allowance = limits.unpacked_bytes(len(data))
        self._ratio = limits.max_expansion
        self._unpacked = 0
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            members = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, OSError) as exc:
            raise DocumentError(f"{name} is a damaged package: {exc}") from exc
        if len(members) > _MAX_MEMBERS:
            raise too_large(name, f"holds {len(members):,} parts", "max_expansion")
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in members:
            self._members.setdefault(_key(member.filename), member)

    @property
    def names(self) -> list[str]:
        """The names of all parts as they are written."""
        return [member.filename.replace("\\", "/") for member in self._members.values()]

    def __contains__(self, part: str) -> bool:
        return _key(part) in self._members

    def has_pictures(self) -> bool:
        """Whether some part is a picture; words may be in it that nobody can read here."""
        ends = (".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".bmp", ".emf", ".wmf", ".webp")
        return any(name.endswith(ends) and "thumbnail" not in name for name in self._members)

    def read(self, part: str) -> bytes:
        """A part's bytes. Raises ``DocumentError`` when it is missing, damaged or too large."""
        member = self._members.get(_key(part))
        if member is None:
            raise DocumentError(f"{self.name} lacks its part {part}")
        if member.flag_bits & 1:
            raise DocumentError(
                f"{self.name} is protected by a password",
                hint="save a copy without the password",
                outcome="password",
            )
        if member.file_size > self._allowance - self._unpacked:
            raise self._bomb()
        pieces: list[bytes] = []
        try:
            with self._zip.open(member) as stream:
                while piece := stream.read(_STEP):
                    self._unpacked += len(piece)
                    if self._unpacked > self._allowance:
                        raise self._bomb()
                    pieces.append(piece)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as exc:
            raise DocumentError(f"{self.name} is damaged in its part {part}: {exc}") from exc
        return b"".join(pieces)

    def xml(self, part: str) -> Any:
        """A part's root element."""
        return parse_xml(self.read(part), self.name)

    def optional_xml(self, part: str) -> Any:
        """The root of a part that may be missing or broken without the text being lost, or None."""
        if not part or part not in self:
            return None
        try:
            return self.xml(part)
        except DocumentError as exc:
            if exc.outcome == "failed":
                return None
            raise

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """OOXML relations of a part: id → (the type's last word, the part it leads to)."""
        folder, base = posixpath.split(part)
        root = self.optional_xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        found: dict[str, tuple[str, str]] = {}
        if root is None:
            return found
        for each in children(root, "Relationship"):
            if attribute(each, "TargetMode") == "External":
                continue
            target = unquote(attribute(each, "Target"))
            path = target if target.startswith("/") else posixpath.join(folder, target)
            kind = attribute(each, "Type").rpartition("/")[2]
            found[attribute(each, "Id")] = (kind, posixpath.normpath(path).lstrip("/"))
        return found

    def main_part(self, fallback: str) -> str:
        """The part an OOXML package is about."""
        for kind, part in self.relations("").values():
            if kind == "officeDocument" and part in self:
                return part
        return fallback

    def details(self) -> Details:
        """Title, author, date and language of an OOXML package, as far as they are given."""
        root = self.optional_xml("docProps/core.xml")
        values: dict[str, str] = {}
        if root is not None:
            for element in root:
                if isinstance(element.tag, str) and element.text:
                    values[element.tag.rpartition("}")[2]] = element.text.strip()
        return Details(
            title=values.get("title", ""),
            author=values.get("creator", ""),
            date=values.get("modified", "") or values.get("created", ""),
            language=values.get("language", ""),
        )

    def _bomb(self) -> DocumentError:
        return too_large(
            self.name, f"unpacks to more than {self._allowance / 1e6:,.0f} MB", "max_expansion"
        )


def _key(name: str) -> str:
    return posixpath.normpath(name.replace("\\", "/")).lstrip("/").lower()


def no_words(name: str, *, has_pictures: bool) -> DocumentError:
    """The refusal of a document without a word: pictures may hold what is meant to be read."""
    if not has_pictures:
        return DocumentError(f"{name} holds no text", outcome="empty")
    return DocumentError(
        f"{name} holds pictures and no text",
        hint="export it as a PDF and run OCR on that, for example `ocrmypdf in.pdf out.pdf`",
        outcome="needs_ocr",
    )
