"""Text → index terms, the same for documents and questions, in every language.

Words are folded (case, width, accents) and stemmed by their language; scripts written without
spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) give overlapping character pairs, because a
tokenizer that keeps whole runs finds almost nothing there (hit@1 .10 against .94 for English,
measured). An identifier (``both_require``, ``QX-0131``) and a compound (``Schlüsseldienst``) are a
term as a whole and in their parts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import regex

from assistant.text.compounds import parts_of
from assistant.text.folding import fold, fold_case
from assistant.text.languages import HAS_COMPOUNDS, language
from assistant.text.stemming import has_other_script, stem_words

_UNSPACED = (
    r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
    r"\u30fc"  # the long-vowel mark belongs to no script
)
_TOKEN = regex.compile(
    rf"(?P<number>\p{{N}}+(?:[.,]\p{{N}}+)+)|(?P<unspaced>[{_UNSPACED}][{_UNSPACED}\p{{M}}]*)"
    rf"|(?P<word>(?:(?![{_UNSPACED}])[\p{{L}}\p{{M}}\p{{N}}])+)"
)
_PLAIN_TOKEN = re.compile(r"[0-9]+(?:[.,][0-9]+)+|[^\W_]+")
_PARTED_NUMBER = re.compile("[0-9][.,][0-9]")
_ONLY_WORDS = {code: " " for code in range(128) if not chr(code).isalnum()}
_NEW = r"\u1c80-\u1c8f\ua7c0-\ua7ff\U00010000-\U0001efff\U00020000-\U0010ffff"
"""Where ``regex`` knows letters that Python's older tables do not."""
_NEEDS_CARE = regex.compile(rf"[{_UNSPACED}{_NEW}]|\p{{M}}|(?![0-9])\p{{N}}")
_NEEDS_NO_CARE = re.compile(
    "[\0-\u02ff\u0370-\u0482\u048a-\u052f\u1e00-\u1fff\u2000-\u20cf\u2100-\u214f\u2190-\u245f"
    "\u2500-\u2775\u2794-\u2bff]*"
)
"""Latin, Greek, Cyrillic, signs: most texts are told by it in a tenth of the time."""
_POSSESSIVE = re.compile(r"['\u2019](?<=\w['\u2019])s\b", re.IGNORECASE)
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_THOUSANDS = re.compile(",")
_MAX_PIECES, _MAX_LENGTH = 300_000, 40
"""About 200 bytes each, 400 at the most."""
_MOST_KEPT = 4000
"""Characters of a text whose words are kept for a while; passages are shorter."""
_MOST_PIECES = 50_000
_IDENTIFIER_SIGN = re.compile(r"_\w|\d[-.:/]\w|[-.:/]\d")
"""What every identifier has; before a sign may stand a letter, or the accent of one."""
_IDENTIFIER = re.compile(r"(?<![^\W_])[^\W_]++(?:[-_.:/][^\W_]++)++")
"""What is one name though signs stand in it; without a digit only what an underscore joins."""
_NO_NUMBER = re.compile(r"[-:/]|\..*\.")
_JOINTS = re.compile("[-_]")
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]+")
_AROUND_WORDS = ".,;:!?()[]\"'*`"
"""Signs that change nothing about the one word between them."""
_LONG_WORD = re.compile(r"[^\W\d_]{8,}")
_BASE = 0x9E3779B97F4A7C15
"""Odd, and far from any small number: 2^64 divided by the golden ratio."""
STOP_WORDS = language("en").stop | frozenset(
    """der die das und ist ein eine einer einem einen von zu mit den dem des im auf für wie was wer
    wo wann warum welche welcher welches sind war wird werden hat haben""".split()
)
"""Words without content, for where the language of a text is not known; see ``stop_words``."""


