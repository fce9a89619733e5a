"""``assistant ask``."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.base import (
    CONTEXT,
    cli,
    console,
    print_json,
    progress_bar,
    say,
    split_collections,
    tell_piece,
    with_settings,
)
from assistant.errors import UsageError
from assistant.text.visible import shown_value

if TYPE_CHECKING:
    from assistant.pipeline import Assistant
    from assistant.settings import Settings
    from assistant.types import Answer, Filters


_YOUNG = 100_000
"""New objects after which Python looks for garbage in a process that answers once: at its 700 that
takes 40 ms of the loading. A server keeps the 700."""


@cli.command(context_settings=CONTEXT)
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
    help="Ask only documents whose path matches, e.g. 'reports/**' or '*.md'. Repeatable.",
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
    help="Ask only documents of this date or later: 2020-01-31, 2020-01 or 2020.",
)
@click.option(
    "--before", default="", metavar="DATE", help="Ask only documents of this date or earlier."
)
@click.option(
    "--tag",
    "tags",
    multiple=True,
    metavar="FOLDER",
    help="Ask only documents in a folder of this name. Repeatable.",
)
@click.option(
    "--collection",
    "collections",
    default="",
    metavar="NAME[,NAME]",
    help="Ask these collections (index.collections) instead of the default one; all: every one.",
)
@click.option(
    "--deep",
    is_flag=True,
    help="Let the model write a report in sections, by at most answer.deep_calls calls.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    metavar="FILE",
    help="Write question, answer and sources as Markdown too, e.g. --output report.md.",
)
@click.option("--why", is_flag=True, help="Show for every passage why it was found.")
@click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON.")
@with_settings
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
    collections: str,
    as_json: bool,
    deep: bool,
    output: Path | None,
) -> int:
    """Answer a question from the documents, or say that they do not hold the answer.

    Without an index, the folder is indexed first. `-` reads the question from standard input. An
    answer that takes several calls of a model says before what it costs at most; Ctrl-C stops it.
    """
    gc.set_threshold(_YOUNG, 20, 20)
    from assistant.pipeline import Assistant
    from assistant.retrieval.filters import make_filters

    chosen = split_collections(settings, collections)
    filters = make_filters(paths, types, after, before, tags, collections=chosen)
    text = " ".join(question)
    if text == "-":
        text = sys.stdin.read()
    if model is not None:
        settings = settings.with_model(model)
    if output is not None and not output.absolute().parent.is_dir():
        raise UsageError(
            f"The folder of --output {shown_value(str(output))} does not exist",
            hint="name a file in a folder that is there",
        )
    with Assistant(settings) as assistant:
        from assistant.retrieval.question import check_question

        check_question(text, settings.answer.max_question_characters)
        names = chosen or settings.collection_names()[:1]
        if len(names) == 1:
            own = assistant.of_collection(names[0])
            if not os.path.exists(own.settings.index.path / "CURRENT"):
                say("There is no index yet: indexing first.")
                with progress_bar(quiet=as_json) as progress:
                    own.sync(progress=progress)
        if as_json:
            answer = _ask_at_once(assistant, text, filters, deep)
            _write_down(answer, output)
            print_json(answer.to_dict())
            return 0
        from assistant.cli.rendering import show_answer, show_why

        if settings.llm.model and sys.stdout.isatty():
            answer = _ask_live(assistant, text, filters, deep)
        else:
            answer = _ask_at_once(assistant, text, filters, deep)
            show_answer(console(), answer)
        _write_down(answer, output)
        if why:
            show_why(console(), answer)
    return 0


def _write_down(answer: Answer, output: Path | None) -> None:
    """The answer with its sources as a Markdown file, if one is wanted."""
    if output is None:
        return
    from assistant.chat.exporting import answer_as_markdown

    output.write_text(answer_as_markdown(answer), encoding="utf-8")
    say(f"Written to {output}")


def _ask_at_once(assistant: Assistant, text: str, filters: Filters, deep: bool) -> Answer:
    """The whole answer; what it costs and each step of a long one go to standard error."""
    from assistant.answering.step_words import told_step
    from assistant.types import Finished, Progress

    for event in assistant.stream_sync(text, filters=filters, deep=deep):
        if isinstance(event, Progress):
            say(told_step(event))
        elif isinstance(event, Finished):
            return event.answer
    raise AssertionError("a stream ends with Finished")


def _ask_live(assistant: Assistant, text: str, filters: Filters, deep: bool) -> Answer:
    """Show a model's words as they come, then the sources with their verdicts."""
    import asyncio

    from assistant.answering.step_words import told_step
    from assistant.cli.rendering import show_answer
    from assistant.types import Delta, Finished, Progress, Retrieved

    async def follow() -> Answer:
        async for event in assistant.stream(text, filters=filters, deep=deep):
            if isinstance(event, Progress):
                say(told_step(event))
            elif isinstance(event, Retrieved):
                say(f"{len(event.passages)} passages found, the model is writing …")
            elif isinstance(event, Delta):
                tell_piece(event.text)
            elif isinstance(event, Finished):
                tell_piece("\n")
                show_answer(console(), event.answer, with_text=event.answer.abstained)
                return event.answer
        raise AssertionError("a stream ends with Finished")

    return asyncio.run(follow())
