"""The whole life of a large index: ingested, asked, synced, edited, moved to a server and back.

    python -m benchmarks.large [--chunks 1000000] [--lookups 100] [--minutes 120] [--gigabytes 10]

Writes generated Markdown (five chunks a file) and hides facts in files of it, then runs each step
by the command line in a process of its own and prints it as it ends: seconds, those of processors
(which a busy machine changes less), peak memory, disk. A Chroma server is started for the moves;
its memory and disk are printed, and its processor time is not. After every step the facts are
asked, each by a question whose answer and file are known, and first sentences of other files are
looked up for the time of a retrieval. One of the facts is edited.

Memory is the largest sum of what a step's processes hold, looked at twice a second (Pss). A step
that goes past ``--minutes`` (of the whole run) or ``--gigabytes`` is stopped, and what was measured
until then stands. All files lie in a folder of their own in ``--place`` (the system's temporary
folder) and are removed, also after Ctrl-C and SIGTERM. Exit status 1 when an answer is wrong or a
step was stopped.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.corpus import document, write
from benchmarks.processes import chroma_server, descendants, environment, wait_until_gone
from benchmarks.scale import resident_bytes

WORDS, CHUNKS_A_FILE = 560, 5.1
FACTS = (
    ("Tarnholm lighthouse", "Ilka Sandoval"),
    ("Verrano viaduct", "Matthias Okonjo"),
    ("Quillmere observatory", "Brigid Halloran"),
    ("Ostrava glasshouse", "Pim Vandersloot"),
    ("Lindqvist granary", "Noor Haddadin"),
)
"""What was built and by whom; nothing else in the folder speaks of building."""
EDITED = ("Verrano viaduct", "Esperanza Lindholm")
WARM_UP = 10
LOOK_SECONDS = 0.5
END_SECONDS = 30.0


class StoppedError(Exception):
    """A step took more time or memory than the run may."""


@dataclass
class Run:
    """One run: its folders, what it may take, and the facts as the folder has them now."""

    place: Path
    deadline: float
    most_bytes: int
    facts: dict[str, str] = field(default_factory=lambda: dict(FACTS))
    files: dict[str, str] = field(default_factory=dict)
    server: tuple[int, ...] = ()
    wrong: list[str] = field(default_factory=list)

    @property
    def index(self) -> Path:
        """The index's folder."""
        return self.place / "index"

    @property
    def folder(self) -> Path:
        """The documents."""
        return self.place / "documents"

    def settings(self, address: str) -> dict[str, str]:
        """The settings of every step; ``address`` is the server's, or empty."""
        return {
            "index.path": str(self.index),
            "documents.paths": f"[{self.folder}]",
            "index.chroma_url": address,
        }


# ---------------------------------------------------------------- the documents


def fact(thing: str, person: str) -> str:
    """The paragraph that says who built a thing."""
    return f"\n## {thing}\n\nThe {thing} was built by the engineer {person}.\n"


def name_of(number: int) -> str:
    """A file's name: a thousand files to a folder."""
    return f"part-{number // 1000:04d}/note-{number:07d}.md"


def write_documents(run: Run, chunks: int) -> tuple[int, int]:
    """Write the folder with its facts evenly spread; the files and their bytes."""
    count = max(len(FACTS), round(chunks / CHUNKS_A_FILE))
    places = {(2 * at + 1) * count // (2 * len(FACTS)): FACTS[at] for at in range(len(FACTS))}
    size = 0
    for number in range(count):
        if time.monotonic() > run.deadline:
            raise StoppedError("the time is up")
        text = document(f"1-{number}", WORDS)
        if number in places:
            thing, person = places[number]
            run.files[thing] = name_of(number)
            text += fact(thing, person)
        size += len(text)
        write(run.folder, name_of(number), text)
    return count, size


def edit(run: Run) -> None:
    """Write another person into one of the files."""
    thing, person = EDITED
    path = run.folder / run.files[thing]
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(run.facts[thing], person), encoding="utf-8")
    run.facts[thing] = person


# ---------------------------------------------------------------- what a process asks


