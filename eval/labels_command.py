"""``labels``: which questions look mislabelled?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from eval.commands import judging, tell

if TYPE_CHECKING:
    from eval.workflow import Workplace


@click.command()
@click.argument("name", metavar="[RUN]", required=False)
@click.option("--limit", type=click.IntRange(1), default=15, show_default=True,
              help="So many questions at the most.")  # fmt: skip
@click.pass_obj
@judging
def labels(place: Workplace, name: str | None, limit: int) -> None:
    """Which questions look mislabelled, judged from all the others of RUN (else the newest)?

    A logistic fit tells from confidence and passage scores whether the documents answer. For each
    question it is computed without that question, in closed form. Shown are those whose `expect`
    has a probability below 10 %: read them; either the label is wrong, or the assistant is wrong
    in a way that no other question shows. Influence: how far one question moves the fit's log-odds.
    """
    from assistant.errors import UsageError
    from eval import recorded
    from eval.labels import SUSPECT, check_labels
    from eval.runs import RunFolder, load_run
    from eval.workflow import find_run

    chosen = load_run(find_run(place, name))
    lines = RunFolder(chosen.path).answer_lines()
    scores = {
        asked: [passage.score for passage in passages]
        for asked, passages in map(recorded.passages_of, reversed(lines))
    }
    try:
        found = check_labels(chosen.results, scores)
    except ValueError as exc:
        raise UsageError(str(exc)) from exc
    suspects = [each for each in found if each.probability < SUSPECT]
    tell(f"{len(suspects)} of {len(found)} labels are held for less probable than {SUSPECT:.0%}")
    for each in suspects[:limit]:
        tell(
            f"  {each.probability:6.1%}  expect: {each.label:6}  influence {each.influence:.2f}  "
            f"{each.id}: {each.question}"
        )
