"""A question and a sentence → whether the sentence has another member of a class instead.

"Who won the first race?" beside "Ida won the second race", "in 1995" beside "in 1985", "B cells"
beside "T cells", "who translated it" beside "she wrote it": nearly all words are shared, and the
one that differs is the one that counts. Words that mean opposite things are known to
``assistant.checking.opposites``; here are classes of more than two, pairs of acts and roles that
are no opposites, numbers and letters. English, but for numbers and letters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from assistant.text.terms import STOP_WORDS, stem

_CLASSES = """first 1st|second 2nd|third 3rd|fourth 4th|fifth 5th|sixth 6th|seventh 7th|eighth 8th\
|ninth 9th|tenth 10th|last final
best|worst|average
largest biggest greatest|smallest
highest|lowest
most|least fewest
oldest eldest|youngest newest
earliest first|latest last newest
longest|shortest
fastest|slowest
strongest|weakest
north northern|south southern|east eastern|west western
before|after|during
always|usually often|sometimes|rarely seldom|never
all every|some|none
half halves|thirds|quarter quarters
upper|lower
inner|outer
inside within|outside
above|below
male males|female females
man men|woman women
boy boys|girl girls
father|mother
brother brothers|sister sisters
son sons|daughter daughters
husband|wife
king|queen
parent parents|child children
teacher teachers|student students pupil pupils
employer|employee employees
host|guest guests
ancestor ancestors|descendant descendants
predecessor|successor
supporter supporters|opponent opponents detractor detractors
ally allies|enemy enemies
majority|minority
author|translator|editor|publisher|illustrator
director|producer|composer
write writes wrote written|translate translates translated|edit edits edited|publish published
join joins joined|leave leaves left quit found founded
enter enters entered entering|exit exits exited leave leaves left
attack attacks attacked besiege besieged invade invaded|defend defends defended
build built construct constructed create created|destroy destroyed demolish demolished
found founded establish established|abolish abolished dissolve dissolved
appoint appointed elect elected hire hired|dismiss dismissed fire fired
expand expands expanded extend extended|shorten shortened reduce reduced
gain gains gained|lose loses lost
cause causes caused|prevent prevents prevented
support supports supported|oppose opposes opposed
encourage encourages encouraged|discourage discourages discouraged
promote promotes promoted|suppress suppresses suppressed prevent prevents prevented
connect connects connected|separate separates separated
simplicity simple|difficulty difficult complexity complex
question|solution answer
advantage advantages|disadvantage disadvantages
benefit benefits|harm harms
birth born|death died
plan plans planned planning propose proposed|survey surveyed|open opens opened opening inaugurate \
inaugurated|renovate renovated restore restored|close closes closed|demolish demolished
propose proposed|sign signs signed|ratify ratified|amend amended|repeal repealed|expire expired
accept accepts accepted|reject rejects rejected
arrive arrives arrived arrival|depart departs departed departure
married|divorced
precede precedes preceded|succeed succeeds succeeded follow follows followed
primary|secondary|tertiary
maternity maternal|paternity paternal
undergraduate undergraduates|postgraduate postgraduates
landlord landlords|tenant tenants
lender lenders|borrower borrowers
indoor indoors|outdoor outdoors
weekday weekdays|weekend weekends saturday saturdays sunday sundays
breakfast breakfasts|lunch lunches|dinner dinners supper suppers
domestic|foreign
urban|rural
civilian|military
ancient|modern
morning|afternoon|evening|night
spring|summer|autumn|winter
monday|tuesday|wednesday|thursday|friday|saturday|sunday
january|february|march|april|may|june|july|august|september|october|november|december
red|green|blue|yellow|black|white|brown|orange|purple"""
"""One class a line: members parted by a bar, words of one member by a space."""

_STAGES = ("plan plans", "propose proposed|sign", "accept accepts", "arrive arrives")
"""How the lines begin of what can follow one another, of which a question asks for one."""

_NUMBERS = {
    word: str(at)
    for at, word in enumerate(
        """two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
        sixteen seventeen eighteen nineteen twenty""".split(),
        2,
    )
}
"""Not "one", which stands for things more often than it counts them."""
_ROMAN = {"II": "2", "III": "3", "IV": "4", "VI": "6", "VII": "7", "VIII": "8", "IX": "9"}
_BESIDE = frozenset({"number", "letter", "before|after|during"})
"""Classes whose members must stand beside the same word to tell apart."""
_CLAUSE = 3
"""Words behind "before" or "after" of which one says what comes before or after what."""
_TOKEN = re.compile(r"\d[\d,.]*\d|[^\W_]+")
_YEAR = re.compile(r"1\d{3}|20\d\d")
_COUNTS = re.compile(
    r"(?:^|\b(?:which|what|who|name|list|give|tell|are|were|some|any|of)(?: are| were| of)?"
    r"(?: the)? )$",
    re.IGNORECASE,
)
"""Before a number that says how many answers are wanted: "What are two reasons …"."""


def has_other_member(asked: str, said: str) -> bool:
    """Whether a word of the question is not in the sentence, and another member of its class is
    there that the question does not name. A number or letter must stand beside the same word."""
    return _has_other(_found(asked), _found(said))


def has_other_stage(asked: str, said: str) -> bool:
    """The same of the stages of a building, a law, a decision or a journey alone."""
    wanted = {key: found for key, found in _found(asked).items() if key.startswith(_STAGES)}
    return bool(wanted) and _has_other(wanted, _found(said))


def _has_other(
    wanted: dict[str, dict[str, set[str]]], there: dict[str, dict[str, set[str]]]
) -> bool:
    return any(
        any(
            key not in _BESIDE or beside & other
            for member, beside in members.items()
            if member not in own
            for instead, other in own.items()
            if instead not in members
        )
        for key, members in wanted.items()
        if (own := there.get(key))
    )


def _found(text: str) -> dict[str, dict[str, set[str]]]:
    """Class → the members of it in a text → the stems of the words next to each."""
    found: dict[str, dict[str, set[str]]] = {}
    words = list(_TOKEN.finditer(text))
    stems = stem([word.group().lower() for word in words])
    for at, word in enumerate(words):
        for key, member in _places(word.group()):
            if key == "number" and _COUNTS.search(text[: word.start()]):
                continue
            if key.startswith("before|"):
                beside = {*stems[at + 1 : at + 1 + _CLAUSE]} - STOP_WORDS
            else:
                beside = {*stems[max(0, at - 1) : at], *stems[at + 1 : at + 2]} - STOP_WORDS
            found.setdefault(key, {}).setdefault(member, set()).update(beside)
    return found


def class_of(word: str) -> Sequence[tuple[str, str]]:
    """The classes of a word, each with the member of it that the word is; none for most words."""
    return _places(word)


def _places(word: str) -> Sequence[tuple[str, str]]:
    """The classes of a word, each with the member of it that the word is."""
    low = word.lower()
    if word[0].isdigit():
        if _YEAR.fullmatch(low):
            return (("year", low),)
        plain = low.replace(",", "")
        return (("number", plain),) if plain.replace(".", "").isdigit() else _members().get(low, ())
    if low in _NUMBERS or word in _ROMAN:
        return (("number", _NUMBERS.get(low) or _ROMAN[word]),)
    if len(word) == 1 and word.isupper() and word not in "AI":
        return (("letter", word),)
    return _members().get(low, ())


@lru_cache(maxsize=1)
def _members() -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for line in _CLASSES.splitlines():
        for member in line.split("|"):
            for word in member.split():
                found.setdefault(word, []).append((line, member))
    return {word: tuple(places) for word, places in found.items()}
