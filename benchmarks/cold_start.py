"""Start-up: cold commands beside the imports that no vector index by LlamaIndex and Chroma avoids.

    python -m benchmarks.cold_start [--runs 9]

The yardstick is one process that imports ``chromadb`` and ``llama_index.core`` and ends. All are
started in turn, as fresh processes, with their modules compiled and their files in the cache of the
system; so "cold" means a new process, not a new machine.

Prints the median seconds of each with the range, and its ratio to the yardstick beside the goal:
``assistant ask`` at most 1.3, ``assistant --help`` under a third. Exit status 1 when one is missed.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.corpus import write_folder
from benchmarks.processes import environment

YARDSTICK = "import chromadb + llama_index.core"
GOALS = {"assistant ask": 1.3, "assistant --help": 1 / 3}


def commands(place: Path, folder: Path) -> dict[str, list[str]]:
    """What is started, by the name it is shown under."""
    assistant = [
        sys.executable, "-m", "assistant",
        "--set", f"index.path={place / 'index'}", "--set", f"documents.paths=[{folder}]",
    ]  # fmt: skip
    question = "Which method reaches the best points on a single card?"
    return {
        YARDSTICK: [sys.executable, "-c", "import chromadb, llama_index.core"],
        "assistant ask": [*assistant, "ask", question],
        "assistant --help": [*assistant, "--help"],
        "assistant ingest, unchanged": [*assistant, "ingest"],
        "assistant status": [*assistant, "status"],
    }


def start(command: list[str]) -> float:
    """Seconds from start to end of one process."""
    began = time.perf_counter()
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"{command} ended with {done.returncode}:\n{done.stderr}")
    return seconds


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--files", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cold-") as scratch:
        place = Path(scratch)
        write_folder(place / "documents", options.files, 450)
        started = commands(place, place / "documents")
        start(started["assistant ingest, unchanged"])  # the first one makes the index
        seconds: dict[str, list[float]] = {name: [] for name in started}
        for number in range(options.runs + 1):  # the first of each only warms the caches
            for name, command in started.items():
                took = start(command)
                if number:
                    seconds[name].append(took)
    return show(seconds)


def show(seconds: dict[str, list[float]]) -> int:
    """The table; 1 when a goal is missed."""
    yardstick = statistics.median(seconds[YARDSTICK])
    missed = 0
    print(f"medians of {len(seconds[YARDSTICK])} starts of each, in turn")
    for name, values in seconds.items():
        ratio = statistics.median(values) / yardstick
        goal = GOALS.get(name)
        is_met = goal is None or ratio <= goal
        missed += not is_met
        shown = "" if goal is None else f"   goal ≤ {goal:.2f}: {'met' if is_met else 'MISSED'}"
        print(
            f"{name:<36}{statistics.median(values):6.2f} s ({min(values):.2f} to "
            f"{max(values):.2f})   {ratio:5.2f} ×{shown}"
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
