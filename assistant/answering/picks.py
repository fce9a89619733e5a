"""A sentence or row that could answer, what a reader says of it, what was chosen. Pure types."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answering.sentence_scores import SentenceFeatures
from assistant.answering.table_rows import TableRow
from assistant.retrieval.question import Question
from assistant.types import Named, Passage


@dataclass(frozen=True, slots=True)
class Read:
    """What a reader says of a sentence.

    ``answerable`` is the logit of its passage, ``span`` the score of the best answer inside the
    sentence (above 0 it beats "no answer"), from ``start`` to ``end`` of the document's text.
    """

    answerable: float
    span: float
    start: int = 0
    end: int = 0


READ_NOTHING = Read(-6.0, -12.0)
"""Of a sentence that no reader has read."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A sentence or row that could answer; ``start`` and ``end`` count in the document's text."""

    passage: Passage
    text: str
    start: int
    end: int
    score: float
    features: SentenceFeatures
    kind: str
    row: TableRow | None = None
    read: Read = READ_NOTHING
    is_asked_above: bool = False
    """Whether the heading above it asks what the question asks."""
    about: Named | None = None
    """The name that its first word stands for."""
    lift: float = 0.0
    """What it gains in the order alone: what is told beside it is measured without."""

    @property
    def order(self) -> float:
        """By what the sentences are ordered."""
        return self.score + self.lift


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was found: the answer's sentences in reading order, and all candidates for signals."""

    question: Question
    picks: tuple[Pick, ...]
    ranked: tuple[Pick, ...]
