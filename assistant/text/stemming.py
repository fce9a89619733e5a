"""Words → stems by language and script: Snowball, and two light stemmers of our own.

Words of other scripts than Latin are stemmed by their script, in a text of any language: a name in
Cyrillic inside an English text is found by a Russian question. Words in Latin script are stemmed by
the language of their text. Stems come without accents.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from assistant.text.folding import fold
from assistant.text.languages import language

_SCRIPTS = (
    (0x0370, 0x03FF, "greek"), (0x1F00, 0x1FFF, "greek"), (0x0400, 0x052F, "russian"),
    (0x0530, 0x058F, "armenian"), (0x0590, 0x05FF, "hebrew"), (0x0600, 0x077F, "arabic"),
    (0x0900, 0x097F, "hindi"), (0x0B80, 0x0BFF, "tamil"), (0x1100, 0x11FF, "korean"),
    (0xAC00, 0xD7A3, "korean"),
)  # fmt: skip
_OTHER_SCRIPT = re.compile(
    "[\u0370-\u03ff\u1f00-\u1fff\u0400-\u077f\u0900-\u097f\u0b80-\u0bff\u1100-\u11ff\uac00-\ud7a3]"
)
_TURKISH_STEM = 5
"""Letters of a Turkish word that are its stem. Snowball takes the endings of nouns only and leaves
"temizlenir" and "temizlemek" apart; for search the first five letters are as good as full
morphology (Can and others 2008)."""
_HEBREW_SAFE = re.compile("(?:ו?ה|ו)(?=...)|(?:ו?[בל])(?=....)")
_HEBREW_ENDING = re.compile("(?<=...)(?:ים|ות|יות)$")
_KOREAN_ENDING = re.compile(
    "(?<=..)(?:이라고|라고|에게서|에서는|에서도|으로는|까지는|에서|에게|으로|부터|까지|처럼|보다|한테|께서|이나|이며|"
    "에는|에도|과의|와의|입니다|이다|였다|이었다|습니다|했습니다|합니다|됩니다|되었습니다|했다|한다|하는|하여|해서|"
    "인가요|입니까|하나요|했나요|합니까|했습니까|되었나요|됩니까|은|는|이|가|을|를|에|의|로|와|과|도|만)$"
    "|(?<=.)(?:은|는|을|를|에서|에게|에|의|으로|까지|부터)$"
)


@lru_cache(maxsize=40)
def _snowball(name: str) -> Any:
    import Stemmer

    return Stemmer.Stemmer(name, 100_000)


def has_other_script(text: str) -> bool:
    """Whether a text has letters that are stemmed by their script."""
    return not text.isascii() and _OTHER_SCRIPT.search(text) is not None


def stem_words(words: Sequence[str], code: str) -> list[str]:
    """The stems of words in lower case, accents kept, of a text in a language; folded."""
    name = language(code).stemmer if code else "english"
    latin = _snowball(name if name in LATIN else "english")
    if name == "turkish":
        return [
            fold(word)[:_TURKISH_STEM] if word < "\u0370" else fold(_by_script(word, latin))
            for word in words
        ]
    return [
        fold(latin.stemWord(word)) if word < "\u0370" else fold(_by_script(word, latin))
        for word in words
    ]


LATIN = frozenset(
    """english german french spanish italian portuguese dutch swedish danish norwegian finnish
    polish czech turkish romanian""".split()
)
"""Stemmers of languages in Latin script; the others belong to a script."""


def _by_script(word: str, latin: Any) -> str:
    code = ord(word[0])
    for first, last, name in _SCRIPTS:
        if first <= code <= last:
            if name == "hebrew":
                return hebrew_stem(word)
            if name == "korean":
                return korean_stem(word)
            return str(_snowball(name).stemWord(fold(word) if name == "greek" else word))
    return str(latin.stemWord(word))


def hebrew_stem(word: str) -> str:
    """Without the article, "and", and what else is written together with a long word."""
    bare = _HEBREW_SAFE.sub("", word, count=1) if _HEBREW_SAFE.match(word) else word
    return _HEBREW_ENDING.sub("", bare)


def korean_stem(word: str) -> str:
    """Without the particle or the polite ending."""
    return _KOREAN_ENDING.sub("", word)
