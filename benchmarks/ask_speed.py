"""How long whole answers take, with the reader and without it, and how much memory.

    python -m benchmarks.ask_speed [FOLDER] [--chunks 15000] [--questions 300] [--set SET]

Copies as many files of FOLDER (generated Markdown without one) as make the chunks, indexes them,
and asks the questions of SET (in BEIR's layout; without one, headings of the files) in a fresh
process for each, once to warm it up by twenty and then in turn. Prints the middle and the 95 %
quantile of a whole answer in milliseconds, the seconds of one ``assistant ask`` in a fresh process,
and the peak of memory. Exit status 1 when a goal is missed: with the reader 200 and 400 ms, without
it 60 and 150 ms.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from assistant import Assistant, load_settings
from benchmarks.corpus import write_folder
from benchmarks.peers import headings
from benchmarks.processes import environment
from benchmarks.sets import load_set

GOALS = {"builtin": (200.0, 400.0), "none": (60.0, 150.0)}
_WARM, _COLD = 20, 7
_CHARACTERS_A_CHUNK = 760
"""Of the pages of ``bench/scale``; how many chunks there are in the end is printed."""
_ASK = """
import json, resource, sys, time
from assistant import Assistant, load_settings
index, reader, warm, file = sys.argv[1:]
questions = json.load(open(file))
with Assistant(load_settings(overrides={"index.path": index, "answer.reader": reader})) as a:
    took = []
    for question in questions:
        began = time.perf_counter()
        a.ask(question)
        took.append(1000 * (time.perf_counter() - began))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"took": took[int(warm):], "peak": peak}))
"""


def copied(source: Path, target: Path, chunks: int) -> None:
    """Copy the first text files of a folder, as many as make so many chunks."""
    size = 0
    for path in sorted(p for p in source.rglob("*") if p.suffix in (".md", ".txt")):
        if size > chunks * _CHARACTERS_A_CHUNK:
            return
        to = target / path.relative_to(source)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)
        size += path.stat().st_size


def run(command: Sequence[str]) -> str:
    """What a fresh process prints."""
    done = subprocess.run(
        [sys.executable, *command], env=environment(), check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:2])} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def cold(index: Path, reader: str, question: str) -> float:
    """The middle of some cold ``assistant ask``, in seconds."""
    took = []
    settings = ["--set", f"index.path={index}", "--set", f"answer.reader={reader}"]
    for _ in range(_COLD):
        began = time.perf_counter()
        run(["-m", "assistant", *settings, "ask", question])
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def main() -> int:
    """Index, ask and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--chunks", type=int, default=15_000)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--set", type=Path, dest="asked")
    options = parser.parse_args()
    reached = True
    with tempfile.TemporaryDirectory() as place:
        folder, index = Path(place, "documents"), Path(place, "index")
        if options.folder:
            copied(options.folder, folder, options.chunks)
        else:
            write_folder(folder, options.chunks // 12, 1000)
        overrides = {"index.path": str(index), "documents.paths": [str(folder)]}
        with Assistant(load_settings(overrides=overrides)) as assistant:
            chunks = assistant.sync().chunks
        texts = [query.text for query in load_set(options.asked).queries] if options.asked else []
        most = _WARM + options.questions
        asked = [each for each in texts or headings(folder, most) if any(map(str.isalnum, each))]
        asked = asked[:most]
        file = Path(place, "questions.json")
        file.write_text(json.dumps(asked))
        print(f"{chunks:,} chunks, {len(asked) - _WARM} questions after {_WARM} to warm up")
        print(f"{'reader':>8} {'p50 ms':>7} {'p95 ms':>7} {'cold s':>7} {'peak MiB':>9}")
        for reader, (middle, most) in GOALS.items():
            found = json.loads(run(["-c", _ASK, str(index), reader, str(_WARM), str(file)]))
            took = statistics.quantiles(found["took"], n=100)
            p50, p95 = took[49], took[94]
            good = p50 <= middle and p95 <= most
            reached, told = reached and good, "reached" if good else f"over {middle:.0f}/{most:.0f}"
            print(
                f"{reader:>8} {p50:>7.0f} {p95:>7.0f} {cold(index, reader, asked[0]):>7.2f}"
                f" {found['peak']:>9.0f}  {told}"
            )
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
