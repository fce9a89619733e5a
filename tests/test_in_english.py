"""A question in one of six languages finds what English texts say, by everyday words and names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from support_index import make_settings
from support_texts import indexed_for_module, write_texts

from assistant import Assistant
from assistant.embedding.static import StaticEmbedder
from assistant.text.in_english import english_terms, english_words, in_english
from assistant.text.terms import stems

CODES = ("de", "fr", "es", "it", "nl", "pt")


@pytest.mark.parametrize("code", CODES)
def test_every_language_has_its_words(code: str) -> None:
    known = english_words(code)
    assert len(known.terms) > 300
    assert all(there for there in known.terms.values())
    assert all(" " not in word and word == word.strip() for word in known.usual)


def test_other_languages_are_left_as_they_are() -> None:
    for code in ("en", "fi", "xx", ""):
        assert in_english("Wann wurde sie gegründet?", code) == "Wann wurde sie gegründet?"
        assert english_words(code).terms == {}


@pytest.mark.parametrize(
    ("code", "asked", "english"),
    [
        ("de", "Wann wurde die ICLR gegründet?", "when was the ICLR founded?"),
        ("fr", "Qui a publié ce livre ?", "who has published ce book ?"),
        ("es", "¿Quién escribió el libro?", "¿who written the book?"),
        ("it", "Chi ha introdotto la distillazione?", "who has introduced the distillation?"),
    ],
)
def test_a_question_word_by_word(code: str, asked: str, english: str) -> None:
    assert in_english(asked, code) == english


def test_endings_from_latin_become_english() -> None:
    assert english_terms("distillazione", "distill", "it") == tuple(stems("distillation", "en"))
    assert english_terms("universidad", *stems("universidad", "es"), "es")
    assert english_terms("nation", "nation", "de") == ()


english_texts = indexed_for_module(
    {
        "mill.txt": "The mill at Orsa was built in 1877 by the carpenter Nils Berg. It burned down "
        "in 1931, and the owner sold the land to the town.\n",
        "hours.txt": "The swimming pool opens at seven and closes at nine in the evening. A ticket "
        "costs six euros for adults and two for children.\n",
        "bread.txt": "Rye bread needs a long rest after baking. The baker of Orsa sells it on "
        "Fridays only.\n",
    }
)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Wer baute die Mühle in Orsa?", "Nils Berg"),
        ("Wann öffnet das Schwimmbad?", "seven"),
        ("Qui a construit le moulin d'Orsa ?", "Nils Berg"),
        ("¿Quién construyó el molino de Orsa?", "Nils Berg"),
        ("Wanneer is de molen in Orsa verbrand?", "1931"),
    ],
)
def test_english_texts_answer(english_texts: Assistant, question: str, said: str) -> None:
    answer = english_texts.ask(question)
    assert said in answer.text, answer.text
    assert all(
        each.quote in english_texts.document_text(each.document) for each in answer.citations
    )


def test_an_embedder_of_others_gets_the_question_as_it_was_asked(tmp_path: Path) -> None:
    class Listening(StaticEmbedder):
        def __init__(self) -> None:
            super().__init__()
            self.heard: list[str] = []

        def embed(self, texts: Sequence[str]) -> np.ndarray:
            self.heard += texts
            return super().embed(texts)

    asked, english = "Wer baute das Haus in Orsa?", "who built the house in Orsa?"
    write_texts(tmp_path / "notes", {"mill.txt": "The house at Orsa was built by the owner.\n"})
    for fingerprint in ("static:own", "others:many-languages"):
        embedder = Listening()
        embedder.fingerprint = fingerprint
        settings = make_settings(tmp_path / fingerprint[:6], [tmp_path / "notes"])
        with Assistant(settings, embedder=embedder) as assistant:
            assistant.sync()
            assistant.ask(asked)
        assert (asked in embedder.heard) is fingerprint.startswith("others")
        assert (english in embedder.heard) is fingerprint.startswith("static")


@pytest.mark.parametrize(
    "question",
    ["Wie alt war Nils Berg?", "Quel est le salaire du boulanger ?", "¿Quién pintó el molino?"],
)
def test_what_is_not_there_is_not_called_likely(english_texts: Assistant, question: str) -> None:
    assert english_texts.ask(question).certainty in ("none", "unsure")
