"""One edited file of a large folder, brought in line by this code and by the code before, by turns.

    python -m benchmarks.edit_speed FOLDER_OR_TAR --before CHECKOUT [--rounds 9]

``CHECKOUT`` is another checkout of the project (``git worktree add ../before COMMIT``). Both ingest
the folder into an index of their own. Then a file is edited and synced by the command line, by both
in turn and the other one first in the next round; with an odd number of rounds the middle ones are
compared. Exit status 1 when this code takes more than 1.3 times as long.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.processes import environment

MOST = 1.3
HERE = Path(__file__).resolve().parent.parent


def sync(code: Path, folder: Path, index: Path) -> tuple[float, int]:
    """Seconds that the command line of a checkout takes for a sync, and the chunks of the index."""
    began = time.perf_counter()
    done = subprocess.run(
        [
            sys.executable, "-m", "assistant", "--set", f"index.path={index}",
            "--set", f"documents.paths=[{folder}]", "ingest", "--json",
        ],
        env=environment() | {"PYTHONPATH": str(code)}, cwd=code, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    seconds = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"{code}: the ingest ended with {done.returncode}: {done.stderr[-2000:]}")
    return seconds, int(json.loads(done.stdout)["chunks"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print each round, then the ratio."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("source", type=Path, help="a folder, or a tar archive of one")
    parser.add_argument("--before", type=Path, required=True, help="a checkout of the code before")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args(arguments)
    codes = {"before": options.before.resolve(), "now": HERE}
    taken: dict[str, list[float]] = {name: [] for name in codes}
    with tempfile.TemporaryDirectory(prefix="edits-") as scratch:
        place = Path(scratch)
        folder = place / "documents"
        if options.source.is_file():
            with tarfile.open(options.source) as archive:
                archive.extractall(folder, filter="data")
        else:
            shutil.copytree(options.source, folder)
        for name, code in codes.items():
            seconds, chunks = sync(code, folder, place / name)
            print(f"{name}: first ingest of {chunks:,} chunks {seconds:.1f} s", flush=True)
        files = sorted(path for path in folder.rglob("*.md") if path.is_file())
        for number in range(options.rounds):
            edited = files[(number + 1) * len(files) // (options.rounds + 1)]
            edited.write_bytes(edited.read_bytes() + b"\n\nOne more sentence stands here now.\n")
            for name in list(codes)[:: 1 - 2 * (number % 2)]:
                taken[name].append(sync(codes[name], folder, place / name)[0])
            shown = ", ".join(f"{name} {times[-1]:.2f} s" for name, times in taken.items())
            print(f"edit {number + 1}: {shown}", flush=True)
    middle = {name: statistics.median(times) for name, times in taken.items()}
    ratio = middle["now"] / middle["before"]
    print(
        f"one edited file among {chunks:,} chunks: before {middle['before']:.2f} s, "
        f"now {middle['now']:.2f} s, {ratio:.2f} times ({options.rounds} rounds by turns)"
    )
    return 1 if ratio > MOST else 0


if __name__ == "__main__":
    sys.exit(main())
