"""Questions whether there is something: "Is there a jab against it?" Pure.

"There currently is no vaccine to prevent it" answers, with few of the words; a sentence about
another vaccine has as many.
"""

from __future__ import annotations

import re

from assistant.retrieval.question import Question

_ASKS = re.compile(
    r"\s*(?:(?:is|are|was|were|isn['’]t|aren['’]t) there|will there be|"
    r"(?:do|does|did) (?:you|they|we|it|the [\w' -]{1,40}) (?:have|offer|provide|sell|serve))\b",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"\bthere (?:(?:currently|also|still|usually|already|now) )?(?:is|are|was|were|will be|may be)"
    r"(?: (?:currently|also|still|usually|already|now|only))?(?P<thing>(?:n['’]t)? [^.;:]{3,80})|"
    r"\b(?:we|they|it|he|she) (?:currently |also |still )?(?:do not|don['’]t|does not|doesn['’]t|"
    r"did not|didn['’]t|have|has|had|offers?|provides?|sells?|serves?)\b(?P<other>[^.;:]{3,80})",
    re.IGNORECASE,
)


def asks_for_existence(question: Question) -> bool:
    """Whether it is asked, in English, if there is something."""
    return question.language == "en" and _ASKS.match(question.text) is not None


def tells_existence(question: Question, text: str, code: str = "") -> bool:
    """Whether a sentence says that there is, or is not, what is asked for, in the same words or in
    those of their family."""
    if code not in ("en", ""):
        return False
    known = question.weights.keys() | question.related.keys()
    return any(
        not known.isdisjoint(question.reads(found["thing"] or found["other"]))
        for found in _TELLS.finditer(text)
    )
