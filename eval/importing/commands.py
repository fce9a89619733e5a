"""``import``: questions from another tool's file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eval.commands import catch, tell

if TYPE_CHECKING:
    from eval.workflow import Workplace

SHOWN = 10
"""So many rows that were left out are named."""


@click.command("import")
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--documents",
    type=click.Path(path_type=Path, exists=True),
    help="The folder that the questions are about; a BEIR folder brings its own.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The question file to write; else NAME-questions/questions.yaml here.",
)
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@click.pass_obj
@catch
def import_(
    place: Workplace, source: Path, documents: Path | None, out: Path | None, force: bool
) -> None:
    """Make a question set from FILE: CSV, TSV, JSON, JSONL, promptfoo, ragas, or a BEIR folder.

    Columns are known by their usual names: question (user_input, query), answer (reference,
    ground_truth, expected), quote (reference_contexts, contexts), document, expect, id, tags.
    Of promptfoo the assertions contains, contains-any, contains-all, equals, their negations and
    is-refusal are carried over. A missing quote is looked for in the documents. What rules cannot
    judge is left out, with the reason. Nothing that a file names is fetched or run.

    \b
      python -m eval import questions.csv --documents my-folder
      python -m eval import promptfooconfig.yaml --documents my-folder --out set/questions.yaml
    """
    from assistant.errors import UsageError
    from assistant.text.visible import one_line
    from eval.exam.files import write_rows
    from eval.importing.beir import read_folder
    from eval.importing.build import build
    from eval.importing.rows import read
    from eval.progress import steps
    from eval.questions import QuestionSet, load_questions
    from eval.workflow import open_bench

    target = out or Path(f"{source.resolve().stem}-questions") / "questions.yaml"
    if target.exists() and not force:
        raise UsageError(f"{target} exists", hint="name another file, or replace it with --force")
    if source.is_dir():
        rows, folder = read_folder(source, target.resolve().parent)
    elif documents is None:
        raise UsageError("import needs the documents", hint="--documents FOLDER")
    else:
        rows, folder = read(source), documents
    asked = QuestionSet((), (folder.resolve(),), target)
    place = replace(place, questions=target.resolve())
    with steps() as step, open_bench(place.settings(asked), step) as bench:
        for file in bench.not_indexed:
            tell(f"not indexed: {file.document}: {file.reason or file.outcome}", err=True)
        made = build(rows, bench.texts)
    for where, reason in (*made.left_out[:SHOWN], *made.remarks[:SHOWN]):
        tell(f"{source.name}, {where}: {reason}", err=True)
    more = max(0, len(made.left_out) - SHOWN)
    tell(
        f"{len(made.rows)} of {len(rows)} rows are questions now, {len(made.left_out)} are left "
        f"out{f' ({more} more than are named)' if more else ''}"
    )
    if not made.rows:
        raise UsageError(
            f"{source.name} holds nothing that can be asked and judged by rules",
            hint="retrieval figures of a BEIR folder: python -m eval beir FOLDER",
        )
    head = f"# Imported from {one_line(source.name)!r} by `python -m eval import`.\n"
    write_rows(made.rows, target, (folder,), head)
    load_questions(target)
    tell(f"written to {target}")
    tell(f"next: python -m eval --questions {target} lint")
