"""The wheel, installed alone and used from an empty folder."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from assistant import __version__


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of the sources, so that the checkout stays as it is."""
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("needs hatchling, which comes with the extra `dev`")
    source = tmp_path_factory.mktemp("source")
    without = shutil.ignore_patterns("__pycache__", "runs", ".*cache")
    for name in ("assistant", "eval", "prompts"):
        shutil.copytree(repository / name, source / name, ignore=without)
    for pattern in ("*.md", "*.toml", "*.yaml", "LICENSE"):
        for path in repository.glob(pattern):
            shutil.copy(path, source)
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)],
        cwd=source, check=True, capture_output=True,
    )  # fmt: skip
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that ``pip install`` put the wheel's packages into."""
    target = tmp_path_factory.mktemp("installed")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index",
         "--disable-pip-version-check", "--target", str(target), str(wheel)],
        check=True, capture_output=True,
    )  # fmt: skip
    return target


def test_wheel_holds_prompts_settings_models_and_licences(wheel: Path, repository: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "assistant/config.yaml" in names
    for path in (repository / "prompts").glob("*.txt"):
        assert f"assistant/prompts/{path.name}" in names
    for path in (repository / "assistant").rglob("*"):
        kept = (".py", ".json", ".css", ".js", ".npy", ".onnx", ".txt")
        if path.suffix in kept or path.name == "LICENSE":
            assert str(path.relative_to(repository)) in names
    assert [name for name in names if name.endswith("licenses/LICENSE")]
    assert [name for name in names if name.endswith("licenses/NOTICE.md")]
    reader = {name for name in names if name.startswith("assistant/model/reader/")}
    assert {Path(name).name for name in reader} == {
        "reader.int8.onnx",
        "tokenizer.json",
        "LICENSE",
        "NOTICE.md",
    }


def test_wheel_holds_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"assistant", "eval", f"document_assistant-{__version__}.dist-info"}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]
    sizes = {info.filename: info.file_size for info in zipfile.ZipFile(wheel).infolist()}
    assert sum(sizes.values()) < 40_000_000
    weights = ("assistant/model/reader/", "assistant/embedding/static_vectors/")
    assert sum(size for name, size in sizes.items() if not name.startswith(weights)) < 5_000_000


def test_installed_wheel_answers_from_an_empty_folder(
    installed: Path, tmp_path: Path, repository: Path
) -> None:
    (tmp_path / "papers").mkdir()
    for name in ("iclr-history.md", "deep-learning-theory.pdf"):
        shutil.copy(repository / "documents" / name, tmp_path / "papers")
    environment = dict(os.environ, PYTHONPATH=str(installed), HOME=str(tmp_path))

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-P", *arguments],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = run("-c", "import assistant, sys; print(assistant.__file__)").strip()
    assert Path(where).is_relative_to(installed)
    settings = json.loads(run("-m", "assistant", "config", "--json"))
    assert settings["source"] == "packaged defaults"
    assert settings["settings"]["index"]["path"] == str(tmp_path / ".assistant")
    receipt = json.loads(run("-m", "assistant", "ingest", "--json", "papers"))
    assert receipt["documents"] == 2
    question = "Who introduced the neural tangent kernel?"
    answer = json.loads(run("-m", "assistant", "ask", "--json", question))
    assert "Jacot" in answer["text"]
    assert answer["citations"][0]["document"].endswith("deep-learning-theory.pdf")


def test_command_is_registered() -> None:
    from importlib.metadata import entry_points

    (command,) = entry_points(group="console_scripts", name="assistant")
    assert command.value == "assistant.__main__:main"
    assert callable(command.load())


def test_package_passes_on_its_types(wheel: Path) -> None:
    """Callers' type checkers read our annotations only with this marker (PEP 561)."""
    assert "assistant/py.typed" in zipfile.ZipFile(wheel).namelist()
