"""A run's folder: written line by line, so that a run cut off in the middle can go on.

manifest.json    what was run: commit, settings, fingerprints, versions; written first
results.jsonl    one scored answer a line, in the order of the questions; no times in it
answers.jsonl    the answers themselves, so that they can be judged anew (``--replay``)
timings.jsonl    seconds by stage of each answer
baselines.jsonl  the trivial rivals on the same questions
summary.json     the figures; written last, so it marks a run as whole
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eval import recorded
from eval.errors import InvalidComparisonError
from eval.results import Result, from_line, to_line
from eval.summary import Summary

MANIFEST, RESULTS, ANSWERS = "manifest.json", "results.jsonl", "answers.jsonl"
TIMINGS, BASELINES, SUMMARY = "timings.jsonl", "baselines.jsonl", "summary.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class RunManifest:
    """What was run. ``documents`` maps names to fingerprints of the stored texts; ``settings``
    leaves out paths; ``model`` and ``prompt`` come from the answers' receipts."""

    questions: str
    question_count: int
    documents: Mapping[str, str]
    settings: Mapping[str, Any]
    settings_fingerprint: str
    repeat: int = 1
    only: tuple[str, ...] = ()
    replay_of: str = ""
    model: str = ""
    prompt: str = ""
    deterministic: bool = True
    seed: int = 0
    created: str = ""
    commit: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def identity(self) -> dict[str, Any]:
        """What must be equal for one run to go on where another stopped."""
        return {
            "questions": self.questions,
            "documents": dict(self.documents),
            "settings": self.settings_fingerprint,
            "repeat": self.repeat,
            "only": list(self.only),
            "replay": self.replay_of,
        }


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it was read from its folder."""

    path: Path
    manifest: RunManifest
    results: tuple[Result, ...]
    timings: tuple[Mapping[str, float], ...] = ()
    baselines: Mapping[str, tuple[Result, ...]] = field(default_factory=dict)


class RunFolder:
    """A folder that is being written."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, runs: Path, manifest: RunManifest) -> RunFolder:
        """A new folder, named by the time; two in one second get a number."""
        stem = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
        for number in range(1, 1000):
            path = runs / (stem if number == 1 else f"{stem}-{number}")
            try:
                path.mkdir(parents=True)
            except FileExistsError:
                continue
            _write(path / MANIFEST, _json(asdict(manifest)))
            return cls(path)
        raise InvalidComparisonError(f"{runs} holds a thousand runs of this second")

    def record(self, result: Result, answer_line: str, timings: Mapping[str, float]) -> None:
        """Append one answer to the three files, the results last and flushed to the disk."""
        stamp = {"id": result.id, "repeat": result.repeat, "seconds": dict(timings)}
        self._append(ANSWERS, [answer_line])
        self._append(TIMINGS, [json.dumps(stamp)])
        self._append(RESULTS, [to_line(result)])

    def done(self) -> set[tuple[str, int]]:
        """(id, repeat) of what is recorded in full. Cuts off whatever is only half there."""
        kept = {name: _whole_lines(self.path / name) for name in (RESULTS, ANSWERS, TIMINGS)}
        count = min(len(lines) for lines in kept.values())
        for name, lines in kept.items():
            _write(self.path / name, "".join(f"{line}\n" for line in lines[:count]))
        return {recorded.key_of(line) for line in kept[RESULTS][:count]}

    def answer_lines(self) -> list[str]:
        """The recorded answers, for their first passages and for a replay."""
        return _whole_lines(self.path / ANSWERS)

    def results(self) -> list[Result]:
        """What is recorded so far."""
        return [from_line(line) for line in _whole_lines(self.path / RESULTS)]

    def finish(
        self, manifest: RunManifest, baselines: Mapping[str, Iterable[Result]], summary: Summary
    ) -> None:
        """Write what is known only at the end; after this the run is whole."""
        lines = [
            json.dumps({"baseline": name}) + "\n" + "".join(f"{to_line(r)}\n" for r in results)
            for name, results in baselines.items()
        ]
        _write(self.path / BASELINES, "".join(lines))
        _write(self.path / MANIFEST, _json(asdict(manifest)))
        _write(self.path / SUMMARY, _json(summary.to_dict()))

    def _append(self, name: str, lines: Iterable[str]) -> None:
        with (self.path / name).open("a", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in lines)
            file.flush()


