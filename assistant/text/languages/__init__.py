"""What is known of a language, from ``data/CODE.txt``, read when it is first asked for.

A data file holds ``key: words``; a line that begins with a blank goes on with the one before. The
words are our own, from no published list (docs/decisions.md).
All words are folded when read, as those of texts and questions are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from assistant.text.folding import fold, fold_case

_DATA = Path(__file__).parent / "data"
_KINDS = (
    "person", "place", "time", "number", "amount", "reason", "way", "which", "what", "yesno",
    "definition", "list", "organisation", "title",
)  # fmt: skip
_ASKING = ("person", "place", "time", "number", "reason", "which", "what")
_SAME = {"nb": "no", "nn": "no", "iw": "he", "cmn": "zh"}

HAS_COMPOUNDS = frozenset({"de", "nl", "sv", "da", "no", "fi"})
"""Languages whose data file says how words are joined."""
UNSPACED = frozenset({"zh", "ja", "th"})
"""Languages written without spaces: their phrases are found inside a text, not between words."""


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language, folded.

    ``function`` are words of grammar, by which a language is told; ``stop`` holds them and others
    without content in a question. ``asking`` say what is wanted, ``light`` are put in many other
    ways by an answer, ``classes`` say of what one is asked for ("which company"). ``pronouns`` and
    ``openings`` lean on the question before. ``pronouns`` and ``places`` keep their accents:
    Spanish "él" is no article. ``phrases`` and ``nouns`` tell the kind of answer. ``groups`` are
    words of one family that no stemmer joins, and synonyms; ``wider`` words of things each with
    those of narrower ones (a pet: dog, cat); ``said_by`` everyday phrases each with the words that
    say them ("hand in": submit); ``verbs`` the forms of one irregular verb and
    ``plurals`` of one noun: all keep their accents, which stemmers read.
    """

    code: str
    name: str
    stemmer: str
    function: frozenset[str]
    stop: frozenset[str]
    asking: frozenset[str]
    light: frozenset[str]
    classes: frozenset[str]
    pronouns: frozenset[str]
    openings: tuple[str, ...]
    phrases: Mapping[str, tuple[str, ...]]
    nouns: Mapping[str, frozenset[str]]
    months: tuple[str, ...]
    times: frozenset[str]
    numbers: frozenset[str]
    because: tuple[str, ...]
    places: frozenset[str]
    groups: tuple[tuple[str, ...], ...]
    wider: tuple[tuple[str, tuple[str, ...]], ...]
    verbs: tuple[tuple[str, ...], ...]
    plurals: tuple[tuple[str, ...], ...]
    said_by: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def is_spaced(self) -> bool:
        """Whether words are written apart."""
        return self.code not in UNSPACED


@dataclass(frozen=True, slots=True)
class Joining:
    """How a language joins words to compounds, in lower case with accents.

    ``joins`` are the letters between two parts, ``drops`` the one that a first part may lose;
    ``endings`` look like a last part and are none, ``prefixes`` like a first; ``short`` words are
    parts though they have few letters.
    """

    joins: tuple[str, ...]
    drops: str
    endings: frozenset[str]
    prefixes: frozenset[str]
    short: frozenset[str]


@lru_cache(maxsize=1)
def language_codes() -> tuple[str, ...]:
    """The languages with a data file, by their two letters."""
    return tuple(sorted(path.stem for path in _DATA.glob("*.txt")))


def known_code(code: str) -> str:
    """The code under which a language is known here; empty when it is not."""
    code = _SAME.get(code, code)
    return code if code in language_codes() else ""


@lru_cache(maxsize=64)
def language(code: str) -> Language:
    """A language by its code; English for one that is not known here."""
    code = known_code(code) or "en"
    rows = _rows(code)
    function = _words(rows.get("function", ""))
    return Language(
        code=code,
        name=rows["name"],
        stemmer=rows["stemmer"],
        function=function,
        stop=function | _words(rows.get("stop", "")),
        asking=_words(rows.get("asking", "")),
        light=_words(rows.get("light", "")),
        classes=_words(rows.get("class", "")),
        pronouns=frozenset(fold_case(rows.get("pronoun", "")).split()),
        openings=_phrases(rows.get("opening", "")),
        phrases=MappingProxyType({kind: _phrases(rows.get(kind, "")) for kind in _KINDS}),
        nouns=MappingProxyType(
            {
                key.partition(".")[2]: _words(value)
                for key, value in rows.items()
                if key.startswith("nouns.")
            }
        ),
        months=tuple(fold(rows.get("months", "")).split()),
        times=_words(rows.get("times", "")),
        numbers=_words(rows.get("numbers", "")),
        because=_phrases(rows.get("because", "")),
        places=frozenset(fold_case(rows.get("in", "")).split()),
        groups=_groups(rows.get("groups", "")),
        wider=_wider(rows.get("wider", "")),
        verbs=_groups(rows.get("verbs", "")),
        plurals=_groups(rows.get("plurals", "")),
        said_by=_wider(rows.get("phrases", "")),
    )


