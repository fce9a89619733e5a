"""Numbers that a benchmark fitted, in a JSON file beside the module that uses them."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any


@lru_cache(maxsize=16)
def fitted(path: Path) -> dict[str, Any]:
    """The content of a file of fitted numbers, read once."""
    numbers: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return numbers
