"""How many things an answer shows, against how many are asked for or announced. Pure.

"There are three ways:" with two ways below it is not certain to be whole; one row of a table says
little of four things; as many rows as are asked for are hardly chance.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.asked_lists import asks_what_to_do, ends_in_colon
from assistant.answering.kind_scores import NUMBER_WORD
from assistant.answering.led_lists import asks_for_more_than_one, names_as_many
from assistant.answering.led_rows import picks_out
from assistant.answering.picks import Extraction, Pick
from assistant.retrieval.counted_things import announces, count_asked_for
from assistant.retrieval.question import Question
from assistant.types import LIKELY, SURE

_BELOW = 0.01


_HOW_MANY = re.compile(r"\W{0,3}how many\b", re.IGNORECASE)
_TELLS_HOW_MANY = re.compile(
    rf"\d|{NUMBER_WORD.pattern}|\b(?:no|none|nobody|nothing|all|every|each|any|unlimited|several|many|"
    r"few|both|single|pair|couple|multiple|numerous|an?)\b",
    re.IGNORECASE,
)
_SAID = "stated|specified|agreed|noted|provided|indicated"
_EXCEPTED = re.compile(
    rf"\b(?:unless|except where|if not) otherwise (?:{_SAID})\b|\bunless (?:{_SAID}) otherwise\b",
    re.IGNORECASE,
)
"""A rule that says itself that another place may tell it otherwise."""


def capped(p: float, extraction: Extraction) -> float:
    """The probability, below "sure" where fewer things are shown than are announced or asked for,
    and below "likely" where one row is shown for several things."""
    picks, question = extraction.picks, extraction.question
    if not picks:
        return p
    if _is_one_row_of_several(extraction):
        return min(p, LIKELY - _BELOW)
    if _lacks_number(question, extraction):
        return min(p, LIKELY - _BELOW)
    if len(question.weights) == 1 and _is_mention(question, extraction):
        p = min(p, SURE - _BELOW)
    if any(_EXCEPTED.search(" ".join(pick.text.split())) for pick in picks):
        p = min(p, SURE - _BELOW)
    count = count_asked_for(question.text)
    if count and not any(names_as_many(question, pick.text) for pick in picks):
        p = min(p, SURE - _BELOW) if _shown(picks) < count else p
    said = max((announces(pick.text) for pick in picks if pick.row is None), default=0)
    return min(p, SURE - _BELOW) if said and _shown(picks) <= said - 1 else p


def _lacks_number(question: Question, extraction: Extraction) -> bool:
    """Whether "how many" is asked, and no sentence of the answer has a number or says "none"."""
    best = extraction.picks[0]
    if question.language != "en" or not _HOW_MANY.match(question.text) or best.row is not None:
        return False
    return not any(
        pick.row is not None or _TELLS_HOW_MANY.search(pick.text) for pick in extraction.picks
    )


def _is_mention(question: Question, extraction: Extraction) -> bool:
    """Whether a question of one word is told by a sentence of prose that is no definition asked for
    nor asked for above: "What does the hirer have to do?" is in every sentence on the hirer."""
    best = extraction.picks[0]
    defines = best.features.defines > 0.0 or question.asks_definition
    is_formed = best.is_asked_above or (defines and not asks_what_to_do(question))
    return best.row is None and best.kind == "prose" and not is_formed


def shows_so_many(extraction: Extraction) -> bool:
    """Whether an answer is a line that ends in a colon with as many rows as are asked for."""
    picks = extraction.picks
    count = count_asked_for(extraction.question.text)
    is_led = len(picks) > 1 and picks[0].row is None and ends_in_colon(picks[0].text)
    return is_led and count > 0 and sum(pick.row is not None for pick in picks) == count


def _shown(picks: Sequence[Pick]) -> int:
    """The rows or items that are shown; sentences where there are neither."""
    rows = sum(pick.row is not None for pick in picks)
    items = sum(pick.kind == "item" for pick in picks)
    return rows or items or sum(not ends_in_colon(pick.text) for pick in picks)


def _is_one_row_of_several(extraction: Extraction) -> bool:
    """Whether one row stands for several things, and nothing but their number picks it out."""
    picks, question = extraction.picks, extraction.question
    rows = [pick for pick in picks if pick.row is not None]
    others = [pick for pick in picks if pick.row is None and not ends_in_colon(pick.text)]
    if len(rows) != 1 or others or picks_out(question, rows[0]):
        return False
    [shown] = rows
    is_of_several = any(
        pick.row is not None and shown.row is not None and pick.start != shown.start
        and pick.row.table == shown.row.table
        for pick in extraction.ranked
    )  # fmt: skip
    return is_of_several and asks_for_more_than_one(question)
