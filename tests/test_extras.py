"""Packages that only an extra installs: every import of one names its extra."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from assistant.errors import MissingPackageError, SettingsError
from assistant.extras import check_installed, needs
from eval.cli import main

SAMPLE = """
import scipy
import scipy.stats as s
from fastembed.rerank import x
from . import y
with needs("eval", "Figures"):
    from scipy.stats import t
with needs("ray", "Figures"):
    from scipy.stats import t
with open("x"):
    import ray
"""


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def named(requirements: list[str]) -> set[str]:
    """The packages of some requirements, without versions and extras."""
    return {normal(re.match(r"[\w.-]+", each)[0]) for each in requirements}  # type: ignore[index]


def imports(tree: ast.AST, extra: str = "") -> Iterator[tuple[int, str, str]]:
    """Line, top module and the extra that the surrounding ``needs`` names, of every import."""
    for node in ast.iter_child_nodes(tree):
        inner = extra
        if isinstance(node, ast.With):
            call = node.items[0].context_expr
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "needs":
                first = call.args[0]
                if isinstance(first, ast.Starred):
                    first = ast.Constant("eval") if ast.unparse(first) == "*STATISTICS" else first
                inner = str(getattr(first, "value", ""))
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0], extra) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.lineno, node.module.split(".")[0], extra
        yield from imports(node, inner)


@lru_cache(maxsize=1)
def brought_by() -> Mapping[str, list[str]]:
    """Module → the packages that bring it; a second of reading."""
    return packages_distributions()


def unnamed(tree: ast.AST, project: dict[str, Any]) -> list[str]:
    """Imports of packages that the base does not bring, outside of their extra's block."""
    base = named(project["dependencies"])
    extras = {
        extra: named(wanted) for extra, wanted in project["optional-dependencies"].items()
    }  # fmt: skip
    homes = brought_by()
    faults = []
    for line, module, extra in imports(tree):
        if module in sys.stdlib_module_names or module in ("assistant", "eval"):
            continue
        brought = {normal(name) for name in homes.get(module, [module])}
        if not brought & base and not brought & extras.get(extra, set()):
            faults.append(f"{line} {module}")
    return faults


@pytest.fixture(scope="module")
def project(repository: Path) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    return found


def test_every_import_is_of_the_base_or_names_its_extra(
    repository: Path, project: dict[str, Any]
) -> None:
    faults = {
        str(path.relative_to(repository)): found
        for folder in ("assistant", "eval")
        for path in sorted((repository / folder).rglob("*.py"))
        if (found := unnamed(ast.parse(path.read_text(encoding="utf-8")), project))
    }
    for plugin in project["entry-points"]["pytest11"].values():  # pytest alone loads it
        found = faults.pop(f"{plugin.replace('.', '/')}.py")
        assert [each.split()[1] for each in found] == ["pytest"]
    assert not faults


def test_the_look_at_imports_sees_each_kind(project: dict[str, Any]) -> None:
    assert unnamed(ast.parse(SAMPLE), project) == [
        "2 scipy", "3 scipy", "4 fastembed", "9 scipy", "11 ray",
    ]  # fmt: skip


def test_missing_package_is_one_error_with_the_command_that_mends_it() -> None:
    with (
        pytest.raises(MissingPackageError, match="Ray needs the package no_such_package") as caught,
        needs("ray", "Ray"),
    ):
        import no_such_package.part  # noqa: F401
    assert "pip install 'document-assistant[ray]'" in caught.value.hint
    assert isinstance(caught.value.__cause__, ModuleNotFoundError)
    assert caught.value.exit_code == 2


def test_package_that_does_not_load_is_not_called_missing() -> None:
    with (
        pytest.raises(MissingPackageError, match=r"libx\.so: cannot open") as caught,
        needs("a", "b"),
    ):
        raise ImportError("libx.so: cannot open shared object file\nsecond line")
    assert "--force-reinstall" in caught.value.hint
    assert "second line" not in str(caught.value)


def test_other_errors_of_the_block_pass() -> None:
    with pytest.raises(SettingsError, match="mine"), needs("a", "b"):
        raise SettingsError("mine")


def test_look_for_a_package_does_not_import_it() -> None:
    code = (
        "import sys; from assistant.extras import check_installed; "
        "check_installed('eval', 'x', 'scipy'); assert 'scipy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(MissingPackageError, match="no_such_package"):
        check_installed("eval", "x", "no_such_package")


@pytest.mark.parametrize(
    "command", [(), ("lint",), ("run",), ("gate",), ("report",), ("calibrate",), ("beir", ".")]
)
def test_evaluation_without_its_extra_says_so_before_it_asks_anything(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("assistant.extras.find_spec", lambda name: None)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["--questions", str(tmp_path / "none.yaml"), *command])
    assert done.exit_code == 2, done.output
    assert "The evaluation needs the package scipy" in done.output
    assert "pip install 'document-assistant[eval]'" in done.output
    assert isinstance(done.exception, SystemExit)


def test_help_of_the_evaluation_needs_no_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.extras.find_spec", lambda name: None)
    for words in (["--help"], ["run", "--help"]):
        assert CliRunner().invoke(main, words).exit_code == 0


def test_figures_name_the_extra_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever calls the functions, and not the command."""
    from eval.power import power
    from eval.statistics import mcnemar_worse, t_interval

    for name in [each for each in sys.modules if each.split(".")[0] == "scipy"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "scipy", None)
    for call in (lambda: mcnemar_worse(3, 1), lambda: t_interval([0, 1]), lambda: power(50, 0.1)):
        with pytest.raises(MissingPackageError, match="scipy"):
            call()


def test_engine_ray_without_ray_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.index.on_ray import on_ray

    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingPackageError, match="The engine ray needs the package ray") as caught:
        on_ray("auto")
    assert "document-assistant[ray]" in caught.value.hint
