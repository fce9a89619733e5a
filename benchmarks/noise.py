"""Adverts and captions beside an article: do they crowd it out, and are they still found?

    python -m benchmarks.noise [--folder ../shared/documents] [--json FILE]

Five magazine articles as they were saved from the web: captions stand inside them, job adverts
after them, and some adverts stand under several articles. Asked are questions about the articles
and questions that only an advert answers. Printed are, for the first kind, the share of retrieved
passages that are mostly noise, the right article among the first two passages, and answers that
cite noise; for the second, how often an advert answers, and how often two citations of an answer
hold the same text (which must never be). The whole is done twice: as it is, and with noise weighing
as much as anything else.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from assistant import Answer, Assistant, load_settings
from assistant.text.noise import share
from assistant.text.terms import shingles

ARTICLE = (
    ("When was ICLR founded?", "002"),
    ("What does Stefano Soatto say about benchmarks?", "000"),
    ("What is meta-learning about at Amazon?", "000"),
    ("What is SIFT?", "000"),
    ("What is transfer learning?", "000"),
    ("What does Aravind Srinivasan work on?", "001"),
    ("Why does fairness matter at ICLR?", "001"),
    ("How can functions be clustered?", "001"),
    ("How can machine learning help algorithm design?", "001"),
    ("What is double descent?", "002"),
    ("What is the neural tangent kernel?", "002"),
    ("Why is it hard to classify white blood cells?", "002"),
    ("What are the limits of representation learning?", "002"),
    ("Who is René Vidal?", "002"),
    ("What is Cold Brew?", "003"),
    ("What does GIANT-XRT do?", "003"),
    ("What is graph-relational domain adaptation?", "003"),
    ("Why is time series forecasting important to Amazon?", "003"),
    ("Which Amazon papers at ICML 2024 are about reinforcement learning?", "004"),
    ("What do the ICML papers say about code completion?", "004"),
    ("Which ICML paper is about time series?", "004"),
    ("What does the ICML paper on anomaly detection propose?", "004"),
)
"""A question about an article and the number its file begins with."""

ADVERT = (
    "What does Twitch look for?",
    "What is the Amazon Center for Quantum Computing in Pasadena hiring?",
    "What is Amazon Health Services?",
    "What is Nova Act?",
    "What kind of premium programming does Prime Video offer?",
    "Which team seeks a Senior Applied Scientist with pre-training experience?",
    "Which job is based in Bengaluru?",
    "What does Amazon Quick Suite do?",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=Path("../shared/documents"))
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args(arguments)
    figures = measure(options.folder)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))
    names = list(next(iter(figures.values())))
    print(f"{'':46}" + "".join(f"{kind:>16}" for kind in figures))
    for name in names:
        print(f"{name:46}" + "".join(f"{figures[kind][name]!s:>16}" for kind in figures))
    return 0 if figures["as it is"]["answers that cite one text twice"] == 0 else 1


def measure(folder: Path) -> dict[str, dict[str, Any]]:
    """The figures with noise weighing less, and without."""
    with tempfile.TemporaryDirectory() as place:
        settings = load_settings(
            None, {"index.path": f"{place}/index", "documents.paths": [str(folder)]}
        )
        with Assistant(settings) as assistant:
            assistant.sync()
            figures = {"as it is": _figures(assistant)}
            with (
                mock.patch("assistant.retrieval.search._NOISE_PENALTY", 0.0),
                mock.patch("assistant.answering.candidates._NOISE_PENALTY", 0.0),
            ):
                figures["without"] = _figures(assistant)
            return figures


def _figures(assistant: Assistant) -> dict[str, Any]:
    noisy = passages = first_two = cites_noise = answered = same = 0
    for question, article in ARTICLE:
        answer = assistant.ask(question)
        passages += len(answer.retrieved)
        noisy += sum(share(p.noise, p.start, p.end) > 0.5 for p in answer.retrieved)
        first_two += any(p.document.startswith(article) for p in answer.retrieved[:2])
        answered += not answer.abstained
        cites_noise += cited_noise(answer)
        same += repeats(answer)
    found = twice = 0
    for question in ADVERT:
        answer = assistant.ask(question)
        found += cited_noise(answer)
        twice += repeats(answer)
    return {
        "article: passages that are mostly noise": f"{noisy} of {passages}",
        "article: the right one in the first two": f"{first_two} of {len(ARTICLE)}",
        "article: answered": f"{answered} of {len(ARTICLE)}",
        "article: answers that cite noise": cites_noise,
        "advert: answered by an advert": f"{found} of {len(ADVERT)}",
        "answers that cite one text twice": same + twice,
    }


def cited_noise(answer: Answer) -> bool:
    """Whether a citation lies in noise."""
    return any(
        share(passage.noise, citation.start, citation.end) > 0.5
        for citation in answer.citations
        for passage in answer.retrieved
        if passage.document == citation.document and passage.start <= citation.start < passage.end
    )


def repeats(answer: Answer) -> bool:
    """Whether two citations hold the same text."""
    prints = [shingles(citation.quote, 3) for citation in answer.citations]
    return any(
        len(a & b) >= 0.7 * min(len(a), len(b)) for i, a in enumerate(prints) for b in prints[:i]
    )


if __name__ == "__main__":
    raise SystemExit(main())
