"""Why two runs differ: planted faults of one stage are named, and the parts add up."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from eval_support import result

from eval.attribution import Stage, attribute, lines
from eval.results import Cited, Result

ELSEWHERE = (Cited(1, "other.md", 0, 9),)


def right(number: int, **changes: object) -> Result:
    return replace(
        result(number, True),
        ranks=(1 + number % 3,),
        funnel=(True, True, True, True),
        citations=(Cited(1, "d.md", number, number + 5),),
        **changes,  # type: ignore[arg-type]
    )


def retrieval(each: Result) -> Result:
    return replace(each, ranks=(None,), funnel=(False,) * 4, citations=ELSEWHERE, correct=False)


def unfound(each: Result) -> Result:
    return replace(retrieval(each), outcome="refused", citations=())


def threshold(each: Result) -> Result:
    return replace(each, outcome="refused", funnel=(True, False, False, False), citations=(),
                   correct=False)  # fmt: skip


def sentence(each: Result) -> Result:
    return replace(each, funnel=(True, False, False, False), citations=ELSEWHERE, correct=False)


def fact(each: Result) -> Result:
    return replace(each, funnel=(True, True, True, False), correct=False)


@pytest.mark.parametrize(
    ("fault", "stage"),
    [
        (retrieval, "retrieval"), (unfound, "retrieval"), (threshold, "threshold"),
        (sentence, "sentence"), (fact, "fact"),
    ],
)  # fmt: skip
def test_a_planted_fault_of_one_stage_is_named(
    fault: Callable[[Result], Result], stage: Stage
) -> None:
    chance = random.Random(1)
    for _ in range(20):
        base = [right(n) for n in range(60)]
        hit = set(chance.sample(range(60), 8))
        now = [fault(each) if n in hit else each for n, each in enumerate(base)]
        found = attribute(base, now)
        assert set(found.lost) == {stage}
        assert len(found.lost[stage]) == 8
        mirrored = attribute(now, base)
        assert set(mirrored.gained) == {stage}
        assert found.points(stage) == pytest.approx(found.system)


def test_a_wrong_answer_where_a_refusal_is_due_is_the_threshold() -> None:
    base = [result(1, True, expect="refuse", outcome="refused")]
    now = [replace(base[0], correct=False, outcome="answered")]
    assert attribute(base, now).lost == {"threshold": ("q001",)}


def test_mix_and_assistant_add_up() -> None:
    base = [right(n) for n in range(20)] + [replace(right(n), correct=False) for n in range(20, 30)]
    now = [threshold(base[0]), *base[1:20]] + [right(n) for n in range(40, 50)]
    found = attribute(base, now)
    assert found.mix + found.system == pytest.approx(found.now - found.base)
    assert found.system == pytest.approx(-1 / 20)
    assert found.mix == pytest.approx(29 / 30 - 20 / 30 + 1 / 20)
    told = "\n".join(lines(found))
    assert "from the mix of questions" in told
    assert "threshold" in told


def test_only_other_questions_move_nothing_of_the_assistant() -> None:
    base = [right(n) for n in range(10)]
    found = attribute(base, base[:5])
    assert (found.system, found.mix) == (0.0, pytest.approx(0.0))
    assert "no question flipped" in "\n".join(lines(found))


def test_a_question_that_could_not_be_asked_is_no_flip_of_a_stage() -> None:
    base = [right(n) for n in range(10)]
    now = [replace(base[0], outcome="error", correct=None), *base[1:]]
    found = attribute(base, now)
    assert not found.lost
    assert found.questions == 9
