"""Lists given whole: the line above them, their items, and what follows a colon.

An answer that is one item of a list which answers only as a whole is half an answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.asked_lists import (
    asks_for_several,
    asks_what_to_do,
    ends_in_colon,
    names_a_list,
    tells_contents_below,
    tells_reasons_below,
    thing_of_several,
)
from assistant.answering.kind_scores import kind_score
from assistant.answering.led_lists import told_by_one_item
from assistant.answering.list_items import ReadText, item_runs
from assistant.answering.named_items import may_tell
from assistant.answering.picks import Pick
from assistant.retrieval.counted_things import may_announce
from assistant.retrieval.question import Question, coverage
from assistant.text.names import words_above
from assistant.text.sentences import sentences

_MAX_LIST_ITEMS = 14
_WINDOW = 4000
"""Characters of the document looked at on each side of a sentence for its list or table."""
_ENTRY = re.compile(r"[^.!?:–—]{2,60}(?: [–—-] |: )\S")
_LONGEST_ENTRY = 3
"""Sentences of an entry behind its first."""
_LEADS = 0.6
"""The share of the question that the line above a list must hold, for the list to be its answer."""
_NAMED = frozenset({"person", "place", "date"})
_FEW_STEPS, _LEAST_ABOVE = 6, 0.4
"""Items of a list that may be steps, whatever stands above it; of a longer one the share of the
question that the line and the headings above must hold."""
_NUMBER_MARK, _LONGEST_MARK = re.compile(r"\d[.)]\s*$"), 6
"""A number right before an item, and the characters before it that are read for one."""
_FEW_ITEMS, _SHARE_NAMED = 3, 0.34
"""Items of a list, and the share of them that must hold the time, person or place asked for."""
_ENOUGH_ALONE = 0.4
"""The share of the question that an item holds which is shown without the line above its list."""
_FEWEST_ANNOUNCED = 2
"""Items that a sentence without a colon announces, if as many stand right below it."""
_MOST_OF_THEM = 0.6
"""The share of a list's items that must say the thing that all of them are."""
_NAMING_WORDS = 4
"""Words at an item's beginning among which its name stands."""
_ONE_VALUE = frozenset({"person", "place", "date", "number", "amount"})


def around(pick: Pick, read: ReadText) -> tuple[list[Pick], int]:
    """The units of the document around a sentence, and which of them holds it (-1: none)."""
    start = max(0, pick.start - _WINDOW)
    text = read(pick.passage.document, start, pick.end + _WINDOW)
    spans = sentences(text)
    if all(start + span.start != pick.start for span in spans):  # it begins inside a block of code
        spans = sentences(text, in_code=True)
    picks = [
        replace(
            pick,
            text=text[s.start : s.end],
            start=start + s.start,
            end=start + s.end,
            kind=s.kind,
            row=None,
            about=None,
        )
        for s in spans
    ]
    at = next((i for i, p in enumerate(picks) if p.start <= pick.start < p.end), -1)
    return picks, at


def list_around(question: Question, best: Pick, read: ReadText) -> list[Pick]:
    """The whole list that the best sentence introduces, or belongs to when a list is wanted."""
    introduces = ends_in_colon(best.text)
    if introduces and best.kind == "item" and _says_enough(question, best):
        return []
    wants = question.wants_list or asks_what_to_do(question)
    announced = 0 if introduces or best.kind != "prose" else may_announce(best.text)
    if not introduces and not wants and best.kind != "item" and announced < _FEWEST_ANNOUNCED:
        return []
    units, at = around(best, read)
    if at < 0:
        return []
    introduces = introduces or (
        announced >= _FEWEST_ANNOUNCED
        and any(run[0] == at + 1 and len(run) == announced for run in item_runs(units, read))
    )
    if best.kind == "prose" and wants and not introduces:
        is_above = at + 1 < len(units) and units[at + 1].kind == "item"
        introduces = is_above and (question.wants_list or names_a_list(best.text))
    if best.kind != "item" and not introduces:
        return []
    wanted = at + 1 if introduces and best.kind != "item" else at
    items = next((run for run in item_runs(units, read) if wanted in run), [])
    first = items[0] if items else wanted
    lead = [units[first - 1]] if first and units[first - 1].kind == "prose" else []
    is_one_of_them = best.kind == "item" and not (introduces or question.wants_list)
    if is_one_of_them and (named := _items_named(question, best, [units[i] for i in items])):
        return named
    is_whole = bool(lead) and is_one_of_them and _tells_contents(question, lead[0])
    if (
        is_one_of_them
        and not is_whole
        and (alone := _told_alone(question, best, [units[i] for i in items], units))
    ):
        return alone
    if is_one_of_them and not (lead and _answers_as_a_whole(question, lead[0], best)):
        return []
    told = [units[each] for each in items]
    if (
        best.kind == "item"
        and question.wants_steps
        and not _is_of_steps(question, best, lead, told, read)
    ):
        return []
    if introduces and not _holds_values(question, told):
        return []
    if not may_tell(question.text, [each.text for each in told]):
        return []
    if len(items) < 2:
        return _entries_below(units, at) if ends_in_colon(best.text) else []
    return [*lead, *(units[each] for each in items[:_MAX_LIST_ITEMS])]


