"""Two questions in one sentence: "Who wrote it down, and which society did he tell?"

Each is asked on its own, the second one as a follow-up of the first, and each brings a sentence of
its own. Where one finds none, the answer says which, and is at most unsure. English patterns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answering.answer import Draft
from assistant.answering.antecedents import leans
from assistant.answering.extractive import Chosen, draft_of_chosen
from assistant.answering.picks import Pick
from assistant.answering.sentence_scores import families
from assistant.answering.several_steps import draft_of_parts, found_together
from assistant.index.snapshot import Snapshot
from assistant.retrieval.follow_up import Turn
from assistant.retrieval.search import Found
from assistant.types import LIKELY

AskAfter = Callable[[str, Sequence[Turn], Pick | None], tuple[Found, Chosen]]
"""A question, the turns before it and the sentence that answered the last of them → what is found
and chosen for it alone."""

_LONGEST = 400
"""Characters of a question that is taken apart."""
_FEWEST_WORDS = 3
"""Words of each question: "and when?" is none of its own."""
_MOST = 2
"""Sentences of one part."""
_UNSURE = LIKELY - 0.01
_QUESTION = (
    r"(?:(?:to|in|at|for|from|by|on|with|of|under|since|until) )?"
    r"(?:who|whom|whose|which|what|where|when|why|how)\b"
)
_WHETHER = (
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|may|must|will|would|should) "
    r"(?:the|an?|it|they|he|she|there|this|that|these|those|people|you|we|i|my|our|his|her|its|"
    r"their|any|all|some)\b"
)
"""A question of yes or no, which only a comma or another question's end may stand before."""
_JOINT = re.compile(
    rf"[,;]? and (?={_QUESTION})|[;?] (?=(?:and )?{_QUESTION})|, and (?={_WHETHER})|"
    rf"[;?] (?=(?:and )?{_WHETHER})",
    re.IGNORECASE,
)
_ASKS = re.compile(
    rf"(?:^|[,.:;!] (?:so |but |and )?)\W*(?P<asked>(?:{_QUESTION}|(?:is|are|was|were|do|does|did|"
    r"has|have|had|can|could|will|would|should)\b).*)$",
    re.IGNORECASE | re.DOTALL,
)
_CLAUSE = re.compile(
    r"\b(?:know|knows|knew|say|says|said|tell|tells|told|explain|explains|show|shows|between|of|about|"
    r"depend\w*|understand|learn|see|ask|asks|decide[sd]?)\s+(?:who|whom|whose|which|what|where|when|"
    r"why|how)\b[^,;]*$",
    re.IGNORECASE,
)
"""A clause that is the object of a verb, whose twin asks no question of its own: "Do you know who
came and who left?"."""


def two_questions(text: str) -> tuple[str, str] | None:
    """The two questions of a sentence, or None where there are not two."""
    bare = " ".join(text.split()).rstrip(" ?.!")
    if len(bare) > _LONGEST:
        return None
    joints = list(_JOINT.finditer(bare))
    if len(joints) != 1:
        return None
    [joint] = joints
    before, second = bare[: joint.start()], bare[joint.end() :].removeprefix("and ")
    asks = _ASKS.search(before)
    if asks is None or _CLAUSE.search(before):
        return None
    first = before.strip()
    if min(len(asks["asked"].split()), len(second.split())) < _FEWEST_WORDS:
        return None
    return f"{first}?", f"{second}?"


