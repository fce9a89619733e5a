"""The measures of single answers, each against an independent library or by hand.

Several tests stand for a bug of another tool; the name says which.
"""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from eval_support import TEXT, TEXTS, answer, citation, passage, question
from hypothesis import given
from hypothesis import strategies as st

from assistant.types import Sentence
from eval.metrics import calibration, citations, retrieval
from eval.metrics.abstention import count_refusals
from eval.metrics.answers import judge, numbers_grounded, reference_f1, ungrounded_numbers
from eval.metrics.calibration import Judged
from eval.questions import EvalTurn, Fact, Forbidden, GoldEvidence
from eval.results import from_line, to_line
from eval.scoring import failed, places_of, score

# ---------------------------------------------------------------- retrieval, against ir-measures

grades = st.lists(st.integers(0, 2), min_size=1, max_size=12)


@given(grades, st.lists(st.integers(1, 2), max_size=5), st.integers(1, 12))
def test_ndcg_recall_and_mrr_agree_with_an_independent_library(
    ranked: list[int], unfound: list[int], k: int
) -> None:
    ir = pytest.importorskip("ir_measures")
    gold = [grade for grade in ranked if grade] + unfound
    if not gold:
        assert retrieval.ndcg_at(ranked, gold, k) is None
        return
    qrels = [ir.Qrel("q", f"d{n}", g) for n, g in enumerate(ranked)]
    qrels += [ir.Qrel("q", f"u{n}", g) for n, g in enumerate(unfound)]
    run = [ir.ScoredDoc("q", f"d{n}", 100.0 - n) for n in range(len(ranked))]
    wanted = [ir.nDCG @ k, ir.R @ k, ir.RR @ k, ir.Success @ k]
    theirs = {str(m.measure): m.value for m in ir.iter_calc(wanted, qrels, run)}
    ranks = tuple(n for n, g in enumerate(ranked, 1) if g) + (None,) * len(unfound)
    relevances = [2] * len(ranks)  # recall counts what is needed
    assert retrieval.ndcg_at([float(g) for g in ranked], gold, k) == pytest.approx(
        theirs[f"nDCG@{k}"]
    )
    assert retrieval.recall_at(ranks, relevances, k) == pytest.approx(theirs[f"R@{k}"])
    assert retrieval.reciprocal_rank_at(ranks, k) == pytest.approx(theirs[f"RR@{k}"])
    assert retrieval.hit_at(ranks, k) == theirs[f"Success@{k}"]


def test_a_perfect_ranking_has_ndcg_1_also_with_less_gold_than_k() -> None:
    """LlamaIndex's nDCG takes k perfect hits as the ideal, so one gold document gives .22."""
    assert retrieval.ndcg_at([2.0], [2], 10) == 1.0
    assert retrieval.ndcg_at([2.0, 1.0, 0.0], [2, 1], 10) == 1.0


def test_ndcg_is_below_1_when_gold_was_not_retrieved() -> None:
    """An ideal over what was retrieved, not over the gold, rewards finding little."""
    assert retrieval.ndcg_at([2.0], [2, 2], 10) == pytest.approx(1 / (1 + 1 / math.log2(3)))


def test_an_empty_retrieval_scores_0_and_raises_nothing() -> None:
    """LlamaIndex's metrics raise; others skip the question, so finding nothing costs nothing."""
    nothing = score(question(), answer(retrieved=()), TEXTS)
    for name in ("recall@1", "recall@10", "hit@5", "mrr@10", "ndcg@10", "density@5"):
        assert nothing.measures[name] == 0.0


def test_without_evidence_retrieval_has_no_value_rather_than_0() -> None:
    unanswerable = question(type="unanswerable", expect="refuse", facts=(), evidence=())
    measured = score(unanswerable, answer(), TEXTS).measures
    assert measured["recall@5"] is None
    assert measured["ndcg@10"] is None
    assert measured["gold_citation_recall"] is None


