"""Two runs → what changed, question by question. Pure; decides nothing (that is ``gate``).

Questions are paired by id *and* fingerprint: one whose wording or facts changed is not the same
question. A pair with an error on either side is left out of the tests and counted apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.results import Result
from eval.statistics import (
    Interval,
    clustered_interval,
    holm,
    mcnemar_worse,
    mean,
    paired_score_interval,
    sign_flip_worse,
    t_interval,
)
from eval.summary import (
    DERIVED,
    METRICS,
    PRIMARY,
    PROPORTIONS,
    by_question,
    is_error,
    is_right,
    value_of,
)

SECONDARY = (
    "refused_where_due",
    "fact_recall",
    "gold_citation_recall",
    "answer_precision",
    "first_on_evidence",
    "recall@5",
    "ndcg@10",
)
"""Tested beside the primary metric; their p values are adjusted together (Holm)."""

INVARIANTS = ("numbers_grounded", "citation_recall", "citation_precision", "quote_fidelity")
"""Without a model these are 100 % by construction: one question below that is a fault, and no
test is needed. An answer by a model can break them, so there they are tested like SECONDARY."""

SMALL_SLICE = 10
"""A slice of fewer questions is shown, greyed, and nothing is concluded from it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One question in both runs, with all repeats of each."""

    id: str
    base: tuple[Result, ...]
    now: tuple[Result, ...]

    @property
    def is_broken(self) -> bool:
        """Whether it could not be asked on one of the sides."""
        return is_error(self.base) or is_error(self.now)

    @property
    def was_right(self) -> bool:
        """Right in most repeats of the base run; an error is not right."""
        return not is_error(self.base) and is_right(self.base)

    @property
    def is_right(self) -> bool:
        """Right in most repeats of the candidate."""
        return not is_error(self.now) and is_right(self.now)


@dataclass(frozen=True, slots=True)
class Difference:
    """How a metric moved over the ``n`` questions on which both runs have a value.

    ``interval`` is the 95 % interval of the paired difference: Tango's score interval for shares
    of questions, else Student's; ``clustered`` is Student's with questions about one document
    taken together; ``low90`` is the lower end of the 90 % interval. None leaves -1 to 1.
    ``p`` is one-sided for "worse": exact McNemar for the primary metric, else sign flips;
    ``p_holm`` is ``p`` adjusted over the secondary metrics, ``None`` where it is not tested.
    """

    metric: str
    n: int
    base: float
    now: float
    delta: float
    interval: Interval
    clustered: Interval
    low90: float
    p: float
    p_holm: float | None = None


@dataclass(frozen=True, slots=True)
class SliceDelta:
    """The primary metric of one slice; ``is_small`` says that nothing follows from it."""

    name: str
    n: int
    base: float
    now: float
    lost: int
    gained: int

    @property
    def is_small(self) -> bool:
        """Too few questions to conclude from."""
        return self.n < SMALL_SLICE


@dataclass(frozen=True, slots=True)
class Comparison:
    """All there is between two runs. ``only_base`` and ``only_now`` are ids that the other run
    does not have, ``changed`` ids whose question is another one now."""

    pairs: tuple[Pair, ...]
    only_base: tuple[str, ...]
    only_now: tuple[str, ...]
    changed: tuple[str, ...]
    errors: tuple[str, ...]
    deltas: tuple[Difference, ...]
    slices: tuple[SliceDelta, ...]

    @property
    def lost(self) -> tuple[Pair, ...]:
        """Right before, not now."""
        return tuple(pair for pair in self.pairs if pair.was_right and not pair.is_right)

    @property
    def gained(self) -> tuple[Pair, ...]:
        """Not right before, right now."""
        return tuple(pair for pair in self.pairs if pair.is_right and not pair.was_right)

    def delta(self, metric: str) -> Difference | None:
        """The difference in one metric, if it applies to any pair."""
        return next((each for each in self.deltas if each.metric == metric), None)


def compare(
    base: Sequence[Result], now: Sequence[Result], deterministic: bool = True
) -> Comparison:
    """Pair two runs and measure every difference. ``deterministic``: neither is by a model."""
    before, after = by_question(base), by_question(now)
    both = [name for name in after if name in before]
    changed = [n for n in both if before[n][0].fingerprint != after[n][0].fingerprint]
    pairs = tuple(
        Pair(name, tuple(before[name]), tuple(after[name]))
        for name in both
        if name not in set(changed)
    )
    whole = [pair for pair in pairs if not pair.is_broken]
    measured = {name for result in now for name in result.measures} | set(DERIVED)
    metrics = [metric for metric in METRICS if metric in measured]
    return Comparison(
        pairs=pairs,
        only_base=tuple(name for name in before if name not in after),
        only_now=tuple(name for name in after if name not in before),
        changed=tuple(changed),
        errors=tuple(pair.id for pair in pairs if pair.is_broken),
        deltas=tuple(
            _adjusted(
                [d for m in metrics if (d := _delta(m, whole)) is not None],
                SECONDARY if deterministic else (*SECONDARY, *INVARIANTS),
            )
        ),
        slices=tuple(_slices(whole)),
    )


def _delta(metric: str, pairs: Sequence[Pair]) -> Difference | None:
    values = [
        (before, after, pair.now[0].cluster or pair.id)
        for pair in pairs
        if (before := value_of(pair.base, metric)) is not None
        and (after := value_of(pair.now, metric)) is not None
    ]
    differences = [after - before for before, after, _ in values]
    wide, narrow = _interval(metric, differences, 0.95), _interval(metric, differences, 0.90)
    clustered = clustered_interval(differences, [cluster for _, _, cluster in values])
    if wide is None or narrow is None or clustered is None:
        return None
    if metric == PRIMARY:
        p = mcnemar_worse(
            sum(1 for each in differences if each < 0), sum(1 for each in differences if each > 0)
        )
    else:
        p = sign_flip_worse(differences)
    return Difference(
        metric=metric,
        n=len(values),
        base=mean([before for before, _, _ in values]) or 0.0,
        now=mean([after for _, after, _ in values]) or 0.0,
        delta=wide.estimate,
        interval=wide,
        clustered=_inside(clustered),
        low90=narrow.low,
        p=p,
    )


def _interval(metric: str, differences: Sequence[float], confidence: float) -> Interval | None:
    if metric in PROPORTIONS and set(differences) <= {-1.0, 0.0, 1.0}:
        lost, gained = differences.count(-1.0), differences.count(1.0)
        return paired_score_interval(lost, gained, len(differences), confidence)
    found = t_interval(differences, confidence)
    return None if found is None else _inside(found)


def _inside(interval: Interval) -> Interval:
    return Interval(interval.estimate, max(-1.0, interval.low), min(1.0, interval.high))


def _adjusted(deltas: Sequence[Difference], names: Sequence[str]) -> list[Difference]:
    from dataclasses import replace

    tested = [each for each in deltas if each.metric in names]
    adjusted = dict(zip([d.metric for d in tested], holm([d.p for d in tested]), strict=True))
    return [replace(each, p_holm=adjusted.get(each.metric)) for each in deltas]


def _slices(pairs: Sequence[Pair]) -> list[SliceDelta]:
    slices: dict[str, list[Pair]] = {}
    for pair in pairs:
        first = pair.now[0]
        for name in (f"type {first.type}", *(f"tag {tag}" for tag in first.tags)):
            slices.setdefault(name, []).append(pair)
    ordered = sorted(slices.items(), key=lambda item: (item[0].split()[0] != "type", item[0]))
    return [
        SliceDelta(
            name=name,
            n=len(members),
            base=sum(pair.was_right for pair in members) / len(members),
            now=sum(pair.is_right for pair in members) / len(members),
            lost=sum(pair.was_right and not pair.is_right for pair in members),
            gained=sum(pair.is_right and not pair.was_right for pair in members),
        )
        for name, members in ordered
    ]
