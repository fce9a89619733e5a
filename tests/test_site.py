"""The documentation site: builds offline and strictly, leads to every page, loads nothing."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

NOT_BY_HAND = {"decisions.md", "quality.md", "performance.md"}
"""A log that grows, and pages that benchmarks write."""


def pages(entries: list[Any]) -> Iterator[str]:
    """The files that a navigation names."""
    for entry in entries:
        for value in entry.values():
            yield from [value] if isinstance(value, str) else pages(value)


def navigation(repository: Path) -> list[str]:
    """The files that the site's navigation names."""
    configuration = tomllib.loads((repository / "zensical.toml").read_text(encoding="utf-8"))
    return list(pages(configuration["project"]["nav"]))


def test_navigation_leads_to_every_page_once(repository: Path) -> None:
    docs = repository / "docs"
    named = navigation(repository)
    assert sorted(named) == sorted(p.relative_to(docs).as_posix() for p in docs.rglob("*.md"))


def test_pages_written_by_hand_are_short(repository: Path) -> None:
    texts = {
        path.relative_to(repository).as_posix(): path.read_text(encoding="utf-8")
        for path in [*(repository / "docs").rglob("*.md"), *repository.glob("*.md")]
        if path.name not in NOT_BY_HAND
    }
    long = {name for name, text in texts.items() if text.count("\n") > 200}
    assert not {name for name in long if not texts[name].startswith("<!-- Generated")}


@pytest.fixture(scope="module")
def build(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the site is made of."""
    if importlib.util.find_spec("zensical") is None:
        pytest.skip("needs the extra `docs`: pip install '.[docs]'")
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(repository / "docs", folder / "docs")
    for path in [*repository.glob("*.md"), repository / "zensical.toml"]:
        shutil.copy(path, folder)
    return folder


def zensical(folder: Path) -> subprocess.CompletedProcess[str]:
    """Build the site as ``make docs`` does, where possible without any network."""
    code = "from zensical.main import cli; cli()"
    command = [sys.executable, "-c", code, "build", "--strict", "--clean"]
    alone = ["unshare", "--map-root-user", "--net"]
    if shutil.which("unshare") and not subprocess.run([*alone, "true"], check=False).returncode:
        command = [*alone, *command]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


def test_site_builds_without_warnings_and_loads_nothing(build: Path, repository: Path) -> None:
    done = zensical(build)
    assert done.returncode == 0, done.stderr + done.stdout
    site = build / "site"
    for name in navigation(repository):
        assert (site / name).with_suffix(".html").is_file(), name
    assert not list(site.rglob("*.py"))
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        loaded = re.findall(
            r"<(?:script|img|iframe|link)\b[^>]*?(?:src|href)=\"?(https?:[^\s\">]+)", text
        )
        assert not loaded, page.name
    assert "Assistant.sync" in (site / "reference/api.html").read_text(encoding="utf-8")
    assert "Security" in (site / "security.html").read_text(encoding="utf-8")


def test_a_link_to_nowhere_fails_the_build(build: Path) -> None:
    page = build / "docs" / "tutorial.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(f"{text}\n[there](nowhere.md)\n", encoding="utf-8")
    try:
        done = zensical(build)
        assert done.returncode != 0
        assert "page does not exist" in done.stderr + done.stdout
    finally:
        page.write_text(text, encoding="utf-8")
