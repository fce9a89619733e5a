"""The rules of the gate one by one, and its rates of false alarms and of catches, simulated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from eval_support import result

from eval.compare import Comparison, compare
from eval.gate import Budgets, GateVerdict, confirmations_needed, decide, suspects
from eval.results import Result
from eval.summary import Operation, Timing

N = 300


def runs_of(
    n: int,
    lost: Sequence[int] = (),
    gained: Sequence[int] = (),
    wrong: Sequence[int] = (),
    critical: Sequence[int] = (),
) -> tuple[list[Result], list[Result]]:
    """Two runs of ``n`` questions; all right in both but for what is named."""

    def made(number: int, correct: bool) -> Result:
        return result(number, correct, severity="critical" if number in critical else "normal")

    base = [made(i, i not in {*gained, *wrong}) for i in range(n)]
    now = [made(i, i not in {*lost, *wrong}) for i in range(n)]
    return base, now


def gate(
    base: Sequence[Result], now: Sequence[Result], *, deterministic: bool = True, **more: object
) -> GateVerdict:
    return decide(compare(base, now), deterministic=deterministic, **more)  # type: ignore[arg-type]


# ---------------------------------------------------------------- G0


def test_an_unchanged_run_passes() -> None:
    verdict = gate(*runs_of(N, wrong=range(40)))
    assert (verdict.state, verdict.exit_code(strict=True)) == ("pass", 0)
    assert not verdict.reasons


def test_a_baseline_of_other_questions_is_invalid() -> None:
    base, now = runs_of(N)
    other = [replace(each, id=f"x{each.id}") for each in base]
    verdict = gate(other, now)
    assert (verdict.state, verdict.exit_code()) == ("invalid", 4)
    reworded = [replace(each, fingerprint=f"x{each.id}") for each in base]
    assert gate(reworded, now).exit_code() == 4


def test_too_little_overlap_is_invalid() -> None:
    base, now = runs_of(N)
    assert gate(base[:100], now).state == "invalid"
    assert gate(base[:200], now).state == "pass"


def test_hard_breaks_decide_in_a_set_of_any_size() -> None:
    """Below 30 questions only the mean is inconclusive, not the gate."""
    base, now = runs_of(5)
    assert (gate(base, now).state, gate(base, now).exit_code(strict=True)) == ("pass", 0)
    lost = gate(*runs_of(5, lost=[1], critical=[1]))
    assert (lost.exit_code(), lost.reasons[0].rule) == (1, "G1")
    unsure = gate(*runs_of(5, lost=[1]))
    assert (unsure.state, unsure.exit_code(), unsure.exit_code(strict=True)) == (
        "inconclusive", 0, 3,
    )  # fmt: skip
    assert unsure.reasons[0].questions == ("q001",)
    assert gate(*runs_of(20, lost=range(8))).exit_code() == 1  # exact at any size


def test_what_the_baseline_does_not_guard_is_said() -> None:
    verdict = gate(*runs_of(N, wrong=[3, 5], gained=[9], critical=[3, 5, 7]))
    assert verdict.state == "pass"
    said = "\n".join(verdict.remarks)
    assert "2 of 3 critical questions are wrong in the baseline" in said
    assert "1 gained questions are not in the baseline" in said
    assert "q003, q005" in said
    assert "q009" in said


def sure(right: int, certain: float) -> list[Result]:
    """100 answers, all with one confidence but the wrong ones', which have the same."""
    return [replace(result(i, i < right), confidence=certain + 0.001 * (i < right))
            for i in range(100)]  # fmt: skip


def test_confidence_that_becomes_worse_than_a_constant_fails() -> None:
    honest = [replace(each, confidence=0.9 if each.correct else 0.1) for each in sure(80, 0.0)]
    assert gate(honest, sure(80, 0.3)).reasons[0].rule == "G4"
    assert gate(honest, honest).state == "pass"
    known = gate(sure(80, 0.3), sure(80, 0.3))
    assert known.state == "pass"
    assert any("worth less than a constant" in remark for remark in known.remarks)


def test_errors_above_two_percent_are_invalid_and_below_are_left_out() -> None:
    base, now = runs_of(N)
    many = [result(i, None) if i < 7 else each for i, each in enumerate(now)]
    assert gate(base, many).state == "invalid"
    few = [result(i, None) if i < 6 else each for i, each in enumerate(now)]
    verdict = gate(base, few)
    assert verdict.state == "pass"
    assert any("6 questions ended in an error" in remark for remark in verdict.remarks)


def test_questions_that_came_or_went_are_named() -> None:
    base, now = runs_of(100)
    verdict = gate(base[5:], now[:-5])
    assert any("5 of the baseline's questions" in remark for remark in verdict.remarks)
    assert any("5 questions are not in the baseline" in remark for remark in verdict.remarks)


# ---------------------------------------------------------------- G1


def test_one_critical_question_lost_fails_whatever_was_gained() -> None:
    base, now = runs_of(N, lost=[3], gained=range(10, 40), critical=[3])
    verdict = gate(base, now)
    assert verdict.exit_code() == 1
    assert verdict.reasons[0].rule == "G1"
    assert verdict.reasons[0].questions == ("q003",)


