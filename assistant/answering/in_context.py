"""Sentences with what they stand under: the name behind a pronoun, the sentence before, a date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.antecedents import (
    goes_on,
    leans_later,
    named_before,
    names_what_is_before,
)
from assistant.answering.dated_headings import date_above, holds_date
from assistant.answering.list_items import ReadText
from assistant.answering.pick_relations import has_pronoun, overlaps, terms_held
from assistant.answering.picks import Pick
from assistant.answering.replies import asks_the_same, is_bare_reply
from assistant.answering.whole_lists import around as units_around
from assistant.retrieval.question import Question
from assistant.text.names import words_above
from assistant.types import Named

_MOST_BEFORE = 2
"""Sentences before one that only goes on with them: "That is, … For that reason, …"."""
_HE = re.compile(r"\W{0,3}(?:she|he|her|his)\b", re.IGNORECASE)
_TOLD = ("prose", "item")
_AFFIRMS = 0.95
"""The share of the question that a sentence holds which says itself what is asked."""
_DENIES = re.compile(r"\b(?:not|no|never|only|\w+n['’]t|nicht|kein\w*|ne|pas|non)\b", re.IGNORECASE)
_NEXT = 3
"""The most characters between two sentences of one paragraph."""
_WINDOW = 4000
"""Characters before a sentence that are looked through for the date it stands under."""
_YEAR = re.compile(r"(?<![\d.,])(?:1[5-9]|20)\d\d(?![\d.,]\d)\b")


def with_context(question: Question, chosen: Sequence[Pick], read: ReadText) -> list[Pick]:
    """Sentences that open with a pronoun, under the name that it stands for; where that is not
    plain, with the sentence before it, if it is the only one: beside another it is mostly that one
    it speaks of. The best one with a pronoun behind a phrase, and one that gives a name ("This is
    called …"), say nothing without it."""
    result = _under_dates(question, _under_names(question, chosen, read), read)
    result += _reply_before(question, chosen[0], result, read)
    is_alone = len(result) == 1
    waiting = [(pick, _MOST_BEFORE) for pick in result]
    while waiting:
        pick, most = waiting.pop(0)
        has_earlier = any(
            other.start < pick.start and other.passage.document == pick.passage.document
            for other in result
        )
        is_first = pick is result[0] and not has_earlier and leans_later(pick.text)
        needs_it = has_pronoun(pick) if is_alone else is_first
        needs_it = needs_it or (pick.kind == "prose" and not has_earlier and goes_on(pick.text))
        if pick.about is not None or not (needs_it or names_what_is_before(pick.text)):
            continue
        around, at = units_around(pick, read)
        if at < 1:
            continue
        added = around[at - 1]
        if _HE.match(pick.text) and _names_none(question, added) and _knows(question, pick):
            continue
        if added.kind in ("prose", "item") and not any(overlaps(added, other) for other in result):
            result.append(added)
            waiting += [(added, most - 1)] if most > 1 and goes_on(added.text) else []
    return result


def _names_none(question: Question, added: Pick) -> bool:
    return question.names.isdisjoint(question.reads(added.text, added.passage.language))


def _knows(question: Question, pick: Pick) -> bool:
    """Whether the passage, or what it stands under, names whom the question names: he or she is
    that person, whatever the sentence before speaks of."""
    code = pick.passage.language
    said = f"{words_above(pick.passage)} {pick.passage.text}"
    meant = question.names - {*question.reads(pick.text, code)}
    return bool(meant) and meant <= {*question.reads(said, code)}


def _reply_before(
    question: Question, best: Pick, chosen: Sequence[Pick], read: ReadText
) -> list[Pick]:
    """The "No." right before the best sentence, where it replies to the very question: without it
    "It ran on Windows once" sounds like a yes."""
    if question.kinds[0] != "yesno" or best.kind not in _TOLD:
        return []
    around, at = units_around(best, read)
    reply = around[at - 1] if at >= 1 else None
    if reply is None or best.start - reply.end > _NEXT or not is_bare_reply(reply.text):
        return []
    if "\n\n" in read(best.passage.document, reply.end, best.start):
        return []
    if best.features.own >= _AFFIRMS and not _DENIES.search(best.text):
        return []  # it says itself what is asked: the question above was another
    above = around[at - 2].text if at >= 2 else ""
    if not above and best.passage.heading_path:
        above = best.passage.heading_path[-1]
    is_asked = asks_the_same(question, above, best.passage.language)
    return [reply] if is_asked and not any(overlaps(reply, other) for other in chosen) else []


def _under_dates(question: Question, chosen: Sequence[Pick], read: ReadText) -> list[Pick]:
    """The picks, the best one under the date above it where a date is asked for and it has none."""
    result = list(chosen)
    best = result[0]
    if question.kinds[0] != "date" or best.kind not in _TOLD or best.about is not None:
        return result
    if holds_date(best.text) or _YEAR.search(best.text):
        return result
    start = max(0, best.start - _WINDOW)
    before = read(best.passage.document, start, best.start)
    about = date_above(best.text, before, best.start)
    return [replace(best, about=about), *result[1:]] if about is not None else result


def _under_names(question: Question, chosen: Sequence[Pick], read: ReadText) -> list[Pick]:
    """The picks, those that open with a pronoun under its name; without the sentence that was only
    chosen for the name."""
    result = list(chosen)
    for pick in chosen:
        about = _name_of(question, pick, read) if has_pronoun(pick) else None
        if about is None:
            continue
        holding = [
            other
            for other in result
            if other is not pick
            and other.passage.document == pick.passage.document
            and other.start <= about.start < other.end
        ]
        told = terms_held(question, [pick]) | set(question.reads(about.text, pick.passage.language))
        if pick is chosen[0] and all(terms_held(question, [other]) <= told for other in holding):
            result = [other for other in result if other not in holding]
        elif holding:
            continue
        result[result.index(pick)] = replace(pick, about=about)
    return result


def _name_of(question: Question, pick: Pick, read: ReadText) -> Named | None:
    around, at = units_around(pick, read)
    before = [(each.text, each.start) for each in around[: max(at, 0)] if each.kind in _TOLD]
    return named_before(question, pick.text, before)
