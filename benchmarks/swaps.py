"""Files swapped between the look at a folder and their reading: is anything read that must not be?

    python -m benchmarks.swaps [--swaps 100] [--race-seconds 20] [--seed 1]

Each trial is one file that was a plain document when its folder was listed, and is something else
when it is opened: a link that leads outside, a file below a folder that became such a link, a file
that has grown (before it was opened, and while it is read), a pipe that nobody writes to. All of
them are swapped in real ingests, ``--swaps`` of each kind, at three doors: files that are read in
threads, in a reading process, and that are hashed because their times leave a doubt. A part of them
goes to the other doors too: pictures of PDF pages, the file of example questions.
Then a second process swaps files of a folder at random moments, while one ingest follows another.

Prints how many swaps of each kind there were; texts from outside that were indexed or given out;
files over the limit that were read (whatever was read of them, no process may have asked for more
than the limit and one byte); ingests that hung. Exit status 1 when there is any.
"""

from __future__ import annotations

import argparse
import atexit
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.corpus import document
from benchmarks.examination import in_child
from benchmarks.processes import environment

KINDS = ("link", "folder", "growth", "growth while read", "pipe")
DOORS = ("threads", "process", "hashing")
OTHER_DOORS = ("page picture", "example questions")
"""Uploads have row 24: the server writes them itself, into a folder that only it may enter."""
_NO_SWAP = ("example questions", "folder")
"""The file lies at the top of the folder that a person named, and that may be a link."""
CANARY = "zebrafinch"
LIMIT_BYTES = 50_000
BATCH = 50
"""Files of each kind in one ingest."""


# ---------------------------------------------------------------- what is swapped


def lay_out(place: Path, count: int) -> dict[str, list[Path]]:
    """A folder with so many files of each kind, all of them harmless, and something outside."""
    outside = place / "outside"
    outside.mkdir(parents=True)
    (outside / "note.md").write_text(f"# Secret\n\nThe {CANARY} sings outside the folder.\n")
    files: dict[str, list[Path]] = {kind: [] for kind in KINDS}
    for kind in KINDS:
        for number in range(count):
            folder = place / "documents" / kind / str(number)
            folder.mkdir(parents=True)
            files[kind].append(folder / "note.md")
            files[kind][-1].write_text(document(f"{kind} {number}", 40))
    (place / "documents" / "stays.md").write_text(document("stays", 40))
    return files


def swap(kind: str, file: Path, outside: Path) -> None:
    """Put something else in a file's place, as whoever may write to its folder can."""
    if kind == "link":
        file.unlink()
        file.symlink_to(outside / "note.md")
    elif kind == "folder":
        file.parent.rename(file.parent.with_name(f".{file.parent.name}"))
        file.parent.symlink_to(outside)
    elif kind == "growth":
        _grow(file)
    elif kind == "pipe":
        file.unlink()
        os.mkfifo(file)


def _grow(file: Path) -> None:
    with file.open("ab") as target:
        target.write(f"\n\nThe {CANARY} stands behind the limit.\n".encode() * 4000)


@contextmanager
def growing_while_read() -> Iterator[None]:
    """Files of that kind grow when they are open already and were found small enough."""
    from assistant.reading import opening

    parts = opening._parts

    def grow(descriptor: int, *rest: Any) -> Iterator[bytes]:
        place = os.readlink(f"/proc/self/fd/{descriptor}")
        if "/growth while read/" in place or place.endswith(".grows"):
            _grow(Path(place))
        return parts(descriptor, *rest)

    with patch.object(opening, "_parts", grow):
        yield


_IN_CHILDREN = """
import sys
if "assistant.index.processes.reading_process" in sys.orig_argv:
    from benchmarks.swaps import watch_from_now_on
    watch_from_now_on()
"""


def watch_from_now_on() -> None:
    """The two patches in a reading process; what it reads at the most stands in a file."""
    exits = ExitStack()
    atexit.register(exits.close)  # a context that nobody holds ends
    exits.enter_context(growing_while_read())
    most = exits.enter_context(most_asked())
    close = os.close

    def telling(descriptor: int) -> None:
        close(descriptor)
        Path(os.environ["SWAPS_MOST"]).write_text(str(most[0]))

    os.close = telling


@contextmanager
def most_asked() -> Iterator[list[int]]:
    """The most bytes that were read of one file, whatever its size, in this process."""
    asked: Counter[int] = Counter()
    most = [0]
    read, close = os.read, os.close

    def counting(descriptor: int, size: int) -> bytes:
        data = read(descriptor, size)
        asked[descriptor] += len(data)
        most[0] = max(most[0], asked[descriptor])
        return data

    def closing(descriptor: int) -> None:
        asked.pop(descriptor, None)
        close(descriptor)

    with patch("os.read", counting), patch("os.close", closing):
        yield most


