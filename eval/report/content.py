"""What every form of the report shows, computed once from stored runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from eval import recorded
from eval.baselines import CEILING, FLOOR, NAMES, RIVAL, captured_share
from eval.compare import Comparison, Pair
from eval.gate import GateVerdict
from eval.hardness import LEVELS, hardness, shared_words
from eval.questions import EvalQuestion
from eval.results import Result
from eval.runs import Run, RunFolder
from eval.statistics import mean
from eval.summary import PRIMARY, Figure, Summary, by_question, figure, summarise, value_of
from eval.text import without_markers

SYSTEM = "assistant"
LADDER_METRIC = "correct"
GAP_METRIC = "correct_answerable"

LABELS = {
    "correct": "right answers",
    "correct_to_the_point": "right and to the point",
    "correct_answerable": "right, of the answerable",
    "refused_where_due": "refused where due",
    "fact_recall": "facts stated",
    "token_f1": "token F1 with the reference",
    "supports_reference": "reference found by the claim checker",
    "numbers_grounded": "numbers that stand in a passage",
    "citation_recall": "sentences supported by their citation",
    "citation_precision": "citations that are needed",
    "gold_citation_recall": "evidence inside a cited span",
    "answer_precision": "sentences on the evidence",
    "first_on_evidence": "first sentence on the evidence",
    "quote_fidelity": "quotes exact to the character",
    "mrr@10": "MRR@10",
    "ndcg@10": "nDCG@10",
    "density@5": "evidence density@5",
    "no_retrieval": "no retrieval",
    "always_refuse": "always refuse",
    "bm25_sentence": "best BM25 sentence",
    "top_chunk": "paste the top chunk",
    "oracle": "oracle passage",
    SYSTEM: "the assistant",
}


PASSAGE_CHARACTERS = 300
"""So much of each passage is shown."""


@dataclass(frozen=True, slots=True)
class SeenPassage:
    """A retrieved passage as the report shows it, cut to ``PASSAGE_CHARACTERS``."""

    document: str
    page: int | None
    score: float
    text: str
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Report:
    """A run, its figures, and if there is one its baseline with comparison and verdict.

    ``ladder`` maps the assistant and each trivial rival to its share of right answers;
    ``captured`` is the share of the gap between no retrieval and the oracle that is closed, on
    answerable questions. ``rival`` holds the retrieval figures of BM25 over fixed windows;
    ``words_beyond`` is how many words an answer has more than its reference, on average.
    ``passages`` are those that were retrieved for a question, ``overlaps`` the share of its words
    that stand in its evidence, ``by_hardness`` the share of right answers by thirds of that.
    """

    run: Run
    summary: Summary
    ladder: Mapping[str, Figure]
    captured: float | None
    rival: Mapping[str, Figure]
    base: Run | None = None
    base_summary: Summary | None = None
    comparison: Comparison | None = None
    verdict: GateVerdict | None = None
    questions: Mapping[str, EvalQuestion] = field(default_factory=dict)
    words_beyond: float | None = None
    passages: Mapping[str, Sequence[SeenPassage]] = field(default_factory=dict)
    overlaps: Mapping[str, float] = field(default_factory=dict)
    by_hardness: Mapping[str, Figure] = field(default_factory=dict)

    def fact_words(self, question_id: str, facts: Sequence[str]) -> list[str]:
        """Facts by their first wordings; by their ids where the question is not known."""
        return [_fact(self, question_id, each) for each in facts]

    @property
    def sentence(self) -> str:
        """The verdict in one sentence; without a baseline what was measured."""
        if self.verdict is not None:
            return self.verdict.sentence
        right = self.summary.figures.get("correct")
        if right is None:
            return "No question could be judged."
        return (
            f"No baseline to compare with: {right.mean:.1%} right on {right.n} questions "
            f"[{right.low:.1%}, {right.high:.1%}]."
        )

    @property
    def state(self) -> str:
        """The verdict's state, or ``none``."""
        return self.verdict.state if self.verdict is not None else "none"


