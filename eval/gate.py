"""A comparison → pass, regression, inconclusive or invalid, each with its reasons. Pure.

    G0   at least one pair, of the same set, errors at most 2 %           else invalid
    G1   a critical question lost, or any lost in every repeat,
         on a re-run too; without a model, a metric that cannot fall fell → regression
    G2   exact McNemar p < .05 and a drop of at least 2 points; for the
         secondary metrics sign flips, Holm-adjusted, at .01              → regression
    G2b  not significant, but the 90 % interval reaches below -5 points   → inconclusive
         below 30 questions: whenever one was lost
    G3   over the budget for time or money                                → regression
    G4   the confidence is worth less than a constant (Brier skill below
         0) and was not in the baseline                                   → regression

The secondary metrics have a stricter level, because the false alarms of all rules add up: 3.4 %
of the exact test and 1 % stay below 5 % together (simulated in the tests).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from eval.compare import INVARIANTS, Comparison, Difference, Pair
from eval.errors import EXIT_INCONCLUSIVE, EXIT_INVALID, EXIT_PASS, EXIT_REGRESSION
from eval.power import ALPHA, MINIMAL_DROP, smallest_detectable_drop
from eval.results import Result
from eval.summary import PRIMARY, TO_THE_POINT, Operation, calibrate, is_error, value_of

GateState = Literal["pass", "regression", "inconclusive", "invalid"]
Rule = Literal["G0", "G1", "G2", "G2b", "G3", "G4"]

SMALL_SET = 30
"""Below it hard breaks still decide, but a mean that fell a little says nothing."""
MINIMAL_OVERLAP = 0.5
"""Fewer of the candidate's questions in common with the baseline: another set of questions."""
MAXIMAL_ERRORS = 0.02
SECONDARY_ALPHA = 0.01
UNSEEN_DROP = 0.05
STABLE_REPEATS = 3
"""A question of an assistant that varies is known to be right after so many right answers."""


