"""Bytes → text in whatever encoding: byte-order mark, UTF-16 by its NULs, UTF-8, then a guess."""

from __future__ import annotations

import codecs
import re
from typing import Any

from assistant.errors import DocumentError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.I)
_RARE_PAGE = re.compile(r"mac_|cp[4-8]\d\d$|hp_|ptcp|kz")
_UNWANTED = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufeff\u2060\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def decode(data: bytes, name: str, *, is_html: bool = False) -> str:
    """The text of ``data`` with line ends as ``\\n`` and without control characters.

    Raises ``DocumentError`` for bytes that are no text in any encoding.
    """
    text = _decode(data, name, is_html)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n")
    return _UNWANTED.sub("", text)


def _decode(data: bytes, name: str, is_html: bool) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    wide = _wide_encoding(data)
    if wide:
        return data.decode(wide, errors="replace")
    if b"\x00" in data[:4096]:
        raise _binary(name)
    if is_html:
        declared = _META_CHARSET.search(data[:4096])
        if declared:
            try:
                return data.decode(declared.group(1).decode("ascii"))
            except (LookupError, UnicodeDecodeError):
                pass  # the page declares what it does not keep; go on guessing
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = _guess(data, name)
        # some encodings give every byte a letter, but control characters stay what they are
        if len(_CONTROL.findall(text[:50_000])) > max(8, 0.02 * min(len(text), 50_000)):
            raise _binary(name) from None
        return text


def _binary(name: str) -> DocumentError:
    return DocumentError(
        f"{name} holds binary data, not text",
        hint="if it is text, save it as UTF-8",
        outcome="unsupported",
    )


def _wide_encoding(data: bytes) -> str:
    """UTF-16 without a mark: in Latin text nearly every other byte is NUL."""
    sample = data[:4096]
    if len(sample) < 8:
        return ""
    even, odd = sample[0::2], sample[1::2]
    if odd.count(0) > 0.4 * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.4 * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    return ""


def _guess(data: bytes, name: str) -> str:
    from charset_normalizer import from_bytes

    for encoding in (*_likely(from_bytes(data[:200_000])), "cp1252", "latin-1"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DocumentError(f"{name} is in no known text encoding", hint="save it as UTF-8")


def _likely(matches: Any) -> list[str]:
    """The guesser's best encoding, with cp1252 before it on a tie and before DOS and Mac pages.

    Short Western texts score alike in cp1250 and cp1252, and the guesser then takes the first by
    name: "El niño" became "El nińo".
    """
    best = matches.best()
    if best is None:
        return []
    western = next((each for each in matches if each.encoding == "cp1252"), None)
    ties = western is not None and (western.chaos, -western.coherence) <= (
        best.chaos,
        -best.coherence,
    )
    preferred = ["cp1252"] if ties or _RARE_PAGE.match(best.encoding) else []
    return [*preferred, best.encoding]
