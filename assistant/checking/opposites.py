"""Opposites, words with a negating prefix, and the relation of two such words.

The tables are data: ``python -m benchmarks.twins`` writes sentences for every word of them. Two
terms are compared by ``relation``, which knows that "not safe" means "dangerous" while "did not
rise" leaves open whether something fell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from assistant.text.terms import stem

PairKind = Literal["either", "apart", "other"]
"""``either``: what is not the one is the other. ``apart``: nothing is both, but something may be
neither. ``other``: two acts, of which both or neither may have happened."""

PAIRS: tuple[tuple[PairKind, tuple[str, ...], tuple[str, ...]], ...] = tuple(
    (kind, tuple(left.split()), tuple(right.split()))  # type: ignore[misc]
    for line in """apart:more greater higher larger bigger|fewer less lower smaller
apart:rise raise increase grow growth gain climb|fall lower decrease decline drop shrink reduce
apart:highest largest biggest most maximum|lowest smallest least fewest minimum
apart:before earlier prior|after later following
apart:above exceed|below
either:enable allow permit|disable forbid prohibit prevent ban
apart:accept approve|reject deny refuse decline
apart:win victory|lose defeat
either:include|exclude omit
apart:always|never
apart:all every|none
either:succeed success successful pass|fail failure
other:start begin|end finish
apart:open|close
either:required mandatory must compulsory|optional voluntary
either:internal|external
other:buy purchase|sell
either:public|private
apart:positive|negative
apart:faster quicker|slower
apart:better|worse
apart:stronger|weaker
apart:cheaper|dearer costlier
apart:longer|shorter
apart:older|younger newer
either:true|false
apart:high|low
apart:large big|small
apart:fast|slow
apart:strong|weak
apart:cheap|expensive
apart:easy|difficult
apart:hot|cold
apart:rich|poor
apart:wide|narrow
apart:deep|shallow
apart:thick|thin
apart:full|empty
apart:good|bad
apart:many|few
either:guilty|innocent
apart:improve|worsen
apart:strengthen|weaken
apart:expand|contract
either:safe|dangerous
other:import|export
other:arrive|depart
other:add|remove delete
either:alive|dead
apart:early|late
apart:north northern|south southern
apart:east eastern|west western""".splitlines()
    for kind, pair in [line.split(":")]
    for left, right in [pair.split("|")]
)
"""Opposites, regular inflections left out."""
CONVERSE = frozenset(
    """more before above buy win faster better stronger cheaper longer older import""".split()
)
"""Rows, by their first word, that say the same when both sides change places: A before B is B
after A."""

PREFIXED: tuple[tuple[str, str], ...] = tuple(
    (prefix, base)
    for line in """in:accurate active adequate admissible capable coherent compatible \
