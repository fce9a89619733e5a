"""A text in the first person does not name who speaks: a question about it mostly does.

Pure. "What did Anna Berg promise the town?" is asked of her speech, which says "I promise you":
counted by words every passage lacks her name, and a reader looks for her in vain. So the question
is asked in the text's own person: "What did I promise the town?" English alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.retrieval.frames import flowing, without_venue
from assistant.retrieval.question import Question
from assistant.text.names import words_above
from assistant.text.terms import terms
from assistant.types import Passage

_LEAST_SHARE, _LEAST_WORDS = 0.01, 120
"""The words "I", "my" and "me", against all words of a document's passages. A speech has .031, an
essay on somebody else's life .001, an interview whose quotations are left out 0."""
_I = re.compile(r"(?<![\w.])(?:I|me|my|mine|myself)(?![\w.])")
_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r"“[^“”\n]*(?:[”\n]|$)|\"[^\"\n]*(?:[\"\n]|$)")
_RUN = re.compile(r"(?<![\w.-])[A-ZÀ-Þ][\w-]*\.?(?: [A-ZÀ-Þ][\w-]*\.?){0,4}")
_OPENING = frozenset(
    """according and as at by did do does had has have how if in is of on was were what when where
    which who whom whose why will would""".split()
)
_SAID_BY = (
    r"(?:(?:^|,? )(?i:according to|in the words of|in the opinion of) {who}(?:['’]s [\w ]{{1,40}})?"
    r"(?=[ ,.?!]|$),?| (?:as )?(?:mentioned|described|stated|announced|outlined|told) by {who}\b)"
)


def asked_of_speaker(question: Question, passages: Sequence[Passage]) -> tuple[Question, str]:
    """The question without the name of who speaks, and its text in the first person, where it names
    somebody that no passage does and the document found first speaks in the first person.

    Otherwise the question as it is, with its text.
    """
    plain = question.standalone
    if question.language != "en" or not question.names or not _is_told_by_i(passages):
        return question, plain
    known = {t for p in passages for t in question.reads(f"{words_above(p)} {p.text}", p.language)}
    unknown = question.names - known
    for match in _RUN.finditer(question.text) if unknown else ():
        name = _name(match.group())
        named = frozenset(terms(name, question.language)) & question.weights.keys()
        if not named or terms(name, question.language)[-1] not in unknown:
            continue
        weights = {term: w for term, w in question.weights.items() if term not in named}
        if weights:
            bare = replace(question, weights=weights, names=question.names - named, speaker=name)
            return bare, _in_first_person(plain, name)
    return question, plain


def notice_of(question: Question) -> str:
    """What a person is told of an answer from a text that does not name its speaker."""
    if not question.speaker:
        return ""
    return f"The text is in the first person and does not name {question.speaker}"


def _name(run: str) -> str:
    """A run of words with capitals without what opens the question: "Did President Adler"."""
    kept = run.split()
    while kept and kept[0].casefold() in _OPENING:
        kept = kept[1:]
    return " ".join(kept).rstrip(".")


def _in_first_person(text: str, name: str) -> str:
    who = re.escape(name)
    bare = re.sub(_SAID_BY.format(who=who), " ", without_venue(text))
    bare = re.sub(rf"\b{who}['’]s\b", "my", bare)
    bare = re.sub(rf"\b(to|for|with|by|from|of|about|at|on) {who}\b", r"\1 me", bare)
    bare = flowing(re.sub(rf"\b{who}\b", "I", bare))
    return bare[:1].upper() + bare[1:] if sum(map(str.isalnum, bare)) > 3 else text


def _is_told_by_i(passages: Sequence[Passage]) -> bool:
    """Whether the document found first speaks in the first person, outside of quotations."""
    own = [p.text for p in passages if p.document == passages[0].document]
    bare = _QUOTED.sub(" ", "\n\n".join(own))
    count = len(_WORD.findall(bare))
    return count >= _LEAST_WORDS and len(_I.findall(bare)) >= _LEAST_SHARE * count
