"""A question → the kinds of answer it asks for, in every language that has a data file.

Pure. The words are data (``assistant/text/languages/data``): phrases that ask for a kind ("wie
viel", "¿cuánto", "多少"), and nouns that name one after "which" ("in welchem Jahr"). English keeps
the patterns with which the weights of answers were fitted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from assistant.text.analysed import AnalysedText
from assistant.text.languages import Language, language

AnswerKind = Literal[
    "person", "organisation", "place", "date", "number", "amount", "title", "definition", "reason",
    "howto", "list", "yesno", "which", "any",
]  # fmt: skip

_ORDER: tuple[tuple[AnswerKind, str], ...] = (
    ("number", "number"), ("date", "time"), ("howto", "way"), ("list", "list"),
    ("person", "person"), ("place", "place"), ("reason", "reason"),
    ("organisation", "organisation"), ("title", "title"), ("amount", "amount"),
    ("definition", "definition"),
)  # fmt: skip
"""Answer types, most specific first, with their keys in the data files."""
_AFTER, _BEFORE = 4, 2
"""Maximum distance in words from "which" or "what" to the noun that names the answer type."""
_VERB_LAST = frozenset({"tr", "hi", "ko"})
"""Languages that put the question word behind the noun."""
_PARTICLES = frozenset({"tr", "ru", "pl", "ko", "ar", "he"})
"""Languages in which a word anywhere makes a question one of yes or no."""
_FEW = 3
_MARK = re.compile("[?？؟;]\\s*$")
_APART = re.compile("[^\\w\u0900-\u097f]+")

_PLURALS = (
    r"authors|members|people|persons|cities|countries|places|topics|fields|areas|methods|datasets|"
    r"data sets|papers|roles|examples|names|types|kinds|ingredients|assumptions|problems|reasons|"
    r"advantages|disadvantages|pros|parts|components|categories|universities|companies|products|"
    r"features|results|criteria|rules|limits|benefits|languages|groups|sets|awards|quantities|"
    r"factors|symptoms|causes|signs|requirements|duties|responsibilities|tasks|goals|aims|"
    r"objectives|principles|elements|tools|exceptions|prerequisites|qualifications|skills|"
    r"characteristics|dimensions|strategies|challenges|limitations|contributions|findings|"
    r"recommendations|side effects|risks|options|stages|phases"
)
_MEASURES = (
    r"values?|revenues?|expenses?|income|profits?|loss|losses|earnings|debts?|goodwill|assets|"
    r"liabilities|balance|dividends?|salary|salaries|sales|turnover|prices?|costs?|amounts?|sum|"
    r"budgets?|deficit|surplus|temperature|speed|weight|height|length|width|depth|distance|density|"
    r"pressure|population|voltage|frequency|capacity|margin|rates?|total|size|volume|duration|"
    r"diameter|radius|thickness|altitude|fees?|rent|wages?|latency|bandwidth|throughput|mass|dosage|"
    r"delay|intervals?|timeout|tolerance|quota|deposit|wattage|mileage"
)
"""What is told by a number: "What was the net revenue of …?"."""
_PLAIN_MEASURES = (
    r"temperature|speed|weight|height|length|width|depth|distance|pressure|voltage|frequency|capacity|"
    r"duration|diameter|radius|thickness|altitude|delay|interval|timeout|tolerance|mileage|dose|dosage|"
    r"ph|rpm|salinity|humidity"
)
"""The same without "is": "What delay does it use?"."""
_AUXILIARIES = (
    r"did|do|does|was|were|is|are|will|would|has|had|have|can|could|should|must|might|may|exactly"
)
_OPENS = (
    r"(?:^\W*|[,;:.!?]\s+|\b(?:and|or|but|so|since|from|until|till|by|of|in|to|on|about|know|say|said|"
    r"says|me|us|tell|find|exactly|remember|state|states|just)\s+)"
)
"""What stands before a question word that asks; behind a noun or a verb it opens a clause: "the
error when I exceed the limit", "a town where it rains"."""
_OPENS_WHO = (
    rf"(?:{_OPENS}|\b(?:with|for|at)\s+|^(?:(?!\b(?:what|which|how|why|where|when)\b).)*\b)"
)
"""What stands before "who" where it asks: anything but another question word. "Which prize did the
woman who discovered radium win?" asks for no person."""
_ENGLISH: dict[AnswerKind, str] = {
    "number": (
        r"\bhow (?:many|much|often|large|big|long|high|tall|far|fast|old|deep|small|heavy|wide|"
        r"loud|hot|cold|warm|soon|quickly|thick)\b|"
        r"\b(?:what|which) (?:\w+ ){0,2}(?:percentage|percent|share|number|fraction|proportion|"
        r"rate|price|amount|age|score|factor|total|count)\b|\bby how much\b|^\s*(?:number|"
        r"percentage|share|rate|amount) of\b|"
        rf"\b(?:what|which) (?:was|were|is|are) (?:the |its |their |your )?"
        rf"(?:(?!(?:of|for|in|to|by|at|on) )[\w'’&.-]{{1,30}} ){{0,5}}?(?:{_MEASURES})"
        r"(?= (?:of|for|in|at|on|from|per|as|during|by|between|recorded|reported|after|before|"
        r"under|with|when|if|each)\b|[?,]|$)|"
        rf"\b(?:what|which) (?:{_PLAIN_MEASURES})"
        rf" (?:of|between|in|at|for|on|{_AUXILIARIES}|shall|need|needs)\b"
    ),
    "date": (
        rf"{_OPENS}when\b|\bwhen (?:{_AUXILIARIES})\b|"
        r"\b(?:what|which)\s+(?:(?!present|modern|latter)\w+ )?"
        r"(?:year|date|month|day|century|decade)s?\b(?! (?:tickets?|trips?|groups?|pass(?:es)?|"
        r"cent(?:er|re)s?|camps?|nurser(?:y|ies)|county|country|town|city|state|place|area|region)\b)|"
        r"\bsince when\b|\bhow long ago\b|^\s*(?:dates?|year) of\b"
    ),
    "howto": (
        r"\bsteps?\b|\bstep by step\b|\bprocedure\b|"
        r"\bhow (?:do|does|can|should|to|is|are|was|were|did|could|would)\b"
        r"(?! (?:i|you|we|one|they|people) (?:(?:know|see|say|recogni[sz]e)\b|"
        r"tell (?:if|whether|when|from|that|which|my|the [\w-]+ (?:is|are|has|have)\b)))"
        r"(?!.{3,200}\bcompared? (?:with|to|against)\b)"
    ),
    "list": (
        r"\b(?:list|name)\s+(?:all|the|some|two|three|four|five|every)\b|"
        rf"{_OPENS_WHO}who (?:are|were)\b|"
        r"\b(?:which|what|name|list)\s+(?:(?:are|were|all|the)\s+)*"
        r"(?:two|three|four|five|six|seven|eight|nine|ten|some|other|main)\b|"
        rf"\b(?:which|what|name|list)\s+(?:[\w-]+\s+){{0,3}}(?:{_PLURALS})\b"
    ),
    "person": (
        rf"{_OPENS_WHO}who(?:m|se)?\b|"
        r"\bwhat (?:is|was|were|are) the names? of the (?:person|people|man|men|woman|women)\b|"
        r"\b(?:which|what)\s+(?:person|author|researcher|scientist|professor|man|"
        r"woman|king|queen|president|actor|singer)\b"
    ),
    "place": (
        rf"{_OPENS}where\b|\bwhere (?:{_AUXILIARIES})\b|"
        r"\b(?:which|what)\s+(?:city|country|place|state|region|town|location|continent|"
        r"university|river)\b"
    ),
    "reason": r"\bwhy\b|\bfor (?:what|which) reason\b|\bhow come\b|\bwhat (?:is|was) the reason\b",
    "yesno": (
        r"^\s*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|must)\b"
    ),
    "organisation": (
        r"\b(?:which|what)\s+(?:\w+ )?(?:company|firm|organi[sz]ation|association|university|"
        r"school|bank|party|foundation|manufacturer|institute|institution|agency|publisher)\b"
    ),
    "title": (
        r"\b(?:which|what)\s+(?:\w+ )?(?:book|film|movie|song|novel|play|album|painting|poem)\b|"
        r"\bwhat (?:is|was) the title\b|\bwhat is .* (?:called|titled)\b"
    ),
    "amount": (
        r"\bhow (?:much|expensive)\b.*\b(?:cost|costs|pay|paid|charge|price|rent|earn|worth|spend|"
        r"spent)\b|\b(?:what|which) (?:\w+ ){0,3}(?:price|cost|costs|fee|rent|salary|budget|fare|"
        r"deposit|fine)\b|\bwhat (?:do|does|did) .* cost\b|"
        r"\bwhat (?:do|does|did|may|can|will|would|should) [^?]{1,60} charge\b"
        r"(?! [^?]{0,40}\bwith\b)"
    ),
    "definition": r"^\s*(?:what(?:'s|’s| is| are| does .* mean)|define|explain)\b",
    "which": r"\b(?:which|what)\b",
}  # fmt: skip
_OPENING_CLAUSE = re.compile(
    rf"^\W*(?:when|where)(?:ever)? (?!(?:{_AUXILIARIES}|and|or|else|in|on|at|to)\b)[^?,]{{3,160}}?"
    r"(?:,\s*(?=(?:(?:in|on|at|to|for|from|by|with|about|of) )?(?:what|who|which|where|when|why|how"
    rf"|{_AUXILIARIES})\b)|\s(?=(?:(?:what|who|where|why) (?:{_AUXILIARIES})|"
    r"how (?:much|many|long|often))\b))",
    re.IGNORECASE,
)
"""A clause before the question: "When the pump stops, who has to be told?" asks for no time."""
_RELATIVE = re.compile(r"\b(?P<before>[\w'’]+),? (?:who|whom|whose|where|when)\b", re.IGNORECASE)
_ASKS_ALONG = frozenset(
    "know say said tell told me us remember out see decide on about and or of by sure".split()
)
"""Words before a question word inside of a question of yes or no that asks along: "Do you know who
…?"; behind a noun it opens a clause: "someone who has it"."""
_DEFINITION = re.compile(
    r"^\s*(?:what(?:'s|’s| is| are| was| were| does)|define|explain|describe|who (?:is|was))\b"
    r"(?!.*\b(?:called|name of|title|year|number|percentage)\b)",
    re.IGNORECASE,
)
_ENGLISH_KINDS = tuple((kind, re.compile(text, re.IGNORECASE)) for kind, text in _ENGLISH.items())


