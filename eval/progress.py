"""Progress on the error stream: a bar in a terminal, nothing in a log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from eval.runner import TellProgress

WORDS = {"ask": "asking", "baselines": "trivial rivals"}


@contextmanager
def steps() -> Iterator[TellProgress]:
    """A ``TellProgress`` that draws one bar per stage while the block runs."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal,
        transient=True,
    ) as bars:  # fmt: skip
        known = {}

        def step(stage: str, done: int, total: int) -> None:
            if stage not in known:
                known[stage] = bars.add_task(WORDS.get(stage, stage), total=total)
            bars.update(known[stage], completed=done, total=total)

        yield step
