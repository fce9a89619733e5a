"""Bombs and broken files: does reading stay inside its limits, and the parent alive?

    python -m benchmarks.parsing_limits [--mutations 2000] [--seed 1] [--only WORD]

First the bombs of ``bombs``: each must end in a refusal, or in a text within the limits, in time
and in memory. Then mutated documents: valid small files of every format (from ``format_samples``,
and those of the set beside the checkout where it is there) with bytes flipped, cut off, left out or
doubled; in packages also inside a part, which is packed again, so that the damage gets past the
checksums. Each must end in a text or a typed refusal.

Prints a line per bomb, then the mutations by format and outcome, the largest memory of a child, the
longest time, and how often a child broke or dallied (one file's failure each) and the parent did.
Exit status 1 when a limit did not hold.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from assistant.errors import DocumentError
from assistant.reading.limits import DEFAULT_LIMITS
from assistant.reading.pool import ChildDiedError, Parsers
from benchmarks.bombs import bombs
from benchmarks.format_samples import pack, samples
from benchmarks.formats import DEFAULT_FOLDER

MOST_SECONDS = 60.0
"""A bomb may take its wall time twice: a file that breaks a used child is tried in a fresh one."""
MOST_BYTES = 1 << 30
LARGEST_ORIGINAL = 120_000


@dataclass(frozen=True, slots=True)
class Ending:
    """How reading one file ended."""

    outcome: str
    reason: str
    seconds: float
    characters: int = 0
    child_died: bool = False
    dallied: bool = False


def read(parsers: Parsers, data: bytes, name: str) -> Ending:
    """Read a file; anything but a document or a ``DocumentError`` is the parent's failure."""
    began = time.perf_counter()
    try:
        document = parsers.read(data, name)
        return Ending("text", "", time.perf_counter() - began, len(document.text))
    except DocumentError as exc:
        return Ending(
            exc.outcome,
            exc.what,
            time.perf_counter() - began,
            child_died=isinstance(exc, ChildDiedError),
            dallied=isinstance(exc.__cause__, TimeoutError),
        )
    except Exception as exc:
        return Ending("PARENT", f"{type(exc).__name__}: {exc}", time.perf_counter() - began)


def run_bombs(only: str) -> bool:
    """Read every bomb in a fresh child; whether all limits held."""
    print("bomb                            bytes  outcome      seconds  child MB  reason")
    holds = True
    worst_seconds = 0.0
    for name, build in bombs().items():
        if only not in name:
            continue
        with Parsers() as parsers:
            parsers.read(b"<p>a child that is up</p>", "a.html")
            data = build()  # after the start: a child counts what its parent held then as its own
            ending = read(parsers, data, name)
            peak = parsers.peak_bytes
        worst_seconds = max(worst_seconds, ending.seconds)
        held = (
            ending.outcome != "PARENT"
            and ending.seconds <= MOST_SECONDS
            and peak <= MOST_BYTES
            and ending.characters <= DEFAULT_LIMITS.max_characters
        )
        holds = holds and held
        reason = ending.reason.removeprefix(name).strip() or f"{ending.characters:,} characters"
        print(
            f"{name:28s} {len(data):9,d}  {ending.outcome:11s} {ending.seconds:8.1f}  "
            f"{f'{peak / 1e6:8.0f}' if peak else '       -'}  "
            f"{'' if held else 'LIMIT BROKEN '}{reason[:110]}",
            flush=True,
        )
    largest = _children_peak()
    print(
        f"largest memory of a child {largest / 1e6:.0f} MB, longest {worst_seconds:.1f} s, "
        "deaths of the parent 0\n"
    )
    return holds and largest <= MOST_BYTES


def _children_peak() -> int:
    """The most memory any child has held, those that were killed included."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit


def originals() -> list[tuple[str, bytes]]:
    """Valid small files of every format."""
    files = [(name, data) for name, (data, _) in samples().items()]
    folder = DEFAULT_FOLDER / "files"
    if folder.is_dir():
        files += [
            (path.name, path.read_bytes())
            for path in sorted(folder.iterdir())
            if 0 < path.stat().st_size <= LARGEST_ORIGINAL
        ]
    return files


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Break a file; half of the packages are broken inside a part."""
    if data[:2] == b"PK" and chance.random() < 0.6:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as package:
                parts: dict[str, str | bytes] = {n: package.read(n) for n in package.namelist()}
        except (zipfile.BadZipFile, OSError):
            return _break(data, chance)
        victim = chance.choice([n for n in parts if parts[n]] or [""])
        if victim:
            parts[victim] = _break(bytes(parts[victim]), chance)  # type: ignore[arg-type]
            return pack(parts)
    return _break(data, chance)


def _break(data: bytes, chance: random.Random) -> bytes:
    kind = chance.choice(("flip", "flip", "flip", "cut", "leave out", "double"))
    changed = bytearray(data)
    if kind == "flip":
        for _ in range(chance.choice((1, 3, 10, 40))):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    elif kind == "cut":
        del changed[chance.randrange(len(changed)) :]
    else:
        start = chance.randrange(len(changed))
        end = min(len(changed), start + chance.randint(1, max(1, len(changed) // 4)))
        if kind == "double":
            changed[end:end] = changed[start:end]
        else:
            del changed[start:end]
    return bytes(changed)


def mutations(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Broken files, each original in turn."""
    chance = random.Random(seed)
    files = originals()
    for number in range(count):
        name, data = files[number % len(files)]
        yield name, mutate(data, chance)


def run_mutations(count: int, seed: int) -> bool:
    """Read broken files; whether each ended in a text or a typed refusal."""
    by_format: dict[str, Counter[str]] = {}
    longest = ("", 0.0)
    broke: list[str] = []
    total = Counter[str]()
    with Parsers() as parsers, ThreadPoolExecutor(4) as threads:
        cases = mutations(count, seed)
        results = threads.map(lambda case: (case[0], read(parsers, case[1], case[0])), cases)
        for number, (name, ending) in enumerate(results):
            suffix = name.rpartition(".")[2]
            by_format.setdefault(suffix, Counter())[ending.outcome] += 1
            total[ending.outcome] += 1
            total["child died"] += ending.child_died
            total["dallied"] += ending.dallied
            if ending.child_died or ending.dallied or ending.outcome == "PARENT":
                broke.append(f"mutation {number} of {name}: {ending.reason}")
            if ending.seconds > longest[1]:
                longest = (name, ending.seconds)
    outcomes = ("text", "empty", "needs_ocr", "password", "unsupported", "too_large", "failed")
    print("format  " + "".join(f"{each:>12s}" for each in outcomes))
    for suffix, counts in sorted(by_format.items()):
        print(f"{suffix:8s}" + "".join(f"{counts[each]:12d}" for each in outcomes))
    print(f"{'all':8s}" + "".join(f"{total[each]:12d}" for each in outcomes))
    print("\n".join(broke[:20]))
    print(
        f"{count} mutated documents (seed {seed}): crashes of the parent {total['PARENT']}, "
        f"children broken {total['child died']}, over time {total['dallied']}, longest "
        f"{longest[1]:.1f} s ({longest[0]}), largest memory of a child "
        f"{_children_peak() / 1e6:.0f} MB"
    )
    return not total["PARENT"] and longest[1] <= MOST_SECONDS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run both, print, and say by the exit status whether the limits held."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--mutations", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="bombs with this word in their name")
    chosen = parser.parse_args(arguments)
    held = run_bombs(chosen.only)
    if chosen.mutations:
        held = run_mutations(chosen.mutations, chosen.seed) and held
    print("all limits held" if held else "NOT all limits held")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
