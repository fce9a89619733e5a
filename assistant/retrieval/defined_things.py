"""The thing of which a question asks what it is, and the texts that say so: ""X" means …".

Pure. English alone. A text that uses a term says it more often than the one that defines it, so
word counts bring the definition late: "covered work" stands five times in a clause and once in
``A "covered work" means either …``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_ENDS = (
    r"(?= (?:means?|in|under|for|on|at|by|with|within|according|as)\b|\s*[?.,!]|\s*$)"
    r"(?! (?:of|to)\b)"
)
_THING = re.compile(
    r"\s*what(?:['’]s| is| are| was| were|(?P<does> does| do))\s(?:exactly |actually )?"
    r"(?:(?P<any>an?|any) |the (?:word|term|phrase) |the )?(?!(?:the|an?|any) )"
    rf"[\"“'‘]?(?P<thing>(?:[\w-]{{1,30}} ){{0,3}}?[\w-]{{1,30}}?)[\"”'’]?{_ENDS}",
    re.IGNORECASE,
)
_THING_OF = re.compile(
    r"\s*what(?:['’]s| is| are)\s(?:exactly |actually )?(?:"
    r"(?:an? |the )?[\"“‘](?P<quoted>[^\"”’]{2,60})[\"”’]|"
    r"an? (?P<thing>(?:(?!of\b)[\w-]{1,30} ){0,2}(?!of\b)[\w-]{1,30})) "
    r"of (?:the|an?|this|our|your)\b",
    re.IGNORECASE,
)
"""The thing before what it belongs to: "What is a modified version of a document?"."""
_MEANS = re.compile(r"\s+means?\b", re.IGNORECASE)
_SAYS_WHAT = (
    r"(?:shall mean|means?|refers? to|denotes?|(?:is|are) (?:an?|the|any|all|those|each|either|"
    r"defined|certain|what)|stands? for)\b"
)
_FEWEST = 3
"""Letters of a thing that is looked for."""


def thing_defined(text: str) -> str:
    """The thing of "What is a covered work?", as written; "" where a question asks otherwise."""
    match = _THING.match(text)
    if match is None and (of := _THING_OF.match(text)) is not None:
        return of["quoted"] or of["thing"]
    if match is None or bool(match["does"]) != bool(_MEANS.match(text, match.end())):
        return ""
    return match["thing"]


def phrase_defined(text: str) -> str:
    """The same where it is a phrase of several words behind "a" or "an": all of them name it, those
    too that ask elsewhere ("work")."""
    match = _THING.match(text)
    thing = thing_defined(text) if match is not None and match["any"] else ""
    return thing if " " in thing and " of " not in thing else ""


def texts_that_define(thing: str, texts: Mapping[str, str]) -> frozenset[str]:
    """The keys of the texts that say in a sentence of its own what a thing is."""
    if len(thing) < _FEWEST:
        return frozenset()
    says = _saying(thing)
    return frozenset(key for key, text in texts.items() if says.search(text) is not None)


@lru_cache(maxsize=64)
def _saying(thing: str) -> re.Pattern[str]:
    words = r"\s{1,20}".join(map(re.escape, thing.split()))
    return re.compile(
        rf"(?:^|[.:;)]\s{{1,20}}|\n)[ \t\"“'‘`*_>-]{{0,8}}(?:(?:the|an?) )?"
        rf"[\"“'‘`*_]{{0,4}}{words}s?"
        rf"[\"”'’`*_]{{0,4}}(?: \([^()\n]{{1,40}}\)| (?:of|in) (?:the|an?|this) [\w-]{{1,30}})?"
        rf"\s{{1,20}}{_SAYS_WHAT}",
        re.IGNORECASE,
    )
