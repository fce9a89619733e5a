"""Sentences that say the same as their source by its opposite, and ones that say the contrary.

    python -m benchmarks.twins

For every word of every pair of opposites, every prefix and every form of denial, in both
directions: what follows from the source (true), what cannot be so beside it (false), and what it
leaves open (more). A true one must never be called unsupported, a false one neither supported nor
verbatim, and one that says more at most weak and never a contradiction. Exit status 1 otherwise.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from assistant.checking.opposites import PAIRS, PairKind
from assistant.checking.verifier import Verification, Verifier
from assistant.embedding.static import StaticEmbedder
from benchmarks.twin_words import Sentence, Word, groups, prefixed

Truth = Literal["true", "false", "more"]
BEFORE = "The valley has two mills and a school with forty pupils."
AFTER = "Visitors reach it by bus from the old town."
_DENIALS_COMPARED = 2
"""Every form of denial is compared with itself and the next ones, so many in all."""
_LARGE = 6
"""Pairs of words of a row from which on the forms of denial take turns."""


@dataclass(frozen=True, slots=True)
class Twin:
    """A sentence beside a passage, and what is the case."""

    truth: Truth
    sentence: str
    passage: str


def twins() -> Iterator[Twin]:
    """All of them, in a fixed order; sentence orders and passages take turns."""
    kinds = {left[0]: kind for kind, left, _ in PAIRS}
    made = [(kinds[name], left, right) for name, left, right in groups()]
    made += [("either", [word], [denied]) for word, denied in prefixed()]
    number = 0
    for kind, left, right in made:
        for truth, source, claim in _pairs(kind, left, right):
            number += 1
            yield Twin(truth, claim.written(number % 3), _passage(source, number))


def _passage(source: Sentence, number: int) -> str:
    told = source.written(number % 2)
    return (told, f"{BEFORE} {told}", f"{BEFORE} {told} {AFTER}")[number % 3]


def _pairs(
    kind: PairKind, left: Sequence[Word], right: Sequence[Word]
) -> Iterator[tuple[Truth, Sentence, Sentence]]:
    """Truth, source and claim for every word with itself and with every opposite."""
    for word in [*left, *right]:
        for denial in word.denials:
            yield "false", word.says, denial
            yield "false", denial, word.says
        for step in range(_DENIALS_COMPARED):
            following = word.denials[step:] + word.denials[:step]
            for one, other in zip(word.denials, following, strict=True):
                yield "true", one, other
    for turn, (a, b) in enumerate([*product(left, right), *product(right, left)]):
        yield "false", a.says, b.says
        is_row_large = len(left) * len(right) > _LARGE
        for denial in b.denials[turn % 3 :: 3] if is_row_large else b.denials:
            yield ("more" if kind == "other" else "true"), a.says, denial
            yield ("true" if kind == "either" else "more"), denial, a.says
        if kind == "either":
            for one, other in zip(a.denials, b.denials, strict=False):
                yield "false", one, other


def verdict_error(twin: Twin, check: Verification) -> str:
    """What is wrong about the verdict on a twin; nothing where it is right."""
    is_held = check.verdict in ("supported", "verbatim")
    is_wrong = {
        "true": check.verdict == "unsupported" or bool(check.problems),
        "false": is_held,
        "more": is_held or check.verdict == "unsupported",
    }[twin.truth]
    return f"{check.verdict} ({'; '.join(check.problems)})" if is_wrong else ""


def main() -> None:
    """Verification all and print what was found."""
    verifier = Verifier(StaticEmbedder().embed)
    count: Counter[str] = Counter()
    bad: Counter[str] = Counter()
    for twin in twins():
        count[twin.truth] += 1
        found = verdict_error(twin, verifier.verify(twin.sentence, [twin.passage]))
        if found:
            bad[twin.truth] += 1
            if "-v" in sys.argv:
                print(f"{twin.truth} | {twin.sentence} | {twin.passage} | {found}")
    print(
        f"{count['true']:,} true twins, {bad['true']} refuted; {count['false']:,} false twins, "
        f"{bad['false']} called supported or verbatim; {count['more']:,} that say more, "
        f"{bad['more']} refuted or supported"
    )
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
