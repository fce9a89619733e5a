"""E-mail (EML, MBOX) → its headers, its text, and its attachments: named, and read if they can be.

The plain part is the text, unless it lacks what the HTML part says. Attachments go through the
same readers under the same limits; what cannot be read is listed with the reason.
"""

from __future__ import annotations

import email
import email.errors
import email.message
import email.policy
import email.utils
import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.errors import DocumentError
from assistant.reading.encoding import decode
from assistant.reading.html import parse_html, write_blocks
from assistant.reading.html_blocks import html_blocks
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.writing import Details, Writer, clean, one_line
from assistant.types import ParsedDocument

_MAX_DEPTH = 4
_MAX_PARTS = 500
_SHOWN = (("From", "from"), ("To", "to"), ("Cc", "cc"), ("Date", "date"))
_MBOX_START = re.compile(rb"^From \S++.*\d{4}\s*$", re.MULTILINE)
_PGP = "-----BEGIN PGP MESSAGE-----"
_HEADER = re.compile(rb"\s*[!-9;-~]{1,60}:")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside a mail."""

    name: str
    kind: str
    data: bytes


def read_eml(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """One message."""
    message = _parse(_as_bytes(data, name))
    writer = Writer(name, limits)
    _Message(writer, name, limits, depth=0).write(message)
    return writer.finish(
        "eml",
        Details(
            title=_header(message, "subject"),
            author=_header(message, "from"),
            date=_date(message),
        ),
    )


def read_mbox(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """A mailbox: one message after the other, each a section."""
    if not _MBOX_START.search(data):
        return read_eml(data, name, limits)
    starts = [match.end() for match in _MBOX_START.finditer(data)]
    ends = [*[match.start() for match in _MBOX_START.finditer(data)][1:], len(data)]
    limits.check_pages(name, len(starts))
    writer = Writer(name, limits)
    for start, end in zip(starts, ends, strict=True):
        message = _parse(data[start:end].lstrip(b"\r\n"))
        writer.heading(1, _header(message, "subject") or "No subject", is_generated=True)
        _Message(writer, name, limits, depth=0).write(message)
    return writer.finish("mbox")


class _Message:
    """Writes one message; messages inside are written one level deeper."""

    def __init__(self, writer: Writer, name: str, limits: ReadingLimits, depth: int) -> None:
        self._writer = writer
        self._name = name
        self._limits = limits
        self._depth = depth
        self._attachments: list[Attachment] = []
        self._inner: list[email.message.Message] = []
        self._parts = 0

    def write(self, message: email.message.Message) -> None:
        write_mail_head(
            self._writer,
            _header(message, "subject"),
            [(label, _header(message, key)) for label, key in _SHOWN],
        )
        plain: list[str] = []
        pages: list[str] = []
        self._collect(message, plain, pages, 0)
        if not pages and len(plain) == 1 and plain[0].lstrip().startswith(_PGP):
            raise encrypted_mail(self._name)
        write_body(self._writer, self._name, "\n\n".join(plain), pages)
        for inner in self._inner:
            if self._depth < _MAX_DEPTH:
                _Message(self._writer, self._name, self._limits, self._depth + 1).write(inner)
        write_attachments(self._writer, self._attachments, self._limits, self._depth)

    def _collect(
        self, part: email.message.Message, plain: list[str], pages: list[str], depth: int
    ) -> None:
        self._parts += 1
        if self._parts > _MAX_PARTS or depth > 50:
            raise DocumentError(f"{self._name} is made of too many parts", outcome="too_large")
        kind = part.get_content_type()
        if _is_encrypted(part, kind):
            raise encrypted_mail(self._name)
        payload = part.get_payload()
        if isinstance(payload, list):
            if kind == "message/rfc822" or kind.startswith("message/"):
                self._inner.extend(p for p in payload if isinstance(p, email.message.Message))
            else:
                for inner in payload:
                    if isinstance(inner, email.message.Message):
                        self._collect(inner, plain, pages, depth + 1)
            return
        file_name = _file_name(part)
        raw = _content(part)
        if file_name or part.get_content_disposition() == "attachment":
            self._attachments.append(Attachment(file_name or "without a name", kind, raw))
        elif kind == "text/html":
            pages.append(_text_of(part, raw, self._name, is_html=True))
        elif kind.startswith("text/"):
            plain.append(_text_of(part, raw, self._name, is_html=False))
        elif raw.strip():
            self._attachments.append(Attachment("without a name", kind, raw))


# ---------------------------------------------------------------- shared with Outlook's format


def write_mail_head(writer: Writer, subject: str, fields: Iterable[tuple[str, str]]) -> None:
    """Subject and the other headers, a line each."""
    writer.gap()
    for label, value in (("Subject", subject), *fields):
        if value:
            writer.line(f"{label}: {value}")
    writer.gap()


def write_body(writer: Writer, name: str, plain: str, pages: Iterable[str]) -> None:
    """The plain text, and what the HTML says beyond it."""
    if plain.strip():
        for paragraph in re.split(r"\n[ \t]*\n", clean(plain)):
            writer.paragraph(paragraph)
    said = set(re.findall(r"\w+", plain.lower()))
    for page in pages:
        try:
            root = parse_html(page, name)
        except DocumentError as exc:
            if exc.outcome == "empty":
                continue
            raise
        blocks = html_blocks(root, keeps_all=True, left_out=writer.left_out)
        write_blocks(
            writer, [b for b in blocks if not said or b.is_table or _says_more(b.text, said)]
        )


def _says_more(text: str, said: set[str]) -> bool:
    """Whether a stretch of the HTML has words that the plain text lacks, and not just a link's."""
    words = re.findall(r"\w+", text.lower())
    return sum(1 for word in words if word not in said) > 0.3 * len(words)


