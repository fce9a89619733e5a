"""What the best sentence leaves untold of a question in another language than English. Pure.

A time, a measure, a price, the deed, a birth, what differs; ``answering.doubts`` judges English by
patterns of its own. And, in every language, whether a sentence speaks of another version.
"""

from __future__ import annotations

import re

from assistant.answering.asked_and_told import (
    asks_to_tell_apart,
    lacks_year,
    tells_difference,
    tells_when,
)
from assistant.answering.deeds import deed_terms, lacks_deed
from assistant.answering.life_years import lacks_life, tells_life, without_life_years
from assistant.answering.picks import Extraction, Pick
from assistant.answering.units import lacks_unit
from assistant.retrieval.question import Question
from assistant.text.languages import answer_words
from assistant.text.names import words_above

_NO_TIME = 0.3
"""What is left of the probability where "wann" is told by a sentence without any time."""
_NO_MEASURE = 0.35
"""What is left where a measure or a price is asked for and no sentence has its unit."""
_MEASURE_BEHIND = 0.85
"""What is left where only a sentence elsewhere than behind the best one has it."""
_NEXT_TO = 4
"""Characters between sentences that follow one another."""
_NO_NUMBER = 0.6
"""What is left where a number is asked for and the best sentence has none."""
_OTHER_DEED = 0.5
"""What is left where "Wer leitet das Werk?" is told by who founded it."""
_IN_OTHER_WORDS = 0.75
"""What is left where it has a time and all of the question but the verb."""
_NOT_FIRST = 0.85
"""What is left where the best sentence tells another deed, and one behind it the one asked for."""
_NOBODY = 0.6
"""What is left, beside that, where a person or place is asked for and no name stands there."""
_NO_YEAR = 0.6
"""What is left where "en quelle année" is told by a century."""
_NOT_COMPARED = 0.5
"""What is left where it is asked how two things differ, and the sentence only says that they do."""
_OTHER_VERSION = 0.35
"""What is left where "GIMP 1.0" is asked about and the sentence speaks of 2.0."""
_DIGITS = re.compile(r"\d+")
_VERSION = re.compile(r"(?<![\w.,-])\d{1,3}(?:\.\d{1,3}){1,3}(?![\w%]|[.,]\d)")
_OF_VERSION = re.compile(rf"(?:\b[A-ZÀ-Þ]\w+[+]*|\b[vV]ersion) ({_VERSION.pattern})")


def share_told(extraction: Extraction) -> float:
    """What is left of the probability of an answer, from 1 down, by what it leaves untold."""
    if not extraction.ranked or extraction.ranked[0].row is not None:
        return 1.0
    question, best = extraction.question, extraction.ranked[0]
    left = _OTHER_VERSION if is_of_other_version(question.text, best) else 1.0
    code = best.passage.language or question.language
    if question.language == "en":
        return left
    if _lacks_time(question, best, code):
        left *= _NO_TIME
    if _lacks_price(question, best):
        left *= _NO_MEASURE
    elif lacks_unit(question, best.text, best.passage.language):
        left *= _measure_told(extraction)
    if question.kinds[0] == "number" and best.features.kind == 0.0 and answer_words(code):
        left *= _NO_NUMBER
    if asks_to_tell_apart(question.text, question.language) and not tells_difference(
        best.text, code
    ):
        left *= _NOT_COMPARED
    return left * _of_the_deed(extraction)


def _of_the_deed(extraction: Extraction) -> float:
    """What is left by the deed that is told, and by its year."""
    question, best = extraction.question, extraction.ranked[0]
    told = [(pick.passage, pick.text) for pick in (best, *extraction.picks)]
    if tells_life(question, best.text):
        return 1.0
    if lacks_deed(question, told):
        if question.kinds[0] == "date" and _tells_all_else(question, best):
            return _IN_OTHER_WORDS
        return _OTHER_DEED * (_NOBODY if best.features.kind == 0.0 else 1.0)
    if lacks_life(question, best.text, best.passage.language):
        return _OTHER_DEED
    if lacks_year(question.text, question.language, " ".join(text for _, text in told)):
        return _NO_YEAR
    return _NOT_FIRST if lacks_deed(question, told[:1]) else 1.0


def _tells_all_else(question: Question, best: Pick) -> bool:
    """Whether a sentence has a time and all of the question but its verb, which may be put in other
    words: "Version 3 kam im Mai heraus"."""
    total = sum(question.weights.values()) or 1.0
    deed = sum(question.weights.get(term, 0.0) for term in deed_terms(question))
    return best.features.kind >= 1.0 and best.features.own >= 0.99 * (1.0 - deed / total)


def _lacks_time(question: Question, best: Pick, code: str) -> bool:
    """Whether a time is asked for that neither the sentence holds nor a clause tells."""
    if question.kinds[0] != "date" or best.features.kind >= 1.0:
        return False
    text = without_life_years(question, best.text)
    asked = {digits for value in question.values for digits in _DIGITS.findall(value)}
    return not tells_when(text, code) and set(_DIGITS.findall(text)) <= asked


def _measure_told(extraction: Extraction) -> float:
    """What is left by the sentences behind the best one that have the unit asked for: all where one
    follows it ("The lime fell. The tree was 300 years old.")."""
    question, best = extraction.question, extraction.ranked[0]
    told = [e for e in extraction.picks if not lacks_unit(question, e.text, e.passage.language)]
    if any(0 <= pick.start - best.end <= _NEXT_TO for pick in told):
        return 1.0
    return _MEASURE_BEHIND if told else _NO_MEASURE


def _lacks_price(question: Question, best: Pick) -> bool:
    return "amount" in question.kinds and best.features.kind < 1.0


def is_of_other_version(text: str, best: Pick) -> bool:
    """Whether a question names one version ("GIMP 1.0"), and a sentence others and not this one."""
    asked = set(_OF_VERSION.findall(text))
    said = set(_VERSION.findall(best.text)) if asked else set()
    above = set(_VERSION.findall(words_above(best.passage))) if said else set()
    return bool(said) and not asked & (said | above)
