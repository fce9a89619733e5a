"""The steps behind the commands: prepare, run, judge. They take what they need, print nothing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from assistant.settings import Settings, load_settings
from eval import runs
from eval.compare import Comparison, compare
from eval.errors import InvalidComparisonError
from eval.gate import Budgets, GateVerdict, confirmations_needed, decide, suspects
from eval.limits import NO_LIMITS, RunLimits
from eval.questions import QuestionSet, load_questions
from eval.recorded import Recording
from eval.report import content
from eval.report.content import Report
from eval.results import Result
from eval.runner import (
    EXTRACTIVE,
    Ask,
    Bench,
    TellProgress,
    ask_again,
    ask_all,
    asker,
    check_questions,
    commits_since,
    complete,
    describe,
    open_bench,
    with_receipt,
)
from eval.runs import Run, RunFolder, RunManifest
from eval.summary import summarise

HOME = Path(__file__).resolve().parent

NOT_SHAPING = frozenset(
    "documents index watch chat server reading.processes ocr.cache_megabytes "
    "embedding.concurrency embedding.timeout_seconds embedding.batch_size embedding.api_key_env "
    "llm.timeout_seconds llm.max_retries llm.api_key_env llm.prices".split()
)
"""Sections and settings that reach no answer: what ``Settings.fingerprint`` leaves out."""
STATIC_UNUSED = ("embedding.model", "embedding.base_url")
"""What the static embedder, which has no server, does not read."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """The question file, and beside it the folder of runs and the baseline."""

    questions: Path = HOME / "questions.yaml"
    config: Path | None = None
    overrides: Mapping[str, Any] | None = None

    @property
    def runs(self) -> Path:
        """Where run folders go; not under version control."""
        return self.questions.parent / "runs"

    @property
    def baseline(self) -> Path:
        """The blessed run; under version control."""
        return self.questions.parent / "baseline"

    def load(self) -> QuestionSet:
        """The question set, checked."""
        return load_questions(self.questions)

    def settings(self, question_set: QuestionSet) -> Settings:
        """The settings with the question set's documents and an index of the evaluation's own.

        The index is kept between runs, one for each combination of settings and documents.
        """
        given = dict(self.overrides or {})
        if question_set.documents and "documents.paths" not in given:
            _check_present(question_set)
            given["documents.paths"] = [str(path) for path in question_set.documents]
        settings = load_settings(self.config, given)
        if "index.path" in given:
            return settings
        folders = "\n".join(str(path.resolve()) for path in settings.documents.paths)
        name = f"{settings.fingerprint()}-{hashlib.sha256(folders.encode()).hexdigest()[:8]}"
        given["index.path"] = str(self.runs.resolve() / ".index" / name)
        return load_settings(self.config, given)


def _check_present(question_set: QuestionSet) -> None:
    missing = [path for path in question_set.documents if not path.exists()]
    if not missing:
        return
    if question_set.source.parent == HOME:
        raise UsageError(
            "The questions that come with the package are about the sample folder documents/, "
            "which only a checkout has",
            hint="run `python -m eval` in a checkout, or name your own set with --questions FILE",
        )
    raise UsageError(
        f"{question_set.source.name}: the folder {missing[0]} of its documents does not exist",
        hint="`documents:` counts from the question file's own folder",
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """How a set is to be asked: which questions, how often, how many at once, from where, and how
    much time and money that may take. ``jobs`` of 0: two at once where no model is asked and there
    are two processors, else one."""

    only: tuple[str, ...] = ()
    repeat: int = 1
    jobs: int = 1
    replay: Path | None = None
    resume: bool = False
    limits: RunLimits = NO_LIMITS

    def at_once(self, settings: Settings) -> int:
        """How many questions are under way at the same time."""
        return self.jobs or (1 if settings.llm.model else min(2, os.cpu_count() or 1))


def quiet(stage: str, done: int, total: int) -> None:
    """A ``TellProgress`` that tells nobody."""


def run_questions(
    place: Workplace,
    question_set: QuestionSet,
    plan: Plan,
    bench: Bench,
    step: TellProgress = quiet,
) -> Run:
    """Ask a (selected) set and write its run folder to the end.

    Raises ``QuestionFileError`` when the questions are not true of the documents, ``UsageError``
    when there is nothing to resume.
    """
    questions = question_set.questions
    check_questions(questions, bench.texts)
    name = plan.replay.name if plan.replay is not None else ""
    manifest = describe(question_set, bench, repeat=plan.repeat, only=plan.only, replay_of=name)
    folder = (
        _unfinished(place.runs, manifest) if plan.resume else RunFolder.create(place.runs, manifest)
    )
    ask = _replayed(plan.replay) if plan.replay is not None else asker(bench.assistant)
    model, prompt = ask_all(
        questions,
        ask,
        bench.texts,
        folder,
        repeat=plan.repeat,
        jobs=plan.at_once(bench.settings),
        limits=plan.limits,
        step=step,
    )
    recorded = runs.load_run(folder.path, unfinished=True)
    manifest = with_receipt(manifest, model, prompt)
    complete(folder, manifest, questions, bench.texts, recorded.timings, step)
    return runs.load_run(folder.path)


def _replayed(path: Path) -> Ask:
    lines = RunFolder(path).answer_lines()
    if not lines:
        raise InvalidComparisonError(f"{path} holds no recorded answers to replay")
    return Recording(lines).answer


def _unfinished(folder: Path, manifest: RunManifest) -> RunFolder:
    path = runs.newest(folder, finished=False)
    if path is None:
        raise UsageError(f"No run in {folder} was cut off: there is nothing to resume")
    before = runs.load_run(path, unfinished=True).manifest.identity()
    now = manifest.identity()
    changed = [key for key, value in now.items() if before[key] != value]
    if changed:
        raise UsageError(
            f"The run {path.name} cannot go on: {', '.join(changed)} changed since it began",
            hint="start a new run, or set back what changed",
        )
    return RunFolder(path)


def judge(
    run: Run, base: Run, *, again: Mapping[str, Sequence[Result]], budgets: Budgets
) -> tuple[Comparison, GateVerdict]:
    """Compare a run with a baseline and decide; adds what differs between the two as remarks."""
    comparison = compare(base.results, run.results, is_deterministic(run, base))
    verdict = decide(
        comparison,
        deterministic=is_deterministic(run, base),
        again=again,
        operation=summarise(run.results, run.timings).operation,
        budgets=budgets,
    )
    remarks = [*verdict.remarks, *differences(run.manifest, base.manifest), *_age(base.manifest)]
    return comparison, replace(verdict, remarks=tuple(remarks))


def is_deterministic(run: Run, base: Run) -> bool:
    """Whether both runs come from an assistant that always says the same."""
    return run.manifest.deterministic and base.manifest.deterministic


def confirm(
    run: Run, base: Run, question_set: QuestionSet, bench: Bench
) -> dict[str, list[Result]]:
    """Ask the gate's suspects again."""
    deterministic = is_deterministic(run, base)
    found = suspects(compare(base.results, run.results), deterministic)
    times = {pair.id: confirmations_needed(pair, deterministic) for pair in found}
    asked = [question for question in question_set.questions if question.id in times]
    return ask_again(asked, asker(bench.assistant), bench.texts, times)


