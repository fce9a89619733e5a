"""What a name or word means, where a question asks for the meaning and not for the thing. Pure.

"Hesta is a boat that …" defines the boat; ""Hesta" means swift one" tells the meaning. English.
"""

from __future__ import annotations

import re
from functools import lru_cache

_ASKS = re.compile(
    r"\W{0,5}(?:what (?:does|do|did) (?:the (?:name|word|term|phrase|title|expression) )?"
    r"[\"“'‘]?(?P<a>[^?]{2,50}?)[\"”'’]? (?:actually |literally )?mean(?: in [\w ]{2,30})?|"
    r"what(?:['’]s| is| was) the (?:literal |exact )?meaning of (?:the (?:name|word|term|phrase) )?"
    r"[\"“'‘]?(?P<b>[^?]{2,50}?)[\"”'’]?)\s{0,3}[?.!]{0,3}$",
    re.IGNORECASE,
)
_TELLS = (
    r"(?:(?:literally )?means?\b(?! that\b)|meant\b(?! to\b)|meaning [\"“'‘«]|translates?\b|"
    r"(?:can be |is |was )?translated (?:as|to)\b|signif(?:y|ies)\b|denotes?\b|stands? for\b|"
    r"(?:is|comes|derives|derived)(?: from)? (?:an? |the )?(?:\w+ )?(?:word|term|name|phrase|"
    r"expression)s? (?:for|meaning)\b|is (?:\w+ )?for [\"“'‘«])"
)
_NEAR = 60


@lru_cache(maxsize=64)
def meaning_asked(question: str) -> str:
    """The name or word whose meaning is asked for; "" where none is."""
    match = _ASKS.match(question)
    return (match["a"] or match["b"]).strip() if match is not None else ""


def tells_meaning(thing: str, text: str) -> bool:
    """Whether a sentence says what a name or word means."""
    if not thing:
        return False
    name = r"\s{1,5}".join(re.escape(_plain(word)) for word in thing.split())
    said = _plain(text)
    if re.search(rf"\bmeaning of (?:the (?:name|word|term) )?[\"']?{name}\b", said, re.IGNORECASE):
        return True
    found = re.search(rf"(?<!\w){name}(?!\w)", said, re.IGNORECASE)
    if found is None:
        return False
    return re.search(_TELLS, said[found.end() : found.end() + _NEAR], re.IGNORECASE) is not None


def _plain(text: str) -> str:
    """The text with straight quotation marks."""
    return re.sub("[‘’ʻʼ`´]", "'", re.sub("[“”«»]", '"', text))
