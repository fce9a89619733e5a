"""One word names one thing: no name of a type stands twice in the assistant and its evaluation."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
REASONS: dict[str, str] = {
    "ProgressCallback": "one meaning; `assistant.pipeline` loads the sync only when it is used",
    "Vectors": "`assistant.text` stands below `assistant.embedding` and may not import it",
    "Numbers": "private arrays of two modules that know nothing of each other",
}
"""Names that may stand twice, each with its reason."""


def _names(tree: ast.Module) -> list[tuple[str, int]]:
    """Classes anywhere, and aliases of types: capitalised names that a module assigns, without
    type variables."""
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    aliases = [
        (target.id, node.lineno)
        for node in tree.body
        if isinstance(node, ast.Assign) and "TypeVar(" not in ast.unparse(node.value)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id[0].isupper() and not target.id.isupper()
    ]
    return [*((node.name, node.lineno) for node in classes), *aliases]


@pytest.fixture(scope="module")
def names() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for package in ("assistant", "eval"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for name, line in _names(ast.parse(path.read_text(encoding="utf-8"))):
                found[name].append(f"{path.relative_to(ROOT)}:{line}")
    return found


def test_no_name_of_a_type_stands_twice(names: dict[str, list[str]]) -> None:
    twice = {name: places for name, places in names.items() if len(places) > 1}
    assert {name: places for name, places in twice.items() if name not in REASONS} == {}
    assert set(REASONS) <= set(twice), "a reason for a name that no longer stands twice"


def test_the_search_finds_classes_and_aliases(names: dict[str, list[str]]) -> None:
    assert {"Assistant", "Answer", "EvalQuestion", "Turn", "Outcome"} <= set(names)
