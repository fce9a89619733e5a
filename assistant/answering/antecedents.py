"""A sentence that opens with "It" or "He" → the name that the word stands for, as the text has it.

Pure. Only where it is plain: the sentence before, or the one before that, opens with a name that
the question says, and a thing's name for "it", a person's for "he" and "she". Then the answer says
"COLLAGE: It raised …" and need not repeat who wrote COLLAGE. Elsewhere the whole sentence before is
given, and people see themselves what the word stands for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.retrieval.question import Question
from assistant.text.languages.frequencies import zipf
from assistant.text.terms import STOP_WORDS
from assistant.types import Named

_LEANS = re.compile(
    r"^(?:it|its|he|his|she|her|they|their|"
    r"(?:this|these)(?! (?:sections?|chapters?|guides?|documents?|pages?|articles?|papers?|"
    r"manuals?|books?|appendix|tutorials?|reports?|lessons?|studies|study)\b)|"
    r"that(?! (?:the|an?|this|these|it|they|there)\b)|those|such|both|the (?:former|latter|"
    r"same|two|three))\b",
    re.IGNORECASE,
)

_GOES_ON = re.compile(
    r"^(?:that is,|that means|this (?:is|was|means|makes)\b|these (?:are|were)\b|for (?:this|that) "
    r"reason\b|in (?:this|that|which) case\b|otherwise,|as a result,|therefore,|consequently,)",
    re.IGNORECASE,
)
"""What goes on with the sentence before and says little without it."""
_CONTRASTS = re.compile(
    r"^(?:by contrast|in contrast|conversely|on the other hand|on the contrary|in comparison)\b",
    re.IGNORECASE,
)
_ASKS_TO_COMPARE = re.compile(
    r"\b(?:compar\w+|differ\w*|versus|vs|than|contrast\w*|between|both|each|respectively)\b",
    re.IGNORECASE,
)
_NAMES_IT = re.compile(
    r"^(?:this|these|that|those|such)\b[^.;:!?]{0,60}? (?:is|are|was|were|has been|have been) "
    r"(?:also |often |commonly |sometimes |usually |now )?"
    r"(?:called|known as|termed|named|referred to as|dubbed)\b",
    re.IGNORECASE,
)
"""A sentence that gives a name to what the sentence before it says."""
_LEANS_LATER = re.compile(
    r"^(?:but|and|yet|so|still|however|according to|in|at|on|by|from|since|after|before|when|while|"
    r"although|though|as|for|today|now|then|later)\b[^.;:!?“”]{0,150}?, ?(?:it|he|she|they)"
    r"(?:['’]s|['’]re)?\b",
    re.IGNORECASE,
)
"""The same behind a phrase: "According to the list, it is second." """
_PRONOUN = re.compile(r"(?P<thing>it|its)\b|(?:he|she|his|her)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\s,]+")
_TITLE = re.compile(r"[\"“„«](?P<name>[^\"“”„«»\n]{3,120})[\"”“»]")
_NAME = re.compile(
    r"(?:(?i:the|an?|der|die|das|le|la|les|el|il|lo) )?"
    r"(?P<name>[^\W\d_a-zß-öø-ÿ][\w-]*+(?: [^\W\d_a-zß-öø-ÿ][\w-]*+){0,4})(?![\w'’-])"
)
_LIKE_A_PERSON = re.compile(r"[^\W\d_a-z][^\W\d_A-Z]+(?: [^\W\d_a-z][^\W\d_A-Z]+){0,3}")
_LIKE_A_THING = re.compile(r"[^\W\d_a-z]{2}|\d|[^\W\d_A-Z][^\W\d_a-z]")
"""Two capitals together, a digit, or a capital within a word."""
_MOST_BACK = 3
"""Sentences that may open with the same pronoun between a name and the sentence."""
_OF_TITLE = 0.6
"""The share of a title's words that the question must say."""


def leans(text: str) -> bool:
    """Whether a sentence opens with a word that stands for something named before it."""
    return _LEANS.match(text) is not None or leans_later(text)


def leans_later(text: str) -> bool:
    """Whether it does so behind a phrase."""
    return _LEANS_LATER.match(text) is not None


def tells_other_side(question: str, text: str) -> bool:
    """Whether two things are compared and a sentence tells the second one of them: "By contrast,
    the other one …"."""
    return _CONTRASTS.match(text) is not None and _ASKS_TO_COMPARE.search(question) is not None


def goes_on(text: str) -> bool:
    """Whether a sentence only goes on with the one before: "That is, …", "For this reason …"."""
    return _GOES_ON.match(text) is not None


def names_what_is_before(text: str) -> bool:
    """Whether a sentence gives a name to what the sentence before it says."""
    return _NAMES_IT.match(text) is not None


def _leaning_word(text: str) -> str:
    """The word that leans, if one does."""
    found = _LEANS.match(text) or _LEANS_LATER.match(text)
    written = _WORD.findall(found.group()) if found else [""]
    return re.split("['’]", written[-1])[0]


def named_before(question: Question, text: str, before: Sequence[tuple[str, int]]) -> Named | None:
    """The name that the first word of a sentence stands for, or None where that is not plain.

    ``before`` are the sentences in front of it, each with where it starts, the nearest last.
    """
    opening = _PRONOUN.match(_leaning_word(text))
    if opening is None:
        return None
    is_thing = opening["thing"] is not None
    for sentence, start in reversed(before[-_MOST_BACK:]):
        again = _PRONOUN.match(_leaning_word(sentence))
        if again is not None and (again["thing"] is not None) == is_thing:
            continue
        return _subject(question, sentence, start, is_thing)
    return None


def _subject(question: Question, sentence: str, start: int, is_thing: bool) -> Named | None:
    """The name that a sentence opens with, if the question says it."""
    title = _TITLE.match(sentence) if is_thing else None
    found = title or _NAME.match(sentence)
    if found is None:
        return None
    name = found["name"]
    terms = [t for t in question.reads(name, question.language) if t not in STOP_WORDS]
    said = sum(term in question.weights for term in terms)
    if title is not None:
        is_said = said >= _OF_TITLE * len(terms) and said >= 2
        fits = True
    else:
        # "Near FERRO-2 stands …" opens with a common word, which is no part of the name.
        first = name.partition(" ")[0]
        is_common = first.lower() in zipf(question.language)
        is_said = said > 0 and bool(
            not is_common or set(question.reads(first)) & question.weights.keys()
        )
        is_person = _LIKE_A_PERSON.fullmatch(name) is not None
        fits = _LIKE_A_THING.search(name) is not None if is_thing else is_person
    if not (is_said and fits):
        return None
    at = start + found.start("name")
    return Named(name, at, at + len(name))