def asked_in_both(run: Run, base: Run) -> Run:
    """The baseline's part that a run of chosen questions (``--only``) can be compared with."""
    if not run.manifest.only:
        return base
    asked = {each.id for each in run.results}
    return replace(base, results=tuple(each for each in base.results if each.id in asked))


def has_suspects(run: Run, base: Run) -> bool:
    """Whether anything has to be asked again before the gate can decide."""
    return bool(suspects(compare(base.results, run.results), is_deterministic(run, base)))


def load_baseline(place: Workplace) -> Run:
    """The blessed run. Raises ``InvalidComparisonError`` without one."""
    if not place.baseline.is_dir():
        raise InvalidComparisonError(
            f"There is no baseline in {place.baseline}",
            hint="`python -m eval run`, then `python -m eval bless --last`",
        )
    return runs.load_run(place.baseline)


def find_run(place: Workplace, name: str | None) -> Path:
    """A run by its path, its name in the folder of runs, ``baseline``, or the newest whole one."""
    if name is None:
        newest = runs.newest(place.runs, finished=True)
        if newest is None:
            raise InvalidComparisonError(
                f"{place.runs} holds no finished run", hint="`python -m eval run` makes one"
            )
        return newest
    if name == "baseline":
        return place.baseline
    for path in (place.runs / name, Path(name)):
        if path.is_dir():
            return path
    raise InvalidComparisonError(f"There is no run {name!r}", hint=f"runs lie in {place.runs}")


def report_of(
    run: Run, base: Run | None, comparison: Comparison | None, verdict: GateVerdict | None,
    question_set: QuestionSet,
) -> Report:  # fmt: skip
    """Everything that the forms of the report show."""
    return content.build(run, base, comparison, verdict, question_set.questions)


def _age(base: RunManifest) -> list[str]:
    """How many commits the baseline is old, where both are known."""
    count = commits_since(base.commit, HOME)
    return [f"the baseline is {count} commits old ({base.commit})"] if count else []


def differences(now: RunManifest, base: RunManifest) -> list[str]:
    """What differs between two runs and can reach an answer, in sentences."""
    remarks = []
    changed = sorted(
        name
        for name in {*now.documents, *base.documents}
        if now.documents.get(name) != base.documents.get(name)
    )
    if changed:
        remarks.append(f"{len(changed)} documents are not what they were: {', '.join(changed[:5])}")
    if now.settings_fingerprint != base.settings_fingerprint:
        without = {"", EXTRACTIVE}
        unused = ("llm.",) if {now.model, base.model} <= without else ()
        before, after = _flat(base.settings, unused), _flat(now.settings, unused)
        moved = [
            f"{key} {before.get(key)!r} → {after.get(key)!r}"
            for key in sorted({*before, *after})
            if before.get(key) != after.get(key)
        ]
        if moved:
            remarks.append(f"settings differ: {', '.join(moved[:6])}")
    if now.model != base.model:
        remarks.append(f"the model was {base.model!r} and is {now.model!r}")
    return remarks


def _flat(settings: Mapping[str, Any], unused: tuple[str, ...]) -> dict[str, Any]:
    """Dotted names → values, of the settings that reach an answer."""
    if settings.get("embedding", {}).get("provider") == "static":
        unused = (*unused, *STATIC_UNUSED)
    return {
        name: value
        for section, values in settings.items()
        if isinstance(values, Mapping) and section not in NOT_SHAPING
        for key, value in values.items()
        if (name := f"{section}.{key}") not in NOT_SHAPING and not name.startswith(unused)
    }


__all__ = [
    "Plan", "Workplace", "asked_in_both", "confirm", "differences", "find_run", "has_suspects",
    "judge", "load_baseline", "open_bench", "quiet", "report_of", "run_questions",
]  # fmt: skip
