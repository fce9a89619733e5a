"""Fitting the confidence to one's own questions."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import pytest

from assistant.answering.confidence import recalibrated
from assistant.errors import UsageError
from eval.calibrate import calibrate, write
from eval.results import Result


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
    again = calibrate(moved, slope=2.0, shift=1.0)
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
