"""Every setting → ``docs/reference/settings.md``: type and limits from the code, default and reason
from ``config.yaml``."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import annotated_types
import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from assistant.settings import Settings
from docs.generate.markdown import NOTE, first_line, table

INTRODUCTION = """# Settings

The nearest `config.yaml` upward holds them; a file needs only the keys you change. The environment
(`ASSISTANT__RETRIEVAL__PASSAGES=12`) overrides the file, and `--set retrieval.passages=12` both.
An unknown key is an error that names the nearest known one. `assistant config` prints the values in
effect.

"""


def reasons(text: str) -> dict[str, str]:
    """The comment above each key of ``config.yaml``, by ``section.key``; one may head several."""
    found: dict[str, str] = {}
    section, comment, is_open = "", [], False
    for line in text.splitlines():
        if match := re.match(r"(\w+):", line):
            section, comment, is_open = match[1], [], False
        elif match := re.match(r"  # ?(.*)", line):
            comment = [*comment, match[1]] if is_open else [match[1]]
            is_open = True
        elif match := re.match(r"  (\w+):", line):
            found[f"{section}.{match[1]}"] = " ".join(part.strip() for part in comment)
            is_open = False
    return found


def kind(annotation: Any) -> str:
    """A type in words that a person who edits YAML understands."""
    origin = typing.get_origin(annotation)
    if origin is typing.Literal:
        return " or ".join(f"`{value}`" for value in typing.get_args(annotation))
    if origin is typing.Annotated:
        return kind(typing.get_args(annotation)[0])
    if origin is tuple:
        return f"list of {kind(typing.get_args(annotation)[0])}"
    if origin in (Mapping, dict):
        return "table"
    if origin in (typing.Union, types.UnionType):
        each = typing.get_args(annotation)
        if typing.get_origin(each[0]) is typing.Literal:  # an open list of names
            return f"{kind(each[0])}, or the name of a part that a package brings"
        return " or ".join(map(kind, each))
    names = {int: "whole number", float: "number", bool: "`true` or `false`", str: "text"}
    return names.get(annotation, "path")


def limits(field: FieldInfo) -> str:
    """The bounds of a number, or the pattern of a text."""
    signs = {
        annotated_types.Ge: ("≥", "ge"),
        annotated_types.Gt: (">", "gt"),
        annotated_types.Le: ("≤", "le"),
        annotated_types.Lt: ("<", "lt"),
    }
    told = []
    for rule in field.metadata:
        if type(rule) in signs:
            sign, name = signs[type(rule)]
            told.append(f"{sign} {getattr(rule, name):g}")
    return ", ".join(told)


def page(root: Path) -> str:
    """The whole page."""
    text = (root / "config.yaml").read_text(encoding="utf-8")
    defaults, why = yaml.safe_load(text), reasons(text)
    parts = [NOTE, INTRODUCTION]
    for section, values in defaults.items():
        model = Settings.model_fields[section].annotation
        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        rows = []
        for name, default in values.items():
            field = model.model_fields[name]
            shown = yaml.safe_dump(default, default_flow_style=True).removesuffix("\n...\n").strip()
            bounds = limits(field)
            told = kind(field.annotation) + (f", {bounds}" if bounds else "")
            rows.append([f"`{section}.{name}`", told, f"`{shown}`", why[f"{section}.{name}"]])
        parts.append(f"## {section}\n\n{first_line(model.__doc__ or '')}\n\n")
        parts.append(table(["setting", "takes", "default", "what and why"], rows) + "\n")
    return "".join(parts).rstrip() + "\n"
