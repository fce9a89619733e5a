"""Index terms: the same for question and document, in every language."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.text.terms import (
    _NEEDS_CARE,
    _NEEDS_NO_CARE,
    _PLAIN_TOKEN,
    _POSSESSIVE,
    TermWriter,
    _number,
    content_terms,
    fold,
    shingles,
    stem,
    terms,
    words,
)


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
@example("À_0")
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
    code = "from assistant.text.terms import terms; print(terms('Studies of café 1,234 机器学习'))"
    seen = set()
    for seed in ("0", "1"):
        environment = dict(os.environ, PYTHONHASHSEED=seed, PYTHONUTF8="1")
        seen.add(subprocess.check_output([sys.executable, "-c", code], env=environment))
    assert len(seen) == 1


def test_long_text_takes_linear_time() -> None:
    began = time.perf_counter()
    words("1,2" * 50_000 + "é" * 100_000 + "中" * 100_000 + "a\u0301" * 50_000)
    assert time.perf_counter() - began < 3.0


@given(st.text(max_size=80))
def test_terms_of_a_corpus_are_those_of_each_text(text: str) -> None:
    assert TermWriter().line(text).split() == terms(text)


@pytest.mark.parametrize(
    "text",
    [
        "Anna's and Ärzte’s 1,234.5 it's", "don't\u00a0stop\u3000now", "日本語 と text'S",
        "a \u0301b",
        "हिन्दी में ३,००० किताबें", "x" * 200, "ﬁve ½ ¨a ²", "ภาษาไทย word", "İstanbul ẞ",
        "௦ \U00018d80", "๑ \u1c89 \ua7da",
    ],
)  # fmt: skip
def test_terms_of_a_corpus_are_those_of_each_text_in_hard_cases(text: str) -> None:
    writer = TermWriter()
    assert writer.line(text).split() == terms(text)
    assert writer.line(text + " " + text).split() == terms(text + " " + text)


def test_terms_of_a_corpus_stay_right_when_words_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("assistant.text.terms._MAX_PIECES", 3)
    writer = TermWriter()
    for number in range(20):
        text = f"Words number{number}'s and more{number}"
        assert writer.line(text).split() == terms(text)


def test_texts_that_need_no_care_have_no_marks_and_no_unspaced_script() -> None:
    signs = "".join(chr(code) for code in range(0x30000) if _NEEDS_NO_CARE.fullmatch(chr(code)))
    folded = "".join(sign for sign in signs if fold(sign) == sign)
    assert len(folded) > 2000
    assert not _NEEDS_CARE.search(folded)


@given(st.text(st.characters(max_codepoint=127)) | st.text("aB9,._'s \n\0-"))
def test_words_of_plain_texts_are_those_that_the_pattern_finds(text: str) -> None:
    folded = fold(_POSSESSIVE.sub("", text))
    assert words(text) == [_number(found) for found in _PLAIN_TOKEN.findall(folded)]


def test_whoever_changes_the_words_of_a_text_changes_only_their_own() -> None:
    words("a heron stands").clear()
    assert words("a heron stands") == ["a", "heron", "stands"]
