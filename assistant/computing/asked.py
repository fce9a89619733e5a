"""A question → which figure it asks for, and the words that say of what.

Pure; the words of each language stand in its data file in rows ``compute.…``. What is recognised
here is only a wish: the words that are left have to fit a table, else nothing is computed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from assistant.computing.values import Amount, amount_in
from assistant.text.folding import fold
from assistant.text.languages import computing_words, language
from assistant.text.terms import stems
from assistant.text.word_families import family

FigureKind = Literal[
    "total", "average", "median", "count", "highest", "lowest", "spread", "difference", "growth",
    "share", "ranking",
]  # fmt: skip
_ORDER = ("share", "growth", "difference", "ranking", "median", "average", "highest", "lowest",
          "total", "count")  # fmt: skip
"""Which of several wishes in one question is meant: the first."""
_LONGEST = 300
_TOKEN = re.compile(r"\d+(?:[.,'’]\d+)*|[^\W_]+|[%€$£]")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_SIGNS = ("gt", "ge", "lt", "le")
_ASKS_MEANING = re.compile(
    r"\b(?:does|do|did)\b[^?]{1,120}\bmean\b(?=\s*[?.!]|\s*$|\s+(?:in|by|when|for|if|here|that)\b)",
    re.IGNORECASE,
)
"""Where "mean" is no average: "What does error 1603 mean?"."""


@dataclass(frozen=True, slots=True)
class AskedWord:
    """A word of the question: folded, its stem, and whether the wish itself has used it up."""

    folded: str
    stem: str
    written: str
    is_taken: bool = False
    kin: tuple[str, ...] = ()

    def says(self, stem: str) -> bool:
        """Whether it is this word, or one of its family ("weigh", "weight")."""
        return stem in (self.stem, self.folded) or stem in self.kin


@dataclass(frozen=True, slots=True)
class AmountLimit:
    """ "more than 500 kg": ``sign`` is gt, ge, lt or le; ``at`` the place of its first token,
    ``end`` behind its last."""

    sign: str
    amount: Amount
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What a question wants computed. ``span`` are the tokens of "from A to B"; ``since`` a bound
    on time with its sign; ``excluded`` is where a "without" stands, or -1. ``named`` are the
    tokens of the wish itself, ``own`` those of its operation: a column may be called "Total".
    ``either`` are the places of "or". ``is_mixed``: it asks for an average and a highest at once.
    ``which_first``: it begins with "which" or "who"."""

    operation: FigureKind
    tokens: tuple[AskedWord, ...]
    code: str
    named: tuple[int, ...]
    own: tuple[int, ...]
    limit: int = 0
    is_lowest_first: bool = False
    comparisons: tuple[AmountLimit, ...] = ()
    span: tuple[int, int] | None = None
    bound: tuple[str, int] | None = None
    excluded: int = -1
    wants_total: bool = False
    counts: bool = False
    dimensions: frozenset[str] = frozenset()
    either: tuple[int, ...] = ()
    is_mixed: bool = False
    which_first: bool = False
    asks_which: bool = False


@dataclass(frozen=True, slots=True)
class AskedFigures:
    """All that a question wants of a table, for holding a query against it: ``wish`` has its words
    (its operation is "ranking" where the question names none); ``operations`` are the places of
    the words for each kind of figure, ``each`` those of "per" and "for each"."""

    wish: Wish
    operations: Mapping[str, tuple[int, ...]]
    each: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _WishWords:
    phrases: Mapping[str, tuple[tuple[str, ...], ...]]
    prefixes: Mapping[str, str]
    dimensions: Mapping[str, frozenset[str]]
    numbers: Mapping[str, int]
    generic: frozenset[str]

    def find(self, kind: str, said: Sequence[str], at: int) -> int:
        """How many tokens from ``at`` are a phrase of a kind; 0 for none. The longest counts."""
        for phrase in self.phrases.get(kind, ()):
            if tuple(said[at : at + len(phrase)]) == phrase:
                return len(phrase)
        return 0


def wishes_of(text: str, code: str) -> tuple[Wish, ...]:
    """The figures that a question may ask for, the likeliest first: a word that asks for one may
    be part of a column's name ("average goal difference")."""
    first = _wish(text, code)
    if first is None:
        return ()
    others = (_wish(text, code, kind) for kind in _ORDER if kind != first.operation)
    return (first, *(each for each in others if each is not None))


