"""How near candidates are to a question: words alike in meaning, titles, kept tables of words."""

from __future__ import annotations

import pytest

from assistant.embedding.static import StaticEmbedder
from assistant.retrieval.nearness import SentenceIndex, title_coverage
from assistant.retrieval.question import Question, analyse
from assistant.text.analysed import analysed


@pytest.fixture(scope="module")
def index() -> SentenceIndex:
    return SentenceIndex(StaticEmbedder())


def question(text: str) -> Question:
    return analyse(analysed(text), (), lambda term: 1.0)


def test_the_nearest_word_of_a_passage_counts_whatever_else_it_says(index: SentenceIndex) -> None:
    found = index.word_likeness(
        question("Which physician?"),
        {
            "same": "The physician was late.",
            "alike": "On Tuesday a doctor came by train, with two heavy bags and an umbrella.",
            "other": "On Tuesday a river came by train, with two heavy bags and an umbrella.",
        },
    )
    assert found["same"] == pytest.approx(1.0, abs=1e-3)
    assert found["same"] > found["alike"] > found["other"] + 0.1


def test_rare_words_of_the_question_weigh_more(index: SentenceIndex) -> None:
    weights = {"glacier": 9.0, "report": 1.0}
    asked = analyse(analysed("glacier report"), (), lambda term: weights.get(term, 1.0))
    found = index.word_likeness(asked, {"rare": "A glacier.", "common": "A report."})
    assert found["rare"] > found["common"] + 0.2


def test_what_has_no_words_has_no_likeness(index: SentenceIndex) -> None:
    assert index.word_likeness(question("Which doctor?"), {"empty": "…", "stop": "the of"}) == {}


def test_a_title_covers_the_share_of_weight_of_its_words() -> None:
    asked = question("How do herons build nests?")
    found = title_coverage(
        asked, {"1": ("Herons and their nests", "en"), "2": ("Ponds", "en"), "3": ("Ponds", "")}
    )
    assert found["1"] == pytest.approx(2 / len(asked.weights))
    assert found["2"] == found["3"] == 0.0
