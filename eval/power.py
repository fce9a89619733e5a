"""The power of the gate's primary test for a question set, computed and not simulated.

The model: of ``n`` questions each is lost with probability ``churn + drop`` and gained with
probability ``churn``; the rest stay as they were. ``churn`` is change that means nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.extras import needs
from eval.statistics import STATISTICS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ALPHA = 0.05
MINIMAL_DROP = 0.02
"""A smaller drop of the share of right answers does not fail the gate."""
CHURN = 0.03
"""Share of questions that change each way without reason. With .03 the exact test sees a drop of
5 points on 50 questions with power .13 and on 300 with .81, one of 10 points on 100 with .77."""


def power(n: int, drop: float, churn: float = CHURN) -> float:
    """The chance that the gate fails on ``n`` questions when the share of right answers falls by
    ``drop`` (between 0 and 1): exact McNemar below ``ALPHA`` and a drop of ``MINIMAL_DROP``."""
    if not 0 < churn + drop + churn <= 1:
        raise ValueError(f"churn {churn} with drop {drop} is no probability")
    import numpy as np

    with needs(*STATISTICS):
        from scipy.stats import binom

    change = 2 * churn + drop
    changed = np.arange(n + 1)
    fails = binom.sf(_losses_to_fail(n) - 1, changed, (churn + drop) / change)
    return float(np.sum(binom.pmf(changed, n, change) * fails))


@lru_cache(maxsize=64)
def smallest_detectable_drop(n: int, churn: float = CHURN, wanted: float = 0.8) -> float | None:
    """The smallest drop, in steps of half a point, that the gate sees with power ``wanted``;
    ``None`` when not even a drop of 50 points is seen."""
    low, high = 1, 101  # half points; power grows with the drop
    while low < high:
        middle = (low + high) // 2
        if middle > 100 or power(n, middle / 200, churn) >= wanted:
            high = middle
        else:
            low = middle + 1
    return low / 200 if low <= 100 else None


def _losses_to_fail(n: int) -> NDArray[np.int64]:
    """For 0 to ``n`` changed questions the fewest losses that fail; above the count: never."""
    import numpy as np

    with needs(*STATISTICS):
        from scipy.stats import binom

    changed = np.arange(n + 1)
    significant = np.asarray(binom.isf(ALPHA, changed, 0.5), dtype=np.int64) + 1
    large = np.asarray(np.ceil((changed + MINIMAL_DROP * n) / 2 - 1e-9), dtype=np.int64)
    return np.maximum(significant, large)
