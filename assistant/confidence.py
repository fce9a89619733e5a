"""Signals of an extraction → the probability that its answer is right; below a threshold: abstain.

Pure. The model is a logistic regression whose weights stand, readable, in ``confidence.json``
with where they come from; a raw BM25 score tells answerable from unanswerable hardly better than
chance (AUROC .56), so several weak signals are weighed together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from math import exp
from pathlib import Path

from assistant.extracting import Extraction, Pick
from assistant.questions import Question, coverage
from assistant.terms import terms, words


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for an answer, each between 0 and 1.

    ``sentence``: the question's weight covered by the best sentence; ``around``: with its headings
    and neighbours; ``passage``: by the best sentence's passage; ``anywhere``: by all passages
    together; ``names`` and ``values``: the question's names and numbers found in that passage;
    ``similarity``: cosine of question and best sentence; ``kind``: it holds the kind of thing
    asked for; ``known``: the weight of question terms that the index knows at all;
    ``second``: how well the best sentence of another passage covers the question.
    """

    sentence: float
    around: float
    passage: float
    anywhere: float
    names: float
    values: float
    similarity: float
    kind: float
    known: float
    second: float


@lru_cache(maxsize=1)
def confidence_model() -> Mapping[str, float]:
    """Weights by signal, and ``intercept``."""
    path = Path(__file__).parent / "confidence.json"
    weights: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))["weights"]
    return weights


def signals(extraction: Extraction) -> Signals | None:
    """The signals of an extraction; None when nothing was found at all."""
    if not extraction.ranked:
        return None
    question, best = extraction.question, extraction.ranked[0]
    passage = _context_terms(best)
    everything = frozenset().union(*(_context_terms(pick) for pick in extraction.ranked[:20]))
    other = [p for p in extraction.ranked if p.passage.chunk_id != best.passage.chunk_id]
    return Signals(
        sentence=best.features.own,
        around=best.features.around,
        passage=coverage(question.weights, passage),
        anywhere=coverage(question.weights, everything),
        names=_share(question.names, passage),
        values=_share(question.values, frozenset(words(_context_text(best)))),
        similarity=best.features.similarity,
        kind=best.features.kind,
        known=_known(question, everything),
        second=other[0].features.around if other else 0.0,
    )


def probability(found: Signals | None, weights: Mapping[str, float] | None = None) -> float:
    """The logistic model's probability that the best sentence answers the question."""
    if found is None:
        return 0.0
    model = weights or confidence_model()
    total = model["intercept"]
    total += sum(model[name] * value for name, value in asdict(found).items())
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, total))))


def missing_words(question: Question, picks: Sequence[Pick]) -> list[str]:
    """The question's own words that the best passages do not hold, for a helpful refusal."""
    present = frozenset().union(*(_context_terms(pick) for pick in picks[:5])) if picks else set()
    missing = {t for t in question.weights if t not in present and t not in question.borrowed}
    shown = []
    for word in question.text.split():
        bare = word.strip(".,;:!?\"'“”‘’()[]")
        if any(term in missing for term in terms(bare)):
            shown.append(bare)
    return list(dict.fromkeys(shown))


def _context_text(pick: Pick) -> str:
    passage = pick.passage
    return " ".join((passage.title, *passage.heading_path, passage.text))


def _context_terms(pick: Pick) -> frozenset[str]:
    return frozenset(terms(_context_text(pick)))


def _share(wanted: frozenset[str], present: frozenset[str]) -> float:
    return len(wanted & present) / len(wanted) if wanted else 1.0


def _known(question: Question, everything: frozenset[str]) -> float:
    own = {t: w for t, w in question.weights.items() if t not in question.borrowed}
    heaviest = sorted(own, key=lambda t: -own[t])[:2]
    return _share(frozenset(heaviest), everything)
