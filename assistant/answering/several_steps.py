"""Comparison and two-step questions: each part is asked on its own, and each part is cited.

"Where was the founder of X born?" asks first who the founder is, then where that person was born.
"Which is older, A or B?" asks of each side. English patterns, as the words of relations are; every
other question is answered in one step.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.answering.answer import CitedPlace, Draft
from assistant.answering.doubts import NOT_COMPARED
from assistant.answering.extractive import Chosen
from assistant.answering.list_sides import defined_side_by_side
from assistant.answering.pick_relations import NEXT_TO
from assistant.answering.picks import Pick
from assistant.answering.sides import Sides, sides_of, tells_apart
from assistant.answering.slot_values import has_form, value_in
from assistant.answering.table_rows import TableRow, as_markdown, row_text
from assistant.retrieval.search import Found
from assistant.text.names import words_above
from assistant.text.terms import terms, words
from assistant.types import LIKELY, Evidence, Passage, Sentence

_LONGEST = 300
"""Characters of a question that is taken apart; the patterns' time grows with its square."""

AskPart = Callable[[str], tuple[Found, Chosen]]
"""A question → what is found and chosen for it alone."""

_ROLES = (
    "founder|co-founder|director|author|writer|composer|performer|singer|producer|editor|publisher|"
    "creator|inventor|discoverer|architect|designer|builder|owner|chair|chairman|head|leader|captain|"
    "president|mayor|king|queen|emperor|teacher|coach|manager|painter|sculptor|father|mother|wife|"
    "husband|spouse|son|daughter|brother|sister|grandfather|grandmother|successor|predecessor|"
    "keeper|librarian|organiser|organizer|translator|screenwriter"
)
_OF = re.compile(
    rf"^(?P<head>(?:where|when|what|who|which|how|in what|in which|on what|from where)\b"
    rf"(?:(?! of )[^?])*?(?: of)?) the (?P<role>(?:{_ROLES})) of (?P<subject>[^?]+?)"
    r"(?P<tail>(?: (?:was |is )?(?:born|die|died|buried|from|studied|study|educated|work|worked|"
    r"live|lived|come from|grow up|graduate|graduated|marry|married|retire|found|win|won|buried))?)"
    r"(?: at| in)?\s*\?*$",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(
    rf"^(?P<head>(?i:where|when|what|who|which|how|in what|in which)\b[^?]*?) "
    rf"(?P<subject>(?:the )?[A-Z][^?]*?)['’]s (?P<role>{_ROLES})(?! (?:office|quarters?)\b)"
    rf"(?P<tail> [a-z ]+)?\s*\?*$"
)
_ASKS_NAME = re.compile(r"(?:who|what|which)(?: (?:is|was|are|were))?(?: the)?(?: name of)?")
"""Questions that ask only for the person; these need one step."""
_MOST = 2
"""Sentences of one part."""
_ONE_SENTENCE = 0.9
"""A sentence that covers this share of the question answers both steps at once."""


@dataclass(frozen=True, slots=True)
class Hop:
    """Two steps: the first asks for a name, which stands for ``{}`` in the second."""

    first: str
    second: str


def plan(text: str) -> Hop | Sides | None:
    """How a question is taken apart; None for one that is asked as it is."""
    text = " ".join(text.split())
    sides = sides_of(text)
    if sides is not None:
        return sides
    for pattern in (_OF, _POSSESSIVE):
        match = pattern.match(text)
        if match is not None:
            role, subject = match["role"], match["subject"].strip()
            tail = (match["tail"] or "").rstrip()
            if not tail and _ASKS_NAME.fullmatch(match["head"].lower()):
                continue
            return Hop(f"Who is the {role} of {subject}?", f"{match['head']} {{}}{tail}?")
    return None


_NEIGHBOURS = LIKELY - 0.01
"""How sure it is at the most that two sentences side by side, which open with the two things, tell
them apart: no word says that they do."""


def stepwise(whole: Found, ask: AskPart, least: float) -> tuple[Draft, Found] | None:
    """The answer in parts, and everything found for it; None if the question is better answered
    as a whole. ``least`` is the confidence from which on an answer is shown."""
    if len(whole.question.standalone) > _LONGEST:
        return None
    planned = plan(whole.question.standalone)
    if planned is None:
        return None
    if isinstance(planned, Sides):
        if planned.may_stand_together:
            found, chosen = ask(whole.question.standalone)
            if pair := defined_side_by_side(planned.names, chosen.extraction.ranked):
                return _side_by_side(planned, pair, whole, found, ask)
            if _tells_both(planned, chosen):
                return None
            if pair := defined_side_by_side(planned.names, chosen.extraction.ranked, in_prose=True):
                told = _neighbours(planned, pair, whole, found, chosen)
                return told if told[0].confidence >= least else None
        elif _is_told_at_once(planned, ask(whole.question.standalone)[1]):
            return None
        return _both_sides(planned, whole, ask)
    best = ask(whole.question.standalone)[1].extraction.ranked[:1]
    if best and best[0].features.own >= _ONE_SENTENCE and best[0].features.kind >= 1.0:
        return None
    return _two_steps(planned, whole, ask)


def _two_steps(hop: Hop, whole: Found, ask: AskPart) -> tuple[Draft, Found] | None:
    found, chosen = ask(hop.first)
    if not chosen.answers:
        return None
    first = chosen.extraction.picks[0]
    read = next((p for p in chosen.extraction.ranked if p.start == first.start), first)
    value = value_in(chosen.extraction.question, read, "name")
    if value is None or not has_form(value.text, "name"):
        return None
    then, last = ask(hop.second.replace("{}", value.text))
    if not last.answers:
        return None
    parts = [("Step 1", [read]), ("Step 2", last.extraction.picks[:_MOST])]
    confidence = min(chosen.confidence, last.confidence)
    return draft_of_parts(parts, confidence), found_together(whole, parts, found, then)


def _both_sides(sides: Sides, whole: Found, ask: AskPart) -> tuple[Draft, Found] | None:
    asked = [ask(question) for question in sides.questions]
    if not all(chosen.answers for _, chosen in asked):
        return None
    picks = [chosen.extraction.picks[:_MOST] for _, chosen in asked]
    told_apart = _told_apart(sides)
    if not all(any(_speaks_of(p, own) for p in side)
               for side, own in zip(picks, told_apart, strict=True)):  # fmt: skip
        return None
    parts: list[tuple[str, Sequence[Pick]]] = list(zip(sides.names, picks, strict=True))
    places = [{(pick.passage.document, pick.start) for pick in side} for side in picks]
    if places[0] & places[1]:
        both = [pick for pick in picks[0] if (pick.passage.document, pick.start) in places[1]]
        if not all(any(_speaks_of(pick, own) for pick in both) for own in told_apart):
            return None
        parts = [(" · ".join(sides.names), both)]
    confidence = min(chosen.confidence for _, chosen in asked)
    return draft_of_parts(parts, confidence), found_together(
        whole, parts, *(found for found, _ in asked)
    )


def _side_by_side(
    sides: Sides, pair: Sequence[Pick], whole: Found, found: Found, ask: AskPart
) -> tuple[Draft, Found] | None:
    """Both items of a list, each under the name of its side, as sure as the less sure of what is
    told of one side alone; None where neither side alone is answered."""
    asked = [ask(question)[1] for question in sides.questions]
    if not all(chosen.answers for chosen in asked):
        return None
    parts = [(name, [pick]) for name, pick in zip(sides.names, pair, strict=True)]
    confidence = min(chosen.confidence for chosen in asked)
    return draft_of_parts(parts, confidence), found_together(whole, parts, found)


def _neighbours(
    sides: Sides, pair: Sequence[Pick], whole: Found, found: Found, chosen: Chosen
) -> tuple[Draft, Found]:
    """Two neighbouring sentences, each under the name of its side. Right behind each other they
    tell apart what the best one alone does not, so that this doubt does not count."""
    parts = [(name, [pick]) for name, pick in zip(sides.names, pair, strict=True)]
    first, second = sorted(pair, key=lambda pick: pick.start)
    is_doubted = not tells_apart(chosen.extraction.ranked[0].text)
    confidence = chosen.confidence
    if is_doubted and second.start - first.end <= NEXT_TO:
        confidence = max(confidence, min(_NEIGHBOURS, confidence / NOT_COMPARED))
    return draft_of_parts(parts, confidence), found_together(whole, parts, found)


def _tells_both(sides: Sides, chosen: Chosen) -> bool:
    """Whether the answer to the question as a whole speaks of both sides, and tells them apart."""
    picks = chosen.extraction.picks
    is_told = any(pick.row is not None or tells_apart(pick.text) for pick in picks)
    return (
        chosen.answers
        and is_told
        and all(
            any(not own.isdisjoint(terms(pick.text, pick.passage.language)) for pick in picks)
            for own in _told_apart(sides)
        )
    )


def _is_told_at_once(sides: Sides, chosen: Chosen) -> bool:
    """Whether the best sentence compares the two itself: "A is hotter than B"."""
    if not chosen.answers or not sides.compared:
        return False
    best = chosen.extraction.ranked[0]
    held = frozenset(terms(best.text, best.passage.language))
    names_both = all(not own.isdisjoint(held) for own in _told_apart(sides))
    return best.row is None and names_both and sides.compared in words(best.text)


def _told_apart(sides: Sides) -> list[frozenset[str]]:
    return [_own_terms(sides.names), _own_terms(sides.names[::-1])]


def _own_terms(names: Sequence[str]) -> frozenset[str]:
    """The terms of the first name that the second one lacks."""
    return frozenset(terms(names[0])) - frozenset(terms(names[1]))


def _speaks_of(pick: Pick, own: frozenset[str]) -> bool:
    columns = " ".join(pick.row.names) if pick.row is not None else ""  # a column may be the thing
    said = f"{words_above(pick.passage)} {pick.text} {columns}"
    return not own or not own.isdisjoint(terms(said, pick.passage.language))


def draft_of_parts(parts: Sequence[tuple[str, Sequence[Pick]]], confidence: float) -> Draft:
    """Each part under its name; rows under the names of their columns, in one table where they are
    of one."""
    lines: list[str] = []
    sentences: list[Sentence] = []
    places: list[CitedPlace] = []
    tables = {pick.row.table for _, picks in parts for pick in picks if pick.row is not None}
    is_one_table = len(tables) == 1 and all(p.row is not None for _, picks in parts for p in picks)
    if is_one_table:
        rows = {pick.start: pick for _, picks in parts for pick in picks}
        parts = [("", [rows[start] for start in sorted(rows)])]
    for lead, picks in parts:
        told = []
        rows_told: list[tuple[TableRow, str]] = []
        for pick in picks:
            places.append(CitedPlace(pick.passage.document, pick.start, pick.end))
            marker = len(places)
            said = " ".join(pick.text.split()) if pick.row is None else row_text(pick.row)
            if pick.row is None:
                told.append(f"{said} [{marker}]")
            else:
                rows_told.append((pick.row, f"[{marker}]"))
            evidence = (Evidence(marker, pick.start, pick.end),)
            sentences.append(Sentence(said, (marker,), "verbatim", evidence))
        said = f"{lead}: {' '.join(told)}" if lead else " ".join(told)
        lines += [said.rstrip()] if said else []
        for _, block in groupby(rows_told, key=lambda each: each[0].table):
            shown, marks = zip(*block, strict=True)
            lines.append(as_markdown(shown, marks, frozenset(terms(lead))))
    return Draft("\n\n".join(lines), tuple(sentences), tuple(places), confidence=confidence)


def found_together(
    whole: Found, parts: Sequence[tuple[str, Sequence[Pick]]], *found: Found
) -> Found:
    """What was found, under the question as it was asked: what is cited, then what each part found,
    no more than one question finds."""
    cited = [pick.passage for _, picks in parts for pick in picks]
    passages: dict[str, Passage] = {passage.chunk_id: passage for passage in cited}
    for passage in (each for one in (*found, whole) for each in one.passages):
        passages.setdefault(passage.chunk_id, passage)
    most = max(len(cited), *(len(one.passages) for one in (whole, *found)))
    notices = dict.fromkeys(one.notice for one in (*found, whole) if one.notice)
    kept = tuple(passages.values())[:most]
    return Found(whole.question, kept, whole.usage, ". ".join(notices))
