"""Comparison and two-step questions: each part is asked on its own, and each part is cited.

"Where was the founder of X born?" asks first who the founder is, then where that person was born.
"Which is older, A or B?" asks of each side. English patterns, as the words of relations are; every
other question is answered in one step.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.answering.answer import CitedPlace, Draft
from assistant.answering.candidates import Pick
from assistant.answering.extractive import Chosen
from assistant.answering.slot_values import has_form, value_in
from assistant.answering.table_rows import row_text
from assistant.retrieval.search import Found
from assistant.types import Evidence, Passage, Sentence

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
    rf"(?P<subject>(?:the )?[A-Z][^?]*?)['’]s (?P<role>{_ROLES})(?P<tail> [a-z ]+)?\s*\?*$"
)
_OR = re.compile(
    r"^(?P<ask>[^?]+?)[,:]? (?:between )?(?P<a>(?:the )?[A-Z0-9“\"][^,?]*?|the [^,?]+?),? or "
    r"(?P<b>[^,?]+?)\s*\?*$"
)
_EACH = re.compile(r"^(?P<a>[^:?]+?) and (?P<b>[^:?]+?): (?P<ask>[^?]+?)\s*\?*$")
_COMPARE = re.compile(
    r"^compare (?P<a>.+?) (?:and|with|to) (?P<b>.+?)"
    r"(?: (?:by|in|in terms of|regarding) (?P<by>.+?))?[.?]*$",
    re.IGNORECASE,
)
_MEASURES = {
    "older": "When was {} founded, built, made or born?", "younger": "When was {} born?",
    "newer": "When was {} founded, built or made?", "first": "When was {} {verb}?",
    "earlier": "When was {} {verb}?", "later": "When was {} {verb}?",
    "higher": "How high is {}?", "taller": "How tall is {}?", "longer": "How long is {}?",
    "shorter": "How long is {}?", "bigger": "How big is {}?", "larger": "How large is {}?",
    "smaller": "How large is {}?", "deeper": "How deep is {}?", "wider": "How wide is {}?",
    "heavier": "How heavy is {}?", "lighter": "How heavy is {}?", "faster": "How fast is {}?",
    "cheaper": "How much does {} cost?", "expensive": "How much does {} cost?",
}  # fmt: skip
_ASKS_NAME = re.compile(r"(?:who|what|which)(?: (?:is|was|are|were))?(?: the)?(?: name of)?")
"""Questions that ask only for the person; these need one step."""
_WORDS = re.compile(r"[a-z]+")
_VERB = re.compile(r"\b(born|built|founded|opened|published|made|released|established|written)\b")
_MOST = 2
"""Sentences of one part."""
_ONE_SENTENCE = 0.9
"""A sentence that covers this share of the question answers both steps at once."""


@dataclass(frozen=True, slots=True)
class Hop:
    """Two steps: the first asks for a name, which stands for ``{}`` in the second."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Sides:
    """The same asked of each side."""

    names: tuple[str, str]
    questions: tuple[str, str]


def plan(text: str) -> Hop | Sides | None:
    """How a question is taken apart; None for one that is asked as it is."""
    text = " ".join(text.split())
    for pattern in (_EACH, _COMPARE, _OR):
        match = pattern.match(text)
        if match is not None:
            sides = _sides(match)
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


def _sides(match: re.Match[str]) -> Sides | None:
    a, b = match["a"].strip(' “”"'), match["b"].strip(' “”"')
    if match.re is _COMPARE:
        asked = f"What is the {match['by']} of {{}}?" if match["by"] else "What is {}?"
    elif match.re is _EACH:
        asked = re.sub(r"\b(?:each|each of them|both)\b", "{}", match["ask"]) + "?"
    else:
        words = _WORDS.findall(match["ask"].lower())
        measure = next((_MEASURES[word] for word in words if word in _MEASURES), "")
        verb = _VERB.search(match["ask"])
        asked = measure.replace("{verb}", verb[1] if verb else "built or born")
    if "{}" not in asked or not a or not b:
        return None
    return Sides((a, b), (asked.replace("{}", a), asked.replace("{}", b)))


def stepwise(whole: Found, ask: AskPart) -> tuple[Draft, Found] | None:
    """The answer in parts, and everything found for it; None if the question is better answered
    as a whole."""
    if len(whole.question.standalone) > _LONGEST:
        return None
    planned = plan(whole.question.standalone)
    if planned is None:
        return None
    if isinstance(planned, Sides):
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
    return _draft(parts, confidence), _together(whole, found, then)


def _both_sides(sides: Sides, whole: Found, ask: AskPart) -> tuple[Draft, Found] | None:
    asked = [ask(question) for question in sides.questions]
    if not all(chosen.answers for _, chosen in asked):
        return None
    picks = [chosen.extraction.picks[:_MOST] for _, chosen in asked]
    places = [{(pick.passage.document, pick.start) for pick in side} for side in picks]
    if places[0] & places[1]:
        return None  # one sentence speaks of both, or one side is not there
    parts = list(zip(sides.names, picks, strict=True))
    confidence = min(chosen.confidence for _, chosen in asked)
    return _draft(parts, confidence), _together(whole, *(found for found, _ in asked))


def _draft(parts: Sequence[tuple[str, Sequence[Pick]]], confidence: float) -> Draft:
    lines: list[str] = []
    sentences: list[Sentence] = []
    places: list[CitedPlace] = []
    for lead, picks in parts:
        told = []
        for pick in picks:
            places.append(CitedPlace(pick.passage.document, pick.start, pick.end))
            marker = len(places)
            said = " ".join(pick.text.split()) if pick.row is None else row_text(pick.row)
            told.append(f"{said} [{marker}]")
            evidence = (Evidence(marker, pick.start, pick.end),)
            sentences.append(Sentence(said, (marker,), "verbatim", evidence))
        lines.append(f"{lead}: {' '.join(told)}")
    return Draft("\n\n".join(lines), tuple(sentences), tuple(places), confidence=confidence)


def _together(whole: Found, *parts: Found) -> Found:
    """What was found for all parts, each passage once, under the question as it was asked."""
    passages: dict[str, Passage] = {}
    for found in (*parts, whole):
        for passage in found.passages:
            passages.setdefault(passage.chunk_id, passage)
    notices = dict.fromkeys(found.notice for found in (*parts, whole) if found.notice)
    return Found(whole.question, tuple(passages.values()), whole.usage, ". ".join(notices))
