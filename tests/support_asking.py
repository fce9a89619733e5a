"""Assistants that ask the stand-in for a model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fake_model_server import FakeModelServer

from assistant import Assistant, load_settings

MakeAssistant = Callable[..., Assistant]
"""Settings with ``__`` for their point, and ``index`` for another index's name → an assistant."""


@contextmanager
def assistants(
    tmp_path: Path,
    server: FakeModelServer,
    files: Mapping[str, str],
    *,
    synced: bool = True,
    **defaults: Any,
) -> Iterator[MakeAssistant]:
    """Makes assistants over the files, which are written into ``notes``; closes them all."""
    made: list[Assistant] = []
    folder = tmp_path / "notes"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)

    def make(index: str = "index", **more: Any) -> Assistant:
        named = {name.replace("__", "."): value for name, value in (defaults | more).items()}
        values: dict[str, Any] = {
            "documents.paths": [str(folder)], "index.path": str(tmp_path / index),
            "llm.model": "grounded", "llm.base_url": server.base_url, "llm.max_retries": 0,
        }  # fmt: skip
        made.append(Assistant(load_settings(None, values | named)))
        if synced:
            made[-1].sync()
        return made[-1]

    yield make
    for each in made:
        each.close()
