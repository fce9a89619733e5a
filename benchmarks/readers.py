"""Our readers of PDFs, Office files, pages, books and mail beside those that people take instead.

    python -m benchmarks.readers [--files 200 2000] [--peers DIR] [--rounds 3] [--write]

Reads a folder of so many files: those of ``../shared/bench/formats`` as they are, and made ones
with known sentences and cells (``benchmarks.reader_files``); without that folder, made ones alone.
The peers are LlamaIndex's ``SimpleDirectoryReader``, unstructured, markitdown and docling, as their
documentation uses them (``benchmarks.reader_recipes``). ``DIR`` holds one environment for each, for
they do not agree about their own dependencies; what is not there is left out, with the reason::

    for each in llama_index unstructured markitdown docling; do python -m venv DIR/$each; done
    DIR/llama_index/bin/pip install llama-index-core llama-index-readers-file docx2txt openpyxl \\
        python-pptx EbookLib html2text beautifulsoup4
    DIR/unstructured/bin/pip install 'unstructured[all-docs]'
    DIR/markitdown/bin/pip install 'markitdown[all]'
    DIR/docling/bin/pip install docling 'docling-slim[format-opendocument]'

(A folder made by ``pip install --target DIR/markitdown`` does, too.) docling reads PDFs by its
pipeline without models: the usual one takes weights from a hub. unstructured reads PDFs by
``fast``, and without its spaCy model where that is not installed.

Each reader reads the whole folder in a fresh process, measured whole with its imports: seconds,
processor seconds of it and its children, and the largest sum of what they hold (Pss). They take
turns, ``--rounds`` times; the middle one by processor seconds counts. Up to ``MOST_BY_FORMAT``
files each format is read once more in processes of its own. Ours reads in children, as an ingest,
the peers in one process. A peer that says nothing for two minutes is ended, and goes on with the
next file. ``--results`` keeps what is measured, reader by reader, and a later run measures the
rest; ``--write`` puts it into docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.processes import environment
from benchmarks.reader_files import MAKERS, gather
from benchmarks.reader_judge import group_of, judge, total
from benchmarks.reader_page import NAMES, section, write_section
from benchmarks.scale import resident_bytes

REAL = Path(__file__).resolve().parents[2] / "shared" / "bench" / "formats"
MOST_BY_FORMAT = 500
PATIENCE_SECONDS = 120.0
NOT_INSTALLED = 3
"""Exit status of ``benchmarks.reader_recipes``."""


class MissingPeerError(Exception):
    """A reader cannot be run here, for this reason."""


@dataclass(slots=True)
class Reading:
    """What reading some files took, and what came of each."""

    seconds: float = 0.0
    processor: float = 0.0
    peak: int = 0
    version: str = ""
    replies: dict[str, dict[str, Any]] = field(default_factory=dict)


# ---------------------------------------------------------------- one reader in its process


def command_of(reader: str, peers: Path | None) -> tuple[list[str], dict[str, str]]:
    """The Python that has a reader, and its environment. Raises ``MissingPeerError``."""
    offline = {"HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "true", "SCARF_NO_ANALYTICS": "true"}
    surroundings = environment(**offline)
    if reader == "assistant":
        return [sys.executable], surroundings
    if peers is None:
        raise MissingPeerError("no --peers folder is named")
    place = (peers / reader).absolute()
    if (place / "bin" / "python").exists():
        return [str(place / "bin" / "python")], surroundings
    if place.is_dir():
        surroundings["PYTHONPATH"] = os.pathsep.join([surroundings["PYTHONPATH"], str(place)])
        return [sys.executable], surroundings
    raise MissingPeerError(f"there is no {reader} in the --peers folder")


def read(reader: str, peers: Path | None, folder: Path, names: Sequence[str]) -> Reading:
    """Read files, in another process after one that hung or died. Raises ``MissingPeerError``."""
    command, surroundings = command_of(reader, peers)
    whole, left = Reading(), list(names)
    while left:
        with tempfile.TemporaryDirectory(prefix="readers-") as scratch:
            listed, told = Path(scratch, "names"), Path(scratch, "replies")
            listed.write_text("\n".join(left), encoding="utf-8")
            arguments = ["-m", "benchmarks.reader_recipes", reader, folder, listed, told]
            status = _run([*command, *map(str, arguments)], surroundings, told, whole)
            lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
        if isinstance(status, str):
            raise MissingPeerError(status)
        for line in lines:
            reply = _parsed(line)
            whole.version = reply.get("version", whole.version)
            if "file" in reply:
                whole.replies[reply["file"]] = reply
        left = [name for name in left if name not in whole.replies]
        if left:
            whole.replies[left[0]] = {"error": "hung" if status < 0 else "ended the process"}
            left = left[1:]
    return whole


def _parsed(line: str) -> dict[str, Any]:
    try:
        reply: dict[str, Any] = json.loads(line)
    except ValueError:
        return {}  # cut short when the process was ended
    return reply


def _run(
    command: Sequence[str], surroundings: Mapping[str, str], told: Path, whole: Reading
) -> int | str:
    """Run a process to its end and add up what it took; its exit status, or why it cannot run."""
    with tempfile.TemporaryFile("w+") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, env=dict(surroundings), stdout=errors, stderr=errors, start_new_session=True
        )
        ended = threading.Event()
        peak = 0

        def watch() -> None:
            nonlocal peak
            size, since = 0, time.monotonic()
            while not ended.wait(0.25):
                peak = max(peak, resident_bytes(process.pid))
                now = told.stat().st_size if told.exists() else 0
                if now != size:
                    size, since = now, time.monotonic()
                elif time.monotonic() - since > PATIENCE_SECONDS:
                    os.killpg(process.pid, signal.SIGKILL)
                    return

        watcher = threading.Thread(target=watch)
        watcher.start()
        _, status, used = os.wait4(process.pid, 0)
        whole.seconds += time.perf_counter() - began
        ended.set()
        watcher.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        whole.processor += used.ru_utime + used.ru_stime
        whole.peak = max(whole.peak, peak)
        if process.returncode == NOT_INSTALLED:
            errors.seek(0)
            return errors.read().strip().splitlines()[-1]
        return process.returncode


# ---------------------------------------------------------------- side by side


def compare(
    entries: Sequence[Mapping[str, Any]],
    folder: Path,
    options: argparse.Namespace,
    found: dict[str, Any],
    keep: Callable[[], None],
) -> None:
    """All readers over one folder by turns: adds their figures to ``found``, and why some are left
    out. What an earlier run has put there stays."""
    peers, names = options.peers, [entry["file"] for entry in entries]
    few = [next((e["file"] for e in entries if e["type"] == kind), "") for kind in MAKERS]
    here = []
    for reader in NAMES:
        try:  # a first look at each format, which compiles modules and fills the disk's cache
            read(reader, peers, folder, [name for name in few if name])
            here.append(reader)
        except MissingPeerError as exc:
            found["missing"][reader] = str(exc)
            print(f"  {NAMES[reader]} is left out: {exc}", flush=True)
    taken: dict[str, list[Reading]] = {each: [] for each in here if each not in found["readers"]}
    for _ in range(options.rounds):
        for reader, readings in taken.items():
            readings.append(read(reader, peers, folder, names))
            print(f"  {line_of(reader, readings[-1])}", flush=True)
            middle = sorted(readings, key=lambda each: each.processor)[len(readings) // 2]
            found["readers"][reader] = figures(entries, middle)
            keep()
    for group in dict.fromkeys(group_of(entry["type"]) for entry in entries):
        if options.whole or len(entries) > MOST_BY_FORMAT:
            break
        chosen = [e["file"] for e in entries if group_of(e["type"]) == group]
        costs = found["formats"].setdefault(group, {})
        for reader in here:
            if reader not in costs:
                reading = read(reader, peers, folder, chosen)
                took = {"seconds": reading.seconds, "processor": reading.processor}
                costs[reader] = took | {"peak": reading.peak}
        keep()
    found["is_whole"] = True
    keep()


def line_of(reader: str, reading: Reading) -> str:
    """What a reading took, in one line."""
    return (
        f"{NAMES[reader]:<14}{reading.seconds:7.1f} s {reading.processor:7.1f} processor s "
        f"{reading.peak / (1 << 20):6.0f} MiB"
    )


def figures(entries: Sequence[Mapping[str, Any]], reading: Reading) -> dict[str, Any]:
    """Counts of a reading by format and together, with what it took."""
    tallies, textless = judge(entries, reading.replies)
    return {
        "seconds": reading.seconds,
        "processor": reading.processor,
        "peak": reading.peak,
        "version": reading.version,
        "all": asdict(total(tallies.values())),
        "by_format": {group: asdict(tally) for group, tally in tallies.items()},
        "textless": asdict(textless),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; exit status 1 where a peer finds more sentences or cells than we do."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, nargs="+", default=[200])
    parser.add_argument("--peers", type=Path, help="a folder with an environment for each peer")
    parser.add_argument("--real", type=Path, default=REAL, help="manifest.jsonl and files/")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--whole", action="store_true", help="no format in a process of its own")
    parser.add_argument("--results", type=Path, help="keep in this file what is measured")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    options = parser.parse_args(arguments)
    results: dict[str, Any] = {}
    if options.results and options.results.exists():
        results = json.loads(options.results.read_text(encoding="utf-8"))

    def keep() -> None:
        if options.results:
            options.results.write_text(json.dumps(results), encoding="utf-8")

    real = options.real if (options.real / "manifest.jsonl").is_file() else None
    if real is None:
        print(f"{options.real} is not there: made files alone")
    for count in options.files:
        empty = {"files": count, "readers": {}, "missing": {}, "formats": {}, "is_whole": False}
        found = results.setdefault(str(count), empty)
        if found["is_whole"]:
            continue
        print(f"{count:,} files", flush=True)
        with tempfile.TemporaryDirectory(prefix="readers-") as scratch:
            folder = Path(scratch, "files")
            entries = gather(folder, count, real)
            found["real"] = sum(not entry["is_made"] for entry in entries)
            compare(entries, folder, options, found, keep)
    print(f"\n{section(results)}")
    if options.write:
        write_section(section(results))
    behind = [
        f"{NAMES[reader]} finds more {what} in {count} files"
        for count, found in results.items()
        for reader, row in found["readers"].items()
        for what, counted in (("sentences", "found"), ("cells", "placed"))
        if row["all"][counted] > found["readers"]["assistant"]["all"][counted]
    ]
    print("\n".join(behind) or "no peer finds more sentences or cells")
    return 1 if behind else 0


if __name__ == "__main__":
    sys.exit(main())
