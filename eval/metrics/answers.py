"""Is an answer right? Judged by the facts it states, never by a model.

A question tagged ``title`` asks for a document or a paper: there the titles and names of the
cited documents count as stated, because a reader sees them with the answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assistant.studying.stated import states
from assistant.types import Answer
from eval.questions import EvalQuestion
from eval.text import numbers, token_f1, without_markers
from eval.wordings import is_rigid, said_text, tells

TITLE_TAG = "title"
_LIST_NUMBER = re.compile(r"^\d{1,3}\. ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an answer states of what it should: ids of facts, reasons of what it must not."""

    correct: bool
    facts_hit: tuple[str, ...]
    facts_lost: tuple[str, ...]
    forbidden: tuple[str, ...]


def judge(question: EvalQuestion, answer: Answer) -> Judgement:
    """Right is: refused where it must; a reply without citations to small talk; else every
    vital fact stated, nothing forbidden, and not refused."""
    if question.expect == "refuse":
        return Judgement(answer.abstained, (), (), ())
    if question.type == "chitchat":
        replied = bool(answer.text.strip()) and not answer.abstained
        return Judgement(replied and not answer.citations, (), (), ())
    judged = judge_text(question, "" if answer.abstained else stated(question, answer))
    return replace(judged, correct=judged.correct and not answer.abstained)


def judge_text(question: EvalQuestion, text: str) -> Judgement:
    """What a text without markers states of a question's facts: in any order of words
    (``eval.wordings``), but titles and what it must not state as written."""
    said = said_text(text)
    is_title = TITLE_TAG in question.tags

    def tell(wording: str) -> bool:
        if is_title and is_rigid(wording):
            return states(said.normalised, wording)
        return tells(said, wording)

    hit = tuple(fact.id for fact in question.facts if any(map(tell, fact.any)))
    lost = tuple(f.id for f in question.facts if f.id not in hit)
    forbidden = tuple(
        each.why for each in question.must_not if any(states(said.normalised, w) for w in each.any)
    )
    vital = {fact.id for fact in question.facts if fact.vital}
    return Judgement(vital <= set(hit) and not forbidden, hit, lost, forbidden)


def stated(question: EvalQuestion, answer: Answer) -> str:
    """The text that facts are looked for in: the answer without markers, and for a question
    about titles what its citations are called."""
    parts = [without_markers(answer.text)]
    if TITLE_TAG in question.tags:
        for citation in answer.citations:
            parts += [citation.title, citation.document]
    return "\n".join(parts)


def fact_recall(question: EvalQuestion, judgement: Judgement) -> float | None:
    """Share of all facts, vital or not, that are stated; ``None`` where none are expected."""
    if not question.facts:
        return None
    return len(judgement.facts_hit) / len(question.facts)


def reference_f1(question: EvalQuestion, answer: Answer) -> float | None:
    """Token F1 against the reference; 0 for a wrong refusal, ``None`` without a reference."""
    if not question.reference:
        return None
    return 0.0 if answer.abstained else token_f1(without_markers(answer.text), question.reference)


def ungrounded_numbers(question: EvalQuestion, answer: Answer) -> tuple[str, ...]:
    """Numbers in the answer that stand in no passage that was retrieved or cited, nor in the
    question. What the list of documents says, as a count of them, is no number of a passage."""
    if answer.abstained:
        return ()
    known = set(numbers(question.question))
    for turn in question.history:
        known.update(numbers(f"{turn.question} {turn.answer}"))
    for passage in answer.retrieved:
        known.update(numbers(passage.text))
    for citation in answer.citations:
        known.update(numbers(citation.quote))
    for sentence in answer.sentences:
        if sentence.verdict in ("catalogue", "computed"):
            known.update(numbers(sentence.text))
    said = dict.fromkeys(_said(answer))
    return tuple(number for number in said if number not in known)


def numbers_grounded(question: EvalQuestion, answer: Answer) -> float | None:
    """Share of the answer's numbers that stand in a passage; ``None`` for one without any."""
    said = set(_said(answer))
    if answer.abstained or not said:
        return None
    return 1.0 - len(set(ungrounded_numbers(question, answer))) / len(said)


def _said(answer: Answer) -> tuple[str, ...]:
    """The numbers of an answer without those that count the entries of a list."""
    return tuple(numbers(without_markers(_LIST_NUMBER.sub("", answer.text))))
