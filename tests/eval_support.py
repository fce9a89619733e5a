"""Small hand-made questions, answers and results for the tests of the evaluation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.types import Answer, Citation, Passage, Receipt, Sentence, Usage
from eval.questions import EvalQuestion, Fact, GoldEvidence
from eval.results import Result

TEXT = (
    "Alder was built in 1907. It weighs 1,200 kilograms.\n\n"
    "Birch was built in 1950 by Ada Lund. It weighs 90 kilograms.\n"
)
TEXTS = {"trees.md": TEXT, "other.md": "Oak stands on the hill [7]."}


def question(**changes: Any) -> EvalQuestion:
    """A question about ``TEXT`` that is answered by one sentence."""
    plain = EvalQuestion(
        id="alder-weight",
        question="How much does Alder weigh?",
        type="number",
        expect="answer",
        reference="1,200 kilograms.",
        facts=(Fact("kg", ("1,200 kilograms",)),),
        evidence=(GoldEvidence("trees.md", "It weighs 1,200 kilograms."),),
        cluster="trees.md",
    )
    return replace(plain, **changes)


def passage(start: int, end: int, document: str = "trees.md", **changes: Any) -> Passage:
    """A passage of one of ``TEXTS``."""
    plain = Passage(
        chunk_id=f"{document}:{start}",
        document=document,
        title="Trees",
        text=TEXTS[document][start:end],
        start=start,
        end=end,
        page=None,
        heading_path=(),
        score=1.0,
    )
    return replace(plain, **changes)


def citation(quote: str, marker: int = 1, document: str = "trees.md") -> Citation:
    """A true citation of a stretch of one of ``TEXTS``."""
    start = TEXTS[document].index(quote)
    return Citation(marker, document, "Trees", None, start, start + len(quote), quote, "")


def answer(
    text: str = "It weighs 1,200 kilograms. [1]",
    *,
    citations: Sequence[Citation] | None = None,
    sentences: Sequence[Sentence] | None = None,
    retrieved: Sequence[Passage] | None = None,
    abstained: bool = False,
    confidence: float = 0.9,
) -> Answer:
    """An answer; by default a right one, cited and retrieved as it should be."""
    if abstained:
        citations, sentences = citations or (), sentences or ()
    if citations is None:
        citations = (citation("It weighs 1,200 kilograms."),)
    if sentences is None:
        bare = re.sub(r"\s*\[\d+\]", "", text)
        sentences = (Sentence(bare, tuple(c.marker for c in citations), "verbatim"),)
    if retrieved is None:
        retrieved = (passage(0, len(TEXT)),)
    return Answer(
        question="",
        standalone_question="",
        text=text,
        sentences=tuple(sentences),
        citations=tuple(citations),
        retrieved=tuple(retrieved),
        abstained=abstained,
        reason="",
        confidence=confidence,
        incomplete="",
        conflicts=(),
        usage=Usage(),
        timings={"total": 0.01},
        receipt=Receipt("", "", "", "extractive"),
    )


def result(
    number: int,
    correct: bool | None,
    *,
    severity: str = "normal",
    repeat: int = 0,
    measures: Mapping[str, float | None] | None = None,
    **changes: Any,
) -> Result:
    """The result of question number ``number``; ``correct`` None makes it an error."""
    plain = Result(
        id=f"q{number:03}",
        fingerprint=f"f{number:03}",
        repeat=repeat,
        type="fact",
        tags=("trees",),
        cluster=f"d{number % 7}",
        severity=severity,
        expect="answer",
        outcome="error" if correct is None else "answered",
        correct=correct,
        question=f"Question {number}?",
        text=f"Answer {number}.",
        confidence=0.5,
        measures=measures or {},
    )
    return replace(plain, **changes)
