"""The command line. Results go to standard output, everything else to standard error.

Exit status: 0 fine (an abstention too), 1 the job or some file failed, 2 usage or settings.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from assistant import __version__
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from rich.console import Console

    from assistant.pipeline import Assistant
    from assistant.settings import Settings
    from assistant.types import Answer, Filters, Progress

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def _config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--config`` and ``--set``, which may stand before or after the command's name."""
    for option in (
        click.option("--set", "assignments", multiple=True, metavar="KEY=VALUE",
                     help="Change one setting, e.g. --set retrieval.passages=12. Repeatable."),
        click.option("--config", "config", type=click.Path(path_type=Path), metavar="FILE",
                     help="Settings file; otherwise the nearest config.yaml upward."),
    ):  # fmt: skip
        command = option(command)
    return command


def _with_settings(function: Callable[..., int | None]) -> Callable[..., Any]:
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


@click.group(context_settings=_CONTEXT)
@click.version_option(__version__, prog_name="assistant")
@_config_options
@click.pass_context
def cli(context: click.Context, config: Path | None, assignments: tuple[str, ...]) -> None:
    """Ask a folder of documents. Every sentence of an answer says where it comes from.

    \b
    First steps:
      assistant ingest ~/papers          index a folder (again and again: only changes cost)
      assistant ask "Who wrote …?"       answer with numbered, checked citations
      assistant serve --open             the chat in the browser
      assistant status                   what the index holds, and which files it does not

    No key and no network are needed; `assistant doctor` names every call that could go out.
    """
    context.obj = {"config": config, "assignments": assignments}


@cli.command(context_settings=_CONTEXT)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH …]")
@click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
@click.option("--allow-empty", is_flag=True, help="Accept that a folder has become empty.")
@click.option("--forget", multiple=True, type=click.Path(path_type=Path), metavar="PATH",
              help="Take a folder and its documents out of the index. Repeatable.")  # fmt: skip
@click.option(
    "--watch", is_flag=True, help="Stay, and sync again whenever files change; Ctrl-C ends it."
)
@click.option(
    "--engine",
    type=click.Choice(["threads", "ray"]),
    default="threads",
    show_default=True,
    help="Who parses the files: threads here, or a Ray cluster.",
)
@click.option(
    "--ray-address",
    default="auto",
    show_default=True,
    metavar="ADDRESS",
    help="The cluster, e.g. ray://head:10001; auto is the one that runs here.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="The receipt as JSON; with --watch one line for each."
)
@_with_settings
def ingest(
    settings: Settings,
    paths: tuple[Path, ...],
    dry_run: bool,
    allow_empty: bool,
    forget: tuple[Path, ...],
    watch: bool,
    engine: str,
    ray_address: str,
    as_json: bool,
) -> int:
    """Bring the index in line with your folders.

    Without PATH: documents.paths of the settings and every folder you named before. Added, changed,
    renamed and deleted files are found; unchanged ones cost nothing. If anything goes wrong, Ctrl-C
    and power cuts included, the old index still answers.
    """
    from assistant.pipeline import Assistant

    if watch:
        if dry_run or allow_empty or forget:
            raise click.UsageError("--watch goes with no other option than --json")
        if engine != "threads":
            raise click.UsageError("--watch reads in threads")
        return _watch(settings, paths, as_json=as_json)
    with Assistant(settings) as assistant, _progress(quiet=as_json) as progress:
        receipt = assistant.sync(
            paths or None, dry_run=dry_run, progress=progress, allow_empty=allow_empty,
            forget=forget, ray_address=ray_address if engine == "ray" else "",
        )  # fmt: skip
    if as_json:
        _print_json(receipt.to_dict())
    else:
        from assistant.rendering import show_receipt

        show_receipt(_console(), receipt)
    return 1 if receipt.failed else 0


