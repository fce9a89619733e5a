"""An answer → what its parts are: the sides of a disagreement, a long list.

The words stay as they are; only how they are drawn follows from the sources.
"""

from __future__ import annotations

from assistant.chat.escaped import one_line
from assistant.checking.verdicts import LABELS, SHAPES, weakest
from assistant.types import Answer, Conflict

LONG_LIST = 6
"""Entries from which on a list says how many they are."""


def draw_conflicts(answer: Answer, turn: int) -> str:
    """The values that documents give for the same thing, side by side, newest first."""
    drawn = "".join(_sides(conflict, answer, turn) for conflict in answer.conflicts)
    said = "The documents disagree; both are shown."
    if any(len(conflict.claims) > 2 for conflict in answer.conflicts):
        said = "The documents disagree; each is shown."
    return f'<p class="conflict">{said}</p>{drawn}' if answer.conflicts else ""


def _sides(conflict: Conflict, answer: Answer, turn: int) -> str:
    titles = {citation.marker: citation.title for citation in answer.citations}
    rows = []
    for claim in conflict.claims:
        resting = [
            (at, each) for at, each in enumerate(answer.sentences) if claim.marker in each.citations
        ]
        verdict = weakest(sentence.verdict for _, sentence in resting)
        sentence = f" s{resting[0][0]}" if resting else ""
        marker = (
            f'<button type="button" class="marker {verdict} t{turn}{sentence} m{claim.marker}" '
            f'title="Source {claim.marker}: {LABELS[verdict]}">{SHAPES[verdict]} {claim.marker}'
            "</button>"
        )
        dated = one_line(claim.dated) if claim.dated else "no date in the document"
        rows.append(
            f'<div class="side"><p class="value"><strong>{one_line(claim.value)}</strong> '
            f'{marker}</p><p class="muted">{one_line(titles.get(claim.marker, ""))}<br>'
            f"{one_line(claim.document)}<br>{dated}</p></div>"
        )
    return f'<div class="sides">{"".join(rows)}</div>'
