"""Sentences about the thing that is asked for, in another relation than the one asked. Pure.

"What started the fire?" is not told by when it burnt, "Who led after Ada?" not by who led before,
"How many came?" not by the days on which they met. English patterns.
"""

from __future__ import annotations

import re

from assistant.answering.kind_scores import NUMBER_WORD
from assistant.answering.other_counts import tells_other_count
from assistant.answering.picks import Pick
from assistant.answering.sides import compared_names, tells_apart
from assistant.retrieval.everyday_phrases import is_told_by_phrase
from assistant.retrieval.question import Question
from assistant.text.dates import take_dates
from assistant.text.terms import STOP_WORDS

_NO_CAUSE, _NO_COUNT, _NOT_AFTER, _NOT_COMPARED, _OTHER_COUNT = 0.4, 0.4, 0.5, 0.5, 0.3
"""What is left of the probability in each case."""
_NO_REASON = 0.65
"""The same for "why", whose answers need no word of a reason: it makes none sure."""
_SAYS_WHAT_IT_IS, _NO_VERSION = 0.45, 0.45
"""The same for "why" where the sentence says what the thing is, and for a version told by how many
there are."""
_BY_PHRASE, _A_WAY_BY_PHRASE = 0.85, 0.6
"""The same where a phrase of the question is only said by a word that may mean something else; a
way to do it is told by more than that word."""

