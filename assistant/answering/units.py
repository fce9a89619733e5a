"""The units that a question of a measure wants: "How long did it take?" is told by hours. Pure.

The patterns are English; ``answering.asked_and_told`` knows the words of other languages.
"""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.answering.asked_and_told import measure_asked, tells_measure
from assistant.retrieval.question import Question

_COUNT = (
    r"(?:\d|\b(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|twelve|several|few|half))"
)
_TIME = (
    r"(?:milli|micro|nano)?seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|nights?|weeks?|"
    r"fortnights?|months?|years?|decades?|centur(?:y|ies)|semesters?|ms|s|h|permanent(?:ly)?|"
    r"overnight|forever|lifetime"
)
_LENGTH = (
    r"(?:kilo|centi|milli|nano|micro)?met(?:er|re)s?|km|cm|mm|nm|µm|m|miles?|mi|feet|foot|ft|"
    r"inch(?:es)?|in|yards?|yd|pages?|lines?|words?|characters?|tokens?|light[- ]years?|['’′\"”″]"
)
_MASS = (
    r"(?:kilo|milli|micro)?grams?|grammes?|kg|g|mg|t|tons?|tonnes?|pounds?|lbs?|ounces?|oz|stone"
)
_SIZE = (
    rf"{_LENGTH}|{_MASS}|square|acres?|hectares?|ha|[kmgt]i?b|(?:kilo|mega|giga|tera)?bytes?|"
    r"lit(?:re|er)s?|times|members|people|persons|staff|employees|students|players|rooms|seats|"
    r"files|entries|rows|columns|million|billion|thousand"
)
_AGE = r"(?:years?|months?|weeks?|days?|centur(?:y|ies)|decades?)\b|\b(?:aged?|old|born|built)"
_ASKED = (
    (
        re.compile(
            r"\bhow long (?:do|does|did|will|would|has|have|had|is it|was it|can|should|must)\b.*"
            r"\b(?:take|takes|took|last|lasts|lasted|need|needs|needed|wait|run|runs|ran|stay|stays|"
            r"stayed|live|lives|lived|keep|kept|valid|work|works|worked|serve|serves|served|reign|"
            r"reigned|remain|been)\b",
            re.IGNORECASE,
        ),
        rf"{_COUNT}[^.;]{{0,30}}?(?<![^\W\d_])(?:{_TIME})\b|\b(?:1\d|20)\d\d\b|\d:\d\d",
    ),
    (
        re.compile(
            r"\bhow much time\b|\bhow long to\b|\bhow long .{1,80}\bgood for\b", re.IGNORECASE
        ),
        rf"{_COUNT}[^.;]{{0,30}}?(?<![^\W\d_])(?:{_TIME})\b",
    ),
    (
        re.compile(r"\bhow (?:soon|quickly)\b|\bhow long (?:until|before|after)\b", re.IGNORECASE),
        (
            rf"{_COUNT}[^.;]{{0,30}}?(?<![^\W\d_])(?:{_TIME})\b|\b(?:1\d|20)\d\d\b|\d:\d\d|"
            r"\d ?[ap]\.?m\b|\b(?:immediately|instant(?:ly)?|at once|straight away|noon|midnight)\b"
        ),
    ),
    (
        re.compile(r"\bhow fast\b", re.IGNORECASE),
        (
            rf"{_COUNT}[^.;]{{0,30}}?(?<![^\W\d_])(?:{_TIME}|(?:kilo)?met(?:er|re)s?|k?m|miles?|feet|ft|"
            r"mph|kph|knots?|rpm|[kmgt]?bps|[kmg]?hz|fps|mach|[kmgt]i?b|words|pages|characters|tokens|"
            r"steps|(?:kilo|mega|giga)?bytes?)(?![^\W\d_])|/ ?s\b|\d ?%|\btimes\b|"
            r"\b(?:speed|velocity|pace)\b[^.;]{0,400}\d"
        ),
    ),
    (re.compile(r"\bhow loud\b", re.IGNORECASE), r"\d ?(?:db|decibels?)(?![^\W\d_])|\d ?%"),
    (
        re.compile(r"\bhow (?:hot|cold|warm)\b", re.IGNORECASE),
        (
            r"\d ?(?:°|º|℃|℉|degrees?|deg\b|[cfk]\b|celsius|fahrenheit|kelvin)|\bgas mark\b|"
            r"\btemperatures?\b[^.;]{0,400}\d"
        ),
    ),
    (
        re.compile(r"\bhow (?:tall|high|deep|wide|far|thick|broad)\b", re.IGNORECASE),
        rf"{_COUNT}[^.;]{{0,20}}?(?<![^\W\d_])(?:{_LENGTH}|{_TIME})(?![^\W\d_])|\d\s?%",
    ),
    (
        re.compile(r"\bhow heavy\b|\bhow much does .{2,60} weigh\b", re.IGNORECASE),
        rf"{_COUNT}[^.;]{{0,20}}?(?<![^\W\d_])(?:{_MASS})(?![^\W\d_])",
    ),
    (
        re.compile(
            r"\bhow (?:big|large)\b(?! (?:is|was|are|were) the (?:chance|risk|share))", re.I
        ),
        rf"\d\d|\d ?(?:x|×|by)|\d ?%|{_COUNT}[^.;]{{0,20}}?(?<![^\W\d_])(?:{_SIZE})(?![^\W\d_])",
    ),
    (re.compile(r"\bhow old\b", re.IGNORECASE), rf"(?:{_AGE})\b|\b(?:1\d|20)\d\d\b"),
)
_IN_WORDS = (
    (
        re.compile(r"\bhow (?:soon|quickly|fast)\b|\bhow much time\b", re.IGNORECASE),
        re.compile(
            r"\b(?:within|after|in|takes?|lasts?) (?:about |around |less than )?(?:an?|one) "
            r"(?:second|minute|hour|day|week|fortnight|month|year)\b|"
            r"\b(?:every|each) (?:hour|day|week|month|year)\b|"
            r"\b(?:immediately|instantly|at once|straight away|overnight|the (?:same|next) day)\b|"
            r"\b(?:constant|linear|quadratic|cubic|polynomial|exponential|logarithmic|real|record|"
            r"no) time\b|"
            r"\b(?:in|by|on|until|before) (?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|"
            r"february|march|april|may|june|july|august|september|october|november|december)\b",
            re.IGNORECASE,
        ),
    ),
    (
        re.compile(r"\bhow long\b(?! ago)", re.IGNORECASE),
        re.compile(
            r"\b(?:for|until|till|through(?:out)?|during) (?:the |an? |one |each |its |their )?"
            r"(?:(?:whole|entire|full|calendar|school|academic|fiscal|financial|following|next|"
            r"current|natural) )*(?:year|season|semester|term|month|quarter|week|day|night|summer|"
            r"winter|lifetime|life)\b|"
            r"\b(?:indefinite(?:ly)?|permanent(?:ly)?|forever|overnight|unlimited|no time limit|"
            r"until (?:further notice|revoked|cancell?ed|replaced|withdrawn))\b",
            re.IGNORECASE,
        ),
    ),
    (
        re.compile(r"\bhow (?:often|frequently)\b", re.IGNORECASE),
        re.compile(
            r"\b(?:(?:bi-?)?(?:hourly|daily|weekly|monthly|yearly)|fortnightly|quarterly|nightly|"
            r"(?:semi-?|bi-?)?annual(?:ly)?|every|each|once|twice|(?:per|an?) (?:second|minute|"
            r"hour|day|night|week|month|quarter|season|year)|continuously|rarely|seldom|never)\b",
            re.IGNORECASE,
        ),
    ),
)
"""Questions for a number that words may answer: "for the calendar year", "every morning"."""


