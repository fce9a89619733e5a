"""A line that is a value and nothing else, below a heading that names it: "Burt Hale" below
"Coach". Pure; English.

Pages of clubs, offices and shops tell so who, where, when and how much; a reader finds no sentence
there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.answering.inner_headings import inner_headings
from assistant.answering.kind_scores import kind_score
from assistant.answering.sentence_scores import SentenceTerms
from assistant.retrieval.question import Question, coverage
from assistant.text.names import words_above
from assistant.text.terms import STOP_WORDS
from assistant.types import Named, Passage

VALUE, _LEAST_AROUND = 2.5, 0.6
"""What such a line gains, and the share of the question that its passage must hold."""
_LONGEST = 8
"""Words of the line."""
_LINES = frozenset({"label", "prose"})
_HEADINGS = frozenset({"heading", "label"})


def values_below(
    question: Question,
    passages: Sequence[Passage],
    parts: Mapping[str, Sequence[SentenceTerms]],
) -> dict[str, dict[int, Named]]:
    """The headings, whose words the question has, above lines that are alone there and hold the
    kind of thing asked for: by chunk id and the number of the line."""
    if question.language != "en":
        return {}
    named: dict[str, dict[int, Named]] = {}
    for passage in passages:
        found = parts[passage.chunk_id]
        if passage.language not in ("en", "") or not _is_about(question, passage, found):
            continue
        inner = inner_headings(passage.text, [each.span for each in found])
        named[passage.chunk_id] = {
            at: _heading(passage, found[at - 1])
            for at in range(1, len(found))
            if inner[at][-1:] == (at - 1,)
            and _is_named(question, found[at - 1])
            and _is_bare(question, found, at)
        }
    return named


def _heading(passage: Passage, heading: SentenceTerms) -> Named:
    start, end = passage.start + heading.span.start, passage.start + heading.span.end
    return Named(" ".join(heading.text.split()).rstrip(":"), start, end)


def _is_about(question: Question, passage: Passage, found: Sequence[SentenceTerms]) -> bool:
    above = frozenset(question.reads(words_above(passage), passage.language))
    held = above.union(*(each.terms for each in found))
    return coverage(question.weights, held) >= _LEAST_AROUND


def _is_named(question: Question, heading: SentenceTerms) -> bool:
    """Whether the question has all words of a heading."""
    named = {term for term in heading.terms if term not in STOP_WORDS}
    return bool(named) and named <= question.weights.keys()


def _is_bare(question: Question, found: Sequence[SentenceTerms], at: int) -> bool:
    """Whether a short line is the only one below its heading and holds what is asked for."""
    line = found[at]
    if line.row is not None or line.span.kind not in _LINES or len(line.words) > _LONGEST:
        return False
    is_alone = at + 1 == len(found) or found[at + 1].span.kind in _HEADINGS
    # "Mill Pond" is a place by its heading, as "at Mill Pond" is one in a sentence.
    told = f"at {line.text}" if question.kinds[0] == "place" else line.text
    return is_alone and kind_score(question, told) >= 1.0
