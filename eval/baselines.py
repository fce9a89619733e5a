"""Five trivial baselines, judged like the assistant: a figure means little without them.

no_retrieval   repeats the question and what was said before: facts the question gives away
always_refuse  never answers: what the unanswerable questions alone are worth
bm25_sentence  the one sentence of all documents with the best BM25 score, cited
top_chunk      pastes the passage that the assistant itself ranks first, cited
oracle         pastes the needed evidence, refuses where it must: what perfect retrieval allows
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.text.sentences import sentences
from assistant.types import Answer, Citation, Passage, Receipt, Sentence, Usage
from eval.bm25 import BM25, as_passage, sentence_units, window_units
from eval.questions import NEEDED, EvalQuestion
from eval.results import Result
from eval.scoring import CUTOFFS, failed, places_of, retrieval_measures, score

NAMES = ("no_retrieval", "always_refuse", "bm25_sentence", "top_chunk", "oracle")
FLOOR, CEILING = "no_retrieval", "oracle"
RIVAL = "bm25_windows"
"""The ranking that the assistant's retrieval is drawn against: BM25 over fixed windows."""


@dataclass(frozen=True, slots=True)
class BaselineSpan:
    """A stretch of a document to be pasted and cited."""

    document: str
    start: int
    end: int


def run_baselines(
    questions: Sequence[EvalQuestion],
    texts: Mapping[str, str],
    first_passages: Mapping[str, Passage | None],
    step: Callable[[], None] = lambda: None,
) -> dict[str, list[Result]]:
    """Baseline → one result per question. ``first_passages`` maps question id → the passage the
    assistant ranked first. ``bm25_windows`` holds retrieval measures only, as does its name."""
    by_sentence = BM25(sentence_units(texts))
    by_window = BM25(window_units(texts))
    results: dict[str, list[Result]] = {name: [] for name in (*NAMES, RIVAL)}

    def keep(question: EvalQuestion, name: str, answer: Answer) -> None:
        judged = score(question, answer, texts)
        results[name].append(replace(judged, text="", citations=(), question=""))

    for question in questions:
        asked = _with_history(question)
        best = by_sentence.search(asked, 1)
        top = first_passages.get(question.id)
        spans = {
            "bm25_sentence": [BaselineSpan(u.document, u.start, u.end) for u, _ in best],
            "top_chunk": [BaselineSpan(top.document, top.start, top.end)]
            if top is not None
            else [],
            "oracle": _oracle(question, texts),
        }
        for name, cited in spans.items():
            keep(question, name, _paste(question, cited, texts))
        keep(question, "no_retrieval", _answer(question, asked))
        keep(question, "always_refuse", _refusal(question))
        windows = tuple(as_passage(*hit) for hit in by_window.search(asked, max(CUTOFFS)))
        results[RIVAL].append(_ranking_only(question, windows, texts))
        step()
    return results


def captured_share(
    system: float | None, floor: float | None, ceiling: float | None
) -> float | None:
    """The share of the gap from the floor to the oracle that a system closes; ``None`` when
    there is no gap. Below 0: worse than no retrieval."""
    if system is None or floor is None or ceiling is None or ceiling <= floor:
        return None
    return (system - floor) / (ceiling - floor)


def _with_history(question: EvalQuestion) -> str:
    turns = [f"{turn.question} {turn.answer}" for turn in question.history]
    return " ".join([*turns, question.question])


def _oracle(question: EvalQuestion, texts: Mapping[str, str]) -> list[BaselineSpan]:
    spans = []
    for place in places_of(question, texts):
        if place.relevance >= NEEDED and place.spans:
            text, (start, end) = texts[place.document], place.spans[0]
            while end < len(text) and not text[end].isspace():
                end += 1  # the closing marks that a place leaves out
            spans.append(BaselineSpan(place.document, start, end))
    return spans


def _paste(
    question: EvalQuestion, spans: Sequence[BaselineSpan], texts: Mapping[str, str]
) -> Answer:
    """Stretches of documents as an answer, each cited sentence by sentence as what it is."""
    if question.type == "chitchat":
        return _answer(question, "Hello.")
    if not spans:
        return _refusal(question)
    citations, parts = [], []
    made: list[Sentence] = []
    for marker, span in enumerate(spans, 1):
        quote = texts[span.document][span.start : span.end]
        citations.append(Citation(marker, span.document, "", None, span.start, span.end, quote, ""))
        parts.append(f"{' '.join(quote.split())} [{marker}]")
        made += [
            Sentence(re.sub(r"\s+", " ", quote[s.start : s.end]), (marker,), "verbatim")
            for s in sentences(quote)
        ]
    passages = tuple(
        Passage("", c.document, "", c.quote, c.start, c.end, None, (), 1.0) for c in citations
    )
    return _answer(question, "\n".join(parts), tuple(made), tuple(citations), passages)


def _refusal(question: EvalQuestion) -> Answer:
    return _answer(question, "I do not answer.", abstained=True)


def _answer(
    question: EvalQuestion,
    text: str,
    made: tuple[Sentence, ...] = (),
    citations: tuple[Citation, ...] = (),
    passages: tuple[Passage, ...] = (),
    *,
    abstained: bool = False,
) -> Answer:
    return Answer(
        question=question.question,
        standalone_question=question.question,
        text=text,
        sentences=made if made or abstained else (Sentence(text, (), "uncited"),),
        citations=citations,
        retrieved=passages,
        abstained=abstained,
        reason="",
        confidence=0.0 if abstained else 1.0,
        incomplete="",
        conflicts=(),
        usage=Usage(),
        timings={},
        receipt=Receipt("", "", "", ""),
    )


def _ranking_only(
    question: EvalQuestion, passages: Sequence[Passage], texts: Mapping[str, str]
) -> Result:
    measures = retrieval_measures(places_of(question, texts), passages, texts)
    return replace(failed(question, ""), outcome="refused", question="", measures=measures)
