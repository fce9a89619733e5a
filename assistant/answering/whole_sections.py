"""What to do, given whole: the sentences behind a run-in heading, or below a heading, that asks it.

"If a rotor breaks" stands over four short sentences, and each is a step. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.asked_lists import asks_what_to_do
from assistant.answering.picks import Pick
from assistant.retrieval.question import Question, coverage
from assistant.text.sentences import sentences

_MOST = 6
"""Sentences that are given whole; of longer sections the best ones are."""
_ASKED = 0.8
"""The share of the question that the heading must hold."""


def whole_section(question: Question, best: Pick, ranked: Sequence[Pick]) -> list[Pick]:
    """The sentences of the best one's paragraph or section, in reading order; nothing where its
    heading does not ask the question, or more than a few stand there."""
    if best.kind != "prose" or best.row is not None:
        return []
    if best.about is not None and best.is_asked_above:
        return _few(best, [pick for pick in ranked if _is_under_same(pick, best)])
    if not (asks_what_to_do(question) or question.wants_steps):
        return []
    heading, inside = _section(best)
    held = frozenset(question.reads(heading, best.passage.language))
    if coverage(question.weights, held) < _ASKED or any(each.kind != "prose" for each in inside):
        return []
    return _few(best, inside)


def _section(best: Pick) -> tuple[str, list[Pick]]:
    """The nearest heading above a sentence, in its passage or that of the passage, and the units up
    to the next one."""
    passage = best.passage
    heading = passage.heading_path[-1] if passage.heading_path else ""
    inside: list[Pick] = []
    is_found = False
    for span in sentences(passage.text):
        start = passage.start + span.start
        text = passage.text[span.start : span.end]
        if span.kind in ("heading", "label"):
            if is_found:
                break
            heading, inside = text, []
            continue
        inside.append(replace(best, text=text, start=start, end=passage.start + span.end,
                              kind=span.kind))  # fmt: skip
        is_found = is_found or start == best.start
    return heading, inside if is_found else []


def _is_under_same(pick: Pick, best: Pick) -> bool:
    return pick.about == best.about and pick.passage.document == best.passage.document


def _few(best: Pick, picks: Sequence[Pick]) -> list[Pick]:
    once = {pick.start: pick for pick in (*picks, best)} if picks else {}
    return [once[at] for at in sorted(once)] if len(once) <= _MOST else []
