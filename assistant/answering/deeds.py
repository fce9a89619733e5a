"""The deed of a German, French or Spanish question "who", "when" or "where": its verb. Pure.

"Wer leitet das Werk?" is told by who leads, not by who founded it: the names and times beside
another deed are of that one. A verb counts in all its forms, and by the words of its family.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.answering.sentence_scores import SentenceFeatures, SentenceTerms, families
from assistant.retrieval.question import Question
from assistant.text.folding import fold_case
from assistant.text.languages import answer_words, language
from assistant.text.names import words_above
from assistant.text.terms import stems
from assistant.types import Passage

_KINDS = frozenset({"person", "place", "date"})
_TOLD = 2.5
"""What a sentence gains that tells the deed and holds the person, place or time asked for."""
_NO_NAME = 0.4
"""The share of that where it names nobody: "monks planted it"."""
_WORD = re.compile(r"[^\W_]+")
_CLAUSE = re.compile(r"[,;:?!]|\b(?:und|et|y)\b", re.IGNORECASE)
_ASKING = re.compile(
    r"\W*(?:wer|wann|wo|wohin|woher|seit wann|in welche[mn] jahr(?:en)?|an welchem tag|qui|quand|"
    r"o[uù]|en quelle année|depuis quand|par qui|qui[eé]n(?:es)?|cu[aá]ndo|d[oó]nde|de quién|"
    r"en qu[eé] años?|desde cuándo)\b",
    re.IGNORECASE,
)
_ASKS_TWICE = re.compile(r"\s*(?:und|et|y) (?:wann|wo|wer|où|quand|qui|dónde|cuándo|quién)\b", re.I)
_HE = frozenset({"il", "elle", "ils", "elles", "on"})


def deed_asked(text: str, code: str) -> str:
    """The verb that a question asks about, in lower case; "" where there is none to tell."""
    helping = frozenset(" ".join(answer_words(code).get("asks.auxiliary", ())).split())
    opening = _ASKING.match(text) if helping else None
    if opening is None:
        return ""
    second = _ASKS_TWICE.match(text, opening.end())
    rest = text[(second or opening).end() :]
    if code == "de":
        return _german(_CLAUSE.split(rest.lstrip(), maxsplit=1)[0], helping)
    found = [fold_case(word) for word in _WORD.findall(rest)]
    if found[:2] == ["est", "ce"]:  # "Quand est-ce que le pont a été construit ?"
        last = max((i for i, word in enumerate(found) if word in helping), default=0)
        return found[last + 1] if 2 < last < len(found) - 1 else ""
    at = next((i for i, word in enumerate(found) if i and word in _HE), -1)
    if at > 0:  # "Quand le pont a-t-il été construit ?"
        before = at - 2 if found[at - 1] == "t" and at > 1 else at - 1
        if found[before] not in helping:
            return found[before]
        found = found[at + 1 :]
    verb = next((word for word in found if word not in helping), "")
    return "" if verb in language(code).stop else verb  # "né" is none: those are without accents


def _german(clause: str, helping: frozenset[str]) -> str:
    """The verb of a German clause: its last word behind an auxiliary, else its first."""
    found = _WORD.findall(clause)
    if not found:
        return ""
    is_last = fold_case(found[0]) in helping
    verb = found[-1] if is_last else found[0]
    return verb if verb[:1].islower() and fold_case(verb) not in helping else ""


def deed_terms(question: Question) -> frozenset[str]:
    """The terms of the deed and of its family; empty where none decides."""
    if question.kinds[0] not in _KINDS:
        return frozenset()
    verb = deed_asked(question.text, question.language)
    own = {t for t in stems(verb, question.language) if t in question.weights}
    own -= question.said.light
    related = families(question)
    return frozenset(own).union(*(related.get(term, ()) for term in own))


def lacks_deed(question: Question, told: Iterable[tuple[Passage, str]]) -> bool:
    """Whether a deed is asked about that no sentence of an answer, nor a heading of it, tells."""
    wanted = deed_terms(question)
    return bool(wanted) and not any(
        wanted
        & {*question.reads(text, each.language), *question.reads(words_above(each), each.language)}
        for each, text in told
    )


def deed_bonus(
    question: Question,
    wanted: frozenset[str],
    sentence: SentenceTerms,
    features: SentenceFeatures,
) -> float:
    """What a sentence gains that tells the deed: all of it with the person, place or time asked
    for, some where that need not be a name ("monks planted it")."""
    if not wanted & sentence.terms or (question.values and features.values == 0.0):
        return 0.0  # "2.0 wurde freigegeben" tells nothing of 1.0
    if question.kinds[0] == "date":
        return _TOLD * (features.kind >= 1.0)
    return _TOLD * max(features.kind, _NO_NAME)
