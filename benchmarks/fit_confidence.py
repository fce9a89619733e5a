"""Fit the confidence: ``python -m benchmarks.fit_confidence SET --distractors SET [--write]``.

Three kinds of question: answerable ones of SET and of the project's own question set; near misses
(SET's ``answerable: false`` and the own set's unanswerable); and answerable ones whose documents
were left out of the index. A logistic regression on the signals is fitted on one half of each kind
and judged on the other: AUROC for both kinds of unanswerable, Brier skill against a constant,
expected calibration error with ten bins of equal mass, false refusals and false answers at the
threshold ``answer.min_confidence``.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import Path

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant import Assistant, load_settings
from assistant.answering.candidates import rank_candidates
from assistant.answering.choice import choose
from assistant.answering.confidence import MODEL, SIGNAL_NAMES, confidence_model, signals
from assistant.retrieval.question import Turn, analyse
from assistant.retrieval.search import inverse_document_frequency, retrieve
from benchmarks.sets import indexed, load_set

QUESTIONS = Path(__file__).resolve().parents[1] / "eval" / "questions.yaml"
WEIGHTS = {
    "answerable": 2.0,
    "near miss": 1.0,
    "left out": 1.0,
    "own": 0.3,
    "own unanswerable": 1.5,
}
"""A prior: half of all questions are answerable, the others are near misses and foreign ones in
equal parts. The own set, with few unanswerable questions, pulls only a little."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Signals of one question, its kind and whether the documents answer it."""

    kind: str
    is_answerable: bool
    values: tuple[float, ...]


def measure(
    assistant: Assistant,
    questions: Sequence[tuple[str, Sequence[Turn]]],
    kind: str,
    *,
    answered: bool,
) -> list[Sample]:
    """The signals of questions, as the pipeline computes them."""
    samples = []
    with assistant._resources.snapshots().current() as snapshot:
        for text, history in questions:
            question = analyse(
                text, history, lambda term: inverse_document_frequency(snapshot, term)
            )
            index = assistant._resources.sentences()
            passages = retrieve(
                question,
                snapshot,
                assistant._resources.embedder(),
                index,
                assistant.settings.retrieval,
            )
            found = signals(
                choose(rank_candidates(question, passages, index), 4, snapshot.store.read_text)
            )
            if found is not None:
                samples.append(Sample(kind, answered, astuple(found)))
    return samples


def gather(folder: Path, distractors: Sequence[Path], limit: int) -> list[Sample]:
    """All samples of the three kinds."""
    found = load_set(folder)
    chance = random.Random(3)
    answerable = [q for q in found.queries if q.is_answerable]
    near = [q for q in found.queries if not q.is_answerable]
    chance.shuffle(answerable)
    chance.shuffle(near)
    samples: list[Sample] = []
    with indexed([folder, *distractors]) as (assistant, _):
        texts = [(q.text, ()) for q in answerable[:limit]]
        samples += measure(assistant, texts, "answerable", answered=True)
        texts = [(q.text, ()) for q in near[:limit]]
        samples += measure(assistant, texts, "near miss", answered=False)
    documents = sorted({d for q in answerable for d in found.relevant.get(q.id, {})})
    chance.shuffle(documents)
    left_out = frozenset(documents[: len(documents) // 2])
    with indexed([folder, *distractors], leave_out=left_out) as (assistant, _):
        texts = [(q.text, ()) for q in answerable if set(found.relevant.get(q.id, {})) <= left_out]
        samples += measure(assistant, texts[:limit], "left out", answered=False)
    with Assistant(load_settings(QUESTIONS.parents[1] / "config.yaml")) as assistant:
        assistant.sync()
        for row in yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))["questions"]:
            if row["type"] != "chitchat":
                answered = row["expect"] == "answer"
                history = [(t["question"], t["answer"]) for t in row.get("history") or ()]
                kind = "own" if answered else "own unanswerable"
                samples += measure(assistant, [(row["question"], history)], kind, answered=answered)
    return samples


