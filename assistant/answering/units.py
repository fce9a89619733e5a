"""The units that a question of a measure wants: "How long did it take?" is told by hours. Pure.

English alone: where another language's question asks, any number fits.
"""

from __future__ import annotations

import re
from functools import lru_cache

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
        re.compile(r"\bhow (?:tall|high|deep|wide|far|thick|broad)\b", re.IGNORECASE),
        rf"{_COUNT}[^.;]{{0,20}}?(?<![^\W\d_])(?:{_LENGTH}|{_TIME})(?![^\W\d_])|\d\s?%",
    ),
    (
        re.compile(r"\bhow heavy\b|\bhow much does .{2,60} weigh\b", re.IGNORECASE),
        rf"{_COUNT}[^.;]{{0,20}}?(?<![^\W\d_])(?:{_MASS})(?![^\W\d_])",
    ),
    (re.compile(r"\bhow old\b", re.IGNORECASE), rf"(?:{_AGE})\b|\b(?:1\d|20)\d\d\b"),
)


@lru_cache(maxsize=256)
def unit_asked_for(question: str) -> re.Pattern[str] | None:
    """What a number with a unit looks like that answers a question, or None if any number does."""
    found = next((unit for asked, unit in _ASKED if asked.search(question)), None)
    return re.compile(found, re.IGNORECASE) if found else None
