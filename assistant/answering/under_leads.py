"""List items under the line that leads them in, where they say little, or the opposite, without it.

"Theft through an open window" is a cover or an exclusion: "We do not pay for", above its list, says
which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.exclusions import turns_round
from assistant.answering.list_items import ReadText, item_runs
from assistant.answering.pick_relations import overlaps
from assistant.answering.picks import Pick
from assistant.answering.whole_lists import around
from assistant.types import Named

_OPEN_ENDS = (";", ",")
_CLOSED = (".", "!", "?", "。")
_LONGEST, _LINES_BETWEEN = 200, 3
"""Characters of a line that is shown before an item, and line ends between it and the list."""


def under_leads(picks: Sequence[Pick], read: ReadText) -> tuple[Pick, ...]:
    """The picks, items without the line above their list under it: where that turns them round, or
    the item is a part of a sentence and the line its beginning."""
    return tuple(
        replace(pick, about=_lead(pick, picks, read))
        if pick.kind == "item" and pick.about is None and pick.row is None
        else pick
        for pick in picks
    )


def _lead(pick: Pick, picks: Sequence[Pick], read: ReadText) -> Named | None:
    units, at = around(pick, read)
    run = next((run for run in item_runs(units, read) if at in run), [])
    if not run or not run[0]:
        return None
    lead = units[run[0] - 1]
    if lead.kind == "item" or any(overlaps(lead, other) for other in picks):
        return None
    words = lead.text.rstrip(" \t:*_")
    is_closed = lead.kind == "heading" or words.endswith(_CLOSED)
    item = pick.text.strip()
    is_part = item[:1].islower() or item.endswith(_OPEN_ENDS)
    turns = turns_round(words)
    if len(words) > _LONGEST or not words or not (turns or (is_part and not is_closed)):
        return None
    gap = read(pick.passage.document, lead.end, units[run[0]].start)
    if gap.count("\n") > _LINES_BETWEEN:
        return None
    return Named(words, lead.start, lead.start + len(words))
