"""Whether a line turns round what stands below it: "We do not pay for", "What is not covered".
Pure; six languages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from assistant.answering.asked_lists import ends_in_colon
from assistant.answering.asking_clauses import asking_clause
from assistant.answering.sentence_scores import SentenceTerms
from assistant.retrieval.question import Question

_TURNS = re.compile(
    r"\b(?:not|no|never|none|nothing|without|except(?:ions?|ed)?|exclud\w+|exclusions?|forbidden|"
    r"prohibited|unless|cannot|refuse[sd]?|\w+n['’]t|nicht|kein\w*|nie|ausgeschlossen|außer|verboten|"
    r"ne|pas|jamais|aucun\w*|sauf|exclus?|interdit\w*|nunca|ningun\w*|excepto|salvo|prohibid\w*|"
    r"non|mai|nessun\w*|escluso|eccetto|vietat\w*)\b",
    re.IGNORECASE,
)
_SUPPOSES = re.compile(r"\W*(?:if|when|whenever|where|in case|should)\b", re.IGNORECASE)
_BOUNDS = re.compile(
    r"\bno(?:t|) (?:later|earlier|sooner|more|less|fewer) than\b|\bnot only\b|\bnot to forget\b|"
    r"\bdo(?:n['’]t| not) forget\b|\bno\. ?\d",
    re.IGNORECASE,
)
"""Words in the negative that deny nothing."""


def turns_round(line: str) -> bool:
    """Whether a line above a list or a section says that what follows is not so."""
    return _TURNS.search(line) is not None


def asks_what_is_not(question: Question) -> bool:
    """Whether a question asks for what is not so; what it only supposes ("if I do not pay") does
    not count."""
    return _asks_for_what_is_not(question.text, question.language)


def asks_for_the_other(question: Question, line: str) -> bool:
    """Whether a question asks for what is so and a line tells what is not, or the reverse."""
    return asks_what_is_not(question) != turns_round(line)


def denied_places(found: Sequence[SentenceTerms]) -> frozenset[int]:
    """The numbers of the lines that say that what stands below them is not so, and of the items
    below: "Not included in the price:"; but not "If it does not start:"."""
    denied: set[int] = set()
    is_below = False
    for at, sentence in enumerate(found):
        if sentence.span.kind == "item" and is_below and not ends_in_colon(sentence.text):
            denied.add(at)
            continue
        is_below = ends_in_colon(sentence.text) and _denies(sentence.text)
        if is_below:
            denied.add(at)
    return frozenset(denied)


def _denies(line: str) -> bool:
    said = _BOUNDS.sub(" ", line)
    return _SUPPOSES.match(said) is None and turns_round(asking_clause(said))


@lru_cache(maxsize=256)
def _asks_for_what_is_not(text: str, code: str) -> bool:
    return turns_round(asking_clause(text) if code == "en" else text)
