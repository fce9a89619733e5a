"""Shapley values: they add up, a planted part comes back, a useless one stays at nothing."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from assistant.errors import UsageError
from assistant.types import Passage
from eval.ablation import (
    Coalition,
    coalitions,
    ranking_values,
    shapley,
    switches,
    table,
)
from eval.cli import main
from eval.spans import Place

PARTS = ("a", "b", "c", "d", "e")


def random_values(seed: int, questions: int = 40) -> dict[Coalition, list[float]]:
    random = np.random.default_rng(seed)
    return {each: random.random(questions).tolist() for each in coalitions(PARTS)}


def test_there_are_two_to_the_fifth_coalitions_and_bad_parts_are_refused() -> None:
    assert len(set(coalitions(PARTS))) == 32
    for parts in ((), ("a", "a"), tuple("abcdefg")):
        with pytest.raises(UsageError, match="can be weighed"):
            list(coalitions(parts))


def test_the_values_add_up_to_what_all_parts_reach() -> None:
    for seed in range(5):
        values = random_values(seed)
        total = math.fsum(each.value.estimate for each in shapley(PARTS, values))
        whole, none = values[frozenset(PARTS)], values[frozenset()]
        assert abs(total - (sum(whole) - sum(none)) / len(whole)) < 1e-9


def test_it_is_the_mean_over_all_orders() -> None:
    values = random_values(7, 1)
    found = {each.part: each.value.estimate for each in shapley(PARTS, values)}
    for part in PARTS:
        added = []
        for order in itertools.permutations(PARTS):
            before = frozenset(order[: order.index(part)])
            added.append(values[before | {part}][0] - values[before][0])
        assert found[part] == pytest.approx(sum(added) / len(added))


def test_two_parts_with_the_same_work_share_its_worth() -> None:
    """Turning either off alone would show nothing."""
    values = {each: [1.0 if each & {"a", "b"} else 0.0] * 30 for each in coalitions(PARTS)}
    found = {each.part: each for each in shapley(PARTS, values)}
    assert found["a"].value.estimate == pytest.approx(0.5)
    assert found["a"].alone_off == 0.0
    assert found["c"].value.estimate == 0.0


def test_gains_and_losses_stand_apart() -> None:
    def value(coalition: Coalition, question: int) -> float:
        return (0.4 if question % 2 else -0.4) * ("a" in coalition)

    values = {each: [value(each, n) for n in range(10)] for each in coalitions(PARTS)}
    first = shapley(PARTS, values)[0]
    assert first.value.estimate == pytest.approx(0.0)
    assert (first.gains, first.losses) == (pytest.approx(0.2), pytest.approx(-0.2))


def test_a_planted_useless_part_stays_inside_its_interval_95_times_in_100() -> None:
    random = np.random.default_rng(3)
    inside = 0
    for _ in range(100):
        own = random.normal(0, 0.2, 80)  # what the useless part moves on each question: chance
        base = random.random(80)
        values = {
            each: (base + 0.3 * ("b" in each) + own * ("a" in each)).tolist()
            for each in coalitions(PARTS)
        }
        worth = shapley(PARTS, values)[0].value
        inside += worth.low <= 0 <= worth.high
    assert inside >= 91  # 95 expected; below 91 in less than 3 of 100 trials
    assert "not told from nothing" in "\n".join(table(PARTS, values, "x"))


def test_missing_coalitions_are_refused() -> None:
    values = random_values(1)
    del values[frozenset("ab")]
    with pytest.raises(ValueError, match="1 coalitions have no values"):
        shapley(PARTS, values)


def candidate(start: int, scores: Mapping[str, float]) -> Passage:
    return Passage(
        chunk_id=f"c{start}", document="d.md", title="", text="", start=start, end=start + 10,
        page=None, heading_path=(), score=0.0, scores=dict(scores),
    )  # fmt: skip


def test_candidates_are_ordered_anew_by_the_parts_of_a_coalition() -> None:
    passages: Sequence[Passage] = [
        candidate(0, {"words": 1.0, "vector": 0.1}),
        candidate(10, {"words": 0.1, "vector": 1.0}),
    ]
    place = Place("d.md", "q", 2, ((10, 20),))
    weights = {"words": 1.0, "vector": 0.5}
    values = ranking_values([([place], passages)], weights, {"d.md": "x" * 30})
    assert values[frozenset(["vector"])] == [1.0]
    assert values[frozenset(["words"])] == [pytest.approx(1 / math.log2(3))]
    assert values[frozenset(weights)] == values[frozenset(["words"])]  # its weight is the higher


def test_parts_by_setting_are_read_or_refused() -> None:
    (one,) = switches(["reader=answer.read_passages=1"])
    assert (one.name, one.key, one.off) == ("reader", "answer.read_passages", 1)
    with pytest.raises(UsageError, match="NAME=KEY=VALUE"):
        switches(["answer.read_passages=1"])


def test_the_command_weighs_the_ranking_and_any_setting(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    lines = [f"| Bolt M{n} | {n}.5 | Nordwerk {n} |" for n in range(3, 9)]
    text = "\n".join(["# Stock", "", "| Part | Weight in grams | Maker |", "|---|---|---|", *lines])
    (tmp_path / "docs" / "stock.md").write_text(text + "\n", encoding="utf-8")
    call, exam = CliRunner().invoke, str(tmp_path / "exam.yaml")
    assert call(
        main, ["exam", "--documents", str(tmp_path / "docs"), "--out", exam]
    ).exit_code == 0  # fmt: skip
    ranking = call(main, ["--questions", exam, "ablate"])
    assert ranking.exit_code == 0, ranking.output
    assert "likeness" in ranking.output
    chosen = ["--part", "answers=answer.min_confidence=1.0", "--part", "all=retrieval.passages=1"]
    parts = call(main, ["--questions", exam, "ablate", *chosen])
    assert parts.exit_code == 0, parts.output
    worth = next(line for line in parts.output.splitlines() if line.startswith("answers"))
    assert float(worth.split()[1]) > 0.5  # without it everything is refused
    assert len(list((tmp_path / "runs").glob("*/summary.json"))) == 4
