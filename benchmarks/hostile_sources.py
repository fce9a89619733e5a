"""Hostile addresses, archives, repositories, questions and queries: how many of them do harm?

    python -m benchmarks.hostile_sources [--show]

Each case runs in a folder of its own, through the same functions as ``assistant add`` and
``assistant ask``; ``benchmarks/harm.py`` says what harm is and measures it from outside. No server
but this command's own is called, on this machine. Exit status 1 where one case did harm.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.harm import HostileCase, harm_of
from benchmarks.hostile_addresses import addresses
from benchmarks.hostile_archives import archives
from benchmarks.hostile_queries import queries
from benchmarks.hostile_questions import lay_ready, questions
from benchmarks.hostile_repositories import repositories
from benchmarks.local_site import Site


@contextmanager
def hostile_cases(place: Path) -> Iterator[list[HostileCase]]:
    """All cases, with the server and the index that they need."""
    site = Site()
    try:
        lay_ready(place / "shared")
        shared = place / "shared"
        cases = [*addresses(site), *archives(), *questions(shared), *queries(shared)]
        if shutil.which("git"):
            cases += repositories()
        yield cases
    finally:
        site.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the harms and the counts."""
    parse = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parse.add_argument("--show", action="store_true", help="Print every case with its seconds.")
    given = parse.parse_args(arguments)
    kinds: Counter[str] = Counter()
    harmed = 0
    if not shutil.which("git"):
        print("git is not installed: repositories are left out")
    with tempfile.TemporaryDirectory() as folder, hostile_cases(Path(folder)) as cases:
        for number, case in enumerate(cases):
            begun = time.monotonic()
            found = harm_of(case, Path(folder) / str(number))
            kinds[case.name.partition(":")[0]] += 1
            harmed += bool(found)
            if found or given.show:
                print(f"{time.monotonic() - begun:6.2f} s  {case.name}: {found or 'no harm'}")
            shutil.rmtree(Path(folder) / str(number), ignore_errors=True)
    print(", ".join(f"{name} {count}" for name, count in sorted(kinds.items())))
    print(f"harm {harmed} of {len(cases)}")
    return 1 if harmed else 0


if __name__ == "__main__":
    sys.exit(main())
