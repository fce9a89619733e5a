"""Restricts a question to the files that it names, or whose names contain its words.

A question may write a file's name ("according to rules_basel.md"). Or a name holds a word that the
text lacks: of three files ``Lom/prices.md``, ``Vik/prices.md``, ``Rauma/prices.md`` only one is
about Lom, and none says so. ``NameIndex`` finds names by their words, ``wanted_by_name``
decides from passages. Pure, except for the cached index of each generation's names.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from assistant.retrieval.question import Question, coverage
from assistant.text.folding import fold
from assistant.text.names import bare_name, name_words, split_name
from assistant.text.terms import TermWriter
from assistant.types import Passage

if TYPE_CHECKING:
    from assistant.index.snapshot import Snapshot

LEAST_BY_NAME = 0.1
"""Share of the question's weight that a name must add to what any passage's own words cover."""
MOST_NAMED = 500
"""Maximum number of documents with matching names; more than that are a topic, not a file."""
_AS_GOOD = 0.8
"""A file that is only mentioned is asked alone when it covers this share of what the best passage
elsewhere covers: "How do I set retries in config.yaml?" may be answered by the manual."""
_MOST_SHARED = 0.5
"""A word in the names of more than this share of the documents identifies none of them."""
_LONGEST = 160
"""Characters of a name that are looked for before its suffix."""
_SUFFIX = re.compile(r"\.[^\W_]{1,8}(?![\w])")
_WORD = re.compile(r"[^\s\"'“”‘’„«»()\[\]<>,;:?!]+")
_HAS_SIGN = re.compile(r"[_\d]")
_LETTERS = re.compile(r"[^\W_]+")
_LONGEST_PHRASE = 6
_NO_LETTERS = re.compile(r"[\W_]+")
_LONG_TERM, _OPENING = 5, 5
"""Letters of a term from which its first three are looked for, and the most that are."""
_STEMS_INSIDE = "nl"
"""Of these languages a stem may lack letters from inside a word: uitgevonden, uitvond."""
_BETWEEN = frozenset(
    """of for from the in on about der die das des dem den von vom für zu zum zur aus du de la
    le les pour del della di per el los las da do van voor het""".split()
)
_KINDS = frozenset(
    """minutes report reports handbook manual notes note memo letter contract agreement lease
    invoice rules policy guide plan list prices paper brochure leaflet newsletter bulletin survey
    statement protocol log diary agenda budget review summary specification spec datasheet
    protokoll bericht jahresbericht handbuch anleitung notizen brief vertrag mietvertrag rechnung
    regeln ordnung satzung richtlinie plan liste preisliste gutachten
    rapport manuel notes lettre contrat facture règlement procès guide liste
    informe manual notas carta contrato factura reglamento acta lista
    rapporto manuale note lettera contratto fattura regolamento verbale elenco
    relatório ata fatura regulamento verslag handleiding notulen factuur""".split()
)
"""Words for kinds of documents, as they stand in the names of files and in questions about them."""
_AFTER_NAME = " ,;:\"'”“’»)"
_CITED = re.compile(
    r"(?:according to|as per|judging by|laut|gemäss|gemäß|zufolge|selon|d[’']après|según|segundo|"
    r"secondo|volgens|enligt|ifølge|według|podle|согласно)\s+(?:\w+\s+){0,2}[\"'“„«]?$",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"^[\"'”“»]?\s+(?:says?|mentions?|states?|tells?|lists?|specif(?:y|ies)|sagt|steht|nennt|"
    r"dit|dice|diz|zegt|säger|siger|sier|mówi|říká)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class NamedInQuestion:
    """Files whose name a question writes out: ids, the name as shown, and the question without it.

    ``is_source``: the question names the file as the source of the answer.
    """

    documents: frozenset[str]
    shown: str
    rest: str
    is_source: bool


class NameIndex:
    """The names of an index's documents by their words, and by the names of the files."""

    def __init__(self, documents: Iterable[tuple[str, str, str]]) -> None:
        """``documents``: the id, the name and the language of each. What the names are looked up by
        is made when a question needs it: all of it takes 1.3 s for 13,690 names."""
        self._documents = list(documents)
        self._names = {identity: name for identity, name, _ in self._documents}
        self._terms: dict[str, frozenset[str]] = {}
        self._writer = TermWriter()  # names share most of their words

    @cached_property
    def _files(self) -> Mapping[str, set[str]]:
        """By the name of the file, with its folders and without, with its suffix and without."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for identity, name, _ in self._documents:
            last = name.rpartition("/")[2]
            for each in (_level(name), _level(last), _level(bare_name(last))):
                found[each].add(identity)
        return found

    @cached_property
    def _phrases(self) -> Mapping[tuple[str, ...], set[str]]:
        """By the words of the file's name, in the order of the alphabet."""
        found: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        for identity, name, _ in self._documents:
            words = _LETTERS.findall(_level(split_name(name.rpartition("/")[2])))
            found[tuple(sorted(set(words)))].add(identity)
        return found

    @cached_property
    def _letters(self) -> tuple[str, list[int]]:
        """The letters and digits of all names, a line each, and where each line begins."""
        lines = [_NO_LETTERS.sub("", fold(name)) for _, name, _ in self._documents]
        return "\n".join(lines), list(accumulate((len(line) + 1 for line in lines), initial=0))

    def _with_term(self, term: str) -> set[str]:
        """Documents that have a term in their name or its folders.

        Terms are made only of names that hold the term's first letters in some word: making them of
        all took 40 ms of each command at 3,500 names. All 29,413 terms of 22,274 names in 18
        languages find what looking at every name finds.
        """
        text, starts = self._letters
        opening = term[: self._opening(len(term))]
        found: set[str] = set()
        at = text.find(opening) if term else -1
        while at >= 0:
            number = bisect_right(starts, at) - 1
            identity, name, language = self._documents[number]
            if identity not in self._terms:
                line = self._writer.line(name_words(name), language)
                self._terms[identity] = frozenset(line.split())
            if term in self._terms[identity]:
                found.add(identity)
            at = text.find(opening, starts[number + 1])
        return found

    def _opening(self, length: int) -> int:
        """First letters of a term that are looked for: a stem changes the last two of a word."""
        if length < _LONG_TERM or not self._stems_at_the_end:
            return 2 if length < _LONG_TERM else 3
        return min(length - 2, _OPENING)

    @cached_property
    def _stems_at_the_end(self) -> bool:
        return all(language != _STEMS_INSIDE for _, _, language in self._documents)

    def name(self, identity: str) -> str:
        """A document's name."""
        return self._names[identity]

    def written(self, text: str, among: Collection[str] | None = None) -> NamedInQuestion | None:
        """The file whose name stands in a text, unless that could be several.

        Names count with their suffix, and without it when they could be no ordinary word
        (``rules_basel``). ``among`` are the only documents that count.
        """
        level = _level(text)
        if len(level) != len(text):
            text = unicodedata.normalize("NFC", text)
        if len(level) != len(text):  # capitals that are several small letters
            return None
        for start, end in (*_with_suffix(level), *_joined(level)):
            found = self._files.get(level[start:end], set())
            if among is not None:
                found = found.intersection(among)
            if len(found) != 1:
                continue
            before, after = text[:start], text[end:]
            cited = _CITED.search(before)
            is_source = bool(cited or _SAYS.match(after[:40]))
            before = before[: cited.start()] if cited else before
            shown = self._names[next(iter(found))]
            rest = f"{before.rstrip()} {after.lstrip(_AFTER_NAME)}".strip()
            return NamedInQuestion(frozenset(found), shown, rest, is_source)
        return self._called(text, level, among)

    def _called(
        self, text: str, level: str, among: Collection[str] | None
    ) -> NamedInQuestion | None:
        """The document whose file's words are a phrase of a text with a word for a kind of document
        ("the March minutes", "the handbook for Oslo")."""
        spoken = _LETTERS.findall(level)
        phrases: dict[tuple[str, ...], set[str]] = {}
        kept = [word for word in spoken if word not in _BETWEEN]
        for first in range(len(kept)):
            for last in range(first + 2, min(first + _LONGEST_PHRASE, len(kept)) + 1):
                phrase = kept[first:last]
                if not _KINDS.isdisjoint(phrase):
                    found = self._phrases.get(tuple(sorted(phrase)), set())
                    if among is not None:
                        found = found.intersection(among)
                    if len(found) == 1:
                        phrases[tuple(phrase)] = found
        if not phrases:
            return None
        longest = phrases[max(phrases, key=len)]
        return NamedInQuestion(frozenset(longest), self._names[next(iter(longest))], text, False)

    def holding(
        self, question: Question, among: Collection[str] | None = None
    ) -> dict[str, frozenset[str]]:
        """Documents whose names hold words of a question, with these; without those whose words
        another one's name holds with more."""
        most = _MOST_SHARED * max(2, len(self._names))
        held: defaultdict[str, set[str]] = defaultdict(set)
        for term in question.weights:
            found: set[str] = set()
            for spelling in question.spellings(term):
                found |= self._with_term(spelling)
            if len(found) <= most:
                for identity in found if among is None else found.intersection(among):
                    held[identity].add(term)
        sets = {frozenset(each) for each in held.values()}
        largest = {each for each in sets if not any(each < other for other in sets)}
        return {i: frozenset(found) for i, found in held.items() if found in largest}


