"""Fit the weights of the sentence features: ``python -m benchmarks.fit_extraction SET [--write]``.

SET is a folder in BEIR layout whose ``queries.jsonl`` has ``answers`` (texts that a right sentence
contains). The corpus is indexed with the present settings; for every answerable question the
sentences of the retrieved passages are candidates, those that contain an answer and stand in a
relevant document are right. The weights maximise the probability of the right sentences under a
softmax over the candidates, with a ridge penalty; one half of the questions is held back.

Prints, for the present and the fitted weights, how often a right sentence comes first or among the
first two, on the held-back half.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from assistant.answering.candidates import extraction_weights, rank_candidates
from assistant.answering.sentence_scores import FEATURE_NAMES
from assistant.retrieval.question import analyse
from assistant.retrieval.search import retrieve
from assistant.retrieval.word_statistics import inverse_document_frequency
from assistant.text.analysed import analysed
from assistant.text.prose import prose_shares
from benchmarks.sets import BenchmarkSet, indexed, load_set

WEIGHTS = (
    Path(__file__).resolve().parents[1] / "assistant" / "answering" / "extraction_weights.json"
)

Question = tuple[np.ndarray, np.ndarray]
"""Features of the candidates, shape (n, features), and which are right, shape (n,)."""


def gather(found: BenchmarkSet, distractors: Sequence[Path], limit: int) -> list[Question]:
    """Candidates and labels for up to ``limit`` answerable questions."""
    queries = [q for q in found.queries if q.answers and q.id in found.relevant]
    random.Random(1).shuffle(queries)
    gathered: list[Question] = []
    with indexed([found.folder, *distractors]) as (assistant, names):
        settings = assistant.settings.retrieval
        with assistant._resources.snapshots().current() as snapshot:
            for query in queries[:limit]:
                question = analyse(
                    analysed(query.text),
                    (),
                    lambda term: inverse_document_frequency(snapshot, term, prose_shares("en")),
                )
                sentences = assistant._resources.sentences()
                passages = retrieve(
                    question, snapshot, assistant._resources.embedder(), sentences, settings
                )
                ranked = rank_candidates(question, passages, sentences).ranked
                right = [
                    names[pick.passage.document] in found.relevant[query.id]
                    and any(answer.lower() in pick.text.lower() for answer in query.answers)
                    for pick in ranked
                ]
                features = [
                    [float(getattr(pick.features, name)) for name in FEATURE_NAMES]
                    for pick in ranked
                ]
                gathered.append((np.array(features), np.array(right)))
    return gathered


def fit(questions: Sequence[Question], ridge: float = 2.0) -> np.ndarray:
    """Weights that make the right sentences most probable; questions without one teach nothing."""
    usable = [(x, y) for x, y in questions if len(x) and y.any() and not y.all()]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, gradient = 0.5 * ridge * float(weights @ weights), ridge * weights
        for x, y in usable:
            scores = x @ weights
            p = np.exp(scores - scores.max())
            p /= p.sum()
            mass = float(p[y].sum())
            q = np.where(y, p, 0.0) / max(mass, 1e-12)
            total -= float(np.log(max(mass, 1e-12)))
            gradient = gradient + x.T @ (p - q)
        return total, gradient

    start = np.zeros(len(FEATURE_NAMES))
    found = minimize(loss, start, jac=True, method="L-BFGS-B")
    weights: np.ndarray = found.x
    return weights


def hits(questions: Sequence[Question], weights: np.ndarray, first: int) -> float:
    """How often a right sentence stands among the ``first`` best."""
    good = 0
    for x, y in questions:
        if len(x):
            order = np.argsort(-(x @ weights), kind="stable")[:first]
            good += bool(y[order].any())
    return good / len(questions)


def main() -> None:
    """Gather, fit, print, and with ``--write`` store the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", type=Path)
    parser.add_argument("--distractors", type=Path, nargs="*", default=[])
    parser.add_argument("--limit", type=int, default=1600)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    questions = gather(load_set(options.set), options.distractors, options.limit)
    half = len(questions) // 2
    held_back = questions[half:]
    reachable = sum(bool(y.any()) for _, y in held_back) / len(held_back)
    print(f"{len(questions)} questions, {len(held_back)} held back; "
          f"a right sentence is among the candidates for {reachable:.3f}")  # fmt: skip
    present = np.array([extraction_weights()[name] for name in FEATURE_NAMES])
    fitted = fit(questions[:half])
    for name, weights in (("present", present), ("fitted", fitted)):
        print(f"{name:8} first {hits(held_back, weights, 1):.3f}  "
              f"first two {hits(held_back, weights, 2):.3f}  "
              f"first three {hits(held_back, weights, 3):.3f}")  # fmt: skip
    rounded = {n: round(float(w), 3) for n, w in zip(FEATURE_NAMES, fitted, strict=True)}
    print(json.dumps(rounded, indent=1))
    if options.write:
        WEIGHTS.write_text(json.dumps(rounded, indent=2) + "\n", encoding="utf-8")
        print(f"written to {WEIGHTS.name}")


if __name__ == "__main__":
    main()