def build(
    run: Run,
    base: Run | None = None,
    comparison: Comparison | None = None,
    verdict: GateVerdict | None = None,
    questions: Sequence[EvalQuestion] = (),
) -> Report:
    """Compute what the forms of the report share."""
    summary = summarise(run.results, run.timings)
    known = {question.id: question for question in questions}
    rivals = {name: summarise(results).figures for name, results in run.baselines.items()}
    ladder = {
        name: rivals[name][LADDER_METRIC] for name in NAMES if LADDER_METRIC in rivals.get(name, {})
    }
    if LADDER_METRIC in summary.figures:
        ladder[SYSTEM] = summary.figures[LADDER_METRIC]

    def gap(figures: Mapping[str, Figure]) -> float | None:
        return figures[GAP_METRIC].mean if GAP_METRIC in figures else None

    captured = captured_share(
        gap(summary.figures), gap(rivals.get(FLOOR, {})), gap(rivals.get(CEILING, {}))
    )
    return Report(
        run=run,
        summary=summary,
        ladder=dict(sorted(ladder.items(), key=lambda item: item[1].mean)),
        captured=captured,
        rival=rivals.get(RIVAL, {}),
        base=base,
        base_summary=summarise(base.results) if base is not None else None,
        comparison=comparison,
        verdict=verdict,
        questions=known,
        words_beyond=words_beyond(run.results, known),
        passages=_passages_of(run),
        by_hardness=_by_hardness(run.results, questions),
        overlaps={
            each.id: shared for each in questions if (shared := shared_words(each)) is not None
        },
    )


def _by_hardness(results: Sequence[Result], questions: Sequence[EvalQuestion]) -> dict[str, Figure]:
    labels = hardness(questions)
    values: dict[str, list[float]] = {level: [] for level in LEVELS}
    for name, group in by_question(results).items():
        if name in labels and (value := value_of(group, PRIMARY)) is not None:
            values[labels[name]].append(value)
    made = {level: figure(each, proportion=True) for level, each in values.items()}
    return {level: each for level, each in made.items() if each is not None}


def _passages_of(run: Run) -> dict[str, list[SeenPassage]]:
    """Question id → the passages of its first answer; empty for a run without its answers."""
    found: dict[str, list[SeenPassage]] = {}
    for line in RunFolder(run.path).answer_lines():
        name, passages = recorded.passages_of(line)
        found.setdefault(
            name,
            [
                SeenPassage(
                    each.document,
                    each.page,
                    each.score,
                    each.body[:PASSAGE_CHARACTERS],
                    len(each.body) > PASSAGE_CHARACTERS,
                )
                for each in passages
            ],
        )
    return found


def words_beyond(results: Sequence[Result], questions: Mapping[str, EvalQuestion]) -> float | None:
    """Words that a given answer has beyond as many as its reference, 0 for a shorter one."""
    beyond = [
        float(max(0, len(without_markers(each.text).split()) - len(wanted.reference.split())))
        for each in results
        if each.outcome == "answered" and (wanted := questions.get(each.id)) and wanted.reference
    ]
    return mean(beyond)


def told_agreement(report: Report) -> str:
    """How far the two verdicts agree, in words; empty without a second one."""
    found = report.summary.agreement
    if found is None:
        return ""
    kappa = "not defined" if found.kappa is None else f"{found.kappa:.2f}"
    return f"{found.agreed} of {found.n} given answers, Cohen's kappa {kappa}"


def label(metric: str) -> str:
    """A metric's or rival's name for people."""
    return LABELS.get(metric, metric)


def facts_moved(report: Report, pair: Pair) -> tuple[list[str], list[str]]:
    """(facts that only the baseline stated, facts that only the candidate states), in words."""
    before, after = set(pair.base[0].facts_hit), set(pair.now[0].facts_hit)
    return (
        [_fact(report, pair.id, each) for each in sorted(before - after)],
        [_fact(report, pair.id, each) for each in sorted(after - before)],
    )


def evidence_lost(report: Report, pair: Pair) -> list[str]:
    """Evidence that the baseline retrieved and the candidate does not."""
    question = report.questions.get(pair.id)
    lost = []
    for number, (before, after) in enumerate(
        zip(pair.base[0].ranks, pair.now[0].ranks, strict=False)
    ):
        if before is not None and after is None:
            known = question is not None and number < len(question.evidence)
            quote = question.evidence[number].quote if known and question else f"piece {number + 1}"
            lost.append(f"{quote} (was at rank {before})")
    return lost


def _fact(report: Report, question_id: str, fact_id: str) -> str:
    question = report.questions.get(question_id)
    for fact in question.facts if question is not None else ():
        if fact.id == fact_id:
            return fact.any[0]
    return fact_id
