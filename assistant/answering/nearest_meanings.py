"""The best candidates in the order of what they mean, too: a question often has none of the words
of its answer ("booze" and "beer or wine").

The reader's own vectors of a text tell how close two are. They are asked only where no candidate is
plainly the answer, and only of the best candidates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from assistant.answering.candidates import Candidates
from assistant.answering.picks import Pick
from assistant.model.answer_reader import AnswerReader
from assistant.retrieval.question import Question

_LOOKED_AT = 4
"""The best candidates. With 6 or 24 the same ones come first."""
_WEIGHT = 6.0
"""Of a cosine. Of 269 questions on folders of strangers, handbooks and saved articles whose answer
is among the candidates, it comes first for 183 without and 197 with it; with 4 to 8 for as many.
Of 175 questions of SQuAD, which mostly have the words of their answer, for 150 and 149."""
_PLAINLY, _DEFINES = 4.0, 0.5
"""The span of a best candidate that needs no second look, and what one has that says what the thing
asked for is."""


def closeness(
    question: Question, ranked: Sequence[Pick], asked: str, reader: AnswerReader | None
) -> np.ndarray:
    """The cosines of ``asked`` and the best candidates, each under its title, in their order.

    Empty where none needs a second look: one is read plainly, a row or a definition is the best, or
    the language is not English; and by a reader that tells no meanings. Raises ``ReaderError``.
    """
    nothing = np.zeros(0, np.float32)
    first = ranked[:_LOOKED_AT]
    if reader is None or len(first) < 2 or first[0].row is not None:
        return nothing
    if first[0].read.span >= _PLAINLY or first[0].features.defines > _DEFINES:
        return nothing
    if not _is_english(question.language, first):
        return nothing
    return cosines(asked, first, reader)


def cosines(asked: str, picks: Sequence[Pick], reader: AnswerReader | None) -> np.ndarray:
    """The cosines of ``asked`` and each sentence under its title; empty by a reader that tells no
    meanings. Raises ``ReaderError``."""
    if reader is None or not picks:
        return np.zeros(0, np.float32)
    vectors = reader.meanings([asked, *(f"{each.passage.title}. {each.text}" for each in picks)])
    return vectors[1:] @ vectors[0] if vectors.shape[1] else np.zeros(0, np.float32)


def by_meaning(candidates: Candidates, asked: str, reader: AnswerReader | None) -> Candidates:
    """The candidates, the best of them in the order of their score and of how close they come to
    ``asked`` in meaning. Unchanged for lists and ways of doing, and where none needs a second look.
    Raises ``ReaderError``.
    """
    question, first = candidates.question, candidates.ranked[:_LOOKED_AT]
    if question.wants_list or question.wants_steps:
        return candidates
    close = closeness(question, first, asked, reader)
    if not len(close):
        return candidates
    gains = _WEIGHT * (close - close.min())
    lifted = [
        replace(each, lift=each.lift + float(gain)) for each, gain in zip(first, gains, strict=True)
    ]
    lifted.sort(key=lambda each: (-each.order, each.passage.document, each.start))
    return replace(candidates, ranked=(*lifted, *candidates.ranked[_LOOKED_AT:]))


def _is_english(asked: str, first: Sequence[Pick]) -> bool:
    return asked == "en" and all(each.passage.language in ("en", "") for each in first)
