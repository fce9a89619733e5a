"""Sentences that look like an answer and do not fill what is asked for: nobody's name, the age at
another event. Pure. English alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from assistant.answering.other_relations import share_of_relation
from assistant.answering.picks import Pick
from assistant.retrieval.question import Question
from assistant.text.terms import STOP_WORDS
from assistant.text.word_families import family, verb_forms

_NOBODY = re.compile(
    r"\W{0,3}(?:(?:whoever|whomever)\b|(?:who|someone|somebody|some ?one|anyone|anybody|no ?one|"
    r"nobody|everyone|everybody|others?|those|these|people)"
    r"\W{0,3}(?:$|\w+ed\b|made\b|did\b|is\b|was\b|does\b|who\b))",
    re.IGNORECASE,
)
"""A span of a reader that names nobody: "Whoever made the decision". "He" is somebody."""
_NAME_OF = re.compile(
    r"\W{0,5}what(?:['’]s| is| was| were| are) the (?:first |last |full |maiden )?names? of "
    r"(?:the |his |her |their |its )?(?P<whole>[^?]{2,80})\?|"
    r"\W{0,5}what(?:['’]s| is| was| were| are) (?P<owner>[^?]{2,60})['’]s? names?\?|"
    r"\W{0,5}what (?:is|was|are|were) (?P<called>[^?]{2,60}) (?:called|named)\?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_KIN = frozenset(
    "son daughter wife husband brother sister mother father child baby twin dog cat horse".split()
)
_IS_NAMED = re.compile(r"\b(?:named|called|names?|married|wed|née|boy|girl|born)\b", re.IGNORECASE)
_SAYS_ITS_NAME = re.compile(
    r"(?:\b(?:known as|called|termed|dubbed|labell?ed|nicknamed|such as|namely|named|"
    r"(?:refer(?:red|s)?|known) to as)\s+(?:an? |the )?(?!after\b|for\b|by\b|upon\b)[^\W\d_]{3})",
    re.IGNORECASE,
)
"""How a name is told that begins with no capital: "agents, known as pathogens"."""
_NEAR = 70
"""Characters between what is named and its name."""
_AGE_AT = re.compile(
    r"\bhow old (?:was|were|is|are|must|do|does) [^?]{2,60}? "
    r"(?:when|as|at the time(?: of)?|before|after) (?P<event>[^?]{3,80})\?|"
    r"\b(?:at )?what age (?:was|were|did|does|do|is) [^?]{2,60}? when (?P<then>[^?]{3,80})\?",
    re.IGNORECASE,
)
_OTHER_EVENT = re.compile(
    r"\b(?:died|dead|death|born|passed away|married|retired|won|lost|moved|came|left|killed|was "
    r"elected|became|graduated|arrived)\b",
    re.IGNORECASE,
)
_ASKS_RULE = re.compile(
    r"\bhow (?:many|much|long|often|late|early|far)(?: [\w'’-]{1,20}){0,3} may\b|"
    r"\bhow (?:many|much|long|often) [^?]{2,60} (?:is|are|am|be) (?:allowed|permitted)\b|"
    r"\bhow (?:many|much|long|often) (?:is|are|am) [^?]{2,60} (?:allowed|permitted)\b",
    re.IGNORECASE,
)
_TELLS_RULE = re.compile(
    r"\b(?:may|must|shall|cannot|can|can['’]t|not|never|up to|at (?:the )?(?:most|least)|max\w*|"
    r"min\w*|limit\w*|allow\w*|permit\w*|only|no (?:more|longer|less|fewer|later)|restrict\w*|"
    r"require\w*|entitled|should|every|each|per|exceed\w*|within)\b",
    re.IGNORECASE,
)
_NOBODY_NAMED, _NO_NAME, _OTHER_AGE, _NO_RULE = 0.45, 0.4, 0.5, 0.5
"""What is left of the probability."""


def share_filled(question: Question, best: Pick, picks: Sequence[Pick] = ()) -> float:
    """What is left of a probability where the best sentence leaves open what is asked for.

    ``picks`` are the sentences of the answer; one behind the best may name it ("This is called …").
    """
    if question.language != "en" or best.row is not None:
        return 1.0
    share = 1.0
    if question.kinds[0] == "person" and _is_nobody(best):
        share *= _NOBODY_NAMED
    if _gives_no_name(question, best.text, " ".join(pick.text for pick in picks)):
        share *= _NO_NAME
    if _ASKS_RULE.search(question.text) and not _TELLS_RULE.search(best.text):
        share *= _NO_RULE
    if _is_age_at_another(question, best.text):
        share *= _OTHER_AGE
    return share * share_of_relation(question, best)


def _is_nobody(best: Pick) -> bool:
    if best.read.end <= best.read.start:
        return False
    span = best.text[max(0, best.read.start - best.start) : best.read.end - best.start]
    return _NOBODY.match(span) is not None


def _gives_no_name(question: Question, text: str, answer: str) -> bool:
    """Whether the name of a son, a dog or a ship is asked for, and none that the question has not
    stands near such a word: "Ada gave birth to a son"."""
    match = _NAME_OF.match(question.text)
    if match is None or (match["called"] and _SAYS_ITS_NAME.search(f"{text} {answer}")):
        return False
    asked = match["whole"] or match["owner"] or match["called"]
    bearers = [word.casefold() for word in _WORD.findall(asked) if word[:1].islower()]
    known = {word.casefold() for word in _WORD.findall(question.text)}
    known |= {word.removesuffix("'s").removesuffix("’s") for word in known}
    bearers = [word for word in bearers if word not in STOP_WORDS and len(word) > 2]
    if not bearers:
        return False
    places = [
        found.start()
        for bearer in bearers
        for found in re.finditer(rf"\b{re.escape(bearer)}", text, re.IGNORECASE)
    ]
    names = [
        found.start()
        for found in _WORD.finditer(text)
        if found.start()
        and found[0][:1].isupper()
        and text[max(0, found.start() - 2) : found.start()] not in (". ", "? ", "! ")
        and found[0].casefold() not in known
        and found[0].casefold() not in STOP_WORDS
    ]
    if not places:
        return not names or (not _KIN.isdisjoint(bearers) and _IS_NAMED.search(text) is None)
    return not any(abs(place - name) <= _NEAR for place in places for name in names)


def _is_age_at_another(question: Question, text: str) -> bool:
    """Whether an age at one event is asked for, and the sentence tells it at another."""
    match = _AGE_AT.search(question.text)
    if match is None:
        return False
    event = question.reads(match["event"] or match["then"])
    wanted = {term for term in event if term in question.weights and term not in question.names}
    there = set(question.reads(text))
    if not wanted or any(_forms(term) & there for term in wanted):
        return False
    return _OTHER_EVENT.search(text) is not None


def _forms(term: str) -> Set[str]:
    return {term, *family(term, term, "en"), *verb_forms(term, "en")}
