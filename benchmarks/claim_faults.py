"""Generated answers with the faults of real models in what they claim: rows 41 to 43.

    python -m benchmarks.model_faults --rows 41,42,43

41: facts of two entries of a list, table or programme as one claim, and lists under a false lead-in
must not be called supported; the true ones must not be called unsupported. 42: sentences without a
citation, in a stream cut anywhere: what a passage says gets that passage, what none says stays
uncited. 43: places in other forms, fragments, and words that a source denies. All names are made
up.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import lru_cache

from assistant.answering.claims import ClaimChecker
from assistant.checking.verdicts import GOOD
from assistant.checking.verifier import Verifier
from assistant.citing.finding import FindingStream
from assistant.citing.stream import CitedSentence, parse
from assistant.embedding.static import StaticEmbedder
from assistant.types import Passage

Case = tuple[str, bool]
"""What went in, and whether it came out right."""

WORKS = ("MIRA", "DARN4", "THREADBANK", "LOOMNET", "WEFT2", "SELVAGE9", "KNOTGRAPH", "BOBBINX")
PEOPLE = (
    "Karin Ozol", "Sanna Volk", "Bram Ketola", "Chung Yarrow", "Mingus Hall", "Yule Wander",
    "Julian Moss", "Gian Dett", "Orla Finch", "Pavel Drost", "Ines Kallio", "Tom Arkwright",
    "Rhea Bolan", "Stellan Voss", "Uma Prakash", "Zeno Castell",
)  # fmt: skip
GOODS = ("sheep", "looms", "boats", "mills", "orchards", "bells", "lamps", "wells")
PLACES = (
    ("CA", "California", "Pasadena"), ("TX", "Texas", "Waco"), ("OH", "Ohio", "Dayton"),
    ("NM", "New Mexico", "Taos"), ("MA", "Massachusetts", "Salem"), ("WA", "Washington", "Tacoma"),
    ("UK", "United Kingdom", "Leeds"), ("UAE", "United Arab Emirates", "Sharjah"),
)  # fmt: skip


@lru_cache(maxsize=1)
def _verifier() -> Verifier:
    return Verifier(StaticEmbedder().embed)


def _passage(text: str, at: int = 0) -> Passage:
    return Passage(f"c{at}", f"d{at}.md", "", text, 0, len(text), None, (), 1.0)


def _verdicts(answer: str, text: str) -> list[str]:
    """The verdicts on the statements of an answer that cites its only passage everywhere."""
    checker = ClaimChecker([_passage(text)], _verifier())
    cited = [CitedSentence(s.text, (1,), s.kind) for s in parse(answer, 1).sentences]
    places = [at for at in range(len(cited)) if not cited[at].text.endswith(":")]
    return [checker.check(cited, at).verdict for at in places]


def _none_good(answer: str, text: str) -> Case:
    return answer, not any(verdict in GOOD for verdict in _verdicts(answer, text))


def _none_refused(answer: str, text: str) -> Case:
    return answer, "unsupported" not in _verdicts(answer, text)


def false_lists(chance: random.Random) -> Iterator[Case]:
    """Claims over two entries, and the same over one."""
    works = chance.sample(WORKS, 4)
    people = chance.sample(PEOPLE, 8)
    pairs = {work: people[2 * at : 2 * at + 2] for at, work in enumerate(works)}
    one, other = chance.sample(works, 2)
    items = "\n".join(
        f"- {w}, a method for wool, is by {a} and {b}." for w, (a, b) in pairs.items()
    )
    guide = f"## Methods\n\n{items}\n"
    paragraphs = "\n\n".join(
        f"{w} mends wool. Its authors are {a} and {b}." for w, (a, b) in pairs.items()
    )
    listed = "\n\n".join(f"The {w} way of mending wool\n{a}, {b}" for w, (a, b) in pairs.items())
    for text in (guide, paragraphs, listed):
        first, second = pairs[other]
        yield _none_good(f"{one} is by {first} and {second}.", text)
        yield _none_good(f"The authors of {one} are:\n\n- {first}\n- {second}\n", text)
        first, second = pairs[one]
        yield _none_refused(f"The authors of {one} are {first} and {second}.", text)
    line = f"{works[0]}, a method for wool, is by {' and '.join(pairs[works[0]])}."
    yield _none_good(f"The following never happened:\n\n- {line}\n", guide)
    goods = chance.sample(GOODS, 2)
    towns = chance.sample([person.split()[1] for person in PEOPLE], 4)
    numbers = chance.sample(range(1000, 9999), 8)
    rows = [(town, numbers[2 * at], numbers[2 * at + 1]) for at, town in enumerate(towns)]
    table = f"| Town | {goods[0].title()} | {goods[1].title()} |\n|---|---|---|\n" + "\n".join(
        f"| {town} | {a:,} | {b:,} |" for town, a, b in rows
    )
    own, wrong = chance.sample(rows, 2)
    yield _none_good(f"{own[0]} has {wrong[1]:,} {goods[0]}.", table)
    yield _none_refused(f"{own[0]} has {own[1]:,} {goods[0]}.", table)


def bare_sentences(chance: random.Random) -> Iterator[Case]:
    """A stream of sentences without a citation, some of which a passage says."""
    people = chance.sample(PEOPLE, 4)
    goods = chance.sample(GOODS, 4)
    years = chance.sample(range(1700, 1999), 4)
    said = [
        f"{who} sold the {what} of Holm in {year}."
        for who, what, year in zip(people, goods, years, strict=True)
    ]
    passages = [
        _passage(f"Some notes. {line} The rest is lost.", at) for at, line in enumerate(said)
    ]
    right = chance.randrange(4)
    true = f"In {years[right]}, {people[right]} sold the {goods[right]} of Holm."
    wrong = f"{people[right]} sold the {goods[right]} of Holm in {years[right] - 1}."
    idle = "Everybody was pleased about it for a long while."
    order = [true, wrong, idle]
    chance.shuffle(order)
    checker = ClaimChecker(passages, _verifier())
    stream, shown = FindingStream(4, checker.find), ""
    text, at = " ".join(order), 0
    while at < len(text):
        size = chance.choice((1, 2, 5, 30))
        shown += stream.feed(text[at : at + size])
        at += size
    shown += stream.finish()
    found = {each.text: each.passages for each in stream.parsed().sentences}
    yield true, found.get(true) == (right + 1,) and f"{true} [1]" in shown
    yield wrong, found.get(wrong) == ()
    yield idle, found.get(idle) == ()
    yield text, shown == stream.parsed().text


def lines_and_places(chance: random.Random) -> Iterator[Case]:
    """Forms of places, fragments, and what a source does not claim."""
    short, name, town = chance.choice(PLACES)
    other = chance.choice([place for place in PLACES if place[0] != short])
    thing = chance.choice(GOODS)
    spelled = f"The {thing} of the guild stand in {town}, {name}, beside a lake."
    coded = f"The {thing} of the guild stand in {town}, {short}, beside a lake."
    yield _none_refused(f"The {thing} of the guild stand in {town}, {short}.", spelled)
    yield _none_refused(f"The {thing} of the guild stand in {town}, {name}.", coded)
    yield _none_good(f"The {thing} of the guild stand in {town}, {other[0]}.", spelled)
    bare = f"The {thing} of the guild stand beside a lake."
    yield _none_good(f"The {thing} of the guild stand in the UK.", bare)
    person = chance.choice(PEOPLE)
    denied = f"{person} does not claim that the {thing} of Holm are the right way to mend wool."
    verb = chance.choice(("suggests", "argues", "claims", "says", "concludes"))
    told = f"{person} {verb} that the {thing} of Holm are the right way to mend wool."
    yield _none_good(told, denied)
    yield _none_good(
        f"It allows for a more general comparison of {thing}.",
        f"A benchmark is a check that allows an objective view of {thing}. In general, comparison "
        "with others is harder.",
    )


KINDS: tuple[tuple[int, str, Callable[[random.Random], Iterator[Case]], int], ...] = (
    (41, "claims over two entries, lists under a false lead-in", false_lists, 12),
    (42, "sentences without a citation, streamed", bare_sentences, 25),
    (43, "places in other forms, fragments, denied reports", lines_and_places, 20),
)
"""Row, what it is, the cases, and how many times they are drawn."""


def trial(number: int) -> tuple[str, int, int]:
    """What a row tries, how many of its cases are wrong, and of how many."""
    _, fault, cases, times = next(kind for kind in KINDS if kind[0] == number)
    chance = random.Random(number)
    done = [case for _ in range(times) for case in cases(chance)]
    wrong = [told for told, is_right in done if not is_right]
    for told in wrong[:10]:
        print(f"     wrong: {told!r}")
    return fault, len(wrong), len(done)
