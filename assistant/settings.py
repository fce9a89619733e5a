"""Settings: a strict mirror of ``config.yaml``, checked once at the door.

In comes the packaged ``config.yaml`` (the only place that holds defaults), a user's file, the
environment and overrides, later ones winning key by key. Out goes a frozen ``Settings``. Secrets
are never settings: only the name of the environment variable that holds one is.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import SettingsError

ENVIRONMENT_PREFIX = "ASSISTANT__"
CONFIG_NAME = "config.yaml"
_COMMON_SECTIONS = frozenset({"server", "chat"})

Positive = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Weight = Annotated[float, Field(ge=0.0)]
Seconds = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DocumentSettings(_Section):
    """Which files are documents."""

    paths: tuple[Path, ...]
    exclude: tuple[str, ...]
    follow_symlinks: bool
    max_file_megabytes: Annotated[float, Field(gt=0)]


class ReadingSettings(_Section):
    """What reading one file may cost."""

    processes: Annotated[int, Field(ge=1, le=64)]
    memory_megabytes: Annotated[int, Field(ge=200)]
    cpu_seconds: Positive
    wall_seconds: Seconds
    max_pages: Positive
    max_characters: Positive
    max_expansion: Positive

    def fingerprint(self) -> str:
        """Names the limits, so that a file that broke one is read again when it is raised."""
        limits = self.model_dump(exclude={"processes"})
        return "limits-" + "-".join(f"{value:g}" for value in limits.values())


class ChunkingSettings(_Section):
    """How texts are cut into chunks."""

    tokens: Annotated[int, Field(ge=16, le=8192)]
    overlap: Annotated[int, Field(ge=0)]


class EmbeddingSettings(_Section):
    """Which embedder turns texts into vectors."""

    provider: Literal["static", "minilm", "openai"]
    model: str
    base_url: str
    api_key_env: str
    batch_size: Annotated[int, Field(ge=1, le=2048)]
    concurrency: Annotated[int, Field(ge=1, le=64)]
    timeout_seconds: Seconds


class IndexSettings(_Section):
    """Where the index lives and how many generations stay."""

    path: Path
    keep_previous: Annotated[int, Field(ge=0)]
    lock_timeout_seconds: Annotated[float, Field(ge=0.0)]
    check_megabytes: Annotated[float, Field(ge=0.0)]
    chroma_url: Annotated[str, Field(pattern=r"^(https?://[^/@\s?#]+(/[^@\s?#]*)?)?$")]
    chroma_header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")]
    chroma_token_env: str


class WatchSettings(_Section):
    """When a watched folder is synced."""

    quiet_seconds: Annotated[float, Field(ge=0.05, le=60.0)]
    rescan_seconds: Annotated[float, Field(ge=1.0)]


class RetrievalSettings(_Section):
    """How passages are found and fused."""

    passages: Positive
    candidates: Positive
    weight_words: Weight
    weight_vector: Weight
    weight_sentence: Weight
    weight_likeness: Weight
    weight_title: Weight
    reranker: Literal["none", "cross-encoder", "llm"]
    reranker_model: str
    rerank: Positive
    max_share_per_document: Annotated[float, Field(gt=0.0, le=1.0)]
    near_duplicate_similarity: Annotated[float, Field(gt=0.0, le=1.0)]


class LLMSettings(_Section):
    """Which language model writes answers, if any."""

    model: str
    base_url: str
    api_key_env: str
    temperature: Annotated[float, Field(ge=0.0, le=2.0)]
    context_tokens: Annotated[int, Field(ge=512)]
    answer_tokens: Annotated[int, Field(ge=16)]
    timeout_seconds: Seconds
    max_retries: Annotated[int, Field(ge=0, le=10)]
    fallback: Literal["error", "extractive"]
    prices: Mapping[str, Any]

    def price_of(self, model: str) -> tuple[float, float] | None:
        """Dollars per million tokens in and out, or None for a model without a price."""
        price = self.prices.get(model)
        return (float(price[0]), float(price[1])) if price else None


class AnswerSettings(_Section):
    """How much an answer may say and when it must not."""

    max_sentences: Positive
    min_confidence: Share
    confidence_slope: Annotated[float, Field(gt=0.0, le=20.0)]
    confidence_shift: Annotated[float, Field(ge=-20.0, le=20.0)]
    max_question_characters: Positive
    strict: bool
    judge: bool


class ChatSettings(_Section):
    """What the chat keeps, and where."""

    keep_conversations: bool
    uploads: Path
    question_set: Path


class ServerSettings(_Section):
    """Who may call the server, and how much at once."""

    host: str
    port: Annotated[int, Field(ge=0, le=65535)]
    token_env: str
    allowed_hosts: tuple[str, ...]
    max_running: Annotated[int, Field(ge=1, le=256)]
    max_waiting: Annotated[int, Field(ge=0, le=100_000)]
    max_request_kilobytes: Annotated[int, Field(ge=16)]


class Settings(_Section):
    """All settings; ``source`` is the file they came from, for messages."""

    documents: DocumentSettings
    reading: ReadingSettings
    chunking: ChunkingSettings
    embedding: EmbeddingSettings
    index: IndexSettings
    watch: WatchSettings
    retrieval: RetrievalSettings
    llm: LLMSettings
    answer: AnswerSettings
    chat: ChatSettings
    server: ServerSettings
    source: Path | None = None

    def to_dict(self) -> dict[str, Any]:
        """The effective settings as plain data, without ``source``."""
        return self.model_dump(mode="json", exclude={"source"})

    def with_model(self, model: str) -> Settings:
        """The same settings with another language model; an empty name means none."""
        return self.model_copy(update={"llm": self.llm.model_copy(update={"model": model})})

    def with_server(self, host: str | None, port: int | None) -> Settings:
        """The same settings with another address to listen on; None leaves a part as it is.

        Raises ``SettingsError`` for a port that is none.
        """
        if port is not None and not 0 <= port <= 65535:
            raise SettingsError(f"Port {port} is none", hint="a port is 0 to 65535")
        given = {"host": host, "port": port}
        changed = {name: value for name, value in given.items() if value is not None}
        return self.model_copy(update={"server": self.server.model_copy(update=changed)})

    def fingerprint(self) -> str:
        """Twelve hex digits over all settings that can change an answer (paths cannot)."""
        shaping = self.model_dump(
            mode="json",
            exclude={
                "source": True,
                "documents": True,
                "index": True,
                "watch": True,
                "chat": True,
                "server": True,
                "reading": {"processes"},
                "embedding": {"concurrency", "timeout_seconds", "batch_size", "api_key_env"},
                "llm": {"timeout_seconds", "max_retries", "api_key_env", "prices"},
            },
        )
        canonical = json.dumps(shaping, sort_keys=True).encode()
        return hashlib.sha256(canonical).hexdigest()[:12]


def load_settings(
    path: str | Path | None = None, overrides: Mapping[str, Any] | None = None
) -> Settings:
    """Read the settings.

    ``path`` is a YAML file; without one the nearest ``config.yaml`` upward from the working
    folder that is one of ours, else the packaged defaults. ``overrides`` maps dotted keys to
    values, as in ``{"documents.paths": ["notes"], "retrieval.passages": 12}``.

    Raises ``SettingsError`` for a missing file, broken YAML, an unknown key or a wrong value.
    """
    data = _read_yaml(default_config_path())
    known = dict(_leaves(data))
    source = Path(path) if path is not None else find_config(Path.cwd())
    base = Path.cwd()
    if source is not None:
        source = source.resolve()
        base = source.parent
        for key, value in _read_yaml(source).items():
            _assign(data, known, key, value, f"in {source}")
    _rebase(data, base)
    for key, value in _environment():
        _assign(data, known, key, value, "in the environment")
    for key, value in (overrides or {}).items():
        _assign(data, known, key, value, "in the overrides")
    _rebase(data, Path.cwd())
    return _validate(data, source)


def parse_assignment(text: str) -> tuple[str, Any]:
    """``"key=value"`` from a command line as a dotted key and a YAML value."""
    key, separator, value = text.partition("=")
    if not separator or not key.strip():
        raise SettingsError(
            f"--set {text!r} is not of the form key=value",
            hint="for example --set retrieval.passages=12",
        )
    return key.strip(), _parse_value(value, f"--set {key.strip()}")


def default_config_path() -> Path:
    """The packaged ``config.yaml``; in a checkout the one at the top."""
    here = Path(__file__).resolve().parent
    packaged = here / CONFIG_NAME
    return packaged if packaged.exists() else here.parent / CONFIG_NAME


def find_config(start: Path) -> Path | None:
    """The nearest ``config.yaml`` from ``start`` upward that is one of ours.

    Other tools use the same file name, so a file with none of our sections is passed over.
    """
    for folder in [start, *start.parents]:
        candidate = folder / CONFIG_NAME
        if candidate.is_file() and _is_ours(candidate):
            return candidate
    return None


def _is_ours(path: Path) -> bool:
    """Whether a file is empty or has one of our sections, perhaps with a slip in it.

    ``server`` and ``chat`` are sections of many tools: they count only where nothing else stands.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    sections = set(Settings.model_fields) - {"source"}
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError:  # ours with a slip is for load_settings to refuse
        return bool(sections & set(re.findall(r"^(\w+)[ \t]*:", text, re.MULTILINE)))
    if content is None:
        return True
    if not isinstance(content, dict):
        return False
    keys = {str(key) for key in content}
    own = sections - _COMMON_SECTIONS
    return bool(keys) and (
        keys <= _COMMON_SECTIONS
        or any(difflib.get_close_matches(key, own, n=1, cutoff=0.8) for key in keys)
    )


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise SettingsError(
            f"Settings file {path} does not exist", hint="check --config, or leave it out"
        ) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(f"Settings file {path} cannot be read: {exc}") from exc
    except yaml.YAMLError as exc:
        raise SettingsError(
            f"Settings file {path} is not valid YAML: {exc}",
            hint="compare it with the commented config.yaml of the project",
        ) from exc
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise SettingsError(f"Settings file {path} must hold sections, not a {_kind(data)}")
    return data


