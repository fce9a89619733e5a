"""The subject of a claim against the subject of the sentence that it rests on.

"The support set is a simple method that a new one is expected to beat" has every word of a source
that says so of a baseline. Only the words before the first verb tell the two apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.checking.polarity import clause_of
from assistant.text.sentences import sentences
from assistant.text.terms import STOP_WORDS, content_terms, stem, words

_ADJUNCT = re.compile(
    r"\W*(?:(?:in|at|on|by|between|from|during|after|before|since|until|with|for|as|of|when|if|"
    r"where|although|because|however|also|then|thus|according to|under)\b[^,;:]{0,80},\s+)+",
    re.IGNORECASE,
)
_ANSWERS = re.compile(
    r"\W*(?:the (?:correct |short )?answer(?: to (?:the|this) question[^,;:]{0,80}?)?(?: is|:)|"
    r"the (?:text|passage|source|document|author|article)s? (?:also )?"
    r"(?:says?|states?|mentions?|explains?|notes?))(?::| that)?\s+",
    re.IGNORECASE,
)
"""What a model says before it says anything."""
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|does|did|do|will|can|could|would|may|might|must|should|won|"
    r"took|takes?|holds?|held|uses?|gives?|gave|makes?|made|contains?|refers?|means?|includes?|"
    r"works?|shows?|argues?|claims?|says?|said|sells?|sold|finds?|found|calls?|treats?|learns?|asks?|brought|"
    r"combines?|collects?|computes?|represents?|produces?|allows?|helps?|looks?|turns?|speeds?|picks?|"
    r"suggests?|thinks?|grew|rose|fell|became|becomes?|wrote|writes?|led|leads?|began|ran|runs?|"
    r"(?<!-)\b[a-z]{3,}ed)\b"
)
_LABEL = re.compile(r"\W*([^:.\n]{1,60}):\s")
_PRONOUN = re.compile(r"(?:it|he|she|they|this|these|those|both)$", re.IGNORECASE)
_NAMELESS = frozenset(
    stem(
        """it its he his she her they their them this these those both such one ones other others
        author authors paper papers work study team method methods system approach idea result
        results text passage article full title name term word concept technique first second third
        two three four several some many most also even often now further all other way
        kind type lesson gain price cost man men woman women people person company""".split()
    )
)
"""Words that name nothing by themselves: who is meant stands before."""
_ENOUGH = 0.5
"""Share of the words of a subject that the sentence has, or what it goes on about."""
_SAID = 0.34
"""Share of the words behind the subject that it has."""
_FURTHEST = 4
"""Sentences that are looked back over for what a pronoun means."""


def told_of_another(claim: str, best: str, sources: Sequence[str], before: str = "") -> bool:
    """Whether the source's sentence speaks of another subject, or says nothing of what is claimed.

    ``before`` is the sentence before the claim, for one that begins with a pronoun.
    """
    own, said = _parts(claim)
    if own is None:
        return False
    there = set(content_terms(best))
    predicate = [term for term in content_terms(said) if term not in _NAMELESS]
    opposites = _opposites_of(said, best)  # "are forbidden" where the source has "not allowed"
    held = sum(term in there or term in opposites for term in predicate)
    if predicate and held < _SAID * len(predicate):
        return True
    subject, _ = _parts(best)
    if _PRONOUN.match(own.strip()):
        return _is_other_than_before(subject, before)
    wanted = [term for term in content_terms(own) if term not in _NAMELESS]
    if not wanted:
        return False
    if subject is None or not set(content_terms(subject)) - _NAMELESS:
        there |= _antecedent(best, sources)
    return sum(term in there for term in wanted) < _ENOUGH * len(wanted)


def _opposites_of(said: str, best: str) -> set[str]:
    """The words of a claim that mean the same as, or the opposite of, a word of the sentence."""
    known = {reading.key for term in clause_of(best).terms for reading in term.readings}
    return {
        term.stem
        for term in clause_of(said).terms
        if any(reading.key in known for reading in term.readings)
    }


def _is_other_than_before(subject: str | None, before: str) -> bool:
    """Whether a source names a subject that the sentence before the claim has nothing of."""
    if subject is None or not before:
        return False
    named = {*stem(words(" ".join(_CAPITALS.findall(subject))))} - _NAMELESS - STOP_WORDS
    return bool(named) and named.isdisjoint(content_terms(before))


_CAPITALS = re.compile(r"[A-ZÀ-Þ][\w’'-]+")


def _parts(sentence: str) -> tuple[str | None, str]:
    """The words before the first verb and those from it on; None where no verb is seen."""
    text = sentence.strip()
    told = _ANSWERS.match(text)
    text = text[told.end() :] if told and told.end() < len(text) else text
    label = _LABEL.match(text)
    verb = _VERB.search(text)
    if label is not None and (verb is None or label.end() <= verb.start()):
        return label[1], text[label.end() :]
    adjunct = _ADJUNCT.match(text)
    start = adjunct.end() if adjunct else 0
    verb = _VERB.search(text, start)
    if verb is None or verb.start() == start:
        return None, text
    return text[start : verb.start()], text[verb.start() :]


def _antecedent(best: str, sources: Sequence[str]) -> set[str]:
    """The words of the sentences before one that begins with a pronoun, up to the first with a
    subject of its own."""
    for source in sources:
        lines = [source[span.start : span.end] for span in sentences(source)]
        at = next((i for i, line in enumerate(lines) if line.startswith(best)), -1)
        found: set[str] = set()
        for line in reversed(lines[max(0, at - _FURTHEST) : at] if at > 0 else []):
            found |= set(content_terms(line))
            subject, _ = _parts(line)
            if subject is not None and set(content_terms(subject)) - _NAMELESS:
                return found
        if at >= 0:
            return found
    return set()
