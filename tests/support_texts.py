"""Small folders of texts for tests: written, indexed with the project's defaults, and asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant, Settings, load_settings


def write_texts(folder: Path, texts: Mapping[str, str]) -> None:
    """Write texts by the paths of their files below a folder."""
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def settings_for(folder: Path, index: Path | None = None, **more: Any) -> Settings:
    """The defaults for a folder and an index, which lies beside it when it is not named; ``more``
    by dotted key."""
    given = {"index.path": str(index or folder.parent / "index"), "documents.paths": [str(folder)]}
    return load_settings(None, given | more)


@contextmanager
def indexed(place: Path, texts: Mapping[str, str], **more: Any) -> Iterator[Assistant]:
    """An assistant over texts in ``place/documents``, synced; ``more`` settings by dotted key."""
    write_texts(place / "documents", texts)
    with Assistant(settings_for(place / "documents", **more)) as assistant:
        assert not assistant.sync().failed
        yield assistant


def indexed_for_module(texts: Mapping[str, str], **more: Any) -> Any:
    """A fixture: one such assistant for all tests of a module."""

    @pytest.fixture(scope="module")
    def fixture(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
        with indexed(tmp_path_factory.mktemp("texts"), texts, **more) as assistant:
            yield assistant

    return fixture
