"""Questions of yes and no whose answer the next sentence turns, and ways that go one way. Pure.

"You may borrow it for a week. But not in July." answers "Can I borrow it?" with both sentences. And
what goes from A to B does not go from B to A, nor is A caught from B where B is from A. English.
"""

from __future__ import annotations

import re

from assistant.text.terms import STOP_WORDS

_ASKS = re.compile(
    r"(?:^|[.!;:] +)\W{0,5}(?:(?:and|but|so|then|please|well),? )?(?:is|are|was|were|do|does|did|"
    r"has|have|had|can|could|will|would|should|may|must|am)\b[^.!?]{3,300}\?\s*$",
    re.IGNORECASE,
)
_TURNS = re.compile(
    r"\W*(?:but|however|yet|unfortunately|nevertheless|nonetheless|still|though|only|except|"
    r"the (?:reverse|opposite|other way))\b",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:not|never|no|none|cannot|nor|neither|unless|except|only|impossible|forbidden)\b|n['’]t\b",
    re.IGNORECASE,
)
_SAYS_YES = re.compile(r"\W*(?:yes|no)\b[,.;:!]", re.IGNORECASE)
_FROM_TO = re.compile(
    r"\bfrom (?:the |an? )?([\w-]{2,40}) (?:back |again |over |up |down )?(?:in)?to (?:the |an? )?"
    r"([\w-]{2,40})",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"\b(?:moved|switched|changed|went|upgraded|updated|migrated|converted|turned|come|came|am|been)"
    r"(?: over| up)? (?:in)?(?:to|on) (?:the |an? )?([\w-]{2,40})\b.{0,120}?"
    r"\b(?:back|return|revert|downgrade)(?: again)? to (?:the |an? )?([\w-]{2,40})",
    re.IGNORECASE,
)
"""Where somebody is, and where they want to be again."""
_CAUGHT = re.compile(
    r"\b(?:get|gets|got|catch|catches|caught|contract|contracts|contracted) (?:the |an? )?"
    r"((?:[\w-]{2,30} )?[\w-]{2,40}) (?:from|off|of) (?:[\w-]{1,20} ){0,4}?"
    r"(?:with|has|have|had|having) (?:the |an? )?([\w-]{2,40}(?: [\w-]{2,30})?)",
    re.IGNORECASE,
)
"""What is caught from somebody who has another thing."""
_ARROW = re.compile(r" ?(?:-{1,3}>|=>|→|⇒) ?")
_TOLD_BACK = re.compile(
    r"\b(?:reverse|opposite|other way|vice versa|one[- ]way|back|return|undo|undone)\b",
    re.IGNORECASE,
)
REVERSED = 1.5
"""What a sentence loses that tells the other direction and is not followed by one about this."""


def asks_yes_or_no(question: str) -> bool:
    """Whether the last sentence of a question is one of yes or no."""
    return _ASKS.search(question[-400:]) is not None


def turns(following: str) -> bool:
    """Whether a sentence takes back or limits the one before it: "But the reverse is not so." """
    return _TURNS.match(following) is not None and _DENIES.search(following) is not None


def says_yes_or_no(text: str) -> bool:
    """Whether a sentence opens with the answer itself: "Yes, but only once." """
    return _SAYS_YES.match(text) is not None


def is_reversed(question: str, text: str, following: str) -> bool:
    """Whether a sentence goes from B to A alone where A to B is asked for, and the sentence that
    follows it says nothing of the way back."""
    asked = _FROM_TO.search(question) or _BACK.search(question) or _CAUGHT.search(question)
    if asked is None or _TOLD_BACK.search(following):
        return False
    start, end = _stop(asked[1]), _stop(asked[2])
    told = (*_FROM_TO.findall(text), *_CAUGHT.findall(text))
    ways = [(_stop(a), _stop(b)) for a, b in told] + _along_arrows(text)
    return (end, start) in ways and (start, end) not in ways


def _stop(words: str) -> str:
    """One end of a way, without words that only stand beside it ("shingles if")."""
    found = words.lower().split()
    return " ".join(word for word in found if word not in STOP_WORDS) or words.lower()


def _along_arrows(text: str) -> list[tuple[str, str]]:
    """The ways that arrows tell: "A --> B --> C" goes from A to B, from A to C and from B to C."""
    parts = _ARROW.split(text[:400])
    if len(parts) < 2:
        return []
    stops = [(part.split() or [""])[-1 if at == 0 else 0] for at, part in enumerate(parts)]
    names = [stop.strip(".,;:\"'").lower() for stop in stops]
    return [(a, b) for at, a in enumerate(names) for b in names[at + 1 :]]
