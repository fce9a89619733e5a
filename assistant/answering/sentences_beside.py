"""Sentences that come with the best one: what it counts off, announces or leaves to the next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.answering.antecedents import tells_other_side
from assistant.answering.asked_lists import asks_what_to_do, ends_in_colon, says_what_to_do
from assistant.answering.code_lines import is_code
from assistant.answering.list_items import ReadText
from assistant.answering.pick_relations import NEXT_TO, overlaps, terms_held
from assistant.answering.picks import Pick
from assistant.answering.whole_lists import around as units_around
from assistant.answering.whole_lists import list_around
from assistant.retrieval.question import Question

COUNTED = re.compile(r"\b(?:two|three|four|five|six|how many)\b", re.IGNORECASE)
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_ONE_OF_THEM = re.compile(
    r"^(?:the )?(?:first|second|third|fourth|fifth|sixth|other|last|one|another)\b", re.IGNORECASE
)
_SEVERAL = re.compile(
    r"(?<!\bby )(?<!\bin )(?<!\bto )(?<!\bof )(?<!\bwith )(?<!\bfor )(?<!\bfrom )(?<!\bor )"
    r"\b(?:several|various|many|numerous|multiple|a few|some|certain|different|the following|two|"
    r"three|four|five|six|an? (?:wide |large |small |whole )?(?:number|variety|range|set|series|"
    r"couple) of) ((?:[\w'’-]+ ?){1,4})[.:;,]?[\"”’*_]*$",
    re.IGNORECASE,
)
"""What announces, at its end, what the next sentences name: "… has taken several measures." """
_TELLS_WHERE = re.compile(
    r"(?:it|they|we|this|the (?:meeting|event|course|talk|party|session|tour|race|ceremony)) "
    r"(?:will |is |are )?(?:to )?(?:be )?(?:starts?|begins?|takes? place|held|meets?|opens?|"
    r"runs?)\b"
    r"[^.]{0,120}\b(?:at|in|on|from)\W{0,3}:$",
    re.IGNORECASE,
)
"""A sentence behind one about an event, above the place of it: "It will be held at:"."""
_MOST_ANNOUNCED, _BESIDE = 2, 2
_FEW_RANKED, _SHORTLY = 6, 800
"""Sentences of which one may tell the first side of a comparison, and characters between both."""
_READ_AS_ANSWER = 4.0
"""Of 40 sentences that filled in behind the best one, 33 had an answer that a reader scored so much
below the best one's: all of them idle. Of the other seven three were needed."""


def counted_off(question: Question, best: Pick, read: ReadText) -> list[Pick]:
    """The sentences that name one by one what the best one announces: "There are two. The first is
    … The other is …"."""
    asked, said = COUNTED.search(question.text), COUNTED.search(best.text)
    if asked is None or said is None or best.kind != "prose":
        return []
    around, at = units_around(best, read)
    following = [pick for pick in around[at + 1 :] if pick.kind == "prose"] if at >= 0 else []
    named = [pick for pick in following if _ONE_OF_THEM.match(pick.text)]
    most = _COUNTS.get(said.group().lower(), 0)
    is_counted = len(named) > 1 and named[0] in following[:2]  # "The last boat left" counts nothing
    return named[:most] if is_counted else []


def announced_next(
    question: Question, best: Pick, chosen: Sequence[Pick], read: ReadText
) -> list[Pick]:
    """The sentences behind the best one, where that only announces things of the kind that is asked
    for: "The town has taken several measures." """
    if best.kind != "prose" or best.row is not None:
        return []
    named = _SEVERAL.search(best.text.rstrip()) if question.kinds[0] != "number" else None
    if named is None or not question.weights.keys() & {*question.reads(named[1])}:
        return []
    around, at = units_around(best, read)
    following: list[Pick] = []
    for pick in around[at + 1 : at + 1 + _MOST_ANNOUNCED] if at >= 0 else ():
        gap = pick.start - (following[-1] if following else best).end
        if pick.kind != "prose" or gap > (NEXT_TO if not following else 2):
            break
        following.append(pick)
    return [pick for pick in following if not any(overlaps(pick, other) for other in chosen)]


