"""First ingests that are interrupted at random moments: what has to be done again?

    python -m benchmarks.interrupted [--trials 20] [--files 600] [--seed 1] [--embedder static]

Each trial starts a real ``assistant ingest`` of a folder of Markdown and Word files and ends it at
a moment drawn evenly from the length of such a run: by Ctrl-C, ``kill -9`` and SIGTERM in turn, the
first two more often. Every process of an ingest writes down, on its own, when it begins to parse a
file, when it is done with it and when a text has its vector; what the ingest keeps plays no part in
that. Then the next ingest runs to its end, and must bring exactly the index that an undisturbed one
brings. In every fourth trial there are two interruptions before it.

Prints how many files were done and were parsed again all the same (lost), and at most how many were
just being parsed (under way); the shares of files and texts that were done anew, of those that had
been done; how long Ctrl-C took, and with which exit status. Exit status 1 when a file that was done
was parsed again, an index was not the same, or Ctrl-C took a second or did not end with 130.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks.corpus import document, write_folder
from benchmarks.examination import State, chunk_texts, examine, examine_in_child
from benchmarks.format_samples import make_docx
from benchmarks.processes import descendants, environment, wait_until_gone

SIGNS = (signal.SIGINT, signal.SIGKILL, signal.SIGINT, signal.SIGKILL, signal.SIGTERM)
STATUS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -signal.SIGKILL}
QUICK_SECONDS = 1.0
TOKENS = 128
WORKERS = 4
"""The most files that an ingest parses at once, whatever the machine."""

_NOTING = """
import os, sys, time
_file = os.open(os.environ["NOTES"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
def note(kind, what):
    os.write(_file, f"{time.time_ns()} {kind} {what}\\n".encode())
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name not in ("assistant.index.loading", "assistant.embedding.cache"):
            return None
        sys.meta_path.remove(self)
        try:
            import importlib.util
            spec = importlib.util.find_spec(name)
        finally:
            sys.meta_path.insert(0, self)
        run = spec.loader.exec_module
        def exec_module(module):
            run(module)
            watch(module)
        spec.loader.exec_module = exec_module
        return spec
def watch(module):
    if module.__name__ == "assistant.index.loading":
        parse = module.load_bytes
        def load_bytes(data, file, *rest):
            note("begin", file.name)
            return parse(data, file, *rest)
        module.load_bytes = load_bytes
        load = module.Loader._load
        def _load(self, file):
            result = load(self, file)
            note("done", file.name)
            return result
        module.Loader._load = _load
    else:
        embed = module.CachedEmbedder._embed
        def _embed(self, texts):
            vectors = embed(self, texts)
            if len(texts):
                note("embedded", len(texts))
            return vectors
        module.CachedEmbedder._embed = _embed
sys.meta_path.insert(0, Finder())
"""


@dataclass(slots=True)
class Notes:
    """What the processes of one ingest wrote down."""

    begun: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    embedded: int = 0


@dataclass(frozen=True, slots=True)
class Trial:
    """One folder that was ingested with interruptions, and what came of it."""

    signs: tuple[signal.Signals, ...]
    done_before: int
    embedded_before: int
    lost: int
    under_way: int
    again: int
    embedded_in_all: int
    texts: int
    exits: tuple[tuple[signal.Signals, int, float], ...]
    problem: str


def notes_of(path: Path, until_ns: int = 1 << 62) -> Notes:
    """What was written down up to a moment; a line that a kill cut off does not count."""
    found = Notes()
    for line in path.read_text().splitlines() if path.exists() else ():
        when, kind, what = line.split(" ", 2)
        if int(when) > until_ns:
            continue
        if kind == "embedded":
            found.embedded += int(what)
        else:
            (found.begun if kind == "begin" else found.done).add(what)
    return found


def lay_out(folder: Path, count: int) -> dict[str, str]:
    """Markdown files, and every tenth a Word file; the text of each by name."""
    texts = write_folder(folder, count, 300)
    for number in range(0, count, 10):
        name = f"report-{number:04d}.docx"
        text = document(f"word {number}", 200)
        (folder / name).write_bytes(_docx(text))
    return texts


def _docx(text: str) -> bytes:
    lines = [escape(line) for line in text.split("\n") if line]
    return make_docx("".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines))


class Bench:
    """A folder, the index that an undisturbed ingest makes of it, and interrupted ones."""

    def __init__(self, place: Path, files: int, embedder: str) -> None:
        self._place = place
        self._folder = place / "documents"
        self._embedder = embedder
        self._texts = lay_out(self._folder, files)
        site = place / "site"
        site.mkdir()
        (site / "sitecustomize.py").write_text(_NOTING)
        began = time.perf_counter()
        receipt = self._run(place / "undisturbed")
        self.seconds = time.perf_counter() - began
        self.files, self.texts = receipt["documents"], receipt["embedded"] + receipt["from_cache"]
        self.state = self._state(place / "undisturbed")

    def _command(self, index: Path) -> list[str]:
        return [
            sys.executable, "-m", "assistant", "--set", f"index.path={index}",
            "--set", f"documents.paths=[{self._folder}]", "--set", f"chunking.tokens={TOKENS}",
            "--set", f"embedding.provider={self._embedder}", "ingest", "--json",
        ]  # fmt: skip

    def _environment(self, notes: Path) -> dict[str, str]:
        path = f"{self._place / 'site'}{os.pathsep}{environment()['PYTHONPATH']}"
        return environment(NOTES=str(notes), PYTHONPATH=path)

    def _run(self, index: Path) -> dict[str, int]:
        done = subprocess.run(
            self._command(index), env=self._environment(index.with_suffix(".last")),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"an ingest failed: {done.stdout[-500:]}{done.stderr}")
        receipt: dict[str, int] = json.loads(done.stdout)
        return receipt

    def _state(self, index: Path) -> State:
        """What the index must hold: of Markdown by the chunker, of the rest what is there."""
        from assistant import Assistant, load_settings

        settings = load_settings(None, {"index.path": str(index)})
        with Assistant(settings) as assistant:
            texts = {name: assistant.document_text(name) for name in assistant.documents()}
        words = {name: text for name, text in texts.items() if name.endswith(".docx")}
        if self._texts != {name: text for name, text in texts.items() if name not in words}:
            raise SystemExit("the trial's own index is wrong before any interruption")
        return chunk_texts(self._texts, TOKENS) | self._chunks_of(index, words)

    def _chunks_of(self, index: Path, names: Mapping[str, str]) -> dict[str, list[str]]:
        from assistant.index.generations import STORE, Generations
        from assistant.index.store import Store

        generation = Generations(index).current()
        assert generation is not None
        store = Store(generation.path / STORE)
        try:
            return {
                each.name: [chunk.text for chunk in store.chunks_of(each.id)]
                for each in store.documents()
                if each.name in names
            }
        finally:
            store.close()

    def trial(self, number: int, chance: random.Random) -> Trial:
        """Interrupt, perhaps twice, then let the next ingest run to its end."""
        index = self._place / f"trial-{number}"
        signs = [SIGNS[(number + n) % len(SIGNS)] for n in range(2 if number % 4 == 3 else 1)]
        exits, before, lost, under_way, embedded = [], Notes(), 0, 0, 0
        for turn, sign in enumerate(signs):
            notes = index.with_suffix(f".{turn}")
            status, seconds, ended_ns = self._interrupted(index, notes, sign, chance)
            exits.append((sign, status, seconds))
            seen, all_of_it = notes_of(notes, ended_ns), notes_of(notes)
            lost += len(before.done & seen.begun)
            under_way = max(under_way, len(seen.begun - seen.done))
            before.done |= seen.done
            embedded += all_of_it.embedded
        receipt = self._run(index)
        last = notes_of(index.with_suffix(".last"))
        lost += len(before.done & last.begun)
        finding = examine_in_child(examine, index, {"whole": self.state})
        problem = "" if finding.is_sound and finding.state == "whole" else str(finding)
        if (index / "unfinished").exists():
            problem = problem or "what was kept is still there"
        shutil.rmtree(index)
        return Trial(
            tuple(signs), len(before.done), embedded, lost, under_way,
            len(before.done & last.begun), embedded + last.embedded,
            receipt["embedded"] + receipt["from_cache"], tuple(exits), problem,
        )  # fmt: skip

    def _interrupted(
        self, index: Path, notes: Path, sign: signal.Signals, chance: random.Random
    ) -> tuple[int, float, int]:
        """Exit status, seconds from the signal to the end, and when it was sent."""
        before = index.with_suffix(".before")
        if index.exists():
            shutil.copytree(index, before)
        for _ in range(20):  # one that was over before its signal is no trial
            process = subprocess.Popen(
                self._command(index), env=self._environment(notes),
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            )  # fmt: skip
            try:
                process.wait(chance.uniform(0.1, 1.0) * self.seconds)
            except subprocess.TimeoutExpired:
                children = descendants(process.pid)
                sent_ns, began = time.time_ns(), time.perf_counter()
                process.send_signal(sign)
                said = process.communicate()[1]
                seconds = time.perf_counter() - began
                wait_until_gone(children)
                if b"Traceback" in said:
                    raise SystemExit(f"a traceback: {said.decode()[-2000:]}") from None
                if not (index / "CURRENT").exists():
                    shutil.rmtree(before, ignore_errors=True)
                    return process.returncode, seconds, sent_ns
            notes.unlink(missing_ok=True)
            shutil.rmtree(index, ignore_errors=True)
            if before.exists():
                shutil.copytree(before, index)
        raise SystemExit("no run could be interrupted")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the trials and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--files", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--embedder", default="static")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="interrupted-") as scratch:
        bench = Bench(Path(scratch), options.files, options.embedder)
        print(f"undisturbed: {bench.files} files, {bench.texts} texts, {bench.seconds:.1f} s")
        trials = []
        for number in range(options.trials):
            trials.append(bench.trial(number, random.Random(f"{options.seed} {number}")))
            print(f"{number:3} {trials[-1]}", flush=True)
    return show(trials)


def show(trials: Sequence[Trial]) -> int:
    """The figures; 1 when a promise did not hold."""
    done, again = sum(t.done_before for t in trials), sum(t.again for t in trials)
    lost, under_way = sum(t.lost for t in trials), max(t.under_way for t in trials)
    embedded = sum(t.embedded_before for t in trials)
    twice = sum(max(0, t.embedded_in_all - t.texts) for t in trials)
    exits = [each for t in trials for each in t.exits]
    waits = [seconds for sign, _, seconds in exits if sign == signal.SIGINT]
    wrong = [t.problem for t in trials if t.problem]
    statuses = [status for sign, status, _ in exits if status != STATUS[sign]]
    for problem in wrong:
        print("WRONG", problem)
    counts = ", ".join(
        f"{sum(sign == each for sign, _, _ in exits)} {each.name}" for each in STATUS
    )
    files, texts = 100 * again / max(1, done), 100 * twice / max(1, embedded)
    print(
        f"{len(trials)} interrupted first ingests ({counts}): {lost} files lost of {done} that "
        f"were done, at most {under_way} under way; done anew {files:.1f} % of the files and "
        f"{texts:.1f} % of the texts; {len(wrong)} wrong indexes; Ctrl-C took "
        f"{statistics.median(waits or [0]):.2f} s, {max(waits or [0]):.2f} at the most; "
        f"{len(statuses)} wrong exit statuses"
    )
    is_good = not lost and not wrong and not statuses and under_way <= WORKERS
    return 0 if is_good and max(waits or [0]) < QUICK_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
