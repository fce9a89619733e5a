"""Facts in other right words, and what is near and wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from eval_support import TEXTS, answer, question
from hypothesis import given
from hypothesis import strategies as st

from assistant.studying.stated import normalise, states
from benchmarks.fact_wordings import ANSWERS, answers_of_others, as_written, in_any_order
from eval.errors import QuestionFileError
from eval.lint import check, untrue
from eval.metrics.answers import judge
from eval.metrics.second_verdict import agreement, supports_reference
from eval.questions import Fact, Forbidden, load_questions, parse_questions
from eval.summary import summarise
from eval.wordings import is_rigid, said_text, tells


@pytest.mark.parametrize(
    ("said", "wording"),
    [
        ("the theory behind deep learning", "theory of deep learning"),
        ("Deep learning theory.", "theory of deep learning"),
        ("A classifier that is linear", "linear classifier"),
        ("it optimizes", "optimise"),
        ("the neighboring fields", "neighbouring field"),
        ("labeled images", "labelled image"),
        ("It never uses any edge.", "no edges"),
        ("nodes without edges", "no edges"),
        ("It doesn't claim that", "does not claim"),
        ("weaknesses and strengths", "strengths and weaknesses"),
        ("it took 43 h", "43 hours"),
        ("hours: none; it took forty-three hours", "43 hours"),
        ("36 %", "36.0 percent"),
        ("36 per cent", "36%"),
        ("1594 papers", "1,594 papers"),
        ("1.6 million", "1,600,000"),
        ("1.6m users", "1.6 million users"),
        ("two hundred people", "200 people"),
        ("April 26th", "26 April"),
        ("32 x 32 px", "32 by 32 pixels"),
        ("Rene Vidal", "René"),
        ("Mueller", "Müller"),
        ("P. Raman and others", "Parameswaran Raman"),
        ("Y.-X. Wang", "Yu-Xiang Wang"),
        ("in second place", "2nd"),
        ("number 2 of all", "No. 2"),
    ],
)
def test_right_words_state_a_fact(said: str, wording: str) -> None:
    assert tells(said_text(said), wording)


@pytest.mark.parametrize(
    ("said", "wording"),
    [
        ("small hearts and large squares", "large hearts"),
        ("small hearts, large squares", "large hearts"),
        ("no classifier of theirs is linear", "linear classifier"),
        ("it has many edges", "no edges"),
        ("five images for each class, and one class", "five classes"),
        ("43 minutes of 57 hours", "43 hours"),
        ("about 1.6 thousand papers", "1,594 papers"),
        ("36.1 percent", "36 percent"),
        ("a publication", "public"),
        ("it was low", "Lowe"),
        ("a floor that every method beat", "beat every"),
        ("linear algebra. A classifier", "linear classifier"),
        ("B. Raman", "Parameswaran Raman"),
        ("Raman", "Parameswaran Raman"),
        ("a linear method with a bias term, a loss and then a classifier", "linear classifier"),
        ("ogbn-papers100M", "100"),
        ("version 1.5.9", "1.5"),
        ("two papers", "2nd"),
        ("it has 2 parts", "No. 2"),
        ("hundreds of millions", "a million"),
        ("in July 2024", "May 2024"),
    ],
)
def test_near_and_wrong_words_do_not(said: str, wording: str) -> None:
    assert not tells(said_text(said), wording)


@given(st.text(max_size=300), st.text(max_size=60))
def test_what_is_stated_as_written_is_always_stated(text: str, wording: str) -> None:
    if wording.strip() and states(normalise(text), wording):
        assert tells(said_text(text), wording)


def test_a_long_text_is_read_in_linear_time() -> None:
    import time

    begun = time.perf_counter()
    for text in ("linear " * 30_000, ".'" * 100_000, "a. " * 60_000, "1,1" * 60_000):
        assert not tells(said_text(text), "linear classifier of few words")
    assert time.perf_counter() - begun < 10


def test_what_must_not_be_said_counts_as_written_only() -> None:
    strict = question(must_not=(Forbidden(("weighs ten kilograms",), "pounds"),))
    assert judge(strict, answer("It weighs 1,200 kilograms, not ten. [1]")).correct
    assert not judge(
        strict, answer("It weighs 1,200 kilograms or weighs ten kilograms. [1]")
    ).correct


def test_rigid_is_a_wording_of_two_words_that_are_no_names_or_numbers() -> None:
    assert is_rigid("falls a second time")
    assert is_rigid("no edges")
    assert not any(map(is_rigid, ("Yann LeCun", "2,997", "43 hours", "pandemic")))


def test_lint_tries_the_facts_on_paraphrases_and_wrong_answers() -> None:
    tried = question(paraphrases=("It weighs 1200 kg.",), wrong=("It weighs 1,300 kilograms.",))
    assert not untrue([tried], TEXTS)
    lost = untrue([replace(tried, paraphrases=("Rather a lot.",))], TEXTS)
    assert "does not state the fact 'kg'" in lost[0].message
    assert "paraphrase" in lost[0].message
    passed = untrue([replace(tried, wrong=("Some say 1,200 kilograms.",))], TEXTS)
    assert "is judged right" in passed[0].message
    phrase = question(reference="It was built first.", facts=(Fact("f", ("was built first",)),))
    assert "paraphrases" in " ".join(each.message for each in check([phrase], TEXTS))


def test_paraphrases_change_no_fingerprint_and_need_facts(repository: Path) -> None:
    plain = question()
    assert replace(plain, paraphrases=("a",), wrong=("b",)).fingerprint == plain.fingerprint
    row = {"id": "a", "question": "?", "type": "unanswerable", "expect": "refuse"}
    with pytest.raises(QuestionFileError, match="try facts, and it has none"):
        parse_questions({"version": 1, "questions": [{**row, "wrong": ["b"]}]}, Path("q.yaml"))


def test_answers_in_ones_own_words_are_judged_better_than_as_written(repository: Path) -> None:
    questions = {q.id: q for q in load_questions(repository / "eval/questions.yaml").questions}
    rows = yaml.safe_load(ANSWERS.read_text(encoding="utf-8"))["answers"]
    assert len(rows) >= 38
    right = [sum(by(questions[row["id"]], row["right"]) for row in rows)
             for by in (as_written, in_any_order)]  # fmt: skip
    assert right[1] >= 0.8 * len(rows) > right[0]
    assert not [row["id"] for row in rows if in_any_order(questions[row["id"]], row["wrong"])]


def test_answers_to_other_questions_hardly_ever_pass_by_the_order_of_words(
    repository: Path,
) -> None:
    questions = load_questions(repository / "eval/questions.yaml").questions[::4]
    answers = {each.id: each.reference for each in questions if each.reference}
    count, written, more = answers_of_others(questions, answers)
    assert count > 2_000
    assert len(more) <= count / 1_000
    assert written < count / 50


def test_titles_count_as_written() -> None:
    asked = question(tags=("title",), facts=(Fact("t", ("Theory of deep learning", "Ada Lund")),))
    assert not judge(asked, answer("Deep learning has a theory. [1]")).correct
    assert judge(asked, answer("A. Lund did. [1]")).correct


def test_kappa_is_that_of_an_independent_library() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    pairs = [(True, True)] * 9 + [(True, False)] * 3 + [(False, True)] * 2 + [(False, False)] * 6
    found = agreement(pairs)
    assert found is not None
    assert found.n == 20
    assert found.agreed == 15
    theirs = metrics.cohen_kappa_score(*zip(*pairs, strict=True))
    assert found.kappa == pytest.approx(theirs)
    assert agreement([]) is None
    constant = agreement([(True, True), (True, False)])
    assert constant is not None
    assert constant.kappa is None


def test_the_second_verdict_is_that_of_the_checker_and_moves_nothing() -> None:
    from eval.scoring import score

    asked = question(reference="Alder weighs 1,200 kilograms.")
    good = score(asked, answer("Alder weighs 1,200 kilograms. [1]"), TEXTS)
    bad = score(asked, answer("Birch weighs 90 kilograms. [1]"), TEXTS)
    assert good.measures["supports_reference"] == 1.0
    assert bad.measures["supports_reference"] == 0.0
    assert supports_reference(asked, answer(abstained=True)) is None
    told = summarise([good, replace(bad, id="other")]).agreement
    assert told is not None
    assert (told.n, told.agreed, told.kappa) == (2, 2, 1.0)
