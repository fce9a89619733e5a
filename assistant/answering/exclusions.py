"""Whether a line turns round what stands below it: "We do not pay for", "What is not covered".
Pure; six languages.
"""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.answering.asking_clauses import asking_clause
from assistant.retrieval.question import Question

_TURNS = re.compile(
    r"\b(?:not|no|never|none|nothing|without|except(?:ions?|ed)?|exclud\w+|exclusions?|forbidden|"
    r"prohibited|unless|cannot|refuse[sd]?|\w+n['’]t|nicht|kein\w*|nie|ausgeschlossen|außer|verboten|"
    r"ne|pas|jamais|aucun\w*|sauf|exclus?|interdit\w*|nunca|ningun\w*|excepto|salvo|prohibid\w*|"
    r"non|mai|nessun\w*|escluso|eccetto|vietat\w*)\b",
    re.IGNORECASE,
)


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


@lru_cache(maxsize=256)
def _asks_for_what_is_not(text: str, code: str) -> bool:
    return turns_round(asking_clause(text) if code == "en" else text)
