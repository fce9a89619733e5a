"""``python -m eval``: run the questions, compare with the blessed baseline, fail on a regression.

Heavy parts are imported inside of the commands, so that ``--help`` is quick.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.errors import UsageError
from assistant.extras import check_installed
from assistant.text.visible import visible
from eval.commands import EXITS, catch, judging, tell
from eval.configuration_commands import ablate, matrix, robust
from eval.drift_command import drift
from eval.errors import EXIT_USAGE, InvalidComparisonError
from eval.exam.commands import ability, exam, init
from eval.importing.commands import import_
from eval.labels_command import labels
from eval.statistics import STATISTICS

if TYPE_CHECKING:
    from eval.gate import Budgets
    from eval.runs import Run
    from eval.workflow import Plan, Workplace


def budget_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that decides."""
    for option in (
        click.option("--strict", is_flag=True, help="An inconclusive comparison fails with 3."),
        click.option("--budget-seconds", type=float, default=5.0, show_default=True,
                     help="The most that 95 % of the questions may take."),
        click.option("--budget-cost", type=float, default=None,
                     help="The most that a question may cost on average."),
    ):  # fmt: skip
        command = option(command)
    return command


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EXITS,
)
@click.option("--config", type=click.Path(path_type=Path), help="Settings file (config.yaml).")
@click.option("--set", "assignments", multiple=True, metavar="KEY=VALUE",
              help="Override a setting, e.g. --set retrieval.passages=12.")  # fmt: skip
@click.option("--questions", type=click.Path(path_type=Path),
              help="Question file; its runs and baseline lie beside it.")  # fmt: skip
@budget_options
@click.pass_context
@catch
def main(
    context: click.Context, config: Path | None, assignments: tuple[str, ...],
    questions: Path | None, strict: bool, budget_seconds: float, budget_cost: float | None,
) -> None:  # fmt: skip
    """Measure the assistant on questions with known answers, and gate changes on it.

    Without a command: run all questions, then compare with the baseline.

    \b
    A set of your own:
      python -m eval init FOLDER          questions from your documents, made by rules

    \b
    A first round:
      python -m eval lint                 are the questions true of the documents?
      python -m eval run                  ask them; writes eval/runs/<time>/report.html
      python -m eval bless --last         make that run the baseline
      python -m eval                      after a change: did anything get worse?
    """
    from eval.workflow import Plan, Workplace

    overrides = _overrides(assignments)
    place = Workplace(config=config, overrides=overrides)
    if questions is not None:
        place = replace(place, questions=questions.resolve())
    context.obj = place
    if context.invoked_subcommand is None:
        check_installed(*STATISTICS, package="scipy")
        _run(
            place,
            Plan(jobs=0),
            gate=True,
            strict=strict,
            budgets=_budgets(budget_seconds, budget_cost),
        )


@main.command(epilog=EXITS)
@click.pass_obj
@judging
def lint(place: Workplace) -> None:
    """Check the question file: quotes, references, balance, near-duplicates."""
    from eval.lint import check
    from eval.power import smallest_detectable_drop
    from eval.progress import steps
    from eval.workflow import open_bench

    question_set = place.load()
    with steps() as step, open_bench(place.settings(question_set), step) as bench:
        findings = check(question_set.questions, bench.texts)
        for file in bench.not_indexed:
            tell(f"error   {file.document}: {file.reason or file.outcome}")
    for each in findings:
        tell(f"{each.level:7} {each.id or 'the set'}: {each.message}")
    total = len(question_set.questions)
    critical = sum(q.severity == "critical" for q in question_set.questions)
    refuse = sum(q.expect == "refuse" for q in question_set.questions)
    drop = smallest_detectable_drop(total)
    seen = "no drop below 50 points" if drop is None else f"a drop of {drop * 100:g} points"
    click.echo(
        f"{total} questions, {refuse} unanswerable, {critical} critical; the set can see {seen} "
        "with power 80 %."
    )
    if any(each.level == "error" for each in findings):
        sys.exit(EXIT_USAGE)


