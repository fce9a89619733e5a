"""``assistant ingest``, once or after every change."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.base import (
    CONTEXT,
    cli,
    console,
    end_well_on_sigterm,
    of_each_collection,
    of_one_collection,
    print_json,
    progress_bar,
    say,
    say_error,
)
from assistant.errors import AssistantError
from assistant.sources import DEFAULT_PAGES, MOST_PAGES, SourceKind

if TYPE_CHECKING:
    from assistant.settings import Settings
    from assistant.types import SyncReceipt


@cli.command(context_settings=CONTEXT)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH …]")
@click.option("--dry-run", is_flag=True, help="Show the plan and change nothing.")
@click.option("--allow-empty", is_flag=True, help="Accept that a folder has become empty.")
@click.option("--forget", multiple=True, type=click.Path(path_type=Path), metavar="PATH",
              help="Remove a folder and its documents from the index. Repeatable.")  # fmt: skip
@click.option(
    "--watch", is_flag=True, help="Keep running and sync whenever files change; Ctrl-C ends it."
)
@click.option(
    "--engine",
    type=click.Choice(["threads", "ray"]),
    default="threads",
    show_default=True,
    help="Where files are parsed: in threads here, or on a Ray cluster.",
)
@click.option(
    "--ray-address",
    default="auto",
    show_default=True,
    metavar="ADDRESS",
    help="Address of the cluster, e.g. ray://head:10001; auto: the one on this machine.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="The receipt as JSON; with --watch one line for each."
)
@of_each_collection
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

    Without PATH: documents.paths of the settings and every folder you named before. It finds added,
    changed, renamed and deleted files, and reads only those. If an ingest fails or is interrupted
    (Ctrl-C, power cut), the previous index still answers.
    """
    from assistant.pipeline import Assistant

    end_well_on_sigterm()
    if watch:
        if dry_run or allow_empty or forget:
            raise click.UsageError("--watch goes with no other option than --json")
        if engine != "threads":
            raise click.UsageError("--watch reads in threads")
        return _watch(settings, paths, as_json=as_json)
    if settings.chunking.placing == "model":
        from assistant.answering.step_words import told_cost

        calls, chunk = settings.chunking.placing_calls, settings.chunking.tokens + 700
        cost = told_cost(calls, calls * chunk, calls * 96, settings.llm)
        say(f"Placing chunks: {cost}. Those that were placed before cost nothing.")
    with Assistant(settings) as assistant, progress_bar(quiet=as_json) as progress:
        receipt = assistant.sync(
            paths or None, dry_run=dry_run, progress=progress, allow_empty=allow_empty,
            forget=forget, ray_address=ray_address if engine == "ray" else "",
        )  # fmt: skip
    if as_json:
        print_json(receipt.to_dict())
    else:
        from assistant.cli.rendering import show_receipt

        show_receipt(console(), receipt)
        if paths and not dry_run:
            _tell_of_others(receipt, settings)
    return 1 if receipt.failed else 0


def _tell_of_others(receipt: SyncReceipt, settings: Settings) -> None:
    """Say that answers come from folders that were named before, too."""
    here = sum(file.outcome != "deleted" for file in receipt.files)
    others = receipt.documents - here
    if others > 0:
        say(
            f"{others} of these documents lie in folders that were indexed before, in the same "
            f"index ({settings.index.path}). For an index of its own: --set index.path=NEW"
        )


@cli.command(context_settings=CONTEXT)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE …")
@click.option("--sitemap", is_flag=True, help="SOURCE is a sitemap: add the pages of its host.")
@click.option(
    "--most-pages",
    type=click.IntRange(1, MOST_PAGES),
    default=DEFAULT_PAGES,
    show_default=True,
    help="The most pages of a sitemap.",
)
@click.option("--git", is_flag=True, help="SOURCE is a git repository: a folder or https://…")
@click.option(
    "--at",
    "revision",
    default="HEAD",
    show_default=True,
    metavar="REVISION",
    help="The commit, branch or tag of the repository.",
)
@click.option("--json", "as_json", is_flag=True, help="The receipts as JSON, one line for each.")
@of_one_collection
def add(
    settings: Settings,
    sources: tuple[str, ...],
    sitemap: bool,
    most_pages: int,
    git: bool,
    revision: str,
    as_json: bool,
) -> int:
    """Add a web page, the pages of a sitemap, an archive or a git repository by a copy.

    SOURCE is the address of one public page (https://…) or a zip or tar file. A dated copy is kept
    in the folder of the index and indexed; add it again to keep a newer one. Private addresses are
    refused, also behind a redirect, and robots.txt is respected. Pages are fetched by this command
    only, never because a document names them.

    \b
      assistant add https://www.example.org/rules.html
      assistant add --sitemap --most-pages 50 https://www.example.org/sitemap.xml
      assistant add minutes.zip letters.tar.gz
      assistant add --git --at v1.2 https://www.example.org/handbook.git
    """
    if sitemap and git:
        raise click.UsageError("--sitemap and --git are two kinds of SOURCE")
    from assistant.cli.rendering import show_receipt
    from assistant.pipeline import Assistant

    end_well_on_sigterm()
    failed = False
    kind: SourceKind = "sitemap" if sitemap else "repository" if git else "auto"
    with Assistant(settings) as assistant, progress_bar(quiet=as_json) as progress:
        for source in sources:
            try:
                receipt = assistant.add(
                    source, progress, kind=kind, revision=revision, most_pages=most_pages
                )
            except AssistantError as exc:
                if len(sources) == 1:
                    raise
                say_error(exc)
                failed = True
                continue
            failed = failed or bool(receipt.failed)
            if as_json:
                print_json(receipt.to_dict(), for_programs=True)
            else:
                show_receipt(console(), receipt)
    return 1 if failed else 0


def _watch(settings: Settings, paths: tuple[Path, ...], *, as_json: bool) -> int:
    """Sync after every change until Ctrl-C. A file that fails is told, and ends nothing."""
    from assistant.cli.rendering import show_receipt
    from assistant.pipeline import Assistant
    from assistant.types import SyncReceipt

    def tell(news: SyncReceipt | AssistantError) -> None:
        if not isinstance(news, SyncReceipt):
            say_error(news)
        elif as_json:
            print_json(news.to_dict(), for_programs=True)
        else:
            show_receipt(console(), news)
        sys.stdout.flush()

    say("Watching; Ctrl-C ends it.")
    with Assistant(settings) as assistant:
        try:
            assistant.watch(tell, paths or None)
        except KeyboardInterrupt as exc:
            told = getattr(exc, "__notes__", ["The index is whole."])
            say(" ".join(["Stopped.", *told, "The next ingest finds what changes from now on."]))
    return 0
