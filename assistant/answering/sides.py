"""A question with two sides → the question to ask of each. Pure; English patterns.

"Which is older, A or B?", "Compare A and B", "How does A differ from B?", "A and B: who founded
each?", "the advantages of A and of B". Everything is split at single words, in linear time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_MEASURES = {
    "older": "When was {} founded, built, made or born?", "younger": "When was {} born?",
    "newer": "When was {} founded, built or made?", "first": "When was {} {verb}?",
    "earlier": "When was {} {verb}?", "later": "When was {} {verb}?",
    "higher": "How high is {}?", "taller": "How tall is {}?", "longer": "How long is {}?",
    "shorter": "How long is {}?", "bigger": "How big is {}?", "larger": "How large is {}?",
    "smaller": "How large is {}?", "deeper": "How deep is {}?", "wider": "How wide is {}?",
    "heavier": "How heavy is {}?", "lighter": "How heavy is {}?", "faster": "How fast is {}?",
    "cheaper": "How much does {} cost?", "expensive": "How much does {} cost?",
    "dearer": "How much does {} cost?", "quicker": "How fast is {}?", "slower": "How fast is {}?",
    "louder": "What is the noise of {}?", "quieter": "What is the noise of {}?",
    "noisier": "What is the noise of {}?", "warmer": "What is the temperature of {}?",
    "hotter": "What is the temperature of {}?", "colder": "What is the temperature of {}?",
    "thicker": "How thick is {}?", "thinner": "How thick is {}?", "steeper": "How steep is {}?",
    "farther": "How far is {}?", "nearer": "How far is {}?", "closer": "How far is {}?",
}  # fmt: skip
_COMPARES = frozenset("more less fewer most least lower greater better worse".split())
_VERB = re.compile(r"\b(born|built|founded|opened|published|made|released|established|written)\b")
_WORDS = re.compile(r"[a-z]+")
_EACH = re.compile(r"^(?P<a>[^:?]+?) and (?P<b>[^:?]+?): (?P<ask>[^?]+?)\s*\?*$")
_COMPARE = re.compile(r"^(?:please )?compare ", re.IGNORECASE)
_DIFFER = re.compile(r"^(?:how|in what ways?|in which ways?) (?:does|do|did|is|are|was|were) ",
                     re.IGNORECASE)  # fmt: skip
_DIFFERENCE = re.compile(
    r"^(?:what(?:['’]s| is| are| was| were)|explain|describe) the (?:main |key )?differences? "
    r"between ",
    re.IGNORECASE,
)
_CONTRASTS = re.compile(
    r"\b(?:differ(?:s|ed|ing|ent|ently)?|differences? (?:is|are|was|were|lies?|in)|unlike|whereas|"
    r"while|but|however|than|versus|vs|rather|instead|both|only|not|"
    r"neither|similar\w*|same|contrast\w*|on the other hand|more|less|fewer|also|although|though|"
    r"distinguish\w*|distinct\w*|compared|alternative\w*|another|other|first|second|former|latter|most|"
    r"least|best|worst|the \w{3,12}est|\w{2,12}er than|"
    r"(?:is|are|was|were) (?:far |much )?\w{3,12}er)\b|"
    r"n['’]t\b",
    re.IGNORECASE,
)
_IS_PERIOD = re.compile(r"\b(?:1[5-9]|20)\d\d\b|\b(?:half|quarter|months?)\b", re.IGNORECASE)
_STANDS_FOR = re.compile(r"^(?:that|those|the ones?) (?=(?:of|at|in|for|from|by) )", re.IGNORECASE)
_OF_EACH = re.compile(r"^(?P<head>[^,:]{3,80}? of )(?P<a>[^,:]{2,60}?) and of (?P<b>[^,:]{2,60})$")
_SHARED = re.compile(r" (?:for|when|during|in terms of|regarding|as to) [^,]{2,60}$")
"""What stands behind the second of two things and speaks of both."""
_JOINTS = (" of ", " at ", " in ", " for ", " from ", " by ")
_WH = re.compile(r"^(?:which|who|what)(?: one| of them| of the two)?\b ?", re.IGNORECASE)
_UNTOLD = frozenset({*_COMPARES, *_MEASURES, *"is was are were has had does did the a an".split()})
"""What no sentence about one side alone would say."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The same asked of each side."""

    names: tuple[str, str]
    questions: tuple[str, str]
    may_stand_together: bool = False
    """Whether one sentence about both may be the better answer, as for what differs."""
    compared: str = ""
    """The word of "Which is older, A or B?" that a sentence about both would hold."""


def sides_of(text: str) -> Sides | None:
    """The two sides of a question, spaces told once; None where there are not two."""
    bare = text.rstrip(" ?.!")
    match = _EACH.match(bare)
    if match is not None:
        asked = re.sub(r"\b(?:each|each of them|both)\b", "{}", match["ask"])
        return _sides(match["a"], match["b"], f"{asked}?")
    match = _OF_EACH.match(bare)
    if match is not None:
        return _sides(match["a"], match["b"], f"{match['head']}{{}}?")
    return _compared(bare) or _differing(bare) or _either(bare)