@main.command(epilog=EXITS)
@click.option(
    "--only",
    multiple=True,
    metavar="TAG",
    help="Questions with this tag, type, severity, cluster or id; may be repeated.",
)
@click.option(
    "--jobs",
    type=click.IntRange(0, 64),
    default=0,
    help="Questions under way at once; several help with a model server.  [default: 2 without a "
    "model on two processors, else 1]",
)
@click.option(
    "--repeat",
    type=click.IntRange(1, 50),
    default=1,
    show_default=True,
    help="Times each question is asked; 3 or more with a model that varies.",
)
@click.option("--model", help="Short for --set llm.model=…")
@click.option("--replay", metavar="RUN", help="Judge the recorded answers of a run anew.")
@click.option("--dry-run", is_flag=True, help="Say what would be asked; ask nothing.")
@click.option("--resume", is_flag=True, help="Go on with the run that was cut off.")
@click.option(
    "--most-seconds",
    type=click.FloatRange(0, min_open=True),
    help="Stop asking after so many seconds; --resume goes on.",
)
@click.option(
    "--most-cost",
    type=click.FloatRange(0, min_open=True),
    help="Stop asking when the answers have cost so much (see llm.prices); --resume goes on.",
)
@click.pass_obj
@judging
def run(
    place: Workplace, only: tuple[str, ...], jobs: int, repeat: int, model: str | None,
    replay: str | None, dry_run: bool, resume: bool, most_seconds: float | None,
    most_cost: float | None,
) -> None:  # fmt: skip
    """Ask the questions, write a run folder, and show what changed since the baseline.

    The exit code says only whether it could run; `python -m eval` and `gate` decide.
    """
    from eval.limits import RunLimits
    from eval.workflow import Plan, find_run

    if model is not None:
        place = replace(place, overrides={**(place.overrides or {}), "llm.model": model})
    if replay is not None and resume:
        raise UsageError("--replay and --resume exclude each other")
    source = find_run(place, replay) if replay is not None else None
    limits = RunLimits(most_seconds, most_cost)
    plan = Plan(only, repeat, jobs, replay=source, resume=resume, limits=limits)
    if dry_run:
        _preview(place, plan)
    else:
        _run(place, plan, gate=False)


@main.command(epilog=EXITS)
@click.argument("base")
@click.argument("candidate")
@click.option(
    "--why",
    is_flag=True,
    help="Split the difference: mix of questions, assistant, and there the stage of each flip.",
)
@budget_options
@click.pass_obj
@judging
def compare(
    place: Workplace, base: str, candidate: str, why: bool, strict: bool, budget_seconds: float,
    budget_cost: float | None,
) -> None:  # fmt: skip
    """Compare two stored runs (names, paths, or `baseline`); asks nothing again."""
    from eval import workflow
    from eval.runs import load_run

    before = load_run(workflow.find_run(place, base))
    after = load_run(workflow.find_run(place, candidate))
    if why:
        from eval import attribution

        for line in attribution.lines(attribution.attribute(before.results, after.results)):
            tell(line)
    _decide(place, after, before, {}, _budgets(budget_seconds, budget_cost), strict, write=False)


@main.command(epilog=EXITS)
@click.argument("name", metavar="[RUN]", required=False)
@budget_options
@click.pass_obj
@judging
def gate(
    place: Workplace, name: str | None, strict: bool, budget_seconds: float,
    budget_cost: float | None,
) -> None:  # fmt: skip
    """Judge a stored run (else the newest) against the baseline; suspects are asked again."""
    from eval import workflow
    from eval.runs import load_run

    base = workflow.load_baseline(place)
    after = load_run(workflow.find_run(place, name))
    again: dict[str, Any] = {}
    question_set = place.load()
    settings = place.settings(question_set)
    is_same = settings.fingerprint() == after.manifest.settings_fingerprint
    if is_same and not after.manifest.replay_of and workflow.has_suspects(after, base):
        with workflow.open_bench(settings) as bench:
            again = workflow.confirm(after, base, question_set, bench)
    _decide(place, after, base, again, _budgets(budget_seconds, budget_cost), strict)


