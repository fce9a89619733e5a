"""How common words are in a language, from the package wordfreq, read when first asked for.

None of its data is in this project; see NOTICE.md. Of its tables only the common words are kept:
rarer ones are parts of compounds by chance, and about such words the folder itself says more.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.util import find_spec
from math import log10
from pathlib import Path

from assistant.text.folding import fold_case
from assistant.text.languages import HAS_COMPOUNDS

_NAMES = {"no": "nb"}
_LEAST, _LEAST_OF_COMPOUNDS = 4.2, 3.6
"""How common a word must be to be kept; parts of compounds are looked for among rarer ones."""
_LONGEST = 14


@lru_cache(maxsize=8)
def zipf(code: str) -> Mapping[str, float]:
    """Each common word of a language, in lower case → log10 of its count in 10^9 words.

    Empty for a language without a table.
    """
    name = _NAMES.get(code, code)
    found = {}
    for frequency, words in _read(name) or _looked_up(name):
        value = round(log10(frequency) + 9, 1)
        if value < (_LEAST_OF_COMPOUNDS if code in HAS_COMPOUNDS else _LEAST):
            break
        for word in words:
            if len(word) <= _LONGEST and _is_word(word):
                found[fold_case(word)] = value
    return found


def _read(code: str) -> list[tuple[float, list[str]]]:
    """(frequency, its words), falling, from the package's own file, whose layout the package
    describes; empty when it is another. Importing the package takes .2 s, a fifth of a command that
    asks one question."""
    import gzip

    import msgpack

    found = find_spec("wordfreq")
    for folder in found.submodule_search_locations or () if found else ():
        path = Path(folder, "data", f"small_{code}.msgpack.gz")
        if path.is_file():
            header, *words = msgpack.loads(gzip.decompress(path.read_bytes()))
            if header == {"format": "cB", "version": 1}:
                return [(10 ** (-cb / 100), each) for cb, each in enumerate(words) if each]
    return []


def _looked_up(code: str) -> list[tuple[float, list[str]]]:
    import wordfreq

    try:
        table: Mapping[str, float] = wordfreq.get_frequency_dict(code, wordlist="small")
    except LookupError:
        return []
    return [(frequency, [word]) for word, frequency in sorted(table.items(), key=lambda e: -e[1])]


def _is_word(word: str) -> bool:
    """Letters and their marks only."""
    has_letter = any(character.isalpha() for character in word)
    return has_letter and not any(c.isdigit() or c in "'.-_’" for c in word)
