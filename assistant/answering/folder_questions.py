"""A question → what it asks about the folder or one of its documents, if it asks that.

Pure. The words of each language stand in its data file in rows ``folder.…``: lists of words, and
templates for whole questions. In a template ``[word]`` may be left out, ``(a|b)`` is one of many,
``{doc}`` a reference to a document, ``{file}`` one that names it as a document, ``{docs}`` the kind
of documents, ``{word}``, ``{topic}``, ``{author}``, ``{dir}``, ``{year}`` and ``{age}`` what they
say, ``{old}``, ``{new}`` and ``{since}`` versions of one, and ``{folder}`` words for the whole
folder, which may be left out. A question is recognised only when a template fits it from its first
word to its last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, get_args

from assistant.text.folding import fold
from assistant.text.languages import folder_words

AskedOfFolder = Literal["changes", "summary", "author", "date", "count", "pick", "kindsof", "list"]

_LONGEST = 240
"""Characters; questions about the folder are short."""
_EDGES = " \t\n\"'“”„«»‘’‚()[]{}<>?？!.,;:…¿¡*_`·–—-"
_ELEMENT = re.compile(r"\{(\w+)\}|([\[\]()|])|([^\s\[\](){}|]+)")
_SEVERAL = r"\S+(?: \S+){0,14}?"
_SLOTS = {
    "doc": _SEVERAL, "file": _SEVERAL, "word": _SEVERAL, "topic": _SEVERAL, "author": _SEVERAL,
    "dir": _SEVERAL, "docs": r"\S+(?: \S+){0,2}?", "year": r"(?:1[5-9]|20)\d\d",
    "old": _SEVERAL, "new": _SEVERAL, "since": r"\S+(?: \S+){0,3}?",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FolderQuestion:
    """One reading of a question: its kind, and what stands in the slots, as written."""

    kind: AskedOfFolder
    slots: Mapping[str, str]
    language: str


@dataclass(frozen=True, slots=True)
class FolderWords:
    """The word lists of one language for references to documents, folded."""

    the: frozenset[str]
    it: frozenset[str]
    everything: frozenset[str]
    nouns: frozenset[str]
    kinds: frozenset[str]
    many: frozenset[str]
    newest: frozenset[str]
    oldest: frozenset[str]
    versions: frozenset[str]
    called: frozenset[str]
    term: frozenset[str]
    abstract: frozenset[str]
    types: Mapping[str, frozenset[str]]


def readings(text: str, codes: Sequence[str]) -> Iterator[FolderQuestion]:
    """What a question in one of some languages may ask about the folder, the likeliest first."""
    if len(text) > _LONGEST:
        return
    written = [token for each in text.split() if (token := each.strip(_EDGES))]
    folded = ["".join(fold(token).split()).replace("’", "'") for token in written]
    for code in dict.fromkeys(codes):
        if not folder_words(code):
            continue
        first, last = _without_courtesy(folded, code)
        asked = "".join(f" {token}" for token in folded[first:last])
        there = frozenset(folded)
        for kind, template, needed in _templates(code):
            if any(there.isdisjoint(words) for words in needed):
                continue
            match = _compiled(template, code).fullmatch(asked)
            if match is not None:
                slots = {
                    name: _as_written(match, name, asked, written[first:last])
                    for name, value in match.groupdict().items()
                    if value
                }
                yield FolderQuestion(kind, MappingProxyType(slots), code)


@lru_cache(maxsize=32)
def words_of(code: str) -> FolderWords:
    """The word lists of a language; those of English for one that has none."""
    rows = folder_words(code) or folder_words("en")

    def words(key: str) -> frozenset[str]:
        return frozenset(rows.get(key, "").split())

    def phrases(key: str) -> frozenset[str]:
        return frozenset(_parts(rows.get(key, "")))

    types = (each.partition("=") for each in _parts(rows.get("types", "")))
    return FolderWords(
        the=words("the"),
        it=words("it"),
        everything=phrases("all"),
        nouns=words("nouns"),
        kinds=words("kinds"),
        many=words("many"),
        newest=words("newest"),
        oldest=words("oldest"),
        versions=words("versions"),
        called=words("called"),
        term=words("term"),
        abstract=phrases("abstract"),
        types=MappingProxyType({name: frozenset(kinds.split()) for name, _, kinds in types}),
    )


def _as_written(match: re.Match[str], name: str, asked: str, written: Sequence[str]) -> str:
    """The words of a slot as the person wrote them: folding changes lengths, never the words."""
    start, end = match.span(name)
    first = asked.count(" ", 0, start) - 1
    return " ".join(written[first : first + asked.count(" ", start, end) + 1])


def _without_courtesy(tokens: Sequence[str], code: str) -> tuple[int, int]:
    """Where a question begins and ends without "please", "can you" and the like."""
    first, last = 0, len(tokens)
    lead, tail = _courtesy(code)
    moved = True
    while moved:
        moved = False
        for phrase in lead:
            if last - first > len(phrase) and tuple(tokens[first : first + len(phrase)]) == phrase:
                first, moved = first + len(phrase), True
        for phrase in tail:
            if last - first > len(phrase) and tuple(tokens[last - len(phrase) : last]) == phrase:
                last, moved = last - len(phrase), True
    return first, last


@lru_cache(maxsize=32)
def _courtesy(code: str) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    rows = folder_words(code)
    lead, tail = (
        sorted((tuple(each.split()) for each in _parts(rows.get(key, ""))), key=len, reverse=True)
        for key in ("lead", "tail")
    )
    return lead, tail


@lru_cache(maxsize=32)
def _templates(code: str) -> list[tuple[AskedOfFolder, str, list[frozenset[str]]]]:
    """The templates of a language, each with sets of words, of each of which a question must hold
    one to fit it: few questions do, and only for those a pattern is made."""
    rows = folder_words(code)
    return [
        (kind, template, _needed_words(template))
        for kind in get_args(AskedOfFolder)
        for template in _parts(rows.get(kind, ""))
    ]


def _needed_words(template: str) -> list[frozenset[str]]:
    """The words outside brackets, one by one, and for each choice outside square brackets the first
    word of every alternative, if each has one that cannot be left out."""
    needed: list[frozenset[str]] = []
    inside: list[str] = []
    firsts: list[str] = []
    for _, sign, word in _ELEMENT.findall(template):
        if sign in ("[", "("):
            inside.append(sign)
            if inside == ["("]:
                firsts = [""]
        elif sign in ("]", ")"):
            if inside == ["("] and all(firsts):
                needed.append(frozenset(firsts))
            inside.pop()
        elif sign == "|" and inside == ["("]:
            firsts.append("")
        elif word and not inside:
            needed.append(frozenset([word]))
        elif word and inside == ["("]:
            firsts[-1] = firsts[-1] or word
    return needed


@lru_cache(maxsize=512)
def _compiled(template: str, code: str) -> re.Pattern[str]:
    rows = folder_words(code)
    folder = _any_of(_parts(rows.get("places", "")))
    age = _any_of([*rows.get("newest", "").split(), *rows.get("oldest", "").split()])
    return re.compile(_pattern(template, folder, age))


def _pattern(template: str, folder: str, age: str) -> str:
    """A template as an expression; every word of the question has a blank before it."""
    made: list[str] = []
    for slot, sign, word in _ELEMENT.findall(template):
        if slot == "folder":
            made.append(f"(?: (?:{folder})){{0,2}}")
        elif slot:
            made.append(f" (?P<{slot}>{age if slot == 'age' else _SLOTS[slot]})")
        elif sign:
            made.append({"[": "(?:", "]": ")?", "(": "(?:", ")": ")", "|": "|"}[sign])
        else:
            made.append(f" {re.escape(word)}")
    return "".join(made)


def _any_of(phrases: Sequence[str]) -> str:
    return "|".join(re.escape(each) for each in sorted(phrases, key=len, reverse=True)) or "(?!)"


def _parts(text: str) -> list[str]:
    """The parts of a row, which semicolons part."""
    return [part for each in text.split(";") if (part := " ".join(each.split()))]
