"""Fit the confidence: ``python -m benchmarks.fit_confidence SET --distractors SET [--write]``.

Three kinds of question: answerable ones of SET and of the project's own question set; near misses
(SET's ``answerable: false`` and the own set's unanswerable); and answerable ones whose documents
were left out of the index, but for those that another document answers too (8 % of SQuAD's). Of
SQuAD only the articles that the reader was not trained on are asked.

What is fitted is "this answer is right": its sentences hold an answer of SET, or touch the evidence
of the own set. Two logistic regressions, with a reader's judgement and without, are judged by five
folds: AUROC for both kinds of unanswerable, Brier skill against a constant, expected calibration
error with ten bins of equal mass, false refusals and false answers at the threshold
``answer.min_confidence``.

The doubts (``assistant.answering.doubts``: the best sentence lacks a year, a code, a unit of the
question) are rules, not weights. They multiply what a fit says, so the product's own confidence is
judged by folds as well; and of each is told how often it speaks against right answers and others.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant import Assistant, load_settings
from assistant.answering.candidates import rank_candidates
from assistant.answering.choice import choose
from assistant.answering.confidence import MODEL, SIGNAL_NAMES, confidence_model, signals
from assistant.answering.doubts import doubts_of
from assistant.answering.picks import Pick
from assistant.model.answer_reader import AnswerReader, make_reader, read_passages
from assistant.retrieval.question import Turn, analyse
from assistant.retrieval.search import retrieve
from assistant.retrieval.word_statistics import inverse_document_frequency
from assistant.text.analysed import analysed
from assistant.text.prose import prose_shares
from benchmarks.reader_articles import articles_of
from benchmarks.sets import Query, indexed, load_set

QUESTIONS = Path(__file__).resolve().parents[1] / "eval" / "questions.yaml"
SHARES = {
    "answerable": 0.45,
    "near miss": 0.22,
    "left out": 0.11,
    "own": 0.11,
    "own unanswerable": 0.11,
}
"""What each kind counts, however many of its questions were asked."""
_FOLDS = 5
_RIDGE = 0.1
"""Less than scikit-learn's 1: signals overlap, and questions about SQuAD's articles are alike."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Signals of one question with and without a reader, its kind, whether each of the two answers
    is right, and what each of their doubts leaves of the probability, 0 to 1."""

    kind: str
    values: tuple[tuple[float, ...], tuple[float, ...]]
    is_right: tuple[bool, bool]
    doubts: tuple[Mapping[str, float], Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, what was said before, and how a right answer is told; none for unanswerable."""

    text: str
    history: Sequence[Turn] = ()
    is_right: Callable[[Sequence[Pick]], bool] | None = None


def measure(
    assistant: Assistant, questions: Sequence[Asked], kind: str, reader: AnswerReader
) -> list[Sample]:
    """The signals of questions, as the pipeline computes them."""
    samples = []
    with assistant._resources.snapshots().current() as snapshot:
        read_text = snapshot.store.read_text
        index = assistant._resources.sentences()
        settings = assistant.settings
        for asked in questions:
            question = analyse(
                analysed(asked.text),
                asked.history,
                lambda term: inverse_document_frequency(snapshot, term, prose_shares("en")),
            )
            embedder = assistant._resources.embedder()
            passages = retrieve(question, snapshot, embedder, index, settings.retrieval)
            first = passages[: settings.answer.read_passages]
            both = []
            for readings in ({}, read_passages(reader, question.standalone, first)):
                candidates = rank_candidates(question, passages, index, readings)
                extraction = choose(candidates, settings.answer.max_sentences, read_text)
                found = signals(extraction)
                right = asked.is_right is not None and asked.is_right(extraction.picks)
                both.append((found, right, doubts_of(extraction, passages)))
            (without, a, c), (with_reader, b, d) = both
            if without is not None and with_reader is not None:
                values = (astuple(without), astuple(with_reader))
                samples.append(Sample(kind, values, (a, b), (c, d)))
    return samples


def holds_answer(answers: Sequence[str]) -> Callable[[Sequence[Pick]], bool]:
    """Whether sentences hold one of these texts."""
    wanted = [" ".join(each.lower().split()) for each in answers]

    def is_right(picks: Sequence[Pick]) -> bool:
        text = " ".join(" ".join(pick.text.lower().split()) for pick in picks)
        return any(each in text for each in wanted)

    return is_right