@cli.command(context_settings=_CONTEXT)
@click.argument("question", nargs=-1, required=True)
@click.option(
    "--model",
    default=None,
    metavar="NAME",
    help="Let this model write the answer (llm.model); llm.base_url names the server.",
)
@click.option(
    "--path",
    "paths",
    multiple=True,
    metavar="PATTERN",
    help="Ask only documents at such a path, e.g. 'reports/**' or '*.md'. Repeatable.",
)
@click.option(
    "--type",
    "types",
    multiple=True,
    metavar="TYPE",
    help="Ask only documents of this type, e.g. pdf. Repeatable.",
)
@click.option(
    "--after",
    default="",
    metavar="DATE",
    help="Ask only documents of this day or later: 2020-01-31, 2020-01 or 2020.",
)
@click.option(
    "--before", default="", metavar="DATE", help="Ask only documents of this day or earlier."
)
@click.option(
    "--tag",
    "tags",
    multiple=True,
    metavar="FOLDER",
    help="Ask only documents in a folder of this name. Repeatable.",
)
@click.option("--why", is_flag=True, help="Say of every passage why it was found.")
@click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON.")
@_with_settings
def ask(
    settings: Settings,
    question: tuple[str, ...],
    model: str | None,
    why: bool,
    paths: tuple[str, ...],
    types: tuple[str, ...],
    after: str,
    before: str,
    tags: tuple[str, ...],
    as_json: bool,
) -> int:
    """Answer a question from the documents, or say that they do not hold the answer.

    The folder is indexed first if it never was. `-` reads the question from standard input.
    """
    from assistant.pipeline import Assistant
    from assistant.selection import make_filters

    filters = make_filters(paths, types, after, before, tags)

    text = " ".join(question)
    if text == "-":
        text = sys.stdin.read()
    if model is not None:
        settings = settings.with_model(model)
    with Assistant(settings) as assistant:
        from assistant.questions import check_question

        check_question(text, settings.answer.max_question_characters)
        if not (settings.index.path / "CURRENT").exists():
            _say("There is no index yet: indexing first.")
            with _progress(quiet=as_json) as progress:
                assistant.sync(progress=progress)
        if as_json:
            _print_json(assistant.ask(text, filters=filters).to_dict())
            return 0
        from assistant.rendering import show_answer, show_why

        if settings.llm.model and sys.stdout.isatty():
            answer = _ask_live(assistant, text, filters)
        else:
            answer = assistant.ask(text, filters=filters)
            show_answer(_console(), answer)
        if why:
            show_why(_console(), answer)
    return 0


@cli.command(context_settings=_CONTEXT)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH …]")
@click.option("--host", default=None, metavar="ADDRESS", help="Where to listen (server.host).")
@click.option("--port", default=None, type=int, metavar="PORT",
              help="Which port (server.port); 0 takes any that is free.")  # fmt: skip
@click.option(
    "--model",
    default=None,
    metavar="NAME",
    help="Let this model write the answers (llm.model); llm.base_url names the server.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the chat in the browser.")
@_with_settings
def serve(
    settings: Settings,
    paths: tuple[Path, ...],
    host: str | None,
    port: int | None,
    model: str | None,
    open_browser: bool,
) -> int:
    """Serve the chat, and an OpenAI-compatible interface beside it.

    \b
      /                      the chat                /v1/chat/completions   for OpenAI clients
      /docs                  the HTTP interface      /mcp                   for MCP clients
      /healthz, /metrics     for monitors

    It listens on this machine alone. Another address needs a token in the environment variable that
    server.token_env names. Folders given as PATH are indexed first, and so is the folder of the
    settings if it never was.
    """
    from assistant.pipeline import Assistant
    from assistant.server.running import open_socket, read_token, serve

    settings = settings.with_server(host, port)
    if model is not None:
        settings = settings.with_model(model)
    read_token(settings.server)  # before the folder is read: both fail at once or not at all
    open_socket(settings.server).close()
    with Assistant(settings) as assistant:
        if paths or not (settings.index.path / "CURRENT").exists():
            _say("Indexing first.")
            with _progress(quiet=False) as progress:
                receipt = assistant.sync(paths or None, progress=progress)
            from assistant.rendering import show_receipt

            show_receipt(_console(), receipt)

        def tell(address: str) -> None:
            _say(f"The assistant answers at {address}   (Ctrl-C ends it)")
            if open_browser:
                click.launch(address)

        serve(assistant, tell)
    return 0


