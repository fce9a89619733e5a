"""One question and its answer → one ``Result``. Pure; knows the documents' texts, asks nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.types import Answer, Passage
from eval.metrics import answers, citations, retrieval
from eval.metrics.second_verdict import supports_reference
from eval.questions import NEEDED, EvalQuestion
from eval.results import Cited, Result
from eval.spans import Place, locate
from eval.text import bag_of_words

CUTOFFS = (1, 3, 5, 10)
FUNNEL = ("retrieved", "used", "cited", "correct")
SECOND_VERDICT = "supports_reference"
USED_SHARE = 0.5
"""Evidence counts as used when the answer holds at least this share of its words."""


def places_of(question: EvalQuestion, texts: Mapping[str, str]) -> tuple[Place, ...]:
    """Where a question's evidence stands; a document that is missing gives no spans."""
    return tuple(
        Place(e.document, e.quote, e.relevance, locate(e.quote, texts.get(e.document, "")))
        for e in question.evidence
    )


def score(
    question: EvalQuestion, answer: Answer, texts: Mapping[str, str], repeat: int = 0
) -> Result:
    """Everything there is to say about one answer; ``texts`` maps document → stored text."""
    places = places_of(question, texts)
    ranks = retrieval.found_ranks(places, answer.retrieved, texts)
    judged = answers.judge(question, answer)
    cited = citations.score_citations(answer, texts)
    precision, first = citations.on_evidence(places, answer)
    is_talk = question.type == "chitchat"
    measures = {
        **retrieval_measures(places, answer.retrieved, texts),
        "fact_recall": answers.fact_recall(question, judged),
        "token_f1": answers.reference_f1(question, answer),
        SECOND_VERDICT: None if is_talk else supports_reference(question, answer),
        "numbers_grounded": answers.numbers_grounded(question, answer),
        "citation_recall": None if is_talk else cited.recall,
        "citation_precision": None if is_talk else cited.precision,
        "gold_citation_recall": citations.gold_citation_recall(places, answer.citations),
        "answer_precision": precision,
        "first_on_evidence": first,
        "quote_fidelity": cited.fidelity,
        "refused_where_due": float(answer.abstained) if question.expect == "refuse" else None,
    }
    return Result(
        id=question.id,
        fingerprint=question.fingerprint,
        repeat=repeat,
        type=question.type,
        tags=question.tags,
        cluster=question.cluster,
        severity=question.severity,
        expect=question.expect,
        outcome="refused" if answer.abstained else "answered",
        correct=judged.correct,
        question=question.question,
        text=answer.text,
        reason="" if answer.reason == answer.text else answer.reason,
        confidence=answer.confidence,
        facts_hit=judged.facts_hit,
        facts_lost=judged.facts_lost,
        forbidden=judged.forbidden,
        ungrounded_numbers=answers.ungrounded_numbers(question, answer),
        citations=tuple(Cited(c.marker, c.document, c.start, c.end) for c in answer.citations),
        passages=len(answer.retrieved),
        ranks=ranks,
        funnel=funnel(places, ranks, answer, judged.correct),
        measures=measures,
        tokens_in=answer.usage.tokens_in,
        tokens_out=answer.usage.tokens_out,
        cost=answer.usage.cost,
    )


def failed(question: EvalQuestion, error: str, repeat: int = 0) -> Result:
    """A question that could not be asked: counted apart, never as a wrong answer."""
    return Result(
        id=question.id,
        fingerprint=question.fingerprint,
        repeat=repeat,
        type=question.type,
        tags=question.tags,
        cluster=question.cluster,
        severity=question.severity,
        expect=question.expect,
        outcome="error",
        correct=None,
        question=question.question,
        error=error,
    )


def retrieval_measures(
    places: Sequence[Place], passages: Sequence[Passage], texts: Mapping[str, str]
) -> dict[str, float | None]:
    """recall@k, hit@k, MRR@10, nDCG@10 and density@5 of a ranking against the evidence."""
    ranks = retrieval.found_ranks(places, passages, texts)
    grades = [place.relevance for place in places]
    listed = retrieval.gains(ranks, grades, len(passages))
    deepest = max(CUTOFFS)
    return {
        **{f"recall@{k}": retrieval.recall_at(ranks, grades, k) for k in CUTOFFS},
        **{f"hit@{k}": retrieval.hit_at(ranks, k) for k in CUTOFFS},
        f"mrr@{deepest}": retrieval.reciprocal_rank_at(ranks, deepest),
        f"ndcg@{deepest}": retrieval.ndcg_at(listed, grades, deepest),
        "density@5": retrieval.density_at(places, passages, 5),
    }


def funnel(
    places: Sequence[Place], ranks: retrieval.Ranks, answer: Answer, correct: bool
) -> tuple[bool, ...]:
    """How far any needed evidence came: retrieved, then used, then cited, and the answer right.

    Each step asks for the ones before it. Empty for a question without evidence.
    """
    needed = [
        (place, at) for place, at in zip(places, ranks, strict=True) if place.relevance >= NEEDED
    ]
    if not needed:
        return ()
    retrieved = [place for place, at in needed if at is not None]
    said = bag_of_words("" if answer.abstained else answer.text)
    used = [place for place in retrieved if _share_of(place.quote, said) >= USED_SHARE]
    cited = [p for p in used if citations.gold_citation_recall([p], answer.citations) == 1.0]
    return (bool(retrieved), bool(used), bool(cited), bool(cited) and correct)


def _share_of(quote: str, said: Mapping[str, int]) -> float:
    wanted = bag_of_words(quote)
    total = sum(wanted.values())
    return sum(min(n, said.get(word, 0)) for word, n in wanted.items()) / total if total else 0.0
