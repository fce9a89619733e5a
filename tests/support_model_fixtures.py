"""The stand-in for a model's server; a test module names this file in ``pytest_plugins``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fake_model_server import FakeModelServer


@pytest.fixture
def server() -> Iterator[FakeModelServer]:
    """A server whose model behaves as its script says, ``grounded`` without one."""
    with FakeModelServer() as made:
        yield made