def tells_in_words(question: str, text: str) -> bool:
    """Whether a sentence says without a number how long something lasts, or how often it is."""
    return any(asked.search(question) and told.search(text) for asked, told in _IN_WORDS)


_HOW_MANY = re.compile(
    r"\bhow many (?:\w+ )?(?P<unit>seconds|minutes|hours|weeks)\b(?! (?:a|per|each|every) )",
    re.IGNORECASE,
)
_NEAR_SPANS = {
    "seconds": r"second|secs?\b|minute|mins?\b|hour|hrs?\b|\bm?s\b|\dh\b",
    "minutes": r"second|secs?\b|minute|mins?\b|hour|hrs?\b|\bm?s\b|\dh\b",
    "hours": r"minute|mins?\b|hour|hrs?\b|\bh\b|\bdays?\b|night|\d ?[ap]\.?m\b|o['’]clock|\d:\d\d",
    "weeks": r"\bdays?\b|week|fortnight|month",
}
"""Spans of time that are asked for by their unit, and what may tell them."""
_SPAN = re.compile(
    rf"{_COUNT}[^.;]{{0,12}}?(?<![^\W\d_])(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b",
    re.IGNORECASE,
)


_VOLUME = (
    r"(?:milli|centi|deci|hecto)?lit(?:re|er)s?|gallons?|pints?|quarts?|barrels?|cubic|"
    r"[mcdh]?l|gal|[mcd]?m[³3]"
)
_MEASURES = (
    (r"(?:lit(?:re|er)s|gallons|pints)", _VOLUME),
    (r"(?:(?:kilo|centi|milli)?met(?:re|er)s|miles|feet|yards|inches)", _LENGTH),
    (r"(?:kilos|kilograms|grams|tons|tonnes|ounces)", rf"kilos?|{_MASS}"),
    (r"(?:kilo|mega)?watts", r"(?:kilo|mega|giga)?watts?|[kMG]?W|k?VA|horsepower|hp|PS"),
    (r"volts", r"(?:kilo)?volts?|k?V"),
    (r"nights", r"(?<!per )(?<!a )(?<!each )(?<!every )(?<!/)nights?|weeks?|days?|from .{3,30} to"),
    (r"pages", r"pages?|pp?|sheets?|leaves|leaflets?"),
    (r"(?:kilo|mega|giga)bytes", r"(?:kilo|mega|giga|tera)?bytes?|[KMGT]i?B"),
)
"""What "how many …" may ask for, and what says so in a text."""
_ASKS_MEASURE = tuple(
    (
        re.compile(rf"\bhow many (?:\w+ )?{asked}\b(?! (?:a|per|each|every) )", re.IGNORECASE),
        re.compile(rf"(?<![^\W\d_])(?:{told})(?![^\W\d_])", re.IGNORECASE),
    )
    for asked, told in _MEASURES
)
_RATE = re.compile(
    r"\bin (?:[a-z]+ )?(?!less|under|half|about|just|such)[a-z]{2,}s (?:per|an?) "
    r"(second|minute|hour|day|week|month|year)\b",
    re.IGNORECASE,
)
_RATES = {
    "second": r"/ ?s|\bs-1\b|\b[kmg]?bps\b|\bfps\b|hertz|\b[kmg]?hz\b",
    "minute": r"/ ?min|\bmin-1\b|\b(?:rpm|bpm|wpm|ppm|lpm)\b",
    "hour": r"/ ?h|\bh-1\b|\b(?:mph|kph|km/h)\b|hourly", "day": r"/ ?d|daily|\bnightly",
    "week": r"/ ?w|weekly", "month": r"/ ?mo|monthly",
    "year": r"/ ?(?:y|a\b)|yearly|annual|\bp\.? ?a\b",
}  # fmt: skip
"""How a rate is written beside "per minute", "a minute" and "each minute"."""


