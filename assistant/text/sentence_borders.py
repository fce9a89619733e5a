"""Where a sentence begins that a border between two pieces of a text would cut. Pure."""

from __future__ import annotations

from assistant.text.sentences import sentences

_BEFORE, _BEHIND = 800, 400
"""Characters of the paragraph around a border that are looked at."""
_WRAPPED = ("prose", "item")


def start_of_cut_sentence(text: str, end: int, start: int) -> int | None:
    """Where the sentence begins that goes on from before ``end`` to behind ``start``, between which
    a line of a wrapped paragraph breaks; None where no sentence does, or the paragraph ends."""
    gap = text[end:start]
    if gap.count("\n") != 1 or not gap.isspace():
        return None
    first = max(text.rfind("\n\n", 0, end) + 2, end - _BEFORE, 0)
    last = text.find("\n\n", start)
    last = min(last if last >= 0 else len(text), start + _BEHIND)
    for span in sentences(text[first:last]):
        if first + span.start < end and first + span.end > start and span.kind in _WRAPPED:
            return first + span.start
    return None
