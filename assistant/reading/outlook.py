"""MSG (Outlook) → headers, text, attachments; the same shape as ``mail`` gives."""

from __future__ import annotations

import datetime
import re
import struct

from assistant.errors import DocumentError
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.mail import (
    Attachment,
    encrypted_mail,
    write_attachments,
    write_body,
    write_mail_head,
)
from assistant.reading.ole import OleFile
from assistant.reading.writing import Details, Writer
from assistant.types import ParsedDocument

_SUBJECT, _BODY, _RTF, _HTML = "0037", "1000", "1009", "1013"
_SENDER, _SENDER_ADDRESS, _TO, _CC, _CLASS = "0c1a", "5d01", "0e04", "0e03", "001a"
_HEADERS = "007d"
_ENCRYPTED = re.compile(
    r"^content-type:\s*(?:multipart/encrypted|application/pgp-encrypted|"
    r"application/(?:x-)?pkcs7-mime(?![^\n]*signed-data))",
    re.IGNORECASE | re.MULTILINE,
)
_LONG_NAME, _SHORT_NAME, _MIME, _DATA = "3707", "3704", "370e", "3701"
_SUBMITTED, _DELIVERED, _CODEPAGE = 0x0039, 0x0E06, 0x3FFD
_EPOCH = datetime.datetime(1601, 1, 1, tzinfo=datetime.UTC)


def read_msg(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """One message."""
    message = _Storage(OleFile(data, name), "")
    writer = Writer(name, limits)
    _write(message, writer, name, limits, depth=0)
    return writer.finish(
        "msg",
        Details(title=message.text(_SUBJECT), author=message.text(_SENDER), date=message.date()),
    )


def _write(message: _Storage, writer: Writer, name: str, limits: ReadingLimits, depth: int) -> None:
    kind = message.text(_CLASS).lower().replace("smime.multipartsigned", "")
    if "smime" in kind or _ENCRYPTED.search(message.text(_HEADERS)):
        raise encrypted_mail(name)
    sender, address = message.text(_SENDER), message.text(_SENDER_ADDRESS)
    fields = [
        ("From", f"{sender} <{address}>" if address and address != sender else sender),
        ("To", message.text(_TO)),
        ("Cc", message.text(_CC)),
        ("Date", message.date()),
    ]
    write_mail_head(writer, message.text(_SUBJECT), fields)
    page = message.binary(_HTML).decode(message.codec, "replace") or message.text(_HTML)
    body = message.text(_BODY)
    if not body.strip() and not page.strip():
        body = _from_rtf(message.binary(_RTF), name)
    write_body(writer, name, body, [page] if page.strip() else [])
    attachments = []
    for storage in message.attachments():
        inner = storage.embedded()
        if inner is not None and depth < 4:
            _write(inner, writer, name, limits, depth + 1)
            continue
        content = storage.binary(_DATA)
        file_name = storage.text(_LONG_NAME) or storage.text(_SHORT_NAME) or "without a name"
        attachments.append(Attachment(file_name, storage.text(_MIME) or "file", content))
    write_attachments(writer, attachments, limits, depth)


class _Storage:
    """The properties of a message or an attachment: streams under one path."""

    def __init__(self, file: OleFile, path: str, codec: str = "") -> None:
        self._file = file
        self._path = path
        self._fixed = self._read_fixed()
        self.codec = codec or self._codec()

    def text(self, tag: str) -> str:
        """A text property, in either of its two encodings."""
        wide = self._file.read(f"{self._path}__substg1.0_{tag}001f")
        if wide:
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        narrow = self._file.read(f"{self._path}__substg1.0_{tag}001e")
        return narrow.decode(self.codec, "replace").rstrip("\0")

    def binary(self, tag: str) -> bytes:
        """A binary property."""
        return self._file.read(f"{self._path}__substg1.0_{tag}0102")

    def date(self) -> str:
        """When it was sent, in ISO form and UTC, or an empty text."""
        ticks = self._fixed.get(_SUBMITTED) or self._fixed.get(_DELIVERED) or 0
        try:
            return (
                (_EPOCH + datetime.timedelta(microseconds=ticks // 10)).strftime(
                    "%Y-%m-%d %H:%M UTC"
                )
                if ticks
                else ""
            )
        except OverflowError:
            return ""

    def attachments(self) -> list[_Storage]:
        """The storages of the attachments."""
        start = f"{self._path}__attach_version1.0_#"
        found = {
            stream[: len(start) + 8] for stream in self._file.names if stream.startswith(start)
        }
        return [_Storage(self._file, f"{path}/", self.codec) for path in sorted(found)[:500]]

    def embedded(self) -> _Storage | None:
        """The message that an attachment is, if it is one."""
        path = f"{self._path}__substg1.0_3701000d/"
        if not any(stream.startswith(f"{path}__properties") for stream in self._file.names):
            return None
        return _Storage(self._file, path)

    def _read_fixed(self) -> dict[int, int]:
        raw = self._file.read(f"{self._path}__properties_version1.0")
        header = 32 if not self._path else 24 if "3701000d" in self._path[-22:] else 8
        found: dict[int, int] = {}
        for at in range(header, len(raw) - 15, 16):
            _, tag, _, value = struct.unpack_from("<HHIQ", raw, at)
            found.setdefault(tag, value)
        return found

    def _codec(self) -> str:
        page = self._fixed.get(_CODEPAGE, 0) & 0xFFFFFFFF
        codec = "utf-8" if page == 65001 else f"cp{page}" if page else "cp1252"
        try:
            b"".decode(codec)
        except LookupError:
            return "cp1252"
        return codec


def _from_rtf(data: bytes, name: str) -> str:
    """The text of a body that is kept as compressed RTF only."""
    if len(data) < 16:
        return ""
    from assistant.reading.rtf import read_rtf

    try:
        return read_rtf(decompress_rtf(data), name).text
    except DocumentError as exc:
        if exc.outcome in ("empty", "needs_ocr"):
            return ""
        raise


_PRELOAD = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


def decompress_rtf(data: bytes) -> bytes:
    """LZFu, the packing that MS-OXRTFCP describes: runs from a 4 KB window."""
    _, raw_size, magic = struct.unpack_from("<III", data, 0)
    if magic == 0x414C454D:  # "MELA": stored as it is
        return data[16 : 16 + raw_size]
    window = bytearray(_PRELOAD.ljust(4096, b"\0"))
    write = len(_PRELOAD)
    out = bytearray()
    at = 16
    while at < len(data):
        control = data[at]
        at += 1
        for bit in range(8):
            if at >= len(data):
                break
            if not control >> bit & 1:
                out.append(data[at])
                window[write] = data[at]
                write = (write + 1) % 4096
                at += 1
                continue
            if at + 1 >= len(data):
                return bytes(out)
            pair = data[at] << 8 | data[at + 1]
            at += 2
            offset, length = pair >> 4, (pair & 15) + 2
            if offset == write:
                return bytes(out)
            for step in range(length):
                byte = window[(offset + step) % 4096]
                out.append(byte)
                window[write] = byte
                write = (write + 1) % 4096
    return bytes(out)