def test_one_normal_question_lost_passes() -> None:
    assert gate(*runs_of(N, lost=[3], critical=[4])).state == "pass"


def test_a_critical_question_that_fails_with_an_error_is_lost() -> None:
    base, now = runs_of(N, critical=[3])
    now[3] = result(3, None, severity="critical")
    assert gate(base, now).reasons[0].rule == "G1"


def test_a_critical_question_that_was_wrong_before_is_not_lost() -> None:
    assert gate(*runs_of(N, wrong=[3], critical=[3])).state == "pass"


def test_a_suspect_that_is_right_when_asked_again_is_cleared() -> None:
    base, now = runs_of(N, lost=[3], critical=[3])
    again = result(3, True, severity="critical")
    assert gate(base, now, again={"q003": [again]}).state == "pass"
    assert gate(base, now, again={"q003": [replace(again, correct=False)]}).state == "regression"


def repeated(base: Sequence[Result], outcomes: Sequence[Sequence[bool]]) -> list[Result]:
    return [
        replace(each, correct=right, repeat=k)
        for each, row in zip(base, outcomes, strict=True)
        for k, right in enumerate(row)
    ]


def test_with_a_varying_model_a_single_loss_is_inconclusive_and_a_stable_one_fails() -> None:
    base, now = runs_of(N, lost=[3], critical=[3])
    verdict = gate(base, now, deterministic=False)
    assert (verdict.state, verdict.exit_code(), verdict.exit_code(strict=True)) == (
        "inconclusive", 0, 3,
    )  # fmt: skip
    before = repeated(base, [[True] * 3] * N)
    after = repeated(base, [[i != 3] * 3 for i in range(N)])
    assert gate(before, after, deterministic=False).reasons[0].rule == "G1"
    once = repeated(base, [[i != 3, i != 3, True] for i in range(N)])
    assert gate(before, once, deterministic=False).state == "pass"


def test_a_varying_models_normal_question_that_never_comes_right_again_fails_too() -> None:
    base, _ = runs_of(N)
    before = repeated(base, [[True] * 3] * N)
    after = repeated(base, [[i != 3] * 3 for i in range(N)])
    (pair,) = suspects(compare(before, after), deterministic=False)
    assert confirmations_needed(pair, deterministic=False) == 6
    assert "right in every repeat before" in gate(before, after, deterministic=False).sentence


# ---------------------------------------------------------------- G2 and G2b


def test_a_significant_drop_fails_and_names_the_figures() -> None:
    verdict = gate(*runs_of(N, lost=range(12), gained=range(20, 22)))
    assert verdict.exit_code() == 1
    assert verdict.reasons[0].rule == "G2"
    assert "correct fell from 99.3% to 96.0%" in verdict.reasons[0].text


def test_a_significant_but_tiny_drop_passes() -> None:
    base, now = runs_of(N, lost=range(5))
    assert compare(base, now).deltas[0].p < 0.05
    assert gate(base, now).state == "pass"


def test_a_drop_that_cannot_be_excluded_is_inconclusive() -> None:
    base, now = runs_of(40, lost=[1, 2], gained=[3])
    verdict = gate(base, now)
    assert verdict.reasons[0].rule == "G2b"
    assert (verdict.exit_code(), verdict.exit_code(strict=True)) == (0, 3)


def measured(values: Sequence[float], metric: str) -> list[Result]:
    return [result(i, True, measures={metric: value}) for i, value in enumerate(values)]


def test_a_secondary_metric_that_falls_fails_by_name() -> None:
    verdict = gate(measured([1.0] * 100, "recall@5"),
                   measured([0.5] * 20 + [1.0] * 80, "recall@5"))  # fmt: skip
    assert verdict.exit_code() == 1
    assert verdict.reasons[0].text.startswith("recall@5 fell from 100.0% to 90.0%")


def test_a_secondary_metric_needs_stronger_evidence_than_the_answers() -> None:
    """Six falls in a hundred have p = 2^-6 = .016: enough at .05, not enough at .01."""
    base = measured([1.0] * 100, "recall@5")
    now = measured([0.0] * 6 + [1.0] * 94, "recall@5")
    delta = compare(base, now).delta("recall@5")
    assert delta is not None
    assert 0.01 < (delta.p_holm or 0) < 0.05
    assert gate(base, now).state == "pass"
    worse = measured([0.0] * 7 + [1.0] * 93, "recall@5")
    assert gate(base, worse).state == "regression"


def test_a_metric_that_rises_never_fails() -> None:
    verdict = gate(measured([0.5] * 100, "recall@5"), measured([1.0] * 100, "recall@5"))
    assert verdict.state == "pass"


def test_a_metric_that_no_longer_applies_is_not_taken_for_0() -> None:
    base = measured([1.0] * 100, "citation_recall")
    now = [replace(each, measures={"citation_recall": None}) for each in base]
    comparison = compare(base, now)
    assert comparison.delta("citation_recall") is None
    assert gate(base, now).state == "pass"


# ---------------------------------------------------------------- G3


