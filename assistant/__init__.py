"""Ask a folder of documents; every sentence of the answer says where it comes from.

    from assistant import ask
    print(ask("When was ICLR founded?").text)

The names below are loaded when they are first used, so that ``import assistant`` stays quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.errors import AssistantError
    from assistant.pipeline import Assistant, ask
    from assistant.settings import Settings, load_settings
    from assistant.types import Answer, Citation, Filters, Passage, Sentence

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Assistant",
    "AssistantError",
    "Citation",
    "Filters",
    "Passage",
    "Sentence",
    "Settings",
    "ask",
    "load_settings",
]

_HOMES = {
    "Answer": "assistant.types",
    "Assistant": "assistant.pipeline",
    "AssistantError": "assistant.errors",
    "Citation": "assistant.types",
    "Filters": "assistant.types",
    "Passage": "assistant.types",
    "Sentence": "assistant.types",
    "Settings": "assistant.settings",
    "ask": "assistant.pipeline",
    "load_settings": "assistant.settings",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(home), name)