def _leaves(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        dotted = f"{prefix}{key}"
        if isinstance(value, dict) and value:  # an empty one is a table for the user to fill
            yield from _leaves(value, f"{dotted}.")
        else:
            yield dotted, value


def _environment() -> Iterator[tuple[str, Any]]:
    for name, value in sorted(os.environ.items()):
        if name.startswith(ENVIRONMENT_PREFIX):
            key = name.removeprefix(ENVIRONMENT_PREFIX).lower().replace("__", ".")
            yield key, _parse_value(value, name)


def _parse_value(text: str, name: str) -> Any:
    try:
        return yaml.safe_load(text) if text.strip() else ""
    except yaml.YAMLError as exc:
        raise SettingsError(f"{name}: {text!r} is not a YAML value") from exc


def _assign(data: dict[str, Any], known: Mapping[str, Any], key: str, value: Any, at: str) -> None:
    key = str(key)
    if isinstance(value, Mapping) and key not in known:
        for inner, leaf in value.items():
            _assign(data, known, f"{key}.{inner}", leaf, at)
        return
    if key not in known:
        sections = {name.split(".")[0] for name in known}
        if value is None and key in sections:
            return  # an empty section, as left by commenting out its keys
        raise SettingsError(f"Unknown setting {key!r} {at}", hint=_nearest(key, known))
    section, name = key.split(".", 1)
    data[section][name] = value


def _nearest(key: str, known: Mapping[str, Any]) -> str:
    tail = key.split(".")[-1]
    close = [name for name in known if name.split(".")[-1] == tail]
    close = close or difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    if not close:
        tails = {name.split(".")[-1]: name for name in known}
        close = [tails[each] for each in difflib.get_close_matches(tail, tails, 1, 0.5)]
    return f"did you mean {close[0]!r}?" if close else "`assistant config` lists all settings"


def _rebase(data: dict[str, Any], base: Path) -> None:
    """Make relative paths count from ``base``; what is absolute already stays."""
    paths = data["documents"]["paths"]
    if isinstance(paths, str | Path):
        paths = [paths]
    if isinstance(paths, list | tuple):
        data["documents"]["paths"] = [
            base / Path(p).expanduser() if isinstance(p, str | Path) else p for p in paths
        ]
    for section, name in (("index", "path"), ("chat", "uploads"), ("chat", "question_set")):
        path = data[section][name]
        if isinstance(path, str | Path) and str(path):
            data[section][name] = base / Path(path).expanduser()


def _validate(data: dict[str, Any], source: Path | None) -> Settings:
    try:
        settings = Settings.model_validate(_widen(data) | {"source": source})
    except ValidationError as exc:
        first = exc.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"Setting {key} = {first.get('input')!r} is not valid: {first['msg'].lower()}",
            hint="`assistant config` prints the settings in use",
        ) from exc
    if settings.chunking.overlap >= settings.chunking.tokens:
        raise SettingsError(
            f"Setting chunking.overlap = {settings.chunking.overlap} is not valid: it must be "
            f"smaller than chunking.tokens = {settings.chunking.tokens}"
        )
    if settings.retrieval.reranker == "llm" and not settings.llm.model:
        raise SettingsError(
            "Setting retrieval.reranker = 'llm' is not valid without a language model",
            hint="set llm.model",
        )
    if settings.llm.answer_tokens >= settings.llm.context_tokens // 2:
        raise SettingsError(
            f"Setting llm.answer_tokens = {settings.llm.answer_tokens} is not valid: more than "
            f"half of llm.context_tokens = {settings.llm.context_tokens} must be left for passages"
        )
    for model, price in settings.llm.prices.items():
        if not _is_price(price):
            raise SettingsError(
                f"Setting llm.prices.{model} = {price!r} is not valid: it takes two numbers, "
                "dollars per million tokens in and out",
                hint=f"for example {{{model}: [0.25, 2.0]}}",
            )
    return settings


def _is_price(value: Any) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) == 2
        and all(isinstance(v, int | float) and not isinstance(v, bool) and v >= 0 for v in value)
    )


def _widen(data: dict[str, Any]) -> dict[str, Any]:
    """YAML has lists and whole numbers where strict models want tuples and floats."""
    widened: dict[str, Any] = {}
    for section, values in data.items():
        fields = {}
        for name, value in values.items():
            if isinstance(value, list):
                value = tuple(value)
            elif isinstance(value, int) and not isinstance(value, bool):
                annotation = Settings.model_fields[section].annotation
                if annotation is not None:
                    kind = annotation.model_fields[name].annotation
                    value = float(value) if kind is float else value
            fields[name] = value
        widened[section] = fields
    return widened


def _kind(value: Any) -> str:
    names: dict[type, str] = {list: "list", str: "text"}
    return names.get(type(value), type(value).__name__)
