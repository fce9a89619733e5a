"""``assistant serve``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.base import CONTEXT, cli, console, progress_bar, say, with_settings

if TYPE_CHECKING:
    from assistant.pipeline import Assistant
    from assistant.settings import Settings


@cli.command(context_settings=CONTEXT)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH …]")
@click.option("--host", default=None, metavar="ADDRESS", help="Address to listen on (server.host).")
@click.option("--port", default=None, type=int, metavar="PORT",
              help="Port to listen on (server.port); 0: any free port.")  # fmt: skip
@click.option(
    "--model",
    default=None,
    metavar="NAME",
    help="Let this model write the answers (llm.model); llm.base_url names the server.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the chat in the browser.")
@with_settings
def serve(
    settings: Settings,
    paths: tuple[Path, ...],
    host: str | None,
    port: int | None,
    model: str | None,
    open_browser: bool,
) -> int:
    """Serve the chat and an OpenAI-compatible interface.

    \b
      /                      the chat                /v1/chat/completions   for OpenAI clients
      /docs                  the HTTP interface      /mcp                   for MCP clients
      /healthz, /metrics     for monitors

    It listens on this machine only. Another address needs a token in the environment variable that
    server.token_env names. Folders given as PATH are indexed first; without an index, so is the
    folder of the settings. Where that is missing or empty the chat starts all the same, and takes
    files that are dropped into it.
    """
    from assistant.pipeline import Assistant
    from assistant.server.running import open_socket, read_token, serve

    settings = settings.with_server(host, port)
    if model is not None:
        settings = settings.with_model(model)
    read_token(settings.server)  # before the folder is read: both fail at once or not at all
    open_socket(settings.server).close()
    with Assistant(settings) as assistant:
        if paths or not os.path.exists(settings.index.path / "CURRENT"):
            _index_first(assistant, paths)

        def tell(address: str) -> None:
            say(f"The assistant answers at {address}   (Ctrl-C ends it)")
            if open_browser:
                click.launch(address)

        serve(assistant, tell)
    return 0


def _index_first(assistant: Assistant, paths: tuple[Path, ...]) -> None:
    """Index the folders. A folder that nobody named may be missing or empty: files can be dropped
    into the chat."""
    from assistant.cli.rendering import show_receipt
    from assistant.errors import NoDocumentsError

    say("Indexing first.")
    try:
        with progress_bar(quiet=False) as progress:
            receipt = assistant.sync(paths or None, progress=progress)
    except NoDocumentsError as exc:
        if paths:
            raise
        say(f"{exc.what}. Drop files into the chat, or name a folder: `assistant serve PATH`.")
        return
    show_receipt(console(), receipt)
