"""No module of ``benchmarks`` imports itself through others: each can be read and run alone."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def imports_of(root: Path, package: str) -> dict[str, set[str]]:
    """Each module of a package → the modules of it that it imports, also inside functions."""
    modules = {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (root / package).rglob("*.py")
    }
    found: dict[str, set[str]] = {}
    for module, path in modules.items():
        named: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                inner = {f"{node.module}.{alias.name}" for alias in node.names} & modules.keys()
                named |= inner or {node.module}
            elif isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
        found[module] = named & modules.keys()
    return found


def test_benchmarks_have_no_import_circle() -> None:
    graph = imports_of(ROOT, "benchmarks")
    assert len(graph) > 50
    assert graph["benchmarks.peers"] >= {"benchmarks.peer_results", "benchmarks.cold_start"}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as exc:
        pytest.fail(" imports ".join(reversed(exc.args[1])))


def test_a_circle_through_a_function_is_seen(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "one.py").write_text("from parts import two\n")
    (tmp_path / "parts" / "two.py").write_text("def run():\n    from parts.one import it\n")
    with pytest.raises(CycleError):
        TopologicalSorter(imports_of(tmp_path, "parts")).prepare()
