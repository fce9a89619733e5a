"""Counting tokens with tiktoken, never over the network.

tiktoken fetches its vocabularies unless ``TIKTOKEN_CACHE_DIR`` points at a folder that has them;
llama-index-core brings two (cl100k_base and o200k_base), and those are used. A model that tiktoken
does not know, or whose vocabulary is not among these, is counted with o200k_base: for current
models that is within some percent, and every budget keeps a margin.
"""

from __future__ import annotations

import importlib.util
import os
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError

FALLBACK_VOCABULARY = "o200k_base"
BUNDLED_VOCABULARIES = frozenset({"o200k_base", "cl100k_base"})

_lock = threading.Lock()


def count_tokens(text: str, model: str = "") -> int:
    """How many tokens a text has for a model; special tokens in it count as plain text."""
    return len(_encoding(vocabulary_of(model)).encode(text, disallowed_special=()))


def counter_for(model: str) -> Callable[[str], int]:
    """``count_tokens`` for one model."""
    return lambda text: count_tokens(text, model)


@lru_cache(maxsize=64)
def vocabulary_of(model: str) -> str:
    """The vocabulary used for a model name; ``o200k_base`` for unknown names."""
    if not model:
        return FALLBACK_VOCABULARY
    from tiktoken.model import encoding_name_for_model

    try:
        name = encoding_name_for_model(model)
    except KeyError:
        return FALLBACK_VOCABULARY
    return name if name in BUNDLED_VOCABULARIES else FALLBACK_VOCABULARY


@lru_cache(maxsize=4)
def _encoding(vocabulary: str) -> Any:
    folder = _vocabulary_folder()
    with _lock:
        before = os.environ.get("TIKTOKEN_CACHE_DIR")
        os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
        try:
            import tiktoken

            return tiktoken.get_encoding(vocabulary)
        finally:
            if before is None:
                del os.environ["TIKTOKEN_CACHE_DIR"]
            else:
                os.environ["TIKTOKEN_CACHE_DIR"] = before


def _vocabulary_folder() -> Path:
    spec = importlib.util.find_spec("llama_index")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place) / "core" / "_static" / "tiktoken_cache"
        if folder.is_dir():
            return folder
    raise AssistantError(
        "The token vocabularies of llama-index-core are missing",
        hint="reinstall llama-index-core; without them tiktoken would go to the network",
    )
