"""Leave-one-out in closed form, against fits that leave one out, and with planted wrong labels."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from eval_support import result

from eval.labels import check_labels, fit, without_each
from eval.results import Result


def results_of(count: int, seed: int) -> tuple[list[Result], dict[str, list[float]]]:
    chance = random.Random(seed)
    made, scores = [], {}
    for n in range(count):
        answerable = n % 3 != 0
        confidence = min(0.99, max(0.01, chance.gauss(0.8 if answerable else 0.15, 0.1)))
        each = result(n, True, confidence=confidence, expect="answer" if answerable else "refuse")
        made.append(each)
        scores[each.id] = [chance.gauss(0.8 if answerable else 0.5, 0.1), 0.4]
    return made, scores


def test_the_closed_form_is_a_fit_without_the_question() -> None:
    chance = np.random.default_rng(1)
    x = np.column_stack([np.ones(150), chance.normal(size=(150, 3))])
    y = (chance.random(150) < 1 / (1 + np.exp(-x @ np.array([0.3, 1.2, -0.8, 0.0])))).astype(float)
    whole, others = without_each(x, y)
    assert np.allclose(whole, fit(x, y))
    for n in range(0, 150, 10):
        kept = np.arange(150) != n
        exact = fit(x[kept], y[kept])
        assert np.abs(others[n] - exact).max() < 0.01
        assert np.abs(others[n] - exact).max() < 0.2 * np.abs(whole - exact).max() + 1e-4


def test_the_leverage_of_a_question_counts_in_a_small_set() -> None:
    chance = np.random.default_rng(1)
    x = np.column_stack([np.ones(40), chance.normal(size=(40, 3))])
    y = (chance.random(40) < 1 / (1 + np.exp(-x @ np.array([0.3, 1.2, -0.8, 0.0])))).astype(float)
    whole, others = without_each(x, y)
    rows = np.arange(40)
    exact = np.array([fit(x[rows != n], y[rows != n]) for n in rows])
    # .03 with the leverage, .12 without it
    assert np.abs(others - exact).mean() < 0.06 * np.abs(whole - exact).mean()


def test_planted_wrong_labels_come_first() -> None:
    found = 0
    for seed in range(20):
        results, scores = results_of(150, seed)
        wrong = set(random.Random(seed).sample(range(150), 5))
        swap = {"answer": "refuse", "refuse": "answer"}
        given = [
            replace(each, expect=swap[each.expect]) if n in wrong else each
            for n, each in enumerate(results)
        ]
        first = {each.id for each in check_labels(given, scores)[:5]}
        found += len(first & {results[n].id for n in wrong})
    assert found >= 95


def test_too_few_questions_and_one_kind_of_label_are_refused() -> None:
    results, scores = results_of(30, 0)
    with pytest.raises(ValueError, match="labels need 20 questions"):
        check_labels(results[:10], scores)
    with pytest.raises(ValueError, match="to answer and to refuse"):
        check_labels([each for each in results if each.expect == "answer"] * 2, scores)


def test_the_command_explains_itself() -> None:
    from eval.cli import main

    done = CliRunner().invoke(main, ["labels", "--help"])
    assert done.exit_code == 0
    assert "below 10 %" in done.output
