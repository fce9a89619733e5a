"""An answer → what its parts are: steps in an order, the sides of a disagreement, a long list.

The words stay as they are; only how they are drawn follows from the sources.
"""

from __future__ import annotations

import re

from assistant.chat.escaped import one_line
from assistant.checking.verdicts import LABELS, SHAPES, weakest
from assistant.types import Answer, Citation, Conflict, Source

_NUMBER = re.compile(r"^[ \t]*(?:step[ \t]*)?\(?\d{1,3}[.):][ \t]*$", re.IGNORECASE)
LONG_LIST = 6
"""Entries from which on a list says how many they are."""


def steps(answer: Answer, sources: dict[str, Source | None]) -> frozenset[int]:
    """The sentences that stand behind a number in their documents, as steps of a list do."""
    cited = {citation.marker: citation for citation in answer.citations}
    return frozenset(
        at
        for at, sentence in enumerate(answer.sentences)
        if any(_is_numbered(cited[m], sources) for m in sentence.citations if m in cited)
    )


def _is_numbered(citation: Citation, sources: dict[str, Source | None]) -> bool:
    source = sources.get(citation.document)
    if source is None or source.text[citation.start : citation.end] != citation.quote:
        return False
    line = source.text[max(0, citation.start - 20) : citation.start].rpartition("\n")[2]
    return _NUMBER.match(line) is not None


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
