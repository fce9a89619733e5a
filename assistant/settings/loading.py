"""From files, the environment and overrides to one ``Settings``; every slip is told by its name."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from assistant.errors import SettingsError
from assistant.registry import EMBEDDERS, RERANKERS
from assistant.settings.collections import DEFAULT, check_places, read_collections
from assistant.settings.sections import Settings
from assistant.settings.yaml_values import (
    MOST_CHARACTERS,
    YAMLTextError,
    check_values,
    read_values,
)
from assistant.text.visible import shown_value

ENVIRONMENT_PREFIX = "ASSISTANT__"
CONFIG_NAME = "config.yaml"
_LONGEST_NAME = 255
"""Bytes; so on Linux, macOS and Windows."""
_COMMON_SECTIONS = frozenset({"server", "chat"})


def load_settings(
    path: str | Path | None = None, overrides: Mapping[str, Any] | None = None
) -> Settings:
    """Read the settings.

    ``path`` is a YAML file; without one the nearest ``config.yaml`` upward from the working
    folder that is one of ours, else the packaged defaults, whose paths count from the nearest
    folder upward that holds an index of this user's. ``overrides`` maps dotted keys to
    values, as in ``{"documents.paths": ["notes"], "retrieval.passages": 12}``.

    Raises ``SettingsError`` for a missing file, broken YAML, an unknown key or a wrong value.
    """
    data = _read_yaml(default_config_path())
    known = dict(_leaves(data))
    if not isinstance(path, str | Path | None):
        raise SettingsError(
            f"A settings file {shown_value(path)} is no path", hint="load_settings('config.yaml')"
        )
    if not isinstance(overrides, Mapping | None):
        raise SettingsError(
            f"The overrides {shown_value(overrides)} are no mapping",
            hint='load_settings(overrides={"retrieval.passages": 12})',
        )
    source = Path(path) if path is not None else find_config(Path.cwd())
    if source is not None and "\0" in str(source):
        raise SettingsError(
            f"Settings file {shown_value(str(source))} cannot be read: U+0000 in it"
        )
    base = find_indexed(Path.cwd(), data["index"]["path"])
    if source is not None:
        source = source.resolve()
        base = source.parent
        for key, value in _read_yaml(source).items():
            _assign(data, known, key, value, f"in {source}")
    _rebase(data, base)
    for key, value in _environment():
        _assign(data, known, key, value, "in the environment")
    for key, value in (overrides or {}).items():
        try:
            check_values([key, value])
        except YAMLTextError as exc:
            raise SettingsError(f"Setting {shown_value(key)} cannot be used: {exc}") from exc
        _assign(data, known, key, value, "in the overrides")
    _rebase(data, Path.cwd())
    return _validate(data, source)


def parse_assignment(text: str) -> tuple[str, Any]:
    """``"key=value"`` from a command line as a dotted key and a YAML value."""
    key, separator, value = text.partition("=")
    if not separator or not key.strip():
        raise SettingsError(
            f"--set {shown_value(text)} is not of the form key=value",
            hint="for example --set retrieval.passages=12",
        )
    return key.strip(), _parse_value(value, f"--set {key.strip()}")


def default_config_path() -> Path:
    """The packaged ``config.yaml``; in a checkout the one at the top."""
    here = Path(__file__).resolve().parents[1]
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


def find_indexed(start: Path, index: str) -> Path:
    """The nearest folder from ``start`` upward that holds an index of this user's, else ``start``.

    An index that somebody else put into a folder above, as in ``/tmp``, is passed over: it says
    which documents answer, and which folders the next ingest reads.
    """
    for folder in [start, *start.parents]:
        try:
            owner = (folder / index / "CURRENT").stat().st_uid
        except OSError:
            continue
        if not hasattr(os, "getuid") or owner == os.getuid():
            return folder
    return start


def _is_ours(path: Path) -> bool:
    """Whether a file is empty or has one of our sections, perhaps with a slip in it.

    ``server`` and ``chat`` are sections of many tools: they count only where nothing else stands.
    """
    try:
        if path.stat().st_size > 4 * MOST_CHARACTERS:
            return False
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    sections = set(Settings.model_fields) - {"source"}
    try:
        content = read_values(text)
    except YAMLTextError:  # ours with a slip is for load_settings to refuse
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
        with path.open(encoding="utf-8") as file:
            data = read_values(file.read(MOST_CHARACTERS + 1))
    except FileNotFoundError as exc:
        raise SettingsError(
            f"Settings file {path} does not exist", hint="check --config, or leave it out"
        ) from exc
    except YAMLTextError as exc:
        raise SettingsError(
            f"Settings file {path} is not valid YAML: {exc}",
            hint="compare it with the commented config.yaml of the project",
        ) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(f"Settings file {path} cannot be read: {exc}") from exc
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
        return read_values(text) if text.strip() else ""
    except YAMLTextError as exc:
        raise SettingsError(f"{name}: {shown_value(text)} is not a YAML value: {exc}") from exc


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
        raise SettingsError(f"Unknown setting {shown_value(key)} {at}", hint=_nearest(key, known))
    section, name = key.split(".", 1)
    data[section][name] = value


def _nearest(key: str, known: Mapping[str, Any]) -> str:
    tail = key.split(".")[-1]
    close = [name for name in known if name.split(".")[-1] == tail]
    close.sort(key=lambda name: -difflib.SequenceMatcher(None, key, name).ratio())
    if "." in key:
        section = key.split(".")[0]
        inside = [name for name in known if name.startswith(f"{section}.")]
        close = close[:1] or difflib.get_close_matches(key, inside, 1, 0.7)
    close = close or difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    if not close:
        tails = {name.split(".")[-1]: name for name in known}
        close = [tails[each] for each in difflib.get_close_matches(tail, tails, 1, 0.5)]
    told = " or ".join(repr(name) for name in close[:3])
    return f"did you mean {told}?" if close else "`assistant config` lists all settings"


def _rebase(data: dict[str, Any], base: Path) -> None:
    """Make relative paths count from ``base``; what is absolute already stays."""
    paths = data["documents"]["paths"]
    if isinstance(paths, str | Path):
        paths = [paths]
    if isinstance(paths, list | tuple):
        data["documents"]["paths"] = [
            base / _expanded(p) if isinstance(p, str | Path) else p for p in paths
        ]
    for section, name in (("index", "path"), ("chat", "uploads"), ("chat", "question_set")):
        path = data[section][name]
        if isinstance(path, str | Path) and str(path):
            data[section][name] = base / _expanded(path)
    people = data["server"]["people"]
    if isinstance(people, str) and people:
        data["server"]["people"] = str(base / _expanded(people))
    collections = read_collections(data["index"]["collections"])
    for own in collections.values():
        own["path"] = base / _expanded(own["path"])
        own["documents"] = tuple(base / _expanded(each) for each in own["documents"])
    data["index"]["collections"] = collections


def _expanded(path: str | Path) -> Path:
    """A path with ``~`` spelt out. Raises ``SettingsError`` for the home of nobody, and for a name
    that no file system can hold."""
    try:
        full = Path(path).expanduser()
    except RuntimeError as exc:
        raise SettingsError(
            f"The folder {shown_value(str(path))} cannot be found: {exc}",
            hint="write the whole path, or `./~…` for a folder whose name begins with ~",
        ) from exc
    if any(len(os.fsencode(part)) > _LONGEST_NAME for part in full.parts):
        raise SettingsError(
            f"The folder {shown_value(str(path))} cannot be there: a name in its path has more "
            f"than {_LONGEST_NAME} bytes"
        )
    return full


def _validate(data: dict[str, Any], source: Path | None) -> Settings:
    try:
        settings = Settings.model_validate(_widen(data) | {"source": source})
    except ValidationError as exc:
        first = exc.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"Setting {key} = {shown_value(first.get('input'))} is not valid: "
            f"{first['msg'].lower()}",
            hint="`assistant config` prints the settings in use",
        ) from exc
    own = {name: each.path for name, each in settings.index.collections.items()}
    check_places({DEFAULT: settings.index.path, **own})
    EMBEDDERS.check(settings.embedding.provider)
    RERANKERS.check(settings.retrieval.reranker)
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
                f"Setting llm.prices.{model} = {shown_value(price)} is not valid: it takes two "
                "numbers, dollars per million tokens in and out",
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
