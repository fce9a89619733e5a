"""Prompts are files: loaded once, their variables checked, rendered without surprises.

A prompt file has a ``[system]`` and a ``[user]`` part; the stable part comes first so that servers
can cache it. ``{name}`` is a variable, ``{{`` and ``}}`` are braces.
"""

from __future__ import annotations

import hashlib
import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.errors import SettingsError

SENTINEL = "NOT_IN_THE_DOCUMENTS"
"""The one line by which a model abstains; shared by prompt, code and tests."""

VARIABLES: Mapping[str, frozenset[str]] = {
    "answer": frozenset({"sentinel", "passages", "question"}),
    "answer_small": frozenset({"sentinel", "passages", "question"}),
    "condense": frozenset({"history", "question"}),
    "judge": frozenset({"source", "claim"}),
    "missing": frozenset({"passages", "question", "asked"}),
    "outline": frozenset({"question", "most"}),
    "parts": frozenset({"question", "most"}),
    "place": frozenset({"document", "part"}),
    "rerank": frozenset({"passages", "question"}),
    "select": frozenset({"sentinel", "tables", "question"}),
    "summary": frozenset({"sentinel", "passages", "question", "sentences"}),
    "summary_join": frozenset({"sentinel", "passages", "question", "sentences"}),
}
"""The prompts there are, with the variables each must use."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt of two parts; ``fingerprint`` are twelve hex digits of the file."""

    name: str
    system: str
    user: str
    fingerprint: str

    def render(self, **values: str) -> list[dict[str, str]]:
        """System and user message. Raises ``KeyError`` unless just the variables are given."""
        wanted = VARIABLES[self.name]
        if set(values) != wanted:
            raise KeyError(f"prompt {self.name} takes {sorted(wanted)}, got {sorted(values)}")
        return [
            {"role": "system", "content": self.system.format_map(values)},
            {"role": "user", "content": self.user.format_map(values)},
        ]


@lru_cache(maxsize=16)
def load_prompt(name: str, folder: Path | None = None) -> Prompt:
    """Read and check a prompt. Raises ``SettingsError`` for a missing part or a wrong variable."""
    path = (folder or prompts_folder()) / f"{name}.txt"
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(f"The prompt {path} cannot be read: {exc}") from exc
    before, has_system, rest = text.partition("[system]\n")
    system, has_user, user = rest.partition("\n[user]\n")
    if not has_system or not has_user or before.strip():
        raise SettingsError(
            f"The prompt {path} needs a line [system] at its start and a line [user] below it"
        )
    used = _variables(system, path) | _variables(user, path)
    wanted = VARIABLES[name]
    if used != wanted:
        unknown, missing = sorted(used - wanted), sorted(wanted - used)
        raise SettingsError(
            f"The prompt {path} uses unknown variables {unknown} and lacks {missing}",
            hint="write braces that are no variable as {{ and }}",
        )
    return Prompt(
        name, system.strip(), user.strip(), hashlib.sha256(text.encode()).hexdigest()[:12]
    )


def prompts_folder() -> Path:
    """The packaged prompts; in a checkout the folder at the top."""
    here = Path(__file__).resolve().parents[1]
    packaged = here / "prompts"
    return packaged if packaged.is_dir() else here.parent / "prompts"


def _variables(template: str, path: Path) -> frozenset[str]:
    try:
        fields = [name for _, name, _, _ in string.Formatter().parse(template) if name is not None]
    except ValueError as exc:
        raise SettingsError(
            f"The prompt {path} has a brace without its partner: {exc}",
            hint="write braces that are no variable as {{ and }}",
        ) from exc
    return frozenset(fields)
