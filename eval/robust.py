"""The same questions, asked carelessly: do the answers stay? Pure but for ``ask``.

Each way of asking keeps what is meant, so an answer that was right and is not any more is a fault
of the assistant. The changes are drawn with a seed: the same set gives the same variants.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.text.terms import STOP_WORDS
from eval.questions import EvalQuestion
from eval.runner import Ask
from eval.scoring import score
from eval.statistics import Interval, wilson

_WORD = re.compile(r"[^\W\d_]+")
_FRAME = re.compile(
    r"^(?:please|could you|can you|tell me|do you know|i want to know|what is|what are|what was|"
    r"what were|who is|who was|how is|which is|is there|are there)\b[ ,:]*",
    re.IGNORECASE,
)
SHORTEST = 5
"""Letters of a word that a typo is put into: in a shorter one it makes another word."""


def typo(question: str, chance: random.Random) -> str:
    """Two neighbouring letters inside one long word swapped; names and numbers stay."""
    words = [
        match
        for match in _WORD.finditer(question)
        if len(match.group()) >= SHORTEST and match.group().islower()
    ]
    if not words:
        return question
    match = chance.choice(words)
    word = match.group()
    places = [n for n in range(1, len(word) - 2) if word[n] != word[n + 1]]
    if not places:
        return question
    at = chance.choice(places)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return question[: match.start()] + swapped + question[match.end() :]


def lower_case(question: str, chance: random.Random) -> str:
    """All in lower case, without the marks at the end."""
    return question.lower().rstrip(" ?!.")


def upper_case(question: str, chance: random.Random) -> str:
    """All in capitals."""
    return question.upper()


def no_frame(question: str, chance: random.Random) -> str:
    """Without the words that only make it a question."""
    bare = _FRAME.sub("", question).rstrip(" ?")
    return bare if len(bare.split()) >= 2 else question


def key_words(question: str, chance: random.Random) -> str:
    """The content words alone, as typed into a search box."""
    kept = [w for w in question.rstrip(" ?").split() if w.lower().strip(",.") not in STOP_WORDS]
    return " ".join(kept) if len(kept) >= 2 else question


def moved_clause(question: str, chance: random.Random) -> str:
    """ "In 2020, which city …?" asked as "Which city …, in 2020?" """
    head, comma, rest = question.rstrip(" ?").partition(", ")
    if not comma or not 1 <= len(head.split()) <= 6 or len(rest.split()) < 3:
        return question
    return f"{rest[0].upper()}{rest[1:]}, {head[0].lower()}{head[1:]}?"


CHANGES: Mapping[str, Callable[[str, random.Random], str]] = {
    "typo": typo,
    "lower case": lower_case,
    "capitals": upper_case,
    "no frame words": no_frame,
    "key words": key_words,
    "clause moved": moved_clause,
}


@dataclass(frozen=True, slots=True)
class KeptShare:
    """One way of asking: of ``asked`` questions that are right as written, those that stay right,
    and the ids of the others."""

    change: str
    asked: int
    share: Interval
    broken: tuple[str, ...]


def measure(
    questions: Sequence[EvalQuestion],
    ask: Ask,
    texts: Mapping[str, str],
    seed: int = 0,
    step: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> list[KeptShare]:
    """Ask each question as written, and each right one in every way that changes it."""
    right = []
    for number, question in enumerate(questions, 1):
        if score(question, ask(question, 0), texts).correct:
            right.append(question)
        step("as written", number, len(questions))
    found = []
    for name, change in CHANGES.items():
        asked, broken = 0, []
        for number, question in enumerate(right, 1):
            said = change(question.question, random.Random(f"{seed} {question.id} {name}"))
            if said != question.question:
                asked += 1
                answer = ask(replace(question, question=said), 0)
                if not score(question, answer, texts).correct:
                    broken.append(question.id)
            step(name, number, len(right))
        share = wilson(asked - len(broken), asked)
        if share is not None:
            found.append(KeptShare(name, asked, share, tuple(broken)))
    return found


def lines(found: Sequence[KeptShare]) -> list[str]:
    """The table for a terminal, the most harmful way first."""
    told = [f"{'asked with':<16} {'stay right':>10} {'95 % interval':>16} {'n':>4}  broken"]
    for each in sorted(found, key=lambda kept: kept.share.estimate):
        span = f"[{each.share.low:.1%}, {each.share.high:.1%}]"
        names = ", ".join(each.broken[:4]) + (" …" if len(each.broken) > 4 else "")
        told.append(f"{each.change:<16} {each.share.estimate:>10.1%} {span:>16} {each.asked:>4}  "
                    f"{names}")  # fmt: skip
    asked = sum(each.asked for each in found)
    kept = asked - sum(len(each.broken) for each in found)
    if asked:
        told.append(f"{'together':<16} {kept / asked:>10.1%} {'':>16} {asked:>4}")
    return told