def test_torn_evidence_is_found_once_all_of_it_is_there() -> None:
    middle = TEXT.index("1,200")
    places = places_of(question(), TEXTS)
    halves = [passage(0, middle), passage(40, 50, "trees.md"), passage(middle, 60)]
    assert retrieval.found_ranks(places, halves[:2], TEXTS) == (None,)
    assert retrieval.found_ranks(places, halves, TEXTS) == (3,)


def test_evidence_counts_in_the_right_document_only() -> None:
    elsewhere = replace(passage(0, len(TEXT)), document="other.md")
    assert retrieval.found_ranks(places_of(question(), TEXTS), [elsewhere], TEXTS) == (None,)
    twin = replace(elsewhere, duplicates=("trees.md",))
    assert retrieval.found_ranks(places_of(question(), TEXTS), [twin], TEXTS) == (1,)


@given(
    st.lists(st.one_of(st.none(), st.integers(1, 8)), min_size=1, max_size=8),
    st.lists(st.integers(1, 2), min_size=8, max_size=8),
    st.integers(1, 10),
)
def test_one_passage_with_all_the_evidence_cannot_beat_the_ideal(
    ranks: list[int | None], relevances: list[int], k: int
) -> None:
    gold = relevances[: len(ranks)]
    listed = retrieval.gains(tuple(ranks), gold, 8)
    value = retrieval.ndcg_at(listed, gold, k)
    assert value is not None
    assert 0.0 <= value <= 1.0 + 1e-12
    if all(rank == 1 for rank in ranks):
        assert value == pytest.approx(1.0)


def test_a_passage_without_evidence_takes_a_place_all_the_same() -> None:
    assert retrieval.gains((3,), (2,), 4) == [0.0, 0.0, 2.0, 0.0]
    assert retrieval.gains((2, None, 2), (1, 2, 2), 2) == [0.0, 2.0, 1.0]
    late = score(question(), answer(retrieved=(passage(0, 5), passage(0, len(TEXT)))), TEXTS)
    assert late.measures["ndcg@10"] == pytest.approx(1 / math.log2(3))
    assert late.measures["mrr@10"] == 0.5


def test_density_is_the_share_of_characters_that_are_evidence() -> None:
    place = places_of(question(), TEXTS)
    start, end = place[0].spans[0]
    assert retrieval.density_at(place, [passage(start, end)], 5) == 1.0
    half = retrieval.density_at(place, [passage(start, start + 2 * (end - start))], 5)
    assert half == pytest.approx(0.5)


def test_a_cutoff_below_1_is_an_error() -> None:
    with pytest.raises(ValueError, match="counts from 1"):
        retrieval.ndcg_at([1.0], [1], 0)


# ---------------------------------------------------------------- answers


def test_right_is_all_vital_facts_and_nothing_forbidden() -> None:
    facts = (Fact("kg", ("1,200",)), Fact("year", ("1907",), vital=False))
    asked = question(facts=facts, must_not=(Forbidden(("90 kilograms",), "that is Birch"),))
    right = judge(asked, answer("It weighs 1200 kilograms. [1]"))
    assert (right.correct, right.facts_hit, right.facts_lost) == (True, ("kg",), ("year",))
    wrong = judge(asked, answer("1,200 or 90 kilograms [1]"))
    assert (wrong.correct, wrong.forbidden) == (False, ("that is Birch",))
    assert not judge(asked, answer("It was built in 1907. [1]")).correct


def test_a_refusal_that_happens_to_state_the_fact_is_not_right() -> None:
    assert not judge(question(), answer("No idea, 1,200 kilograms?", abstained=True)).correct


def test_refused_where_due_is_right_and_answered_is_not() -> None:
    asked = question(type="unanswerable", expect="refuse", facts=(), evidence=())
    assert judge(asked, answer("I do not know.", abstained=True)).correct
    assert not judge(asked, answer()).correct