@dataclass(frozen=True, slots=True)
class Budgets:
    """Ceilings: seconds of the 95th percentile of a question, money per question."""

    p95_seconds: float | None = 5.0
    cost_per_question: float | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that spoke, in a sentence; ``questions`` are the ids it is about."""

    rule: Rule
    state: GateState
    text: str
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """The outcome: its state, one sentence, every reason, and remarks that decide nothing."""

    state: GateState
    sentence: str
    reasons: tuple[Reason, ...]
    remarks: tuple[str, ...] = ()

    def exit_code(self, strict: bool = False) -> int:
        """0 pass, 1 regression, 3 inconclusive (only with ``strict``), 4 invalid."""
        codes = {
            "pass": EXIT_PASS,
            "regression": EXIT_REGRESSION,
            "inconclusive": EXIT_INCONCLUSIVE if strict else EXIT_PASS,
            "invalid": EXIT_INVALID,
        }
        return codes[self.state]


def suspects(comparison: Comparison, deterministic: bool) -> tuple[Pair, ...]:
    """Questions that look broken for good, to be asked again before the gate says so.

    Of a deterministic assistant: critical ones lost. Of one that varies: critical or not, right
    in each of at least three repeats before, and in none of at least three now.
    """
    found = []
    for pair in comparison.pairs:
        if not _all_right(pair.base) or any(each.correct for each in pair.now):
            continue
        is_critical = pair.now[0].severity == "critical"
        is_stable = min(len(pair.base), len(pair.now)) >= STABLE_REPEATS
        if (deterministic and is_critical) or (not deterministic and is_stable):
            found.append(pair)
    return tuple(found)


def confirmations_needed(pair: Pair, deterministic: bool) -> int:
    """How often to ask a suspect again: once, or twice its repeats for one that varies."""
    return 1 if deterministic else 2 * len(pair.now)


def decide(
    comparison: Comparison,
    *,
    deterministic: bool,
    again: Mapping[str, Sequence[Result]] | None = None,
    operation: Operation | None = None,
    budgets: Budgets | None = None,
) -> GateVerdict:
    """Apply all rules. ``again`` maps a suspect's id to its re-run; a suspect without one stays
    a suspect, as when two stored runs are compared."""
    invalid = _pairing(comparison)
    if invalid:
        return GateVerdict("invalid", f"Invalid: {invalid[0].text}.", tuple(invalid))
    primary = comparison.delta(PRIMARY)
    reasons = _hard_breaks(comparison, deterministic, again or {})
    if deterministic:
        reasons += _broken_invariants(comparison)
    reasons += _significant(comparison)
    reasons += _untrue_confidence(comparison)
    reasons += _over_budget(operation, budgets or Budgets())
    if not any(reason.state == "regression" for reason in reasons):
        reasons += _unseen(comparison, deterministic, primary)
    state: GateState = "pass"
    for worse in ("regression", "inconclusive"):
        if any(reason.state == worse for reason in reasons):
            state = worse
            break
    sentence = _sentence(state, comparison, primary, reasons)
    remarks = _remarks(comparison, deterministic)
    return GateVerdict(state, sentence, tuple(reasons), tuple(remarks))


def _pairing(comparison: Comparison) -> list[Reason]:
    pairs = len(comparison.pairs)
    asked = pairs + len(comparison.only_now) + len(comparison.changed)
    problems = []
    if not pairs:
        problems.append("no question is the same in both runs; bless a run of this set")
    elif pairs < MINIMAL_OVERLAP * asked:
        problems.append(
            f"only {pairs} of {asked} questions stand in the baseline; bless a run of this set"
        )
    failed = [pair.id for pair in comparison.pairs if is_error(pair.now)]
    if pairs and len(failed) > MAXIMAL_ERRORS * pairs:
        problems.append(
            f"{len(failed)} of {pairs} questions ended in an error, {MAXIMAL_ERRORS:.0%} are "
            "the most a comparison bears"
        )
    return [Reason("G0", "invalid", text) for text in problems]


def _hard_breaks(
    comparison: Comparison, deterministic: bool, again: Mapping[str, Sequence[Result]]
) -> list[Reason]:
    broken = [
        pair
        for pair in suspects(comparison, deterministic)
        if not any(each.correct for each in again.get(pair.id, ()))
    ]
    reasons = []
    critical = tuple(pair.id for pair in broken if pair.now[0].severity == "critical")
    if critical:
        noun = "critical question" + ("s were" if len(critical) > 1 else " was")
        text = f"{len(critical)} {noun} lost: {_some(critical)}"
        reasons.append(Reason("G1", "regression", text, critical))
    normal = tuple(pair.id for pair in broken if pair.now[0].severity != "critical")
    if normal:
        text = f"right in every repeat before, in none now: {_some(normal)}"
        reasons.append(Reason("G1", "regression", text, normal))
    return reasons


def _broken_invariants(comparison: Comparison) -> list[Reason]:
    reasons = []
    for metric in INVARIANTS:
        broken = tuple(
            pair.id
            for pair in comparison.pairs
            if _is_broken(pair.now, metric) and not _is_broken(pair.base, metric)
        )
        if broken:
            text = (
                f"{metric} fell below 100 %, which cannot be chance without a model: "
                f"{_some(broken)}"
            )
            reasons.append(Reason("G1", "regression", text, broken))
    return reasons


def _is_broken(group: Sequence[Result], metric: str) -> bool:
    value = value_of(group, metric)
    return value is not None and value < 1.0 - 1e-9


def _untrue_confidence(comparison: Comparison) -> list[Reason]:
    base, now = _skills(comparison)
    if base is None or now is None or len(comparison.pairs) < SMALL_SET:
        return []
    if now >= 0 or base < 0 or base - now < MINIMAL_DROP:
        return []
    text = f"the Brier skill of the confidence fell from {base:+.3f} to {now:+.3f}, below 0"
    return [Reason("G4", "regression", text)]


def _skills(comparison: Comparison) -> tuple[float | None, float | None]:
    base = calibrate([each for pair in comparison.pairs for each in pair.base])
    now = calibrate([each for pair in comparison.pairs for each in pair.now])
    return base.brier_skill, now.brier_skill


def _significant(comparison: Comparison) -> list[Reason]:
    reasons = []
    for delta in comparison.deltas:
        p = delta.p if delta.metric == PRIMARY else delta.p_holm
        level = ALPHA if delta.metric == PRIMARY else SECONDARY_ALPHA
        if p is None or p >= level or delta.delta > -MINIMAL_DROP + 1e-9:
            continue
        text = (
            f"{delta.metric} fell from {delta.base:.1%} to {delta.now:.1%} on {delta.n} questions "
            f"(p {'=' if p >= 0.0005 else '<'} {max(p, 0.0005):.3g})"
        )
        reasons.append(Reason("G2", "regression", text))
    return reasons


def _unseen(
    comparison: Comparison, deterministic: bool, primary: Difference | None
) -> list[Reason]:
    reasons = []
    lost = tuple(pair.id for pair in comparison.lost)
    if lost and len(comparison.pairs) < SMALL_SET:
        text = (
            f"{len(lost)} lost of {len(comparison.pairs)} questions, too few for a mean to prove "
            f"anything: {_some(lost)}"
        )
        reasons.append(Reason("G2b", "inconclusive", text, lost))
    elif primary is not None and primary.low90 < -UNSEEN_DROP and (lost or not deterministic):
        text = (
            f"a drop of more than {UNSEEN_DROP:.0%} cannot be excluded: the 90 % interval of the "
            f"difference reaches {primary.low90 * 100:+.1f} points"
        )
        reasons.append(Reason("G2b", "inconclusive", text))
    if not deterministic:
        unsure = tuple(
            pair.id
            for pair in comparison.lost
            if pair.now[0].severity == "critical"
            and min(len(pair.base), len(pair.now)) < STABLE_REPEATS
        )
        if unsure:
            text = (
                f"{len(unsure)} critical answers differ, and with fewer than {STABLE_REPEATS} "
                f"repeats that may be chance (--repeat {STABLE_REPEATS}): {_some(unsure)}"
            )
            reasons.append(Reason("G1", "inconclusive", text, unsure))
    return reasons


def _over_budget(operation: Operation | None, budgets: Budgets) -> list[Reason]:
    if operation is None:
        return []
    reasons = []
    total = operation.stages.get("total")
    ceiling = budgets.p95_seconds
    if total is not None and ceiling is not None and total.p95 > ceiling:
        text = f"95 % of the questions took up to {total.p95:.2f} s, the budget is {ceiling:g} s"
        reasons.append(Reason("G3", "regression", text))
    if operation.cost is not None and budgets.cost_per_question is not None:
        each = operation.cost / max(1, operation.questions)
        if each > budgets.cost_per_question:
            text = f"a question cost {each:.4f}, the budget is {budgets.cost_per_question:g}"
            reasons.append(Reason("G3", "regression", text))
    return reasons


def _remarks(comparison: Comparison, deterministic: bool) -> list[str]:
    remarks = []
    smallest = smallest_detectable_drop(len(comparison.pairs))
    seen = "no drop below 50 points" if smallest is None else f"a drop of {smallest * 100:g} points"
    remarks.append(f"{len(comparison.pairs)} questions can see {seen} (power 80 %)")
    if len(comparison.pairs) < SMALL_SET:
        remarks.append("of so small a set only lost critical questions and broken rules decide")
    critical = [pair for pair in comparison.pairs if pair.now[0].severity == "critical"]
    wrong = [pair.id for pair in critical if not pair.was_right]
    if wrong:
        remarks.append(
            f"{len(wrong)} of {len(critical)} critical questions are wrong in the baseline, so "
            f"nothing guards them: {_some(wrong)}"
        )
    gained = [pair.id for pair in comparison.gained]
    if gained:
        remarks.append(
            f"{len(gained)} gained questions are not in the baseline, so losing them again will "
            f"not be seen; bless the run to keep them: {_some(gained)}"
        )
    _, skill = _skills(comparison)
    if skill is not None and skill < 0:
        remarks.append(f"the confidence is worth less than a constant (Brier skill {skill:+.3f})")
    known = [
        f"{metric} on {pair.id}"
        for metric in INVARIANTS
        for pair in comparison.pairs
        if deterministic and _is_broken(pair.now, metric) and _is_broken(pair.base, metric)
    ]
    if known:
        remarks.append(f"below 100 % as in the baseline: {_some(known)}")
    for names, what in (
        (comparison.only_base, "of the baseline's questions were not asked"),
        (comparison.only_now, "questions are not in the baseline"),
        (comparison.changed, "questions are not what they were in the baseline"),
        (comparison.errors, "questions ended in an error and were left out"),
    ):
        if names:
            remarks.append(f"{len(names)} {what}: {_some(names)}")
    return remarks


def _sentence(
    state: GateState, comparison: Comparison, primary: Difference | None, reasons: Sequence[Reason]
) -> str:
    lost, gained = len(comparison.lost), len(comparison.gained)
    if primary is None:
        moved = "no question has a verdict in both runs"
    else:
        moved = (
            f"{primary.base:.1%} → {primary.now:.1%} right on {primary.n} questions "
            f"({lost} lost, {gained} gained)"
        )
        point = comparison.delta(TO_THE_POINT)
        if point is not None:
            moved += f"; right and to the point {point.base:.1%} → {point.now:.1%}"
    if state == "pass":
        return f"Pass: {moved}."
    first = next(reason for reason in reasons if reason.state == state)
    return f"{state.capitalize()}: {first.text} — {moved}."


def _all_right(group: Sequence[Result]) -> bool:
    return all(each.correct for each in group)


def _some(names: Sequence[str], limit: int = 5) -> str:
    rest = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + rest
