"""A value that another sentence takes back: "Correction: the reserve is 2,570, not 2,750." Pure.

The sentence that was wrong mostly fits a question better than the one that corrects it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.pick_relations import overlaps, terms_held
from assistant.answering.picks import Pick
from assistant.retrieval.question import Question

_NUMBER = r"\d(?:[\d.,:]*\d)?"
_TAKES_BACK = re.compile(
    rf"\b(?:not|instead of|rather than|in place of|statt|anstatt|nicht) "
    rf"(?:[€$£¥]|the |der |die |das )?(?P<old>{_NUMBER})",
    re.IGNORECASE,
)
_VALUE = re.compile(rf"(?<![\w.,:]){_NUMBER}(?![\w])")


def correction_of(question: Question, best: Pick, ranked: Sequence[Pick]) -> Pick | None:
    """The sentence that gives another number in place of one of the best one's, and speaks of what
    is asked; None for none."""
    if best.kind not in ("prose", "item", "table", "label"):
        return None
    values = set(_VALUE.findall(best.text)) - question.values
    for pick in ranked[1:] if values else ():
        match = _TAKES_BACK.search(" ".join(pick.text.split())) if pick.row is None else None
        if match is None or match["old"] not in values or overlaps(pick, best):
            continue
        new = set(_VALUE.findall(pick.text)) - {match["old"]}
        if new and terms_held(question, [pick]) & terms_held(question, [best]):
            return pick
    return None
