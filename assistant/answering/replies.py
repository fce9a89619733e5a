"""Sentences that answer only the question above them, or only a variant of what is asked. Pure.

"Yes, through the flap." below "Can I return books when you are closed?" says nothing of board
games; "With red lentils, cook for 15 minutes" says nothing of how long the soup cooks without them.
English patterns, and the words for yes and no of a few languages.
"""

from __future__ import annotations

import re

from assistant.retrieval.question import Question, coverage
from assistant.text.terms import STOP_WORDS
from assistant.types import Passage

_REPLY = re.compile(
    r"\W{0,4}(?:yes|no|ja|nein|oui|non|sí|sì|nee|sim|não)\b ?[,.;:!–—-]", re.IGNORECASE
)
_BARE = re.compile(
    r"\W{0,4}(?:(?:unfortunately|sadly|luckily|currently|sorry|generally|normally)[, ]{1,2})?"
    r"(?:yes|no|not (?:yet|really|directly|currently)|ja|nein|oui|non|sí|sì|nee|sim|não)"
    r"(?:[, ]{1,2}(?:unfortunately|sadly|not (?:yet|really|directly)))?\W{1,4}",
    re.IGNORECASE,
)
_SAME = 0.7
"""The share of the words of each that two like questions hold of the other."""
_ENOUGH = 0.5
"""The share of what is asked that the question above a reply must hold."""
_VARIANT = re.compile(
    r"\W{0,4}(?:with|using|for|if you (?:use|take|have)|when using) (?:the |an? )?"
    r"(?P<kind>[a-z][\w-]{2,20}) (?P<thing>[a-z][\w-]{2,20})(?: [\w-]{1,20}){0,3},",
    re.IGNORECASE,
)


def replies_to_another(question: Question, passage: Passage, start: int, text: str) -> bool:
    """Whether a sentence at a place of a passage opens with yes or no, below a question that holds
    little of what is asked."""
    if _REPLY.match(text) is None:
        return False
    above = (line.strip(" #*>-\t") for line in reversed(passage.text[:start].splitlines()))
    asked = next((line for line in above if line.endswith("?")), "")
    if not asked and passage.heading_path and passage.heading_path[-1].rstrip().endswith("?"):
        asked = passage.heading_path[-1]
    if not asked:
        return False
    held = frozenset(question.reads(asked, passage.language))
    return coverage(question.weights, held) < _ENOUGH


def asks_the_same(question: Question, above: str, code: str) -> bool:
    """Whether a text above a reply is a question in nearly the same words."""
    if not above.rstrip(" *_#").endswith("?"):
        return False
    held = frozenset(question.reads(above, code))
    content = {term for term in held if term not in STOP_WORDS and not term.isdigit()}
    shared = content & question.weights.keys()
    is_same = coverage(question.weights, held) >= _SAME
    return is_same and len(shared) >= _SAME * len(content)


def is_bare_reply(text: str) -> bool:
    """Whether a sentence says yes or no and nothing else: "No.", "Unfortunately, yes." """
    return _BARE.fullmatch(text) is not None


def tells_of_variant(question: Question, text: str) -> bool:
    """Whether a sentence opens with a kind of the thing that is asked about, which the question
    does not name: "With red lentils, …"."""
    found = _VARIANT.match(text)
    if found is None:
        return False
    kind, thing = (set(question.reads(found[name])) for name in ("kind", "thing"))
    asked = question.weights.keys()
    return bool(thing & asked) and not kind & asked
