"""``exam``, ``init`` and ``ability``: questions from one's own documents, and what they measure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eval.commands import catch, judging, tell

if TYPE_CHECKING:
    from eval.exam.build import Exam
    from eval.workflow import Workplace

_made = click.option(
    "--count",
    type=click.IntRange(1, 2_000),
    default=100,
    show_default=True,
    help="The most questions to make; a small folder gives fewer.",
)
_seed = click.option(
    "--seed", type=int, default=0, show_default=True, help="Another number, another choice."
)


@click.command()
@click.option(
    "--documents",
    type=click.Path(path_type=Path, exists=True),
    help="The folder to ask about; else that of the question file.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The question file to write; else exam.yaml beside the question file.",
)
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@_made
@_seed
@click.pass_obj
@catch
def exam(
    place: Workplace, documents: Path | None, out: Path | None, force: bool, count: int, seed: int
) -> None:
    """Make an exam from your documents: questions with known answers, by rules, without a model.

    Kinds: numbers, dates, names, lists, definitions, titles, sayings, table cells, two facts in
    one question, contradictions between two documents, and near misses, which are to be refused:
    a name that was swapped, or something that the folder does not say of a name. Half are
    keywords, half typed questions. Each has one answer in the folder and gives away at most 60 %
    of its evidence's words. The texts must be English. Read the questions before you trust a
    figure; lint checks them.

    \b
      python -m eval exam --documents my-folder --out exam.yaml
      python -m eval --questions exam.yaml run
      python -m eval --questions exam.yaml ability
    """
    target = out or place.questions.parent / "exam.yaml"
    _make(place, documents, target, force, count, seed)
    tell(f"ask them: python -m eval --questions {target} run")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--force", is_flag=True, help="Replace the question file if it exists.")
@_made
@_seed
@click.pass_obj
@catch
def init(place: Workplace, folder: Path, force: bool, count: int, seed: int) -> None:
    """Start a question set of your own about FOLDER.

    Writes FOLDER-questions/questions.yaml beside FOLDER (else the file of --questions) with
    questions made from the documents. Two commands more make it a gate:

    \b
      python -m eval init my-folder
      python -m eval --questions my-folder-questions/questions.yaml run
      python -m eval --questions my-folder-questions/questions.yaml bless --last

    From then on `python -m eval --questions …` fails when a change makes answers worse. Add your
    own questions to the file, and `severity: critical` to those that must never be lost.
    """
    from eval.workflow import HOME

    target = place.questions
    if target.parent == HOME:
        home = folder.resolve()
        target = home.with_name(f"{home.name}-questions") / "questions.yaml"
    _make(place, folder, target, force, count, seed)
    tell(f"next: python -m eval --questions {target} run")
    tell(f"then: python -m eval --questions {target} bless --last")


def _make(
    place: Workplace, documents: Path | None, target: Path, force: bool, count: int, seed: int
) -> None:
    from assistant.errors import UsageError
    from eval.exam import files
    from eval.exam.build import build_exam
    from eval.progress import steps
    from eval.questions import QuestionSet
    from eval.workflow import open_bench

    if target.exists() and not force:
        raise UsageError(f"{target} exists", hint="name another file, or replace it with --force")
    if documents is not None:
        asked = QuestionSet((), (documents.resolve(),), target)
        place = replace(place, questions=target)
    else:
        asked = place.load()
    settings = place.settings(asked)
    with steps() as step, open_bench(settings, step) as bench:
        for file in bench.not_indexed:
            tell(f"not indexed: {file.document}: {file.reason or file.outcome}", err=True)
        made = build_exam(bench.texts, count, seed)
    if not made.items:
        raise UsageError(
            f"Nothing in {', '.join(map(str, settings.documents.paths))} can be asked about by "
            f"rules ({len(bench.texts)} documents, {made.candidates} candidates)",
            hint="write questions by hand; docs/guides/evaluation.md shows how",
        )
    files.write(made, target, settings.documents.paths)
    _tell_made(made, target)


def _tell_made(made: Exam, target: Path) -> None:
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(made.kinds.items()))
    easy = sum(item.is_easy for item in made.items)
    tell(f"{len(made.items)} questions of {made.candidates} candidates, {made.fair} fair: {kinds}")
    tell(f"the best sentence of BM25 alone answers {easy} of them (tag easy)")
    tell(f"written to {target}")


@click.command()
@click.argument("names", metavar="[RUN]...", nargs=-1)
@click.option(
    "--prune",
    type=click.FloatRange(0, 100, max_open=True),
    metavar="PERCENT",
    help="Leave out so many percent of the questions, those that tell least (10 is a tenth).",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where --prune writes the questions that are left.",
)
@click.pass_obj
@judging
def ability(
    place: Workplace, names: tuple[str, ...], prune: float | None, out: Path | None
) -> None:
    """Place configurations on one scale, by item response theory, from their stored runs.

    RUNs are runs of this question set (else all finished ones); at least three. A question that
    few get right counts for more than one that all do. Prints each configuration's ability with
    its standard error, how many questions split the configurations, and which tell most.
    """
    from assistant.errors import UsageError
    from eval.exam import files, rating

    if (prune is None) != (out is None):
        raise UsageError("--prune and --out belong together")
    question_set = place.load()
    rated = rating.rate(place, question_set, names)
    for line in rated.lines():
        tell(line)
    if prune is None or out is None:
        return
    smaller = rated.pruned(prune)
    files.write_some(place.questions, out, smaller.ids)
    tell(f"\n{len(smaller.ids)} of {len(rated.ids)} questions are left, rated anew:")
    for line in smaller.lines():
        tell(line)
    tell(f"written to {out}")
