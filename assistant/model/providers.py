"""Which model servers run on this machine, and whether one of them can write answers.

``find_servers`` asks the ports of ``presets.yaml`` on 127.0.0.1, each for its models and for the
size of their context, where the server can tell. Nothing else is asked, and no proxy is used.
``try_model`` sends one short request and says what is wrong in the words of ``ModelError``.

What a server says is not trusted: replies are limited, names are shortened.
"""

from __future__ import annotations

import time
import urllib.parse
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.errors import ModelError
from assistant.settings import LLMSettings
from assistant.text.visible import one_line

OWN_NAME = "document-assistant"
"""By which the assistant's own OpenAI interface names itself."""
_SECONDS = 2.0
_MOST_BYTES = 4_000_000
_MOST_MODELS = 200
_LONGEST_NAME = 200
_MOST_TOKENS = 10**9
_TRIAL = [
    {"role": "system", "content": "You answer in one word."},
    {"role": "user", "content": "What colour is a clear sky at noon?"},
]
_TRIAL_TOKENS = 256
"""A model that thinks aloud needs some before its first word."""


@dataclass(frozen=True, slots=True)
class ModelPlace:
    """A usual place of a model server; ``start`` says how it is started."""

    name: str
    port: int
    start: str


@dataclass(frozen=True, slots=True)
class Hosted:
    """A service that needs a key; ``prices`` in dollars per million tokens, in and out."""

    name: str
    base_url: str
    key: str
    prices: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class ServedModel:
    """``context_tokens``: of the server as it runs; 0 where it does not tell."""

    name: str
    context_tokens: int = 0


