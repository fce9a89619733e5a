"""Names and content words of an English sentence, by its letters alone. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.text.terms import STOP_WORDS, content_terms

_WORD = r"[^\W\d_][\w'’&+./-]*[\w+]|[^\W\d_]"
NAME = re.compile(
    rf"(?:[A-ZÀ-Þ](?:{_WORD}|\w)*|[a-z]+[-]?[A-Z0-9][\w-]*)"
    rf"(?:[ \n](?:[A-ZÀ-Þ][\w'’&+-]*[\w+]|(?:19|20)\d\d\b))*"
)
"""A run of words that are written as names, a year behind it included: "ICLR 2019"."""
PERSON = (
    r"[A-ZÀ-Þ][\w'’-]*[a-zß-ÿě-ž](?: [A-Z]\.)?(?: (?:van|von|de|der|la))*"
    r"(?: [A-ZÀ-Þ][\w'’-]*[a-zß-ÿě-ž]){1,2}"
)
YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")

POINTING = re.compile(
    r"^(?:this|that|these|those|it|its|he|she|they|his|her|their|such|both|here|there|the (?:first|"
    r"second|third|other|latter|former|same|next|last|work|method|paper|authors?|team|approach|"
    r"result|system|model|task|test|name|idea|two|three)|another|one|each|in (?:this|that|these)|"
    r"at the (?:same|time)|then|but|and|or|so|also|for (?:example|this|the first)|by (?:this|then)|"
    r"we|our|you|your|i|my|a year|if|when|how|what|which|why|to|after that|instead|however|"
    r"on (?:one|all|both|average|the other))\b",
    re.IGNORECASE,
)
"""How a sentence begins that needs the one before it."""
INSIDE = re.compile(
    r"\b(?:this|these|those|he|she|they|his|her|their|him|them|we|our|you|your|the (?:latter|"
    r"former|same|two|three)|the other|above|below|following)\b",
    re.IGNORECASE,
)
"""Words anywhere in a sentence that point out of it."""

INSIDE_ONLY = re.compile(
    r"\b(?:this|these|those|we|our|you|your|the (?:latter|former|same|two|three)|the other|above|"
    r"below|following)\b",
    re.IGNORECASE,
)
_OF_NAMES = frozenset("he she they his her their him them".split())

_NO_NAMES = frozenset(
    """the a an in on at of for to by with from and or but as if when while after before since
    this that these those it its he she they his her their there here one two three four five six
    seven eight nine ten many most some all no not only both each every other another such more
    what which who how why where january february march april may june july august september
    october november december monday tuesday wednesday thursday friday saturday sunday many
    today table figure section chapter between among during until over under yet still thus
    however although because so then now once even also using given like see note""".split()
)


def names_in(text: str) -> list[str]:
    """The names of a sentence in order, without articles and months at their edges."""
    found = []
    for match in NAME.finditer(text):
        parts = match.group().split()
        while parts and parts[0].lower().strip(".'’") in _NO_NAMES:
            parts.pop(0)
        while parts and parts[-1].lower() in _NO_NAMES:
            parts.pop()
        if not parts:
            continue
        opens = not text[: match.start()].strip(" \"“'(-*•")
        lone = len(parts) == 1 and parts[0][1:].islower()
        if opens and lone and len(match.group().split()) == 1:
            continue  # any word is written so at the beginning of a sentence
        found.append(re.sub(r"['’]s$", "", " ".join(parts)).rstrip(".,'’"))
    return list(dict.fromkeys(found))


def content_words(text: str) -> list[str]:
    """The words of a text that carry meaning, as written, numbers left out."""
    found = re.findall(r"[^\W\d_][\w'’-]*", text)
    return [word for word in found if word.lower() not in STOP_WORDS and len(word) > 2]


def is_self_contained(sentence: str) -> bool:
    """Whether a sentence says by itself what it is about. A pronoun behind a name is about it."""
    if POINTING.match(sentence.lstrip(' -*•"“')):
        return False
    pointing = INSIDE.search(sentence)
    if pointing is None:
        return True
    names = names_in(sentence[: pointing.start()])
    return (
        bool(names) and pointing.group().lower() in _OF_NAMES and not INSIDE_ONLY.search(sentence)
    )


def overlap(question: str, evidence: str) -> float:
    """Share of the evidence's content terms that the question gives away."""
    told = set(content_terms(evidence))
    return len(told & set(content_terms(question))) / len(told) if told else 1.0


def joined(parts: Iterable[str]) -> str:
    """Parts in one line, without repeating a word that a part before has."""
    seen: set[str] = set()
    kept = []
    for part in parts:
        fresh = [word for word in part.split() if word.lower() not in seen]
        seen.update(word.lower() for word in part.split())
        if fresh:
            kept.append(" ".join(fresh))
    return " ".join(kept)


def listed(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else "".join(parts)
