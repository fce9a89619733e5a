"""Why a passage was found: the words it shares with the question, and its rank by each score.

Pure. Ranks are shown instead of scores, because the scores have different scales.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.text.names import words_above
from assistant.text.terms import STOP_WORDS, stem, words
from assistant.types import Passage

PARTS = {
    "words": "words",
    "vector": "meaning",
    "sentence": "best sentence",
    "likeness": "words alike",
    "title": "title",
    "reranker": "reranker",
}
"""The parts of a score, and what people call them."""


@dataclass(frozen=True, slots=True)
class Why:
    """The reasons for one passage.

    ``shared`` and ``missing`` are the question's content words, as written, that the passage (with
    its title and headings) holds and does not hold; ``ranks`` pairs a part with the passage's rank
    in it (from 1), best first; ``of`` is how many passages were ranked.
    """

    shared: tuple[str, ...]
    missing: tuple[str, ...]
    ranks: tuple[tuple[str, int], ...]
    of: int


def explain(question: str, passages: Sequence[Passage]) -> tuple[Why, ...]:
    """One ``Why`` for each passage, in their order."""
    asked = [word for word in dict.fromkeys(words(question)) if word not in STOP_WORDS]
    terms = stem(asked)
    ranks = {part: _ranks(passages, part) for part in PARTS}
    found = []
    for at, passage in enumerate(passages):
        text = f"{words_above(passage)} {passage.text}"
        present = set(stem(words(text)))
        pairs = list(zip(asked, terms, strict=True))
        known = [(PARTS[part], order[at]) for part, order in ranks.items() if order[at]]
        found.append(
            Why(
                shared=tuple(word for word, term in pairs if term in present),
                missing=tuple(word for word, term in pairs if term not in present),
                ranks=tuple(sorted(known, key=lambda pair: pair[1])),
                of=len(passages),
            )
        )
    return tuple(found)


def _ranks(passages: Sequence[Passage], part: str) -> list[int]:
    """Each passage's rank from 1 by one part, 0 where the part had no score for it."""
    scored = [(p.scores[part], at) for at, p in enumerate(passages) if part in p.scores]
    ranks = [0] * len(passages)
    for rank, (_, at) in enumerate(sorted(scored, key=lambda pair: -pair[0]), 1):
        ranks[at] = rank
    return ranks
