"""A copy of a source's sentence in which a word of degree is another one. Pure.

"a practice that others took up almost a year later" shares nearly all words with "… only years
later", and says something else.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from assistant.checking.missing_facts import Problem

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_DEGREES = frozenset(
    """almost nearly only just over under exactly barely hardly scarcely roughly about some several
    any often sometimes rarely seldom usually mostly""".split()
)
"""Words of degree that are no opposites: those are known to ``assistant.checking.opposites``."""
_LEAST_ALIKE, _LEAST_WORDS = 0.75, 7
"""From which share of common words in order, and how many words, a sentence is a copy."""


def altered_degree(sentence: str, source: str) -> list[Problem]:
    """A word of degree for which the same sentence of the source has another one."""
    told = [word.casefold() for word in _WORD.findall(sentence)]
    there = [word.casefold() for word in _WORD.findall(source)]
    if len(told) < _LEAST_WORDS:
        return []
    matcher = SequenceMatcher(None, told, there, autojunk=False)
    if matcher.ratio() < _LEAST_ALIKE:
        return []
    for kind, a, b, c, d in matcher.get_opcodes():
        own, other = set(told[a:b]), set(there[c:d])
        if kind == "replace" and own & _DEGREES and other & (_DEGREES - own):
            said, stood = " ".join(told[a:b]), " ".join(there[c:d])
            text = f"it says “{said}” where the source says “{stood}”"
            return [Problem("stronger", text, is_grave=False)]
    return []