def answered_in_parts(
    whole: Found, snapshot: Snapshot, ask: AskAfter
) -> tuple[Draft, Found] | None:
    """The answers to both questions of a sentence, and everything found for them; None for a
    single question, and where the sentence is answered as a whole or not at all."""
    text = whole.question.standalone
    parts = two_questions(text)
    if parts is None:
        return None
    first, second = parts
    found, one = ask(first, (), None)
    said = " ".join(pick.text for pick in one.extraction.picks[:_MOST]) if one.answers else ""
    answered = one.extraction.ranked[0] if one.answers else None
    then, other = ask(f"And {second}", ((first, said),), answered)
    is_same = tells_only_the_first(one, other) or _is_only_behind(one, other)
    if is_same or _says_the_same(one, other):
        other = replace(other, answers=False)
    _, together = ask(text, (), None)
    picks = together.extraction.picks if together.answers else ()
    if together.answers and all(_is_told_in(each, picks) for each in (one, other)):
        lowest = min(one.confidence, other.confidence)
        if lowest <= max(LIKELY, together.confidence) or len(_bests(one, other)) < len(parts):
            return None
        alone = [("", [pick]) for pick in _bests(one, other)]
        return draft_of_parts(alone, lowest), found_together(whole, alone, found, then)
    told = [each for each in (one, other) if each.answers]
    is_less = any(each.confidence < LIKELY for each in told)
    if len(told) == len(parts) and together.answers and together.confidence >= LIKELY and is_less:
        return None  # the whole is the better question
    is_sure = together.answers or any(each.confidence >= LIKELY for each in told)
    if len(told) == len(parts) and is_sure:
        groups = [("", group) for group in _each_once(told)]
        confidence = min(each.confidence for each in told)
        return draft_of_parts(groups, confidence), found_together(whole, groups, found, then)
    is_enough = together.answers and all(_is_told_in(each, picks) for each in told) and not is_same
    if not is_enough and not any(each.confidence >= LIKELY for each in told):
        return None
    shown = together if is_enough else max(told, key=lambda each: each.confidence)
    draft = draft_of_chosen(
        replace(shown, confidence=min(shown.confidence, _UNSURE)), whole.passages, snapshot
    )
    missing = [part for part, each in ((first, one), (second, other)) if not each.answers]
    if told:
        notice = f"The documents do not seem to answer: {missing[0]}"
        draft = replace(draft, notice=". ".join(filter(None, (draft.notice, notice))))
    return draft, found_together(whole, [("", shown.extraction.picks)], found, then)


def _bests(one: Chosen, other: Chosen) -> list[Pick]:
    """The best sentence of each part, each once, as it is shown; fewer where one leans on another
    or is a row."""
    bests: dict[tuple[str, int], Pick] = {}
    for each in (one, other):
        best = each.extraction.ranked[0]
        shown = [pick for pick in each.extraction.picks if pick.start == best.start]
        if shown and best.row is None and shown[0].about is None and not leans(best.text):
            bests[best.passage.document, best.start] = best
    return [*bests.values()]


def tells_only_the_first(one: Chosen, other: Chosen) -> bool:
    """Whether the second part is told by the best sentence of the first, and that holds no word
    that the second part alone asks for: "who came up with the story?" by who shot the film."""
    if not one.answers or not other.answers or not _is_told_in(other, one.extraction.ranked[:1]):
        return False
    return _holds_nothing_asked(other) and _is_same_value(one, other)


def _is_only_behind(one: Chosen, other: Chosen) -> bool:
    """Whether the second part is told by a sentence that only stands behind the first one's: it
    holds no word of this part, and that one would be the better answer to it, for a reader too."""
    if not one.answers or not other.answers or not _holds_nothing_asked(other):
        return False
    best, first = other.extraction.ranked[0], one.extraction.ranked[0]
    again = [p for p in other.extraction.ranked if _is_told_in(one, [p])]
    is_behind = best.passage.document == first.passage.document and best.start >= first.end
    return is_behind and any(
        p.score >= best.score and p.read.span >= best.read.span for p in again[:1]
    )


def _holds_nothing_asked(part: Chosen) -> bool:
    """Whether the best sentence of a second part holds no word that this part alone asks for."""
    question, best = part.extraction.question, part.extraction.ranked[0]
    own = question.weights.keys() - question.borrowed
    said = {*question.reads(best.text, best.passage.language)}
    near = families(question)
    held = any(term in said or not said.isdisjoint(near.get(term, ())) for term in own)
    return bool(own) and not held


def _is_same_value(one: Chosen, other: Chosen) -> bool:
    """Whether a reader takes the same words of a sentence for the answer to both."""
    mine, its = one.extraction.ranked[0].read, other.extraction.ranked[0].read
    return mine.start < its.end and its.start < mine.end


def _says_the_same(one: Chosen, other: Chosen) -> bool:
    """Whether the second part is told by the best sentence of the first, and not likely so."""
    if not one.answers or not other.answers or other.confidence >= LIKELY:
        return False
    return _is_told_in(other, one.extraction.ranked[:1])


def _is_told_in(part: Chosen, picks: Sequence[Pick]) -> bool:
    """Whether a part is answered and its best sentence is among these."""
    if not part.answers:
        return False
    best = part.extraction.ranked[0]
    return any(
        pick.passage.document == best.passage.document and pick.start < best.end
        and best.start < pick.end
        for pick in picks
    )  # fmt: skip


def _each_once(told: Sequence[Chosen]) -> list[Sequence[Pick]]:
    """The sentences of each part, none of them twice."""
    seen: set[tuple[str, int]] = set()
    groups: list[Sequence[Pick]] = []
    for part in told:
        picks = part.extraction.picks[:_MOST]
        group = [each for each in picks if (each.passage.document, each.start) not in seen]
        seen |= {(each.passage.document, each.start) for each in group}
        groups += [group] if group else []
    return groups