def test_small_talk_is_right_when_it_is_a_reply_without_sources() -> None:
    hello = question(type="chitchat", facts=(), evidence=(), reference="")
    assert judge(hello, answer("Hello.", citations=())).correct
    assert not judge(hello, answer("Hello. [1]")).correct
    assert not judge(hello, answer("", citations=())).correct
    assert not judge(hello, answer("I cannot answer that.", abstained=True)).correct
    measured = score(hello, answer("Hello.", citations=()), TEXTS).measures
    assert measured["citation_recall"] is None


def test_a_question_about_titles_is_answered_by_the_source_that_is_shown() -> None:
    asked = question(facts=(Fact("doc", ("trees.md",)),))
    said = answer("It weighs 1,200 kilograms. [1]")
    assert not judge(asked, said).correct
    assert judge(replace(asked, tags=("title",)), said).correct


def test_numbers_from_nowhere_are_found() -> None:
    asked = question(history=(EvalTurn("When?", "In 1999."),))
    said = answer("Alder weighs 1200 kilograms, Birch 77, in 1999.")
    assert ungrounded_numbers(asked, said) == ("77",)
    assert numbers_grounded(asked, said) == pytest.approx(2 / 3)
    assert numbers_grounded(asked, answer("None.")) is None
    assert numbers_grounded(asked, answer("1. Open it.\n2. Drain it.")) is None  # counts entries
    assert numbers_grounded(asked, answer("77", abstained=True)) is None


def test_reference_f1_is_0_for_a_wrong_refusal_and_absent_without_reference() -> None:
    assert reference_f1(question(), answer("1,200 kilograms", abstained=True)) == 0.0
    assert reference_f1(question(reference=""), answer()) is None


# ---------------------------------------------------------------- citations


def scores(said: object) -> citations.CitationScores:
    return citations.score_citations(said, TEXTS)  # type: ignore[arg-type]


def test_a_verbatim_cited_answer_is_perfect() -> None:
    assert scores(answer()) == citations.CitationScores(1.0, 1.0, 1.0)


def test_a_refusal_is_neither_faithful_nor_unfaithful() -> None:
    """Tools that score a refusal 1 for faithfulness are beaten by always refusing."""
    assert scores(answer("I do not know.", abstained=True)) == citations.CitationScores(
        None, None, None
    )
    refused = score(question(), answer("I do not know.", abstained=True), TEXTS)
    assert refused.measures["gold_citation_recall"] == 0.0
    assert refused.measures["fact_recall"] == 0.0


def test_a_claim_without_citation_scores_0() -> None:
    bare = answer("It weighs 1,200 kilograms.", citations=())
    assert scores(bare) == citations.CitationScores(0.0, 0.0, None)


def test_a_marker_that_points_nowhere_is_wrong() -> None:
    """Out-of-range markers are dropped silently elsewhere, so inventing sources costs nothing."""
    sentence = Sentence("It weighs 1,200 kilograms.", (1, 7), "verbatim")
    assert scores(answer(sentences=(sentence,))).precision == 0.5
    hanging = answer(
        "It weighs 1,200 kilograms. [1][9]", sentences=(replace(sentence, citations=(1,)),)
    )
    assert scores(hanging).precision == 0.5


def test_a_bracket_of_the_source_itself_is_no_marker() -> None:
    quoted = citation("Oak stands on the hill [7].", document="other.md")
    said = answer("Oak stands on the hill [7]. [1]", citations=(quoted,), sentences=(
        Sentence(quoted.quote, (1,), "verbatim"),
    ))  # fmt: skip
    assert scores(said) == citations.CitationScores(1.0, 1.0, 1.0)


def test_a_needless_citation_lowers_precision_alone() -> None:
    two = (citation("It weighs 1,200 kilograms."), citation("Birch was built in 1950", 2))
    mixed = scores(answer("It weighs 1,200 kilograms. [1][2]", citations=two))
    assert (mixed.recall, mixed.precision) == (1.0, 0.5)


