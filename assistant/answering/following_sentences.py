"""What goes on with an answer: "Who first measured it, and how did she do it?" Pure.

The second of two questions is mostly answered right behind the first one's answer, by a sentence
that says "she" and shares no word with it; among the sentences of other documents it is lost.
"""

from __future__ import annotations

from assistant.answering.picks import Pick
from assistant.retrieval.question import Question

_FOLLOWS, _NEAR = 1.0, 400
"""What the sentence right behind the answer to one question gains for the next one, and the
characters over which that falls to nothing."""


def following(question: Question, pick: Pick, before: Pick) -> float:
    """What a sentence gains in the order that stands behind the answer to the question before, the
    more the nearer; and what that answer loses if it holds nothing that this one asks for."""
    if pick.passage.document != before.passage.document:
        return 0.0
    if pick.start < before.end and before.start < pick.end:
        if pick.row is not None:  # another of its cells may tell
            return 0.0
        own = question.weights.keys() - question.borrowed
        said = {*question.reads(pick.text, pick.passage.language)}
        return 0.0 if own & said else -_FOLLOWS
    far = (pick.start - before.end) / _NEAR
    return _FOLLOWS * (1.0 - far) if 0.0 <= far < 1.0 else 0.0
