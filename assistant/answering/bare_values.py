"""A line that is a value and nothing else, below a heading that names it: "Burt Hale" below
"Coach". Pure; English.

Pages of clubs, offices and shops tell so who, where, when and how much; a reader finds no sentence
there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.answering.inner_headings import inner_headings
from assistant.answering.kind_scores import kind_score
from assistant.answering.sentence_scores import SentenceTerms
from assistant.retrieval.question import Question, coverage
from assistant.text.names import words_above
from assistant.text.terms import STOP_WORDS
from assistant.types import Named, Passage

VALUE, _LEAST_ABOVE = 2.5, 0.6
"""What such a line gains, and the share of the question that its title and headings must hold: the
coach of another team stands below the same word."""
_LONGEST = 8
"""Words of the line."""
_HEADINGS = frozenset({"heading", "label"})
_CLOSED = (".", "!", "?", ":", ";", ",")
_FORMER = re.compile(r"\b(?:former|past|previous|retired|ex-\w+|old|until)\b", re.IGNORECASE)


def values_below(
    question: Question,
    passages: Sequence[Passage],
    parts: Mapping[str, Sequence[SentenceTerms]],
) -> dict[str, dict[int, Named]]:
    """The headings, whose words the question has, above lines that are alone there and hold the
    kind of thing asked for: by chunk id and the number of the line. Of several those under the
    headings that hold most of the question."""
    if question.language != "en":
        return {}
    shares: dict[tuple[str, int], float] = {}
    named: dict[tuple[str, int], Named] = {}
    for passage in passages:
        found = parts[passage.chunk_id]
        if passage.language not in ("en", ""):
            continue
        inner = inner_headings(passage.text, [each.span for each in found])
        for at in range(1, len(found)):
            if inner[at][-1:] != (at - 1,) or not _is_bare(question, found, at):
                continue
            above = " ".join((words_above(passage), *(found[place].text for place in inner[at])))
            share = _share_above(question, above, passage.language)
            if share >= _LEAST_ABOVE and _is_named(question, found[at - 1]):
                shares[passage.chunk_id, at] = share
                named[passage.chunk_id, at] = _heading(passage, found[at - 1])
    most = max(shares.values(), default=0.0)
    result: dict[str, dict[int, Named]] = {}
    for (key, at), share in shares.items():
        if share == most:
            result.setdefault(key, {})[at] = named[key, at]
    return result


def _share_above(question: Question, above: str, language: str) -> float:
    """The share of the question that the title and headings hold; 0 where they speak of former
    times and it does not."""
    if _FORMER.search(above) and not _FORMER.search(question.text):
        return 0.0
    return coverage(question.weights, frozenset(question.reads(above, language)))


def _heading(passage: Passage, heading: SentenceTerms) -> Named:
    start, end = passage.start + heading.span.start, passage.start + heading.span.end
    return Named(" ".join(heading.text.split()).rstrip(":"), start, end)


def _is_named(question: Question, heading: SentenceTerms) -> bool:
    """Whether the question has all words of a heading."""
    named = {term for term in heading.terms if term not in STOP_WORDS}
    return bool(named) and named <= question.weights.keys()


def _is_bare(question: Question, found: Sequence[SentenceTerms], at: int) -> bool:
    """Whether a short line, no sentence, is the only one below its heading and holds what is asked
    for."""
    line, heading = found[at], found[at - 1]
    if line.row is not None or line.span.kind != "label" or len(line.words) > _LONGEST:
        return False
    if line.text.rstrip().endswith(_CLOSED) or line.terms & heading.terms - STOP_WORDS:
        return False
    is_alone = at + 1 == len(found) or found[at + 1].span.kind in _HEADINGS
    # "Mill Pond" is a place by its heading, as "at Mill Pond" is one in a sentence.
    told = f"at {line.text}" if question.kinds[0] == "place" else line.text
    return is_alone and kind_score(question, told) >= 1.0
