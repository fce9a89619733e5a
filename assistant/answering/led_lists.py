"""What a line above a list or table adds to the lines below it, and what it gains by them. Pure.

"The following keys change the date:" says of each line below it that it tells a key. "The lines
with their months are:" answers by the rows of the table below it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from assistant.answering.asked_lists import (
    asks_for_several,
    asks_for_things,
    asks_what_to_do,
    ends_in_colon,
)
from assistant.answering.sentence_scores import SentenceFeatures, SentenceTerms
from assistant.retrieval.counted_things import (
    count_asked_for,
    count_terms,
    gives_names,
    is_of_kind_asked_for,
    things_named,
)
from assistant.retrieval.question import Question, coverage
from assistant.text.names import words_above
from assistant.types import Passage

_INHERITED = 3.5
"""What an item gains for each share of the question that only the line above its list holds."""
_OWN = 0.25
"""The share of the question that the item must hold and the line above must not."""
_NAMED_SO_MANY, _SO_MANY_AT_ALL, _LEAST_NAMED = 2.0, 0.6, 0.3
"""What a sentence gains that names as many things as are asked for, or as it says itself, where it
and what stands around it hold this share of the question."""
_NAMES_GIVEN = 4.0
"""The same where the names of so many are asked for and joined: a sentence with them says little
else of what is asked."""
_ABOVE_ROWS, _LEAST_LED = 3.5, 0.5
"""What a line above a table gains for the share of the question that it and the table hold, from
this share on."""
_FEWEST_ROWS, _AS_MANY = 2, 2.5
"""Rows of a table that is a list; and what the line gains where there are as many as asked for."""


def asks_for_more_than_one(question: Question) -> bool:
    """Whether a question asks for several things, by its words or by their number."""
    return (
        question.kinds[0] == "list"
        or count_asked_for(question.text) > 0
        or asks_for_things(question)
        or asks_for_several(question)
    )


def names_as_many(question: Question, text: str) -> bool:
    """Whether a sentence names as many things as a question asks for by their number."""
    if gives_names(question.text, " ".join(text.split())):
        return True
    count = count_asked_for(question.text)
    things = things_named(text, count) if count else ""
    return bool(things) and is_of_kind_asked_for(question.text, things)


def items_led(
    question: Question,
    passages: Sequence[Passage],
    parts: Mapping[str, Sequence[SentenceTerms]],
) -> dict[str, dict[int, float]]:
    """The items that tell the one thing asked for together with the line above their list, by
    passage and place, and what each gains."""
    if question.wants_list or asks_for_more_than_one(question) or asks_what_to_do(question):
        return {}
    led: dict[str, dict[int, float]] = {}
    for passage in passages:
        found = _led_in(question, parts[passage.chunk_id])
        if found:
            led[passage.chunk_id] = {at: _INHERITED * gain for at, gain in found.items()}
    return led


def _led_in(question: Question, found: Sequence[SentenceTerms]) -> dict[int, float]:
    """The items of one passage, each with the share of the question that its lead adds."""
    gains: dict[int, float] = {}
    lead: SentenceTerms | None = None
    items: list[int] = []
    for at, sentence in enumerate([*found, None]):
        if sentence is not None and sentence.span.kind == "item" and not _leads(sentence):
            items.append(at)
            continue
        if lead is not None and len(items) > 1:
            gains |= _inheriting(question, lead, {each: found[each] for each in items})
        lead, items = (sentence if sentence is not None and _leads(sentence) else None), []
    return gains


def _leads(sentence: SentenceTerms) -> bool:
    return sentence.span.kind in ("prose", "item", "label") and ends_in_colon(sentence.text)


def _inheriting(
    question: Question, lead: SentenceTerms, items: Mapping[int, SentenceTerms]
) -> dict[int, float]:
    """The item that holds most of what the lead lacks; none where several hold as much."""
    weights = question.weights
    said = frozenset(question.reads(question.text, question.language))
    own = {
        at: (coverage(weights, item.terms - lead.terms), len(said & {*item.sequence}))
        for at, item in items.items()
    }
    most = max(own.values())
    best = [at for at, told in own.items() if told == most]
    if most[0] < _OWN or len(best) > 1:
        return {}
    [at] = best
    held = items[at].terms
    gain = coverage(weights, held | lead.terms) - coverage(weights, held)
    return {at: gain} if gain > 0.0 else {}


def with_leads(
    question: Question,
    passage: Passage,
    found: Sequence[SentenceTerms],
    features: Sequence[SentenceFeatures],
    led: Mapping[int, float],
) -> list[SentenceFeatures]:
    """The features of a passage's sentences: those of ``led`` with the line above their list as the
    sentence before them, lines above a table with its rows behind them."""
    result = [
        replace(each, before=max(each.before, led[at] / _INHERITED)) if at in led else each
        for at, each in enumerate(features)
    ]
    for at, share in leads_above_rows(question, passage, found).items():
        result[at] = replace(result[at], after=max(result[at].after, share - result[at].own))
    return result


def named_and_led(
    question: Question,
    passage: Passage,
    found: Sequence[SentenceTerms],
    features: Sequence[SentenceFeatures],
) -> dict[int, float]:
    """What sentences gain that name so many things as are asked for, and lines that stand above a
    table, where several things are asked for."""
    if not asks_for_more_than_one(question):
        return {}
    count = count_asked_for(question.text)
    gained = {
        at: _ABOVE_ROWS * share + _AS_MANY * (count > 0 and len(_rows_below(found, at)) == count)
        for at, share in leads_above_rows(question, passage, found).items()
    }
    for at, (sentence, each) in enumerate(zip(found, features, strict=True)):
        is_told = sentence.row is None and sentence.span.kind in ("prose", "item")
        if not is_told or each.around < _LEAST_NAMED:
            continue
        if gives_names(question.text, " ".join(sentence.text.split())):
            gained[at] = _NAMES_GIVEN * each.around
        elif names_as_many(question, sentence.text):
            gained[at] = _NAMED_SO_MANY * each.around
        elif not count and asks_for_things(question) and things_named(sentence.text):
            gained[at] = _SO_MANY_AT_ALL * each.around
    return gained


def leads_above_rows(
    question: Question, passage: Passage, found: Sequence[SentenceTerms]
) -> dict[int, float]:
    """The lines right above a table that end in a colon, each with the share of the question that
    it, its headings and the rows hold; none where one thing is asked for."""
    if not asks_for_more_than_one(question):
        return {}
    number = count_terms(question.text, question.language)
    shares: dict[int, float] = {}
    for at, sentence in enumerate(found):
        if sentence.span.kind != "prose" or not ends_in_colon(sentence.text):
            continue
        rows = _rows_below(found, at)
        if len(rows) < _FEWEST_ROWS or not (question.weights.keys() - number) & sentence.terms:
            continue
        above = frozenset(question.reads(words_above(passage), passage.language))
        held = above.union(sentence.terms, *(each.terms for each in rows))
        if (share := coverage(question.weights, held)) >= _LEAST_LED:
            shares[at] = share
    return shares


def _rows_below(found: Sequence[SentenceTerms], at: int) -> list[SentenceTerms]:
    """The rows right below a line, without the names of the columns."""
    rows = takewhile(lambda each: each.row is not None, found[at + 1 :])
    return [each for each in rows if each.row is not None and not each.row.is_header]


def told_by_one_item(question: Question, lead: str, item: str, others: Sequence[str]) -> bool:
    """Whether an item tells the one thing asked for with the line above its list, as none of the
    other items does."""
    if question.wants_list or asks_for_more_than_one(question) or asks_what_to_do(question):
        return False
    above = frozenset(question.reads(lead, question.language))
    if not ends_in_colon(lead) or not above & question.weights.keys():
        return False

    said = frozenset(question.reads(question.text, question.language))

    def adds(text: str) -> tuple[float, int]:
        found = frozenset(question.reads(text, question.language))
        return coverage(question.weights, found - above), len(said & found)

    own = adds(item)
    return own[0] >= _OWN and all(adds(other) < own for other in others)
