"""Sentences that are marked as wrong, by themselves or by the next one, and hearsay. Pure.

"It is seen in May, but this appears to be incorrect" answers no question for a month, and "it is
said to be aggressive" is no answer beside "it is not aggressive". English patterns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.answering.sentence_scores import SentenceTerms
from assistant.retrieval.question import Question

if TYPE_CHECKING:
    from assistant.answering.picks import Pick

_FALSE = (
    r"(?:incorrect|untrue|false|wrong|mistaken|inaccurate|unfounded|baseless|exaggerated|debunked|"
    r"disproved|disproven|refuted|not (?:true|correct|so|the case)|an? (?:myth|misconception|error|"
    r"mistake|fallacy|legend|hoax)|myths|nonsense)"
)
_WRONG = re.compile(
    rf"\b(?:is|are|was|were|been|be|appears?|seems?|proved|it['’]s|that['’]s|this['’]s)"
    rf"(?: to be)?(?: (?:also|simply|just|as|quite|often|now|known|considered|\w+ly)){{0,3}}"
    rf" {_FALSE}\b",
    re.IGNORECASE,
)
_ONLY_MYTH = re.compile(
    r"\b(?:the|a|this) (?:\w+ )?(?:myth|misconception|tall tale|urban legend|rumou?r)s? "
    r"(?:of|that|about)\b",
    re.IGNORECASE,
)
"""A sentence about a false story, which says nothing of the thing itself."""
_POINTS_BACK = re.compile(
    r"^\W*(?:(?:but|however|in fact|actually|yet|now)\b,? ?)?(?:this|that|it|these|those|they|both|"
    r"neither|the|all)\b",
    re.IGNORECASE,
)
_HEARSAY = re.compile(
    r"\b(?:(?:is|are|was|were|been) (?:also |often |sometimes |commonly |popularly )?"
    r"(?:said|rumou?red|alleged|reputed|claimed|believed|thought|supposed) (?:to|that)|"
    r"reportedly|allegedly|supposedly|some (?:people )?(?:say|claim|believe)|"
    r"(?:people|others|many) (?:say|claim) that)\b",
    re.IGNORECASE,
)
_ASKS_FOR_WRONG = re.compile(
    r"\b(?:incorrect\w*|untrue|true|false\w*|wrong\w*|mistake\w*|myths?|misconceptions?|error\w*|"
    r"exaggerat\w*|rumou?r\w*|legends?|said|say|says|claim\w*|belie\w*|thought|supposed\w*)\b",
    re.IGNORECASE,
)
_MARKED = 1.5
"""What a sentence loses that is marked as wrong: as much as one that tells the cause where the
consequence is asked for."""
_BEHIND = 0.1
"""By how much hearsay is worse than the flat statement that goes before it."""
_LEAST_OWN = 0.05
"""How much less of the question a flat statement may hold than hearsay that it goes before."""


_TASK = re.compile(
    r"\W{0,4}(?:\d{1,3} ?(?:points?|marks?|pts?)\b\W{1,4}[A-Z]|"
    r"(?:Sketch|Explain|Discuss|Prove|Derive|Justify|Outline|Describe|Define|Calculate|Compute|"
    r"Determine|Estimate|Summari[sz]e) "
    r"(?:the|a|an|how|why|what|which|two|three|in|your|one|briefly)\b)"
)
"""A task that is set, and answers nothing: "(6 points) Sketch a bend of the river"."""
_ASKS_FOR_TASK = re.compile(
    r"\b(?:tasks?|exercises?|assignments?|problems?|homework|sheets?|exams?|points|marks|"
    r"questions?|must|should|have to|do)\b",
    re.IGNORECASE,
)


def marked_wrong(question: Question, found: Sequence[SentenceTerms]) -> dict[int, float]:
    """What the sentences of a passage lose that are marked as wrong, or set a task; nothing where
    the question itself is about what is said or true.

    A question of yes or no may be answered by a sentence that calls itself wrong.
    """
    if _ASKS_FOR_WRONG.search(question.text):
        return {}
    lost: dict[int, float] = {}
    may_be_task = not question.wants_steps and _ASKS_FOR_TASK.search(question.text) is None
    for at, sentence in enumerate(found):
        if sentence.row is not None:
            continue
        if may_be_task and _TASK.match(sentence.text):
            lost[at] = _MARKED
            continue
        following = found[at + 1].text if at + 1 < len(found) else ""
        by_itself = question.kinds[0] != "yesno" and _WRONG.search(sentence.text) is not None
        if by_itself or _ONLY_MYTH.search(sentence.text) or _takes_back(sentence.text, following):
            lost[at] = _MARKED
    return lost


def _takes_back(text: str, following: str) -> bool:
    """Whether the next sentence says that hearsay is wrong."""
    if not _WRONG.search(following) or not _POINTS_BACK.match(following):
        return False
    return _HEARSAY.search(text) is not None and not _WRONG.search(text)


def is_hearsay(question: Question, text: str) -> bool:
    """Whether a sentence only says what others say, and the question does not ask for that."""
    return _HEARSAY.search(text) is not None and not _ASKS_FOR_WRONG.search(question.text)


def below_flat_ones(question: Question, best: Sequence[Pick]) -> dict[int, float]:
    """The scores of hearsay among the best sentences, by place, where a flat statement of its
    document further down holds as much of the question: just below that one."""
    hearsay = {at for at, pick in enumerate(best) if is_hearsay(question, pick.text)}
    scores: dict[int, float] = {}
    for at in hearsay:
        told = best[at]
        flat = [
            other.order
            for place, other in enumerate(best)
            if place > at and place not in hearsay and other.row is None and told.row is None
            and other.passage.document == told.passage.document
            and other.features.kind >= told.features.kind
            and other.features.own >= told.features.own - _LEAST_OWN
        ]  # fmt: skip
        if flat:
            scores[at] = max(flat) - _BEHIND - told.lift
    return scores
