"""The sentences beside the best one that turn the answer to a question of yes or no."""

from __future__ import annotations

from assistant.answering.list_items import ReadText
from assistant.answering.picks import Pick
from assistant.answering.turning_sentences import asks_yes_or_no, says_yes_or_no, turns
from assistant.answering.whole_lists import around as units_around
from assistant.retrieval.question import Question

_NEXT_TO = 4
"""Characters between sentences that follow one another."""


def turning_beside(question: Question, best: Pick, read: ReadText) -> list[Pick]:
    """The sentence behind the best one that takes it back or limits it, and the one before that
    says yes or no: "Yes, but once. You may take a loaf. But not in July."; none where the question
    is none of yes or no. ``read`` gives a stretch of a document's text."""
    if best.kind not in ("prose", "item") or not asks_yes_or_no(question.text):
        return []
    around, at = units_around(best, read)
    following = around[at + 1 : at + 2] if at >= 0 else []
    if not following or not _is_near(best, following[0]) or not turns(following[0].text):
        return []
    before = around[at - 1 : at] if at else []
    is_said = bool(before) and _is_near(before[0], best) and says_yes_or_no(before[0].text)
    return [*before, *following] if is_said else following


def _is_near(first: Pick, second: Pick) -> bool:
    """Whether a sentence follows another one of its paragraph."""
    return second.kind == first.kind and 0 <= second.start - first.end <= _NEXT_TO
