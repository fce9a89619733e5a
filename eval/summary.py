"""Results → figures: every mean with its n and interval, whole and by slice. Pure.

With repeats a question counts once: a measure is its mean over the repeats, right is what more
than half of the repeats were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from assistant.types import certainty_of
from eval.metrics import calibration
from eval.metrics.abstention import Refusals, count_refusals
from eval.metrics.second_verdict import Agreement, agreement
from eval.results import Result
from eval.scoring import FUNNEL, SECOND_VERDICT
from eval.statistics import Interval, mean, quantile, t_interval, wilson

PRIMARY = "correct"
TO_THE_POINT = "correct_to_the_point"
DERIVED = (PRIMARY, TO_THE_POINT, "correct_answerable")
"""Computed from whether an answer is right; all other metrics are measures of a result."""
PROPORTIONS = (PRIMARY, TO_THE_POINT, "correct_answerable", "refused_where_due")
POINT_SHARE = 0.5
"""An answer is to the point when at least this share of its sentences is on the evidence."""
METRICS = (
    PRIMARY,
    TO_THE_POINT,
    "correct_answerable",
    "refused_where_due",
    "fact_recall",
    "token_f1",
    SECOND_VERDICT,
    "numbers_grounded",
    "citation_recall",
    "citation_precision",
    "gold_citation_recall",
    "answer_precision",
    "first_on_evidence",
    "quote_fidelity",
    "recall@1",
    "recall@3",
    "recall@5",
    "recall@10",
    "hit@1",
    "hit@3",
    "hit@5",
    "hit@10",
    "mrr@10",
    "ndcg@10",
    "density@5",
)
"""All metrics of single answers, in the order of the reports. Higher is better for each."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over ``n`` questions with its 95 % interval (Wilson for shares, else Student)."""

    n: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Calibration of the confidence; see ``metrics.calibration``. ``None``: too few answers."""

    brier_skill: float | None
    ece: float | None
    aurc: float | None
    coverage_at_5_percent_risk: float | None
    bins: tuple[calibration.Bin, ...]
    curve: tuple[calibration.Point, ...]


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of one stage over all questions."""

    n: int
    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Operation:
    """What running costs: seconds by stage, tokens, money for all questions together."""

    stages: Mapping[str, Timing] = field(default_factory=dict)
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    questions: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a run. ``slices`` maps "type fact" or "tag pdf" to figures by metric,
    ``certainty`` a level to how many answers were given with it and how many of them are right.
    ``agreement`` is that of the facts' verdict with the claim checker's, on given answers."""

    questions: int
    errors: int
    figures: Mapping[str, Figure]
    slices: Mapping[str, Mapping[str, Figure]]
    refusals: Refusals
    calibration: Calibration
    certainty: Mapping[str, tuple[int, int]]
    funnel: Mapping[str, int]
    operation: Operation
    agreement: Agreement | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data, with the refusal ratios that are computed."""
        data = asdict(self)
        ratios = self.refusals
        data["refusals"] |= {
            "precision": ratios.precision,
            "recall": ratios.recall,
            "f1": ratios.f1,
        }
        return data


def summarise(results: Sequence[Result], timings: Sequence[Mapping[str, float]] = ()) -> Summary:
    """All figures of a run; ``timings`` holds seconds by stage, one mapping per answer."""
    grouped = by_question(results)
    firsts = [group[0] for group in grouped.values()]
    slices: dict[str, list[list[Result]]] = {}
    for group in grouped.values():
        names = [f"type {group[0].type}", *(f"tag {tag}" for tag in group[0].tags)]
        for name in names:
            slices.setdefault(name, []).append(group)
    return Summary(
        questions=len(grouped),
        errors=sum(1 for group in grouped.values() if is_error(group)),
        figures=_figures(grouped.values()),
        slices={name: _figures(groups) for name, groups in sorted(slices.items())},
        refusals=count_refusals(
            [(r.expect == "refuse", r.outcome == "refused") for r in results if _counts(r)]
        ),
        calibration=calibrate(results),
        certainty=count_certainty(results),
        funnel=funnel_counts(firsts),
        operation=_operation(results, timings),
        agreement=agreement(
            [(bool(r.correct), second > 0) for r in results if (second := _second(r)) is not None]
        ),
    )


def _second(result: Result) -> float | None:
    """The claim checker's verdict on an answer; ``None`` where there is none."""
    return None if result.correct is None else result.measures.get(SECOND_VERDICT)


def by_question(results: Iterable[Result]) -> dict[str, list[Result]]:
    """Question id → its repeats, in order."""
    grouped: dict[str, list[Result]] = {}
    for result in results:
        grouped.setdefault(result.id, []).append(result)
    return grouped


