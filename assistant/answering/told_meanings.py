"""Sentences that say what a word means: "X significa …", "El significado de X es …". Pure.

Asked "Qué significa X?", a sentence that only draws a consequence ("…, lo que significa que …") or
says what X is tells no meaning. The words are rows of a language's data file; those of English are
patterns of ``answering.meanings``.
"""

from __future__ import annotations

import re
from collections.abc import Set
from functools import lru_cache

from assistant.answering import meanings
from assistant.answering.asked_and_told import asks_meaning, asks_to_tell_apart, tells_difference
from assistant.retrieval.question import Question
from assistant.text.folding import fold
from assistant.text.languages import answer_words, language
from assistant.text.terms import STOP_WORDS

_MEANING = 2.5
"""What a sentence gains that says what the word means, of which that is asked."""
_NO_CONTRAST = 1.5
"""What a sentence loses where a difference is asked for and it sets nothing against the other."""
_NEAR = 60
"""Characters before "means" in which the word stands."""
_EXPLAINED = 0.5
_GLOSS = re.compile(r" ?[,:]? ?(?P<sign>\(|\(?[\"«„“]) ?(?P<first>[^\W\d_]+)")
"""An explanation right behind a word: "Rotkliff („rote Klippe“)"; a name in brackets is none."""
_BEHIND = 80
"""Characters behind "the meaning of" in which the word stands."""


def told_bonus(question: Question, text: str, code: str) -> float:
    """What a sentence in a language gains, or loses, that tells a meaning that is asked for, or
    tells no difference."""
    code = code or question.language
    if question.language == "en":
        return _MEANING * meanings.tells_meaning(meanings.meaning_asked(question.text), text)
    if not answer_words(code):
        return 0.0
    if asks_meaning(question.text, question.language):
        return _MEANING * tells_meaning(question, text, code)
    if asks_to_tell_apart(question.text, question.language):
        return -_NO_CONTRAST * (not tells_difference(text, code))
    return 0.0


def tells_meaning(question: Question, text: str, code: str) -> float:
    """1 where a sentence says of the question's word what it means, 0.5 where an explanation in
    quotation marks or brackets stands right behind it, else 0."""
    asking = question.reads(" ".join(answer_words(code)["tells.sense"]), code)
    wanted = question.weights.keys() - set(asking)
    said = fold(text)
    for match in _means(code).finditer(said) if wanted else ():
        before = said[max(0, match.start() - _NEAR) : match.start()]
        if wanted <= {*question.reads(before, code)} and not _follows(code, before):
            return 1.0
    for match in _sense(code).finditer(said) if wanted else ():
        behind = {*question.reads(said[match.end() : match.end() + _BEHIND], code)}
        if wanted <= behind - STOP_WORDS:
            return 1.0
    is_explained = bool(wanted) and _is_explained(question, said, code, wanted)
    return _EXPLAINED * is_explained


def _is_explained(question: Question, said: str, code: str, wanted: Set[str]) -> bool:
    for match in _GLOSS.finditer(said):
        before = said[max(0, match.start() - _NEAR) : match.start()].split()[-len(wanted) :]
        is_phrase = match["sign"] != "(" or match["first"] in language(code).stop
        if is_phrase and wanted <= {*question.reads(" ".join(before), code)}:
            return True
    return False


def _follows(code: str, before: str) -> bool:
    """Whether a word right before "means" stands for what was said: "…, lo que significa"."""
    last = before.split()[-1:]
    return bool(last) and last[0].strip("«\"“'(,;") in answer_words(code)["tells.consequence"]


@lru_cache(maxsize=8)
def _means(code: str) -> re.Pattern[str]:
    return _any(code, "tells.meaning")


@lru_cache(maxsize=8)
def _sense(code: str) -> re.Pattern[str]:
    return _any(code, "tells.sense")


def _any(code: str, key: str) -> re.Pattern[str]:
    phrases = sorted(map(fold, answer_words(code)[key]), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, phrases))})(?!\w)")
