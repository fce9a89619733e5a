"""``matrix``, ``ablate`` and ``robust``: one question set, asked in several ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eval.commands import judging, tell

if TYPE_CHECKING:
    from eval.ablation import Coalition, Switch
    from eval.questions import QuestionSet
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


@click.command()
@click.option(
    "--part",
    "given",
    multiple=True,
    metavar="NAME=KEY=VALUE",
    help="A part, and the setting with which it is off. Without any: the ranking's five parts.",
)
@click.option("--only", multiple=True, metavar="TAG", help="As in `run`.")
@click.pass_obj
@judging
def ablate(place: Workplace, given: tuple[str, ...], only: tuple[str, ...]) -> None:
    """What is each part of the pipeline worth? Exact Shapley values with intervals.

    Without --part the five parts of the ranking are weighed by nDCG@10: each question is searched
    once, and its candidates are ordered anew for all 32 coalitions. With --part any settings are
    weighed by right answers: k parts take 2^k runs, so choose questions with --only.

    \b
      python -m eval ablate
      python -m eval ablate --only critical --part reading=answer.read_passages=1 \\
        --part rest=answer.max_sentences=1

    `gains` and `losses` split the worth: what a part wins where it helps, and loses where it
    harms; `off` is the change when only it is turned off. A part whose interval holds 0 is not
    told from nothing.
    """
    from eval import ablation

    question_set = place.load().only(only)
    if given:
        parts, values, measure = _by_settings(place, question_set, ablation.switches(given), only)
    else:
        parts, values, measure = _of_ranking(place, question_set)
    for line in ablation.table(parts, values, measure):
        click.echo(line)


def _of_ranking(
    place: Workplace, question_set: QuestionSet
) -> tuple[Sequence[str], dict[Coalition, list[float]], str]:
    from assistant.errors import UsageError
    from eval import ablation
    from eval.progress import steps
    from eval.scoring import places_of
    from eval.workflow import open_bench

    settings = place.settings(question_set)
    weights = {name: getattr(settings.retrieval, f"weight_{name}") for name in ablation.RANKING}
    weights = {name: weight for name, weight in weights.items() if weight}
    with steps() as step, open_bench(settings, step) as bench:
        asked = []
        # A follow-up's own words are not what is searched for.
        wanted = [q for q in question_set.questions if q.evidence and not q.history]
        for number, question in enumerate(wanted, 1):
            found = bench.assistant.retrieve(question.question, limit=ablation.DEPTH)
            asked.append((places_of(question, bench.texts), found))
            step("search", number, len(wanted))
        if not asked:
            raise UsageError("None of these questions has evidence: the ranking cannot be weighed")
        values = ablation.ranking_values(asked, weights, bench.texts)
    return list(weights), values, "nDCG@10"


def _by_settings(
    place: Workplace, question_set: QuestionSet, parts: Sequence[Switch], only: tuple[str, ...]
) -> tuple[Sequence[str], dict[Coalition, list[float]], str]:
    from eval import ablation
    from eval.progress import steps
    from eval.summary import PRIMARY, by_question, value_of
    from eval.workflow import Plan, open_bench, run_questions

    names = [part.name for part in parts]
    every = list(ablation.coalitions(names))
    places = [
        replace(place, overrides={**(place.overrides or {}), **_off(parts, coalition)})
        for coalition in every
    ]
    settings = [each.settings(question_set) for each in places]  # all are checked before the first
    rights: dict[Coalition, dict[str, float]] = {}
    for number, coalition in enumerate(every):
        tell(f"{number + 1} of {len(every)}: {' '.join(sorted(coalition)) or 'none'}", err=True)
        with steps() as step, open_bench(settings[number], step) as bench:
            run = run_questions(places[number], question_set, Plan(only=only), bench, step)
        grouped = by_question(run.results)
        rights[coalition] = {
            name: value
            for name, group in grouped.items()
            if (value := value_of(group, PRIMARY)) is not None
        }
    shared = [q.id for q in question_set.questions if all(q.id in r for r in rights.values())]
    values = {coalition: [right[i] for i in shared] for coalition, right in rights.items()}
    return names, values, "right answers"


def _off(parts: Sequence[Switch], coalition: Coalition) -> dict[str, object]:
    return {part.key: part.off for part in parts if part.name not in coalition}


@click.command()
@click.option("--only", multiple=True, metavar="TAG", help="As in `run`.")
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=60,
    show_default=True,
    help="So many questions, spread evenly over the set.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Other typos.")
@click.pass_obj
@judging
def robust(place: Workplace, only: tuple[str, ...], limit: int, seed: int) -> None:
    """Do answers stay right when questions are asked carelessly?

    Asks each question as written, then every one that is right with a typo, in lower case, in
    capitals, without its frame words, as key words, and with a clause moved. Prints for each way
    the share that stays right. Follow-ups and small talk are left out.
    """
    from eval import robust as carelessly
    from eval.progress import steps
    from eval.runner import asker
    from eval.workflow import open_bench

    question_set = place.load().only(only)
    fit = [q for q in question_set.questions if not q.history and q.type != "chitchat"]
    chosen = fit[:: max(1, -(-len(fit) // limit))]
    with steps() as step, open_bench(place.settings(question_set), step) as bench:
        found = carelessly.measure(chosen, asker(bench.assistant), bench.texts, seed, step)
    for line in carelessly.lines(found):
        tell(line)
