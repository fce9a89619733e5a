"""Make the tables of common words, assistant/text/languages/frequencies, with wordfreq.

    pip install wordfreq && python -m benchmarks.word_frequencies

A line of a table is a frequency on the Zipf scale, times ten, and the words that have it:
``53 word word`` are said 10^5.3 times in 10^9 words. Languages that write compounds keep rarer
words, which are looked for inside longer ones. wordfreq's data (Robyn Speer) are under the licence
CC BY-SA 4.0, and so are these tables; see NOTICE.md. Nothing else needs the package.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

from assistant.text.languages import language_codes

_FOLDER = Path("assistant/text/languages/frequencies")
_NAMES = {"no": "nb"}
_LEAST = {"de": 3.6, "nl": 3.6, "sv": 3.6, "da": 3.6, "no": 3.6, "fi": 3.6}
_LEAST_OTHERS = 4.2
_LONGEST = 14


def main() -> int:
    """Write a table for each language that the package knows."""
    try:
        import wordfreq
    except ImportError:
        print("the package wordfreq is missing: pip install wordfreq")
        return 2
    _FOLDER.mkdir(exist_ok=True)
    known = wordfreq.available_languages("best")
    for code in language_codes():
        name = _NAMES.get(code, code)
        if name not in known:
            print(f"{code}: no list")
            continue
        bins: dict[int, list[str]] = {}
        for word, frequency in wordfreq.get_frequency_dict(name).items():
            zipf = round(10 * (math.log10(frequency) + 9))
            if 10 * _LEAST.get(code, _LEAST_OTHERS) <= zipf and _is_word(word):
                bins.setdefault(zipf, []).append(word)
        lines = [f"{zipf} {' '.join(sorted(words))}" for zipf, words in sorted(bins.items())]
        path = _FOLDER / f"{code}.txt"
        path.write_text("\n".join(reversed(lines)) + "\n", encoding="utf-8")
        count = sum(map(len, bins.values()))
        print(f"{code}: {count} words, {path.stat().st_size // 1000} kB")
    return 0


def _is_word(word: str) -> bool:
    """Letters and their marks only."""
    letters = sum(character.isalpha() for character in word)
    return (
        len(word) <= _LONGEST and letters > 0 and not any(c.isdigit() or c in "'.-_" for c in word)
    )


if __name__ == "__main__":
    sys.exit(main())
