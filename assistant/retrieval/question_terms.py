"""The words of a question → its index terms: content, names, spellings in other languages.

Pure. What is a whole and has parts (an identifier, a compound) gives both, and the parts share the
weight of one word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import regex

from assistant.text.folding import fold
from assistant.text.languages import HAS_COMPOUNDS, Language, language
from assistant.text.languages.frequencies import zipf
from assistant.text.terms import (
    compound_terms,
    identifiers,
    stem,
    stems,
    tokens,
    words,
    words_and_stems,
)

_LIGHT = 0.4
"""Words that answers put in many other ways: "How heavy is it?" is answered by "It weighs 3 kg"."""
_PIECE = 0.3
"""What a piece of an identifier weighs that the index holds whole."""
_WHOLE_KNOWN, _WHOLE_UNKNOWN = 0.6, 0.3
"""The share of a compound as a whole, when the index holds it and when not; its parts have the
rest."""
_COMMON_IN_GERMAN = 3.8
"""A German noun that is said so often is no name, though it is written like one."""
_PARTICIPLES = frozenset({"de", "nl"})
"""Languages whose participles begin with "ge", which no stemmer takes off."""
_VERB = re.compile(r"(?:ge)?([^\W\d_]{4,}?)(en|t|d)")
_EMPTY_PHRASE = re.compile(r"\b(?:tak(?:e|es|en|ing)|took)\s+(?:place|part)\b", re.IGNORECASE)
_NAME = re.compile(r"\b(?:[A-Z][\w'’&-]*|[a-z]+[A-Z]\w*|[^\W\d]*+\d\w*[A-Z]\w*)\b")
_ANY_NAME = re.compile(r"[^\W\d_][\w'’&-]*")
_RUN = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_HIRAGANA = re.compile("[\u3040-\u309f]+")
_KANJI_START = re.compile("[\u3400-\u9fff]$")


@dataclass(frozen=True, slots=True)
class Own:
    """The terms of a question's own words.

    ``shares`` maps content terms to a share of their full weight, in order; ``asking`` are terms
    that say what is wanted; ``surface`` maps terms to words as written, folded.
    """

    shares: Mapping[str, float] = field(default_factory=dict)
    asking: tuple[str, ...] = ()
    surface: Mapping[str, str] = field(default_factory=dict)


def own_terms(text: str, code: str, holds: Callable[[str], bool]) -> Own:
    """The terms of a text that is a question, or part of one."""
    known = language(code)
    found, stems_found = content_pairs(text, known)
    kept = [(w, s) for w, s in zip(found, stems_found, strict=True) if w not in known.asking]
    if not kept:
        kept = list(zip(found, stems_found, strict=True))
    if not kept:
        kept = list(zip(*words_and_stems(text, code), strict=True))
    light = _light_stems(known.code)
    shares: dict[str, float] = {}
    for _, term in kept:
        shares.setdefault(term, _LIGHT if term in light else 1.0)
    _weigh_identifiers(shares, text, code, holds)
    written = {fold(token): token for token in tokens(text)} if code in HAS_COMPOUNDS else {}
    for word, term in kept if written else ():
        parts = [part for part in compound_terms(written.get(word, word), code) if part != term]
        if parts:
            whole = _WHOLE_KNOWN if holds(term) else _WHOLE_UNKNOWN
            shares[term] = whole
            for part in parts:
                shares.setdefault(part, (1.0 - whole) / len(parts))
    everything = words_and_stems(text, code)
    surface = dict(zip(everything[1], everything[0], strict=True))
    asking = [s for w, s in zip(*everything, strict=True) if w in known.asking]
    return Own(shares, tuple(asking), {**{term: term for term in shares}, **surface})


def _weigh_identifiers(
    shares: dict[str, float], text: str, code: str, holds: Callable[[str], bool]
) -> None:
    """Add the identifiers that the index holds whole; their pieces then weigh little."""
    for piece in text.split():
        for whole in identifiers(piece):
            if not holds(whole):
                continue
            for term in stems(piece, code):
                if term in shares:
                    shares[term] = _PIECE
            shares[whole] = 1.0


def content_of(text: str, code: str) -> list[str]:
    """The folded content words of a text in a language."""
    return content_pairs(text, language(code))[0]


def content_pairs(text: str, known: Language) -> tuple[list[str], list[str]]:
    """The folded words of a question that have content, and their stems."""
    if not known.is_spaced:
        found = [word for run in _content_runs(text, known) for word in words(run)]
        return found, stem(found)
    bare = _EMPTY_PHRASE.sub(" ", text) if known.code == "en" else text
    pairs = [
        (word, term)
        for word, term in zip(*words_and_stems(bare, known.code), strict=True)
        if word not in known.stop
    ]
    return [word for word, _ in pairs], [term for _, term in pairs]


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
        if len(before) == 1 and _KANJI_START.search(before):
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


@lru_cache(maxsize=32)
def _light_stems(code: str) -> frozenset[str]:
    return frozenset(stems(" ".join(language(code).light), code))


def forms_of(
    texts: Sequence[str], code: str, languages: Iterable[str]
) -> dict[str, dict[str, str]]:
    """For each language the words of texts whose stem there is another: stem there → stem here;
    the other forms of an irregular verb ("wrote", "written") are such words too.

    The empty code stands for texts whose language is not known.
    """
    found: dict[str, dict[str, str]] = {}
    for other in dict.fromkeys((*languages, code, "")):
        table: dict[str, str] = {}
        for text in texts:
            here, there = stems(text, code), stems(text, other)
            if len(here) == len(there):
                table.update((b, a) for a, b in zip(here, there, strict=True) if a != b)
            if other in (code, ""):
                table.update(_verb_spellings(here, code))
        found[other] = table
    return {other: table for other, table in found.items() if table or other == code}


def _verb_spellings(own: Sequence[str], code: str) -> dict[str, str]:
    """The stems of the other forms of irregular verbs among a text's stems → its own stem."""
    verbs = _irregular(code)
    return {form: term for term in own for form in verbs.get(term, ()) if form not in own}


