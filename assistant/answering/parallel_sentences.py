"""Two sentences that say the same of different things: which one speaks of the thing asked for.

"V8 prefixes all constants with `v8dbg_`" and "Node.js prefixes all constants with `nodedbg_`, and
they complement those of V8" both hold all words of a question about V8. Pure.
"""

from __future__ import annotations

import re
from itertools import islice

from assistant.retrieval.question import Question
from assistant.text.terms import STOP_WORDS

_WORD = re.compile(r"[^\W_](?:[\w.'’-]*[^\W_])?")
_LONGEST_SUBJECT, _SHORTEST_FRAME, _WORDS_OF_CONTENT = 6, 4, 3
"""Words before what both say; words that both say in one run, which opens with one of content and
has so many. With fewer "…, an Amazon Scholar and …" was taken for what two sentences say."""
_MOST_WORDS = 60


def speaks_of_another(question: Question, text: str, other: str, code: str = "") -> bool:
    """Whether both sentences say the same of what they open with, and only the other one opens with
    something that the question names. ``code`` is their language, if it is known."""
    frame = _frame(text, other)
    if frame is None:
        return False
    mine, theirs = (frozenset(question.reads(each, code)) for each in frame)
    asked = question.weights.keys()
    return bool(asked & theirs - mine) and not asked & mine


def _frame(text: str, other: str) -> tuple[str, str] | None:
    """What stands before the first words that both sentences say, or None where they do not."""
    left = list(islice(_WORD.finditer(text), _MOST_WORDS))
    right = list(islice(_WORD.finditer(other), _MOST_WORDS))
    for i in range(1, min(_LONGEST_SUBJECT + 1, len(left))):
        for j in range(1, min(_LONGEST_SUBJECT + 1, len(right))):
            length = content = 0
            if left[i].group().lower() in STOP_WORDS:
                continue
            while (
                i + length < len(left)
                and j + length < len(right)
                and left[i + length].group().lower() == right[j + length].group().lower()
            ):
                content += left[i + length].group().lower() not in STOP_WORDS
                length += 1
            if length >= _SHORTEST_FRAME and content >= _WORDS_OF_CONTENT:
                return text[: left[i].start()], other[: right[j].start()]
    return None
