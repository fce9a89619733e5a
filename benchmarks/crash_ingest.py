"""``kill -9`` at random moments of an ingest: what is the index afterwards?

    python -m benchmarks.crash_ingest [--kills 60] [--seed 1] [--plain]

A real ``assistant ingest`` is killed at a moment drawn evenly from the length of such a run: first
ingests, updates (a third of the files edited) and deletions (a third of the files gone) in turn. In
every other trial its child processes are killed with it, else they live on as orphans. Then the
index is opened in a fresh process and compared, document by document, with the folder before and
after; every stored vector must find itself; and an ingest that is left alone must bring the new
state, whole. ``--plain`` runs the same trials on a plain Chroma collection that is written in
place, document by document, as LlamaIndex's vector store does.

Prints one row for each: kills; lost documents (in the folder before and after, not in the index or
there with chunks of neither version); duplicate chunks; indexes that do not open; indexes that
are neither the old nor the new state; vectors that cannot be found; indexes still wrong after the
next ingest. Below the table stands where the kills hit, and runs that were over before theirs.
Exit status 1 when ours has any.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.corpus import document, write_folder
from benchmarks.examination import (
    Finding,
    State,
    chunk_texts,
    examine,
    examine_in_child,
    examine_plain,
    in_child,
)
from benchmarks.processes import descendants, environment, wait_until_gone

FILES, WORDS, TOKENS = 150, 220, 64
"""1,250 chunks: more than Chroma's sync threshold of 1,000, so that its HNSW files are written."""
KINDS = ("fresh", "update", "delete")
WORKERS = 2
TRIES = 6
TOO_LATE = "the run was over"


@dataclass(frozen=True, slots=True)
class Scene:
    """One kind of run: the folder in its new state, an index in the old one, both states."""

    kind: str
    folder: Path
    index: Path
    states: Mapping[str, State]


@dataclass(frozen=True, slots=True)
class Peer:
    """One thing under trial: how to run it, look at its index, and finish it."""

    name: str
    command: Callable[[Scene, Path], list[str]]
    look: Callable[[Path, Mapping[str, State]], Finding]
    finish: Callable[[Scene, Path], object]