@cli.command(context_settings=_CONTEXT)
@click.option(
    "--documents",
    "with_documents",
    is_flag=True,
    help="List every document with its title, date, language and author.",
)
@click.option("--json", "as_json", is_flag=True, help="The state as JSON.")
@_with_settings
def status(settings: Settings, with_documents: bool, as_json: bool) -> None:
    """What the index holds, and which files it does not, and why."""
    from dataclasses import asdict

    from assistant.pipeline import Assistant

    with Assistant(settings) as assistant:
        found = assistant.status()
        infos = assistant.document_infos() if with_documents else ()
    if as_json:
        listed = {"indexed": [asdict(info) for info in infos]} if with_documents else {}
        _print_json(found.to_dict() | listed)
    else:
        from assistant.rendering import show_documents, show_status

        show_status(_console(), found)
        show_documents(_console(), infos)


@cli.command(context_settings=_CONTEXT)
@click.option("--json", "as_json", is_flag=True, help="The state as JSON.")
@_with_settings
def rollback(settings: Settings, as_json: bool) -> None:
    """Return to the generation of the index before the current one."""
    from assistant.pipeline import Assistant

    with Assistant(settings) as assistant:
        found = assistant.rollback()
    if as_json:
        _print_json(found.to_dict())
    else:
        from assistant.rendering import show_status

        _say(f"Answering from {found.generation} again.")
        show_status(_console(), found)


@cli.command(context_settings=_CONTEXT)
@click.option("--json", "as_json", is_flag=True, help="As JSON instead of YAML.")
@_with_settings
def config(settings: Settings, as_json: bool) -> None:
    """Print the settings in effect, where they come from, and their fingerprints."""
    import yaml

    from assistant.chunking import chunking_fingerprint
    from assistant.embedding import fingerprint_of

    chunking = settings.chunking
    fingerprints = {
        "config": settings.fingerprint(),
        "embedder": fingerprint_of(settings.embedding),
        "chunking": chunking_fingerprint(chunking.tokens, chunking.overlap),
    }
    source = str(settings.source or "packaged defaults")
    if as_json:
        shown = {"source": source, "settings": settings.to_dict(), "fingerprints": fingerprints}
        _print_json(shown)
        return
    click.echo(f"# {source}, with the environment and --set on top")
    click.echo(yaml.safe_dump(settings.to_dict(), sort_keys=False, allow_unicode=True), nl=False)
    click.echo("# fingerprints")
    for name, value in fingerprints.items():
        click.echo(f"#   {name}: {value}")


@cli.command(context_settings=_CONTEXT)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@_with_settings
def doctor(settings: Settings, as_json: bool) -> int:
    """Check the installation and the index, and name every call that could go out."""
    from assistant.doctor import examine, outbound_calls

    checks = examine(settings)
    calls = outbound_calls(settings)
    if as_json:
        _print_json(
            {
                "checks": [check.to_dict() for check in checks],
                "outbound": [{"host": call.host, "when": call.when} for call in calls],
            }
        )
    else:
        for check in checks:
            mark = click.style("✓", fg="green") if check.is_ok else click.style("✕", fg="red")
            click.echo(f"{mark} {check.name}: {check.found}")
            if not check.is_ok and check.hint:
                click.echo(f"    → {check.hint}")
        click.echo("Calls to other hosts with these settings:" + ("" if calls else " none"))
        for call in calls:
            click.echo(f"  {call.host}: {call.when}")
    return 0 if all(check.is_ok for check in checks) else 1


@cli.group(context_settings=_CONTEXT)
def index() -> None:
    """Where the index keeps its vectors: in its own folder, or on a Chroma server."""