def ask(settings: Mapping[str, str], questions: Sequence[str], lookups: Sequence[str]) -> Any:
    """The answers to the questions with their files, and milliseconds of the look-ups."""
    from assistant import Assistant, load_settings

    began = time.perf_counter()
    with Assistant(load_settings(None, dict(settings))) as assistant:
        answers = []
        for question in questions:
            answer = assistant.ask(question)
            answers.append([answer.text, [each.document for each in answer.citations]])
            if len(answers) == 1:
                opened = time.perf_counter() - began
        taken = []
        for number, words in enumerate(lookups):
            began = time.perf_counter()
            assistant.retrieve(words)
            if number >= WARM_UP:
                taken.append(1000 * (time.perf_counter() - began))
    taken.sort()
    return {
        "answers": answers,
        "first": opened,
        "p50": taken[len(taken) // 2],
        "p95": taken[int(0.95 * (len(taken) - 1))],
    }


def lookups_of(run: Run, count: int) -> list[str]:
    """First sentences of evenly spread files: so many, and some more to warm up."""
    files = sorted(run.folder.rglob("*.md"))
    wanted = count + WARM_UP
    texts = [files[at * len(files) // wanted].read_text(encoding="utf-8") for at in range(wanted)]
    return [text.split("\n\n")[1].split(". ")[0][:200] for text in texts]


# ---------------------------------------------------------------- the measuring side


def step(run: Run, name: str, command: Sequence[str], given: str = "") -> tuple[str, str]:
    """Run a command; what it wrote, and its time and memory as a line.

    Raises ``StoppedError`` when it goes past the limits of the run; it is ended then.
    """
    with (
        tempfile.TemporaryFile("w+") as output,
        tempfile.TemporaryFile("w+") as errors,
        tempfile.TemporaryFile("w+") as feed,
    ):
        feed.write(given)
        feed.seek(0)
        began, worked = time.perf_counter(), processor_seconds()
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            env=environment(), stdin=feed, stdout=output, stderr=errors,
        )  # fmt: skip
        peak = server_peak = 0
        try:
            while process.poll() is None:
                peak = max(peak, resident_bytes(process.pid))
                server_peak = max(server_peak, sum(map(resident_bytes, run.server)))
                if time.monotonic() > run.deadline:
                    raise StoppedError(f"{name}: stopped after {time.perf_counter() - began:.0f} s")
                if peak + server_peak > run.most_bytes:
                    raise StoppedError(f"{name}: stopped at {gigabytes(peak + server_peak)}")
                time.sleep(LOOK_SECONDS)
        finally:
            end(process)
        seconds = time.perf_counter() - began
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            raise SystemExit(f"{name} ended with {process.returncode}:\n{errors.read()[-3000:]}")
        worked = processor_seconds() - worked
        told = f"{seconds:.1f} s (processor {worked:.1f} s), peak memory {gigabytes(peak)}"
        if run.server:
            told += f" and the server's {gigabytes(server_peak)}"
        return output.read(), told


def end(process: subprocess.Popen[str]) -> None:
    """End a process that still runs, and what it started."""
    if process.poll() is not None:
        return
    family = descendants(process.pid)
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    wait_until_gone(family)  # they end when nobody speaks to them any more


def processor_seconds() -> float:
    """What the processes that have ended took of the processors, so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def gigabytes(size: float) -> str:
    """Bytes for people."""
    return f"{size / 1e9:.2f} GB"


def bytes_in(folder: Path) -> int:
    """The bytes of the files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def say(text: str) -> None:
    """A line, at once."""
    print(text, flush=True)


def arguments_of(run: Run, address: str, *command: str) -> list[str]:
    """The command line of the assistant with this run's settings."""
    given = [f"{name}={value}" for name, value in run.settings(address).items()]
    return ["assistant", *(word for each in given for word in ("--set", each)), *command]


def sync(run: Run, name: str, address: str = "") -> dict[str, Any]:
    """An ingest by the command line, printed."""
    output, told = step(run, name, arguments_of(run, address, "ingest", "--json"))
    receipt: dict[str, Any] = json.loads(output)
    timings = ", ".join(f"{part} {taken:.1f}" for part, taken in receipt["timings"].items())
    say(
        f"{name}: {told}; {receipt['chunks']:,} chunks, {receipt['embedded']:,} embedded"
        + (f" ({timings})" if timings else "")
    )
    return receipt


def disk(run: Run) -> None:
    """The disk that the index takes now, printed."""
    name = (run.index / "CURRENT").read_text().strip()
    told = f"  disk: generation {gigabytes(bytes_in(run.index / 'generations' / name))}"
    told += f", index {gigabytes(bytes_in(run.index))}"
    if run.server:
        told += f", server {gigabytes(bytes_in(run.place / 'server'))}"
    say(told)


def check(run: Run, when: str, lookups: Sequence[str], address: str = "") -> None:
    """Ask the facts, print how many are answered by the right file, and note the others."""
    questions = [f"Who built the {thing}?" for thing in run.facts]
    given = json.dumps([run.settings(address), questions, list(lookups)])
    output, told = step(run, f"asked {when}", ["benchmarks.large", "--ask"], given)
    found = json.loads(output.splitlines()[-1])
    wrong = []
    for (thing, person), (text, cited) in zip(run.facts.items(), found["answers"], strict=True):
        if person not in text or not any(run.files[thing].endswith(each) for each in cited):
            wrong.append(f"{when}: {thing}: {text[:100]!r} {cited[:2]}")
    run.wrong += wrong
    say(
        f"asked {when}: {len(questions) - len(wrong)} of {len(questions)} facts answered by their "
        f"file; first answer {found['first']:.1f} s after the start, retrieval p50 "
        f"{found['p50']:.1f} ms, p95 {found['p95']:.1f} ms; {told}"
    )
    for each in wrong:
        say(f"  WRONG {each}")


def live(run: Run, chunks: int, lookup_count: int) -> None:
    """All steps."""
    began = time.perf_counter()
    count, size = write_documents(run, chunks)
    lookups = lookups_of(run, lookup_count)
    say(f"written: {count:,} files, {size / 1e6:.0f} MB, {time.perf_counter() - began:.1f} s")
    sync(run, "ingest")
    disk(run)
    check(run, "after the ingest", lookups)
    sync(run, "unchanged re-sync")
    edit(run)
    sync(run, "one edited file")
    disk(run)
    check(run, "after the edit", lookups)
    before = set(descendants(os.getpid()))
    with chroma_server(run.place / "server") as address:
        run.server = tuple(set(descendants(os.getpid())) - before)
        _, told = step(run, "move", arguments_of(run, address, "index", "move", "server"))
        say(f"moved to the server: {told}")
        disk(run)
        check(run, "on the server", lookups, address)
        sync(run, "unchanged re-sync on the server", address)
        edited = run.folder / run.files[FACTS[0][0]]
        edited.write_text(edited.read_text(encoding="utf-8") + "\nOne more line.\n")
        sync(run, "one edited file on the server", address)
        _, told = step(run, "move back", arguments_of(run, address, "index", "move", "embedded"))
        say(f"moved back: {told}")
        disk(run)
        run.server = ()
        check(run, "after the move back", lookups)


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """SIGTERM ends the run like Ctrl-C: what was started is ended, and the folder removed."""

    def stop(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all steps; exit status 1 when an answer is wrong or a step was stopped."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--chunks", type=int, default=1_000_000)
    parser.add_argument("--lookups", type=int, default=100, help="retrievals that are timed")
    parser.add_argument("--minutes", type=float, default=120.0, help="of the whole run, at most")
    parser.add_argument("--gigabytes", type=float, default=10.0, help="of memory, at most")
    parser.add_argument("--place", type=Path, help="where the folder of the run is made")
    parser.add_argument("--ask", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.ask:
        print(json.dumps(ask(*json.load(sys.stdin))))
        return 0
    with ended_by_signals(), tempfile.TemporaryDirectory(prefix="large-", dir=options.place) as top:
        deadline = time.monotonic() + 60 * options.minutes
        run = Run(Path(top), deadline, round(options.gigabytes * 1e9))
        try:
            live(run, options.chunks, options.lookups)
        except StoppedError as exc:
            say(f"STOPPED: {exc}; the steps after it were not measured")
            return 1
    say("all answers right" if not run.wrong else f"{len(run.wrong)} answers WRONG")
    return 1 if run.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
