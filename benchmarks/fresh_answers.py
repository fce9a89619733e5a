"""After any edits an index answers as a fresh one of the same folder: passages, scores, sentences.

    python -m benchmarks.fresh_answers [--trials 100] [--steps 6] [--seed 1] [--workers 2]
    python -m benchmarks.fresh_answers --source FOLDER_OR_TAR [--steps 6] [--seed 1]

Each trial draws a folder of notes and then steps: a few changes of the files with a sync, a
rollback, a move of the vectors to a Chroma server (started here) or back. After every step twenty
questions, some with filters, are asked of the index, by an assistant that has been open since the
trial began, and of an index that was made at once from a copy of the folder. All of both answers is
compared but what names the index: the generation, chunk ids, seconds. After a rollback the fresh
index is that of the folder as it was then. ``--source`` is one such sequence in a copy of a folder
of documents, with their headings as two hundred questions, compared after the last step.

Prints how many answers differ, and the first of them. Exit status 1 when any does.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest.mock import patch

from assistant import Answer, Assistant, Filters, Settings, load_settings
from assistant.errors import FilterError
from benchmarks.note_folder import NoteFolder, questions
from benchmarks.processes import chroma_server
from benchmarks.scale import heading_of

Told = Mapping[str, Any]
"""What is compared of an answer."""

CLOSE = 1e-5
"""Scores that differ by less are equal. One in thousands differs by 4e-6 when many programs run."""
ASKED, ASKED_OF_DOCUMENTS = 20, 200
CHANGES = 3
"""The most changes of files before one sync."""


@dataclass(slots=True)
class Tally:
    """What trials showed; ``differing`` tells of each answer that differs."""

    trials: int = 0
    steps: int = 0
    answers: int = 0
    differing: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count another's too."""
        self.trials += other.trials
        self.steps += other.steps
        self.answers += other.answers
        self.differing += other.differing

    def __str__(self) -> str:
        return (
            f"{self.trials} sequences of changes, {self.steps} steps, {self.answers:,} answers "
            f"compared with a fresh index's: {len(self.differing)} differ"
        )


# ---------------------------------------------------------------- answers


def told(answer: Answer) -> Told:
    """An answer without what names the index and the seconds it took."""
    parts = answer.to_dict()
    del parts["timings"]
    parts["receipt"] = {**parts["receipt"], "index": ""}
    for passage in parts["retrieved"]:
        del passage["chunk_id"]
    return parts


def ask_all(assistant: Assistant, asked: Sequence[tuple[str, Filters]]) -> list[Told]:
    """The answers to all questions; that no document fits a filter is one too."""
    found: list[Told] = []
    for question, filters in asked:
        try:
            found.append(told(assistant.ask(question, filters=filters)))
        except FilterError as exc:
            found.append({"text": str(exc), "hint": exc.hint})
    return found


def fresh_answers(
    folder: Path, settings: Settings, asked: Sequence[tuple[str, Filters]]
) -> list[Told]:
    """The answers of an index that is made at once, of an assistant that was never asked before."""
    with tempfile.TemporaryDirectory(prefix="fresh-") as place:
        index = settings.index.model_copy(update={"path": Path(place), "chroma_url": ""})
        with Assistant(settings.model_copy(update={"index": index})) as assistant:
            receipt = assistant.sync()
            if receipt.failed:
                raise SystemExit(f"{folder} cannot be indexed: {receipt.failed}")
            return ask_all(assistant, asked)


def differences(name: str, found: Sequence[Told], wanted: Sequence[Told]) -> list[str]:
    """Which answers differ, and the first part of each that does."""
    lines = []
    for number, (one, other) in enumerate(zip(found, wanted, strict=True)):
        for part in other:
            if not _is_same(one.get(part), other[part]):
                question = other.get("question", number)
                lines.append(f"{name}, {question!r}, {part}: {_first(one.get(part), other[part])}")
                break
    return lines


def _is_same(one: Any, other: Any) -> bool:
    """Whether two parts are equal, numbers to ``CLOSE``."""
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= CLOSE
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_is_same(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_is_same, one, other))
    return bool(one == other)


def _first(found: Any, wanted: Any) -> str:
    """The innermost values that differ."""
    if isinstance(found, Mapping) and isinstance(wanted, Mapping):
        for key in wanted:
            if not _is_same(found.get(key), wanted[key]):
                return f"{key}: {_first(found.get(key), wanted[key])}"
    if isinstance(found, list | tuple) and isinstance(wanted, list | tuple):
        for at, (one, other) in enumerate(zip(found, wanted, strict=False)):
            if not _is_same(one, other):
                return f"[{at}] {_first(one, other)}"
    return f"{str(found)[:160]!r} instead of {str(wanted)[:160]!r}"


# ---------------------------------------------------------------- one trial


@contextmanager
def opened(settings: Settings) -> Iterator[Assistant]:
    """An assistant, closed afterwards."""
    with Assistant(settings) as assistant:
        yield assistant


