"""Everyday words of a question in another language ↔ English ones, from ``in_english.txt``.

Pure. Rows of our own for six languages: a German question about English papers shares its names and
numbers with them, and with these its plain words. It is no translation: a word that is not listed
stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.text.folding import fold
from assistant.text.terms import stems

_ROWS = Path(__file__).parent / "languages" / "in_english.txt"
_ENDINGS = {
    "fr": {"ite": "ity", "ique": "ic", "iques": "ic", "isme": "ism", "logie": "logy",
           "aire": "ary"},
    "es": {"cion": "tion", "ciones": "tions", "sion": "sion", "dad": "ty", "dades": "ties",
           "ico": "ic", "ica": "ic", "ismo": "ism", "encia": "ence", "ancia": "ance",
           "logia": "logy", "mento": "ment", "miento": "ment"},
    "it": {"zione": "tion", "zioni": "tions", "sione": "sion", "ita": "ity", "ico": "ic",
           "ica": "ic", "ismo": "ism", "enza": "ence", "anza": "ance", "logia": "logy",
           "mento": "ment"},
    "pt": {"cao": "tion", "coes": "tions", "sao": "sion", "dade": "ty", "dades": "ties",
           "ico": "ic", "ica": "ic", "ismo": "ism", "encia": "ence", "ancia": "ance",
           "logia": "logy", "mento": "ment"},
    "de": {"itat": "ity", "ismus": "ism", "logie": "logy", "isch": "ic", "ische": "ic",
           "ierung": "ation", "ionen": "ions"},
    "nl": {"iteit": "ity", "isme": "ism", "logie": "logy", "isch": "ic", "ische": "ic",
           "atie": "ation", "aties": "ations"},
}  # fmt: skip
"""Endings of words that came from Latin and Greek, without accents, with their English ones; of
each language that has rows."""
_SHORTEST = 7
"""Letters of a word whose ending is put in English."""
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class EnglishWords:
    """What a language's words are in English.

    ``terms`` maps a stem to English stems, ``back`` an English stem to stems of the language,
    ``usual`` a folded word to the usual English word, words of grammar among them, and ``first`` a
    stem to it, without those.
    """

    terms: Mapping[str, tuple[str, ...]]
    back: Mapping[str, tuple[str, ...]]
    usual: Mapping[str, str]
    first: Mapping[str, str]


@lru_cache(maxsize=16)
def english_words(code: str) -> EnglishWords:
    """The listed words of a language; empty for English and for a language without any."""
    if code not in _ENDINGS:
        return EnglishWords({}, {}, {}, {})
    terms: dict[str, dict[str, None]] = {}
    back: dict[str, dict[str, None]] = {}
    usual: dict[str, str] = {}
    first: dict[str, str] = {}
    rows = _ROWS.read_text(encoding="utf-8").splitlines()
    for line in (row for row in rows if not row.startswith("#")):
        head, _, others = line.partition(":")
        own = next((each.split()[1:] for each in others.split(";") if each.split()[0] == code), [])
        english = head.removeprefix("- ")
        for word in own:
            usual.setdefault(fold(word), english if head != english else english.split()[0])
        if head != english:
            continue
        there = stems(english, "en")
        for here in stems(" ".join(own), code):
            first.setdefault(here, english.split()[0])
            terms.setdefault(here, {}).update(dict.fromkeys(there))
            for term in there:
                back.setdefault(term, {})[here] = None
    return EnglishWords(
        {term: tuple(each) for term, each in terms.items()},
        {term: tuple(each) for term, each in back.items()},
        usual,
        first,
    )


def english_terms(word: str, term: str, code: str) -> tuple[str, ...]:
    """The English stems for a folded word and its stem: those listed, else that of the word with an
    English ending ("distillazione" → "distillation")."""
    listed = english_words(code).terms.get(term)
    if listed is not None:
        return listed
    other = _with_english_ending(word, code)
    return tuple(stems(other, "en")) if other else ()


def _with_english_ending(word: str, code: str) -> str:
    if len(word) < _SHORTEST:
        return ""
    endings = _ENDINGS.get(code, {})
    longest = max((each for each in endings if word.endswith(each)), key=len, default="")
    return word.removesuffix(longest) + endings[longest] if longest else ""


def in_english(text: str, code: str) -> str:
    """A question word by word in English; unchanged where none of its words is listed."""
    known = english_words(code)
    if not known.usual:
        return text

    def usual_of(match: re.Match[str]) -> str:
        word = match.group()
        own = fold(word)
        of_stem = (known.first[each] for each in stems(word, code) if each in known.first)
        return known.usual.get(own) or next(of_stem, "") or _with_english_ending(own, code) or word

    return _WORD.sub(usual_of, text)
