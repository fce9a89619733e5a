"""What every command of the evaluation shares: its errors, its exit codes, its lines."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import NoReturn, ParamSpec

import click

from assistant.errors import AssistantError
from assistant.extras import check_installed
from assistant.text.visible import visible
from eval.errors import EXIT_INVALID, EXIT_USAGE
from eval.statistics import STATISTICS

P = ParamSpec("P")

EXITS = """\b
Exit codes: 0 pass · 1 regression · 2 wrong usage or question file
            3 inconclusive (with --strict) · 4 the comparison is not valid"""


def catch(command: Callable[P, None]) -> Callable[P, None]:
    """Print an error as one message and leave with its exit code.

    1 is kept for a regression: whatever else stops an evaluation leaves it invalid.
    """

    @wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except AssistantError as error:
            usage = error.exit_code == EXIT_USAGE
            leave(str(error), EXIT_USAGE if usage else EXIT_INVALID)
        except KeyboardInterrupt:
            leave("Stopped. `python -m eval run --resume` goes on from here.", 130)

    return guarded


def judging(command: Callable[P, None]) -> Callable[P, None]:
    """``catch`` for a command whose figures need the extra `eval`: without it, it says so before
    the first question and not after the last."""

    @wraps(command)
    def prepared(*args: P.args, **kwargs: P.kwargs) -> None:
        check_installed(*STATISTICS, package="scipy")
        command(*args, **kwargs)

    return catch(prepared)


def leave(message: str, code: int) -> NoReturn:
    click.echo(visible(message), err=True)
    sys.exit(code)


def tell(line: str, err: bool = False) -> None:
    """A line, whatever is in the names that it holds."""
    click.echo(visible(line.replace("\n", " ")), err=err)
