"""The thing of which a question asks what it does or is for. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

_THING = r"[\"“'‘`]?(?P<thing>[^?\"”’`]{2,50}?)[\"”’`]?"
_END = r"\s{0,3}[?.!]{0,9}\s{0,9}$"
_WORK = "(?:purpose|point|role|use|function|job|task)"
_DER = "(?:der |die |das |eine? )?"
_ASKS = {
    "en": (
        rf"what do(?:es)? (?:the |an? )?{_THING} (?:actually |really )?do(?: exactly)?{_END}",
        rf"what(?:['’]s| is| are) (?:the |an? )?{_THING} (?:used |good |there |meant )?for{_END}",
        rf"what(?:['’]s| is) the {_WORK} of (?:the |an? )?{_THING}{_END}",
    ),
    "de": (
        rf"(?:wozu|wofür) (?:dient|dienen|ist|sind|braucht man) {_DER}{_THING}(?: da| gut)?{_END}",
        rf"was (?:macht|tut|bewirkt|leistet) {_DER}{_THING}{_END}",
    ),
    "fr": (
        rf"à quoi (?:sert|servent)(?: l['’]| les? | la | une? | ){_THING}{_END}",
        rf"que fait(?: l['’]| les? | la | ){_THING}{_END}",
    ),
    "es": (
        rf"¿?(?:para )?qué (?:sirven?|hace)(?: el| la| los| las)? {_THING}{_END}",
    ),
    "it": (
        rf"(?:a )?(?:che )?cosa (?:serve|servono|fa)(?: il| lo| la| l['’])? ?{_THING}{_END}",
    ),
}  # fmt: skip
_ASKED = {
    code: tuple(re.compile(r"\s{0,9}" + each, re.IGNORECASE) for each in patterns)
    for code, patterns in _ASKS.items()
}
_KINDS = frozenset(
    """command function method option flag operator keyword trait macro class tool button setting
    module script field key service utility program plugin package page section chapter
    the a an der die das ein eine le la les un une el los las una il lo gli l
    befehl funktion option werkzeug programm paket commande fonction paquet comando función
    funzione pacchetto""".split()
)
"""Words that say what kind of thing it is, and articles: no part of its name."""
_OVERVIEWS = frozenset(
    """description overview introduction summary purpose about abstract synopsis beschreibung
    überblick einleitung zweck description présentation introduction descripción introducción
    descrizione introduzione""".split()
)
_VERSION = re.compile(r"\s?(?:@|\bv(?:ersion)?\.? ?)\d[\w.]*|\(\d\w?\)|\(\)")
_WORD = re.compile(r"[^\W_]+")


def thing_at_work(text: str, language: str) -> frozenset[str]:
    """The words of the thing of "What does npm ci do?" or "What is X for?", without what kind of
    thing it is; empty where a question asks otherwise."""
    for pattern in _ASKED.get(language, ()):
        if match := pattern.match(text):
            return words_of_name(match["thing"])
    return frozenset()


def words_of_name(text: str) -> frozenset[str]:
    """The words and the parts of words of a name, folded, without what kind of thing it names."""
    return frozenset(word.casefold() for word in _WORD.findall(text)) - _KINDS


def is_named(thing: frozenset[str], heading: str) -> bool:
    """Whether a heading is the name of the thing, and nothing more than its kind or version."""
    return words_of_name(_VERSION.sub("", heading)) == thing


def is_overview(heading: str) -> bool:
    """Whether a heading announces what a thing is, as "Description" does."""
    return frozenset() < words_of_name(heading) <= _OVERVIEWS


def opens_own_section(thing: frozenset[str], headings: Sequence[str]) -> bool:
    """Whether what stands below the headings, outermost first, is a thing's own section or its
    overview."""
    if not thing or not headings:
        return False
    above, last = headings[:-1], headings[-1]
    return is_named(thing, last) or (
        is_overview(last) and any(is_named(thing, each) for each in above)
    )
