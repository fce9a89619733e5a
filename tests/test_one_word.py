"""One word names one thing: no class name stands twice in the assistant and its evaluation."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REASONS: dict[str, str] = {}
"""Class names that may stand twice, each with its reason."""


def _classes() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for package in ("assistant", "eval"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    found[node.name].append(f"{path.relative_to(ROOT)}:{node.lineno}")
    return found


def test_no_class_name_stands_twice() -> None:
    twice = {name: places for name, places in _classes().items() if len(places) > 1}
    assert {name: places for name, places in twice.items() if name not in REASONS} == {}
    assert set(REASONS) <= set(twice), "a reason for a name that no longer stands twice"


def test_the_search_for_twins_finds_classes() -> None:
    assert {"Assistant", "Answer", "EvalQuestion"} <= set(_classes())
