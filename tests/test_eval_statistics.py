"""Tests and intervals against scipy and by hand, and the figures that the gate rests on.

Seeded simulations: with these seeds the numbers are what they are; the bounds leave room for
another version of numpy's generator.
"""

from __future__ import annotations

import math
import warnings
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from eval import statistics
from eval.power import _losses_to_fail, power, smallest_detectable_drop

differences = st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.25, 1.0]), max_size=9)


# ---------------------------------------------------------------- tests


@pytest.mark.parametrize(
    ("lost", "gained"), [(5, 0), (7, 1), (9, 2)]
)  # what evaluation needs for p < .05
def test_mcnemar_needs_these_losses_against_gains(lost: int, gained: int) -> None:
    assert statistics.mcnemar_worse(lost, gained) < 0.05
    assert statistics.mcnemar_worse(lost - 1, gained) >= 0.05


def test_mcnemar_is_one_sided_and_1_without_change() -> None:
    assert statistics.mcnemar_worse(0, 0) == 1.0
    assert statistics.mcnemar_worse(0, 9) == 1.0
    assert statistics.mcnemar_worse(3, 1) == pytest.approx(5 / 16)
    with pytest.raises(ValueError, match="negative"):
        statistics.mcnemar_worse(-1, 2)


@given(differences)
def test_sign_flips_count_all_patterns_when_there_are_few(values: list[float]) -> None:
    p = statistics.sign_flip_worse(values)
    changed = [each for each in values if each]
    patterns = list(product((1, -1), repeat=len(changed)))
    below = sum(
        sum(s * abs(v) for s, v in zip(signs, changed, strict=True)) <= sum(changed) + 1e-9
        for signs in patterns
    )
    assert p == pytest.approx(below / len(patterns))


def test_sign_flips_on_binary_outcomes_are_mcnemar() -> None:
    for lost, gained in ((5, 0), (7, 1), (9, 2), (3, 3), (30, 12)):
        values = [-1.0] * lost + [1.0] * gained + [0.0] * 50
        assert statistics.sign_flip_worse(values) == pytest.approx(
            statistics.mcnemar_worse(lost, gained), abs=0.004
        )


def test_sign_flips_agree_with_scipy_beyond_the_exact_limit() -> None:
    values = list(np.random.default_rng(3).normal(-0.1, 0.4, 60))
    theirs = stats.permutation_test(
        (values,), np.mean, permutation_type="samples", n_resamples=20_000, alternative="less",
        rng=np.random.default_rng(1),
    ).pvalue  # fmt: skip
    assert statistics.sign_flip_worse(values) == pytest.approx(float(theirs), abs=0.006)
    assert statistics.sign_flip_worse(values) == statistics.sign_flip_worse(values)  # seeded


def test_holm_by_hand_and_in_the_order_given() -> None:
    assert statistics.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert statistics.holm([0.9, 0.8]) == [1.0, 1.0]
    assert statistics.holm([]) == []


# ---------------------------------------------------------------- intervals


def test_paired_score_intervals_stay_inside_and_are_symmetric() -> None:
    """Tango 1998, table I: 50 pairs, 1 against 9 → [.044, .293]... by its equations."""
    for lost, gained, n in ((1, 9, 50), (10, 0, 10), (0, 0, 30), (3, 2, 7), (0, 1, 1)):
        found = statistics.paired_score_interval(lost, gained, n)
        mirrored = statistics.paired_score_interval(gained, lost, n)
        assert found is not None
        assert mirrored is not None
        assert -1.0 <= found.low <= found.estimate <= found.high <= 1.0
        assert found.low == pytest.approx(-mirrored.high, abs=1e-9)
    assert statistics.paired_score_interval(0, 0, 0) is None
    nothing = statistics.paired_score_interval(0, 0, 30)
    assert nothing is not None
    z2 = 1.959964**2
    assert nothing.high == pytest.approx(z2 / (30 + z2), abs=1e-6)  # by hand
    with pytest.raises(ValueError, match="not possible"):
        statistics.paired_score_interval(3, 3, 5)


def test_paired_score_intervals_cover_what_they_say() -> None:
    random = np.random.default_rng(2)
    for n, p_lost, p_gained in ((20, 0.05, 0.1), (50, 0.02, 0.04), (150, 0.05, 0.05)):
        counts = random.multinomial(n, [p_lost, p_gained, 1 - p_lost - p_gained], size=800)
        covered = 0
        for lost, gained, _ in counts:
            found = statistics.paired_score_interval(int(lost), int(gained), n)
            assert found is not None
            covered += found.low <= p_gained - p_lost <= found.high
        assert covered / len(counts) >= 0.93


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=30))
def test_t_interval_is_that_of_scipy(values: list[float]) -> None:
    mine = statistics.t_interval(values)
    assert mine is not None
    if np.std(values) < 1e-8:
        assert (mine.low, mine.high) == pytest.approx((mine.estimate,) * 2, abs=1e-6)
        return
    low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
    assert (mine.low, mine.high) == pytest.approx((low, high), abs=1e-7)


