"""The ``--help`` of the commands and of the evaluation → ``docs/reference/command-line.md``."""

from __future__ import annotations

from pathlib import Path

import click

from assistant.cli import cli as assistant_commands
from docs.generate.markdown import NOTE
from eval.cli import main as eval_commands

INTRODUCTION = """# Command line

`assistant COMMAND --help` prints each of these; `python -m eval` is the evaluation. Results go to
standard output, messages and progress to standard error. The exit status is on the page
[Exit status and errors](errors.md).

"""
WIDTH = 96


def helps(command: click.Command, name: str) -> list[tuple[str, str]]:
    """The full name and the help text of a command and of all below it."""
    context = click.Context(
        command, info_name=name, terminal_width=WIDTH, max_content_width=WIDTH,
        help_option_names=["-h", "--help"], color=False,
    )  # fmt: skip
    found = [(name, command.get_help(context))]
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            member = command.get_command(context, below)
            assert member is not None
            found += helps(member, f"{name} {below}")
    return found


def page(root: Path) -> str:
    """The whole page."""
    found = helps(assistant_commands, "assistant") + helps(eval_commands, "python -m eval")
    texts = [f"## {name}\n\n```text\n{text.strip()}\n```\n" for name, text in found]
    return NOTE + INTRODUCTION + "\n".join(texts)
