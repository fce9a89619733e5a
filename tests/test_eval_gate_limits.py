"""The gate just above and just below each of its limits, and what a comparison counts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from eval_support import result

from eval.compare import INVARIANTS, SECONDARY, compare
from eval.gate import decide, suspects
from eval.results import Result
from eval.statistics import clustered_interval, paired_score_interval


def answers(right: Sequence[bool | None]) -> list[Result]:
    return [result(i, each) for i, each in enumerate(right)]


def test_the_answers_are_judged_at_5_percent_and_not_at_the_secondary_level() -> None:
    """Six lost of a hundred have p = 2^-6 = .016."""
    verdict = decide(
        compare(answers([True] * 100), answers([False] * 6 + [True] * 94)), deterministic=True
    )
    assert [reason.rule for reason in verdict.reasons] == ["G2"]
    assert verdict.state == "regression"


def test_several_secondary_metrics_are_adjusted_together() -> None:
    """Seven falls have p = .008: enough for one metric, not beside a second one."""

    def measured(falls: int, **more: float) -> list[Result]:
        return [
            result(i, True, measures={"recall@5": 0.0 if i < falls else 1.0, **more})
            for i in range(100)
        ]

    alone = compare(measured(0), measured(7))
    beside = compare(measured(0, fact_recall=1.0), measured(7, fact_recall=1.0))
    assert decide(alone, deterministic=True).state == "regression"
    assert decide(beside, deterministic=True).state == "pass"
    delta = beside.delta("recall@5")
    assert delta is not None
    assert delta.p_holm == pytest.approx(2 * delta.p)


@pytest.mark.parametrize("metric", SECONDARY)
def test_every_secondary_metric_can_fail_the_gate(metric: str) -> None:
    base = [result(i, True, measures={metric: 1.0}) for i in range(60)]
    now = [result(i, True, measures={metric: 0.0 if i < 20 else 1.0}) for i in range(60)]
    verdict = decide(compare(base, now), deterministic=True)
    assert any(reason.text.startswith(f"{metric} fell") for reason in verdict.reasons)


@pytest.mark.parametrize("metric", INVARIANTS)
def test_what_cannot_fall_without_a_model_fails_at_one_question(metric: str) -> None:
    base = [result(i, True, measures={metric: 1.0}) for i in range(60)]
    now = [result(i, True, measures={metric: 0.9 if i == 4 else 1.0}) for i in range(60)]
    verdict = decide(compare(base, now), deterministic=True)
    assert (verdict.reasons[0].rule, verdict.reasons[0].questions) == ("G1", ("q004",))
    known = decide(compare(now, now), deterministic=True)
    assert known.state == "pass"
    assert any(f"{metric} on q004" in remark for remark in known.remarks)
    by_model = decide(compare(base, now, deterministic=False), deterministic=False)
    assert by_model.state == "pass"
    worse = [result(i, True, measures={metric: 0.0 if i < 20 else 1.0}) for i in range(60)]
    assert decide(compare(base, worse, deterministic=False), deterministic=False).state == (
        "regression"
    )
    delta = compare(base, now).delta(metric)
    assert delta is not None
    assert delta.p_holm is None  # it divides nobody's level


@pytest.mark.parametrize(("questions", "state"), [(60, "inconclusive"), (100, "pass")])
def test_a_drop_of_5_points_must_be_excluded(questions: int, state: str) -> None:
    """One lost: the 90 % interval reaches -7.1 points of 60 questions, -4.4 of 100."""
    base, now = [True] * questions, [False] + [True] * (questions - 1)
    comparison = compare(answers(base), answers(now))
    low = comparison.deltas[0].low90
    assert low == pytest.approx(-0.0713 if questions == 60 else -0.0436, abs=1e-4)
    assert decide(comparison, deterministic=True).state == state


def test_two_repeats_of_a_varying_assistant_prove_no_loss() -> None:
    def repeated(times: int, lost: bool) -> list[Result]:
        return [
            result(i, not (lost and i == 3), repeat=k) for i in range(100) for k in range(times)
        ]

    for times, found in ((2, 0), (3, 1)):
        comparison = compare(repeated(times, False), repeated(times, True))
        assert len(suspects(comparison, deterministic=False)) == found
        state = decide(comparison, deterministic=False).state
        assert state == ("regression" if found else "pass")


def test_right_is_what_more_than_half_of_the_repeats_were() -> None:
    base = [result(0, True, repeat=k) for k in range(3)]
    for rights, is_lost in (((True, False, False), True), ((True, True, False), False)):
        now = [result(0, right, repeat=k) for k, right in enumerate(rights)]
        assert bool(compare(base, now).lost) is is_lost
    half = compare(base[:2], [result(0, k == 0, repeat=k) for k in range(2)])
    assert len(half.lost) == 1


def test_questions_about_one_document_count_together_in_the_clustered_interval() -> None:
    """Eight of forty lost, all of one document: the clustered interval is the wider one."""

    def run(lost: int) -> list[Result]:
        return [result(i, i >= lost, cluster=f"d{i // 8}") for i in range(40)]

    delta = compare(run(0), run(8)).deltas[0]
    assert delta.clustered.high - delta.clustered.low > 1.5 * (
        delta.interval.high - delta.interval.low
    )
    differences = [-1.0] * 8 + [0.0] * 32
    wanted = clustered_interval(differences, [f"d{i // 8}" for i in range(40)])
    assert delta.clustered == wanted
    assert delta.interval == paired_score_interval(8, 0, 40)
    assert delta.low90 == paired_score_interval(8, 0, 40, 0.90).low  # type: ignore[union-attr]


def test_a_question_that_failed_in_one_repeat_is_measured_in_neither_run() -> None:
    """What could not be asked on one side says nothing of the other."""
    base = [result(i, True, repeat=k) for i in range(40) for k in range(2)]
    now = [
        result(i, None if i < 5 and k == 0 else True, repeat=k) for i in range(40) for k in range(2)
    ]
    comparison = compare(base, now)
    assert len(comparison.errors) == 5
    assert comparison.deltas[0].n == 35
    assert [each.n for each in comparison.slices if each.name == "type fact"] == [35]
