"""What a thing does, told first in the section that is the thing's own. Pure.

A manual's page "npm-ci" says under "Description": "This command is …". It need not name the command
again; the notes and examples below do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.answering.sentence_scores import SentenceTerms
from assistant.retrieval.question import Question
from assistant.retrieval.things_at_work import is_named, is_overview, thing_at_work
from assistant.types import Passage

_ASIDE = re.compile(
    r"\W{0,5}(?:note|nota|hinweis|warning|caution|tip|example|see|for example|by default|"
    r"z\. ?b\.)\b",
    re.IGNORECASE,
)
_FIRST, _SAYS_THIS = 6.0, 1.5
"""What the first sentence gains, and more where it opens with "this command" or a verb: on a manual
of 93 pages notes that name the command scored up to 5 more than the sentence that says it."""
_OPENS = re.compile(
    r"\W{0,5}(?:(?:this|the|it|dieser?|dieses|cette?|este|esta|quest[oa])\b|[A-Z][a-z]{2,14}s\s)"
)
_LEAST = 4
"""Words of a line that says what a thing does."""


def first_of_own_section(
    question: Question,
    passages: Sequence[Passage],
    parts: Mapping[str, Sequence[SentenceTerms]],
) -> dict[str, dict[int, float]]:
    """What a sentence gains that stands first below the name of the thing whose work is asked for,
    or below "Description" there: by chunk id and the number of the sentence."""
    thing = thing_at_work(question.text, question.language)
    if not thing:
        return {}
    gained: dict[str, dict[int, float]] = {}
    for passage in passages:
        at = _first_told(thing, passage, parts[passage.chunk_id])
        if at is not None:
            text = parts[passage.chunk_id][at].text
            gained[passage.chunk_id] = {at: _FIRST + _SAYS_THIS * bool(_OPENS.match(text))}
    return gained


def _first_told(
    thing: frozenset[str], passage: Passage, found: Sequence[SentenceTerms]
) -> int | None:
    """The number of the first sentence that tells, of a passage that begins the thing's section."""
    is_its_own = any(
        is_named(thing, above) for above in (passage.title, *passage.heading_path[:-1])
    )
    is_open = False
    for at, sentence in enumerate(found):
        if sentence.span.kind == "heading":
            named = is_named(thing, sentence.text)
            is_open = named or (is_its_own and is_overview(sentence.text))
            is_its_own |= named
        elif is_open and sentence.span.kind == "prose" and len(sentence.words) >= _LEAST:
            return None if _ASIDE.match(sentence.text) else at
    return None
