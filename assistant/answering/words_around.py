"""What stands around a sentence, and which words of a question stand in no passage. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.picks import Pick
from assistant.retrieval.question import Question
from assistant.text.folding import fold
from assistant.text.languages import language
from assistant.text.names import words_above
from assistant.text.terms import terms

_SIGNS = ".,;:!?¿¡\"'“”„«»‘’()[]{}<>*_-–—…/\\|#"
"""What stands before and after a word and is no part of it."""
_SAYS_LITTLE = frozenset(
    """someone somebody something anyone anybody anything everyone everybody everything nobody went
    gone goes going done doing got gotten getting came coming gave took taken put kept around about
    bit bits lot lots stuff thing things way ways still just even ever actually really also else
    herself himself myself yourself themselves itself back away off without within instead long
    much many little good bad big small new old okay please somewhere anywhere""".split()
)
"""English words whose lack in the passages explains nothing to a person."""


def text_around(pick: Pick) -> str:
    """A sentence's passage with its title and headings."""
    return f"{words_above(pick.passage)} {pick.passage.text}"


def terms_around(question: Question, pick: Pick) -> frozenset[str]:
    """The terms of a sentence's passage, its title and its headings."""
    return frozenset(question.reads(text_around(pick), pick.passage.language))


def told_as_missing(question: Question, picks: Sequence[Pick]) -> list[str]:
    """The missing words that a person is told of: with content, so neither "go" nor "may", but for
    names ("Go")."""
    known = language(question.language)
    empty = known.light | known.asking | {*known.phrases.get("yesno", ())}
    empty |= _SAYS_LITTLE if question.language == "en" else frozenset()
    first = next(iter(question.text.split()), "").strip(_SIGNS)
    return [
        word
        for word in missing_words(question, picks)
        if fold(word) not in empty or (word[:1].isupper() and word != first)
    ]


def missing_words(question: Question, picks: Sequence[Pick]) -> list[str]:
    """The question's own words, as written, that no passage holds, for a helpful refusal."""
    passages = {pick.passage.chunk_id: pick for pick in picks}
    present: frozenset[str] = frozenset().union(
        *(terms_around(question, pick) for pick in passages.values())
    )
    held = present | {term for other, term in question.related.items() if other in present}
    missing = {t for t in question.weights if t not in held and t not in question.borrowed}
    shown = []
    for word in question.text.split():
        bare = word.strip(_SIGNS).removesuffix("'s").removesuffix("’s")
        if any(term in missing for term in terms(bare, question.language)):
            shown.append(bare)
    return list(dict.fromkeys(shown))
