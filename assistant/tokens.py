"""Counting tokens with tiktoken, never over the network.

tiktoken fetches its vocabularies unless ``TIKTOKEN_CACHE_DIR`` points at a folder that has them;
llama-index-core brings two (cl100k_base and o200k_base), and those are used.
"""

from __future__ import annotations

import importlib.util
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError

VOCABULARY = "o200k_base"


def count_tokens(text: str) -> int:
    """How many tokens of o200k_base a text has; special tokens in it count as plain text."""
    return len(_encoding().encode(text, disallowed_special=()))


@lru_cache(maxsize=1)
def _encoding() -> Any:
    folder = _vocabulary_folder()
    before = os.environ.get("TIKTOKEN_CACHE_DIR")
    os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
    try:
        import tiktoken

        return tiktoken.get_encoding(VOCABULARY)
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
