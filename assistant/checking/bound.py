"""Whether what a model claims stands together in one sentence of its source.

Words of a claim that lie in several sentences of a passage are often a true predicate with another
subject ("The cold-start problem is a variation on distillation"), or two halves of two statements.
The verifier's score cannot tell these from a fair summary, so a model's sentence is called
supported only where one sentence of the source holds most of it. Other claims are partly supported:
a person should read the source (``python -m benchmarks.real_sentences``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.checking.coverage import Coverage
from assistant.checking.missing_facts import SourceFacts
from assistant.checking.polarity import clause_of
from assistant.checking.subjects import told_of_another
from assistant.text.facts import facts_of, is_checked
from assistant.text.sentences import sentences
from assistant.text.terms import content_terms, stem, words

_MOST_OF_IT = 0.65
"""Share of a claim's words that one sentence of the source holds."""
_ASKS = re.compile(
    r"\b(?:asks?|asked|wonder\w*|question is|unclear)\b[^.]{0,40}\b(?:whether|if|how|why)\b",
    re.IGNORECASE,
)
_NOT_ONLY = re.compile(r"\bnot (?:only|just|simply|merely)\b", re.IGNORECASE)
_ANAPHOR = re.compile(
    r"\b(?:it|its|he|his|she|her|they|their|them|this|these|those|such|both|here|the (?:authors?|"
    r"method|paper|work|team|study|system|model|company|first|second|third|former|latter|others?))\b",
    re.IGNORECASE,
)
"""What ties a sentence to the one before it."""
_NO_OTHER = re.compile(
    r"\b(?:no|none|not|nobody|nothing)\s(?:any\s)?(?:other|else)\b", re.IGNORECASE
)
_OTHER = re.compile(r"\b(?:other|else|another|only|except|apart from|besides)\b", re.IGNORECASE)
_MEANS = re.compile(r"\bby (?P<act>[a-z]{2,}ing)\b")
_HALVES = re.compile(r",?\s(?:and|while|whereas|but)\s", re.IGNORECASE)
_LEAST_WORDS_OF_A_HALF = 3


def loosely_bound(
    claim: str, sources: Sequence[str], coverage: Coverage, context: str = "", before: str = ""
) -> str:
    """What keeps a claim from being supported by the sentence that is most about the same; empty
    where nothing does.

    ``context`` (title, headings) is known for the whole passage; ``before`` is the sentence before
    it in the answer, which says who "they" are.
    """
    best = coverage.sentence
    if coverage.aligned < _MOST_OF_IT:
        return "no sentence of the source says most of it"
    if _is_heading(best, sources):
        return "only a heading says it"
    if _ASKS.search(best) and not _ASKS.search(claim):
        return "the source asks it and does not say it"
    if _NOT_ONLY.search(claim) and not any(map(_NOT_ONLY.search, sources)):
        return "the source says no “not only”"
    if not _numbers_stand_together(claim, sources, context):
        return "no sentence of the source has all its numbers"
    if _NO_OTHER.search(best) and not _OTHER.search(claim) and clause_of(claim).scopes:
        return "the source denies it of others only"
    if told_of_another(claim, best, sources, before):
        return "the source says it of something else"
    if _is_another_act(claim, best):
        return "the source says what is done, not that it is the means"
    if _says_twice(claim) and not _says_twice(best):
        return "it says the same thing twice"
    return ""


def _is_heading(sentence: str, sources: Sequence[str]) -> bool:
    """Whether a sentence of the sources is a heading, which names a subject and states nothing."""
    return any(
        span.kind == "heading" and source[span.start : span.end].startswith(sentence)
        for source in sources
        for span in sentences(source)
    )


def _numbers_stand_together(claim: str, sources: Sequence[str], context: str) -> bool:
    """Whether one sentence, with the one it leans on, has all of a claim's numbers: "935 papers in
    2018, 55 percent more" where the 55 percent are of another year."""
    known = SourceFacts(context)
    told = facts_of(claim, with_names=False).numbers
    numbers = [each for each in told if is_checked(each) and not known.has_number(each)]
    if len(numbers) < 2:
        return True
    return any(
        all(map(SourceFacts(text).has_number, numbers))
        for source in sources
        for text in _with_antecedents(source)
    )


def _with_antecedents(source: str) -> Iterator[str]:
    before = ""
    for span in sentences(source):
        own = source[span.start : span.end]
        yield f"{before}\n{own}" if before and _ANAPHOR.search(own) else own
        before = own


def _is_another_act(claim: str, source: str) -> bool:
    """Whether "by picking" in the claim is an act of its own in the source: "and pick"."""
    for match in _MEANS.finditer(claim):
        act = stem([match["act"]])[0]
        spoken = words(source)
        for before, word in pairwise(spoken):
            if before == "and" and stem([word])[0] == act and not word.endswith("ing"):
                return True
    return False


def _says_twice(text: str) -> bool:
    """Whether what stands behind an "and" only repeats what stands before it."""
    parts = [set(content_terms(part)) for part in _HALVES.split(text)]
    return any(
        len(after) >= _LEAST_WORDS_OF_A_HALF and after <= before
        for before, after in pairwise(parts)
    )
