"""Real files of many kinds: does each come to the right end, with all its words?

    python -m benchmarks.formats [FOLDER]

FOLDER holds ``manifest.jsonl`` and ``files/``; without it, the set beside the checkout. A line of
the manifest names a file, what must become of it (``expect``), phrases that must come out, phrases
that would be good to have (``optional``) and phrases that must not (``must_not``). White space is
collapsed before phrases are looked for, and a document's title counts as its text, because it is
stored and searched with it.

Files go through the same parsing children as in an ingest. Prints a table by type: outcomes that
are right, phrases found, optional ones, leaks, crashes, the slowest file; then everything that is
wrong, and the largest memory of a child. Exit status 1 when an outcome is wrong, under 97 % of the
phrases are found, something leaks, a parser crashes, or a file takes over 30 s or 1 GiB.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import DocumentError
from assistant.reading.pool import ChildDiedError, Parsers

DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "shared" / "bench" / "formats"
NEEDED_SHARE = 0.97
MOST_SECONDS = 30.0
MOST_BYTES = 1 << 30

ACCEPTED = {
    "text": {"indexed"},
    "text_numeric": {"indexed"},
    "empty": {"empty"},
    "needs_ocr": {"needs_ocr"},
    "image": {"needs_ocr", "unsupported"},
    "no_text": {"needs_ocr", "empty"},
    "password": {"password"},
    "encrypted_body": {"password"},
    "archive": {"unsupported"},
    "unsupported": {"unsupported"},
}
"""Outcomes that are right for each expectation; for one not listed here, any but a crash."""


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one file."""

    file: str
    kind: str
    expected: str
    outcome: str
    reason: str
    phrases: int
    missing: tuple[str, ...]
    optional: int
    optional_missing: tuple[str, ...]
    leaks: tuple[str, ...]
    crashed: bool
    seconds: float

    @property
    def is_right(self) -> bool:
        """Whether the file came to the end that it should."""
        if self.expected == "archive" and "archive" not in self.reason:
            return False
        accepted = ACCEPTED.get(self.expected)
        return not self.crashed and (accepted is None or self.outcome in accepted)


def measure(parsers: Parsers, folder: Path, entry: dict[str, Any]) -> Row:
    """Read one file of the manifest and compare."""
    data = (folder / "files" / entry["file"]).read_bytes()
    began = time.perf_counter()
    text, outcome, reason, crashed = "", "indexed", "", False
    try:
        document = parsers.read(data, entry["file"])
        text = f"{document.title}\n{document.text}"
    except DocumentError as exc:
        outcome, reason = exc.outcome, exc.what
        crashed = isinstance(exc, ChildDiedError)
    seconds = time.perf_counter() - began
    text = collapse(text)
    phrases, optional = entry.get("phrases", []), entry.get("optional", [])
    return Row(
        file=entry["file"],
        kind=entry["type"],
        expected=entry["expect"],
        outcome=outcome,
        reason=reason,
        phrases=len(phrases),
        missing=tuple(each for each in phrases if collapse(each) not in text),
        optional=len(optional),
        optional_missing=tuple(each for each in optional if collapse(each) not in text),
        leaks=tuple(each for each in entry.get("must_not", []) if collapse(each) in text),
        crashed=crashed,
        seconds=seconds,
    )


def collapse(text: str) -> str:
    """Text with single blanks."""
    return " ".join(text.split())


def table(rows: Sequence[Row]) -> Iterable[str]:
    """A line per type, and one for all."""
    yield "type    files  outcome  phrases    optional  leaks  crashes  slowest"
    kinds = sorted({row.kind for row in rows}, key=lambda kind: (-_count(rows, kind), kind))
    for kind in [*kinds, ""]:
        chosen = [row for row in rows if not kind or row.kind == kind]
        right = sum(row.is_right for row in chosen)
        phrases = sum(row.phrases for row in chosen)
        found = phrases - sum(len(row.missing) for row in chosen)
        optional = sum(row.optional for row in chosen)
        optional_found = optional - sum(len(row.optional_missing) for row in chosen)
        yield (
            f"{kind or 'all':7s} {len(chosen):5d}  {right:3d}/{len(chosen):<3d}  "
            f"{found:4d}/{phrases:<4d}  {optional_found:4d}/{optional:<4d} "
            f"{sum(len(row.leaks) for row in chosen):5d} "
            f"{sum(row.crashed for row in chosen):8d}  {max(r.seconds for r in chosen):6.2f} s"
        )


def _count(rows: Sequence[Row], kind: str) -> int:
    return sum(1 for row in rows if row.kind == kind)


def problems(rows: Sequence[Row]) -> Iterable[str]:
    """What is wrong, a line each."""
    for row in rows:
        if not row.is_right:
            yield f"outcome   {row.file}: {row.expected} expected, {row.outcome}: {row.reason}"
        for phrase in row.missing:
            yield f"missing   {row.file}: {phrase!r}"
        for phrase in row.optional_missing:
            yield f"optional  {row.file}: {phrase!r}"
        for phrase in row.leaks:
            yield f"leak      {row.file}: {phrase!r}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit status whether the promises hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    folder = parser.parse_args(arguments).folder
    manifest = folder / "manifest.jsonl"
    if not manifest.is_file():
        print(f"{manifest} is not there: name a folder with manifest.jsonl and files/")
        return 2
    entries = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    began = time.perf_counter()
    with Parsers() as parsers:
        rows = [measure(parsers, folder, entry) for entry in entries]
        peak = parsers.peak_bytes
    seconds = time.perf_counter() - began
    print("\n".join(table(rows)))
    print("\n".join(problems(rows)))
    phrases = sum(row.phrases for row in rows)
    found = phrases - sum(len(row.missing) for row in rows)
    share = found / max(1, phrases)
    slowest = max(row.seconds for row in rows)
    print(f"\n{len(rows)} files in {seconds:.1f} s; phrases found {found}/{phrases} = {share:.1%}")
    print(f"largest memory of a parsing child {peak / 1e6:.0f} MB; slowest file {slowest:.1f} s")
    holds = (
        all(row.is_right and not row.leaks for row in rows)
        and share >= NEEDED_SHARE
        and slowest <= MOST_SECONDS
        and peak <= MOST_BYTES
    )
    print("all promises hold" if holds else "NOT all promises hold")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