@dataclass(slots=True)
class Tally:
    """Sums over the trials of one peer."""

    kills: int = 0
    moments: dict[str, int] = field(default_factory=dict)
    lost: int = 0
    duplicates: int = 0
    unopenable: int = 0
    mixed: int = 0
    unfindable: int = 0
    unfinished: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Nothing bad was seen."""
        return not (
            self.lost + self.duplicates + self.unopenable + self.mixed + self.unfindable
            + self.unfinished
        )  # fmt: skip


# ---------------------------------------------------------------- scenes


def texts_of(kind: str) -> tuple[dict[str, str], dict[str, str]]:
    """The folder before and after the run, by name."""
    with tempfile.TemporaryDirectory() as scratch:
        old = write_folder(Path(scratch), FILES, WORDS)
    new = dict(old)
    third = [name for number, name in enumerate(sorted(old)) if number % 3 == 1]
    if kind == "fresh":
        return {}, new
    for name in third:
        if kind == "delete":
            del new[name]
        else:  # the first half stays, so that some of its chunks do
            new[name] = old[name][: len(old[name]) // 2] + document(f"edited {name}", WORDS // 2)
    return old, new


def set_up(kind: str, place: Path, finish: Callable[[Scene, Path], object]) -> Scene:
    """Make the folder and the index of a scene; the index is in the old state."""
    old, new = texts_of(kind)
    folder, index = place / kind / "documents", place / kind / "index"
    states: dict[str, State] = {"new": chunk_texts(new, TOKENS), "old": chunk_texts(old, TOKENS)}
    scene = Scene(kind, folder, index, states)
    _fill(folder, old)
    if old:
        finish(scene, index)
        _expect(finish, scene)
    _fill(folder, new)
    return scene


def _expect(finish: Callable[[Scene, Path], object], scene: Scene) -> None:
    look = examine if finish is finish_ours else examine_plain
    finding = examine_in_child(look, scene.index, scene.states)
    if finding.state != "old" or not finding.is_sound:
        raise SystemExit(f"the trial's own index is wrong before any kill: {finding}")


def _fill(folder: Path, texts: Mapping[str, str]) -> None:
    for path in [p for p in folder.rglob("*") if p.is_file()]:
        if path.relative_to(folder).as_posix() not in texts:
            path.unlink()
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


# ---------------------------------------------------------------- the two peers


def command_ours(scene: Scene, index: Path) -> list[str]:
    """The command line that is killed."""
    return [
        sys.executable, "-m", "assistant", "--set", f"index.path={index}",
        "--set", f"documents.paths=[{scene.folder}]", "--set", f"chunking.tokens={TOKENS}",
        "ingest", "--json",
    ]  # fmt: skip


def finish_ours(scene: Scene, index: Path) -> object:
    """A whole ingest, in a fresh process."""
    return in_child(_sync, scene.folder, index)


def _sync(folder: Path, index: Path) -> str:
    from assistant import Assistant, load_settings

    settings = load_settings(
        None,
        {
            "index.path": str(index),
            "documents.paths": [str(folder)],
            "chunking.tokens": TOKENS,
            "index.lock_timeout_seconds": 5.0,
        },
    )
    with Assistant(settings) as assistant:
        receipt = assistant.sync()
    return f"failed: {receipt.failed}" if receipt.failed else ""


def command_plain(scene: Scene, index: Path) -> list[str]:
    """A process that writes the same chunks in place."""
    return [
        sys.executable, "-m", "benchmarks.plain_chroma", str(scene.folder), str(index), str(TOKENS),
    ]  # fmt: skip


def finish_plain(scene: Scene, index: Path) -> object:
    """The same, left alone."""
    from benchmarks.plain_chroma import bring_in_line

    return in_child(bring_in_line, scene.folder, index, TOKENS)


OURS = Peer("assistant ingest", command_ours, examine, finish_ours)
PLAIN = Peer("plain Chroma in place", command_plain, examine_plain, finish_plain)


# ---------------------------------------------------------------- trials


def run_length(peer: Peer, scenes: Iterable[Scene], place: Path) -> dict[str, float]:
    """Seconds that an undisturbed run takes, by kind, with as many at once as in the trials."""

    def once(scene: Scene) -> float:
        index = _copy(scene, place / f"length-{scene.kind}-{time.monotonic_ns()}")
        began = time.perf_counter()
        subprocess.run(
            peer.command(scene, index), env=environment(), stdout=subprocess.DEVNULL, check=True
        )
        return time.perf_counter() - began

    scenes = list(scenes)
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(once, scenes[:1]))  # compiles what is not compiled yet
        seconds = list(pool.map(once, scenes))
    return {scene.kind: length for scene, length in zip(scenes, seconds, strict=True)}


def trial(
    peer: Peer, scene: Scene, index: Path, kill_after: float, with_children: bool
) -> tuple[str, Finding, Finding]:
    """One kill: the moment it hit, the index after it, and the index after the next ingest."""
    _copy(scene, index)
    before = _moment(index, scene)
    process = subprocess.Popen(
        peer.command(scene, index), env=environment(), stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        process.wait(kill_after)
        moment = TOO_LATE
    except subprocess.TimeoutExpired:
        children = descendants(process.pid)
        process.send_signal(signal.SIGKILL)
        for child in children if with_children else ():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        process.wait()
        moment = _moment(index, scene, before)
    after = examine_in_child(peer.look, index, scene.states)
    problem = peer.finish(scene, index)
    finished = examine_in_child(peer.look, index, scene.states)
    if problem:
        finished = Finding(opens=finished.opens, problem=f"the next run: {problem}")
    if moment != TOO_LATE:
        wait_until_gone(children)
    shutil.rmtree(index, ignore_errors=True)
    return moment, after, finished


def _moment(index: Path, scene: Scene, before: str = "") -> str:
    """Where a run was when it was killed, as its files tell."""
    current = index / "CURRENT"
    if not index.exists() or (not current.exists() and not (index / "writer.lock").exists()):
        return "before it wrote" if not (index / "chroma.sqlite3").exists() else "while writing"
    name = current.read_text().strip() if current.exists() else "none"
    if not before:
        return name
    if name != before and not (before == "before it wrote" and name == "none"):
        return "after the switch"
    building = index / "building"
    return "while writing" if building.is_dir() and any(building.iterdir()) else "before it wrote"


def _copy(scene: Scene, index: Path) -> Path:
    if scene.index.exists():
        shutil.copytree(scene.index, index)
    return index


def run_trials(peer: Peer, kills: int, seed: int, place: Path) -> Tally:
    """``kills`` trials of a peer, the kinds in turn, ``WORKERS`` at a time."""
    scenes = [set_up(kind, place / "scenes", peer.finish) for kind in KINDS]
    lengths = run_length(peer, scenes, place)
    shown = ", ".join(f"{kind} {seconds:.1f} s" for kind, seconds in lengths.items())
    print(f"{peer.name}: an undisturbed run takes {shown}", flush=True)

    def one(number: int) -> tuple[Scene, list[tuple[str, Finding, Finding]]]:
        scene = scenes[number % len(scenes)]
        chance = random.Random(f"{seed} {number}")
        seen = []
        for again in range(TRIES):  # a run that ended before its kill is no kill: draw again
            index = place / f"trial-{number}-{again}"
            kill_after = chance.uniform(0, lengths[scene.kind])
            seen.append(trial(peer, scene, index, kill_after, number // len(scenes) % 2 == 0))
            if seen[-1][0] != TOO_LATE:
                break
        return scene, seen

    tally = Tally()
    with ThreadPoolExecutor(WORKERS) as pool:
        for number, (scene, seen) in enumerate(pool.map(one, range(kills))):
            for moment, after, finished in seen:
                _count(tally, f"kill {number}", scene, moment, after, finished)
    return tally


def _count(
    tally: Tally, name: str, scene: Scene, moment: str, after: Finding, finished: Finding
) -> None:
    tally.kills += moment != TOO_LATE
    tally.moments[moment] = tally.moments.get(moment, 0) + 1
    tally.lost += after.broken + after.missing
    tally.duplicates += after.duplicates
    tally.unopenable += not after.opens
    empty_is_old = after.state == "empty" and scene.kind == "fresh"
    tally.mixed += after.opens and after.state not in ("old", "new") and not empty_is_old
    tally.unfindable += after.unfindable
    is_finished = finished.is_sound and finished.state == "new"
    tally.unfinished += not is_finished
    for when, finding in (("after the kill", after), ("after the next run", finished)):
        if finding.problem:
            tally.problems.append(f"{name} ({scene.kind}, {moment}), {when}: {finding.problem}")


def show(rows: Mapping[str, Tally]) -> None:
    """The table."""
    columns = {
        "kills": "kills", "lost": "lost documents", "duplicates": "duplicate chunks",
        "unopenable": "unopenable", "mixed": "neither old nor new",
        "unfindable": "unfindable vectors", "unfinished": "wrong after next run",
    }  # fmt: skip
    width = max(map(len, rows)) + 2
    print("\n" + " " * width + "  ".join(columns.values()))
    for name, tally in rows.items():
        cells = [f"{getattr(tally, key):>{len(title)}}" for key, title in columns.items()]
        print(f"{name:<{width}}" + "  ".join(cells))
    for name, tally in rows.items():
        moments = ", ".join(f"{count} {moment}" for moment, count in sorted(tally.moments.items()))
        print(f"\n{name}: {moments}")
        for problem in tally.problems[:12]:
            print(f"  {problem}")


def main() -> int:
    """Run the trials and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plain", action="store_true", help="the same on plain Chroma")
    options = parser.parse_args()
    began = time.perf_counter()
    rows = {}
    with tempfile.TemporaryDirectory(prefix="crash-") as scratch:
        for peer in (OURS, PLAIN) if options.plain else (OURS,):
            place = Path(scratch) / peer.look.__name__
            place.mkdir()
            rows[peer.name] = run_trials(peer, options.kills, options.seed, place)
            print(f"{peer.name}: {time.perf_counter() - began:.0f} s so far", flush=True)
    show(rows)
    print(f"\nseed {options.seed}, {FILES} files, {time.perf_counter() - began:.0f} s in all")
    return 0 if rows[OURS.name].is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
