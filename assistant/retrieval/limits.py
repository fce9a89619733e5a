"""Questions for a limit ("at most", "the maximum"), and texts that tell one in other words. Pure.

"A tuple with three elements" does not say how many elements a tuple may have at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_LIMIT = (
    r"at (?:the )?(?:most|least)|max(?:imum|imal\w*)?|min(?:imum|imal\w*)?|limit\w*|up to|"
    r"no (?:more|less|fewer) than|höchste?ns?|mindeste?ns?|au (?:plus|maximum|moins|minimum)|"
    r"como (?:máximo|mínimo)|al (?:massimo|minimo)|almeno|hoogstens|minstens|no (?:máximo|mínimo)"
)
_ASKS = re.compile(rf"\bhow (?:many|much|long|large|big|often|far|high|old)\b.*\b(?:{_LIMIT})\b|"
                   rf"\b(?:{_LIMIT})\b.*\b(?:number|amount|size|length|age|count)\b|"
                   r"\b(?:wie viele?|combien|cuánt[oa]s?|quant[oiae]|hoeveel)\b.*"
                   rf"\b(?:{_LIMIT})\b", re.IGNORECASE)  # fmt: skip
_TELLS = re.compile(
    rf"\b(?:{_LIMIT}|(?:more|less|fewer|greater|larger|smaller|longer|shorter|higher|lower|older|"
    r"younger|better) than|exceed\w*|beyond|only|within|must|can ?not|may|can['’]t|allow\w*|top|"
    r"largest|smallest|highest|lowest|biggest|longest|shortest|oldest|youngest|best|upper|lower|"
    r"between|range\w*|unlimited|restrict\w*|require\w*|cap(?:ped)?|ceiling|capacity|over|under|"
    r"as (?:many|much|long|large|few|little) as|or (?:more|less|fewer|above|below|older|younger)|"
    r"fits?|holds?|bis zu|nur|jusqu|hasta|fino a|tot|até)\b|[≤≥<>]|\d ?– ?\d|\d\+",
    re.IGNORECASE,
)


def asks_for_limit(question: str) -> bool:
    """Whether a question asks how many there may be at most or must be at least."""
    return _ASKS.search(question) is not None


def tells_limit(*texts: str) -> bool:
    """Whether one of the texts (a sentence, its headings) speaks of a limit."""
    return any(_TELLS.search(text) for text in texts)


_UPPER = re.compile(
    r"\b(?:no|not|never|cannot|can['’]t)\b[^.;]{0,25}\b(?:\w+er|more) than\b|\bat (?:the )?most\b|"
    r"\b(?:up|down) to\b|\bexceed\w*|\blimit(?:ed)? to\b|\bno more than\b|\bhöchstens\b|\bbis zu\b",
    re.IGNORECASE,
)
_LOWER = re.compile(
    r"\b(?:no|not|never|cannot)\b[^.;]{0,25}\b(?:less|fewer|smaller|shorter|lower|younger) than\b|"
    r"\bat (?:the )?least\b|\bor more\b|\bmindestens\b",
    re.IGNORECASE,
)
_SAID_BY = {"maximum": _UPPER, "maxim": _UPPER, "minimum": _LOWER, "minim": _LOWER}


def limits_said(terms: Iterable[str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """For each term of a question that means a limit, what says it in other words: "must not be
    longer than" is a maximum."""
    return tuple((_SAID_BY[term], term) for term in terms if term in _SAID_BY)