def is_error(group: Sequence[Result]) -> bool:
    """Whether a question could not be asked in any of its repeats."""
    return any(result.outcome == "error" for result in group)


def value_of(group: Sequence[Result], metric: str) -> float | None:
    """A question's value of a metric over its repeats; ``None`` where it does not apply."""
    if is_error(group):
        return None
    if metric == PRIMARY:
        return float(is_right(group)) if group[0].correct is not None else None
    if metric == TO_THE_POINT:
        return _to_the_point(group)
    if metric == "correct_answerable":
        return value_of(group, PRIMARY) if group[0].expect == "answer" else None
    known = [value for each in group if (value := each.measures.get(metric)) is not None]
    return mean(known)


def _to_the_point(group: Sequence[Result]) -> float | None:
    """Right, and not drowned in other sentences. Where no evidence is known, right is enough."""
    right = value_of(group, PRIMARY)
    precision = value_of(group, "answer_precision")
    return right if precision is None or precision >= POINT_SHARE or not right else 0.0


def is_right(group: Sequence[Result]) -> bool:
    """Right in more than half of the repeats."""
    return 2 * sum(1 for each in group if each.correct) > len(group)


def figure(values: Sequence[float], proportion: bool) -> Figure | None:
    """A figure of the values, or ``None`` of none."""
    if not values:
        return None
    interval: Interval | None
    if proportion:
        interval = wilson(round(sum(values)), len(values))
    else:
        interval = t_interval(values)
    if interval is None:
        return None
    low, high = max(0.0, interval.low), min(1.0, interval.high)
    return Figure(len(values), interval.estimate, low, high)


def _figures(groups: Iterable[Sequence[Result]]) -> dict[str, Figure]:
    listed = list(groups)
    found = {}
    for metric in METRICS:
        values = [value for group in listed if (value := value_of(group, metric)) is not None]
        made = figure(values, metric in PROPORTIONS)
        if made is not None:
            found[metric] = made
    return found


def calibrate(results: Sequence[Result]) -> Calibration:
    """Risk and coverage over given answers; Brier skill and ECE over all questions.

    For the latter two the outcome is "an answer can be trusted here": right where one was given;
    where it was refused, whether the question has an answer at all, because what would have been
    said is not known.
    """
    asked = [result for result in results if _counts(result)]
    given = [
        calibration.Judged(each.confidence, bool(each.correct))
        for each in asked
        if each.outcome == "answered"
    ]
    trusted = [
        calibration.Judged(
            each.confidence,
            bool(each.correct) if each.outcome == "answered" else each.expect == "answer",
        )
        for each in asked
    ]
    curve = calibration.risk_coverage(given, len(asked)) if asked else ()
    return Calibration(
        brier_skill=calibration.brier_skill(trusted),
        ece=calibration.expected_calibration_error(trusted),
        aurc=calibration.aurc(curve),
        coverage_at_5_percent_risk=calibration.coverage_at_risk(curve, 0.05),
        bins=calibration.reliability(trusted),
        curve=curve,
    )


def count_certainty(results: Sequence[Result]) -> dict[str, tuple[int, int]]:
    """Level of certainty → (answers given with it, how many of them are right)."""
    given = [each for each in results if _counts(each) and each.outcome == "answered"]
    counts = {}
    for level in ("sure", "likely", "unsure"):
        found = [each for each in given if certainty_of(each.confidence) == level]
        counts[level] = (len(found), sum(bool(each.correct) for each in found))
    return counts


def _counts(result: Result) -> bool:
    return result.outcome != "error" and result.type != "chitchat"


def funnel_counts(results: Iterable[Result]) -> dict[str, int]:
    """How many questions with evidence came how far, from "asked" on."""
    walked = [result.funnel for result in results if result.funnel]
    counts = {"asked": len(walked)}
    for number, step in enumerate(FUNNEL):
        counts[step] = sum(1 for steps in walked if steps[number])
    return counts


def _operation(results: Sequence[Result], timings: Sequence[Mapping[str, float]]) -> Operation:
    stages: dict[str, list[float]] = {}
    for each in timings:
        for stage, seconds in each.items():
            stages.setdefault(stage, []).append(seconds)
    costs = [result.cost for result in results if result.cost is not None]
    return Operation(
        stages={
            stage: Timing(len(values), quantile(values, 0.5) or 0.0, quantile(values, 0.95) or 0.0)
            for stage, values in stages.items()
        },
        tokens_in=sum(result.tokens_in for result in results),
        tokens_out=sum(result.tokens_out for result in results),
        cost=sum(costs) if costs else None,
        questions=len(results),
    )