def command_beside(
    question: Question, best: Pick, chosen: Sequence[Pick], read: ReadText
) -> list[Pick]:
    """The code beside the best sentence, where a way is asked for and the code names what it is
    of: below "It needs Python 3.10." stands "pip install …"."""
    if not question.wants_steps or best.kind != "prose" or any(p.kind == "code" for p in chosen):
        return []
    around, at = units_around(best, read)
    near = around[at + 1 : at + 1 + _BESIDE] + around[max(0, at - _BESIDE) : at] if at >= 0 else []
    return [
        pick
        for pick in near
        if is_code(pick.text, pick.kind) and terms_held(question, [pick])
        if not any(overlaps(pick, other) for other in chosen)
    ][:1]


def filling_next(best: Pick, ranked: Sequence[Pick], *, is_read: bool) -> list[Pick]:
    """The sentence behind the best one, where it holds the kind of thing asked for that the best
    one lacks, and a reader does not hold the best one's for the answer: "The well was dug in 1613.
    It is 47 metres deep." ``is_read``: the reader knows the language and the question asks for one
    thing."""
    return [
        pick
        for pick in ranked
        if pick.passage.document == best.passage.document
        and 0 <= pick.start - best.end <= NEXT_TO
        and pick.kind == best.kind == "prose"
        and pick.features.kind >= 1.0
        and (not is_read or best.read.span - pick.read.span < _READ_AS_ANSWER)
    ][:1]


def held_next(question: Question, best: Pick, ranked: Sequence[Pick], read: ReadText) -> list[Pick]:
    """The sentence behind one about an event that says where or when it is, with what stands below
    it: "The meeting is on Monday. It will be held at:"."""
    if question.kinds[0] not in ("place", "date") or best.features.kind >= 1.0:
        return []
    for pick in ranked:
        is_next = pick.passage == best.passage and 0 <= pick.start - best.end <= NEXT_TO
        if is_next and pick.kind == best.kind == "prose" and _TELLS_WHERE.match(_one_line(pick)):
            around, at = units_around(pick, read)
            below = around[at + 1 : at + 2] if at >= 0 else []
            return [pick, *(each for each in below if each.kind != "heading")]
    return []


def _one_line(pick: Pick) -> str:
    return " ".join(pick.text.split())


def first_side(question: Question, best: Pick, ranked: Sequence[Pick]) -> list[Pick]:
    """The best sentence shortly before one that tells the second side of a comparison: "The first
    grows with the cube. … By contrast, the others grow with the fourth power." """
    if best.row is not None or not tells_other_side(question.text, best.text):
        return []
    return [
        pick for pick in ranked[1:_FEW_RANKED]
        if pick.passage == best.passage and pick.kind == "prose"
        and 0 < best.start - pick.end <= _SHORTLY
    ][:1]  # fmt: skip


def below_a_colon(
    question: Question, further: Sequence[Pick], chosen: Sequence[Pick], read: ReadText
) -> list[Pick]:
    """What stands below the further sentences that end in a colon and say nothing without it."""
    added: list[Pick] = []
    for pick in further:
        if pick.kind == "prose" and ends_in_colon(pick.text):
            added += [
                each
                for each in list_around(question, pick, read)
                if not any(overlaps(each, other) for other in (*chosen, *added))
            ]
    return added


def told_to_do(
    question: Question, best: Pick, chosen: Sequence[Pick], read: ReadText
) -> list[Pick]:
    """Where it is asked what to do and no sentence says so, the next one of the same paragraph that
    does: "There will often be warnings. They should be ignored." """
    if not asks_what_to_do(question) or any(says_what_to_do(pick.text) for pick in chosen):
        return []
    around, at = units_around(best, read)
    for before, pick in pairwise(around[at : at + 1 + _BESIDE] if at >= 0 else ()):
        if pick.kind != "prose" or pick.start - before.end > NEXT_TO - 2:
            return []
        if says_what_to_do(pick.text):
            return [pick]
    return []


def next_sentence(best: Pick, read: ReadText) -> list[Pick]:
    """The sentence that goes on after the best one in the same paragraph."""
    around, at = units_around(best, read)
    if at < 0 or at + 1 >= len(around) or best.kind != "prose":
        return []
    following = around[at + 1]
    gap = following.start - best.end
    return [following] if following.kind == "prose" and gap <= 2 else []
