"""The page of guarantees: runs every trial and writes ``docs/guarantees.md`` with its figures.

    python -m benchmarks.guarantees [--full] [--only ROW …] [--output FILE]

Each row is a command of its own, run as it stands on the page; its figure is read from what it
prints, and a row whose command fails says so. Quick mode, the default, runs few trials of each;
``--full`` runs as many as the page asks for in the end. ``--only`` runs some rows and makes their
lines new. Exit status 1 when any promise did not hold.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Row:
    """One promise: what may happen, what is promised, and the trial that shows it.

    ``figure`` is a pattern whose last match in the trial's output is the figure; without one the
    trial is a set of tests and the figure is how many passed.
    """

    number: str
    fault: str
    promise: str
    quick: str
    full: str = ""
    figure: str = ""


ROWS = (
    Row("1, 3", "`kill -9` at random moments of first ingests, updates and deletions",
        "the index is the old or the new one, whole; the next ingest completes it",
        "benchmarks.crash_ingest --kills 6", "benchmarks.crash_ingest --kills 200",
        r"(?m)^(?P<crash>\S.*?\s{2,}\d+\s+\d+\s+\d+\s+\d+\s+\d+\s+\d+\s+\d+)$"),
    Row("2", "the process ends at any step of an ingest",
        "the index is the old or the new one, whole", "pytest tests/test_index_crash.py"),
    Row("4", "the disk is full at any point, or read-only",
        "one clear error, the old index answers, a retry works",
        "pytest tests/test_index_faults.py -k disk"),
    Row("5", "two ingests at once; questions during ingests",
        "the second waits or fails at once; a question sees one whole generation",
        "pytest tests/test_index_readers.py tests/test_index_faults.py -k 'not disk'"),
    Row("6", "files of the index flipped, overwritten, cut off or removed",
        "refused before anything opens them; the next ingest builds them anew",
        "benchmarks.damage --trials 8", "benchmarks.damage --trials 100",
        r"(\d+ changed files: .*)"),
    Row("7", "files added, edited, renamed, swapped and deleted in any order",
        "the index is exactly the folder, and no text is embedded twice",
        "pytest tests/test_sync_model.py tests/test_sync_files.py"),
    Row("11", "the Stop button, and a closed tab, in a real browser",
        "the call to the model is closed; what came is kept and marked",
        "pytest tests/test_chat_browser.py -k 'stop or closing'"),
    Row("12, 13", "scripts, pictures, media, styles, forms, links in documents and answers, in a "
        "real browser; then without our content policy, our escaping, Gradio's sanitizer in turn",
        "nothing runs, nothing is requested",
        "pytest tests/test_chat_safety.py", "benchmarks.page_payloads --quick",
        r"(\d+ of \d+ harmful)"),
    Row("17", "bombs: small files that are huge, deep or endless for a parser",
        "refused, or read within the limits; the parent lives",
        "benchmarks.parsing_limits --mutations 0 --only pdf",
        "benchmarks.parsing_limits --mutations 0",
        r"(largest memory of a child .*)"),
    Row("17b", "pictures of pages that crash, spin, hoard, are damaged or would unpack to too much",
        "that page is left out, the file's others are read once, and the cache survives `kill -9`",
        "pytest tests/test_pictures.py -k 'child or bombs or cache or kill or goes_wrong'"),
    Row("18", "damaged files of every format",
        "a text or a typed refusal, never a crash or a hang",
        "benchmarks.parsing_limits --mutations 60 --only no-bomb",
        "benchmarks.parsing_limits --mutations 2000 --only no-bomb",
        r"(\d+ mutated documents .*)"),
    Row("19", "links, loops, pipes, devices, odd names",
        "skipped with a reason; nothing outside the folder is read",
        "pytest tests/test_sync_files.py -k 'links or names or link'"),
    Row("20", "requests by other names, from other pages, to other paths, too large, over the "
        "quota of uploads, without the token or guessing it; 200 generated ones",
        "refused or limited, and no error of the server",
        "pytest tests/test_server.py tests/test_chat_parts.py -k 'test_server or quotas'"),
    Row("22", "no network at all",
        "everything but a remote model works, and nothing is looked up",
        "pytest tests/test_no_network.py"),
    Row("23", "50 people at once, then on 2 places with 4 in line",
        "nothing is lost; who cannot wait is told within two seconds",
        "benchmarks.crowd --rounds 3 --users 20", "benchmarks.crowd --rounds 10",
        r"(?m)^(\d+ users, .*)$"),
    Row("24", "event bodies of the chat that name files or addresses, behind all walls; then each "
        "wall alone", "nothing outside is read, copied, moved or looked up",
        "benchmarks.event_bodies --quick", "benchmarks.event_bodies", r"(?m)^(\d+ bodies: .*)$"),
    Row("25", "notes added, edited, given other titles or days, renamed, swapped, copied, deleted; "
        "rollbacks; moves to a Chroma server and back",
        "answers and passages are those of a fresh index of the same folder, scores to 1e-5",
        "benchmarks.fresh_answers --trials 3", "benchmarks.fresh_answers --trials 100",
        r"(?m)^(\d+ sequences of changes, .* differ) \("),
    Row("26", "path filters written to take long; too many, too long and unusable ones by Python, "
        "LlamaIndex, the command line, the chat, `/v1` and MCP",
        "time grows with the name's length alone; filters past their bounds are one clear error",
        "benchmarks.filter_patterns --patterns 100", "benchmarks.filter_patterns",
        r"(?m)^(\d+ filters on names .*)$"),
    Row("27", "1,010 idle, half-sent or dripping requests, heads of 300 MB, before any token",
        "a normal client is answered as without them; nothing is kept after its deadline",
        "benchmarks.connections --only ours --connections 300 --requests 50",
        "benchmarks.connections", r"(?m)^(\d+ idle connections: .*)$"),
    Row("28", "files swapped between the look at their folder and their reading: for links, "
        "folders that became links, growth, pipes",
        "nothing outside the folder and nothing past the limit is read; no ingest hangs",
        "benchmarks.swaps --swaps 10 --race-seconds 3", "benchmarks.swaps --swaps 100",
        r"(?m)^(\d+ swaps each .*)$"),
    Row("29", "Ctrl-C, `kill -9` or SIGTERM at random moments of first ingests",
        "the next ingest takes up what was done; Ctrl-C takes less than a second, ends with 130 "
        "and says what is kept",
        "benchmarks.interrupted --trials 3 --files 520", "benchmarks.interrupted --trials 20",
        r"(?m)^(\d+ interrupted first ingests .*)$"),
    Row("30", "strangers without a cookie, with a made-up one or another browser's call every "
        "event of a conversation; other users look at index, uploads and temporary files",
        "conversations, uploads and index are one browser's and one user's alone",
        "benchmarks.privacy", figure=r"(?m)^(\d+ calls by strangers, .*)$"),
    Row("31", "odd values in settings, questions, names, bodies, events, calls of tools, replies "
        "of models: deep, huge, infinite, halves of characters, control characters; closed streams",
        "one clear error or a safe answer: no traceback, no status of 500 and above, no control "
        "character on a terminal", "pytest tests/test_odd_input.py"),
    Row("32", "an answer says what its source says by a denial or an opposite, or denies it, for "
        "every word of the tables and every form of denial",
        "what follows is never called unsupported, what contradicts never supported, what says "
        "more never either", "benchmarks.twins", "", r"([\d,]+ true twins.*)"),
    Row("33", "the confidence is calibrated on one's own questions",
        "no question changes between answer and refusal; a write that would do so needs a flag",
        "pytest tests/test_eval_calibrate.py tests/test_confidence.py -k "
        "'calibrat or refusals or threshold or taken'"),
    Row("34", "people with less rights try other collections, others' conversations, uploads, "
        "syncs and metrics, by name, path, header, cookie, filter and forged events of the chat",
        "nothing of theirs is told, changed or known to be there; where nobody is known nothing is "
        "done; the audit log has no word of a text",
        "pytest tests/test_people.py"),
)  # fmt: skip

NOT_PROMISED = (
    "Power cuts are survived as far as the drive keeps what it said it had written (`fsync`).",
    "An index on a network drive: locks and renames there are only as good as the drive's.",
    (
        "Of an index above `index.check_megabytes` a question compares the files' sizes only; "
        "`assistant ingest` and `assistant doctor` compare every byte."
    ),
    (
        "The bytes of Chroma's `length.bin` are not compared: Chroma writes them anew with "
        "whatever its memory held, whenever it opens. Its size is."
    ),
    (
        "The embedding cache is no part of a generation: it is begun anew when it does not open, "
        "but a changed vector in it is not noticed. Deleting `embeddings.sqlite` is always safe."
    ),
    (
        "When the only generation's manifest is damaged, folders that were named by hand must be "
        "named again. A store that is damaged gets them from the manifest."
    ),
    (
        "The content policy alone does not stop a page from being sent elsewhere by "
        "`<meta http-equiv=refresh>`; escaping and sanitizer do."
    ),
    (
        "A proxy is one client to the limit of connections: behind one, its own limits are those "
        "of its clients."
    ),
    "Instructions inside documents are marked, not prevented: a model may obey them in words.",
    (
        "Denials and opposites are compared by words and tables, in English, not by grammar: a "
        "contradiction in other words is judged by how well the source covers its words."
    ),
    "Who may write to the index folder can make it say anything: checksums find accidents only.",
    "A file that changes while it is read is noticed by the next ingest, not by this one.",
    (
        "Row 25 holds up to 33,554,432 numbers in all vectors (131,072 chunks of 256 dimensions); "
        "beyond, the nearest are searched by Chroma's HNSW, which is built by chance."
    ),
    (
        "A file that can no longer be read keeps its last good version, which a fresh index would "
        "not have. Of files with one relative path in several folders, the one that was indexed "
        "first keeps it as its name."
    ),
    (
        "Row 28 holds on Linux and macOS. A folder that is named by hand may be a link. With "
        "`documents.follow_symlinks` links lead outside, as asked; the rest stays promised."
    ),
    (
        "After a power cut, what an interrupted ingest had kept may be gone: nothing waits for the "
        "disk. It is then read and embedded again."
    ),
    (
        "A watched folder on a drive that reports no changes is only looked at every "
        "`watch.rescan_seconds`."
    ),
)


@dataclass(frozen=True, slots=True)
class Result:
    """A row with what its trial showed."""

    row: Row
    command: str
    figure: str
    held: bool
    seconds: float


def run(row: Row, *, full: bool) -> Result:
    """Run a row's trial and read its figure."""
    import shlex

    command = (row.full if full else "") or row.quick
    module, *rest = shlex.split(command)
    extra = ["-q", "-p", "no:cacheprovider", "-W", "ignore"] if module == "pytest" else []
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", module, *rest, *extra],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    seconds = time.perf_counter() - began
    figure = _figure(row, done.stdout, rest)
    held = done.returncode == 0 and bool(figure)
    if not held:
        figure = f"DID NOT HOLD (exit status {done.returncode}) {figure}".strip()
        print(done.stdout[-3000:], done.stderr[-2000:], sep="\n", file=sys.stderr)
    return Result(row, f"python -m {command}", figure, held, seconds)


