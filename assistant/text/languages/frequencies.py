"""How common words are in a language, from ``frequencies/CODE.txt``, read when first asked for.

Where the tables come from, and their licence: ``python -m benchmarks.word_frequencies``, NOTICE.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from assistant.text.folding import fold_case

_FOLDER = Path(__file__).parent / "frequencies"


@lru_cache(maxsize=8)
def zipf(code: str) -> Mapping[str, float]:
    """Each common word of a language, in lower case → log10 of its count in 10^9 words.

    Empty for a language without a table.
    """
    try:
        text = (_FOLDER / f"{code}.txt").read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    found: dict[str, float] = {}
    for line in fold_case(text).splitlines():
        tenths, _, words = line.partition(" ")
        found.update(dict.fromkeys(words.split(), int(tenths) / 10))
    return found
