"""A text → the terms of its words that are written as names. Pure."""

from __future__ import annotations

import re

from assistant.text.languages import Language
from assistant.text.languages.frequencies import zipf
from assistant.text.terms import words_and_stems

_COMMON_IN_GERMAN = 3.8
"""A German noun that is said so often is no name, though it is written like one."""
_NAME = re.compile(r"\b(?:[A-Z][\w'’&-]*|[a-z]+[A-Z]\w*|[^\W\d]*+\d\w*[A-Z]\w*)\b")
_ANY_NAME = re.compile(r"[^\W\d_][\w'’&-]*")


def name_terms(text: str, code: str, known: Language) -> list[str]:
    """Terms of words written as names; the first word of a sentence counts only if unusual."""
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
