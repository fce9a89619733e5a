"""Text → index terms, the same for documents and questions, in every language.

Words are folded (case, width, accents) and stemmed; scripts written without spaces (Chinese,
Japanese, Thai, Lao, Khmer, Burmese) give overlapping character pairs, because a tokenizer that
keeps whole runs finds almost nothing there (hit@1 .10 against .94 for English, measured).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import regex

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
_BASE = 0x9E3779B97F4A7C15
"""Odd, and far from any small number: 2^64 divided by the golden ratio."""
_ACCENTS = re.compile("[\u0300-\u036f]+")

STOP_WORDS = frozenset(
    """a about above after again against all also am an and any are aren as at be because been
    before being below between both but by can cannot could couldn did didn do does doesn
    doing don down during each few for from further get give had hadn has hasn have haven
    having he her here hers herself him himself his how i if in into is isn it its itself just
    let ll me more most much my myself no nor not now of off on once only or other our ours
    ourselves out over own please re same she should shouldn so some such tell than that the
    their theirs them themselves then there these they this those through to too under until
    up us ve very was wasn we were weren what when where whether which while who whom whose
    why will with won would wouldn you your yours yourself yourselves s t d m der die das und
    ist ein eine einer einem einen von zu mit den dem des im auf für wie was wer wo wann warum
    welche welcher welches sind war wird werden hat haben""".split()
)
"""Words that carry no content in a question: they never decide whether a passage answers it."""


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Names the terms that are made here: by these rules, the stemmer and Unicode's tables.

    The number rises whenever another term is made of the same text.
    """
    import Stemmer

    return f"terms-1|snowball-{Stemmer.version()}|unicode-{unicodedata.unidata_version}"


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english", 100_000)


def fold(text: str) -> str:
    """Lower case, compatibility forms resolved, accents of Latin, Greek and Cyrillic removed."""
    if text.isascii():
        return text.lower()
    # Decomposed first: mathematical letters fold only once they are plain letters.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", _ACCENTS.sub("", decomposed))


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


def terms(text: str) -> list[str]:
    """Index terms in order: stemmed words, numbers without thousands separators, pairs."""
    return stem(words(text))


class TermWriter:
    """Texts → their index terms in one string, as ``terms`` gives them; for a whole corpus.

    No term reaches over white space, so what stands between is looked up when it comes again,
    which it does: 3 s instead of 11 for 65,000 chunks.
    """

    def __init__(self) -> None:
        self._known = _Pieces()

    def line(self, text: str) -> str:
        """The terms of a text, separated by spaces (there may be several)."""
        return " ".join(map(self._known.__getitem__, text.split()))


class _Pieces(dict[str, str]):
    """What stands between white space → its terms."""

    def __missing__(self, piece: str) -> str:
        found = " ".join(terms(piece))
        if len(piece) <= _MAX_LENGTH:
            if len(self) >= _MAX_PIECES:
                self.clear()
            self[piece] = found
        return found


def content_terms(text: str) -> list[str]:
    """Index terms without stop words, duplicates removed, in order of first appearance."""
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
