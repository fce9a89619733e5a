"""The tutorial and the guides as a stranger follows them: commands exist, examples work."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from pathlib import Path

import click
import pytest
import yaml
from readme_blocks import blocks
from test_readme import Reader, status_of

from assistant import load_settings
from assistant.cli import cli
from eval.cli import main as eval_commands

INSTALLS = re.compile(r"pip install |rsync |rclone |export ")


def pages(repository: Path) -> list[Path]:
    """The pages that tell people what to type."""
    docs = repository / "docs"
    return [docs / "tutorial.md", *sorted((docs / "guides").glob("*.md"))]


def typed(page: Path) -> list[str]:
    """The lines of a page that are typed into a shell."""
    plain = [block.text for block in blocks(page) if not block.language]
    return [line for text in plain for line in text.splitlines() if line]


def check(command: click.Command, words: list[str], line: str) -> None:
    """Every command and option of a line exists."""
    known = {name: p for p in command.params for name in (*p.opts, *p.secondary_opts)}
    while words:
        word = words.pop(0)
        if word.startswith("--"):
            option = known.get(word)
            assert option is not None, f"{line}: {word}"
            if isinstance(option, click.Option) and not option.is_flag:
                words.pop(0)
        elif isinstance(command, click.Group):
            assert word in command.commands, f"{line}: {word}"
            return check(command.commands[word], words, line)
    return None


def test_every_command_of_the_guides_exists(repository: Path) -> None:
    seen = 0
    for page in pages(repository):
        for line in typed(page):
            if line.startswith("assistant "):
                check(cli, shlex.split(line)[1:], line)
            elif line.startswith("python -m eval"):
                check(eval_commands, shlex.split(line)[3:], line)
            else:
                assert INSTALLS.match(line), f"{page.name}: {line}"
                continue
            seen += 1
    assert seen >= 15


def test_an_option_that_does_not_exist_is_noticed() -> None:
    with pytest.raises(AssertionError, match="--typ"):
        check(cli, ["ask", "--typ", "pdf", "x"], "assistant ask --typ pdf x")


def test_settings_of_the_guides_are_valid(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    seen = 0
    for page in pages(repository):
        if page.name == "own-parts.md":  # its settings name parts that the page's packages bring
            continue
        for block in blocks(page):
            if block.language != "yaml" or "questions:" in block.text:
                continue
            (tmp_path / "config.yaml").write_text(block.text, encoding="utf-8")
            load_settings(tmp_path / "config.yaml")
            seen += 1
    assert seen >= 3


@pytest.fixture
def reader(repository: Path, tmp_path: Path) -> Reader:
    """Somebody with the installed command, in a folder that holds documents/."""
    someone = Reader(tmp_path, Path(sys.executable).parent, repository / "documents")
    someone.environment["PYTHONPATH"] = str(repository)
    return someone


def test_tutorial_works_as_it_is_written(repository: Path, reader: Reader) -> None:
    page = repository / "docs/tutorial.md"
    lines = [line for line in typed(page) if line.startswith("assistant ")]
    said = {}
    for line in lines:
        line = line.replace("assistant ", "python -P -m assistant ", 1)
        if "serve" in line:
            with reader.serving(line) as url:
                assert status_of(url) == 200
        else:
            no_index_yet = "doctor" in line
            said[line.split("assistant ", 1)[1]] = reader.type(line, expected=int(no_index_yet))
    assert "none" in said["doctor"].rpartition("Calls to other hosts")[2]
    assert "There is no index" in said["doctor"]
    assert "2,594" in said['ask "How many submissions did ICLR 2020 receive?"']
    assert "disagree" in said['ask "When was ICLR founded?"']
    fee = said['ask "What is the registration fee for ICLR 2024?"']
    assert "No answer in the documents" in fee
    assert "Closest passages" in fee
    (example,) = [block.text for block in blocks(page) if block.language == "python"]
    assert "2,594" in reader.run_example(example)


def test_questions_of_the_evaluation_guide_are_asked(repository: Path, reader: Reader) -> None:
    pytest.importorskip("scipy", reason="needs the extra `eval`")
    page = repository / "docs/guides/evaluation.md"
    (questions,) = [b.text for b in blocks(page) if b.language == "yaml"]
    assert yaml.safe_load(questions)["documents"] == "papers"
    (reader.folder / "my-questions.yaml").write_text(questions, encoding="utf-8")
    shutil.rmtree(reader.folder / "documents")
    lint, run = (
        next(line for line in typed(page) if line.endswith(f"my-questions.yaml {command}"))
        for command in ("lint", "run")
    )
    reader.type(lint)
    assert "on 2 questions" in reader.type(run)
