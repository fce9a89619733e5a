"""Scans: how many words are read right, how fast, with how much memory?

    python -m benchmarks.scans [--scans FOLDER]

Draws letters, tables and columns of our own text in four qualities, and takes the three scans of
the set of real files beside the checkout (or FOLDER) where it is there. Each goes through the
parsing child as in an ingest. Prints for each the words that come out right, of how many, the rows
of tables that come out whole, the seconds; then the share of all words, the largest memory of a
child and how well a low score tells a wrong word. Needs the extra: pip install
'document-assistant[ocr]'.

The words of the real scans were read by eye; ``scan_words`` keeps them as hashes, not as text. Exit
status 1 when fewer than 95 % of the words of the real scans, or of our own in print and scan
quality, are right.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.reading.pages_of_file import Recognition
from assistant.reading.pool import Parsers
from assistant.reading.recognition import (
    HOW_TO_INSTALL,
    LOW_SCORE,
    RecognitionLimits,
    installed,
)
from assistant.types import ParsedDocument
from benchmarks.drawn_scans import PRINT, QUALITIES, SCAN, TABLE, as_pdf, columns, letter, table
from benchmarks.scan_words import WORDS

DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "shared" / "bench" / "formats" / "files"
NEEDED_SHARE = 0.95
_WORD = re.compile(r"[\w.,%=/()'’-]*\w[\w.,%=/()'’-]*")


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, without the signs around them."""
    return [re.sub(r"^\W+|\W+$", "", word).lower() for word in _WORD.findall(text)]


def hashed(word: str) -> str:
    """Ten hex digits for a word."""
    return hashlib.sha256(word.encode()).hexdigest()[:10]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one scan; ``low`` counts words with a low score among the right and the wrong
    ones."""

    name: str
    right: int
    words: int
    seconds: float
    low_right: int
    low_wrong: int
    read_right: int
    read_wrong: int
    note: str = ""
    is_needed: bool = True


def compare(name: str, document: ParsedDocument, wanted: Iterable[str], seconds: float) -> Result:
    """Count what of the wanted hashes came out."""
    expected = Counter(wanted)
    found = Counter(map(hashed, words_of(document.text)))
    low = {True: 0, False: 0}
    read = {True: 0, False: 0}
    for word in document.recognised:
        for each in words_of(document.text[word.start : word.end]):
            is_right = hashed(each) in expected
            read[is_right] += 1
            low[is_right] += word.score < LOW_SCORE
    right = sum((expected & found).values())
    return Result(
        name, right, sum(expected.values()), seconds, low[True], low[False], read[True], read[False]
    )


def whole_rows(text: str) -> int:
    """How many rows of the drawn table are rows of the text, with every cell, spaces apart."""
    lines = {re.sub(r"\s", "", line) for line in text.splitlines()}
    return sum(1 for row in TABLE if re.sub(r"\s", "", f"|{'|'.join(row)}|") in lines)


def measure(parsers: Parsers, folder: Path) -> list[Result]:
    """Read all scans."""
    results = []
    for quality in QUALITIES:
        for draw in (letter, table, columns):
            drawn = draw(quality)
            data = as_pdf(drawn)
            began = time.perf_counter()
            document = parsers.read(data, "drawn.pdf")
            result = compare(
                drawn.name, document, map(hashed, words_of(drawn.words)),
                time.perf_counter() - began,
            )  # fmt: skip
            note = f"rows {whole_rows(document.text)} of {len(TABLE)}" if draw is table else ""
            is_needed = quality in (PRINT, SCAN)
            results.append(_with(result, note, is_needed))
    for name, wanted in WORDS.items():
        path = folder / name
        if path.is_file():
            began = time.perf_counter()
            document = parsers.read(path.read_bytes(), name)
            results.append(compare(name, document, wanted, time.perf_counter() - began))
    return results


def _with(result: Result, note: str, is_needed: bool) -> Result:
    return replace(result, note=note, is_needed=is_needed)


def share(results: Sequence[Result]) -> float:
    """The share of words that are right."""
    return sum(each.right for each in results) / max(1, sum(each.words for each in results))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit status whether enough words are right."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--scans", type=Path, default=DEFAULT_FOLDER)
    folder = parser.parse_args(arguments).scans
    if not installed():
        print(f"Nothing here reads pictures: {HOW_TO_INSTALL}")
        return 2
    with Parsers(recognition=Recognition(RecognitionLimits())) as parsers:
        parsers.read(as_pdf(letter()), "warm.pdf")  # the models are loaded with the first page
        results = measure(parsers, folder)
        peak = parsers.peak_bytes
    for each in results:
        print(
            f"{each.name:42s} {each.right:3d}/{each.words:<3d} = {each.right / each.words:6.1%}  "
            f"{each.seconds:4.1f} s  {each.note}".rstrip()
        )
    own = [each for each in results if each.name not in WORDS and each.is_needed]
    poor = [each for each in results if each.name not in WORDS and not each.is_needed]
    real = [each for each in results if each.name in WORDS]
    holds = True
    for label, chosen, is_needed in (
        ("own, print and scan", own, True), ("own, photo and fax", poor, False),
        ("real scans", real, True),
    ):  # fmt: skip
        if chosen:
            words = sum(each.words for each in chosen)
            print(f"{label}: {share(chosen):.1%} of {words} words")
            holds &= not is_needed or share(chosen) >= NEEDED_SHARE
    if not real:
        print(f"the real scans are not in {folder}")
    seconds = sum(each.seconds for each in results) / len(results)
    print(f"{seconds:.1f} s a page; largest memory of a child {peak / 1e6:.0f} MB")
    low_right, low_wrong = sum(r.low_right for r in results), sum(r.low_wrong for r in results)
    right, wrong = sum(r.read_right for r in results), sum(r.read_wrong for r in results)
    print(
        f"a score under {LOW_SCORE}: {low_wrong} of {wrong} wrong words, "
        f"{low_right} of {right} right ones"
    )
    print("the promise holds" if holds else "NOT enough words are right")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