def _items_named(question: Question, best: Pick, items: Sequence[Pick]) -> list[Pick]:
    """The items that say the thing of which several are asked for, where the best one is one of
    them: "Basic membership: 20 €", "Full membership: 50 €" for "Which memberships are there?"."""
    thing = thing_of_several(question)
    if not thing or not thing & _opening_terms(question, best):
        return []
    named = [each for each in items if thing & _opening_terms(question, each)]
    if len(named) < max(_FEWEST_ANNOUNCED, _MOST_OF_THEM * len(items)) or question.values:
        return []
    held = [_terms(question, each) & question.weights.keys() - thing for each in items]
    if any(each != held[0] for each in held) and any(held):  # it is asked for some of them
        return []
    return list(items[:_MAX_LIST_ITEMS])


def _opening_terms(question: Question, pick: Pick) -> frozenset[str]:
    """The terms of its first words, which name it."""
    opening = " ".join(pick.text.split()[:_NAMING_WORDS])
    return frozenset(question.reads(opening, pick.passage.language))


def _is_of_steps(
    question: Question, best: Pick, lead: Sequence[Pick], items: Sequence[Pick], read: ReadText
) -> bool:
    """Whether a list may hold the steps asked for: it is short or numbered, or stands under a line
    or headings that speak of what is asked. A list of changes of which one shares some words does
    not."""
    mark = read(best.passage.document, max(0, best.start - _LONGEST_MARK), best.start)
    if len(items) <= _FEW_STEPS or _NUMBER_MARK.search(mark):
        return True
    above = " ".join((words_above(best.passage), *(pick.text for pick in lead)))
    held = frozenset(question.reads(above, best.passage.language))
    return coverage(question.weights, held) >= _LEAST_ABOVE


def _told_alone(
    question: Question, best: Pick, items: Sequence[Pick], units: Sequence[Pick]
) -> list[Pick]:
    """The one item that answers with the line above its list; that line too where the item holds
    little of the question itself."""
    at = next((i for i, unit in enumerate(units) if items and unit.start == items[0].start), 0)
    led = [each for each in items if not ends_in_colon(each.text)]
    inner = [
        i for i, each in enumerate(items) if ends_in_colon(each.text) and each.end < best.start
    ]
    lead = items[inner[-1]] if inner else units[at - 1] if at else None
    if lead is None:
        return []
    others = [each.text for each in led if each.start != best.start]
    if not told_by_one_item(question, lead.text, best.text, others):
        return []
    is_enough = coverage(question.weights, _terms(question, best)) >= _ENOUGH_ALONE
    return [best] if is_enough else [lead, best]


def _holds_values(question: Question, items: Sequence[Pick]) -> bool:
    """Whether a list may tell who, when or where something was: enough of its items name such; True
    where something else is asked for, or there are few items."""
    if question.kinds[0] not in _NAMED or len(items) <= _FEW_ITEMS:
        return True
    values = [kind_score(question, each.text, each.passage.language) for each in items]
    named = sum(value >= 1.0 for value in values)
    return named >= _SHARE_NAMED * len(items)


def _says_enough(question: Question, best: Pick) -> bool:
    """Whether an item holds the one value asked for itself: "Every five minutes the queue does the
    following:" answers how often, and what follows does not."""
    holds = best.features.kind >= 1.0 or best.read.span >= 0.0
    return question.kinds[0] in _ONE_VALUE and holds


def _answers_as_a_whole(question: Question, lead: Pick, item: Pick) -> bool:
    """Whether a list's first line holds what is asked for, so that its items answer together: "The
    platforms to which links can be made:"."""
    if not ends_in_colon(lead.text):
        return False
    if tells_reasons_below(question, lead.text):
        return True
    if _tells_contents(question, lead):
        return True
    if not (asks_for_several(question) or asks_what_to_do(question)):
        return False
    led = coverage(question.weights, _terms(question, lead))
    own = coverage(question.weights, _terms(question, item))
    return led >= _LEADS and led >= own


def _tells_contents(question: Question, lead: Pick) -> bool:
    held = coverage(question.weights, _terms(question, lead))
    return ends_in_colon(lead.text) and tells_contents_below(question, lead.text, held)


def _terms(question: Question, pick: Pick) -> frozenset[str]:
    return frozenset(question.reads(pick.text, pick.passage.language))


def _entries_below(units: Sequence[Pick], at: int) -> list[Pick]:
    """A line that ends in a colon, with the entries "Name – what it is" below it, or with what
    follows."""
    entries: list[Pick] = []
    since = 0
    for pick in units[at + 1 :]:
        if pick.kind == "heading" or since > _LONGEST_ENTRY or len(entries) == _MAX_LIST_ITEMS:
            break
        is_entry = pick.kind in ("prose", "label") and _ENTRY.match(pick.text) is not None
        entries += [pick] if is_entry else []
        since = 0 if is_entry else since + 1
    if len(entries) < 2:
        entries = [pick for pick in units[at + 1 : at + 2] if pick.kind in ("prose", "code")]
    return [units[at], *entries] if entries else []