@given(st.integers(0, 60), st.integers(0, 60))
def test_wilson_is_that_of_scipy(successes: int, more: int) -> None:
    n = successes + more
    mine = statistics.wilson(successes, n)
    if n == 0:
        assert mine is None
        return
    theirs = stats.binomtest(successes, n).proportion_ci(0.95, "wilson")
    assert mine is not None
    assert (mine.low, mine.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_clusters_that_fall_together_widen_the_interval() -> None:
    values = [-1.0] * 5 + [0.0] * 45
    names = [f"d{n // 5}" for n in range(50)]
    together, alone = statistics.clustered_interval(values, names), statistics.t_interval(values)
    assert together is not None
    assert alone is not None
    assert together.estimate == alone.estimate
    assert together.high - together.low > 1.8 * (alone.high - alone.low)
    singles = statistics.clustered_interval(values, [str(n) for n in range(50)])
    assert singles is not None
    assert singles.low == pytest.approx(alone.low, abs=1e-9)


def test_nothing_has_no_mean_and_one_value_no_limits() -> None:
    """numpy's mean of nothing is NaN with a warning; a NaN in a gate is never below a limit."""
    assert statistics.mean([]) is None
    assert statistics.t_interval([]) is None
    assert statistics.quantile([], 0.95) is None
    one = statistics.t_interval([0.3])
    assert one == statistics.Interval(0.3, -math.inf, math.inf)


@pytest.mark.parametrize(
    "call",
    [
        statistics.mean,
        statistics.t_interval,
        statistics.sign_flip_worse,
        statistics.holm,
        lambda values: statistics.quantile(values, 0.5),
        lambda values: statistics.clustered_interval(values, ["a"] * len(values)),
    ],
)
def test_a_silent_nan_is_an_error_everywhere(call: Any) -> None:
    with pytest.raises(ValueError, match="does not apply is None"):
        call([0.5, math.nan])


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=20), st.floats(0, 1))
def test_quantile_is_that_of_numpy(values: list[float], share: float) -> None:
    assert statistics.quantile(values, share) == pytest.approx(float(np.quantile(values, share)))


# ---------------------------------------------------------------- what a set can see


@pytest.mark.parametrize(
    ("n", "drop", "published"), [(50, 0.05, 0.13), (300, 0.05, 0.81), (100, 0.10, 0.78)]
)
def test_power_of_the_gate_is_as_published(n: int, drop: float, published: float) -> None:
    assert power(n, drop) == pytest.approx(published, abs=0.01)


def test_power_is_that_of_a_simulation() -> None:
    random = np.random.default_rng(7)
    churn, drop, n = 0.03, 0.06, 150
    fails = _losses_to_fail(n)
    draws = random.multinomial(n, [churn + drop, churn, 1 - 2 * churn - drop], size=20_000)
    failed = draws[:, 0] >= fails[draws[:, 0] + draws[:, 1]]
    assert power(n, drop, churn) == pytest.approx(float(failed.mean()), abs=0.01)


@pytest.mark.parametrize("n", [30, 100, 302])
def test_the_smallest_detectable_drop_is_the_smallest(n: int) -> None:
    drop = smallest_detectable_drop(n)
    assert drop is not None
    assert power(n, drop) >= 0.8 > power(n, drop - 0.005)


def test_losses_to_fail_agree_with_the_exact_test() -> None:
    for n in (40, 300):
        for changed, least in enumerate(_losses_to_fail(n)[:60]):
            for lost in range(changed + 1):
                fails = (
                    statistics.mcnemar_worse(lost, changed - lost) < 0.05
                    and 2 * lost - changed >= 0.02 * n - 1e-9
                )
                assert fails == (lost >= least), (n, changed, lost)


# ---------------------------------------------------------------- why these methods


def flips(churn: float, n: int, runs: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Losses and gains of runs in which nothing changed but chance."""
    draws = np.random.default_rng(n).multinomial(n, [churn, churn, 1 - 2 * churn], size=runs)
    return draws[:, 0], draws[:, 1]


def test_naive_gates_alarm_falsely_and_the_exact_test_does_not() -> None:
    """Published: mean fell a point 23 to 43 %, any question lost 64 to 100 %, McNemar ≤ 3.4 %."""
    fell, any_lost, exact = [], [], []
    for churn in (0.02, 0.03, 0.04):
        for n in (50, 100, 200, 300):
            lost, gained = flips(churn, n)
            fell.append(float(np.mean((lost - gained) / n >= 0.01 - 1e-9)))
            any_lost.append(float(np.mean(lost > 0)))
            exact.append(float(np.mean(lost >= _losses_to_fail(n)[lost + gained])))
    assert min(fell) == pytest.approx(0.23, abs=0.01)
    assert max(fell) == pytest.approx(0.43, abs=0.015)
    assert min(any_lost) == pytest.approx(0.64, abs=0.01)
    assert max(any_lost) == pytest.approx(1.0, abs=0.001)
    assert max(exact) <= 0.036


def test_bca_covers_too_little_on_sparse_differences_and_student_does_not() -> None:
    """Published: scipy's default bootstrap covers 86 % instead of 95 % at n = 50."""
    random = np.random.default_rng(2)
    bca = student = 0
    runs = 1_000
    for _ in range(runs):
        values = random.choice([-1.0, 1.0, 0.0], p=[0.03, 0.03, 0.94], size=50)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            limits = stats.bootstrap(
                (values,), np.mean, n_resamples=499, method="BCa", rng=random
            ).confidence_interval
        bca += limits.low <= 0.0 <= limits.high
        mine = statistics.t_interval(list(values))
        assert mine is not None
        student += mine.low <= 0.0 <= mine.high
    assert bca / runs == pytest.approx(0.86, abs=0.03)
    assert student / runs >= 0.93
