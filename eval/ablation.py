"""What each part of the pipeline is worth: exact Shapley values over all coalitions of the parts.

The worth of a part for one question is the mean of what it adds to a coalition of the others, over
all orders in which the parts could come (Shapley 1953). The values of all parts add up to what
all of them reach beyond none. Turning one part off alone tells less: two parts that do the same
work then both look useless.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from assistant.errors import UsageError
from assistant.types import Passage
from eval.metrics import retrieval
from eval.spans import Place
from eval.statistics import Interval, mean, t_interval

Coalition = frozenset[str]

MOST_PARTS = 6
"""64 coalitions; each part more doubles them."""
RANKING = ("words", "vector", "sentence", "likeness", "title")
"""The parts whose scores a passage carries."""
DEPTH = 30
"""Candidates of each question that are ordered anew: those that all parts have scored."""
CUTOFF = 10


@dataclass(frozen=True, slots=True)
class Worth:
    """A part's Shapley value over the questions: mean and interval, and of the mean what it wins
    where it helps and what it loses where it harms. ``alone_off`` is what is lost without it."""

    part: str
    value: Interval
    gains: float
    losses: float
    alone_off: float


def coalitions(parts: Sequence[str]) -> Iterator[Coalition]:
    """Every set of parts, from none to all."""
    if not 1 <= len(parts) <= MOST_PARTS or len(set(parts)) < len(parts):
        raise UsageError(f"{len(parts)} parts: one to {MOST_PARTS} different ones can be weighed")
    for size in range(len(parts) + 1):
        for chosen in combinations(parts, size):
            yield frozenset(chosen)


def shapley(parts: Sequence[str], values: Mapping[Coalition, Sequence[float]]) -> list[Worth]:
    """The worth of each part from the value of every coalition on each question, in one order of
    questions for all. Raises ``ValueError`` when a coalition or a value is missing."""
    every = list(coalitions(parts))
    missing = [each for each in every if each not in values]
    sizes = {len(found) for found in values.values()}
    if missing or len(sizes) != 1 or not min(sizes):
        raise ValueError(f"{len(missing)} coalitions have no values, lengths {sorted(sizes)}")
    count, questions = len(parts), sizes.pop()
    whole = frozenset(parts)
    worths = []
    for part in parts:
        single = [0.0] * questions
        for without in (each for each in every if part not in each):
            share = (
                math.factorial(len(without)) * math.factorial(count - len(without) - 1)
                / math.factorial(count)
            )  # fmt: skip
            with_it, alone = values[without | {part}], values[without]
            for number in range(questions):
                single[number] += share * (with_it[number] - alone[number])
        interval = t_interval(single)
        assert interval is not None  # there is at least one question
        full, less = values[whole], values[whole - {part}]
        worths.append(
            Worth(
                part,
                interval,
                math.fsum(max(0.0, each) for each in single) / questions,
                math.fsum(min(0.0, each) for each in single) / questions,
                mean([a - b for a, b in zip(full, less, strict=True)]) or 0.0,
            )
        )
    return worths


def ranking_values(
    asked: Sequence[tuple[Sequence[Place], Sequence[Passage]]],
    weights: Mapping[str, float],
    texts: Mapping[str, str],
    step: Callable[[], None] = lambda: None,
) -> dict[Coalition, list[float]]:
    """nDCG@10 of every coalition of the ranking's parts on each question with evidence.

    ``asked`` holds for each question its evidence and its candidates with the scores of all
    parts; they are fused anew with ``weights``, nothing is searched again.
    """
    found: dict[Coalition, list[float]] = {}
    for coalition in coalitions(list(weights)):
        found[coalition] = [
            _quality(places, _ordered(passages, weights, coalition), texts)
            for places, passages in asked
        ]
        step()
    return found


def _ordered(
    passages: Sequence[Passage], weights: Mapping[str, float], coalition: Coalition
) -> list[Passage]:
    from assistant.retrieval.search import fuse

    by_id = {each.chunk_id: each for each in passages}
    chosen = [part for part in weights if part in coalition]
    parts = [{k: p.scores[part] for k, p in by_id.items() if part in p.scores} for part in chosen]
    fused = fuse(parts, [weights[part] for part in chosen])
    return sorted(passages, key=lambda p: (-fused.get(p.chunk_id, 0.0), p.document, p.start))


def _quality(
    places: Sequence[Place], ordered: Sequence[Passage], texts: Mapping[str, str]
) -> float:
    grades = [place.relevance for place in places]
    ranks = retrieval.found_ranks(places, ordered, texts)
    listed = retrieval.gains(ranks, grades, len(ordered))
    return retrieval.ndcg_at(listed, grades, CUTOFF) or 0.0


def table(
    parts: Sequence[str], values: Mapping[Coalition, Sequence[float]], measure: str
) -> list[str]:
    """The worths for a terminal, the most valuable part first, and what they add up to."""
    worths = sorted(shapley(parts, values), key=lambda each: -each.value.estimate)
    none, whole = mean(values[frozenset()]) or 0.0, mean(values[frozenset(parts)]) or 0.0
    count = len(values[frozenset()])
    lines = [
        f"{measure} on {count} questions: {none:.3f} with no part, {whole:.3f} with all",
        f"{'part':<14} {'worth':>7} {'95 % interval':>18} {'gains':>7} {'losses':>7} {'off':>7}",
    ]
    lines += [
        f"{each.part:<14} {each.value.estimate:+7.3f} "
        f"{f'[{each.value.low:+.3f}, {each.value.high:+.3f}]':>18} {each.gains:+7.3f} "
        f"{each.losses:+7.3f} {-each.alone_off:+7.3f}"
        for each in worths
    ]
    total = math.fsum(each.value.estimate for each in worths)
    lines.append(f"{'together':<14} {total:+7.3f}")
    idle = [each.part for each in worths if each.value.low <= 0 <= each.value.high]
    if idle:
        lines.append(f"not told from nothing on these questions: {', '.join(idle)}")
    return lines


@dataclass(frozen=True, slots=True)
class Switch:
    """A part of the pipeline that a setting turns off."""

    name: str
    key: str
    off: object


def switches(given: Sequence[str]) -> list[Switch]:
    """``NAME=KEY=VALUE`` each: the setting with which the part is off."""
    from assistant.settings import parse_assignment

    found = []
    for each in given:
        name, _, assignment = each.partition("=")
        if not name or "=" not in assignment:
            raise UsageError(
                f"--part {each} is not NAME=KEY=VALUE",
                hint="for example --part reader=answer.read_passages=1",
            )
        key, value = parse_assignment(assignment)
        found.append(Switch(name, key, value))
    return found