def _compared(bare: str) -> Sides | None:
    """The sides of "compare A and B by C"."""
    match = _COMPARE.match(bare)
    if match is None:
        return None
    rest = bare[match.end() :]
    rest, by, quality = _cut(rest, (" by ", " in terms of ", " regarding "))
    a, _, b = _cut(rest, (" and ", " with ", " to "))
    if by:
        return _sides(a, b, f"What is the {quality} of {{}}?")
    before, joint, period = b.rpartition(" in ")
    if joint and _IS_PERIOD.search(period):
        return _sides(a, before, f"What is {{}} in {period}?")
    return _sides(a, b, "What is {}?")


def asks_difference(text: str) -> bool:
    """Whether a question asks in what two things differ."""
    return _differing(text.rstrip(" ?.!")) is not None


def compared_names(text: str) -> tuple[str, ...]:
    """The two of which it is asked which is more so: "Which allows more, A or B?"; else none."""
    sides = _either(text.rstrip(" ?.!"))
    return sides.names if sides is not None else ()


def tells_apart(text: str) -> bool:
    """Whether a sentence compares at all: "It works with A and B" does not say how they differ."""
    return _CONTRASTS.search(text) is not None


def _differing(bare: str) -> Sides | None:
    """The sides of "how does A differ from B" and "what is the difference between A and B"."""
    match = _DIFFERENCE.match(bare)
    if match is not None:
        a, _, b = bare[match.end() :].partition(" and ")
        return _both(a, b)
    match = _DIFFER.match(bare)
    if match is None:
        return None
    rest = bare[match.end() :]
    for verb in (" differ from ", " different from ", " differs from "):
        a, found, b = rest.partition(verb)
        if found:
            return _both(a, b)
    pair, found, _ = rest.partition(" differ")
    a, joint, b = pair.partition(" and ")
    return _both(a, b) if found and joint else None


def _both(a: str, b: str) -> Sides | None:
    shared = _SHARED.search(b)
    if shared is not None and _SHARED.search(a) is None:  # "between Basic and Premier for baggage"
        a += shared.group()
    sides = _sides(a, b, "What is {}?")
    return replace(sides, may_stand_together=True) if sides is not None else None


def _either(bare: str) -> Sides | None:
    """The sides of "Which is older, A or B?", and of "A or B: which is older?"."""
    pair, colon, ask_behind = bare.partition(": ")
    if colon and " or " in pair and " or " not in ask_behind and _WH.match(ask_behind):
        bare = f"{ask_behind}, {pair}"
    left, joint, b = bare.rpartition(" or ")
    ask, comma, a = left.rpartition(": " if ": " in left else ", ")
    if not joint or not comma:
        return None
    if ask.rpartition(", ")[1] and not a[:1].isupper():
        return None
    words = _WORDS.findall(ask.lower())
    found = next((word for word in words if word in _MEASURES), "")
    if words[words.index(found) + 1 :][:1] == ["to"] if found else " or " in ask:
        return None  # "slower to start" is no speed
    measure = _MEASURES.get(found, "")
    if "{verb}" in measure:
        verb = _VERB.search(ask)
        asked = measure.replace("{verb}", verb[1] if verb else "built or born")
        sides = _sides(a, b, asked)
        return replace(sides, compared=found) if sides is not None else None
    if not measure and not _COMPARES & set(words):
        return None
    thing = " ".join(w for w in _WH.sub("", ask, count=1).split() if w.lower() not in _UNTOLD)
    subject = f"{thing} {{}}" if thing else "{}"
    asked = measure.replace("{}", subject) if measure else f"How much {subject}?"
    sides = _sides(a, b, asked)
    return replace(sides, compared=found) if sides is not None else None


def _sides(a: str, b: str, asked: str) -> Sides | None:
    a, b = a.strip(' “”",'), b.strip(' “”",')
    a, b = _whole(a, b)
    if "{}" not in asked or not a or not b:
        return None
    return Sides((a, b), (asked.replace("{}", a), asked.replace("{}", b)))


def _whole(a: str, b: str) -> tuple[str, str]:
    """Both sides in full: "the sales of A" and "B", "the rate at A" and "that at B"."""
    stands = _STANDS_FOR.match(b)
    a = _STANDS_FOR.sub("", a)
    if stands is not None:
        b = b[stands.end() :]
        joint = f" {b.split(' ', 1)[0]} "
        head, found, _ = a.rpartition(joint)
        if found:
            return a, f"{head} {b}"
        bare_a = next((a[len(j) - 1 :] for j in _JOINTS if a.startswith(j[1:])), a)
        return bare_a, b.split(" ", 1)[-1]
    for joint in _JOINTS[:1]:
        head, found, _ = a.partition(joint)
        if found and joint not in b and head[:4] == "the " and not b.startswith("the "):
            return a, f"{head}{joint}{b}"
    return a, b


def _cut(text: str, at: tuple[str, ...]) -> tuple[str, str, str]:
    """A text cut at the first of some words that it holds."""
    for word in at:
        before, found, after = text.partition(word)
        if found:
            return before, found, after
    return text, "", ""
