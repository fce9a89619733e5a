"""The group of commands, and what all of them share: settings, output, progress."""

from __future__ import annotations

import functools
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant import __version__
from assistant.cli.streams import own_stderr
from assistant.errors import AssistantError
from assistant.text.visible import as_json, one_line, visible

if TYPE_CHECKING:
    from rich.console import Console

    from assistant.settings import Settings
    from assistant.types import Progress

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def _config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--config`` and ``--set``, which may stand before or after the command's name."""
    for option in (
        click.option("--set", "assignments", multiple=True, metavar="KEY=VALUE",
                     help="Change one setting, e.g. --set retrieval.passages=12. Repeatable."),
        click.option("--config", "config", type=click.Path(path_type=Path), metavar="FILE",
                     help="Settings file. Default: the nearest config.yaml upward."),
    ):  # fmt: skip
        command = option(command)
    return command


def with_settings(function: Callable[..., int | None]) -> Callable[..., Any]:
    """A command that is given the settings first, and whose number is the exit status."""

    @functools.wraps(function)
    def command(
        context: click.Context, config: Path | None, assignments: tuple[str, ...], **rest: Any
    ) -> None:
        from assistant.settings import load_settings, parse_assignment

        outer = context.find_root().obj or {}
        pairs = (*outer.get("assignments", ()), *assignments)
        settings = load_settings(
            config or outer.get("config"), dict(parse_assignment(pair) for pair in pairs)
        )
        context.exit(function(settings, **rest) or 0)

    return _config_options(click.pass_context(command))


def of_one_collection(function: Callable[..., int | None]) -> Callable[..., Any]:
    """The same for one collection, whose settings the function is given."""

    @functools.wraps(function)
    def done(settings: Settings, /, *, collection: str, **rest: Any) -> int | None:
        name = collection or settings.collection_names()[0]
        return function(settings.of_collection(name), **rest)

    return click.option(
        "--collection", default="", metavar="NAME",
        help="Of this collection (index.collections) instead of the default one.",
    )(with_settings(done))  # fmt: skip


def of_each_collection(function: Callable[..., int | None]) -> Callable[..., Any]:
    """The same for one collection after the other. One that fails is told, and the others are
    done; the exit status is the highest."""

    @functools.wraps(function)
    def done(settings: Settings, /, *, collections: str, **rest: Any) -> int:
        names = split_collections(settings, collections) or settings.collection_names()[:1]
        if len(names) == 1:
            return function(settings.of_collection(names[0]), **rest) or 0
        if rest.get("paths") or rest.get("forget") or rest.get("watch"):
            raise click.UsageError("PATH, --forget and --watch go with one collection")
        worst = 0
        for name in names:
            say(f"Collection {name}:")
            try:
                worst = max(worst, function(settings.of_collection(name), **rest) or 0)
            except AssistantError as exc:
                say_error(exc)
                worst = max(worst, exc.exit_code)
        return worst

    return click.option(
        "--collection", "collections", default="", metavar="NAME[,NAME]",
        help="Of these collections (index.collections), one after the other; all: every one.",
    )(with_settings(done))  # fmt: skip


def split_collections(settings: Settings, text: str) -> tuple[str, ...]:
    """``NAME,NAME`` or ``all`` as names; none for an empty text. Raises ``UsageError``."""
    from assistant.settings.collections import chosen_collections

    names = [each.strip() for each in text.split(",") if each.strip()]
    return chosen_collections(names, settings.collection_names()) if names else ()


@click.group(context_settings=CONTEXT)
@click.version_option(__version__, prog_name="assistant")
@_config_options
@click.pass_context
def cli(context: click.Context, config: Path | None, assignments: tuple[str, ...]) -> None:
    """Ask a folder of documents. Every sentence of an answer names its place in the documents.

    \b
    First steps:
      assistant ingest ~/papers          index a folder; run it again after changes
      assistant ask "Who wrote …?"       answer with numbered, checked citations
      assistant serve --open             the chat in the browser
      assistant status                   which files are indexed, which are not, and why

    It needs no key and no network; `assistant doctor` lists every possible outside call.

    \b
    Completion with Tab, in this shell (put the line into ~/.bashrc or ~/.zshrc to keep it):
      eval "$(_ASSISTANT_COMPLETE=bash_source assistant)"      zsh: zsh_source
      _ASSISTANT_COMPLETE=fish_source assistant | source       fish
    """
    context.obj = {"config": config, "assignments": assignments}


class Terminated(KeyboardInterrupt):
    """SIGTERM, told as Ctrl-C is: children are ended, and what was done is said to be kept."""


def end_well_on_sigterm() -> None:
    """Let SIGTERM end this command as Ctrl-C does, with the exit status 143."""

    def end(*_: object) -> None:
        raise Terminated

    signal.signal(signal.SIGTERM, end)


def console() -> Console:
    """Standard output for drawing; 100 columns where it is no terminal."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else 100)


def say(message: str) -> None:
    """A line on standard error."""
    click.echo(one_line(message), file=own_stderr())


def say_error(error: AssistantError) -> None:
    """What failed, and in a line of its own what to do next."""
    stream = own_stderr()
    click.echo(f"{click.style('Error:', fg='red')} {one_line(error.what)}", file=stream)
    if error.hint:
        click.echo(f"  → {one_line(error.hint)}", file=stream)


def tell(text: str, mark: str = "", colour: str | None = None) -> None:
    """A line on standard output, after a mark of ours."""
    before = f"{click.style(mark, fg=colour)} " if mark else ""
    click.echo(f"{before}{one_line(text)}")


def tell_piece(text: str) -> None:
    """Words on standard output as they come, with their own line breaks and no other."""
    click.echo(visible(text), nl=False)


def print_json(data: Any, *, for_programs: bool = False) -> None:
    """Indented for people; on one line for programs, which is ten times as fast."""
    indent = 2 if sys.stdout.isatty() and not for_programs else None
    click.echo(as_json(data, indent))


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Callable[[Progress], None] | None]:
    """A progress bar on standard error; on a pipe, a line now and then."""
    if quiet:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    console = Console(file=own_stderr())
    columns = (
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[item]}", markup=False),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("scanning", total=None, item="")

        def note(step: Progress) -> None:
            bar.update(
                task,
                description=step.stage,
                completed=step.done,
                total=step.total or None,
                item=one_line(step.item)[-40:],
            )

        yield note
