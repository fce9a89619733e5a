"""Swapped roles between two sentences (who did what to whom), by word order alone.

"A is older than B" is "B is younger than A" and the contrary of "B is older than A"; "rose in Asia
and fell in Europe" is not "fell in Asia and rose in Europe".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from assistant.checking.opposites import CONVERSE
from assistant.checking.polarity import Clause
from assistant.text.terms import STOP_WORDS

_LONGEST_SWAP = 8
"""Words between two names that may have changed places."""


def turned_about(own: Clause, at: int, source: Clause, place: int) -> str:
    """Two things that stand the other way round about a word such as "older", as the source has
    them; nothing for other words, or where nothing has changed places."""
    keys = {reading.key for reading in own.terms[at].readings}
    keys &= {reading.key for reading in source.terms[place].readings}
    if not any(key.split("|")[0] in CONVERSE for key in keys):
        return ""
    mine = [telling(own, range(at)), telling(own, range(at + 1, len(own.terms)))]
    theirs = [telling(source, range(place)), telling(source, range(place + 1, len(source.terms)))]
    before = [t for t in theirs[0] if t in mine[1] and t not in theirs[1] + mine[0]]
    after = [t for t in theirs[1] if t in mine[0] and t not in theirs[0] + mine[1]]
    if not before or not after:
        return ""
    order = {term.stem: number for number, term in reversed(list(enumerate(source.terms)))}
    return _joined(source, (order[before[-1]], place, order[after[0]]))


def swapped(own: Clause, source: Clause) -> str:
    """What stands the other way round in the source: three words, or two opposites with what each
    is said of."""
    return _crossed(own, source) or _swapped_three(own, source)


def telling(clause: Clause, places: Iterable[int] | None = None) -> list[str]:
    """Stems of the words that carry content, without numbers; of some places, or all."""
    places = range(len(clause.terms)) if places is None else places
    stems = (clause.terms[at].stem for at in places if _is_content(clause, at))
    return [term for term in stems if not term.isdigit()]


def _swapped_three(own: Clause, source: Clause) -> str:
    """``a v b`` where the source has ``b v a``, all three once in both and no passive in one."""
    mine, theirs = [t.stem for t in own.terms], [t.stem for t in source.terms]
    if ("by" in mine) != ("by" in theirs):
        return ""
    count, other = Counter(mine), Counter(theirs)
    places = {t: at for at, t in enumerate(theirs) if _is_content(source, at) and other[t] == 1}
    shared = [(at, t) for at, t in enumerate(mine) if t in places and count[t] == 1]
    for (i, a), (_, v), (k, b) in zip(shared, shared[1:], shared[2:], strict=False):
        first, last = places[b], places[a]
        between = {*mine[i:k], *theirs[first:last]}
        is_one_part = own.is_unbroken(i, k) and source.is_unbroken(first, last)
        if (
            first < places[v] < last
            and k - i <= _LONGEST_SWAP
            and is_one_part
            and not between & {"and", "or"}
        ):
            return _joined(source, (first, places[v], last))
    return ""


def _crossed(own: Clause, source: Clause) -> str:
    """Both sides of a pair in both sentences, each followed by what follows the other there."""
    theirs = source.index()
    for key, mine in own.index().items():
        held = theirs.get(key, [])
        if "|" not in key or len(mine) != 2 or len(held) != 2:
            continue
        if {_side(own, at, key) for at in mine} != {_side(source, at, key) for at in held}:
            continue
        if _side(own, mine[0], key) != _side(source, held[0], key):
            held = held[::-1]
        said = [_following(own, at, mine) for at in mine]
        there = [_following(source, at, held) for at in held]
        straight = (said[0] & there[0]) | (said[1] & there[1])
        crossed = (said[0] & there[1] - there[0], said[1] & there[0] - there[1])
        if not straight - said[0] & said[1] and all(crossed):
            return " … ".join(
                f"{source.shown(at)} … {_word_of(source, at, found)}"
                for at, found in zip(held, crossed[::-1], strict=True)
            )
    return ""


def _side(clause: Clause, at: int, key: str) -> int:
    """1 or -1 for the sides of a pair; 0 for what is denied."""
    if clause.is_negative(at) or at in clause.reached | clause.unsure:
        return 0
    return next(reading.side for reading in clause.terms[at].readings if reading.key == key)


def _following(clause: Clause, at: int, all_places: Iterable[int]) -> set[str]:
    """Stems of content from a place to the next of some places."""
    end = min((other for other in all_places if other > at), default=len(clause.terms))
    return {clause.terms[n].stem for n in range(at + 1, end) if _is_content(clause, n)}


def _word_of(clause: Clause, after: int, found: Iterable[str]) -> str:
    wanted = set(found)
    return next(
        clause.word(at) for at in range(after, len(clause.terms)) if clause.terms[at].stem in wanted
    )


def _is_content(clause: Clause, at: int) -> bool:
    term = clause.terms[at]
    return bool(term.readings) and term.stem not in STOP_WORDS


def _joined(clause: Clause, places: Iterable[int]) -> str:
    return " … ".join(clause.word(at) for at in places)