@index.command("move", context_settings=_CONTEXT)
@click.argument("to", type=click.Choice(["server", "embedded"]))
@click.option("--json", "as_json", is_flag=True, help="The index's state afterwards as JSON.")
@_with_settings
def index_move(settings: Settings, to: Literal["server", "embedded"], as_json: bool) -> int:
    """Take the vectors to the server of index.chroma_url, or back into the index's folder.

    \b
      assistant index move server --set index.chroma_url=http://localhost:8000
      assistant index move embedded          (with index.chroma_url still set)

    Nothing is read or embedded anew, and the index answers all the while. Afterwards write the new
    place into config.yaml: an ingest puts the vectors where index.chroma_url says.
    """
    from assistant.pipeline import Assistant

    with Assistant(settings) as assistant, _progress(quiet=as_json) as progress:
        status = assistant.move_index(to, progress)
    if as_json:
        _print_json(status.to_dict())
        return 0
    place = settings.index.chroma_url if to == "server" else "the index's own folder"
    click.echo(f"The vectors of {status.chunks:,} chunks are in {place} now ({status.generation}).")
    wanted = settings.index.chroma_url if to == "server" else '""'
    click.echo(f"Keep it so in config.yaml: index.chroma_url: {wanted}")
    return 0


# ---------------------------------------------------------------- input and output


def _watch(settings: Settings, paths: tuple[Path, ...], *, as_json: bool) -> int:
    """Sync after every change until Ctrl-C. A file that fails is told, and ends nothing."""
    from assistant.pipeline import Assistant
    from assistant.rendering import show_receipt
    from assistant.types import SyncReceipt

    def tell(news: SyncReceipt | AssistantError) -> None:
        if not isinstance(news, SyncReceipt):
            _say(f"{click.style('Error:', fg='red')} {news}")
        elif as_json:
            click.echo(json.dumps(news.to_dict(), ensure_ascii=False))
        else:
            show_receipt(_console(), news)
        sys.stdout.flush()

    _say("Watching; Ctrl-C ends it.")
    with Assistant(settings) as assistant:
        try:
            assistant.watch(tell, paths or None)
        except KeyboardInterrupt:
            _say("Stopped. The index is whole; the next ingest finds what changes from now on.")
    return 0


def _ask_live(assistant: Assistant, text: str, filters: Filters) -> Answer:
    """Show a model's words as they come, then the sources with their verdicts."""
    import asyncio

    from assistant.rendering import safe, show_answer
    from assistant.types import Delta, Finished, Retrieved

    async def follow() -> Answer:
        async for event in assistant.stream(text, filters=filters):
            if isinstance(event, Retrieved):
                _say(f"{len(event.passages)} passages found, the model is writing …")
            elif isinstance(event, Delta):
                click.echo(safe(event.text), nl=False)
            elif isinstance(event, Finished):
                click.echo()
                show_answer(_console(), event.answer, with_text=event.answer.abstained)
                return event.answer
        raise AssertionError("a stream ends with Finished")

    return asyncio.run(follow())


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else 100)


def _say(message: str) -> None:
    click.echo(message, err=True)


def _print_json(data: Any) -> None:
    """Indented for people; on one line for programs, which is ten times as fast."""
    indent = 2 if sys.stdout.isatty() else None
    click.echo(json.dumps(data, ensure_ascii=False, indent=indent))


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[Progress], None] | None]:
    """A progress bar on standard error; on a pipe, a line now and then."""
    if quiet:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    from assistant.rendering import safe

    console = Console(stderr=True)
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
                item=safe(step.item)[-40:],
            )

        yield note


def main() -> None:
    """Run the command line; every failure becomes one message and an exit status."""
    try:
        status = cli.main(standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except click.exceptions.Abort:
        _say("Interrupted. Nothing is lost: the old index still answers; run it again to go on.")
        sys.exit(1)
    except click.ClickException as exc:
        exc.show()
        sys.exit(2)
    except AssistantError as exc:
        _say(f"{click.style('Error:', fg='red')} {exc}")
        sys.exit(exc.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()