def by_stored_model(x: np.ndarray) -> np.ndarray:
    """The probabilities of ``confidence.json`` for rows of signals."""
    weights = confidence_model()
    score = weights["intercept"] + x @ np.array([weights[name] for name in SIGNAL_NAMES])
    probabilities: np.ndarray = 1 / (1 + np.exp(-score))
    return probabilities


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


def report(samples: Sequence[Sample], p: np.ndarray, threshold: float) -> None:
    """Print the figures of held-back samples."""
    kinds = np.array([sample.kind for sample in samples])
    y = np.array([sample.is_answerable for sample in samples], dtype=float)
    for yes, no in (("answerable", "left out"), ("answerable", "near miss"),
                    ("own", "own unanswerable")):  # fmt: skip
        mask = (kinds == yes) | (kinds == no)
        print(f"{yes} against {no}: n {mask.sum()}, AUROC {roc_auc_score(y[mask], p[mask]):.3f}, "
              f"Brier skill {brier_skill(y[mask], p[mask]):.3f}, "
              f"ECE {calibration_error(y[mask], p[mask]):.3f}, "
              f"false refusals {np.mean(p[kinds == yes] < threshold):.3f}, "
              f"false answers {np.mean(p[kinds == no] >= threshold):.3f}")  # fmt: skip


def report_together(samples: Sequence[Sample], p: np.ndarray) -> None:
    """Print the calibration on all three kinds of the public set, by the prior of ``WEIGHTS``."""
    kept = [i for i, sample in enumerate(samples) if not sample.kind.startswith("own")]
    y = np.array([samples[i].is_answerable for i in kept], dtype=float)
    w = np.array([WEIGHTS[samples[i].kind] for i in kept])
    base = np.average(y, weights=w)
    skill = 1 - np.average((p[kept] - y) ** 2, weights=w) / np.average((y - base) ** 2, weights=w)
    print(f"all three kinds by their prior: n {len(kept)}, Brier skill {skill:.3f}, "
          f"ECE {weighted_calibration_error(y, p[kept], w):.3f}")  # fmt: skip


def main() -> None:
    """Gather, fit on a half, judge on the other, and with ``--write`` store a fit on all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", type=Path)
    parser.add_argument("--distractors", type=Path, nargs="*", default=[])
    parser.add_argument("--limit", type=int, default=500)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    samples = gather(options.set, options.distractors, options.limit)
    random.Random(7).shuffle(samples)
    x = np.array([sample.values for sample in samples])
    y = np.array([sample.is_answerable for sample in samples], dtype=float)
    weight = np.array([WEIGHTS[sample.kind] for sample in samples])
    half = len(samples) // 2
    threshold = load_settings(QUESTIONS.parents[1] / "config.yaml").answer.min_confidence
    print("The stored model, on the same held-back half (it may have been fitted on some of it):")
    stored_now = by_stored_model(x[half:])
    report(samples[half:], stored_now, threshold)
    report_together(samples[half:], stored_now)
    print("Fitted on the other half:")
    model = LogisticRegression(max_iter=5000).fit(x[:half], y[:half], sample_weight=weight[:half])
    held_back = model.predict_proba(x[half:])[:, 1]
    report(samples[half:], held_back, threshold)
    report_together(samples[half:], held_back)
    final = LogisticRegression(max_iter=5000).fit(x, y, sample_weight=weight)
    names = dict(zip(SIGNAL_NAMES, final.coef_[0], strict=True))
    weights = {"intercept": final.intercept_[0], **names}
    stored = {
        "provenance": {
            "command": "python -m benchmarks.fit_confidence",
            "fitted": date.today().isoformat(),
            "samples": len(samples),
            "sets": sorted({options.set.name, *(d.name for d in options.distractors), "own"}),
        },
        "weights": {name: round(float(value), 3) for name, value in weights.items()},
    }
    print(json.dumps(stored, indent=1))
    if options.write:
        MODEL.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
