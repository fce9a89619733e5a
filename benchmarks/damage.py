"""Files of an index changed behind its back: is every change found, and is the index built anew?

    python -m benchmarks.damage [--trials 100] [--seed 1]

Each trial takes a sound index, changes one of its files (a bit flipped, bytes overwritten, the end
cut off, all of it gone) and then, each in a process of its own: asks for passages, which must be
refused with one clear error, and syncs, after which the index must hold exactly the documents
again. ``length.bin`` of Chroma is left out: Chroma writes it anew, with whatever its memory held,
whenever it opens, so its bytes mean nothing (its size is compared). Exit status 1 if any is bad.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpus import write_folder
from benchmarks.processes import environment

KINDS = ("flip", "overwrite", "truncate", "remove")

_CHILD = """
import json, sys
from pathlib import Path
from assistant import Assistant, load_settings
from assistant.errors import IndexUnavailableError
index, folder, outcome = sys.argv[1:]
settings = load_settings(None, {"index.path": index, "documents.paths": [folder]})
found = {}
with Assistant(settings) as assistant:
    try:
        found["passages"] = len(assistant.retrieve("What was found about the subject?"))
        found["refused"] = ""
    except IndexUnavailableError as exc:
        found["refused"] = str(exc)
    receipt = assistant.sync()
    found["repaired"] = receipt.repaired
    found["documents"], found["chunks"] = receipt.documents, receipt.chunks
    found["passages_after"] = len(assistant.retrieve("What was found about the subject?"))
    found["texts"] = {name: assistant.document_text(name) for name in assistant.documents()}
Path(outcome).write_text(json.dumps(found))
"""


@dataclass(frozen=True, slots=True)
class Trial:
    """One change and what came of it."""

    file: str
    kind: str
    was_refused: bool
    is_rebuilt: bool
    exit_status: int

    @property
    def is_good(self) -> bool:
        """Found, built anew, and nobody died."""
        return self.was_refused and self.is_rebuilt and self.exit_status == 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the trials and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    trials = run(options.trials, options.seed)
    for kind in KINDS:
        of = [trial for trial in trials if trial.kind == kind]
        print(f"{kind:10} {sum(trial.is_good for trial in of):4} of {len(of)}")
    print("files:", dict(Counter(Path(t.file).suffix or Path(t.file).name for t in trials)))
    for trial in trials:
        if not trial.is_good:
            print("BAD", trial)
    print(summary(trials))
    return 0 if all(trial.is_good for trial in trials) else 1


def summary(trials: Sequence[Trial]) -> str:
    """The figures in a line."""
    found = sum(trial.was_refused for trial in trials)
    rebuilt = sum(trial.is_rebuilt for trial in trials)
    died = sum(trial.exit_status != 0 for trial in trials)
    return (
        f"{len(trials)} changed files: {found} found, {rebuilt} built anew, {died} processes died"
    )


def run(number: int, seed: int) -> list[Trial]:
    """Trials on copies of one index; every file in turn, every kind of change."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        folder = place / "documents"
        write_folder(folder, 12, 120)
        _sync(place / "index", folder)
        # A second generation, so that a damaged store has one before it to fall back to in half.
        (folder / "added.md").write_text("# Added\n\nWhat was found about the subject is here.\n")
        _sync(place / "index", folder)
        texts = json.loads((place / "outcome.json").read_text())["texts"]
        return [_trial(place, folder, texts, i, random.Random(seed * 10_000 + i))
                for i in range(number)]  # fmt: skip


def _sync(index: Path, folder: Path) -> int:
    outcome = index.parent / "outcome.json"
    outcome.unlink(missing_ok=True)
    command = [sys.executable, "-c", _CHILD, str(index), str(folder), str(outcome)]
    return subprocess.run(command, env=environment(), capture_output=True, check=False).returncode


def _trial(
    place: Path, folder: Path, texts: dict[str, str], number: int, chance: random.Random
) -> Trial:
    index = place / f"trial{number}" / "index"
    shutil.copytree(place / "index", index)
    if number % 2:  # without the generation before
        shutil.rmtree(index / "generations" / "g000001")
    current = index / "generations" / (index / "CURRENT").read_text().strip()
    files = sorted(
        p for p in current.rglob("*") if p.is_file() and p.stat().st_size
        and p.name != "length.bin"
    )  # fmt: skip
    path = files[number % len(files)]
    kind = KINDS[(number // len(files) + number) % len(KINDS)]
    change(path, kind, chance)
    status = _sync(index, folder)
    outcome = index.parent / "outcome.json"
    found = json.loads(outcome.read_text()) if outcome.exists() else {}
    trial = Trial(
        file=path.relative_to(current).as_posix(),
        kind=kind,
        was_refused="damaged" in found.get("refused", "")
        or "cannot be opened" in found.get("refused", ""),
        is_rebuilt=bool(found.get("repaired")) and found.get("texts") == texts
        and found.get("passages_after", 0) > 0,
        exit_status=status,
    )  # fmt: skip
    shutil.rmtree(index.parent)
    return trial


def change(path: Path, kind: str, chance: random.Random) -> None:
    """Change a file for certain: what is written differs from what was there."""
    data = bytearray(path.read_bytes())
    at = chance.randrange(len(data))
    if kind == "flip":
        data[at] ^= 1 << chance.randrange(8)
    elif kind == "overwrite":
        for i in range(at, min(len(data), at + 64)):
            data[i] ^= chance.randrange(1, 256)
    elif kind == "truncate":
        del data[at:]
    else:
        path.unlink()
        return
    path.write_bytes(data)


if __name__ == "__main__":
    raise SystemExit(main())
