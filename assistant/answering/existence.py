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


_THING = re.compile(
    r"\s*(?:(?:still|also|already|really|usually|an?|any|some|the|no)\s+)*"
    r"(?P<thing>(?:(?!(?:in|on|at|for|to|of|against|with|from|near|by|that|which|who|where)\b)[\w'’-]+\s*)"
    r"{1,4})",
    re.IGNORECASE,
)
"""What is asked for, up to the first word that says where or for what."""
_NEAR = 6
"""Words behind "there is" among which the thing stands."""
_NOW = re.compile(r"\b(?:is|are|isn['’]t|aren['’]t|do|does)\b", re.IGNORECASE)
_PAST = re.compile(
    r"\bthere (?:was|were)\b|\b(?:had|offered|provided|sold|served)\b", re.IGNORECASE
)


def asks_for_existence(question: Question) -> bool:
    """Whether it is asked, in English, if there is something."""
    return question.language == "en" and _ASKS.match(question.text) is not None


def tells_existence(question: Question, text: str, code: str = "") -> bool:
    """Whether a sentence says that there is, or is not, what is asked for, in the same words or in
    those of their family."""
    if code not in ("en", ""):
        return False
    asked = _ASKS.match(question.text)
    thing = _THING.match(question.text, asked.end()) if asked is not None else None
    if asked is None or thing is None or (_NOW.search(asked[0]) and _PAST.search(text)):
        return False
    wanted = frozenset(question.reads(thing["thing"])) & question.weights.keys()
    known = wanted | {other for other, term in question.related.items() if term in wanted}
    return any(
        not known.isdisjoint(question.reads(" ".join(told.split()[:_NEAR])))
        for found in _TELLS.finditer(text)
        if (told := found["thing"] or found["other"])
    )