_UNIT_WORD = re.compile(
    rf"(?:{'|'.join(asked for asked, _ in _MEASURES)}|"
    r"(?:milli)?seconds|minutes|hours|days|weeks|months|years|degrees|percent|pounds|kilobits|bits)",
    re.IGNORECASE,
)


def is_unit(word: str) -> bool:
    """Whether a word is a unit, which a text may write as a sign, or measure in another."""
    return _UNIT_WORD.fullmatch(word) is not None


def tells_other_span(question: str, text: str) -> bool:
    """Whether "how many hours" is asked, and a text has a number of weeks and nothing of hours; or
    how many litres, nights or the like, or how much in a second, and it says nothing of these."""
    asked = _HOW_MANY.search(question)
    if asked is not None and _SPAN.search(text) is not None:
        return re.search(_NEAR_SPANS[asked["unit"].lower()], text, re.IGNORECASE) is None
    rate = _RATE.search(question)
    if rate is not None:
        unit = rate[1].lower()
        told = rf"\b(?:per|an?|each|every|one) {unit}|{_RATES[unit]}"
        return re.search(told, text, re.IGNORECASE) is None
    return any(wanted.search(question) and not told.search(text) for wanted, told in _ASKS_MEASURE)


_AT_A_TIME = re.compile(
    r"\b(?:past|last|previous|recent) [\w-]{1,20}(?: odd|-odd)? (?:years?|months?|weeks?|days?|"
    r"decades?|centuries|hours?|seasons?)\b|"
    r"\b[\w-]{1,20} (?:years?|months?|weeks?|days?|decades?|centuries|hours?) ago\b",
    re.IGNORECASE,
)
"""Says when, not how long: "in the past 30-odd years the longest …"."""


def measured(text: str) -> str:
    """A sentence without the spans of time that only say when."""
    return _AT_A_TIME.sub(" ", text)


@lru_cache(maxsize=256)
def unit_asked_for(question: str) -> re.Pattern[str] | None:
    """What a number with a unit looks like that answers a question, or None if any number does."""
    found = next((unit for asked, unit in _ASKED if asked.search(question)), None)
    return re.compile(found, re.IGNORECASE) if found else None


def lacks_unit(question: Question, text: str, code: str) -> bool:
    """Whether a measure is asked for, and a sentence in a language has no number with its unit."""
    if question.language == "en":
        unit = unit_asked_for(question.text) if code in ("en", "") else None
        return unit is not None and unit.search(measured(text)) is None
    measure = measure_asked(question.text, question.language)
    return bool(measure) and not tells_measure(
        measure, question.text, text, code or question.language
    )
