"""What to do, given whole: the sentences behind a run-in heading, or below a heading, that asks it.

"If a rotor breaks" stands over four short sentences, and each is a step; "Where to sleep" over
three items, and each is an answer. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from assistant.answering.asked_lists import asks_what_to_do, ends_in_colon
from assistant.answering.inner_headings import inner_headings
from assistant.answering.list_items import ReadText
from assistant.answering.picks import Pick
from assistant.retrieval.question import Question, coverage
from assistant.text.names import words_above
from assistant.text.sentences import sentences

_MOST = 6
"""Sentences that are given whole; of longer sections the best ones are."""
_WINDOW = 3000
"""Characters of the document on each side of a sentence in which its section is looked for."""
_MOST_ITEMS = 14
"""Items of a list that is given whole."""
_ASKED = 0.8
"""The share of the question that the heading must hold."""


def whole_section(
    question: Question, best: Pick, ranked: Sequence[Pick], read: ReadText
) -> list[Pick]:
    """The sentences of the best one's paragraph or section, in reading order; nothing where its
    heading does not ask the question, or more than a few stand there."""
    if best.kind == "item" and best.is_asked_above:
        heading, inside = _section(best, read)
        return _all_items(best, inside) if _asks(question, best, heading) else []
    if best.kind != "prose" or best.row is not None:
        return []
    if best.about is not None and best.is_asked_above:
        return _few(best, [pick for pick in ranked if _is_under_same(pick, best)])
    if not (asks_what_to_do(question) or question.wants_steps):
        return []
    heading, inside = _section(best, read)
    if any(each.kind != "prose" for each in inside) or not _asks(question, best, heading, ""):
        return []
    return _few(best, inside)


def _asks(question: Question, best: Pick, heading: str, above: str | None = None) -> bool:
    """Whether a heading holds nearly all of the question, with what its passage stands under."""
    said = f"{words_above(best.passage) if above is None else above} {heading}"
    held = frozenset(question.reads(said, best.passage.language))
    return coverage(question.weights, held) >= _ASKED


def _all_items(best: Pick, inside: Sequence[Pick]) -> list[Pick]:
    """The items of a section that stand together with the best one; nothing of a very long list."""
    runs = [list(run) for is_item, run in groupby(inside, key=_is_item) if is_item]
    run = next((run for run in runs if any(pick.start == best.start for pick in run)), [])
    is_list = 1 < len(run) <= _MOST_ITEMS
    return [best if pick.start == best.start else pick for pick in run] if is_list else []


def _is_item(pick: Pick) -> bool:
    return pick.kind == "item"


def _section(best: Pick, read: ReadText) -> tuple[str, list[Pick]]:
    """The nearest headings above a sentence, in the document around it or that of its passage, and
    the units up to the next one."""
    begin = max(0, best.start - _WINDOW)
    around = read(best.passage.document, begin, best.end + _WINDOW)
    spans = sentences(around)
    inner = inner_headings(around, spans)
    heading = best.passage.heading_path[-1] if best.passage.heading_path else ""
    inside: list[Pick] = []
    is_found = False
    for span, above in zip(spans, inner, strict=True):
        text = around[span.start : span.end]
        if span.kind in ("heading", "label"):
            if is_found:
                break
            outer = (around[spans[at].start : spans[at].end] for at in above)
            heading, inside = " ".join((*outer, text)), []
            continue
        start = begin + span.start
        end = begin + span.end
        inside.append(replace(best, text=text, start=start, end=end, kind=span.kind, about=None))
        is_found = is_found or start == best.start
    return heading, inside if is_found else []


def _is_under_same(pick: Pick, best: Pick) -> bool:
    return pick.about == best.about and pick.passage.document == best.passage.document


def _few(best: Pick, picks: Sequence[Pick]) -> list[Pick]:
    if any(ends_in_colon(pick.text) for pick in picks):  # a list follows
        return []
    once = {pick.start: pick for pick in (*picks, best)} if picks else {}
    return [once[at] for at in sorted(once)] if len(once) <= _MOST else []