# ---------------------------------------------------------------- ingests


def ingest(place: Path, door: str, count: int) -> dict[str, Any]:
    """One ingest of a folder whose files are swapped after they were listed; runs in a child."""
    from assistant.index import sync
    from assistant.index.processes import reading_process

    files = lay_out(place, count)
    if door == "hashing":  # known already, and with other times: their hash is wanted
        _sync(place)
        for file in (place / "documents").rglob("note.md"):
            os.utime(file)
    find = sync.name_files

    def found(*arguments: Any) -> Any:
        named = find(*arguments)
        for kind in KINDS:
            for file in files[kind]:
                swap(kind, file, place / "outside")
        return named

    large = 1 if door == "process" else 10**9
    site, most_of_child = place / "site", place / "most"
    site.mkdir()
    (site / "sitecustomize.py").write_text(_IN_CHILDREN)
    top = str(Path(__file__).resolve().parent.parent)
    os.environ |= {"PYTHONPATH": f"{site}{os.pathsep}{top}", "SWAPS_MOST": str(most_of_child)}
    with (
        patch.object(sync, "name_files", found),
        patch.object(reading_process, "MANY_FILES", large),
        growing_while_read(),
        most_asked() as most,
    ):
        receipt = _sync(place)
    told = Counter(file.outcome for file in receipt.files)
    read = int(most_of_child.read_text()) if most_of_child.exists() else most[0]
    return {"outside": _canaries(place), "most": read, "told": dict(told)}


def _sync(place: Path) -> Any:
    from assistant import Assistant

    with Assistant(_settings(place)) as assistant:
        return assistant.sync()


def _settings(place: Path) -> Any:
    from assistant import load_settings

    return load_settings(
        None,
        {
            "index.path": str(place / "index"),
            "documents.paths": [str(place / "documents")],
            "documents.max_file_megabytes": LIMIT_BYTES / 1e6,
        },
    )


def _canaries(place: Path) -> int:
    """Documents that hold a word from outside, or from behind the limit."""
    from assistant import Assistant

    with Assistant(_settings(place)) as assistant:
        texts = [assistant.document_text(name) for name in assistant.documents()]
    return sum(CANARY in text for text in texts)


# ---------------------------------------------------------------- the other doors


def other_door(place: Path, door: str, count: int) -> dict[str, Any]:
    """A part of the files at a door beside the ingest; runs in a child."""
    files = lay_out(place, count)
    given = 0
    with growing_while_read(), most_asked() as most:
        for kind in KINDS:
            for file in files[kind]:
                given += CANARY in _take(door, kind, file, place)
    return {"outside": given, "most": most[0], "told": {}}


def _take(door: str, kind: str, file: Path, place: Path) -> str:
    from assistant.errors import AssistantError

    doors: dict[str, Callable[[str, Path, Path], str]] = {
        "page picture": _draw, "example questions": _questions,
    }  # fmt: skip
    try:
        return doors[door](kind, file, place)
    except AssistantError:
        return ""


def _draw(kind: str, file: Path, place: Path) -> str:
    from assistant.chat import page_picture
    from assistant.reading.opening import OpeningRules
    from assistant.types import Source

    source = Source(file.name, "", "pdf", "0" * 64, str(file), "", (), ())
    swap(kind, file, place / "outside")
    with patch.object(page_picture, "_ACCESS", OpeningRules(LIMIT_BYTES)):
        return page_picture.draw_page(source, 1, "").decode("latin-1")


def _questions(kind: str, file: Path, place: Path) -> str:
    from assistant.chat import examples
    from assistant.reading.opening import OpeningRules

    if ("example questions", kind) == _NO_SWAP:
        return ""
    swap(kind, file, place / "outside")
    with (
        patch.object(examples, "FILE", file.name),
        patch.object(examples, "_ACCESS", OpeningRules(LIMIT_BYTES)),
    ):
        return " ".join(examples.example_questions([file.parent]))


# ---------------------------------------------------------------- a race

_SWAPPER = """
import random, sys, time
from pathlib import Path
from benchmarks.swaps import race_swap
place, seed = Path(sys.argv[1]), sys.argv[2]
chance, number = random.Random(seed), 0
while True:
    race_swap(place, chance)
    number += 1
    if number % 50 == 0:
        print(number, flush=True)
    time.sleep(chance.random() * 0.002)
"""


