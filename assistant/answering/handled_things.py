"""What a sentence does with a thing without saying what it is: "To share the password, …". Pure."""

from __future__ import annotations

import re

_ASKED = re.compile(
    r"\W*what(?:['’]s| is| was| are| were) (?:the |my |our |your |their |its )"
    r"(?:[\w-]{2,30} ){0,2}?([\w-]{3,30}?)s? (?:of|for|to)\b",
    re.IGNORECASE,
)
_HANDLES = (
    r"(?:shar|enter|typ|reset|chang|choos|us|provid|giv|get|obtain|request|sav|stor|keep|check|"
    r"confirm|copy|forg[eo]t|los|verif|tell|submit|updat|receiv|renew|ask for|look up|ask about|"
    r"send|need|requir|sett|remember|hand out|find out)(?:e|es|s|y|ies|ed|ied|ing|ting)?"
)
_OF_WHAT = r"(?:\W*(?:of|for|to) (?:the |an? |our |your )?[\w-]+(?: [\w-]+)?)?"
_IS_HANDLED = (
    rf"{_OF_WHAT}\W*(?:is|are|was|were|gets?|got)(?: being| been)? (?:\w+ly )?{_HANDLES}\b"
)
_SAYS_IT = r"\W*(?:is|are|was|were|reads|to|as|be|being|called|named|of \d|[:=(\"“'‘`]|\d|[A-Z]\w)"


def only_handles(question: str, sentence: str) -> bool:
    """Whether a question asks what something is ("the password of …") that the sentence only does
    something with, wherever it names it: gives no value behind it, and no verb that tells one."""
    asked = _ASKED.match(question)
    if asked is None:
        return False
    thing = re.escape(asked[1])
    named = list(re.finditer(rf"\b{thing}s?\b", sentence, re.IGNORECASE))
    handled = re.compile(
        rf"\b{_HANDLES} (?:the |your |an? |its |their |this |that |his |her |our |my )?"
        rf"(?:[\w-]+ ){{0,2}}$",
        re.IGNORECASE,
    )
    return bool(named) and all(
        re.match(_IS_HANDLED, sentence[each.end() :], re.IGNORECASE)
        or (
            handled.search(sentence, max(0, each.start() - 60), each.start())
            and not re.match(_SAYS_IT, sentence[each.end() :])
        )
        for each in named
    )
