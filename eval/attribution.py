"""Why two runs differ: what came from the mix of questions, what from the assistant, and there by
the stage at which each flipped question was lost or won. Pure.

The parts add up: the difference of the shares of right answers is that of the questions that both
runs asked, plus what questions that came, went or changed moved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from eval.compare import Comparison, Pair, compare
from eval.results import Result
from eval.statistics import mean
from eval.summary import PRIMARY, by_question, value_of

Stage = Literal["retrieval", "threshold", "sentence", "fact", "error"]
STAGES: Mapping[Stage, str] = {
    "retrieval": "evidence is found or not found",
    "threshold": "answered or refused, with the same evidence found",
    "sentence": "another sentence of what was found",
    "fact": "the same evidence, said otherwise",
    "error": "could not be asked",
}


@dataclass(frozen=True, slots=True)
class Attribution:
    """The change of the share of right answers and its parts, and the flipped questions by the
    stage that flipped them."""

    base: float
    now: float
    mix: float
    system: float
    lost: Mapping[Stage, tuple[str, ...]]
    gained: Mapping[Stage, tuple[str, ...]]
    questions: int

    def points(self, stage: Stage) -> float:
        """What a stage moved of the share of right answers, on the questions of both runs."""
        moved = len(self.gained.get(stage, ())) - len(self.lost.get(stage, ()))
        return moved / self.questions if self.questions else 0.0


def attribute(base: Sequence[Result], now: Sequence[Result]) -> Attribution:
    """Split the difference between two runs."""
    comparison = compare(base, now)
    whole_base, whole_now = _share(base), _share(now)
    paired = comparison.delta(PRIMARY)
    system = paired.delta if paired is not None else 0.0
    return Attribution(
        base=whole_base,
        now=whole_now,
        mix=whole_now - whole_base - system,
        system=system,
        lost=_by_stage([p for p in comparison.lost if _counts(p, comparison)]),
        gained=_by_stage([p for p in comparison.gained if _counts(p, comparison)]),
        questions=paired.n if paired is not None else 0,
    )


def _counts(pair: Pair, comparison: Comparison) -> bool:
    return pair.id not in comparison.errors


def _share(results: Sequence[Result]) -> float:
    groups = by_question(results).values()
    return mean([v for g in groups if (v := value_of(g, PRIMARY)) is not None]) or 0.0


def _by_stage(pairs: Sequence[Pair]) -> dict[Stage, tuple[str, ...]]:
    found: dict[Stage, tuple[str, ...]] = {}
    for pair in pairs:
        stage = stage_of(pair)
        found[stage] = (*found.get(stage, ()), pair.id)
    return found


def stage_of(pair: Pair) -> Stage:
    """The first stage at which the right and the wrong answer of a flipped question differ."""
    good, bad = (pair.base, pair.now) if pair.was_right else (pair.now, pair.base)
    right = next((each for each in good if each.correct), good[0])
    wrong = next((each for each in bad if not each.correct), bad[0])
    if "error" in (right.outcome, wrong.outcome):
        return "error"
    if right.expect == "refuse":
        return "threshold"
    if any(
        before is not None and after is None
        for before, after in zip(right.ranks, wrong.ranks, strict=False)
    ):
        return "retrieval"
    if wrong.outcome == "refused":
        return "threshold"
    if _step(right, 1) and not _step(wrong, 1):
        return "sentence"
    return "fact" if right.citations == wrong.citations or _step(wrong, 1) else "sentence"


def stage_lost(result: Result) -> Stage | Literal[""]:
    """Where a wrong answer of one run was lost; empty for a right one."""
    if result.outcome == "error":
        return "error"
    if result.correct:
        return ""
    if result.expect == "refuse":
        return "threshold"
    if result.ranks and not any(result.ranks):
        return "retrieval"
    if result.outcome == "refused":
        return "threshold"
    if None in result.ranks and result.facts_lost and _step(result, 2):
        return "retrieval"  # one place was cited, the other was never found
    return "fact" if _step(result, 2) else "sentence"


def _step(result: Result, number: int) -> bool:
    return len(result.funnel) > number and result.funnel[number]


def lines(found: Attribution) -> list[str]:
    """The attribution for a terminal."""
    told = [
        f"right {found.base:.1%} → {found.now:.1%} ({_points(found.now - found.base)} points)",
        f"  {_points(found.mix)} from the mix of questions",
        f"  {_points(found.system)} from the assistant, on {found.questions} questions of both:",
    ]
    counts = Counter({s: len(v) for s, v in found.lost.items()})
    counts.update({s: len(v) for s, v in found.gained.items()})
    for stage, _ in counts.most_common():
        lost, gained = found.lost.get(stage, ()), found.gained.get(stage, ())
        told.append(
            f"    {_points(found.points(stage))} {stage}: {STAGES[stage]} "
            f"({len(lost)} lost, {len(gained)} gained)"
        )
        told += [f"           {word} {', '.join(ids[:8])}{' …' if len(ids) > 8 else ''}"
                 for word, ids in (("lost", lost), ("gained", gained)) if ids]  # fmt: skip
    if not counts:
        told.append("    no question flipped")
    return told


def _points(share: float) -> str:
    return f"{share * 100:+6.1f}"