complete consistent correct dependent direct effective efficient eligible equal expensive \
experienced flexible formal frequent secure sensitive separable significant soluble sufficient \
tolerant valid validate visible
im:balanced mature mobile moral mortal movable perfect permeable polite possible practical \
precise probable proper pure
ir:rational regular relevant replaceable responsible reversible
il:legal legitimate logical
dis:advantage agree approve assemble connect continue honest loyal obey qualify satisfied similar \
trust""".splitlines()
    for prefix, bases in [line.split(":")]
    for base in bases.split()
)
"""Prefixes that deny these words; they begin too many others ("invest", "distant") to be cut off
anywhere."""
_UN = re.compile(r"un(?!i(?![dmn])|der|til|cles?$|less|animous)(?P<base>[a-z]{3,})")
"""Not "university", "under", "until"; other words that only look denied have no base in a text."""
_NON = re.compile(r"non(?P<base>[a-z]{4,})")

IRREGULAR = """arise arose arisen
awake awoke awoken
bear bore borne born
beat beaten
become became
begin began begun
bend bent
bite bit bitten
bleed bled
blow blew blown
break broke broken
breed bred
bring brought
build built
buy bought
catch caught
choose chose chosen
come came
creep crept
deal dealt
dig dug
draw drew drawn
drink drank drunk
drive drove driven
eat ate eaten
fall fell fallen
feed fed
feel felt
fight fought
find found
flee fled
fly flew flown flies
forbid forbade forbidden
forget forgot forgotten
freeze froze frozen
get got gotten
give gave given
go went gone
grow grew grown
hang hung
hear heard
hide hid hidden
hold held
keep kept
know knew known
lay laid
lead led
leave left
lend lent
lie lay lain
light lit
lose lost
make made
mean meant
meet met
pay paid
ride rode ridden
ring rang rung
rise rose risen
run ran
say said
see saw seen
seek sought
sell sold
send sent
shake shook shaken
shine shone
shoot shot
show shown
shrink shrank shrunk
sing sang sung
sink sank sunk
sit sat
sleep slept
speak spoke spoken
spend spent
spin spun
stand stood
steal stole stolen
stick stuck
strike struck stricken
swear swore sworn
sweep swept
swim swam swum
take took taken
teach taught
tear tore torn
tell told
think thought
throw threw thrown
understand understood
wake woke woken
wear wore worn
weave wove woven
win won
write wrote written"""
"""Verbs whose forms have other stems: "did not build" is about "built"."""


class Sense(NamedTuple):
    """What a word is compared by: the name of its pair, its side (1 or -1), the kind of pair."""

    key: str
    side: int
    kind: PairKind


Relation = Literal["follows", "beyond", "against"]
"""Of what one term says to what another says: it follows, it says more, or both cannot hold."""


def relation(
    own: Sequence[Sense],
    own_negated: bool,
    source: Sequence[Sense],
    source_negated: bool,
    is_turned: bool = False,
) -> Relation | None:
    """What ``own`` is to ``source``; None when they are about different things.

    ``is_turned``: what the two words are said of has changed places, so that one side is the other.
    """
    pairs = [(a, b) for a in own for b in source if a.key == b.key]
    if not pairs:
        return None
    mine, theirs = pairs[0]
    if (mine.side == theirs.side) != is_turned:
        return "follows" if own_negated == source_negated else "against"
    if mine.kind == "either":
        return "against" if own_negated == source_negated else "follows"
    if not own_negated and not source_negated:
        return "against"
    if mine.kind == "apart" and own_negated and not source_negated:
        return "follows"
    return "beyond"


def _readings_by_stem() -> dict[str, tuple[Sense, ...]]:
    found: dict[str, dict[Sense, None]] = {}
    for kind, left, right in PAIRS:
        for side, own in ((1, left), (-1, right)):
            for term in stem(own):
                found.setdefault(term, {})[Sense(f"{left[0]}|{right[0]}", side, kind)] = None
    return {term: tuple(readings) for term, readings in found.items()}


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, tuple[Sense, ...]], dict[str, str]]:
    """Readings of the stems of opposites, and the stem that each prefixed stem denies."""
    bases = stem(base for _, base in PREFIXED)
    whole = stem(prefix + base for prefix, base in PREFIXED)
    return _readings_by_stem(), dict(zip(whole, bases, strict=True))


@lru_cache(maxsize=1)
def _lemmas() -> dict[str, str]:
    rows = [line.split() for line in IRREGULAR.splitlines()]
    return {form: base for row in rows for base in stem(row[:1]) for form in row[1:]}


@lru_cache(maxsize=50_000)
def readings_of(word: str, term: str) -> tuple[tuple[Sense, ...], bool]:
    """What a folded word with its stem is compared by, and whether its prefix denies it."""
    opposites, prefixed = _tables()
    term = _lemmas().get(word, term)
    if term in opposites:
        return opposites[term], False
    base = prefixed.get(term, "")
    match = None if base else _UN.fullmatch(word) or _NON.fullmatch(word)
    if match:
        rest = match.group("base")
        base = _lemmas().get(rest) or stem([rest])[0]
    if base:
        return opposites.get(base, (Sense(base, 1, "either"),)), True
    return (Sense(term, 1, "either"),), False