def answer_kinds(question: AnalysedText) -> tuple[AnswerKind, ...]:
    """The expected answer types, most specific first; ``("any",)`` when the question names
    none.

    A subtype follows its supertype: ``amount`` (of money) comes after ``number``.
    """
    if question.language.code == "en":
        asked = _OPENING_CLAUSE.sub("", question.text, count=1)
        kinds = tuple(kind for kind, pattern in _ENGLISH_KINDS if pattern.search(asked))
        if "yesno" in kinds and _only_relates(question.text):
            kinds = tuple(kind for kind in kinds if kind not in ("person", "place", "date"))
    elif question.language.is_spaced:
        kinds = _spaced(question)
    else:
        kinds = _unspaced(question)
    return kinds or ("any",)


def _only_relates(text: str) -> bool:
    """Whether each "who", "where" or "when" of a question of yes or no opens a clause."""
    found = [match["before"].lower() for match in _RELATIVE.finditer(text)]
    return bool(found) and not any(before in _ASKS_ALONG for before in found)


def asks_definition(question: AnalysedText, kinds: Sequence[AnswerKind]) -> bool:
    """Whether a question asks what something is, or who somebody is."""
    if question.language.code == "en":
        return _DEFINITION.search(question.text) is not None
    return "definition" in kinds and not set(kinds) & {"number", "amount", "date", "place", "title"}