@pytest.mark.parametrize(
    ("operation", "state"),
    [
        (Operation({"total": Timing(9, 1.0, 4.9)}), "pass"),
        (Operation({"total": Timing(9, 1.0, 5.1)}), "regression"),
        (Operation({}, cost=3.1, questions=300), "regression"),
        (Operation({}, cost=2.9, questions=300), "pass"),
    ],
)
def test_budgets(operation: Operation, state: str) -> None:
    budgets = Budgets(p95_seconds=5.0, cost_per_question=0.01)
    verdict = gate(*runs_of(N), operation=operation, budgets=budgets)
    assert verdict.state == state
    assert state == "pass" or verdict.reasons[0].rule == "G3"


def test_verdict_says_what_the_set_can_see() -> None:
    assert "300 questions can see a drop of 5 points (power 80 %)" in gate(*runs_of(N)).remarks


def test_slices_with_few_questions_are_marked() -> None:
    base, now = runs_of(40, lost=[1])
    tagged = [replace(each, tags=("rare",) if i < 9 else ()) for i, each in enumerate(now)]
    slices = {each.name: each for each in compare(base, tagged).slices}
    assert (slices["tag rare"].n, slices["tag rare"].is_small, slices["tag rare"].lost) == (
        9,
        True,
        1,
    )
    assert not slices["type fact"].is_small


# ---------------------------------------------------------------- rates

METRIC_NOISE = ("recall@5", "citation_precision", "fact_recall")


def noisy_pair(random: np.random.Generator, n: int, churn: float) -> Comparison:
    """Two runs of an assistant that varies: ``churn`` of the answers flip each way by chance,
    and so do the secondary metrics of single questions."""
    was = random.random(n) < 0.8
    lost = was & (random.random(n) < churn / 0.8)
    gained = ~was & (random.random(n) < churn / 0.2)
    now = (was & ~lost) | gained
    shifts = {name: random.choice([-0.5, 0.5, 0.0], size=n, p=[churn, churn, 1 - 2 * churn])
              for name in METRIC_NOISE}  # fmt: skip

    def made(right: np.ndarray, moved: bool) -> list[Result]:
        return [
            result(i, bool(right[i]), severity="critical" if i % 4 == 0 else "normal",
                   measures={m: 0.5 + (float(v[i]) if moved else 0.0) for m, v in shifts.items()})
            for i in range(n)
        ]  # fmt: skip

    return compare(made(was, False), made(now, True))


@pytest.mark.parametrize(
    ("n", "churn", "rounds"), [(60, 0.04, 150), (150, 0.03, 100), (300, 0.02, 60)]
)
def test_false_alarms_stay_below_5_percent_when_nothing_changed(
    n: int, churn: float, rounds: int
) -> None:
    random = np.random.default_rng(n)
    alarms = 0
    for _ in range(rounds):
        comparison = noisy_pair(random, n, churn)
        alarms += decide(comparison, deterministic=False).state == "regression"
    assert alarms / rounds <= 0.05


def test_false_alarms_stay_below_5_percent_with_repeats_and_flaky_questions() -> None:
    """A twelfth of the questions are coins of every bias; each run asks three times, and a
    suspect is asked six times more."""
    random = np.random.default_rng(11)
    n, repeats, rounds, alarms = 120, 3, 100, 0
    for _ in range(rounds):
        chance = np.where(random.random(n) < 1 / 12, random.random(n), random.random(n) < 0.8)
        plain = [result(i, True, severity="critical" if i % 4 == 0 else "normal") for i in range(n)]
        rolls = random.random((2, n, repeats)) < chance[:, None]
        comparison = compare(repeated(plain, rolls[0].tolist()), repeated(plain, rolls[1].tolist()))
        again = {
            pair.id: [
                replace(pair.now[0], correct=bool(random.random() < chance[int(pair.id[1:])]))
                for _ in range(confirmations_needed(pair, deterministic=False))
            ]
            for pair in suspects(comparison, deterministic=False)
        }
        alarms += decide(comparison, deterministic=False, again=again).state == "regression"
    assert alarms / rounds <= 0.05


def test_one_broken_critical_question_is_caught_at_least_95_times_in_100() -> None:
    random = np.random.default_rng(5)
    rounds, caught = 60, 0
    for _ in range(rounds):
        chance = np.where(random.random(N) < 0.05, random.random(N), 1.0)
        chance[0] = 1.0
        plain = [result(i, True, severity="critical" if i % 4 == 0 else "normal") for i in range(N)]
        before = random.random((N, 3)) < chance[:, None]
        after = random.random((N, 3)) < chance[:, None]
        after[0] = False  # the broken one
        comparison = compare(repeated(plain, before.tolist()), repeated(plain, after.tolist()))
        again = {
            pair.id: [
                replace(pair.now[0], correct=pair.id != "q000" and bool(random.random() < 0.5))
            ]
            for pair in suspects(comparison, deterministic=False)
        }
        verdict = decide(comparison, deterministic=False, again=again)
        caught += any(r.rule == "G1" and "q000" in r.questions for r in verdict.reasons)
    assert caught / rounds >= 0.95