@main.command()
@click.argument("name", metavar="[RUN]", required=False)
@click.option("--last", is_flag=True, help="The newest finished run.")
@click.pass_obj
@catch
def bless(place: Workplace, name: str | None, last: bool) -> None:
    """Make RUN the baseline: the only way it moves. Commit it with the change that moved it."""
    from eval import workflow
    from eval.runs import bless as make_baseline
    from eval.runs import load_run

    if (name is None) != last:
        raise UsageError("bless needs a run: its name, or --last", hint=f"runs lie in {place.runs}")
    chosen = load_run(workflow.find_run(place, name))
    make_baseline(chosen, place.baseline)
    tell(f"{chosen.path.name} is the baseline now: {place.baseline}")


@main.command()
@click.argument("name", metavar="[RUN]", required=False)
@click.option(
    "--write",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Put the numbers into this settings file.",
)
@click.option(
    "--change-refusals",
    is_flag=True,
    help="Write the numbers even where the file's settings refuse other questions than RUN did.",
)
@click.pass_obj
@judging
def calibrate(place: Workplace, name: str | None, file: Path | None, change_refusals: bool) -> None:
    """Fit the confidence to your own questions, from RUN (else the newest).

    The numbers move the confidence that is shown. What is refused is decided before, by
    answer.min_confidence; it is shown as it was in RUN and as it will be with the settings file.
    """
    from assistant.settings import load_settings
    from eval import calibrate as calibration
    from eval import workflow
    from eval.runner import EXTRACTIVE
    from eval.runs import load_run

    chosen = load_run(workflow.find_run(place, name))
    if chosen.manifest.model not in ("", EXTRACTIVE):
        raise UsageError(
            f"The answers of {chosen.path.name} are by the model {chosen.manifest.model}; their "
            "confidence comes from the verdicts and is not calibrated",
            hint="calibrate on a run without a model",
        )
    before = calibration.InForce.of(chosen.manifest.settings.get("answer", {}))
    found = calibration.calibrate(chosen.results, before)
    answer = load_settings(file).answer.model_dump() if file is not None else {}
    after = calibration.InForce(
        found.slope, found.shift, answer.get("min_confidence", before.least)
    )
    refusals = calibration.refusals(chosen.results, before, after)
    click.echo(
        f"{found.questions} questions, {found.answerable} answerable\n"
        f"Brier score {found.before:.3f} → {found.after:.3f} (cross-validated)\n"
        + "\n".join(refusals.lines())
        + f"\n  confidence_slope: {found.slope}\n  confidence_shift: {found.shift}"
    )
    if file is None:
        return
    if refusals.changed and not change_refusals:
        raise UsageError(
            f"{file} has answer.min_confidence {after.least:g}, the run {before.least:g}: "
            f"{len(refusals.changed)} questions would change between answer and refusal",
            hint="calibrate on a run with this file (--config), or write with --change-refusals",
        )
    calibration.write(found, file)
    tell(f"written to {file}")


@main.command()
@click.argument("name", metavar="[RUN]", required=False)
@click.pass_obj
@judging
def report(place: Workplace, name: str | None) -> None:
    """Write HTML, Markdown and JUnit of RUN (else the newest) against the baseline."""
    from eval import workflow
    from eval.gate import Budgets
    from eval.report import files
    from eval.runs import load_run

    chosen = load_run(workflow.find_run(place, name))
    base = workflow.load_baseline(place) if place.baseline.is_dir() else None
    comparison = verdict = None
    if base is not None:
        comparison, verdict = workflow.judge(chosen, base, again={}, budgets=Budgets())
    made = workflow.report_of(chosen, base, comparison, verdict, place.load())
    tell(str(files.write(made, chosen.path)))


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--limit", type=click.IntRange(1), help="Ask only the first so many queries.")
@click.option(
    "--depth",
    type=click.IntRange(10),
    default=10,
    show_default=True,
    help="Documents to rank for each query.",
)
@click.option(
    "--distractors",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="Another corpus.jsonl to index beside it.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Write per-query lines here (JSONL).")