def test_two_citations_that_only_support_together_are_both_needed() -> None:
    two = (citation("Alder was built in 1907"), citation("It weighs 1,200 kilograms.", 2))
    both = scores(answer("Alder, built in 1907, weighs 1,200 kilograms. [1][2]", citations=two))
    assert (both.recall, both.precision) == (1.0, 1.0)


def test_a_number_that_the_quote_does_not_hold_is_unsupported() -> None:
    changed = answer("It weighs 1,300 kilograms. [1]")
    assert scores(changed).recall == 0.0


def test_quotes_are_read_from_the_document_and_not_from_the_answer() -> None:
    lie = replace(citation("It weighs 1,200 kilograms."), start=0, end=10)
    said = scores(answer(citations=(lie,)))
    assert said.fidelity == 0.0
    assert said.recall == 0.0
    outside = replace(lie, start=10_000, end=10_010)
    assert scores(answer(citations=(outside,))).fidelity == 0.0
    unknown = replace(lie, document="none.md")
    assert scores(answer(citations=(unknown,))).fidelity == 0.0


@pytest.mark.parametrize("shift", [-1, 1])
def test_a_citation_shifted_by_one_is_seen(shift: int) -> None:
    true = citation("It weighs 1,200 kilograms.")
    start, end = true.start + shift, true.end + shift
    moved = replace(true, start=start, end=end)
    assert scores(answer(citations=(moved,))).fidelity == 0.0
    consistent = replace(moved, quote=TEXT[start:end])
    gold = citations.gold_citation_recall(places_of(question(), TEXTS), [consistent])
    assert gold == (0.0 if shift > 0 else 1.0)  # backwards it loses the full stop alone


def test_gold_citation_recall_is_the_share_of_needed_evidence_inside_a_cited_span() -> None:
    two = question(
        evidence=(
            GoldEvidence("trees.md", "It weighs 1,200 kilograms."),
            GoldEvidence("trees.md", "Birch was built in 1950"),
            GoldEvidence("trees.md", "Alder was built", relevance=1),
        )
    )
    measured = score(two, answer(), TEXTS).measures
    assert measured["gold_citation_recall"] == 0.5


def test_what_is_added_beside_the_evidence_lowers_answer_precision() -> None:
    one = citation("It weighs 1,200 kilograms.")
    beside = [citation(quote, at) for at, quote in enumerate(("Birch was built in 1950",), 2)]
    asked = question()
    said = (Sentence(one.quote, (1,), "verbatim"), Sentence("Birch was built", (2,), "verbatim"))
    alone = score(asked, answer(sentences=said[:1]), TEXTS).measures
    flooded = answer(citations=(one, *beside), sentences=said)
    later = answer(citations=(one, *beside), sentences=said[::-1])
    assert (alone["answer_precision"], alone["first_on_evidence"]) == (1.0, 1.0)
    measured = score(asked, flooded, TEXTS).measures
    assert (measured["answer_precision"], measured["first_on_evidence"]) == (0.5, 1.0)
    measured = score(asked, later, TEXTS).measures
    assert (measured["answer_precision"], measured["first_on_evidence"]) == (0.5, 0.0)
    refused = score(asked, answer("I do not know.", abstained=True), TEXTS).measures
    assert (refused["answer_precision"], refused["first_on_evidence"]) == (None, None)


# ---------------------------------------------------------------- abstention and calibration


def test_refusal_counts_and_ratios() -> None:
    counted = count_refusals([(True, True), (True, False), (False, True), (False, False)])
    assert (counted.precision, counted.recall, counted.f1) == (0.5, 0.5, 0.5)
    never = count_refusals([(True, False), (False, False)])
    assert (never.precision, never.recall, never.f1) == (None, 0.0, 0.0)
    assert count_refusals([]).f1 is None


answers_given = st.lists(
    st.builds(Judged, st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9]), st.booleans()),
    min_size=1,
    max_size=30,
)