# ---------------------------------------------------------------- words apart


def _spaced(question: AnalysedText) -> tuple[AnswerKind, ...]:
    known = question.language
    tokens = [token for token in _APART.split(question.folded) if token]
    text = f" {' '.join(tokens)} "
    places = {key: _first(known.code, key, text) for key in known.phrases}
    noun = _asked_noun(tokens, known)
    asked = [at for key, at in places.items() if at >= 0 and key != "yesno"]
    # What stands later is mostly no question but a clause: "the book which …", "when it rains".
    first = min(asked, default=-1)
    found = {key for key, at in places.items() if at == first >= 0 and key != "yesno"}
    if noun and first >= 0 and first in (places["which"], places["what"]):
        found = (found & {"which", "amount"}) | {noun}
    if first > 1 and _opens_yes_no(text, known):
        found, asked = set(), []
    if "number" in found and known.nouns.get("amount", frozenset()) & set(tokens[: _AFTER + 2]):
        found.add("amount")
    if "amount" in found:
        found.add("number")
    if "number" in found or "reason" in found:
        found -= {"way", "place"}  # "wie hoch", "come mai", "hvor mange"
    kinds = [kind for kind, key in _ORDER if key in found]
    if not asked and _asks_yes_no(question.text, text, tokens, known, noun):
        kinds.append("yesno")
    if "which" in found and "amount" not in found:
        kinds.append("which")
    return tuple(kinds)