_INDEXES: WeakKeyDictionary[Snapshot, NameIndex] = WeakKeyDictionary()


def name_index(snapshot: Snapshot) -> NameIndex:
    """The names of a generation; made once."""
    found = _INDEXES.get(snapshot)
    if found is None:
        found = _INDEXES[snapshot] = NameIndex(snapshot.store.names())
    return found


def own_coverage(question: Question, passages: Sequence[Passage]) -> float:
    """How much of a question's weight the best passage covers without its file's name."""
    return max((coverage(question.weights, _own(question, each)) for each in passages), default=0.0)


def wanted_by_name(
    question: Question, passages: Sequence[Passage], inside: Sequence[Passage]
) -> tuple[str, ...]:
    """The names of documents of which one passage with the name covers more of the question than
    any passage without.

    ``passages`` are the best of all documents, ``inside`` those of the documents whose names hold
    words of the question.
    """
    least = own_coverage(question, [*passages, *inside]) + LEAST_BY_NAME
    wanted: dict[str, float] = {}
    for passage in inside:
        covered = coverage(question.weights, _with_name(question, passage))
        if covered >= least:
            wanted[passage.document] = max(covered, wanted.get(passage.document, 0.0))
    return tuple(wanted)


def is_asked_alone(
    written: NamedInQuestion,
    question: Question,
    inside: Sequence[Passage],
    elsewhere: Sequence[Passage],
) -> bool:
    """Whether the question asks only the file whose name it writes."""
    if written.is_source:
        return True
    covered = max((coverage(question.weights, _with_name(question, p)) for p in inside), default=0)
    return covered >= _AS_GOOD * own_coverage(question, elsewhere)


