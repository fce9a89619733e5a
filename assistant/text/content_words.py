"""A text → its words with content, and their stems, in scripts with and without spaces. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

import regex

from assistant.text.folding import fold
from assistant.text.languages import Language, language
from assistant.text.terms import stem, words, words_and_stems

_EMPTY_PHRASE = re.compile(r"\b(?:tak(?:e|es|en|ing)|took)\s+(?:place|part)\b", re.IGNORECASE)
_RUN = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_HIRAGANA = re.compile("[\u3040-\u309f]+")
_FIRST_KANJI, _LAST_KANJI = "\u3400", "\u9fff"


def content_pairs(text: str, known: Language) -> list[tuple[str, str]]:
    """The folded words of a text that have content, each with its stem."""
    if not known.is_spaced:
        found = [word for run in _content_runs(text, known) for word in words(run)]
        return list(zip(found, stem(found), strict=True))
    bare = _EMPTY_PHRASE.sub(" ", text) if known.code == "en" else text
    pairs = zip(*words_and_stems(bare, known.code), strict=True)
    return [(word, term) for word, term in pairs if word not in known.stop]


def _content_runs(text: str, known: Language) -> list[str]:
    """The stretches of a text without spaces between the words that carry nothing.

    Of Japanese also hiragana goes, which is grammar, but the first sign after a lone character:
    that is the stem of a verb.
    """
    found: list[str] = []
    for run in _RUN.findall(fold(text)):
        for part in _empty_words(known.code).split(run):
            found.extend(_without_hiragana(part) if known.code == "ja" else [part])
    return [run for run in found if run]


def _without_hiragana(text: str) -> list[str]:
    found: list[str] = []
    at = 0
    for match in _HIRAGANA.finditer(text):
        before = text[at : match.start()]
        if len(before) == 1 and _FIRST_KANJI <= before <= _LAST_KANJI:
            before += match.group()[0]
        found.append(before)
        at = match.end()
    return [*found, text[at:]]


@lru_cache(maxsize=8)
def _empty_words(code: str) -> re.Pattern[str]:
    known = language(code)
    phrases = {each for key in known.phrases.values() for each in key}
    empty = phrases | known.stop | known.asking
    if code == "ja":  # single signs of grammar are hiragana
        empty = {each for each in empty if len(each) > 1}
    ordered = sorted((each.replace(" ", "") for each in empty if each), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered)))