@dataclass(frozen=True, slots=True)
class ModelServer:
    """A server that answered. ``problem``: why it names no model."""

    name: str
    base_url: str
    models: tuple[ServedModel, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a model answered to a short request, and how fast."""

    base_url: str
    model: str
    reply: str
    seconds: float
    tokens_per_second: float
    context_tokens: int


@lru_cache(maxsize=1)
def presets() -> tuple[tuple[ModelPlace, ...], tuple[Hosted, ...]]:
    """The local places and the hosted services of ``presets.yaml``."""
    import yaml

    text = (Path(__file__).parent / "presets.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    hosted = (
        Hosted(**{**row, "prices": {name: (p[0], p[1]) for name, p in row["prices"].items()}})
        for row in data["hosted"]
    )
    return tuple(ModelPlace(**row) for row in data["local"]), tuple(hosted)


def find_servers(places: Sequence[ModelPlace]) -> list[ModelServer]:
    """The servers that answer at these ports of this machine, asked all at once."""
    if not places:
        return []
    with ThreadPoolExecutor(len(places)) as pool:
        found = pool.map(
            lambda place: ask_server(place.name, f"http://127.0.0.1:{place.port}/v1"), places
        )
        return [server for server in found if server is not None]


def ask_server(name: str, base_url: str, key: str = "") -> ModelServer | None:
    """A server's models, or None where no one answers at all."""
    import httpx

    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with httpx.Client(
        timeout=_SECONDS, trust_env=False, follow_redirects=False, headers=headers
    ) as client:
        try:
            status, data = _fetch(client, "GET", f"{base_url}/models")
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return None
        except httpx.HTTPError as exc:
            return ModelServer(name, base_url, (), f"it gave no whole answer: {one_line(str(exc))}")
        rows = data.get("data") if isinstance(data, dict) else None
        if status in (401, 403):
            return ModelServer(name, base_url, (), f"it wants a key (status {status})")
        if status != 200 or not isinstance(rows, list):
            return ModelServer(name, base_url, (), "another program answers here, no model server")
        if any(isinstance(row, dict) and row.get("owned_by") == OWN_NAME for row in rows):
            return ModelServer(name, base_url, (), "this assistant itself answers here")
        rows = [row for row in rows[:_MOST_MODELS] if isinstance(row, dict) and row.get("id")]
        try:
            models = tuple(_model(row, client, base_url) for row in rows)
        except httpx.HTTPError:
            models = tuple(ServedModel(_name(row)) for row in rows)
    problem = "" if models else "it runs, but has no model"
    return ModelServer(name, base_url, models, problem)


def _model(row: Mapping[str, Any], client: Any, base_url: str) -> ServedModel:
    """A model with its window: in the row itself (vLLM), or by the server's own address."""
    name, root = _name(row), base_url.removesuffix("/v1")
    size = _size(row.get("max_model_len"))
    owner = str(row.get("owned_by", ""))
    if not size and (owner == "llamacpp" or "meta" in row):
        _, props = _fetch(client, "GET", f"{root}/props")
        size = _size(_inside(props, "default_generation_settings", "n_ctx"))
    elif not size and owner == "library":  # Ollama: what it would load, then what a file says
        _, shown = _fetch(client, "POST", f"{root}/api/show", {"model": row["id"]})
        size = _ollama_window(shown)
    elif not size and owner != "vllm":
        _, told = _fetch(client, "GET", f"{root}/api/v0/models/{urllib.parse.quote(name)}")
        size = _size(_inside(told, "loaded_context_length") or _inside(told, "max_context_length"))
    return ServedModel(name, size)


def _ollama_window(shown: Any) -> int:
    """``num_ctx`` of a model's parameters; else Ollama cuts every prompt at 4,096 tokens, however
    large the window is that the model was made with."""
    for line in str(_inside(shown, "parameters") or "").splitlines():
        name, _, value = line.strip().partition(" ")
        if name == "num_ctx" and value.strip().isdecimal():
            return _size(int(value))
    made = _inside(shown, "model_info")
    sizes = made.items() if isinstance(made, dict) else ()
    longest = max((_size(v) for k, v in sizes if str(k).endswith(".context_length")), default=0)
    return min(longest, 4096)


def try_model(settings: LLMSettings, target: str, places: Sequence[ModelPlace]) -> Trial:
    """Ask one short question. ``target``: a model's name, found on this machine or at
    ``llm.base_url``, or the address of a server. Raises ``ModelError``, which says what is wrong.
    """
    return try_served(settings, *_resolve(settings, target, places))


def try_served(settings: LLMSettings, base_url: str, served: ServedModel) -> Trial:
    """The same for a model that was found. Raises ``ModelError``; not for an event loop."""
    import asyncio

    from assistant.model.hidden import without_thoughts
    from assistant.model.language_model import LanguageModel

    chosen = _for_a_trial(settings, base_url, served)
    began = time.perf_counter()
    reply, ended = asyncio.run(LanguageModel(chosen).complete(_TRIAL, most_tokens=_TRIAL_TOKENS))
    seconds = time.perf_counter() - began
    words = without_thoughts(reply).strip()
    if not words:
        raise ModelError(
            f"{served.name} at {base_url} answered without a word",
            hint="a model that thinks needs more llm.answer_tokens; a base model cannot chat",
        )
    rate = (ended.tokens_out or 0) / seconds if seconds else 0.0
    return Trial(base_url, served.name, words, seconds, rate, served.context_tokens)


def _for_a_trial(settings: LLMSettings, base_url: str, served: ServedModel) -> LLMSettings:
    """The settings of a trial: no retries, so that what is wrong is told at once."""
    return settings.model_copy(
        update={"base_url": base_url, "model": served.name, "max_retries": 0}
    )


def _resolve(
    settings: LLMSettings, target: str, places: Sequence[ModelPlace]
) -> tuple[str, ServedModel]:
    from assistant.model.client import read_key

    if "://" in target:
        base_url = _with_path(target)
        key = read_key(settings.model_copy(update={"base_url": base_url}))
        server = ask_server(base_url, base_url, "" if key == "none" else key)
        if server is None:
            raise ModelError(
                f"Nobody answers at {base_url}",
                hint="is the server running, and is the port right?",
            )
        if not server.models:
            raise ModelError(
                f"The server at {base_url} names no model: {server.problem}",
                hint="an address usually ends in /v1; a key comes from the variable that "
                "llm.api_key_env names",
            )
        named = {model.name: model for model in server.models}
        return base_url, named.get(settings.model, server.models[0])
    servers = find_servers(places)
    for server in servers:
        for model in server.models:
            if target in (model.name, model.name.removesuffix(":latest")):
                return server.base_url, model
    if settings.base_url and settings.model == target:
        return settings.base_url, ServedModel(target)
    names = [model.name for server in servers for model in server.models]
    raise ModelError(
        f"No server on this machine has a model {one_line(target)!r}",
        hint="there are: " + ", ".join(names[:20])
        if names
        else "`assistant models` says which "
        "ports are asked; give the address of another server instead",
    )


def _with_path(address: str) -> str:
    """An address with ``/v1`` where it has no path."""
    address = address.rstrip("/")
    parts = urllib.parse.urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ModelError(
            f"{one_line(address)} is no address of a server",
            hint="for example http://localhost:11434/v1",
        )
    return address if parts.path else f"{address}/v1"


def _fetch(client: Any, method: str, url: str, body: Any = None) -> tuple[int, Any]:
    """Status and JSON of a reply; None for what is no JSON or too long."""
    import json

    with client.stream(method, url, json=body) as reply:
        raw = b""
        for piece in reply.iter_bytes():
            raw += piece
            if len(raw) > _MOST_BYTES:
                return reply.status_code, None
        try:
            return reply.status_code, json.loads(raw)
        except (ValueError, RecursionError):
            return reply.status_code, None


def _name(row: Mapping[str, Any]) -> str:
    return one_line(str(row["id"]))[:_LONGEST_NAME]


def _inside(data: Any, *names: str) -> Any:
    for name in names:
        data = data.get(name) if isinstance(data, dict) else None
    return data


def _size(value: Any) -> int:
    return value if type(value) is int and 0 < value <= _MOST_TOKENS else 0
