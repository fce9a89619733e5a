"""Fitting the confidence to one's own questions."""

from __future__ import annotations

import json
import math
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from assistant.answering.confidence import recalibrated
from assistant.errors import UsageError
from eval.calibrate import InForce, calibrate, refusals, write
from eval.cli import main
from eval.results import Result
from eval.runs import RunFolder, RunManifest
from eval.summary import summarise


def result(number: int, expect: str, confidence: float) -> Result:
    values: dict[str, Any] = {
        "id": f"q{number}",
        "fingerprint": "x",
        "repeat": 0,
        "type": "fact",
        "tags": (),
        "cluster": f"q{number}",
        "severity": "normal",
        "expect": expect,
        "outcome": "answered",
        "correct": True,
        "confidence": confidence,
    }
    return Result(**values)


def sample(slope: float, shift: float, n: int = 1500) -> list[Result]:
    """Questions whose true log-odds are ``slope`` × the told ones + ``shift``."""
    chance = random.Random(4)
    found = []
    for number in range(n):
        told = chance.uniform(-4, 4)
        true = 1 / (1 + math.exp(-(slope * told + shift)))
        expect = "answer" if chance.random() < true else "refuse"
        found.append(result(number, expect, 1 / (1 + math.exp(-told))))
    return found


def test_slope_and_shift_of_a_known_world_are_found() -> None:
    found = calibrate(sample(1.6, 1.0))
    assert found.slope == pytest.approx(1.6, abs=0.3)
    assert found.shift == pytest.approx(1.0, abs=0.3)
    assert found.after < found.before


def test_numbers_in_force_are_taken_out_first() -> None:
    told = sample(1.0, 0.0)
    moved = [result(i, r.expect, recalibrated(r.confidence, 2.0, 1.0)) for i, r in enumerate(told)]
    again = calibrate(moved, InForce(slope=2.0, shift=1.0))
    plain = calibrate(told)
    assert again.slope == pytest.approx(plain.slope, abs=0.05)
    assert again.shift == pytest.approx(plain.shift, abs=0.05)


def test_too_few_questions_are_refused() -> None:
    with pytest.raises(UsageError, match="too few"):
        calibrate([result(i, "answer", 0.7) for i in range(100)])


@pytest.mark.parametrize("p", [0.0, 0.01, 0.5, 0.99, 1.0])
def test_one_and_zero_change_nothing(p: float) -> None:
    assert recalibrated(p, 1.0, 0.0) == pytest.approx(p)