def told(names: Sequence[str], *, is_written: bool) -> str:
    """What an answer says about the files it was asked of; ``is_written``: the question writes the
    name."""
    if is_written:
        return f"Asked of {names[0]} alone, because the question names it"
    if len(names) == 1:
        return f"Asked of {names[0]} alone, because its name holds words of the question"
    shown = ", ".join(names[:3])
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"Asked of {shown}{more} alone, because their names hold words of the question"


def _own(question: Question, passage: Passage) -> set[str]:
    text = " ".join((*passage.heading_path, passage.context, passage.text))
    named = _level(name_words(passage.document))
    if not all(word in named for word in _level(passage.title).split()):
        text = f"{passage.title} {text}"  # a title of its own, not made of the name
    return set(question.reads(text, passage.language))


def _with_name(question: Question, passage: Passage) -> set[str]:
    named = question.reads(name_words(passage.document), passage.language)
    return {*_own(question, passage), *named}


def _level(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _with_suffix(text: str) -> Iterable[tuple[int, int]]:
    """Stretches that could be a file's name: up to a suffix, from where any word begins, the
    longest first."""
    for match in _SUFFIX.finditer(text):
        first = max(0, match.start() - _LONGEST)
        for start in range(first, match.start()):
            if text[start].isspace() or (start and text[start - 1].isalnum()):
                continue
            yield start, match.end()


def _joined(text: str) -> Iterable[tuple[int, int]]:
    """Words with a digit or an underscore, which may be a file's name without its suffix."""
    for match in _WORD.finditer(text):
        bare = match.group().rstrip(".-_/")
        is_name = len(bare) > 4 and _HAS_SIGN.search(bare)
        if is_name and not bare.replace(".", "").replace("-", "").isdigit():
            yield match.start(), match.start() + len(bare)
