"""Bytes and a name → the kind of a file, which names its reader, or why it cannot be read.

The bytes decide before the suffix: a PDF named ``.txt`` is a PDF, the content of a zip named
``.docx`` is checked, and a picture is never text. Suffixes decide among the kinds of text, which
look alike.
"""

from __future__ import annotations

import io
import re
import zipfile
from os.path import splitext

from assistant.errors import DocumentError
from assistant.reading.ole import SIGNATURE as _OLE
from assistant.reading.ole import ole_kind

_SUFFIXES = {
    "text": """txt text log yaml yml toml ini cfg conf properties env sub po pot bib
        diff patch list nfo asc""",
    "subtitles": "srt vtt",
    "cards": "vcf vcard ics ical ifb vcs",
    "markdown": "md markdown mdown mkd mdx qmd rmd",
    "markup": "rst rest org adoc asciidoc tex ltx latex",
    "code": """py pyi pyx js mjs cjs ts mts tsx jsx java kt kts scala groovy gradle c h cc cpp cxx
        hpp hh hxx m mm cs fs fsx vb go rs rb php pl pm lua r jl swift dart ex exs erl hrl hs elm
        clj cljs ml mli nim zig v sv vhd vhdl sh bash zsh fish ps1 psm1 bat cmd sql css scss sass
        less vue svelte proto thrift graphql gql tf hcl cmake mk mak awk sed tcl asm s f f90 pas
        ada cob lisp el scm rkt sol cu glsl jsonc json5 sty cls""",
    "html": "html htm xhtml shtml",
    "pdf": "pdf",
    "docx": "docx docm dotx dotm",
    "pptx": "pptx pptm ppsx ppsm potx potm",
    "sheets": "xlsx xlsm xltx xltm xlsb xls xlt ods ots",
    "csv": "csv tsv tab psv",
    "opendocument": "odt ott odm odp otp fodt fodp",
    "epub": "epub",
    "rtf": "rtf",
    "eml": "eml emlx",
    "mbox": "mbox",
    "msg": "msg",
    "doc": "doc dot",
    "ppt": "ppt pps pot",
    "picture": "png jpg jpeg jpe jfif tif tiff webp bmp dib gif",
    "json": "json jsonl ndjson geojson jsonld webmanifest har",
    "notebook": "ipynb",
    "xml": """xml rss atom xsd xsl xslt opml kml gpx tei docbook dbk wsdl plist resx xlf xliff
        tmx svg dita ditamap""",
}
KIND_OF_SUFFIX = {f".{suffix}": kind for kind, line in _SUFFIXES.items() for suffix in line.split()}
_NAMES = {
    "readme", "license", "licence", "copying", "notice", "authors", "contributors", "changelog",
    "changes", "history", "news", "todo", "install", "makefile", "dockerfile", "jenkinsfile",
    "gemfile", "rakefile", "procfile", "codeowners", "maintainers", "thanks", "version",
}  # fmt: skip
"""Files that carry text and no suffix by custom."""

_BINARY = frozenset("pdf docx pptx sheets opendocument epub rtf msg doc ppt picture".split())
"""Kinds that their bytes give away: a file with such a suffix alone is none."""