def _asks_yes_no(question: str, text: str, tokens: list[str], known: Language, noun: str) -> bool:
    """True if a word marks a yes/no question; else if the text ends with a question mark, asks
    for nothing else, and is neither a bare noun nor a follow-up."""
    if _opens_yes_no(text, known):
        return True
    if known.code in _PARTICLES and any(f" {each} " in text for each in known.phrases["yesno"]):
        return True
    if any(text.startswith(f" {opening} ") for opening in known.openings):
        return False
    return len(tokens) > _FEW and not noun and _MARK.search(question) is not None


def _opens_yes_no(text: str, known: Language) -> bool:
    return any(text.startswith(f" {phrase} ") for phrase in known.phrases["yesno"])


def _asked_noun(tokens: list[str], known: Language) -> str:
    """The answer type that the noun after "which" or "what" names, as a key of the data; empty
    if there is none."""
    asking = [
        phrase for key in ("which", "what") for phrase in known.phrases[key] if " " not in phrase
    ]
    whole = {phrase for phrase in asking if not phrase.endswith("*")}
    begins = tuple(phrase[:-1] for phrase in asking if phrase.endswith("*"))
    for at, token in enumerate(tokens):
        if token not in whole and not (begins and token.startswith(begins)):
            continue
        near = tokens[at + 1 : at + 1 + _AFTER]
        if known.code in _VERB_LAST:
            near = [*near[:2], *reversed(tokens[max(0, at - _BEFORE) : at])]
        for noun in near:
            for key, nouns in known.nouns.items():
                if noun in nouns:
                    return key
        return ""
    return ""


def _first(code: str, key: str, text: str) -> int:
    """Where a phrase of a kind stands in words between blanks; -1 where none does."""
    pattern = _pattern(code, key)
    match = pattern.search(text) if pattern else None
    return match.start() if match else -1


@lru_cache(maxsize=512)
def _pattern(code: str, key: str) -> re.Pattern[str] | None:
    phrases = language(code).phrases.get(key, ())
    if not phrases:
        return None
    parts = sorted((re.escape(each).replace(r"\ ", " ") for each in phrases), key=len, reverse=True)
    return re.compile(f"(?<= )(?:{'|'.join(parts)})(?= )".replace(r"\*", r"\S*"))


# ---------------------------------------------------------------- words together


def _unspaced(question: AnalysedText) -> tuple[AnswerKind, ...]:
    known = question.language
    text = "".join(question.folded.split())
    found = {
        key
        for _, key in _ORDER
        if any(phrase in text for phrase in known.phrases.get(key, ()))
        or any(noun in text for noun in known.nouns.get(key, ()))
    }
    if "amount" in found:
        found.add("number")
    if "time" in found:
        found.discard("number")  # 几点, 何年
    if {"number", "reason"} & found:
        found.discard("way")
    kinds = [kind for kind, key in _ORDER if key in found]
    asks = any(word in text for word in (*known.phrases["what"], *known.phrases["which"]))
    ends = text.rstrip("?？。")
    if not kinds and not asks and ends.endswith(known.phrases["yesno"]):
        kinds.append("yesno")
    if any(word in text for word in known.phrases["which"]):
        kinds.append("which")
    return tuple(kinds)
