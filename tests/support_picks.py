"""Questions and sentences without an index, for tests of what is chosen of them."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.answering.picks import Pick, Read
from assistant.answering.sentence_scores import FEATURE_NAMES, SentenceFeatures
from assistant.model.answer_reader import OnnxReader, make_reader
from assistant.retrieval.question import Question, analyse
from assistant.text.analysed import analysed
from assistant.types import Passage

FEATURES = SentenceFeatures(**dict.fromkeys(FEATURE_NAMES, 0.0))


def reader_for_module() -> Any:
    """A fixture: the built-in reader."""

    @pytest.fixture(scope="module")
    def fixture() -> OnnxReader:
        found = make_reader("builtin")
        assert isinstance(found, OnnxReader)
        return found

    return fixture


def asked(text: str) -> Question:
    """A question of which every word is equally rare."""
    return analyse(analysed(text), (), lambda term: 3.0)


def passage_of(
    text: str, document: str = "a.md", title: str = "a", language: str = "en", start: int = 0
) -> Passage:
    """A passage of that text, as of a document that has nothing else."""
    end = start + len(text)
    return Passage(text, document, title, text, start, end, None, (), 1.0, language=language)


def pick_in(passage: Passage, text: str, score: float = 5.0, span: float = -5.0) -> Pick:
    """A sentence of a passage, with its score and what a reader says of it."""
    start = passage.start + passage.text.index(text)
    read = Read(-2.0, span)
    return Pick(passage, text, start, start + len(text), score, FEATURES, "prose", read=read)
