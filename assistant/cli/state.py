"""What the index and the settings are, and what can be done about them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from assistant.cli.base import (
    CONTEXT,
    cli,
    console,
    of_each_collection,
    of_one_collection,
    print_json,
    progress_bar,
    say,
    tell,
    tell_piece,
    with_settings,
)
from assistant.text.visible import is_safe

if TYPE_CHECKING:
    from assistant.settings import Settings


@cli.command(context_settings=CONTEXT)
@click.option(
    "--documents",
    "with_documents",
    is_flag=True,
    help="List every document with its title, date, language and author.",
)
@click.option("--json", "as_json", is_flag=True, help="The state as JSON.")
@of_each_collection
def status(settings: Settings, with_documents: bool, as_json: bool) -> None:
    """Show what the index holds, which files are not indexed, and why."""
    from dataclasses import asdict

    from assistant.pipeline import Assistant

    with Assistant(settings) as assistant:
        found = assistant.status()
        infos = assistant.document_infos() if with_documents else ()
    if as_json:
        listed = {"indexed": [asdict(info) for info in infos]} if with_documents else {}
        print_json(found.to_dict() | listed)
    else:
        from assistant.cli.rendering import show_documents, show_status

        show_status(console(), found)
        show_documents(console(), infos)


@cli.command(context_settings=CONTEXT)
@click.option("--json", "as_json", is_flag=True, help="The state as JSON.")
@of_one_collection
def rollback(settings: Settings, as_json: bool) -> None:
    """Return to the generation of the index before the current one."""
    from assistant.pipeline import Assistant

    with Assistant(settings) as assistant:
        found = assistant.rollback()
    if as_json:
        print_json(found.to_dict())
    else:
        from assistant.cli.rendering import show_status

        say(f"Answering from {found.generation} again.")
        show_status(console(), found)


@cli.command(context_settings=CONTEXT)
@click.option("--json", "as_json", is_flag=True, help="As JSON instead of YAML.")
@with_settings
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
        print_json(shown)
        return
    tell(f"# {source}, with the environment and --set on top")
    written = yaml.safe_dump(settings.to_dict(), sort_keys=False, allow_unicode=True)
    if not is_safe(written):  # what cannot be shown is written as YAML's escapes
        written = yaml.safe_dump(settings.to_dict(), sort_keys=False)
    tell_piece(written)
    tell("# fingerprints")
    for name, value in fingerprints.items():
        tell(f"{name}: {value}", "#  ")


@cli.command(context_settings=CONTEXT)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@of_each_collection
def doctor(settings: Settings, as_json: bool) -> int:
    """Check the installation and the index, and list every possible call to another host."""
    from assistant.cli.doctor import examine, outbound_calls

    checks = examine(settings)
    calls = outbound_calls(settings)
    if as_json:
        print_json(
            {
                "checks": [check.to_dict() for check in checks],
                "outbound": [{"host": call.host, "when": call.when} for call in calls],
            }
        )
    else:
        for check in checks:
            mark, colour = ("✓", "green") if check.is_ok else ("✕", "red")
            tell(f"{check.name}: {check.found}", mark, colour)
            if not check.is_ok and check.hint:
                tell(check.hint, "    →")
        tell("Calls to other hosts with these settings:" + ("" if calls else " none"))
        for call in calls:
            tell(f"{call.host}: {call.when}", " ")
        tell("Besides, `assistant add ADDRESS` fetches the page that you name.")
    return 0 if all(check.is_ok for check in checks) else 1


@cli.group(context_settings=CONTEXT)
def index() -> None:
    """Move the vectors to a Chroma server or back; write the index as one file, or read one."""


@index.command("move", context_settings=CONTEXT)
@click.argument("to", type=click.Choice(["server", "embedded"]))
@click.option("--json", "as_json", is_flag=True, help="The index's state afterwards as JSON.")
@of_one_collection
def index_move(settings: Settings, to: Literal["server", "embedded"], as_json: bool) -> int:
    """Move the vectors to the server of index.chroma_url, or back into the index's folder.

    \b
      assistant index move server --set index.chroma_url=http://localhost:8000
      assistant index move embedded          (with index.chroma_url still set)

    No file is read and nothing is embedded, and the index answers during the move. Then write the
    new place into config.yaml: the next ingest stores vectors where index.chroma_url says.
    """
    from assistant.pipeline import Assistant

    with Assistant(settings) as assistant, progress_bar(quiet=as_json) as progress:
        status = assistant.move_index(to, progress)
    if as_json:
        print_json(status.to_dict())
        return 0
    place = settings.index.chroma_url if to == "server" else "the index's own folder"
    tell(f"The vectors of {status.chunks:,} chunks are in {place} now ({status.generation}).")
    wanted = settings.index.chroma_url if to == "server" else '""'
    tell(f"Keep it so in config.yaml: index.chroma_url: {wanted}")
    return 0


@index.command("export", context_settings=CONTEXT)
@click.argument("file", type=click.Path(path_type=Path))
@of_one_collection
def index_export(settings: Settings, file: Path) -> int:
    """Write the index as one FILE with checksums.

    It holds the documents' texts, words and vectors, not the documents themselves, and answers on
    another machine without them. Whoever has the file can read the texts.

    \b
      assistant index export papers.index.zip
    """
    from assistant.pipeline import Assistant

    with Assistant(settings) as assistant:
        target = assistant.export_index(file)
    tell(f"The index is in {target} now ({target.stat().st_size / 1e6:.1f} MB).")
    return 0


@index.command("import", context_settings=CONTEXT)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Also where there is an index; rollback returns.")
@of_one_collection
def index_import(settings: Settings, file: Path, replace: bool) -> int:
    """Make an exported index the current one.

    Every file is compared with its checksum first. Import only what comes from somebody you trust:
    an index says what its maker wrote into it. The next ingest needs the same embedding settings.

    \b
      assistant index import papers.index.zip --set index.path=papers
    """
    from assistant.pipeline import Assistant

    with Assistant(settings) as assistant:
        status = assistant.import_index(file, replace=replace)
    tell(f"{status.documents:,} documents with {status.chunks:,} chunks answer now.")
    return 0
