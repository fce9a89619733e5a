"""Configurations side by side: which there are, their rows, their answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from eval_support import result

from assistant.errors import UsageError
from eval.cli import main
from eval.matrix import MOST, configurations, rows, side_by_side, table
from eval.runs import Run, RunManifest


def run(right: list[bool], seconds: float = 0.5, **changes: object) -> Run:
    found = tuple(
        result(n, each, measures={"answer_precision": 0.5 + n / 10}, **changes)
        for n, each in enumerate(right)
    )
    manifest = RunManifest("q", len(right), {}, {}, "f")
    return Run(Path("r"), manifest, found, tuple({"total": seconds} for _ in right))


def test_sweeps_give_every_combination_on_every_file() -> None:
    made = configurations(
        [Path("a.yaml"), Path("b.yaml")], ["retrieval.passages=4, 8", "answer.strict=true,false"],
        None, {"llm.model": "m"},
    )  # fmt: skip
    assert len(made) == 8
    assert made[1].name == "a.yaml retrieval.passages=4 answer.strict=False"
    assert made[7].overrides == {
        "llm.model": "m", "retrieval.passages": 8, "answer.strict": False,
    }  # fmt: skip
    (plain,) = configurations([], [], Path("c.yaml"), {})
    assert (plain.name, plain.file) == ("as it is", Path("c.yaml"))


@pytest.mark.parametrize("sweep", ["retrieval.passages", "retrieval.passages=", "x=,"])
def test_a_sweep_without_values_is_refused(sweep: str) -> None:
    with pytest.raises(UsageError, match="names no values"):
        configurations([], [sweep], None, {})


def test_too_many_configurations_are_refused() -> None:
    values = ",".join(map(str, range(1, MOST + 2)))
    with pytest.raises(UsageError, match="are the most"):
        configurations([], [f"retrieval.passages={values}"], None, {})


def test_rows_compare_with_the_first_and_are_sorted_by_what_was_lost() -> None:
    first = run([True, True, False, True])
    made = rows(
        ["first", "worse", "other"],
        [first, run([False, False, False, True]), run([True, False, True, True], 0.25)],
    )
    assert [row.name for row in made] == ["first", "other", "worse"]
    assert (made[1].lost, made[1].gained, made[1].seconds) == (("q001",), ("q002",), 0.25)
    assert made[2].right == 0.25
    assert made[0].precision == pytest.approx(0.65)
    abilities = [row.ability for row in made]
    assert None not in abilities
    assert abilities[0] == pytest.approx(abilities[1])
    assert abilities[0] > abilities[2]  # type: ignore[operator]
    assert table(made)[0].split()[0] == "right"
    assert rows(["a", "b"], [first, first])[0].ability is None  # two are too few


def test_answers_that_differ_stand_side_by_side_and_cannot_become_markup() -> None:
    text = side_by_side(
        ["a", "b"],
        [run([True, True]), run([True, False], text="<b>no</b> [x](http://e)")],
    )
    assert "`q001`" in text
    assert "q000" not in text
    assert "**wrong** b: &lt;b&gt;no" in text
    assert "[x](" not in text


def test_the_command_runs_each_configuration_once(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    lines = [f"| Bolt M{n} | {n}.5 | Nordwerk {n} |" for n in range(3, 9)]
    text = "\n".join(["# Stock", "", "| Part | Weight in grams | Maker |", "|---|---|---|", *lines])
    (tmp_path / "docs" / "stock.md").write_text(text + "\n", encoding="utf-8")
    exam = tmp_path / "exam.yaml"
    call = CliRunner().invoke
    docs = str(tmp_path / "docs")
    assert call(main, ["exam", "--documents", docs, "--out", str(exam)]).exit_code == 0
    alone = call(main, ["--questions", str(exam), "matrix"])
    assert alone.exit_code == 2
    assert "at least two" in alone.output
    done = call(
        main,
        ["--questions", str(exam), "matrix", "--sweep", "answer.min_confidence=0.1,1.0",
         "--answers", str(tmp_path / "d.md")],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "answer.min_confidence=1.0" in done.output
    assert len(list((tmp_path / "runs").glob("*/summary.json"))) == 2
    assert "right" in (tmp_path / "d.md").read_text(encoding="utf-8")
    unknown = call(main, ["--questions", str(exam), "matrix", "--sweep", "answer.nothing=1,2"])
    assert unknown.exit_code == 2
