"""The clause of a question that asks, without what it only supposes. Pure.

"What do I pay if I did not call?" asks for what is so, and "I don't live here. What does a card
cost?" too: their "not" denies nothing of the answer. English alone.
"""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_SUPPOSED = re.compile(
    r"\b(?:if|when|whenever|unless|because|since|while|although|though|who|that|nobody)\b[^,?;]*",
    re.IGNORECASE,
)
_FEWEST = 3
"""Words of a clause that asks."""


def asking_clause(question: str) -> str:
    """The last sentence that asks, without its subordinate clauses; all of it where little is left
    ("Who did not come?")."""
    sentences = [each for each in _SENTENCE_END.split(question.strip()) if each]
    asking = [each for each in sentences if each.endswith("?")] or sentences
    last = asking[-1] if asking else question
    opening = re.match(r"\W*\w+", last)
    begun = opening.end() if opening is not None else 0
    bare = last[:begun] + _SUPPOSED.sub("", last[begun:])
    return bare if len(bare.split()) >= _FEWEST else last
