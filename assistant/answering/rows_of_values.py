"""Rows that hold values of another kind than a question asks for. Pure; English.

"Garage | 62 | monthly" of a price list does not tell how many garages there are, and "Padding for a
move | 25" not what to do when moving.
"""

from __future__ import annotations

import re

from assistant.answering.asked_lists import asks_what_to_do
from assistant.answering.counted_nouns import asks_for_units
from assistant.answering.table_rows import TableRow
from assistant.retrieval.question import Question

_ASKS_COUNT = re.compile(r"\bhow many\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d")
_BARE = re.compile(r"\W*\d[\d.,]*\W*")
_MEASURES = re.compile(
    r"[€$£¥₹%]|\b(?:price|cost|fee|fare|rent|rate|charge|amount|deposit|fine|premium|salary|euros?|"
    r"eur|dollars?|usd|pounds?|gbp|pence|chf|francs?|kr|km|m|cm|mm|kg|g|ml|l|litres?|metres?|mins?|"
    r"minutes?|hours?|hrs?|days?|weeks?|months?|monthly|years?|yearly|weekly|daily|annual(?:ly)?|"
    r"date|time|when|often|open|from|until|till|start|end|begins?|ends?|due|phone|telephone|"
    r"tel|fax|no|nr|code|id|version|page|january|february|march|april|june|july|august|"
    r"september|october|november|december|mon|tues?|wed|thu(?:rs)?|fri|sat|sun)\b|\d[:.]\d\d\b",
    re.IGNORECASE,
)
"""What says of a number that it counts no things, in the name of its column or beside it."""
_DEEDS = re.compile(
    r"\b(?:do|action|remedy|remedies|solutions?|steps?|measures?|how to|fix|instructions?|task|"
    r"advice|response|treatment|procedure|help|what to)\b",
    re.IGNORECASE,
)
_FEWEST_WORDS = 3
"""Words of a cell that may tell a deed."""


def holds_other_values(question: Question, row: TableRow) -> bool:
    """Whether a row only holds values that do not tell what is asked: of a count, amounts, times
    and the like; of what to do, numbers beside short names."""
    if question.language != "en" or asks_for_units(question):
        return False
    told = list(zip(row.names[1:], row.cells[1:], strict=True))
    numbers = [(name, cell) for name, cell in told if _NUMBER.search(cell)]
    if _ASKS_COUNT.search(question.text):
        return bool(numbers) and all(_MEASURES.search(f"{name} {cell}") for name, cell in numbers)
    if not asks_what_to_do(question) or _DEEDS.search(" ".join((*row.names, row.table[1]))):
        return False
    is_bare = any(_BARE.fullmatch(cell) for _, cell in numbers)
    return is_bare and all(len(cell.split()) < _FEWEST_WORDS for _, cell in told)