def figures_asked(text: str, code: str) -> AskedFigures | None:
    """What a question wants of a table, if it compares, computes, or asks for each of something;
    None for another, and for what no table says (a forecast, a reason)."""
    read = _read(text, code)
    if read is None:
        return None
    operations = {kind: tuple(places) for kind, places in read.operations.items()}
    if not operations and not read.each and not read.comparisons:
        return None
    wish = _wish(text, code, read=read) or _wish_of(read, "ranking", code, {}, set(read.each))
    return AskedFigures(wish, operations, tuple(sorted(read.each))) if wish else None


@dataclass(slots=True)
class _AskedTokens:
    """The words of a question, and which of them ask for a figure; ``taken`` are used up."""

    written: list[str]
    said: list[str]
    words: _WishWords
    taken: set[int]
    comparisons: list[AmountLimit]
    operations: dict[str, list[int]]
    each: set[int]


def _read(text: str, code: str) -> _AskedTokens | None:
    words = _words(code if computing_words(code) else "en")
    if len(text) > _LONGEST or words is None or _ASKS_MEANING.search(text) is not None:
        return None
    written = _tokens(text, words)
    said = [fold(each) for each in written]
    if not said or any(words.find("blocked", said, at) for at in range(len(said))):
        return None
    each = {at for at in range(len(said)) if words.find("each", said, at)}
    taken: set[int] = set()
    comparisons = _comparisons(said, written, words, taken)
    operations: dict[str, list[int]] = {}
    at = 0
    while at < len(said):
        found_here = [(words.find(kind, said, at), -rank) for rank, kind in enumerate(_ORDER)]
        length, rank = max(found_here)
        is_used = set(range(at, at + length)) & taken
        if length and not is_used and not _is_of_a_name(said, at, length, words, code):
            operations.setdefault(_ORDER[-rank], []).extend(range(at, at + length))
            at += length
        else:
            at += 1
    if any(words.find("none", said, at) and at not in taken for at in range(len(said))):
        return None  # "no more than 10" is a limit, "no office" is beyond the rules
    return _AskedTokens(written, said, words, taken, comparisons, operations, each)


def _wish(text: str, code: str, only: str = "", read: _AskedTokens | None = None) -> Wish | None:
    """The figure that a question asks for, or None; ``only`` looks for one kind. ``read`` is a
    question that may ask for each of something."""
    may_ask_each = read is not None
    read = read or _read(text, code)
    if read is None or (read.each and not may_ask_each):
        return None
    operations = read.operations
    if only:
        operations = {kind: places for kind, places in operations.items() if kind == only}
    if not operations:
        return None
    kind = next(each for each in _ORDER if each in operations)
    return _wish_of(read, kind, code, operations, set(read.each))


def _wish_of(
    read: _AskedTokens, kind: str, code: str, operations: Mapping[str, list[int]], each: set[int]
) -> Wish | None:
    """The wish of one kind; None where two kinds contradict each other."""
    said, written, words = read.said, read.written, read.words
    taken, comparisons = read.taken | each, read.comparisons
    own = tuple(operations.get(kind, ()))
    compared = [
        at for at in range(len(said)) if words.find("comparative", said, at) and at not in taken
        and all(at not in places for places in operations.values())
    ]  # fmt: skip
    if compared and kind in ("count", "total"):  # "How many points more do the Reds have?"
        kind = "difference"
        taken.update(compared)
    limit, lowest_first = 0, "lowest" in operations
    if kind in ("highest", "lowest", "ranking"):
        limit = _limit(said, words, taken)
        if limit:
            kind = "ranking"
    if "highest" in operations and "lowest" in operations:
        if kind not in ("difference",):
            return None
        kind = "spread"
    named = sorted({at for places in operations.values() for at in places} | taken)
    span = _span(said, words, taken)
    bound = None if span else _bound(said, words)
    excluded = next(
        (at for at in range(len(said)) if words.find("not", said, at) and at not in taken), -1
    )
    if excluded >= 0:
        taken.update(range(excluded, excluded + words.find("not", said, excluded)))
    if bound is not None:
        taken.add(bound[1] - 1)
    used = taken | {at for places in operations.values() for at in places}
    found = stems(" ".join(said), code)
    if len(found) != len(said):  # signs such as % have no stem
        found = [(stems(each, code) or [each])[0] for each in said]
    dimensions = frozenset(
        each
        for at in operations.get("highest", []) + operations.get("lowest", [])
        for each in words.dimensions.get(said[at], ())
    )
    return Wish(
        operation=kind,  # type: ignore[arg-type]
        tokens=tuple(
            AskedWord(fold_, stem, own, at in used, family(fold_, stem, code))
            for at, (fold_, stem, own) in enumerate(zip(said, found, written, strict=True))
        ),
        code=code,
        named=tuple(named),
        own=own,
        limit=limit,
        is_lowest_first=lowest_first,
        comparisons=tuple(comparisons),
        span=span,
        bound=bound,
        excluded=excluded,
        wants_total="total" in operations,
        counts="count" in operations,
        dimensions=dimensions,
        either=tuple(at for at in range(len(said)) if words.find("or", said, at)),
        is_mixed=bool(
            {"average", "median"} & read.operations.keys()
            and {"highest", "lowest"} & read.operations.keys()
        ),
        which_first=any(each in _WHICH for each in said[:2]),
        asks_which=any(each in ("which", "welche", "welcher", "welches", "quel", "quelle", "cual",
                                "what", "who") for each in said[:3]),
    )  # fmt: skip


