"""Questions as pytest items, in a pytest of their own."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).resolve().parent.parent
ROWS = [
    {"id": "alder", "question": "How many kilograms does the alder bench weigh?", "type": "number",
     "expect": "answer", "tags": ["trees"], "reference": "40 kilograms",
     "facts": [{"id": "kg", "any": ["40 kilograms"]}],
     "evidence": [{"document": "trees.md", "quote": "The alder bench weighs 40 kilograms."}]},
    {"id": "birch", "question": "How many kilograms does the birch bench weigh?", "type": "number",
     "expect": "answer", "reference": "41 stone", "facts": [{"id": "st", "any": ["41 stone"]}],
     "evidence": [{"document": "trees.md", "quote": "The birch bench weighs 41 kilograms."}]},
]  # fmt: skip


def home_of(folder: Path) -> Path:
    (folder / "docs").mkdir()
    text = "The alder bench weighs 40 kilograms.\n\nThe birch bench weighs 41 kilograms.\n"
    (folder / "docs" / "trees.md").write_text(text, encoding="utf-8")
    (folder / "other.yaml").write_text("a: 1\n", encoding="utf-8")
    data = {"version": 1, "documents": "docs", "questions": ROWS}
    (folder / "questions.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    return folder


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    entry = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    module = entry["project"]["entry-points"]["pytest11"]["document_assistant"]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", "/dev/null"]
    command += ["--rootdir", str(folder), "-p", module, *arguments]
    environment = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PATH": "/usr/bin:/bin", "HOME": "/tmp"}
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_right_answer_passes_and_a_wrong_one_is_explained_without_a_traceback(
    tmp_path: Path,
) -> None:
    home = home_of(tmp_path)
    done = pytest_in(home, "questions.yaml", "--assistant-set", "answer.min_confidence=0.1")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed, 1 passed" in done.stdout
    assert "wanted: 41 stone" in done.stdout
    assert "facts missing: 41 stone" in done.stdout
    assert "lost at: fact" in done.stdout
    assert "Traceback" not in done.stdout


def test_tags_choose_and_other_files_are_left_alone(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    listed = pytest_in(home, "--collect-only", "-q", "questions.yaml", "-k", "trees and number")
    assert "1/2 tests collected" in listed.stdout, listed.stdout
    assert pytest_in(home, "--collect-only").returncode == 5  # nothing is collected unasked
    wanted = pytest_in(home, "--collect-only", "-q", "-o", "assistant_questions=questions*.yaml")
    assert "2 tests collected" in wanted.stdout


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    rows = [{**ROWS[0], "typ": "x"}, {**ROWS[1], "expect": "maybe"}]
    data = {"version": 1, "documents": "docs", "questions": rows}
    (home / "questions.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    done = pytest_in(home, "questions.yaml")
    assert done.returncode == 2
    assert "unknown key 'typ'" in done.stdout
    assert "expect is 'maybe'" in done.stdout
