"""Follow-ups: what leans on the question before, in several languages, and what stands alone."""

from __future__ import annotations

import pytest

from assistant.retrieval.follow_up import borrow
from assistant.retrieval.question import analyse
from assistant.text.analysed import AnalysedText, analysed

ELLIPTIC = [
    ("en", "When was the mill built?", "And the barn?", "When was the barn built?"),
    ("en", "How many people came in 2018?", "And in 2019?", "How many people came in 2019?"),
    ("de", "Wie viele Besucher kamen 2018 in das Museum?", "Und 2019?",
     "Wie viele Besucher kamen 2019 in das Museum?"),
    ("es", "¿Cuándo se construyó el molino?", "¿Y el granero?", "¿Cuándo se construyó el granero?"),
    ("fr", "Combien de visiteurs sont venus en 2020 ?", "Et en 2021 ?",
     "Combien de visiteurs sont venus en 2021 ?"),
    ("it", "Quando fu costruita la chiesa?", "E la torre?", "Quando fu costruita la torre?"),
    ("pt", "Quando foi construído o moinho?", "E o celeiro?", "Quando foi construído o celeiro?"),
    ("nl", "Wanneer werd de molen gebouwd?", "En de schuur?", "Wanneer werd de schuur?"),
    ("sv", "När byggdes kvarnen?", "Och ladan?", "När byggdes ladan?"),
    ("pl", "Kiedy zbudowano młyn?", "A stodoła?", "Kiedy zbudowano stodoła?"),
    ("ru", "Сколько людей пришло в 2018?", "А в 2019?", "Сколько людей пришло в 2019?"),
    ("tr", "Değirmen ne zaman yapıldı?", "Ve ahır?", "ahır ne zaman yapıldı?"),
    ("ar", "متى بُنيت الطاحونة؟", "وماذا عن الحظيرة؟", "متى بُنيت الحظيرة؟"),
    ("zh", "磨坊是什么时候建的?", "那谷仓呢?", "谷仓是什么时候建的?"),
    ("ja", "水車小屋はいつ建てられましたか?", "納屋は?", "納屋はいつ建てられましたか?"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "before", "text", "whole"), ELLIPTIC)
def test_elliptic_question_replaces_its_like(code: str, before: str, text: str, whole: str) -> None:
    found = borrow(AnalysedText(text, code), [(before, "…")])
    assert found.is_elliptic
    assert found.standalone == whole


ALONE = [
    ("en", "Who painted the tower of Bergen?"), ("de", "Wer hat die Mühle im Dorf gebaut?"),
    ("it", "Quando fu costruita la chiesa?"), ("es", "¿Cuándo se construyó el molino?"),
    ("fr", "Qui a construit le moulin du village ?"), ("pt", "Quem construiu a ponte velha?"),
    ("ru", "Кто построил мост у деревни?"), ("tr", "Köprüyü kim yaptı ve köy nerede?"),
    ("fr", "Le moulin du village est-il ouvert ?"),
    ("en", "What does ASGI stand for?"), ("en", "What is Bergen?"), ("de", "Was ist das XAI?"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), ALONE)
def test_question_that_stands_alone_borrows_nothing(code: str, text: str) -> None:
    found = borrow(AnalysedText(text, code), [("Where is the lighthouse?", "…")])
    assert (found.before.text, found.standalone) == ("", text)


LEANING = [
    ("en", "Who keeps it clean?"), ("de", "Wer pflegt sie?"), ("es", "¿Dónde vive él?"),
    ("it", "Chi abita là?"), ("fr", "Où habite-t-elle ?"), ("en", "What is the price?"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), LEANING)
def test_question_with_a_pronoun_borrows_and_asks_for_its_own(code: str, text: str) -> None:
    found = borrow(AnalysedText(text, code), [("Marta Ruiz?", "…")])
    assert found.before.text == "Marta Ruiz?"
    assert not found.is_elliptic


def test_chain_of_elliptic_questions_leans_on_the_first() -> None:
    history = [("When was the mill built?", "…"), ("And the barn?", "…")]
    found = borrow(AnalysedText("And the chapel?"), history)
    assert found.standalone == "When was the chapel built?"


def test_own_words_outweigh_what_is_borrowed() -> None:
    history = [("Which birds nest below the long northern cliffs of the island in spring?", "…")]
    question = analyse(analysed("Who counts them with binoculars?"), history, lambda term: 1.0)
    borrowed = sum(question.weights[term] for term in question.borrowed)
    own = sum(w for term, w in question.weights.items() if term not in question.borrowed)
    assert 0 < borrowed <= own