def load_run(path: Path, *, unfinished: bool = False) -> Run:
    """Read a run or the baseline. Raises ``InvalidComparisonError`` for one that is missing,
    damaged, of another format, or cut off (unless ``unfinished`` is asked for)."""
    if not (path / MANIFEST).is_file():
        raise InvalidComparisonError(f"{path} is no run: it has no {MANIFEST}")
    if not unfinished and not (path / SUMMARY).is_file():
        raise InvalidComparisonError(
            f"The run {path.name} was cut off", hint="finish it with `python -m eval run --resume`"
        )
    manifest = _manifest(path)
    results = tuple(from_line(line) for line in _whole_lines(path / RESULTS))
    if not results and not unfinished:
        raise InvalidComparisonError(f"The run {path.name} holds no results")
    return Run(
        path=path,
        manifest=manifest,
        results=results,
        timings=tuple(json.loads(line)["seconds"] for line in _whole_lines(path / TIMINGS)),
        baselines=_baselines(path),
    )


def newest(runs: Path, *, finished: bool) -> Path | None:
    """The newest run that is whole, or the newest that was cut off."""
    found = [
        path
        for path in sorted(runs.glob("*"), reverse=True)
        if (path / MANIFEST).is_file() and (path / SUMMARY).is_file() == finished
    ]
    return found[0] if found else None


def bless(run: Run, baseline: Path) -> None:
    """Make a run the baseline, without times and paths. The only way the baseline moves."""
    from dataclasses import replace

    if run.manifest.only:
        raise InvalidComparisonError(
            f"The run {run.path.name} asked only {', '.join(run.manifest.only)}",
            hint="bless a run of all questions",
        )
    summary = json.loads((run.path / SUMMARY).read_text(encoding="utf-8"))
    summary.pop("operation", None)
    summary["calibration"].pop("curve", None)  # a point per question; the results give it again
    manifest = replace(run.manifest, replay_of="")
    fresh = baseline.with_name(f".{baseline.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    _write(fresh / MANIFEST, _json(asdict(manifest)))
    _write(fresh / RESULTS, "".join(f"{to_line(result)}\n" for result in run.results))
    _write(fresh / SUMMARY, _json(summary))
    shutil.rmtree(baseline, ignore_errors=True)
    os.replace(fresh, baseline)


def _manifest(path: Path) -> RunManifest:
    try:
        data = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        if data.get("format") != FORMAT:
            raise InvalidComparisonError(
                f"{path.name} has format {data.get('format')!r}, this program reads {FORMAT}",
                hint="bless a new run",
            )
        known = {each.name for each in fields(RunManifest)}
        data = {key: value for key, value in data.items() if key in known}
        return RunManifest(**{**data, "only": tuple(data.get("only", ()))})
    except (ValueError, TypeError, AttributeError) as exc:
        raise InvalidComparisonError(f"{path / MANIFEST} cannot be read: {exc}") from exc


def _baselines(path: Path) -> dict[str, tuple[Result, ...]]:
    found: dict[str, list[Result]] = {}
    name = ""
    for line in _whole_lines(path / BASELINES):
        if line.startswith('{"baseline"'):
            name = json.loads(line)["baseline"]
            found[name] = []
        else:
            found[name].append(from_line(line))
    return {key: tuple(results) for key, results in found.items()}


def _whole_lines(path: Path) -> list[str]:
    """The lines that end with a line break and are JSON; a torn last one is not there."""
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    whole = [line for line in lines[:-1] if line]
    if whole:
        try:
            json.loads(whole[-1])
        except ValueError:
            whole.pop()
    return whole


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"


def _write(path: Path, text: str) -> None:
    """Replace a file whole, or leave it as it was."""
    partial = path.with_name(f".{path.name}.part")
    partial.write_text(text, encoding="utf-8", newline="\n")
    os.replace(partial, path)