def test_numbers_are_written_and_comments_stay(tmp_path: Path, repository: Path) -> None:
    path = tmp_path / "config.yaml"
    before = (repository / "config.yaml").read_text(encoding="utf-8")
    path.write_text(before, encoding="utf-8")
    found = calibrate(sample(1.6, 1.0))
    write(found, path)
    after = path.read_text(encoding="utf-8")
    assert f"confidence_slope: {found.slope}\n" in after
    assert f"confidence_shift: {found.shift}\n" in after
    assert after.count("#") == before.count("#")
    path.write_text("answer: {}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="confidence_slope"):
        write(found, path)


def refusal(number: int, expect: str, confidence: float, outcome: str) -> Result:
    return replace(result(number, expect, confidence), outcome=outcome)


def test_calibration_alone_changes_no_refusal() -> None:
    chance = random.Random(7)
    before = InForce(1.0, 0.0, 0.25)
    found = []
    for number in range(400):
        p = round(chance.random(), 4)
        outcome = "answered" if p >= before.least else "refused"
        found.append(refusal(number, chance.choice(("answer", "refuse")), p, outcome))
    effect = refusals(found, before, InForce(1.7, 2.9, 0.25))
    assert effect.changed == ()
    assert effect.refused[0] == effect.refused[1] > 0
    assert effect.missed[0] == effect.missed[1] > 0
    # The run of the calibrated assistant tells the same.
    moved = [
        replace(each, confidence=round(recalibrated(each.confidence, 1.7, 2.9), 4))
        for each in found
    ]
    assert refusals(moved, InForce(1.7, 2.9, 0.25), before).changed == ()


def test_another_threshold_turns_the_questions_between() -> None:
    found = [
        refusal(1, "answer", 0.1, "refused"),
        refusal(2, "refuse", 0.2, "refused"),
        refusal(3, "refuse", 0.3, "answered"),
        refusal(4, "answer", 0.9, "answered"),
    ]
    effect = refusals(found, InForce(least=0.25), InForce(least=0.05))
    assert effect.changed == ("q1", "q2")
    assert effect.lines() == (
        "refused where due: 1 → 0 of 2",
        "false answers: 1 → 2 of 2",
        "refused though answerable: 1 → 0 of 2",
    )


def write_run(home: Path, min_confidence: float, model: str = "extractive") -> None:
    """A finished run of 40 questions: half answerable; the unanswerable are refused below .25."""
    results = [
        refusal(n, "answer" if n % 2 else "refuse", 0.15 + 0.02 * n,
                "answered" if 0.15 + 0.02 * n >= min_confidence else "refused")
        for n in range(40)
    ]  # fmt: skip
    manifest = RunManifest(
        questions="x", question_count=40, documents={}, settings_fingerprint="x", model=model,
        settings={"answer": {"confidence_slope": 1.0, "confidence_shift": 0.0,
                             "min_confidence": min_confidence}},
    )  # fmt: skip
    folder = RunFolder.create(home / "runs", manifest)
    for each in results:
        folder.record(each, json.dumps({"id": each.id}), {})
    folder.finish(manifest, {}, summarise(results))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "questions.yaml").write_text("version: 1\nquestions: []\n", encoding="utf-8")
    return tmp_path


def calibrated(home: Path, settings: Path, *more: str) -> Any:
    given = ["--questions", str(home / "questions.yaml"), "calibrate", "--write", str(settings)]
    return CliRunner().invoke(main, [*given, *more])


def settings_file(home: Path, repository: Path, min_confidence: float) -> Path:
    path = home / "config.yaml"
    text = (repository / "config.yaml").read_text(encoding="utf-8")
    text, found = re.subn(r"(min_confidence: )[\d.]+\n", rf"\g<1>{min_confidence}\n", text)
    assert found == 1
    path.write_text(text)
    return path


def test_refusals_are_shown_before_and_after_a_write(home: Path, repository: Path) -> None:
    write_run(home, 0.25)
    path = settings_file(home, repository, 0.25)
    done = calibrated(home, path)
    assert done.exit_code == 0, done.output
    assert "refused where due: 3 → 3 of 20" in done.output
    assert "false answers: 17 → 17 of 20" in done.output
    assert f"written to {path}" in done.output
    assert "confidence_slope: 1.0\n" not in path.read_text(encoding="utf-8")


def test_a_write_that_changes_refusals_needs_a_flag(home: Path, repository: Path) -> None:
    write_run(home, 0.25)
    path = settings_file(home, repository, 0.6)
    before = path.read_bytes()
    done = calibrated(home, path)
    assert done.exit_code == 2
    assert "refused where due: 3 → 12 of 20" in done.output
    assert "--change-refusals" in done.output
    assert path.read_bytes() == before
    assert calibrated(home, path, "--change-refusals").exit_code == 0
    assert path.read_bytes() != before


def test_the_numbers_of_the_run_are_taken_out_and_not_those_of_today(
    home: Path, repository: Path
) -> None:
    write_run(home, 0.25)
    path = settings_file(home, repository, 0.25)
    first = calibrated(home, path).output
    again = calibrated(home, path).output  # the run was made before the numbers were written
    assert first == again


def test_a_run_of_a_model_is_not_calibrated_on(home: Path, repository: Path) -> None:
    write_run(home, 0.25, model="llama")
    done = calibrated(home, settings_file(home, repository, 0.25))
    assert done.exit_code == 2
    assert "llama" in done.output