def trial(seed: str, steps: int, place: Path, address: str = "") -> Tally:
    """One sequence of steps; ``address`` is a Chroma server's, without one nothing is moved."""
    chance = random.Random(seed)
    notes = NoteFolder(place / "documents", chance)
    notes.fill(chance.choice((4, 10, 25, 60)))
    asked = questions(chance, ASKED)
    here = load_settings(
        None,
        {
            "index.path": str(place / "index"),
            "index.chroma_url": "",
            "documents.paths": [str(notes.folder)],
            "chunking.tokens": chance.choice((48, 256)),
            "retrieval.candidates": chance.choice((10, 100)),
            "answer.min_confidence": chance.choice((0.0, 0.4)),
        },
    )
    there = here.model_copy(update={"index": here.index.model_copy(update={"chroma_url": address})})
    tally = Tally(trials=1)
    with ExitStack() as exits:
        if chance.random() < 0.5:  # as of thousands of chunks, the words are in parts
            exits.enter_context(patch("assistant.index.word_parts._UNDIVIDED", 0))
        assistants = {False: exits.enter_context(opened(here))}
        if address:
            assistants[True] = exits.enter_context(opened(there))
        on_server = False
        assistants[on_server].sync()
        wanted = fresh_answers(notes.folder, here, asked)
        history = [(on_server, wanted)]
        _count(tally, f"{seed}, first ingest", ask_all(assistants[on_server], asked), wanted)
        for _ in range(steps):
            step = chance.choices(("change", "rollback", "move"), (8, 1, 1))[0]
            if step == "rollback" and len(history) > 1:
                assistants[on_server].rollback()
                history.pop()
                on_server, wanted = history[-1]
                history = history[-1:]  # only one generation before is kept
                name = "rollback"
            elif step == "move" and address:
                on_server = not on_server
                assistants[True].move_index("server" if on_server else "embedded")
                history.append((on_server, wanted))
                name = "move to the server" if on_server else "move back"
            else:
                name = "; ".join(notes.change() for _ in range(chance.randint(1, CHANGES)))
                before = assistants[on_server].status().generation
                receipt = assistants[on_server].sync(allow_empty=True)
                wanted = fresh_answers(notes.folder, here, asked)
                if receipt.generation == before:
                    history[-1] = (on_server, wanted)
                else:
                    history.append((on_server, wanted))
            found = ask_all(assistants[on_server], asked)
            _count(tally, f"{seed}, step {tally.steps}: {name}", found, wanted)
    return tally


def _count(tally: Tally, name: str, found: Sequence[Told], wanted: Sequence[Told]) -> None:
    tally.steps += 1
    tally.answers += len(wanted)
    tally.differing += differences(name, found, wanted)


def trial_of_documents(source: Path, seed: str, steps: int, place: Path) -> Tally:
    """A sequence of changes of real documents; their headings are asked at its end."""
    notes = NoteFolder(place / "documents", random.Random(seed))
    if source.is_file():
        with tarfile.open(source) as archive:
            archive.extractall(notes.folder, filter="data")
    else:
        shutil.copytree(source, notes.folder, dirs_exist_ok=True)
    settings = load_settings(
        None, {"index.path": str(place / "index"), "documents.paths": [str(notes.folder)]}
    )
    with opened(settings) as assistant:
        chunks = assistant.sync().chunks
        for step in range(1, steps + 1):
            name = "; ".join(notes.change() for _ in range(CHANGES))
            chunks = assistant.sync().chunks
            print(f"step {step}: {name}", flush=True)
        headings = filter(None, map(heading_of, notes.files()))
        asked = [(heading, Filters()) for heading in headings]
        asked = asked[:: max(1, len(asked) // ASKED_OF_DOCUMENTS)][:ASKED_OF_DOCUMENTS]
        found = ask_all(assistant, asked)
    print(f"{chunks:,} chunks", flush=True)
    tally = Tally(1, steps, len(asked))
    tally.differing += differences(seed, found, fresh_answers(notes.folder, settings, asked))
    return tally


def one_trial(seed: str, steps: int, address: str) -> Tally:
    """A trial in a folder of its own; the work of one process of several."""
    with tempfile.TemporaryDirectory(prefix="answers-") as scratch:
        return trial(seed, steps, Path(scratch), address)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the trials and print what differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--source", type=Path, help="a folder of documents, or a tar archive of one"
    )
    options = parser.parse_args(arguments)
    if options.source is not None:
        with tempfile.TemporaryDirectory(prefix="answers-") as scratch:
            seed, place = str(options.seed), Path(scratch)
            return report(trial_of_documents(options.source, seed, options.steps, place), seed)
    began = time.perf_counter()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # of the workers
    total = Tally()
    with (
        tempfile.TemporaryDirectory(prefix="answers-server-") as scratch,
        chroma_server(Path(scratch) / "server") as address,
        ProcessPoolExecutor(options.workers, get_context("spawn")) as pool,
    ):
        waiting = [
            pool.submit(one_trial, f"{options.seed} {number}", options.steps, address)
            for number in range(options.trials)
        ]
        for number, each in enumerate(waiting, start=1):
            total.add(each.result())
            if number % 10 == 0:
                print(f"{time.perf_counter() - began:5.0f} s  {total}", flush=True)
    return report(total, str(options.seed))


def report(total: Tally, seed: str) -> int:
    """Print what differs and how much was compared; the exit status."""
    for line in total.differing[:20]:
        print(line)
    print(f"{total} (seed {seed})")
    return 1 if total.differing else 0


if __name__ == "__main__":
    sys.exit(main())
