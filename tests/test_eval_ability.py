"""Item response theory: simulated abilities come back, and the known faults of the field's code
(items refitted on other columns, a share taken for a percentile, information by the formula of
another model, a scale without an anchor) do not."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import yaml
from click.testing import CliRunner

from eval.cli import main
from eval.exam.irt import fit, prune, splits
from eval.exam.rating import Rated


def simulated(
    people: int, questions: int, seed: int = 0
) -> tuple[list[list[bool]], np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    able, hard = random.normal(size=people), random.normal(size=questions)
    sharp = np.exp(random.normal(0, 0.4, questions))
    chance = 1 / (1 + np.exp(-sharp * (able[:, None] - hard)))
    return (random.random((people, questions)) < chance).tolist(), able, hard


@pytest.mark.parametrize(("people", "questions"), [(12, 100), (40, 100)])
def test_simulated_abilities_are_recovered(people: int, questions: int) -> None:
    for seed in range(3):
        answers, able, _ = simulated(people, questions, seed)
        found = fit(answers)
        assert np.corrcoef(able, found.ability)[0, 1] >= 0.9
        inside = np.abs(able - found.ability) < 2.6 * np.array(found.error)
        assert inside.mean() >= 0.8


def test_simulated_hardness_is_recovered_with_many_configurations() -> None:
    answers, _, hard = simulated(200, 40)
    assert np.corrcoef(hard, fit(answers).hardness)[0, 1] >= 0.9


def test_the_scale_is_anchored() -> None:
    """Abilities have mean 0 and about deviation 1, whoever takes part."""
    found = fit(simulated(60, 60)[0])
    assert abs(np.mean(found.ability)) < 0.1
    assert 0.75 < np.std(found.ability) < 1.25


def test_what_was_not_asked_counts_neither_way() -> None:
    answers, _, _ = simulated(10, 50, 5)
    holes: list[list[bool | None]] = [list(row) for row in answers]
    holes[0] = [None] * 25 + holes[0][25:]
    wrong = [[False] * 25 + answers[0][25:], *answers[1:]]
    assert fit(holes).ability[0] > fit(wrong).ability[0] + 0.3
    assert fit(holes).error[0] > fit(answers).error[0]


def test_information_is_that_of_two_parameters() -> None:
    found = fit(simulated(20, 30)[0])
    a, b = found.sharpness[3], found.hardness[3]
    assert found.information(3, b) == pytest.approx(a * a / 4)
    p = 1 / (1 + math.exp(-a * (0.7 - b)))
    assert found.information(3, 0.7) == pytest.approx(a * a * p * (1 - p))


def test_prune_takes_percent_and_leaves_what_tells_most() -> None:
    found = fit(simulated(30, 50)[0])
    kept = prune(found, 10)
    assert len(kept) == 45
    assert len(prune(found, 0.1)) == 50  # a tenth of a percent, not a tenth
    gone = set(range(50)) - set(kept)
    assert max(found.worth(n) for n in gone) <= min(found.worth(n) for n in kept)
    with pytest.raises(ValueError, match="cannot be pruned"):
        prune(found, 100)


def test_pruned_questions_are_rated_on_their_own_answers() -> None:
    answers, _, _ = simulated(15, 40, 2)
    rated = Rated(
        tuple(f"r{n}" for n in range(15)), ("",) * 15, tuple(f"q{n}" for n in range(40)),
        tuple(map(tuple, answers)), fit(answers),
    )  # fmt: skip
    smaller = rated.pruned(25)
    assert len(smaller.ids) == 30
    for row, whole in zip(smaller.answers, answers, strict=True):
        assert row == tuple(whole[int(name[1:])] for name in smaller.ids)
    assert smaller.fitted == fit(smaller.answers)


def test_questions_that_split_are_counted_and_too_few_configurations_refused() -> None:
    assert splits([[True, True, None], [True, False, None], [True, True, False]]) == [
        False, True, False,
    ]  # fmt: skip
    for answers in ([[True]] * 2, [[]] * 3, [[True], [True, False], [True]]):
        with pytest.raises(ValueError, match=r"needed|needs"):
            fit(answers)


TEXT = """# Stock

| Part | Weight in grams | Maker |
|---|---|---|
| Bolt M6 | 11.5 | Nordwerk |
| Bolt M8 | 22.75 | Nordwerk |
| Nut K4 | 3.25 | Talfer |
| Nut K9 | 8.5 | Talfer |
"""


def test_ability_rates_stored_runs_and_prunes(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "stock.md").write_text(TEXT, encoding="utf-8")
    exam, less = tmp_path / "exam.yaml", tmp_path / "less.yaml"
    runner = CliRunner()
    made = runner.invoke(main, ["exam", "--documents", str(tmp_path / "docs"), "--out", str(exam)])
    assert made.exit_code == 0, made.output
    given = ["--questions", str(exam)]
    for extra in ([], ["--set", "answer.min_confidence=1.0"], ["--set", "retrieval.passages=1"]):
        assert runner.invoke(main, [*given, *extra, "run"]).exit_code == 0
    assert runner.invoke(main, [*given, "ability", "--prune", "50"]).exit_code == 2
    rated = runner.invoke(main, [*given, "ability", "--prune", "50", "--out", str(less)])
    assert rated.exit_code == 0, rated.output
    assert "answer.min_confidence 0.2 → 1.0" in rated.output
    assert "split the configurations" in rated.output
    all_of = yaml.safe_load(exam.read_text())["questions"]
    left = yaml.safe_load(less.read_text())["questions"]
    assert len(left) == len(all_of) - len(all_of) // 2
    order = [line.split()[0] for line in rated.output.splitlines() if line.strip()[:1] in "+-"]
    assert [float(each) for each in order[:3]] == sorted(map(float, order[:3]), reverse=True)
