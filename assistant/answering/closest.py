"""Where a question is refused, the sentences that come closest: what a person would look at first.

Nothing of them is claimed: no sentence is plainly the answer, and often none is.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.answer import CitedPlace
from assistant.answering.nearest_meanings import cosines
from assistant.answering.pick_relations import overlaps, same_text
from assistant.answering.picks import Pick
from assistant.model.answer_reader import AnswerReader
from assistant.text.terms import words

_LOOKED_AT, _SHOWN = 8, 3
"""The best candidates, and how many of them are shown. Of 91 questions of strangers that were
refused though their folder answers them, the three hold the right sentence of 48, and the first of
29; ordered by the score alone of 43 and 13."""
_WEIGHT, _LEAST = 12.0, 0.5
"""Of a cosine beside the score, and the least one: of those 91 questions 2 in 100 sentences that
answer come less close."""
_FEWEST_WORDS = 2
"""Words of a line that is shown; fences, signs and empty rows have none."""


def closest_places(
    ranked: Sequence[Pick], asked: str, reader: AnswerReader | None
) -> tuple[CitedPlace, ...]:
    """The places of the closest sentences and rows, best first: by their score, and where a reader
    tells meanings by how close they come to ``asked``. Raises ``ReaderError``."""
    first = ranked[:_LOOKED_AT]
    near = cosines(asked, first, reader)
    worth = [pick.order + _WEIGHT * float(near[at]) if len(near) else pick.order
             for at, pick in enumerate(first)]  # fmt: skip
    order = sorted(range(len(first)), key=lambda at: (-worth[at], at))
    shown: list[Pick] = []
    for at in order:
        pick = first[at]
        if len(shown) == _SHOWN:
            break
        if len(words(pick.text)) < _FEWEST_WORDS or (len(near) and near[at] < _LEAST):
            continue
        if not any(overlaps(pick, other) or same_text(pick, other) for other in shown):
            shown.append(pick)
    return tuple(CitedPlace(pick.passage.document, pick.start, pick.end) for pick in shown)
