"""Pages that are generated from the code say what the code says, and leave nothing out."""

from __future__ import annotations

import ast
import importlib
import inspect
import shutil
from pathlib import Path

import click
import pytest
import yaml

import assistant
import assistant.errors
import assistant.types
from assistant.cli import cli

pytest.importorskip("griffe", reason="needs the extra `docs`: pip install '.[docs]'")

from docs.generate import api, command_line, errors, rooms, settings
from docs.generate.__main__ import PAGES, main, stale
from docs.generate.markdown import prose


@pytest.fixture
def copy(repository: Path, tmp_path: Path) -> Path:
    """The parts of the checkout that pages are made of, to be changed."""
    without = shutil.ignore_patterns("__pycache__", "images")
    for name in ("assistant", "docs"):
        shutil.copytree(repository / name, tmp_path / name, ignore=without)
    for name in ("config.yaml", "pyproject.toml", "README.md"):
        shutil.copy(repository / name, tmp_path)
    return tmp_path


def headings(page: Path) -> set[str]:
    """The headings of a page."""
    lines = page.read_text(encoding="utf-8").splitlines()
    return {line.lstrip("#").strip() for line in lines if line.startswith("#")}


@pytest.mark.parametrize("name", PAGES)
def test_generated_page_is_up_to_date(name: str, repository: Path) -> None:
    assert (repository / name).read_text(encoding="utf-8") == PAGES[name](repository), (
        f"{name} is out of date: run `python -m docs.generate`"
    )


def test_every_public_name_has_its_entry(repository: Path) -> None:
    entries = headings(repository / "docs/reference/api.md")
    public = set(assistant.__all__)
    for module in (assistant.types, assistant.errors):
        public |= {
            name
            for name, member in vars(module).items()
            if not name.startswith("_")
            and inspect.isclass(member)
            and member.__module__ == module.__name__
        }
    assert {"ask", "Answer", "ModelError", "SyncReceipt"} <= public
    assert public <= entries
    methods = {f"Assistant.{n}" for n in vars(assistant.Assistant) if not n.startswith("_")}
    assert methods <= entries
    for name, module in api.public_names(repository).items():
        assert hasattr(importlib.import_module(module), name), "can be imported from there"


def test_every_command_and_option_has_its_help(repository: Path) -> None:
    text = (repository / "docs/reference/command-line.md").read_text(encoding="utf-8")

    def check(command: click.Command, name: str) -> None:
        assert f"## {name}\n" in text
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.opts[-1] in text.split(f"## {name}\n")[1].split("\n## ")[0]
        for below, member in getattr(command, "commands", {}).items():
            check(member, f"{name} {below}")

    check(cli, "assistant")


def test_every_setting_has_its_row_and_reason(repository: Path) -> None:
    text = (repository / "docs/reference/settings.md").read_text(encoding="utf-8")
    rows = {line.split("`")[1]: line for line in text.splitlines() if line.startswith("| `")}
    config = yaml.safe_load((repository / "config.yaml").read_text(encoding="utf-8"))
    assert set(rows) == {f"{section}.{key}" for section in config for key in config[section]}
    for row in rows.values():
        _, _, takes, default, reason, _ = row.replace("\\|", "¦").split("|")
        assert takes.strip()
        assert default.strip()
        assert len(reason.strip()) > 10, row


def test_every_error_has_its_row(repository: Path) -> None:
    text = (repository / "docs/reference/errors.md").read_text(encoding="utf-8")
    for kind in errors.classes():
        assert f"| `{kind.__name__}` | `{kind.__bases__[0].__name__}` | {kind.exit_code} |" in text


def test_every_room_and_module_is_on_the_map(repository: Path) -> None:
    text = (repository / "docs/rooms.md").read_text(encoding="utf-8")
    for path in (repository / "assistant").rglob("*.py"):
        doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        first = " ".join(doc.split("\n\n")[0].split()).replace("``", "`").replace("|", "\\|")
        assert first in text, path
    assert rooms.layers(repository)[0] in text


def test_imports_of_a_room_are_those_of_its_modules(copy: Path) -> None:
    folder = copy / "assistant" / "service"
    (folder / "new.py").write_text(
        '"""New."""\n'
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from assistant.citing.stream import x\n"
        "def f() -> None:\n    from assistant.reading import pool\n"
    )
    before = set(rooms.used_by("assistant/answering", copy))
    found = rooms.used_by("assistant/service", copy)
    assert "reading" in found
    assert "citing" not in found, "an import for type checkers is none"
    assert {"retrieval", "checking"} <= before


@pytest.mark.parametrize(
    ("file", "old", "new", "page"),
    [
        ("assistant/types.py", "One page of a paged", "One leaf of", "docs/reference/api.md"),
        (
            "assistant/errors.py",
            "The language model could not",
            "The model could not",
            "docs/reference/api.md",
        ),
        ("config.yaml", "Folders or files", "Places", "docs/reference/settings.md"),
        ("assistant/text/terms.py", '"""', '"""New purpose. ', "docs/rooms.md"),
        ("pyproject.toml", '"assistant.model",', '"assistant.models",', "docs/rooms.md"),
        ("docs/quality.md", "% < paste the top", "1% < paste the top", "README.md"),
        ("docs/performance.md", "| LangChain | 11,389 | ", "| LangChain | 11,389 | 1", "README.md"),
        ("docs/guarantees.md", " kills, 0 lost", " kills, 1 lost", "README.md"),
    ],
)
def test_a_change_of_the_code_makes_its_page_stale(
    copy: Path, file: str, old: str, new: str, page: str
) -> None:
    assert stale(copy) == []
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert page in stale(copy)


def test_a_figure_that_a_page_no_longer_has_is_an_error(copy: Path) -> None:
    page = copy / "docs/guarantees.md"
    page.write_text(page.read_text(encoding="utf-8").replace(" lost documents", " lost"))
    with pytest.raises(ValueError, match=r"guarantees\.md no longer holds"):
        stale(copy)


def test_a_wrong_argument_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--chek"]) == 2
    assert "--check" in capsys.readouterr().err


def test_indented_blocks_of_docstrings_stay_as_they_are() -> None:
    text = prose("First ``x``.\n\n    a  <b>\n    c\n\nLast.")
    assert text == "First `x`.\n\n```text\na  <b>\nc\n```\n\nLast.\n"


def test_types_of_settings_are_told_in_words() -> None:
    assert settings.kind(bool) == "`true` or `false`"
    assert settings.kind(tuple[str, ...]) == "list of text"


def test_help_of_a_group_holds_that_of_its_commands() -> None:
    names = [name for name, _ in command_line.helps(cli, "assistant")]
    assert "assistant index move" in names
