"""Several configurations on one question set, side by side. Pure but for ``settings_of``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from eval.compare import compare
from eval.exam.irt import FEWEST_CONFIGURATIONS, fit
from eval.results import Result
from eval.runs import Run
from eval.summary import TO_THE_POINT, by_question, is_error, is_right, summarise

MOST = 64
"""Configurations of one matrix: a sweep over three settings is soon too many."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """A name for people, a settings file if there is one, and settings that differ from it."""

    name: str
    file: Path | None
    overrides: Mapping[str, Any]


def configurations(
    files: Sequence[Path], sweeps: Sequence[str], base: Path | None, given: Mapping[str, Any]
) -> list[Configuration]:
    """Each file, or the settings in use, with each combination of the swept values.

    A sweep is ``key=value,value``. Raises ``UsageError`` for one without values, and for more than
    ``MOST`` configurations.
    """
    from assistant.settings import parse_assignment

    axes = []
    for sweep in sweeps:
        key, equals, values = sweep.partition("=")
        listed = [value.strip() for value in values.split(",") if value.strip()]
        if not equals or not listed:
            raise UsageError(
                f"--sweep {sweep} names no values", hint="--sweep retrieval.passages=4,8,12"
            )
        axes.append([parse_assignment(f"{key}={value}") for value in listed])
    found = []
    for file in files or (None,):
        for chosen in product(*axes):
            swept = " ".join(f"{key}={value}" for key, value in chosen)
            name = " ".join(part for part in (file.name if file else "", swept) if part)
            found.append(Configuration(name or "as it is", file or base, {**given, **dict(chosen)}))
    if len(found) > MOST:
        raise UsageError(f"{len(found)} configurations; {MOST} are the most")
    return found


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One configuration's figures; ``lost`` and ``gained`` are against the first one."""

    name: str
    right: float
    to_the_point: float | None
    precision: float | None
    refused: float | None
    seconds: float | None
    cost: float | None
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    ability: float | None = None
    error: float | None = None


def rows(names: Sequence[str], runs: Sequence[Run]) -> list[MatrixRow]:
    """Figures of each run, the first one first, then those that lost least against it."""
    abilities = _abilities(runs)
    made = []
    for number, (name, run) in enumerate(zip(names, runs, strict=True)):
        summary = summarise(run.results, run.timings)
        compared = compare(runs[0].results, run.results)
        figures = {metric: figure.mean for metric, figure in summary.figures.items()}
        total = summary.operation.stages.get("total")
        ability, error = abilities[number] if abilities else (None, None)
        made.append(
            MatrixRow(
                name=name,
                right=figures.get("correct", 0.0),
                to_the_point=figures.get(TO_THE_POINT),
                precision=figures.get("answer_precision"),
                refused=figures.get("refused_where_due"),
                seconds=total.p50 if total else None,
                cost=summary.operation.cost,
                lost=tuple(pair.id for pair in compared.lost),
                gained=tuple(pair.id for pair in compared.gained),
                ability=ability,
                error=error,
            )
        )
    return [made[0], *sorted(made[1:], key=lambda row: (len(row.lost), -row.right, row.name))]


def _abilities(runs: Sequence[Run]) -> list[tuple[float, float]]:
    if len(runs) < FEWEST_CONFIGURATIONS:
        return []
    grouped = [by_question(run.results) for run in runs]
    ids = list(grouped[0])
    answers = [
        [None if not (g := each.get(i)) or is_error(g) else is_right(g) for i in ids]
        for each in grouped
    ]
    fitted = fit(answers)
    return list(zip(fitted.ability, fitted.error, strict=True))


def table(made: Sequence[MatrixRow]) -> list[str]:
    """The rows for a terminal."""
    head = ("right", "to point", "on evid.", "refused", "seconds", "cost", "ability", "lost", "won")
    lines = [" ".join(f"{each:>8}" for each in head) + "  configuration"]
    for row in made:
        ability = "-" if row.ability is None else f"{row.ability:+.1f}±{row.error:.1f}"
        cells = (
            _share(row.right), _share(row.to_the_point), _share(row.precision),
            _share(row.refused), "-" if row.seconds is None else f"{row.seconds:.2f}",
            "-" if row.cost is None else f"{row.cost:.3f}", ability,
            str(len(row.lost)), str(len(row.gained)),
        )  # fmt: skip
        lines.append(" ".join(f"{cell:>8}" for cell in cells) + f"  {row.name}")
    return lines


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def side_by_side(names: Sequence[str], runs: Sequence[Run]) -> str:
    """Markdown with every question on which configurations differ, all answers below it."""
    from eval.report.markdown import plain

    grouped = [by_question(run.results) for run in runs]
    parts = ["# Answers side by side\n"]
    for name in grouped[0]:
        firsts = [each[name][0] if name in each else None for each in grouped]
        if len({_verdict(each) for each in firsts}) < 2:
            continue
        asked = next((each.question for each in firsts if each is not None), "")
        parts.append(f"\n## {plain(asked)}\n\n`{name}`\n")
        for label, result in zip(names, firsts, strict=True):
            said = plain(result.text) if result is not None else ""
            parts.append(f"- **{_verdict(result)}** {plain(label)}: {said}")
    return "\n".join(parts) + "\n"


def _verdict(result: Result | None) -> str:
    if result is None or result.correct is None:
        return "error"
    return ("right" if result.correct else "wrong") + (
        ", refused" if result.outcome == "refused" else ""
    )
