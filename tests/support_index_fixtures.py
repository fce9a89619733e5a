"""Fixtures of the tests of the index; a test module names this file in ``pytest_plugins``."""

from __future__ import annotations

from pathlib import Path

import pytest
from support_index import Workshop, use_inline_children


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the child processes of a sync as threads of this process."""
    use_inline_children(monkeypatch)


@pytest.fixture
def workshop(tmp_path: Path, inline: None) -> Workshop:
    """An empty folder, no index yet."""
    return Workshop(tmp_path)
