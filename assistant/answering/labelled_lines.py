"""Lines that a document labels as what is asked for: "Action:", "Decision:", "Open question:".

"List the action items of the March meeting" shares no word with "Action: Piet to order 60 locks"
but its label; every line with it, in the section and the document asked about, is the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.answering.answer import CitedPlace, Draft
from assistant.index.snapshot import Snapshot
from assistant.retrieval.question import Question
from assistant.retrieval.search import Found
from assistant.types import Evidence, Passage, Sentence

_ASKED_AND_LABEL = (
    (
        r"\b(?:action (?:items?|points?)|actions|to-?dos?)\b",
        r"action(?: items?| points?)?|actions|to-?do|task",
    ),
    (r"\bfollow-?ups\b", r"follow-?ups?"),
    (r"\b(?:decisions?|decided?)\b", r"decisions?|decided|agreed|resolved"),
    (r"\b(?:resolutions|resolved)\b", r"resolutions?|resolved"),
    (
        r"\bopen (?:questions?|points?|issues?|items?)\b",
        r"open (?:questions?|points?|issues?|items?)",
    ),
)
"""What a question calls such lines, and the labels at their beginnings."""
_MARK = r"[ \t>]{0,12}(?:[-*+•][ \t]{1,4}|\d{1,3}[.)][ \t]{1,4})?(?:\[[ xX]?\][ \t]{1,4})?"
_KINDS = tuple(
    (
        re.compile(asked, re.IGNORECASE),
        re.compile(
            rf"{_MARK}(?P<line>(?:\*\*|__)?(?:{label})(?: ?\([^()\n]{{1,40}}\))?\W{{0,2}}:.*)",
            re.IGNORECASE,
        ),
    )
    for asked, label in _ASKED_AND_LABEL
)
_LABELLED = re.compile(_MARK + r"(?:\*\*|__)?[A-Za-z][\w ()/-]{0,30}:")
_BEGINS_ANEW = re.compile(r"[ \t>]{0,12}(?:[-*+•#]|\d{1,3}[.)] )")
"""A line that goes on with no line before it."""
_DENIED = re.compile(r"\b(?:not|never|no|n['’]t|reject\w*|without|which of)\b", re.IGNORECASE)
_DAY = re.compile(r"\W{0,4}(?:date|day|held|datum|minutes|meeting|protocol)\b", re.IGNORECASE)
_GENERAL = re.compile(
    r"\b(?:list|show|give|tell|all|every|each|any|me|us|the|what|which|are|is|was|were|there|did|do|"
    r"does|they|we|have|has|been|made|taken|reached|come|about|on|of|in|at|from|for|during|regarding|"
    r"meetings?|minutes|notes?|document|file|board|team|committee|please|and|a|an|to|as)\b",
    re.IGNORECASE,
)
_SECTION = re.compile(r"(?:#{1,6}|\d{1,2}(?:\.\d{1,2})*[.)]?) {1,3}\S[^\n]{0,90}")
_KINDS_ASKED = frozenset({"list", "which", "any", "definition"})
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_HEAD, _LONGEST, _MOST, _WRAPPED = 8, 400_000, 20, 5
"""Lines of a document in which its day stands, characters looked through, lines shown, and lines
that one goes on for."""
_CONFIDENCE = 0.75
"""Each word of the question stands in the line, its section or the head of its document."""


@dataclass(frozen=True, slots=True)
class LabelledLine:
    """A line of a document, by characters, with the line of the section it stands in."""

    document: str
    text: str
    start: int
    section: str


def labelled_draft(found: Found, snapshot: Snapshot) -> Draft | None:
    """The lines with the label that is asked for; None where none is, or no line fits."""
    question = found.question
    asked = _label_asked_for(question)
    if asked is None:
        return None
    label, topic, noun = asked
    lines: list[LabelledLine] = []
    in_head: dict[str, int] = {}
    for name in dict.fromkeys(passage.document for passage in found.passages):
        document = snapshot.store.document(name)
        if document is None or not any(
            label.match(line) for p in found.passages if p.document == name
            for line in p.text.splitlines()
        ):  # fmt: skip
            continue
        text = snapshot.store.read_text(name, 0, _LONGEST)
        head = f"{name} {document.title} {document.date} {_day(text)}"
        known = frozenset(question.reads(head, document.language))
        if any(_has_list_called(noun, p) for p in found.passages if p.document == name):
            if topic <= known:
                return None  # "## Action items" with its list says it better
            continue
        in_head[name] = len(topic & known)
        lines += [
            line
            for line in _labelled(name, text, label)
            if topic <= known | {*question.reads(f"{line.section} {line.text}", document.language)}
        ]
    most = max((in_head[line.document] for line in lines), default=0)
    lines = [line for line in lines if in_head[line.document] == most]  # the meeting asked about
    return _drafted(lines) if lines else None


def _label_asked_for(
    question: Question,
) -> tuple[re.Pattern[str], frozenset[str], re.Pattern[str]] | None:
    """The label, the terms of the question beside what calls for it, and what calls for it."""
    if question.kinds[0] not in _KINDS_ASKED or _DENIED.search(question.text):
        return None
    for asked, label in _KINDS:
        match = asked.search(question.text)
        if match is not None:
            rest = question.text[: match.start()] + " " + question.text[match.end() :]
            return label, frozenset(question.reads(_GENERAL.sub(" ", rest))), asked
    return None


def _has_list_called(noun: re.Pattern[str], passage: Passage) -> bool:
    """Whether a passage has a heading with the noun right above a list."""
    lines = [line for line in passage.text.splitlines() if line.strip()]
    return any(
        _SECTION.fullmatch(line) and noun.search(line) and _BEGINS_ANEW.match(below)
        and not line.lstrip().startswith(below.lstrip()[:1])
        for line, below in pairwise(lines)
    )  # fmt: skip


def _day(text: str) -> str:
    """The day in the first lines, above the first section: "Date: 11 March 2025"."""
    dated: list[str] = []
    for number, line in enumerate(text.split("\n", _HEAD)[:_HEAD]):
        if number and _SECTION.fullmatch(line):
            break
        dated += [line] if _YEAR.search(line) and (not number or _DAY.match(line)) else []
    return " ".join(dated)


def _labelled(name: str, text: str, label: re.Pattern[str]) -> Iterator[LabelledLine]:
    """The lines with the label; a wrapped one goes on to where its sentence ends."""
    section, at = "", 0
    pieces = text.splitlines(keepends=True)
    for number, piece in enumerate(pieces):
        line = piece.rstrip()
        if found := label.match(line):
            end = at + len(line)
            after = at + len(piece)
            for following in pieces[number + 1 : number + 1 + _WRAPPED]:
                told = following.strip()
                is_new = _LABELLED.match(following) or _BEGINS_ANEW.match(following)
                if not told or is_new or text[end - 1] in ".!?;":
                    break
                end = after + len(following.rstrip())
                after += len(following)
            start = at + found.start("line")
            yield LabelledLine(name, text[start:end], start, section)
        elif _SECTION.fullmatch(line):
            section = line
        at += len(piece)


def _drafted(lines: Sequence[LabelledLine]) -> Draft:
    shown = lines[:_MOST]
    told: list[str] = []
    several = len({line.document for line in shown}) > 1
    before = ""
    for marker, line in enumerate(shown, start=1):
        if several and line.document != before:
            told.append(f"{'' if not told else chr(10)}{line.document}:")
        before = line.document
        told.append(f"- {_flat(line.text)} [{marker}]")
    left = len(lines) - len(shown)
    return Draft(
        text="\n".join(told),
        sentences=tuple(
            Sentence(_flat(line.text), (marker,), "verbatim",
                     (Evidence(marker, line.start, line.start + len(line.text)),))
            for marker, line in enumerate(shown, start=1)
        ),
        places=tuple(
            CitedPlace(line.document, line.start, line.start + len(line.text)) for line in shown
        ),
        confidence=_CONFIDENCE,
        notice=f"{left} more of these lines are not shown" if left else "",
    )  # fmt: skip


def _flat(text: str) -> str:
    return " ".join(text.replace("**", "").replace("__", "").split())
