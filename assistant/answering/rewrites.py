"""A model's rewrite of a follow-up question: accepted only if it is one.

Small models answer the question, repeat a turn, or go on with the conversation: of six rewrites
of one, none was of use; a question repeated unchanged is none either. A search for such a text
finds what nobody asked for, so a doubtful rewrite is left out, and the rules of
``retrieval.follow_up`` read the question instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.model.hidden import without_thoughts
from assistant.model.short_replies import adds_numbers, holds_word, plain_words
from assistant.retrieval.question import Turn
from assistant.text.terms import content_terms

_LABEL = re.compile(
    r"(?:[*_#>-]+\s*+)?+(?:(?:rewritten|standalone|last|new|reformulated|self-contained)\s+)*"
    r"(?:question|query|rewrite|person)\s*:[*_]*\s*",
    re.IGNORECASE,
)
_MARKER = re.compile(r"\[\^?\d+\]|【\d")
_QUESTION_MARKS = ("?", "？", "؟", ";", "։")
_LONGEST = 400
_MOST_NEW = 0.34
"""Share of a rewrite's content words that the conversation does not hold."""


def _without_label(line: str) -> str:
    label = _LABEL.match(line)
    return line[label.end() :] if label else line


def accepted_rewrite(reply: str, question: str, history: Sequence[Turn]) -> str:
    """The rewrite on the reply's first line, or an empty text when it is none."""
    lines = (part.strip() for part in without_thoughts(reply).splitlines())
    line = next((part for part in lines if part), "")
    line = _without_label(line).strip().strip("\"“”'`*").strip()
    return line if _is_rewrite(line, question, history) else ""


def _is_rewrite(line: str, question: str, history: Sequence[Turn]) -> bool:
    if not line or len(line) > _LONGEST + len(question) or _MARKER.search(line):
        return False
    asks = question.rstrip().endswith(_QUESTION_MARKS)
    if asks and not line.endswith(_QUESTION_MARKS):
        return False
    turns = [part for turn in history for part in turn]
    if plain_words(line) in map(plain_words, (question, *turns)):
        return False
    words = content_terms(line)
    if not all(holds_word(words, wanted) for wanted in content_terms(question)):
        return False
    said = " ".join([question, *turns])
    if adds_numbers(line, said):
        return False
    known = content_terms(said)
    new = sum(not holds_word(known, word) for word in words)
    return new <= _MOST_NEW * len(words)
