"""Archives that would like to write elsewhere, to unfold without end, or to hold a link."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from assistant.sources.adding import NamedSource, add_source
from assistant.sources.archives import MOST_MEMBERS
from assistant.sources.keeping import KeptSources
from benchmarks.harm import HostileCase
from benchmarks.hostile_addresses import LIMITS

NAMES = (
    "../out.txt", "../../outside/secret.txt", "a/../../out.txt", "/tmp/out.txt", "//tmp/out.txt",
    "C:\\out.txt", "C:/out.txt", "..\\out.txt", "a\\..\\..\\out.txt", ".ssh/authorized_keys",
    "a/.git/hooks/post-checkout", ".added.jsonl", "../.added.jsonl", "d/" * 60 + "x.txt",
    "x" * 5_000 + ".txt", "nul\x01.txt", "\u202etxt.exe", "con:stream.txt", "~/out.txt",
    "./../out.txt", "a/./../../out.txt", "$HOME/out.txt", "`touch ran`.txt", "-rf.txt",
)  # fmt: skip
LINKS = (
    ("l.txt", "/etc/passwd", tarfile.SYMTYPE),
    ("l.txt", "../../outside/secret.txt", tarfile.SYMTYPE),
    ("d", "../../outside", tarfile.SYMTYPE), ("d", "/tmp", tarfile.SYMTYPE),
    ("h.txt", "../../outside/secret.txt", tarfile.LNKTYPE),
    ("h.txt", "/etc/passwd", tarfile.LNKTYPE),
    ("p", "", tarfile.FIFOTYPE), ("c", "", tarfile.CHRTYPE), ("b", "", tarfile.BLKTYPE),
)  # fmt: skip


def archives() -> Iterator[HostileCase]:
    """Every archive, added as a person adds it."""
    for name in NAMES:
        yield _case(f"zip, name {name[:30]!r}", "a.zip", partial(_zip, {name: b"x"}))
        yield _case(f"tar, name {name[:30]!r}", "a.tar", partial(_tar, {name: b"x"}))
    for name, target, kind in LINKS:
        linked = partial(_linked, name, target, kind)
        yield _case(f"tar, link {name} → {target}", "a.tar", linked)
    yield _case("zip, link", "a.zip", _zip_link)
    for name, made in (
        ("many.zip", partial(_zip, {f"{at}.txt": b"0" * 900_000 for at in range(80)})),
        ("members.zip", partial(_zip, {str(at): b"" for at in range(MOST_MEMBERS + 1)})),
        ("members.tar", partial(_tar, {str(at): b"" for at in range(MOST_MEMBERS + 1)})),
        ("lying.zip", _lying),
        ("overlapping.zip", _overlapping),
        ("nested.zip", _nested),
        ("nested.tar.gz", lambda: gzip.compress(_tar({"in.zip": _nested(), "a.gz": b"x"}))),
        ("twice.zip", lambda: _zip({"a.txt": b"x", "a.txt/b.txt": b"y"})),
        ("encrypted.zip", _encrypted),
        ("bomb.tar.gz", lambda: gzip.compress(_tar({"z.txt": b"0" * 60_000_000}))),
        ("bomb.tar.bz2", lambda: bz2.compress(_tar({"z.txt": b"0" * 60_000_000}))),
        ("bomb.tar.xz", lambda: lzma.compress(_tar({"z.txt": b"0" * 60_000_000}), preset=0)),
        ("twofold.tar.gz", lambda: gzip.compress(gzip.compress(b"0" * 60_000_000))),
        ("zeros.tar.gz", lambda: gzip.compress(b"\0" * 60_000_000)),
        ("sparse.tar", _sparse),
        ("header.tar", lambda: _tar({"a.txt": b"x"}).replace(b"00000000001", b"77777777777")),
        ("path.tar", _long_path),
        ("end.zip", lambda: b"PK\x05\x06" + b"\xff" * 18),
        ("large.zip", lambda: b"PK\x06\x07" + b"\0" * 16 + b"PK\x05\x06" + b"\xff" * 18),
        ("empty.zip", lambda: b""),
        ("noise.zip", lambda: bytes(range(256)) * 200),
        ("noise.tar", lambda: bytes(range(256)) * 200),
        ("cut.zip", lambda: _zip({"a.txt": b"x" * 1000})[:-30]),
        ("cut.tar.gz", lambda: gzip.compress(_tar({"a.txt": b"x" * 9000}))[:-9]),
    ):  # fmt: skip
        yield _case(name, name, made)


def _case(name: str, file: str, made: Callable[[], bytes]) -> HostileCase:
    def prepare(place: Path) -> None:
        (place / file).write_bytes(made())

    def run(place: Path) -> object:
        named = NamedSource(str(place / file))
        return add_source(named, KeptSources(place / "index"), LIMITS).left_out

    return HostileCase(f"archive: {name}", run, prepare=prepare)


def _zip(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _tar(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as package:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.uid = len(data), 0o6777, 0
            package.addfile(entry, io.BytesIO(data))
    return made.getvalue()


def _linked(name: str, target: str, kind: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as package:
        link = tarfile.TarInfo(name)
        link.type, link.linkname, link.mode = kind, target, 0o777
        package.addfile(link)
        through = tarfile.TarInfo(f"{name}/out.txt")
        through.size = 1
        package.addfile(through, io.BytesIO(b"x"))
        again = tarfile.TarInfo(name)
        again.size = 1
        package.addfile(again, io.BytesIO(b"x"))
    return made.getvalue()


def _zip_link() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        link = zipfile.ZipInfo("l.txt")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        package.writestr(link, "../../outside/secret.txt")
    return made.getvalue()


def _lying() -> bytes:
    """A member that says it is small."""
    size = 30_000_000
    return _zip({"a.txt": b"0" * size}).replace(size.to_bytes(4, "little"), b"\x10\0\0\0")


def _overlapping() -> bytes:
    """Five hundred entries of the list that all name the same large member."""
    whole = _zip({"a.txt": b"0" * 900_000})
    at = whole.index(b"PK\x01\x02")
    end = whole.index(b"PK\x05\x06")
    entry = whole[at:end]
    entries = b"".join(entry.replace(b"a.txt", b"%05d" % number) for number in range(500))
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 500, 500, len(entries), at, 0)
    return whole[:at] + entries + tail


def _nested() -> bytes:
    inner = _zip({"a.txt": b"0" * 900_000})
    for _ in range(5):
        inner = _zip({f"{at}.zip": inner for at in range(3)})
    return inner


def _encrypted() -> bytes:
    made = bytearray(_zip({"a.txt": b"x"}))
    made[6] |= 1
    made[made.index(b"PK\x01\x02") + 8] |= 1
    return bytes(made)


def _sparse() -> bytes:
    """A sparse file of the old GNU form: 40 MB in a block."""
    made = bytearray(_tar({"s.txt": b""})[:512])
    made[156:157] = b"S"
    made[386:410] = b"00000000000\x0000000000000\x00"
    made[483:495] = b"00230000000\x00"
    made[148:156] = b" " * 8
    made[148:156] = b"%06o\x00 " % sum(made)
    return bytes(made) + b"\0" * 1024


def _long_path() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as package:
        entry = tarfile.TarInfo("a.txt")
        entry.pax_headers = {"path": "../" * 3_000 + "outside/secret.txt", "size": "9" * 30}
        package.addfile(entry)
    return made.getvalue()