def _figure(row: Row, output: str, arguments: Sequence[str]) -> str:
    if not row.figure:
        counted = re.findall(r"^(\.+[.sxF]*|[.sxFE]+)\s+\[ *\d+%\]$", output, re.MULTILINE)
        passed = sum(line.count(".") for line in counted)
        skipped = sum(line.count("s") for line in counted)
        return f"{passed} tests passed" + (f", {skipped} skipped" if skipped else "") * (passed > 0)
    found = list(re.finditer(row.figure, output))
    if not found:
        return ""
    if "crash" in found[-1].groupdict():
        return _crash(found[-1]["crash"])
    return found[-1].group(1).rstrip()


def _crash(line: str) -> str:
    names = ("kills", "lost documents", "duplicate chunks", "unopenable", "neither old nor new",
             "unfindable vectors", "wrong after the next run")  # fmt: skip
    return ", ".join(f"{n} {name}" for n, name in zip(line.split()[-7:], names, strict=True))


def page(results: Sequence[Result], *, full: bool) -> str:
    """The page as Markdown."""
    command = f"benchmarks.guarantees{' --full' if full else ''}"
    lines = [
        "# Guarantees",
        "",
        f"What survives what, and the trial that shows it. `python -m {command}` writes this page;",
        "these are its full numbers of trials."
        if full
        else "this is its quick mode, and `--full` runs many more trials.",
        "",
        "| # | what happens | what is promised | figure | command |",
        "|---|---|---|---|---|",
    ]
    lines += [line_of(each) for each in results]
    return "\n".join([*lines, *_not_promised()])


