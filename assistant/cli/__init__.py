"""The command line. Results go to standard output, everything else to standard error.

Exit status: 0 fine (an abstention too), 1 the job or some file failed, 2 usage or settings,
130 interrupted by Ctrl-C, 143 by SIGTERM.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

from assistant.cli import answering, ingesting, models, people, serving, state
from assistant.cli.base import Terminated, cli, say, say_error
from assistant.cli.streams import make_streams_safe
from assistant.errors import AssistantError, StorageError

__all__ = ["answering", "cli", "ingesting", "main", "models", "people", "serving", "state"]


def main() -> None:
    """Run the command line; every failure becomes one message and an exit status."""
    os.umask(0o077)  # what libraries and children write of the documents is this user's alone
    make_streams_safe()
    try:
        status = cli.main(standalone_mode=False)
        sys.stdout.flush()  # what fails here is told as one error, not while Python ends
        sys.exit(status if isinstance(status, int) else 0)
    except click.exceptions.Abort as exc:
        say(" ".join(["Interrupted.", *getattr(exc.__cause__, "__notes__", ())]))
        _end_at_once(143 if isinstance(exc.__cause__, Terminated) else 130)
    except click.ClickException as exc:
        exc.show()
        sys.exit(2)
    except AssistantError as exc:
        say_error(exc)
        sys.exit(exc.exit_code)
    except BrokenPipeError:
        _drop_output()
        sys.exit(0)
    except OSError as exc:
        place = f"{exc.filename}: " if exc.filename else ""
        say_error(
            StorageError(f"{place}{exc.strerror or exc}", hint="`assistant doctor` looks why")
        )
        _drop_output()
        sys.exit(1)


def _drop_output() -> None:
    """Let what could not be written go nowhere; Python would try once more and exit with 120."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _end_at_once(status: int) -> NoReturn:
    """End without waiting for threads that read or embed: what they make is not wanted."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            continue
    os._exit(status)
