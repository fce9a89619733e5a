"""Whether a model's checked text may stand: most of it rests on what it saw, and is said once."""

from __future__ import annotations

from assistant.answering.written import REPEATS, Written
from assistant.types import Sentence

_SOUND = 0.5
"""Share of the sentences that rest on a passage at least in part, and of those that are said for
the first time; a text with less is not shown as an answer."""


def rests(sentence: Sentence) -> bool:
    """Whether a passage supports a sentence, at least in part."""
    return sentence.verdict in ("verbatim", "supported", "weak")


def is_sound(written: Written) -> bool:
    """Whether a text may stand as a summary, or as a section of a report."""
    return not why_unsound(written)


def why_unsound(written: Written) -> str:
    """What is wrong with a text as a whole, in words; empty for a sound one."""
    count = len(written.sentences)
    if written.abstained:
        return "the model says that the passages hold nothing of this"
    if not count:
        return "the model stated nothing"
    if written.incomplete and count == 1:
        return f"the model's reply broke off: {written.incomplete}"
    resting = sum(map(rests, written.sentences))
    if resting < max(1, _SOUND * count):
        return f"the documents support {resting} of the model's {count} sentences"
    said = {" ".join(each.text.casefold().split()) for each in written.sentences}
    if len(said) <= _SOUND * count:
        return REPEATS if written.incomplete == REPEATS else "the model repeated itself"
    return ""