def stop_words(code: str) -> frozenset[str]:
    """The words of a language without content: they never decide whether a passage answers."""
    return language(code).stop if code else STOP_WORDS


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Names the terms that are made here: by these rules, the stemmer, the table that compounds
    are cut by, and Unicode's.

    The number rises whenever another term is made of the same text.
    """
    import Stemmer

    return (
        f"terms-2|snowball-{Stemmer.version()}|wordfreq-{version('wordfreq')}"
        f"|unicode-{unicodedata.unidata_version}"
    )


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english", 100_000)


def words(text: str) -> list[str]:
    """The folded words of a text in order, unstemmed; unspaced scripts as character pairs."""
    return list(_words_kept(text) if len(text) <= _MOST_KEPT else _words(text))


@lru_cache(maxsize=512)
def _words_kept(text: str) -> list[str]:
    """A question looks at the words of a passage up to five times, for one reason each."""
    return _words(text)


def _words(text: str) -> list[str]:
    folded = fold(_POSSESSIVE.sub("", text))
    if folded.isascii() and not _PARTED_NUMBER.search(folded):  # 3 times as fast as a pattern
        return folded.translate(_ONLY_WORDS).split()
    if not _needs_care(folded):  # 5 times as fast as the careful way
        found = _PLAIN_TOKEN.findall(folded)
        return [_number(token) if "," in token else token for token in found]
    found = []
    for match in _TOKEN.finditer(folded):
        if match.lastgroup == "unspaced":
            found.extend(_pairs(match.group()))
        else:
            found.append(_number(match.group()))
    return found


def stems(text: str, code: str = "") -> list[str]:
    """The stem of each of the words of a text in a language, as many and in the same order."""
    if (not code or language(code).stemmer == "english") and not has_other_script(text):
        return stem(words(text))
    return stem_words(tokens(text), code)


def words_and_stems(text: str, code: str = "") -> tuple[list[str], list[str]]:
    """The folded words of a text, and the stem of each."""
    if (not code or language(code).stemmer == "english") and not has_other_script(text):
        found = words(text)
        return found, stem(found)
    found = tokens(text)
    return [fold(token) for token in found], stem_words(found, code)


def terms(text: str, code: str = "") -> list[str]:
    """Index terms in order: stems, numbers without thousands separators, pairs; then the
    identifiers as a whole and the parts of compounds, each after its word."""
    if _IDENTIFIER_SIGN.search(text) or code in HAS_COMPOUNDS or _HAN.search(text):
        known = _pieces(code)
        return [term for piece in text.split() for term in known[piece].split()]
    return stems(text, code)


class TermWriter:
    """Texts → their index terms in one string, as ``terms`` gives them; for a whole corpus.

    No term reaches over white space, so what stands between is looked up when it comes again,
    which it does: 3 s instead of 11 for 65,000 chunks.
    """

    def __init__(self) -> None:
        self._known: dict[str, _Pieces] = {}

    def line(self, text: str, code: str = "") -> str:
        """The terms of a text in a language, separated by spaces (there may be several)."""
        known = self._known.get(code)
        if known is None:
            known = self._known[code] = _Pieces(code)
        return " ".join(map(known.__getitem__, text.split()))


class _Pieces(dict[str, str]):
    """What stands between white space → its terms in one language."""

    def __init__(self, code: str, most: int = 0) -> None:
        super().__init__()
        self._code, self._most = code, most
        is_english = not code or language(code).stemmer == "english"
        self._is_plain = is_english and code not in HAS_COMPOUNDS

    def __missing__(self, piece: str) -> str:
        if self._is_plain and piece.isascii():  # most are
            bare = piece.strip(_AROUND_WORDS)
            if bare.isalpha():
                terms = stem((bare.lower(),))
            else:
                terms = stem(_words(piece))
                if _IDENTIFIER_SIGN.search(piece):
                    terms += identifiers(piece)
        else:
            terms = _piece_terms(piece, self._code)
        found = " ".join(terms)
        if len(piece) <= _MAX_LENGTH:
            if len(self) >= (self._most or _MAX_PIECES):
                self.clear()
            self[piece] = found
        return found


@lru_cache(maxsize=16)
def _pieces(code: str) -> _Pieces:
    """For the passages of questions, which come again and again."""
    return _Pieces(code, _MOST_PIECES)


def _piece_terms(piece: str, code: str) -> list[str]:
    """The terms of what stands between white space."""
    bare = piece[:-1] if piece[-1:] in ".,;:" else piece
    if bare.isalpha() and bare.isascii() and code not in HAS_COMPOUNDS:  # most are
        return stem_words([bare.lower()], code)
    is_plain = piece.isascii() and (not code or language(code).stemmer == "english")
    found = stem(_words(piece)) if is_plain else stems(piece, code)
    if _IDENTIFIER_SIGN.search(piece):
        found += identifiers(piece)
    if code in HAS_COMPOUNDS:
        found += compound_terms(piece, code)
    if not piece.isascii() and _HAN.search(piece):
        found += [sign for run in _HAN.findall(fold(piece)) if len(run) > 1 for sign in run]
    return found


def identifiers(text: str) -> list[str]:
    """The identifiers of a text, whole: ``both_require``, ``QX-0131``, ``v2.3.1``, ``10:30``.

    Folded, without what joins words: ``QX-0131`` and ``qx0131`` are one.
    """
    if not _IDENTIFIER_SIGN.search(text):
        return []
    found = []
    for match in _IDENTIFIER.finditer(fold(text)):
        whole = match.group()
        is_name = "_" in whole or any(map(str.isdigit, whole))
        is_number = not any(map(str.isalpha, whole)) and not _NO_NUMBER.search(whole)
        if is_name and not is_number and len(whole) <= _MAX_LENGTH:
            found.append(_JOINTS.sub("", whole))
    return found


def compound_terms(text: str, code: str) -> list[str]:
    """The stems of the parts of a text's compounds."""
    if code not in HAS_COMPOUNDS:
        return []
    parts = [part for word in _LONG_WORD.findall(fold_case(text)) for part in parts_of(word, code)]
    return stem_words(parts, code) if parts else []


