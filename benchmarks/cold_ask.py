"""One cold `assistant ask` beside that of another checkout of this project, by turns.

    git worktree add --detach /tmp/before 9dd9be7   # the commit before part 10
    pip install --no-deps --target /tmp/packages wordllama==0.4.0.post1   # which it needs
    python -m benchmarks.cold_ask /tmp/before [FOLDER] [--packages /tmp/packages] [--runs 10]

Each checkout indexes the same files (as many of FOLDER as make the chunks; generated Markdown
without one) into an index of its own and answers the same three questions, headings of the files,
in fresh processes with compiled modules. Prints the middle and the least seconds of each and their
ratios. Exit status 1 when the middle with the reader is above the goal, 1.5 times.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.ask_speed import copied
from benchmarks.corpus import write_folder
from benchmarks.peers import headings
from benchmarks.processes import environment

GOAL = 1.5
_QUESTIONS = 3
_TOP = Path(__file__).resolve().parent.parent


def seconds(command: Sequence[str], environ: Mapping[str, str], place: Path) -> float:
    """How long a command takes; ends the benchmark when it fails."""
    began = time.perf_counter()
    done = subprocess.run(command, env=environ, cwd=place, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr!r}")
    return time.perf_counter() - began


def main() -> int:
    """Index with both, ask by turns and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("before", type=Path, help="the other checkout")
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--chunks", type=int, default=15_000)
    parser.add_argument("--packages", type=Path, help="what only the other one imports")
    parser.add_argument("--runs", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        folder = place / "documents"
        if options.folder:
            copied(options.folder, folder, options.chunks)
        else:
            write_folder(folder, options.chunks // 12, 1000)
        lines = [each for each in headings(folder, 90) if any(map(str.isalnum, each))]
        asked = lines[:: max(1, len(lines) // _QUESTIONS)][:_QUESTIONS]
        packages = [str(options.packages.absolute())] if options.packages else []
        before = os.pathsep.join([str(options.before.absolute()), *packages])
        settings = ["--set", f"documents.paths=[{folder}]", "--set"]
        kinds = {
            "before": (before, "old", []),
            "now": (str(_TOP), "new", []),
            "now, no reader": (str(_TOP), "new", ["--set", "answer.reader=none"]),
        }
        took: dict[str, list[float]] = {kind: [] for kind in kinds}
        for turn in range(-1, options.runs):  # the first turn indexes and compiles
            for kind, (path, index, more) in kinds.items():
                environ = environment() | {"PYTHONPATH": path}
                own = [sys.executable, "-m", "assistant", *settings, f"index.path={place / index}"]
                if turn < 0:
                    seconds([*own, "ingest"], environ, place)
                for question in asked:
                    spent = seconds([*own, *more, "ask", "--", question], environ, place)
                    if turn >= 0:
                        took[kind].append(spent)
    middle = {kind: statistics.median(spent) for kind, spent in took.items()}
    print(f"{'':>15} {'middle s':>9} {'×':>5} {'least s':>8} {'×':>5}")
    for kind, spent in took.items():
        times, least = middle[kind] / middle["before"], min(spent) / min(took["before"])
        print(f"{kind:>15} {middle[kind]:>9.2f} {times:>5.2f} {min(spent):>8.2f} {least:>5.2f}")
    reached = middle["now"] <= GOAL * middle["before"]
    print(f"goal {GOAL} times with the reader: {'reached' if reached else 'missed'}")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
