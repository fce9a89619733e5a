"""Which prompt a model gets, and how many passages: a table in ``prompts/models.yaml``.

The first row that fits decides. A new model needs a row and, at most, a prompt file; no code.
"""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.errors import SettingsError
from assistant.model.prompts import VARIABLES, prompts_folder


@dataclass(frozen=True, slots=True)
class PromptChoice:
    """``passages``: the most that are shown; 0 for as many as fit."""

    prompt: str
    passages: int


def choose_prompt(model: str, context_tokens: int, folder: Path | None = None) -> PromptChoice:
    """The prompt for a model's name and window. Raises ``SettingsError`` for a broken table."""
    name = model.lower()
    for row in _rows((folder or prompts_folder()) / "models.yaml"):
        named = any(fnmatch.fnmatchcase(name, str(each).lower()) for each in row["models"])
        if named and context_tokens <= row.get("window", context_tokens):
            return PromptChoice(row["prompt"], row.get("passages", 0))
    return PromptChoice("answer", 0)


@lru_cache(maxsize=4)
def _rows(path: Path) -> tuple[dict[str, Any], ...]:
    import yaml

    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as exc:
        raise SettingsError(f"The table of prompts {path} cannot be read: {exc}") from exc
    if not isinstance(rows, list):
        raise SettingsError(f"The table of prompts {path} is no list of rows")
    for number, row in enumerate(rows, start=1):
        fits = (
            isinstance(row, dict)
            and set(row) <= {"models", "window", "prompt", "passages"}
            and isinstance(row.get("models"), list)
            and row.get("prompt") in VARIABLES
            and all(type(row.get(name, 0)) is int and row.get(name, 0) >= 0
                    for name in ("window", "passages"))
        )  # fmt: skip
        if not fits:
            raise SettingsError(
                f"Row {number} of {path} is no choice of a prompt: {str(row)[:100]}",
                hint="a row has models (a list of name patterns) and prompt, and may have window "
                "(tokens, at most) and passages",
            )
    return tuple(rows)
