"""The benchmark that leaves mechanisms out finds each of them."""

from __future__ import annotations

from importlib import import_module

import pytest

from benchmarks.mechanisms import MECHANISMS, turned_off


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_what_is_left_out_is_there(mechanism: str) -> None:
    patches = MECHANISMS[mechanism]
    before = [getattr(import_module(module), name) for module, name, _ in patches]
    with turned_off(patches):
        for module, name, value in patches:
            assert getattr(import_module(module), name) is value
    assert before == [getattr(import_module(module), name) for module, name, _ in patches]