def _groups(row: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(group.split()) for group in fold_case(row).split(";") if group.strip())


def _wider(row: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    pairs = (each.partition("=") for each in fold_case(row).split(";") if each.strip())
    return tuple((wide.strip(), tuple(narrow.split())) for wide, _, narrow in pairs)


@lru_cache(maxsize=8)
def joining(code: str) -> Joining:
    """How a language joins words; for one that does."""
    rows = {key: fold_case(value) for key, value in _rows(code).items()}
    return Joining(
        joins=tuple("" if each == "-" else each for each in rows["joins"].split()),
        drops=rows.get("drops", ""),
        endings=frozenset(rows["endings"].split()),
        prefixes=frozenset(rows["prefixes"].split()),
        short=frozenset(rows["short"].split()),
    )


@lru_cache(maxsize=64)
def folder_words(code: str) -> Mapping[str, str]:
    """How a language asks about a folder and its documents: the rows ``folder.…`` of its data file,
    folded; empty for one that has none. Their form is told in ``answering.folder_questions``."""
    if not known_code(code):
        return MappingProxyType({})
    rows = _rows(known_code(code))
    return MappingProxyType(
        {
            key.removeprefix("folder."): fold(value)
            for key, value in rows.items()
            if key.startswith("folder.")
        }
    )


@lru_cache(maxsize=64)
def computing_words(code: str) -> Mapping[str, tuple[str, ...]]:
    """How a language asks for a figure: the rows ``compute.…`` of its data file, folded, each as
    its phrases, which semicolons part; empty for a language that has none."""
    if not known_code(code):
        return MappingProxyType({})
    return MappingProxyType(
        {
            key.removeprefix("compute."): tuple(
                " ".join(part.split()) for part in fold(value).split(";") if part.strip()
            )
            for key, value in _rows(known_code(code)).items()
            if key.startswith("compute.")
        }
    )


@lru_cache(maxsize=64)
def look_alikes(code: str) -> tuple[tuple[frozenset[str], ...], ...]:
    """Words that a stemmer makes one though they mean other things, in a language: rows of sides,
    each the forms of a word as written."""
    row = _rows(known_code(code)).get("apart", "") if known_code(code) else ""
    return tuple(
        tuple(frozenset(side.split()) for side in words.split("/"))
        for words in row.split(";")
        if words.strip()
    )


@lru_cache(maxsize=64)
def answer_words(code: str) -> Mapping[str, tuple[str, ...]]:
    """What a language asks by ("asks.age") and tells with ("tells.age"): the rows of its data file
    as their phrases, in lower case with accents, ``*`` for any letters; empty for a language that
    has none. What they are for is told in ``answering.asked_measures`` and the modules beside it.
    """
    if not known_code(code):
        return MappingProxyType({})
    return MappingProxyType(
        {
            key: tuple(" ".join(each.split()) for each in fold_case(value).split(",") if each)
            for key, value in _rows(known_code(code)).items()
            if key.startswith(("asks.", "tells."))
        }
    )


@lru_cache(maxsize=1)
def telling_words() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]:
    """Each word of grammar or question word → the languages that have it: as written, in lower
    case, and folded. For telling languages apart."""
    written: dict[str, set[str]] = {}
    folded: dict[str, set[str]] = {}
    for code in language_codes():
        rows = _rows(code)
        asking = ",".join(rows.get(key, "") for key in _ASKING)
        single = [each.strip().rstrip("*") for each in asking.split(",") if " " not in each.strip()]
        for word in (*rows.get("function", "").split(), *single):
            if word:
                written.setdefault(fold_case(word), set()).add(code)
                folded.setdefault(fold(word), set()).add(code)
    return _frozen(written), _frozen(folded)


def _frozen(found: Mapping[str, set[str]]) -> Mapping[str, tuple[str, ...]]:
    return {word: tuple(sorted(codes)) for word, codes in found.items()}


@lru_cache(maxsize=64)
def _rows(code: str) -> Mapping[str, str]:
    rows: dict[str, str] = {}
    key = ""
    for line in (_DATA / f"{code}.txt").read_text(encoding="utf-8").splitlines():
        if line[:1].isspace():
            rows[key] += " " + line.strip()
        elif line.strip():
            key, _, value = line.partition(":")
            rows[key] = value.strip()
    return rows


def _words(text: str) -> frozenset[str]:
    return frozenset(fold(text).split())


def _phrases(text: str) -> tuple[str, ...]:
    parts = (" ".join(part.replace("'", " ").split()) for part in fold(text).split(","))
    return tuple(part for part in parts if part)