def encrypted_mail(name: str) -> DocumentError:
    """The refusal of a mail whose body only its receiver can open."""
    return DocumentError(
        f"{name} is encrypted",
        hint="decrypt it in your mail program and save it again",
        outcome="password",
    )


def write_attachments(
    writer: Writer, attachments: list[Attachment], limits: ReadingLimits, depth: int
) -> None:
    """List attachments with their sizes; add the text of those that can be read."""
    from assistant.reading import read_document

    for number, each in enumerate(attachments):
        label = one_line(each.name)[:200]
        writer.paragraph(f"Attachment: {label} ({each.kind}, {len(each.data):,} bytes)")
        if not each.data or depth >= _MAX_DEPTH or number >= 50:
            continue
        try:
            document = read_document(each.data, label, limits)
        except DocumentError as exc:
            if exc.outcome == "too_large":
                raise
            writer.line(f"Its text is not here: {exc.outcome.replace('_', ' ')}.")
            continue
        writer.embed(document, deeper=1)


# ---------------------------------------------------------------- the parts of a message


def _as_bytes(data: bytes, name: str) -> bytes:
    """A message saved as UTF-16, or with blank lines before its first header, made regular."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[:3] == b"\xef\xbb\xbf" or b"\0" in data[:200]:
        data = decode(data, name).encode("utf-8", "replace")
    return data.lstrip(b"\r\n \t") if _HEADER.match(data) else data


def _parse(data: bytes) -> email.message.Message:
    return email.message_from_bytes(data, policy=email.policy.compat32)


def _header(message: email.message.Message, key: str) -> str:
    """A header's words; whatever encoding it claims, something readable comes back."""
    from email.header import decode_header

    value = message.get(key)
    if value is None:
        return ""
    text = str(value)
    try:
        pieces = decode_header(text)
    except (ValueError, LookupError, email.errors.HeaderParseError):
        return one_line(text)
    words = []
    for piece, charset in pieces:
        if isinstance(piece, str):
            words.append(piece)
            continue
        if charset in (None, "unknown-8bit"):
            charset = "utf-8"
        try:
            words.append(piece.decode(charset, "replace"))
        except (LookupError, ValueError):
            words.append(piece.decode("latin-1"))
    return one_line("".join(words))[:2000]


def _date(message: email.message.Message) -> str:
    try:
        when = email.utils.parsedate_to_datetime(_header(message, "date"))
        return when.date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def _file_name(part: email.message.Message) -> str:
    try:
        found = part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        return "unreadable name"
    if "=?" in found:
        holder = email.message.Message()
        holder["subject"] = found.replace("\n", " ").replace("\r", " ")
        found = _header(holder, "subject")
    return one_line(found).replace("/", "_")


def _content(part: email.message.Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        payload = None
    if isinstance(payload, bytes):
        return payload
    raw = part.get_payload()
    return raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else b""


def _text_of(part: email.message.Message, raw: bytes, name: str, *, is_html: bool) -> str:
    charset = part.get_content_charset() or ""
    if charset:
        try:
            return raw.decode(charset)
        except (LookupError, ValueError):
            pass  # declared wrongly: guess as for a file
    if not raw.strip():
        return ""
    try:
        return decode(raw, name, is_html=is_html)
    except DocumentError:
        return raw.decode("latin-1")


def _is_encrypted(part: email.message.Message, kind: str) -> bool:
    """Enveloped S/MIME or PGP; a signature alone hides nothing."""
    if kind in ("multipart/encrypted", "application/pgp-encrypted"):
        return True
    if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        return "signed-data" not in str(part.get("content-type", ""))
    return False