_ARCHIVE = "an archive; unpack it and put its files into the folder"
_HEADERS = re.compile(rb"(?:[A-Za-z][A-Za-z-]*:[ \t][^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){2}")
_PICTURE = "a picture of a kind whose words cannot be read"
_READABLE = "a picture"
_MEDIA = "sound or video; a transcript of it could be read"
_PROGRAM = "a program, not a document"
_DATABASE = "a database; export what you need from it as CSV"
_FONT = "a font"
_MAGIC = (
    (b"\x1f\x8b", _ARCHIVE), (b"BZh", _ARCHIVE), (b"\xfd7zXZ\x00", _ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE), (b"Rar!\x1a\x07", _ARCHIVE), (b"\x28\xb5\x2f\xfd", _ARCHIVE),
    (b"MSCF\x00\x00\x00\x00", _ARCHIVE), (b"!<arch>\n", _ARCHIVE), (b"\x04\x22\x4d\x18", _ARCHIVE),
    (b"\x89PNG\r\n\x1a\n", _READABLE), (b"\xff\xd8\xff", _READABLE), (b"GIF87a", _READABLE),
    (b"GIF89a", _READABLE), (b"II*\x00", _READABLE), (b"MM\x00*", _READABLE),
    (b"8BPS\x00", _PICTURE),
    (b"\x00\x00\x01\x00", _PICTURE), (b"\xff\x0a", _PICTURE), (b"\x00\x00\x00\x0cJXL ", _PICTURE),
    (b"\x00\x00\x00\x0cjP  ", _PICTURE), (b"AT&TFORM", _PICTURE),
    (b"ID3\x02", _MEDIA), (b"ID3\x03", _MEDIA), (b"ID3\x04", _MEDIA), (b"fLaC", _MEDIA),
    (b"OggS", _MEDIA), (b"\x1aE\xdf\xa3", _MEDIA), (b"FLV\x01", _MEDIA), (b"MThd", _MEDIA),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", _MEDIA), (b"\x00\x00\x01\xba", _MEDIA),
    (b"\x00\x00\x01\xb3", _MEDIA), (b"#!AMR", _MEDIA),
    (b"\x7fELF", _PROGRAM), (b"\xca\xfe\xba\xbe", _PROGRAM), (b"\xcf\xfa\xed\xfe", _PROGRAM),
    (b"\xfe\xed\xfa", _PROGRAM), (b"\x00asm", _PROGRAM),
    (b"SQLite format 3\x00", _DATABASE), (b"PAR1", _DATABASE), (b"\x89HDF\r\n", _DATABASE),
    (b"\x00\x01\x00\x00Standard ", _DATABASE),
    (b"OTTO\x00", _FONT), (b"wOFF", _FONT), (b"wOF2", _FONT), (b"\x00\x01\x00\x00\x00", _FONT),
)  # fmt: skip
_MAGICS = tuple(magic for magic, _ in _MAGIC)
_BRANDS = {b"heic", b"heix", b"heif", b"mif1", b"msf1", b"avif", b"avis", b"crx "}


def suffix_of(name: str) -> str:
    """The suffix of a file's name without its dot, in lower case; empty without one."""
    return splitext(name.rpartition("/")[2])[1].rstrip(".").removeprefix(".").lower()


def kind_of(data: bytes, name: str) -> str:
    """The kind of a file, a key of the table of readers; ``""`` when it cannot be read."""
    try:
        return find_kind(data, name)
    except DocumentError:
        return ""


def find_kind(data: bytes, name: str) -> str:
    """As ``kind_of``, but raises ``DocumentError`` with the reason why there is no reader."""
    last = name.rpartition("/")[2]
    suffix = splitext(last)[1].rstrip(".")
    named = KIND_OF_SUFFIX.get(suffix.lower(), "")
    if not named and not suffix and last.lower().rstrip(".") in _NAMES:
        named = "text"
    reason = _refusal(data, named)
    if reason is _READABLE:
        return "picture"
    if reason:
        raise DocumentError(
            f"{name} is {reason}",
            hint="save it as PNG or JPEG, or run OCR on it, for example "
            "`ocrmypdf --image-dpi 300 in.png out.pdf`"
            if reason is _PICTURE
            else "",
            outcome="needs_ocr" if reason is _PICTURE else "unsupported",
        )
    kind = _by_content(data, name, named)
    if kind:
        return kind
    if named in _BINARY:
        raise DocumentError(
            f"{name} is called {suffix}, but its content is no such file",
            hint="it may be damaged, or cut off when it was copied",
            outcome="unsupported",
        )
    if not named:
        raise DocumentError(
            f"{name} is of a kind that cannot be read ({suffix or 'no suffix'})",
            hint=f"readable are {', '.join(sorted(KIND_OF_SUFFIX))}",
            outcome="unsupported",
        )
    return named


