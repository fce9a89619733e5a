"""Paired tests and intervals on plain sequences; scipy is imported where it is used.

Differences are candidate - base, higher is better. Every test here is one-sided: is the
candidate *worse*? Which method and why is in the docstrings; the figures were simulated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.extras import needs

STATISTICS = ("eval", "The evaluation")
"""The extra that brings scipy, and what it is for."""

PERMUTATIONS = 20_000
EXACT_LIMIT = 14
"""With up to so many non-zero differences all sign patterns are counted, not sampled."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its limits; all three in the unit of the metric."""

    estimate: float
    low: float
    high: float


def mcnemar_worse(lost: int, gained: int) -> float:
    """Exact one-sided McNemar: the chance of at least ``lost`` losses among the questions that
    changed, if a change were as likely to be a gain (McNemar 1947). 1.0 when nothing changed.

    At 50 to 300 questions its false-alarm rate is at most 3.4 %, because it is discrete.
    """
    if lost < 0 or gained < 0:
        raise ValueError(f"{lost} lost, {gained} gained: counts cannot be negative")
    if lost + gained == 0:
        return 1.0
    with needs(*STATISTICS):
        from scipy.stats import binomtest

    return float(binomtest(lost, lost + gained, 0.5, alternative="greater").pvalue)


def sign_flip_worse(differences: Sequence[float], seed: int = 0) -> float:
    """Sign-flip permutation test of paired differences: the chance of a mean at most as high as
    observed, if each difference's sign were a coin toss (Fisher 1935).

    Exact up to ``EXACT_LIMIT`` non-zero differences, else by ``PERMUTATIONS`` seeded draws, with
    the observed one counted in, so that it is never 0.
    """
    import numpy as np

    _check(differences)
    changed = np.array([each for each in differences if each != 0.0])
    if not len(changed):
        return 1.0
    observed = changed.sum()
    tolerance = 1e-9 * np.abs(changed).sum()
    if len(changed) <= EXACT_LIMIT:
        patterns = np.arange(2 ** len(changed))[:, None] >> np.arange(len(changed)) & 1
        sums = (1.0 - 2.0 * patterns) @ np.abs(changed)
        return float(np.mean(sums <= observed + tolerance))
    random = np.random.default_rng(seed)
    below, block = 0, 2_000
    for _ in range(PERMUTATIONS // block):
        signs = random.integers(0, 2, size=(block, len(changed)), dtype=np.int8) * 2 - 1
        below += int(np.sum(signs @ np.abs(changed) <= observed + tolerance))
    return (below + 1) / (PERMUTATIONS + 1)


def t_interval(values: Sequence[float], confidence: float = 0.95) -> Interval | None:
    """Student's interval of a mean. ``None`` for no values; one value has no spread, so its
    limits are infinite. (The BCa bootstrap covers 86 % instead of 95 % on sparse differences.)
    """
    _check(values)
    if not values:
        return None
    mean = math.fsum(values) / len(values)
    if len(values) == 1:
        return Interval(mean, -math.inf, math.inf)
    spread = math.fsum((each - mean) ** 2 for each in values) / (len(values) - 1)
    if spread <= 1e-18:
        return Interval(mean, mean, mean)
    with needs(*STATISTICS):
        from scipy.stats import t

    half = float(t.ppf((1 + confidence) / 2, len(values) - 1)) * math.sqrt(spread / len(values))
    return Interval(mean, mean - half, mean + half)


def clustered_interval(
    values: Sequence[float], clusters: Sequence[str], confidence: float = 0.95
) -> Interval | None:
    """Interval of a mean whose values come in clusters (Cameron & Miller 2015, CR1).

    Questions about one document fall together; treating them as independent is too sure.
    """
    _check(values)
    if not values:
        return None
    mean = math.fsum(values) / len(values)
    sums: dict[str, float] = {}
    for value, cluster in zip(values, clusters, strict=True):
        sums[cluster] = sums.get(cluster, 0.0) + value - mean
    groups = len(sums)
    if groups < 2:
        return t_interval(values, confidence)
    with needs(*STATISTICS):
        from scipy.stats import t

    variance = math.fsum(each * each for each in sums.values()) * groups / (groups - 1)
    half = float(t.ppf((1 + confidence) / 2, groups - 1)) * math.sqrt(variance) / len(values)
    return Interval(mean, mean - half, mean + half)


def wilson(successes: int, n: int, confidence: float = 0.95) -> Interval | None:
    """Wilson's interval of a proportion (1927): never outside of 0 to 1, right at 0 and n."""
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is not a proportion")
    if n == 0:
        return None
    from statistics import NormalDist

    z = NormalDist().inv_cdf((1 + confidence) / 2)
    rate, factor = successes / n, 1 + z * z / n
    centre = (rate + z * z / (2 * n)) / factor
    half = z / factor * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    return Interval(rate, max(0.0, centre - half), min(1.0, centre + half))


def paired_score_interval(
    lost: int, gained: int, n: int, confidence: float = 0.95
) -> Interval | None:
    """Tango's score interval of a difference of paired shares (1998): never outside of -1 to 1,
    and of some width where nothing changed, because few questions prove little."""
    if n == 0:
        return None
    if lost < 0 or gained < 0 or lost + gained > n:
        raise ValueError(f"{lost} lost and {gained} gained of {n} is not possible")
    from statistics import NormalDist

    z = NormalDist().inv_cdf((1 + confidence) / 2)
    estimate = (gained - lost) / n

    def distance(delta: float) -> float:
        b = (2 * n - gained + lost) * delta - gained - lost
        c = -lost * delta * (1 - delta)
        share = (math.sqrt(max(0.0, b * b - 8 * n * c)) - b) / (4 * n)
        spread = n * (2 * share + delta * (1 - delta))
        away = gained - lost - n * delta
        return away / math.sqrt(spread) if spread > 0 else math.copysign(math.inf, away)

    def limit(end: float, wanted: float) -> float:
        near, far = estimate, end
        for _ in range(60):
            middle = (near + far) / 2
            if abs(distance(middle)) < wanted:
                near = middle
            else:
                far = middle
        return near

    return Interval(estimate, limit(-1.0, z), limit(1.0, z))


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p values (1979), in the order given: compare each with alpha."""
    _check(p_values)
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for place, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - place) * p_values[index]))
        adjusted[index] = highest
    return adjusted


def quantile(values: Sequence[float], share: float) -> float | None:
    """The value below which a share of the values lies, interpolated; ``None`` without values."""
    _check(values)
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def mean(values: Sequence[float]) -> float | None:
    """The arithmetic mean; ``None``, never NaN, without values."""
    _check(values)
    return math.fsum(values) / len(values) if values else None


def _check(values: Sequence[float]) -> None:
    for each in values:
        if not math.isfinite(each):
            raise ValueError(f"{each} among the values: a metric that does not apply is None")