@given(answers_given)
def test_brier_agrees_with_scikit_learn(judged: list[Judged]) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    truth, said = [each.right for each in judged], [each.confidence for each in judged]
    theirs = metrics.brier_score_loss(truth, said, pos_label=True)
    assert calibration.brier(judged) == pytest.approx(theirs)


@given(answers_given, st.randoms())
def test_risk_and_coverage_do_not_depend_on_the_order_of_the_questions(
    judged: list[Judged], random: object
) -> None:
    shuffled = list(judged)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one = calibration.risk_coverage(judged, 40)
    assert one == calibration.risk_coverage(shuffled, 40)
    assert one[-1].risk == pytest.approx(sum(not j.right for j in judged) / len(judged))
    assert one[-1].coverage == len(judged) / 40


def test_risk_coverage_by_hand() -> None:
    judged = [Judged(0.9, True), Judged(0.8, False), Judged(0.7, True), Judged(0.6, True)]
    curve = calibration.risk_coverage(judged, 8)
    assert [point.risk for point in curve] == pytest.approx([0, 1 / 2, 1 / 3, 1 / 4])
    assert calibration.aurc(curve) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 4) / 4)
    assert calibration.coverage_at_risk(curve, 0.05) == 1 / 8
    assert calibration.coverage_at_risk(curve, 0.3) == 4 / 8
    assert calibration.coverage_at_risk((), 0.05) is None


def test_brier_skill_is_0_for_the_base_rate_and_absent_for_equal_outcomes() -> None:
    assert calibration.brier_skill([Judged(0.5, True), Judged(0.5, False)]) == 0.0
    assert calibration.brier_skill([Judged(0.9, True), Judged(0.8, True)]) is None
    assert calibration.brier_skill([]) is None


def test_bins_have_equal_mass_and_ece_is_0_for_honest_confidence() -> None:
    judged = [Judged(0.25, n % 4 == 0) for n in range(40)] + [
        Judged(0.75, n % 4 != 0) for n in range(40)
    ]
    made = calibration.reliability(judged, bins=2)
    assert [each.n for each in made] == [40, 40]
    assert calibration.expected_calibration_error(judged, bins=2) == pytest.approx(0.0)
    assert calibration.expected_calibration_error([]) is None
    off = [Judged(1.0, False)] * 10
    assert calibration.expected_calibration_error(off) == 1.0


@pytest.mark.parametrize("confidence", [math.nan, math.inf, -0.1, 1.1])
def test_a_confidence_that_is_none_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="not between"):
        calibration.brier([Judged(confidence, True)])


# ---------------------------------------------------------------- the result of a question


def test_a_result_survives_its_line_and_holds_no_time() -> None:
    made = score(question(), answer(), TEXTS)
    line = to_line(made)
    assert to_line(from_line(line)) == line
    assert "0.01" not in line  # the seconds of the answer


def test_a_measure_that_is_not_finite_is_refused() -> None:
    """A NaN that goes through means and comparisons makes every gate pass."""
    made = score(question(), answer(), TEXTS)
    for bad in (math.nan, math.inf):
        with pytest.raises(ValueError, match="not a measure"):
            to_line(replace(made, measures={"recall@5": bad}))
        with pytest.raises(ValueError, match="not a measure"):
            to_line(replace(made, confidence=bad))


def test_the_funnel_tells_where_an_answer_was_lost() -> None:
    assert score(question(), answer(), TEXTS).funnel == (True, True, True, True)
    uncited = answer("It weighs 1,200 kilograms.", citations=())
    assert score(question(), uncited, TEXTS).funnel == (True, True, False, False)
    assert score(question(), answer("No.", citations=()), TEXTS).funnel == (True,) + (False,) * 3
    assert score(question(), answer(retrieved=()), TEXTS).funnel == (False,) * 4


def test_an_error_is_neither_right_nor_wrong() -> None:
    broken = failed(question(), "it burst")
    assert (broken.correct, broken.outcome, dict(broken.measures)) == (None, "error", {})