def _by_content(data: bytes, name: str, named: str) -> str:
    """The kind that the bytes prove, or an empty text."""
    if data.startswith(b"%PDF-") or (
        b"%PDF-" in data[:1024] and (named in ("", "pdf") or b"\x00" in data[:1024])
    ):
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _package_kind(data, name, named)
    if data.startswith(_OLE):
        return _ole_kind(data, name)
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"{\\rtf"):
        return "rtf"
    lowered = head[:64].lower()
    if lowered.startswith((b"<!doctype html", b"<html")) and named in (
        "", "text", "doc", "sheets", "docx", "eml",
    ):  # fmt: skip
        return "html"  # also what web programs export as .doc and .xls
    if lowered.startswith(b"<?xml") and named in ("", "doc", "docx", "sheets", "opendocument"):
        return "xml"
    if named == "sheets" and b"\x00" not in data[:1024]:
        return "csv"  # separated values under the name of a sheet
    if not named and _is_maildir_message(data, name):
        return "eml"
    if named in ("doc", "msg") and b"\x00" not in data[:1024]:
        return "eml" if named == "msg" else "text"
    return ""


def _is_maildir_message(data: bytes, name: str) -> bool:
    """Whether a file without a suffix of ours lies where a Maildir keeps its messages, and begins
    as one."""
    folder = name.rsplit("/", 2)[-2:-1]
    return folder in (["cur"], ["new"]) and _HEADERS.match(data) is not None


def _package_kind(data: bytes, name: str, named: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = {info.filename.replace("\\", "/").lower(): info for info in package.filelist}
            label = members.get("mimetype")
            mime = b""
            if label is not None and label.file_size < 200:
                mime = package.read(label)
    except MemoryError:
        raise
    except Exception as exc:  # zipfile meets damage with many kinds of error
        if named and named not in _BINARY:
            raise DocumentError(f"{name} holds binary data", outcome="unsupported") from exc
        raise DocumentError(f"{name} is a damaged package: {exc}") from exc
    if b"epub" in mime or "meta-inf/container.xml" in members:
        return "epub"
    if b"opendocument" in mime:
        return "sheets" if b"spreadsheet" in mime else "opendocument"
    for folder, kind in (("word/", "docx"), ("ppt/", "pptx"), ("xl/", "sheets")):
        if any(member.startswith(folder) for member in members):
            return kind
    if "content.xml" in members:
        return "opendocument"
    if any(member.startswith("index/") and member.endswith(".iwa") for member in members):
        raise DocumentError(
            f"{name} is an Apple iWork file",
            hint="export it as PDF or as an Office file",
            outcome="unsupported",
        )
    if "[content_types].xml" in members and named in ("docx", "pptx", "sheets"):
        return named
    raise DocumentError(f"{name} is {_ARCHIVE}", outcome="unsupported")


def _ole_kind(data: bytes, name: str) -> str:
    kind = ole_kind(data, name)
    if kind == "encrypted":
        raise DocumentError(
            f"{name} is protected by a password",
            hint="save a copy without the password",
            outcome="password",
        )
    if not kind:
        raise DocumentError(
            f"{name} is an OLE file of an unknown program",
            hint="export it as PDF",
            outcome="unsupported",
        )
    return "sheets" if kind == "xls" else kind


def _refusal(data: bytes, named: str) -> str:
    """Why bytes like these are no document; an empty text when they may be one."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ""  # a byte-order mark, not MPEG
    if data.startswith(_MAGICS):  # at once: one by one they took a tenth of reading plain text
        return next(reason for magic, reason in _MAGIC if data.startswith(magic))
    if data.startswith(b"RIFF"):
        return _READABLE if data[8:12] == b"WEBP" else _MEDIA
    if data[4:8] == b"ftyp":
        return _PICTURE if data[8:12] in _BRANDS else _MEDIA
    if data.startswith(b"BM") and len(data) > 26 and data[6:10] == b"\0\0\0\0":
        return _READABLE
    if data[257:262] == b"ustar":
        return _ARCHIVE
    if data[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xf1", b"\xff\xf9"):
        return _MEDIA if named not in ("text", "markdown", "csv") else ""
    if data.startswith(b"MZ") and b"\x00" in data[:64]:
        return _PROGRAM
    return ""