_ASKS_CAUSE = re.compile(
    r"\W*what (?:\w+ly |first )?(?:caused?|causes|started|starts|triggered|triggers|sparked|sparks|"
    r"ignited|provoked|set off|sets off|brought about|(?:was|is|were) the (?:main |real )?"
    r"(?:causes?|triggers?) of)\b",
    re.IGNORECASE,
)
_TELLS_CAUSE = re.compile(
    r"\b(?:caus\w+|because|due to|trigger\w*|spark\w*|start(?:ed|s|ing)? "
    r"(?!at|on|in|around|about\b)|set(?:s|ting)? off|le(?:d|ads?|ading) to|results?|"
    r"resulted|resulting|owing to|thanks to|"
    r"blam\w+|reasons?|ignit\w+|provok\w+|brought|brings|after|when|since|from an?|so that|by an?|"
    r"through|made|makes|(?:began|begins) (?:when|with|after)|responsible|origin\w*)\b",
    re.IGNORECASE,
)
_ASKS_WHY = re.compile(r"\W*why (?:was|were|is|are|did|does|do|has|have|had)\b(?! not)", re.I)
_MAY_BE_A_REASON = re.compile(
    r"\b(?:because|since|due|owing|thanks|so|therefore|thus|hence|reasons?|caus\w+|order|to|as|for|by|"
    r"after|when|if|until|without|need\w*|must|cannot|allow\w*|prevent\w*|avoid\w*|result\w*|made|makes?|"
    r"lets?|help\w*|mean(?:s|t)?|want\w*|wish\w*|fear\w*|too|enough|prefer\w*|not|no|never|than)\b|"
    r"n['’]t\b|[;:–—]",
    re.IGNORECASE,
)
"""What a reason may stand behind; "It is a ruined fortress in the town" has none."""
_ASKS_OF_THE_PAST = re.compile(r"\W*why (?:was|were|did|had)\b", re.IGNORECASE)
_SAYS_WHAT = re.compile(
    r"\W*[A-ZÀ-Þ][^.;:,]{1,60}? (?:is|are) (?:an?|the|one of)\b"
    r"(?!.*\b(?:and|which|who|whose|that|but|where)\b)",
    re.DOTALL,
)
"""A sentence that says what something is now: "Holm Castle is a ruined fortress"."""
_ASKS_VERSION = re.compile(
    r"\b(?:which|what) (?:[\w.+#-]+ )?(?:version|release)\b(?! (?:form|date|notes?|time))", re.I
)
_COUNTS_VERSIONS = re.compile(
    rf"(?:\d|{NUMBER_WORD.pattern}) (?:\w+ )?(?:versions|releases)\b", re.IGNORECASE
)
_TELLS_VERSION = re.compile(
    rf"\b(?:v|version|release|rev)\.? ?(?:\d|{NUMBER_WORD.pattern})|\d\.\d|"
    r"\b(?-i:[A-ZÀ-Þ])[\w+#-]* \d",
    re.IGNORECASE,
)
_ASKS_AGE = re.compile(
    r"\bhow old (?:can|do|does|could|will|might) .{2,80}\b(?:get|become|grow|live)\b|"
    r"\bhow long (?:can|do|does) .{2,80}\blives?\b",
    re.IGNORECASE,
)
_TELLS_AGE = re.compile(
    r"\b(?:lives?|lived|life ?(?:span|time)|life expectancy|ages?|aged|years? old|old age|"
    r"longevity|surviv\w+|reach\w*)\b",
    re.IGNORECASE,
)
_ASKS_COUNT = re.compile(
    r"\bhow many (?!years|months|weeks|days|nights|hours|minutes|seconds|decades|centuries)\w",
    re.IGNORECASE,
)
_NO_NUMBER_OF_THINGS = re.compile(
    r"\b\d{1,2} ?(?:to|and|until|[-–]) ?(?= {4})|\b\d{1,2}:\d\d\b|\b\d+(?:st|nd|rd|th)\b|"
    r"\b(?:1\d|20)\d\d(?:s|-\d\d)?\b|\b[^\W\d_]+[-.]?\d[\w.]*|\b\d{1,3}(?:\.\d{1,3}){2,}",
    re.IGNORECASE,
)
"""Beside dates, which are blanks by then: the first day of a span, times, years, ordinals, names
with digits in them and numbers of versions."""
_NUMBER_SAID = re.compile(
    r"\d|\b(?:no|none|nobody|nothing|scores?|both|pair|couple|several|few|single|once|either|"
    r"(?:un)?limited|any number)\b",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\b(?:after|before|succeed(?:ed|s)?|replac(?:ed?|es|ing)|followed|preceded|instead of|"
    r"took over from|in place of|successor (?:of|to)|predecessor of) (?:the )?"
    r"(?P<name>[A-ZÀ-Þ][\w'’.-]+(?: [A-ZÀ-Þ][\w'’.-]+){0,3})"
)
_TELLS_ORDER = re.compile(
    r"\b(?:after|before|succe\w+|replac\w+|follow\w*|preced\w+|predecessor\w*|instead|next|then|"
    r"later|former\w*|previous\w*|took over|takes over|turn)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w'’-]+")
_FIGURE = re.compile(r"\d[\d.,]*")
_PERSON = re.compile(r"(?<![\w'’.-])[A-ZÀ-Þ][\w'’.-]{1,40}(?: [A-ZÀ-Þ][\w'’.-]{1,40}){1,4}")


def share_of_relation(question: Question, best: Pick) -> float:
    """What is left of a probability where the best sentence tells another relation, from 1 down."""
    if question.language != "en" or best.row is not None:
        return 1.0
    asked, text, share = question.text, best.text, 1.0
    if lacks_cause(asked, text):
        share *= _NO_CAUSE
    if gives_no_reason(asked, text) and not best.is_asked_above:
        is_definition = _ASKS_OF_THE_PAST.match(asked) and _SAYS_WHAT.match(text)
        share *= _SAYS_WHAT_IT_IS if is_definition else _NO_REASON
    if counts_versions(asked, text):
        share *= _NO_VERSION
    if tells_no_age(asked, text):
        share *= _NO_COUNT
    if counts_nothing(asked, text):
        share *= _NO_COUNT
    if tells_another_turn(asked, text) and best.about is None:
        share *= _NOT_AFTER
    if does_not_compare(asked, text):
        share *= _NOT_COMPARED
    if tells_other_count(asked, text):
        share *= _OTHER_COUNT
    if is_told_by_phrase(question, text, best.passage.language):
        share *= _A_WAY_BY_PHRASE if question.kinds[0] == "howto" else _BY_PHRASE
    return share


def lacks_cause(asked: str, text: str) -> bool:
    """Whether it is asked what caused something, and a sentence has no word of a cause."""
    return _ASKS_CAUSE.match(asked) is not None and _TELLS_CAUSE.search(text) is None


def gives_no_reason(asked: str, text: str) -> bool:
    """Whether it is asked why, and a sentence has no word behind which a reason may stand."""
    return _ASKS_WHY.match(asked) is not None and _MAY_BE_A_REASON.search(text) is None


def counts_versions(asked: str, text: str) -> bool:
    """Whether it is asked which version, and told by how many: "4 major versions"."""
    is_count = _COUNTS_VERSIONS.search(text) is not None and not _TELLS_VERSION.search(text)
    return is_count and _ASKS_VERSION.search(asked) is not None


def tells_no_age(asked: str, text: str) -> bool:
    """Whether it is asked how old something gets, and a sentence speaks of no life or age: "for
    more than 40 years"."""
    return _ASKS_AGE.search(asked) is not None and _TELLS_AGE.search(text) is None


def counts_nothing(asked: str, text: str) -> bool:
    """Whether a number of things is asked for, and all numbers of a sentence are days, years,
    ordinals or parts of names."""
    if not _ASKS_COUNT.search(asked) or not any(map(str.isdigit, text)):
        return False
    _, undated = take_dates(text)
    rest = _NO_NUMBER_OF_THINGS.sub(" ", undated)
    return _NUMBER_SAID.search(rest) is None and NUMBER_WORD.search(rest) is None


def tells_another_turn(asked: str, text: str) -> bool:
    """Whether it is asked who came after or before somebody, and a sentence has no word of an order
    and not that person beside another: "He was elected in April." """
    match = _AFTER.search(asked)
    if match is None or not asked.lstrip().lower().startswith("who"):
        return False
    if _TELLS_ORDER.search(text):
        return False
    own = {word.casefold() for word in _WORD.findall(match["name"])}
    named = [
        {word.casefold().removesuffix("'s").removesuffix("’s") for word in _WORD.findall(name)}
        for name in _PERSON.findall(text)
    ]
    said = {word.casefold().removesuffix("'s").removesuffix("’s") for word in _WORD.findall(text)}
    return not own & said or all(name & own for name in named)


def does_not_compare(asked: str, text: str) -> bool:
    """Whether it is asked which of two is more so, and a sentence names one of them at least,
    compares nothing and has no two figures: "A and B are licences"."""
    names = compared_names(asked)
    if not names or tells_apart(text) or len(set(_FIGURE.findall(text))) > 1:
        return False
    said = {word.casefold() for word in _WORD.findall(text)}
    return any(
        word.casefold() in said
        for name in names
        for word in _WORD.findall(name)
        if word.casefold() not in STOP_WORDS
    )
