"""``assistant models``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from assistant.cli.base import CONTEXT, cli, print_json, say, tell, with_settings

if TYPE_CHECKING:
    from assistant.model.providers import Trial
    from assistant.settings import Settings


@cli.command(context_settings=CONTEXT)
@click.argument("words", nargs=-1, metavar="[try NAME|URL]")
@click.option("--json", "as_json", is_flag=True, help="What was found as JSON.")
@with_settings
def models(settings: Settings, words: tuple[str, ...], as_json: bool) -> int:
    """Find language models that run on this machine, and try one.

    \b
      assistant models                     names, context sizes, and how to use them
      assistant models try llama3.1:8b     ask it one short question
      assistant models try http://localhost:8080

    Ollama, llama.cpp, LM Studio and vLLM are looked for at their usual ports on this machine;
    nothing else is asked. `try` says in plain words what is wrong. No document is sent.
    """
    from assistant.model.providers import find_servers, presets, try_model

    places, hosted = presets()
    if words:
        if len(words) != 2 or words[0] != "try":
            raise click.UsageError("write: assistant models, or: assistant models try NAME|URL")
        trial = try_model(settings.llm, words[1], places)
        if as_json:
            print_json(asdict(trial))
        else:
            _show_trial(trial, settings)
        return 0
    servers = find_servers(places)
    if as_json:
        print_json([asdict(server) for server in servers])
        return 0
    for server in servers:
        tell(f"{server.name} at {server.base_url}" + (f": {server.problem}" * bool(server.problem)))
        for model in server.models:
            size = f"{model.context_tokens:,} tokens" if model.context_tokens else "size not told"
            tell(f"{model.name}   {size}", "  -")
    usable = next(((s, m) for s in servers for m in s.models), None)
    if usable is not None:
        server, model = usable
        tell(f"Try one:  assistant models try {model.name}")
        tell(f"Use it:   {_options(server.base_url, model.name, model.context_tokens)}")
        return 0
    if not servers:
        tell("No model server answers on this machine.")
    for place in places:
        if place.name not in {server.name for server in servers}:
            tell(f"{place.name}, port {place.port}: {place.start}", "  -")
    for service in hosted:
        prices = ", ".join(
            f"{name} (${a:g} in, ${b:g} out per million tokens)"
            for name, (a, b) in service.prices.items()
        )
        tell(f"{service.name}, {service.base_url}, key in {service.key}: {prices}", "  -")
    tell("Without a model, answers are made of the documents' own sentences.")
    return 0


def _show_trial(trial: Trial, settings: Settings) -> None:
    speed = f", {trial.tokens_per_second:.0f} tokens a second" if trial.tokens_per_second else ""
    tell(f"{trial.model} at {trial.base_url} answers: {trial.reply[:200]}", "✔", "green")
    tell(f"  {trial.seconds:.1f} s{speed}")
    wanted = settings.llm.context_tokens
    if trial.context_tokens and trial.context_tokens < wanted:
        say(
            f"Its window has {trial.context_tokens:,} tokens, llm.context_tokens is {wanted:,}: "
            "a longer prompt is refused or cut. Use the line below."
        )
    tell(f"Use it:  {_options(trial.base_url, trial.model, trial.context_tokens)}")


def _options(base_url: str, model: str, context_tokens: int) -> str:
    """The command that uses a model, quoted for a shell."""
    import shlex

    words = ["assistant", "serve", "--model", model, "--set", f"llm.base_url={base_url}"]
    if context_tokens:
        words += ["--set", f"llm.context_tokens={context_tokens}"]
    return shlex.join(words)
