"""Index terms: the same for question and document, in every language."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.terms import content_terms, fold, shingles, stem, terms, words


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("running studies", "He runs a study"),
        ("cafe naive", "café naïve"),
        ("strasse", "Straße"),
        ("Universitat", "Universität"),
        ("1234567", "1,234,567"),
        ("ABC", "ＡＢＣ"),
        ("fine", "ﬁne"),
        ("Vidal", "Vidal's"),
        ("Vidal", "Vidal’s"),
        ("art", "state-of-the-art"),
        ("GPT", "GPT-4"),
        ("елка", "Ёлка"),
        ("ελληνικα", "Ελληνικά"),
        ("istanbul", "İstanbul"),
        ("机器学习", "我们研究机器学习的方法"),
        ("データ", "大規模なデータを使う"),
        ("ภาษา", "ภาษาไทย"),
        ("हिन्दी", "हिन्दी भाषा"),
        ("العالم", "مرحبا العالم"),
        ("한국어", "한국어 문장"),
    ],
)
def test_question_meets_document(question: str, document: str) -> None:
    wanted = terms(question)
    assert wanted
    assert set(wanted) <= set(terms(document))


@pytest.mark.parametrize(
    ("one", "other"),
    [("15", "1,5"), ("1990", "1991"), ("3.14", "3.15"), ("机器", "器机"), ("1,23", "123")],
)
def test_different_things_stay_different(one: str, other: str) -> None:
    assert terms(one) != terms(other)


def test_unspaced_scripts_give_overlapping_pairs() -> None:
    assert words("机器学习") == ["机器", "器学", "学习"]
    assert words("中") == ["中"]
    assert words("中A文1") == ["中", "a", "文", "1"]
    assert words("カレー") == ["カレ", "レー"]


def test_content_terms_leave_out_stop_words_and_repeats() -> None:
    assert content_terms("Who was the author of the paper, and who were the authors?") == [
        *stem(["author", "paper"])
    ]
    assert content_terms("the of and") == []
    assert content_terms("") == []


@given(st.text(max_size=200))
def test_any_text_gives_clean_terms(text: str) -> None:
    found = terms(text)
    assert all(term and not term.isspace() and term == term.strip() for term in found)
    assert found == terms(text)
    assert len(content_terms(text)) == len(set(content_terms(text)))


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=30))
def test_letters_and_numbers_are_never_lost(text: str) -> None:
    assert words(text)


@given(st.text(max_size=100))
def test_composed_and_decomposed_characters_give_the_same_terms(text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert terms(composed) == terms(decomposed)
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=100))
def test_case_does_not_matter(text: str) -> None:
    assert words(text.upper()) == words(text.lower())


def test_shingles_tell_near_duplicates() -> None:
    text = "the quick brown fox jumps over the lazy dog and runs away into the dark wood"
    other = text.replace("dark", "deep")
    mine, theirs = shingles(text), shingles(other)
    assert mine == shingles(text.upper())
    assert 0 < len(mine & theirs) < len(mine)
    assert shingles("two words") == shingles("Two  words!")


def test_shingles_and_terms_are_the_same_in_every_process() -> None:
    """Fingerprints from ``hash`` would differ between processes if they were ever stored."""
    code = "from assistant.terms import terms; print(terms('Studies of café 1,234 机器学习'))"
    seen = set()
    for seed in ("0", "1"):
        environment = dict(os.environ, PYTHONHASHSEED=seed, PYTHONUTF8="1")
        seen.add(subprocess.check_output([sys.executable, "-c", code], env=environment))
    assert len(seen) == 1


def test_long_text_takes_linear_time() -> None:
    began = time.perf_counter()
    words("1,2" * 50_000 + "é" * 100_000 + "中" * 100_000 + "a\u0301" * 50_000)
    assert time.perf_counter() - began < 3.0
