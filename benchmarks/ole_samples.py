"""Small valid files of the formats before 2007 (DOC, PPT, MSG), written byte by byte.

``pack_ole`` writes the container as MS-CFB describes it, in its plainest form: no small streams
(each is padded to 4,096 bytes), no index of index sectors.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

_SECTOR = 512
_SMALL = 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def pack_ole(streams: Mapping[str, bytes]) -> bytes:
    """An OLE file of these streams; ``/`` in a name makes a storage."""
    padded = {
        name: content.ljust(max(_SMALL, -(-len(content) // _SECTOR) * _SECTOR), b"\0")
        for name, content in streams.items()
    }
    storages = sorted({name.rpartition("/")[0] for name in padded if "/" in name})
    storages = sorted({s for name in storages for s in _parents(name)})
    entries = [("", 5), *((name, 1) for name in storages), *((name, 2) for name in padded)]
    children: dict[str, list[int]] = {}
    for number, (name, _) in enumerate(entries[1:], start=1):
        children.setdefault(name.rpartition("/")[0], []).append(number)
    directory_sectors = -(-len(entries) * 128 // _SECTOR)
    data_sectors = sum(len(content) // _SECTOR for content in padded.values())
    fat_sectors = 1
    while fat_sectors * 128 < fat_sectors + directory_sectors + data_sectors:
        fat_sectors += 1
    chain = [_FAT] * fat_sectors
    chain += [*range(len(chain) + 1, len(chain) + directory_sectors), _END]
    starts: dict[str, int] = {}
    for name, content in padded.items():
        starts[name] = len(chain)
        chain += [*range(len(chain) + 1, len(chain) + len(content) // _SECTOR), _END]
    chain += [_FREE] * (fat_sectors * 128 - len(chain))
    directory = b""
    for number, (name, kind) in enumerate(entries):
        siblings = children.get(name.rpartition("/")[0], []) if number else []
        at = siblings.index(number) if number else 0
        right = siblings[at + 1] if number and at + 1 < len(siblings) else _FREE
        child = children.get(name, [_FREE])[0] if kind != 2 else _FREE
        label = ("Root Entry" if not number else name.rpartition("/")[2]).encode("utf-16-le")
        directory += struct.pack(
            "<64sHBBIII16sIQQIQ", label, len(label) + 2, kind, 1, _FREE, right, child, b"", 0, 0, 0,
            starts.get(name, _END if number == 0 else 0), len(padded.get(name, b"")),
        )  # fmt: skip
    directory = directory.ljust(directory_sectors * _SECTOR, b"\0")
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6,
        b"", 0, fat_sectors, fat_sectors, 0, _SMALL, _END, 0, _END, 0,
    )  # fmt: skip
    header += struct.pack("<109I", *range(fat_sectors), *[_FREE] * (109 - fat_sectors))
    return b"".join([header, struct.pack(f"<{len(chain)}I", *chain), directory, *padded.values()])


def _parents(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[: at + 1]) for at in range(len(parts))]


def make_doc(text: str, *, is_encrypted: bool = False, pieces: int = 1) -> bytes:
    """A Word 97 document whose text is one piece of UTF-16, or the same one many times."""
    body = text.encode("utf-16-le")
    start = 2048
    head = bytearray(start)
    struct.pack_into("<HH", head, 0, 0xA5EC, 193)
    struct.pack_into("<H", head, 10, 0x0200 | (0x0100 if is_encrypted else 0))
    places = struct.pack(f"<{pieces + 1}I", *range(0, len(text) * (pieces + 1), len(text)))
    places += struct.pack("<HIH", 0, start, 0) * pieces
    table = b"\x02" + struct.pack("<I", len(places)) + places
    struct.pack_into("<II", head, 0x1A2, 0, len(table))
    return pack_ole({"WordDocument": bytes(head) + body, "1Table": table})


def _record(kind: int, body: bytes, *, is_container: bool = False, instance: int = 0) -> bytes:
    return struct.pack("<HHI", instance << 4 | (0xF if is_container else 0), kind, len(body)) + body


def make_ppt(title: str, text: str) -> bytes:
    """A PowerPoint 97 file with one slide, and the text of a deleted one lying about."""
    outline = _record(0x03F3, struct.pack("<IIIII", 2, 0, 0, 256, 0))
    outline += _record(0x0F9F, struct.pack("<I", 0)) + _record(0x0FA0, title.encode("utf-16-le"))
    document = _record(0x03E8, _record(0x0FF0, outline, is_container=True), is_container=True)
    box = _record(0x0F9F, struct.pack("<I", 4)) + _record(0x0FA8, text.encode("latin-1"))
    slide = _record(0x03EE, _record(0xF00D, box, is_container=True), is_container=True)
    deleted = _record(0x03EE, _record(0x0FA8, b"This slide was deleted."), is_container=True)
    directory_at = len(document) + len(slide) + len(deleted)
    directory = _record(0x1772, struct.pack("<III", 2 << 20 | 1, 0, len(document)))
    edit_at = directory_at + len(directory)
    edit = _record(0x0FF5, struct.pack("<IIIIIII", 256, 0, 0, directory_at, 1, 3, 0))
    user = _record(0x0FF6, struct.pack("<III", 20, 0xE391C05F, edit_at))
    return pack_ole(
        {"PowerPoint Document": document + slide + deleted + directory + edit, "Current User": user}
    )


def make_msg(subject: str, body: str, **headers: str) -> bytes:
    """An Outlook message with an attachment; ``headers`` are more text properties by tag."""
    texts = {"0037": subject, "1000": body, "0c1a": "Ada", "0e04": "Ben", **headers}
    streams = {
        f"__substg1.0_{tag.upper()}001F": value.encode("utf-16-le") for tag, value in texts.items()
    }
    sent = struct.pack("<HHIQ", 0x40, 0x0039, 6, 133_485_408_000_000_000)
    streams["__properties_version1.0"] = b"\0" * 32 + sent
    folder = "__attach_version1.0_#00000000"
    streams[f"{folder}/__substg1.0_3707001F"] = "notes.txt".encode("utf-16-le")
    streams[f"{folder}/__substg1.0_37010102"] = b"A stork flew by. ".ljust(_SMALL)
    return pack_ole(streams)
