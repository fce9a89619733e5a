"""The page about own parts: its blocks run as they stand, given and as a package."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from support_index import use_inline_children
from support_parts import install

from assistant import Assistant, load_settings, registry

LOG = (
    "= Monday\nThe lamp was lit by Ida Moe at 6:30. The sea was calm.\n"
    "= Tuesday\nFog all day, and the horn was heard in the harbour.\n"
)


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs/guides/own-parts.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working folder with one file that the page's reader reads, and one that it refuses."""
    use_inline_children(monkeypatch)
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "may.shiplog").write_text(LOG)
    (folder / "torn.shiplog").write_text("no section")
    yield folder
    registry._brought.cache_clear()


def test_blocks_of_the_page_run_one_after_the_other(page: str, logs: Path) -> None:
    names: dict[str, Any] = {}
    for block in blocks(page, "python"):
        exec(compile(block, "own-parts.md", "exec"), names)
    outcomes = {file.document: file.outcome for file in names["receipt"].files}
    assert outcomes == {"may.shiplog": "indexed", "torn.shiplog": "unsupported"}
    answer = names["answer"]
    assert "word-hashes:512" in answer.receipt.index
    assert {passage.document for passage in answer.retrieved} == {"may.shiplog"}
    assert answer.citations[0].quote.startswith("The lamp was lit by Ida Moe")
    written = names["written"]
    assert written.receipt.model == "echo:1"
    assert written.citations[0].document == "may.shiplog"


def test_each_part_takes_about_twenty_lines(page: str) -> None:
    parts = [block for block in blocks(page, "python") if "class " in block]
    assert len(parts) == 4
    assert all(len(block.splitlines()) <= 24 for block in parts)


def test_package_of_the_page_brings_the_same_parts(
    page: str, logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (toml,) = blocks(page, "toml")
    (wanted,) = blocks(page, "yaml")
    groups = tomllib.loads(toml)["project"]["entry-points"]
    assert set(groups) == {each.group for each in vars(registry).values()
                           if isinstance(each, registry.Registry)}  # fmt: skip
    lines = []
    for group, parts in groups.items():
        lines += [f"[{group}]", *(f"{name} = {place}" for name, place in parts.items())]
    code = "\n\n".join(block for block in blocks(page, "python") if "class " in block)
    site = install(logs.parent / "site", monkeypatch, "", "\n".join(lines))
    (site / "ship_parts.py").write_text(code)
    flat = {f"{s}.{k}": v for s, keys in yaml.safe_load(wanted).items() for k, v in keys.items()}
    settings = load_settings(
        overrides={"documents.paths": ["logs"], "index.path": "logs-index"} | flat
    )
    with Assistant(settings) as assistant:
        receipt = assistant.sync()
        assert [h.title for h in assistant.source("may.shiplog").headings] == ["Monday", "Tuesday"]
        assert [LOG[h.start] for h in assistant.source("may.shiplog").headings] == ["=", "="]
        answer = assistant.ask("Who lit the lamp?")
        assert assistant.status().embedder == "word-hashes:512"
    outcomes = {file.document: (file.outcome, file.reason) for file in receipt.files}
    assert outcomes["may.shiplog"][0] == "indexed", outcomes
    assert outcomes["torn.shiplog"][0] == "unsupported", outcomes
    assert answer.citations[0].quote.startswith("The lamp was lit by Ida Moe")
    monkeypatch.delitem(__import__("sys").modules, "ship_parts", raising=False)