def race_swap(place: Path, chance: random.Random) -> None:
    """Put another thing, or the file again, in one file's place by a rename."""
    number = chance.randrange(BATCH)
    file = place / "documents" / "race" / str(number) / "note.md"
    aside = place / f"aside-{number}"
    kind = chance.choice(("link", "growth", "pipe", "file", "file", "folder"))
    if kind == "folder":
        os.rename(file.parent, place / "parent")
        file.parent.symlink_to(place / "outside")
        time.sleep(chance.random() * 0.002)
        file.parent.unlink()
        os.rename(place / "parent", file.parent)
        return
    if kind == "link":
        aside.symlink_to(place / "outside" / "note.md")
    elif kind == "pipe":
        os.mkfifo(aside)
    else:
        aside.write_text(document(f"race {number} {chance.random()}", 40))
        if kind == "growth":
            _grow(aside)
    os.rename(aside, file)


def race(place: Path, seconds: float, seed: int) -> dict[str, Any]:
    """Ingests one after another while a process swaps files, and what each index holds."""
    (place / "outside").mkdir(parents=True)
    (place / "outside" / "note.md").write_text(f"The {CANARY} sings outside.\n")
    for number in range(BATCH):
        folder = place / "documents" / "race" / str(number)
        folder.mkdir(parents=True)
        (folder / "note.md").write_text(document(f"race {number}", 40))
    (place / "documents" / "stays.md").write_text(document("stays", 40))
    swapper = subprocess.Popen(
        [sys.executable, "-c", _SWAPPER, str(place), str(seed)],
        env=environment(), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    outside = runs = hung = 0
    slowest = 0.0
    try:
        began = time.perf_counter()
        while time.perf_counter() - began < seconds:
            once = time.perf_counter()
            seen = in_child(_race_ingest, place)
            slowest, runs = max(slowest, time.perf_counter() - once), runs + 1
            hung += seen is None
            if isinstance(seen, str):
                raise SystemExit(f"an ingest of the race failed: {seen}")
            outside += seen or 0
    finally:
        swapper.kill()
        told = (swapper.communicate()[0] or "0").split()
    return {"swaps": int(told[-1]) if told else 0, "runs": runs, "outside": outside,
            "hung": hung, "slowest": slowest}  # fmt: skip


def _race_ingest(place: Path) -> int:
    _sync(place)
    return _canaries(place)


# ---------------------------------------------------------------- the whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the trials and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--swaps", type=int, default=100, help="of each kind")
    parser.add_argument("--race-seconds", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    swaps: Counter[str] = Counter()
    outside = over = hung = 0
    slowest = 0.0

    def count(door: str, number: int, seen: Any) -> None:
        nonlocal outside, over, hung
        for kind in KINDS:
            if (door, kind) != _NO_SWAP:
                swaps[kind] += number
        if not isinstance(seen, dict):
            hung += 1
            print(f"{door}: hung, or died: {seen}")
            return
        outside += seen["outside"]
        over += seen["most"] > LIMIT_BYTES + 1
        print(
            f"{door}: {number} of each kind; the most read of one file {seen['most']} bytes of "
            f"{LIMIT_BYTES}; {seen['outside']} from outside; {seen['told']}",
            flush=True,
        )

    with tempfile.TemporaryDirectory(prefix="swaps-") as scratch:
        for round_, done in enumerate(range(0, options.swaps, BATCH)):
            number = min(BATCH, options.swaps - done)
            for door in DOORS:
                began = time.perf_counter()
                place = Path(scratch) / f"{door}-{round_}"
                count(door, number, in_child(ingest, place, door, number))
                slowest = max(slowest, time.perf_counter() - began)
        number = max(1, options.swaps // 10)
        for door in OTHER_DOORS:
            count(door, number, in_child(other_door, Path(scratch) / door, door, number))
        raced = race(Path(scratch) / "race", options.race_seconds, options.seed)
    outside, hung = outside + raced["outside"], hung + raced["hung"]
    each = min(swaps[kind] for kind in KINDS)
    print(f"race: {raced}")
    print(
        f"{each} swaps each of a link, a folder that became one, growth before and while reading, "
        f"a pipe; {raced['swaps']} at random moments of {raced['runs']} ingests: {outside} texts "
        f"from outside, {over} files read past the limit, {hung} hung, slowest "
        f"{max(slowest, raced['slowest']):.1f} s"
    )
    return 1 if outside or over or hung else 0


if __name__ == "__main__":
    sys.exit(main())
