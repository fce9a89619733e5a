"""Sentences about the thing that is asked for, in another relation than the one asked. Pure.

"What started the fire?" is not told by when it burnt, "Who led after Ada?" not by who led before,
"How many came?" not by the days on which they met. English patterns.
"""

from __future__ import annotations

import re

from assistant.answering.picks import Pick
from assistant.retrieval.question import Question

_NO_CAUSE, _NO_COUNT, _NOT_AFTER, _NOT_COMPARED = 0.4, 0.4, 0.5, 0.5
"""What is left of the probability in each case."""

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
_ASKS_COUNT = re.compile(
    r"\bhow many (?!years|months|weeks|days|nights|hours|minutes|seconds|decades|centuries)\w",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_NO_NUMBER_OF_THINGS = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?: ?(?:to|-|–|and|until) ?\d{{1,2}}(?:st|nd|rd|th)?)? "
    rf"(?:of )?{_MONTH}(?:,? \d{{4}})?|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? \d{{4}})?|"
    rf"{_MONTH} \d{{4}}\b|\b\d{{1,2}}:\d\d\b|\b\d+(?:st|nd|rd|th)\b|\b(?:1\d|20)\d\d(?:s|-\d\d)?\b|"
    r"\b[^\W\d_]+[-.]?\d[\w.]*|\b\d{1,3}(?:\.\d{1,3}){2,}",
    re.IGNORECASE,
)
"""Days, times, years, ordinals, names with digits in them and numbers of versions."""
_COUNTS = re.compile(
    r"\d|\b(?:no|none|nobody|nothing|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|"
    r"twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|"
    r"fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|scores?|"
    r"half|both|pair|couple|several|many|few|only|single|a|an|once|twice|double|triple|each|every|"
    r"either|another|first|second|third|(?:un)?limited|most|as many|any number)\b",
    re.IGNORECASE,
)
_ARTICLES = re.compile(r"\b(?:an?|only|each|every|another|first|second|third|many|most)\b", re.I)
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
_COMPARATIVE = (
    r"(?:more|less|fewer|better|worse|sooner|(?:old|new|young|bigg|larg|small|high|low|tall|long|"
    r"short|cheap|fast|slow|quick|strong|weak|strict|saf|easi|hard|soft|wid|broad|narrow|deep|heavi|"
    r"light|earli|lat|clos|furth|farth|warm|cold|rich|poor|thick|thinn|simpl|great|loos|fre|nois|"
    r"loud|quiet|bright|dark|dri|wett|tight)er)"
)
_ASKS_WHICH = re.compile(
    rf"\W*(?:which|who|what)\b[^,;?]{{0,100}}\b{_COMPARATIVE}\b[^?]{{0,60}}"
    r"[,:] (?P<a>[^,?]{2,60}) or (?P<b>[^,?]{2,60})\?",
    re.IGNORECASE,
)
_TELLS_APART = re.compile(
    rf"\b(?:{_COMPARATIVE}|most|least|best|worst|than|only|whereas|while|unlike|but|however|although|"
    r"though|differ\w*|the [a-z]{3,12}est)\b|n['’]t\b|\bnot\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w'’-]+")
_PERSON = re.compile(r"(?<![\w'’.-])[A-ZÀ-Þ][\w'’.-]{1,40}(?: [A-ZÀ-Þ][\w'’.-]{1,40}){1,4}")


def share_of_relation(question: Question, best: Pick) -> float:
    """What is left of a probability where the best sentence tells another relation, from 1 down."""
    if question.language != "en" or best.row is not None:
        return 1.0
    asked, text, share = question.text, best.text, 1.0
    if lacks_cause(asked, text):
        share *= _NO_CAUSE
    if counts_nothing(asked, text):
        share *= _NO_COUNT
    if tells_another_turn(asked, text) and best.about is None:
        share *= _NOT_AFTER
    if does_not_compare(asked, text):
        share *= _NOT_COMPARED
    return share


def lacks_cause(asked: str, text: str) -> bool:
    """Whether it is asked what caused something, and a sentence has no word of a cause."""
    return _ASKS_CAUSE.match(asked) is not None and _TELLS_CAUSE.search(text) is None


def counts_nothing(asked: str, text: str) -> bool:
    """Whether a number of things is asked for, and all numbers of a sentence are days, years,
    ordinals or parts of names."""
    if not _ASKS_COUNT.search(asked) or not re.search(r"\d", text):
        return False
    rest = _ARTICLES.sub(" ", _NO_NUMBER_OF_THINGS.sub(" ", text))
    return _COUNTS.search(rest) is None


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
    """Whether it is asked which of two is more so, and a sentence names one of them at least and
    compares nothing: "A and B are licences"."""
    match = _ASKS_WHICH.match(asked)
    if match is None or _TELLS_APART.search(text):
        return False
    said = text.casefold()

    def is_named(side: str) -> bool:
        words = [word for word in _WORD.findall(side.casefold()) if word not in ("the", "a", "an")]
        return bool(words) and any(word in said for word in words)

    return is_named(match["a"]) or is_named(match["b"])
