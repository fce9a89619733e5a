"""What a comparison says beside its verdict: settings that reach an answer, the baseline's age."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import Settings
from assistant.settings import load_settings
from eval.runner import commits_since
from eval.runs import RunManifest
from eval.workflow import NOT_SHAPING, differences


def manifest(model: str = "extractive", **settings: object) -> RunManifest:
    given = load_settings(None, {name.replace("__", "."): v for name, v in settings.items()})
    return RunManifest("q", 1, {}, given.model_dump(mode="json"), given.fingerprint(), model=model)


def test_only_settings_that_reach_an_answer_are_named() -> None:
    base = manifest()
    now = manifest(
        retrieval__passages=11,
        llm__answer_tokens=99,
        chat__question_set="x",
        embedding__batch_size=3,
    )
    assert differences(now, base) == ["settings differ: retrieval.passages 8 → 11"]
    by_model = differences(replace(now, model="m"), replace(base, model="m"))
    assert by_model == ["settings differ: llm.answer_tokens 800 → 99, retrieval.passages 8 → 11"]
    assert differences(manifest(llm__answer_tokens=99), base) == []


@pytest.mark.parametrize("name", sorted(NOT_SHAPING))
def test_what_is_not_named_does_not_change_the_fingerprint(name: str) -> None:
    """The list of the evaluation and that of the settings say the same."""
    plain = load_settings(None, {})
    section, _, key = name.partition(".")
    assert section in Settings.model_fields
    data = plain.model_dump()
    if key:
        value = data[section][key]
        changed = {"x": [1.0, 2.0]} if isinstance(value, dict) else value * 2
        given = load_settings(None, {name: changed})
        assert given.fingerprint() == plain.fingerprint()


def test_the_age_of_a_baseline_is_counted_in_commits(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        given = ("git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments)
        return subprocess.run(given, cwd=tmp_path, capture_output=True, text=True,
                              check=True).stdout.strip()  # fmt: skip

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "one")
    first = git("rev-parse", "--short=12", "HEAD")
    for message in ("two", "three"):
        git("commit", "-q", "--allow-empty", "-m", message)
    assert commits_since(f"{first}+", tmp_path) == 2
    assert commits_since("", tmp_path) is None
    assert commits_since("0000deadbeef", tmp_path) is None