def content_terms(text: str) -> list[str]:
    """Stems without stop words, duplicates removed, in order of first appearance."""
    kept = [word for word in words(text) if word not in STOP_WORDS]
    return list(dict.fromkeys(stem(kept)))


def stem(tokens: Iterable[str]) -> list[str]:
    """Stems of folded words (Snowball English, which leaves other scripts alone)."""
    stems: list[str] = _stemmer().stemWords(list(tokens))
    return stems


def shingles(text: str, size: int = 5) -> frozenset[int]:
    """Hashes of the word n-grams of a text, for telling near-duplicates (Broder 1997).

    A shorter text is one n-gram. An n-gram's hash is a polynomial of its words' hashes (Karp and
    Rabin 1987), modulo 2^64, made for all of a text at once: a tenth of the time.
    """
    import numpy as np

    tokens = words(text)
    grams = max(1, len(tokens) - size + 1)
    hashes = np.fromiter(map(hash, tokens), np.int64, len(tokens)).astype(np.uint64)
    sums = np.zeros(grams, np.uint64)
    for at in range(min(size, len(tokens))):
        sums = sums * _BASE + hashes[at : at + grams]
    return frozenset(sums.tolist())


def tokens(text: str) -> list[str]:
    """As ``words``, with accents; for stemmers that read them."""
    folded = fold_case(_POSSESSIVE.sub("", text))
    found = []
    for match in _TOKEN.finditer(folded):
        token = match.group()
        if match.lastgroup == "unspaced":
            found.extend(_pairs(token))
        elif fold(token):  # else marks alone
            found.append(_number(token))
    return found


def _needs_care(text: str) -> bool:
    """Whether a text has marks that belong to a letter, digits of other scripts, or a script
    without spaces."""
    if text.isascii() or _NEEDS_NO_CARE.fullmatch(text):
        return False
    return _NEEDS_CARE.search(text) is not None


def _number(token: str) -> str:
    """``1,234`` and ``1234`` are one number; ``1,5`` stays apart from ``15``."""
    return _THOUSANDS.sub("", token) if _GROUPED.fullmatch(token) else token


def _pairs(run: str) -> list[str]:
    if len(run) == 1:
        return [run]
    return [run[i : i + 2] for i in range(len(run) - 1)]
