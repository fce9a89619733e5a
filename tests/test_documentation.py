"""Documentation that cannot lie: commands exist, examples run, layers hold, nothing leaks."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from assistant.cli import cli


@pytest.fixture(scope="module")
def readme(repository: Path) -> str:
    return (repository / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tracked(repository: Path) -> list[Path]:
    """The files that git would publish; without git, all that are not hidden or built."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=repository, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("needs a git checkout")
    return [path for name in listed.stdout.splitlines() if (path := repository / name).is_file()]


def blocks(text: str, language: str = "") -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_make_targets_of_the_readme_exist(readme: str, repository: Path) -> None:
    makefile = (repository / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)", "\n".join(blocks(readme))))
    assert named
    assert named <= targets
    assert set(re.findall(r"\.PHONY: (.+)", makefile)[0].split()) <= targets


def test_commands_and_options_of_the_readme_exist(readme: str) -> None:
    lines = [line for block in blocks(readme) for line in block.splitlines()]
    commands = [line.split("#")[0] for line in lines if line.startswith("assistant ")]
    assert len(commands) >= 5
    for line in commands:
        words = [word for word in shlex.split(line)[1:] if word != "COMMAND"]
        name = next(word for word in words if not word.startswith("-"))
        assert name in cli.commands, line
        known = {option for p in cli.commands[name].params for option in p.opts} | {"--help"}
        assert {word for word in words if word.startswith("--")} <= known, line


def test_links_inside_the_documentation_lead_somewhere(repository: Path) -> None:
    pages = [*repository.glob("*.md"), *(repository / "docs").glob("*.md")]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        named = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
        named += re.findall(r"`((?:docs|eval|prompts|benchmarks|documents)/[\w./-]+\.\w+)`", text)
        missing = [n for n in named if not any((p / n).exists() for p in (page.parent, repository))]
        assert not missing, f"{page.name}: {missing}"


def test_import_layers_hold(repository: Path) -> None:
    code = "from importlinter.cli import lint_imports_command as c; c()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:]


def test_every_module_of_the_package_has_its_layer(repository: Path) -> None:
    """A module that no contract names could import anything."""
    import tomllib

    pyproject = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = pyproject["tool"]["importlinter"]["contracts"]
    named = set(
        re.findall(r"assistant\.(\w+)", " ".join(str(c.get("layers", "")) for c in contracts))
    )
    modules = {
        path.stem if path.suffix else path.name
        for path in (repository / "assistant").iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists())
        and not path.name.startswith("__")
    }
    assert modules - named == set()


def test_every_module_says_what_it_holds(repository: Path) -> None:
    bare = []
    for folder in ("assistant", "eval", "benchmarks", "tests", "docs"):
        for path in (repository / folder).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            if tree.body and not ast.get_docstring(tree):
                bare.append(str(path.relative_to(repository)))
    assert not bare


def test_public_functions_of_the_package_are_documented(repository: Path) -> None:
    bare = []
    for path in (repository / "assistant").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        holders = [tree, *(n for n in tree.body if isinstance(n, ast.ClassDef))]
        for holder in holders:
            if isinstance(holder, ast.ClassDef) and holder.name.startswith("_"):
                continue
            for node in holder.body:
                kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
                if not isinstance(node, kinds) or node.name.startswith("_"):
                    continue
                if not ast.get_docstring(node):
                    bare.append(f"{path.name}:{node.lineno} {node.name}")
    assert not bare


_LEAKS = {
    "a path of somebody's machine": re.compile(r"(?<![\w.])/(?:home|Users|root|work)/\w+"),
    "an address of a package registry": re.compile(
        r"https?://[^\s\"']*(?:pypi|pythonhosted|artifactory|nexus|devpi|simple/)[^\s\"']*"
    ),
    "a key": re.compile(r"\b(?:sk-[A-Za-z0-9]{20,}|ghp_[A-Za-z0-9]{20,}|AKIA[0-9A-Z]{16})\b"),
    "an unfinished merge": re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE),
}


@pytest.mark.parametrize("what", _LEAKS)
def test_no_file_leaks(tracked: list[Path], what: str) -> None:
    found = []
    for path in tracked:
        if path == Path(__file__).resolve() or path.suffix in (".pdf", ".png", ".docx"):
            continue
        match = _LEAKS[what].search(path.read_text(encoding="utf-8", errors="replace"))
        if match:
            found.append(f"{path.name}: {match.group()}")
    assert not found, what


def test_nothing_of_the_benchmark_data_is_copied(tracked: list[Path], shared: Path) -> None:
    import hashlib

    ours = {hashlib.sha256(p.read_bytes()).hexdigest(): p for p in tracked if p.stat().st_size}
    theirs = {
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in shared.rglob("*")
        if path.is_file() and 0 < path.stat().st_size < 1_000_000
    }
    assert not [str(ours[digest]) for digest in set(ours) & theirs]


def test_large_files_are_not_tracked(tracked: list[Path]) -> None:
    weights = {"reader.int8.onnx", "vectors.npy"}  # reader, embedder; NOTICE.md has their origin
    large = [path.name for path in tracked if path.stat().st_size > 1_000_000]
    assert set(large) <= weights


def test_settings_named_in_the_documentation_exist(repository: Path) -> None:
    config = yaml.safe_load((repository / "config.yaml").read_text(encoding="utf-8"))
    pages = [*repository.glob("*.md"), *(repository / "docs").glob("*.md")]
    sections = "|".join(config)
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for section, key in re.findall(rf"`(?:--set )?({sections})\.(\w+)", text):
            if key not in ("py", "md", "yaml", "json"):
                assert key in config[section], f"{page.name}: {section}.{key}"


def test_files_named_by_the_pages_for_contributors_exist(repository: Path) -> None:
    named: set[str] = set()
    pages = [repository / name for name in ("CONTRIBUTING.md", "SECURITY.md")]
    pages += (repository / "docs/explanations").glob("*.md")
    for page in pages:
        text = page.read_text(encoding="utf-8")
        named |= set(re.findall(r"`([\w-]+(?:/[\w.-]+)*/(?:[\w.-]+\.\w+)?)`", text))
    assert {"assistant/pipeline.py", "eval/metrics/", "docs/guarantees.md"} <= named
    assert not {name for name in named if not (repository / name).exists()}


def test_code_named_in_contributing_stands_in_the_file_named_with_it(repository: Path) -> None:
    text = " ".join((repository / "CONTRIBUTING.md").read_text(encoding="utf-8").split())
    pairs = re.findall(r"`(\w+)`(?: and `(\w+)`)? (?:in|\()(?:\s)?`([\w./]+\.py)`", text)
    assert len(pairs) >= 6
    for first, second, file in pairs:
        code = (repository / file).read_text(encoding="utf-8")
        for name in filter(None, (first, second)):
            assert re.search(rf"^(?:class|def) {name}\b|^{name}\b", code, re.MULTILINE), (
                name,
                file,
            )


def test_security_names_rows_that_the_guarantees_have(repository: Path) -> None:
    page = (repository / "docs/guarantees.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"\d+", " ".join(re.findall(r"^\| ([\d, ]+) \|", page, re.MULTILINE))))
    text = (repository / "SECURITY.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\d+", " ".join(re.findall(r"\| ([\d, ]+) \|$", text, re.MULTILINE))))
    assert len(named) >= 8
    assert named <= rows
