"""``matrix``: several configurations on one question set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eval.commands import judging, tell

if TYPE_CHECKING:
    from eval.workflow import Workplace


@click.command()
@click.argument(
    "files",
    metavar="[SETTINGS]...",
    nargs=-1,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)
@click.option(
    "--sweep",
    "sweeps",
    multiple=True,
    metavar="KEY=A,B,…",
    help="Each of these values of a setting; several sweeps give every combination.",
)
@click.option("--only", multiple=True, metavar="TAG", help="As in `run`.")
@click.option(
    "--answers",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the answers that differ, side by side (Markdown).",
)
@click.pass_obj
@judging
def matrix(
    place: Workplace, files: tuple[Path, ...], sweeps: tuple[str, ...], only: tuple[str, ...],
    answers: Path | None,
) -> None:  # fmt: skip
    """Ask one question set under several configurations and put them side by side.

    Each SETTINGS file is a configuration; without one, the settings in use. The first one is what
    the others are compared with: `lost` and `won` count the questions that flipped. Every
    configuration is a stored run, so `compare`, `ability` and `report` know it.

    \b
      python -m eval matrix --sweep retrieval.passages=8,4,12
      python -m eval --questions exam.yaml matrix config.yaml mine.yaml --answers diff.md
    """
    from assistant.errors import UsageError
    from eval import matrix as sides
    from eval.progress import steps
    from eval.workflow import Plan, open_bench, run_questions

    chosen = sides.configurations(files, sweeps, place.config, place.overrides or {})
    if len(chosen) < 2:
        raise UsageError("A matrix needs at least two configurations", hint="name files or --sweep")
    question_set = place.load().only(only)
    places = [replace(place, config=each.file, overrides=each.overrides) for each in chosen]
    settings = [each.settings(question_set) for each in places]  # all are checked before the first
    done = []
    for number, (here, setting) in enumerate(zip(places, settings, strict=True)):
        tell(f"{number + 1} of {len(chosen)}: {chosen[number].name}", err=True)
        with steps() as step, open_bench(setting, step) as bench:
            done.append(run_questions(here, question_set, Plan(only=only), bench, step))
    names = [each.name for each in chosen]
    for line in sides.table(sides.rows(names, done)):
        click.echo(line)
    for name, run in zip(names, done, strict=True):
        tell(f"{run.path.name}  {name}")
    if answers is not None:
        answers.write_text(sides.side_by_side(names, done), encoding="utf-8", newline="\n")
        tell(f"written to {answers}")