def line_of(result: Result) -> str:
    """A row of the page."""
    row = result.row
    return f"| {row.number} | {row.fault} | {row.promise} | {result.figure} | `{result.command}` |"


def replaced(stored: str, results: Sequence[Result]) -> str:
    """A stored page with the lines of these rows made new, or put in where they belong."""
    lines = {line.split("|")[1].strip(): line for line in stored.splitlines() if "|" in line}
    lines |= {each.row.number: line_of(each) for each in results}
    table = [lines[row.number] for row in ROWS if row.number in lines]
    head = stored[: stored.index("|---|")].rstrip("\n")
    return "\n".join([head, "|---|---|---|---|---|", *table, *_not_promised()])


def _not_promised() -> list[str]:
    return ["", "## Not promised", "", *(f"- {line}" for line in NOT_PROMISED), ""]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the trials, print their figures and write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--full", action="store_true", help="as many trials as promised; hours")
    parser.add_argument("--only", nargs="*", default=[], help="rows by number; the others stay")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "guarantees.md")
    options = parser.parse_args(arguments)
    rows = [r for r in ROWS if not options.only or set(options.only) & set(r.number.split(", "))]
    results = []
    for row in rows:
        results.append(run(row, full=options.full))
        last = results[-1]
        print(f"{row.number:5} {last.seconds:6.0f} s  {last.figure}", flush=True)
    if options.only and options.output.exists():
        made = replaced(options.output.read_text(encoding="utf-8"), results)
    else:
        made = page(results, full=options.full)
    options.output.write_text(made, encoding="utf-8")
    print(f"written: {options.output}")
    return 0 if all(result.held for result in results) else 1


if __name__ == "__main__":
    raise SystemExit(main())