@lru_cache(maxsize=32)
def _irregular(code: str) -> Mapping[str, tuple[str, ...]]:
    """Each stem of an irregular verb → the stems of all its forms."""
    found: dict[str, tuple[str, ...]] = {}
    for verb in language(code).verbs:
        forms = tuple(dict.fromkeys(stems(" ".join(verb), code)))
        found.update((form, forms) for form in forms)
    return found


def related_terms(weights: Mapping[str, float], text: str, code: str) -> dict[str, str]:
    """Terms of the same family as a question's, which no stemmer joins → that term."""
    found: dict[str, str] = {}
    groups = _groups(code)
    for word, term in zip(*words_and_stems(text, code), strict=True):
        if term in weights:
            family = groups.get(word, groups.get(term, ()))
            if code in _PARTICIPLES:
                family = (*family, *_verb_forms(word, code))
            for other in family:
                if other not in weights:
                    found.setdefault(other, term)
    return found


def _verb_forms(word: str, code: str) -> tuple[str, ...]:
    """The stems of a regular verb and of its participle: reinigt, reinigen, gereinigt."""
    match = _VERB.fullmatch(word)
    if match is None:
        return ()
    root, last = match[1], "d" if match[2] == "d" else "t"
    return tuple(dict.fromkeys(stems(f"{root}en {root}t ge{root}{last}", code)))


@lru_cache(maxsize=32)
def _groups(code: str) -> Mapping[str, tuple[str, ...]]:
    """Each word and stem of a family → the stems of all of it."""
    found: dict[str, tuple[str, ...]] = {}
    for group in language(code).groups:
        family = tuple(dict.fromkeys(stems(" ".join(group), code)))
        for word in (*group, *family):
            found[word] = (*found.get(word, ()), *family)
    return found


def name_terms(text: str, code: str = "en") -> list[str]:
    """Terms of words written as names; the first word of a sentence counts only if unusual."""
    known = language(code)
    found: list[str] = []
    is_alone = len(text.split(None, 1)) < 2
    pattern = _NAME if text.isascii() else _ANY_NAME
    for match in pattern.finditer(text):
        word = match.group()
        if pattern is _ANY_NAME and word == word.lower():
            continue
        before = match.start() - 1
        while before >= 0 and text[before].isspace():
            before -= 1
        opens = before < 0 or text[before] in ".?!:¿¡"
        folded, terms = words_and_stems(word, code)
        if not folded or all(w in known.stop or w in known.asking for w in folded):
            continue
        if opens and word[1:].islower() and not is_alone:
            continue  # "Explain …": any word is written so there
        if known.code == "de" and zipf("de").get(word.casefold(), 0.0) >= _COMMON_IN_GERMAN:
            continue
        found.extend(t for w, t in zip(folded, terms, strict=True) if w not in known.stop)
    return list(dict.fromkeys(found))