def _is_of_a_name(said: Sequence[str], at: int, length: int, words: _WishWords, code: str) -> bool:
    """Whether "number of" stands behind a word that makes a name of it: "the member number of"."""
    before = said[at - 1] if at else ""
    if length != 2 or not before.isalpha() or words.find("count", said, at) != length:
        return False
    if any(words.find(kind, said, at - 1) for kind in _ORDER):  # "the total number of"
        return False
    known = language(code)
    return before not in known.stop and before not in known.function and before not in _EXACT


_WHICH = frozenset(
    "which who whose welche welcher welches welchen wer quel quelle quels quelles qui cual cuales "
    "quien quienes".split()
)
_EXACT = frozenset(
    "exact precise overall whole full combined current actual genaue gesamte".split()
)


@lru_cache(maxsize=32)
def is_light(word: str, code: str) -> bool:
    """Whether a word of a question says nothing of what is computed."""
    words = _words(code if computing_words(code) else "en")
    known = language(code)
    return bool(
        word in known.stop or word in known.function or word in known.asking or word in known.light
        or (words is not None and word in words.generic)
    )  # fmt: skip


@lru_cache(maxsize=32)
def _words(code: str) -> _WishWords | None:
    rows = computing_words(code)
    if not rows:
        return None

    def pairs(key: str) -> list[tuple[str, str]]:
        return [(a, b) for a, _, b in (each.partition("=") for each in rows.get(key, ()))]

    return _WishWords(
        phrases=MappingProxyType(
            {
                kind: tuple(sorted((tuple(p.split()) for p in each), key=len, reverse=True))
                for kind, each in rows.items()
            }
        ),
        prefixes=MappingProxyType(dict(pairs("prefix"))),
        dimensions=MappingProxyType({a: frozenset(b.split()) for a, b in pairs("dimensions")}),
        numbers=MappingProxyType(
            {w: at for at, w in enumerate(" ".join(rows.get("numbers", ())).split(), start=1)}
        ),
        generic=frozenset(rows.get("generic", ())),
    )


def _tokens(text: str, words: _WishWords) -> list[str]:
    """The words as written; "Gesamtumsatz" is two."""
    found: list[str] = []
    for match in _TOKEN.finditer(re.sub(r"['’]s\b", "", text)):
        word = match.group()
        low = fold(word)
        prefix = next(
            (p for p in words.prefixes if low.startswith(p) and len(low) > len(p) + 3), ""
        )
        if prefix and not low.startswith(f"{prefix}en"):
            kind = words.prefixes[prefix]
            found += [" ".join(words.phrases[kind][-1]), word[len(prefix) :].capitalize()]
        else:
            found.append(word)
    return found