def touches_evidence(evidence: Sequence[Mapping[str, Any]]) -> Callable[[Sequence[Pick]], bool]:
    """Whether a sentence stands in a quote of the evidence, or holds it."""
    wanted = [(each["document"], " ".join(each["quote"].split())) for each in evidence]

    def is_right(picks: Sequence[Pick]) -> bool:
        texts = [(pick.passage.document, " ".join(pick.text.split())) for pick in picks]
        return any(
            name == document and (text in quote or quote in text)
            for name, text in texts
            for document, quote in wanted
        )

    return is_right


def gather(folder: Path, distractors: Sequence[Path], limit: int) -> list[Sample]:
    """All samples of the three kinds."""
    found = load_set(folder)
    held = articles_of(folder).held_back
    chance = random.Random(3)
    kept = [q for q in found.queries if held is None or q.id in held]
    answerable = [q for q in kept if q.is_answerable]
    near = [q for q in kept if not q.is_answerable]
    chance.shuffle(answerable)
    chance.shuffle(near)
    reader = make_reader("builtin")
    samples: list[Sample] = []

    def asked(query: Query) -> Asked:
        return Asked(query.text, (), holds_answer(query.answers))

    with indexed([folder, *distractors]) as (assistant, _):
        questions = [asked(q) for q in answerable[:limit]]
        samples += measure(assistant, questions, "answerable", reader)
        samples += measure(assistant, [Asked(q.text) for q in near[:limit]], "near miss", reader)
    documents = sorted({d for q in answerable for d in found.relevant.get(q.id, {})})
    chance.shuffle(documents)
    left_out = frozenset(documents[: len(documents) // 2])
    gone = [q for q in answerable if set(found.relevant.get(q.id, {})) <= left_out]
    with indexed([folder, *distractors], leave_out=left_out) as (assistant, _):
        questions = [asked(q) for q in gone[: limit // 2]]
        found_again = measure(assistant, questions, "left out", reader)
        samples += [each for each in found_again if not any(each.is_right)]
    with Assistant(load_settings(QUESTIONS.parents[1] / "config.yaml")) as assistant:
        assistant.sync()
        for row in yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))["questions"]:
            if row["type"] == "chitchat":
                continue
            history = [(t["question"], t["answer"]) for t in row.get("history") or ()]
            is_answerable = row["expect"] == "answer"
            told = touches_evidence(row["evidence"]) if is_answerable else None
            kind = "own" if is_answerable else "own unanswerable"
            samples += measure(assistant, [Asked(row["question"], history, told)], kind, reader)
    return samples


def by_stored_model(x: np.ndarray, *, is_read: bool) -> np.ndarray:
    """The probabilities of ``confidence.json`` for rows of signals."""
    weights = confidence_model(is_read=is_read)
    score = weights["intercept"] + x @ np.array([weights[name] for name in SIGNAL_NAMES])
    probabilities: np.ndarray = 1 / (1 + np.exp(-score))
    return probabilities


def weights_of(kinds: np.ndarray) -> np.ndarray:
    """The weight of each sample, 1 on average."""
    counts = {kind: int((kinds == kind).sum()) for kind in SHARES}
    return np.array([SHARES[kind] / counts[kind] * len(kinds) for kind in kinds])


def brier_skill(y: np.ndarray, p: np.ndarray) -> float:
    """1 - Brier / Brier of the base rate: above 0 is better than a constant."""
    return float(1 - np.mean((p - y) ** 2) / np.mean((y - y.mean()) ** 2))


def calibration_error(y: np.ndarray, p: np.ndarray, bins: int = 10) -> float:
    """Mean distance of confidence and frequency over bins of equal mass."""
    parts = np.array_split(np.argsort(p, kind="stable"), bins)
    return float(sum(len(part) * abs(p[part].mean() - y[part].mean()) for part in parts) / len(y))


def weighted_calibration_error(
    y: np.ndarray, p: np.ndarray, w: np.ndarray, bins: int = 10
) -> float:
    """The same where each sample counts ``w``."""
    total = 0.0
    for part in np.array_split(np.argsort(p, kind="stable"), bins):
        mass = w[part].sum()
        total += mass * abs(float(np.average(p[part] - y[part], weights=w[part])))
    return float(total / w.sum())


def report(kinds: np.ndarray, y: np.ndarray, p: np.ndarray, threshold: float) -> None:
    """Print the figures of held-back samples."""
    for yes, no in (("answerable", "left out"), ("answerable", "near miss"),
                    ("own", "own unanswerable")):  # fmt: skip
        mask = (kinds == yes) | (kinds == no)
        print(f"  {yes} against {no}: n {mask.sum()}, "
              f"AUROC {roc_auc_score(kinds[mask] == yes, p[mask]):.3f}, "
              f"of right answers {roc_auc_score(y[mask], p[mask]):.3f}, "
              f"Brier skill {brier_skill(y[mask], p[mask]):.3f}, "
              f"ECE {calibration_error(y[mask], p[mask]):.3f}, "
              f"right answers refused {np.mean(p[(kinds == yes) & (y == 1)] < threshold):.3f}, "
              f"false answers {np.mean(p[kinds == no] >= threshold):.3f}")  # fmt: skip
    w = weights_of(kinds)
    base = np.average(y, weights=w)
    skill = 1 - np.average((p - y) ** 2, weights=w) / np.average((y - base) ** 2, weights=w)
    print(f"  all kinds by their prior: n {len(y)}, Brier skill {skill:.3f}, "
          f"ECE {weighted_calibration_error(y, p, w):.3f}")  # fmt: skip


def report_doubts(doubts: Sequence[Mapping[str, float]], y: np.ndarray) -> None:
    """Print how often each doubt speaks against right answers, and against the others."""
    right, others = Counter[str](), Counter[str]()
    for found, is_right in zip(doubts, y, strict=True):
        (right if is_right else others).update(found.keys())
    print(f"  each doubt, of {int(y.sum())} right answers and of {int((1 - y).sum())} others:")
    for name in sorted(right | others, key=lambda name: -others[name]):
        print(f"    {name}: {right[name]}, {others[name]}")


def fit(x: np.ndarray, y: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and intercept for signals as they are, fitted on standardised ones."""
    middle, spread = x.mean(axis=0), x.std(axis=0)
    spread[spread < 1e-9] = np.inf  # a signal that never differs gets no weight
    model = LogisticRegression(C=_RIDGE, max_iter=5000).fit(
        (x - middle) / spread, y, sample_weight=w
    )
    weights = model.coef_[0] / spread
    return weights, float(model.intercept_[0] - weights @ middle)


def main() -> None:
    """Gather, judge by folds, and with ``--write`` store a fit on all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("set", type=Path)
    parser.add_argument("--distractors", type=Path, nargs="*", default=[])
    parser.add_argument("--limit", type=int, default=500)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    samples = gather(options.set, options.distractors, options.limit)
    random.Random(7).shuffle(samples)
    kinds = np.array([sample.kind for sample in samples])
    weight = weights_of(kinds)
    folds = np.arange(len(samples)) % _FOLDS
    threshold = load_settings(QUESTIONS.parents[1] / "config.yaml").answer.min_confidence
    stored: dict[str, Any] = {
        "provenance": {
            "command": "python -m benchmarks.fit_confidence",
            "fitted": date.today().isoformat(),
            "samples": len(samples),
            "sets": sorted({options.set.name, *(d.name for d in options.distractors), "own"}),
        }
    }
    for at, name in enumerate(("without_reader", "with_reader")):
        x = np.array([sample.values[at] for sample in samples])
        y = np.array([sample.is_right[at] for sample in samples], dtype=float)
        print(f"{name}: {y[kinds == 'answerable'].mean():.3f} of the answerable, "
              f"{y[kinds == 'own'].mean():.3f} of the own right if all were answered")  # fmt: skip
        print(" the stored model (it may have seen these questions):")
        report(kinds, y, by_stored_model(x, is_read=bool(at)), threshold)
        print(f" each fifth judged by a fit on the other {_FOLDS - 1}:")
        held_back = np.zeros(len(samples))
        for fold in range(_FOLDS):
            others, own = folds != fold, folds == fold
            weights, intercept = fit(x[others], y[others], weight[others])
            held_back[own] = 1 / (1 + np.exp(-(x[own] @ weights + intercept)))
        report(kinds, y, held_back, threshold)
        print(" the same with the doubts, which are rules:")
        left = [prod(sample.doubts[at].values()) for sample in samples]
        report(kinds, y, held_back * left, threshold)
        report_doubts([sample.doubts[at] for sample in samples], y)
        weights, intercept = fit(x, y, weight)
        named = zip(SIGNAL_NAMES, weights, strict=True)
        stored[name] = {"intercept": round(intercept, 3)}
        stored[name] |= {signal: round(float(value), 3) for signal, value in named}
    print(json.dumps(stored, indent=1))
    if options.write:
        MODEL.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