@click.pass_obj
@judging
def beir(
    place: Workplace, folder: Path, limit: int | None, depth: int,
    distractors: tuple[Path, ...], out: Path | None,
) -> None:  # fmt: skip
    """Retrieval figures on a BEIR folder: corpus.jsonl, queries.jsonl, qrels.tsv."""
    from eval import beir as benchmark
    from eval.progress import steps

    with steps() as step:
        outcome = benchmark.evaluate(
            folder, place.config, dict(place.overrides or {}), cache=place.runs / ".beir",
            depth=depth, limit=limit,
            distractors=distractors, step=step,
        )  # fmt: skip
    click.echo(visible(benchmark.render(outcome)))
    if out is not None:
        benchmark.write_queries(outcome, out)


for command in (exam, init, import_, ability, matrix, ablate, robust, labels, drift):
    main.add_command(command)


def _run(
    place: Workplace, plan: Plan, *, gate: bool, strict: bool = False,
    budgets: Budgets | None = None,
) -> None:  # fmt: skip
    from eval import workflow
    from eval.by_model import describe_model_answers
    from eval.gate import Budgets
    from eval.progress import steps
    from eval.runner import EXTRACTIVE
    from eval.runs import RunFolder
    from eval.summary import summarise

    question_set = place.load().only(plan.only)
    base = None
    if gate or place.baseline.is_dir():
        try:
            base = workflow.load_baseline(place)
        except InvalidComparisonError:
            if gate:
                raise
    again: dict[str, Any] = {}
    with steps() as step, workflow.open_bench(place.settings(question_set), step) as bench:
        for file in bench.not_indexed:
            tell(f"not indexed: {file.document}: {file.reason or file.outcome}", err=True)
        done = workflow.run_questions(place, question_set, plan, bench, step)
        if gate and base is not None:
            again = workflow.confirm(done, base, question_set, bench)
    if gate and base is not None:
        _decide(place, done, base, again, budgets or Budgets(), strict)
    elif base is not None:
        base = workflow.asked_in_both(done, base)
        comparison, verdict = workflow.judge(done, base, again={}, budgets=Budgets())
        _show(place, done, base, comparison, verdict)
    else:
        _show(place, done, None, None, None)
        tell("`python -m eval bless --last` makes this run the baseline that later ones face")
    if done.manifest.model not in ("", EXTRACTIVE):
        lines = RunFolder(done.path).answer_lines()
        click.echo(describe_model_answers(done.manifest.model, lines, summarise(
            done.results, done.timings)))  # fmt: skip


def _decide(
    place: Workplace, run: Run, base: Run, again: dict[str, Any], budgets: Budgets, strict: bool,
    *, write: bool = True,
) -> None:  # fmt: skip
    from eval import workflow

    comparison, verdict = workflow.judge(run, base, again=again, budgets=budgets)
    _show(place, run, base, comparison, verdict, write=write)
    sys.exit(verdict.exit_code(strict))


def _show(
    place: Workplace, run: Run, base: Run | None, comparison: Any, verdict: Any, *,
    write: bool = True,
) -> None:  # fmt: skip
    from rich.console import Console

    from eval import workflow
    from eval.report import files, github, terminal

    made = workflow.report_of(run, base, comparison, verdict, place.load())
    terminal.show(made, Console(soft_wrap=True))
    for line in github.workflow_commands(made):
        tell(line)
    if write:
        tell(str(files.write(made, run.path)))
        github.write_summary(made)


def _preview(place: Workplace, plan: Plan) -> None:
    from collections import Counter

    question_set = place.load().only(plan.only)
    settings = place.settings(question_set)
    kinds = Counter(question.type for question in question_set.questions)
    total = len(question_set.questions) * plan.repeat
    tell(f"{total} answers: " + ", ".join(f"{n} {kind}" for kind, n in kinds.most_common()))
    tell("documents: " + ", ".join(str(path) for path in settings.documents.paths))
    tell(f"settings {settings.fingerprint()}, runs go to {place.runs}")


def _overrides(assignments: tuple[str, ...]) -> dict[str, Any]:
    from assistant.settings import parse_assignment

    return dict(parse_assignment(text) for text in assignments)


def _budgets(seconds: float, cost: float | None) -> Budgets:
    from eval.gate import Budgets

    return Budgets(p95_seconds=seconds, cost_per_question=cost)
