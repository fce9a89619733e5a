"""A text in a language → its words in every form that is needed of them, each made once.

The rooms above take an ``AnalysedText`` instead of a string, so none of them folds, tokenises or
stems a question again. A form is computed when it is first read, and kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from assistant.text.abbreviations import short_forms
from assistant.text.content_words import content_pairs
from assistant.text.folding import fold, fold_case
from assistant.text.languages import HAS_COMPOUNDS, Language, language
from assistant.text.languages.detection import question_language
from assistant.text.proper_names import name_terms
from assistant.text.prose import prose_shares
from assistant.text.terms import (
    compound_terms,
    identifiers,
    stems,
    tokens,
    words,
    words_and_stems,
)
from assistant.text.value_spellings import WrittenValue, values_of
from assistant.text.word_families import family, verb_forms, wider

_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_CODE = re.compile(r"(?<![\w-])[^\W\d_]{2,}\d[\w-]*")
"""Letters with digits behind them: "SNB22-3" holds no number."""
_SPOKEN = re.compile(r"[^\W_]+(?:['’.,:-][^\W_]+)*[\u0900-\u097f\u0300-\u036f]*")


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word as a person counts them, "d'où" and "habite-t-elle" whole, and where it stands.

    ``folded`` has no accents, ``lower`` keeps them.
    """

    written: str
    folded: str
    lower: str
    start: int
    end: int


@dataclass(frozen=True)
class AnalysedText:
    """A text with the code of its language; English is assumed of a code that is not known."""

    text: str
    code: str = "en"

    @cached_property
    def language(self) -> Language:
        """The words of its language."""
        return language(self.code)

    @cached_property
    def folded(self) -> str:
        """In lower case without accents."""
        return fold(self.text)

    @cached_property
    def lower(self) -> str:
        """In lower case with accents."""
        return fold_case(self.text)

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        """The folded words in order, each with its stem."""
        return list(zip(*words_and_stems(self.text, self.code), strict=True))

    @cached_property
    def stems(self) -> list[str]:
        """The stem of each word, in order."""
        return [term for _, term in self.pairs]

    @cached_property
    def content(self) -> list[tuple[str, str]]:
        """The folded words with content, each with its stem."""
        return content_pairs(self.text, self.language)

    @cached_property
    def light(self) -> frozenset[str]:
        """The stems of its language's words that answers put in many other ways."""
        return _light_stems(self.language.code)

    @cached_property
    def prose(self) -> Mapping[str, float]:
        """The common terms of its language, with the share of chunks of prose that hold each."""
        return prose_shares(self.code)

    @cached_property
    def names(self) -> list[str]:
        """The stems of words written as names."""
        return name_terms(self.text, self.code, self.language)

    @cached_property
    def identifiers(self) -> list[tuple[str, list[str]]]:
        """The identifiers as a whole, each with the stems of the piece of text that holds it."""
        return [
            (whole, stems(piece, self.code))
            for piece in self.text.split()
            for whole in identifiers(piece)
        ]

    @cached_property
    def compounds(self) -> Mapping[str, list[str]]:
        """Each folded compound → the stems of its parts."""
        if self.code not in HAS_COMPOUNDS:
            return {}
        return {fold(token): compound_terms(token, self.code) for token in tokens(self.text)}

    @cached_property
    def families(self) -> list[tuple[str, tuple[str, ...]]]:
        """The stem of each word, with the stems of its family and of wider things."""
        return [
            (term, (*family(word, term, self.code), *wider(word, term, self.code)))
            for word, term in self.pairs
        ]

    @cached_property
    def verb_forms(self) -> Mapping[str, str]:
        """The stems of the other forms of its irregular verbs → the stem as it has it."""
        own = self.stems
        return {form: term for term in own for form in verb_forms(term, self.code)
                if form not in own}  # fmt: skip

    @cached_property
    def spoken(self) -> list[SpokenWord]:
        """The words as a person counts them."""
        return [
            SpokenWord(m.group(), fold(m.group()), fold_case(m.group()), m.start(), m.end())
            for m in _SPOKEN.finditer(self.text)
        ]

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The terms of its numbers in digits; those of a code are none."""
        return frozenset(words(" ".join(_DIGITS.findall(_CODE.sub(" ", self.text)))))

    @cached_property
    def values(self) -> list[WrittenValue]:
        """Dates and numbers, with the other ways of writing them."""
        return values_of(self.text, self.code)

    @cached_property
    def short_forms(self) -> list[str]:
        """The abbreviations in capitals that it writes."""
        return short_forms(self.text)


def analysed(text: str, among: Sequence[str] = (), before: str = "") -> AnalysedText:
    """A question in its language: what its words tell, else that of the question before it, else
    the most frequent one ``among`` the documents."""
    return AnalysedText(text, question_language(text, among, before))


@lru_cache(maxsize=32)
def _light_stems(code: str) -> frozenset[str]:
    return frozenset(stems(" ".join(language(code).light), code))