def _comparisons(
    said: Sequence[str], written: Sequence[str], words: _WishWords, taken: set[int]
) -> list[AmountLimit]:
    found = []
    for at in range(len(said)):
        found += _between(said, written, words, taken, at)
        for sign in _SIGNS:
            length = words.find(sign, said, at)
            if not length or at in taken:
                continue
            number = at + length
            before = ""
            if number < len(said) and said[number] in ("€", "$", "£", "eur", "usd", "gbp", "chf"):
                before, number = written[number], number + 1
            if number >= len(said) or not said[number][0].isdigit():
                continue
            after = written[number + 1] if number + 1 < len(said) else ""
            is_unit = bool(after) and (after in "%€$£" or fold(after) in _UNITS)
            amount = amount_in(f"{written[number]} {before or (after if is_unit else '')}".strip())
            if amount is None:
                continue
            end = number + 1 + (is_unit and not before)
            taken.update(range(at, end))
            found.append(AmountLimit(sign, amount, at, end))
            break
    return found


def _between(
    said: Sequence[str], written: Sequence[str], words: _WishWords, taken: set[int], at: int
) -> list[AmountLimit]:
    """The two limits of "between 10 and 20 km"; years are a bound on time."""
    if not words.find("between", said, at) or at + 3 >= len(said) or at in taken:
        return []
    signs = ("€", "$", "£", "eur", "usd", "gbp", "chf")
    first = at + 1 + (said[at + 1] in signs)
    to = first + 1 + (first + 1 < len(said) and (said[first + 1] in _UNITS | {*"%€$£"}))
    if to >= len(said) or not words.find("to", said, to):
        return []
    second = to + 1 + (to + 1 < len(said) and said[to + 1] in signs)
    if second >= len(said) or not (said[first][0].isdigit() and said[second][0].isdigit()):
        return []
    if _YEAR.fullmatch(said[first]) and _YEAR.fullmatch(said[second]):
        return []
    after = written[second + 1] if second + 1 < len(said) else ""
    is_unit = bool(after) and (after in "%€$£" or fold(after) in _UNITS)
    before = written[second - 1] if second > to + 1 else ""
    unit = before or (after if is_unit else "")
    amounts = [amount_in(f"{written[each]} {unit}".strip()) for each in (first, second)]
    if amounts[0] is None or amounts[1] is None:
        return []
    end = second + 1 + (is_unit and not before)
    taken.update(range(at, end))
    return [AmountLimit("ge", amounts[0], at, end), AmountLimit("le", amounts[1], at, end)]


_UNITS = frozenset(
    "percent prozent euro euros eur usd dollar dollars pounds gbp chf kg g t tonnes km m cm mm l "
    "litres litre hours days minutes kwh mwh gwh kw mw ha".split()
)


_BEFORE_NUMBER = frozenset("which what the welche die les las los cuales quels quelles".split())


def _limit(said: Sequence[str], words: _WishWords, taken: set[int]) -> int:
    """The number in "top 3" and "the three largest"."""
    for at in range(len(said)):
        if at in taken:
            continue
        number = words.numbers.get(said[at], int(said[at]) if said[at].isdecimal() else 0)
        if not 2 <= number <= 50:
            continue
        before, after = max(at - 1, 0), at + 1
        beside = said[before] in _BEFORE_NUMBER or any(
            words.find(kind, said, place)
            for kind, place in (
                ("top", before), ("bottom", before), ("top", after), ("bottom", after),
                ("highest", after), ("lowest", after),
            )
        )  # fmt: skip
        if beside:
            taken.add(at)
            return number
    return 0


def _span(said: Sequence[str], words: _WishWords, taken: set[int]) -> tuple[int, int] | None:
    """The places of A and B in "from A to B" where both are years or single words."""
    for at in range(len(said) - 3):
        if not words.find("from", said, at) or at in taken:
            continue
        for to in range(at + 2, min(at + 5, len(said) - 1)):
            if words.find("to", said, to) and to not in taken:
                first, second = to - 1, to + 1
                if _YEAR.fullmatch(said[first]) and _YEAR.fullmatch(said[second]):
                    return first, second
    return None


def _bound(said: Sequence[str], words: _WishWords) -> tuple[str, int] | None:
    """(sign, place of the year) of "after 2020"."""
    signs = (("after", "gt"), ("since", "ge"), ("before", "lt"), ("until", "le"))
    for at in range(len(said) - 1):
        for kind, sign in signs:
            if words.find(kind, said, at) == 1 and _YEAR.fullmatch(said[at + 1]):
                return sign, at + 1
    return None
